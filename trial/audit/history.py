"""simple-history's tables, written by PostgreSQL (docs/decisions/0001).

Triggers are kept as Django constraints: `makemigrations` sees one that is new or different, `migrate` installs it, and
the migration shows which columns it keeps. The SQL itself is in trial/audit/sql; its digest is part of the constraint, so
that editing the SQL, or what is put into it, asks for a migration, too.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from simple_history.models import HistoricalRecords

from trial.audit import ledger_sql
from trial.audit.acting import STOCK, UNSAID, ChangeReason
from trial.audit.refusing import refusals_in

SQL = Path(__file__).parent / "sql"


@cache
def sql_in(file: str) -> str:
    """Once: the migrations ask a thousand times."""
    return (SQL / file).read_text()


@cache
def refusals_of(file: str) -> SimpleNamespace:
    """Return the statements by which a file refuses (trial/audit/refusing.py)."""
    return refusals_in(sql_in(file))


class Triggers(models.BaseConstraint):
    """The triggers of one table, written in one file of SQL."""

    file: ClassVar[str]
    functions: ClassVar[Sequence[str]]

    def __init__(self, *, name: str, digest: str = "", **facts: Any) -> None:
        super().__init__(name=name)
        self.facts = facts
        self.digest = digest or self.digest_now()

    def digest_now(self) -> str:
        """Return a digest of the SQL, and of the pieces that Python puts into it (trial/audit/ledger_sql.py, refusing.py)."""
        pieces = sorted(self.values().items()), sorted(vars(refusals_of(self.file)).items())
        return hashlib.sha256((sql_in(self.file) + repr(pieces)).encode()).hexdigest()[:8]

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | self.facts | {"digest": self.digest}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Triggers) and self.deconstruct() == other.deconstruct()

    __hash__ = None  # type: ignore[assignment]

    def values(self) -> dict[str, Any]:
        return self.facts

    def create_sql(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> str:
        return sql_in(self.file).format(table=model._meta.db_table, refuse=refusals_of(self.file), **self.values())

    def constraint_sql(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> None:
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def remove_sql(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> str:
        table = model._meta.db_table
        return "".join(f"drop function if exists {table}_{function} cascade;" for function in self.functions)

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """PostgreSQL does."""


class AppendOnly(Triggers):
    file = "append_only.sql"
    functions = ("append_only",)

    def __init__(self, *, name: str, only_by_trigger: bool = False, digest: str = "") -> None:
        super().__init__(name=name, digest=digest, only_by_trigger=only_by_trigger)


class KeepsHistory(Triggers):
    file = "history.sql"
    functions = ("before", "history")

    def values(self) -> dict[str, Any]:
        columns = self.facts["columns"]
        entered = [column for column in columns if column not in self.facts["computed"]]
        return self.facts | {
            "columns": ", ".join(f'"{column}"' for column in columns),
            "new_columns": ", ".join(f'new."{column}"' for column in columns),
            "replaces": ledger_sql.replaces_a_value(entered),
            "changes_what_was_complete": ledger_sql.changes_what_was_complete(entered, self.facts.get("part_of")),
            "moves": " or ".join(f'new."{c}" is distinct from old."{c}"' for c in self.facts["fixed"]) or "false",
        }


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

    def __init__(self, *, name: str, form: str, place: dict[str, str], by: str, digest: str = "", **facts: Any) -> None:
        facts = {"reason": "''", "omitted": [], "digested": []} | facts
        super().__init__(name=name, digest=digest, form=form, place=place, by=by, **facts)

    def row_items(self, row: str) -> str:
        return ledger_sql.row_items(row, ["id", *self.facts["omitted"]], self.facts["digested"])

    def values(self) -> dict[str, Any]:
        return self.facts | self.facts["place"] | {"salted": ledger_sql.salted(ledger_sql.entered(self.row_items("new")))}


class IsLedger(Triggers):
    """Of the ledger itself: number, time, commitments and hash of an entry; what a reason may not be; append-only."""

    file = "ledger_itself.sql"
    functions = ("enter", "says_nothing", "append_only")

    def __init__(self, *, name: str, stock: Sequence[str] = STOCK, codes: Sequence[str], unsaid: str = UNSAID, digest: str = "") -> None:
        super().__init__(name=name, digest=digest, stock=list(stock), codes=list(codes), unsaid=unsaid)

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
            "codes_as_chosen": ", ".join(ledger_sql.quoted(code) for code in self.facts["codes"] if code != ChangeReason.OTHER),
            "stock": f"array[{', '.join(map(ledger_sql.quoted, self.facts['stock']))}]",
            "unsaid": ledger_sql.quoted(self.facts["unsaid"]),
        }


class Watches(Triggers):
    """Of the events' table: what happens to a table that is not ours (`watched`) is an event.

    `key` tells its rows apart; `about` and `by` are the account that the row belongs to, and who acts where nobody is named;
    all of them SQL with `new` for the row.
    """

    file = "watched.sql"

    def __init__(self, *, name: str, watched: str, kind: str, key: str, digest: str = "", **facts: Any) -> None:
        defaults = {
            "about": "null",
            "by": "null",
            "omitted": [],
            "digested": [],
            "made": "made",
            "ended": "removed",
            "never_deleted": False,
        }
        super().__init__(name=name, digest=digest, watched=watched, kind=kind, key=key, **defaults | facts)
        self.functions = (watched,)  # type: ignore[misc]

    def row_items(self, row: str) -> str:
        return ledger_sql.row_items(row, self.facts["omitted"], self.facts["digested"])

    def values(self) -> dict[str, Any]:
        either = {
            name: f"case when tg_op = 'DELETE' then {self.facts[name].replace('new.', 'old.')} else {self.facts[name]} end"
            for name in ("key", "about", "by")
        }
        return self.facts | either | {"old_items": self.row_items("old"), "new_items": self.row_items("new")}


class NamesNobodyTwice(Triggers):
    """Of the events' table, which watches the accounts: user names are unique to the eye, and stay."""

    file = "names.sql"
    functions = ("names", "name_skeleton")

    def __init__(self, *, name: str, watched: str, pattern: str, alike: str, taken_for: str, digest: str = "") -> None:
        super().__init__(name=name, digest=digest, watched=watched, pattern=pattern, alike=alike, taken_for=taken_for)


class Erases(Triggers):
    """Of the redactions: the lawful erasure itself."""

    file = "redaction.sql"
    functions = ("erase", "erase_words", "erase_in_ledger", "erase_in_signatures")

    def __init__(self, *, name: str, words: Sequence[str] = (), erased: str = "", digest: str = "") -> None:
        super().__init__(name=name, digest=digest, words=list(words), erased=erased)

    def values(self) -> dict[str, Any]:
        return {
            "reason": ledger_sql.REASON,
            "told": ledger_sql.told("l"),
            "words": ", ".join(map(ledger_sql.quoted, self.facts["words"])),
            "erased": ledger_sql.quoted(self.facts["erased"]),
        }


class History(HistoricalRecords):
    """The `history` of what is kept (trial/models/kept.py), and the triggers that write it and enter it in the ledger."""

    def __init__(self) -> None:
        super().__init__(
            inherit=True,
            history_id_field=models.BigAutoField(),
            history_change_reason_field=models.TextField(null=True),
            user_db_constraint=False,
        )

    def create_history_model(self, model: type[models.Model], inherited: bool) -> type[models.Model]:
        history: type[models.Model] = super().create_history_model(model, inherited)
        for field in history._meta.local_concrete_fields:
            # Read by row and version, which is unique; what else is asked of the past, the ledger answers. Each index costs every save.
            field.db_index = False
        keeps = KeepsHistory(
            name=f"{model._meta.db_table}_keeps_history",
            history=history._meta.db_table,
            columns=columns_of(model),
            fixed=model.fixed(),
            computed=model.computed(),
            part_of=model.part_of(),
        )
        model._meta.constraints.append(keeps)
        model._meta.original_attrs["constraints"] = model._meta.constraints  # where makemigrations looks, with or without Meta
        return history

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        table, form = f"{model._meta.app_label}_historical{model._meta.model_name}", model._meta.label_lower
        return super().get_meta_options(model) | {
            "constraints": [
                models.UniqueConstraint(fields=["id", "version"], name=f"{table}_one_of_a_version"),
                AppendOnly(name=f"{table}_append_only", only_by_trigger=True),
                EntersLedger(name=f"{table}_enters_ledger", form=form, **model.place_in_sql()),
            ],
        }


def columns_of(model: type[models.Model]) -> list[str]:
    return [field.column for field in model._meta.local_concrete_fields]


def kept_models() -> list[type[models.Model]]:
    """Everything that has a history, whichever app defines it."""
    return [model for model in apps.get_models() if any(isinstance(one, KeepsHistory) for one in model._meta.constraints)]


def inserted_forms() -> list[str]:
    """The labels under which acts enter the ledger, whose tables have no history beside them."""
    return [entered.facts["form"] for _, entered in inserted_models()]


def inserted_models() -> list[tuple[type[models.Model], EntersLedgerOnInsert]]:
    return [(model, one) for model in apps.get_models() for one in model._meta.constraints if isinstance(one, EntersLedgerOnInsert)]
