"""The laboratory terms of the CTCAE as ladders, in the standard units (crf_spec 2.10).

Source: National Cancer Institute, Common Terminology Criteria for Adverse Events, versions 5.0
(2017) and 6.0 (2025). A ladder names, for grades 1 to 4, the limit that is passed: a number; LLN or
ULN (lower and upper limit of normal); a multiple of ULN or of the baseline (BL). A sign ">="
includes the limit, "fasting:" requires a fasting specimen, "<=5ULN" holds for a baseline of that
size at most, "ULN+20" is so much above it, "&BL" requires a result above its baseline, too, "-" is
no such grade, "?" is a limit that the manufacturer of the test knows. "<1.5 - 1.0" of the source is
grade 2 below 1.5, and so on. Limits that the source prints in several units are rounded apart: those
of the further units stand in a table of their own.
"""

import re
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

CORRECTED_CALCIUM = "CACOR"
"""The terms about calcium are about calcium corrected for albumin; calcium itself has none."""


class Version(StrEnum):
    """The versions of the CTCAE by which a result is graded."""

    V5 = "5.0"
    V6 = "6.0"


class Side(StrEnum):
    """The side of a limit on which a result is abnormal."""

    BELOW = "BELOW"
    ABOVE = "ABOVE"


class When(StrEnum):
    """The case in which the alternative ladder applies, instead of the usual one or beside it."""

    NEVER = "NEVER"
    BASELINE_HIGH = "BASELINE_HIGH"  # instead: the baseline was above its upper limit
    ANTICOAGULATED = "ANTICOAGULATED"  # instead
    ALWAYS = "ALWAYS"  # beside
    BASELINE_LOW = "BASELINE_LOW"  # beside: the baseline was below its lower limit

    @property
    def is_beside(self) -> bool:
        """Return whether the worse grade of both ladders counts."""
        return self in (When.ALWAYS, When.BASELINE_LOW)


class Reference(StrEnum):
    """The quantity of which a limit is a multiple."""

    NUMBER, LLN, ULN, BASELINE, MANUFACTURER = "NUMBER", "LLN", "ULN", "BL", "?"


class Bound(NamedTuple):
    """The limit of a grade: so many times its reference; a number is so many times 1.

    `plus` is added to it. `inclusive` includes the limit itself; `fasting` requires a fasting
    specimen; `above_baseline` requires a result above the baseline, too; `up_to_uln` is the largest
    baseline, in multiples of ULN, for which the limit holds.
    """

    reference: Reference
    times: Decimal = Decimal(1)
    inclusive: bool = False
    fasting: bool = False
    up_to_uln: Decimal | None = None
    plus: Decimal = Decimal(0)
    above_baseline: bool = False


class Rung(NamedTuple):
    """A grade, and the limit beyond which it begins."""

    grade: int
    bound: Bound


class Term(NamedTuple):
    """A term of one version, with its usual ladder and, in the case `when`, an alternative one."""

    version: Version
    name: str
    test: str
    side: Side
    usual: tuple[Rung, ...]
    when: When = When.NEVER
    alternative: tuple[Rung, ...] = ()

    def printed(self, unit: str) -> tuple[Rung, ...] | None:
        """Return the usual ladder as the source prints it in a further unit; None where it does not.

        >>> TERMS[0].name, [rung.bound.times for rung in TERMS[0].printed("mmol/L")][1:]
        ('Anemia', [Decimal('6.2'), Decimal('4.9')])
        """
        return PRINTED.get((self.name, unit))


BOUND = re.compile(
    r"(?P<fasting>fasting:)?"
    r"(?P<inclusive>>=)?"
    r"(?P<times>[0-9.]+)?"
    r"(?P<reference>LLN|ULN|BL|\?)?"
    r"(?:\+(?P<plus>[0-9.]+))?"
    r"(?P<above_baseline>&BL)?"
    r"(?:<=(?P<up_to>[0-9]+)ULN)?"
)


def ladder(text: str) -> tuple[Rung, ...]:
    """Read a ladder as the table below writes it.

    Raises ValueError for a limit that cannot be read.

    >>> rung = ladder("LLN - 3.0")[1]
    >>> rung.grade, rung.bound.reference, rung.bound.times
    (3, <Reference.NUMBER: 'NUMBER'>, Decimal('3.0'))
    """
    limits = enumerate(text.split(), start=1)
    return tuple(Rung(grade, _bound(limit)) for grade, limit in limits if limit != "-")


def _bound(text: str) -> Bound:
    match = BOUND.fullmatch(text)
    if not match or not (match["times"] or match["reference"]):
        raise ValueError(f"“{text}” is no limit of a grade.")
    return Bound(
        reference=Reference(match["reference"] or "NUMBER"),
        times=Decimal(match["times"] or 1),
        inclusive=bool(match["inclusive"]),
        fasting=bool(match["fasting"]),
        up_to_uln=Decimal(match["up_to"]) if match["up_to"] else None,
        plus=Decimal(match["plus"] or 0),
        above_baseline=bool(match["above_baseline"]),
    )


def _term(
    version: Version,
    name: str,
    test: str,
    side: Side,
    usual: str,
    when: When = When.NEVER,
    alternative: str = "",
) -> Term:
    return Term(version, name, test, side, ladder(usual), when, ladder(alternative))


V5, V6 = Version
BELOW, ABOVE = Side
HIGH, ANTICOAGULATED = When.BASELINE_HIGH, When.ANTICOAGULATED
LIVER_5, LIVER_6 = ">=1.5BL 3BL 5BL 20BL", ">=BL 1.5BL 2BL<=5ULN 4BL"
COAGULATION = ("INR increased", "INR", ABOVE, "1.2 1.5 2.5", ANTICOAGULATED, "BL 1.5BL 2.5BL")
TERMS = (
    #         term                                  test     side    grades 1 to 4               alternative ladder, when and what
    _term(V5, "Anemia",                              "HGB",   BELOW, "LLN 100 80"),
    _term(V6, "Anemia",                              "HGB",   BELOW, "LLN 100 80"),
    _term(V6, "Hemoglobin increased",                "HGB",   ABOVE, "ULN ULN+20 ULN+40"),
    _term(V5, "White blood cell decreased",          "WBC",   BELOW, "LLN 3.0 2.0 1.0"),
    _term(V6, "White blood cell decreased",          "WBC",   BELOW, "LLN 3.0 2.0 1.0"),
    _term(V5, "Leukocytosis",                        "WBC",   ABOVE, "- - 100"),
    _term(V6, "Leukocytosis",                        "WBC",   ABOVE, "- - 100"),
    _term(V5, "Neutrophil count decreased",          "NEUT",  BELOW, "LLN 1.5 1.0 0.5"),
    _term(V6, "Neutrophil count decreased",          "NEUT",  BELOW, "1.5 1.0 0.5 0.1"),
    _term(V6, "Neutrophil count increased",          "NEUT",  ABOVE, "ULN"),
    _term(V5, "Lymphocyte count decreased",          "LYM",   BELOW, "LLN 0.8 0.5 0.2"),
    _term(V6, "Lymphopenia",                         "LYM",   BELOW, "LLN"),
    _term(V5, "Lymphocyte count increased",          "LYM",   ABOVE, "- 4 20"),
    _term(V6, "Lymphocyte count increased",          "LYM",   ABOVE, "- 4 20"),
    _term(V5, "Platelet count decreased",            "PLAT",  BELOW, "LLN 75 50 25"),
    _term(V6, "Thrombocytopenia",                    "PLAT",  BELOW, "LLN 75 50 10"),
    _term(V6, "Thrombocytosis",                      "PLAT",  ABOVE, "ULN"),
    _term(V5, "Blood bilirubin increased",           "BILI",  ABOVE, "ULN 1.5ULN 3ULN 10ULN",    HIGH, "BL 1.5BL 3BL 10BL"),
    _term(V6, "Blood bilirubin increased",           "BILI",  ABOVE, "ULN 1.5ULN 3ULN 10ULN",    HIGH, ">=BL 1.5BL 2.5BL 10BL"),
    _term(V5, "Aspartate aminotransferase increased", "AST",  ABOVE, "ULN 3ULN 5ULN 20ULN",      HIGH, LIVER_5),
    _term(V6, "Aspartate aminotransferase increased", "AST",  ABOVE, "ULN 3ULN 5ULN 20ULN",      HIGH, LIVER_6),
    _term(V5, "Alanine aminotransferase increased",  "ALT",   ABOVE, "ULN 3ULN 5ULN 20ULN",      HIGH, LIVER_5),
    _term(V6, "Alanine aminotransferase increased",  "ALT",   ABOVE, "ULN 3ULN 5ULN 20ULN",      HIGH, LIVER_6),
    _term(V5, "Alkaline phosphatase increased",      "ALP",   ABOVE, "ULN 2.5ULN 5ULN 20ULN",    HIGH, ">=2BL 2.5BL 5BL 20BL"),
    _term(V6, "Alkaline phosphatase increased",      "ALP",   ABOVE, "ULN&BL"),
    _term(V5, "Hypoalbuminemia",                     "ALB",   BELOW, "LLN 30 20"),
    _term(V6, "Hypoalbuminemia",                     "ALB",   BELOW, "LLN 30 20"),
    _term(V5, "Blood lactate dehydrogenase increased", "LDH", ABOVE, "ULN"),
    _term(V6, "Blood lactate dehydrogenase increased", "LDH", ABOVE, "ULN"),
    _term(V5, "Creatinine increased",                "CREAT", ABOVE, "ULN 1.5ULN 3ULN 6ULN",     When.ALWAYS, "- 1.5BL 3BL"),
    _term(V6, "Creatinine increased",                "CREAT", ABOVE, "ULN 1.5ULN 3ULN 6ULN",     When.BASELINE_LOW, "- 1.5BL 3BL"),
    _term(V6, "Creatinine clearance decreased", "CREATCLR",   BELOW, "- 50 26"),
    _term(V5, "Hyponatremia",                        "SODIUM", BELOW, "LLN 130 125 120"),
    _term(V6, "Hyponatremia",                        "SODIUM", BELOW, "LLN 130 125 120"),
    _term(V5, "Hypernatremia",                       "SODIUM", ABOVE, "ULN 150 155 160"),
    _term(V6, "Hypernatremia",                       "SODIUM", ABOVE, "ULN 150 155 160"),
    _term(V5, "Hypokalemia",                         "K",     BELOW, "LLN - 3.0 2.5"),
    _term(V6, "Hypokalemia",                         "K",     BELOW, "LLN - 3.0 2.5"),
    _term(V5, "Hyperkalemia",                        "K",     ABOVE, "ULN 5.5 6.0 7.0"),
    _term(V6, "Hyperkalemia",                        "K",     ABOVE, "ULN 5.5 6.0 7.0"),
    _term(V5, "Hypocalcemia",            CORRECTED_CALCIUM,   BELOW, "LLN 2.0 1.75 1.5"),
    _term(V6, "Hypocalcemia",            CORRECTED_CALCIUM,   BELOW, "LLN 2.0 1.75 1.5"),
    _term(V5, "Hypercalcemia",           CORRECTED_CALCIUM,   ABOVE, "ULN 2.9 3.1 3.4"),
    _term(V6, "Hypercalcemia",           CORRECTED_CALCIUM,   ABOVE, "ULN 2.9 3.1 3.4"),
    _term(V5, "Hypomagnesemia",                      "MG",    BELOW, "LLN 0.5 0.4 0.3"),
    _term(V6, "Hypomagnesemia",                      "MG",    BELOW, "LLN 0.5 0.4 0.3"),
    _term(V5, "Hypermagnesemia",                     "MG",    ABOVE, "ULN - 1.23 3.30"),
    _term(V6, "Hypermagnesemia",                     "MG",    ABOVE, "ULN - 1.23 3.30"),
    _term(V5, "Hypoglycemia",                        "GLUC",  BELOW, "LLN 3.0 2.2 1.7"),
    _term(V6, "Hypoglycemia",                        "GLUC",  BELOW, "LLN 3.0 2.2 1.7"),
    _term(V6, "Hyperglycemia",                       "GLUC",  ABOVE, "fasting:ULN fasting:8.9 13.9 27.8"),
    _term(V5, *COAGULATION),
    _term(V6, *COAGULATION),
    _term(V5, "Activated partial thromboplastin time prolonged", "APTT", ABOVE, "ULN 1.5ULN 2.5ULN"),
    _term(V6, "Activated partial thromboplastin time prolonged", "APTT", ABOVE, "ULN 1.5ULN 2.5ULN"),
    _term(V5, "Thyroid stimulating hormone increased", "TSH", ABOVE, "ULN"),
    _term(V6, "Thyroid stimulating hormone increased", "TSH", ABOVE, "ULN"),
    _term(V5, "CPK increased",                       "CK",    ABOVE, "ULN 2.5ULN 5ULN 10ULN"),
    _term(V5, "Cardiac troponin I increased",     "TROPONI",  ABOVE, "ULN - ?"),
    _term(V5, "Cardiac troponin T increased",     "TROPONT",  ABOVE, "ULN - ?"),
)  # fmt: skip

PRINTED = {
    (name, unit): ladder(limits)
    for name, unit, limits in (
        ("Anemia",         "mmol/L", "LLN 6.2 4.9"),
        ("Hypocalcemia",   "mg/dL",  "LLN 8.0 7.0 6.0"),
        ("Hypercalcemia",  "mg/dL",  "ULN 11.5 12.5 13.5"),
        ("Hypomagnesemia", "mg/dL",  "LLN 1.2 0.9 0.7"),
        ("Hypermagnesemia", "mg/dL", "ULN - 3.0 8.0"),
        ("Hypoglycemia",   "mg/dL",  "LLN 55 40 30"),
        ("Hyperglycemia",  "mg/dL",  "fasting:ULN fasting:160 250 500"),
    )
}  # fmt: skip
"""The usual ladders as both versions print them in a further unit, rounded apart by the source.

Where a unit is not among them, its limits are those of the standard unit, exactly converted: g/dL
of hemoglobin and albumin, and cells per mm³, are.
"""
