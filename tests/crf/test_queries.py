"""A subject's course, eligibility and check after cycle 2 are derived with few queries, however
many visits and records there are.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from crf.casebook import Casebook
from crf.derived import course, eligibility, progression
from crf.derived.anchors import anchors_of
from crf.models import (
    Administration,
    Cycle,
    LaboratoryPanel,
    LaboratoryResult,
    NonTargetFinding,
    RadiotherapyCourse,
    Regimen,
    ResponseAssessment,
    Scan,
    TargetMeasurement,
    VitalSigns,
)
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.conftest import LABORATORY, SCREENED
from tests.crf.conftest import row
from tests.examples import complete, lesion_of
from trial.audit.acting import acting
from trial.models import Subject, Visit

MOST_OF_A_COURSE = 24
"""One for each table of a form or group that is read, and for visits, standing rows, signatures,
ranges and parameters.
"""


def with_visits(subject, by, first, last):
    """Visits of these numbers, each with a cycle, vital signs, a panel, a course of radiotherapy
    and a tumor assessment.
    """
    with acting(by=by):
        target, other = (lesion_of(subject, role) for role in ("TARGET", "NON-TARGET"))
        numbers = range(first, last + 1)
        visits = Visit.objects.bulk_create(Visit(subject=subject, code=f"UNS{n}", held_on=SCREENED + timedelta(n)) for n in numbers)
        pairs = list(zip(numbers, visits, strict=True))
        VitalSigns.objects.bulk_create(VitalSigns(visit=v, weight_kg=70, measured_on=v.held_on) for _, v in pairs)
        cycles = Cycle.objects.bulk_create(Cycle(visit=v, number=n, weight_kg=70, height_cm=175) for n, v in pairs)
        given = row(Administration)
        Administration.objects.bulk_create(Administration(cycle=cycle, **given | {"given_on": cycle.visit.held_on}) for cycle in cycles)
        panels = LaboratoryPanel.objects.bulk_create(
            LaboratoryPanel(visit=v, performed="Y", sampled_on=v.held_on, laboratory=LABORATORY) for _, v in pairs
        )
        LaboratoryResult.objects.bulk_create(LaboratoryResult(panel=panel, **row(LaboratoryResult)) for panel in panels)
        assessments = ResponseAssessment.objects.bulk_create(ResponseAssessment(visit=v, investigator_overall="SD") for _, v in pairs)
        for assessment in assessments:
            Scan.objects.create(assessment=assessment, **row(Scan) | {"scanned_on": assessment.visit.held_on})
            TargetMeasurement.objects.create(assessment=assessment, lesion=target, state="MEASURED", size_mm=Decimal(20))
            NonTargetFinding.objects.create(assessment=assessment, lesion=other, state="PRESENT")
        for _ in range(first, last + 1, 5):
            complete(RadiotherapyCourse, subject)


def on(casebook):
    return casebook.subject.site.today()


DERIVATIONS = {
    "course": (lambda casebook: course.derive(casebook, on=on(casebook)), MOST_OF_A_COURSE),
    "eligibility for entry": (
        lambda casebook: eligibility.assess(casebook, gate=1, on=on(casebook)),
        10,
    ),
    "eligibility for randomization": (
        lambda casebook: eligibility.assess(casebook, gate=2, on=on(casebook)),
        22,
    ),
    "check after cycle 2": (lambda casebook: progression.check(casebook, on=on(casebook)), 14),
    "dates that visits are planned from": (
        lambda casebook: anchors_of(casebook, casebook.parameters_on(on(casebook))),
        12,
    ),
}


def queries_of_all(subject):
    """How many queries each derivation asks, by its name, with a casebook of its own."""
    counts = {}
    for name, (derive, _) in DERIVATIONS.items():
        casebook = Casebook(Subject.objects.select_related("site").get(pk=subject.pk))
        with CaptureQueriesContext(connection) as queries:
            derive(casebook)
        counts[name] = len(queries)
    return counts


@pytest.fixture
def at_10_and_60_visits(subject, data_manager):
    with acting(by=data_manager):
        complete(Regimen, subject)
    with_visits(subject, data_manager, 1, 10)
    few = queries_of_all(subject)
    with_visits(subject, data_manager, 11, 60)
    return few, queries_of_all(subject)


def test_queries_are_few_and_as_many_for_60_visits_as_for_10(at_10_and_60_visits):
    few, many = at_10_and_60_visits
    assert many == few
    assert {name for name, (_, most) in DERIVATIONS.items() if many[name] > most} == set(), many


def test_what_one_derivation_has_read_the_next_does_not_read_again(subject, data_manager):
    with_visits(subject, data_manager, 1, 3)
    casebook = Casebook(subject)
    course.derive(casebook, on=on(casebook))
    with CaptureQueriesContext(connection) as queries:
        course.derive(casebook, on=SCREENED)
        progression.check(casebook, on=on(casebook))
        anchors_of(casebook, casebook.parameters_on(on(casebook)))
    assert len(queries) == 0
