"""The review's pages: what each person is offered, what a button does, and that the stranger sees none of it."""

import pytest
from crf.models import VitalSigns
from django_otp.plugins.otp_static.models import StaticDevice
from tests.closing import held_and_complete
from tests.conftest import CODE, PASSWORD, PROOF
from trial.models import Freeze, Query, StudyLock, Verification

from trial.actions import queries, review


@pytest.fixture
def record(visit, data_manager):
    held_and_complete(visit, data_manager, VitalSigns)
    return VitalSigns.objects.select_related("visit__subject__site").get()


@pytest.fixture
def as_person(client):
    def log_in(person):
        client.force_login(person)
        return client

    return log_in


def test_query_is_raised_on_its_page_and_counted_in_the_casebook(record, as_person, monitor, data_manager):
    page, address = as_person(monitor), f"/review/crf.vitalsigns/{record.pk}/"
    assert page.post(address, {"act": "raise", "item": "weight_kg", "text": "Is it?"}).status_code == 302
    assert "?1</a>" in page.get("/subjects/01-001/").content.decode()
    query = Query.objects.get()
    answer = as_person(data_manager).post(address, {"act": "CLOSED", "query": query.pk, "text": "Done"})
    assert answer.status_code == 403
    assert page.post(address, {"act": "ANSWERED", "query": query.pk, "text": "It is"}).status_code == 302
    assert "It is" in page.get(address).content.decode()
    assert as_person(monitor).post(address, {"act": "CLOSED", "query": query.pk, "text": "Fine"}).status_code == 302
    assert "?1</a>" not in page.get("/subjects/01-001/").content.decode()


def test_verified_record_bears_its_mark_in_the_casebook(record, as_person, monitor):
    page = as_person(monitor)
    assert (
        page.post(f"/review/crf.vitalsigns/{record.pk}/", {"act": "verify", "versions_sha256": record.versions_sha256()}).status_code == 302
    )
    assert Verification.objects.count() == 1
    assert "complete, verified" in page.get("/subjects/01-001/").content.decode()


def test_signed_visit_is_frozen_and_offers_no_entry(record, visit, as_person, investigator, data_manager):
    review.sign_visit(record.visit, by=investigator, proof=PROOF)
    page = as_person(data_manager)
    assert page.post(f"/visits/{visit.pk}/freeze/", {"act": "freeze", "reason": "Cleaned"}).status_code == 302
    casebook = page.get("/subjects/01-001/").content.decode()
    assert "unfreeze" in casebook
    assert f"?visit={visit.pk}" not in casebook
    assert page.post(f"/visits/{visit.pk}/freeze/", {"act": "freeze", "reason": "Again"}).status_code == 409
    assert page.post(f"/visits/{visit.pk}/freeze/", {"act": "unfreeze", "reason": "Late report"}).status_code == 302
    assert Freeze.objects.count() == 2


def test_lock_page_offers_each_person_his_step(as_person, data_manager, monitor, administrator):
    for person, step, label in (
        (data_manager, "LOCK_PROPOSED", "Propose the lock"),
        (monitor, "LOCK_APPROVED", "Approve the lock"),
        (administrator, "LOCKED", "Lock the study"),
    ):
        page = as_person(person)
        assert label in page.get("/lock/").content.decode()
        if person == administrator:
            for shown in ({}, {"password": PASSWORD}, {"code": CODE}, {"password": PASSWORD, "code": "wrong-code"}):
                StaticDevice.objects.update(throttling_failure_count=0)
                assert page.post("/lock/", {"step": step, "reason": "Analysis"} | shown).status_code == 422
            assert StudyLock.now() == "LOCK_APPROVED"
            StaticDevice.objects.update(throttling_failure_count=0)
        proof = {"password": PASSWORD, "code": CODE} if person == administrator else {}
        assert page.post("/lock/", {"step": step, "reason": "Analysis"} | proof).status_code == 302
    assert StudyLock.now() == "LOCKED"
    assert "Another person" in page.get("/lock/").content.decode()
    assert page.post("/lock/", {"step": "nonsense", "reason": "x"}).status_code == 422


@pytest.mark.proves("A02")
@pytest.mark.parametrize(
    ("who", "sees"),
    [("data_manager", True), ("monitor", True), ("administrator", True), ("sponsor", True), ("auditor", True), ("investigator", False)],
)
def test_counts_of_the_whole_study_are_for_who_reads_or_locks_it(request, record, as_person, who, sees):
    page = as_person(request.getfixturevalue(who)).get("/lock/")
    assert page.status_code == 200
    assert ("Visits to be signed and frozen" in page.content.decode()) is sees


def test_stranger_sees_nothing_of_it(record, visit, as_person, stranger, monitor):
    query = queries.raise_query(record, by=monitor, text="Is it?")
    page = as_person(stranger)
    for address in (f"/review/crf.vitalsigns/{record.pk}/", f"/visits/{visit.pk}/freeze/", "/review/auth.user/1/"):
        assert page.get(address).status_code == 404
        assert page.post(address, {"act": "ANSWERED", "query": query.pk, "text": "x"}).status_code == 404


@pytest.mark.parametrize("who", ["sponsor", "auditor", "monitor", "investigator"])
def test_freeze_page_is_the_data_managers(request, visit, as_person, who):
    assert as_person(request.getfixturevalue(who)).get(f"/visits/{visit.pk}/freeze/").status_code == 403
