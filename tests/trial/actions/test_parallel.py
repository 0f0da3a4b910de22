"""Writers at the same time: the order of commits, no deadlock, no gap, no code given twice."""

from threading import Thread

import pytest
from crf.models import Cycle, LaboratoryPanel, VitalSigns
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from tests.at_once import in_parallel
from tests.conftest import SCREENED
from tests.examples import EXAMPLES
from trial.actions.verification import verify_ledger
from trial.audit.acting import acting
from trial.models import Ledger, Query, Subject, Visit
from trial.refusals import Conflict

from trial.actions import enrolment, entry

VALUES = EXAMPLES["crf.laboratorypanel"].values


def enter(visit, by):
    with acting(by=by):
        return LaboratoryPanel.objects.create(visit=visit, **VALUES)


@pytest.fixture
def visits(transactional_db, subject):
    return list(Visit.objects.filter(subject=subject, code__in=["COMMON", "SCR"]).order_by("code"))


def test_numbers_follow_the_order_of_commits(visits, data_manager):
    first, second = visits
    with transaction.atomic():
        enter(first, data_manager)
        assert in_parallel(lambda: enter(second, data_manager)) == []
    assert [entered.visit for entered in Ledger.objects.filter(form="crf.laboratorypanel")] == [second, first]


def test_form_that_a_visit_has_once_is_entered_once_whoever_comes_at_the_same_time(visits, data_manager):
    values = EXAMPLES["crf.vitalsigns"].values
    failed = in_parallel(*[lambda: entry.enter(VitalSigns, visit=visits[1], by=data_manager, values=values)] * 4)
    assert [type(refused) for refused in failed] == [Conflict] * 3
    assert {str(refused) for refused in failed} == {"This visit already has its vital signs and ECOG. Open the existing form."}
    assert VitalSigns.objects.count() == 1


def test_a_subject_has_a_cycle_once_whoever_enters_it_at_another_visit_at_the_same_time(visits, subject, data_manager, investigator):
    """The second reads nothing of the first, which is not committed: PostgreSQL has it wait, and refuses it then."""
    one, other = (enrolment.unscheduled_visit(subject=subject, by=data_manager) for _ in range(2))
    failed = []

    def second():
        failed.extend(in_parallel(lambda: entry.enter(Cycle, visit=other, by=investigator, values={"number": 1}, complete=False)))

    waiting = Thread(target=second)
    with acting(by=data_manager):
        Cycle.objects.create(visit=one, number=1)
        waiting.start()
        waiting.join(1)
        assert waiting.is_alive()
    waiting.join()
    assert [str(refused) for refused in failed] == ["This cycle is recorded already, at another visit. Nothing was stored."]
    assert [cycle.visit for cycle in Cycle.objects.all()] == [one]


def test_a_cycle_taken_back_can_be_entered_again_and_another_subject_has_its_own(visits, subject, site, data_manager):
    one, other = (enrolment.unscheduled_visit(subject=subject, by=data_manager) for _ in range(2))
    elsewhere = enrolment.unscheduled_visit(subject=enrolment.enrol(site=site, by=data_manager, screened_on=SCREENED), by=data_manager)
    with acting(by=data_manager, reason="ENTRY_ERROR"):
        first = Cycle.objects.create(visit=one, number=1)
        Cycle.objects.create(visit=elsewhere, number=1)
        Cycle.objects.create(visit=other, number=2)
        with pytest.raises(IntegrityError, match="recorded already"), transaction.atomic():
            Cycle.objects.filter(visit=other).update(number=1)
        first.withdrawn_by, first.withdrawn_at = data_manager, timezone.now()
        first.save()
        Cycle.objects.filter(visit=other).update(number=1)
    assert list(Cycle.objects.filter(withdrawn_at=None, number=1).values_list("visit", flat=True).order_by("visit")) == [
        other.pk,
        elsewhere.pk,
    ]


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_no_write_from_an_older_snapshot_which_would_not_see_a_lock_made_since(visits, data_manager, level):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"set transaction isolation level {level}")
        with pytest.raises(IntegrityError, match="in a transaction at READ COMMITTED"), transaction.atomic():
            Query.objects.create(visit=visits[1], form="crf.vitalsigns", record=1)


def test_two_writers_meet_without_deadlock_and_leave_no_gap(visits, data_manager):
    def writer(order):
        for _ in range(25):
            with transaction.atomic():
                list(Visit.objects.select_for_update(no_key=True).filter(pk=order[0].pk))
                for visit in order:
                    enter(visit, data_manager)

    assert in_parallel(lambda: writer(visits), lambda: writer(visits[::-1])) == []
    assert Ledger.objects.filter(form="crf.laboratorypanel").count() == 100
    assert [entered.seq for entered in Ledger.objects.all()] == list(range(1, Ledger.objects.count() + 1))
    assert verify_ledger.findings() == []


def test_of_two_who_change_the_same_version_one_is_refused(visits, data_manager):
    record = entry.enter(VitalSigns, visit=visits[1], by=data_manager, values=EXAMPLES["crf.vitalsigns"].values)

    def change(pulse):
        entry.change(record, by=data_manager, version=1, values={"pulse": pulse}, reason="ENTRY_ERROR")

    (refused,) = in_parallel(lambda: change(80), lambda: change(90))
    assert isinstance(refused, Conflict)
    assert record.history.count() == 2


def test_subjects_enrolled_at_the_same_time_have_codes_of_their_own(visits, site, data_manager):
    def enrol():
        for _ in range(3):
            enrolment.enrol(site=site, by=data_manager, screened_on=SCREENED)

    assert in_parallel(enrol, enrol) == []
    codes = list(Subject.objects.values_list("code", flat=True))
    assert codes == [f"01-{number:03}" for number in range(1, 8)]
