"""The history as lines: one for each changed item and each act, in the order of commits, as people and programs read it."""

import json
from collections.abc import Generator, Iterator, Sequence
from itertools import islice
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from trial.models import Kept, Ledger, Row, readable
from trial.output.reading import HIDDEN, hidden_from, model_of, reason_of, row_name
from trial.output.trail import acts_among, told

AT_ONCE = 500
"""Entries whose acts are read together."""
RELATED = ("by", "site", "subject", "visit")


def changes_in(entries: QuerySet[Ledger], *, by: AbstractUser, item: str = "") -> Generator[dict[str, Any], None, None]:
    """The changed items, and the acts, of many entries; of one item only, where it is named."""
    found = readable_entries(entries).iterator()
    while batch := list(islice(found, AT_ONCE)):
        yield from lines_of(batch, by=by, item=item)


def readable_entries(entries: QuerySet[Ledger]) -> QuerySet[Ledger]:
    return entries.select_related(*RELATED).annotate(items_text=Cast("items", TextField()))


def lines_of(entries: Sequence[Ledger], *, by: AbstractUser, item: str = "") -> Iterator[dict[str, Any]]:
    rows = acts_among(entries)
    for entry in entries:
        row = rows.get((entry.form, entry.row))
        lines = changes_of(entry, by=by) if row is None else [who_and_where(entry) | told(row, by=by, site_id=entry.site_id)]
        yield from (line for line in lines if not item or line["item"] == item)


def changes_of(entry: Ledger, *, by: AbstractUser) -> Iterator[dict[str, Any]]:
    """An entry's items, without those that may identify a subject for those who may not see them (crf_spec §7).

    Numbers as PostgreSQL keeps them: 1.10 stays 1.10.
    """
    model = model_of(entry.form)
    hidden = hidden_from(model, by, entry.site_id)
    shared = place_of(entry, model) | {"reason": reason_of(entry, hidden=hidden)}
    left_out = HIDDEN | {model._meta.get_field(model.parent).column} if issubclass(model, Row) else HIDDEN
    fields = {field.column: field for field in model._meta.concrete_fields}
    for column, (was, now) in sorted(json.loads(entry.items_text, parse_float=str).items()):
        field = fields.get(column)
        name = field.name if field else column
        if name in hidden or column in left_out:
            continue
        if name == "missing":
            was, now = ({i: r for i, r in (reasons or {}).items() if i not in hidden} or None for reasons in (was, now))
            if was == now:
                continue
        label = str(field.verbose_name) if field else column
        yield shared | {"item": name, "label": label, "old": was, "new": now, "old_text": text(field, was), "new_text": text(field, now)}


def who_and_where(entry: Ledger) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at,
        "by": entry.by.get_username(),
        "name": entry.by.get_full_name() or entry.by.get_username(),
        "site": entry.site and entry.site.code,
        "subject": entry.subject and entry.subject.code,
        "visit": entry.visit and entry.visit.code,
        "row": entry.row,
        "client": entry.client or "",
    }


def place_of(entry: Ledger, model: type[Kept]) -> dict[str, Any]:
    form = model.form() if issubclass(model, Row) else model
    return who_and_where(entry) | {
        "act": "change",
        "form": form._meta.model_name,
        "form_title": str(form._meta.verbose_name),
        "record": entry.record,
        "group": row_name(model) if issubclass(model, Row) else None,
    }


def text(field: Any, value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{item}: {said}" for item, said in value.items())
    if field is None or (isinstance(value, list) and not hasattr(field, "base_field")):
        return "" if value is None else str(value)
    return readable(field, value)
