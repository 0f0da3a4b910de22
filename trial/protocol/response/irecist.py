"""Response by iRECIST at each time point; exploratory beside RECIST 1.1.

Seymour et al., Lancet Oncol 2017;18:e143-e152. Table numbers are the paper's own. A first
progression is unconfirmed (iUPD). It is confirmed by what gets still larger 4 to 8 weeks later
(iCPD); what gets better sets the bar anew. Sums are in mm.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from trial.protocol.parameters import DEFAULT, Parameters
from trial.protocol.sentence import Sentence

from . import recist
from .irecist_new_lesions import GROWN_MM, NewLesions, new_lesions_at, with_limited_targets
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
    "assess_all",
    "best",
    "confirmation_window",
    "progression",
]

ANOTHER = Sentence("another new lesion")


@dataclass(frozen=True)
class _History:
    """The readings before a time point. Sums are the smallest since the iUPD: steps add up."""

    since_on: date | None = None
    by: frozenset[Category] = frozenset()
    target: Response | None = None  # at the last time point that counts
    sum_mm: Decimal | None = None
    sizes_mm: Mapping[str, Decimal] = field(default_factory=dict)  # of new lesions, the smallest
    new: frozenset[str] = frozenset()
    confirmed: bool = False

    @property
    def categories(self) -> tuple[Category, ...]:
        return tuple(sorted(self.by))


@dataclass(frozen=True)
class _Scan:
    """A time point with a scan: its day, RECIST 1.1's assessment, and its new lesions."""

    point: TimePoint
    day: date
    assessment: recist.Assessment
    new: NewLesions
    for_symptom: bool

    @property
    def progressed(self) -> frozenset[Category]:
        """The categories that meet the criteria of a first progression (RECIST 1.1)."""
        met = {
            Category.TARGET: self.assessment.target == Response.PD,
            Category.NON_TARGET: self.assessment.non_target == Response.PD,
            Category.NEW: self.new.progressed,
        }
        return frozenset(category for category, is_met in met.items() if is_met)

    @property
    def response(self) -> IResponse:
        """The response of the baseline's lesions; complete only once no new lesion is left."""
        target, non_target = self.assessment.target, self.assessment.non_target
        overall = recist.overall_response(target, non_target, new_lesion=False)
        if self.new.any_left and overall == Response.CR:
            return IPR if target == Response.CR else NON_ICR_NON_IUPD
        return NAMED.get(overall, NE)

    def reading(self, response: IResponse, history: _History, reason: str) -> Reading:
        """Return a reading that carries the iUPD not yet overcome."""
        label, since_on = self.point.label, history.since_on
        return Reading(label, self.day, response, since_on, history.categories, reason)


def assess_all(
    baseline: Baseline,
    points: Iterable[TimePoint],
    *,
    new_symptom: frozenset[str] = frozenset(),
    parameters: Parameters = DEFAULT,
) -> tuple[Reading, ...]:
    """Return the response at each time point (Table 2), in the order of their scans.

    A time point without a scan is not evaluable, and stands last. `new_symptom` are the labels of
    scans made for a new symptom: such a scan confirms before its time, by another new lesion.

    >>> target = recist.TargetMeasurement("L01", False, recist.TargetState.MEASURED, Decimal(50))
    >>> grown = TimePoint("TA1", date(2025, 9, 1), None, (replace(target, mm=Decimal(60)),))
    >>> [reading.response for reading in assess_all(Baseline((target,)), [grown])]
    [<IResponse.IUPD: 'iUPD'>]
    """
    all_points = list(points)
    dated = [(point.scanned_on, point) for point in all_points if point.scanned_on]
    dated.sort(key=lambda pair: pair[0])
    days = [day for day, _ in dated]
    series = with_limited_targets([point for _, point in dated])
    assessments = recist.assess_all(baseline, series, parameters=parameters)
    history = _History()
    readings = []
    for day, point, assessment in zip(days, series, assessments, strict=True):
        new = new_lesions_at(point, codes_before=history.new, sizes_before_mm=history.sizes_mm)
        scan = _Scan(point, day, assessment, new, for_symptom=point.label in new_symptom)
        reading, history = _step(history, scan)
        readings.append(reading)
    for point in all_points:
        if not point.scanned_on:
            readings.append(Reading(point.label, None, NE, reason="There is no scan."))
    return tuple(readings)


def _step(history: _History, scan: _Scan) -> tuple[Reading, _History]:
    """Return the reading of a scan, and what stands before the next."""
    if history.confirmed:
        return scan.reading(ICPD, history, "Progression is confirmed."), history
    if history.since_on is None:
        return _first(history, scan)
    is_early = scan.day - history.since_on < timedelta(CONFIRM_DAYS - TOLERANCE_DAYS)
    if is_early and not (scan.for_symptom and scan.new.more):
        reason = Sentence(
            "Less than {days} days after {day}: neither confirms nor clears the progression.",
            days=CONFIRM_DAYS,
            day=history.since_on,
        )
        return scan.reading(IUPD, history, reason), history
    worsening = ANOTHER if is_early else _worsening(history, scan)
    if worsening:
        confirmed = replace(history, by=history.by | scan.progressed, confirmed=True)
        reason = Sentence("Confirmed: {worsening}.", worsening=worsening)
        return scan.reading(ICPD, confirmed, reason), confirmed
    return _not_confirmed(history, scan)


def _first(history: _History, scan: _Scan) -> tuple[Reading, _History]:
    """Return the reading without an iUPD to overcome: RECIST 1.1 (Table 2, first column)."""
    new, assessment = scan.new, scan.assessment
    if scan.progressed:
        history = _History(
            since_on=scan.day,
            by=scan.progressed,
            target=assessment.target,
            sum_mm=assessment.growth_sum_mm,
            sizes_mm=new.sizes_mm,
            new=new.codes,
        )
        return scan.reading(IUPD, history, "Progression, not confirmed."), history
    reading = Reading(scan.point.label, scan.day, scan.response)
    return reading, replace(history, sizes_mm=new.sizes_mm, new=new.codes)


def _worsening(history: _History, scan: _Scan) -> str:
    """Return what confirms an iUPD (Table 2, second column); empty where nothing does."""
    sum_mm, before_mm = scan.assessment.growth_sum_mm, history.sum_mm
    grown_mm = sum_mm - before_mm if sum_mm is not None and before_mm is not None else ZERO
    non_targets_grew = any(
        finding.growth != Growth.NONE and finding.state != NonTargetState.ABSENT
        for finding in scan.point.non_targets
    )
    added = scan.progressed - history.by
    by = history.by
    reasons = {
        Sentence("the sum grew by a further {mm:f} mm", mm=grown_mm): (
            Category.TARGET in by and grown_mm >= GROWN_MM
        ),
        Sentence("non-target disease grew further"): Category.NON_TARGET in by and non_targets_grew,
        ANOTHER: scan.new.more,
        Sentence("new lesions grew"): Category.NEW in by and scan.new.larger,
        Sentence("target disease progressed as well"): Category.TARGET in added,
        Sentence("non-target disease progressed as well"): Category.NON_TARGET in added,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _not_confirmed(history: _History, scan: _Scan) -> tuple[Reading, _History]:
    """Return the reading of a scan that confirms nothing.

    Better, the bar is set anew; the same, it stays; not evaluable, it waits.
    """
    new, assessment = scan.new, scan.assessment
    still_pd = Response.PD in (assessment.target, assessment.non_target)
    is_better = _is_better(assessment.target, history.target)
    is_unchanged = new.any_left and Category.NEW in history.by and not is_better
    sets_anew = scan.response in SETS_ANEW and not still_pd and not is_unchanged
    if sets_anew or (scan.response == NED and not new.any_left):
        reason = Sentence(
            "The progression of {day} is not confirmed: the bar is set anew.", day=history.since_on
        )
        reading = Reading(scan.point.label, scan.day, scan.response, reason=reason)
        return reading, _History(sizes_mm=new.sizes_mm, new=new.codes)
    sums = [history.sum_mm, assessment.growth_sum_mm if assessment.sum_is_complete else None]
    smallest_mm = min((mm for mm in sums if mm is not None), default=None)
    history = replace(history, sum_mm=smallest_mm, sizes_mm=new.sizes_mm, new=new.codes)
    if scan.response == NE and not still_pd:
        return scan.reading(NE, history, "Not evaluable: the progression waits."), history
    return scan.reading(IUPD, history, "Neither worse nor better."), history


def _is_better(now: Response, before: Response | None) -> bool:
    order = (Response.CR, Response.PR, Response.SD, Response.PD)
    if before not in order or now not in order:
        return False
    return order.index(now) < order.index(before)
