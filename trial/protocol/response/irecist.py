"""iRECIST — Seymour et al., Lancet Oncol 2017;18:e143-e152. Table numbers are the paper's own; exploratory beside RECIST 1.1.

A first progression is unconfirmed (iUPD). It is confirmed by what gets still larger 4 to 8 weeks later (iCPD); what gets
better sets the bar anew. New lesions are followed by themselves, and never added to the sum. Sums are in mm.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from . import recist
from .irecist_new_lesions import GROWN_MM, NewLesions, limited, new_lesions_at
from .irecist_responses import (
    BEST_FIRST,
    CONFIRM_DAYS,
    ICPD,
    ICR,
    IPR,
    ISD,
    IUPD,
    NAMED,
    NE,
    NED,
    NEXT,
    NON_ICR_NON_IUPD,
    SETS_ANEW,
    TOLERANCE_DAYS,
    Category,
    IResponse,
    Progression,
    Reading,
    best,
    confirmation_window,
    progression,
)
from .lesions import ZERO, Baseline, Growth, NonTargetState, TimePoint
from .recist import Response

__all__ = [
    "BEST_FIRST",
    "ICPD",
    "ICR",
    "IPR",
    "ISD",
    "IUPD",
    "NAMED",
    "NE",
    "NED",
    "NEXT",
    "NON_ICR_NON_IUPD",
    "SETS_ANEW",
    "Category",
    "IResponse",
    "Progression",
    "Reading",
    "best",
    "confirmation_window",
    "progression",
    "read",
]


@dataclass(frozen=True)
class _Known:
    """What stands before a time point. Sums are the smallest since the iUPD, so that growth in steps adds up."""

    since_on: date | None = None
    by: frozenset[Category] = frozenset()
    target: Response | None = None  # at the last time point that counts
    sum_mm: Decimal | None = None
    sizes_mm: Mapping[str, Decimal] = field(default_factory=dict)  # of new lesions, the smallest
    new: frozenset[str] = frozenset()
    confirmed: bool = False


def read(
    baseline: Baseline,
    points: Iterable[TimePoint],
    *,
    new_symptom: frozenset[str] = frozenset(),
    recist_nontarget_ne: str = "STRICT",
) -> tuple[Reading, ...]:
    """All time points by iRECIST (Table 2), in the order of their scans; one without a scan is not evaluable.

    `new_symptom` are the labels of scans made for a new symptom: such a one confirms before its time, by another new lesion.

    >>> one = recist.TargetMeasurement("L01", False, recist.TargetState.MEASURED, Decimal(50))
    >>> scans = [TimePoint("TA1", date(2025, 9, 1), None, (replace(one, mm=Decimal(60)),))]
    >>> [reading.response for reading in read(Baseline((one,)), scans)]
    [<IResponse.IUPD: 'iUPD'>]
    """
    given = list(points)
    dated = sorted(((point.scanned_on, point) for point in given if point.scanned_on), key=lambda pair: pair[0])
    series = limited([point for _, point in dated])
    known, readings = _Known(), []
    assessed = recist.assess_all(baseline, series, recist_nontarget_ne=recist_nontarget_ne)
    for day, point, found in zip((day for day, _ in dated), series, assessed, strict=True):
        reading, known = _step(known, found, point, day, symptom=point.label in new_symptom)
        readings.append(reading)
    undated = [Reading(point.label, None, NE, reason="There is no scan.") for point in given if not point.scanned_on]
    return (*readings, *undated)


def _step(known: _Known, found: recist.Assessment, point: TimePoint, day: date, *, symptom: bool) -> tuple[Reading, _Known]:
    if known.confirmed:
        return Reading(point.label, day, ICPD, known.since_on, tuple(sorted(known.by)), "Progression is confirmed."), known
    new = new_lesions_at(point, codes_before=known.new, sizes_before_mm=known.sizes_mm)
    if known.since_on is None:
        return _first(known, found, point, day, new)
    early = day - known.since_on < timedelta(CONFIRM_DAYS - TOLERANCE_DAYS)
    if early and not (symptom and new.more):
        reason = f"Less than {CONFIRM_DAYS} days after {known.since_on}: neither confirms nor clears the progression."
        return Reading(point.label, day, IUPD, known.since_on, tuple(sorted(known.by)), reason), known
    why = "another new lesion" if early else _worse(known, found, point, new)
    if why:
        by = known.by | _progressed(found, new)
        confirmed = replace(known, by=by, confirmed=True)
        return Reading(point.label, day, ICPD, known.since_on, tuple(sorted(by)), f"Confirmed: {why}."), confirmed
    return _not_confirmed(known, found, point, day, new)


def _progressed(found: recist.Assessment, new: NewLesions) -> frozenset[Category]:
    """The categories that meet the criteria of a first progression (RECIST 1.1)."""
    met = {
        Category.TARGET: found.target == Response.PD,
        Category.NON_TARGET: found.non_target == Response.PD,
        Category.NEW: new.progressed,
    }
    return frozenset(category for category, is_met in met.items() if is_met)


def _first(known: _Known, found: recist.Assessment, point: TimePoint, day: date, new: NewLesions) -> tuple[Reading, _Known]:
    """Without an iUPD to overcome: RECIST 1.1, from nadir and baseline (Table 2, first column)."""
    by = _progressed(found, new)
    if by:
        known = _Known(day, by, found.target, found.sum_mm, new.sizes_mm, new.codes)
        return Reading(point.label, day, IUPD, day, tuple(sorted(by)), "Progression, not confirmed."), known
    response = _without_new(found, new)
    return Reading(point.label, day, response), replace(known, sizes_mm=new.sizes_mm, new=new.codes)


def _worse(known: _Known, found: recist.Assessment, point: TimePoint, new: NewLesions) -> str:
    """What confirms an iUPD (Table 2, second column); empty where nothing does."""
    grown_mm = found.sum_mm - known.sum_mm if found.sum_mm is not None and known.sum_mm is not None else ZERO
    further = any(finding.growth != Growth.NONE and finding.state != NonTargetState.ABSENT for finding in point.non_targets)
    added = _progressed(found, new) - known.by - {Category.NEW}
    reasons = {
        f"the sum grew by a further {grown_mm:f} mm": Category.TARGET in known.by and grown_mm >= GROWN_MM,
        "non-target disease grew further": Category.NON_TARGET in known.by and further,
        "another new lesion": new.more,
        "new lesions grew": Category.NEW in known.by and new.larger,
        "target disease progressed as well": Category.TARGET in added,
        "non-target disease progressed as well": Category.NON_TARGET in added,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _not_confirmed(known: _Known, found: recist.Assessment, point: TimePoint, day: date, new: NewLesions) -> tuple[Reading, _Known]:
    """Better, the bar is set anew; the same, it stays; not evaluable, it waits."""
    response = _without_new(found, new)
    by = tuple(sorted(known.by))
    still = {found.target, found.non_target} & {Response.PD}
    unchanged = new.left and Category.NEW in known.by and not _better(found.target, known.target)
    if (response in SETS_ANEW and not still and not unchanged) or (response == NED and not new.left):
        reason = f"The progression of {known.since_on} is not confirmed: the bar is set anew."
        return Reading(point.label, day, response, reason=reason), _Known(sizes_mm=new.sizes_mm, new=new.codes)
    complete = found.sum_mm is not None and found.sum_is_complete
    smallest = min((mm for mm in (known.sum_mm, found.sum_mm) if mm is not None), default=None) if complete else known.sum_mm
    known = replace(known, sum_mm=smallest, sizes_mm=new.sizes_mm, new=new.codes)
    if response == NE and not still:
        return Reading(point.label, day, NE, known.since_on, by, "Not evaluable: the progression waits."), known
    return Reading(point.label, day, IUPD, known.since_on, by, "Neither worse nor better."), known


def _better(now: Response, then: Response | None) -> bool:
    order = (Response.CR, Response.PR, Response.SD, Response.PD)
    return then is not None and then in order and now in order and order.index(now) < order.index(then)


def _without_new(found: recist.Assessment, new: NewLesions) -> IResponse:
    """The response of what was there at baseline. Complete it is only once no new lesion is left."""
    overall = recist.overall_response(found.target, found.non_target, new_lesion=False)
    if new.left and overall == Response.CR:
        return IPR if found.target == Response.CR else NON_ICR_NON_IUPD
    return NAMED.get(overall, NE)
