"""Doubts about the log of fractions (crf_spec 2.15, RTF)."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from trial.protocol.doubts import Doubt, Level
from trial.protocol.radiotherapy.treatment_time import WEEKDAYS, Calendar, Fraction, treatment_days

BID_HOURS = 6
OVERRUN_DAYS = 3


class FractionCode(StrEnum):
    SAME_DAY = "SAME_DAY"
    TOO_CLOSE = "TOO_CLOSE"
    OUTSIDE_COURSE = "OUTSIDE_COURSE"
    NOT_A_WORKING_DAY = "NOT_A_WORKING_DAY"
    NUMBER_TWICE = "NUMBER_TWICE"
    OVERRUN = "OVERRUN"


def overrun(fractions: Collection[Fraction], *, planned_days: int | None) -> Doubt | None:
    """A treatment time that exceeds the plan by more than 3 calendar days (crf_spec 2.15, S); None where it does not.

    >>> overrun([], planned_days=33)
    """
    days = treatment_days(fractions)
    if days is None or planned_days is None or days - planned_days <= OVERRUN_DAYS:
        return None
    return Doubt(FractionCode.OVERRUN, Level.SOFT, f"Treatment took {days} days, {days - planned_days} more than planned.")


def fraction_doubts(
    fractions: Iterable[Fraction],
    *,
    course_from: date | None = None,
    course_to: date | None = None,
    twice_daily: bool = False,
    calendar: Calendar = WEEKDAYS,
) -> tuple[Doubt, ...]:
    """Doubts about the log of one volume (crf_spec 2.15, RTF; XC28): one fraction a day, two at least 6 hours apart if so
    planned, each within the course; outside working days is only noticed.

    >>> day = date(2025, 3, 10)
    >>> [doubt.sentence for doubt in fraction_doubts([Fraction(number=n, on=day, delivered=True) for n in (1, 2)])]
    ['Fractions 1 and 2 are of the same day, 2025-03-10.']
    """
    entered = sorted(fractions, key=lambda fraction: (fraction.number, fraction.on or date.max))
    given = [(fraction.on, fraction) for fraction in entered if fraction.on and fraction.delivered]
    by_time = [one for _, one in sorted(given, key=lambda pair: (pair[0], pair[1].at.isoformat() if pair[1].at else "", pair[1].number))]
    found = [
        Doubt(FractionCode.NUMBER_TWICE, Level.SOFT, f"Fraction {one.number} is entered twice.")
        for one, other in pairwise(entered)
        if one.number == other.number
    ]
    for one, other in pairwise(by_time):
        found += _same_day(one, other, twice_daily)
    for day, fraction in given:
        if (course_from and day < course_from) or (course_to and day > course_to):
            said = f"Fraction {fraction.number} of {day} lies outside the course."
            found.append(Doubt(FractionCode.OUTSIDE_COURSE, Level.HARD, said))
        if not calendar.works_on(day):
            said = f"Fraction {fraction.number} was given on {day}, no working day."
            found.append(Doubt(FractionCode.NOT_A_WORKING_DAY, Level.NOTICE, said))
    return tuple(found)


def _same_day(one: Fraction, other: Fraction, twice_daily: bool) -> list[Doubt]:
    """A time that is not entered, or of another time zone's kind, cannot show that two are too close."""
    if one.on != other.on:
        return []
    if not twice_daily:
        said = f"Fractions {one.number} and {other.number} are of the same day, {one.on}."
        return [Doubt(FractionCode.SAME_DAY, Level.HARD, said)]
    if not one.at or not other.at or (one.at.tzinfo is None) != (other.at.tzinfo is None):
        return []
    if abs(other.at - one.at) >= timedelta(hours=BID_HOURS):
        return []
    said = f"Fractions {one.number} and {other.number} of {one.on} are less than {BID_HOURS} hours apart."
    return [Doubt(FractionCode.TOO_CLOSE, Level.HARD, said)]
