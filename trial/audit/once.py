"""Constraints that a form, a row or a value is entered once."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q

from trial.audit.triggers import Triggers
from trial.refusals import Code

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise  # text, or text that is translated when it is shown


class OneOfAVisit(models.UniqueConstraint):
    """A visit has the form once, however many people open it at the same time."""


class OnceAmongRows(ExclusionConstraint):
    """No two standing rows of a record have the same values of these items.

    A unique index checks row by row, so that two rows could never be exchanged. This constraint is
    checked once all rows of a save are stored (trial/actions/saving/submission.py), at the latest
    at commit. Null values are never equal.
    """

    violation_error_code = Code.ENTERED_TWICE.value

    def __init__(
        self,
        *,
        fields: Sequence[str],
        name: str,
        condition: Q,
        violation_error_message: "StrOrPromise",
    ) -> None:
        self.fields = tuple(fields)
        super().__init__(
            name=name,
            expressions=[(field, "=") for field in fields],
            condition=condition,
            deferrable=models.Deferrable.DEFERRED,
            violation_error_message=violation_error_message,
        )
        # PostgreSQL takes this index; for its default Django wants an extension.
        self.index_type = "BTREE"

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        for derived in ("expressions", "index_type", "deferrable", "violation_error_code"):
            del kwargs[derived]
        return path, args, kwargs | {"fields": self.fields}


class OnceOfASubject(Triggers):
    """A subject has a value of the form's `item` once, at whichever visit.

    Among the forms of one visit OneOfAVisit sees to it. PostgreSQL refuses with the `sentence`.
    """

    file = "once.sql"
    functions = ("once",)

    def __init__(self, *, name: str, item: str, sentence: str, digest: str = "") -> None:
        super().__init__(name=name, digest=digest, item=item, sentence=sentence)
