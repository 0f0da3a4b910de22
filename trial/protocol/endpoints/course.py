"""A subject's course as the rules read it: every response, the best of them, and the endpoints (crf_spec 2.16 and 5).

Nothing here is new: it puts the modules of RECIST 1.1, iRECIST and the endpoints to work on one subject. Sizes are in mm.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from trial.protocol.parameters import DEFAULT, Parameters
from trial.protocol.response import irecist, recist
from trial.protocol.response.best_response import Best, Evaluation, best_response, confirmed_best_response, progression_on
from trial.protocol.response.recist import Assessment, Baseline, Discordance, NewLesionCertainty, Response, TargetMeasurement, TimePoint
from trial.protocol.response.second_baseline import responses_since
from trial.protocol.safety.toxicity import Toxicity, Treated, severe_toxicity

from . import unrecorded
from .local_control import (
    Failure,
    FollowedLesion,
    LesionScan,
    LocalStatus,
    NewMetastasis,
    Pattern,
    Site,
    Start,
    first_failure,
    local_control,
    time_to_new_metastasis,
)
from .overall_survival import Facts, Result, as_known, overall_survival, time_to_next_systemic
from .progression_free import Censoring, progression_free_survival
from .responders import Reference, best_since_randomization, disease_control, duration_of_response, objective_response
from .unrecorded import Rests, Unrecorded

NOTHING_KNOWN = Facts()
FAILED_AT = {LocalStatus.INFIELD_PD: Site.IN_FIELD, LocalStatus.MARGINAL_PD: Site.MARGINAL}


@dataclass(frozen=True)
class Seen:
    """One assessment: what was seen, and the investigator's own overall response.

    `statuses` are the local status of irradiated lesions, by code; `in_field` says of each new lesion of the time point
    whether it lies in a planning target volume. `derived` is what RECIST 1.1 derives, where that was done already, by the
    parameters in force on the day of the scan; without it, it is derived by those that the course is read with.
    """

    point: TimePoint
    investigator: Response | None = None
    statuses: tuple[tuple[str, LocalStatus], ...] = ()
    in_field: tuple[bool | None, ...] = ()
    derived: Assessment | None = None


@dataclass(frozen=True)
class Told:
    """What a course is read from. `second_baseline` is the label of BL1, the check after cycle 2.

    `facts` hold the rest: randomization, therapies, contacts, death; the assessments are put into them here. `irradiated`
    are the lesions that were, with the day of the last fraction to each. `given` is whether a dose or fraction was given
    after randomization; `unrecorded` are the kinds of record that nobody keeps.
    """

    baseline: Baseline
    seen: tuple[Seen, ...] = ()
    facts: Facts = NOTHING_KNOWN
    treated_on: date | None = None
    second_baseline: str = "PC2"
    irradiated: tuple[tuple[str, date], ...] = ()
    new_symptom: frozenset[str] = frozenset()
    toxicities: tuple[Toxicity, ...] = ()
    given: bool | None = None
    unrecorded: frozenset[Unrecorded] = frozenset()


class Read(NamedTuple):
    """An assessment, and what is derived from it and from all before."""

    seen: Seen
    derived: Assessment
    discordance: Discordance
    evaluation: Evaluation
    immune: irecist.Reading


class Endpoint(NamedTuple):
    """`name` as a page prints it."""

    name: str
    result: Result


class Course(NamedTuple):
    """`best` counts from the first dose, against the first baseline; `best_since_randomization` against the second."""

    on: date
    randomized_on: date | None
    responses: tuple[Read, ...]
    best: Best
    confirmed_best: Best
    best_since_randomization: Best | Result
    best_immune: irecist.IResponse
    endpoints: tuple[Endpoint, ...]
    local_control: tuple[Endpoint, ...]
    first_failure: Pattern


def derive(told: Told, *, on: date, parameters: Parameters = DEFAULT) -> Course:
    """All that is derived for one subject, as known on a day (crf_spec 2.16, 5): what was scanned later is not read.

    >>> derive(Told(Baseline()), on=date(2026, 1, 1)).best.response is None
    True
    """
    told = replace(told, seen=tuple(one for one in told.seen if _last(one.point) and _last(one.point) <= on))  # type: ignore[operator]
    responses = read(told, parameters=parameters)
    evaluations = tuple(one.evaluation for one in responses)
    facts = replace(told.facts, assessments=evaluations)
    treated_on = told.treated_on if told.treated_on and told.treated_on <= on else None
    therapies = as_known(facts, on=on).therapies
    until_on = min((one.on for one in therapies if one.on and not one.per_protocol), default=None)
    return Course(
        on=on,
        randomized_on=as_known(facts, on=on).randomized_on,
        responses=responses,
        best=best_response(evaluations, start_on=treated_on, until_on=until_on),
        confirmed_best=confirmed_best_response(evaluations, start_on=treated_on, until_on=until_on, targets=bool(told.baseline.targets)),
        best_since_randomization=best_since_randomization(facts, on=on),
        best_immune=irecist.best((one.immune for one in responses), start_on=treated_on),
        endpoints=tuple(_endpoints(told, facts, on=on, parameters=parameters)),
        local_control=tuple(_local(told, facts, on=on)),
        first_failure=_first_failure(told, responses, facts, on=on),
    )


def read(told: Told, *, parameters: Parameters = DEFAULT) -> tuple[Read, ...]:
    """Every assessment with a scan, in order of time, with what RECIST 1.1 and iRECIST derive from it.

    >>> read(Told(Baseline()))
    ()
    """
    seen = sorted((one for one in told.seen if one.point.scanned_on), key=lambda one: one.point.place)
    points = [one.point for one in seen]
    assessed = _assess(told.baseline, points, parameters)
    derived = [one.derived or assessment for one, assessment in zip(seen, assessed, strict=True)]
    since = _since_second_baseline(told, points, parameters)
    ne = parameters.recist_nontarget_ne.value
    immune = irecist.read(told.baseline, points, new_symptom=told.new_symptom, recist_nontarget_ne=ne)
    return tuple(
        Read(
            one,
            found,
            recist.discordance(found.overall, one.investigator),
            _evaluation(one, found, points[:index], since.get(one.point.label)),
            reading,
        )
        for index, (one, found, reading) in enumerate(zip(seen, derived, immune, strict=True))
    )


def _last(point: TimePoint) -> date | None:
    return point.last_scan_on or point.first_scan_on


def _assess(baseline: Baseline, points: Sequence[TimePoint], parameters: Parameters) -> list[Assessment]:
    return recist.assess_all(
        baseline,
        points,
        recist_continuing_pr=parameters.recist_continuing_pr,
        recist_nontarget_ne=parameters.recist_nontarget_ne.value,
        recist_floor_after_cr=parameters.recist_floor_after_cr,
    )


def _since_second_baseline(told: Told, points: Sequence[TimePoint], parameters: Parameters) -> dict[str, Response]:
    """CR, PR or SD against BL1 (crf_spec 2.16), by time point; progression is that since BL0, always."""
    at = next((index for index, point in enumerate(points) if point.label == told.second_baseline), None)
    if at is None:
        return {}
    later = points[at + 1 :]
    found = responses_since(told.baseline, points[at], later, recist_nontarget_ne=parameters.recist_nontarget_ne.value)
    return {point.label: response for point, response in zip(later, found, strict=True)}


def _evaluation(seen: Seen, found: Assessment, earlier: Sequence[TimePoint], since: Response | None) -> Evaluation:
    """The investigator's response where it does not contradict the derived one; a major difference is settled first."""
    settled = seen.investigator is not None and recist.discordance(found.overall, seen.investigator) != Discordance.MAJOR
    by_sum = Response.PD in (found.target, found.non_target)
    point = seen.point
    return Evaluation(
        record=point.label,
        first_scan_on=point.first_scan_on,
        last_scan_on=point.last_scan_on,
        response=seen.investigator if settled else None,
        since_randomization=since,
        pd_on=progression_on(point, earlier, by_sum=by_sum) if seen.investigator == Response.PD else None,
    )


def _endpoints(told: Told, facts: Facts, *, on: date, parameters: Parameters) -> Iterator[Endpoint]:
    """Each as far as the records kept can tell it."""
    for name, result, rests in _results(told, facts, on=on, parameters=parameters):
        yield Endpoint(name, unrecorded.told(result, rests, unrecorded=told.unrecorded))


def _results(told: Told, facts: Facts, *, on: date, parameters: Parameters) -> Iterator[tuple[str, Result, Rests]]:
    schedule, by_fda = parameters.ta_schedule, unrecorded.FREE_BY_FDA
    for title, rules, rests in (("FDA 2007", Censoring.FDA, by_fda), ("EMA 2012", Censoring.EMA, unrecorded.FREE_BY_EMA)):
        free = progression_free_survival(facts, on=on, censoring=rules, schedule=schedule)
        yield f"Progression-free survival ({title})", free, rests
    yield "Overall survival", overall_survival(facts, on=on), unrecorded.SURVIVAL
    response = objective_response(facts, on=on)
    yield "Objective response, against BL1", response, unrecorded.RESPONSE
    yield "Objective response, against BL0", objective_response(facts, on=on, reference=Reference.BL0), unrecorded.RESPONSE
    yield "Objective response, confirmed", objective_response(facts, on=on, confirmed=True), unrecorded.RESPONSE
    yield "Disease control", disease_control(facts, on=on), unrecorded.RESPONSE
    responded = unrecorded.told(response, unrecorded.RESPONSE, unrecorded=told.unrecorded)
    yield "Duration of response", duration_of_response(facts, on=on) if responded.determined else responded, by_fda
    yield "Time to the next systemic line", time_to_next_systemic(facts, on=on), unrecorded.NEXT_THERAPY
    found = [
        NewMetastasis(one.point.label, lesion.seen_on or one.point.scanned_on, lesion.certainty, field)
        for one in told.seen
        for lesion, field in zip(one.point.new_lesions, one.in_field, strict=True)
    ]
    new = time_to_new_metastasis(found, facts, on=on, irradiated=bool(told.irradiated))
    yield "Time to new metastasis", new, unrecorded.SITE
    treated = Treated(facts.randomized_on, told.given, max((day for _, day in told.irradiated), default=None))
    yield "Toxicity of grade 3 or more", severe_toxicity(told.toxicities, treated, on=on), unrecorded.SEVERE


def _local(told: Told, facts: Facts, *, on: date) -> Iterator[Endpoint]:
    """Each target lesion from randomization, as the index lesion; each irradiated one from the end of its radiotherapy, too."""
    days = dict(told.irradiated)
    for target in told.baseline.targets:
        lesion = FollowedLesion(
            target.code, target.nodal, tuple(_scans(told, target)), days.get(target.code), _size_at(told, told.second_baseline, target.code)
        )
        result = local_control(lesion, facts, on=on)
        if result:
            yield Endpoint(f"Local control of {target.code}, from randomization", _site(told, result))
        since_end = local_control(lesion, facts, on=on, start=Start.RADIOTHERAPY_END) if target.code in days else None
        if since_end:
            yield Endpoint(f"Local control of {target.code}, from the end of radiotherapy", _site(told, since_end))


def _site(told: Told, result: Result) -> Result:
    return unrecorded.told(result, unrecorded.SITE, unrecorded=told.unrecorded)


def _scans(told: Told, target: TargetMeasurement) -> Iterator[LesionScan]:
    for one in told.seen:
        status = dict(one.statuses).get(target.code)
        yield LesionScan(one.point.label, one.point.scanned_on, _size_at(told, one.point.label, target.code), status)


def _size_at(told: Told, label: str, code: str) -> Decimal | None:
    found = (piece for one in told.seen if one.point.label == label for piece in one.point.targets if piece.code == code)
    return next((piece.counted_mm() for piece in found), None)


def _first_failure(told: Told, responses: Sequence[Read], facts: Facts, *, on: date) -> Pattern:
    """By the assessment that first shows progression after randomization: its local statuses, its new lesions, else growth."""
    start_on = facts.randomized_on
    failures = []
    for one in responses:
        day = one.evaluation.dated_on
        if one.evaluation.response != Response.PD or day is None or start_on is None or day <= start_on:
            continue
        sites = {FAILED_AT[status] for _, status in one.seen.statuses if status in FAILED_AT}
        if any(lesion.certainty == NewLesionCertainty.UNEQUIVOCAL for lesion in one.seen.point.new_lesions):
            sites.add(Site.NEW)
        if Response.PD in (one.derived.target, one.derived.non_target) and not sites & set(FAILED_AT.values()):
            sites.add(Site.OUT_OF_FIELD)
        failures += [Failure(one.seen.point.label, day, site) for site in sites]
    return first_failure(failures, on=on)
