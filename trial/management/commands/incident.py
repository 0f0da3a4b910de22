from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.dateparse import parse_datetime

from trial.actions import incident
from trial.actions.exports import Destination, note_export
from trial.management.person import person
from trial.output.history_csv import table_of
from trial.refusals import Refused
from trial.server.data_folder import write_private


class Command(BaseCommand):
    help = (
        "List whom an incident affects: subjects by number, persons with accounts, and what the accounts did. "
        "`incident FILE --by ADMINISTRATOR --since … --until … [--account NAME …] [--site NUMBER …]`"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the CSV to be written; readable by its owner alone")
        parser.add_argument("--by", required=True, help="username of the administrator, who shows it with the password")
        parser.add_argument("--account", action="append", default=[], help="username that others may have used; may be repeated")
        parser.add_argument("--site", action="append", default=[], help="number of a site; may be repeated. Otherwise all")
        for name in ("since", "until"):
            parser.add_argument(f"--{name}", required=True, type=moment, help="with the offset from UTC, as 2026-11-26T08:00:00+08:00")

    def handle(self, *, file: Path, by: str, account: list[str], site: list[str], **options: Any) -> None:
        giver = person(by, undone="Nothing was written.")
        span = {name: options[name] for name in ("since", "until")}
        try:
            with transaction.atomic():
                found = incident.affected(by=giver, accounts=account, sites=site, **span)
                content, rows = table_of(incident.Affected._fields, (one._asdict() for one in found))
                asked = {"accounts": account, "sites": site} | {name: moment.isoformat() for name, moment in span.items()}
                note_export(content, what="incident: affected persons", by=giver, to=Destination(), rows=rows, filters=asked)
                write_private(file, content.decode())
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        count = {kind: len({one.who for one in found if one.kind == kind}) for kind in ("subject", "person")}
        self.stdout.write(f"{count['subject']} subjects and {count['person']} persons are affected; {file} lists them.")


def moment(said: str) -> datetime:
    try:
        found = parse_datetime(said)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise CommandError(f"{said}: say day, time and the offset from UTC, as 2026-11-26T08:00:00+08:00.")
    return found
