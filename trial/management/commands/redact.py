import getpass
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from trial.actions import redaction
from trial.models import RedactionRequest
from trial.refusal import Refused


class Command(BaseCommand):
    help = (
        "Erase personal data that were entered by mistake: `redact ask FORM ROW ITEM --by NAME --justification …`, then, by another "
        "person, `redact decide NUMBER --by NAME`. Each shows it with the password."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        ask, decide = acts.add_parser("ask"), acts.add_parser("decide")
        ask.add_argument("form", help="such as crf.vitalsigns")
        ask.add_argument("row", type=int, help="its number, as in the address of its page")
        ask.add_argument("item", help="such as comment; history_change_reason for the reasons given")
        ask.add_argument("--justification", required=True)
        ask.add_argument("--through", type=int, help="the last version to be erased; otherwise the present one")
        decide.add_argument("number", type=int)
        for one in (ask, decide):
            one.add_argument("--by", required=True, help="username")

    def handle(self, *, act: str, by: str, **options: Any) -> None:
        person = self.person(by)
        try:
            if act == "ask":
                row = apps.get_model(options["form"]).objects.get(pk=options["row"])
                asked = redaction.ask(
                    row, item=options["item"], by=person, justification=options["justification"], through_version=options["through"]
                )
                self.stdout.write(f"Asked for under number {asked.pk}: {asked}. An investigator of the site decides.")
            else:
                done = redaction.decide(RedactionRequest.objects.get(pk=options["number"]), by=person)
                self.stdout.write(f"Erased: {done}.")
        except Refused as refused:
            raise CommandError(str(refused)) from refused

    def person(self, username: str) -> User:
        """Who says so, shown by the password."""
        person = User.objects.filter(username=username, is_active=True).first()
        if person is None or not person.check_password(getpass.getpass(f"Password of {username}: ")):
            raise CommandError("Name and password do not match. Nothing was erased.")
        return person
