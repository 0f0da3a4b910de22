"""The role that web and workers connect as writes forms, and nothing of what proves who wrote them (R03, R04)."""

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from crf.models import Cycle
from tests.kept import KEPT
from trial.acting import acting
from trial.models import Ledger


@pytest.fixture
def as_app(cycle, commit):
    call_command("grant_app_role")
    with connection.cursor() as cursor:
        cursor.execute("set local role casebook_app")
        yield cursor
        cursor.execute("reset role")


def refused(cursor, sql):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
        cursor.execute(sql)


def test_its_saves_are_kept(as_app, cycle, investigator, commit):
    commit()
    before = Ledger.objects.count()
    with acting(by=investigator, reason="Misread"):
        Cycle.objects.update(weight_kg=72)
    commit()
    assert (cycle.history.latest().history_user, Ledger.objects.count()) == (investigator, before + 1)


@pytest.mark.proves("R03", "R04")
@pytest.mark.parametrize("model", KEPT, ids=lambda model: model._meta.label_lower)
def test_it_rewrites_no_history_and_deletes_nothing(as_app, model):
    table, history = model._meta.db_table, model.history.model._meta.db_table
    for sql in (
        f"insert into {history} select * from {history}",
        f"update {history} set version = 1",
        f"delete from {history}",
        f"truncate {history}",
        f"delete from {table}",
        f"truncate {table}",
        f"alter table {table} disable trigger all",
        f"drop trigger history_after on {table}",
        f"create or replace function {table}_history() returns trigger language plpgsql as 'begin return null; end'",
    ):
        refused(as_app, sql)


@pytest.mark.proves("R03", "R04")
@pytest.mark.parametrize(
    "sql",
    [
        "insert into trial_ledger select * from trial_ledger",
        "update trial_ledger set reason = ''",
        "delete from trial_ledger",
        "truncate trial_ledger",
        "update trial_signature set printed_name = ''",
        "delete from trial_signature",
        "set session_replication_role = replica",
        "create table public.mine (id int)",
    ],
)
def test_it_cannot(as_app, sql):
    refused(as_app, sql)
