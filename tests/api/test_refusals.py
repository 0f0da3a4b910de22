"""Bad input: a sentence that a study nurse understands, the right status, and nothing stored."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone
from tests.api.conftest import Caller, signed
from tests.conftest import CODE, PASSWORD
from trial.api.base import NOT_FOUND
from trial.models import Visit
from trial.refusals import Code, Refused

TOMORROW = (timezone.now() + timedelta(days=2)).date().isoformat()


def panel(**result):
    result = {"test": "CREAT", "unit": "umol/L"} | result
    items = {"performed": "Y", "sampled_on": "2025-01-08", "laboratory": "PUFH-1"}
    return {"complete": False, "items": items, "rows": {"results": [result]}}


REFUSED = {
    "not JSON": ("forms/vitalsigns/", "{", 400, "malformed", "cannot be read"),
    "a number that is none": ("forms/vitalsigns/", '{"visit": NaN}', 400, "malformed", "cannot be read"),
    "nested too deeply": ("forms/vitalsigns/", "[" * 100_000, 400, "malformed", "nested too deeply"),
    "a value nested deeply": ("forms/vitalsigns/", {"items": {"pulse": json.loads("[" * 500 + "]" * 500)}}, 400, "malformed", "pulse"),
    "no object": ("forms/vitalsigns/", [], 400, "malformed", "Expected a dictionary"),
    "no visit": ("forms/vitalsigns/", {"items": {}}, 400, "field_missing", "required"),
    "another key": ("forms/vitalsigns/", {"items": {}, "signed_by": 1}, 400, "field_unknown", "no such field"),
    "an unknown item": ("forms/vitalsigns/", {"items": {"wait_kg": 70}}, 400, "item_unknown", "no such item"),
    "an unknown group": ("forms/vitalsigns/", {"items": {}, "rows": {"results": []}}, 400, "group_unknown", "no such group"),
    "an unknown item of a row": ("forms/laboratorypanel/", panel(colour="red"), 400, "item_unknown", "no such item"),
    "half a row's key": ("forms/laboratorypanel/", panel(id=1), 400, "row_key_incomplete", "id and version"),
    "no date": ("forms/vitalsigns/", {"items": {"measured_on": "8 January"}}, 422, "day_unreadable", "date"),
    "a day that is none": ("forms/vitalsigns/", {"items": {"measured_on": "2025-02-30"}}, 422, "day_impossible", "calendar"),
    "a future date": ("forms/vitalsigns/", {"items": {"measured_on": TOMORROW}}, 422, "future_date", "lies in the future"),
    "a date before 1920": ("forms/vitalsigns/", {"items": {"measured_on": "1025-01-08"}}, 422, "date_too_early", "before 1920"),
    "a value beyond its limits": ("forms/vitalsigns/", {"items": {"pulse": 900}}, 422, "out_of_limits", "250"),
    "a code that is none": ("forms/vitalsigns/", {"items": {"ecog": "9"}}, 422, "not_a_code", "ECOG|choice"),
    "exchanged pressures": ("forms/vitalsigns/", {"items": {"systolic": 79, "diastolic": 128}}, 422, "impossible", "exchanged"),
    "creatinine in the wrong unit": ("forms/laboratorypanel/", panel(result="1.10"), 422, "impossible", "mg/dL"),
    "a unit of another test": (
        "forms/laboratorypanel/",
        panel(result="97", unit="U/L"),
        422,
        "unit_of_another_test",
        "not reported in this unit",
    ),
    "a reason for what is there": (
        "forms/vitalsigns/",
        {"items": {"pulse": 71}, "missing": {"pulse": "ND"}},
        422,
        "value_and_missing_reason",
        "Delete one",
    ),
    "a telephone number": ("forms/laboratorypanel/", {"items": {"specimen": "13812345678"}}, 422, "identifier_in_text", "telephone"),
}


def counted():
    """How many rows each table of the trial has."""
    return {
        model._meta.label: model._default_manager.count()
        for app in ("trial", "crf", "followup")
        for model in apps.get_app_config(app).get_models()
    }


def assert_refused(answer, status, code, sentence):
    assert answer.status_code == status, answer.json()
    said = answer.json()
    assert any(part in said["detail"] for part in sentence.split("|")), said
    assert answer["Content-Type"] == "application/problem+json"
    assert said.keys() - {"both"} == {"type", "title", "status", "detail", "code", "problems", "codes"}
    assert (said["status"], said["code"], said["type"]) == (status, code, f"/api/v1/problems/{code}/")
    assert said["problems"][0]["code"] == code
    assert said["title"] == Code(code).in_words
    assert ("both" in said) == (code in ("stale_version", "form_entered"))  # who comes second is told both values
    assert all(problem.keys() == {"item", "code", "message"} for problem in said["problems"])
    assert "Traceback" not in said["detail"]


@pytest.mark.parametrize("case", REFUSED)
def test_an_entry_that_is_refused_stores_nothing(case, visit, as_data_manager):
    path, sent, *refusal = REFUSED[case]
    if isinstance(sent, dict) and case != "no visit":
        sent = {"visit": visit.pk} | sent
    before = counted()
    assert_refused(as_data_manager.post(path, sent), *refusal)
    assert counted() == before


CHANGES = {
    "without a reason": ({"version": 1, "items": {"pulse": 72}}, 422, "reason_missing", "Say why"),
    "with a reason of spaces": ({"version": 1, "reason": " \u200b", "items": {"pulse": 72}}, 422, "reason_missing", "Say why"),
    "with a reason that is none": ({"version": 1, "reason": "because", "items": {"pulse": 72}}, 422, "reason_code_unknown", "Begin"),
    "with other, unsaid": ({"version": 1, "reason": "OTHER", "items": {"pulse": 72}}, 422, "reason_unsaid", "your own words"),
    "of a stale form": ({"version": 7, "reason": "ENTRY_ERROR", "items": {"pulse": 72}}, 409, "stale_version", "Someone else"),
    "without a version": ({"reason": "ENTRY_ERROR", "items": {"pulse": 72}}, 400, "field_missing", "required"),
    "of a visit": ({"version": 1, "reason": "ENTRY_ERROR", "visit": 1}, 400, "field_unknown", "no such field"),
    "of what the system computes": ({"version": 1, "reason": "ENTRY_ERROR", "items": {"bsa_m2": 2}}, 400, "item_unknown", "no such item"),
    "to an impossible value": ({"version": 1, "reason": "ENTRY_ERROR", "items": {"pulse": 0}}, 422, "out_of_limits", "20"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_that_is_refused_stores_nothing(case, signs, as_data_manager):
    sent, *refusal = CHANGES[case]
    assert_refused(as_data_manager.patch(f"forms/vitalsigns/{signs.pk}/", sent), *refusal)
    stored = as_data_manager.get(f"forms/vitalsigns/{signs.pk}/").json()
    assert (stored["version"], stored["items"]["pulse"]) == (1, 71)


def test_of_two_who_change_the_same_version_the_second_is_refused(signs, as_data_manager, as_investigator):
    sent = {"version": 1, "reason": "ENTRY_ERROR", "items": {"pulse": 72}}
    assert as_data_manager.patch(f"forms/vitalsigns/{signs.pk}/", sent).status_code == 200
    assert_refused(as_investigator.patch(f"forms/vitalsigns/{signs.pk}/", sent), 409, "stale_version", "Someone else")


def test_a_row_that_is_refused_takes_its_record_with_it(visit, as_data_manager):
    """The panel itself is right; one of its results is not."""
    before = counted()
    assert_refused(as_data_manager.post("forms/laboratorypanel/", {"visit": visit.pk} | panel(result="1.10")), 422, "impossible", "")
    assert counted() == before


ENROLMENTS = {
    "in the future": ({"site": "01", "screened_on": TOMORROW}, 422, "screened_in_future", "future"),
    "before the site was active": ({"site": "01", "screened_on": "2020-01-01"}, 409, "site_not_active", "not active"),
    "without a day": ({"site": "01"}, 400, "field_missing", "required"),
    "at no site": ({"site": "one", "screened_on": "2025-01-07"}, 400, "malformed", "site"),
    "at another site": ({"site": "02", "screened_on": "2025-01-07"}, 404, "not_found", "no access"),
    "again, after a subject of another site": (
        {"site": "01", "screened_on": "2025-01-07", "rescreen_of": "02-001"},
        404,
        "not_found",
        "no access",
    ),
    "with a code of one's own": ({"site": "01", "screened_on": "2025-01-07", "code": "01-999"}, 400, "field_unknown", "no such field"),
}


@pytest.mark.parametrize("case", ENROLMENTS)
def test_an_enrolment_that_is_refused_stores_nothing(case, site, other_site, as_data_manager):
    sent, *refusal = ENROLMENTS[case]
    before = counted()
    assert_refused(as_data_manager.post("subjects/", sent), *refusal)
    assert counted() == before


VISITS = {
    "missed on a day": ({"items": {"held_on": "2025-01-08", "status": "MISSED"}}, 422, "impossible", "missed visit has no date"),
    "in the future": ({"items": {"held_on": TOMORROW}}, 422, "future_date", "future"),
    "with a window of one's own": ({"items": {"closes_on": "2025-01-08"}}, 400, "item_unknown", "no such item"),
    "of a version that is not": ({"version": 99, "items": {"held_on": "2025-01-08"}}, 409, "stale_version", "Someone else"),
    "with rows": ({"rows": {}}, 400, "field_unknown", "no such field"),
}


@pytest.mark.parametrize("case", VISITS)
def test_a_visit_that_is_refused_stays_as_it_was(case, visit, as_data_manager):
    sent, *refusal = VISITS[case]
    assert_refused(as_data_manager.patch(f"visits/{visit.pk}/", {"version": visit.version} | sent), *refusal)
    assert Visit.objects.get(pk=visit.pk).version == visit.version


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("visits/", {"subjct": "01-001"}, 400),
        ("visits/", {"after": "1"}, 400),
        ("visits/", {"cursor": "first"}, 400),
        ("history/", {"after": "first"}, 400),
        ("history/", {"after": "-1"}, 400),
        ("visits/", {"page_size": "0"}, 400),
        ("visits/", {"page_size": "1001"}, 400),
        ("visits/", {"held": "perhaps"}, 400),
        ("visits/", {"due_before": "soon"}, 400),
        ("visits/", {"subject": "\x00"}, 400),
        ("visits/", {"subject": "' or 1=1 --"}, 200),
        ("forms/cycle/", {"visit": "x"}, 400),
        ("forms/cycle/", {"state": "HALF"}, 400),
        ("history/", {"form": "nothing"}, 400),
        ("history/", {"since": "yesterday"}, 400),
        ("history/", {"record": "9" * 30}, 200),
        ("flags/", {"kind": "LATE"}, 400),
        ("subjects/01-001/eligibility/", {"gate": "3"}, 400),
        ("subjects/01-001/eligibility/", {}, 400),
        ("visits/999999999999999999999/", {}, 404),
        ("visits/99999999/", {}, 404),
        ("subjects/01-001'/", {}, 404),
        ("forms/nothing/", {}, 404),
    ],
)
def test_an_address_that_is_wrong_says_so(subject, as_data_manager, path, query, status):
    answer = as_data_manager.get(path, **query)
    assert answer.status_code == status, answer.content[:300]


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/nothing/", "/api/v2/subjects/", "/api/v1/subjects/%00/", "/api/v1/visits/%FF/sign/", "/api/v1//"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_of_no_view_answers_as_every_refusal_does(as_data_manager, path, method):
    answer = getattr(super(Caller, as_data_manager), method)(path)
    assert answer.status_code == 404
    assert answer.json() == {
        "type": "/api/v1/problems/not_found/",
        "title": "Not found",
        "status": 404,
        "detail": NOT_FOUND,
        "code": "not_found",
        "problems": [{"item": "", "code": "not_found", "message": NOT_FOUND}],
        "codes": [],
    }


def test_a_host_that_is_not_ours_is_told_nothing_else(as_data_manager):
    as_data_manager.defaults["HTTP_HOST"] = "elsewhere.example"
    answer = as_data_manager.get("study/")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_a_failure_of_the_program_answers_in_json_and_says_nothing_of_its_cause(as_data_manager, monkeypatch):
    def fails(*args):
        raise RuntimeError("select * from trial_subject")

    monkeypatch.setattr("trial.api.study.StudyView.get", fails)
    as_data_manager.raise_request_exception = False
    answer = as_data_manager.get("study/")
    assert (answer.status_code, answer.json()["code"]) == (500, "failed")
    assert "trial_subject" not in answer.content.decode()


def test_unknown_subjects_answer_an_empty_list(subject, as_data_manager):
    assert as_data_manager.results("visits/", subject="' or 1=1 --") == []


def test_an_act_that_does_not_exist_there_is_refused(subject, as_data_manager):
    assert as_data_manager.generic("DELETE", "/api/v1/subjects/01-001/").status_code == 405
    assert as_data_manager.generic("PUT", "/api/v1/subjects/01-001/").status_code == 405


def test_an_end_before_a_start_is_refused(subject, as_data_manager):
    common = Visit.objects.get(subject=subject, code="COMMON")
    sent = {"visit": common.pk, "complete": False, "items": {"started_on": "2025-04-14", "ended_on": "2025-04-13"}}
    before = counted()
    assert_refused(as_data_manager.post("forms/radiotherapycourse/", sent), 422, "impossible", "before|earlier|ends")
    assert counted() == before


def test_a_refusal_after_a_write_takes_the_write_back(visit, as_data_manager, monkeypatch):
    """One request is one transaction: what is refused at its end was never stored."""

    def refuse(*args, **kwargs):
        raise Refused(Code.REFUSED, sentence="Too late.")

    monkeypatch.setattr("trial.api.forms.EnteredFormViewSet.answer", refuse)
    before = counted()
    sent = {"visit": visit.pk, "complete": False, "items": {"pulse": 71}}
    assert_refused(as_data_manager.post("forms/vitalsigns/", sent), 422, "refused", "Too late")
    assert counted() == before


def test_no_refusal_says_back_a_password(visit, as_investigator):
    answer = signed(as_investigator, visit, code=CODE + "x")
    assert answer.status_code == 422
    assert PASSWORD not in json.dumps(answer.json())


def test_each_type_leads_to_its_row_of_the_table(db):
    """RFC 9457, 4.1: whoever follows the `type` reads what it means; without a token, as it holds no data."""
    table = Caller().get("problems/").json()
    assert [(row["code"], row["status"]) for row in table] == [(code.value, code.status) for code in Code]
    assert Caller().get("problems/stale_version/").json() == next(row for row in table if row["code"] == "stale_version")
    assert Caller().get("problems/nothing/").status_code == 404


@pytest.mark.parametrize("path", ["visits/99999999/", "visits/?after=first", "history/?form=nothing"])
def test_every_refusal_is_a_problem_document(subject, as_data_manager, path):
    answer = as_data_manager.get(path)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == Code(answer.json()["code"]).address


def test_a_body_that_is_no_json_is_told_what_to_send(as_data_manager):
    answer = super(Caller, as_data_manager).post("/api/v1/forms/vitalsigns/", "visit=1", content_type="text/plain")
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (415, "media_type", 415)
