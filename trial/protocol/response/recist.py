"""RECIST 1.1 — Eisenhauer et al., Eur J Cancer 2009;45:228-247. Section and table numbers are the paper's own.

Clarified by Schwartz et al., Eur J Cancer 2016;62:132-137. What the paper leaves open is a keyword, named as in crf_spec §1.
Sums are in mm and never rounded; every comparison is made in whole percents of them, so that it is exact.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from .lesions import TOO_SMALL_MM, Measured, measure
from .lesions import Baseline as Baseline
from .lesions import Growth as Growth
from .lesions import NewLesion as NewLesion
from .lesions import NewLesionCertainty as NewLesionCertainty
from .lesions import NonTargetFinding as NonTargetFinding
from .lesions import NonTargetState as NonTargetState
from .lesions import TargetMeasurement as TargetMeasurement
from .lesions import TargetState as TargetState
from .lesions import TimePoint as TimePoint
from .measurability import Candidate as Candidate
from .measurability import NotMeasurable as NotMeasurable
from .measurability import lesion_doubts as lesion_doubts
from .measurability import measurable as measurable
from .measurability import target_selection as target_selection

CONFIRMED_AFTER_DAYS = 28


class Response(StrEnum):
    CR, PR, SD, PD, NE = "CR", "PR", "SD", "PD", "NE"
    NON_CR_NON_PD = "NON-CR/NON-PD"
    NED = "NED"  # no disease at baseline, and none since
    NA = "NA"  # no such lesions at baseline


class Discordance(StrEnum):
    NONE, MINOR, MAJOR = "NONE", "MINOR", "MAJOR"


@dataclass(frozen=True)
class Assessment:
    """The changes are given for complete sums, and for an incomplete one that already is PD."""

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


def assess(
    baseline: Baseline,
    earlier: Sequence[TimePoint],
    current: TimePoint,
    *,
    too_small_mm: Decimal = TOO_SMALL_MM,
    recist_continuing_pr: bool = False,
    recist_nontarget_ne: str = "STRICT",
    recist_floor_after_cr: bool = False,
) -> Assessment:
    """The response at one time point, from all lesions (section 4.3 and 4.4). `earlier` is in order of time; sums in mm.

    Never raises: what is missing is not evaluable.

    >>> before, now = (TargetMeasurement("L01", False, TargetState.MEASURED, Decimal(mm)) for mm in (45, 58))
    >>> assess(Baseline((before,)), [], TimePoint("PC2", None, None, (now,))).overall
    <Response.PD: 'PD'>
    """
    return assess_all(
        baseline,
        [*earlier, current],
        too_small_mm=too_small_mm,
        recist_continuing_pr=recist_continuing_pr,
        recist_nontarget_ne=recist_nontarget_ne,
        recist_floor_after_cr=recist_floor_after_cr,
    )[-1]


def assess_all(
    baseline: Baseline,
    points: Sequence[TimePoint],
    *,
    too_small_mm: Decimal = TOO_SMALL_MM,
    recist_continuing_pr: bool = False,
    recist_nontarget_ne: str = "STRICT",
    recist_floor_after_cr: bool = False,
) -> list[Assessment]:
    """The response at each time point, in order of time (section 4.3 and 4.4): each is read against all before it.

    >>> assess_all(Baseline(), [])
    []
    """
    found: list[Assessment] = []
    measured: list[Measured] = []
    for index, point in enumerate(points):
        nadir_mm = _nadir(baseline, measured)
        measured.append(measure(baseline, point, too_small_mm=too_small_mm))
        now, targets = measured[-1], [one.target for one in found]
        reappeared = Response.CR in targets and not recist_floor_after_cr and not now.resolved
        target = _target(baseline, now, nadir_mm, reappeared=reappeared)
        if recist_continuing_pr and target == Response.SD and _confirmed(targets, points[:index]):
            target = Response.PR
        non_target = non_target_response(baseline.non_targets, point.non_targets, recist_nontarget_ne=recist_nontarget_ne)
        if Response.CR in [one.overall for one in found] and _present(baseline, point):
            non_target = Response.PD
        # UNEQUIVOCAL sorts after EQUIVOCAL
        certainty = max((lesion.certainty for lesion in point.new_lesions if not lesion.gone), default=None)
        found.append(_summary(baseline, now, nadir_mm, target, non_target, certainty))
    return found


def _present(baseline: Baseline, point: TimePoint) -> bool:
    """Whether a non-target lesion is seen; after CR any disease is PD (Table 3, footnote a)."""
    return any(finding.state == NonTargetState.PRESENT and finding.code in baseline.non_targets for finding in point.non_targets)


def _nadir(baseline: Baseline, earlier: Sequence[Measured]) -> Decimal | None:
    """The smallest complete sum so far, in mm (section 4.3.1); an incomplete one is small for the wrong reason."""
    sums = [baseline.sum_mm, *(point.sum_mm for point in earlier if point.complete)]
    return min((mm for mm in sums if mm is not None), default=None)


def _target(baseline: Baseline, now: Measured, nadir_mm: Decimal | None, *, reappeared: bool) -> Response:
    if not baseline.targets:
        return Response.NA
    if now.sum_mm is None or nadir_mm is None or baseline.sum_mm is None:
        return Response.NE
    return target_response(
        now.sum_mm,
        baseline_mm=baseline.sum_mm,
        nadir_mm=nadir_mm,
        all_resolved=now.resolved,
        all_assessed=now.complete,
        reappeared=reappeared,
    )


def _confirmed(targets: Sequence[Response], earlier: Sequence[TimePoint]) -> bool:
    """Whether a PR was seen again 28 days later, and no PD since (the "continuing PR" of the EORTC's answers)."""
    shrunk = [p.last_scan_on for p, r in zip(earlier, targets, strict=False) if r in (Response.PR, Response.CR) and p.last_scan_on]
    return Response.PD not in targets and bool(shrunk) and max(shrunk) - min(shrunk) >= timedelta(CONFIRMED_AFTER_DAYS)


def _summary(
    baseline: Baseline,
    now: Measured,
    nadir_mm: Decimal | None,
    target: Response,
    non_target: Response,
    new: NewLesionCertainty | None,
) -> Assessment:
    told_mm = now.sum_mm if now.complete or target == Response.PD else None
    growth_mm = told_mm - nadir_mm if told_mm is not None and nadir_mm is not None else None
    change_mm = told_mm - baseline.sum_mm if told_mm is not None and baseline.sum_mm is not None else None
    return Assessment(
        target=target,
        non_target=non_target,
        new_lesion=new,
        overall=overall_response(target, non_target, new_lesion=new == NewLesionCertainty.UNEQUIVOCAL),
        sum_mm=now.sum_mm,
        sum_is_complete=now.complete,
        baseline_mm=baseline.sum_mm,
        nadir_mm=nadir_mm,
        change_from_baseline_percent=_percent(change_mm, baseline.sum_mm),
        change_from_nadir_percent=_percent(growth_mm, nadir_mm),
        change_from_nadir_mm=growth_mm,
    )


def _percent(change_mm: Decimal | None, of_mm: Decimal | None) -> Decimal | None:
    return 100 * change_mm / of_mm if change_mm is not None and of_mm else None


def target_response(
    sum_mm: Decimal,
    *,
    baseline_mm: Decimal,
    nadir_mm: Decimal,
    all_resolved: bool,
    all_assessed: bool = True,
    reappeared: bool = False,
) -> Response:
    """Response of the target lesions (section 4.3.1), from sums in mm. The nadir includes the baseline.

    Growth is tested before shrinkage, and also when a lesion was not assessed, since what is missing can only add (4.4.2).
    What reappears after CR is PD however small (Table 3, footnote a).

    >>> target_response(Decimal(48), baseline_mm=Decimal(100), nadir_mm=Decimal(40), all_resolved=False)
    <Response.PD: 'PD'>
    """
    growth_mm = sum_mm - nadir_mm
    if all_resolved and all_assessed:
        return Response.CR
    if reappeared or (growth_mm >= 5 and 100 * growth_mm >= 20 * nadir_mm):
        return Response.PD
    if not all_assessed:
        return Response.NE
    if 100 * (baseline_mm - sum_mm) >= 30 * baseline_mm:
        return Response.PR
    return Response.SD


def non_target_response(baseline: Iterable[str], findings: Iterable[NonTargetFinding], *, recist_nontarget_ne: str = "STRICT") -> Response:
    """Response of the non-target lesions (section 4.3.3); NA without any at baseline.

    Some seen and some not assessed is NE; the other reading (LENIENT) is NON-CR/NON-PD as soon as one was seen. A lesion
    with two findings that differ was not assessed.

    >>> non_target_response(["L03"], [NonTargetFinding("L03", NonTargetState.ABSENT)])
    <Response.CR: 'CR'>
    """
    states: dict[str, set[NonTargetState]] = {}
    for finding in findings:
        states.setdefault(finding.code, set()).add(finding.state)
    found = [next(iter(states[code])) if len(states.get(code, ())) == 1 else NonTargetState.NE for code in baseline]
    if any(NonTargetState.UNEQUIVOCAL in seen for seen in states.values()):
        return Response.PD
    if not found:
        return Response.NA
    seen = NonTargetState.PRESENT in found
    if NonTargetState.NE in found:
        return Response.NON_CR_NON_PD if seen and recist_nontarget_ne == "LENIENT" else Response.NE
    return Response.NON_CR_NON_PD if seen else Response.CR


def overall_response(target: Response, non_target: Response, *, new_lesion: bool) -> Response:
    """Response of a patient at one time point (Tables 1 and 2; without disease at baseline NED). NA: no such lesions.

    >>> overall_response(Response.CR, Response.NE, new_lesion=False)
    <Response.PR: 'PR'>
    """
    match target, non_target, new_lesion:
        case (_, _, True) | (Response.PD, _, _) | (_, Response.PD, _):
            return Response.PD
        case (Response.NA, Response.NA, _):
            return Response.NED
        case (Response.NA, _, _):
            return non_target
        case (Response.CR, Response.CR | Response.NA, _):
            return Response.CR
        case (Response.CR, _, _):
            return Response.PR
        case _:
            return target


def discordance(derived: Response | None, investigator: Response | None) -> Discordance:
    """How far the investigator's response lies from the derived one (crf_spec 2.16). One that is missing disagrees with none.

    >>> discordance(Response.PD, Response.SD)
    <Discordance.MAJOR: 'MAJOR'>
    """
    if derived is None or investigator is None or derived == investigator:
        return Discordance.NONE
    return Discordance.MAJOR if {derived, investigator} & {Response.PD, Response.CR} else Discordance.MINOR
