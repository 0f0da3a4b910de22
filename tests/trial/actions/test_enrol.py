"""A new subject: its code, its site, the day of its screening."""

from datetime import date, timedelta

import pytest
from tests.conftest import BEGAN, SCREENED, new_site
from trial.audit.acting import acting
from trial.models import SiteStatus, Subject, Visit
from trial.refusals import Conflict, NotAllowed, Refused

from trial.actions import enrolment


def enrol(site, by, on=SCREENED, **more):
    return enrolment.enrol(site=site, by=by, screened_on=on, **more)


def test_codes_count_up_within_the_site(site, data_manager):
    assert [enrol(site, data_manager).code for _ in range(3)] == ["01-001", "01-002", "01-003"]


def test_code_is_of_ones_own_site(other_site, stranger, subject):
    assert enrol(other_site, stranger).code == "02-001"


def test_codes_of_a_demo_do_not_move_the_next_one(site, data_manager):
    enrol(site, data_manager, code="01-901")
    assert enrol(site, data_manager).code == "01-001"


def test_code_given_twice_is_refused(site, data_manager):
    enrol(site, data_manager, code="01-001")
    with pytest.raises(Refused):
        enrol(site, data_manager, code="01-001")
    assert Subject.objects.count() == 1


def test_subject_begins_with_its_screening_and_the_visit_of_the_whole_trial(subject):
    assert set(Visit.objects.filter(subject=subject).values_list("code", flat=True)) >= {"COMMON", "SCR"}


@pytest.mark.parametrize("who", ["monitor", "sponsor", "administrator", "auditor", "stranger"])
def test_subject_is_refused_to_who_enters_nothing_here(request, site, who):
    with pytest.raises(NotAllowed, match="does not allow"):
        enrol(site, request.getfixturevalue(who))


@pytest.mark.parametrize(("on", "active"), [(BEGAN - timedelta(days=1), False), (BEGAN, True)])
def test_subject_is_created_at_a_site_that_was_active_on_the_day(site, data_manager, on, active):
    if active:
        assert enrol(site, data_manager, on).screened_on == on
    else:
        with pytest.raises(Conflict, match="Site 01 was not active on 2021-12-31"):
            enrol(site, data_manager, on)


@pytest.mark.parametrize("status", ["ON_HOLD", "CLOSED_ENROL", "CLOSED", "PLANNED"])
def test_subject_of_former_times_can_be_entered_later_but_none_of_the_time_after(site, data_manager, administrator, status):
    with acting(by=administrator):
        SiteStatus.objects.create(site=site, status=status, since=date(2025, 2, 1))
    assert enrol(site, data_manager, date(2025, 1, 31)).pk
    with pytest.raises(Conflict, match="was not active"):
        enrol(site, data_manager, date(2025, 2, 1))


def test_site_without_a_status_is_planned(db):
    site = new_site("03")
    assert site.status_on(BEGAN) == "ACTIVE"
    assert site.status_on(BEGAN - timedelta(days=1)) == "PLANNED"


def test_day_of_screening_does_not_lie_in_the_future(site, data_manager):
    with pytest.raises(Refused, match="lies in the future"):
        enrol(site, data_manager, site.today() + timedelta(days=1))
    with pytest.raises(Refused, match="The day of screening is missing"):
        enrol(site, data_manager, None)
    assert enrol(site, data_manager, site.today()).pk


def test_screened_again_names_the_first_time(site, data_manager, subject):
    assert enrol(site, data_manager, rescreen_of=subject).rescreen_of == subject


def test_unscheduled_visits_are_numbered(subject, data_manager, stranger):
    assert [enrolment.unscheduled_visit(subject=subject, by=data_manager).code for _ in range(2)] == ["UNS1", "UNS2"]
    with pytest.raises(NotAllowed):
        enrolment.unscheduled_visit(subject=subject, by=stranger)
