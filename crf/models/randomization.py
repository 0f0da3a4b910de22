"""The allocation of a subject (crf_spec 2.13)."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy
from trial import fields
from trial.models import Record, Section, Subject
from trial.models.row import WithdrawableQuerySet
from trial.protocol.parameters import RandMethod, Stratum
from trial.protocol.randomization.blocks import Arm as ProtocolArm

from .eligibility import Eligibility


class RandomizationQuerySet(WithdrawableQuerySet):
    """Allocations, by who made them."""

    def by_key(self) -> "RandomizationQuerySet":
        """Return the allocations that the system made: the key's sequence."""
        return self.exclude(outside="Y")

    def outside(self) -> "RandomizationQuerySet":
        """Return the allocations made outside the system."""
        return self.filter(outside="Y")


class Randomization(Record):
    """The subject's one allocation, written by the act `randomize` (crf_spec 2.13; CDASH DS).

    One made outside the system is written when a data manager confirms it, and says so (RANDMAN; docs/decisions/0042).
    Arm, number, strata and date never change. A stratum value found wrong later stands beside the one that was used.
    """

    class Arm(models.TextChoices):
        SYS = ProtocolArm.SYS.value, "Systemic therapy"
        SYSRT = ProtocolArm.SYSRT.value, "Systemic therapy and radiotherapy"

    class SystemicClass(models.TextChoices):
        ICI_CONTAINING = "ICI_CONTAINING", "With a checkpoint inhibitor"
        NO_ICI = "NO_ICI", "Without a checkpoint inhibitor"

    class MetastaticPattern(models.TextChoices):
        NODE_ONLY = "NODE_ONLY", "Nodes only"
        ANY_VISCERAL_OR_BONE = "ANY_VISCERAL_OR_BONE", "Any visceral or bone"

    class Method(models.TextChoices):
        PERMUTED_BLOCK = RandMethod.PERMUTED_BLOCK.value, "Permuted blocks"
        MINIMIZATION = RandMethod.MINIMIZATION.value, "Minimization"

    moves_the_schedule = True
    entered_by_hand = False

    subject_once = models.OneToOneField(Subject, models.PROTECT, editable=False, related_name="randomization")
    eligibility = models.ForeignKey(Eligibility, models.PROTECT, null=True, editable=False, related_name="+")

    method = models.CharField(
        "method used", max_length=20, choices=Method, blank=True, default="", editable=False, db_comment="SUPPDS.RANDMTH"
    )
    levels = models.JSONField("levels of the factors, as used", null=True, editable=False, db_comment="SUPPDS.RANDLEV")

    randomized_on = fields.day("Randomized on", sdtm="DM.RFRANDDT")
    number = fields.text("Allocation number", longest=10, sdtm="SUPPDS.RANDNO")
    arm = fields.choice("Arm", Arm, sdtm="DM.ARMCD")
    sysclass = fields.choice("Stratum used: systemic therapy", SystemicClass, sdtm="SUPPDS.STRAT1")
    metpat = fields.choice("Stratum used: metastatic pattern", MetastaticPattern, sdtm="SUPPDS.STRAT2")
    late_reason = fields.text("Why later than 14 days after the scan", sdtm="SUPPDS.RANDLATE", optional=True)
    sysclass_corrected = fields.choice("Found correct later: systemic therapy", SystemicClass, sdtm="SUPPDS.STRAT1C", optional=True)
    metpat_corrected = fields.choice("Found correct later: metastatic pattern", MetastaticPattern, sdtm="SUPPDS.STRAT2C", optional=True)
    outside = fields.yes_no("Allocated outside the system, entered later", sdtm="SUPPDS.RANDMAN", optional=True)
    outside_source = fields.text("Source document of that allocation", sdtm="SUPPDS.RANDSRC", optional=True)
    outside_reason = fields.text("Why it was made outside and entered later", sdtm="SUPPDS.RANDWHY", optional=True)

    objects = RandomizationQuerySet.as_manager()  # type: ignore[misc]  # the stubs refuse a narrower manager

    sections = (
        Section("Allocation", ("randomized_on", "number", "arm", "late_reason")),
        Section("Strata used", ("sysclass", "metpat")),
        Section("Strata found correct later", ("sysclass_corrected", "metpat_corrected")),
        Section("Made outside the system", ("outside", "outside_source", "outside_reason")),
    )

    class Meta(Record.Meta):
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["number"], name="allocation_number_given_once"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None),
                name="allocation_is_never_withdrawn",
                violation_error_message=gettext_lazy("An allocation can never be changed."),
            ),
            models.CheckConstraint(
                condition=(Q(outside="Y") & ~Q(outside_source="") & ~Q(outside_reason="") & Q(number__startswith="X-"))
                | (~Q(outside="Y") & Q(outside_source="", outside_reason="", eligibility__isnull=False) & ~Q(number__startswith="X-")),
                name="allocation_outside_says_so",
                violation_error_message=gettext_lazy(
                    "An allocation made outside the system names its source; one of the system rests on eligibility."
                ),
            ),
        ]

    @classmethod
    def codes_of(cls, item: str) -> list[str]:
        """Return the codes that an item takes."""
        field: Any = cls._meta.get_field(item)  # the stubs know no choices of a relation
        return [code for code, label in field.flatchoices]

    @property
    def levels_used(self) -> dict[str, str]:
        """The level of each factor as it was used. The first version of this form kept the two strata alone."""
        return self.levels or {Stratum.SYSCLASS.value: self.sysclass, Stratum.METPAT.value: self.metpat}

    @classmethod
    def fixed(cls) -> list[str]:
        return [
            *super().fixed(), "subject_once_id", "eligibility_id", "randomized_on", "number", "arm", "sysclass", "metpat", "method",
            "levels", "outside", "outside_source", "outside_reason",
        ]  # fmt: skip

    @classmethod
    def bookkeeping(cls) -> set[str]:
        return super().bookkeeping() | {"subject_once", "eligibility", "method", "levels"}
