"""Anchors: the ledger's head, written where the database's superuser does not reach.

Decision: docs/decisions/0020. Each anchor is one line of JSON in an append-only file:
{"at", "seq", "hash", "counts": {form: entries}, "schema", "links"}. `links` contains the first
eight hexadecimal digits of each entry's hash since the anchor before, so that a forged chain is
named by its first entry. The parts of the schema stand beside it, once for each schema, in
schema-<digest>.json.
"""

import fcntl
import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from django.conf import settings
from django.core.mail import send_mail
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from trial.models import Mail

from . import schema

Anchor: TypeAlias = dict[str, Any]
"""A line of the file. Any: it is JSON of several types."""
LINK = 8
"""Hexadecimal digits of an entry's hash in `links`."""
FILE = "anchors.jsonl"
SINCE = "select seq, encode(hash, 'hex'), form from trial_ledger where seq > %s order by seq"
SCHEMA_LOCK = "casebook schema"
SEND_AT_ONCE = 100
LONGEST_FAILURE = 500
BLOCK = 65536
NONE: Anchor = {"seq": 0, "hash": "", "counts": {}, "schema": ""}
"""The anchor before the first one."""


def folder() -> Path:
    """Return the folder of the anchors."""
    return Path(settings.ANCHOR_FOLDER)


def read_anchors() -> list[Anchor]:
    """Return all anchors, oldest first, without lines that were cut short by a crash."""
    return [anchor for line in _lines() if (anchor := _parsed(line))]


def cut_lines() -> list[int]:
    """Return the numbers of the lines that are no anchor, as a crash leaves them.

    The next anchor continues from the complete one before.
    """
    return [number for number, line in enumerate(_lines(), 1) if not _parsed(line)]


def _lines() -> list[bytes]:
    """Return the lines of the file, read while nobody writes."""
    if not (folder() / FILE).exists():
        return []
    with (folder() / FILE).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        return file.read().splitlines()


def _parsed(line: bytes) -> Anchor | None:
    """Return the anchor of a line, or None if the line is not complete."""
    try:
        parsed = json.loads(line)
    except ValueError:
        return None
    is_anchor = isinstance(parsed, dict) and parsed.keys() >= NONE.keys()
    return parsed if is_anchor else None


def anchor(*, with_schema: bool = True) -> Anchor:
    """Write the head as it is committed now, and mail it to its keepers. Return the anchor.

    Without the schema, which takes longer to read than the entries, the schema of the last
    anchor is taken over.
    """
    with _writing() as handle:
        before = _last(handle)
        with connection.cursor() as cursor:
            cursor.execute(SINCE, [before["seq"]])
            entries = cursor.fetchall()
        seq, head_hash = entries[-1][:2] if entries else (before["seq"], before["hash"])
        head = {
            "at": timezone.now().isoformat(timespec="seconds"),
            "seq": seq,
            "hash": head_hash,
            "counts": Counter(before["counts"]) + Counter(form for _seq, _hash, form in entries),
            "schema": (with_schema and _described()) or before["schema"],
        }
        links = "".join(entry_hash[:LINK] for _seq, entry_hash, _form in entries)
        line = head | {"links": links}
        _append(handle, json.dumps(line).encode() + b"\n")
        os.fsync(handle)
    if head["seq"] != before["seq"] or head["schema"] != before["schema"]:
        _mail(head)
    return head


def set_aside() -> None:
    """Begin a new file, for a new database; the earlier anchors are kept beside it."""
    if (folder() / FILE).exists():
        name = f"anchors-until-{timezone.now():%Y%m%dT%H%M%S%f}.jsonl"
        (folder() / FILE).rename(folder() / name)


def at_commit() -> None:
    """Write an anchor as soon as the transaction under way is committed.

    It is so at each signature, allocation, freeze, step of the lock and redaction.
    """
    transaction.on_commit(lambda: anchor(with_schema=False), robust=True)


def schema_of(digest: str) -> dict[str, str] | None:
    """Return the objects of a schema, or None if its file is gone or was changed."""
    file = folder() / f"schema-{digest[:16]}.json"
    if not file.exists():
        return None
    objects: dict[str, str] = json.loads(file.read_text())
    return objects if objects and schema.digest(objects) == digest else None


@contextmanager
def _writing() -> Iterator[int]:
    """Open the file for one writer at a time: each goes on where the last one ended."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder() / FILE, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _append(handle: int, text: bytes) -> None:
    """Write all of the text, or raise: a full disk takes a part of a line without saying so."""
    while text:
        text = text[os.write(handle, text) :]


def _last(handle: int) -> Anchor:
    """Return the last complete anchor, read from the file's end: the file grows with every entry.

    A line that was cut short is ended and passed over.
    """
    end = os.lseek(handle, 0, os.SEEK_END)
    if end and os.pread(handle, 1, end - 1) != b"\n":
        _append(handle, b"\n")
    start, length = end, BLOCK
    while start > 0:
        start, length = max(0, end - length), length * 2
        lines = os.pread(handle, end - start, start).split(b"\n")
        for line in reversed(lines[1:] if start else lines):
            if last := _parsed(line):
                return last
    return NONE


def _described() -> str | None:
    """Describe the schema; return its digest.

    Return None while a migrate is under way: it notes the schema at its end (noted_schema.py).
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock_shared(hashtext(%s))", [SCHEMA_LOCK])
        if cursor.fetchone() != (True,):
            return None
        try:
            return describe(schema.objects())
        finally:
            cursor.execute("select pg_advisory_unlock_shared(hashtext(%s))", [SCHEMA_LOCK])


def describe(objects: dict[str, str]) -> str:
    """Write the objects of a schema beside the anchors, once for each schema. Return its digest."""
    digest = schema.digest(objects)
    file = folder() / f"schema-{digest[:16]}.json"
    if not file.exists():
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        file.write_text(json.dumps(objects, indent=0, sort_keys=True))
    return digest


def _mail(head: Anchor) -> None:
    """Mail the anchor to its keepers: the sponsor, and somebody independent.

    It is one line, as in the file, but for its `links`, which stand in the file alone.
    """
    body = json.dumps(head) + "\n"
    subject = _("Casebook: anchor {number}").format(number=head["seq"])
    mails = [Mail(to=to, subject=subject, body=body) for to in settings.ANCHOR_MAIL]
    Mail.objects.bulk_create(mails)


def send_waiting() -> int:
    """Send the mail that waits. Return how many were sent.

    A mail that the server refuses waits for the next run, with the server's answer.
    """
    waiting = Mail.objects.filter(sent_at=None).values_list("pk", flat=True)
    return sum(_send(pk) for pk in list(waiting[:SEND_AT_ONCE]))


@transaction.atomic
def _send(pk: int) -> bool:
    """Send one mail, unless another job has it in hand. Return whether it was sent."""
    waiting = Mail.objects.select_for_update(no_key=True, skip_locked=True)
    mail = waiting.filter(pk=pk, sent_at=None).first()
    if mail is None:
        return False
    try:
        send_mail(mail.subject, mail.body, settings.DEFAULT_FROM_EMAIL, [mail.to])
    except OSError as error:  # smtplib's refusals are of this kind, too
        mail.failed = str(error)[:LONGEST_FAILURE]
    else:
        mail.sent_at, mail.failed = timezone.now(), ""
    mail.save()
    return mail.sent_at is not None
