"""RECIST 1.1 — Eisenhauer et al., Eur J Cancer 2009;45:228-247. Section and table numbers are the paper's own.

Clarified by Schwartz et al., Eur J Cancer 2016;62:132-137. What the paper leaves open is a keyword, named as in crf_spec §1.
Sums are in mm and never rounded; every comparison is made in whole percents of them, so that it is exact.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

ZERO, TOO_SMALL_MM = Decimal(0), Decimal(5)
MAX_TARGETS, MAX_TARGETS_PER_ORGAN = 5, 2
MEASURABLE_MM, MEASURABLE_ON_XRAY_MM, MEASURABLE_NODE_MM, NORMAL_NODE_BELOW_MM = 10, 20, 15, 10
CONFIRMED_AFTER_DAYS = 28


class Response(StrEnum):
    CR, PR, SD, PD, NE = "CR", "PR", "SD", "PD", "NE"
    NON_CR_NON_PD = "NON-CR/NON-PD"
    NED = "NED"  # no disease at baseline, and none since
    NA = "NA"  # no such lesions at baseline


class TargetState(StrEnum):
    MEASURED, TOO_SMALL, ABSENT, NOT_EVALUABLE = "MEASURED", "TOO_SMALL", "ABSENT", "NOT_EVALUABLE"


class NonTargetState(StrEnum):
    """A lymph node that is no longer pathological (short axis below 10 mm) is ABSENT."""

    PRESENT, ABSENT, UNEQUIVOCAL, NE = "PRESENT", "ABSENT", "UNEQUIVOCAL", "NE"


class NewLesionCertainty(StrEnum):
    EQUIVOCAL, UNEQUIVOCAL = "EQUIVOCAL", "UNEQUIVOCAL"


class Discordance(StrEnum):
    NONE, MINOR, MAJOR = "NONE", "MINOR", "MAJOR"


@dataclass(frozen=True)
class TargetMeasurement:
    """A target lesion at one time point. Pieces of a lesion that split carry its code, and are added up."""

    code: str
    nodal: bool
    state: TargetState
    mm: Decimal | None = None

    def counted_mm(self, *, too_small_mm: Decimal = TOO_SMALL_MM) -> Decimal | None:
        """What enters the sum, in mm (section 4.2); None where the lesion was not assessed.

        >>> TargetMeasurement("L01", False, TargetState.TOO_SMALL).counted_mm()
        Decimal('5')
        """
        if self.state == TargetState.TOO_SMALL and self.mm is None:
            return too_small_mm
        return {TargetState.ABSENT: ZERO, TargetState.NOT_EVALUABLE: None}.get(self.state, self.mm)


@dataclass(frozen=True)
class NonTargetFinding:
    code: str
    state: NonTargetState


@dataclass(frozen=True)
class NewLesion:
    certainty: NewLesionCertainty
    code: str = ""


@dataclass(frozen=True)
class TimePoint:
    label: str
    first_scan_on: date | None
    last_scan_on: date | None
    targets: tuple[TargetMeasurement, ...] = ()
    non_targets: tuple[NonTargetFinding, ...] = ()
    new_lesions: tuple[NewLesion, ...] = ()


@dataclass(frozen=True)
class Baseline:
    targets: tuple[TargetMeasurement, ...] = ()
    non_targets: tuple[str, ...] = ()

    @property
    def sum_mm(self) -> Decimal | None:
        """The reference of PR; None without targets, or where one was not measured."""
        sizes = [mm for mm in (target.counted_mm() for target in self.targets) if mm is not None]
        return sum(sizes, ZERO) if sizes and len(sizes) == len(self.targets) else None


@dataclass(frozen=True)
class Candidate:
    """A lesion proposed as target. Paired organs bear one name."""

    code: str
    organ: str
    nodal: bool
    mm: Decimal | None


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


class _Measured(NamedTuple):
    """The baseline's target lesions, measured again."""

    sum_mm: Decimal | None
    complete: bool
    resolved: bool  # all that were assessed


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
    series = [*earlier, current]
    measured = [_measure(baseline, point, too_small_mm) for point in series]
    nadirs = [_nadir(baseline, measured[:index]) for index in range(len(series))]
    targets: list[Response] = []
    for now, nadir_mm in zip(measured, nadirs, strict=True):
        after_cr = Response.CR in targets and not recist_floor_after_cr
        response = _target(baseline, now, nadir_mm, reappeared=after_cr and not now.resolved)
        continues = recist_continuing_pr and response == Response.SD and _confirmed(targets, earlier)
        targets.append(Response.PR if continues else response)
    non_target = non_target_response(baseline.non_targets, current.non_targets, recist_nontarget_ne=recist_nontarget_ne)
    certainty = max((lesion.certainty for lesion in current.new_lesions), default=None)  # UNEQUIVOCAL sorts after EQUIVOCAL
    return _summary(baseline, measured[-1], nadirs[-1], targets[-1], non_target, certainty)


def _measure(baseline: Baseline, point: TimePoint, too_small_mm: Decimal) -> _Measured:
    known: dict[str, Decimal] = {}
    for target in baseline.targets:
        pieces = [found.counted_mm(too_small_mm=too_small_mm) for found in point.targets if found.code == target.code]
        if pieces and None not in pieces:
            known[target.code] = sum((mm for mm in pieces if mm is not None), ZERO)
    left = [(target, known[target.code]) for target in baseline.targets if target.code in known]
    resolved = all(mm < NORMAL_NODE_BELOW_MM if target.nodal else mm == 0 for target, mm in left)
    return _Measured(sum(known.values(), ZERO) if known else None, len(known) == len(baseline.targets), resolved)


def _nadir(baseline: Baseline, earlier: Sequence[_Measured]) -> Decimal | None:
    """The smallest complete sum so far, in mm (section 4.3.1); an incomplete one is small for the wrong reason."""
    sums = [baseline.sum_mm, *(point.sum_mm for point in earlier if point.complete)]
    return min((mm for mm in sums if mm is not None), default=None)


def _target(baseline: Baseline, now: _Measured, nadir_mm: Decimal | None, *, reappeared: bool) -> Response:
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
    now: _Measured,
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

    Some seen and some not assessed is NE; the other reading (LENIENT) is NON-CR/NON-PD as soon as one was seen.

    >>> non_target_response(["L03"], [NonTargetFinding("L03", NonTargetState.ABSENT)])
    <Response.CR: 'CR'>
    """
    states = {finding.code: finding.state for finding in findings}
    found = [states.get(code, NonTargetState.NE) for code in baseline]
    if NonTargetState.UNEQUIVOCAL in states.values():
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


def measurable(
    *,
    nodal: bool,
    mm: Decimal | None,
    slice_mm: Decimal | None = None,
    bone: bool = False,
    soft_tissue: bool = False,
    irradiated: bool = False,
    progressed: bool = False,
    xray: bool = False,
) -> bool | None:
    """Whether a lesion is measurable (section 3.1; crf_spec 2.8 MEASUR); None where its size in mm is not known.

    >>> measurable(nodal=False, mm=Decimal(14), slice_mm=Decimal(8))
    False
    """
    if (bone and not soft_tissue) or (irradiated and not progressed):
        return False
    if mm is None:
        return None
    if nodal:
        return mm >= MEASURABLE_NODE_MM
    if slice_mm is not None and slice_mm > 5:
        return mm >= 2 * slice_mm
    return mm >= (MEASURABLE_ON_XRAY_MM if xray else MEASURABLE_MM)


def target_selection(candidates: Iterable[Candidate]) -> tuple[str, ...]:
    """Why these lesions cannot all be targets (section 3.2), one sentence each; empty where they can. Sizes in mm.

    >>> target_selection([Candidate("L02", "LYMPH_NODE", True, Decimal(12))])
    ('L02 is a lymph node of 12 mm short axis. A target lymph node has 15 mm or more: choose non-target.',)
    """
    chosen = list(candidates)
    sentences = []
    if len(chosen) > MAX_TARGETS:
        sentences.append(f"{len(chosen)} lesions are targets. At most {MAX_TARGETS} may be: make the others non-target.")
    organs: dict[str, list[str]] = {}
    for lesion in chosen:
        organs.setdefault("the lymph nodes" if lesion.nodal else lesion.organ, []).append(lesion.code)
        if lesion.nodal and lesion.mm is not None and lesion.mm < MEASURABLE_NODE_MM:
            sentences.append(
                f"{lesion.code} is a lymph node of {lesion.mm} mm short axis. "
                f"A target lymph node has {MEASURABLE_NODE_MM} mm or more: choose non-target."
            )
    for organ, codes in organs.items():
        if len(codes) > MAX_TARGETS_PER_ORGAN:
            sentences.append(
                f"{len(codes)} targets lie in {organ} ({', '.join(codes)}). At most {MAX_TARGETS_PER_ORGAN} of one organ may be."
            )
    return tuple(sentences)


def discordance(derived: Response | None, investigator: Response | None) -> Discordance:
    """How far the investigator's response lies from the derived one (crf_spec 2.16). One that is missing disagrees with none.

    >>> discordance(Response.PD, Response.SD)
    <Discordance.MAJOR: 'MAJOR'>
    """
    if derived is None or investigator is None or derived == investigator:
        return Discordance.NONE
    return Discordance.MAJOR if {derived, investigator} & {Response.PD, Response.CR} else Discordance.MINOR
