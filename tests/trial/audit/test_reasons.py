"""When a change needs a reason: Python's rule and PostgreSQL's are one (trial/audit/reasons.py)."""

import pytest
from crf.models import Administration, Cycle
from django.db import IntegrityError, transaction
from tests.examples import EXAMPLES, complete
from trial.audit.acting import acting
from trial.audit.reasons import needs_reason

REASON = "TRANSCRIPTION: misread"
SAY_WHY = "Say why an entered value changes"

DRAFT, COMPLETE = "DRAFT", "COMPLETE"
NEEDED, NOT_NEEDED = True, False

OF_A_RECORD = [
    # state      what is stored                            what is written                          reason
    (DRAFT, {"weight_kg": None}, {"weight_kg": 70}, NOT_NEEDED),
    (DRAFT, {"weight_kg": 70}, {"weight_kg": 72}, NEEDED),
    (DRAFT, {"weight_kg": 70}, {"weight_kg": None}, NEEDED),
    (DRAFT, {"weight_kg": 70}, {"weight_kg": 70}, NOT_NEEDED),
    (DRAFT, {"beyond_progression": ""}, {"beyond_progression": "Y"}, NOT_NEEDED),
    (DRAFT, {"beyond_progression": "Y"}, {"beyond_progression": ""}, NEEDED),
    (DRAFT, {"missing": {}}, {"missing": {"weight_kg": "ND"}}, NOT_NEEDED),
    (DRAFT, {"missing": {"weight_kg": "ND"}}, {"missing": {}}, NEEDED),
    (DRAFT, {"missing": {"weight_kg": "ND"}}, {"missing": {"weight_kg": "UNK"}}, NEEDED),
    (DRAFT, {"missing": {"weight_kg": "ND"}}, {"missing": {"weight_kg": "ND", "height_cm": "UNK"}}, NOT_NEEDED),
    (DRAFT, {"weight_kg": None}, {"state": COMPLETE}, NOT_NEEDED),
    (DRAFT, {"weight_kg": 70}, {"state": COMPLETE, "height_cm": 181}, NEEDED),
    (COMPLETE, {"weight_kg": None, "missing": {"weight_kg": "ND"}}, {"weight_kg": 70}, NEEDED),
    (COMPLETE, {"weight_kg": 70}, {"weight_kg": 72}, NEEDED),
    (COMPLETE, {"weight_kg": 70}, {"state": DRAFT}, NEEDED),
    (COMPLETE, {"missing": {}}, {"missing": {"dose_level": "ND"}}, NEEDED),
    (COMPLETE, {"weight_kg": 70}, {"weight_kg": 70}, NOT_NEEDED),
]


@pytest.fixture
def cycle(subject, data_manager, commit):
    with acting(by=data_manager):
        complete(Cycle, subject)
    commit()
    return Cycle.objects.get()


def as_stored(cycle, data_manager, commit, state, values):
    """Bring the record into the state that a row of the table begins with."""
    with acting(by=data_manager, reason=REASON):
        Cycle.objects.update(state=DRAFT)
        Cycle.objects.update(state=state, **values)
    commit()
    return Cycle.objects.get()


def refuses(data_manager, write):
    """Return whether PostgreSQL refuses the write for want of a reason."""
    refusal = ""
    try:
        with transaction.atomic(), acting(by=data_manager):
            write()
    except IntegrityError as error:
        refusal = str(error)
    assert refusal == "" or SAY_WHY in refusal
    return bool(refusal)


def changes_of(row, values):
    return {name: (getattr(row, name), value) for name, value in values.items() if getattr(row, name) != value}


@pytest.mark.proves("R08")
@pytest.mark.parametrize(("state", "stored", "written", "reason"), OF_A_RECORD)
def test_of_a_record_both_say_the_same(cycle, data_manager, commit, state, stored, written, reason):
    record = as_stored(cycle, data_manager, commit, state, stored)
    assert needs_reason(changes_of(record, written), was_complete=state == COMPLETE) == reason
    assert refuses(data_manager, lambda: Cycle.objects.update(**written)) == reason


OF_A_ROW = [
    # the record    the row as stored      what is written            reason
    (DRAFT, {"adjustment": ""}, {"adjustment": "REDUCED"}, NOT_NEEDED),
    (DRAFT, {"dose_mg": 130}, {"dose_mg": 100}, NEEDED),
    (COMPLETE, {"adjustment": ""}, {"adjustment": "REDUCED"}, NEEDED),
    (COMPLETE, {"dose_mg": 130}, {"dose_mg": 100}, NEEDED),
    (COMPLETE, {"dose_mg": 130}, {"dose_mg": 130}, NOT_NEEDED),
]


@pytest.mark.proves("R08")
@pytest.mark.parametrize(("state", "stored", "written", "reason"), OF_A_ROW)
def test_of_a_row_both_say_the_same(cycle, data_manager, commit, state, stored, written, reason):
    with acting(by=data_manager, reason=REASON):
        Administration.objects.update(**stored)
    as_stored(cycle, data_manager, commit, state, {})
    row = Administration.objects.get()
    assert needs_reason(changes_of(row, written), was_complete=state == COMPLETE) == reason
    assert refuses(data_manager, lambda: Administration.objects.update(**written)) == reason


@pytest.mark.proves("R08")
@pytest.mark.parametrize(("state", "reason"), [(DRAFT, NOT_NEEDED), (COMPLETE, NEEDED)])
def test_of_a_row_that_is_added_both_say_the_same(cycle, data_manager, commit, state, reason):
    record = as_stored(cycle, data_manager, commit, state, {})
    values = EXAMPLES["crf.administration"].values | {"day": 8}
    assert needs_reason({}, was_complete=state == COMPLETE, is_new=True) == reason
    assert refuses(data_manager, lambda: Administration.objects.create(cycle=record, **values)) == reason


@pytest.mark.proves("R08")
@pytest.mark.parametrize("state", [DRAFT, COMPLETE])
def test_of_a_row_that_is_withdrawn_both_ask(cycle, data_manager, commit, state):
    as_stored(cycle, data_manager, commit, state, {})
    row = Administration.objects.get()
    now = row.history.latest().history_date
    assert needs_reason({"withdrawn_at": (None, now)}, was_complete=state == COMPLETE)
    withdrawn = {"withdrawn_at": now, "withdrawn_by": data_manager}
    assert refuses(data_manager, lambda: Administration.objects.update(**withdrawn))
