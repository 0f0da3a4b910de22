"""What is on record about a person before their first signature, and after the loss of a second factor (S08, S14)."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from trial.audit.history import AppendOnly, EntersLedgerOnInsert

NOWHERE = {"record": "new.id", "visit": "null", "subject": "null", "site": "null"}


class AccountAct(models.Model):
    """One act about one person's account: added, never changed. `on` and `how` are what `by` states of it."""

    class Kind(models.TextChoices):
        IDENTITY = "identity", "Identity checked"
        TRAINING = "training", "Trained"
        ACCOUNTABILITY = "accountability", "Accountability for the signature accepted"
        LOSS = "loss", "Second factor reported lost"
        AFTER_LOSS = "after loss", "Identity checked after the loss"

    BEFORE_SIGNING = (Kind.IDENTITY, Kind.TRAINING, Kind.ACCOUNTABILITY)
    BY_ANOTHER = (Kind.IDENTITY, Kind.TRAINING, Kind.AFTER_LOSS)

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="account_acts"
    )
    kind = models.CharField(max_length=16, choices=Kind)
    on = models.DateField("date", null=True, blank=True)
    how = models.CharField(max_length=500, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["pk"]
        verbose_name = "act about an account"
        verbose_name_plural = "acts about accounts"
        constraints = [
            AppendOnly(name="account_act_append_only"),
            EntersLedgerOnInsert(name="account_act_enters_ledger", form="trial.accountact", place=NOWHERE, by="new.by_id"),
            models.CheckConstraint(
                condition=Q(kind="loss") | (Q(kind="accountability") & Q(by=F("person"))) | (
                    Q(kind__in=["identity", "training", "after loss"]) & ~Q(by=F("person"))
                ),
                name="account_act_by_whom_it_may",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["identity", "training", "after loss"]) | (Q(on__isnull=False) & ~Q(how="")),
                name="account_act_says_when_and_how",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.person}: {self.get_kind_display().lower()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("An act stays as it was recorded.")
        super().save(*args, **kwargs)


def loss_stands(person: AbstractUser) -> bool:
    """Whether a second factor was reported lost, and nobody has checked the person's identity since."""
    kinds = (AccountAct.Kind.LOSS, AccountAct.Kind.AFTER_LOSS)
    last = (
        AccountAct.objects.filter(person_id=person.pk, kind__in=kinds)
        .order_by("-pk")
        .values_list("kind", flat=True)
        .first()
    )
    return last == AccountAct.Kind.LOSS
