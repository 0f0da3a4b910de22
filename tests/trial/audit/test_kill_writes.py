"""No change is stored without its history and its ledger entry, also when the process that writes is killed (R15)."""

import random

import pytest
from crf.models import LaboratoryPanel
from django.db import connection
from tests.examples import complete
from tests.kill_writes import kill_writers, without_their_other_half
from trial.actions.verification.verify_ledger import findings
from trial.audit.acting import acting

KILLS = 40


@pytest.fixture
def panel(transactional_db, subject, data_manager):
    with acting(by=data_manager):
        return complete(LaboratoryPanel, subject)


@pytest.mark.proves("R15")
def test_killed_writers_leave_whole_transactions(panel, data_manager):
    before = panel.version
    killed = kill_writers(KILLS, panel=panel, by=data_manager, rng=random.Random(20261126))
    assert killed.uncommitted > KILLS // 10
    assert killed.committed > KILLS
    assert without_their_other_half() == {}
    assert findings() == []
    panel.refresh_from_db()
    copies = LaboratoryPanel.objects.count() - 1
    assert killed.committed <= copies == panel.version - before <= killed.committed + KILLS


@pytest.mark.proves("R15")
@pytest.mark.parametrize(("table", "trigger"), [("crf_laboratorypanel", "history_after"), ("crf_historicallaboratorypanel", "ledger")])
def test_a_row_without_its_other_half_is_counted(panel, data_manager, table, trigger):
    """The count itself: with a trigger off, as nobody but the owner can switch it."""
    with connection.cursor() as cursor:
        cursor.execute(f"alter table {table} disable trigger {trigger}")
    with acting(by=data_manager, reason="Drawn again"):
        LaboratoryPanel.objects.filter(pk=panel.pk).update(specimen="S-2")
    assert without_their_other_half() != {}
