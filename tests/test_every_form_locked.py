"""No path writes to a frozen visit or to a locked study: every form, also those not yet written
(D06).
"""

import json
from copy import copy

import pytest
from django.db import IntegrityError, connection
from django.db.models.base import ModelState
from rest_framework.test import APIClient
from tests.closing import freeze, freeze_all, lock_study
from tests.examples import complete, name_of, unsaved
from tests.kept import FORMS, TABLES
from tests.pages import errors, filled_in
from tests.test_every_form import bulk_create, bulk_update, change_of, create, raw_insert, raw_sql, save, update
from trial.audit.acting import acting
from trial.models import Record, Row, Subject, Visit
from trial.protocol.schedule.timetable import COMMON
from trial.refusals import Conflict

from trial.actions import enrolment, entry

pytestmark = pytest.mark.proves("D06")

REASON = {"reason": "TRANSCRIPTION", "reason_words": "misread"}
SENTENCES = {"frozen": "Ask a data manager to unfreeze it", "locked": "The study is locked"}
BY_HAND = [form for form in FORMS if form.entered_by_hand]


@pytest.fixture
def close(subject, data_manager, investigator, monitor, administrator):
    """Return the act that freezes every visit of the subject where something is entered; or locks
    the study, too.
    """

    def close(how):
        freeze_all(subject, data_manager, investigator)
        if how == "locked":
            lock_study(data_manager, monitor, administrator)

    return close


def count(model):
    return model.history.count()


@pytest.mark.parametrize("how", SENTENCES)
@pytest.mark.parametrize("model", [Visit, *TABLES], ids=name_of)
def test_nothing_is_written_by_orm_or_sql(model, how, subject, data_manager, investigator, close):
    with acting(by=data_manager):
        row = unsaved(model, subject)
        row.save()
    close(how)
    before = count(model)
    for write in (save, update, bulk_update, raw_sql):
        with pytest.raises(IntegrityError, match=SENTENCES[how]), acting(by=investigator, reason="Misread"):
            write(model.objects.get(pk=row.pk), change_of(row))
    for write in (create, bulk_create, raw_insert) if (model, how) != (Visit, "frozen") else ():  # another visit is not frozen
        new = copy(row)
        new.pk, new._state = None, ModelState()
        with pytest.raises(IntegrityError, match=SENTENCES[how]), acting(by=investigator, reason="Misread"):
            write(new)
    assert count(model) == before


@pytest.mark.parametrize("how", SENTENCES)
@pytest.mark.parametrize("form", BY_HAND, ids=name_of)
def test_nothing_is_written_by_action_page_or_api(form, how, subject, data_manager, investigator, close, client):
    with acting(by=data_manager):
        record = complete(form, subject)
    connection.check_constraints()
    record = form.objects.select_related("visit__subject__site").get(pk=record.pk)
    client.force_login(investigator)
    app, name = name_of(form).split(".")
    page = client.get(f"/admin/{app}/{name}/{record.pk}/change/")
    close(how)
    before, changes = count(form), change_of(record)

    with pytest.raises(Conflict, match=SENTENCES[how]):
        entry.change(record, by=investigator, version=record.version, values=changes, reason="TRANSCRIPTION")
    with pytest.raises(Conflict, match=SENTENCES[how]):
        entry.withdraw(record, by=investigator, reason="TRANSCRIPTION")
    answer = client.post(f"/admin/{app}/{name}/{record.pk}/change/", filled_in(page, **changes, **REASON))
    assert SENTENCES[how] in errors(answer)
    read = {"versions_sha256": record.versions_sha256()}
    answer = client.post(f"/admin/{app}/{name}/{record.pk}/withdraw/", REASON | read)
    assert (answer.status_code, SENTENCES[how] in answer.content.decode()) == (409, True)
    api = APIClient()
    api.force_authenticate(investigator)
    sent = {"version": record.version, "reason": "TRANSCRIPTION", "complete": False}
    answer = api.patch(f"/api/v1/forms/{name}/{record.pk}/", sent, format="json")
    assert (answer.status_code, SENTENCES[how] in json.dumps(answer.data)) == (409, True)
    answer = api.post(f"/api/v1/forms/{name}/{record.pk}/withdraw/", read | {"reason": "TRANSCRIPTION"}, format="json")
    assert answer.status_code == 409
    assert count(form) == before


def test_subject_of_a_locked_study_is_not_written_and_no_new_one_is_enrolled(subject, site, data_manager, close):
    close("locked")
    with pytest.raises(IntegrityError, match=SENTENCES["locked"]), acting(by=data_manager, reason="Misread"):
        Subject.objects.update(screened_on="2025-01-05")
    with pytest.raises(Conflict, match=SENTENCES["locked"]):
        enrolment.enrol(site=site, by=data_manager, screened_on=subject.screened_on)


def test_frozen_visit_keeps_to_the_schedule_which_counts_its_window_anew(visit, data_manager, investigator):
    freeze(visit, data_manager, investigator)
    with acting(by=data_manager):
        Visit.objects.filter(pk=visit.pk).update(opens_on="2025-01-02")
    with pytest.raises(IntegrityError, match=SENTENCES["frozen"]), acting(by=data_manager, reason="Misread"):
        Visit.objects.filter(pk=visit.pk).update(opens_on="2025-01-03", status="DONE")
    assert str(Visit.objects.get(pk=visit.pk).opens_on) == "2025-01-02"


@pytest.mark.parametrize("how", SENTENCES)
def test_trigger_holds_where_others_are_switched_off(how, visit, data_manager, investigator, close):
    freeze(visit, data_manager, investigator)
    if how == "locked":
        close(how)
    with pytest.raises(IntegrityError, match=SENTENCES[how]), acting(by=data_manager, reason="Misread"), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica; update trial_visit set status = 'DONE'")


def test_other_visits_stay_open_when_one_is_frozen(visit, data_manager, investigator):
    freeze(visit, data_manager, investigator)
    with acting(by=data_manager):
        assert Visit.objects.exclude(pk=visit.pk).filter(code=COMMON).update(missing={}) == 1
        Visit.objects.exclude(pk=visit.pk).filter(code=COMMON).update(status="DONE")


def test_every_table_under_a_subject_has_the_trigger(db):
    with connection.cursor() as cursor:
        cursor.execute("select tgrelid::regclass::text from pg_trigger where tgname = 'closed_to_writes' and tgenabled = 'A'")
        have = {table for (table,) in cursor.fetchall()}
    assert {model._meta.db_table for model in (Subject, Visit, *TABLES)} <= have
    assert {issubclass(model, (Record, Row)) for model in TABLES} == {True}
