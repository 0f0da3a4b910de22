"""`manage.py incident`: a list of the subjects and persons whom an incident affects, for the notice
to them.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from trial.actions import incident
from trial.actions.exports import Destination, note_export
from trial.management.person import person
from trial.output.history_csv import table_of
from trial.refusals import Refused
from trial.server.data_folder import write_private

EXAMPLE = "2026-11-26T08:00:00+08:00"


class Command(BaseCommand):
    """Writes a CSV that its owner alone may read. The list is itself an export in the ledger."""

    help = (
        "List whom an incident affects: subjects by number, persons with accounts, and what the "
        "accounts did. `incident FILE --by ADMINISTRATOR --since … --until … "
        "[--account NAME …] [--site NUMBER …]`"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the CSV to be written; readable by its owner alone")
        parser.add_argument("--by", required=True, help="username of the administrator, who types the password")
        parser.add_argument("--account", action="append", default=[], help="username that others may have used; may be repeated")
        parser.add_argument("--site", action="append", default=[], help="number of a site; may be repeated. Otherwise all sites")
        for name in ("since", "until"):
            parser.add_argument(f"--{name}", required=True, type=moment, help=f"with the offset from UTC, as {EXAMPLE}")

    # Any: the options are of several types.
    def handle(self, *, file: Path, by: str, account: list[str], site: list[str], **options: Any) -> None:
        giver = person(by, undone=_("Nothing was written."))
        since, until = as_moment(options["since"]), as_moment(options["until"])
        filters = {"accounts": account, "sites": site, "since": since.isoformat(), "until": until.isoformat()}
        try:
            with transaction.atomic():
                affected = incident.affected(by=giver, accounts=account, sites=site, since=since, until=until)
                content, rows = table_of(incident.Affected._fields, (line._asdict() for line in affected))
                note_export(
                    content,
                    what="incident: affected persons",
                    by=giver,
                    to=Destination(),
                    rows=rows,
                    filters=filters,
                )
                write_private(file, content.decode())
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        count = {kind: len({line.who for line in affected if line.kind == kind}) for kind in ("subject", "person")}
        sentence = _("{subjects} subjects and {persons} persons are affected; {file} lists them.")
        self.stdout.write(sentence.format(subjects=count["subject"], persons=count["person"], file=file))


def as_moment(value: str | datetime) -> datetime:
    """Return the moment that an option names; who calls the command from Python may give text."""
    return moment(value) if isinstance(value, str) else value


def moment(text: str) -> datetime:
    """Return the moment that was typed. Refuse one without its offset from UTC."""
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        sentence = _("“{text}” is not a moment. Enter day, time and the offset from UTC, as {example}.")
        raise CommandError(sentence.format(text=text, example=EXAMPLE))
    return at
