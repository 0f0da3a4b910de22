"""Rows that are withdrawn instead of deleted."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from .entered import Entered
from .kept import KeptQuerySet
from .subject import Subject


def both_or_neither(stem: str) -> models.CheckConstraint:
    """Return the constraint that who did it and when are known together or not at all."""
    at, by = f"{stem}_at__isnull", f"{stem}_by__isnull"
    return models.CheckConstraint(
        condition=Q(**{at: True, by: True}) | Q(**{at: False, by: False}),
        name=f"%(app_label)s_%(class)s_{stem}_at_and_by",
    )


class WithdrawableQuerySet(KeptQuerySet):
    """Rows that stand, or were withdrawn."""

    def standing(self) -> "WithdrawableQuerySet":
        """Return the rows that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def of(self, subject: Subject) -> "WithdrawableQuerySet":
        """Return the standing rows of a subject."""
        model: Any = self.model
        return self.standing().filter(**{model.path_to_subject: subject})


class Withdrawable(Entered):
    """A row that is never deleted.

    One that was made by mistake is withdrawn, with a reason, and stays readable.
    """

    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,  # nobody searches by it, and each index costs every save
    )

    # django-stubs take the manager of the base for a class variable, and this one not.
    objects = WithdrawableQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Entered.Meta):
        abstract = True
        constraints = [both_or_neither("withdrawn")]

    @classmethod
    def bookkeeping(cls) -> set[str]:
        return super().bookkeeping() | {"withdrawn_at", "withdrawn_by"}
