"""Anchors: the ledger's head, written where the database's superuser does not reach (docs/decisions/0020).

One line of JSON each, in an append-only file: {"at", "seq", "hash", "counts": {form: entries}, "schema", "links"}. `links` holds the
first eight hexadecimal digits of each entry's hash since the anchor before, so that a forged chain is named by its first entry. What
the schema was made of stands beside it, once for each schema, in schema-<digest>.json.
"""

import json
import os
from collections import Counter
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
SEND_AT_ONCE = 100


def folder() -> Path:
    return Path(settings.ANCHOR_FOLDER)


def read() -> list[dict[str, Any]]:
    """All anchors, oldest first. A last line that was cut short by a crash is none."""
    file = folder() / FILE
    if not file.exists():
        return []
    lines = file.read_text().split("\n")
    return [json.loads(line) for line in lines[:-1]]


def anchor() -> dict[str, Any]:
    """Write the head as it is committed now, and tell it to the addresses set up. Returns the anchor."""
    before = last()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SINCE, [before["seq"]])
        entries = cursor.fetchall()
        objects = schema.objects()
    found = {
        "at": timezone.now().isoformat(timespec="seconds"),
        "seq": entries[-1][0] if entries else before["seq"],
        "hash": entries[-1][1] if entries else before["hash"],
        "counts": Counter(before["counts"]) + Counter(form for _, _, form in entries),
        "schema": schema.digest(objects),
    }
    _keep(found | {"links": "".join(link[:LINK] for _, link, _ in entries)}, objects)
    if found["seq"] != before["seq"] or found["schema"] != before["schema"]:
        _tell(found)
    return found


NONE: dict[str, Any] = {"seq": 0, "hash": "", "counts": {}, "schema": ""}


def last() -> dict[str, Any]:
    """The last anchor, found from the file's end: it grows with every entry."""
    file = folder() / FILE
    if not file.exists():
        return NONE
    with file.open("rb") as lines:
        lines.seek(0, os.SEEK_END)
        end, block = lines.tell(), b""
        while end > 0 and block.rstrip(b"\n").count(b"\n") == 0:
            start = max(0, end - 65536)
            lines.seek(start)
            block, end = lines.read(end - start) + block, start
    whole = block[: block.rfind(b"\n") + 1].rstrip(b"\n").split(b"\n")
    return json.loads(whole[-1]) if whole[-1] else NONE


def schema_of(digest: str) -> dict[str, str] | None:
    file = folder() / f"schema-{digest[:16]}.json"
    return json.loads(file.read_text()) if file.exists() else None


def _keep(found: dict[str, Any], objects: dict[str, str]) -> None:
    """Appended and on the disk when this returns."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    described = folder() / f"schema-{found['schema'][:16]}.json"
    if not described.exists():
        described.write_text(json.dumps(objects, indent=0, sort_keys=True))
    handle = os.open(folder() / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, json.dumps(found).encode() + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)


def _tell(found: dict[str, Any]) -> None:
    subject = f"Casebook: anchor {found['seq']}"
    body = json.dumps(found, indent=2)
    Mail.objects.bulk_create(Mail(to=address, subject=subject, body=body) for address in settings.ANCHOR_MAIL)


def soon() -> None:
    """After the commit that is under way, as at each signature, allocation and lock."""
    transaction.on_commit(anchor, robust=True)


def send_waiting() -> int:
    """Send the mail that waits; what the server refuses waits for the next run, with what it said. Returns how many were sent."""
    sent = 0
    for mail in Mail.objects.filter(sent_at=None)[:SEND_AT_ONCE]:
        try:
            send_mail(mail.subject, mail.body, settings.DEFAULT_FROM_EMAIL, [mail.to])
            mail.sent_at, mail.failed, sent = timezone.now(), "", sent + 1
        except OSError as error:
            mail.failed = str(error)[:500]
        mail.save()
    return sent
