"""The site's own date, and a plan that the system makes anew while a person types (crf_spec 0.5, 3.2)."""

from datetime import date, timedelta

import pytest
from crf.models import Consent
from tests.examples import EXAMPLES, placed
from trial.audit.acting import acting
from trial.models import Visit
from trial.refusals import Conflict

from trial.actions import enrolment, entry

EAST, WEST = "Pacific/Kiritimati", "Pacific/Pago_Pago"
"""25 hours apart: their dates differ at any moment."""


def move(site, zone, by):
    with acting(by=by, reason="Moved"):
        type(site).objects.filter(pk=site.pk).update(time_zone=zone)
    site.refresh_from_db()


@pytest.mark.parametrize(("zone", "is_due"), [(EAST, True), (WEST, False)])
def test_start_page_counts_by_the_date_of_the_site(client, site, subject, visit, data_manager, zone, is_due):
    move(site, EAST, data_manager)
    opens_on = site.today()
    move(site, zone, data_manager)
    with acting(by=data_manager):
        Visit.objects.filter(pk=visit.pk).update(opens_on=opens_on, closes_on=opens_on + timedelta(9))
    client.force_login(data_manager)
    page = client.get("/")
    assert ("01-001 · Screening" in page.text) is is_due
    assert f'data-today="{site.today().isoformat()}"' in page.text


@pytest.mark.parametrize(("zone", "allowed"), [(EAST, True), (WEST, False)])
def test_no_date_lies_after_the_sites_own(client, site, subject, visit, data_manager, zone, allowed):
    move(site, EAST, data_manager)
    on = site.today()
    move(site, zone, data_manager)
    client.force_login(data_manager)
    answer = client.post("/subjects/", {"site": "01", "screened_on": on.isoformat()}, follow=True)
    assert ("is created" in answer.text) is allowed


def test_start_page_calls_a_missed_visit_missed(client, subject, visit, data_manager):
    with acting(by=data_manager):
        Visit.objects.filter(pk=visit.pk).update(opens_on=date(2025, 1, 6), closes_on=date(2025, 2, 3))
    client.force_login(data_manager)
    assert [(due.visit.code, due.state) for due in client.get("/").context["due"]] == [("SCR", "MISSED")]


@pytest.fixture
def replanned(visit, data_manager):
    """The screening visit as a person has opened it, before the consent moved its window."""
    opened = Visit.objects.select_related("subject__site").get(pk=visit.pk)
    values = placed(EXAMPLES["crf.consent"].values, visit)
    entry.enter(Consent, visit=visit, by=data_manager, values=values)
    now = Visit.objects.get(pk=visit.pk)
    assert (now.version > opened.version, now.opens_on) == (True, values["signed_on"])
    return opened


HELD = {"held_on": date(2025, 1, 7), "status": "DONE", "mode": "ON_SITE"}


def test_plan_made_anew_is_no_change_by_someone_else(replanned, data_manager):
    stored = entry.change_visit(replanned, by=data_manager, version=replanned.version, values=HELD)
    assert (stored.held_on, stored.opens_on) == (date(2025, 1, 7), date(2025, 1, 6))


def test_change_by_someone_else_is_refused_however_the_plan_moved(replanned, data_manager):
    now = Visit.objects.get(pk=replanned.pk)
    entry.change_visit(replanned, by=data_manager, version=now.version, values={"mode": "PHONE"})
    with pytest.raises(Conflict, match="Someone else has changed this entry"):
        entry.change_visit(replanned, by=data_manager, version=replanned.version, values=HELD)


def test_visit_that_was_never_of_a_version_is_refused(replanned, data_manager):
    with pytest.raises(Conflict):
        entry.change_visit(replanned, by=data_manager, version=99, values=HELD)


def test_page_and_api_take_a_visit_whose_plan_was_made_anew(client, replanned, data_manager):
    client.force_login(data_manager)
    sent = {"held_on": "2025-01-07", "status": "DONE", "mode": "ON_SITE", "seen": replanned.version}
    page = client.post(f"/admin/trial/visit/{replanned.pk}/change/", sent)
    assert (page.status_code, Visit.objects.get(pk=replanned.pk).held_on) == (302, date(2025, 1, 7))


def test_subjects_creation_is_a_day_of_the_sites_calendar(site, data_manager):
    for zone in (EAST, WEST):
        move(site, zone, data_manager)
        subject = enrolment.enrol(site=site, by=data_manager, screened_on=date(2025, 1, 6))
        assert subject.created_on() == site.today()
