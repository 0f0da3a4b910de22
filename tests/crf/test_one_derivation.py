"""A value has one derivation: form, API, course page and check after cycle 2 say the same of it."""

from datetime import date
from decimal import Decimal

import pytest
from crf.casebook import Casebook
from crf.derived import eligibility, evidence, progression, strata
from crf.derived.therapy.doses import doses_of
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
from django.db import connection
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
    """Enter the assessment of a visit: one target lesion, absent where it has no size, or in a
    state; `found` are the states of non-target lesions; one day of scans.
    """

    def assess(code, mm, *, on=DAY, found=(), **answers):
        size = {"size_mm": D(mm)} if mm and mm[0].isdigit() else {"state": mm or "ABSENT", "size_mm": None}
        described = {"narrative": "Twice as large as before."}
        rows = {
            Scan: [row(Scan, scanned_on=on)],
            TargetMeasurement: [row(TargetMeasurement, lesion=target, **size)],
            NonTargetFinding: [row(NonTargetFinding, lesion=lesion, state=state, **described) for lesion, state in found],
            NewLesion: [],
        }
        own = {"investigator_overall": "SD", "unscheduled_reason": "New pain"} | answers
        return enter(ResponseAssessment, at=code, rows=rows, **own)

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


@pytest.fixture
def readings(subject, data_manager):
    """Each visit's readings against BL0, against BL1 and by iRECIST, as course and check say them."""

    def readings():
        answer = caller(data_manager).get(f"subjects/{subject.code}/course/").json()["responses"]
        course = {one["assessment"]: f"{one['overall']} {one['overall_since_bl1'] or '-'} {one['irecist']}" for one in answer}
        for assessment in progression.facts_of(Casebook(subject)).assessments:
            bl0, _, immune = course[assessment.label].split()
            assert (bl0, immune) == (assessment.derived, assessment.irecist)
        return course

    return readings


BY_ENTRY = [
    # entered first  target of PC2   PC2   UNS1
    ("PC2",          None,           "SD", "PD"),  # from 40 mm, 30 mm is stable; 36 mm after it is growth by 6 mm and 20 %
    ("UNS1",         None,           "SD", "SD"),  # 30 mm after 36 mm is none
    ("PC2",          "2025-02-27",   "SD", "PD"),  # a visit that is planned comes before one that is not
    ("UNS1",         "2025-02-27",   "SD", "PD"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "target_on", "planned", "unplanned"), BY_ENTRY)
def test_two_assessments_of_a_day_are_read_alike_everywhere(
    assess, said, subject, data_manager, commit, first, target_on, planned, unplanned
):
    """The visit's target decides, then the number in the ledger; the label never does (recist11 section 3)."""
    for code in sorted(("PC2", "UNS1"), reverse=first == "UNS1"):
        assess(code, {"PC2": "30.0", "UNS1": "36.0"}[code])
        commit()
    with acting(by=data_manager):
        Visit.objects.filter(subject=subject, code="PC2").update(target_on=target_on)
    assert all(responses == {"PC2": planned, "UNS1": unplanned} for responses in said().values()), said()


def count_keys_on_from(number):
    table = ResponseAssessment._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), %s)", [number])


def test_of_two_assessments_of_a_day_the_first_in_the_ledger_comes_first(assess, said, commit):
    """Keys are given before the commit, and say nothing of the order (decision 12)."""
    count_keys_on_from(90_000)
    first = assess("UNS1", "36.0")
    commit()
    count_keys_on_from(80_000)
    second = assess("UNS2", "30.0")
    commit()
    assert second.pk < first.pk
    assert all(responses == {"UNS1": "SD", "UNS2": "SD"} for responses in said().values()), said()


def test_what_disappeared_and_came_back_on_a_day_is_progression_everywhere(assess, said):
    assess("UNS2", "4.0", on=date(2025, 2, 26))
    assess("UNS10", "20.0", on=date(2025, 2, 26))
    assess("PC2", "15.0")
    assert all(responses == {"PC2": "PR", "UNS2": "PR", "UNS10": "PD"} for responses in said().values()), said()


def decide(name, value, on):
    with acting(by=founder()):
        ParameterDecision.objects.create(name=name, value=value, effective_from=on, basis="Committee")


def test_each_response_is_derived_by_the_parameters_of_its_scan(assess, said, readings):
    """What reappears after CR is progression, however small, until RECIST_FLOOR_AFTER_CR is decided
    otherwise from a later day on; then no reading of that day's scan says progression.
    """
    decide("RECIST_FLOOR_AFTER_CR", "yes", date(2025, 6, 1))
    assess("PC2", None)
    assess("UNS1", "4.0", on=date(2025, 4, 1))
    assess("UNS2", "4.0", on=date(2025, 6, 1))
    assert all(responses == {"PC2": "CR", "UNS1": "PD", "UNS2": "PR"} for responses in said().values()), said()
    assert readings() == {"PC2": "CR - iCR", "UNS1": "PD PD iUPD", "UNS2": "PR SD iPR"}


def test_confirmed_partial_response_goes_on_in_every_reading(assess, readings):
    decide("RECIST_CONTINUING_PR", "yes", date(2025, 1, 1))
    for code, mm, on in (("PC2", "40", 1), ("TA1", "28", 3), ("TA2", "28", 5), ("TA3", "32", 7)):
        assess(code, mm, on=date(2025, on, 1))
    assert readings()["TA3"] == "PR PR iPR"


SEEN_AGAIN = [
    # PC2   TA1          non-target  class                 at PC2     at TA1        PC2   TA1
    (None,  "4.0",       None,       None,                 None,      None,         "CR", "PD"),
    (None,  "TOO_SMALL", None,       None,                 None,      None,         "CR", "PR"),
    (None,  "4.0",       "LIVER",    "VISCERAL",           "PRESENT", "PRESENT",    "PR", "PR"),
    (None,  "5.0",       "LIVER",    "VISCERAL",           "PRESENT", "PRESENT",    "PR", "PD"),
    (None,  None,        "LIVER",    "VISCERAL",           "ABSENT",  "PRESENT",    "CR", "PD"),
    (None,  None,        "LYMPH_NODE", "NONREGIONAL_LN",   "ABSENT",  "PRESENT",    "CR", "PR"),
    (None,  None,        "LYMPH_NODE", "NONREGIONAL_LN",   "ABSENT",  "UNEQUIVOCAL", "CR", "PD"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "then", "organ", "lesion_class", "at_first", "at_then", "pc2", "ta1"), SEEN_AGAIN)
def test_lesion_seen_again_is_read_alike_everywhere(enter, assess, said, first, then, organ, lesion_class, at_first, at_then, pc2, ta1):
    beside = []
    if organ:
        node = {"short_axis_mm": D("12.0"), "longest_mm": None, "subregion": "SCLAV", "regional": "N"} if organ == "LYMPH_NODE" else {}
        beside = [enter(Lesion, organ=organ, lesion_class=lesion_class, role="NON-TARGET", complete=False, **node)]
    assess("PC2", first, found=[(lesion, at_first) for lesion in beside])
    assess("TA1", then, on=date(2025, 5, 1), found=[(lesion, at_then) for lesion in beside])
    assert all(responses == {"PC2": pc2, "TA1": ta1} for responses in said().values()), said()


def test_lesion_too_small_after_it_was_gone_is_to_be_checked(assess, data_manager):
    assess("PC2", None)
    stored = assess("TA1", "TOO_SMALL", on=date(2025, 5, 1))
    assert (stored.sum_mm, stored.nadir_mm, stored.change_from_nadir_mm) == (5, 0, 0)
    told = "L01 was absent before and is now too small to measure: was it there before? It counts 5 mm in the sum and no growth."
    assert stored.doubts == told
    rows = {one["visit_code"]: one["doubts"] for one in caller(data_manager).results("responses/")}
    assert rows == {"PC2": "NONE", "TA1": told}


def test_change_from_bl1_stands_beside_those_from_bl0_and_nadir(assess, client, data_manager, subject):
    assess("PC2", "32.0")
    stored = assess("TA1", "24.0", on=date(2025, 5, 1))
    later = assess("TA2", "27.0", on=date(2025, 7, 1))
    assert (stored.baseline_mm, stored.bl1_mm, stored.nadir_mm) == (D("40.0"), D("32.0"), D("32.0"))
    changes = (later.change_from_baseline_percent, later.change_from_bl1_percent, later.change_from_nadir_percent)
    assert changes == (D("-32.5"), D("-15.625"), D("12.5"))
    api = caller(data_manager)
    for answer in (api.results("responses/"), api.get(f"subjects/{subject.code}/course/").json()["responses"]):
        assert [one["change_from_bl1_percent"] for one in answer] == [None, "-25.0", "-15.6"]
    client.force_login(data_manager)
    page = client.get(f"/subjects/{subject.code}/course/").content.decode()
    assert "Change from BL1" in page
    assert "−15.6 %" in page


def test_story_10_is_pseudoprogression_everywhere(assess, said, readings):
    """50 to 46 mm stands for 40 to 36 here: +14 mm is progression, and not confirmed by 24 mm."""
    for code, mm, on in (
        ("PC2", "36.8", date(2025, 6, 24)),
        ("TA1", "48.0", date(2025, 9, 1)),
        ("UNS1", "48.0", date(2025, 9, 15)),
        ("CONF1", "24.0", date(2025, 10, 7)),
    ):
        assess(code, mm, on=on)
    assert readings() == {"PC2": "SD - iSD", "TA1": "PD PD iUPD", "UNS1": "PD PD iUPD", "CONF1": "PR PR iPR"}
    assert said()["course page"]["TA1"] == "PD"


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
