from typing import Any

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand, CommandError, CommandParser

from trial.actions import redaction
from trial.management.person import person
from trial.models import Entered, RedactionRequest
from trial.refusals import Refused


class Command(BaseCommand):
    help = (
        "Erase personal data that were entered by mistake: `redact ask FORM ROW ITEM --by NAME --justification …`, then, by another "
        "person, `redact decide NUMBER --by NAME`. Each shows it with the password."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        ask, decide = acts.add_parser("ask"), acts.add_parser("decide")
        ask.add_argument("form", help="such as crf.vitalsigns; of an act trial.queryact, trial.freeze, trial.frompaper …")
        ask.add_argument("row", type=int, help="its number, as in the address of its page; of an act, as the trail's CSV tells under row")
        ask.add_argument("item", help="such as comment; history_change_reason for the reasons given; of an act text, reason, source")
        ask.add_argument("--justification", required=True)
        ask.add_argument("--through", type=int, help="the last version to be erased; otherwise the present one")
        decide.add_argument("number", type=int)
        for one in (ask, decide):
            one.add_argument("--by", required=True, help="username")

    def handle(self, *, act: str, by: str, **options: Any) -> None:
        giver = person(by, undone="Nothing was erased.")
        try:
            if act == "ask":
                row, justification = self.found(options["form"], options["row"]), options["justification"]
                asked = self.asked(row, options["item"], options["through"], by=giver, justification=justification)
                self.stdout.write(f"Asked for under number {asked.pk}: {asked}. An investigator of the site decides.")
            else:
                done = redaction.decide(self.found("trial.redactionrequest", options["number"]), by=giver)
                self.stdout.write(f"Erased: {done}.")
        except Refused as refused:
            raise CommandError(str(refused)) from refused

    def found(self, form: str, row: int) -> Any:
        try:
            return apps.get_model(form).objects.get(pk=row)
        except (LookupError, ValueError, ObjectDoesNotExist) as error:
            raise CommandError(f"There is no {form} {row}. Nothing was erased.") from error

    def asked(self, row: Any, item: str, through: int | None, **told: Any) -> RedactionRequest:
        if isinstance(row, Entered):
            return redaction.ask(row, item=item, through_version=through, **told)
        return redaction.ask_of_act(row, item=item, **told)
