"""Checks of the log of fractions of one volume (crf_spec 2.15, RTF; XC28)."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from trial.protocol.doubts import Doubt, Level
from trial.protocol.radiotherapy.treatment_time import (
    WEEKDAYS,
    Calendar,
    Fraction,
    treatment_days,
)
from trial.protocol.sentence import Sentence

BID_HOURS = 6
OVERRUN_DAYS = 3


class FractionCode(StrEnum):
    """The codes of these doubts."""

    SAME_DAY = "SAME_DAY"
    TOO_CLOSE = "TOO_CLOSE"
    OUTSIDE_COURSE = "OUTSIDE_COURSE"
    NOT_A_WORKING_DAY = "NOT_A_WORKING_DAY"
    NUMBER_TWICE = "NUMBER_TWICE"
    OVERRUN = "OVERRUN"


def overrun(fractions: Collection[Fraction], *, planned_days: int | None) -> Doubt | None:
    """Doubt a treatment time that exceeds the plan by more than 3 calendar days (crf_spec 2.15, S).

    None where it does not, and where time or plan is not known.

    >>> overrun([], planned_days=33)
    """
    days = treatment_days(fractions)
    if days is None or planned_days is None or days - planned_days <= OVERRUN_DAYS:
        return None
    sentence = Sentence(
        "Treatment took {days} days, {over} more than planned.",
        days=days,
        over=days - planned_days,
    )
    return Doubt(FractionCode.OVERRUN, Level.SOFT, sentence)


def fraction_doubts(
    fractions: Iterable[Fraction],
    *,
    course_from: date | None = None,
    course_to: date | None = None,
    twice_daily: bool = False,
    calendar: Calendar = WEEKDAYS,
) -> tuple[Doubt, ...]:
    """Return all doubts about the log of one volume (crf_spec 2.15, RTF; XC28).

    There is one fraction a day or, where so planned, two at least 6 hours apart, each within the
    course. A fraction outside working days is only noticed.

    >>> monday = date(2025, 3, 10)
    >>> log = [Fraction(number=n, on=monday, delivered=True) for n in (1, 2)]
    >>> [doubt.sentence for doubt in fraction_doubts(log)]
    ['Fractions 1 and 2 are of the same day, 2025-03-10.']
    """
    entered = sorted(fractions, key=lambda fraction: (fraction.number, fraction.on or date.max))
    doubts = _numbers(entered)
    for first, second in pairwise(sorted(filter(_is_dated, entered), key=_by_time)):
        doubts += _same_day(first, second, twice_daily)
    for fraction in filter(_is_dated, entered):
        doubts += _outside(fraction, course_from, course_to)
        doubts += _working_day(fraction, calendar)
    return tuple(doubts)


def _is_dated(fraction: Fraction) -> bool:
    """Return whether a fraction was delivered on a day that is entered."""
    return bool(fraction.on and fraction.delivered)


def _by_time(fraction: Fraction) -> tuple[date, str, int]:
    """Return the sort key of a fraction: its day, its time where entered, its number."""
    time = fraction.at.isoformat() if fraction.at else ""
    return fraction.on or date.max, time, fraction.number


def _numbers(entered: list[Fraction]) -> list[Doubt]:
    doubts = []
    for first, second in pairwise(entered):
        if first.number == second.number:
            sentence = Sentence("Fraction {number} is entered twice.", number=first.number)
            doubts.append(Doubt(FractionCode.NUMBER_TWICE, Level.SOFT, sentence))
    return doubts


def _outside(fraction: Fraction, course_from: date | None, course_to: date | None) -> list[Doubt]:
    day = fraction.on
    if day is None:
        return []
    if not ((course_from and day < course_from) or (course_to and day > course_to)):
        return []
    sentence = Sentence(
        "Fraction {number} of {day} lies outside the course.",
        number=fraction.number,
        day=day,
    )
    return [Doubt(FractionCode.OUTSIDE_COURSE, Level.HARD, sentence)]


def _working_day(fraction: Fraction, calendar: Calendar) -> list[Doubt]:
    day = fraction.on
    if day is None or calendar.works_on(day):
        return []
    sentence = Sentence(
        "Fraction {number} was given on {day}, no working day.",
        number=fraction.number,
        day=day,
    )
    return [Doubt(FractionCode.NOT_A_WORKING_DAY, Level.NOTICE, sentence)]


def _same_day(first: Fraction, second: Fraction, twice_daily: bool) -> list[Doubt]:
    """Return doubts about two fractions of one day.

    Two fractions cannot be shown to be too close where a time is not entered, or where one has a
    time zone and the other has none.
    """
    if first.on != second.on:
        return []
    if not twice_daily:
        sentence = Sentence(
            "Fractions {first} and {second} are of the same day, {day}.",
            first=first.number,
            second=second.number,
            day=first.on,
        )
        return [Doubt(FractionCode.SAME_DAY, Level.HARD, sentence)]
    if not first.at or not second.at or (first.at.tzinfo is None) != (second.at.tzinfo is None):
        return []
    if abs(second.at - first.at) >= timedelta(hours=BID_HOURS):
        return []
    sentence = Sentence(
        "Fractions {first} and {second} of {day} are less than {bid_hours} hours apart.",
        first=first.number,
        second=second.number,
        day=first.on,
        bid_hours=BID_HOURS,
    )
    return [Doubt(FractionCode.TOO_CLOSE, Level.HARD, sentence)]
