"""Refusals by PostgreSQL, under the codes of trial/refusals/table.py (docs/decisions/0045).

`{refuse.visit_frozen};` in trial/audit/sql raises the code. It travels as the error's constraint
name, under SQLSTATE 23000 (integrity_constraint_violation), which Django raises as an
IntegrityError.

The message is the table's sentence, for who reads it in psql. Its facts stand as JSON in the
detail, so that page and API say the sentence in the reader's language. Nobody compares the message.

A placeholder of the sentence is a variable of the function that raises it, or stands in
EXPRESSIONS.
"""

import re
from string import Formatter
from types import SimpleNamespace

from trial.refusals import CODES, Code

EXPRESSIONS = {
    "table": "tg_table_name",
    "form": "new.form",
    "record": "new.record",
    "role": "new.role",
    "step": "lower(step)",
    "name": "request.item",
}
NAMED = re.compile(r"\{refuse\.(\w+)\}")


def raising(code: Code) -> str:
    """Return the statement that raises a code, without its semicolon."""
    message, facts = "", []
    for text, name, *_ in Formatter().parse(code.source):
        message += text.replace("%", "%%").replace("'", "''")
        if name:
            message += "%"
            facts.append((name, EXPRESSIONS.get(name, name)))
    arguments = "".join(f", {expression}" for _name, expression in facts)
    detail = ", ".join(f"'{name}', {expression}" for name, expression in facts)
    options = f"errcode = 'integrity_constraint_violation', constraint = '{code}'"
    if facts:
        options += f", detail = json_build_object({detail})"
    return f"raise exception '{message}'{arguments} using {options}"


def refusals_in(sql: str) -> SimpleNamespace:
    """Return the statements that a file of SQL names, by code."""
    names = sorted(set(NAMED.findall(sql)))
    return SimpleNamespace(**{name: raising(CODES[name]) for name in names})
