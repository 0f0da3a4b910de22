"""`manage.py export_ledger`: write the ledger to a file that Python alone can verify."""

import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import IO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils.translation import gettext as _

from trial.actions import exports
from trial.actions.exports import Destination
from trial.audit.ledger_sql import exported
from trial.management.person import person
from trial.refusals import Refused

LINES = f"select {exported('l')} from trial_ledger l order by seq"
ENTRIES_AT_ONCE = 5000


class Command(BaseCommand):
    """Notes the export in the ledger, then writes the ledger to a file or to standard output."""

    help = (
        "Write the ledger, one entry a line, for docs/verify_ledger.py, which checks it on any "
        "machine with Python alone. `export_ledger FILE --by ADMINISTRATOR`, who types the "
        "password; the export is itself an event of the ledger."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file",
            nargs="?",
            type=Path,
            help="readable by its owner alone; otherwise to standard output",
        )
        parser.add_argument("--by", required=True, help="username")
        for name, meaning in (
            ("recipient", "who receives it"),
            ("country", "two letters"),
            ("legal-basis", "of the transfer"),
        ):
            parser.add_argument(
                f"--{name}", default="", help=f"{meaning}; where it leaves the site"
            )

    def handle(self, *args: object, file: Path | None, by: str, **options: str) -> None:
        destination = Destination(*(options.get(name, "") for name in Destination._fields))
        giver = person(by, undone=_("Nothing was written."))
        folder = file.absolute().parent if file else None
        with tempfile.NamedTemporaryFile("wb", dir=folder, delete=False) as draft:
            try:
                with transaction.atomic():
                    exports.refuse_unless_may_take_ledger(giver)
                    entries, sha256 = write(draft)
                    exports.note_export_by_digest(
                        sha256, what="ledger", by=giver, to=destination, rows=entries
                    )
                hand_over(Path(draft.name), file)
            except Refused as refused:
                raise CommandError(str(refused)) from refused
            finally:
                Path(draft.name).unlink(missing_ok=True)


def write(out: IO[bytes]) -> tuple[int, str]:
    """Write every entry, with times in UTC. Return how many there are, and the file's SHA-256."""
    digest, entries = hashlib.sha256(), 0
    with connection.cursor() as cursor:
        cursor.execute("set local timezone = 'UTC'")
    with connection.chunked_cursor() as cursor:
        cursor.execute(LINES)
        while rows := cursor.fetchmany(ENTRIES_AT_ONCE):
            text = "".join(f"{line}\n" for (line,) in rows).encode()
            digest.update(text)
            out.write(text)
            entries += len(rows)
    out.flush()
    return entries, digest.hexdigest()


def hand_over(draft: Path, file: Path | None) -> None:
    """Give the draft its name, or copy it to standard output.

    Only an export that was noted comes here.
    """
    if file:
        os.replace(draft, file)
        return
    with draft.open("rb") as source, open(sys.stdout.fileno(), "wb", closefd=False) as out:
        shutil.copyfileobj(source, out)
