"""A reason says something, on every path (R08)."""

import pytest
from crf.models import Administration, Cycle, Lesion
from django.db import IntegrityError, connection, transaction
from tests.examples import EXAMPLES, placed
from trial.actions.verification.verify_ledger import findings
from trial.audit.acting import STOCK, ChangeReason, acting, says_nothing
from trial.models import Visit
from trial.protocol.schedule.timetable import COMMON
from trial.refusals import Refused

from trial.actions import entry

pytestmark = pytest.mark.proves("R08")

NOTHING_SAID = [
    "", " ", "\t\n", "\u200b", "\ufeff\u2060", ".", "…", "-", "n/a", "N/A", "None", "changed via admin", "Changed via Admin.", "update",
    "ｃｈａｎｇｅｄ", "ｘ", "a", "1", "OTHER: \u061c", "\u180b\ufff9", "\u0301", "\u0001", "\ue000", "更改", "修订",
    "U p d a t e", "OTHER", "OTHER:", "OTHER: n/a", "ENTRY_ERROR: .x.", "UNIT_ERROR: update", "修改",
]  # fmt: skip
SOMETHING_SAID = [
    "ENTRY_ERROR",
    "UNIT_ERROR:",
    "OTHER: weighed again",
    "TRANSCRIPTION: misread 7 for 1",
    "Misread",
    "updated after a call",
    "录入错误",
]


@pytest.mark.parametrize("reason", NOTHING_SAID)
def test_update_by_sql_is_refused_with(cycle, investigator, reason):
    with pytest.raises(IntegrityError, match="Say why"), acting(by=investigator, reason=reason), connection.cursor() as cursor:
        cursor.execute("update crf_cycle set weight_kg = 72")
    assert Cycle.objects.get().weight_kg == 70


@pytest.mark.parametrize("reason", SOMETHING_SAID)
def test_update_is_accepted_with(cycle, investigator, reason):
    with acting(by=investigator, reason=reason):
        Cycle.objects.update(weight_kg=72)
    assert cycle.history.latest().history_change_reason == reason


@pytest.mark.parametrize("reason", ["OTHER: n/a", "ENTRY_ERROR: .", "OTHER: Update!"])
def test_form_and_api_refuse(cycle, investigator, reason):
    with pytest.raises(Refused):
        entry.change(cycle, by=investigator, version=cycle.version, values={"weight_kg": 72}, reason=reason)


def test_python_and_postgresql_agree(db):
    asked = [*NOTHING_SAID, *SOMETHING_SAID, *STOCK, *ChangeReason, "K", "x1", "no.", "nothing"]
    with connection.cursor() as cursor:
        for reason in asked:
            if reason.partition(":")[0] in list(ChangeReason):
                continue
            cursor.execute("select trial_ledger_says_nothing(%s)", [reason])
            assert (reason, cursor.fetchone()[0]) == (reason, says_nothing(reason))


class TestRowOfACompleteRecord:
    def test_is_not_added_by_sql_without_a_reason(self, cycle, investigator):
        values = {"cycle": cycle, **placed(EXAMPLES["crf.administration"].values, cycle), "day": 8}
        with pytest.raises(IntegrityError, match="Say why"), acting(by=investigator):
            Administration.objects.bulk_create([Administration(**values)])
        with acting(by=investigator, reason="Left out"):
            Administration.objects.bulk_create([Administration(**values)])

    def test_is_not_filled_by_sql_without_a_reason(self, cycle, investigator, commit):
        with acting(by=investigator, reason="Misread"):
            Administration.objects.update(missing={})
        commit()
        filled = 'update crf_administration set missing = \'{"dose_mg": "ND"}\''
        with pytest.raises(IntegrityError, match="Say why"), acting(by=investigator), connection.cursor() as cursor:
            cursor.execute(filled)
        with acting(by=investigator, reason="Found later"), connection.cursor() as cursor:
            cursor.execute(filled)

    def test_is_added_freely_while_the_record_is_a_draft(self, subject, data_manager, commit):
        with acting(by=data_manager):
            cycle = Cycle.objects.create(visit=Visit.objects.create(subject=subject, code="C9"), **EXAMPLES["crf.cycle"].values)
            commit()
            Administration.objects.create(cycle=cycle, **placed(EXAMPLES["crf.administration"].values, cycle))
            commit()
        assert findings() == []


@pytest.mark.parametrize("store", [lambda one: Lesion.objects.bulk_create([one]), lambda one: one.save_base(raw=True)], ids=["bulk", "raw"])
def test_lesion_is_not_stored_without_its_code(subject, data_manager, store):
    lesion = Lesion(visit=Visit.objects.get(subject=subject, code=COMMON), **EXAMPLES["crf.lesion"].values)
    with pytest.raises(IntegrityError, match="lesion_has_its_code"), acting(by=data_manager), transaction.atomic():
        store(lesion)
