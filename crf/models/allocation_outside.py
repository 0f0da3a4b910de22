"""Allocations made outside the system and entered afterwards (crf_spec 2.13, RANDMAN; EMA 6.9).

They were made before go-live, or while the system was down.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy
from trial.audit.locking import Follows, HonorsLocks
from trial.audit.triggers import AppendOnly
from trial.models import Subject
from trial.models.act import ActDescription, ActTarget, ReviewAct, enters_ledger
from trial.models.kept import of_subject
from trial.states import OUTSIDE_NEXT, OutsideState, pairs

from .randomization import Randomization


class AllocationOutside(ReviewAct):
    """One step: an investigator enters what the source document says, a data manager confirms or declines it.

    The last one of a subject stands. The allocation itself is the subject's `Randomization`, made by the confirmation.
    """

    act = "allocation outside"
    about = ActTarget(always="trial.subject", record="subject_id")
    path_to_site = "subject__site"

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="allocations_outside")
    state = models.CharField(max_length=10, choices=OutsideState)
    allocated_on = models.DateField()
    arm = models.CharField(max_length=5, choices=Randomization.Arm)
    sysclass = models.CharField(max_length=20, choices=Randomization.SystemicClass)
    metpat = models.CharField(max_length=20, choices=Randomization.MetastaticPattern)
    source = models.CharField(max_length=200)
    reason = models.CharField(max_length=200)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta(ReviewAct.Meta):
        constraints = [
            AppendOnly(name="allocation_outside_append_only"),
            Follows(name="allocation_outside_follows", steps=pairs(OUTSIDE_NEXT), key="subject_id"),
            HonorsLocks(name="allocation_outside_honors_locks"),
            enters_ledger("crf.allocationoutside", place=of_subject("new.subject_id"), reason="new.reason"),
            models.CheckConstraint(
                condition=Q(state=OutsideState.ENTERED, entered_by=None)
                | (~Q(state=OutsideState.ENTERED) & Q(entered_by__isnull=False) & ~Q(entered_by=F("by"))),
                name="allocation_outside_has_two_people",
                violation_error_message=gettext_lazy(
                    "The person who entered the allocation cannot confirm or decline it. Another person must do so."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(reason=""),
                name="allocation_outside_names_its_source",
                violation_error_message=gettext_lazy(
                    "Name the source document, and say why the allocation was made outside the system and entered late."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.get_state_display().lower()}"

    def describe(self) -> ActDescription:
        allocation = (self.get_arm_display(), str(self.allocated_on), self.get_sysclass_display(), self.get_metpat_display())
        text = f"{self.get_state_display()}: {', '.join(allocation)}"
        return ActDescription(self.state, text, f"{self.reason} (source: {self.source})")

    @classmethod
    def last_of(cls, subject: Subject) -> "AllocationOutside | None":
        """Return the last step of a subject's allocation: the one that stands."""
        return cls.objects.filter(subject=subject).select_related("by", "entered_by").last()

    @classmethod
    def waiting(cls, subject: Subject) -> "AllocationOutside | None":
        """Return the entry that was neither confirmed nor declined yet."""
        last = cls.last_of(subject)
        return last if last and last.state == OutsideState.ENTERED else None
