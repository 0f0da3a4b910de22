"""The endpoints of one subject's course (crf_spec 5).

Each is given as far as the records that are kept decide it. Sizes are in mm.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from trial.protocol.parameters import Parameters
from trial.protocol.response.recist import NewLesionCertainty, Response
from trial.protocol.safety.toxicity import Treated, severe_toxicity
from trial.protocol.sentence import Sentence

from . import unrecorded
from .course_facts import CourseFacts, DerivedResponse, Endpoint
from .facts import Facts
from .failure_pattern import (
    Failure,
    NewMetastasis,
    Pattern,
    Site,
    first_failure,
    time_to_new_metastasis,
)
from .local_control import LocalStatus
from .overall_survival import overall_survival, time_to_next_systemic
from .progression_free import Censoring, progression_free_survival
from .responders import Reference, disease_control, duration_of_response, objective_response
from .results import Result
from .unrecorded import RequiredRecords

FAILED_AT = {LocalStatus.INFIELD_PD: Site.IN_FIELD, LocalStatus.MARGINAL_PD: Site.MARGINAL}


def endpoints(
    course: CourseFacts, facts: Facts, *, on: date, parameters: Parameters
) -> Iterator[Endpoint]:
    """Yield each endpoint of a subject; unknown where a kind of record is not kept (crf_spec 5).

    >>> from trial.protocol.parameters import DEFAULT
    >>> from trial.protocol.response.recist import Baseline
    >>> course = CourseFacts(Baseline())
    >>> first = next(endpoints(course, Facts(), on=date(2026, 1, 1), parameters=DEFAULT))
    >>> first.name, str(first.result.reason)
    ('Progression-free survival (FDA 2007)', 'Not randomized.')
    """
    for chapter in (
        _survival(facts, on=on, parameters=parameters),
        _response(course, facts, on=on),
        _therapy_and_safety(course, facts, on=on),
    ):
        for name, result, required in chapter:
            yield Endpoint(name, unrecorded.limited(result, required, course.unrecorded))


def _survival(
    facts: Facts, *, on: date, parameters: Parameters
) -> Iterator[tuple[str, Result, RequiredRecords]]:
    for title, rules, required in (
        ("FDA 2007", Censoring.FDA, unrecorded.FREE_BY_FDA),
        ("EMA 2012", Censoring.EMA, unrecorded.FREE_BY_EMA),
    ):
        schedule = parameters.ta_schedule
        free = progression_free_survival(facts, on=on, censoring=rules, schedule=schedule)
        yield Sentence("Progression-free survival ({title})", title=title), free, required
    yield Sentence("Overall survival"), overall_survival(facts, on=on), unrecorded.SURVIVAL


def _response(
    course: CourseFacts, facts: Facts, *, on: date
) -> Iterator[tuple[str, Result, RequiredRecords]]:
    required = unrecorded.RESPONSE
    since_bl1 = objective_response(facts, on=on)
    since_bl0 = objective_response(facts, on=on, reference=Reference.BL0)
    yield Sentence("Objective response, against BL1"), since_bl1, required
    yield Sentence("Objective response, against BL0"), since_bl0, required
    confirmed = objective_response(facts, on=on, confirmed=True)
    yield Sentence("Objective response, confirmed"), confirmed, required
    yield Sentence("Disease control"), disease_control(facts, on=on), required
    duration = unrecorded.limited(since_bl1, required, course.unrecorded)
    if duration.determined:
        duration = duration_of_response(facts, on=on)
    yield Sentence("Duration of response"), duration, unrecorded.FREE_BY_FDA


def _therapy_and_safety(
    course: CourseFacts, facts: Facts, *, on: date
) -> Iterator[tuple[str, Result, RequiredRecords]]:
    next_therapy = time_to_next_systemic(facts, on=on)
    yield Sentence("Time to the next systemic line"), next_therapy, unrecorded.NEXT_THERAPY
    irradiated = dict(course.irradiated)
    metastases = list(_new_metastases(course))
    metastasis = time_to_new_metastasis(metastases, facts, on=on, irradiated=bool(irradiated))
    yield Sentence("Time to new metastasis"), metastasis, unrecorded.SITE
    treated = Treated(
        facts.randomized_on,
        course.treated_after_randomization,
        max(irradiated.values(), default=None),
    )
    toxicity = severe_toxicity(course.toxicities, treated, on=on)
    yield Sentence("Toxicity of grade 3 or more"), toxicity, unrecorded.SEVERE


def _new_metastases(course: CourseFacts) -> Iterator[NewMetastasis]:
    for assessment in course.assessments:
        point = assessment.point
        for lesion, in_field in zip(point.new_lesions, assessment.in_field, strict=True):
            seen_on = lesion.seen_on or point.scanned_on
            yield NewMetastasis(point.label, seen_on, lesion.certainty, in_field)


def course_failure(
    responses: Sequence[DerivedResponse],
    facts: Facts,
    *,
    on: date,
    irradiated_since: date | None,
) -> Pattern:
    """Return the pattern of the first progression after randomization (crf_spec 5).

    The assessment that shows it tells the sites: by local statuses, by new lesions, else by growth.
    Before anything was irradiated there is no field, and no pattern.

    >>> course_failure([], Facts(), on=date(2026, 1, 1), irradiated_since=None).site is None
    True
    """
    start_on = facts.randomized_on
    failures = []
    for response in responses:
        day = response.evaluation.dated_on
        if response.evaluation.response != Response.PD or day is None:
            continue
        if start_on is None or day <= start_on:
            continue
        label = response.assessment.point.label
        failures += [Failure(label, day, site) for site in _sites(response)]
    pattern = first_failure(failures, on=on)
    has_field = irradiated_since and pattern.on and irradiated_since <= pattern.on
    return pattern if has_field else Pattern(None, None, (), ())


def _sites(response: DerivedResponse) -> set[Site]:
    assessment, derived = response.assessment, response.derived
    sites = {FAILED_AT[status] for _, status in assessment.statuses if status in FAILED_AT}
    has_local_failure = bool(sites)
    certainties = [lesion.certainty for lesion in assessment.point.new_lesions]
    if NewLesionCertainty.UNEQUIVOCAL in certainties:
        sites.add(Site.NEW)
    has_grown = Response.PD in (derived.target, derived.non_target)
    if has_grown and not has_local_failure:
        sites.add(Site.OUT_OF_FIELD)
    return sites
