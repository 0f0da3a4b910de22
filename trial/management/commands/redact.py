"""`manage.py redact`: erase personal data that were entered by mistake, by two persons."""

from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import models
from django.utils.translation import gettext as _

from trial.actions import redaction
from trial.management.person import person
from trial.models import Record, RedactionRequest, Row, Visit
from trial.refusals import Refused


class Command(BaseCommand):
    """Takes both acts of a redaction: one person asks for it, another decides.

    Each types the password.
    """

    help = (
        "Erase personal data that were entered by mistake: "
        "`redact ask FORM ROW ITEM --by NAME --justification …`, then, by another person, "
        "`redact decide NUMBER --by NAME`. Each types the password."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        ask, decide = acts.add_parser("ask"), acts.add_parser("decide")
        ask.add_argument(
            "form", help="such as crf.vitalsigns; of an act trial.queryact, trial.freeze …"
        )
        ask.add_argument(
            "row",
            type=int,
            help="its number, in the address of its page; of an act, under row in the trail's CSV",
        )
        ask.add_argument(
            "item",
            help="such as comment, history_change_reason; of an act text, reason, source",
        )
        ask.add_argument("--justification", required=True)
        ask.add_argument(
            "--through", type=int, help="the last version to be erased; otherwise the present one"
        )
        decide.add_argument("number", type=int)
        for parser_of_act in (ask, decide):
            parser_of_act.add_argument("--by", required=True, help="username")

    # Any: the options are of several types.
    def handle(self, *, act: str, by: str, **options: Any) -> None:
        giver = person(by, undone=_("Nothing was erased."))
        try:
            if act == "ask":
                self.ask(giver, **options)
            else:
                request = stored_row("trial.redactionrequest", options["number"])
                done = redaction.decide(request, by=giver)
                self.stdout.write(_("Erased: {redaction}.").format(redaction=done))
        except Refused as refused:
            raise CommandError(str(refused)) from refused

    def ask(
        self,
        giver: User,
        *,
        form: str,
        row: int,
        item: str,
        through: int | None,
        justification: str,
        **options: Any,
    ) -> None:
        """Ask that an item of a form's row, or words of an act, be erased."""
        target = stored_row(form, row)
        request: RedactionRequest
        if isinstance(target, Record | Row | Visit):
            request = redaction.ask(
                target, item=item, through_version=through, by=giver, justification=justification
            )
        else:
            request = redaction.ask_of_act(target, item=item, by=giver, justification=justification)
        sentence = _(
            "Asked for under number {number}: {request}. An investigator of the site decides."
        )
        self.stdout.write(sentence.format(number=request.pk, request=request))


def stored_row(form: str, row: int) -> Any:  # whatever model the person names
    """Return the row of the model that a person has named.

    Refuse names and numbers that do not exist.
    """
    try:
        model: type[models.Model] = apps.get_model(form)
        return model._default_manager.get(pk=row)
    except (LookupError, ValueError, ObjectDoesNotExist) as error:
        sentence = _("There is no {form} {row}. Nothing was erased.")
        raise CommandError(sentence.format(form=form, row=row)) from error
