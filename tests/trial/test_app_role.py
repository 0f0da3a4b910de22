"""The role that web and workers connect as writes forms, and nothing of what proves who wrote them (R03, R04).

It connects as itself, on a connection of its own; the tables are those that PostgreSQL has.
"""

import psycopg
import pytest
from django.db import connection

from crf.models import Cycle
from trial import roles
from trial.acting import acting
from trial.actions import triggers
from trial.embedded_postgres import APP
from trial.history import kept_models
from trial.models import Ledger

DENIED = "42501"
TABLES = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1"


@pytest.fixture(scope="module")
def app(django_db_setup, django_db_blocker):
    """A connection of the app's role to the tests' database."""
    given = connection.settings_dict
    with psycopg.connect(host=given["HOST"], port=given["PORT"] or None, user=APP, dbname=given["NAME"], autocommit=True) as own:
        yield own


def tables(app, like=""):
    return [name for (name,) in app.execute(TABLES) if like in name]


def is_denied(app, sql):
    try:
        app.execute(sql)
    except psycopg.Error as error:
        return error.sqlstate == DENIED
    return False


VERBS = {
    "insert": "insert into {0} select * from {0}",
    "update": 'update {0} set "{1}" = "{1}"',
    "delete": "delete from {0}",
    "truncate": "truncate {0}",
}


def columns(app, table):
    return app.execute("select attname from pg_attribute where attrelid = %s::regclass and attnum > 0", [table]).fetchone()[0]


@pytest.mark.proves("R03")
@pytest.mark.parametrize("verb", VERBS)
def test_no_history_table_takes(app, verb):
    """Every history table that PostgreSQL has, and the ledger; none may be left out."""
    found = [*tables(app, "_historical"), "trial_ledger"]
    assert len(found) == len(kept_models()) + 1
    assert [table for table in found if not is_denied(app, VERBS[verb].format(table, columns(app, table)))] == []


@pytest.mark.proves("R03")
@pytest.mark.parametrize("table", ["trial_signature", "trial_systemevent", "trial_redaction", "trial_redactionrequest"])
@pytest.mark.parametrize("verb", ["update", "delete", "truncate"])
def test_acts_are_added_only(app, table, verb):
    assert is_denied(app, VERBS[verb].format(table, "id"))


@pytest.mark.proves("R14")
@pytest.mark.parametrize("verb", ["delete", "truncate"])
def test_no_record_is_deleted(app, verb):
    kept = [*(model._meta.db_table for model in kept_models()), "auth_user"]
    assert [table for table in kept if not is_denied(app, VERBS[verb].format(table, "id"))] == []


@pytest.mark.proves("R04")
@pytest.mark.parametrize(
    "sql",
    [
        "alter table {0} disable trigger all",
        "alter table {0} add column mine int",
        "drop table {0} cascade",
        "create trigger mine before insert on {0} for each row execute function suppress_redundant_updates_trigger()",
        "create rule mine as on insert to {0} do instead nothing",
    ],
)
def test_it_changes_no_table(app, sql):
    assert [table for table in tables(app) if not is_denied(app, sql.format(f'"{table}"'))] == []


@pytest.mark.proves("R04")
@pytest.mark.parametrize(
    "sql",
    [
        "set session_replication_role = replica",
        "set role casebook_owner",
        "create table public.mine (id int)",
        "create schema mine",
        "alter role casebook_app superuser",
        "select trial_ledger_enter(null, null)",
        "select trial_redaction_erase_in_ledger(null, 'x')",
        "create or replace function crf_cycle_history() returns trigger language plpgsql as 'begin return null; end'",
        "alter function crf_cycle_history() rename to mine",
        "copy auth_user to program 'cat'",
        "select pg_read_file('/etc/hostname')",
    ],
)
def test_it_cannot(app, sql):
    assert is_denied(app, sql)


def test_it_owns_nothing_and_is_nobody_else(app, db):
    assert roles.findings() == []
    assert app.execute("select count(*) from pg_class where relowner = current_user::regrole").fetchone() == (0,)


def test_its_saves_are_kept(cycle, investigator, commit):
    commit()  # what made the cycle
    before = Ledger.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(f"set local role {APP}")
        with acting(by=investigator, reason="Misread"):
            Cycle.objects.update(weight_kg=72)
        commit()
        cursor.execute("reset role")
    assert (cycle.history.latest().history_user, Ledger.objects.count()) == (investigator, before + 1)


@pytest.mark.proves("R04")
class TestHealth:
    @pytest.fixture
    def asked(self, client, db):
        """The answer to the site's own role; tests themselves are the owner."""

        def ask():
            with connection.cursor() as cursor:
                cursor.execute(f"set local role {APP}")
                answer = client.get("/healthz")
                cursor.execute("reset role")
            return answer.status_code, answer.content.decode()

        return ask

    def test_is_good(self, asked):
        assert asked() == (200, "ok")

    @pytest.mark.parametrize(
        ("sql", "said"),
        [
            ("drop trigger history_after on crf_cycle", "Trigger history_after of crf.cycle is missing or switched off."),
            ("alter table trial_ledger disable trigger append_only", "Trigger append_only of trial.ledger is missing or switched off."),
            ("alter table auth_user disable trigger watched", "Trigger watched of trial.systemevent is missing or switched off."),
            ("grant update on trial_ledger to casebook_app", "The role casebook_app may update trial_ledger."),
            ("grant delete on crf_cycle to public", "The role casebook_app may delete crf_cycle."),
            ("revoke insert on crf_cycle from casebook_app", "The role casebook_app may not insert crf_cycle: run migrate."),
            ("alter table crf_cycle owner to casebook_app", "The role casebook_app owns tables."),
            (
                "create or replace function crf_cycle_history() returns trigger language plpgsql as 'begin return null; end'",
                "Function crf_cycle_history of crf.cycle is not the one that was installed.",
            ),
        ],
    )
    def test_turns_red(self, asked, sql, said):
        with connection.cursor() as cursor:
            cursor.execute(sql)
        assert asked() == (503, said)

    def test_is_red_where_the_site_owns_its_tables(self, client, db):
        assert client.get("/healthz").status_code == 503


def test_declared_triggers_are_read_off_the_sql():
    """Else a check of none would find nothing wrong."""
    declared = triggers.declared()
    assert {one.label for one in declared} >= {model._meta.label_lower for model in kept_models()}
    assert all(one.triggers and one.functions for one in declared)
