"""How passwords are kept, and compared; which ones are refused; what ends with one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.models import AbstractBaseUser, AbstractUser, User, UserManager
from django.contrib.auth.password_validation import validate_password
from django.db.models.signals import post_save, pre_save
from knox.models import AuthToken

from trial.audit.acting import acting


class Argon2id(Argon2PasswordHasher):
    """Argon2id at OWASP's smallest setting. Django's own (100 MiB, 8 lanes) takes a third of a second of all cores, and lets
    four logins a second keep the whole machine busy; this one takes some 30 ms. Guessing is held off before a hash is made
    (settings.AXES_…)."""

    memory_cost = 19 * 1024  # KiB
    time_cost = 2
    parallelism = 1


def matches(person: AbstractUser, password: str) -> bool:
    """Django keeps an older hash anew when its owner shows the password: that is the owner's own doing, and is noted as such (S06)."""
    with acting(by=person):
        return person.check_password(password)


class ByPassword(ModelBackend):
    """Django's, with the owner named while the password is compared."""

    def authenticate(self, request: Any, username: str | None = None, password: str | None = None, **more: Any) -> AbstractBaseUser | None:
        person = User.objects.filter(username=username).first() if username else None
        if person is None:
            return super().authenticate(request, username=username, password=password, **more)
        with acting(by=person):
            return super().authenticate(request, username=username, password=password, **more)


def refuse_weak(sender: Any, instance: User, raw: bool = False, **kwargs: Any) -> None:
    """Whatever sets the password of an account. Django keeps it as it was typed until the account is stored; one that is only hashed
    anew it forgets before."""
    if instance._password is not None and not raw:
        validate_password(instance._password, instance)


def end_tokens(sender: Any, instance: User, created: bool, update_fields: Any = None, **kwargs: Any) -> None:
    """A token was made with the password of then. Whoever changes it, or takes it away, ends all of the person's tokens; one that is
    only hashed anew is the same password."""
    stored = update_fields is None or "password" in update_fields
    if stored and not created and (instance._password is not None or not instance.has_usable_password()):
        AuthToken.objects.filter(user_id=instance.pk).delete()


def _checking(make: Callable[..., User]) -> Callable[..., User]:
    @wraps(make)
    def made(users: UserManager, username: str, email: str | None = None, password: str | None = None, **more: Any) -> User:
        if password is not None:
            validate_password(password, users.model(username=username, email=email or "", **more))
        return make(users, username, email, password, **more)

    return made


def install() -> None:
    """Pages say it first, in their forms. `createsuperuser` would let a weak one pass where it asks nobody, or where somebody answers
    that it shall; and hashes it before there is an account."""
    pre_save.connect(refuse_weak, sender=User, dispatch_uid="trial.accounts.passwords")
    post_save.connect(end_tokens, sender=User, dispatch_uid="trial.accounts.passwords")
    for name in ("create_user", "create_superuser"):
        setattr(UserManager, name, _checking(getattr(UserManager, name)))
