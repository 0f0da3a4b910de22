"""Whether the triggers in the database, and the functions they call, are those of the code (trial/audit/sql)."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from django.apps import apps
from django.db import connection

from trial.audit.triggers import Triggers

TRIGGER = re.compile(
    r"create (?:constraint )?trigger (?P<name>\w+)\s+(?P<when>before|after) (?P<events>[\w ]+?) on (?:public\.)?\"?(?P<table>\w+)\"?"
    r"(?P<deferred> deferrable initially deferred)?\s+for each (?P<each>row|statement)(?P<condition> when .*?)?"
    r"\s+execute function (?:public\.)?(?P<function>\w+)\(\)",
    re.IGNORECASE | re.DOTALL,
)
FUNCTION = re.compile(r"create or replace function (\w+)\((?:.*?)\) returns ([^$]*?)\$\$(.*?)\$\$", re.DOTALL)
THERE = """
    select t.tgrelid::regclass::text, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled
      from pg_trigger t where not t.tgisinternal"""
INHERITING = """
    select inhrelid::regclass::text, inhparent::regclass::text
      from pg_inherits join pg_class c on c.oid = inhparent and c.relkind = 'r' order by 1, 2"""
FUNCTIONS = """
    select proname, prosrc, prosecdef, proisstrict, coalesce(proconfig, '{}') from pg_proc where pronamespace = 'public'::regnamespace"""
RULES = "select tablename, rulename from pg_rules where schemaname = 'public' order by 1, 2"


class Function(NamedTuple):
    body: str
    as_owner: bool
    strict: bool
    settings: frozenset[str]


class Declared(NamedTuple):
    label: str
    triggers: dict[tuple[str, str], tuple[str, ...]]
    functions: dict[str, Function]


@cache
def declared() -> tuple[Declared, ...]:
    return tuple(_declared())


def _declared() -> Iterator[Declared]:
    """By model: its triggers as (table, name) and what they are, and its functions' bodies."""
    for model in apps.get_models():
        kept = [one for one in model._meta.constraints if isinstance(one, Triggers)]
        if kept:
            sql = "\n".join(one.create_sql(model, None) for one in kept)
            read = [_read(found) for found in TRIGGER.finditer(sql)]
            yield Declared(
                model._meta.label_lower,
                {(one[0], one[1]): one for one in read},
                {name: _made(*rest) for name, *rest in FUNCTION.findall(sql)},
            )


def findings() -> list[str]:
    """Each trigger that is missing, switched off or another, each function that is another; as sentences."""
    with connection.cursor() as cursor:
        cursor.execute(THERE)
        there = {(table.strip('"'), name): (definition, enabled) for table, name, definition, enabled in cursor.fetchall()}
        cursor.execute(FUNCTIONS)
        functions = {
            name: Function(body, as_owner, strict, frozenset(map(_plain, settings))) for name, body, as_owner, strict, settings in cursor
        }
        cursor.execute(RULES)
        rules = [f"Rule {rule} of {table} is none of Casebook's." for table, rule in cursor.fetchall()]
        cursor.execute(INHERITING)
        heirs = [f"Table {heir} adds rows to {table} that no trigger saw." for heir, table in cursor.fetchall()]
    ours = {key for one in declared() for key in one.triggers}
    added = [f"Trigger {name} of {table} is none of Casebook's." for table, name in sorted(there.keys() - ours)]
    return [*(finding for one in declared() for finding in _compare(one, there, functions)), *added, *rules, *heirs]


def _compare(one: Declared, there: dict[tuple[str, str], tuple[str, str]], functions: dict[str, Function]) -> Iterator[str]:
    for (table, name), wanted in sorted(one.triggers.items()):
        definition, enabled = there.get((table, name), ("", ""))
        found = TRIGGER.search(definition)
        if enabled != "A":
            yield f"Trigger {name} of {one.label} is missing or switched off."
        elif found is None or _read(found) != wanted:
            yield f"Trigger {name} of {one.label} is not the one that was installed."
    for name, function in sorted(one.functions.items()):
        if functions.get(name) != function:
            yield f"Function {name} of {one.label} is not the one that was installed."


def _made(head: str, body: str) -> Function:
    """What `create function` says between the arguments and the body: whose powers, and under which settings."""
    settings = re.findall(r"\bset (\w+) = (.*?)(?=\s+set\s|\s+as\s*$)", head, re.DOTALL)
    return Function(body, "security definer" in head, "strict" in head, frozenset(_plain(f"{name}={value}") for name, value in settings))


def _plain(setting: str) -> str:
    return re.sub(r"['\s\"]", "", setting).lower()


def _read(found: re.Match[str]) -> tuple[str, ...]:
    events = "-".join(sorted(re.split(r"\s+or\s+", found["events"].lower().strip())))  # “update of” a column is another event
    condition = re.sub(r"[\s()]", "", found["condition"] or "").lower()  # PostgreSQL prints brackets of its own; the anchor tells each
    return (
        found["table"], found["name"], found["when"].lower(), events, found["each"].lower(), found["function"],
        "deferred" if found["deferred"] else "", condition,
    )  # fmt: skip
