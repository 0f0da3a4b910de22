"""A subject's course: every response, the best of them, and the endpoints (crf_spec 2.16 and 5).

No rule stands here: this module puts RECIST 1.1, iRECIST and the endpoints to work on one subject.
Sizes are in mm.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from trial.protocol.parameters import DEFAULT, Parameters
from trial.protocol.response import irecist, recist
from trial.protocol.response.best_response import Best, best_response, confirmed_best_response
from trial.protocol.response.evaluations import Evaluation, progression_on
from trial.protocol.response.readings import Readings, read_all
from trial.protocol.response.recist import Assessment, Discordance, Response, TimePoint

from .course_endpoints import course_failure, endpoints
from .course_facts import CourseAssessment, CourseFacts, DerivedResponse, Endpoint
from .course_lesions import lesion_endpoints
from .facts import facts_known_by
from .failure_pattern import Pattern
from .responders import best_since_randomization
from .results import Result

__all__ = [
    "Course",
    "CourseAssessment",
    "CourseFacts",
    "DerivedResponse",
    "Endpoint",
    "derive",
    "responses",
]


class Course(NamedTuple):
    """The course of one subject, as known on a day.

    `best` counts from the first dose, against the first baseline; `best_since_randomization`
    against the second.
    """

    on: date
    randomized_on: date | None
    responses: tuple[DerivedResponse, ...]
    best: Best
    confirmed_best: Best
    best_since_randomization: Best | Result
    best_immune: irecist.IResponse
    endpoints: tuple[Endpoint, ...]
    local_control: tuple[Endpoint, ...]
    first_failure: Pattern


def derive(course: CourseFacts, *, on: date, parameters: Parameters = DEFAULT) -> Course:
    """Return all that is derived for one subject, as known on a day (crf_spec 2.16, 5).

    An assessment with a later scan does not count.

    >>> from trial.protocol.response.recist import Baseline
    >>> derive(CourseFacts(Baseline()), on=date(2026, 1, 1)).best.response is None
    True
    """
    course = replace(course, assessments=_assessments_by(course, on))
    derived = responses(course, parameters=parameters)
    evaluations = tuple(response.evaluation for response in derived)
    facts = replace(course.facts, assessments=evaluations)
    past = facts_known_by(facts, on=on)
    start_on = course.treated_on if course.treated_on and course.treated_on <= on else None
    new_therapies = [therapy for therapy in past.therapies if not therapy.per_protocol]
    until_on = min((therapy.on for therapy in new_therapies if therapy.on), default=None)
    return Course(
        on=on,
        randomized_on=past.randomized_on,
        responses=derived,
        best=best_response(evaluations, start_on=start_on, until_on=until_on),
        confirmed_best=confirmed_best_response(
            evaluations,
            start_on=start_on,
            until_on=until_on,
            targets=bool(course.baseline.targets),
        ),
        best_since_randomization=best_since_randomization(facts, on=on),
        best_immune=irecist.best((response.immune for response in derived), start_on=start_on),
        endpoints=tuple(endpoints(course, facts, on=on, parameters=parameters)),
        local_control=tuple(lesion_endpoints(course, facts, on=on)),
        first_failure=course_failure(
            derived, facts, on=on, irradiated_since=course.first_irradiated_on
        ),
    )


def _assessments_by(course: CourseFacts, on: date) -> tuple[CourseAssessment, ...]:
    past = []
    for assessment in course.assessments:
        if assessment.last_scan_on and assessment.last_scan_on <= on:
            past.append(assessment)
    return tuple(past)


def responses(
    course: CourseFacts, *, parameters: Parameters = DEFAULT
) -> tuple[DerivedResponse, ...]:
    """Return each scanned assessment, in order of time, with its derived responses (crf_spec 2.16).

    They are those of RECIST 1.1 and of iRECIST.

    >>> from trial.protocol.response.recist import Baseline
    >>> responses(CourseFacts(Baseline()))
    ()
    """
    assessments = _in_order(course.assessments)
    points = [assessment.point for assessment in assessments]
    results = []
    for index, reading in enumerate(_readings(course, assessments, parameters)):
        assessment, derived, since = assessments[index], reading.since_bl0, reading.since_bl1
        since_bl1 = since.overall if since else None
        results.append(
            DerivedResponse(
                assessment=assessment,
                derived=derived,
                since_bl1=since,
                discordance=recist.discordance(derived.overall, assessment.investigator),
                evaluation=_evaluation(assessment, derived, points[:index], since_bl1),
                immune=reading.immune,
            )
        )
    return tuple(results)


def _in_order(assessments: Sequence[CourseAssessment]) -> list[CourseAssessment]:
    scanned = [assessment for assessment in assessments if assessment.point.scanned_on]
    return sorted(scanned, key=lambda assessment: assessment.point.place)


def _readings(
    course: CourseFacts, assessments: Sequence[CourseAssessment], parameters: Parameters
) -> list[Readings]:
    """Return the readings of each assessment: what was derived already stays."""
    points = [assessment.point for assessment in assessments]
    derived = read_all(
        course.baseline,
        points,
        [parameters] * len(points),
        second_baseline=course.second_baseline,
        new_symptom=course.new_symptom,
    )
    return [
        assessment.readings or anew for assessment, anew in zip(assessments, derived, strict=True)
    ]


def _evaluation(
    assessment: CourseAssessment,
    derived: Assessment,
    earlier: Sequence[TimePoint],
    since_randomization: Response | None,
) -> Evaluation:
    """Return the investigator's response where it does not contradict the derived one.

    A major difference is settled first.
    """
    point, investigator = assessment.point, assessment.investigator
    is_major = recist.discordance(derived.overall, investigator) == Discordance.MAJOR
    by_sum = Response.PD in (derived.target, derived.non_target)
    pd_on = None
    if investigator == Response.PD:
        pd_on = progression_on(point, earlier, by_sum=by_sum)
    return Evaluation(
        record=point.label,
        first_scan_on=point.first_scan_on,
        last_scan_on=point.last_scan_on,
        response=None if is_major else investigator,
        since_randomization=since_randomization,
        pd_on=pd_on,
    )
