"""Forms, and changes of the ledger, as a person reads them: labels, not columns; names of codes, not codes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models

from trial.access import Act
from trial.models import Kept, Ledger, Row, may, readable

HIDDEN = {"visit_id", "withdrawn_by_id"}
KEPT_BACK = "[kept back]"


def derived_text(value: Any) -> str:
    """As a page shows it; numbers with three decimals at most."""
    if isinstance(value, Decimal):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "–" if value in (None, "") else str(value)


class ReadChange(NamedTuple):
    entry: Ledger
    reason: str
    form: str
    item: str
    label: str
    was: Any
    now: Any


@cache
def model_of(form: str) -> type[Kept]:
    return apps.get_model(form)


def row_name(group: type[Row]) -> str:
    """How a repeating group is called in the API: the name its record has for it."""
    return str(group._meta.get_field(group.parent).remote_field.name)


def hidden_from(model: type[Kept], by: AbstractUser, site_id: int | None) -> frozenset[str]:
    """Items that this person may not see at the site (crf_spec §7: the sponsor sees no birth month)."""
    identifying: frozenset[str] = getattr(model, "identifying", frozenset())
    return frozenset() if not identifying or may(by, Act.READ_BIRTH_MONTH, site_id) else identifying


def reason_of(entry: Ledger, *, hidden: frozenset[str]) -> str:
    """Why it was changed; of a form with items that are kept back only the code, as people write into the words what they correct."""
    return str(entry.reason.partition(":")[0] if hidden else entry.reason)


def read_changes(entries: Iterable[Ledger], *, by: AbstractUser) -> Iterator[ReadChange]:
    """One for each changed item, with what may identify a subject kept back from those who may not see it."""
    for entry in entries:
        model = model_of(entry.form)
        hidden = hidden_from(model, by, entry.site_id)
        reason = reason_of(entry, hidden=hidden)
        for item, change in entry.items.items():
            if item in HIDDEN:
                continue
            was, now = [KEPT_BACK, KEPT_BACK] if item in hidden else change
            if item == "missing" and hidden:
                was, now = ({name: why for name, why in (reasons or {}).items() if name not in hidden} for reasons in change)
                if was == now:
                    continue
            label, field = label_and_field(model, item)
            yield ReadChange(entry, reason, str(model._meta.verbose_name), item, label, _read(field, was), _read(field, now))


def label_and_field(model: type[Kept], item: str) -> tuple[str, models.Field | None]:
    for field in model._meta.concrete_fields:
        if field.column == item:
            return str(field.verbose_name), field
    return item, None


def _read(field: models.Field | None, value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    if field is None or isinstance(field, models.JSONField):
        return ", ".join(f"{k}: {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)
    if isinstance(value, list) and not isinstance(field, ArrayField):
        return str(value)
    return readable(field, value)


class ReadPart(NamedTuple):
    """One form as a person reads it: label and text of each of its own items, then a table for each repeating group."""

    title: str
    form_version: str
    items: list[tuple[str, str]]
    tables: list[tuple[list[str], list[list[str]]]]
    queries: list[list[str]] = []


def _with_code(item: list[str]) -> str:
    """Value, unit, and the code that is stored for it, as all three are signed."""
    _, value, unit, code = item
    return f"{value} {unit}".strip() + (f" [{code}]" if code not in ("", value) else "")


def read_part(part: dict[str, Any]) -> ReadPart:
    """The items of a row are named `group.id.item` (Signature.content); columns that no row fills are left out."""
    own, groups = [], defaultdict(lambda: defaultdict(dict))
    for name, item in part["items"].items():
        group, _, rest = name.partition(".")
        if rest:
            row, _, column = rest.partition(".")
            groups[group][row][column] = item
        elif item[1]:
            own.append((item[0], _with_code(item)))
    tables = []
    for rows in groups.values():
        columns = {column: item[0] for row in rows.values() for column, item in row.items() if item[1]}
        lines = [[_with_code(row[column]) for column in columns] for row in rows.values()]
        tables.append((list(columns.values()), lines))
    return ReadPart(part["form"], part["form_version"], own, tables, part.get("queries", []))
