"""Noting what happens around the data. Logins are noted from Django's own signals (trial/apps.py)."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser, User
from django.db.models.functions import Now

from trial.audit.acting import by_nobody
from trial.models import Mail, Site, SystemEvent


def note(
    kind: SystemEvent.Kind,
    *,
    by: AbstractUser | None = None,
    about: AbstractUser | None = None,
    site: Site | None = None,
    **detail: Any,
) -> SystemEvent:
    """One event, in the running transaction; it enters the ledger at its commit. `detail` is what was so, each under its name.

    `by` is left out where nobody is known, as at a failed login.
    """
    told = {name: [None, value] for name, value in detail.items()}
    with by_nobody():
        return SystemEvent.objects.create(
            kind=kind, by_id=by.pk if by else None, about_id=about.pk if about else None, site=site, detail=told
        )  # fmt: skip


def note_failed_login(sender: Any, credentials: dict[str, Any], **kwargs: Any) -> None:
    """Receives `user_login_failed`. A name that is nobody's is not kept: it may be a password, typed into the wrong field."""
    name = credentials.get(User.USERNAME_FIELD)
    note(
        SystemEvent.Kind.LOGIN_FAILED,
        about=User.objects.filter(username=name).first() if name else None,
    )


def note_lockout(
    sender: Any, username: str | None = None, ip_address: str | None = None, **kwargs: Any
) -> None:
    """Receives django-axes' `user_locked_out`, as for a failed login. The alert stands or falls with the event (21 CFR 11.300(d))."""
    person = User.objects.filter(username=username).first() if username else None
    if not _was_told(person):
        _alert(person, ip_address or "an unknown address")
    note(SystemEvent.Kind.LOGIN_LOCKED, about=person)


def _was_told(person: User | None) -> bool:
    """Who goes on trying while locked out sends no mail with each attempt; nor do many names that are nobody's."""
    locked = SystemEvent.objects.filter(
        kind=SystemEvent.Kind.LOGIN_LOCKED, about=person, at__gt=Now() - settings.AXES_COOLOFF_TIME
    )
    return bool(settings.ALERT_MAIL) and locked.exists()


def _alert(person: User | None, address: str) -> None:
    who = (
        f"{person.get_full_name()} ({person.get_username()})"
        if person
        else "A name that is nobody's"
    )
    body = (
        f"{who} was locked out after {settings.AXES_FAILURE_LIMIT} failed attempts, from {address}. The failures are listed under "
        "All forms, Access failures. Ask the person; if it was another, set a new password and report the loss of the second factor."
    )
    Mail.objects.bulk_create(
        Mail(to=to, subject="Casebook: locked out after failed logins", body=body)
        for to in settings.ALERT_MAIL
    )


def note_login(sender: Any, user: AbstractUser, **kwargs: Any) -> None:
    """Receives `user_logged_in`."""
    note(SystemEvent.Kind.LOGIN, by=user, about=user)


def note_logout(sender: Any, user: AbstractUser | None, **kwargs: Any) -> None:
    """Receives `user_logged_out`; a session that ended by itself names nobody."""
    if user is not None:
        note(SystemEvent.Kind.LOGOUT, by=user, about=user)
