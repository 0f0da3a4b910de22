"""A typed text, as a value of an item: the same for page, API and import (crf_spec 0.3)."""

from typing import Any

from django.db import models

from trial.protocol.laboratory import reported
from trial.protocol.typed.dates import Days, Grain

from .kinds import When, text
from .typed_dates import date_typed, day_typed, grain_of
from .typed_numbers import number_typed


def typed_value(field: Any, typed: str, days: Days | None = None) -> Any:
    """Return what was typed as a value of the item's field. Raises ValidationError.

    A page knows the `days` that a person counts from; API and import count from none. A text of
    another kind of item is returned as it is: its field reads it.
    """
    if isinstance(field, models.DecimalField | models.IntegerField):
        return number_typed(field, typed)
    grain = grain_of(field)
    if grain == Grain.DAY:
        return day_typed(typed, days)
    if grain is not None:
        return date_typed(typed, grain, days)
    if getattr(field, "reported", False):
        return reported.as_stored(typed)
    return typed


def result(
    label: str, *, sdtm: str, longest: int = 20, optional: bool = False, when: When = None
) -> models.CharField:
    """Return a field for a result as a laboratory reports it: a number, perhaps after < or >."""
    field = text(label, sdtm=sdtm, longest=longest, optional=optional, when=when)
    field.reported = True  # type: ignore[attr-defined]
    return field
