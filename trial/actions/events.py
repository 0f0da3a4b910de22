"""Note events around the data. Logins are noted from Django's own signals (trial/apps.py)."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser, User
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from trial.audit.acting import by_nobody
from trial.models import Mail, Site, SystemEvent

# Any: the details of an event are JSON; a signal's sender and arguments are the sender's own.


def note(
    kind: SystemEvent.Kind,
    *,
    by: AbstractUser | None = None,
    about: AbstractUser | None = None,
    site: Site | None = None,
    **detail: Any,
) -> SystemEvent:
    """Store one event in the running transaction; it enters the ledger when that commits.

    `detail` is what was so, each fact under its name. `by` is left out where nobody is known,
    as at a failed login.
    """
    with by_nobody():
        return SystemEvent.objects.create(
            kind=kind,
            by_id=by.pk if by else None,
            about_id=about.pk if about else None,
            site=site,
            detail={name: [None, value] for name, value in detail.items()},
        )


def note_failed_login(sender: Any, credentials: dict[str, Any], **kwargs: Any) -> None:
    """Note a failed login (`user_login_failed`).

    A name that is nobody's is not stored: it may be a password, typed into the wrong field.
    """
    person = _person_of(credentials.get(User.USERNAME_FIELD))
    note(SystemEvent.Kind.LOGIN_FAILED, about=person)


def note_lockout(
    sender: Any, username: str | None = None, ip_address: str | None = None, **kwargs: Any
) -> None:
    """Note a lockout (django-axes' `user_locked_out`), and alert by mail (21 CFR 11.300(d)).

    The alert stands or falls with the event. A name that is nobody's is not stored.
    """
    person = _person_of(username)
    if not _was_alerted(person):
        _alert(person, ip_address or _("an unknown address"))
    note(SystemEvent.Kind.LOGIN_LOCKED, about=person)


def _person_of(username: str | None) -> User | None:
    return User.objects.filter(username=username).first() if username else None


def _was_alerted(person: User | None) -> bool:
    """Return whether a lockout of this person, or of any unknown name, was noted lately.

    Further attempts while locked out send no further mail; nor do many names that are nobody's.
    """
    lockouts = SystemEvent.objects.filter(kind=SystemEvent.Kind.LOGIN_LOCKED, about=person)
    lately = lockouts.filter(at__gt=Now() - settings.AXES_COOLOFF_TIME)
    return bool(settings.ALERT_MAIL) and lately.exists()


def _alert(person: User | None, address: str) -> None:
    """Put the alert of a lockout into the outbox, for each address that is alerted."""
    name = _("A name that is nobody's")
    if person:
        name = f"{person.get_full_name()} ({person.get_username()})"
    sentences = _(
        "{name} was locked out after {failures} failed attempts, from {address}. The failures are "
        "listed under All forms, Access failures. Ask the person; if it was not they, set a new "
        "password and report the loss of the second factor."
    )
    body = sentences.format(name=name, failures=settings.AXES_FAILURE_LIMIT, address=address)
    subject = _("Casebook: locked out after failed logins")
    mails = [Mail(to=to, subject=subject, body=body) for to in settings.ALERT_MAIL]
    Mail.objects.bulk_create(mails)


def note_login(sender: Any, user: AbstractUser, **kwargs: Any) -> None:
    """Note a login (`user_logged_in`)."""
    note(SystemEvent.Kind.LOGIN, by=user, about=user)


def note_logout(sender: Any, user: AbstractUser | None, **kwargs: Any) -> None:
    """Note a logout (`user_logged_out`); a session that ended by itself names nobody."""
    if user is not None:
        note(SystemEvent.Kind.LOGOUT, by=user, about=user)
