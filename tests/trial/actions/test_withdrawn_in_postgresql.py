"""PostgreSQL itself stores nothing more for a subject that was withdrawn as made in error, whoever writes and at whatever moment."""

from datetime import date
from functools import partial

import pytest
from crf.models import DiseaseExtent, LaboratoryPanel, VitalSigns
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from tests.at_once import begun, ended, in_parallel
from tests.closing import sign_as_it_stands
from tests.conftest import SCREENED
from tests.examples import EXAMPLES
from trial.actions.subject_withdrawal import withdraw_subject
from trial.audit.acting import acting
from trial.models import FromPaper, Query, QueryAct, Subject, Visit, standing
from trial.refusals import Code, Conflict

from trial.actions import enrolment, entry, queries

REASON = "ENTRY_ERROR: the same person twice"
VALUES = EXAMPLES["crf.vitalsigns"].values


def withdraw(subject, by):
    now = Subject.objects.select_related("site").get(pk=subject.pk)
    return withdraw_subject(now, by=by, version=now.version, reason=REASON)


def screening(subject):
    return Visit.objects.select_related("subject__site").get(subject=subject, code="SCR")


def asked(visit, by):
    query = Query.objects.create(visit=visit, form="trial.visit", record=visit.pk)
    return QueryAct.objects.create(query=query, state="OPEN", by=by, text="Why?")


WRITES = {
    "a record": lambda visit, by: VitalSigns.objects.create(visit=visit, **VALUES),
    "a visit": lambda visit, by: Visit.objects.create(subject=visit.subject, code="UNS1"),
    "the date of a visit": lambda visit, by: Visit.objects.filter(pk=visit.pk).update(held_on=SCREENED, status="DONE", mode="ON_SITE"),
    "a query": lambda visit, by: asked(visit, by),
    "what identifies it": lambda visit, by: Subject.objects.filter(pk=visit.subject_id).update(screened_on=date(2025, 1, 7)),
    "a mark of paper": lambda visit, by: FromPaper.objects.create(
        visit=visit,
        form="trial.visit",
        record=visit.pk,
        written_at="2025-01-07T09:00:00+08:00",
        entered_at=timezone.now(),
        by=by,
        reason="Offline",
    ),
}
"""By the ORM alone, around every action."""


@transaction.atomic
def write(what, subject, by, *, before_commit=lambda: None):
    with acting(by=by, reason=REASON):
        WRITES[what](screening(subject), by)
        before_commit()
        connection.check_constraints()


def refused_as(code, act):
    with pytest.raises(IntegrityError) as refused:
        act()
    assert refused.value.__cause__.diag.constraint_name == code


@pytest.mark.parametrize("what", WRITES)
def test_no_statement_adds_or_changes_anything(subject, data_manager, what):
    withdraw(subject, data_manager)
    connection.check_constraints()
    refused_as(Code.SUBJECT_WITHDRAWN, lambda: write(what, subject, data_manager))


def test_other_subjects_are_entered_as_before(subject, site, data_manager):
    other = enrolment.enrol(site=site, by=data_manager, screened_on=SCREENED)
    withdraw(subject, data_manager)
    connection.check_constraints()
    assert entry.enter(VitalSigns, visit=screening(other), by=data_manager, values=VALUES).pk
    connection.check_constraints()


def test_a_query_of_it_that_is_open_can_be_closed(subject, data_manager):
    query = queries.raise_query(screening(subject), by=data_manager, text="Is it another subject?")
    withdraw(subject, data_manager)
    connection.check_constraints()
    queries.act_on(query, "CLOSED", by=data_manager, text="Made in error")
    connection.check_constraints()
    assert QueryAct.objects.filter(query=query).latest("pk").state == "CLOSED"


def meanwhile(call):
    """Another connection does this, and commits."""
    assert in_parallel(call) == []


@pytest.fixture
def committed(transactional_db, subject):
    return subject


@pytest.mark.parametrize("what", ["a record", "a visit", "a query", "a mark of paper"])
def test_what_was_written_before_and_commits_after_the_withdrawal_is_refused(committed, data_manager, what):
    """Writer and withdrawal change no row that the other holds: neither waits, and the withdrawal commits first."""
    comes_between = partial(meanwhile, lambda: withdraw(committed, data_manager))
    refused_as(Code.SUBJECT_WITHDRAWN, lambda: write(what, committed, data_manager, before_commit=comes_between))
    assert Subject.objects.get(pk=committed.pk).withdrawn_at
    assert [row for row in standing(committed) if row.is_record] == []


def test_a_save_that_waits_for_the_withdrawal_is_refused_in_words(committed, data_manager):
    visit = screening(committed)
    with transaction.atomic():
        withdraw(committed, data_manager)
        saves = [
            lambda: entry.enter(VitalSigns, visit=visit, by=data_manager, values=VALUES),
            lambda: entry.enter(LaboratoryPanel, visit=visit, by=data_manager, values={"performed": "N"}, complete=False),
            lambda: entry.change_visit(visit, by=data_manager, version=visit.version, values={"held_on": SCREENED}),
            lambda: enrolment.unscheduled_visit(subject=visit.subject, by=data_manager),
        ]
        threads, raised = begun(*saves)
        threads[0].join(1)
    ended(threads)
    assert {type(error) for error in raised} == {Conflict}
    assert {error.problems[0].code for error in raised} == {Code.SUBJECT_WITHDRAWN}
    assert len(raised) == len(saves)


def draft(visit, by):
    with acting(by=by):
        return DiseaseExtent.objects.create(visit=visit)


UNSEEN = {
    "a signature": (lambda visit, by, signer: sign_as_it_stands(visit, signer), Code.SUBJECT_SIGNED),
    "a record": (lambda visit, by, signer: draft(visit, by), Code.SUBJECT_HAS_RECORDS),
}
"""What another connection commits after the withdrawal has looked, and before it commits; and how the withdrawal is refused."""


@pytest.mark.parametrize("what", UNSEEN)
def test_what_a_withdrawal_has_not_seen_stands_against_it(committed, data_manager, investigator, what):
    comes, code = UNSEEN[what]
    visit = screening(committed)
    entry.enter(VitalSigns, visit=visit, by=data_manager, values=VALUES)

    @transaction.atomic
    def withdrawn_as_it_comes():
        withdraw(committed, data_manager)
        meanwhile(lambda: comes(visit, data_manager, investigator))

    refused_as(code, withdrawn_as_it_comes)
    assert Subject.objects.get(pk=committed.pk).withdrawn_at is None
    assert VitalSigns.objects.get().withdrawn_at is None
