"""iRECIST — Seymour et al., Lancet Oncol 2017;18:e143-e152. Table numbers are the paper's own; exploratory beside RECIST 1.1.

A first progression is unconfirmed (iUPD). It is confirmed by what gets still larger 4 to 8 weeks later (iCPD); what gets
better sets the bar anew. New lesions are followed by themselves, and never added to the sum. Sums are in mm.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from . import recist
from .best_response import MIN_SD_DAYS
from .lesions import ZERO, Baseline, Growth, NewLesion, NewLesionCertainty, NonTargetState, TimePoint
from .measurability import new_lesion_targets
from .recist import Response

CONFIRM_DAYS, CONFIRM_WITHIN_DAYS, TOLERANCE_DAYS = 28, 56, 2
GROWN_MM = Decimal(5)


class IResponse(StrEnum):
    ICR, IPR, ISD, IUPD, ICPD, NE = "iCR", "iPR", "iSD", "iUPD", "iCPD", "NE"
    NON_ICR_NON_IUPD = "NON-iCR/NON-iUPD"
    NED = "NED"  # no disease at baseline, and none since


ICR, IPR, ISD, IUPD, ICPD = IResponse.ICR, IResponse.IPR, IResponse.ISD, IResponse.IUPD, IResponse.ICPD
NON_ICR_NON_IUPD, NE, NED = IResponse.NON_ICR_NON_IUPD, IResponse.NE, IResponse.NED
BEST_FIRST = (ICR, IPR, ISD, NON_ICR_NON_IUPD, NED, ICPD, IUPD, NE)
SETS_ANEW = {ICR, IPR, ISD, NON_ICR_NON_IUPD}
NAMED = {
    Response.CR: ICR,
    Response.PR: IPR,
    Response.SD: ISD,
    Response.PD: IUPD,
    Response.NON_CR_NON_PD: NON_ICR_NON_IUPD,
    Response.NED: NED,
}

# What the next time point may be called. NE leaves open whether a progression waits to be confirmed.
_ANY = set(IResponse) - {NED}
NEXT = {
    ICR: _ANY - {ICPD},
    IPR: _ANY - {ICPD},
    ISD: _ANY - {ICPD},
    NON_ICR_NON_IUPD: _ANY - {ICPD},
    IUPD: set(IResponse),
    NE: set(IResponse),
    NED: {NED, IUPD, NE},
    ICPD: {ICPD},
}


class Category(StrEnum):
    TARGET, NON_TARGET, NEW = "TARGET", "NON_TARGET", "NEW"


@dataclass(frozen=True)
class Reading:
    """The response at one time point. `since_on` is the first iUPD not yet overcome; `by` are the categories that progressed."""

    record: str
    on: date | None
    response: IResponse
    since_on: date | None = None
    by: tuple[Category, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Progression:
    """`confirmed` is False where nothing has followed the iUPD yet."""

    on: date
    confirmed: bool
    records: tuple[str, ...]


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
    series = _limited([point for _, point in dated])
    known, readings = _Known(), []
    assessed = recist.assess_all(baseline, series, recist_nontarget_ne=recist_nontarget_ne)
    for day, point, found in zip((day for day, _ in dated), series, assessed, strict=True):
        reading, known = _step(known, found, point, day, symptom=point.label in new_symptom)
        readings.append(reading)
    undated = [Reading(point.label, None, NE, reason="There is no scan.") for point in given if not point.scanned_on]
    return (*readings, *undated)


def _limited(points: list[TimePoint]) -> list[TimePoint]:
    """More new lesions than may be followed by size are followed as the others are, by what was told of their growth."""
    chosen = new_lesion_targets(points)
    too_many = {lesion.code for point in points for lesion in point.new_lesions if lesion.measured} - chosen
    if not too_many:
        return points
    return [
        replace(point, new_lesions=tuple(replace(one, measured=one.measured and one.code not in too_many) for one in point.new_lesions))
        for point in points
    ]


def _step(known: _Known, found: recist.Assessment, point: TimePoint, day: date, *, symptom: bool) -> tuple[Reading, _Known]:
    if known.confirmed:
        return Reading(point.label, day, ICPD, known.since_on, tuple(sorted(known.by)), "Progression is confirmed."), known
    new = _new(known, point)
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


@dataclass(frozen=True)
class _New:
    """The new lesions of a time point: more than before, larger than before, still there, all named ones gone."""

    more: bool
    larger: bool
    progressed: bool  # by the rules for a first progression, once the bar is set anew
    left: bool
    codes: frozenset[str]
    sizes_mm: Mapping[str, Decimal]


def _new(known: _Known, point: TimePoint) -> _New:
    certain = [lesion for lesion in point.new_lesions if lesion.certainty == NewLesionCertainty.UNEQUIVOCAL]
    there = [lesion for lesion in certain if not lesion.gone]
    gone = {lesion.code for lesion in certain if lesion.gone}
    more = any(lesion.code not in known.new or not lesion.code for lesion in there)
    before_mm, now_mm = _sums(known.sizes_mm, there)
    growth_mm = now_mm - before_mm
    larger = growth_mm >= GROWN_MM or any(lesion.growth != Growth.NONE for lesion in there if not lesion.measured)
    unequivocal = any(lesion.growth == Growth.UNEQUIVOCAL for lesion in there if not lesion.measured)
    progressed = more or unequivocal or (growth_mm >= GROWN_MM and 100 * growth_mm >= 20 * before_mm)
    codes = (known.new | {lesion.code for lesion in there}) - gone
    sizes = dict(known.sizes_mm)
    for code, mm in _measured(there):
        sizes[code] = min(mm, sizes.get(code, mm))
    return _New(more, larger, progressed, bool(codes), codes, sizes)


def _measured(lesions: Iterable[NewLesion]) -> Iterator[tuple[str, Decimal]]:
    for lesion in lesions:
        if lesion.measured and lesion.code and lesion.mm is not None and lesion.mm.is_finite():
            yield lesion.code, lesion.mm


def _sums(before: Mapping[str, Decimal], there: Sequence[NewLesion]) -> tuple[Decimal, Decimal]:
    """Sums over the new lesions measured then and now, in mm."""
    now = {code: mm for code, mm in _measured(there) if code in before}
    return sum((before[code] for code in now), ZERO), sum(now.values(), ZERO)


def _progressed(found: recist.Assessment, new: _New) -> frozenset[Category]:
    """The categories that meet the criteria of a first progression (RECIST 1.1)."""
    met = {
        Category.TARGET: found.target == Response.PD,
        Category.NON_TARGET: found.non_target == Response.PD,
        Category.NEW: new.progressed,
    }
    return frozenset(category for category, is_met in met.items() if is_met)


def _first(known: _Known, found: recist.Assessment, point: TimePoint, day: date, new: _New) -> tuple[Reading, _Known]:
    """Without an iUPD to overcome: RECIST 1.1, from nadir and baseline (Table 2, first column)."""
    by = _progressed(found, new)
    if by:
        known = _Known(day, by, found.target, found.sum_mm, new.sizes_mm, new.codes)
        return Reading(point.label, day, IUPD, day, tuple(sorted(by)), "Progression, not confirmed."), known
    response = _without_new(found, new)
    return Reading(point.label, day, response), replace(known, sizes_mm=new.sizes_mm, new=new.codes)


def _worse(known: _Known, found: recist.Assessment, point: TimePoint, new: _New) -> str:
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


def _not_confirmed(known: _Known, found: recist.Assessment, point: TimePoint, day: date, new: _New) -> tuple[Reading, _Known]:
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


def _without_new(found: recist.Assessment, new: _New) -> IResponse:
    """The response of what was there at baseline. Complete it is only once no new lesion is left."""
    overall = recist.overall_response(found.target, found.non_target, new_lesion=False)
    if new.left and overall == Response.CR:
        return IPR if found.target == Response.CR else NON_ICR_NON_IUPD
    return NAMED.get(overall, NE)


def confirmation_window(since_on: date) -> tuple[date, date]:
    """First and last day on which a progression is to be confirmed (recist11, section 9); a later scan counts, too.

    >>> [str(day) for day in confirmation_window(date(2025, 9, 1))]
    ['2025-09-29', '2025-10-27']
    """
    return since_on + timedelta(CONFIRM_DAYS), since_on + timedelta(CONFIRM_WITHIN_DAYS)


def progression(readings: Iterable[Reading]) -> Progression | None:
    """The progression of iPFS (recist11, section 9): the first iUPD of those that were confirmed, or that nothing has followed yet.

    >>> progression([Reading("TA1", date(2025, 9, 1), IUPD, date(2025, 9, 1)), Reading("CONF", date(2025, 10, 7), IPR)]) is None
    True
    """
    standing: list[Reading] = []
    for reading in readings:
        if reading.response in (IUPD, ICPD):
            standing.append(reading)
        elif reading.response != NE:
            standing = []
        if reading.response == ICPD:
            break
    if not standing or standing[0].since_on is None:
        return None
    return Progression(standing[0].since_on, standing[-1].response == ICPD, tuple(reading.record for reading in standing))


def best(readings: Iterable[Reading], *, start_on: date | None = None, min_sd_days: int = MIN_SD_DAYS) -> IResponse:
    """Best overall response, iBOR (Table 3), none confirmed; what follows an iCPD does not count.

    >>> best([Reading("TA1", date(2025, 9, 1), IUPD), Reading("TA2", date(2025, 10, 7), IPR)])
    <IResponse.IPR: 'iPR'>
    """
    seen = [NE]
    for reading in readings:
        stable = reading.response in (ISD, NON_ICR_NON_IUPD)
        short = stable and start_on and (reading.on is None or reading.on - start_on < timedelta(min_sd_days))
        seen.append(NE if short else reading.response)
        if reading.response == ICPD:
            break
    return min(seen, key=BEST_FIRST.index)
