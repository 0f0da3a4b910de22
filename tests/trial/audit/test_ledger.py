"""The ledger: every change of the study, in the order of commits, and no way to forge one unseen (R13)."""

import pytest
from crf.models import Administration, Cycle
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from trial.actions.verification import anchors, schema, verify_ledger
from trial.audit.acting import acting
from trial.models import Ledger, Site


@pytest.fixture
def changed_cycle(cycle, investigator, commit):
    with acting(by=investigator, reason="Misread"):
        Cycle.objects.update(weight_kg=71)
    with acting(by=investigator, reason="Weighed again"):
        Cycle.objects.update(weight_kg=72)
    commit()
    return cycle


@pytest.mark.proves("R01")
def test_entry_says_who_what_where_when_and_why(changed_cycle, investigator, subject):
    entry = Ledger.objects.last()
    assert (entry.by, entry.reason, entry.act, entry.items) == (
        investigator, "Weighed again", "~", {"weight_kg": [71.0, 72.0]},
    )  # fmt: skip
    assert (entry.site, entry.subject, entry.visit) == (subject.site, subject, changed_cycle.visit)
    assert (entry.form, entry.record, entry.row) == ("crf.cycle", changed_cycle.pk, changed_cycle.pk)
    assert entry.at.utcoffset() is not None


def test_row_of_a_group_is_entered_under_its_record(changed_cycle):
    entry = Ledger.objects.get(form="crf.administration")
    assert (entry.record, entry.visit, entry.items["dose_mg"]) == (changed_cycle.pk, changed_cycle.visit, [None, 130.0])


def test_what_belongs_to_no_subject_is_entered_under_its_site(site, administrator, commit):
    with acting(by=administrator, reason="Renamed"):
        Site.objects.filter(pk=site.pk).update(name="First Hospital")
    commit()
    entry = Ledger.objects.last()
    assert (entry.form, entry.site, entry.subject, entry.visit) == ("trial.site", site, None, None)


def test_numbers_have_no_gap(changed_cycle):
    assert [entry.seq for entry in Ledger.objects.all()] == list(range(1, Ledger.objects.count() + 1))


def test_ledger_in_order_verifies_and_tells_its_head(changed_cycle, capsys):
    anchors.anchor()
    call_command("verify_ledger")
    last = Ledger.objects.last()
    assert capsys.readouterr().out == f"In order. Head: {last.seq} {bytes(last.hash).hex()}\n"


def test_study_without_an_entry_of_its_own_is_in_order(db, capsys):
    """Migrate has noted what the database is made of."""
    anchors.anchor()
    call_command("verify_ledger")
    assert capsys.readouterr().out.startswith("In order. Head: 1 ")


def test_an_author_who_is_gone_keeps_his_entries(changed_cycle, investigator):
    """People are deactivated, never deleted; the ledger does not depend on it."""
    assert Ledger._meta.get_field("by").db_constraint is False
    assert Ledger.objects.filter(by_id=investigator.pk, form="crf.cycle").count() == 2


@pytest.mark.parametrize("sql", ["update trial_ledger set reason = ''", "delete from trial_ledger", "truncate trial_ledger"])
def test_ledger_is_append_only(changed_cycle, sql):
    for role in ("origin", "replica"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            connection.cursor().execute(f"set local session_replication_role = {role}; {sql}")


def test_nobody_but_postgresql_writes_the_ledger(changed_cycle):
    with pytest.raises(IntegrityError, match="Only PostgreSQL itself can add rows"), transaction.atomic():
        Ledger.objects.create(seq=10_000, at="2025-01-01T00:00Z", by_id=1, act="~", record=1, row=1, history_id=1, items={}, hash=b"")


FORGED_ROW = """insert into crf_administration
                select (jsonb_populate_record(a, jsonb_build_object('id', 9999, 'day', 2))).* from crf_administration a"""
FORGERIES = [
    # what the table's owner does, with all triggers off                          what is said
    ("update crf_cycle set weight_kg = 80",                                       r"Row \d+ of crf.cycle does not say"),
    (FORGED_ROW,                                                                  r"Row 9999 of crf.administration does not say"),
    ("delete from crf_administration",                                            r"Row \d+ of crf.administration does not say"),
    ("update crf_cycle set missing = '{\"height_cm\": \"ND\"}'",                  r"Row \d+ of crf.cycle does not say"),
    ("update crf_cycle set state = 'DRAFT'",                                      r"Row \d+ of crf.cycle does not say"),
    ("update trial_membership set role = 'investigator' where role = 'data manager'", r"Row \d+ of trial.membership does not say"),
    ("update trial_visit set held_on = '2025-01-06' where code = 'SCR'",          r"Row \d+ of trial.visit does not say"),
    ("update trial_referencerange set high = 400 where test = 'AST'",             r"Row \d+ of trial.referencerange does not say"),
    ("update trial_site set name = 'Elsewhere'",                                  r"Row \d+ of trial.site does not say"),
    ("update crf_historicalcycle set weight_kg = 80 where version = 3",           r"History row \d+ of crf.cycle"),
    ("update crf_historicalcycle set history_user_id = 0 where version = 3",      r"History row \d+ of crf.cycle"),
    ("update crf_historicalcycle set history_change_reason = 'x' where version = 3", r"History row \d+ of crf.cycle"),
    ("delete from crf_historicalcycle where version = 3",                         r"History row \d+ of crf.cycle"),
    ("update crf_cycle set weight_kg = 80;"
     "update crf_historicalcycle set weight_kg = 80 where version = 4",           r"History row \d+ of crf.cycle"),
    ("update trial_ledger set reason = 'x' where seq = 3",                        r"Ledger entry 3 does not follow"),
    ("update trial_ledger set at = at - interval '1 day' where seq = 3",          r"Ledger entry 3 does not follow"),
    ("delete from trial_ledger where seq = 3",                                    r"Ledger entry 3 is missing"),
    ("delete from trial_ledger where seq = (select max(seq) from trial_ledger)",  r"History row \d+ of crf.cycle"),
    ("select",                                                                    r"Trigger history_after of crf.cycle is missing"),
]  # fmt: skip
TABLES = [
    "crf_cycle", "crf_administration", "crf_historicalcycle", "trial_ledger", "trial_membership", "trial_visit", "trial_referencerange",
    "trial_site",
]  # fmt: skip


REMADE = [
    # what a superuser does to what the tables are made of                         what is said
    ("alter table crf_cycle enable row level security", "table crf_cycle, owner and grants is changed"),
    ("create policy mine on crf_cycle using (true)", "policy mine of crf_cycle is new"),
    ("update pg_trigger set tgenabled = 'D' where tgisinternal and tgrelid = 'crf_cycle'::regclass", "as it is checked is changed"),
    ("grant set on parameter session_replication_role to casebook_app", "grants of the parameter session_replication_role is new"),
    ("do $$ begin execute format('alter database %I set \"casebook.user\" = 2', current_database()); end $$",
     "setting of everybody in this database is new"),
    ("alter table crf_cycle drop constraint one_way, add constraint one_way check (number = 1 or (weight_kg > 0 and version > 0))",
     "constraint one_way of crf_cycle is changed"),
    ("alter table crf_cycle drop constraint crf_cycle_number_limits", "constraint crf_cycle_number_limits of crf_cycle is gone"),
]  # fmt: skip


@pytest.mark.proves("R13")
@pytest.mark.parametrize(("sql", "said"), REMADE)
def test_what_the_database_is_made_of_is_known_to_the_anchor(db, sql, said):
    with connection.cursor() as cursor:
        cursor.execute("alter table crf_cycle add constraint one_way check ((number = 1 or weight_kg > 0) and version > 0)")
        before = schema.objects()
        cursor.execute(sql)
    assert any(said in sentence for sentence in schema.differences(before, schema.objects()))


def test_limits_written_anew_as_a_dump_writes_them_are_no_finding(db):
    """PostgreSQL prints a limit otherwise once it was read from its own print, as a restored dump is."""
    before = schema.objects()
    with connection.cursor() as cursor:
        cursor.execute("""select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
                           where connamespace = 'public'::regnamespace and contype = 'c' and conrelid <> 0""")
        limits = cursor.fetchall()
        cursor.execute(";".join(f'alter table {t} drop constraint "{name}", add constraint "{name}" {limit}' for t, name, limit in limits))
        cursor.execute("select count(*) from pg_constraint where pg_get_constraintdef(oid) = any(%s)", [[limit for *_, limit in limits]])
        (same,) = cursor.fetchone()
    assert same < len(limits)  # some are printed otherwise
    assert schema.differences(before, schema.objects()) == []


@pytest.mark.proves("R13")
@pytest.mark.parametrize(("sql", "said"), FORGERIES)
def test_forgery_by_the_owner_is_found(changed_cycle, sql, said):
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"alter table {table} disable trigger user")
        cursor.execute(sql)
    with pytest.raises(CommandError, match=said):
        call_command("verify_ledger")


@pytest.mark.proves("R13")
def test_trigger_that_is_dropped_is_found(cycle):
    with connection.cursor() as cursor:
        cursor.execute("drop trigger ledger on crf_historicaladministration")
    assert verify_ledger.findings() == ["Trigger ledger of crf.historicaladministration is missing or switched off."]


@pytest.mark.proves("R13")
def test_trigger_that_a_replica_would_skip_is_found(cycle):
    with connection.cursor() as cursor:
        cursor.execute("alter table crf_administration enable trigger history_after")
    assert verify_ledger.findings() == ["Trigger history_after of crf.administration is missing or switched off."]


def test_changes_of_a_record_are_those_of_its_rows_too(changed_cycle):
    assert {entry.form for entry in Ledger.objects.about(changed_cycle)} == {"crf.cycle", "crf.administration"}
    assert {entry.form for entry in Ledger.objects.about(Administration.objects.get())} == {"crf.administration"}


@pytest.mark.proves("A02")
def test_ledger_shows_changes_at_ones_own_sites_only(changed_cycle, investigator, monitor, stranger, sponsor, administrator):
    clinical = Ledger.objects.filter(subject__isnull=False).count()
    seen = {person.username: Ledger.objects.visible_to(person).count() for person in (investigator, monitor, sponsor)}
    assert seen == {"ida": clinical, "mo": clinical, "sam": clinical}
    assert not Ledger.objects.visible_to(stranger).exists()
    assert not Ledger.objects.visible_to(administrator).filter(subject__isnull=False).exists()
