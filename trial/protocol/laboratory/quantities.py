"""Laboratory values, their units, limits and reference ranges (crf_spec 2.2, 2.10).

The tests stand in their own table (analytes). Values are never rounded. Where no reference range, or more than one, holds for
a specimen, nothing that depends on it is known: never is a result called normal.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from trial.protocol.eligibility.age import possible_ages
from trial.protocol.kleene import Truth
from trial.protocol.laboratory.analytes import ANALYTES as ANALYTES
from trial.protocol.laboratory.analytes import HEM, USUAL_TIMES_ULN
from trial.protocol.laboratory.analytes import TESTS as TESTS
from trial.protocol.laboratory.analytes import LabTest as LabTest
from trial.protocol.laboratory.clearance import CLEARANCE_MIN_ML_MIN as CLEARANCE_MIN_ML_MIN
from trial.protocol.laboratory.clearance import clearance_shown as clearance_shown
from trial.protocol.laboratory.clearance import creatinine_clearance as creatinine_clearance
from trial.protocol.laboratory.reported import Comparator as Comparator
from trial.protocol.laboratory.reported import NotAResult as NotAResult
from trial.protocol.laboratory.reported import Reported as Reported
from trial.protocol.laboratory.reported import at_least as at_least
from trial.protocol.laboratory.reported import at_most as at_most
from trial.protocol.laboratory.reported import parse as parse

ZERO = Decimal(0)
CALCIUM_PER_ALBUMIN, NORMAL_ALBUMIN_G_L = Decimal("0.02"), Decimal(40)


def units() -> list[str]:
    """Codes of all units of the tests that the forms ask for, in alphabetical order (crf_spec 2.10).

    >>> units()[:2]
    ['/mm3', '10^3/uL']
    """
    return sorted({unit for test in TESTS.values() for unit in test.factors})


def unit_name(unit: str) -> str:
    """A unit's code as people write it (crf_spec 2.10).

    >>> unit_name("umol/L"), unit_name("10^3/uL"), unit_name("/mm3")
    ('µmol/L', '10³/µL', '/mm³')
    """
    for code, sign in {"umol": "µmol", "uL": "µL", "ukat": "µkat", "ug/": "µg/", "10^9": "10⁹", "10^3": "10³", "mm3": "mm³"}.items():
        unit = unit.replace(code, sign)
    return unit


def to_standard(code: str, value: Decimal, unit: str) -> Decimal:
    """The value in the test's standard unit, unrounded (crf_spec 2.10). Raises KeyError for a test or unit that is none.

    >>> to_standard("CREAT", Decimal("1.10"), "mg/dL")
    Decimal('97.240')
    """
    test = ANALYTES[code]
    return value * test.factors[unit] + test.offset.get(unit, ZERO)


def is_possible(code: str, value: Decimal, unit: str) -> bool:
    """Whether the value can be true (crf_spec 2.10, H limits). Raises KeyError for a test or unit that is none.

    >>> is_possible("CREAT", Decimal("1.10"), "umol/L")
    False
    """
    test = ANALYTES[code]
    return test.lowest <= to_standard(code, value, unit) <= test.highest


def is_usual(code: str, value: Decimal, unit: str) -> bool:
    """Whether the value raises no question (crf_spec 2.10, S limits). Raises KeyError for a test or unit that is none.

    >>> is_usual("BILI", Decimal("0.8"), "umol/L")
    False
    """
    low, high = ANALYTES[code].usual
    return low <= to_standard(code, value, unit) <= high


def other_units(code: str, value: Decimal, unit: str) -> list[str]:
    """The units in which the number would be possible: what was probably meant (crf_spec 2.10, unit traps).

    >>> other_units("CREAT", Decimal("1.10"), "umol/L")
    ['mg/dL']
    """
    return [other for other in ANALYTES[code].factors if other != unit and is_possible(code, value, other)]


def refusal(code: str, reported: Reported, unit: str) -> str | None:
    """Why a result cannot be, in the unit it was entered with (crf_spec 2.10, H); None where it can.

    A comparator changes nothing: the number is the end of what the laboratory measures.

    >>> refusal("CREAT", parse("1.10"), "umol/L")
    '1.10 µmol/L is impossible for creatinine (10–2500 µmol/L); was mg/dL meant?'
    """
    test = ANALYTES.get(code)
    if not test:
        return f"“{code}” is no test of this study."
    name = test.name.lower()
    if unit not in test.factors:
        wrong = f", not in {unit_name(unit)}" if unit else "; the unit is missing"
        return f"{test.name} is reported in {' or '.join(map(unit_name, test.factors))}{wrong}."
    if is_possible(code, reported.value, unit):
        return None
    standard = f" ({to_standard(code, reported.value, unit).normalize():f} {unit_name(test.unit)})" if unit != test.unit else ""
    meant = " or ".join(map(unit_name, other_units(code, reported.value, unit)))
    return f"{reported} {unit_name(unit)}{standard} is impossible for {name} ({test.lowest}–{test.highest} {unit_name(test.unit)}); " + (
        f"was {meant} meant?" if meant else "check number and test."
    )


def standardized(code: str, reported: Reported, unit: str) -> Reported:
    """The result in the standard unit, its comparator kept (LBSTRESN). Raises KeyError for a test or unit that is none.

    >>> str(standardized("BILI", parse("<0.2"), "mg/dL"))
    '<3.4208'
    """
    return reported._replace(value=to_standard(code, reported.value, unit))


def due_tests(visit_code: str, entered: Collection[str] = ()) -> frozenset[str]:
    """Tests that a visit asks for (crf_spec 3.1): all, but hematology only on day 8 and in the weeks of radiotherapy.

    Urea nitrogen, once entered, stands for urea.

    >>> sorted(due_tests("C2D8"))
    ['HGB', 'LYM', 'NEUT', 'PLAT', 'WBC']
    """
    hematology_only = visit_code.endswith("D8") or visit_code.startswith("RTW")
    either = "UREA" if "UREAN" in entered else "UREAN"
    return frozenset(code for code, test in TESTS.items() if code != either and (test.panel == HEM or not hematology_only))


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

    >>> within_usual_multiple("CK", parse("1000"), RangeChoice(RangeStatus.FOUND, None, Decimal(200)))
    <Truth.MET: 'MET'>
    """
    if code not in USUAL_TIMES_ULN:
        return Truth.MET
    return at_most(result, USUAL_TIMES_ULN[code] * choice.high) if choice.high else Truth.UNKNOWN


def reference_indicator(result: Reported, choice: RangeChoice) -> Indicator:
    """Where a result lies within its limits, all in the standard unit (crf_spec 2.10, LBNRIND). UNKNOWN without limits, never NORMAL.

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


def corrected_calcium_mmol_l(calcium_mmol_l: Decimal, albumin_g_l: Decimal) -> Decimal:
    """Calcium in mmol/L as it would be with an albumin of 40 g/L (crf_spec 2.10).

    >>> corrected_calcium_mmol_l(Decimal("2.10"), Decimal(30))
    Decimal('2.30')
    """
    return calcium_mmol_l + CALCIUM_PER_ALBUMIN * (NORMAL_ALBUMIN_G_L - albumin_g_l)


def neutrophil_lymphocyte_ratio(neutrophils: Decimal, lymphocytes: Decimal) -> Decimal | None:
    """NLR (crf_spec 2.10), of two counts in the same unit; None where there are no lymphocytes to divide by.

    >>> neutrophil_lymphocyte_ratio(Decimal(6), Decimal("1.5"))
    Decimal('4')
    """
    return neutrophils / lymphocytes if lymphocytes > 0 else None
