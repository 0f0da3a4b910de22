"""Noting what happens around the data. Logins are noted from Django's own signals (trial/apps.py)."""

from typing import Any

from django.contrib.auth.models import AbstractUser, User

from trial.models import Site, SystemEvent


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
    return SystemEvent.objects.create(
        kind=kind, by_id=by.pk if by else None, about_id=about.pk if about else None, site=site, detail=told
    )  # fmt: skip


def note_failed_login(sender: Any, credentials: dict[str, Any], **kwargs: Any) -> None:
    """Receives `user_login_failed`. A name that is nobody's is not kept: it may be a password, typed into the wrong field."""
    name = credentials.get(User.USERNAME_FIELD)
    note(SystemEvent.Kind.LOGIN_FAILED, about=User.objects.filter(username=name).first() if name else None)


def note_lockout(sender: Any, username: str | None = None, **kwargs: Any) -> None:
    """Receives django-axes' `user_locked_out`, as for a failed login."""
    note(SystemEvent.Kind.LOGIN_LOCKED, about=User.objects.filter(username=username).first() if username else None)


def note_login(sender: Any, user: AbstractUser, **kwargs: Any) -> None:
    """Receives `user_logged_in`."""
    note(SystemEvent.Kind.LOGIN, by=user, about=user)


def note_logout(sender: Any, user: AbstractUser | None, **kwargs: Any) -> None:
    """Receives `user_logged_out`; a session that ended by itself names nobody."""
    if user is not None:
        note(SystemEvent.Kind.LOGOUT, by=user, about=user)
