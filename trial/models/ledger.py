"""The ledger: one entry for each history row of the whole study, in the order of commits."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models

from trial.access import Act
from trial.audit.acting import ChangeReason
from trial.audit.ledger_triggers import IsLedger, inserted_forms

from .kept import Kept
from .membership import scope
from .record import Record
from .site import Site
from .subject import Subject, Visit


class LedgerQuerySet(models.QuerySet["Ledger"]):
    """Entries, narrowed to what a person may see or asks for."""

    def visible_to(self, user: AbstractUser) -> "LedgerQuerySet":
        """Return the changes of clinical data at the sites whose records the person reads."""
        return self.changes().filter(scope(user, Act.READ, "site"), subject__isnull=False)

    def changes(self) -> "LedgerQuerySet":
        """Return the entries of values, without acts on the data such as signatures."""
        return self.exclude(form__in=inserted_forms())

    def about(self, row: Kept) -> "LedgerQuerySet":
        """Return the changes of a row; for a record, with those of its rows."""
        if not isinstance(row, Record):
            return self.filter(form=row._meta.label_lower, row=row.pk)
        return self.filter(
            form__in=[model._meta.label_lower for model in (type(row), *row.groups())],
            record=row.pk,
        )


def loose(to: Any, **options: Any) -> models.ForeignKey:
    """Return a reference without a database constraint and without an index of its own.

    PROTECT guards the referenced row, and the ledger outlives it. The ledger's own indexes answer
    what is queried, and each further one costs every save.
    """
    options.setdefault("db_index", False)
    return models.ForeignKey(to, models.PROTECT, db_constraint=False, related_name="+", **options)


class Ledger(models.Model):
    """An entry, written by PostgreSQL alone, at commit (trial/audit/sql/ledger_itself.sql).

    `at` is the moment of the commit, `written_at` that of the write. `items` is {item: [old, new]}.

    The hash covers salted commitments in place of the items: a lawful redaction (redaction.py)
    takes value and salt away, keeps the commitment in `sealed`, and the chain still verifies.

    `by` is empty if no account is known, as at a failed login; `client` if no program of ours
    wrote. `client` has no value then instead of an empty text, because the hash of entries made
    before this column covers none.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    by = loose(settings.AUTH_USER_MODEL, null=True)
    client = models.TextField(null=True, editable=False)  # noqa: DJ001
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
