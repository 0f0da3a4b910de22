from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trial.actions.verification import anchors, noted_schema
from trial.management.person import person
from trial.refusals import Refused


class Command(BaseCommand):
    help = (
        "Note that a change of the database past `migrate` was lawful: a role for backups, a grant. Prints what differs from what was "
        "noted last, then asks an administrator for the password."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by", required=True, help="username")
        parser.add_argument("--reason", required=True, help="who changed it, and why")

    def handle(self, *args: Any, by: str, reason: str, **options: Any) -> None:
        if not noted_schema.noted():
            raise CommandError("Nothing is noted yet: run migrate.")
        shown = noted_schema.present()
        if not (found := noted_schema.findings(anchors.read())):
            self.stdout.write("The database is made as it was noted. Nothing is to be accepted.")
            return
        self.stdout.write("\n".join(found))
        try:
            noted_schema.accept(shown, by=person(by, undone="Nothing was noted."), reason=reason)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        anchors.anchor()
        self.stdout.write("Noted.")
