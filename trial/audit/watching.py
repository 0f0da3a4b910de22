"""The triggers on tables of Django and of packages, whose changes are events."""

from typing import Any

from trial.audit import ledger_sql
from trial.audit.triggers import Triggers


class Watches(Triggers):
    """Each change of a table that is not ours (`watched`) is an event in this table.

    `key` tells its rows apart, `about` is the account that a row belongs to, and `by` who acts if
    nobody is named; all three are SQL with `new` for the row. `omitted` columns stay out, of
    `digested` ones only the SHA-256 is kept. `made` and `ended` are the words for INSERT and
    DELETE.
    """

    file = "watched.sql"

    def __init__(
        self, *, name: str, watched: str, kind: str, key: str, digest: str = "", **facts: Any
    ) -> None:
        defaults = {
            "about": "null",
            "by": "null",
            "omitted": [],
            "digested": [],
            "made": "made",
            "ended": "removed",
            "never_deleted": False,
        }
        super().__init__(
            name=name, digest=digest, watched=watched, kind=kind, key=key, **defaults | facts
        )
        self.functions = (watched,)

    def row_items(self, row: str) -> str:
        """Return SQL for the items of a row, as jsonb."""
        return ledger_sql.row_items(row, self.facts["omitted"], self.facts["digested"])

    def values(self) -> dict[str, Any]:
        items = {"old_items": self.row_items("old"), "new_items": self.row_items("new")}
        of_either_row = {name: _of_either_row(self.facts[name]) for name in ("key", "about", "by")}
        return self.facts | items | of_either_row


def _of_either_row(expression: str) -> str:
    """Return SQL for the row that a change leaves or, where it deletes one, for that row."""
    of_old = expression.replace("new.", "old.")
    return f"case when tg_op = 'DELETE' then {of_old} else {expression} end"


class NamesNobodyTwice(Triggers):
    """User names are unique to the eye, and nobody is renamed (trial/audit/names.py).

    It belongs to the events' table, which watches the accounts.
    """

    file = "names.sql"
    functions = ("names", "name_skeleton")

    def __init__(
        self, *, name: str, watched: str, pattern: str, alike: str, taken_for: str, digest: str = ""
    ) -> None:
        super().__init__(
            name=name,
            digest=digest,
            watched=watched,
            pattern=pattern,
            alike=alike,
            taken_for=taken_for,
        )
