"""What the database is made of is lawful if a migrate or a person noted it, and not because an anchor tells it (R13)."""

import re

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from tests.conftest import PASSWORD
from trial.actions.verification import anchors, noted_schema, verify_ledger
from trial.models import Ledger, SystemEvent
from trial.server.embedded_postgres import OWNER

pytestmark = pytest.mark.proves("R13")

WHY = "Role for the nightly backup, asked for by the hospital"
FORGED = [
    ("grant select on trial_ledger to public", "table trial_ledger, owner and grants is changed"),
    ("create role helper", "role helper is new"),
    ("alter table crf_cycle disable trigger history_after", "trigger history_after of crf_cycle is changed"),
    ("alter table crf_cycle drop constraint crf_cycle_number_limits", "constraint crf_cycle_number_limits of crf_cycle is gone"),
]


@pytest.fixture(autouse=True)
def anchored(db, settings, tmp_path):
    settings.ANCHOR_FOLDER = tmp_path
    anchors.anchor()
    assert verify() == []


def verify():
    return verify_ledger.findings(anchors.read_anchors())


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def accept(administrator, commit, monkeypatch):
    def command(by="ada", password=PASSWORD):
        commit()
        monkeypatch.setattr("getpass.getpass", lambda prompt: password)
        call_command("accept_schema", by=by, reason=WHY)
        commit()

    return command


@pytest.mark.parametrize(("sql", "said"), FORGED)
def test_another_schema_is_no_more_lawful_after_an_anchor(sql, said):
    execute(sql)
    for _ in range(2):
        assert any(f"{said} since it was noted last." in finding for finding in verify())
        anchors.anchor()
    assert any(re.search(rf"{said} at the anchor of entry 1 \(.*\), and nothing notes it\.", finding) for finding in verify())


def test_a_schema_that_was_changed_and_put_back_is_found_in_its_anchor():
    execute("create role helper")
    anchors.anchor()
    execute("drop role helper")
    anchors.anchor()
    (found,) = verify()
    assert found.startswith("The role helper is new at the anchor of entry 1 (")


def test_an_anchor_whose_schema_is_told_nowhere_is_found():
    execute("create role helper")
    anchors.anchor()
    for file in anchors.folder().glob("schema-*.json"):
        file.write_text("{}")
    assert [finding.partition(" noted")[0] for finding in verify()] == [
        "The database was made otherwise than",
        "The database differs from its state as",
    ]


def test_migrate_notes_what_stands_at_its_end():
    (event,) = SystemEvent.objects.filter(kind="schema")
    assert event.detail == {"schema": [None, noted_schema.present_digest()]}
    assert Ledger.objects.get(seq=1).row == event.pk
    call_command("migrate", verbosity=0, interactive=False)
    assert SystemEvent.objects.filter(kind="schema").count() == 1  # nothing changed


def test_migrate_makes_a_forgery_no_more_lawful(capsys):
    execute("create role helper")
    call_command("migrate", verbosity=0, interactive=False)
    assert "The role helper is new since it was noted last." in capsys.readouterr().err
    assert any("role helper is new" in finding for finding in verify())


def test_migrate_notes_another_schema_after_a_lawful_one(commit):
    execute("create role helper")  # in the place of what a migration changes
    assert noted_schema.note_migrated(was_lawful=True)
    commit()
    anchors.anchor()
    assert verify() == []


def test_a_database_migrated_before_schemas_were_noted_is_held_to_its_last_anchor():
    execute("alter table trial_systemevent disable trigger append_only; delete from trial_systemevent where kind = 'schema'")
    execute("alter table trial_systemevent enable always trigger append_only")
    assert noted_schema.findings(anchors.read_anchors()) == []
    execute("create role helper")
    assert noted_schema.findings(anchors.read_anchors()) == ["The role helper is new since the last anchor."]
    assert noted_schema.differences_now() == []  # so that the next migrate notes the first


def test_an_administrator_accepts_a_lawful_change_by_name_and_reason(accept, administrator, capsys):
    execute("create role backup")
    anchors.anchor()
    execute("alter role backup login")
    accept()
    told = capsys.readouterr().out
    assert "The role backup is new since it was noted last." in told
    last = Ledger.objects.order_by("seq").last().seq - 1  # before the acceptance itself
    assert f"The role backup is new at the anchor of entry {last} (" in told
    event = SystemEvent.objects.filter(kind="schema").last()
    assert (event.by, event.detail["reason"][1], len(event.detail["also"][1])) == (administrator, WHY, 1)
    assert Ledger.objects.get(form="trial.systemevent", row=event.pk).by == administrator
    assert verify() == []
    execute("alter role backup superuser")
    assert verify() == ["The role backup is changed since it was noted last."]


def test_nobody_accepts_without_the_password_or_the_role(accept, data_manager, administrator):
    execute("create role backup")
    with pytest.raises(CommandError, match="Name and password do not match"):
        accept(password="wrong")
    with pytest.raises(CommandError, match="Only an administrator"):
        accept(by="dan")
    assert SystemEvent.objects.filter(kind="schema").count() == 1


def test_where_nothing_differs_nothing_is_noted(accept, capsys):
    accept()
    assert "There is nothing to accept." in capsys.readouterr().out
    assert SystemEvent.objects.filter(kind="schema").count() == 1


def test_what_changed_while_it_was_read_is_not_accepted(administrator):
    shown = noted_schema.present_digest()
    execute("create role backup")
    with pytest.raises(Exception, match="has changed in the meantime"):
        noted_schema.accept(shown, by=administrator, reason=WHY)


def test_an_anchor_amid_a_migrate_takes_over_the_schema_before():
    given = connection.settings_dict
    before = anchors.read_anchors()[-1]["schema"]
    execute("create role helper")
    with psycopg.connect(host=given["HOST"], port=given["PORT"] or None, user=OWNER, dbname=given["NAME"], autocommit=True) as migrating:
        migrating.execute("select pg_advisory_lock(hashtext(%s))", [anchors.SCHEMA_LOCK])
        assert anchors.anchor()["schema"] == before
        migrating.execute("select pg_advisory_unlock_all()")  # at once: a connection may end after it was closed
    assert anchors.anchor()["schema"] != before
