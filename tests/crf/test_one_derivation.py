"""A value has one derivation: form, API, course page and check after cycle 2 say the same of it."""

from datetime import date
from decimal import Decimal

import pytest
from crf.casebook import Casebook
from crf.derived import eligibility, evidence, progression, strata
from crf.derived.doses import doses_of
from crf.models import (
    Consent,
    Demographics,
    DiseaseExtent,
    LaboratoryPanel,
    Lesion,
    NewLesion,
    NonTargetFinding,
    Regimen,
    ResponseAssessment,
    Scan,
    TargetMeasurement,
    VitalSigns,
)
from tests.api.conftest import caller
from tests.conftest import founder
from tests.crf.conftest import row
from trial.audit.acting import acting
from trial.models import ParameterDecision, Visit
from trial.protocol.eligibility import organ_units
from trial.protocol.parameters import DEFAULT

D = Decimal
DAY = date(2025, 2, 25)


@pytest.fixture
def target(enter):
    return enter(Lesion, longest_mm=D("40.0"))


@pytest.fixture
def assess(enter, target):
    """Enter the assessment of a visit: one target lesion, absent where it has no size, and one day
    of scans.
    """

    def assess(code, mm, *, on=DAY, **answers):
        size = {"size_mm": D(mm)} if mm else {"state": "ABSENT", "size_mm": None}
        rows = {
            Scan: [row(Scan, scanned_on=on)],
            TargetMeasurement: [row(TargetMeasurement, lesion=target, **size)],
            NonTargetFinding: [],
            NewLesion: [],
        }
        return enter(
            ResponseAssessment,
            at=code,
            rows=rows,
            investigator_overall="SD",
            unscheduled_reason="New pain",
            **answers,
        )

    return assess


@pytest.fixture
def said(subject, data_manager, client):
    """The derived overall response of each assessment, by visit, as each place says it."""

    def said():
        client.force_login(data_manager)
        page = client.get(f"/subjects/{subject.code}/course/").context["responses"]
        api = caller(data_manager)
        keys = ResponseAssessment.objects.of(subject).values_list("visit__code", "pk")
        forms = {record.visit.code: str(record.overall) for record in ResponseAssessment.objects.of(subject).select_related("visit")}
        facts = progression.facts_of(Casebook(subject))
        return {
            "form": forms,
            "form in the API": {code: api.get(f"forms/responseassessment/{pk}/").json()["derived"]["overall"] for code, pk in keys},
            "responses": {one["visit_code"]: one["overall"] for one in api.results("responses/")},
            "course page": {response.assessment.point.label: str(response.derived.overall) for response, _ in page},
            "course": {one["assessment"]: one["overall"] for one in api.get(f"subjects/{subject.code}/course/").json()["responses"]},
            "check after cycle 2": {assessment.label: str(assessment.derived) for assessment in facts.assessments},
        }

    return said


@pytest.mark.parametrize("first", ["PC2", "UNS1"])
def test_two_assessments_of_a_day_are_read_alike_everywhere(assess, said, first):
    """From 40 mm, 30 mm is stable; 36 mm after it is progression, by 6 mm and 20 %. Entered in
    either order, the visit's label decides.
    """
    for code in sorted(("PC2", "UNS1"), reverse=first == "UNS1"):
        assess(code, {"PC2": "30.0", "UNS1": "36.0"}[code])
    assert all(responses == {"PC2": "SD", "UNS1": "PD"} for responses in said().values()), said()


def test_what_disappeared_and_came_back_on_a_day_is_progression_everywhere(assess, said):
    assess("UNS2", "4.0", on=date(2025, 2, 26))
    assess("UNS10", "20.0", on=date(2025, 2, 26))
    assess("PC2", "15.0")
    assert all(responses == {"PC2": "PR", "UNS2": "PR", "UNS10": "PD"} for responses in said().values()), said()


def test_each_response_is_derived_by_the_parameters_of_its_scan(assess, said, target):
    """What reappears after CR is progression, however small, until RECIST_FLOOR_AFTER_CR is decided
    otherwise from a later day on.
    """
    with acting(by=founder()):
        ParameterDecision.objects.create(
            name="RECIST_FLOOR_AFTER_CR",
            value="yes",
            effective_from=date(2025, 6, 1),
            basis="Committee",
        )
    assess("PC2", None)
    assess("UNS1", "4.0", on=date(2025, 4, 1))
    assert all(responses == {"PC2": "CR", "UNS1": "PD"} for responses in said().values()), said()


def test_form_eligibility_and_strata_count_the_same_lesions(enter, subject):
    """What was seen after the day of the second gate is not counted at it."""
    enter(Lesion)
    enter(Lesion, organ="LIVER", role="NON-TARGET", first_seen="BL1")
    enter(Lesion, organ="SPLEEN", role="NON-TARGET", first_seen="POST", imaged_on=date(2025, 9, 1))
    screening, check = (enter(DiseaseExtent, at=code, complete=False) for code in ("SCR", "PC2"))
    with acting(by=founder()):
        Visit.objects.filter(pk=check.visit_id).update(held_on=DAY)
    casebook, check = Casebook(subject), DiseaseExtent.objects.get(pk=check.pk)
    for gate, extent, codes in ((1, screening, ["L01"]), (2, check, ["L01", "L02"])):
        gathered = evidence.gather(casebook, gate=gate, on=DAY, parameters=DEFAULT).evidence
        assert [lesion.code for lesion in gathered.lesions] == codes
        assert extent.units_counted == str(organ_units.organ_units(gathered.lesions, DEFAULT))
    assert strata.units_level(casebook, DEFAULT, on=DAY) == strata.MORE_UNITS


def test_draft_of_another_regimen_changes_nothing_before_it_names_its_code(enter, subject):
    first = enter(Regimen)
    enter(Regimen, complete=False, code="", regimen_class="", cycle_length_days=28)
    assert doses_of(Casebook(subject)).cycle_length_days == first.cycle_length_days


def test_clearance_of_the_form_is_that_of_the_criterion(enter, subject):
    enter(Consent)
    enter(Demographics, birth_month="1960-07", sex="M")
    enter(VitalSigns, weight_kg=D("70.0"))
    panel = enter(LaboratoryPanel)
    verdicts = eligibility.assess(Casebook(subject), gate=1, on=panel.sampled_on).verdicts
    (reason,) = [verdict.reason for verdict in verdicts if verdict.criterion == "I12"]
    assert panel.clearance_ml_min == "67.3"
    assert "clearance 67.3 mL/min" in reason
