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

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

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
        return sql_in(self.file).format(
            table=model._meta.db_table, refuse=refusals_of(self.file), **self.values()
        )

    def constraint_sql(
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> None:
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def remove_sql(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> str:
        table = model._meta.db_table
        return "".join(
            f"drop function if exists {table}_{function} cascade;" for function in self.functions
        )

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """PostgreSQL does."""


class AppendOnly(Triggers):
    file = "append_only.sql"
    functions = ("append_only",)

    def __init__(self, *, name: str, only_by_trigger: bool = False, digest: str = "") -> None:
        super().__init__(name=name, digest=digest, only_by_trigger=only_by_trigger)


def add_constraint(model: type[models.Model], constraint: models.BaseConstraint) -> None:
    """Add a constraint to a model that is made already, where makemigrations looks, too."""
    constraints: Any = model._meta.constraints
    constraints.append(constraint)
    model._meta.original_attrs["constraints"] = constraints
