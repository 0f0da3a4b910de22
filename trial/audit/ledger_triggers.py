"""The triggers by which rows enter the ledger, and those of the ledger itself."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.db import models

from trial.audit import ledger_sql
from trial.audit.acting import STOCK, UNSAID, ChangeReason
from trial.audit.triggers import Triggers


class EntersLedger(Triggers):
    """Of a history table: its rows, with the items that they changed."""

    file = "ledger.sql"
    functions = ("ledger",)

    def values(self) -> dict[str, Any]:
        return self.facts | {"salted": ledger_sql.salted(ledger_sql.changed("earlier", "later"))}


class EntersLedgerOnInsert(Triggers):
    """Of a table whose rows are added and never change: an act, a query's answer, a lock. Give it AppendOnly, too.

    `place` is what Kept.place_in_sql() gives; `by` and `reason` are SQL that names columns of `new`; `omitted` columns stay out,
    of `digested` ones only the SHA-256 enters.
    """

    file = "ledger_insert.sql"
    functions = ("ledger",)

    def __init__(
        self,
        *,
        name: str,
        form: str,
        place: dict[str, str],
        by: str,
        digest: str = "",
        **facts: Any,
    ) -> None:
        facts = {"reason": "''", "omitted": [], "digested": []} | facts
        super().__init__(name=name, digest=digest, form=form, place=place, by=by, **facts)

    def row_items(self, row: str) -> str:
        return ledger_sql.row_items(row, ["id", *self.facts["omitted"]], self.facts["digested"])

    def values(self) -> dict[str, Any]:
        return (
            self.facts
            | self.facts["place"]
            | {"salted": ledger_sql.salted(ledger_sql.entered(self.row_items("new")))}
        )


class IsLedger(Triggers):
    """Of the ledger itself: number, time, commitments and hash of an entry; what a reason may not be; append-only."""

    file = "ledger_itself.sql"
    functions = ("enter", "says_nothing", "append_only")

    def __init__(
        self,
        *,
        name: str,
        stock: Sequence[str] = STOCK,
        codes: Sequence[str],
        unsaid: str = UNSAID,
        digest: str = "",
    ) -> None:
        super().__init__(
            name=name, digest=digest, stock=list(stock), codes=list(codes), unsaid=unsaid
        )

    def values(self) -> dict[str, Any]:
        codes = [code.lower() for code in self.facts["codes"]]
        return {
            "salt": ledger_sql.SALT,
            "reason": ledger_sql.REASON,
            "reason_committed": ledger_sql.commitment("salt", "to_jsonb(entry.reason)"),
            "content": ledger_sql.content("head", "committed"),
            "new_content": ledger_sql.content("new"),
            "old_content": ledger_sql.content("old"),
            "codes": "|".join(codes),
            "codes_alone": "|".join(code for code in codes if code != "other"),
            "codes_as_chosen": ", ".join(
                ledger_sql.quoted(code)
                for code in self.facts["codes"]
                if code != ChangeReason.OTHER
            ),
            "stock": f"array[{', '.join(map(ledger_sql.quoted, self.facts['stock']))}]",
            "unsaid": ledger_sql.quoted(self.facts["unsaid"]),
        }


class Erases(Triggers):
    """Of the redactions: the lawful erasure itself."""

    file = "redaction.sql"
    functions = ("erase", "erase_words", "erase_in_ledger", "erase_in_signatures")

    def __init__(
        self, *, name: str, words: Sequence[str] = (), erased: str = "", digest: str = ""
    ) -> None:
        super().__init__(name=name, digest=digest, words=list(words), erased=erased)

    def values(self) -> dict[str, Any]:
        return {
            "reason": ledger_sql.REASON,
            "told": ledger_sql.told("l"),
            "words": ", ".join(map(ledger_sql.quoted, self.facts["words"])),
            "erased": ledger_sql.quoted(self.facts["erased"]),
        }


def inserted_forms() -> list[str]:
    """The labels under which acts enter the ledger, whose tables have no history beside them."""
    return [entered.facts["form"] for _, entered in inserted_models()]


def inserted_models() -> list[tuple[type[models.Model], EntersLedgerOnInsert]]:
    return [
        (model, one)
        for model in apps.get_models()
        for one in model._meta.constraints
        if isinstance(one, EntersLedgerOnInsert)
    ]
