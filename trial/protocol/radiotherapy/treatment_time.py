"""The fractions of a course of radiotherapy: treatment time, gaps, fractions missed and delivered.

Source: crf_spec 2.15, RTF. A course is planned on working days, Monday to Friday. The caller states
the holidays, and the weekends worked in their stead.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

ZERO, SATURDAY = Decimal(0), 5


@dataclass(frozen=True, kw_only=True)
class Fraction:
    """One fraction of one volume, its dose in Gy.

    `delivered` is None where it is not entered; `at` is None where only the day is.
    """

    number: int
    on: date | None
    delivered: bool | None
    dose_gy: Decimal | None = None
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The days on which the department treats."""

    holidays: frozenset[date] = frozenset()
    working_weekends: frozenset[date] = frozenset()

    def works_on(self, day: date) -> bool:
        """Return whether fractions are given on that day, as planned.

        >>> Calendar().works_on(date(2025, 3, 8))
        False
        """
        is_weekday = day.weekday() < SATURDAY and day not in self.holidays
        return is_weekday or day in self.working_weekends

    def working_days(self, first: date, last: date) -> int:
        """Count the working days from the first to the last day, both included.

        >>> Calendar().working_days(date(2025, 3, 7), date(2025, 3, 10))
        2
        """
        return sum(self.works_on(first + timedelta(n)) for n in range((last - first).days + 1))


WEEKDAYS = Calendar()


def treated_on(fractions: Iterable[Fraction]) -> list[date]:
    """Return the days on which a fraction was delivered, in order, each once (crf_spec 2.15).

    >>> first = Fraction(number=1, on=date(2025, 3, 10), delivered=True)
    >>> treated_on([first, Fraction(number=2, on=None, delivered=True)])
    [datetime.date(2025, 3, 10)]
    """
    return sorted({fraction.on for fraction in fractions if fraction.delivered and fraction.on})


def treatment_days(fractions: Iterable[Fraction]) -> int | None:
    """Return the overall treatment time in calendar days (crf_spec 2.15).

    The days of the first and the last fraction both count; None before the first.

    >>> days = {1: date(2025, 3, 10), 3: date(2025, 3, 12)}
    >>> treatment_days(Fraction(number=n, on=day, delivered=True) for n, day in days.items())
    3
    """
    days = treated_on(fractions)
    return (days[-1] - days[0]).days + 1 if days else None


def planned_last_day(
    first: date, fractions: int, *, calendar: Calendar = WEEKDAYS, per_day: int = 1, every: int = 1
) -> date | None:
    """Return the day of the last fraction as planned (crf_spec 2.15).

    The plan is `per_day` fractions on each `every`-th working day. None for a plan without
    fractions, and where no working day comes for a year.

    >>> planned_last_day(date(2025, 3, 10), 6)
    datetime.date(2025, 3, 17)
    """
    if fractions < 1 or per_day < 1 or every < 1:
        return None
    treatment_days_planned = -(-fractions // per_day)  # rounded up
    remaining, day = (treatment_days_planned - 1) * every, first
    for _ in range(366 + 8 * remaining):
        if remaining == 0:
            return day
        day += timedelta(1)
        remaining -= calendar.works_on(day)
    return None


def gap_days(
    fractions: Iterable[Fraction],
    *,
    calendar: Calendar = WEEKDAYS,
    per_day: int = 1,
    every: int = 1,
) -> int | None:
    """Count the working days that the delivered fractions took beyond the plan (crf_spec 2.15).

    The count is never below 0. None before the first fraction, and where a delivered one has no
    date.

    >>> days = ((1, 10), (2, 11), (3, 13))
    >>> log = [Fraction(number=n, on=date(2025, 3, day), delivered=True) for n, day in days]
    >>> gap_days(log)
    1
    """
    delivered = [fraction for fraction in fractions if fraction.delivered]
    days = treated_on(delivered)
    if not days or any(fraction.on is None for fraction in delivered):
        return None
    planned = planned_last_day(
        days[0], len(delivered), calendar=calendar, per_day=per_day, every=every
    )
    if planned is None:
        return None
    return calendar.working_days(planned + timedelta(1), days[-1])


def missed_fractions(
    fractions: Iterable[Fraction], *, prescribed: int | None, course_ended: bool
) -> int | None:
    """Count the fractions prescribed and not delivered (crf_spec 2.15).

    Once the course has ended, these are all that are lacking; before that, those logged as missed
    and not made up for. None where the prescription or a delivery is not known.

    >>> first = Fraction(number=1, on=None, delivered=True)
    >>> missed_fractions([first], prescribed=5, course_ended=True)
    4
    """
    entered = list(fractions)
    if prescribed is None or any(fraction.delivered is None for fraction in entered):
        return None
    delivered = sum(fraction.delivered is True for fraction in entered)
    lacking = max(0, prescribed - delivered)
    return lacking if course_ended else min(lacking, len(entered) - delivered)


def delivered_gy(fractions: Iterable[Fraction]) -> Decimal | None:
    """Return the dose delivered in Gy (crf_spec 2.15); None where that of a fraction is not known.

    >>> dose = {"on": None, "dose_gy": Decimal(10)}
    >>> delivered_gy([Fraction(number=n, delivered=n < 3, **dose) for n in (1, 2, 3)])
    Decimal('20')
    """
    total = ZERO
    for fraction in fractions:
        if fraction.delivered is None:
            return None
        if not fraction.delivered:
            continue
        if fraction.dose_gy is None:
            return None
        total += fraction.dose_gy
    return total
