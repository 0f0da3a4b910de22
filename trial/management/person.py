"""Who gives a command, shown by the password."""

import getpass

from django.contrib.auth.models import User
from django.core.management.base import CommandError


def person(username: str, *, undone: str) -> User:
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None or not found.check_password(getpass.getpass(f"Password of {username}: ")):
        raise CommandError(f"Name and password do not match. {undone}")
    return found
