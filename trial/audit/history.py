"""The history of what is kept, written by PostgreSQL (docs/decisions/0001)."""

from typing import Any

from django.apps import apps
from django.db import models
from simple_history.models import HistoricalRecords

from trial.audit import ledger_sql
from trial.audit.ledger_triggers import EntersLedger
from trial.audit.triggers import AppendOnly, Triggers, add_constraint


class KeepsHistory(Triggers):
    """Each write leaves one row in the history, with its author and reason."""

    file = "history.sql"
    functions = ("before", "history")

    def values(self) -> dict[str, Any]:
        columns, computed = self.facts["columns"], self.facts["computed"]
        entered = [column for column in columns if column not in computed]
        part_of = self.facts.get("part_of")
        moves = [
            f'new."{column}" is distinct from old."{column}"' for column in self.facts["fixed"]
        ]
        return self.facts | {
            "columns": ", ".join(f'"{column}"' for column in columns),
            "new_columns": ", ".join(f'new."{column}"' for column in columns),
            "replaces": ledger_sql.replaces_a_value(entered),
            "changes_what_was_complete": ledger_sql.changes_what_was_complete(entered, part_of),
            "moves": " or ".join(moves) or "false",
        }


class History(HistoricalRecords):
    """The `history` of a model (trial/models/kept.py), with the triggers that write it.

    The model answers `fixed`, `computed`, `part_of` and `place_in_sql`, as Kept does. Its class is
    Any here, since Kept is built on this module.
    """

    def __init__(self) -> None:
        super().__init__(
            inherit=True,
            history_id_field=models.BigAutoField(),
            history_change_reason_field=models.TextField(null=True),
            user_db_constraint=False,
        )

    def get_extra_fields(self, model: Any, fields: Any) -> Any:
        """Give each history a field of its own for the reason; simple_history shares one.

        A shared field belongs to the model that was made last, and reads its table.
        """
        extra: dict[str, Any] = super().get_extra_fields(model, fields)
        return extra | {"history_change_reason": models.TextField(null=True)}

    def create_history_model(self, model: Any, inherited: bool) -> Any:
        """Make the history's model, and add the triggers to both models."""
        history: Any = super().create_history_model(model, inherited)
        for field in history._meta.local_concrete_fields:
            # It is read by row and version, which is unique; the ledger answers whatever else is
            # asked of the past. Each index costs every save.
            field.db_index = False
        keeps = KeepsHistory(
            name=f"{model._meta.db_table}_keeps_history",
            history=history._meta.db_table,
            columns=columns_of(model),
            fixed=model.fixed(),
            computed=model.computed(),
            part_of=model.part_of(),
        )
        add_constraint(model, keeps)
        return history

    def get_meta_options(self, model: Any) -> dict[str, Any]:
        """Return the options of the history's model: one row of a version, append-only."""
        table = f"{model._meta.app_label}_historical{model._meta.model_name}"
        constraints = [
            models.UniqueConstraint(fields=["id", "version"], name=f"{table}_one_of_a_version"),
            AppendOnly(name=f"{table}_append_only", only_by_trigger=True),
            EntersLedger(
                name=f"{table}_enters_ledger",
                form=model._meta.label_lower,
                **model.place_in_sql(),
            ),
        ]
        return super().get_meta_options(model) | {"constraints": constraints}


def columns_of(model: type[models.Model]) -> list[str]:
    """Return the names of the columns of the model's own table."""
    return [str(field.column) for field in model._meta.local_concrete_fields]


def kept_models() -> list[type[models.Model]]:
    """Return every model that has a history, whichever app defines it."""
    return [model for model in apps.get_models() if _keeps_history(model)]


def _keeps_history(model: type[models.Model]) -> bool:
    return any(isinstance(constraint, KeepsHistory) for constraint in model._meta.constraints)
