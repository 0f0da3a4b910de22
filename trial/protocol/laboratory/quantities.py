"""Laboratory values, their units and their limits (crf_spec 2.10, H and S limits, unit traps).

The tests are in a table of their own (analytes). Values are never rounded.
"""

import re
from collections.abc import Collection, Iterable
from decimal import Decimal

from trial.protocol.laboratory.analytes import ANALYTES, HEM, TESTS
from trial.protocol.laboratory.reported import Reported

ZERO = Decimal(0)
HEMATOLOGY_ONLY = re.compile(r"^RTW|D([89]|\d\d)$")  # the visits that ask for hematology only
CALCIUM_PER_ALBUMIN, NORMAL_ALBUMIN_G_L = Decimal("0.02"), Decimal(40)
SIGNS = {
    "umol": "µmol",
    "uL": "µL",
    "ukat": "µkat",
    "ug/": "µg/",
    "10^9": "10⁹",
    "10^3": "10³",
    "mm3": "mm³",
}


def units() -> list[str]:
    """Return the codes of all units of the tests that the forms ask for, in alphabetical order.

    >>> units()[:2]
    ['/mm3', '10^3/uL']
    """
    return sorted({unit for test in TESTS.values() for unit in test.factors})


def unit_name(unit: str) -> str:
    """Return a unit's code as people write it (crf_spec 2.10).

    >>> unit_name("umol/L"), unit_name("10^3/uL"), unit_name("/mm3")
    ('µmol/L', '10³/µL', '/mm³')
    """
    for code, sign in SIGNS.items():
        unit = unit.replace(code, sign)
    return unit


def to_standard(code: str, value: Decimal, unit: str) -> Decimal:
    """Return the value in the test's standard unit, unrounded (crf_spec 2.10).

    Raises KeyError for an unknown test or unit.

    >>> to_standard("CREAT", Decimal("1.10"), "mg/dL")
    Decimal('97.240')
    """
    test = ANALYTES[code]
    return value * test.factors[unit] + test.offset.get(unit, ZERO)


def is_possible(code: str, value: Decimal, unit: str) -> bool:
    """Return whether a value is within the limits of the possible (crf_spec 2.10, H).

    Raises KeyError for an unknown test or unit.

    >>> is_possible("CREAT", Decimal("1.10"), "umol/L")
    False
    """
    test = ANALYTES[code]
    return test.lowest <= to_standard(code, value, unit) <= test.highest


def is_usual(code: str, value: Decimal, unit: str) -> bool:
    """Return whether a value is within the usual limits and needs no query (crf_spec 2.10, S).

    Raises KeyError for an unknown test or unit.

    >>> is_usual("BILI", Decimal("0.8"), "umol/L")
    False
    """
    low, high = ANALYTES[code].usual
    return low <= to_standard(code, value, unit) <= high


def other_units(code: str, value: Decimal, unit: str) -> list[str]:
    """Return the units in which the number would be possible (crf_spec 2.10, unit traps).

    One of them was probably meant.

    >>> other_units("CREAT", Decimal("1.10"), "umol/L")
    ['mg/dL']
    """
    candidates = [candidate for candidate in ANALYTES[code].factors if candidate != unit]
    return [candidate for candidate in candidates if is_possible(code, value, candidate)]


def refusal(code: str, reported: Reported, unit: str) -> str | None:
    """Return why a result is impossible in the unit entered; None where it is not.

    The limits are those of crf_spec 2.10, H. A comparator changes nothing: the number is the end of
    the laboratory's measuring range.

    >>> from trial.protocol.laboratory.reported import parse
    >>> refusal("CREAT", parse("1.10"), "umol/L")
    '1.10 µmol/L is impossible for creatinine (10–2500 µmol/L); was mg/dL meant?'
    """
    test = ANALYTES.get(code)
    if not test:
        return f"“{code}” is no test of this study."
    if unit not in test.factors:
        wrong = f", not in {unit_name(unit)}" if unit else "; the unit is missing"
        return f"{test.name} is reported in {_alternatives(test.factors)}{wrong}."
    if is_possible(code, reported.value, unit):
        return None
    result = f"{reported} {unit_name(unit)}"
    if unit != test.unit:
        standard = to_standard(code, reported.value, unit).normalize()
        result += f" ({standard:f} {unit_name(test.unit)})"
    limits = f"{test.lowest}–{test.highest} {unit_name(test.unit)}"
    meant = _alternatives(other_units(code, reported.value, unit))
    advice = f"was {meant} meant?" if meant else "check number and test."
    return f"{result} is impossible for {test.name.lower()} ({limits}); {advice}"


def _alternatives(codes: Iterable[str]) -> str:
    return " or ".join(map(unit_name, codes))


def standardized(code: str, reported: Reported, unit: str) -> Reported:
    """Return the result in the standard unit with its comparator (crf_spec 2.10, LBSTRESN).

    Raises KeyError for an unknown test or unit.

    >>> from trial.protocol.laboratory.reported import parse
    >>> str(standardized("BILI", parse("<0.2"), "mg/dL"))
    '<3.4208'
    """
    return reported._replace(value=to_standard(code, reported.value, unit))


def due_tests(visit_code: str, entered: Collection[str] = ()) -> frozenset[str]:
    """Return the tests that a visit asks for (crf_spec 3.1).

    These are all tests, but hematology only on the later days of a cycle and in the weeks
    of radiotherapy. Urea nitrogen, once entered, stands for urea.

    >>> sorted(due_tests("C2D8"))
    ['HGB', 'LYM', 'NEUT', 'PLAT', 'WBC']
    """
    is_hematology_only = bool(HEMATOLOGY_ONLY.search(visit_code))
    not_due = "UREA" if "UREAN" in entered else "UREAN"
    due = {code: test for code, test in TESTS.items() if code != not_due}
    if is_hematology_only:
        return frozenset(code for code, test in due.items() if test.panel == HEM)
    return frozenset(due)


def corrected_calcium_mmol_l(calcium_mmol_l: Decimal, albumin_g_l: Decimal) -> Decimal:
    """Return calcium in mmol/L as it would be with an albumin of 40 g/L (crf_spec 2.10).

    >>> corrected_calcium_mmol_l(Decimal("2.10"), Decimal(30))
    Decimal('2.30')
    """
    return calcium_mmol_l + CALCIUM_PER_ALBUMIN * (NORMAL_ALBUMIN_G_L - albumin_g_l)


def neutrophil_lymphocyte_ratio(neutrophils: Decimal, lymphocytes: Decimal) -> Decimal | None:
    """Return the ratio (NLR) of two counts in the same unit (crf_spec 2.10).

    None where there are no lymphocytes to divide by.

    >>> neutrophil_lymphocyte_ratio(Decimal(6), Decimal("1.5"))
    Decimal('4')
    """
    return neutrophils / lymphocytes if lymphocytes > 0 else None
