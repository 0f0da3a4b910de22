"""Points in time as people type them: a day, and a time of it (crf_spec 0.3)."""

import re
from datetime import date, datetime, time, tzinfo

from .dates import Fault, NotADate, parse
from .numbers import narrowed

TYPED = re.compile(
    r"(?P<day>.*[^\sT])(?:\s+|(?<=[0-9])T(?=[0-9]))"
    r"(?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})?"
)
"""A day in any spelling, a blank or the T of ISO 8601, and hours and minutes."""


def parse_moment(text: str, zone: tzinfo) -> datetime:
    """Return the moment that a person typed, by the clock of `zone` unless an offset is typed.

    The day is read as every other one, the time is written as 08:30. Raises NotADate.

    >>> from datetime import UTC
    >>> parse_moment("04MAR2025 08:30", UTC).isoformat()
    '2025-03-04T08:30:00+00:00'
    """
    typed = TYPED.fullmatch(narrowed(text))
    if typed is None:
        raise NotADate(text, Fault.UNREADABLE)
    day = date.fromisoformat(parse(typed["day"]))
    try:
        clock = time.fromisoformat(typed["time"] + (typed["offset"] or ""))
    except ValueError:
        raise NotADate(text, Fault.UNREADABLE) from None
    return datetime.combine(day, clock.replace(tzinfo=None), clock.tzinfo or zone)
