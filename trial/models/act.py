"""An act on the data: who did it, when, and what the trail says of it (regulation.md R07).

The table of an act has no history beside it, since its rows never change.
"""

from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Now

from trial.access import Act
from trial.audit.ledger_triggers import EntersLedgerOnInsert

from .membership import scope


class ActTarget(NamedTuple):
    """The columns by which an act names what it is about.

    `form`, `record` and `item` are lookups from the act: of the form's label, the record's key
    and the item's name. `always` is the label of the one form that all acts of a table are about.
    """

    form: str = ""
    record: str = ""
    item: str = ""
    always: str = ""


class ActDescription(NamedTuple):
    """An act as a code, that code in words, and what the person wrote in words of their own."""

    code: str
    text: str
    words: str = ""


class ActQuerySet(models.QuerySet[Any]):
    """The acts of one table."""

    def visible_to(self, user: AbstractUser) -> "ActQuerySet":
        """Return the acts at the sites whose records the person reads."""
        model: Any = self.model
        return self.filter(scope(user, Act.READ, model.path_to_site))


class ReviewAct(models.Model):
    """One act: who did it, and when by the database's clock."""

    act: ClassVar[str]
    about: ClassVar[ActTarget] = ActTarget()

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    objects = ActQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["pk"]

    def describe(self) -> ActDescription:
        """Return what the trail says of the act (trial/output/trail.py)."""
        raise NotImplementedError


def enters_ledger(form: str, *, place: dict[str, str], reason: str = "''") -> EntersLedgerOnInsert:
    """Return the trigger that makes each act an entry of its own (ICH E6(R3) 4.2.2).

    `form` is the label of the act's table, `place` what Kept.place_in_sql() gives, and `reason`
    SQL that names columns of `new`.
    """
    return EntersLedgerOnInsert(
        name=f"{form.replace('.', '_')}_enters_ledger",
        form=form,
        place=place,
        by="new.by_id",
        reason=reason,
    )


class AnsweredAct(models.Model):
    """An act that was sent with a key of its own, and the answer that it was given.

    Sent again, it is answered with the same (trial/actions/saving/once.py). Nothing clinical is
    read from here. A row is deleted after some days, and each redaction erases all answers.
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    address = models.CharField(max_length=500)
    content = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by", "key"], name="each_key_is_answered_once")
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.address}"
