"""How passwords are kept, and compared."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.models import AbstractBaseUser, AbstractUser, User

from trial.acting import acting


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
