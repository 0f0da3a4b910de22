"""Reference ranges of laboratories (crf_spec 2.2, 2.10)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from trial.protocol.eligibility.age import possible_ages
from trial.protocol.kleene import Truth
from trial.protocol.laboratory.analytes import ANALYTES, USUAL_TIMES_ULN
from trial.protocol.laboratory.quantities import to_standard
from trial.protocol.laboratory.reported import Reported, at_least, at_most


class Indicator(StrEnum):
    LOW = "LOW"
    NORMAL = "NORMAL"
    HIGH = "HIGH"
    UNKNOWN = "UNKNOWN"


class RangeStatus(StrEnum):
    FOUND = "FOUND"
    MISSING = "MISSING"
    AMBIGUOUS = "AMBIGUOUS"


@dataclass(frozen=True, kw_only=True)
class Range:
    """Limits of the normal in one laboratory, for one test, sex (M, F, BOTH), ages in years, and period; all ends included."""

    laboratory: str
    test: str
    unit: str
    effective_from: date
    effective_to: date | None = None
    sex: str = "BOTH"
    age_from: int = 0
    age_to: int = 120
    low: Decimal | None = None
    high: Decimal | None = None

    def covers(self, *, laboratory: str, test: str, sex: str | None, on: date) -> bool:
        """Whether it is of this laboratory, test and sex, and in force on the day; the age is not asked."""
        return (
            (self.laboratory, self.test) == (laboratory, test)
            and self.unit in ANALYTES[test].factors
            and self.sex in ("BOTH", sex)
            and self.effective_from <= on <= (self.effective_to or on)
        )


class RangeChoice(NamedTuple):
    """Limits of the normal in the test's standard unit; None where there is none."""

    status: RangeStatus
    low: Decimal | None = None
    high: Decimal | None = None


def choose_range(ranges: Iterable[Range], *, laboratory: str, test: str, sex: str | None, birth_month: str, on: date | None) -> RangeChoice:
    """The one range for test, sex, age and day of the specimen (crf_spec 2.2), in the test's standard unit.

    MISSING where there is none, or the day or the month of birth is not known; AMBIGUOUS where there are several, also
    because the age is one of two. Raises KeyError for a test that is none.

    >>> choose_range([], laboratory="PUFH-1", test="ALT", sex="F", birth_month="1953-05", on=date(2025, 3, 4)).status
    <RangeStatus.MISSING: 'MISSING'>
    """
    if not on:
        return RangeChoice(RangeStatus.MISSING)
    of_case = [row for row in ranges if row.covers(laboratory=laboratory, test=test, sex=sex, on=on)]
    found = [[row for row in of_case if row.age_from <= age <= row.age_to] for age in possible_ages(birth_month, on=on)]
    if not found or not all(found):
        return RangeChoice(RangeStatus.MISSING)
    if any(rows != found[0] or len(rows) > 1 for rows in found):
        return RangeChoice(RangeStatus.AMBIGUOUS)
    (row,) = found[0]
    low, high = (None if limit is None else to_standard(test, limit, row.unit) for limit in (row.low, row.high))
    return RangeChoice(RangeStatus.FOUND, low, high)


def times_uln(value: Decimal, choice: RangeChoice) -> Decimal | None:
    """A standard value as a multiple of the upper limit of normal (crf_spec 2.10, XULN), for display; None without a limit.

    >>> times_uln(Decimal("375"), RangeChoice(RangeStatus.FOUND, None, Decimal(125)))
    Decimal('3')
    """
    return value / choice.high if choice.high else None


def within_usual_multiple(code: str, result: Reported, choice: RangeChoice) -> Truth:
    """Whether a standard result is at most the multiple of the upper limit of normal that is still usual (crf_spec 2.10, S).

    MET for a test that has no such multiple; UNKNOWN without a limit.

    >>> from trial.protocol.laboratory.reported import parse
    >>> within_usual_multiple("CK", parse("1000"), RangeChoice(RangeStatus.FOUND, None, Decimal(200)))
    <Truth.MET: 'MET'>
    """
    if code not in USUAL_TIMES_ULN:
        return Truth.MET
    return at_most(result, USUAL_TIMES_ULN[code] * choice.high) if choice.high else Truth.UNKNOWN


def reference_indicator(result: Reported, choice: RangeChoice) -> Indicator:
    """Where a result lies within its limits, all in the standard unit (crf_spec 2.10, LBNRIND). UNKNOWN without limits, never NORMAL.

    >>> from trial.protocol.laboratory.reported import parse
    >>> reference_indicator(parse("375"), RangeChoice(RangeStatus.FOUND, None, Decimal(125)))
    <Indicator.HIGH: 'HIGH'>
    """
    not_low = Truth.MET if choice.low is None else at_least(result, choice.low)
    not_high = Truth.MET if choice.high is None else at_most(result, choice.high)
    if choice.status != RangeStatus.FOUND or choice.low is choice.high is None:
        return Indicator.UNKNOWN
    if Truth.NOT_MET in (not_low, not_high):
        return Indicator.LOW if not_low == Truth.NOT_MET else Indicator.HIGH
    return Indicator.UNKNOWN if Truth.UNKNOWN in (not_low, not_high) else Indicator.NORMAL
