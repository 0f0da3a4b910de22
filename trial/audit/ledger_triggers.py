"""The triggers by which rows enter the ledger, and those of the ledger itself."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.db import models

from trial.audit import ledger_sql
from trial.audit.acting import STOCK, UNSAID, ChangeReason
from trial.audit.triggers import Triggers


class EntersLedger(Triggers):
    """Each row of a history enters the ledger at commit, with the items that it changed."""

    file = "ledger.sql"
    functions = ("ledger",)

    def values(self) -> dict[str, Any]:
        return self.facts | {"salted": ledger_sql.salted(ledger_sql.changed("earlier", "later"))}


class EntersLedgerOnInsert(Triggers):
    """Each row that is added enters the ledger at commit: an act, a query's answer, a lock.

    Such rows never change: give the table AppendOnly, too. `place` is what Kept.place_in_sql()
    gives; `by` and `reason` are SQL that names columns of `new`; `omitted` columns stay out, of
    `digested` ones only the SHA-256 enters.
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
        """Return SQL for the items of a row, as jsonb."""
        return ledger_sql.row_items(row, ["id", *self.facts["omitted"]], self.facts["digested"])

    def values(self) -> dict[str, Any]:
        salted = ledger_sql.salted(ledger_sql.entered(self.row_items("new")))
        return self.facts | self.facts["place"] | {"salted": salted}


AFTER_WITHDRAWAL = ("trial.queryact", "trial.redactionrequest", "trial.redaction")
"""The entries that a subject still takes after it was withdrawn as made in error.

Its open queries are closed, and what identifies a person is erased.
"""


class IsLedger(Triggers):
    """The ledger's own triggers: it is append-only.

    Its functions give an entry its number, time, commitments and hash, and tell a reason that says
    nothing.
    """

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
        without_other = [code for code in self.facts["codes"] if code != ChangeReason.OTHER]
        return {
            "after_withdrawal": ", ".join(map(ledger_sql.quoted, AFTER_WITHDRAWAL)),
            "salt": ledger_sql.SALT,
            "reason": ledger_sql.REASON,
            "reason_committed": ledger_sql.commitment("salt", "to_jsonb(entry.reason)"),
            "content": ledger_sql.content("head", "committed"),
            "new_content": ledger_sql.content("new"),
            "old_content": ledger_sql.content("old"),
            "codes": "|".join(codes),
            "codes_alone": "|".join(code.lower() for code in without_other),
            "codes_as_chosen": ", ".join(map(ledger_sql.quoted, without_other)),
            "stock": f"array[{', '.join(map(ledger_sql.quoted, self.facts['stock']))}]",
            "unsaid": ledger_sql.quoted(self.facts["unsaid"]),
        }


class Erases(Triggers):
    """The lawful erasure: a row of the redactions erases what its request names."""

    file = "redaction.sql"
    functions = ("erase", "erase_words", "erase_in_ledger", "erase_in_signatures")

    def __init__(
        self, *, name: str, words: Sequence[str] = (), erased: str = "", digest: str = ""
    ) -> None:
        super().__init__(name=name, digest=digest, words=list(words), erased=erased)

    def values(self) -> dict[str, Any]:
        parts = ledger_sql.parts("l")
        return {
            "reason": ledger_sql.REASON,
            "commitment_of_part": ledger_sql.commitment("l.salts ->> key", f"{parts} -> key"),
            "commitment_of_named_part": ledger_sql.commitment("l.salts ->> $1", f"{parts} -> $1"),
            "commitment_of_item": ledger_sql.commitment("l.salts ->> key", "value::text"),
            "words": ", ".join(map(ledger_sql.quoted, self.facts["words"])),
            "erased": ledger_sql.quoted(self.facts["erased"]),
        }


def inserted_forms() -> list[str]:
    """Return the labels under which acts enter the ledger, without a history beside them."""
    return [entered.facts["form"] for _model, entered in inserted_models()]


def inserted_models() -> list[tuple[type[models.Model], EntersLedgerOnInsert]]:
    """Return the models of acts, each with the trigger by which it enters the ledger."""
    pairs = []
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, EntersLedgerOnInsert):
                pairs.append((model, constraint))
    return pairs
