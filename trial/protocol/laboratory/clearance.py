"""Creatinine clearance by Cockcroft and Gault, in its three variants (Nephron 1976;16:31-41; crf_spec 2.10).

In mL/min, not indexed to body surface. It is compared unrounded: near the limit, what is displayed may look equal and is not.
"""

from decimal import Decimal

from trial.protocol.parameters import CgConstant

CLEARANCE_MIN_ML_MIN, CLEARANCE_NEAR_ML_MIN = Decimal(30), Decimal("0.5")


class NoClearance(ValueError):
    """A clearance that cannot be computed."""


def creatinine_clearance(
    age: int, weight_kg: Decimal, sex: str, creatinine_umol_l: Decimal, constant: CgConstant = CgConstant.EXACT
) -> Decimal:
    """Clearance in mL/min, unrounded (crf_spec 2.10); age in completed years, weight in kg.

    Raises NoClearance for a creatinine that is not above 0, and for a sex other than M and F.

    >>> round(creatinine_clearance(64, Decimal(70), "M", Decimal("97.24")), 2)
    Decimal('67.17')
    """
    if sex not in ("M", "F") or creatinine_umol_l <= 0:
        raise NoClearance("Clearance needs the sex, M or F, and a creatinine above 0.")
    factor = {"M": Decimal(1), "F": Decimal("0.85")}[sex]
    numerator = (140 - age) * weight_kg
    match constant:  # one division, the last step: what is exactly 30 stays so
        case CgConstant.SI_ROUNDED:
            return numerator * {"M": Decimal("1.23"), "F": Decimal("1.04")}[sex] / creatinine_umol_l
        case CgConstant.CN_0818:
            return numerator * factor / (Decimal("0.818") * creatinine_umol_l)
        case _:
            return numerator * factor * Decimal("88.4") / (72 * creatinine_umol_l)


def near_clearance_limit(ml_min: Decimal) -> bool:
    """Whether a clearance needs a notice that it is compared unrounded: less than 0.5 from 30 mL/min (crf_spec 2.10).

    >>> near_clearance_limit(Decimal("29.87"))
    True
    """
    return abs(ml_min - CLEARANCE_MIN_ML_MIN) < CLEARANCE_NEAR_ML_MIN


def clearance_shown(ml_min: Decimal) -> str:
    """A clearance in mL/min as it is displayed: one decimal, two where the limit is near (crf_spec 2.10).

    >>> clearance_shown(Decimal("67.1666")), clearance_shown(Decimal("30.0042"))
    ('67.2', '30.00')
    """
    return f"{ml_min:.2f}" if near_clearance_limit(ml_min) else f"{ml_min:.1f}"
