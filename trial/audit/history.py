"""The history of what is kept, written by PostgreSQL (docs/decisions/0001)."""

from typing import Any

from django.apps import apps
from django.db import models
from simple_history.models import HistoricalRecords

from trial.audit import ledger_sql
from trial.audit.ledger_triggers import EntersLedger
from trial.audit.triggers import AppendOnly, Triggers


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
            "changes_what_was_complete": ledger_sql.changes_what_was_complete(
                entered, self.facts.get("part_of")
            ),
            "moves": " or ".join(
                f'new."{c}" is distinct from old."{c}"' for c in self.facts["fixed"]
            )
            or "false",
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

    def create_history_model(
        self, model: type[models.Model], inherited: bool
    ) -> type[models.Model]:
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
        model._meta.original_attrs["constraints"] = (
            model._meta.constraints
        )  # where makemigrations looks, with or without Meta
        return history

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        table, form = (
            f"{model._meta.app_label}_historical{model._meta.model_name}",
            model._meta.label_lower,
        )
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
    return [
        model
        for model in apps.get_models()
        if any(isinstance(one, KeepsHistory) for one in model._meta.constraints)
    ]
