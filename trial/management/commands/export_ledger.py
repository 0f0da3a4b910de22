import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction

from trial.ledger_sql import exported

LINES = f"select {exported('l')} from trial_ledger l order by seq"
AT_ONCE = 5000


class Command(BaseCommand):
    help = "Write the ledger, one entry a line, for docs/verify_ledger.py, which checks it on any machine with Python alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="otherwise to standard output")

    @transaction.atomic
    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("set local timezone = 'UTC'")
        with connection.chunked_cursor() as cursor, file.open("w") if file else open(sys.stdout.fileno(), "w", closefd=False) as out:
            cursor.execute(LINES)
            while rows := cursor.fetchmany(AT_ONCE):
                out.writelines(f"{line}\n" for (line,) in rows)
