"""Five hundred forgeries by the database's superuser, made after an anchor: each must be found, and named (R13).

`make drill ARGS="-k tampering"`. The demo trial is loaded and anchored; each forgery is made as a superuser would make it, triggers off,
then verified, then rolled back. CASEBOOK_SEED chooses another five hundred.
"""
# ruff: noqa: T201

import os
import random
from collections import Counter
from time import perf_counter

import pytest
from django.db import connection, transaction
from trial.actions.verification import anchors
from trial.actions.verification.verify_ledger import findings
from trial.audit.history import kept_models
from trial.audit.ledger_sql import content
from trial.server.embedded_postgres import APP

TAMPERINGS = 500
SEED = int(os.environ.get("CASEBOOK_SEED", "20261126"))
FORGED = {"numeric": "{0} + 1", "int4": "{0} + 1", "date": "{0} - 1", "text": "'forged'", "varchar": "left('F' || {0}, 2)"}
"""What a column of a type becomes; of a text with codes, the length is kept short."""
COLUMNS = """
    select a.attname, t.typname from pg_attribute a join pg_type t on t.oid = a.atttypid
     where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped and t.typname = any (%s)
       and a.attname !~ '^(id|version|history_.*|.*_id)$' order by 1"""
RECHAIN = f"""
    do $$ declare e trial_ledger; before bytea := coalesce((select l.hash from trial_ledger l where l.seq = SEQ - 1), ''); begin
      for e in select * from trial_ledger l where l.seq >= SEQ order by l.seq loop
        before := sha256(before || convert_to({content("e")}, 'UTF8'));
        update trial_ledger set hash = before where seq = e.seq;
      end loop; end $$"""


CLASSES = []


def forgery(forge):
    """A class of forgery: does it to something random, and returns words of which one finding must say some."""
    CLASSES.append(forge)
    return forge


def sql(text, *values):
    with connection.cursor() as cursor:
        cursor.execute(text, values or None)
        return cursor.fetchall() if cursor.description else []


def one(text, *values):
    return sql(text, *values)[0]


def unguarded(table, *statements):
    """What a superuser does who knows the triggers: off, the edit, and on again."""
    guards = sql("select tgname from pg_trigger where tgrelid = %s::regclass and tgenabled = 'A' and not tgisinternal", table)
    sql(f'alter table "{table}" disable trigger all')
    for statement in statements:
        sql(*statement) if isinstance(statement, tuple) else sql(statement)
    sql(f'alter table "{table}" enable trigger all')
    for (name,) in guards:
        sql(f'alter table "{table}" enable always trigger "{name}"')


def rechained(seq):
    return RECHAIN.replace("SEQ", str(seq))


def any_row(rng):
    """A random live row with a column that can be forged: (model, id, column, its forged value as SQL)."""
    while True:
        model = rng.choice(kept_models())
        table = model._meta.db_table
        columns, rows = sql(COLUMNS, table, list(FORGED)), sql(f"select id from {table} order by id")
        if rows and columns:
            column, kind = rng.choice(columns)
            (row,) = rng.choice(rows)
            if one(f'select "{column}" from {table} where id = %s', row)[0] not in (None, ""):
                return model, row, column, FORGED[kind].format(f'"{column}"')


def any_entry(rng, where="true"):
    return rng.choice(sql(f"select seq from trial_ledger where {where} order by seq"))[0]


def of_row(model, row):
    return [f"Row {row} of {model._meta.label_lower} "]


@forgery
def live_row_changed(rng):
    model, row, column, forged = any_row(rng)
    unguarded(model._meta.db_table, f'update {model._meta.db_table} set "{column}" = {forged} where id = {row}')
    return of_row(model, row)


@forgery
def live_row_deleted(rng):
    model, row, _, _ = any_row(rng)
    unguarded(model._meta.db_table, f"delete from {model._meta.db_table} where id = {row}")
    return of_row(model, row)


def a_history_row(rng):
    while True:
        model = rng.choice(kept_models())
        history = model.history.model._meta.db_table
        if rows := sql(f"select history_id, id from {history} order by 1"):
            return model, history, *rng.choice(rows)


@forgery
def history_changed(rng):
    while True:
        model, history, number, _ = a_history_row(rng)
        column, kind = rng.choice([*sql(COLUMNS, history, list(FORGED)), ("", "")])
        if column and one(f'select "{column}" from {history} where history_id = %s', number)[0] not in (None, ""):
            unguarded(history, f'update {history} set "{column}" = {FORGED[kind].format(column)} where history_id = {number}')
            return [f"History row {number} of {model._meta.label_lower} "]


@forgery
def history_deleted(rng):
    model, history, number, _ = a_history_row(rng)
    unguarded(history, f"delete from {history} where history_id = {number}")
    return [f"History row {number} of {model._meta.label_lower} "]


@forgery
def history_reattributed(rng):
    model, history, number, _ = a_history_row(rng)
    unguarded(history, f"update {history} set history_user_id = history_user_id + 1 where history_id = {number}")
    return [f"History row {number} of {model._meta.label_lower} "]


@forgery
def history_back_dated(rng):
    model, history, number, _ = a_history_row(rng)
    unguarded(history, f"update {history} set history_date = history_date - interval '3 days' where history_id = {number}")
    return [f"History row {number} of {model._meta.label_lower} "]


@forgery
def history_added(rng):
    model, history, number, _ = a_history_row(rng)
    columns = ", ".join(f'"{name}"' for (name,) in sql(
        """select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped
                   and attname not in ('history_id', 'version')""",
            history,
    ))  # fmt: skip
    versioned = f"select {columns}, 1000 + version from {history} where history_id = {number}"
    unguarded(history, f'insert into {history} ({columns}, "version") {versioned}')
    (new,) = one(f"select max(history_id) from {history}")
    return [f"History row {new} of {model._meta.label_lower} "]


@forgery
def entry_changed(rng):
    seq = any_entry(rng, "items <> '{}'")
    unguarded("trial_ledger", f"update trial_ledger set items = items || '{{\"forged\": [1, 2]}}' where seq = {seq}")
    return [f"Ledger entry {seq} "]


@forgery
def entry_reattributed(rng):
    seq = any_entry(rng, "by_id is not null")
    unguarded("trial_ledger", f"update trial_ledger set by_id = by_id + 1 where seq = {seq}")
    return [f"Ledger entry {seq} "]


@forgery
def entry_deleted(rng):
    seq = any_entry(rng)
    unguarded("trial_ledger", f"delete from trial_ledger where seq = {seq}")
    return [f"Ledger entry {seq} is missing", f"entries {seq} to"]


@forgery
def tail_truncated(rng):
    seq = any_entry(rng)
    unguarded("trial_ledger", f"delete from trial_ledger where seq >= {seq}")
    return [f"Ledger entries {seq} to "]


@forgery
def ledger_truncated(rng):
    unguarded("trial_ledger", "truncate trial_ledger")
    return ["Ledger entries 1 to "]


@forgery
def entries_swapped(rng):
    one_seq, other = sorted(rng.sample([seq for (seq,) in sql("select seq from trial_ledger")], 2))
    unguarded(
        "trial_ledger",
        f"update trial_ledger set seq = -1 where seq = {one_seq}",
        f"update trial_ledger set seq = {one_seq} where seq = {other}",
        f"update trial_ledger set seq = {other} where seq = -1",
    )
    return [f"Ledger entry {one_seq} "]


@forgery
def entries_swapped_and_rechained(rng):
    found = entries_swapped(rng)
    seq = int(found[0].split()[2])
    unguarded("trial_ledger", rechained(seq))
    return found


@forgery
def back_dated_and_rechained(rng):
    seq = any_entry(rng)
    unguarded("trial_ledger", f"update trial_ledger set at = at - interval '1 hour' where seq = {seq}", rechained(seq))
    return [f"Ledger entry {seq} "]


@forgery
def reason_changed_and_rechained(rng):
    seq = any_entry(rng)
    unguarded("trial_ledger", f"update trial_ledger set reason = 'SOURCE_UPDATED: forged' where seq = {seq}", rechained(seq))
    return [f"Ledger entry {seq} "]


@forgery
def program_changed_and_rechained(rng):
    seq = any_entry(rng)
    unguarded("trial_ledger", f"update trial_ledger set client = client || ' forged' where seq = {seq} and client is not null")
    unguarded("trial_ledger", f"update trial_ledger set client = 'page' where seq = {seq} and client is null", rechained(seq))
    return [f"Ledger entry {seq} "]


@forgery
def story_rewritten(rng):
    """The whole story, consistently: live row, history, ledger and the chain's tail. Only the anchors tell."""
    while True:
        model, row, column, forged = any_row(rng)
        table, history, form = model._meta.db_table, model.history.model._meta.db_table, model._meta.label_lower
        versions = sql(f"select history_id from {history} where id = {row}")
        if len(versions) == 1 and sql("select 1 from trial_ledger where form = %s and row = %s and items ? %s", form, row, column):
            break
    unguarded(table, f'update {table} set "{column}" = {forged} where id = {row}')
    unguarded(history, f'update {history} set "{column}" = {forged} where id = {row}')
    (seq,) = one("select min(seq) from trial_ledger where form = %s and row = %s", form, row)
    value = f"(select to_jsonb(r) -> '{column}' from {table} r where id = {row})"
    path = "{" + column + ",1}"
    unguarded("trial_ledger", f"update trial_ledger set items = jsonb_set(items, '{path}', {value}) where seq = {seq}", rechained(seq))
    return [f"Ledger entry {seq} "]


@forgery
def tail_cut_consistently(rng):
    """The last entry with its history and its row, as if it had never been entered."""
    seq, form, row = one("select seq, form, row from trial_ledger order by seq desc limit 1")
    table = form.replace(".", "_")
    unguarded("trial_ledger", f"delete from trial_ledger where seq = {seq}")
    unguarded(table, f"delete from {table} where id = {row}")
    return [f"Ledger entries {seq} to "]


@forgery
def item_erased(rng):
    """As a redaction would, but nobody asked for it and nobody decided."""
    seq = any_entry(rng, "items <> '{}'")
    ((item,),) = sql("select k from trial_ledger, jsonb_object_keys(items) k where seq = %s order by 1 limit 1", seq)
    unguarded(
        "trial_ledger",
        ("update trial_ledger set sealed = sealed || jsonb_build_object(%s::text, encode(sha256(convert_to(concat(salts ->> %s, ' ',"
         " (items -> %s)::text), 'UTF8')), 'hex')), items = items - %s, salts = salts - %s where seq = %s", *[item] * 5, seq),
    )  # fmt: skip
    return [f"In ledger entry {seq}, {item} "]


def any_signature(rng):
    return rng.choice(sql("select id from trial_signature order by 1"))[0]


@forgery
def signature_altered(rng):
    pk = any_signature(rng)
    forged = """update trial_signature set content = content || '{"forged": {}}', content_sha256 = repeat('0', 64) where id = """
    unguarded("trial_signature", f"{forged}{pk}")
    return [f"Row {pk} of trial.signature "]


@forgery
def signature_moved(rng):
    pk = any_signature(rng)
    unguarded("trial_signature", f"update trial_signature set record = record + 1 where id = {pk}")
    return [f"Row {pk} of trial.signature "]


@forgery
def signature_of_another(rng):
    pk = any_signature(rng)
    unguarded("trial_signature", f"update trial_signature set printed_name = 'Somebody Else' where id = {pk}")
    return [f"Row {pk} of trial.signature "]


@forgery
def signature_deleted(rng):
    pk = any_signature(rng)
    unguarded("trial_signature", f"delete from trial_signature where id = {pk}")
    return [f"Row {pk} of trial.signature "]


@forgery
def event_deleted(rng):
    pk = rng.choice(sql("select id from trial_systemevent order by 1"))[0]
    unguarded("trial_systemevent", f"delete from trial_systemevent where id = {pk}")
    return [f"Row {pk} of trial.systemevent "]


@forgery
def account_changed(rng):
    pk = rng.choice(sql("select id from auth_user order by 1"))[0]
    change = rng.choice(["is_superuser = not is_superuser", "password = 'forged'", "is_active = not is_active", "username = 'forged'"])
    unguarded("auth_user", f"update auth_user set {change} where id = {pk}")
    return [f"Row {pk} of auth_user "]


def any_trigger(rng):
    return rng.choice(
        sql("""select c.relname, t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
                where not tgisinternal and c.relnamespace = 'public'::regnamespace order by 1, 2""")
    )


@forgery
def trigger_disabled(rng):
    table, name = any_trigger(rng)
    sql(f'alter table "{table}" disable trigger "{name}"')
    return [f"Trigger {name} of ", f"trigger {name} of {table} "]


@forgery
def trigger_disabled_and_row_edited(rng):
    model, row, column, forged = any_row(rng)
    table = model._meta.db_table
    sql(f"alter table {table} disable trigger user")
    sql(f'update {table} set "{column}" = {forged} where id = {row}')
    return of_row(model, row)


@forgery
def trigger_dropped(rng):
    table, name = any_trigger(rng)
    sql(f'drop trigger "{name}" on "{table}"')
    return [f"Trigger {name} of ", f"trigger {name} of {table} "]


@forgery
def trigger_added(rng):
    table = rng.choice(kept_models())._meta.db_table
    sql(f"create trigger aaa before update on {table} for each row execute function suppress_redundant_updates_trigger()")
    return [f"trigger aaa of {table} "]


@forgery
def function_replaced(rng):
    name = rng.choice(
        sql("""select proname from pg_proc where pronamespace = 'public'::regnamespace and prorettype = 'trigger'::regtype
                              order by 1""")
    )[0]
    sql(f"create or replace function {name}() returns trigger language plpgsql as 'begin return new; end'")
    return [f"Function {name} of ", f"function {name}() "]


@forgery
def grant_altered(rng):
    table = rng.choice([model.history.model._meta.db_table for model in kept_models()] + ["trial_ledger", "trial_signature"])
    sql(f"grant {rng.choice(['update', 'delete', 'truncate', 'trigger'])} on {table} to {rng.choice([APP, 'public'])}")
    return [
        f"may update {table}",
        f"may delete {table}",
        f"may truncate {table}",
        f"may trigger {table}",
        f"table {table}, owner and grants ",
    ]


@forgery
def owner_altered(rng):
    table = rng.choice(kept_models())._meta.db_table
    sql(f"alter table {table} owner to {APP}")
    return [f"The role {APP} owns tables", f"table {table}, owner and grants "]


@forgery
def role_raised(rng):
    sql(f"alter role {APP} {rng.choice(['superuser', 'createrole', 'bypassrls', 'replication', 'createdb'])}")
    return [f"The role {APP} holds powers"]


@forgery
def role_added(rng):
    sql("create role helper superuser login")
    return ["The role helper is new"]


@forgery
def limit_dropped(rng):
    table, name = rng.choice(
        sql("""select conrelid::regclass::text, conname from pg_constraint where connamespace = 'public'::regnamespace and contype = 'c'
                order by 2""")
    )
    sql(f"alter table {table} drop constraint {name}")
    return [f"constraint {name} of "]


@forgery
def rule_added(rng):
    table = rng.choice(kept_models()).history.model._meta.db_table
    sql(f"create rule quiet as on insert to {table} do instead nothing")
    return [f"rule quiet of {table} "]


def refused_by_limits(rng, forge):
    """A forged value that the form's own limits refuse is none: another is tried."""
    for _ in range(50):
        try:
            with transaction.atomic():
                return forge(rng)
        except Exception as error:
            if getattr(error.__cause__, "sqlstate", "")[:2] not in ("22", "23"):
                raise
    raise AssertionError(f"No row for {forge.__name__}.")


@pytest.mark.proves("R13")
def test_every_forgery_is_found_and_named(demo_trial, db, tmp_path, settings):
    settings.ANCHOR_FOLDER = tmp_path / "anchors"
    rng = random.Random(SEED)
    missed, unnamed, made = [], [], Counter()
    anchors.anchor()
    kept = anchors.read_anchors()
    began = perf_counter()
    assert findings(kept) == []
    print(f"\n{kept[-1]['seq']} entries are in order, verified in {perf_counter() - began:.2f} s; {len(CLASSES)} classes of forgery")
    for number in range(TAMPERINGS):
        forge = CLASSES[number % len(CLASSES)]
        with transaction.atomic():
            sql("set local timezone = 'UTC'")
            names = refused_by_limits(rng, forge)
            found = findings(kept)
            transaction.set_rollback(True)
        made[forge.__name__] += 1
        if not found:
            missed.append((number, forge.__name__, names))
        elif not any(name in sentence for name in names for sentence in found):
            unnamed.append((number, forge.__name__, names, found[:3]))
    assert findings(kept) == []
    found = TAMPERINGS - len(missed)
    print(f"{found} of {TAMPERINGS} found, {found - len(unnamed)} named, in {perf_counter() - began:.0f} s")
    print(", ".join(f"{name} {times}" for name, times in sorted(made.items())))
    assert (missed, unnamed) == ([], [])
