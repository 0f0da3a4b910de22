"""The second factor of a person: a code by time, or one of ten for recovery. django-otp accepts
each once.
"""

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
class ShownDevice:
    """The device that showed its code in a session, as django-otp names it.

    No later device has the same name.
    """

    device: str = ""


@dataclass(frozen=True)
class Proof:
    """The password of a signer, and with the first signature of a session the code (21 CFR
    11.200(a)(1)).
    """

    password: str
    code: str = ""
    session: ShownDevice | None = None
    """Takes up the device of a good code; the next signatures of the session go without one."""


class Unproven(Refused):
    """The signer has not proven who they are.

    Nothing is stored yet, and nothing rolled back: the failure is counted.
    """


def is_enrolled(user: AbstractUser) -> bool:
    """Return whether the person has a second factor: a device, or codes for recovery."""
    return (
        TOTPDevice.objects.filter(user=user, confirmed=True).exists()
        or recovery_codes_left(user) > 0
    )


def needs_second_factor(user: AbstractUser) -> bool:
    """Return whether the person signs or administers, or has set a second factor up of their own
    accord.
    """
    acts = (Act.SIGN, Act.SET_UP, Act.MANAGE_PEOPLE, Act.EXECUTE_LOCK)
    return user.is_superuser or any(may(user, act) for act in acts) or is_enrolled(user)


def recovery_codes_left(user: AbstractUser) -> int:
    """Return how many codes for recovery the person has not used yet."""
    return StaticToken.objects.filter(device__user=user, device__confirmed=True).count()


def device_that_accepts(user: AbstractUser, code: str) -> Device | None:
    """Return the person's device that accepts the code, otherwise None.

    Six digits are a code by time, anything else is one for recovery: a wrong code slows down the
    further attempts of its own kind alone.
    """
    code = "".join(code.split()).lower()
    if not (code.isascii() and code.isalnum() and len(code) <= LONGEST_CODE):
        return None
    kind = TOTPDevice if len(code) == 6 and code.isdecimal() else StaticDevice
    with transaction.atomic():
        devices = (
            kind.objects.filter(user=user, confirmed=True)
            .select_for_update(no_key=True)
            .order_by("pk")
        )
        return next((device for device in devices if device.verify_token(code)), None)


def is_bound(user: AbstractUser, device: str) -> bool:
    """Return whether the device is still the person's: a loss, or another device in its place,
    takes it away.
    """
    stored = Device.from_persistent_id(device) if device else None
    return stored is not None and stored.user_id == user.pk and stored.confirmed


def refuse_unless_code(user: AbstractUser, code: str, *, undone: str = "") -> Device:
    """Return the person's device that accepts the code.

    `undone` ends the sentence of the refusal.
    """
    if device := device_that_accepts(user, code):
        return device
    if not is_enrolled(user):
        raise Unproven(Code.NO_SECOND_FACTOR, item="code", undone=undone)
    raise Unproven(Code.WRONG_CODE, item="code", undone=undone)


def waiting_device(user: AbstractUser) -> TOTPDevice | None:
    """Return the person's device that waits for its first code, otherwise None."""
    return TOTPDevice.objects.filter(user=user, confirmed=False).first()


def refuse_after_loss(user: AbstractUser) -> None:
    """Refuse to bind a device while a loss is reported and nobody has checked who the person is."""
    if loss_stands(user):
        raise Refused(Code.LOSS_REPORTED)


@contextmanager
def binding(user: AbstractUser) -> Iterator[None]:
    """Let the person bind a device, alone; after a loss only when another has checked who this is
    (21 CFR 11.300(c)).
    """
    with acting(by=user):
        lock_person(user)
        refuse_after_loss(user)
        yield


def lock_person(user: AbstractUser) -> None:
    """Lock the account: until the transaction ends, nobody else binds or loses this person's
    devices.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def begin(user: AbstractUser) -> TOTPDevice:
    """Make a device that waits for its first code. An earlier one that still waits goes."""
    with binding(user):
        TOTPDevice.objects.filter(user=user, confirmed=False).delete()
        return TOTPDevice.objects.create(user=user, name="authenticator", confirmed=False)


def confirm(device: TOTPDevice, code: str) -> bool:
    """Put the device in the place of every other, with its first code.

    Return False where the code is wrong.

    From now on an old secret is refused.
    """
    with binding(device.user):
        stored = TOTPDevice.objects.filter(
            pk=device.pk
        ).first()  # to save a deleted device would bring it back
        if stored is None or not stored.verify_token("".join(code.split())):
            return False
        TOTPDevice.objects.filter(user=stored.user).exclude(pk=stored.pk).delete()
        stored.confirmed = True
        stored.save()
    return True


def new_recovery_codes(user: AbstractUser) -> list[str]:
    """Make ten codes for recovery, to be shown once. The earlier ones are void."""
    with binding(user):
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name=RECOVERY)
        codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
        StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
        return codes


def secret_of(device: TOTPDevice) -> str:
    """Return the secret as an authenticator app takes it: base 32."""
    return base64.b32encode(device.bin_key).decode()


def picture_of(device: TOTPDevice) -> str:
    """Return the QR picture as an address that holds the picture itself: the secret is in no file
    and no log.
    """
    return str(
        segno.make(device.config_url, error="m").svg_data_uri(scale=5, border=3, light="#fff")
    )
