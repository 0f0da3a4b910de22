"""Whether ledger, history and live rows still tell one story, also against someone who owns the tables.

1. Each entry's hash follows from the entry and the hash before it, no number is missing, and time never goes back.
2. The chain is the one that was anchored (anchors.py): whoever rewrites it all, hashes included, differs there.
3. Each history row and each act has its entry, each entry its row, and both say the same; only a redaction has erased.
4. Each live row says what its last history row says; each account and token what its last event says.
5. Triggers and their functions are those of the code, the app's role may no more than it should, and every object of the
   database, now and at each anchor, is one that a migrate or a person noted (noted_schema.py).
6. Nothing waits long for its anchor.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from django.db import connection, models, transaction

from trial.audit import roles
from trial.audit.history import kept_models
from trial.audit.ledger_sql import REASON, changed, content, entered, items, quoted
from trial.audit.ledger_triggers import EntersLedgerOnInsert, inserted_forms, inserted_models
from trial.audit.watching import Watches
from trial.models import SystemEvent
from trial.models.redaction import ERASED

from . import anchors, noted_schema, triggers

CHAIN = f"select seq, {content('l')}, hash, at, form from trial_ledger l order by seq"
AT_ONCE = 5000


@transaction.atomic
def findings(anchored: list[dict[str, Any]] | None = None) -> list[str]:
    """Every disagreement, as a sentence; none means that all is in order. `anchored` are the anchors kept outside, oldest first."""
    if unreadable := roles.unreadable():
        return list(dict.fromkeys([*unreadable, *triggers.findings(), *roles.findings()]))
    with connection.cursor() as cursor:
        cursor.execute("set local timezone = 'UTC'")
    return [
        *_chain(anchored or []),
        *(_unanchored(anchored) if anchored is not None else []),
        *(finding for model in kept_models() for finding in _rows(model)),
        *(finding for model, enters in inserted_models() for finding in _acts(model, enters)),
        *_erased(),
        *(finding for watches in SystemEvent._meta.constraints if isinstance(watches, Watches) for finding in _watched(watches)),
        *triggers.findings(),
        *roles.findings(),
        *(noted_schema.findings(anchored) if anchored is not None else []),
    ]


def head() -> str:
    """Number and hash of the last entry: what is to be kept elsewhere."""
    rows = _query("select seq, encode(hash, 'hex') from trial_ledger order by seq desc limit 1")
    return "{} {}".format(*rows[0]) if rows else "0"


def _chain(anchored: list[dict[str, Any]]) -> Iterator[str]:
    links = "".join(one.get("links", "") for one in anchored)
    heads = {one["seq"]: one for one in anchored}
    expected, before, earlier, counts, forged = 1, b"", None, Counter[str](), False
    for seq, text, stored, at, form in _each(CHAIN):
        if seq != expected:
            yield f"Ledger entry {expected} is missing."
        if hashlib.sha256(before + text.encode()).digest() != bytes(stored):
            yield f"Ledger entry {seq} does not follow from the entry before it."
        if earlier and at < earlier:
            yield f"Ledger entry {seq} is dated before the entry before it."
        hexed, counts[form] = bytes(stored).hex(), counts[form] + 1
        link = links[(seq - 1) * anchors.LINK : seq * anchors.LINK]
        if not forged and (not hexed.startswith(link) or (seq in heads and heads[seq]["hash"] != hexed)):
            forged = True
            yield f"Ledger entry {seq} is not the one that was anchored."
        if not forged and seq in heads and heads[seq]["counts"] != counts:
            yield f"The anchor of entry {seq} counts other entries of a form."
        expected, before, earlier = seq + 1, bytes(stored), at
    if heads and expected <= max(heads):
        yield f"Ledger entries {expected} to {max(heads)} were anchored and are missing."


OVERDUE = """
    select min(seq), (select max(seq) from trial_ledger) from trial_ledger where seq > %s and at < now() - interval '15 minutes'"""


def _unanchored(anchored: list[dict[str, Any]]) -> Iterator[str]:
    """Anchors are written every five minutes: where they end long before the ledger does, nobody writes them, or they were taken away."""
    last = anchored[-1] if anchored else {"seq": 0}
    ((first, until),) = _query(OVERDUE, [last["seq"]])
    if first and not anchored:
        yield f"No anchor is kept outside the database, though the ledger has {until} entries."
    elif first:
        yield f"Entries {first} to {until} are not anchored: the last anchor is of entry {last['seq']}, written at {last['at']}."


LATE = """
    select late.seq, late.until, late.at
      from unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) as late (seq, until, at) join trial_ledger l on l.seq = late.seq
     where late.at - l.at > interval '15 minutes' order by 1"""


def remarks(anchored: list[dict[str, Any]]) -> Iterator[str]:
    """What is no forgery, and yet to be known to who reads the findings."""
    for number in anchors.cut():
        yield f"Line {number} of {anchors.FILE} is cut short, as by a crash; the anchor after it goes on from the one before."
    new = [(before["seq"] + 1, one["seq"], one["at"]) for before, one in pairwise([{"seq": 0}, *anchored]) if one["seq"] > before["seq"]]
    if not new or roles.unreadable():
        return
    for first, until, at in _query(LATE, [list(column) for column in zip(*new, strict=True)]):
        yield f"Entries {first} to {until} were anchored late, at {at:%Y-%m-%d %H:%M %Z}: nothing tells what they said before."


def _rows(model: type[models.Model]) -> Iterator[str]:
    form, table, history = model._meta.label_lower, model._meta.db_table, model.history.model._meta.db_table
    for (row,) in _query(_history_and_ledger(history, form)):
        yield f"History row {row} of {form} and the ledger disagree."
    for (row,) in _query(_refilled(history, form)):
        yield f"History row {row} of {form} says what was erased, or something in its place."
    for (row,) in _query(_live_and_history(table, history)):
        yield f"Row {row} of {form} does not say what its history says."


# The rows' aliases are no names of items: a form may have an item `t` or `h`.
def _history_and_ledger(history: str, form: str) -> str:
    return f"""
        with kept as (
          select *, to_jsonb(kept_row) as row_now, lag(to_jsonb(kept_row)) over story as row_before, row_number() over story as place
            from {history} kept_row window story as (partition by id order by history_id))
        select history_id
          from kept full join (select * from trial_ledger where form = '{form}') entry using (history_id)
         where kept.id is null or entry.seq is null or kept.version <> kept.place
            or entry.items <> {items(changed("row_before", "row_now"))} - array(select jsonb_object_keys(entry.sealed))
            or (entry.row, entry.act, entry.by_id, entry.reason, entry.written_at) is distinct from
               (kept.id, kept.history_type::text, kept.history_user_id::bigint, coalesce(kept.history_change_reason, ''), kept.history_date)
         order by 1"""


def _refilled(history: str, form: str) -> str:
    return f"""
        select history_id
          from {history} kept_row join trial_redactionrequest asked on asked.row = kept_row.id and asked.form = '{form}'
               join trial_redaction done on done.request_id = asked.id
         where kept_row.version <= asked.through_version
               and coalesce(to_jsonb(kept_row) -> asked.item, 'null') not in ('null', '""', '[]', '{{}}')
         order by 1"""


def _live_and_history(table: str, history: str) -> str:
    return f"""
        with kept as (select distinct on (id) * from {history} order by id, history_id desc)
        select id
          from {table} live_row full join kept kept_row using (id)
         where live_row.version is distinct from kept_row.version
            or {items(changed("to_jsonb(kept_row)", "to_jsonb(live_row)"))} <> jsonb_build_object()
         order by 1"""


def _acts(model: type[models.Model], enters: EntersLedgerOnInsert) -> Iterator[str]:
    """Rows that are added once and their entries; of what a redaction touched, what the redaction left."""
    form = enters.facts["form"]
    left = f"""(select coalesce(jsonb_object_agg(item, {quoted(ERASED)}::text), '{{}}') from jsonb_object_keys(entry.sealed) item
                 where item <> '{REASON}')"""
    if form == "trial.signature":
        left = """coalesce((select r.signatures -> acted.id::text from trial_redaction r where r.signatures ? acted.id::text
                             order by r.id desc limit 1), '{}')"""
    sql = f"""
        select coalesce(acted.id, entry.row)
          from {model._meta.db_table} acted full join (select * from trial_ledger where form = '{form}') entry on entry.row = acted.id
         where acted.id is null or entry.seq is null or entry.items || {items(entered(left))} <> {items(entered(enters.row_items("acted")))}
         order by 1"""
    for (row,) in _query(sql):
        yield f"Row {row} of {form} and the ledger disagree."


ERASURES = f"""
    select l.seq, sealed.key
      from trial_ledger l, jsonb_object_keys(l.sealed) as sealed (key)
     where l.sealed <> '{{}}' and not exists (
           select from trial_redaction done join trial_redactionrequest asked on asked.id = done.request_id
            where (l.form, l.row) = (asked.form, asked.row)
                  and (sealed.key = asked.item or (sealed.key = '{REASON}' and
                      (asked.item = 'history_change_reason' or (asked.item = 'reason' and l.form = any (%s)))))
               or (l.form = 'trial.signature' and done.signatures ? l.row::text))
     order by 1"""


def _erased() -> Iterator[str]:
    for seq, item in _query(ERASURES, [inserted_forms()]):
        yield f"In ledger entry {seq}, {item} was erased without a redaction."


def _watched(watches: Watches) -> Iterator[str]:
    """The last event about each row against the row."""
    kind, table = watches.facts["kind"], watches.facts["watched"]
    key = watches.facts["key"].replace("new.", "row_now.")
    sql = f"""
        with told as (
          select distinct on (e.key, item.key) e.key as about, item.key as item, item.value -> 1 as value
            from trial_systemevent e, jsonb_each(e.detail) item
           where e.kind in ('{kind} {watches.facts["made"]}', '{kind} changed', '{kind} {watches.facts["ended"]}')
           order by e.key, item.key, e.id desc),
        said as (select about, jsonb_object_agg(item, value) as row_said from told where value <> 'null' group by about),
        there as (select {key} as about, {watches.row_items("row_now")} as row_there from {table} row_now)
        select coalesce(said.about, there.about)
          from said full join there using (about) where row_said is distinct from row_there order by 1"""
    for (row,) in _query(sql):
        yield f"Row {row} of {table} does not say what its last event says."


def _query(sql: str, values: Sequence[Any] | None = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _each(sql: str) -> Iterator[tuple]:
    """A few thousand rows at a time: a ledger of years does not fit into memory at once."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows
