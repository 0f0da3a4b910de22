"""Acts about a person's account (regulation.md S08, S14).

Some are on record before the first signature, others after the loss of a second factor.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from trial.audit.ledger_triggers import EntersLedgerOnInsert
from trial.audit.triggers import AppendOnly

ABOUT_ANOTHER = ["identity", "training", "after loss"]
"""Kinds of act that nobody records about themselves; they say when and how."""
NOWHERE = {"record": "new.id", "visit": "null", "subject": "null", "site": "null"}


class AccountAct(models.Model):
    """One act about one person's account: added, never changed.

    `on` and `how` are the day and the way in which it was done, as `by` states them.
    """

    class Kind(models.TextChoices):
        IDENTITY = "identity", _("Identity checked")
        TRAINING = "training", _("Trained")
        ACCOUNTABILITY = "accountability", _("Accountability for the signature accepted")
        LOSS = "loss", _("Second factor reported lost")
        AFTER_LOSS = "after loss", _("Identity checked after the loss")

    BEFORE_SIGNING = (Kind.IDENTITY, Kind.TRAINING, Kind.ACCOUNTABILITY)
    BY_ANOTHER = (Kind.IDENTITY, Kind.TRAINING, Kind.AFTER_LOSS)

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="account_acts"
    )
    kind = models.CharField(max_length=16, choices=Kind)
    on = models.DateField(_("date"), null=True, blank=True)
    how = models.CharField(max_length=500, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["pk"]
        verbose_name = _("act about an account")
        verbose_name_plural = _("acts about accounts")
        constraints = [
            AppendOnly(name="account_act_append_only"),
            EntersLedgerOnInsert(
                name="account_act_enters_ledger",
                form="trial.accountact",
                place=NOWHERE,
                by="new.by_id",
            ),
            models.CheckConstraint(
                condition=Q(kind="loss")
                | (Q(kind="accountability") & Q(by=F("person")))
                | (Q(kind__in=ABOUT_ANOTHER) & ~Q(by=F("person"))),
                name="account_act_by_whom_it_may",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=ABOUT_ANOTHER) | (Q(on__isnull=False) & ~Q(how="")),
                name="account_act_says_when_and_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_kind_display().lower()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("An act stays as it was recorded.")
        super().save(*args, **kwargs)


def loss_stands(person: AbstractUser) -> bool:
    """Return whether a loss of the second factor stands.

    It stands from the report until somebody has checked the person's identity again.
    """
    kinds = (AccountAct.Kind.LOSS, AccountAct.Kind.AFTER_LOSS)
    last = (
        AccountAct.objects.filter(person_id=person.pk, kind__in=kinds)
        .order_by("-pk")
        .values_list("kind", flat=True)
        .first()
    )
    return last == AccountAct.Kind.LOSS
