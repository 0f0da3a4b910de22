"""The casebook page: what each visit's forms have come to, in few queries however many visits there are."""

from datetime import timedelta

import pytest
from crf.models import VitalSigns
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.conftest import SCREENED
from trial.audit.acting import acting
from trial.models import Visit

from trial.actions import enrolment

MOST_QUERIES = 15


def with_visits(subject, by, number):
    """So many visits in all, each with vital signs of two kinds of state."""
    there = Visit.objects.filter(subject=subject).count()
    with acting(by=by):
        Visit.objects.bulk_create(Visit(subject=subject, code=f"UNS{n}") for n in range(1, number - there + 1))
        visits = Visit.objects.filter(subject=subject, code__startswith="UNS")
        VitalSigns.objects.bulk_create(VitalSigns(visit=visit, weight_kg=70, measured_on=SCREENED) for visit in visits)


def queries(client, subject):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(f"/subjects/{subject.code}/").status_code == 200
    return len(asked)


@pytest.mark.parametrize("number", [10, 60])
def test_page_needs_few_queries(client, subject, data_manager, number):
    with_visits(subject, data_manager, number)
    client.force_login(data_manager)
    assert queries(client, subject) <= MOST_QUERIES


def test_page_needs_as_many_queries_for_60_visits_as_for_10(client, subject, data_manager):
    client.force_login(data_manager)
    with_visits(subject, data_manager, 10)
    few = queries(client, subject)
    with acting(by=data_manager):
        Visit.objects.bulk_create(Visit(subject=subject, code=f"UNS{n}") for n in range(11, 61))
    assert queries(client, subject) == few


def test_page_offers_the_forms_that_are_due(client, subject, data_manager, visit):
    client.force_login(data_manager)
    page = client.get(f"/subjects/{subject.code}/").content.decode()
    assert f"/admin/crf/consent/add/?visit={visit.pk}" in page


def test_monitor_reads_and_is_offered_nothing(client, subject, monitor):
    client.force_login(monitor)
    page = client.get(f"/subjects/{subject.code}/").content.decode()
    assert "/add/?visit=" not in page


@pytest.mark.parametrize("path", ["", "eligibility/1/", "randomization/"])
def test_stranger_finds_no_such_subject(client, subject, stranger, path):
    client.force_login(stranger)
    assert client.get(f"/subjects/{subject.code}/{path}").status_code == 404


def test_stranger_finds_no_such_visit_to_sign(client, visit, stranger):
    client.force_login(stranger)
    assert client.get(f"/visits/{visit.pk}/sign/").status_code == 404


def test_start_page_lists_what_is_due(client, subject, data_manager, visit):
    with acting(by=data_manager):
        Visit.objects.filter(pk=visit.pk).update(opens_on=SCREENED, closes_on=SCREENED + timedelta(28))
    client.force_login(data_manager)
    assert "01-001 · Screening" in client.get("/").content.decode()


def test_start_page_enrolls_a_subject(client, site, data_manager):
    client.force_login(data_manager)
    assert client.post("/subjects/", {"site": "01", "screened_on": "2025-03-03"}).url == "/subjects/01-001/"


@pytest.mark.parametrize(
    ("day", "said"), [("2999-01-01", "future"), ("nonsense", "2026-11-30"), ("", "screening is missing"), ("2021-01-01", "not active")]
)
def test_start_page_refuses_with_a_sentence(client, site, data_manager, day, said):
    client.force_login(data_manager)
    page = client.post("/subjects/", {"site": "01", "screened_on": day}, follow=True)
    assert said in page.content.decode()


def test_unscheduled_visits_are_numbered(subject, data_manager):
    assert [enrolment.unscheduled_visit(subject=subject, by=data_manager).code for _ in range(2)] == ["UNS1", "UNS2"]
