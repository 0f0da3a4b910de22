"""Check that the triggers in the database and their functions are those of the code.

The code's are declared as constraints of the models (trial/audit/sql).
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from django.apps import apps
from django.db import connection
from django.utils.translation import gettext as _

from trial.audit.triggers import Triggers

TRIGGER = re.compile(
    r"create (?:constraint )?trigger (?P<name>\w+)\s+(?P<when>before|after) (?P<events>[\w ]+?)"
    r" on (?:public\.)?\"?(?P<table>\w+)\"?"
    r"(?P<deferred> deferrable initially deferred)?\s+for each (?P<each>row|statement)"
    r"(?P<condition> when .*?)?\s+execute function (?:public\.)?(?P<function>\w+)\(\)",
    re.IGNORECASE | re.DOTALL,
)
FUNCTION = re.compile(
    r"create or replace function (\w+)\((?:.*?)\) returns ([^$]*?)\$\$(.*?)\$\$", re.DOTALL
)
PRESENT = """
    select t.tgrelid::regclass::text, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled
      from pg_trigger t where not t.tgisinternal"""
INHERITING = """
    select inhrelid::regclass::text, inhparent::regclass::text
      from pg_inherits join pg_class c on c.oid = inhparent and c.relkind = 'r' order by 1, 2"""
FUNCTIONS = """
    select proname, prosrc, prosecdef, proisstrict, coalesce(proconfig, '{}')
      from pg_proc where pronamespace = 'public'::regnamespace"""
RULES = "select tablename, rulename from pg_rules where schemaname = 'public' order by 1, 2"


class Trigger(NamedTuple):
    """A trigger, as `create trigger` defines it."""

    table: str
    name: str
    when: str
    events: str
    each: str
    function: str
    deferred: bool
    condition: str


class Function(NamedTuple):
    """A function: its body, whether it has its owner's powers, its settings."""

    body: str
    as_owner: bool
    strict: bool
    settings: frozenset[str]


class Declared(NamedTuple):
    """The triggers that a model declares, by table and name, and their functions by name."""

    label: str
    triggers: dict[tuple[str, str], Trigger]
    functions: dict[str, Function]


class Present(NamedTuple):
    """The triggers and functions that are in the database.

    A trigger has its definition and its mode: “A” fires on every path.
    """

    triggers: dict[tuple[str, str], tuple[str, str]]
    functions: dict[str, Function]


@cache
def declared() -> tuple[Declared, ...]:
    """Return what each model declares."""
    return tuple(_declared())


def _declared() -> Iterator[Declared]:
    for model in apps.get_models():
        constraints = [c for c in model._meta.constraints if isinstance(c, Triggers)]
        if not constraints:
            continue
        # No constraint of this kind uses the schema editor.
        sql = "\n".join(c.create_sql(model, None) for c in constraints)
        triggers = [_trigger(match) for match in TRIGGER.finditer(sql)]
        yield Declared(
            model._meta.label_lower,
            {(trigger.table, trigger.name): trigger for trigger in triggers},
            {name: _function(head, body) for name, head, body in FUNCTION.findall(sql)},
        )


def findings() -> list[str]:
    """Return each trigger and function that is not the declared one, as a sentence.

    Triggers and rules that are not Casebook's are named, too, and tables that inherit from one
    of Casebook's: their rows are seen by no trigger.
    """
    sentences: list[str] = []
    present = _present()
    for model in declared():
        sentences += _compare(model, present)
    ours = {key for model in declared() for key in model.triggers}
    for table, name in sorted(present.triggers.keys() - ours):
        sentence = _("Trigger {name} of {table} is none of Casebook's.")
        sentences.append(sentence.format(name=name, table=table))
    with connection.cursor() as cursor:
        cursor.execute(RULES)
        for table, rule in cursor.fetchall():
            sentence = _("Rule {rule} of {table} is none of Casebook's.")
            sentences.append(sentence.format(rule=rule, table=table))
        cursor.execute(INHERITING)
        for heir, table in cursor.fetchall():
            sentence = _("Table {heir} adds rows to {table} that no trigger saw.")
            sentences.append(sentence.format(heir=heir, table=table))
    return sentences


def _present() -> Present:
    """Return the triggers and functions that are in the database now."""
    triggers, functions = {}, {}
    with connection.cursor() as cursor:
        cursor.execute(PRESENT)
        for table, name, definition, enabled in cursor.fetchall():
            triggers[table.strip('"'), name] = (definition, enabled)
        cursor.execute(FUNCTIONS)
        for name, body, as_owner, strict, settings in cursor.fetchall():
            plain_settings = frozenset(map(_plain, settings))
            functions[name] = Function(body, as_owner, strict, plain_settings)
    return Present(triggers, functions)


def _compare(model: Declared, present: Present) -> Iterator[str]:
    """Yield each trigger and function of a model that is not in the database as declared."""
    for (table, name), trigger in sorted(model.triggers.items()):
        definition, enabled = present.triggers.get((table, name), ("", ""))
        match = TRIGGER.search(definition)
        if enabled != "A":
            sentence = _("Trigger {name} of {form} is missing or switched off.")
            yield sentence.format(name=name, form=model.label)
        elif match is None or _trigger(match) != trigger:
            sentence = _("Trigger {name} of {form} is not the one that was installed.")
            yield sentence.format(name=name, form=model.label)
    for name, function in sorted(model.functions.items()):
        if present.functions.get(name) != function:
            sentence = _("Function {name} of {form} is not the one that was installed.")
            yield sentence.format(name=name, form=model.label)


def _function(head: str, body: str) -> Function:
    """Return a function by what `create function` says of it.

    `head` stands between the arguments and the body: whose powers it has, under which settings.
    """
    settings = re.findall(r"\bset (\w+) = (.*?)(?=\s+set\s|\s+as\s*$)", head, re.DOTALL)
    plain_settings = frozenset(_plain(f"{name}={value}") for name, value in settings)
    return Function(body, "security definer" in head, "strict" in head, plain_settings)


def _plain(setting: str) -> str:
    """Return a setting without blanks and quotation marks, in small letters."""
    return re.sub(r"['\s\"]", "", setting).lower()


def _trigger(match: re.Match[str]) -> Trigger:
    """Return a trigger by its definition.

    “Update of” a column is another event than “update”. Brackets do not count in the condition:
    PostgreSQL prints some of its own, and the anchor tells each.
    """
    events = re.split(r"\s+or\s+", match["events"].lower().strip())
    condition = re.sub(r"[\s()]", "", match["condition"] or "").lower()
    return Trigger(
        table=match["table"],
        name=match["name"],
        when=match["when"].lower(),
        events="-".join(sorted(events)),
        each=match["each"].lower(),
        function=match["function"],
        deferred=bool(match["deferred"]),
        condition=condition,
    )
