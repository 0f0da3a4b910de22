"""Anchors: the ledger's head, written where the database's superuser does not reach (docs/decisions/0020).

One line of JSON each, in an append-only file: {"at", "seq", "hash", "counts": {form: entries}, "schema", "links"}. `links` holds the
first eight hexadecimal digits of each entry's hash since the anchor before, so that a forged chain is named by its first entry. What
the schema was made of stands beside it, once for each schema, in schema-<digest>.json.
"""

import fcntl
import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import connection, transaction
from django.utils import timezone

from trial.models import Mail

from . import schema

LINK = 8
FILE = "anchors.jsonl"
SINCE = "select seq, encode(hash, 'hex'), form from trial_ledger where seq > %s order by seq"
SCHEMA_LOCK = "casebook schema"
SEND_AT_ONCE = 100
BLOCK = 65536
NONE: dict[str, Any] = {"seq": 0, "hash": "", "counts": {}, "schema": ""}


def folder() -> Path:
    return Path(settings.ANCHOR_FOLDER)


def read_anchors() -> list[dict[str, Any]]:
    """All anchors, oldest first. A line that was cut short by a crash is none."""
    return [found for line in _lines() if (found := _told(line))]


def cut_lines() -> list[int]:
    """The numbers of the lines that are no anchor, as a crash leaves them. The next anchor goes on from the whole one before."""
    return [number for number, line in enumerate(_lines(), 1) if not _told(line)]


def _lines() -> list[bytes]:
    """Read while nobody writes."""
    if not (folder() / FILE).exists():
        return []
    with (folder() / FILE).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        return file.read().splitlines()


def _told(line: bytes) -> dict[str, Any] | None:
    """An anchor, if the line is one as a whole: it ends with the bracket that it began with."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and found.keys() >= NONE.keys() else None


def anchor(*, with_schema: bool = True) -> dict[str, Any]:
    """Write the head as it is committed now, and tell it to the addresses set up. Returns the anchor.

    Without the schema, which takes longer to read than the entries, the one of the last anchor is taken over.
    """
    with _writing() as handle:
        before = _last(handle)
        with connection.cursor() as cursor:
            cursor.execute(SINCE, [before["seq"]])
            entries = cursor.fetchall()
        found = {
            "at": timezone.now().isoformat(timespec="seconds"),
            "seq": entries[-1][0] if entries else before["seq"],
            "hash": entries[-1][1] if entries else before["hash"],
            "counts": Counter(before["counts"]) + Counter(form for _, _, form in entries),
            "schema": (with_schema and _described()) or before["schema"],
        }
        line = found | {"links": "".join(link[:LINK] for _, link, _ in entries)}
        _append(handle, json.dumps(line).encode() + b"\n")
        os.fsync(handle)
    if found["seq"] != before["seq"] or found["schema"] != before["schema"]:
        _tell(found)
    return found


def set_aside() -> None:
    """Begin a new file, for a new database; the anchors of the one before are kept beside it."""
    if (folder() / FILE).exists():
        (folder() / FILE).rename(folder() / f"anchors-until-{timezone.now():%Y%m%dT%H%M%S%f}.jsonl")


def at_commit() -> None:
    """As soon as the transaction under way is committed: at each signature, allocation, freeze, step of the lock and redaction."""
    transaction.on_commit(lambda: anchor(with_schema=False), robust=True)


def schema_of(digest: str) -> dict[str, str] | None:
    """What a schema was made of, if that is still told as it was."""
    file = folder() / f"schema-{digest[:16]}.json"
    found = json.loads(file.read_text()) if file.exists() else None
    return found if found and schema.digest(found) == digest else None


@contextmanager
def _writing() -> Iterator[int]:
    """The file, for one writer at a time: each goes on where the last one ended."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder() / FILE, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _append(handle: int, text: bytes) -> None:
    """All of it, or an error: a full disk takes a part of a line without saying so."""
    while text:
        text = text[os.write(handle, text) :]


def _last(handle: int) -> dict[str, Any]:
    """The last whole line, found from the file's end: it grows with every entry. A line that was cut short is ended and passed over."""
    end = os.lseek(handle, 0, os.SEEK_END)
    if end and os.pread(handle, 1, end - 1) != b"\n":
        _append(handle, b"\n")
    start, length = end, BLOCK
    while start > 0:
        start, length = max(0, end - length), length * 2
        lines = os.pread(handle, end - start, start).split(b"\n")
        for line in reversed(lines[1:] if start else lines):
            if found := _told(line):
                return found
    return NONE


def _described() -> str | None:
    """None while a migrate is under way, which notes the schema at its end (noted_schema.py)."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock_shared(hashtext(%s))", [SCHEMA_LOCK])
        if cursor.fetchone() != (True,):
            return None
        try:
            return describe(schema.objects())
        finally:
            cursor.execute("select pg_advisory_unlock_shared(hashtext(%s))", [SCHEMA_LOCK])


def describe(objects: dict[str, str]) -> str:
    """Tell beside the anchors, once for each schema, what it is made of. Returns its digest."""
    digest = schema.digest(objects)
    described = folder() / f"schema-{digest[:16]}.json"
    if not described.exists():
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        described.write_text(json.dumps(objects, indent=0, sort_keys=True))
    return digest


def _tell(found: dict[str, Any]) -> None:
    """To who keeps the anchors: the sponsor, and somebody independent. One line, as in the file."""
    body = json.dumps(found) + "\n"
    Mail.objects.bulk_create(
        Mail(to=to, subject=f"Casebook: anchor {found['seq']}", body=body)
        for to in settings.ANCHOR_MAIL
    )


def send_waiting() -> int:
    """Send the mail that waits; what the server refuses waits for the next run, with what it said. Returns how many were sent."""
    waiting = list(Mail.objects.filter(sent_at=None).values_list("pk", flat=True)[:SEND_AT_ONCE])
    return sum(_send(pk) for pk in waiting)


@transaction.atomic
def _send(pk: int) -> bool:
    """Two jobs send: what one of them has in hand, the other passes over."""
    mail = (
        Mail.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(pk=pk, sent_at=None)
        .first()
    )
    if mail is None:
        return False
    try:
        send_mail(mail.subject, mail.body, settings.DEFAULT_FROM_EMAIL, [mail.to])
    except OSError as error:  # smtplib's refusals are of this kind, too
        mail.failed = str(error)[:500]
    else:
        mail.sent_at, mail.failed = timezone.now(), ""
    mail.save()
    return mail.sent_at is not None
