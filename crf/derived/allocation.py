"""The subject's allocation, where there is one (crf_spec 2.13)."""

from crf.casebook import Casebook
from crf.models import Randomization


def allocation_of(casebook: Casebook) -> Randomization | None:
    """Return the subject's allocation."""
    return next(iter(casebook.records(Randomization)), None)


def is_irradiated(casebook: Casebook) -> bool:
    """Return whether the subject was allocated to radiotherapy."""
    allocation = allocation_of(casebook)
    return allocation is not None and allocation.arm == Randomization.Arm.SYSRT
