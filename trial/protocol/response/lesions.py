"""Lesions at a time point, as RECIST 1.1 reads them (Eisenhauer et al., Eur J Cancer 2009;45:228-247, section 4.2 and 4.3).

Sizes are in mm: the longest diameter, of a lymph node the short axis. What is not known is None, and never counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from .scan_order import place_in_order

ZERO, TOO_SMALL_MM = Decimal(0), Decimal(5)
NORMAL_NODE_BELOW_MM = 10


class TargetState(StrEnum):
    MEASURED, TOO_SMALL, ABSENT, NOT_EVALUABLE = "MEASURED", "TOO_SMALL", "ABSENT", "NOT_EVALUABLE"


class NonTargetState(StrEnum):
    """A lymph node that is no longer pathological (short axis below 10 mm) is ABSENT."""

    PRESENT, ABSENT, UNEQUIVOCAL, NE = "PRESENT", "ABSENT", "UNEQUIVOCAL", "NE"


class NewLesionCertainty(StrEnum):
    EQUIVOCAL, UNEQUIVOCAL = "EQUIVOCAL", "UNEQUIVOCAL"


class Growth(StrEnum):
    """Of a lesion that is not measured, since the time point before; iRECIST asks for it."""

    NONE, SOME, UNEQUIVOCAL = "NONE", "SOME", "UNEQUIVOCAL"


@dataclass(frozen=True)
class TargetMeasurement:
    """A target lesion at one time point. Pieces of a lesion that split carry its code, and are added up.

    Lesions that merged are measured once: under one code, with the others `merged_into` it and without a size of their own.
    """

    code: str
    nodal: bool
    state: TargetState
    mm: Decimal | None = None
    merged_into: str = ""

    def counted_mm(self, *, too_small_mm: Decimal = TOO_SMALL_MM) -> Decimal | None:
        """What enters the sum, in mm (section 4.2); None where the lesion was not assessed.

        >>> TargetMeasurement("L01", False, TargetState.TOO_SMALL).counted_mm()
        Decimal('5')
        """
        if self.mm is not None and not (self.mm.is_finite() and self.mm >= 0):
            return None
        unmeasured = {TargetState.ABSENT: ZERO, TargetState.TOO_SMALL: too_small_mm}
        sizes = {TargetState.ABSENT: None if self.mm else ZERO, TargetState.NOT_EVALUABLE: None}
        return unmeasured.get(self.state) if self.mm is None else sizes.get(self.state, self.mm)


@dataclass(frozen=True)
class NonTargetFinding:
    code: str
    state: NonTargetState
    growth: Growth = Growth.NONE


@dataclass(frozen=True)
class NewLesion:
    """Without a code it is one not seen before. `measured` are those iRECIST is to follow by size: five at most, two of an organ."""

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
    def place(self) -> tuple[date, date, str, int]:
        """What time points are sorted by (scan_order.py)."""
        return place_in_order(self.label, self.first_scan_on, self.last_scan_on)


@dataclass(frozen=True)
class Baseline:
    targets: tuple[TargetMeasurement, ...] = ()
    non_targets: tuple[str, ...] = ()

    @cached_property
    def sum_mm(self) -> Decimal | None:
        """The reference of PR; None without targets, or where one was not measured."""
        sizes = [mm for mm in (target.counted_mm() for target in self.targets) if mm is not None]
        return sum(sizes, ZERO) if sizes and len(sizes) == len(self.targets) else None


class Measured(NamedTuple):
    """The baseline's target lesions, measured again."""

    sum_mm: Decimal | None
    complete: bool
    resolved: bool  # all that were assessed


def measure(baseline: Baseline, point: TimePoint, *, too_small_mm: Decimal = TOO_SMALL_MM) -> Measured:
    """The sum of the baseline's targets at a time point, in mm (section 4.3), over those that were assessed.

    >>> measure(Baseline((TargetMeasurement("L01", False, TargetState.MEASURED, Decimal(20)),)), TimePoint("TA1", None, None))
    Measured(sum_mm=None, complete=False, resolved=True)
    """
    found = {target.code: [piece for piece in point.targets if piece.code == target.code] for target in baseline.targets}
    sizes = {code: _size(pieces, too_small_mm) for code, pieces in found.items()}
    known = {code: mm for code, mm in sizes.items() if mm is not None}
    merged = {code: _host(code, found) for code, pieces in found.items() if pieces and pieces[0].merged_into}
    seen = {code: known[merged.get(code, code)] for code in found if merged.get(code, code) in known}
    nodes = {target.code for target in baseline.targets if target.nodal}
    resolved = all(mm < NORMAL_NODE_BELOW_MM if code in nodes else mm == 0 for code, mm in seen.items())
    return Measured(sum(known.values(), ZERO) if known else None, len(seen) == len(baseline.targets), resolved)


def _size(pieces: Sequence[TargetMeasurement], too_small_mm: Decimal) -> Decimal | None:
    counted = [piece.counted_mm(too_small_mm=too_small_mm) for piece in pieces if not piece.merged_into]
    sizes = [mm for mm in counted if mm is not None]
    return sum(sizes, ZERO) if sizes and len(sizes) == len(pieces) else None


def _host(code: str, found: dict[str, list[TargetMeasurement]]) -> str:
    """The lesion a merged one is measured with; empty where what is recorded contradicts itself."""
    passed = set[str]()
    while pieces := found.get(code):
        if not any(piece.merged_into for piece in pieces):
            return code
        contradictory = len(pieces) > 1 or pieces[0].mm is not None or pieces[0].state != TargetState.MEASURED
        if contradictory or code in passed:
            break
        passed.add(code)
        code = pieces[0].merged_into
    return ""
