"""Dates as people type them: the one grammar for page, API and import (crf_spec 0.3).

The year comes first, with any separator, or the month is in letters. A date in digits alone that
begins with the day or the month is refused: 03/04/2026 is two days.
"""

import re
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from .numbers import narrowed


class Grain(StrEnum):
    """The part of a date that an item takes."""

    DAY = "day"
    MONTH = "month"
    PARTIAL = "partial"


class Fault(StrEnum):
    """The reason why a text is no date of an item."""

    DAY_OR_MONTH_FIRST = "DAY_OR_MONTH_FIRST"
    NO_SUCH_DAY = "NO_SUCH_DAY"
    INCOMPLETE = "INCOMPLETE"
    TOO_EXACT = "TOO_EXACT"
    NO_VISIT_DAY = "NO_VISIT_DAY"
    UNREADABLE = "UNREADABLE"


class NotADate(ValueError):
    """A typed text that is no date of its item, and its fault."""

    def __init__(self, text: str, fault: Fault) -> None:
        super().__init__(f"“{text}”: {fault}")
        self.fault = fault


class Days(NamedTuple):
    """The days that a person can count from: the site's today, and the day of the visit."""

    today: date
    visit: date | None = None


MONTHS = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE",
    "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER",
)  # fmt: skip
SHORTEST_MONTH = 3
GAP = r"\s*[-/.\s]\s*"
IN_DIGITS = (
    re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
    re.compile(rf"(?P<y>[0-9]{{4}})(?:{GAP}(?P<m>[0-9]{{1,2}})(?:{GAP}(?P<d>[0-9]{{1,2}}))?)?"),
    re.compile(
        r"(?P<y>[0-9]{4})\s*年(?:\s*(?P<m>[0-9]{1,2})\s*月(?:\s*(?P<d>[0-9]{1,2})\s*[日号])?)?"
    ),
)
IN_LETTERS = (
    re.compile(
        rf"(?:(?P<d>[0-9]{{1,2}})(?:{GAP})?)?(?P<m>[A-Z]{{3,9}})\.?(?:{GAP})?(?P<y>[0-9]{{4}})"
    ),
    re.compile(
        rf"(?P<y>[0-9]{{4}})(?:{GAP})?(?P<m>[A-Z]{{3,9}})\.?(?:(?:{GAP})?(?P<d>[0-9]{{1,2}}))?"
    ),
)
COUNTED = re.compile(r"(?P<from>[TV]?)\s*(?P<step>[+-]\s*[0-9]{1,4})?")
DAY_FIRST = re.compile(rf"[0-9]{{1,2}}{GAP}[0-9]{{1,2}}{GAP}(?:[0-9]{{2}}|[0-9]{{4}})")
CHINESE_DAY_FIRST = re.compile(r"[0-9]{1,2}\s*[月日].*")


def parse(text: str, grain: Grain = Grain.DAY, days: Days | None = None) -> str:
    """Return the date that a person typed, in ISO 8601, as far as it is known.

    Without `days` nothing is counted from today or from a visit. Raises NotADate.

    >>> parse("2026/11/30"), parse("30NOV2026"), parse("2026年11月", Grain.PARTIAL)
    ('2026-11-30', '2026-11-30', '2026-11')
    """
    plain = narrowed(text).upper()
    if (
        days is not None
        and grain != Grain.MONTH
        and plain
        and (counted := COUNTED.fullmatch(plain))
    ):
        return _counted(text, counted, days).isoformat()
    parts = _parts(plain)
    if parts is None:
        is_day_first = DAY_FIRST.fullmatch(plain) or CHINESE_DAY_FIRST.fullmatch(plain)
        raise NotADate(text, Fault.DAY_OR_MONTH_FIRST if is_day_first else Fault.UNREADABLE)
    _check_calendar(text, parts)
    _check_grain(text, parts, grain)
    return "-".join(f"{part:0{width}d}" for part, width in zip(parts, (4, 2, 2), strict=False))


def _counted(text: str, match: re.Match[str], days: Days) -> date:
    origin = days.today if match["from"] == "T" else days.visit
    if origin is None:
        raise NotADate(text, Fault.NO_VISIT_DAY)
    try:
        return origin + timedelta(days=int(re.sub(r"\s", "", match["step"] or "0")))
    except OverflowError as error:
        raise NotADate(text, Fault.NO_SUCH_DAY) from error


def _parts(plain: str) -> list[int] | None:
    """Return year, month and day, as far as they are typed; None for any other text."""
    for pattern in (*IN_DIGITS, *IN_LETTERS):
        if match := pattern.fullmatch(plain):
            month = match["m"]
            if month and month.isalpha():
                month = _month_in_letters(month)
                if month is None:
                    return None
            typed = (match["y"], month, match["d"])
            return [int(part) for part in typed if part]
    return None


def _month_in_letters(word: str) -> str | None:
    """Return the number of a month by its name or the beginning of it; None for any other word."""
    for number, name in enumerate(MONTHS, 1):
        if len(word) >= SHORTEST_MONTH and name.startswith(word):
            return str(number)
    return None


def _check_calendar(text: str, parts: list[int]) -> None:
    year, month, day = [*parts, 1, 1][:3]
    try:
        date(year, month, day)
    except ValueError as error:
        raise NotADate(text, Fault.NO_SUCH_DAY) from error


def _check_grain(text: str, parts: list[int], grain: Grain) -> None:
    if grain == Grain.DAY and len(parts) < 3:
        raise NotADate(text, Fault.INCOMPLETE)
    if grain == Grain.MONTH and len(parts) != 2:
        raise NotADate(text, Fault.TOO_EXACT if len(parts) == 3 else Fault.INCOMPLETE)
