"""Response by RECIST 1.1 at each time point, from all lesions.

Eisenhauer et al., Eur J Cancer 2009;45:228-247; clarified by Schwartz et al., Eur J Cancer
2016;62:132-137. Section and table numbers are the paper's own; its tables stand in `recist_tables`.
What the paper leaves open is a parameter (crf_spec 1, RECIST_…). Sums are in mm and never rounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from trial.protocol.parameters import DEFAULT, Parameters

from .lesions import (
    TOO_SMALL_MM,
    Baseline,
    Growth,
    Measured,
    NewLesion,
    NewLesionCertainty,
    NonTargetFinding,
    NonTargetState,
    TargetMeasurement,
    TargetState,
    TimePoint,
    measure,
)
from .measurability import (
    Candidate,
    NotMeasurable,
    lesion_doubts,
    measurable,
    target_selection,
)
from .recist_tables import Response, non_target_response, overall_response, target_response

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
    "without_conventions",
]

CONFIRMED_AFTER_DAYS = 28


class Discordance(StrEnum):
    """The difference between the investigator's response and the derived one."""

    NONE, MINOR, MAJOR = "NONE", "MINOR", "MAJOR"


@dataclass(frozen=True)
class Assessment:
    """The response at one time point, with the sums that it rests on, in mm and percent.

    The changes are given for a complete sum, and for an incomplete one that already is PD.
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


def without_conventions(parameters: Parameters) -> Parameters:
    """Return the parameters by which iRECIST and the second baseline derive responses.

    The reading of non-target lesions holds everywhere. A continuing PR and a floor after CR are
    conventions of RECIST 1.1 against the first baseline alone (crf_spec 2.16).

    >>> without_conventions(replace(DEFAULT, recist_continuing_pr=True)) == DEFAULT
    True
    """
    return replace(DEFAULT, recist_nontarget_ne=parameters.recist_nontarget_ne)


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
) -> list[Assessment]:
    """Return the response at each time point, against all before it (sections 4.3 and 4.4).

    `points` are in order of time, and so is the result.

    >>> assess_all(Baseline(), [])
    []
    """
    assessments: list[Assessment] = []
    measured: list[Measured] = []
    for index, point in enumerate(points):
        nadir_mm = _nadir(baseline, measured)
        sums = measure(baseline, point, too_small_mm=too_small_mm)
        earlier = [assessment.target for assessment in assessments]
        reappeared = (
            Response.CR in earlier and not parameters.recist_floor_after_cr and not sums.resolved
        )
        target = _target(baseline, sums, nadir_mm, reappeared=reappeared)
        continues = parameters.recist_continuing_pr and _is_confirmed(earlier, points[:index])
        if target == Response.SD and continues:
            target = Response.PR
        non_target = non_target_response(
            baseline.non_targets, point.non_targets, parameters=parameters
        )
        was_complete = Response.CR in [assessment.overall for assessment in assessments]
        if was_complete and _shows_non_target(baseline, point):
            non_target = Response.PD
        assessments.append(_summary(baseline, point, sums, nadir_mm, target, non_target))
        measured.append(sums)
    return assessments


def _shows_non_target(baseline: Baseline, point: TimePoint) -> bool:
    """Return True where a non-target lesion is seen; after CR it is PD (Table 3, footnote a)."""
    return any(
        finding.state == NonTargetState.PRESENT and finding.code in baseline.non_targets
        for finding in point.non_targets
    )


def _nadir(baseline: Baseline, earlier: Sequence[Measured]) -> Decimal | None:
    """Return the smallest complete sum so far, in mm (section 4.3.1).

    An incomplete sum is small for the wrong reason.
    """
    sums = [baseline.sum_mm, *(point.sum_mm for point in earlier if point.complete)]
    return min((mm for mm in sums if mm is not None), default=None)


def _target(
    baseline: Baseline, sums: Measured, nadir_mm: Decimal | None, *, reappeared: bool
) -> Response:
    if not baseline.targets:
        return Response.NA
    if sums.sum_mm is None or nadir_mm is None or baseline.sum_mm is None:
        return Response.NE
    return target_response(
        sums.sum_mm,
        baseline_mm=baseline.sum_mm,
        nadir_mm=nadir_mm,
        all_resolved=sums.resolved,
        all_assessed=sums.complete,
        reappeared=reappeared,
    )


def _is_confirmed(targets: Sequence[Response], earlier: Sequence[TimePoint]) -> bool:
    """Return True where a PR was seen again 28 days later, and no PD since.

    This is the "continuing PR" of the EORTC's answers.
    """
    days = [
        point.last_scan_on
        for point, target in zip(earlier, targets, strict=True)
        if target in (Response.PR, Response.CR) and point.last_scan_on
    ]
    if not days or Response.PD in targets:
        return False
    return max(days) - min(days) >= timedelta(CONFIRMED_AFTER_DAYS)


def _summary(
    baseline: Baseline,
    point: TimePoint,
    sums: Measured,
    nadir_mm: Decimal | None,
    target: Response,
    non_target: Response,
) -> Assessment:
    # UNEQUIVOCAL sorts after EQUIVOCAL
    certainties = (lesion.certainty for lesion in point.new_lesions if not lesion.gone)
    certainty = max(certainties, default=None)
    is_new = certainty == NewLesionCertainty.UNEQUIVOCAL
    has_change = sums.complete or target == Response.PD
    from_nadir_mm = _change(sums.sum_mm, nadir_mm) if has_change else None
    from_baseline_mm = _change(sums.sum_mm, baseline.sum_mm) if has_change else None
    return Assessment(
        target=target,
        non_target=non_target,
        new_lesion=certainty,
        overall=overall_response(target, non_target, new_lesion=is_new),
        sum_mm=sums.sum_mm,
        sum_is_complete=sums.complete,
        baseline_mm=baseline.sum_mm,
        nadir_mm=nadir_mm,
        change_from_baseline_percent=_percent(from_baseline_mm, baseline.sum_mm),
        change_from_nadir_percent=_percent(from_nadir_mm, nadir_mm),
        change_from_nadir_mm=from_nadir_mm,
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
