"""The history as lines, in the order of commits: one for each changed item, one for each act."""

import json
from collections.abc import Generator, Iterator, Sequence
from itertools import islice
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_noop

from trial.models import Kept, Ledger, Row, readable
from trial.output.item_names import missing_in_words, names_of_item
from trial.output.reading import HIDDEN, hidden_from, model_of, reason_of, row_name, without_hidden
from trial.output.trail import acts_among, line_of_act

Line = dict[str, Any]
"""A line of the history, by the names of the API (trial/api/history.py). Values are of any type,
hence `Any`: they are the items' own."""

CHANGE = gettext_noop("change")
"""The act of a line that tells a changed item."""
AT_ONCE = 500
"""Entries whose acts are read together."""
RELATED = ("by", "site", "subject", "visit")


def changes_in(
    entries: QuerySet[Ledger], *, by: AbstractUser, item: str = ""
) -> Generator[Line, None, None]:
    """Yield the lines of many entries; of one item alone, where it is named."""
    stream = readable_entries(entries).iterator()
    while batch := list(islice(stream, AT_ONCE)):
        yield from lines_of(batch, by=by, item=item)


def readable_entries(entries: QuerySet[Ledger]) -> QuerySet[Ledger]:
    """Return the entries with their people and places, and with their items as JSON text."""
    return entries.select_related(*RELATED).annotate(items_text=Cast("items", TextField()))


def lines_of(entries: Sequence[Ledger], *, by: AbstractUser, item: str = "") -> Iterator[Line]:
    """Yield the lines of these entries, which are readable (`readable_entries`)."""
    acts, names = acts_among(entries), names_of_item(item) if item else set()
    for entry in entries:
        act = acts.get((entry.form, entry.row))
        for line in _lines_of_one(entry, act, by=by):
            if not item or line["item"] in names:
                yield line


# An act is a row of one of many models, whose only bond is `describe` (trial/models/act.py).
def _lines_of_one(entry: Ledger, act: Any | None, *, by: AbstractUser) -> Iterator[Line]:
    if act is None:
        yield from changes_of(entry, by=by)
    else:
        yield who_and_where(entry) | line_of_act(act, by=by, site_id=entry.site_id)


def changes_of(entry: Ledger, *, by: AbstractUser) -> Iterator[Line]:
    """Yield a line for each item of an entry.

    Items that may identify a subject are left out for those who may not see them (crf_spec §7).
    Numbers stand as PostgreSQL keeps them: 1.10 stays 1.10.
    """
    model = model_of(entry.form)
    hidden = hidden_from(model, by, entry.site_id)
    shared = place_of(entry, model) | {"reason": reason_of(entry, hidden=hidden)}
    left_out = HIDDEN | _column_of_parent(model)
    fields = {field.column: field for field in model._meta.concrete_fields}
    items: str = entry.items_text  # type: ignore[attr-defined]  # readable_entries annotates it
    for column, (was, now) in sorted(json.loads(items, parse_float=str).items()):
        field = fields.get(column)
        name = field.name if field else column
        if name in hidden or column in left_out:
            continue
        if name == "missing":
            was, now = without_hidden(was, hidden) or None, without_hidden(now, hidden) or None
            if was == now:
                continue
        label = str(field.verbose_name) if field else column
        values = {
            "old": was,
            "new": now,
            "old_text": text(field, was),
            "new_text": text(field, now),
        }
        yield shared | {"item": name, "label": label} | values


def _column_of_parent(model: type[Kept]) -> set[str]:
    """Return the column by which a row names its record; none for a record."""
    if not issubclass(model, Row):
        return set()
    return {
        str(field.column) for field in model._meta.concrete_fields if field.name == model.parent
    }


def who_and_where(entry: Ledger) -> Line:
    """Return number, moment, person and place of an entry."""
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


def place_of(entry: Ledger, model: type[Kept]) -> Line:
    """Return who and where, and the form, record and group that an entry belongs to."""
    form = model.form() if issubclass(model, Row) else model
    return who_and_where(entry) | {
        "act": CHANGE,
        "form": form._meta.model_name,
        "form_title": str(form._meta.verbose_name),
        "record": entry.record,
        "group": row_name(model) if issubclass(model, Row) else None,
    }


# A column that no field of the model has any more is read as it is, hence `Any`.
def text(field: Any, value: Any) -> str:
    """Return a value as people read it: labels of codes, reasons for missing values by item."""
    if isinstance(value, dict) and field is not None and field.name == "missing":
        return missing_in_words(field.model, value)
    if isinstance(value, dict):
        return ", ".join(f"{item}: {reason}" for item, reason in value.items())
    if field is None or (isinstance(value, list) and not hasattr(field, "base_field")):
        return "" if value is None else str(value)
    return readable(field, value)
