"""The tests that are due at a visit (crf_spec 2.10, "A panel is complete when …").

Columns R, G1 and C of the table of tests are sets here. CK with troponin, and HbA1c, are due at
baseline only. Magnesium and phosphate are never due: they may be added under cisplatin, as any test
may be added at any visit.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from trial.protocol.laboratory.analytes import HEM, NAMES, TESTS

ROUTINE = frozenset({
    "HGB", "WBC", "NEUT", "LYM", "PLAT", "BILI", "AST", "ALT", "ALP", "ALB", "LDH", "CREAT", "UREA",
    "SODIUM", "K", "CA", "GLUC",
})  # fmt: skip
"""The tests marked R."""
SCREENING = frozenset({
    "INR", "APTT", "HBSAG", "HBDNA", "HCAB", "HIV", "UPROT", "URBC", "UCULT",
})  # fmt: skip
"""The tests marked G1."""
HEMATOLOGY = frozenset(code for code, test in TESTS.items() if test.panel == HEM)
THYROID = frozenset({"TSH", "T4FR", "T3FR"})
CARDIAC = frozenset({"CK", "TROPONI"})
PREGNANCY, GLYCATED_HEMOGLOBIN = frozenset({"HCG"}), frozenset({"HBA1C"})
STANDS_FOR = {"UREA": "UREAN", "TROPONI": "TROPONT"}
"""The test that answers another one: urea nitrogen, and the other troponin."""

ROUTINE_DAYS, THYROID_DAYS = 7, 42
"""Days that a routine result holds before cycle 1; days after which thyroid tests are due again."""


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """The facts that decide which tests are due on a day.

    `last_on` is, by test, the day of the last result before this visit. A regimen that is not known
    gives neither an ICI nor enfortumab vedotin. `is_treated` is true from the first dose on.
    """

    on: date
    last_on: Mapping[str, date] = field(default_factory=dict)
    can_bear_children: bool = False
    has_ici: bool = False
    has_enfortumab: bool = False
    is_treated: bool = False

    @property
    def pregnancy(self) -> frozenset[str]:
        """Return the test for pregnancy, where there may be one."""
        return PREGNANCY if self.can_bear_children else frozenset()

    @property
    def baseline_of_regimen(self) -> frozenset[str]:
        """Return the tests that the regimen asks for before its first dose."""
        of_ici = THYROID | CARDIAC if self.has_ici else frozenset()
        return of_ici | GLYCATED_HEMOGLOBIN if self.has_enfortumab else of_ici

    def age_days(self, test: str) -> int | None:
        """Return the age of a test's last result in days; None where there is none."""
        tests = {test, STANDS_FOR.get(test, test)}
        days = [self.last_on[code] for code in tests if code in self.last_on]
        return (self.on - max(days)).days if days else None

    def older_than(self, tests: Collection[str], days: int) -> frozenset[str]:
        """Return the tests whose last result is older than so many days, or that have none."""
        ages = {test: self.age_days(test) for test in tests}
        return frozenset(test for test, age in ages.items() if age is None or age > days)


def due_tests(visit_code: str, facts: Circumstances) -> tuple[str, ...]:
    """Return the tests that a visit asks for, in the order of the table (crf_spec 2.10).

    At any other visit, as an unscheduled one, no test is due and each may stand alone.

    >>> due_tests("C2D8", Circumstances(on=date(2025, 3, 4)))
    ('HGB', 'WBC', 'NEUT', 'LYM', 'PLAT')
    """
    due = _due(visit_code, facts)
    return tuple(code for code in NAMES if code in due)


def _due(visit_code: str, facts: Circumstances) -> frozenset[str]:
    cycle_day = re.fullmatch(r"C([0-9]+)D([0-9]+)", visit_code)
    cycle, day = map(int, cycle_day.groups()) if cycle_day else (0, 0)
    if visit_code == "SCR":
        # A screening panel that is corrected later does not ask for what cycle 1 has asked for.
        of_regimen = frozenset() if facts.is_treated else facts.baseline_of_regimen
        return ROUTINE | SCREENING | facts.pregnancy | of_regimen
    if (cycle, day) == (1, 1):
        conditional = facts.pregnancy | facts.baseline_of_regimen
        not_done = {test for test in conditional if facts.age_days(test) is None}
        return facts.older_than(ROUTINE, ROUTINE_DAYS) | not_done
    if day > 1 or visit_code.startswith("RTW"):
        return HEMATOLOGY
    if day == 1 or visit_code == "RTS":
        return _of_review(facts) | facts.pregnancy
    if visit_code in ("PC2", "EOTS") or visit_code.startswith("RTFU"):
        return _of_review(facts)
    return frozenset()


def _of_review(facts: Circumstances) -> frozenset[str]:
    """Return the routine tests, and under an ICI the thyroid tests that are due again."""
    thyroid = facts.older_than(THYROID, THYROID_DAYS - 1) if facts.has_ici else frozenset()
    return ROUTINE | thyroid


def missing_tests(due: Collection[str], entered: Collection[str]) -> tuple[str, ...]:
    """Return the due tests that are not entered; one test may stand for another.

    >>> missing_tests(("CREAT", "UREA"), {"UREAN"})
    ('CREAT',)
    """
    return tuple(test for test in due if not {test, STANDS_FOR.get(test, test)} & set(entered))
