"""The ledger: what changed in the whole study, one row for each history row, in the order of commits."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models

from trial.access import Act
from trial.audit.acting import ChangeReason
from trial.audit.history import IsLedger, inserted_forms

from .kept import Kept
from .membership import scope
from .record import Record
from .site import Site
from .subject import Subject, Visit


class LedgerQuerySet(models.QuerySet["Ledger"]):
    def visible_to(self, user: AbstractUser) -> "LedgerQuerySet":
        """Changes of clinical data at the sites whose records this person reads."""
        return self.changes().filter(scope(user, Act.READ, "site"), subject__isnull=False)

    def changes(self) -> "LedgerQuerySet":
        """Without acts on the data, such as signatures: what was entered and changed."""
        return self.exclude(form__in=inserted_forms())

    def about(self, row: Kept) -> "LedgerQuerySet":
        """The changes of a row; of a record, with those of its rows."""
        if not isinstance(row, Record):
            return self.filter(form=row._meta.label_lower, row=row.pk)
        return self.filter(
            form__in=[model._meta.label_lower for model in (type(row), *row.groups())],
            record=row.pk,
        )


def loose(to: Any, **options: Any) -> models.ForeignKey:
    """A reference without a database constraint: PROTECT guards the other side, and the ledger outlives it.

    Nor an index of its own: those below answer what is asked, and each costs every save.
    """
    return models.ForeignKey(
        to, models.PROTECT, db_constraint=False, related_name="+", **{"db_index": False} | options
    )


class Ledger(models.Model):
    """Written by PostgreSQL alone, at commit (trial/audit/sql/ledger_itself.sql).

    `at` is the moment of the commit, `written_at` that of the write. `items` is {item: [old, new]}. The hash covers salted
    commitments in their place: a lawful redaction (redaction.py) takes value and salt away, keeps the commitment in `sealed`,
    and the chain still verifies. `by` is empty where nobody is known, as at a failed login; `client` where no program of ours wrote.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    by = loose(settings.AUTH_USER_MODEL, null=True)
    client = models.TextField(null=True, editable=False)  # noqa: DJ001  # no value, not '': the hash of entries from before it covers none
    reason = models.TextField()
    act = models.CharField(max_length=1)
    site = loose(Site, null=True)
    subject = loose(Subject, null=True)
    visit = loose(Visit, null=True)
    form = models.CharField(max_length=60)
    record = models.BigIntegerField()
    row = models.BigIntegerField()
    history_id = models.BigIntegerField()
    written_at = models.DateTimeField(null=True)
    items = models.JSONField()
    salts = models.JSONField(default=dict)
    sealed = models.JSONField(default=dict)
    hash = models.BinaryField()

    objects = LedgerQuerySet.as_manager()

    class Meta:
        ordering = ["seq"]
        indexes = [
            models.Index(fields=["form", "record", "seq"], name="ledger_of_a_record"),
            models.Index(fields=["subject", "seq"], name="ledger_of_a_subject"),
            models.Index(fields=["visit", "at"], name="ledger_of_a_visit"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["form", "history_id"], name="entered_once"),
            IsLedger(name="ledger_itself", codes=list(ChangeReason)),
        ]

    def __str__(self) -> str:
        return f"{self.seq}: {self.form} {self.record}"
