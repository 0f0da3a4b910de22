"""Flags: what is late or waits for a person, open until the data say otherwise (crf_spec 4.5)."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from trial.access import Act
from trial.models import Subject, Visit, scope


class FlagQuerySet(models.QuerySet["Flag"]):
    def visible_to(self, user: AbstractUser) -> "FlagQuerySet":
        """Return the flags of subjects whose data the person's roles let them read."""
        return self.filter(scope(user, Act.READ, "subject__site"))

    def open(self) -> "FlagQuerySet":
        """Return the flags that the data have not satisfied yet."""
        return self.filter(closed_on=None)


class Flag(models.Model):
    """A flag: at most one is open for each subject, kind and anchor.

    It stores nothing clinical that the data do not say.

    `anchor` is the code of the visit that is late. `due_on` is the day that has passed, `evidence`
    what the flag follows from.
    """

    never_deleted = True

    class Kind(models.TextChoices):
        VISIT_OVERDUE = "VISIT_OVERDUE", "Visit overdue"
        VISIT_MISSED = "VISIT_MISSED", "Visit missed"
        ENTRY_OVERDUE = "ENTRY_OVERDUE", "Entry overdue"
        PROGRESSION_CHECK = "PROGRESSION_CHECK", "Progression check after cycle 2"

    class Severity(models.TextChoices):
        NOTICE = "NOTICE", "Notice"
        URGENT = "URGENT", "Urgent"

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="flags")
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="flags", null=True)
    kind = models.CharField(max_length=20, choices=Kind)
    anchor = models.CharField(max_length=40)
    due_on = models.DateField()
    state = models.CharField(max_length=20)
    severity = models.CharField(max_length=8, choices=Severity)
    evidence = models.JSONField(default=dict)
    opened_on = models.DateField()
    last_seen_on = models.DateField()
    closed_on = models.DateField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "kind", "anchor"], condition=Q(closed_on=None), name="one_open_flag_of_a_kind"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None) | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="acknowledged_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject} {self.anchor}"


class NightlyRun(models.Model):
    """A site's nightly job, run for a day of its own calendar.

    A day without one is caught up by the next run.
    """

    site = models.ForeignKey("trial.Site", models.PROTECT, related_name="+")
    day = models.DateField()
    ran_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "day"], name="one_nightly_run_of_a_day")]

    def __str__(self) -> str:
        return f"{self.site}, {self.day}"
