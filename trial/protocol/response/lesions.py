"""Lesions at a time point, as RECIST 1.1 describes them.

Eisenhauer et al., Eur J Cancer 2009;45:228-247, sections 4.2 and 4.3. Sizes are in mm: the longest
diameter, of a lymph node the short axis. An unknown size is None, and never counted.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from .scan_order import place_in_order

ZERO, TOO_SMALL_MM = Decimal(0), Decimal(5)
NORMAL_NODE_BELOW_MM = 10


class TargetState(StrEnum):
    """The state of a target lesion at a time point."""

    MEASURED, TOO_SMALL, ABSENT, NOT_EVALUABLE = "MEASURED", "TOO_SMALL", "ABSENT", "NOT_EVALUABLE"


class NonTargetState(StrEnum):
    """The state of a non-target lesion at a time point.

    A lymph node that is no longer pathological (short axis below 10 mm) is ABSENT.
    """

    PRESENT, ABSENT, UNEQUIVOCAL, NE = "PRESENT", "ABSENT", "UNEQUIVOCAL", "NE"


class NewLesionCertainty(StrEnum):
    """The reader's certainty that a new lesion is one."""

    EQUIVOCAL, UNEQUIVOCAL = "EQUIVOCAL", "UNEQUIVOCAL"


class Growth(StrEnum):
    """The growth of an unmeasured lesion since the time point before; iRECIST needs it."""

    NONE, SOME, UNEQUIVOCAL = "NONE", "SOME", "UNEQUIVOCAL"


@dataclass(frozen=True)
class TargetMeasurement:
    """A target lesion at one time point, or one `piece` of it after it has split.

    The pieces carry the lesion's code, each with a letter of its own. Lesions that merged are
    measured once: under one code, with the others `merged_into` it and without a size of their own.
    """

    code: str
    nodal: bool
    state: TargetState
    mm: Decimal | None = None
    merged_into: str = ""
    piece: str = ""

    @property
    def is_too_small(self) -> bool:
        """True where the lesion is too small to measure, so that a default stands for its size."""
        return self.state == TargetState.TOO_SMALL and self.mm is None

    def counted_mm(self, *, too_small_mm: Decimal = TOO_SMALL_MM) -> Decimal | None:
        """Return the size that enters the sum, in mm (section 4.2); None where not assessed.

        >>> TargetMeasurement("L01", False, TargetState.TOO_SMALL).counted_mm()
        Decimal('5')
        """
        if self.mm is None:
            defaults = {TargetState.ABSENT: ZERO, TargetState.TOO_SMALL: too_small_mm}
            return defaults.get(self.state)
        if not self.mm.is_finite() or self.mm < 0 or self.state == TargetState.NOT_EVALUABLE:
            return None
        if self.state == TargetState.ABSENT:
            return None if self.mm else ZERO
        return self.mm


@dataclass(frozen=True)
class NonTargetFinding:
    """A non-target lesion at one time point. `nodal`: it is a lymph node."""

    code: str
    state: NonTargetState
    growth: Growth = Growth.NONE
    nodal: bool = False


@dataclass(frozen=True)
class NewLesion:
    """A new lesion at one time point. Without a code it appears for the first time.

    `measured` are those that iRECIST may follow by size: five at most, two of an organ.
    """

    certainty: NewLesionCertainty
    code: str = ""
    seen_on: date | None = None  # the scan that shows it, where not the first of the time point
    mm: Decimal | None = None
    measured: bool = False
    growth: Growth = Growth.NONE
    gone: bool = False
    organ: str = ""  # all lymph nodes bear one name


@dataclass(frozen=True)
class TimePoint:
    """A tumor assessment: its scans, and all lesions as they show them."""

    label: str
    first_scan_on: date | None
    last_scan_on: date | None
    targets: tuple[TargetMeasurement, ...] = ()
    non_targets: tuple[NonTargetFinding, ...] = ()
    new_lesions: tuple[NewLesion, ...] = ()

    @property
    def scanned_on(self) -> date | None:
        return self.first_scan_on or self.last_scan_on

    @property
    def place(self) -> tuple[date, date]:
        """Return the key by which time points are sorted (scan_order.py)."""
        return place_in_order(self.first_scan_on, self.last_scan_on)


@dataclass(frozen=True)
class Baseline:
    """The lesions of a baseline: targets as measured there, non-targets by code."""

    targets: tuple[TargetMeasurement, ...] = ()
    non_targets: tuple[str, ...] = ()

    @cached_property
    def sum_mm(self) -> Decimal | None:
        """The reference of PR, in mm; None without targets, or where one was not measured."""
        sizes = [mm for mm in (target.counted_mm() for target in self.targets) if mm is not None]
        return sum(sizes, ZERO) if sizes and len(sizes) == len(self.targets) else None
