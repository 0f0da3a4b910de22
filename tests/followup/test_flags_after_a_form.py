"""After a form, flags are computed where it can move one; elsewhere the save pays nothing for them (crf_spec 3.2, 4.5)."""

from datetime import timedelta

import pytest
from crf.models import VitalSigns
from followup.actions import flagging
from followup.models import Flag
from tests.examples import EXAMPLES
from trial.audit.acting import acting
from trial.models import Visit

from trial.actions import entry

VITALS = EXAMPLES["crf.vitalsigns"].values


def enter(visit, by, **changes):
    return entry.enter(VitalSigns, visit=visit, by=by, values=VITALS | changes, complete=True)


def unscheduled(visit, by, **columns):
    with acting(by=by):
        return Visit.objects.create(subject=visit.subject, code=f"UNS{Visit.objects.count()}", **columns)


def computed(monkeypatch):
    """The subjects whose flags are computed from now on."""
    subjects, original = [], flagging._run_committed
    monkeypatch.setattr(flagging, "_run_committed", lambda pk: (subjects.append(pk), original(pk)))
    return subjects


@pytest.mark.parametrize(("days_ago", "is_computed"), [(None, False), (0, False), (7, False), (8, True), (60, True)])
def test_a_form_that_is_not_late_leaves_the_flags_alone(
    visit, data_manager, monkeypatch, days_ago, is_computed, django_capture_on_commit_callbacks
):
    """Seven days are given for the entry of a form (ENTRY_DUE_DAYS)."""
    today = visit.subject.site.today()
    held_on = None if days_ago is None else today - timedelta(days_ago)
    held = unscheduled(visit, data_manager, **({"held_on": held_on, "status": "DONE", "mode": "ON_SITE"} if held_on else {}))
    subjects = computed(monkeypatch)
    with django_capture_on_commit_callbacks(execute=True):
        enter(held, data_manager)
    assert bool(subjects) is is_computed
    assert flagging.run_for(visit.subject, on=today) == (0, 0, 0)


def test_a_form_at_a_visit_with_an_open_flag_has_it_computed(visit, data_manager, monkeypatch, django_capture_on_commit_callbacks):
    today = visit.subject.site.today()
    followed = unscheduled(visit, data_manager)
    facts = {"due_on": today, "opened_on": today, "last_seen_on": today, "state": "OVERDUE", "severity": "NOTICE"}
    Flag.objects.create(subject=visit.subject, visit=followed, kind=Flag.Kind.ENTRY_OVERDUE, anchor=followed.code, **facts)
    subjects = computed(monkeypatch)
    with django_capture_on_commit_callbacks(execute=True):
        enter(followed, data_manager)
    assert subjects == [visit.subject_id]
    assert not Flag.objects.open().filter(visit=followed).exists()


def test_a_form_at_a_visit_whose_window_has_passed_has_them_computed(visit, data_manager, monkeypatch, django_capture_on_commit_callbacks):
    today = visit.subject.site.today()
    with acting(by=data_manager):
        window = {"target_on": today - timedelta(9), "opens_on": today - timedelta(9), "closes_on": today - timedelta(1)}
        Visit.objects.filter(pk=visit.pk).update(**window)
    subjects = computed(monkeypatch)
    with django_capture_on_commit_callbacks(execute=True):
        enter(Visit.objects.get(pk=visit.pk), data_manager)
    assert subjects == [visit.subject_id]
