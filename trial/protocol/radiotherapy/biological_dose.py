"""Biological dose of radiotherapy (crf_spec 2.15).

Linear-quadratic model: Fowler, Br J Radiol 1989;62:679-694. Doses are in Gy and never rounded.
"""

from collections.abc import Iterable
from decimal import Decimal


class NoBiologicalDose(ValueError):
    """A dose that cannot be computed."""


def dose_per_fraction_gy(total_gy: Decimal, fractions: int) -> Decimal:
    """Return the dose of one fraction in Gy (crf_spec 2.15).

    Raises NoBiologicalDose for fewer than one fraction.

    >>> dose_per_fraction_gy(Decimal("62.5"), 25)
    Decimal('2.5')
    """
    if fractions < 1:
        raise NoBiologicalDose("A dose per fraction needs at least one fraction.")
    return total_gy / fractions


def bed_gy(phases: Iterable[tuple[int, Decimal]], *, alpha_beta_gy: Decimal) -> Decimal:
    """Return the biologically effective dose in Gy: n·d·(1 + d/αβ) (crf_spec 2.15).

    It is summed over phases of n fractions of d Gy. Raises NoBiologicalDose for an αβ that is not
    above 0.

    >>> bed_gy([(25, Decimal("2.5"))], alpha_beta_gy=Decimal(10))
    Decimal('78.125')
    """
    if alpha_beta_gy <= 0:
        raise NoBiologicalDose("A biological dose needs an α/β above 0 Gy.")
    return sum((n * d * (1 + d / alpha_beta_gy) for n, d in phases), Decimal(0))


def eqd2_gy(phases: Iterable[tuple[int, Decimal]], *, alpha_beta_gy: Decimal) -> Decimal:
    """Return the equivalent dose in fractions of 2 Gy, in Gy: BED / (1 + 2/αβ) (crf_spec 2.15).

    Raises NoBiologicalDose for an αβ that is not above 0.

    >>> eqd2_gy([(3, Decimal(15))], alpha_beta_gy=Decimal(10))
    Decimal('93.75')
    """
    return bed_gy(phases, alpha_beta_gy=alpha_beta_gy) * alpha_beta_gy / (alpha_beta_gy + 2)
