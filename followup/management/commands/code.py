"""`manage.py code ida`: what the app on a telephone would show, for the people of the demo."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from followup.stories.logins import Logins


class Command(BaseCommand):
    help = "Print the code that the second factor of one of the demo's people shows now."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *, username: str, **options: Any) -> None:
        """From the demo's own file of logins alone: the secrets of a trial are in no file."""
        code = Logins(settings.DATA).code(username)
        if code is None:
            raise CommandError(f"{settings.DATA} holds no second factor of {username}: only the demo keeps those of its people there.")
        self.stdout.write(code)
