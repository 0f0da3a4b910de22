"""The database's roles (docs/decisions/0021): who owns the tables makes and changes them; the site and its workers connect as another.

The app's role owns nothing: it writes what people enter, and may only add to, or only read, what proves who wrote it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder
from django_otp.plugins.otp_static.models import StaticToken

from trial.audit.history import KeepsHistory
from trial.audit.ledger_triggers import IsLedger
from trial.audit.triggers import AppendOnly, Triggers
from trial.server import environment
from trial.server.embedded_postgres import APP, MAKE_ROLES, OWNER

GRANTS = """
    revoke create on schema public from public;
    grant usage on schema public to {app};
    revoke all on all tables in schema public from {app};
    grant select, insert, update, delete on all tables in schema public to {app};
    grant usage on all sequences in schema public to {app}"""
NO_TEMPORARY = """
    do $$ begin
      if (select pg_has_role(current_user, datdba, 'usage') from pg_database where datname = current_database()) then
        execute format('revoke temporary on database %I from public', current_database());
      end if;
    end $$"""
"""A temporary table comes before any other of its name: nobody but its owner makes one."""


@contextmanager
def as_owner() -> Iterator[None]:
    """Have Django's connection be the owner's for as long as the block lasts; for what changes tables."""
    settings, own = connection.settings_dict, environment.owner()
    before = {name: settings[name] for name in own}
    is_owner = settings["USER"] == own.get("USER")
    if not own or is_owner or connection.in_atomic_block:
        yield
        return
    connection.close()
    settings.update(own)
    try:
        if not environment.is_embedded():
            _become_owner(before)
        yield
    finally:
        connection.close()
        settings.update(before)


def _become_owner(app: dict[str, str]) -> None:
    """On a server of one's own: make both roles, give the app's its password at first, and act as the owner, who has no login."""
    with connection.cursor() as cursor:
        cursor.execute(NO_TEMPORARY)
        cursor.execute("select exists (select from pg_roles where rolname = %s)", [APP])
        known = cursor.fetchone() == (True,)
        cursor.execute(MAKE_ROLES)
        if not known and app["USER"] == APP and app["PASSWORD"]:
            from psycopg import sql

            cursor.execute(
                sql.SQL("alter role {} password {}").format(
                    sql.Identifier(APP), sql.Literal(app["PASSWORD"])
                )
            )
        cursor.execute(
            f"grant create, usage on schema public to {OWNER}; grant {OWNER} to current_user; set role {OWNER}"
        )


def grant() -> None:
    """Give the app's role what it needs on every table that is there, and nothing more; after each migrate."""
    with connection.cursor() as cursor:
        cursor.execute(MAKE_ROLES if _may_make_roles() else "select")
        cursor.execute(NO_TEMPORARY)
        revoked = "".join(
            f"; revoke {', '.join(verbs)} on {table} from {APP}"
            for table, verbs in withheld().items()
            if verbs
        )
        cursor.execute(GRANTS.format(app=APP) + revoked)


def _may_make_roles() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "select rolsuper or rolcreaterole from pg_roles where rolname = current_user"
        )
        return cursor.fetchone() == (True,)


def withheld() -> dict[str, list[str]]:
    """By table: the verbs that the app's role must not have; TRUNCATE, which it has nowhere, goes without saying."""
    of_models = {
        model._meta.db_table: _withheld(model)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
    }
    codes = {
        StaticToken._meta.db_table: ["update"]
    }  # one is made, and used up: each an event, which an update would not be
    return (
        of_models
        | codes
        | {MigrationRecorder.Migration._meta.db_table: ["insert", "update", "delete"]}
    )


def _withheld(model: type[models.Model]) -> list[str]:
    constraints = model._meta.constraints
    if any(
        isinstance(one, IsLedger) or (isinstance(one, AppendOnly) and one.facts["only_by_trigger"])
        for one in constraints
    ):
        return ["insert", "update", "delete"]
    if any(isinstance(one, AppendOnly) for one in constraints):
        return ["update", "delete"]
    never_deleted = model._meta.db_table == "auth_user" or getattr(model, "never_deleted", False)
    return (
        ["delete"]
        if never_deleted or any(isinstance(one, KeepsHistory) for one in constraints)
        else []
    )


HOLDS = """
    select t.name, verb, has_table_privilege(%(role)s, quote_ident(t.name), verb)
      from unnest(%(tables)s::text[]) as t (name),
           unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'trigger', 'references']) as verb
     where case when verb in ('insert', 'update', 'references') then has_any_column_privilege(%(role)s, quote_ident(t.name), verb)
                else has_table_privilege(%(role)s, quote_ident(t.name), verb) end"""
"""By table and verb, whether it is held of the whole table; otherwise of some of its columns."""
ROLE = """
    select rolsuper or rolcreaterole or rolbypassrls or rolcreatedb or rolreplication,
           exists (select from pg_class where relowner = r.oid and relnamespace = 'public'::regnamespace),
           exists (select from pg_auth_members where member = r.oid),
           has_database_privilege(r.oid, current_database(), 'temporary'),
           has_schema_privilege(r.oid, 'public', 'create')
      from pg_roles r where rolname = %s"""
UNFIT = (
    "The role {} holds powers over the server.",
    "The role {} owns tables.",
    "The role {} is a member of another role.",
    "The role {} may make temporary tables: let the database's owner revoke temporary on it from public.",
    "The role {} may create objects in the schema public.",
)
CALLS = """
    select distinct proname from pg_proc
     where pronamespace = 'public'::regnamespace and proname = any (%s) and has_function_privilege(%s, oid, 'execute') order by 1"""
OTHERS = """
    with granted as (
      select relname, relowner, acl.* from pg_class c, aclexplode(c.relacl) acl
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
      union
      select relname, relowner, acl.* from pg_class c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) acl
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p'))
    select distinct coalesce(rolname, 'public'), relname, lower(privilege_type)
      from granted left join pg_roles r on r.oid = grantee
     where grantee <> relowner and rolname is distinct from %s
       and privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER') order by 1, 2, 3"""
REVOKED = re.compile(r"^revoke execute on function (?:public\.)?(\w+)", re.MULTILINE)


@cache
def revoked() -> list[str]:
    """The functions that PostgreSQL alone calls, read off the triggers' SQL."""
    kept = [
        (one, model)
        for model in apps.get_models()
        for one in model._meta.constraints
        if isinstance(one, Triggers)
    ]
    sql = "\n".join(one.create_sql(model, None) for one, model in kept)  # type: ignore[arg-type]  # none of them asks the editor
    return sorted(set(REVOKED.findall(sql)))


def findings(role: str = APP) -> list[str]:
    """What the role may and should not, as sentences; that it is not there; and who else may write."""
    told = _rows(ROLE, role)
    if not told:
        return [f"The role {role} is missing: run migrate."]
    if unfit := [said.format(role) for said, so in zip(UNFIT, told[0], strict=True) if so]:
        return unfit
    verbs = withheld()
    held = {
        (table, verb): whole for table, verb, whole in _rows(HOLDS, tables=list(verbs), role=role)
    }
    too_much = {
        (
            table,
            verb,
        ): f"The role {role} may {verb.removesuffix('s')} {'' if whole else 'columns of '}{table}."
        for (table, verb), whole in sorted(held.items())
        if verb in (*verbs[table], "truncate", "trigger", "references")
    }
    too_little = [
        f"The role {role} may not {verb} {table}: run migrate."
        for table in sorted(verbs)
        for verb in ("select", "insert", "update", "delete")
        if verb not in verbs[table] and not held.get((table, verb))
    ]
    calls = [f"The role {role} may execute {name}." for (name,) in _rows(CALLS, revoked(), role)]
    others = [
        f"The role {other} may {verb} {table}: only {OWNER} and {role} write."
        for other, table, verb in _rows(OTHERS, role)
        if other != "public" or (table, verb) not in too_much
    ]
    return [*too_much.values(), *too_little, *calls, *others]


def unreadable() -> list[str]:
    """The tables that whoever asks now may not read, as sentences: of them nothing can be checked."""
    sql = "select current_user, name from unnest(%s::text[]) name where not has_table_privilege(quote_ident(name), 'select') order by 2"
    return [
        f"The role {role} may not select {table}: run migrate."
        for role, table in _rows(sql, list(withheld()))
    ]


def _rows(sql: str, *values: Any, **named: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, named or values)
        return cursor.fetchall()
