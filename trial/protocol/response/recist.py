"""Response by RECIST 1.1 at each time point, from all lesions.

Eisenhauer et al., Eur J Cancer 2009;45:228-247; clarified by Schwartz et al., Eur J Cancer
2016;62:132-137. Section and table numbers are the paper's own; its tables stand in `recist_tables`.
What the paper leaves open is a parameter (crf_spec 1, RECIST_…). Sums are in mm and never rounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from trial.protocol.parameters import DEFAULT, Parameters

from .lesions import (
    TOO_SMALL_MM,
    Baseline,
    Growth,
    NewLesion,
    NewLesionCertainty,
    NonTargetFinding,
    NonTargetState,
    TargetMeasurement,
    TargetState,
    TimePoint,
)
from .measurability import (
    Candidate,
    NotMeasurable,
    lesion_doubts,
    measurable,
    target_selection,
)
from .recist_tables import (
    GROWTH_MM,
    Response,
    non_target_response,
    overall_response,
    target_response,
)
from .sums import FIRST, Measured, measure

__all__ = [
    "CONFIRMED_AFTER_DAYS",
    "Assessment",
    "Baseline",
    "Candidate",
    "Discordance",
    "Growth",
    "NewLesion",
    "NewLesionCertainty",
    "NonTargetFinding",
    "NonTargetState",
    "NotMeasurable",
    "Response",
    "TargetMeasurement",
    "TargetState",
    "TimePoint",
    "assess",
    "assess_all",
    "discordance",
    "lesion_doubts",
    "measurable",
    "non_target_response",
    "overall_response",
    "target_response",
    "target_selection",
]

CONFIRMED_AFTER_DAYS = 28


class Discordance(StrEnum):
    """The difference between the investigator's response and the derived one."""

    NONE, MINOR, MAJOR = "NONE", "MINOR", "MAJOR"


@dataclass(frozen=True)
class Assessment:
    """The response at one time point, with the sums that it rests on, in mm and percent.

    The changes are given for a complete sum, and for an incomplete one that already is PD. Growth
    is judged by `growth_sum_mm`. `in_doubt` are lesions that were absent and are now too small to
    measure: 5 mm in the sum, and no growth (recist11, section 3, rule 4).
    """

    target: Response
    non_target: Response
    new_lesion: NewLesionCertainty | None
    overall: Response
    sum_mm: Decimal | None
    sum_is_complete: bool
    baseline_mm: Decimal | None
    nadir_mm: Decimal | None
    change_from_baseline_percent: Decimal | None
    change_from_nadir_percent: Decimal | None
    change_from_nadir_mm: Decimal | None
    growth_sum_mm: Decimal | None = None
    in_doubt: tuple[str, ...] = ()


def assess(
    baseline: Baseline,
    earlier: Sequence[TimePoint],
    current: TimePoint,
    *,
    parameters: Parameters = DEFAULT,
    too_small_mm: Decimal = TOO_SMALL_MM,
) -> Assessment:
    """Return the response at one time point, from all lesions (sections 4.3 and 4.4).

    `earlier` is in order of time. Never raises: what is missing is not evaluable.

    >>> before, now = (
    ...     TargetMeasurement("L01", False, TargetState.MEASURED, Decimal(mm)) for mm in (45, 58)
    ... )
    >>> assess(Baseline((before,)), [], TimePoint("PC2", None, None, (now,))).overall
    <Response.PD: 'PD'>
    """
    points = [*earlier, current]
    return assess_all(baseline, points, parameters=parameters, too_small_mm=too_small_mm)[-1]


def assess_all(
    baseline: Baseline,
    points: Sequence[TimePoint],
    *,
    parameters: Parameters = DEFAULT,
    too_small_mm: Decimal = TOO_SMALL_MM,
    second: int | None = None,
) -> list[Assessment]:
    """Return the response at each time point, against all before it (sections 4.3 and 4.4).

    `points` are in order of time, and so is the result. With a `second` baseline, the number of a
    time point, shrinkage is measured from that one, and growth as ever from the smallest sum.

    >>> assess_all(Baseline(), [])
    []
    """
    assessments: list[Assessment] = []
    measured: list[Measured] = []
    history = FIRST
    reference_mm = baseline.sum_mm
    for index, point in enumerate(points):
        sums = measure(baseline, point, history, too_small_mm=too_small_mm)
        if index == second:
            reference_mm = sums.sum_mm if sums.complete else None
        before = _Before(
            baseline=baseline,
            reference_mm=reference_mm,
            nadir_mm=_nadir(baseline, measured),
            was_complete=any(earlier.overall == Response.CR for earlier in assessments),
            has_responded=_is_confirmed(assessments[second:], points[second:index]),
        )
        assessments.append(_assessment(before, point, sums, parameters))
        measured.append(sums)
        history = history.after(point)
    return assessments


@dataclass(frozen=True)
class _Before:
    """The references of a time point: PR is measured from `reference_mm`, PD from `nadir_mm`.

    `was_complete`: an overall CR was assigned. `has_responded`: a PR was confirmed.
    """

    baseline: Baseline
    reference_mm: Decimal | None
    nadir_mm: Decimal | None
    was_complete: bool
    has_responded: bool


def _assessment(
    before: _Before, point: TimePoint, sums: Measured, parameters: Parameters
) -> Assessment:
    """Return the response at one time point."""
    baseline = before.baseline
    target = _target(before, sums, parameters)
    if target == Response.SD and before.has_responded and parameters.recist_continuing_pr:
        target = Response.PR
    findings = point.non_targets
    non_target = non_target_response(baseline.non_targets, findings, parameters=parameters)
    if before.was_complete and _shows_non_target(baseline, point):
        non_target = Response.PD
    return _summary(before, point, sums, target, non_target)


def _shows_non_target(baseline: Baseline, point: TimePoint) -> bool:
    """Return True where a non-target lesion is seen; after overall CR it is PD.

    A lymph node is PD only once it has progressed unequivocally (recist11, section 3, rule 4).
    """
    return any(
        finding.state == NonTargetState.PRESENT
        and not finding.nodal
        and finding.code in baseline.non_targets
        for finding in point.non_targets
    )


def _nadir(baseline: Baseline, earlier: Sequence[Measured]) -> Decimal | None:
    """Return the smallest complete sum so far, in mm (section 4.3.1).

    An incomplete sum is small for the wrong reason.
    """
    sums = [baseline.sum_mm, *(point.growth_mm for point in earlier if point.complete)]
    return min((mm for mm in sums if mm is not None), default=None)


def _target(before: _Before, sums: Measured, parameters: Parameters) -> Response:
    baseline_mm, nadir_mm = before.baseline.sum_mm, before.nadir_mm
    if not before.baseline.targets:
        return Response.NA
    if sums.sum_mm is None or sums.growth_mm is None or nadir_mm is None or baseline_mm is None:
        return Response.NE
    reaches_floor = sums.growth_mm - nadir_mm >= GROWTH_MM or not parameters.recist_floor_after_cr
    response = target_response(
        sums.sum_mm,
        baseline_mm=baseline_mm if before.reference_mm is None else before.reference_mm,
        nadir_mm=nadir_mm,
        all_resolved=sums.resolved,
        all_assessed=sums.complete,
        reappeared=before.was_complete and sums.seen_again and reaches_floor,
        growth_sum_mm=sums.growth_mm,
    )
    is_known = before.reference_mm is not None or response in (Response.CR, Response.PD)
    return response if is_known else Response.NE


def _is_confirmed(assessments: Sequence[Assessment], points: Sequence[TimePoint]) -> bool:
    """Return True where a PR was seen again 28 days later, and no PD since.

    This is the "continuing PR" of the EORTC's answers.
    """
    days: list[date] = []
    for point, assessment in zip(points, assessments, strict=True):
        if assessment.target == Response.PD:
            days = []
        elif assessment.target in (Response.PR, Response.CR) and point.last_scan_on:
            days.append(point.last_scan_on)
    if not days:
        return False
    return max(days) - min(days) >= timedelta(CONFIRMED_AFTER_DAYS)


def _summary(
    before: _Before, point: TimePoint, sums: Measured, target: Response, non_target: Response
) -> Assessment:
    nadir_mm, reference_mm = before.nadir_mm, before.reference_mm
    # UNEQUIVOCAL sorts after EQUIVOCAL
    certainties = (lesion.certainty for lesion in point.new_lesions if not lesion.gone)
    certainty = max(certainties, default=None)
    is_new = certainty == NewLesionCertainty.UNEQUIVOCAL
    has_change = sums.complete or target == Response.PD
    from_nadir_mm = _change(sums.growth_mm, nadir_mm) if has_change else None
    from_baseline_mm = _change(sums.sum_mm, reference_mm) if has_change else None
    return Assessment(
        target=target,
        non_target=non_target,
        new_lesion=certainty,
        overall=overall_response(target, non_target, new_lesion=is_new),
        sum_mm=sums.sum_mm,
        sum_is_complete=sums.complete,
        baseline_mm=reference_mm,
        nadir_mm=nadir_mm,
        change_from_baseline_percent=_percent(from_baseline_mm, reference_mm),
        change_from_nadir_percent=_percent(from_nadir_mm, nadir_mm),
        change_from_nadir_mm=from_nadir_mm,
        growth_sum_mm=sums.growth_mm,
        in_doubt=sums.in_doubt,
    )


def _change(mm: Decimal | None, from_mm: Decimal | None) -> Decimal | None:
    return mm - from_mm if mm is not None and from_mm is not None else None


def _percent(change_mm: Decimal | None, of_mm: Decimal | None) -> Decimal | None:
    return 100 * change_mm / of_mm if change_mm is not None and of_mm else None


def discordance(derived: Response | None, investigator: Response | None) -> Discordance:
    """Return how far the investigator's response lies from the derived one (crf_spec 2.16).

    A response that is missing disagrees with none.

    >>> discordance(Response.PD, Response.SD)
    <Discordance.MAJOR: 'MAJOR'>
    """
    if derived is None or investigator is None or derived == investigator:
        return Discordance.NONE
    is_major = Response.PD in (derived, investigator) or Response.CR in (derived, investigator)
    return Discordance.MAJOR if is_major else Discordance.MINOR
