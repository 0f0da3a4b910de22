"""Kill a writer with SIGKILL at many points, and count what does not belong together (R15)."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from django.db import connection
from trial.audit.history import kept_models
from trial.server.embedded_postgres import APP

WRITER = Path(__file__).parent / "killed_writer.py"
LONGEST_PAUSE = 0.004  # seconds: about what one transaction takes
MOST_MARKS = 9
ROWS_WITHOUT_HISTORY = """
    select count(*) from {table} r where (select array_agg(h.version order by h.version) from {history} h where h.id = r.id)
        is distinct from (select array_agg(n) from generate_series(1, r.version) n)"""
HISTORY_WITHOUT_ROW = """
    select count(*) from {history} h where not exists (select from {table} r where r.id = h.id and r.version >= h.version)"""
HISTORY_WITHOUT_ENTRY = """
    select count(*) from {history} h
     where not exists (select from trial_ledger l where l.form = '{form}' and l.history_id = h.history_id)"""
ENTRY_WITHOUT_HISTORY = """
    select count(*) from trial_ledger l
     where l.form = '{form}' and not exists (select from {history} h where h.history_id = l.history_id)"""


class Killed(NamedTuple):
    kills: int
    uncommitted: int
    """Kills that came after a write and before its commit was answered."""
    committed: int
    """Transactions that the writers were told are committed."""


def kill_writers(times, *, panel, by, rng):
    """Let one writer after the other begin, and kill each after a random number of steps and a random part of the next."""
    columns = ", ".join(f'"{f.column}"' for f in panel._meta.concrete_fields if f.column not in ("id", "version"))
    given = connection.settings_dict
    address = f"host={given['HOST']} port={given['PORT'] or 5432} user={APP} dbname={given['NAME']}"
    told = [sys.executable, str(WRITER), address, str(by.pk), str(panel.pk), columns]
    uncommitted = committed = 0
    with subprocess.Popen(told, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as nursery:
        for _ in range(times):
            nursery.stdin.write(b"\n")
            writer = int(line_from(nursery.stdout))
            marks = nursery.stdout.read(1) if (wanted := rng.randint(0, MOST_MARKS)) else b""
            while len(marks) < wanted:
                marks += nursery.stdout.read(1)
            time.sleep(rng.random() * LONGEST_PAUSE)
            os.kill(writer, signal.SIGKILL)
            marks += line_from(nursery.stdout)
            uncommitted += marks.endswith(b"w")
            committed += marks.count(b"c")
        nursery.stdin.close()
        assert nursery.wait(timeout=10) == 0
    wait_for_backends()
    return Killed(times, uncommitted, committed)


def wait_for_backends():
    """A commit that was asked for is finished though nobody waits for the answer."""
    with connection.cursor() as cursor:
        for _ in range(500):
            cursor.execute("select count(*) from pg_stat_activity where datname = current_database() and usename = %s", [APP])
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.01)
    raise AssertionError("A killed writer's connection is still there.")


def line_from(stream):
    found = b""
    while not found.endswith(b"\n"):
        read = stream.read(1)
        assert read, f"The writers ended: {found}"
        found += read
    return found.strip()


def without_their_other_half():
    """For each table that is kept: rows without history, history without rows, and both ways between history and ledger."""
    counts = {}
    with connection.cursor() as cursor:
        for model in kept_models():
            names = {"table": model._meta.db_table, "history": model.history.model._meta.db_table, "form": model._meta.label_lower}
            for text in (ROWS_WITHOUT_HISTORY, HISTORY_WITHOUT_ROW, HISTORY_WITHOUT_ENTRY, ENTRY_WITHOUT_HISTORY):
                cursor.execute(text.format(**names))
                if found := cursor.fetchone()[0]:
                    counts[text.split("from")[1].split()[0].format(**names), text[:60]] = found
    return counts
