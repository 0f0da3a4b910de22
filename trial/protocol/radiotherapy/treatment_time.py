"""The fractions of a course of radiotherapy: treatment time, gaps, what was missed, what was delivered (crf_spec 2.15, RTF).

A course is planned on working days, Monday to Friday. Holidays, and the weekends worked in their stead, are given by the caller.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

ZERO, SATURDAY = Decimal(0), 5


@dataclass(frozen=True, kw_only=True)
class Fraction:
    """One fraction of one volume, in Gy. `delivered` is None where it is not entered; `at` only where the time is."""

    number: int
    on: date | None
    delivered: bool | None
    dose_gy: Decimal | None = None
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Days on which the department treats."""

    holidays: frozenset[date] = frozenset()
    working_weekends: frozenset[date] = frozenset()

    def works_on(self, day: date) -> bool:
        """Whether fractions are given on that day, as planned.

        >>> Calendar().works_on(date(2025, 3, 8))
        False
        """
        return day in self.working_weekends or (day.weekday() < SATURDAY and day not in self.holidays)

    def working_days(self, first: date, last: date) -> int:
        """Working days from the first to the last, both included.

        >>> Calendar().working_days(date(2025, 3, 7), date(2025, 3, 10))
        2
        """
        return sum(self.works_on(first + timedelta(days)) for days in range((last - first).days + 1))


WEEKDAYS = Calendar()


def treated_on(fractions: Iterable[Fraction]) -> list[date]:
    """The days on which a fraction was delivered, in order, each once (crf_spec 2.15).

    >>> treated_on([Fraction(number=1, on=date(2025, 3, 10), delivered=True), Fraction(number=2, on=None, delivered=True)])
    [datetime.date(2025, 3, 10)]
    """
    return sorted({fraction.on for fraction in fractions if fraction.delivered and fraction.on})


def treatment_days(fractions: Iterable[Fraction]) -> int | None:
    """Overall treatment time: calendar days from the first to the last fraction, both included (crf_spec 2.15); None before it.

    >>> treatment_days([Fraction(number=n, on=date(2025, 3, 9 + n), delivered=True) for n in (1, 3)])
    3
    """
    days = treated_on(fractions)
    return (days[-1] - days[0]).days + 1 if days else None


def planned_last_day(first: date, fractions: int, *, calendar: Calendar = WEEKDAYS, per_day: int = 1, every: int = 1) -> date | None:
    """The day of the last fraction as planned: `per_day` on every so manyth working day (crf_spec 2.15).

    None for a plan without fractions, and where no working day comes for a year.

    >>> planned_last_day(date(2025, 3, 10), 6)
    datetime.date(2025, 3, 17)
    """
    if fractions < 1 or per_day < 1 or every < 1:
        return None
    left, day = (-(-fractions // per_day) - 1) * every, first
    for _ in range(366 + 8 * left):
        if left == 0:
            return day
        day += timedelta(1)
        left -= calendar.works_on(day)
    return None


def gap_days(fractions: Iterable[Fraction], *, calendar: Calendar = WEEKDAYS, per_day: int = 1, every: int = 1) -> int | None:
    """Working days that the fractions delivered took beyond the plan (crf_spec 2.15); never below 0. None before the first.

    >>> gap_days([Fraction(number=n, on=date(2025, 3, day), delivered=True) for n, day in ((1, 10), (2, 11), (3, 13))])
    1
    """
    given = [fraction for fraction in fractions if fraction.delivered]
    days = treated_on(given)
    if not days or any(fraction.on is None for fraction in given):
        return None
    last = planned_last_day(days[0], len(given), calendar=calendar, per_day=per_day, every=every)
    if last is None:
        return None
    return calendar.working_days(last + timedelta(1), days[-1])


def missed_fractions(fractions: Iterable[Fraction], *, prescribed: int | None, course_ended: bool) -> int | None:
    """Fractions prescribed and not delivered (crf_spec 2.15): all that are lacking once the course has ended, before that those
    logged as missed and not made up for. None where it is not known.

    >>> missed_fractions([Fraction(number=1, on=None, delivered=True)], prescribed=5, course_ended=True)
    4
    """
    entered = list(fractions)
    if prescribed is None or any(fraction.delivered is None for fraction in entered):
        return None
    done = sum(fraction.delivered is True for fraction in entered)
    lacking = max(0, prescribed - done)
    return lacking if course_ended else min(lacking, len(entered) - done)


def delivered_gy(fractions: Iterable[Fraction]) -> Decimal | None:
    """The dose delivered, in Gy (crf_spec 2.15); None where that of a fraction is not known.

    >>> delivered_gy([Fraction(number=n, on=None, delivered=n < 3, dose_gy=Decimal(10)) for n in (1, 2, 3)])
    Decimal('20')
    """
    total = ZERO
    for fraction in fractions:
        if fraction.delivered is None or (fraction.delivered and fraction.dose_gy is None):
            return None
        total += (fraction.dose_gy or ZERO) if fraction.delivered else ZERO
    return total
