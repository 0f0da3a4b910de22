"""Forms, and changes of the ledger, as a person reads them: labels of items, names of codes."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from trial.access import Act
from trial.fields import in_digits
from trial.models import Entered, Kept, Ledger, Row, may, readable
from trial.output.item_names import missing_in_words

HIDDEN = frozenset({"visit_id", "withdrawn_by_id"})
KEPT_BACK = gettext_noop("[kept back]")

Reasons = dict[str, str]
"""The reasons for missing values, by the item's name."""


# A derived value is of the type that its rule returns, hence `Any`.
def derived_text(value: Any) -> str:
    """Return a derived value as pages show it; of a number, three decimal places at most."""
    if isinstance(value, Decimal):
        text = in_digits(value)
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "–" if value in (None, "") else str(value)


class ReadChange(NamedTuple):
    """A changed item, as the history of a record shows it."""

    entry: Ledger
    reason: str
    form: str
    item: str
    label: str
    was: str
    now: str


@cache
def model_of(form: str) -> type[Kept]:
    """Return the model that a label names."""
    return apps.get_model(form)


def row_name(group: type[Row]) -> str:
    """Return the name of a repeating group in the API: the one that its record has for it."""
    return group.name_in_record()


def hidden_from(model: type[Kept], by: AbstractUser, site_id: int | None) -> frozenset[str]:
    """Return the items that this person may not see at the site.

    The sponsor sees no month of birth (crf_spec §7).
    """
    identifying: frozenset[str] = getattr(model, "identifying", frozenset())
    if not identifying or may(by, Act.READ_BIRTH_MONTH, site_id):
        return frozenset()
    return identifying


def reason_of(entry: Ledger, *, hidden: frozenset[str]) -> str:
    """Return why something was changed.

    Where the form has items that are kept back, only the code is returned: people write into the
    words what they correct.
    """
    return str(entry.reason.partition(":")[0] if hidden else entry.reason)


def without_hidden(reasons: Reasons | None, hidden: frozenset[str]) -> Reasons:
    """Return the reasons for missing values, without those of hidden items."""
    return {item: reason for item, reason in (reasons or {}).items() if item not in hidden}


def read_changes(entries: Iterable[Ledger], *, by: AbstractUser) -> Iterator[ReadChange]:
    """Yield each changed item.

    What may identify a subject is kept back from those who may not see it.
    """
    for entry in entries:
        model = model_of(entry.form)
        hidden = hidden_from(model, by, entry.site_id)
        reason, form = reason_of(entry, hidden=hidden), str(model._meta.verbose_name)
        for item, (was, now) in entry.items.items():
            if item in HIDDEN:
                continue
            label, field = label_and_field(model, item)
            if item in hidden:
                yield ReadChange(entry, reason, form, item, label, _(KEPT_BACK), _(KEPT_BACK))
                continue
            if item == "missing" and hidden:
                was, now = without_hidden(was, hidden), without_hidden(now, hidden)
                if was == now:
                    continue
            if item == "missing" and issubclass(model, Entered):
                texts = missing_in_words(model, was or {}), missing_in_words(model, now or {})
                yield ReadChange(entry, reason, form, item, label, *texts)
                continue
            texts = _in_words(field, was), _in_words(field, now)
            yield ReadChange(entry, reason, form, item, label, *texts)


# A field, and below the value of an item, may be of any type, hence `Any`.
def label_and_field(model: type[Kept], item: str) -> tuple[str, "models.Field[Any, Any] | None"]:
    """Return the item's label and field; of a column that no field has any more, its name."""
    for field in model._meta.concrete_fields:
        if field.column == item:
            return str(field.verbose_name), field
    return item, None


def _in_words(field: "models.Field[Any, Any] | None", value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, dict) and (field is None or isinstance(field, models.JSONField)):
        return ", ".join(f"{key}: {entry}" for key, entry in value.items())
    if field is None or isinstance(field, models.JSONField):
        return str(value)
    if isinstance(value, list) and not isinstance(field, ArrayField):
        return str(value)
    return readable(field, value)


class ReadTable(NamedTuple):
    """A repeating group: its columns, and a line of texts for each row."""

    columns: list[str]
    rows: list[list[str]]


class ReadPart(NamedTuple):
    """A form as a person reads it: label and text of its items, then its repeating groups."""

    title: str
    form_version: str
    items: list[tuple[str, str]]
    tables: list[ReadTable]
    queries: list[list[str]]


SignedItem = list[str]
"""Label, value, unit and code, as they are signed (Signature.content)."""


def _with_code(item: SignedItem) -> str:
    """Return value and unit, and the code that is stored for the value."""
    _label, value, unit, code = item
    return f"{value} {unit}".strip() + (f" [{code}]" if code not in ("", value) else "")


# The part of a signature's content is JSON, hence `Any`.
def read_part(part: dict[str, Any]) -> ReadPart:
    """Return a form of a signature's content as a person reads it.

    The items of a row are named `group.id.item` (Signature.content).
    """
    items: list[tuple[str, str]] = []
    groups: dict[str, dict[str, dict[str, SignedItem]]] = {}
    for name, item in part["items"].items():
        group, _dot, place = name.partition(".")
        if place:
            row, _dot, column = place.partition(".")
            groups.setdefault(group, {}).setdefault(row, {})[column] = item
        elif item[1]:
            items.append((item[0], _with_code(item)))
    tables = [_read_table(rows) for rows in groups.values()]
    queries = part.get("queries", [])
    return ReadPart(part["form"], part["form_version"], items, tables, queries)


def _read_table(rows: dict[str, dict[str, SignedItem]]) -> ReadTable:
    """Return the rows of a group. A column that no row fills is left out."""
    labels: dict[str, str] = {}
    for row in rows.values():
        for column, (label, value, *_unit_and_code) in row.items():
            if value:
                labels[column] = label
    lines = [[_with_code(row[column]) for column in labels] for row in rows.values()]
    return ReadTable(list(labels.values()), lines)
