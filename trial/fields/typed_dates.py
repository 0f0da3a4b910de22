"""The dates of items: read from what was typed, and written in ISO 8601."""

from datetime import date
from typing import Any

from django.db import models

from trial.protocol.typed import dates
from trial.protocol.typed.dates import Days, Fault, Grain
from trial.refusals import Code, impossible

FAULTS = {
    Fault.DAY_OR_MONTH_FIRST: Code.DATE_NOT_YEAR_FIRST,
    Fault.NO_SUCH_DAY: Code.DAY_IMPOSSIBLE,
    Fault.NO_VISIT_DAY: Code.VISIT_DAY_UNKNOWN,
    Fault.TOO_EXACT: Code.DAY_OF_BIRTH,
}
"""The codes of the faults that are the same for every kind of date."""
OF_GRAIN = {
    Grain.DAY: Code.DAY_UNREADABLE,
    Grain.MONTH: Code.MONTH_UNREADABLE,
    Grain.PARTIAL: Code.DATE_UNREADABLE,
}
"""The codes of a text that is no date, which name the format."""


def grain_of(field: Any) -> Grain | None:
    """Return how much of a date an item takes; None for an item that is no date."""
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        return Grain.DAY
    grain: Grain | None = getattr(field, "grain", None)
    return grain


def date_typed(text: str, grain: Grain, days: Days | None = None) -> str:
    """Return the date that was typed, in ISO 8601. Raises ValidationError for anything else."""
    try:
        return dates.parse(text, grain, days)
    except dates.NotADate as error:
        raise impossible(FAULTS.get(error.fault, OF_GRAIN[grain])) from error


def day_typed(text: str, days: Days | None = None) -> date:
    """Return the complete date that was typed. Raises ValidationError for anything else."""
    return date.fromisoformat(date_typed(text, Grain.DAY, days))
