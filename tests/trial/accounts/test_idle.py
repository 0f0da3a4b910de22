"""Who does nothing for 15 minutes logs in again, and finds what was typed (A07)."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from trial.models import Visit

from trial.accounts import idle

pytestmark = pytest.mark.proves("A07")


@pytest.fixture
def at_work(client, data_manager):
    client.force_login(data_manager)
    return client


@pytest.fixture
def later(monkeypatch):
    """Let time pass: for the clock of the pages, and for the stored sessions."""

    def pass_by(seconds):
        now = idle.time.time() + seconds
        monkeypatch.setattr("trial.accounts.idle.time.time", lambda: now)
        for session in Session.objects.all():
            session.expire_date -= timedelta(seconds=seconds)
            session.save()

    return pass_by


def is_in(client):
    return client.get("/study/").status_code == 200


@pytest.mark.parametrize(("seconds", "still"), [(880, True), (900, False), (920, False)])
def test_15_minutes(at_work, later, seconds, still):
    assert is_in(at_work)
    later(seconds)
    assert is_in(at_work) is still


def test_who_works_stays(at_work, later):
    for _ in range(4):
        later(600)
        assert is_in(at_work)


def test_the_session_is_stored_once_a_minute(at_work, later):
    def stored():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert is_in(at_work)
        return sum("django_session" in query["sql"] and query["sql"].startswith("UPDATE") for query in queries)

    assert stored() == 0
    later(61)
    assert [stored(), stored()] == [1, 0]
    assert Session.objects.get().expire_date > timezone.now() + timedelta(seconds=890)


def test_nothing_of_a_form_that_comes_too_late_is_stored_and_the_login_leads_back(at_work, later, visit):
    later(900)
    answer = at_work.post(f"/admin/crf/vitalsigns/add/?visit={visit.pk}", {"weight_kg": "70.5", "_complete": ""})
    assert answer["Location"] == f"/admin/login/?next=/admin/crf/vitalsigns/add/%3Fvisit%3D{visit.pk}"
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from crf_vitalsigns")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    ("came_from", "back_to"),
    [("http://testserver/subjects/01-001/?a=1", "/subjects/01-001/"), ("https://elsewhere.example/subjects/01-001/", "/"), ("", "/")],
)
def test_a_button_pressed_too_late_leads_back_to_the_page_that_it_stands_on(at_work, later, subject, came_from, back_to):
    """It has no page of its own, which could be shown after the login."""
    later(900)
    before = Visit.objects.count()
    answer = at_work.post("/subjects/01-001/unscheduled/", headers={"Referer": came_from})
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next={back_to}")
    assert Visit.objects.count() == before


def test_every_page_of_a_person_keeps_what_is_typed_under_that_person(at_work, data_manager, visit):
    page = at_work.get(f"/admin/crf/vitalsigns/add/?visit={visit.pk}").content.decode()
    assert f'trial/kept_typing.js" data-person="{data_manager.pk}"' in page
    at_work.logout()
    assert 'data-person=""' in at_work.get("/admin/login/").content.decode()
