"""Triggers of PostgreSQL, kept as Django constraints (docs/decisions/0001).

So `makemigrations` sees one that is new or different, `migrate` installs it, and the migration
shows which columns it keeps. The SQL is in trial/audit/sql. Its digest is part of the constraint:
editing the SQL, or what is put into it, asks for a migration, too.
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
    """Return the text of a file, read once: the migrations need it a thousand times."""
    return (SQL / file).read_text()


@cache
def refusals_of(file: str) -> SimpleNamespace:
    """Return the statements by which a file refuses (trial/audit/refusing.py)."""
    return refusals_in(sql_in(file))


class Triggers(models.BaseConstraint):
    """The triggers of one table, written in one file of SQL.

    `file` is its name, `functions` are the functions that it makes, without the table's name in
    front. `facts` are what the migration shows, and what `values` puts into the SQL.
    """

    file: ClassVar[str]
    functions: Sequence[str]

    def __init__(self, *, name: str, digest: str = "", **facts: Any) -> None:
        super().__init__(name=name)
        self.facts = facts
        self.digest = digest or self.digest_now()

    def digest_now(self) -> str:
        """Return a digest of the SQL and of the pieces that Python puts into it.

        The pieces come from trial/audit/ledger_sql.py and refusing.py.
        """
        pieces = sorted(self.values().items()), sorted(vars(refusals_of(self.file)).items())
        return hashlib.sha256((sql_in(self.file) + repr(pieces)).encode()).hexdigest()[:8]

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | self.facts | {"digest": self.digest}

    def __eq__(self, constraint: object) -> bool:
        return isinstance(constraint, Triggers) and self.deconstruct() == constraint.deconstruct()

    __hash__ = None  # type: ignore[assignment]  # how Python marks what has no hash

    def values(self) -> dict[str, Any]:
        """Return the pieces of SQL that stand for the names in braces."""
        return self.facts

    def create_sql(
        self,
        model: type[models.Model] | None,
        schema_editor: BaseDatabaseSchemaEditor | None,
    ) -> str:
        """Return the SQL that makes the triggers. The editor is not used."""
        refuse = refusals_of(self.file)
        return sql_in(self.file).format(table=_table(model), refuse=refuse, **self.values())

    def constraint_sql(
        self,
        model: type[models.Model] | None,
        schema_editor: BaseDatabaseSchemaEditor | None,
    ) -> str:
        """Make the triggers once the table stands: nothing of them is part of CREATE TABLE."""
        if schema_editor is not None:
            schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return ""

    def remove_sql(
        self,
        model: type[models.Model] | None,
        schema_editor: BaseDatabaseSchemaEditor | None,
    ) -> str:
        """Return the SQL that drops the functions, and with them the triggers."""
        names = [f"{_table(model)}_{function}" for function in self.functions]
        return "".join(f"drop function if exists {name} cascade;" for name in names)

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Check nothing here: PostgreSQL does."""


def _table(model: type[models.Model] | None) -> str:
    if model is None:
        raise TypeError("Triggers belong to the table of a model.")
    return model._meta.db_table


class AppendOnly(Triggers):
    """Rows are added and stay as they are. With `only_by_trigger`, triggers alone add them."""

    file = "append_only.sql"
    functions = ("append_only",)

    def __init__(self, *, name: str, only_by_trigger: bool = False, digest: str = "") -> None:
        super().__init__(name=name, digest=digest, only_by_trigger=only_by_trigger)


def add_constraint(model: type[models.Model], constraint: models.BaseConstraint) -> None:
    """Add a constraint to a model that is made already, where makemigrations looks, too."""
    constraints: Any = model._meta.constraints
    constraints.append(constraint)
    model._meta.original_attrs["constraints"] = constraints
