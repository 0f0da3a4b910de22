"""The laboratory's tests (crf_spec 2.10), one row one test.

A row holds the standard unit, the factor of each unit the test may be reported in, and, in the
standard unit, the limits beyond which a value is impossible and those beyond which it is unusual.
The limits of the possible are narrow enough to catch a value typed with the wrong unit. Where the
specification gives no limit, nothing is impossible or unusual.
"""

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class LabTest(NamedTuple):
    """A test whose result is a number.

    A value in a unit of `factors` is multiplied by its factor; `offset` is added afterwards, for a
    unit that does not share its zero with the standard unit. `lowest` to `highest` is possible.
    """

    panel: str
    name: str
    factors: dict[str, Decimal]
    lowest: Decimal
    highest: Decimal
    usual: tuple[Decimal, Decimal]
    offset: dict[str, Decimal] = {}

    @property
    def unit(self) -> str:
        """Return the standard unit, which stands first."""
        return next(iter(self.factors))


def _test(
    panel: str, name: str, factors: dict[str, str], possible: str, usual: str, **offset: str
) -> LabTest:
    """Return a row of the table; limits are written as two numbers, "20 250"."""
    lowest, highest = map(Decimal, possible.split())
    low, high = map(Decimal, usual.split())
    return LabTest(panel, name, _exact(factors), lowest, highest, (low, high), _exact(offset))


def _exact(numbers: dict[str, str]) -> dict[str, Decimal]:
    return {unit: Decimal(number) for unit, number in numbers.items()}


HEM, LIVER, RENAL = "Hematology", "Liver", "Renal function"
SALTS, METABOLIC, COAGULATION = "Electrolytes", "Metabolic", "Coagulation"
THYROID, CARDIAC, VIRAL = "Thyroid", "Cardiac", "Viral"
ANY = "0 Infinity"
CELLS = {"10^9/L": "1", "10^3/uL": "1", "/mm3": "0.001"}
ENZYME = {"U/L": "1", "ukat/L": "60"}
MOLAR = {"mmol/L": "1"}
TROPONIN = {"ng/L": "1", "ug/L": "1000"}
GLYCATED = {"%": "1", "mmol/mol": "0.0915"}
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
    "CREATCLR": _test(RENAL,    "Creatinine clearance, urine of 24 hours", {"mL/min": "1"},         ANY,        ANY),
    "SODIUM":   _test(SALTS,       "Sodium",                    MOLAR,                             "95 190",   "125 155"),
    "K":        _test(SALTS,       "Potassium",                 MOLAR,                             "1 10",     "2.8 6"),
    "CA":       _test(SALTS,       "Calcium",                   MOLAR | {"mg/dL": "0.2495"},       "0.5 6",    "1.8 3"),
    "MG":       _test(SALTS,       "Magnesium",                 MOLAR | {"mg/dL": "0.4114"},       ANY,        ANY),
    "PHOS":     _test(SALTS,       "Phosphate",                 MOLAR,                             ANY,        ANY),
    "GLUC":     _test(METABOLIC,   "Glucose",                   MOLAR | {"mg/dL": "0.0555"},       "0.5 80",   "3 20"),
    "HBA1C":    _test(METABOLIC,   "Hemoglobin A1c",            GLYCATED,                          "2 25",     "4 12",
                      **{"mmol/mol": "2.15"}),
    "INR":      _test(COAGULATION, "International normalized ratio", {"ratio": "1"},               "0.5 20",   "0.8 4"),
    "APTT":     _test(COAGULATION, "Activated partial thromboplastin time", {"s": "1"},            "10 300",   "20 80"),
    "TSH":      _test(THYROID,     "Thyrotropin",               {"mIU/L": "1"},                    "0 500",    "0.1 10"),
    "T4FR":     _test(THYROID,     "Free thyroxine",            {"pmol/L": "1", "ng/dL": "12.87"}, "0 200",    "5 30"),
    "T3FR":     _test(THYROID,     "Free triiodothyronine",     {"pmol/L": "1"},                   "0 200",    "0 200"),
    "CK":       _test(CARDIAC,     "Creatine kinase",           ENZYME,                            ANY,        ANY),
    "TROPONI":  _test(CARDIAC,     "Troponin I",                TROPONIN,                          ANY,        ANY),
    "TROPONT":  _test(CARDIAC,     "Troponin T",                TROPONIN,                          ANY,        ANY),
    "HBDNA":    _test(VIRAL,       "Hepatitis B virus DNA",     {"IU/mL": "1"},                    ANY,        ANY),
}  # fmt: skip
"""The tests whose result is a number, panel by panel.

The limits 5–30 pmol/L are those of free thyroxine: free triiodothyronine is lower. A clearance here
is one measured in urine; the one estimated by Cockcroft–Gault is no test.
"""

USUAL_TIMES_ULN = {"CK": Decimal(5)}
"""Multiples of the upper limit of normal beyond which a value is unusual."""


class Answer(StrEnum):
    """The result of a test that finds something or does not."""

    POSITIVE, NEGATIVE, INDETERMINATE = "POSITIVE", "NEGATIVE", "INDETERMINATE"


class Qualitative(NamedTuple):
    """A test whose result is a word; without `answers` the result is free text."""

    panel: str
    name: str
    answers: tuple[str, ...]


YES_NO = tuple(answer.value for answer in Answer)
DIPSTICK = ("NEGATIVE", "TRACE", "1+", "2+", "3+", "4+")
QUALITATIVE = {
    "HBSAG":   Qualitative(VIRAL, "Hepatitis B surface antigen", YES_NO),
    "HCAB":    Qualitative(VIRAL, "Hepatitis C antibody", YES_NO),
    "HIV":     Qualitative(VIRAL, "HIV antibody", YES_NO),
    "HCG":     Qualitative("Pregnancy", "Choriogonadotropin", YES_NO),
    "UPROT":   Qualitative("Urine", "Protein, urine", DIPSTICK),
    "URBC":    Qualitative("Urine", "Erythrocytes, urine", DIPSTICK),
    "UCULT":   Qualitative("Urine", "Culture, urine", ()),
}  # fmt: skip

NAMES = {code: test.name for table in (TESTS, QUALITATIVE) for code, test in table.items()}
"""The name of every test, numbers first."""
