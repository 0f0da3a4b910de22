"""What a person needs before they sign, and the loss of a second factor (21 CFR 11.100, 11.200(a), 11.300(c))."""

from datetime import date, datetime, timedelta

from axes.models import AccessAttempt
from django.contrib.auth.models import AbstractUser, User
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from knox.models import AuthToken
from knox.settings import knox_settings

from trial.access import Act
from trial.accounts.passwords import matches
from trial.accounts.second_factor import Unproven, lock_person
from trial.audit.acting import acting
from trial.models import AccountAct, SystemEvent, loss_stands, sites_where
from trial.refusals import Code, Problem, Refused

from . import events
from .writing import words

K = AccountAct.Kind
SHOWN_FOR = timedelta(hours=24)
ACCEPTED = (
    "I am accountable for everything signed with my name: my electronic signature binds me as my handwritten one does. I keep password "
    "and second factor to myself, and report their loss at once."
)
MISSING = {
    K.IDENTITY: Code.IDENTITY_UNRECORDED,
    K.TRAINING: Code.TRAINING_UNRECORDED,
    K.ACCOUNTABILITY: Code.ACCOUNTABILITY_UNACCEPTED,
}


def keeps_from_signing(person: AbstractUser) -> list[Problem]:
    """Return what is missing before this person may sign; whose password another knows does not sign either."""
    there = set(AccountAct.objects.filter(person_id=person.pk).values_list("kind", flat=True))
    problems = [Problem(code) for kind, code in MISSING.items() if kind not in there]
    return [Problem(Code.PASSWORD_OF_ANOTHER), *problems] if has_anothers_password(person) else problems


def refuse_unless_ready(person: AbstractUser) -> None:
    if missing := keeps_from_signing(person):
        raise Refused(*missing)


def has_anothers_password(person: AbstractUser) -> bool:
    """Whether another person, or nobody known, set the password that holds now: PostgreSQL noted who it was."""
    by = _passwords(person).order_by("-pk").values_list("by_id", flat=True).first()
    return by != person.pk


def password_reset_lately(person: AbstractUser) -> datetime | None:
    """When another person last set this one's password, if that was within 24 hours."""
    resets = _passwords(person).filter(kind="account changed", at__gt=Now() - SHOWN_FOR).exclude(by_id=person.pk)
    return resets.order_by("-pk").values_list("at", flat=True).first()


def _passwords(person: AbstractUser) -> QuerySet[SystemEvent]:
    return SystemEvent.objects.filter(about_id=person.pk, kind__in=SystemEvent.SETS_PASSWORD, detail__has_key="password")


def record(kind: str, person: AbstractUser, *, by: AbstractUser, on: date | None, how: str) -> AccountAct:
    """The administrator states that another person was identified, or trained: when, and how."""
    refuse_unless_manager(by)
    if kind not in AccountAct.BY_ANOTHER:
        raise Refused(Code.KIND_UNCHOSEN, item="kind")
    if by.pk == person.pk:
        raise Refused(Code.RECORDED_BY_ANOTHER)
    if on is None or on > timezone.localdate():
        raise Refused(Code.DAY_UNFIT, item="on")
    how = words(how, item="how", asks=Code.METHOD_MISSING)
    with acting(by=by):
        if kind == K.AFTER_LOSS and not loss_stands(person):
            raise Refused(Code.NOTHING_LOST, person=person)
        return AccountAct.objects.create(person=person, kind=kind, on=on, how=how, by=by)


def accept_accountability(person: AbstractUser, *, password: str) -> AccountAct:
    """The person's own act, with the password that only they know."""
    if not matches(person, password):
        raise Unproven(Code.WRONG_PASSWORD, item="password", undone="")
    if has_anothers_password(person):
        raise Refused(Code.PASSWORD_OF_ANOTHER)
    if AccountAct.objects.filter(person_id=person.pk, kind=K.ACCOUNTABILITY).exists():
        raise Refused(Code.ALREADY_ACCEPTED)
    with acting(by=person):
        return AccountAct.objects.create(person=person, kind=K.ACCOUNTABILITY, how=ACCEPTED, by=person)


def report_loss(person: AbstractUser, *, by: AbstractUser) -> AccountAct:
    """From here on, secret, recovery codes and tokens are refused, and no session of the person has shown a code. A new secret waits for
    another person's check (second_factor.binding)."""
    if by.pk != person.pk:
        refuse_unless_manager(by)
    with acting(by=by):
        lock_person(person)
        TOTPDevice.objects.filter(user_id=person.pk).delete()
        StaticDevice.objects.filter(user_id=person.pk).delete()
        AuthToken.objects.filter(user_id=person.pk).delete()
        return AccountAct.objects.create(person=person, kind=K.LOSS, by=by)


def new_token(person: AbstractUser) -> tuple[AuthToken, str]:
    """A token for programs, and what it is stored as. Those that have ended count no more."""
    with acting(by=person):
        lock_person(person)
        most = knox_settings.TOKEN_LIMIT_PER_USER
        if AuthToken.objects.filter(user_id=person.pk, expiry__gt=timezone.now()).count() >= most:
            raise Refused(Code.TOO_MANY_TOKENS, most=most)
        kept, token = AuthToken.objects.create(person)
    return kept, token


def end_lockout(attempt: AccessAttempt, *, by: AbstractUser) -> None:
    """The person may try again before the 15 minutes are over; the ledger says who let them."""
    refuse_unless_manager(by)
    person = User.objects.filter(username=attempt.username).first() if attempt.username else None
    with acting(by=by):
        told = {"address": attempt.ip_address, "failures": attempt.failures_since_start}
        attempt.delete()
        events.note(SystemEvent.Kind.LOCKOUT_ENDED, by=by, about=person, **told)


def refuse_unless_manager(by: AbstractUser) -> None:
    if None not in sites_where(by, Act.MANAGE_PEOPLE):
        raise Refused(Code.RECORDED_BY_ADMINISTRATOR)
