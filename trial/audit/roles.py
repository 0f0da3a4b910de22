"""The database's roles (docs/decisions/0021).

One role owns the tables, and makes and changes them. The site and its workers connect as the app's
role, which owns nothing: it writes what people enter, and may only add to, or only read, what
proves who wrote it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_static.models import StaticToken
from psycopg import sql

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
      if (select pg_has_role(current_user, datdba, 'usage')
            from pg_database where datname = current_database()) then
        execute format('revoke temporary on database %I from public', current_database());
      end if;
    end $$"""
"""A temporary table would come before any other of its name.

Therefore nobody but the database's owner makes one.
"""


@contextmanager
def as_owner() -> Iterator[None]:
    """Make Django's connection the owner's inside the block, for what changes tables."""
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
    """Make both roles on a server that is not the embedded one, and act as the owner.

    The app's role is given its password when it is made. The owner has no login.
    """
    with connection.cursor() as cursor:
        cursor.execute(NO_TEMPORARY)
        cursor.execute("select exists (select from pg_roles where rolname = %s)", [APP])
        had_app_role = cursor.fetchone() == (True,)
        cursor.execute(MAKE_ROLES)
        if not had_app_role and app["USER"] == APP and app["PASSWORD"]:
            password = sql.SQL("alter role {} password {}").format(
                sql.Identifier(APP), sql.Literal(app["PASSWORD"])
            )
            cursor.execute(password)
        cursor.execute(
            f"grant create, usage on schema public to {OWNER};"
            f" grant {OWNER} to current_user;"
            f" set role {OWNER}"
        )


def grant() -> None:
    """Give the app's role what it needs on every table, and nothing more, after each migrate."""
    revokes = [
        f"; revoke {', '.join(verbs)} on {table} from {APP}"
        for table, verbs in withheld().items()
        if verbs
    ]
    with connection.cursor() as cursor:
        cursor.execute(MAKE_ROLES if _may_make_roles() else "select")
        cursor.execute(NO_TEMPORARY)
        cursor.execute(GRANTS.format(app=APP) + "".join(revokes))


def _may_make_roles() -> bool:
    query = "select rolsuper or rolcreaterole from pg_roles where rolname = current_user"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone() == (True,)


def withheld() -> dict[str, list[str]]:
    """Return, by table, the verbs that the app's role must not have.

    TRUNCATE, which it has nowhere, is not among them.
    """
    verbs = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed:
            verbs[model._meta.db_table] = _withheld(model)
    # A recovery code is made and used up: each is an event, which an update would not be.
    verbs[StaticToken._meta.db_table] = ["update"]
    verbs[MigrationRecorder.Migration._meta.db_table] = ["insert", "update", "delete"]
    return verbs


def _withheld(model: type[models.Model]) -> list[str]:
    constraints = model._meta.constraints
    append_only = [c for c in constraints if isinstance(c, AppendOnly)]
    is_ledger = any(isinstance(c, IsLedger) for c in constraints)
    if is_ledger or any(c.facts["only_by_trigger"] for c in append_only):
        return ["insert", "update", "delete"]
    if append_only:
        return ["update", "delete"]
    keeps_history = any(isinstance(c, KeepsHistory) for c in constraints)
    is_account = model._meta.db_table == "auth_user"
    if keeps_history or is_account or getattr(model, "never_deleted", False):
        return ["delete"]
    return []


HOLDS = """
    select t.name, verb, has_table_privilege(%(role)s, quote_ident(t.name), verb)
      from unnest(%(tables)s::text[]) as t (name),
           unnest(array['select', 'insert', 'update', 'delete',
                        'truncate', 'trigger', 'references']) as verb
     where case when verb in ('insert', 'update', 'references')
                then has_any_column_privilege(%(role)s, quote_ident(t.name), verb)
                else has_table_privilege(%(role)s, quote_ident(t.name), verb) end"""
"""The verbs that a role has by table, and whether on the table or only on some of its columns."""
ROLE = """
    select rolsuper or rolcreaterole or rolbypassrls or rolcreatedb or rolreplication,
           exists (select from pg_class
                    where relowner = r.oid and relnamespace = 'public'::regnamespace),
           exists (select from pg_auth_members where member = r.oid),
           has_database_privilege(r.oid, current_database(), 'temporary'),
           has_schema_privilege(r.oid, 'public', 'create')
      from pg_roles r where rolname = %s"""
UNFIT = (
    gettext_lazy("The role {role} holds powers over the server."),
    gettext_lazy("The role {role} owns tables."),
    gettext_lazy("The role {role} is a member of another role."),
    gettext_lazy(
        "The role {role} may make temporary tables: "
        "let the database's owner revoke temporary on it from public."
    ),
    gettext_lazy("The role {role} may create objects in the schema public."),
)
"""A sentence for each column of ROLE."""
CALLS = """
    select distinct proname from pg_proc
     where pronamespace = 'public'::regnamespace
       and proname = any (%s)
       and has_function_privilege(%s, oid, 'execute')
     order by 1"""
OTHER_WRITERS = """
    with granted as (
      select relname, relowner, acl.*
        from pg_class c, aclexplode(c.relacl) acl
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
      union
      select relname, relowner, acl.*
        from pg_class c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) acl
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p'))
    select distinct coalesce(rolname, 'public'), relname, lower(privilege_type)
      from granted left join pg_roles r on r.oid = grantee
     where grantee <> relowner
       and rolname is distinct from %s
       and privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')
     order by 1, 2, 3"""
UNREADABLE = """
    select current_user, name
      from unnest(%s::text[]) name
     where not has_table_privilege(quote_ident(name), 'select')
     order by 2"""
REVOKED = re.compile(r"^revoke execute on function (?:public\.)?(\w+)", re.MULTILINE)


@cache
def revoked() -> list[str]:
    """Return the functions that PostgreSQL alone calls, read off the triggers' SQL."""
    names: set[str] = set()
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, Triggers):
                names.update(REVOKED.findall(constraint.create_sql(model, None)))
    return sorted(names)


def findings(role: str = APP) -> list[str]:
    """Return sentences about what is wrong with the app's role.

    It is missing, may do what it should not or may not do what it needs, or others may write, too.
    """
    rows = _rows(ROLE, role)
    if not rows:
        return [_("The role {role} is missing: run migrate.").format(role=role)]
    unfit = [text.format(role=role) for text, is_so in zip(UNFIT, rows[0], strict=True) if is_so]
    if unfit:
        return unfit
    verbs = withheld()
    held_verbs = {
        (table, verb): on_table
        for table, verb, on_table in _rows(HOLDS, tables=list(verbs), role=role)
    }
    too_much = _too_much(role, verbs, held_verbs)
    calls = [
        _("The role {role} may execute {function}.").format(role=role, function=name)
        for (name,) in _rows(CALLS, revoked(), role)
    ]
    return [
        *too_much.values(),
        *_too_little(role, verbs, held_verbs),
        *calls,
        *_other_writers(role, too_much),
    ]


Verbs = dict[str, list[str]]
HeldVerbs = dict[tuple[str, str], bool]
"""The role's grants: (table, verb), and True where it covers the table, not some columns only."""


def _too_much(role: str, verbs: Verbs, held_verbs: HeldVerbs) -> dict[tuple[str, str], str]:
    """Return a sentence for each verb, by table and verb, that the role should not have."""
    sentences = {}
    for (table, verb), on_table in sorted(held_verbs.items()):
        if verb not in (*verbs[table], "truncate", "trigger", "references"):
            continue
        text = _("The role {role} may {verb} {table}.")
        if not on_table:
            text = _("The role {role} may {verb} columns of {table}.")
        name = verb.removesuffix("s")
        sentences[table, verb] = text.format(role=role, verb=name, table=table)
    return sentences


def _too_little(role: str, verbs: Verbs, held_verbs: HeldVerbs) -> list[str]:
    """Return a sentence for each verb that the role needs on a table and has not."""
    sentences = []
    for table in sorted(verbs):
        for verb in ("select", "insert", "update", "delete"):
            if verb not in verbs[table] and not held_verbs.get((table, verb)):
                sentences.append(_may_not(role, verb, table))
    return sentences


def _may_not(role: str, verb: str, table: str) -> str:
    text = _("The role {role} may not {verb} {table}: run migrate.")
    return text.format(role=role, verb=verb, table=table)


def _other_writers(role: str, too_much: dict[tuple[str, str], str]) -> list[str]:
    """Return a sentence for each verb of a role that should not write at all.

    What everybody may do, the app's role may do, too: `too_much` tells it already.
    """
    text = _("The role {writer} may {verb} {table}: only {owner} and {role} write.")
    return [
        text.format(writer=writer, verb=verb, table=table, owner=OWNER, role=role)
        for writer, table, verb in _rows(OTHER_WRITERS, role)
        if writer != "public" or (table, verb) not in too_much
    ]


def unreadable() -> list[str]:
    """Return a sentence for each table that the role in use may not read.

    Nothing can be checked about such tables.
    """
    rows = _rows(UNREADABLE, list(withheld()))
    return [_may_not(role, "select", table) for role, table in rows]


def _rows(query: str, *values: Any, **named: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, named or values)
        return cursor.fetchall()
