"""simple-history's tables, written by PostgreSQL (docs/decisions/0001).

Triggers are kept as Django constraints: `makemigrations` sees one that is new or different, `migrate` installs it, and
the migration shows which columns it keeps. The SQL itself is in trial/sql; its digest is part of the constraint, so
that editing the SQL asks for a migration, too.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from simple_history.models import HistoricalRecords

from trial.ledger_sql import changed_items, content, replaces_a_value

SQL = Path(__file__).parent / "sql"


class Triggers(models.BaseConstraint):
    """The triggers of one table, written in one file of SQL."""

    file: ClassVar[str]
    functions: ClassVar[Sequence[str]]
    triggers: ClassVar[Sequence[str]]

    def __init__(self, *, name: str, digest: str = "", **facts: Any) -> None:
        super().__init__(name=name)
        self.facts = facts
        self.digest = digest or hashlib.sha256((SQL / self.file).read_bytes()).hexdigest()[:8]

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | self.facts | {"digest": self.digest}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Triggers) and self.deconstruct() == other.deconstruct()

    __hash__ = None  # type: ignore[assignment]

    def values(self) -> dict[str, Any]:
        return self.facts

    def create_sql(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> str:
        return (SQL / self.file).read_text().format(table=model._meta.db_table, **self.values())

    def constraint_sql(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> None:
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def remove_sql(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> str:
        table = model._meta.db_table
        return "".join(f"drop function {table}_{function} cascade;" for function in self.functions)

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """PostgreSQL does."""


class AppendOnly(Triggers):
    file = "append_only.sql"
    functions = ("append_only",)
    triggers = ("append_only", "append_only_truncate")

    def __init__(self, *, name: str, only_by_trigger: bool = False, digest: str = "") -> None:
        super().__init__(name=name, digest=digest, only_by_trigger=only_by_trigger)


class KeepsHistory(Triggers):
    file = "history.sql"
    functions = ("before", "history")
    triggers = ("history_before", "history_truncate", "history_after")

    def values(self) -> dict[str, Any]:
        columns = self.facts["columns"]
        return self.facts | {
            "columns": ", ".join(f'"{column}"' for column in columns),
            "new_columns": ", ".join(f'new."{column}"' for column in columns),
            "replaces": replaces_a_value([column for column in columns if column not in self.facts["computed"]]),
            "moves": " or ".join(f'new."{c}" is distinct from old."{c}"' for c in self.facts["fixed"]) or "false",
        }


class EntersLedger(Triggers):
    file = "ledger.sql"
    functions = ("ledger",)
    triggers = ("ledger",)

    def values(self) -> dict[str, Any]:
        compared = changed_items("to_jsonb(earlier)", "to_jsonb(new)")
        return self.facts | {"changed_items": compared, "content": content("entry")}


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
        columns = [field.column for field in model._meta.local_concrete_fields]
        keeps = KeepsHistory(
            name=f"{model._meta.db_table}_keeps_history",
            history=history._meta.db_table,
            columns=columns,
            fixed=model.fixed(),
            computed=model.computed(),
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


def kept_models() -> list[type[models.Model]]:
    """Everything that has a history, whichever app defines it."""
    return [model for model in apps.get_models() if any(isinstance(one, KeepsHistory) for one in model._meta.constraints)]
