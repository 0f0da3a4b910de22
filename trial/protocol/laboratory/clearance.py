"""Creatinine clearance by Cockcroft and Gault, Nephron 1976;16:31-41 (crf_spec 2.10).

There are three variants of the formula (CG_CONSTANT). The clearance is in mL/min, not indexed to
body surface. It is compared unrounded: near the limit, the number displayed may look equal to it
without being so.
"""

from decimal import Decimal

from trial.protocol.parameters import DEFAULT, CgConstant, Parameters
from trial.protocol.rounding import beside

CLEARANCE_MIN_ML_MIN, CLEARANCE_NEAR_ML_MIN = Decimal(30), Decimal("0.5")
SEXES = ("M", "F")
SEX_FACTOR = {"M": Decimal(1), "F": Decimal("0.85")}
SI_FACTOR = {"M": Decimal("1.23"), "F": Decimal("1.04")}


class NoClearance(ValueError):
    """A clearance that cannot be computed."""


def creatinine_clearance(
    age: int,
    weight_kg: Decimal,
    sex: str,
    creatinine_umol_l: Decimal,
    *,
    parameters: Parameters = DEFAULT,
) -> Decimal:
    """Return the clearance in mL/min, unrounded, by the variant of CG_CONSTANT (crf_spec 2.10).

    Age is in completed years, weight in kg, creatinine in µmol/L. Raises NoClearance for a
    creatinine that is not above 0, and for a sex other than M and F.

    >>> round(creatinine_clearance(64, Decimal(70), "M", Decimal("97.24")), 2)
    Decimal('67.17')
    """
    if sex not in SEXES or creatinine_umol_l <= 0:
        raise NoClearance("Clearance needs the sex, M or F, and a creatinine above 0.")
    numerator = (140 - age) * weight_kg
    # One division, as the last step: a clearance of exactly 30 stays exact.
    match parameters.cg_constant:
        case CgConstant.SI_ROUNDED:
            return numerator * SI_FACTOR[sex] / creatinine_umol_l
        case CgConstant.CN_0818:
            return numerator * SEX_FACTOR[sex] / (Decimal("0.818") * creatinine_umol_l)
        case _:
            return numerator * SEX_FACTOR[sex] * Decimal("88.4") / (72 * creatinine_umol_l)


def near_clearance_limit(ml_min: Decimal) -> bool:
    """Return whether a clearance is less than 0.5 mL/min from the limit of 30 (crf_spec 2.10).

    The reader then needs a notice that it is compared unrounded.

    >>> near_clearance_limit(Decimal("29.87"))
    True
    """
    return abs(ml_min - CLEARANCE_MIN_ML_MIN) < CLEARANCE_NEAR_ML_MIN


def clearance_shown(ml_min: Decimal) -> str:
    """Return a clearance in mL/min as displayed: one decimal, two near the limit (crf_spec 2.10).

    >>> clearance_shown(Decimal("67.1666")), clearance_shown(Decimal("30.0042"))
    ('67.2', '30.00')
    """
    return f"{ml_min:.2f}" if near_clearance_limit(ml_min) else f"{ml_min:.1f}"


def clearance_judged(ml_min: Decimal) -> str:
    """Return a clearance beside its limit: as displayed, unless that would contradict the verdict.

    >>> clearance_judged(Decimal("30.0042")), clearance_judged(Decimal("29.998"))
    ('30.00', '29.998')
    """
    shown = clearance_shown(ml_min)
    agrees = (Decimal(shown) >= CLEARANCE_MIN_ML_MIN) == (ml_min >= CLEARANCE_MIN_ML_MIN)
    return shown if agrees else beside(ml_min, CLEARANCE_MIN_ML_MIN, places=3)
