"""Passwords: how they are hashed and compared, which ones are refused, and what ends when one
changes.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.models import AbstractUser, User, UserManager
from django.contrib.auth.password_validation import validate_password
from django.db.models.signals import post_save, pre_save
from django.http import HttpRequest
from knox.models import AuthToken

from trial.audit.acting import acting


class Argon2id(Argon2PasswordHasher):
    """Argon2id at OWASP's smallest setting, which takes some 30 ms.

    Django's own setting (100 MiB, 8 lanes) takes a third of a second of all cores: four logins a
    second would keep the whole machine busy. Guessing is held off before a hash is made
    (settings.AXES_…).
    """

    memory_cost = 19 * 1024  # KiB
    time_cost = 2
    parallelism = 1


def matches(person: AbstractUser, password: str) -> bool:
    """Return whether this is the person's password.

    Django hashes a password anew whose hash is of an older kind. That is the owner's own act, and
    is noted as such (S06).
    """
    with acting(by=person):
        return person.check_password(password)


class ByPassword(ModelBackend):
    """Django's login by password, with the owner named while the password is compared."""

    # Any: other backends are called with credentials of their own.
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **more: Any,
    ) -> User | None:
        """Return the person whose name and password these are, otherwise None."""
        person = User.objects.filter(username=username).first() if username else None
        if person is None:
            return super().authenticate(request, username=username, password=password, **more)
        with acting(by=person):
            return super().authenticate(request, username=username, password=password, **more)


def refuse_weak(sender: type[User], instance: User, raw: bool = False, **signal: object) -> None:
    """Receive `pre_save`: refuse a weak password, whatever has set it."""
    password = _typed_password(instance)
    if password is not None and not raw:
        validate_password(password, instance)


def end_tokens(
    sender: type[User],
    instance: User,
    created: bool,
    update_fields: frozenset[str] | None = None,
    **signal: object,
) -> None:
    """Receive `post_save`: a password that was changed, or taken away, ends all tokens of its
    person.

    A token was made with the password of its time. One that is only hashed anew is the same
    password.
    """
    is_stored = update_fields is None or "password" in update_fields
    is_changed = _typed_password(instance) is not None or not instance.has_usable_password()
    if is_stored and not created and is_changed:
        AuthToken.objects.filter(user_id=instance.pk).delete()


def _typed_password(person: User) -> str | None:
    """Return the password as it was typed, which Django keeps until the account is stored.

    Django forgets one that is only hashed anew before the account is stored: then, and where none
    was set, None.
    """
    password: str | None = person._password  # type: ignore[attr-defined]  # not in the stubs
    return password


def _refusing_weak(create: Callable[..., User]) -> Callable[..., User]:
    """Return the manager's method, preceded by the judgment of the password."""

    @wraps(create)
    def create_unless_weak(
        users: UserManager[User],
        username: str,
        email: str | None = None,
        password: str | None = None,
        **more: Any,  # whatever fields the account is given besides
    ) -> User:
        if password is not None:
            validate_password(password, users.model(username=username, email=email or "", **more))
        return create(users, username, email, password, **more)

    return create_unless_weak


def install() -> None:
    """Have weak passwords refused on every path.

    Pages refuse them in their forms. `createsuperuser` would let one pass where it asks nobody, or
    where somebody answers that it shall; and it hashes the password before there is an account.
    """
    pre_save.connect(refuse_weak, sender=User, dispatch_uid="trial.accounts.passwords")
    post_save.connect(end_tokens, sender=User, dispatch_uid="trial.accounts.passwords")
    for name in ("create_user", "create_superuser"):
        setattr(UserManager, name, _refusing_weak(getattr(UserManager, name)))
