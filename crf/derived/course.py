"""A subject's course, gathered from the casebook and derived by the protocol: read anew each time, never stored."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from crf.derived.coverage import lesions_to_cover
from crf.derived.dose_history import DoseHistory
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
from crf.models.response import assessments_of, baseline_of
from trial.models import Subject, Visit, parameters_on
from trial.models.parameter import read_once
from trial.protocol.endpoints import course
from trial.protocol.endpoints.facts import Contact, Facts
from trial.protocol.endpoints.local_control import LocalStatus
from trial.protocol.endpoints.unrecorded import Unrecorded
from trial.protocol.parameters import Parameters
from trial.protocol.radiotherapy import coverage as coverage_rules
from trial.protocol.response import recist, second_baseline
from trial.protocol.schedule.subject_status import StatusFacts, SubjectStatus, subject_status
from trial.protocol.therapy import dose_intensity

from . import progression
from .dates import doses_of

SECOND_BASELINE = "PC2"
UNRECORDED = frozenset(Unrecorded)  # death, the next therapy and adverse events have no form yet


class AgentGiven(NamedTuple):
    """What was given of an agent: in mg, per m² or kg where it is dosed so; the dose intensity in percent, None where unknown."""

    agent: str
    mg: Decimal | None
    normalized: Decimal | None
    intensity_percent: Decimal | None


class LesionCovered(NamedTuple):
    lesion: str
    coverage: coverage_rules.Coverage


class Derived(NamedTuple):
    """`records` leads from the label of an assessment to its record's key."""

    status: SubjectStatus
    course: course.Course
    records: dict[str, int]
    agents: list[AgentGiven]
    regimen_intensity_percent: Decimal | None
    lesions: list[LesionCovered]
    coverage: coverage_rules.SubjectCoverage | None


def derive(subject: Subject, *, on: date, unrecorded: frozenset[Unrecorded] = UNRECORDED) -> Derived:
    """All that the protocol derives for a subject, as known on a day, by the parameters in force on it.

    Endpoints that need a kind of record that is not kept are unknown.
    """
    with read_once():
        return _derive(subject, on, parameters_on(on), unrecorded)


def _derive(subject: Subject, on: date, parameters: Parameters, unrecorded: frozenset[Unrecorded]) -> Derived:
    found = assessments_of(subject)
    lesions = list(Lesion.objects.of(subject).order_by("code"))
    fractions = _fractions(subject, on)
    given = _given_to(fractions, lesions)
    allocation = Randomization.objects.of(subject).values_list("randomized_on", "arm").first()
    told = course.CourseFacts(
        baseline=baseline_of(lesions),
        assessments=tuple(_seen(one) for one in found if one.first_scan_on),
        treated_on=doses_of(subject).day_1(1),
        second_baseline=SECOND_BASELINE,
        irradiated=tuple(given.items()),
        treated_after_randomization=_given_since(subject, fractions, allocation[0], on=on) if allocation else None,
        unrecorded=unrecorded,
    )
    facts = _facts(told, found, allocation[0] if allocation else None)
    told = replace(told, facts=replace(facts, contacts=tuple(_contacts(subject, fractions))))
    derived = course.derive(told, on=on, parameters=parameters)
    agents, regimen = _agents(subject, on)
    covered, coverage = _coverage(subject, parameters) if allocation and allocation[1] == "SYSRT" else ([], None)
    return Derived(
        status=_status(subject, derived, fractions, on=on),
        course=derived,
        records={one.visit.code: one.pk for one in found},
        agents=agents,
        regimen_intensity_percent=regimen,
        lesions=covered,
        coverage=coverage,
    )


def _seen(one: ResponseAssessment) -> course.CourseAssessment:
    statuses = [(row.lesion.code, row.local_status) for row in one.rows(TargetMeasurement) if row.lesion and row.local_status]
    fields = {"Y": True, "N": False}
    return course.CourseAssessment(
        point=one.time_point(),
        investigator=recist.Response(one.investigator_overall) if one.investigator_overall else None,
        statuses=tuple((code, LocalStatus(status)) for code, status in statuses),
        in_field=tuple(fields.get(row.in_field) for row in one.rows(NewLesion) if row.certainty),
    )


def _facts(told: course.CourseFacts, found: list[ResponseAssessment], randomized_on: date | None) -> Facts:
    """What is known at randomization is told of BL1, the check after cycle 2."""
    second = next((one for one in found if one.visit.code == SECOND_BASELINE and one.first_scan_on), None)
    point = second.time_point() if second else None
    return Facts(
        randomized_on=randomized_on,
        baseline_complete=None if second is None else second.covers_trunk and second.overall not in (None, "NE"),
        measurable=second_baseline.measurable(told.baseline, point) if point else None,
        no_disease=point is not None and second_baseline.no_disease(told.baseline, point),
    )


def _contacts(subject: Subject, fractions: list[Fraction]) -> Iterator[Contact]:
    """Visits, doses, fractions, specimens and signs: each a day on which the subject was alive (crf_spec 5, OS)."""
    for code, day in Visit.objects.filter(subject=subject).exclude(held_on=None).values_list("code", "held_on"):
        yield Contact(f"visit {code}", day)
    for code, day in _days(Administration, subject, "cycle__visit__code", "given_on"):
        yield Contact(f"dose of {code}", day)
    for code, day in _days(LaboratoryPanel, subject, "visit__code", "sampled_on"):
        yield Contact(f"specimen of {code}", day)
    for code, day in _days(VitalSigns, subject, "visit__code", "measured_on"):
        yield Contact(f"vital signs of {code}", day)
    for fraction in fractions:
        yield Contact(f"fraction {fraction.number} of {fraction.volume.code}", fraction.given_on)


def _days(model: type, subject: Subject, code: str, day: str) -> Iterator[tuple[str, date]]:
    yield from model.objects.of(subject).exclude(**{day: None}).values_list(code, day)


def _fractions(subject: Subject, on: date) -> list[Fraction]:
    delivered = Fraction.objects.of(subject).filter(delivered="Y", course__withdrawn_at=None, given_on__lte=on)
    return list(delivered.select_related("volume").order_by("given_on", "pk"))


def _given_since(subject: Subject, fractions: list[Fraction], randomized_on: date, *, on: date) -> bool:
    """Whether a dose or fraction was given since randomization: the safety set (crf_spec 5)."""
    doses = Administration.objects.of(subject).filter(given="Y", given_on__range=(randomized_on, on), cycle__withdrawn_at=None)
    return any(fraction.given_on >= randomized_on for fraction in fractions) or doses.exists()


def _given_to(fractions: list[Fraction], lesions: list[Lesion]) -> dict[str, date]:
    """The last fraction to each lesion that was irradiated."""
    codes = {lesion.code for lesion in lesions}
    return {code: fraction.given_on for fraction in fractions for code in fraction.volume.lesions if code in codes}


def _agents(subject: Subject, on: date) -> tuple[list[AgentGiven], Decimal | None]:
    """Cumulative dose and relative dose intensity of each agent, and the regimen's (crf_spec 2.14), over the cycles begun."""
    begun = [number for number, day in doses_of(subject).first.items() if day <= on]
    last = Cycle.objects.of(subject).filter(number=max(begun, default=0)).select_related("visit__subject__site").first()
    if last is None:
        return [], None
    history = DoseHistory.of(last)
    percents = history.percents(until=last.number)
    found = []
    for agent, doses in history.doses.items():
        total = dose_intensity.cumulative_dose(dose for dose in doses if dose.cycle <= last.number)
        found.append(AgentGiven(agent, total.mg, total.normalized, percents[agent]))
    return found, dose_intensity.regimen_intensity_percent(percents.values())


def _coverage(subject: Subject, parameters: Parameters) -> tuple[list[LesionCovered], coverage_rules.SubjectCoverage | None]:
    """Each lesion that is to be irradiated, over all courses, and the subject (crf_spec 2.15)."""
    courses = list(RadiotherapyCourse.objects.of(subject).select_related("visit__subject__site").order_by("pk"))
    volumes = [volume for one in courses for volume in one.rows(TargetVolume)]
    ended = bool(courses) and all(one.has_ended for one in courses)
    found = [
        LesionCovered(
            code,
            coverage_rules.lesion_coverage(
                [coverage_rules.Coverage(volume.coverage) for volume in volumes if code in volume.lesions], planning_ended=ended
            ),
        )
        for code in lesions_to_cover(subject, parameters)
    ]
    return found, coverage_rules.subject_coverage(one.coverage for one in found)


def _status(subject: Subject, derived: course.Course, fractions: list[Fraction], *, on: date) -> SubjectStatus:
    gates = {row.gate: row.result for row in Eligibility.objects.of(subject).filter(assessed_on__lte=on).order_by("pk")}
    doses = doses_of(subject)
    check = progression.check(subject, on=on)
    randomized_on = Randomization.objects.of(subject).filter(randomized_on__lte=on).values_list("randomized_on", flat=True).first()
    withdrawn = Consent.objects.of(subject).filter(type="WITHDRAWAL", signed_on__lte=on).values_list("signed_on", flat=True).first()
    progressed = [one.evaluation.dated_on for one in derived.responses if one.evaluation.response == recist.Response.PD]
    dosed = Administration.objects.of(subject).filter(given="Y", given_on__lte=on, cycle__withdrawn_at=None)
    given = [*dosed.values_list("given_on", flat=True), *(fraction.given_on for fraction in fractions)]
    first = doses.day_1(1)
    return subject_status(
        StatusFacts(
            entry=gates.get("G1"),
            second=gates.get("G2"),
            first_dose_on=first if first and first <= on else None,
            last_dose_on=max(given, default=None),
            progressed=check.state == "PD",
            randomized_on=randomized_on,
            progressed_on=min((day for day in progressed if day and randomized_on and day > randomized_on), default=None),
            withdrawn_on=withdrawn,
        )
    )
