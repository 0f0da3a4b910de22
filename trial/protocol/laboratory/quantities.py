"""Laboratory values, their units, limits and reference ranges (crf_spec 2.2, 2.10).

The tests stand in their own table (analytes). Values are never rounded. Where no reference range, or more than one, holds for
a specimen, nothing that depends on it is known: never is a result called normal.
"""

from collections.abc import Collection
from decimal import Decimal

from trial.protocol.laboratory.analytes import ANALYTES, HEM, TESTS
from trial.protocol.laboratory.reported import Reported

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

    >>> from trial.protocol.laboratory.reported import parse
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

    >>> from trial.protocol.laboratory.reported import parse
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
