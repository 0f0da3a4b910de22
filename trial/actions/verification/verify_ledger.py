"""Check that ledger, history and live rows agree, also against somebody who owns the tables.

1. Each entry's hash follows from the entry and the hash before it, no number is missing, and time
   never goes back.
2. The chain is the one that was anchored (anchors.py): a chain that is rewritten as a whole,
   hashes included, differs there.
3. Each history row and each act has its entry, each entry its row, and both say the same; only a
   redaction has erased.
4. Each live row says what its last history row says; each account and token what its last event
   says.
5. Triggers and their functions are those of the code, the app's role may no more than it should,
   and every object of the database, now and at each anchor, is one that a migrate or a person
   noted (noted_schema.py).
6. Nothing waits long for its anchor.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from trial.audit import roles
from trial.audit.history import kept_models
from trial.audit.ledger_sql import content
from trial.audit.ledger_triggers import EntersLedgerOnInsert, inserted_forms, inserted_models
from trial.audit.watching import Watches
from trial.models import SystemEvent

from . import anchors, noted_schema, triggers
from .anchors import Anchor
from .verification_sql import (
    ERASED_WITHOUT_REDACTION,
    LATE,
    OVERDUE,
    acts_and_ledger,
    history_and_ledger,
    live_and_history,
    refilled,
    watched_and_events,
)

CHAIN = f"select seq, {content('l')}, hash, at, form from trial_ledger l order by seq"
HEAD = "select seq, encode(hash, 'hex') from trial_ledger order by seq desc limit 1"
AT_ONCE = 5000


@transaction.atomic
def findings(anchored: list[Anchor] | None = None) -> list[str]:
    """Return every disagreement, as a sentence; none means that all is in order.

    `anchored` are the anchors kept outside the database, oldest first; None checks none.
    """
    if unreadable := roles.unreadable():
        return list(dict.fromkeys([*unreadable, *triggers.findings(), *roles.findings()]))
    with connection.cursor() as cursor:
        cursor.execute("set local timezone = 'UTC'")
    sentences = list(_chain(anchored or []))
    if anchored is not None:
        sentences += _unanchored(anchored)
    for model in kept_models():
        sentences += _rows(model)
    for model, enters in inserted_models():
        sentences += _acts(model, enters)
    sentences += _erased()
    for constraint in SystemEvent._meta.constraints:
        if isinstance(constraint, Watches):
            sentences += _watched(constraint)
    sentences += triggers.findings()
    sentences += roles.findings()
    if anchored is not None:
        sentences += noted_schema.findings(anchored)
    return sentences


def head() -> str:
    """Return number and hash of the last entry: they are to be kept elsewhere."""
    rows = _query(HEAD)
    return "{} {}".format(*rows[0]) if rows else "0"


def _chain(anchored: list[Anchor]) -> Iterator[str]:
    """Yield what is wrong with the entries, their order, and their agreement with the anchors."""
    links = "".join(anchor.get("links", "") for anchor in anchored)
    heads = {anchor["seq"]: anchor for anchor in anchored}
    expected, hash_before = 1, b""
    earlier: datetime | None = None
    counts = Counter[str]()
    is_forged = False
    for seq, text, entry_hash, at, form in _each(CHAIN):
        if seq != expected:
            yield _("Ledger entry {number} is missing.").format(number=expected)
        if hashlib.sha256(hash_before + text.encode()).digest() != bytes(entry_hash):
            sentence = _("Ledger entry {number} does not follow from the entry before it.")
            yield sentence.format(number=seq)
        if earlier and at < earlier:
            sentence = _("Ledger entry {number} is dated before the entry before it.")
            yield sentence.format(number=seq)
        digits = bytes(entry_hash).hex()
        counts[form] += 1
        link = links[(seq - 1) * anchors.LINK : seq * anchors.LINK]
        anchor = heads.get(seq)
        differs = not digits.startswith(link) or (anchor is not None and anchor["hash"] != digits)
        if differs and not is_forged:
            is_forged = True
            sentence = _("Ledger entry {number} is not the one that was anchored.")
            yield sentence.format(number=seq)
        if anchor is not None and not is_forged and anchor["counts"] != counts:
            sentence = _("The anchor of entry {number} counts other entries of a form.")
            yield sentence.format(number=seq)
        expected, hash_before, earlier = seq + 1, bytes(entry_hash), at
    if heads and expected <= max(heads):
        sentence = _("Ledger entries {first} to {last} were anchored and are missing.")
        yield sentence.format(first=expected, last=max(heads))


def _unanchored(anchored: list[Anchor]) -> Iterator[str]:
    """Yield that entries wait too long for their anchor.

    Anchors are written every five minutes: where they end long before the ledger does, nobody
    writes them, or they were taken away.
    """
    last = anchored[-1] if anchored else {"seq": 0}
    ((first, until),) = _query(OVERDUE, [last["seq"]])
    if first and not anchored:
        sentence = _(
            "No anchor is kept outside the database, though the ledger has {number} entries."
        )
        yield sentence.format(number=until)
    elif first:
        sentence = _(
            "Entries {first} to {last} are not anchored: the last anchor is of entry {anchored}, "
            "written at {moment}."
        )
        yield sentence.format(first=first, last=until, anchored=last["seq"], moment=last["at"])


def remarks(anchored: list[Anchor]) -> Iterator[str]:
    """Yield what is no forgery, but should be known to the person who reads the findings."""
    for number in anchors.cut_lines():
        sentence = _(
            "Line {number} of {file} is cut short, as by a crash; the anchor after it goes on from "
            "the one before."
        )
        yield sentence.format(number=number, file=anchors.FILE)
    spans = []
    for before, anchor in pairwise([{"seq": 0}, *anchored]):
        if anchor["seq"] > before["seq"]:
            spans.append((before["seq"] + 1, anchor["seq"], anchor["at"]))
    if not spans or roles.unreadable():
        return
    columns = [list(column) for column in zip(*spans, strict=True)]
    for first, last, at in _query(LATE, columns):
        sentence = _(
            "Entries {first} to {last} were anchored late, at {moment}: nothing tells what they "
            "said before."
        )
        yield sentence.format(first=first, last=last, moment=f"{at:%Y-%m-%d %H:%M %Z}")


# Any: the models are Kept or Membership, which both have a history.
def _rows(model: Any) -> Iterator[str]:
    """Yield the rows of a table that disagree with their history, and history with the ledger."""
    form, table = model._meta.label_lower, model._meta.db_table
    history = model.history.model._meta.db_table
    for (row,) in _query(history_and_ledger(history, form)):
        sentence = _("History row {row} of {form} and the ledger disagree.")
        yield sentence.format(row=row, form=form)
    for (row,) in _query(refilled(history, form)):
        sentence = _("History row {row} of {form} says what was erased, or something in its place.")
        yield sentence.format(row=row, form=form)
    for (row,) in _query(live_and_history(table, history)):
        sentence = _("Row {row} of {form} does not say what its history says.")
        yield sentence.format(row=row, form=form)


def _acts(model: type[models.Model], enters: EntersLedgerOnInsert) -> Iterator[str]:
    """Yield the rows, each added once, that disagree with their entries."""
    for (row,) in _query(acts_and_ledger(model._meta.db_table, enters)):
        sentence = _("Row {row} of {form} and the ledger disagree.")
        yield sentence.format(row=row, form=enters.facts["form"])


def _erased() -> Iterator[str]:
    """Yield the items of entries that were erased without a redaction."""
    for seq, item in _query(ERASED_WITHOUT_REDACTION, [inserted_forms()]):
        sentence = _("In ledger entry {number}, {item} was erased without a redaction.")
        yield sentence.format(number=seq, item=item)


def _watched(watches: Watches) -> Iterator[str]:
    """Yield the rows of a watched table that disagree with the last event about them."""
    for (row,) in _query(watched_and_events(watches)):
        sentence = _("Row {row} of {table} does not say what its last event says.")
        yield sentence.format(row=row, table=watches.facts["watched"])


# Any: columns are of several types.
def _query(sql: str, values: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _each(sql: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows, read a few thousand at a time: years of a ledger exceed the memory."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows
