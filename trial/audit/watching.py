"""The triggers on tables of Django and of packages, whose changes are events."""

from typing import Any

from trial.audit import ledger_sql
from trial.audit.triggers import Triggers


class Watches(Triggers):
    """Of the events' table: what happens to a table that is not ours (`watched`) is an event.

    `key` tells its rows apart; `about` and `by` are the account that the row belongs to, and who acts where nobody is named;
    all of them SQL with `new` for the row.
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
        self.functions = (watched,)  # type: ignore[misc]

    def row_items(self, row: str) -> str:
        return ledger_sql.row_items(row, self.facts["omitted"], self.facts["digested"])

    def values(self) -> dict[str, Any]:
        either = {
            name: f"case when tg_op = 'DELETE' then {self.facts[name].replace('new.', 'old.')} else {self.facts[name]} end"
            for name in ("key", "about", "by")
        }
        return (
            self.facts
            | either
            | {"old_items": self.row_items("old"), "new_items": self.row_items("new")}
        )


class NamesNobodyTwice(Triggers):
    """Of the events' table, which watches the accounts: user names are unique to the eye, and stay."""

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
