"""The second factor of a person: a code by time, or one of ten for recovery. Each is good once (django-otp sees to it)."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import segno
from django.contrib.auth.models import AbstractUser, User
from django.db import transaction
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from trial.access import Act
from trial.audit.acting import acting
from trial.models import loss_stands, may
from trial.refusals import Code, Refused

RECOVERY = "recovery"
RECOVERY_CODES = 10
LONGEST_CODE = 16


@dataclass
class Shown:
    """What one session has shown: the device of its code, as django-otp names it. No later device has the same name."""

    device: str = ""


@dataclass(frozen=True)
class Proof:
    """What a signer shows: the password each time, the code with the first signature of a session (21 CFR 11.200(a)(1))."""

    password: str
    code: str = ""
    session: Shown | None = None
    """Is told which device a good code was of; its next signatures go without a code."""


class Unproven(Refused):
    """Nothing was stored before it was raised; the failure itself is counted, so nothing is rolled back."""


def is_enrolled(user: AbstractUser) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists() or recovery_codes_left(user) > 0


def has_one_to_have(user: AbstractUser) -> bool:
    """Who signs or administers; and who has set one up, whatever they do."""
    asks = (Act.SIGN, Act.SET_UP, Act.MANAGE_PEOPLE, Act.EXECUTE_LOCK)
    return user.is_superuser or any(may(user, act) for act in asks) or is_enrolled(user)


def recovery_codes_left(user: AbstractUser) -> int:
    return StaticToken.objects.filter(device__user=user, device__confirmed=True).count()


def device_that_accepts(user: AbstractUser, code: str) -> Device | None:
    """The person's device that the code is of. Six digits are a code by time, anything else one for recovery: a wrong one slows
    down the further attempts of its own kind alone."""
    code = "".join(code.split()).lower()
    if not (code.isascii() and code.isalnum() and len(code) <= LONGEST_CODE):
        return None
    kind = TOTPDevice if len(code) == 6 and code.isdecimal() else StaticDevice
    with transaction.atomic():
        mine = kind.objects.filter(user=user, confirmed=True).select_for_update(no_key=True).order_by("pk")
        return next((device for device in mine if device.verify_token(code)), None)


def is_bound(user: AbstractUser, device: str) -> bool:
    """Whether this device is the person's still: a loss, or another in its place, has taken away what it showed."""
    found = Device.from_persistent_id(device) if device else None
    return found is not None and found.user_id == user.pk and found.confirmed


def refuse_unless_code(user: AbstractUser, code: str, *, undone: str = "") -> Device:
    if device := device_that_accepts(user, code):
        return device
    if not is_enrolled(user):
        raise Unproven(Code.NO_SECOND_FACTOR, item="code", undone=undone)
    raise Unproven(Code.WRONG_CODE, item="code", undone=undone)


def begun(user: AbstractUser) -> TOTPDevice | None:
    """The device that waits for its first code."""
    return TOTPDevice.objects.filter(user=user, confirmed=False).first()


def refuse_after_loss(user: AbstractUser) -> None:
    if loss_stands(user):
        raise Refused(Code.LOSS_REPORTED)


@contextmanager
def binding(user: AbstractUser) -> Iterator[None]:
    """One at a time with a reported loss. After a loss, only when another person has checked who this is (21 CFR 11.300(c))."""
    with acting(by=user):
        hold(user)
        refuse_after_loss(user)
        yield


def hold(user: AbstractUser) -> None:
    """Until the transaction ends, nobody else binds or loses this person's devices."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def begin(user: AbstractUser) -> TOTPDevice:
    with binding(user):
        TOTPDevice.objects.filter(user=user, confirmed=False).delete()
        return TOTPDevice.objects.create(user=user, name="authenticator", confirmed=False)


def confirm(device: TOTPDevice, code: str) -> bool:
    """With its first code, the device takes the place of every other: an old secret is refused from now on."""
    with binding(device.user):
        device = TOTPDevice.objects.filter(pk=device.pk).first()  # as it is now: to save one that is gone would bring it back
        if device is None or not device.verify_token("".join(code.split())):
            return False
        TOTPDevice.objects.filter(user=device.user).exclude(pk=device.pk).delete()
        device.confirmed = True
        device.save()
    return True


def new_recovery_codes(user: AbstractUser) -> list[str]:
    """Ten, to be shown once; those that there were are void."""
    with binding(user):
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name=RECOVERY)
        made = [StaticToken(device=device, token=StaticToken.random_token()) for _ in range(RECOVERY_CODES)]
        return [one.token for one in StaticToken.objects.bulk_create(made)]


def secret_of(device: TOTPDevice) -> str:
    """As an authenticator app takes it."""
    return base64.b32encode(device.bin_key).decode()


def picture_of(device: TOTPDevice) -> str:
    """The QR picture, as an address that holds the picture itself: the secret is in no file and no log."""
    return str(segno.make(device.config_url, error="m").svg_data_uri(scale=5, border=3, light="#fff"))
