"""Flags: raised by night, one for each thing that is late, closed by the data."""

from datetime import UTC, date, datetime, timedelta
from time import monotonic, sleep
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from crf.models import Consent
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection, transaction
from followup.actions import flagging
from followup.models import Flag, NightlyRun
from tests.conftest import PROOF
from tests.examples import EXAMPLES, placed
from trial.actions.parameters import decide
from trial.audit.acting import acting
from trial.models import Visit
from trial.refusals import Conflict, NotAllowed

from followup import tasks
from trial.actions import entry, queries, review

CLOSES = date(2025, 2, 3)


@pytest.fixture
def planned(visit, data_manager):
    """The screening visit, whose window the consent of 2025-01-06 has opened for 28 days."""
    values = placed(EXAMPLES["crf.consent"].values, visit)
    entry.enter(Consent, visit=visit, by=data_manager, values=values)
    return Visit.objects.get(pk=visit.pk)


def night(subject, day):
    return flagging.run_for(subject, on=day)


@pytest.mark.parametrize(("after_days", "kinds"), [(0, []), (1, ["VISIT_OVERDUE"])])
def test_visit_is_flagged_the_day_after_its_window_closes(planned, after_days, kinds):
    night(planned.subject, CLOSES + timedelta(after_days))
    assert [flag.kind for flag in Flag.objects.open()] == kinds


def test_second_run_changes_nothing(planned):
    assert [night(planned.subject, CLOSES + timedelta(1)) for _ in range(2)] == [(1, 0, 0), (0, 0, 0)]
    assert Flag.objects.count() == 1


def test_database_keeps_one_open_flag_of_a_kind(planned):
    night(planned.subject, CLOSES + timedelta(1))
    flag = Flag.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Flag.objects.create(
            subject=flag.subject, kind=flag.kind, anchor=flag.anchor, due_on=CLOSES, state="OVERDUE", severity="NOTICE",
            opened_on=CLOSES, last_seen_on=CLOSES,
        )  # fmt: skip


def test_flag_closes_itself_when_the_visit_is_held(planned, data_manager):
    night(planned.subject, CLOSES + timedelta(1))
    with acting(by=data_manager):
        Visit.objects.filter(pk=planned.pk).update(held_on=CLOSES + timedelta(1))
    night(planned.subject, CLOSES + timedelta(2))
    assert Flag.objects.get(kind="VISIT_OVERDUE").closed_on == CLOSES + timedelta(2)


def test_flag_opens_again_when_the_visit_was_not_held_after_all(planned, data_manager):
    for held_on in (None, CLOSES, None):
        with acting(by=data_manager, reason="ENTRY_ERROR"):
            Visit.objects.filter(pk=planned.pk).update(held_on=held_on)
        night(planned.subject, CLOSES + timedelta(1))
    assert Flag.objects.filter(kind="VISIT_OVERDUE").count() == 2
    assert Flag.objects.open().filter(kind="VISIT_OVERDUE").count() == 1


def test_not_entered_is_not_read_as_not_done(visit, data_manager):
    with acting(by=data_manager):
        Visit.objects.filter(pk=visit.pk).update(held_on=date(2025, 1, 6))
    night(visit.subject, date(2025, 1, 14))
    (flag,) = Flag.objects.open()
    assert (flag.kind, "crf.demographics" in flag.evidence["forms"]) == ("ENTRY_OVERDUE", True)


def test_flag_is_acknowledged_by_its_site_and_stays_open(planned, data_manager, monitor, stranger):
    night(planned.subject, CLOSES + timedelta(1))
    flag = Flag.objects.get()
    for other in (monitor, stranger):
        with pytest.raises(NotAllowed):
            flagging.acknowledge(flag, by=other)
    assert flagging.acknowledge(flag, by=data_manager).acknowledged_by == data_manager
    assert Flag.objects.open().count() == 1


def test_closed_flag_is_not_acknowledged(planned, data_manager):
    night(planned.subject, CLOSES + timedelta(1))
    Flag.objects.update(closed_on=CLOSES)
    with pytest.raises(Conflict, match="closed"):
        flagging.acknowledge(Flag.objects.get(), by=data_manager)


# Beijing's clock is 8 hours ahead, all year round
NIGHTS = [
    # utc          site's clock       done for
    ("17:59",      "01:59 next day",  []),
    ("18:00",      "02:00 next day",  [date(2025, 2, 5)]),
    ("23:00",      "07:00 next day",  [date(2025, 2, 5)]),
]  # fmt: skip


@pytest.mark.parametrize(("utc", "clock", "days"), NIGHTS)
def test_night_begins_at_two_by_the_sites_own_clock(site, utc, clock, days):
    NightlyRun.objects.create(site=site, day=date(2025, 2, 4))
    hour, minute = map(int, utc.split(":"))
    flagging.run_due_sites(now=datetime(2025, 2, 4, hour, minute, tzinfo=UTC))
    assert list(NightlyRun.objects.filter(day__gt=date(2025, 2, 4)).values_list("day", flat=True)) == days


def test_night_is_done_once_and_a_missed_one_is_caught_up(site):
    late = datetime(2025, 2, 4, 20, 0, tzinfo=UTC)
    assert list(flagging.run_due_sites(now=late)) == ["01"]
    assert flagging.run_due_sites(now=late + timedelta(minutes=15)) == {}
    assert list(flagging.run_due_sites(now=late + timedelta(days=3))) == ["01"]


def test_nightly_is_a_management_command_too(planned, capsys):
    call_command("nightly", "--site", "01")
    assert "Site 01:" in capsys.readouterr().out


def test_system_user_cannot_log_in(client, db):
    user = flagging.system_user()
    assert not user.is_active
    assert not user.has_usable_password()


HELD = {"held_on": date(2025, 1, 6), "status": "DONE", "mode": "ON_SITE"}


def hold(visit, by):
    return entry.change_visit(visit, by=by, version=visit.version, values=HELD)


def test_flags_are_true_as_soon_as_an_entry_is_answered(transactional_db, visit, data_manager, client):
    hold(visit, data_manager)
    assert Flag.objects.filter(kind="ENTRY_OVERDUE").exists()
    client.force_login(data_manager)
    assert [flag.kind for flag in client.get("/").context["flags"]] == ["ENTRY_OVERDUE"]


def test_decided_parameter_has_a_worker_look_at_all_subjects(worker, visit, data_manager, administrator):
    """The commit of the decision sends the hint through Redis; the worker's thread raises the flag."""
    with flagging.without_hints():
        hold(visit, data_manager)
    assert not Flag.objects.exists()
    decide("LIVER_MAX", "4", effective_from=date(2025, 1, 1), basis="PI", by=administrator)
    assert appears(lambda: Flag.objects.filter(kind="ENTRY_OVERDUE").exists())


def test_entry_stays_stored_where_its_flags_cannot_be_computed_and_the_next_night_catches_up(
    transactional_db, visit, data_manager, monkeypatch
):
    def fails(casebook, *, on):
        raise OperationalError("deadlock detected")

    with monkeypatch.context() as patched:
        patched.setattr(flagging, "due_of", fails)
        hold(visit, data_manager)
    assert Visit.objects.get(pk=visit.pk).held_on == HELD["held_on"]
    assert not Flag.objects.exists()
    site = visit.subject.site
    night = datetime.combine(site.today() + timedelta(1), flagging.NIGHT, ZoneInfo(site.time_zone))
    for now, flags in ((night - timedelta(seconds=1), 0), (night, 1)):  # whatever time it is here: the site's night begins at 02:00
        monkeypatch.setattr(tasks, "timezone", SimpleNamespace(now=lambda now=now: now))
        NightlyRun.objects.get_or_create(site=site, day=site.today())
        tasks.nightly()
        assert Flag.objects.filter(kind="ENTRY_OVERDUE").count() == flags


@pytest.mark.parametrize("act", ["sign", "query"])
def test_signatures_and_queries_have_the_flags_computed_too(visit, data_manager, investigator, act, django_capture_on_commit_callbacks):
    """A signature that holds, or no longer does, is a fact of the check after cycle 2 (crf_spec 4.2)."""
    with django_capture_on_commit_callbacks() as callbacks:
        if act == "query":
            queries.raise_query(visit, by=data_manager, text="Please compare with the source.")
        else:
            with acting(by=data_manager):
                Visit.objects.filter(pk=visit.pk).update(**HELD)
            connection.check_constraints()
            review.sign_visit(Visit.objects.get(pk=visit.pk), by=investigator, proof=PROOF)
    assert any("keep_current" in callback.__qualname__ for callback in callbacks)


def appears(found, seconds=20):
    end = monotonic() + seconds
    while not found() and monotonic() < end:
        sleep(0.1)
    return found()
