"""Laboratory values, their units and their limits (crf_spec 2.10, H and S limits, unit traps).

The tests are in a table of their own (analytes). Values are never rounded.
"""

from collections.abc import Iterable
from decimal import Decimal

from trial.protocol.laboratory.analytes import QUALITATIVE, TESTS, LabTest
from trial.protocol.laboratory.reported import MIRRORED, Comparator, Reported
from trial.protocol.sentence import Sentence, either

ZERO = Decimal(0)
NORMAL_ALBUMIN_G_L = Decimal(40)
CALCIUM_PER_ALBUMIN_G_L = {"mmol/L": Decimal("0.02"), "mg/dL": Decimal("0.08")}
"""Calcium to be added, in its unit, for each g/L of albumin that is lacking."""
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
    """Return the codes of all units of the tests, in alphabetical order.

    >>> units()[:3]
    ['%', '/mm3', '10^3/uL']
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
    test = TESTS[code]
    return value * test.factors[unit] + test.offset.get(unit, ZERO)


def is_possible(code: str, value: Decimal, unit: str) -> bool:
    """Return whether a value is within the limits of the possible (crf_spec 2.10, H).

    Raises KeyError for an unknown test or unit.

    >>> is_possible("CREAT", Decimal("1.10"), "umol/L")
    False
    """
    test = TESTS[code]
    return test.lowest <= to_standard(code, value, unit) <= test.highest


def is_usual(code: str, value: Decimal, unit: str) -> bool:
    """Return whether a value is within the usual limits and needs no query (crf_spec 2.10, S).

    Raises KeyError for an unknown test or unit.

    >>> is_usual("BILI", Decimal("0.8"), "umol/L")
    False
    """
    low, high = TESTS[code].usual
    return low <= to_standard(code, value, unit) <= high


def other_units(code: str, value: Decimal, unit: str) -> list[str]:
    """Return the units in which the number would be possible (crf_spec 2.10, unit traps).

    One of them was probably meant.

    >>> other_units("CREAT", Decimal("1.10"), "umol/L")
    ['mg/dL']
    """
    candidates = [candidate for candidate in TESTS[code].factors if candidate != unit]
    return [candidate for candidate in candidates if is_possible(code, value, candidate)]


def refusal(code: str, reported: Reported, unit: str) -> str | None:
    """Return why a result is impossible in the unit entered; None where it is not.

    The limits are those of crf_spec 2.10, H. A comparator changes nothing: the number is the end of
    the laboratory's measuring range.

    >>> from trial.protocol.laboratory.reported import parse
    >>> refusal("CREAT", parse("1.10"), "umol/L")
    '1.10 µmol/L is impossible for creatinine (10–2500 µmol/L); was mg/dL meant?'
    """
    test = TESTS.get(code)
    if not test:
        return Sentence("“{code}” is no test of this study.", code=code)
    if unit not in test.factors:
        return _wrong_unit(test, unit)
    if is_possible(code, reported.value, unit):
        return None
    result = f"{reported} {unit_name(unit)}"
    if unit != test.unit:
        standard = to_standard(code, reported.value, unit).normalize()
        result += f" ({standard:f} {unit_name(test.unit)})"
    limits = f"{test.lowest}–{test.highest} {unit_name(test.unit)}"
    meant = _alternatives(other_units(code, reported.value, unit))
    advice = Sentence("check number and test.")
    if meant:
        advice = Sentence("was {meant} meant?", meant=meant)
    return Sentence(
        "{result} is impossible for {test} ({limits}); {advice}",
        result=result,
        test=Sentence(test.name.lower()),
        limits=limits,
        advice=advice,
    )


def _wrong_unit(test: LabTest, unit: str) -> str:
    wrong = Sentence("; the unit is missing")
    if unit:
        wrong = Sentence(", not in {unit}", unit=unit_name(unit))
    return Sentence(
        "{test} is reported in {units}{wrong}.",
        test=Sentence(test.name),
        units=_alternatives(test.factors),
        wrong=wrong,
    )


def refusal_of_word(code: str, result: str) -> str | None:
    """Return why a result is none of a test that is answered by a word; None where it is one.

    Raises KeyError for a test that is no such one.

    >>> refusal_of_word("HCG", "no")
    '“no” is no result of choriogonadotropin. Enter POSITIVE, NEGATIVE or INDETERMINATE.'
    """
    test = QUALITATIVE[code]
    if not test.answers or result in test.answers:
        return None
    *first, last = test.answers
    name = test.name if test.name[1].isupper() else test.name[0].lower() + test.name[1:]
    return Sentence(
        "“{result}” is no result of {test}. Enter {answers} or {last}.",
        result=result,
        test=Sentence(name),
        answers=", ".join(first),
        last=last,
    )


def _alternatives(codes: Iterable[str]) -> str:
    names = [unit_name(code) for code in codes]
    return either(names) if names else ""


def standardized(code: str, reported: Reported, unit: str) -> Reported:
    """Return the result in the standard unit with its comparator (crf_spec 2.10, LBSTRESN).

    Raises KeyError for an unknown test or unit.

    >>> from trial.protocol.laboratory.reported import parse
    >>> str(standardized("BILI", parse("<0.2"), "mg/dL"))
    '<3.4208'
    """
    return reported._replace(value=to_standard(code, reported.value, unit))


def corrected_calcium(calcium: Reported, unit: str, albumin_g_l: Reported) -> Reported | None:
    """Return calcium in its unit as it would be with an albumin of 40 g/L (crf_spec 2.10).

    In mmol/L 0.02 is added for each g/L of albumin below 40; in mg/dL 0.8 for each g/dL below 4. A
    comparator counts: None where the two leave it open on which side the true value lies.

    >>> from trial.protocol.laboratory.reported import parse
    >>> str(corrected_calcium(parse("2.10"), "mmol/L", parse("30")))
    '2.30'
    >>> str(corrected_calcium(parse("8.0"), "mg/dL", parse(">30")))
    '<8.80'
    """
    comparator = _of_sum(calcium.comparator, MIRRORED[albumin_g_l.comparator])
    if comparator is None:
        return None
    lacking = NORMAL_ALBUMIN_G_L - albumin_g_l.value
    return Reported(comparator, calcium.value + CALCIUM_PER_ALBUMIN_G_L[unit] * lacking)


def _of_sum(first: Comparator, second: Comparator) -> Comparator | None:
    """Return the comparator of a sum of two reported numbers; None where they point apart."""
    if Comparator.EXACT in (first, second):
        return first if second == Comparator.EXACT else second
    if first == second:
        return first
    sides = {Comparator(comparator[0]) for comparator in (first, second)}
    return sides.pop() if len(sides) == 1 else None


def neutrophil_lymphocyte_ratio(neutrophils: Decimal, lymphocytes: Decimal) -> Decimal | None:
    """Return the ratio (NLR) of two counts in the same unit (crf_spec 2.10).

    None where there are no lymphocytes to divide by.

    >>> neutrophil_lymphocyte_ratio(Decimal(6), Decimal("1.5"))
    Decimal('4')
    """
    return neutrophils / lymphocytes if lymphocytes > 0 else None
