"""A record, or a row of one, that was made by mistake is taken back, and stays readable."""

import pytest
from crf.models import Administration, Cycle, Eligibility
from django.db import IntegrityError
from tests.examples import unsaved
from trial.audit.acting import acting
from trial.models import standing
from trial.refusals import Conflict, NotAllowed, Refused

from trial.actions import entry

REASON = "ENTRY_ERROR: wrong subject"


@pytest.mark.proves("R14")
def test_withdrawn_record_stays_with_its_reason_and_stands_no_longer(cycle, data_manager):
    entry.withdraw(cycle, by=data_manager, reason=REASON)
    kept = Cycle.objects.get()
    assert (kept.withdrawn_by, kept.withdrawn_at is not None) == (data_manager, True)
    assert kept.history.latest().history_change_reason == REASON
    assert not Cycle.objects.of(cycle.subject).exists()
    assert standing(cycle.subject) == []


def test_withdrawn_row_stands_no_longer_under_its_record(cycle, data_manager):
    row = Administration.objects.get()
    entry.withdraw_row(row, by=data_manager, version=row.version, reason=REASON, complete=False)
    assert (Cycle.objects.get().state, Cycle.objects.get().rows(Administration)) == ("DRAFT", [])
    assert [one.label for one in standing(cycle.subject)] == ["crf.cycle"]


@pytest.mark.proves("R08")
@pytest.mark.parametrize("reason", ["", " ", "\u200b"])
def test_withdrawal_needs_a_reason(cycle, data_manager, reason):
    with pytest.raises(Refused, match="Say why this is withdrawn"):
        entry.withdraw(cycle, by=data_manager, reason=reason)


@pytest.mark.proves("R08")
@pytest.mark.parametrize("reason", ["changed via admin", "OTHER", "OTHER: \u200b"])
def test_reason_is_one_of_the_codes_and_other_says_what(cycle, data_manager, reason):
    with pytest.raises(Refused, match=r"Begin the reason with one of|in your own words"):
        entry.withdraw(cycle, by=data_manager, reason=reason)


@pytest.mark.proves("A02")
@pytest.mark.parametrize("who", ["sponsor", "stranger", "monitor", "administrator", "auditor"])
def test_withdrawal_is_refused_to(request, cycle, who):
    with pytest.raises(NotAllowed, match="does not allow"):
        entry.withdraw(cycle, by=request.getfixturevalue(who), reason=REASON)


def test_withdrawn_record_is_neither_withdrawn_again_nor_changed(cycle, data_manager):
    entry.withdraw(cycle, by=data_manager, reason=REASON)
    with pytest.raises(Conflict, match="is withdrawn"):
        entry.withdraw(cycle, by=data_manager, reason=REASON)
    cycle.refresh_from_db()
    with pytest.raises(Conflict, match="is withdrawn"):
        entry.change(cycle, by=data_manager, version=cycle.version, values={"weight_kg": 60}, reason=REASON)


def test_what_an_act_of_the_system_wrote_is_not_withdrawn(subject, data_manager):
    with acting(by=data_manager):
        record = unsaved(Eligibility, subject)
        record.save()
    with pytest.raises(Conflict, match="is not withdrawn"):
        entry.withdraw(record, by=data_manager, reason=REASON)


def test_who_and_when_are_known_together_or_not_at_all(cycle, data_manager):
    with pytest.raises(IntegrityError, match="withdrawn_at_and_by"), acting(by=data_manager, reason=REASON):
        Cycle.objects.update(withdrawn_by=data_manager)


def test_a_complete_form_keeps_the_row_that_it_needs(cycle, data_manager):
    """The page refuses it with the same sentence (tests/crf/test_admin.py)."""
    row = Administration.objects.get()
    with pytest.raises(Refused, match="No administration is entered"):
        entry.withdraw_row(row, by=data_manager, version=row.version, reason=REASON)
    assert (Cycle.objects.get().state, Cycle.objects.get().rows(Administration)) == ("COMPLETE", [row])


@pytest.mark.parametrize("complete", [None, False])
def test_a_row_that_somebody_changed_meanwhile_is_not_withdrawn(cycle, data_manager, complete):
    row = Administration.objects.get()
    with acting(by=data_manager, reason=REASON):
        Administration.objects.update(dose_mg=100)
    with pytest.raises(Conflict):
        entry.withdraw_row(row, by=data_manager, version=row.version, reason=REASON, complete=complete)
    assert Administration.objects.get().withdrawn_at is None
