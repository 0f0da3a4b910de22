"""A subject's course, derived by the protocol from the casebook: anew each time, never stored."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from crf.casebook import Casebook
from crf.derived.therapy.doses import AgentTotal, agent_totals, days_given, doses_of
from crf.models import (
    Administration,
    Consent,
    Eligibility,
    LaboratoryPanel,
    NewLesion,
    ResponseAssessment,
    VitalSigns,
)
from trial.protocol.endpoints import course
from trial.protocol.endpoints.facts import Contact, Facts
from trial.protocol.endpoints.unrecorded import Unrecorded
from trial.protocol.progression_check.progression import State
from trial.protocol.radiotherapy import coverage as coverage_rules
from trial.protocol.response import recist, second_baseline
from trial.protocol.schedule.subject_status import StatusFacts, SubjectStatus, subject_status

from . import progression
from .allocation import allocation_of, is_irradiated
from .anchors import treatment_ended_on
from .demographics import signed_on
from .fractions import fractions_delivered, irradiated_lesions
from .radiotherapy import coverage_by_lesion, subject_coverage
from .response.responses import (
    SECOND_BASELINE,
    AssessedResponse,
    baseline,
    covers_trunk,
    investigator_response,
    local_statuses,
    responses,
)

UNRECORDED = frozenset(Unrecorded)
"""Death, the next therapy and adverse events have no form yet."""
IN_FIELD = {"Y": True, "N": False}


class LesionCovered(NamedTuple):
    """A lesion by its code, and how far radiotherapy covered it."""

    lesion: str
    coverage: coverage_rules.Coverage


class Derived(NamedTuple):
    """The derived course of a subject.

    `records` leads from the label of an assessment to the key of its record.
    """

    status: SubjectStatus
    course: course.Course
    records: dict[str, int]
    agents: list[AgentTotal]
    regimen_intensity_percent: Decimal | None
    lesions: list[LesionCovered]
    coverage: coverage_rules.SubjectCoverage | None


def derive(
    casebook: Casebook, *, on: date, unrecorded: frozenset[Unrecorded] = UNRECORDED
) -> Derived:
    """Return all that the protocol derives for a subject, as known on a day.

    The parameters in force on that day count; for each response, those of the day of its scan.
    Endpoints that need a kind of record that is not kept are unknown.
    """
    parameters = casebook.parameters_on(on)
    sources = sources_of(casebook, on=on, unrecorded=unrecorded)
    derived = course.derive(sources, on=on, parameters=parameters)
    agents, regimen_percent = agent_totals(casebook, on=on)
    assessments = casebook.records(ResponseAssessment)
    irradiated = is_irradiated(casebook)
    return Derived(
        status=status_of(casebook, derived, on=on),
        course=derived,
        records={assessment.visit.code: assessment.pk for assessment in assessments},
        agents=agents,
        regimen_intensity_percent=regimen_percent,
        lesions=lesions_covered(casebook) if irradiated else [],
        coverage=subject_coverage(casebook) if irradiated else None,
    )


def lesions_covered(casebook: Casebook) -> list[LesionCovered]:
    """Return how far each lesion that must be covered was, by its code."""
    return [
        LesionCovered(code, coverage) for code, coverage in coverage_by_lesion(casebook).items()
    ]


def sources_of(
    casebook: Casebook, *, on: date, unrecorded: frozenset[Unrecorded]
) -> course.CourseFacts:
    """Return the facts that the protocol derives a course from."""
    fractions = fractions_delivered(casebook, on)
    sources = course.CourseFacts(
        baseline=baseline(casebook),
        assessments=tuple(
            course_assessment(response, casebook) for response in responses(casebook, until=on)
        ),
        treated_on=doses_of(casebook).day_1(1),
        second_baseline=SECOND_BASELINE,
        irradiated=tuple(irradiated_lesions(casebook, on=on).items()),
        irradiated_since=fractions[0].fraction.given_on if fractions else None,
        treated_after_randomization=was_treated_since_randomization(casebook, on=on),
        unrecorded=unrecorded,
    )
    facts = facts_of(casebook, sources.baseline)
    return replace(sources, facts=replace(facts, contacts=tuple(contacts_of(casebook, on=on))))


def course_assessment(response: AssessedResponse, casebook: Casebook) -> course.CourseAssessment:
    """Return one assessment as the course reads it."""
    assessment, point = response.assessment, response.point
    return course.CourseAssessment(
        point=point,
        investigator=investigator_response(assessment),
        statuses=local_statuses(assessment, casebook),
        in_field=tuple(
            IN_FIELD.get(row.in_field) for row in assessment.rows(NewLesion) if row.certainty
        ),
        readings=response.readings,
    )


def facts_of(casebook: Casebook, first: recist.Baseline) -> Facts:
    """Return the facts at randomization, as BL1, the check after cycle 2, shows them."""
    allocation = allocation_of(casebook)
    at_bl1 = [
        response for response in responses(casebook) if response.point.label == SECOND_BASELINE
    ]
    randomized_on = allocation.randomized_on if allocation else None
    if not at_bl1:
        return Facts(
            randomized_on=randomized_on, baseline_complete=None, measurable=None, no_disease=False
        )
    point, derived = at_bl1[0].point, at_bl1[0].derived
    return Facts(
        randomized_on=randomized_on,
        baseline_complete=covers_trunk(at_bl1[0].assessment)
        and derived.overall != recist.Response.NE,
        measurable=second_baseline.measurable(first, point),
        no_disease=second_baseline.no_disease(first, point),
    )


def contacts_of(casebook: Casebook, *, on: date) -> Iterator[Contact]:
    """Yield visits, doses, fractions, specimens and signs (crf_spec 5, OS).

    On each of these days the subject was alive.
    """
    for visit in casebook.visits:
        if visit.held_on:
            yield Contact(f"visit {visit.code}", visit.held_on)
    for row in casebook.rows(Administration):
        if row.given_on:
            yield Contact(f"dose of {row.cycle.visit.code}", row.given_on)
    for panel in casebook.records(LaboratoryPanel):
        if panel.sampled_on:
            yield Contact(f"specimen of {panel.visit.code}", panel.sampled_on)
    for signs in casebook.records(VitalSigns):
        if signs.measured_on:
            yield Contact(f"vital signs of {signs.visit.code}", signs.measured_on)
    for fraction, volume in fractions_delivered(casebook, on):
        of_volume = f" of {volume.code}" if volume else ""
        yield Contact(f"fraction {fraction.number}{of_volume}", fraction.given_on)


def treatment_days(casebook: Casebook, *, on: date) -> list[date]:
    """Return the day of each dose, and of each fraction of the study up to a day."""
    fractions = [row.fraction for row in fractions_delivered(casebook, on)]
    of_study = [fraction for fraction in fractions if fraction.course.is_of_study]
    return [*days_given(casebook), *(fraction.given_on for fraction in of_study)]


def was_treated_since_randomization(casebook: Casebook, *, on: date) -> bool | None:
    """Return whether a dose or fraction was given since randomization: the safety set (crf_spec 5).

    None stands for a subject who is not randomized.
    """
    allocation = allocation_of(casebook)
    if allocation is None:
        return None
    days = treatment_days(casebook, on=on)
    return any(allocation.randomized_on <= day <= on for day in days)


def status_of(casebook: Casebook, derived: course.Course, *, on: date) -> SubjectStatus:
    """Return the subject's status on a day (crf_spec 3)."""
    gates = {
        record.gate: record.result
        for record in casebook.records(Eligibility)
        if record.assessed_on and record.assessed_on <= on
    }
    treated = [day for day in treatment_days(casebook, on=on) if day <= on]
    randomized_on = by_then(derived.randomized_on, on)
    facts = StatusFacts(
        entry=gates.get(Eligibility.Gate.G1),
        second=gates.get(Eligibility.Gate.G2),
        first_dose_on=by_then(doses_of(casebook).day_1(1), on),
        last_dose_on=max(treated, default=None),
        progressed=progression.check(casebook, on=on).state == State.PD,
        randomized_on=randomized_on,
        progressed_on=progressed_after(randomized_on, derived) if randomized_on else None,
        treatment_ended_on=treatment_ended_on(casebook, on=on),
        withdrawn_on=by_then(signed_on(casebook, Consent.Type.WITHDRAWAL), on),
    )
    return subject_status(facts)


def progressed_after(randomized_on: date, derived: course.Course) -> date | None:
    """Return the day of the first progression after randomization."""
    progressions = [
        response.evaluation.dated_on
        for response in derived.responses
        if response.evaluation.response == recist.Response.PD
    ]
    return min((day for day in progressions if day and day > randomized_on), default=None)


def by_then(day: date | None, on: date) -> date | None:
    """Return `day` if it is not later than `on`."""
    return day if day and day <= on else None
