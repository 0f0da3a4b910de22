"""A command that acts in a person's name asks for that person's password."""

import getpass

from django.contrib.auth.models import User
from django.core.management.base import CommandError
from django.utils.translation import gettext as _


def person(username: str, *, undone: str) -> User:
    """Return the active person of this name who types the right password.

    `undone` ends the sentence otherwise.
    """
    user = User.objects.filter(username=username, is_active=True).first()
    prompt = _("Password of {username}: ").format(username=username)
    if user is None or not user.check_password(getpass.getpass(prompt)):
        raise CommandError(_("Name and password do not match. {undone}").format(undone=undone))
    return user
