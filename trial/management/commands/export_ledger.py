import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from trial.actions import exports
from trial.actions.exports import Destination
from trial.audit.ledger_sql import exported
from trial.management.person import person
from trial.refusals import Refused

LINES = f"select {exported('l')} from trial_ledger l order by seq"
AT_ONCE = 5000


class Command(BaseCommand):
    help = (
        "Write the ledger, one entry a line, for docs/verify_ledger.py, which checks it on any machine with Python alone. "
        "`export_ledger FILE --by ADMINISTRATOR`, who shows it with the password; the export is itself an event of the ledger."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="readable by its owner alone; otherwise to standard output")
        parser.add_argument("--by", required=True, help="username")
        for name, said in (("recipient", "who receives it"), ("country", "two letters"), ("legal-basis", "of the transfer")):
            parser.add_argument(f"--{name}", default="", help=f"{said}; where it leaves the site")

    def handle(self, *args: Any, file: Path | None, by: str, **options: Any) -> None:
        to = Destination(*(options.get(name, "") for name in Destination._fields))
        by_whom = person(by, undone="Nothing was written.")
        with tempfile.NamedTemporaryFile("wb", dir=file.absolute().parent if file else None, delete=False) as written:
            try:
                with transaction.atomic():
                    exports.refuse_unless_may_take_ledger(by_whom)
                    entries, sha256 = write(written)
                    exports.note_exported(sha256, what="ledger", by=by_whom, to=to, rows=entries)
                give(Path(written.name), file)
            except Refused as refused:
                raise CommandError(str(refused)) from refused
            finally:
                Path(written.name).unlink(missing_ok=True)


def write(out: IO[bytes]) -> tuple[int, str]:
    """Every entry, in UTC. Returns how many, and the file's SHA-256."""
    told, entries = hashlib.sha256(), 0
    with connection.cursor() as cursor:
        cursor.execute("set local timezone = 'UTC'")
    with connection.chunked_cursor() as cursor:
        cursor.execute(LINES)
        while rows := cursor.fetchmany(AT_ONCE):
            text = "".join(f"{line}\n" for (line,) in rows).encode()
            told.update(text)
            out.write(text)
            entries += len(rows)
    out.flush()
    return entries, told.hexdigest()


def give(written: Path, file: Path | None) -> None:
    """Only what was noted leaves."""
    if file:
        os.replace(written, file)
        return
    with written.open("rb") as source, open(sys.stdout.fileno(), "wb", closefd=False) as out:
        shutil.copyfileobj(source, out)
