"""Queries, verification, freeze and lock through the API: 201, and 403, 404 or 409 with a sentence."""

import pytest
from crf.models import VitalSigns
from rest_framework.test import APIClient
from tests.closing import held_and_complete
from tests.conftest import CODE, PASSWORD, PROOF
from trial.models import Visit

from trial.actions import review


@pytest.fixture
def record(visit, data_manager):
    held_and_complete(visit, data_manager, VitalSigns)
    return VitalSigns.objects.select_related("visit__subject__site").get()


@pytest.fixture
def post():
    def post(person, address, **sent):
        api = APIClient()
        api.force_authenticate(person)
        return api.post(f"/api/v1/{address}/", sent, format="json")

    return post


def test_query_is_raised_answered_and_closed(record, post, monitor, data_manager):
    made = post(monitor, "queries", form="crf.vitalsigns", record=record.pk, item="weight_kg", text="Is it?")
    assert (made.status_code, made.data["state"]) == (201, "OPEN")
    reply = f"queries/{made.data['id']}/reply"
    assert post(data_manager, reply, state="ANSWERED", text="It is").data["state"] == "ANSWERED"
    assert post(data_manager, reply, state="CLOSED", text="Done").status_code == 403
    closed = post(monitor, reply, state="CLOSED", text="Thank you")
    assert [message["state"] for message in closed.data["messages"]] == ["OPEN", "ANSWERED", "CLOSED"]
    assert post(monitor, reply, state="CLOSED", text="Again").status_code == 409


def test_stranger_finds_no_query_and_no_record_to_ask_about(record, post, monitor, stranger):
    made = post(monitor, "queries", form="crf.vitalsigns", record=record.pk, text="Is it?")
    assert post(stranger, f"queries/{made.data['id']}/reply", state="ANSWERED", text="So").status_code == 404
    assert post(stranger, "queries", form="crf.vitalsigns", record=record.pk, text="Why?").status_code == 404
    assert post(monitor, "queries", form="auth.user", record=1, text="Why?").status_code == 404


def test_monitor_verifies_the_version_that_was_read(record, post, monitor, data_manager):
    sent = {"form": "crf.vitalsigns", "record": record.pk}
    assert post(data_manager, "verifications", **sent, versions_sha256=record.versions_sha256()).status_code == 403
    assert post(monitor, "verifications", **sent, versions_sha256="0" * 64).status_code == 409
    assert post(monitor, "verifications", **sent, versions_sha256=record.versions_sha256()).status_code == 201


def test_visit_is_frozen_when_signed_and_unfrozen(record, visit, post, data_manager, investigator, monitor):
    asked = {"visit": visit.pk, "state": "FROZEN", "reason": "Cleaned"}
    answer = post(data_manager, "freezes", **asked)
    assert (answer.status_code, "must sign the visit first" in answer.data["detail"]) == (409, True)
    review.sign_visit(Visit.objects.select_related("subject__site").get(pk=visit.pk), by=investigator, proof=PROOF)
    assert post(monitor, "freezes", **asked).status_code == 403
    assert post(data_manager, "freezes", **asked).status_code == 201
    assert post(data_manager, "freezes", **asked).status_code == 409
    assert post(data_manager, "freezes", **asked | {"state": "OPEN"}).status_code == 201


SHOWN = {"password": PASSWORD, "code": CODE}


def test_lock_goes_through_three_people(post, data_manager, monitor, administrator, sponsor):
    assert post(sponsor, "lock", state="LOCK_PROPOSED", reason="x").status_code == 403
    assert post(administrator, "lock", state="LOCKED", reason="x").json()["problems"][0]["item"] == "password"
    assert post(administrator, "lock", state="LOCKED", reason="x", **SHOWN).status_code == 409
    for person, state in ((data_manager, "LOCK_PROPOSED"), (monitor, "LOCK_APPROVED"), (administrator, "LOCKED")):
        answer = post(person, "lock", state=state, reason="Analysis", **(SHOWN if person == administrator else {}))
        assert (answer.status_code, answer.data["state"]) == (201, state)
    assert [act["by"] for act in answer.data["acts"]] == ["dan", "mo", "ada"]
