"""How PostgreSQL refuses: `{refuse.visit_frozen};` in trial/audit/sql raises the code of trial/refusals/table.py.

The code travels as the error's constraint name, under SQLSTATE 23000 (integrity_constraint_violation), which Django tells as an
IntegrityError. The message is the table's sentence, for who reads it in psql; its facts stand as JSON in the detail, so that page and
API say the sentence in the reader's language. Nobody compares the message (docs/decisions/0045).

A placeholder of the sentence is a variable of the function that raises it, or what EXPRESSIONS says.
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
    "name": "asked.item",
}
NAMED = re.compile(r"\{refuse\.(\w+)\}")


def raising(code: Code) -> str:
    """Return the statement that raises a code, without its semicolon."""
    message, names = "", []
    for text, name, *_ in Formatter().parse(code.source):
        message += text.replace("%", "%%").replace("'", "''") + ("%" if name else "")
        names += [name] if name else []
    facts = [(name, EXPRESSIONS.get(name, name)) for name in names]
    told = "".join(f", {expression}" for _, expression in facts)
    detail = ", ".join(f"'{name}', {expression}" for name, expression in facts)
    return f"raise exception '{message}'{told} using errcode = 'integrity_constraint_violation', constraint = '{code}'" + (
        f", detail = json_build_object({detail})" if detail else ""
    )


def refusals_in(sql: str) -> SimpleNamespace:
    """Return the statements that a file of SQL names, by code."""
    return SimpleNamespace(**{name: raising(CODES[name]) for name in sorted(set(NAMED.findall(sql)))})
