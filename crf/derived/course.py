"""A subject's course, derived by the protocol from the casebook: anew each time, never stored."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from crf.casebook import Casebook, once
from crf.models import (
    Administration,
    Consent,
    Cycle,
    Eligibility,
    Fraction,
    LaboratoryPanel,
    Lesion,
    NewLesion,
    RadiotherapyCourse,
    Randomization,
    ResponseAssessment,
    TargetMeasurement,
    TargetVolume,
    VitalSigns,
)
from trial.protocol.endpoints import course
from trial.protocol.endpoints.facts import Contact, Facts
from trial.protocol.endpoints.local_control import LocalStatus
from trial.protocol.endpoints.unrecorded import Unrecorded
from trial.protocol.progression_check.progression import State
from trial.protocol.radiotherapy import coverage as coverage_rules
from trial.protocol.response import recist, second_baseline
from trial.protocol.schedule.subject_status import StatusFacts, SubjectStatus, subject_status
from trial.protocol.therapy import dose_intensity

from . import progression
from .demographics import signed_on
from .doses import cumulative_doses, days_given, doses_of, intensity_percents
from .radiotherapy import coverage_by_lesion, subject_coverage
from .responses import AssessedResponse, assessed_lesions, baseline, covers_trunk, responses

SECOND_BASELINE = "PC2"
UNRECORDED = frozenset(Unrecorded)  # death, the next therapy and adverse events have no form yet
IN_FIELD = {"Y": True, "N": False}


class AgentGiven(NamedTuple):
    """What was given of an agent: in mg, per m² or kg where it is dosed so; the dose intensity in
    percent, None where unknown.
    """

    agent: str
    mg: Decimal | None
    normalized: Decimal | None
    intensity_percent: Decimal | None


class LesionCovered(NamedTuple):
    lesion: str
    coverage: coverage_rules.Coverage


class GivenFraction(NamedTuple):
    """A delivered fraction, with its volume where that stands."""

    fraction: Fraction
    volume: TargetVolume | None


class Derived(NamedTuple):
    """`records` leads from the label of an assessment to its record's key."""

    status: SubjectStatus
    course: course.Course
    records: dict[str, int]
    agents: list[AgentGiven]
    regimen_intensity_percent: Decimal | None
    lesions: list[LesionCovered]
    coverage: coverage_rules.SubjectCoverage | None


def derive(
    casebook: Casebook, *, on: date, unrecorded: frozenset[Unrecorded] = UNRECORDED
) -> Derived:
    """Return all that the protocol derives for a subject, as known on a day, by the parameters in
    force on it.

    Each response is derived by those of the day of its scan. Endpoints that need a kind of record
    that is not kept are unknown.
    """
    parameters = casebook.parameters_on(on)
    derived = course.derive(
        sources_of(casebook, on=on, unrecorded=unrecorded), on=on, parameters=parameters
    )
    agents, regimen_percent = agents_given(casebook, on=on)
    allocation = allocation_of(casebook)
    irradiates = allocation is not None and allocation.arm == Randomization.Arm.SYSRT
    covered = (
        [LesionCovered(code, coverage) for code, coverage in coverage_by_lesion(casebook).items()]
        if irradiates
        else []
    )
    return Derived(
        status=status_of(casebook, derived, on=on),
        course=derived,
        records={
            assessment.visit.code: assessment.pk
            for assessment in casebook.records(ResponseAssessment)
        },
        agents=agents,
        regimen_intensity_percent=regimen_percent,
        lesions=covered,
        coverage=subject_coverage(casebook) if irradiates else None,
    )


def sources_of(
    casebook: Casebook, *, on: date, unrecorded: frozenset[Unrecorded]
) -> course.CourseFacts:
    """Return what the protocol reads a course from."""
    allocation = allocation_of(casebook)
    sources = course.CourseFacts(
        baseline=baseline(casebook),
        assessments=tuple(
            seen_of(response, casebook) for response in responses(casebook, until=on)
        ),
        treated_on=doses_of(casebook).day_1(1),
        second_baseline=SECOND_BASELINE,
        irradiated=tuple(irradiated_lesions(casebook, on=on).items()),
        treated_after_randomization=given_since(casebook, allocation.randomized_on, on=on)
        if allocation
        else None,
        unrecorded=unrecorded,
    )
    facts = facts_of(casebook, sources.baseline, allocation)
    return replace(sources, facts=replace(facts, contacts=tuple(contacts_of(casebook, on=on))))


def allocation_of(casebook: Casebook) -> Randomization | None:
    return next(iter(casebook.records(Randomization)), None)


def seen_of(response: AssessedResponse, casebook: Casebook) -> course.CourseAssessment:
    """Return one assessment as the course reads it."""
    assessment, point, derived = response
    rows = assessed_lesions(assessment, TargetMeasurement, casebook)
    return course.CourseAssessment(
        point=point,
        investigator=recist.Response(assessment.investigator_overall)
        if assessment.investigator_overall
        else None,
        statuses=tuple(
            (lesion.code, LocalStatus(row.local_status)) for lesion, row in rows if row.local_status
        ),
        in_field=tuple(
            IN_FIELD.get(row.in_field) for row in assessment.rows(NewLesion) if row.certainty
        ),
        derived=derived,
    )


def facts_of(casebook: Casebook, first: recist.Baseline, allocation: Randomization | None) -> Facts:
    """Return what is known at randomization: BL1, the check after cycle 2, tells it."""
    at_bl1 = [
        response for response in responses(casebook) if response.point.label == SECOND_BASELINE
    ]
    randomized_on = allocation.randomized_on if allocation else None
    if not at_bl1:
        return Facts(
            randomized_on=randomized_on, baseline_complete=None, measurable=None, no_disease=False
        )
    assessment, point, derived = at_bl1[0]
    return Facts(
        randomized_on=randomized_on,
        baseline_complete=covers_trunk(assessment) and derived.overall != recist.Response.NE,
        measurable=second_baseline.measurable(first, point),
        no_disease=second_baseline.no_disease(first, point),
    )


def contacts_of(casebook: Casebook, *, on: date) -> Iterator[Contact]:
    """Yield visits, doses, fractions, specimens and signs: each a day on which the subject was
    alive (crf_spec 5, OS).
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
    for fraction, volume in fractions_given(casebook, on):
        of_volume = f" of {volume.code}" if volume else ""
        yield Contact(f"fraction {fraction.number}{of_volume}", fraction.given_on)


@once
def fractions_given(casebook: Casebook, on: date) -> list[GivenFraction]:
    """Return the fractions delivered up to a day, in the order of their days."""
    given = [
        GivenFraction(
            fraction,
            next(
                (volume for volume in course.rows(TargetVolume) if volume.pk == fraction.volume_id),
                None,
            ),
        )
        for course in casebook.records(RadiotherapyCourse)
        for fraction in course.rows(Fraction)
        if fraction.delivered == "Y" and fraction.given_on and fraction.given_on <= on
    ]
    return sorted(given, key=lambda row: (row.fraction.given_on, row.fraction.pk))


def given_since(casebook: Casebook, randomized_on: date, *, on: date) -> bool:
    """Return whether anything was given since randomization: the safety set (crf_spec 5)."""
    days = [
        *days_given(casebook),
        *(row.fraction.given_on for row in fractions_given(casebook, on)),
    ]
    return any(randomized_on <= day <= on for day in days)


def irradiated_lesions(casebook: Casebook, *, on: date) -> dict[str, date]:
    """Return the day of the last fraction to each lesion that was irradiated."""
    codes = {lesion.code for lesion in casebook.records(Lesion)}
    last: dict[str, date] = {}
    for fraction, volume in fractions_given(casebook, on):
        if volume:
            last |= {code: fraction.given_on for code in volume.lesions if code in codes}
    return last


def agents_given(casebook: Casebook, *, on: date) -> tuple[list[AgentGiven], Decimal | None]:
    """Return cumulative dose and relative dose intensity of each agent, and the regimen's (crf_spec
    2.14), over the cycles begun.
    """
    begun = [number for number, day in doses_of(casebook).first.items() if day <= on]
    until = max(begun, default=0)
    if not any(cycle.number == until for cycle in casebook.records(Cycle)):
        return [], None
    percents, totals = intensity_percents(casebook, until), cumulative_doses(casebook, until)
    agents = [
        AgentGiven(agent, totals[agent].mg, totals[agent].normalized, percent)
        for agent, percent in percents.items()
    ]
    return agents, dose_intensity.regimen_intensity_percent(percents.values())


def status_of(casebook: Casebook, derived: course.Course, *, on: date) -> SubjectStatus:
    """Return the subject's status on a day (crf_spec 3)."""
    gates = {
        record.gate: record.result
        for record in casebook.records(Eligibility)
        if record.assessed_on and record.assessed_on <= on
    }
    randomized_on, first_on = (
        by_then(derived.randomized_on, on),
        by_then(doses_of(casebook).day_1(1), on),
    )
    given = [
        *days_given(casebook),
        *(row.fraction.given_on for row in fractions_given(casebook, on)),
    ]
    progressed = [
        response.evaluation.dated_on
        for response in derived.responses
        if response.evaluation.response == recist.Response.PD
    ]
    return subject_status(
        StatusFacts(
            entry=gates.get("G1"),
            second=gates.get("G2"),
            first_dose_on=first_on,
            last_dose_on=max((day for day in given if day <= on), default=None),
            progressed=progression.check(casebook, on=on).state == State.PD,
            randomized_on=randomized_on,
            progressed_on=min(
                (day for day in progressed if day and randomized_on and day > randomized_on),
                default=None,
            ),
            withdrawn_on=by_then(signed_on(casebook, Consent.Type.WITHDRAWAL), on),
        )
    )


def by_then(day: date | None, on: date) -> date | None:
    """Return the day if it had come by another."""
    return day if day and day <= on else None
