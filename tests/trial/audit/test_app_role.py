"""The role that web and workers connect as writes forms, and nothing of what proves who wrote them (R03, R04).

It connects as itself, on a connection of its own; the tables are those that PostgreSQL has.
"""

from contextlib import contextmanager

import psycopg
import pytest
from crf.models import Cycle
from django.db import IntegrityError, ProgrammingError, connection, transaction
from tests.closing import freeze
from trial.actions.verification import triggers, verify_ledger
from trial.audit.acting import acting
from trial.audit.history import kept_models
from trial.models import Ledger
from trial.server.embedded_postgres import APP

from trial.audit import roles

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
    kept = [*(model._meta.db_table for model in kept_models()), "auth_user", "followup_flag", "django_migrations"]
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
        "create temporary table mine (id int)",
        "insert into django_migrations (app, name, applied) values ('trial', '9999', now())",
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


@pytest.fixture
def may_make_temporary_tables(db):
    """As on a server whose database belongs to somebody else, who has not taken this from everybody yet."""
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f'grant temporary on database "{name}" to {APP}')
    assert f"The role {APP} may make temporary tables" in " ".join(roles.findings())


@pytest.fixture
def shadowed(may_make_temporary_tables):
    """Empty the app's own temporary copies of all tables but the one written to: they come first wherever a name has no schema."""

    def shadow(but):
        with connection.cursor() as cursor:
            for table in (name for (name,) in cursor.execute(TABLES).fetchall() if name not in but):
                cursor.execute(f'create temporary table "{table}" (like public."{table}") on commit drop')
                cursor.execute(f'grant all on pg_temp."{table}" to public')

    return shadow


@pytest.fixture
def as_app(db):
    @contextmanager
    def acts():
        with connection.cursor() as cursor:
            cursor.execute(f"set local role {APP}")
            yield cursor
            cursor.execute("reset role")

    return acts


class TestTemporaryTables:
    """Of the same names as ours, they hide nothing from the triggers."""

    @pytest.mark.proves("R01", "R04")
    def test_history_and_ledger_are_written_past_them(self, cycle, investigator, commit, shadowed, as_app):
        commit()
        before = Ledger.objects.count()
        shadowed(but=["crf_cycle"])
        with as_app() as cursor, acting(by=investigator, reason="Misread"):
            cursor.execute("update public.crf_cycle set weight_kg = 72")
            cursor.execute("set constraints all immediate")
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from public.crf_historicalcycle where weight_kg = 72 union all select count(*) from public.trial_ledger"
            )
            assert cursor.fetchall() == [(1,), (before + 1,)]

    @pytest.mark.proves("R06")
    def test_an_account_s_change_is_an_event_all_the_same(self, investigator, commit, shadowed, as_app):
        commit()
        shadowed(but=["auth_user"])
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from public.trial_systemevent")
            (before,) = cursor.fetchone()
        with as_app() as cursor:
            cursor.execute("update public.auth_user set is_superuser = true where id = %s", [investigator.pk])
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from public.trial_systemevent")
            assert cursor.fetchone() == (before + 1,)

    @pytest.mark.proves("D06")
    def test_a_frozen_visit_stays_frozen(self, cycle, data_manager, investigator, commit, shadowed, as_app):
        commit()
        freeze(cycle.visit, data_manager, investigator)
        commit()
        shadowed(but=["crf_cycle"])
        refused = pytest.raises(IntegrityError, match="Ask a data manager to unfreeze it")
        with as_app() as cursor, acting(by=investigator, reason="Misread"), refused, transaction.atomic():
            cursor.execute("update public.crf_cycle set weight_kg = 72")

    @pytest.mark.proves("S08")
    def test_nobody_signs_by_an_invented_record_of_identity(self, visit, investigator, data_manager, shadowed, as_app):
        signed = {
            "visit_id": visit.pk, "form": "trial.visit", "record": visit.pk, "meaning": "visit", "signed_by_id": data_manager.pk,
            "printed_name": "Dan Li", "content": f'{{"trial.visit#{visit.pk}": {{}}}}', "content_sha256": "0" * 64,
        }  # fmt: skip
        shadowed(but=["trial_signature"])
        invented = f"""
            insert into pg_temp.trial_accountact (id, person_id, kind, how, by_id, at)
            select 1, {data_manager.pk}, kind, '', 1, now() from unnest(array['identity', 'training', 'accountability']) kind;
            insert into pg_temp.trial_systemevent (id, at, kind, by_id, about_id, detail, key)
            values (1, now(), 'account changed', {data_manager.pk}, {data_manager.pk}, '{{"password": [1, 2]}}', '')"""
        sign = f"insert into public.trial_signature ({', '.join(signed)}) values ({', '.join(['%s'] * len(signed))})"
        with as_app() as cursor, acting(by=data_manager):
            cursor.execute(invented)
            with pytest.raises(IntegrityError, match="on record, and a password of their own"), transaction.atomic():
                cursor.execute(sign, list(signed.values()))

    @pytest.mark.proves("R03")
    def test_what_runs_as_the_owner_is_no_trigger_of_a_table_of_ones_own(self, may_make_temporary_tables, as_app):
        with connection.cursor() as cursor:
            cursor.execute(
                "select oid::regprocedure::text from pg_proc where pronamespace = 'public'::regnamespace and prosecdef order by 1"
            )
            found = [name for (name,) in cursor.fetchall()]
        assert len(found) > len(kept_models())
        with as_app() as cursor:
            cursor.execute("create temporary table mine (id int)")
            for function in found:
                with pytest.raises(ProgrammingError, match="permission denied for function"), transaction.atomic():
                    cursor.execute(f"create trigger mine after insert on mine for each row execute function {function}")


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
            (
                "create or replace trigger append_only_insert before insert on trial_ledger for each row when (pg_trigger_depth() = 9)"
                " execute function trial_ledger_append_only(); alter table trial_ledger enable always trigger append_only_insert",
                "Trigger append_only_insert of trial.ledger is not the one that was installed.",
            ),
            (
                "create or replace trigger closed_to_writes before insert or update of id on crf_cycle for each row"
                " execute function crf_cycle_locked(); alter table crf_cycle enable always trigger closed_to_writes",
                "Trigger closed_to_writes of crf.cycle is not the one that was installed.",
            ),
            (
                "create trigger mine before update on crf_cycle for each row execute function suppress_redundant_updates_trigger()",
                "Trigger mine of crf_cycle is none of Casebook's.",
            ),
            (
                "create schema mine; create table mine.own (i int);"
                " create trigger mine before insert on mine.own for each row execute function suppress_redundant_updates_trigger()",
                "Trigger mine of mine.own is none of Casebook's.",
            ),
            (
                "create table heir () inherits (crf_historicalcycle)",
                "Table heir adds rows to crf_historicalcycle that no trigger saw.",
            ),
            ("create rule mine as on insert to trial_ledger do instead nothing", "Rule mine of trial_ledger is none of Casebook's."),
            (
                "alter function crf_cycle_history() set casebook.\"user\" = '5'",
                "Function crf_cycle_history of crf.cycle is not the one that was installed.",
            ),
            (
                "alter function crf_cycle_history() security invoker",
                "Function crf_cycle_history of crf.cycle is not the one that was installed.",
            ),
            ("alter table auth_user disable trigger watched", "Trigger watched of trial.systemevent is missing or switched off."),
            ("grant update on trial_ledger to casebook_app", "The role casebook_app may update trial_ledger."),
            ("grant delete on crf_cycle to public", "The role casebook_app may delete crf_cycle."),
            ("revoke insert on crf_cycle from casebook_app", "The role casebook_app may not insert crf_cycle: run migrate."),
            ("grant update (reason) on trial_ledger to casebook_app", "The role casebook_app may update columns of trial_ledger."),
            (
                "grant insert (id) on crf_historicalcycle to casebook_app",
                "The role casebook_app may insert columns of crf_historicalcycle.",
            ),
            ("grant references on crf_cycle to casebook_app", "The role casebook_app may reference crf_cycle."),
            ("grant execute on function trial_ledger_enter to casebook_app", "The role casebook_app may execute trial_ledger_enter."),
            ("grant execute on function crf_cycle_history() to public", "The role casebook_app may execute crf_cycle_history."),
            ("grant create on schema public to casebook_app", "The role casebook_app may create objects in the schema public."),
            ("grant create on schema public to public", "The role casebook_app may create objects in the schema public."),
            ("revoke select on trial_ledger from casebook_app", "The role casebook_app may not select trial_ledger: run migrate."),
            ("revoke delete on django_session from casebook_app", "The role casebook_app may not delete django_session: run migrate."),
            (
                "revoke update on crf_cycle from casebook_app; grant update (state) on crf_cycle to casebook_app",
                "The role casebook_app may not update crf_cycle: run migrate.",
            ),
            (
                "create role helper; grant update on trial_ledger to helper",
                "The role helper may update trial_ledger: only casebook_owner and casebook_app write.",
            ),
            (
                "create role helper; grant insert (id) on crf_cycle to helper",
                "The role helper may insert crf_cycle: only casebook_owner and casebook_app write.",
            ),
            ("grant insert on crf_cycle to public", "The role public may insert crf_cycle: only casebook_owner and casebook_app write."),
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

    def test_reading_by_others_is_their_own_affair(self, asked):
        with connection.cursor() as cursor:
            cursor.execute("create role helper; grant select on all tables in schema public to helper")
        assert asked() == (200, "ok")

    def test_is_red_where_the_site_owns_its_tables(self, client, db):
        assert client.get("/healthz").status_code == 503


@pytest.mark.proves("R13")
def test_what_the_role_may_not_read_is_a_finding_of_the_verification(as_app):
    with connection.cursor() as cursor:
        cursor.execute(f"revoke select on trial_ledger from {APP}")
    with as_app():
        anchored = [{"seq": 1, "hash": "", "counts": {}, "schema": "", "at": "2025-01-01T00:00:00+00:00"}]
        assert verify_ledger.findings(anchored) == ["The role casebook_app may not select trial_ledger: run migrate."]
        assert list(verify_ledger.remarks(anchored)) == []


def test_functions_that_postgresql_alone_calls_are_read_off_the_sql():
    assert {"trial_ledger_enter", "crf_cycle_history", "trial_redaction_erase"} <= set(roles.revoked())


def test_declared_triggers_are_read_off_the_sql():
    """Else a check of none would find nothing wrong."""
    declared = triggers.declared()
    assert {one.label for one in declared} >= {model._meta.label_lower for model in kept_models()}
    assert all(one.triggers and one.functions for one in declared)
