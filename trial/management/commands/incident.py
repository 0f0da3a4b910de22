"""`manage.py incident`: list the subjects and persons whom an incident affects.

The list is for the notice to them.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
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
        parser.add_argument(
            "file", type=Path, help="the CSV to be written; readable by its owner alone"
        )
        parser.add_argument(
            "--by", required=True, help="username of the administrator, who types the password"
        )
        parser.add_argument(
            "--account",
            action="append",
            default=[],
            help="username that others may have used; may be repeated",
        )
        parser.add_argument(
            "--site",
            action="append",
            default=[],
            help="number of a site; may be repeated. Otherwise all sites",
        )
        for name in ("since", "until"):
            parser.add_argument(
                f"--{name}", required=True, help=f"with the offset from UTC, as {EXAMPLE}"
            )

    # Any: the options are of several types.
    def handle(
        self,
        *,
        file: Path,
        by: str,
        account: list[str],
        site: list[str],
        since: str | datetime,
        until: str | datetime,
        **options: Any,
    ) -> None:
        begin, end = as_moment(since), as_moment(until)
        giver = person(by, undone=_("Nothing was written."))
        try:
            with transaction.atomic():
                affected = incident.affected(
                    by=giver, accounts=account, sites=site, since=begin, until=end
                )
                filters = {"since": begin.isoformat(), "until": end.isoformat()}
                write_list(file, affected, giver, accounts=account, sites=site, **filters)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        subjects = {line.who for line in affected if line.kind == "subject"}
        persons = {line.who for line in affected if line.kind == "person"}
        sentence = _("{subjects} subjects and {persons} persons are affected; {file} lists them.")
        counts = {"subjects": len(subjects), "persons": len(persons)}
        self.stdout.write(sentence.format(**counts, file=file))


def write_list(
    file: Path, affected: list[incident.Affected], giver: User, **filters: list[str] | str
) -> None:
    """Note the export of the list in the ledger, then write its file."""
    lines = (line._asdict() for line in affected)
    content, rows = table_of(incident.Affected._fields, lines)
    what = "incident: affected persons"
    note_export(content, what=what, by=giver, to=Destination(), rows=rows, filters=filters)
    write_private(file, content.decode())


def as_moment(value: str | datetime) -> datetime:
    """Return the moment that an option names; a caller from Python may give text."""
    return moment(value) if isinstance(value, str) else value


def moment(text: str) -> datetime:
    """Return the moment that was typed. Refuse one without its offset from UTC."""
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        sentence = _(
            "“{text}” is not a point in time. Enter day, time and the offset from UTC, "
            "for example {example}."
        )
        raise CommandError(sentence.format(text=text, example=EXAMPLE))
    return at
