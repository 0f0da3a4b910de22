"""Changes of the ledger, as a person reads them: labels, not columns; names of codes, not codes."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models

from trial.access import Act
from trial.models import Entered, Kept, Ledger, may, readable

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
    form: str
    item: str
    label: str
    was: Any
    now: Any


@cache
def model_of(form: str) -> type[Kept]:
    return apps.get_model(form)


def read_changes(entries: Iterable[Ledger], *, by: AbstractUser) -> Iterator[ReadChange]:
    """One for each changed item, with what may identify a subject kept back from those who may not see it."""
    for entry in entries:
        model = model_of(entry.form)
        for item, (was, now) in items_for(entry, by=by).items():
            if item in HIDDEN:
                continue
            label, field = label_and_field(model, item)
            yield ReadChange(entry, str(model._meta.verbose_name), item, label, _read(field, was), _read(field, now))


def items_for(entry: Ledger, *, by: AbstractUser) -> dict[str, list[Any]]:
    """The entry's changed items; a birth month is kept back from who may not read it (crf_spec §7, sponsor)."""
    model = model_of(entry.form)
    if not issubclass(model, Entered) or not model.identifying or may(by, Act.READ_BIRTH_MONTH, entry.site_id):
        return entry.items
    return {item: [KEPT_BACK, KEPT_BACK] if item in model.identifying else change for item, change in entry.items.items()}


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
