"""`manage.py code ida`: the code that an authenticator app would show now, for the people of the
demo.
"""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from followup.stories.logins import Logins


class Command(BaseCommand):
    """Reads the demo's own file of logins alone: the secrets of a trial are in no file."""

    help = "Print the code that the second factor of one of the demo's people shows now."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *, username: str, **options: object) -> None:
        code = Logins(settings.DATA).code(username)
        if code is None:
            sentence = _(
                "{folder} holds no second factor of {username}. Only the demo stores them there."
            )
            raise CommandError(sentence.format(folder=settings.DATA, username=username))
        self.stdout.write(code)
