"""Laboratory tests, their units, limits and reference ranges, and creatinine clearance (crf_spec 2.2, 2.10).

One row is one test: its standard unit, the factor of each unit it may be reported in, and, in the standard unit, the limits
beyond which a value cannot be true and those beyond which it is unusual. The first are narrow enough to catch a value typed
with the wrong unit. Values are never rounded. Where no reference range, or more than one, holds for a specimen, nothing that
depends on it is known: never is a result called normal.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from trial.protocol.age import possible_ages
from trial.protocol.kleene import Truth
from trial.protocol.parameters import CgConstant
from trial.protocol.reported import Comparator as Comparator
from trial.protocol.reported import NotAResult as NotAResult
from trial.protocol.reported import Reported as Reported
from trial.protocol.reported import at_least as at_least
from trial.protocol.reported import at_most as at_most
from trial.protocol.reported import parse as parse


class LabTest(NamedTuple):
    panel: str
    name: str
    factors: dict[str, Decimal]
    lowest: Decimal
    highest: Decimal
    usual: tuple[Decimal, Decimal]

    @property
    def unit(self) -> str:
        """The standard unit, which stands first."""
        return next(iter(self.factors))


def _test(panel: str, name: str, factors: dict[str, str], possible: str, usual: str) -> LabTest:
    (lowest, highest), (low, high) = (map(Decimal, limits.split()) for limits in (possible, usual))
    return LabTest(panel, name, {unit: Decimal(factor) for unit, factor in factors.items()}, lowest, highest, (low, high))


HEM, LIVER, RENAL = "Hematology", "Liver", "Renal function"
CELLS = {"10^9/L": "1", "10^3/uL": "1", "/mm3": "0.001"}
ENZYME = {"U/L": "1", "ukat/L": "60"}
TESTS = {
    #              panel  name                          reported in                                     possible      usual
    "HGB":   _test(HEM,   "Hemoglobin",                 {"g/L": "1", "g/dL": "10", "mmol/L": "16.114"}, "20 250",     "60 200"),
    "WBC":   _test(HEM,   "Leukocytes",                 CELLS,                                          "0.01 500",   "1 50"),
    "NEUT":  _test(HEM,   "Neutrophils",                CELLS,                                          "0 400",      "0.5 30"),
    "LYM":   _test(HEM,   "Lymphocytes",                CELLS,                                          "0 300",      "0.2 10"),
    "PLAT":  _test(HEM,   "Platelets",                  CELLS,                                          "1 3000",     "25 1000"),
    "BILI":  _test(LIVER, "Total bilirubin",            {"umol/L": "1", "mg/dL": "17.104"},             "0.5 1000",   "3 100"),
    "AST":   _test(LIVER, "Aspartate aminotransferase", ENZYME,                                         "1 20000",    "5 500"),
    "ALT":   _test(LIVER, "Alanine aminotransferase",   ENZYME,                                         "1 20000",    "5 500"),
    "ALP":   _test(LIVER, "Alkaline phosphatase",       ENZYME,                                         "5 10000",    "20 800"),
    "ALB":   _test(LIVER, "Albumin",                    {"g/L": "1", "g/dL": "10"},                     "5 80",       "20 60"),
    "LDH":   _test(LIVER, "Lactate dehydrogenase",      ENZYME,                                         "20 30000",   "80 2000"),
    "CREAT": _test(RENAL, "Creatinine",                 {"umol/L": "1", "mg/dL": "88.4"},               "10 2500",    "30 500"),
    "UREA":  _test(RENAL, "Urea",                       {"mmol/L": "1"},                                "0.3 120",    "1.5 40"),
    "UREAN": _test(RENAL, "Urea nitrogen",              {"mmol/L": "1", "mg/dL": "0.357"},              "0.3 120",    "1.5 40"),
}  # fmt: skip


def units() -> list[str]:
    """Codes of all units of all tests, in alphabetical order (crf_spec 2.10).

    >>> units()[:2]
    ['/mm3', '10^3/uL']
    """
    return sorted({unit for test in TESTS.values() for unit in test.factors})


def unit_name(unit: str) -> str:
    """A unit's code as people write it.

    >>> unit_name("umol/L"), unit_name("10^3/uL"), unit_name("/mm3")
    ('µmol/L', '10³/µL', '/mm³')
    """
    for code, sign in {"umol": "µmol", "uL": "µL", "ukat": "µkat", "10^9": "10⁹", "10^3": "10³", "mm3": "mm³"}.items():
        unit = unit.replace(code, sign)
    return unit


def to_standard(code: str, value: Decimal, unit: str) -> Decimal:
    """The value in the test's standard unit, unrounded (crf_spec 2.10). Raises KeyError for a test or unit that is none.

    >>> to_standard("CREAT", Decimal("1.10"), "mg/dL")
    Decimal('97.240')
    """
    return value * TESTS[code].factors[unit]


def is_possible(code: str, value: Decimal, unit: str) -> bool:
    """Whether the value can be true (crf_spec 2.10, H limits). Raises KeyError for a test or unit that is none.

    >>> is_possible("CREAT", Decimal("1.10"), "umol/L")
    False
    """
    test = TESTS[code]
    return test.lowest <= to_standard(code, value, unit) <= test.highest


def is_usual(code: str, value: Decimal, unit: str) -> bool:
    """Whether the value raises no question (crf_spec 2.10, S limits). Raises KeyError for a test or unit that is none.

    >>> is_usual("BILI", Decimal("0.8"), "umol/L")
    False
    """
    low, high = TESTS[code].usual
    return low <= to_standard(code, value, unit) <= high


def other_units(code: str, value: Decimal, unit: str) -> list[str]:
    """The units in which the number would be possible: what was probably meant (crf_spec 2.10, unit traps).

    >>> other_units("CREAT", Decimal("1.10"), "umol/L")
    ['mg/dL']
    """
    return [other for other in TESTS[code].factors if other != unit and is_possible(code, value, other)]


def refusal(code: str, reported: Reported, unit: str) -> str | None:
    """Why a result cannot be, in the unit it was entered with (crf_spec 2.10, H); None where it can.

    A comparator changes nothing: the number is the end of what the laboratory measures.

    >>> refusal("CREAT", parse("1.10"), "umol/L")
    '1.10 µmol/L is impossible for creatinine (10–2500 µmol/L); was mg/dL meant?'
    """
    test = TESTS.get(code)
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
            and self.unit in TESTS[test].factors
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


def reference_indicator(result: Reported, choice: RangeChoice) -> Indicator:
    """Where a result lies within its limits, all in the standard unit (LBNRIND). UNKNOWN without limits, never NORMAL.

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


def creatinine_clearance(
    age: int, weight_kg: Decimal, sex: str, creatinine_umol_l: Decimal, constant: CgConstant = CgConstant.EXACT
) -> Decimal:
    """Clearance in mL/min, unrounded (Cockcroft, Gault, Nephron 1976;16:31-41; crf_spec 2.10), not indexed to body surface.

    Raises ZeroDivisionError for a creatinine of 0, KeyError for a sex other than M and F.

    >>> round(creatinine_clearance(64, Decimal(70), "M", Decimal("97.24")), 2)
    Decimal('67.17')
    """
    factor = {"M": Decimal(1), "F": Decimal("0.85")}[sex]
    numerator = (140 - age) * weight_kg
    match constant:  # one division, the last step: what is exactly 30 stays so
        case CgConstant.SI_ROUNDED:
            return numerator * {"M": Decimal("1.23"), "F": Decimal("1.04")}[sex] / creatinine_umol_l
        case CgConstant.CN_0818:
            return numerator * factor / (Decimal("0.818") * creatinine_umol_l)
        case _:
            return numerator * factor * Decimal("88.4") / (72 * creatinine_umol_l)
