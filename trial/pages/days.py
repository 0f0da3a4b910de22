"""Days as a page takes them: the parser, the format that is shown, the attributes of the input."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from trial.fields import day_typed
from trial.protocol.typed.dates import Days, Grain
from trial.refusals import Problem, Refused, problems_of

FORMATS = {
    Grain.DAY: gettext_lazy("YYYY-MM-DD"),
    Grain.MONTH: gettext_lazy("YYYY-MM"),
    Grain.PARTIAL: gettext_lazy("YYYY, YYYY-MM or YYYY-MM-DD"),
}
"""The format of each kind of date, which stands beside its input."""


def day_from(text: str, *, item: str, days: Days | None = None) -> date | None:
    """Return the day that a page sends; None where it sends none. Refuse what is no day."""
    if not text.strip():
        return None
    try:
        return day_typed(text, days)
    except ValidationError as error:
        problems = [Problem(problem.code, item, problem.facts) for problem in problems_of(error)]
        raise Refused(*problems) from error


def date_attributes(grain: Grain, days: Days | None = None) -> dict[str, Any]:
    """Return the attributes of an input for a date, which static/trial/typed_dates.js reads."""
    attributes = {"data-date": grain.value, "placeholder": FORMATS[grain], "autocomplete": "off"}
    if days is not None:
        attributes["data-today"] = days.today.isoformat()
        attributes["data-visit"] = days.visit.isoformat() if days.visit else ""
    return attributes
