"""Reference ranges: the limits of normal that laboratories state (crf_spec 2.2 and 2.10).

Where no reference range, or more than one, holds for a specimen, nothing that depends on it is
known: a result is never called normal for want of a range.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from trial.protocol.eligibility.age import possible_ages
from trial.protocol.kleene import Truth
from trial.protocol.laboratory.analytes import TESTS, USUAL_TIMES_ULN
from trial.protocol.laboratory.quantities import to_standard
from trial.protocol.laboratory.reported import Reported, at_least, at_most

BOTH_SEXES = "BOTH"


class Indicator(StrEnum):
    """The place of a result within its limits of normal (LBNRIND)."""

    LOW = "LOW"
    NORMAL = "NORMAL"
    HIGH = "HIGH"
    UNKNOWN = "UNKNOWN"


class RangeStatus(StrEnum):
    """The outcome of a search for the reference range of a specimen."""

    FOUND = "FOUND"
    MISSING = "MISSING"
    AMBIGUOUS = "AMBIGUOUS"


@dataclass(frozen=True, kw_only=True)
class Range:
    """The limits of normal of one laboratory for one test, sex, span of ages and period.

    Sex is M, F or BOTH, ages are in completed years; all ends are included.
    """

    laboratory: str
    test: str
    unit: str
    effective_from: date
    effective_to: date | None = None
    sex: str = BOTH_SEXES
    age_from: int = 0
    age_to: int = 120
    low: Decimal | None = None
    high: Decimal | None = None

    def covers(self, *, laboratory: str, test: str, sex: str | None, on: date) -> bool:
        """Return whether the range is of this laboratory, test and sex, and in force on the day.

        The age is not looked at; a range in a unit that is none of the test's covers nothing.
        """
        return (
            (self.laboratory, self.test) == (laboratory, test)
            and self.unit in TESTS[test].factors
            and self.sex in (BOTH_SEXES, sex)
            and self.effective_from <= on <= (self.effective_to or on)
        )


class RangeChoice(NamedTuple):
    """The limits of normal in the test's standard unit; None where there is no limit."""

    status: RangeStatus
    low: Decimal | None = None
    high: Decimal | None = None


def choose_range(
    ranges: Iterable[Range],
    *,
    laboratory: str,
    test: str,
    sex: str | None,
    birth_month: str,
    on: date | None,
) -> RangeChoice:
    """Choose the one range for test, sex, age and day of the specimen (crf_spec 2.2).

    Its limits are returned in the test's standard unit. MISSING where there is no range, or where
    the day or the month of birth is not known. AMBIGUOUS where there are several, also because the
    age is one of two. Raises KeyError for an unknown test.

    >>> specimen = {"sex": "F", "birth_month": "1953-05", "on": date(2025, 3, 4)}
    >>> choose_range([], laboratory="PUFH-1", test="ALT", **specimen).status
    <RangeStatus.MISSING: 'MISSING'>
    """
    if not on:
        return RangeChoice(RangeStatus.MISSING)
    covering = [
        row for row in ranges if row.covers(laboratory=laboratory, test=test, sex=sex, on=on)
    ]
    by_age = [
        [row for row in covering if row.age_from <= age <= row.age_to]
        for age in possible_ages(birth_month, on=on)
    ]
    if not by_age or not all(by_age):
        return RangeChoice(RangeStatus.MISSING)
    if any(rows != by_age[0] or len(rows) > 1 for rows in by_age):
        return RangeChoice(RangeStatus.AMBIGUOUS)
    (row,) = by_age[0]
    low = None if row.low is None else to_standard(test, row.low, row.unit)
    high = None if row.high is None else to_standard(test, row.high, row.unit)
    return RangeChoice(RangeStatus.FOUND, low, high)


def times_uln(value: Decimal, choice: RangeChoice) -> Decimal | None:
    """Return a value in the standard unit as a multiple of the upper limit of normal, for display.

    None without a limit (crf_spec 2.10, XULN).

    >>> times_uln(Decimal("375"), RangeChoice(RangeStatus.FOUND, None, Decimal(125)))
    Decimal('3')
    """
    return value / choice.high if choice.high else None


def within_usual_multiple(code: str, result: Reported, choice: RangeChoice) -> Truth:
    """Return whether a result is at most the usual multiple of ULN (crf_spec 2.10, S).

    The result is in the standard unit. MET for a test that has no such multiple; UNKNOWN without a
    limit.

    >>> from trial.protocol.laboratory.reported import parse
    >>> choice = RangeChoice(RangeStatus.FOUND, None, Decimal(200))
    >>> within_usual_multiple("CK", parse("1000"), choice)
    <Truth.MET: 'MET'>
    """
    if code not in USUAL_TIMES_ULN:
        return Truth.MET
    return at_most(result, USUAL_TIMES_ULN[code] * choice.high) if choice.high else Truth.UNKNOWN


def reference_indicator(result: Reported, choice: RangeChoice) -> Indicator:
    """Return the place of a result within its limits (crf_spec 2.10, LBNRIND).

    Result and limits are in the standard unit. Without limits it is UNKNOWN, never NORMAL.

    >>> from trial.protocol.laboratory.reported import parse
    >>> choice = RangeChoice(RangeStatus.FOUND, None, Decimal(125))
    >>> reference_indicator(parse("375"), choice)
    <Indicator.HIGH: 'HIGH'>
    """
    if choice.status != RangeStatus.FOUND or choice.low is choice.high is None:
        return Indicator.UNKNOWN
    not_low = Truth.MET if choice.low is None else at_least(result, choice.low)
    not_high = Truth.MET if choice.high is None else at_most(result, choice.high)
    if not_low == Truth.NOT_MET:
        return Indicator.LOW
    if not_high == Truth.NOT_MET:
        return Indicator.HIGH
    return Indicator.UNKNOWN if Truth.UNKNOWN in (not_low, not_high) else Indicator.NORMAL
