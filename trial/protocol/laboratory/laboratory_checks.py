"""Checks for laboratory values that contradict one another (crf_spec 2.10, checks).

All values are in the test's standard unit.
"""

from decimal import Decimal
from enum import StrEnum

from trial.protocol.doubts import Doubt, Level
from trial.protocol.laboratory.analytes import TESTS
from trial.protocol.laboratory.quantities import unit_name
from trial.protocol.sentence import Sentence

FACTORS = tuple(map(Decimal, ("10", "17.1", "60", "88.4", "1000")))
FACTOR_TOLERANCE_PERCENT = 5
PARTS_TOLERANCE = Decimal("0.1")  # 10^9/L
DIRECT_PERCENT_MAX = 105


class LabCode(StrEnum):
    """The codes of these doubts."""

    UNIT_JUMP = "UNIT_JUMP"
    PARTS_EXCEED_LEUKOCYTES = "PARTS_EXCEED_LEUKOCYTES"
    DIRECT_EXCEEDS_TOTAL = "DIRECT_EXCEEDS_TOTAL"


def conversion_factor(previous: Decimal, current: Decimal) -> Decimal | None:
    """Return the conversion factor between units by which two values of a subject differ.

    The values differ by it in either direction and within 5 % (crf_spec 2.10). None where there is
    no such factor, or a value is not above 0.

    >>> conversion_factor(Decimal("97.24"), Decimal("1.10"))
    Decimal('88.4')
    """
    low, high = sorted((previous, current))
    if low <= 0:
        return None
    least_percent, most_percent = 100 - FACTOR_TOLERANCE_PERCENT, 100 + FACTOR_TOLERANCE_PERCENT
    for factor in FACTORS:
        if least_percent * factor * low <= 100 * high <= most_percent * factor * low:
            return factor
    return None


def unit_jump(code: str, *, previous: Decimal | None, current: Decimal | None) -> Doubt | None:
    """Doubt a value that differs from the one before by a conversion factor (crf_spec 2.10).

    Its unit may be wrong. None where no factor fits; raises KeyError for an unknown test.

    >>> unit_jump("HGB", previous=Decimal(112), current=Decimal("11.2")).sentence
    'Hemoglobin went from 112 to 11.2 g/L, a factor of about 10: possible unit error.'
    """
    test = TESTS[code]
    if previous is None or current is None:
        return None
    factor = conversion_factor(previous, current)
    if factor is None:
        return None
    sentence = Sentence(
        "{test} went from {previous:f} to {current:f} {unit}, a factor of "
        "about {factor}: possible unit error.",
        test=Sentence(test.name),
        previous=previous,
        current=current,
        unit=unit_name(test.unit),
        factor=factor,
    )
    return Doubt(LabCode.UNIT_JUMP, Level.SOFT, sentence)


def parts_of_leukocytes(
    *, leukocytes: Decimal | None, neutrophils: Decimal | None, lymphocytes: Decimal | None
) -> Doubt | None:
    """Doubt neutrophils and lymphocytes that together exceed the leukocytes by more than 0.1.

    All counts are in 10^9/L (crf_spec 2.10). A missing part counts as none: the other one may
    already be too much.

    >>> counts = {"neutrophils": Decimal(3), "lymphocytes": Decimal("1.2")}
    >>> parts_of_leukocytes(leukocytes=Decimal(4), **counts).code
    <LabCode.PARTS_EXCEED_LEUKOCYTES: 'PARTS_EXCEED_LEUKOCYTES'>
    """
    parts = (neutrophils or Decimal(0)) + (lymphocytes or Decimal(0))
    if leukocytes is None or leukocytes >= parts - PARTS_TOLERANCE:
        return None
    sentence = Sentence(
        "Neutrophils and lymphocytes make {parts:f} 10⁹/L, more than the "
        "leukocytes, {leukocytes:f} 10⁹/L.",
        parts=parts,
        leukocytes=leukocytes,
    )
    return Doubt(LabCode.PARTS_EXCEED_LEUKOCYTES, Level.SOFT, sentence)


def direct_bilirubin(*, direct: Decimal | None, total: Decimal | None) -> Doubt | None:
    """Doubt direct bilirubin above total, both in µmol/L (crf_spec 2.10).

    Above total it opens a query; more than 5 % above, it is impossible.

    >>> direct_bilirubin(direct=Decimal("21"), total=Decimal("20")).level
    <Level.SOFT: 'S'>
    """
    if direct is None or total is None or direct <= total:
        return None
    level = Level.HARD if 100 * direct > DIRECT_PERCENT_MAX * total else Level.SOFT
    sentence = Sentence(
        "Direct bilirubin, {direct:f} µmol/L, is above total, {total:f} µmol/L.",
        direct=direct,
        total=total,
    )
    return Doubt(LabCode.DIRECT_EXCEEDS_TOTAL, level, sentence)
