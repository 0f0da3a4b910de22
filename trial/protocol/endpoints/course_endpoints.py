"""Endpoints of a course (crf_spec 5)."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from trial.protocol.parameters import Parameters
from trial.protocol.response.recist import NewLesionCertainty, Response, TargetMeasurement
from trial.protocol.safety.toxicity import Treated, severe_toxicity

from . import unrecorded
from .course_facts import Endpoint, Read, Told
from .facts import Facts
from .failure_pattern import Failure, NewMetastasis, Pattern, Site, first_failure, time_to_new_metastasis
from .local_control import FollowedLesion, LesionScan, LocalStatus, Start, local_control
from .overall_survival import overall_survival, time_to_next_systemic
from .progression_free import Censoring, progression_free_survival
from .responders import Reference, disease_control, duration_of_response, objective_response
from .results import Result
from .unrecorded import Rests

FAILED_AT = {LocalStatus.INFIELD_PD: Site.IN_FIELD, LocalStatus.MARGINAL_PD: Site.MARGINAL}


def endpoints(told: Told, facts: Facts, *, on: date, parameters: Parameters) -> Iterator[Endpoint]:
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


def lesion_endpoints(told: Told, facts: Facts, *, on: date) -> Iterator[Endpoint]:
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


def course_failure(told: Told, responses: Sequence[Read], facts: Facts, *, on: date) -> Pattern:
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
