"""Record what a person needs before they sign, and the loss of a second factor.

Sources: 21 CFR 11.100, 11.200(a), 11.300(c).
"""

from datetime import date, datetime, timedelta

from axes.models import AccessAttempt
from django.contrib.auth.models import AbstractUser, User
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from knox.models import AuthToken
from knox.settings import knox_settings

from trial.access import Act
from trial.accounts.passwords import matches
from trial.accounts.second_factor import Unproven, lock_person
from trial.actions.saving.writing import checked_text
from trial.audit.acting import acting
from trial.models import AccountAct, SystemEvent, loss_stands, sites_where
from trial.refusals import Code, Problem, Refused

from . import events

K = AccountAct.Kind
SHOWN_FOR = timedelta(hours=24)
"""The time for which a signature shows that another person had set the signer's password."""
ACCEPTED = _(
    "I am accountable for everything signed with my name: my electronic signature binds me as my "
    "handwritten one does. I keep password and second factor to myself, and report their loss at "
    "once."
)
MISSING = {
    K.IDENTITY: Code.IDENTITY_UNRECORDED,
    K.TRAINING: Code.TRAINING_UNRECORDED,
    K.ACCOUNTABILITY: Code.ACCOUNTABILITY_UNACCEPTED,
}
"""Each act on record before a person signs, and the refusal where it is missing."""


def missing_before_signing(person: AbstractUser) -> list[Problem]:
    """Return what is missing before this person may sign.

    A person whose password somebody else knows does not sign either.
    """
    acts = AccountAct.objects.filter(person_id=person.pk)
    kinds = set(acts.values_list("kind", flat=True))
    problems = [Problem(code) for kind, code in MISSING.items() if kind not in kinds]
    if has_anothers_password(person):
        problems.insert(0, Problem(Code.PASSWORD_OF_ANOTHER))
    return problems


def refuse_unless_ready(person: AbstractUser) -> None:
    """Refuse a person who may not sign yet, with all that is missing."""
    if missing := missing_before_signing(person):
        raise Refused(*missing)


def has_anothers_password(person: AbstractUser) -> bool:
    """Return whether another person, or nobody known, set the password that is valid now.

    PostgreSQL noted who set it.
    """
    set_by = _passwords(person).order_by("-pk").values_list("by_id", flat=True).first()
    return set_by != person.pk


def password_reset_lately(person: AbstractUser) -> datetime | None:
    """Return when another person last set this person's password, if within 24 hours."""
    changes = _passwords(person).filter(kind="account changed", at__gt=Now() - SHOWN_FOR)
    resets = changes.exclude(by_id=person.pk).order_by("-pk")
    return resets.values_list("at", flat=True).first()


def _passwords(person: AbstractUser) -> QuerySet[SystemEvent]:
    """Return the events that set the person's password."""
    about_person = SystemEvent.objects.filter(about_id=person.pk)
    return about_person.filter(kind__in=SystemEvent.SETS_PASSWORD, detail__has_key="password")


def attest(kind: str, person: User, *, by: User, on: date | None, how: str) -> AccountAct:
    """Store an administrator's statement that another person was identified or trained.

    `on` is the day when that was done, `how` the way.
    """
    refuse_unless_manager(by)
    if kind not in AccountAct.BY_ANOTHER:
        raise Refused(Code.KIND_UNCHOSEN, item="kind")
    if by.pk == person.pk:
        raise Refused(Code.RECORDED_BY_ANOTHER)
    if on is None or on > timezone.localdate():
        raise Refused(Code.DAY_UNFIT, item="on")
    how = checked_text(how, item="how", if_blank=Code.METHOD_MISSING)
    with acting(by=by):
        if kind == K.AFTER_LOSS and not loss_stands(person):
            raise Refused(Code.NOTHING_LOST, person=person)
        return AccountAct.objects.create(person=person, kind=kind, on=on, how=how, by=by)


def accept_accountability(person: User, *, password: str) -> AccountAct:
    """Store that the person accepts to be accountable, with the password that only they know."""
    if not matches(person, password):
        raise Unproven(Code.WRONG_PASSWORD, item="password", undone="")
    if has_anothers_password(person):
        raise Refused(Code.PASSWORD_OF_ANOTHER)
    if AccountAct.objects.filter(person_id=person.pk, kind=K.ACCOUNTABILITY).exists():
        raise Refused(Code.ALREADY_ACCEPTED)
    with acting(by=person):
        return AccountAct.objects.create(
            person=person, kind=K.ACCOUNTABILITY, how=str(ACCEPTED), by=person
        )


def report_loss(person: User, *, by: User) -> AccountAct:
    """Record that a second factor was lost; take away secret, recovery codes and tokens.

    From then on they are refused, and no session of the person counts as having shown a code. A
    new secret waits until another person has checked who they are (second_factor.binding).
    """
    if by.pk != person.pk:
        refuse_unless_manager(by)
    with acting(by=by):
        lock_person(person)
        TOTPDevice.objects.filter(user_id=person.pk).delete()
        StaticDevice.objects.filter(user_id=person.pk).delete()
        AuthToken.objects.filter(user_id=person.pk).delete()
        return AccountAct.objects.create(person=person, kind=K.LOSS, by=by)


def new_token(person: AbstractUser) -> tuple[AuthToken, str]:
    """Issue a token for programs. Return its stored row, and the token itself.

    Refuse it to a person who has as many valid tokens as may be; expired ones do not count.
    """
    with acting(by=person):
        lock_person(person)
        valid = AuthToken.objects.filter(user_id=person.pk, expiry__gt=timezone.now())
        most = knox_settings.TOKEN_LIMIT_PER_USER
        if valid.count() >= most:
            raise Refused(Code.TOO_MANY_TOKENS, most=most)
        row, token = AuthToken.objects.create(person)
    return row, token


def end_lockout(attempt: AccessAttempt, *, by: AbstractUser) -> None:
    """Let a person log in again before the 15 minutes are over; the ledger says who did."""
    refuse_unless_manager(by)
    person = None
    if attempt.username:
        person = User.objects.filter(username=attempt.username).first()
    with acting(by=by):
        facts = {"address": attempt.ip_address, "failures": attempt.failures_since_start}
        attempt.delete()
        events.note(SystemEvent.Kind.LOCKOUT_ENDED, by=by, about=person, **facts)


def refuse_unless_manager(by: AbstractUser) -> None:
    """Refuse a person who does not manage the accounts of the whole study."""
    if None not in sites_where(by, Act.MANAGE_PEOPLE):
        raise Refused(Code.RECORDED_BY_ADMINISTRATOR)
