"""The rows of a course of radiotherapy: interruptions, target volumes, fractions (crf_spec 2.15)."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from trial import fields
from trial.models import OnceAmongRows, Row, Section
from trial.refusals import Code, impossible

from .codes import radiotherapy as codes
from .lesion import Laterality, Lesion
from .radiotherapy import RadiotherapyCourse


class RowOfCourse(Row):
    """A row of a course of radiotherapy."""

    parent = "course"
    path_to_site = "course__visit__subject__site"
    path_to_subject = "course__visit__subject"

    class Meta(Row.Meta):
        abstract = True

    def needs(self, item: str) -> bool:
        """Return whether the item is needed: nothing is, of a course that was never started."""
        course: RadiotherapyCourse = getattr(self, self.parent)
        return course.status != codes.Status.NOT_STARTED and super().needs(item)


def is_over(interruption: "Interruption") -> bool:
    """Return whether the treatment went on after the interruption, as it did in every course that was completed."""
    return bool(interruption.to_on) or interruption.course.status == codes.Status.COMPLETED


def is_vertebral(volume: "TargetVolume") -> bool:
    """Return whether the volume is in the spine, so that its level is asked for."""
    return volume.location == codes.VERTEBRA


def was_stopped(volume: "TargetVolume") -> bool:
    """Return whether the volume was stopped, or never begun, for a reason of its own."""
    return bool(volume.stop_reason)


def was_delivered(fraction: "Fraction") -> bool:
    """Return whether the fraction was delivered, so that it has a day and a dose."""
    return fraction.delivered == "Y"


class Interruption(RowOfCourse):
    """More than one planned treatment day without a fraction; one that still goes on, or ended the course, has no end."""

    may_be_missing = ("from_on", "to_on", "missed")

    course = models.ForeignKey(RadiotherapyCourse, models.PROTECT, related_name="interruptions")

    from_on = fields.day("From", sdtm="SUPPPR.RTINTST")
    to_on = fields.day("To", sdtm="SUPPPR.RTINTEN", when=is_over)
    reason = fields.choice("Reason", codes.StopReason, sdtm="SUPPPR.RTINTRS")
    missed = fields.count("Fractions missed", between=(0, 45), sdtm="SUPPPR.RTINTMS", when=is_over)
    compensated = fields.yes_no("Compensated", sdtm="SUPPPR.RTINTCP", when=is_over)

    sections = (Section("Interruption", ("from_on", "to_on", "reason", "missed", "compensated")),)

    class Meta(RowOfCourse.Meta):
        constraints = [
            *RowOfCourse.Meta.constraints,
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(from_on=None) | Q(to_on__gte=models.F("from_on")),
                name="interruption_ends_after_start",
                violation_error_message=gettext_lazy("The interruption ends before it starts. Check both dates."),
            ),
        ]


class TargetVolume(RowOfCourse):
    """A target volume and its prescription (crf_spec 2.15, RTV)."""

    name_letter = "V"
    may_be_missing = (
        "gtv_cm3", "ctv_cm3", "ptv_cm3", "ctv_margin_mm", "ptv_margin_mm", "prescribed_gy", "prescribed_fractions", "isodose_percent",
        "ptv_d95_gy", "decided_on",
    )  # fmt: skip

    course = models.ForeignKey(RadiotherapyCourse, models.PROTECT, related_name="volumes")
    code = models.CharField("volume", max_length=4, blank=True, default="", editable=False, db_comment="SUPPPR.RTVID")

    lesions = fields.codes("Lesions covered", sdtm="SUPPPR.RTLES", when=lambda v: v.elective_only != "Y")
    elective_only = fields.yes_no("Elective volume without a lesion", sdtm="SUPPPR.RTELECT", optional=True)
    location = fields.choice("Body site", codes.BodySite, sdtm="PR.PRLOC")
    vertebra = fields.choice("Vertebra (of several: the highest)", codes.Vertebra, sdtm="SUPPPR.PRVERTEB", when=is_vertebral)
    lowest_vertebra = fields.choice("Of several vertebrae: the lowest", codes.Vertebra, sdtm="SUPPPR.PRVERTLO", optional=True)
    laterality = fields.choice("Side", Laterality, sdtm="PR.PRLAT", optional=True)
    technique = fields.choice("Technique", codes.Technique, sdtm="SUPPPR.PRTECH")
    stereotactic = fields.yes_no("Stereotactic", sdtm="SUPPPR.RTSTEREO")
    gtv_cm3 = fields.amount("GTV", digits=7, places=2, between=(0, 20_000), unit="cm³", sdtm="SUPPPR.GTVV")
    ctv_cm3 = fields.amount(
        "CTV", digits=7, places=2, between=(0, 20_000), unit="cm³", sdtm="SUPPPR.CTVV", when=lambda v: v.stereotactic != "Y"
    )
    ptv_cm3 = fields.amount("PTV", digits=7, places=2, between=(0, 20_000), unit="cm³", sdtm="SUPPPR.PTVV")
    ctv_margin_mm = fields.amount(
        "CTV margin", digits=3, places=1, between=(0, 50), unit="mm", sdtm="SUPPPR.CTVM", when=lambda v: v.stereotactic != "Y"
    )
    ptv_margin_mm = fields.amount("PTV margin", digits=3, places=1, between=(0, 50), unit="mm", sdtm="SUPPPR.PTVM")
    prescribed_gy = fields.amount("Prescribed dose", digits=5, places=2, between=(1, 100), unit="Gy", sdtm="SUPPPR.RTDPR")
    prescribed_fractions = fields.count("Prescribed fractions", between=(1, 45), sdtm="SUPPPR.RTFPR")
    isodose_percent = fields.count(
        "Prescription isodose", between=(50, 100), unit="%", sdtm="SUPPPR.RTPRISO", when=lambda v: v.stereotactic == "Y"
    )
    ptv_d95_gy = fields.amount("PTV D95", digits=5, places=2, between=(0, 150), unit="Gy", sdtm="SUPPPR.PTVD95")

    stop_reason = fields.choice("Reason why this volume was stopped or not started", codes.StopReason, sdtm="SUPPPR.RTVRSN", optional=True)
    decided_on = fields.day("Date of that decision", sdtm="SUPPPR.RTVRSNDT", when=was_stopped)

    dose_per_fraction_gy = fields.derived("Dose per fraction", unit="Gy", places=2)
    bed10_gy = fields.derived("BED, tumor, prescribed", unit="Gy", places=2)
    eqd2_10_gy = fields.derived("EQD2, tumor, prescribed", unit="Gy", places=2)
    eqd2_3_gy = fields.derived("EQD2, late effects, prescribed", unit="Gy", places=2)
    delivered_gy = fields.derived("Delivered", unit="Gy", places=2)
    delivered_fractions = fields.derived("Delivered", unit="fractions")
    delivered_bed10_gy = fields.derived("BED, tumor, delivered", unit="Gy", places=2)
    delivered_eqd2_10_gy = fields.derived("EQD2, tumor, delivered", unit="Gy", places=2)
    delivered_eqd2_3_gy = fields.derived("EQD2, late effects, delivered", unit="Gy", places=2)
    coverage = fields.derived("Covered", words=codes.COVERAGE)

    sections = (
        Section(
            "Target",
            ("lesions", "elective_only", "location", "vertebra", "lowest_vertebra", "laterality", "technique", "stereotactic"),
        ),
        Section("Volumes", ("gtv_cm3", "ctv_cm3", "ptv_cm3", "ctv_margin_mm", "ptv_margin_mm")),
        Section("Prescription", ("prescribed_gy", "prescribed_fractions", "isodose_percent", "ptv_d95_gy")),
        Section("Only where it differs from the course", ("stop_reason", "decided_on")),
    )

    class Meta(RowOfCourse.Meta):
        verbose_name = "target volume"
        constraints = [
            *RowOfCourse.Meta.constraints,
            models.UniqueConstraint(fields=["course", "code"], condition=~Q(code=""), name="one_volume_of_a_code"),
            models.CheckConstraint(
                condition=~Q(code=""),
                name="volume_has_its_code",
                violation_error_message=gettext_lazy("A target volume gets its code when it is stored. Store volumes one by one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({', '.join(self.lesions) or 'elective'})"

    @classmethod
    def fixed(cls) -> list[str]:
        return [*super().fixed(), "code"]

    @classmethod
    def bookkeeping(cls) -> set[str]:
        return super().bookkeeping() | {"code"}

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the volume. It gets its code the first time: V1, V2 …"""
        if not self.code:
            self.code = next(TargetVolume.free_names(self.course))
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Sort the codes of the lesions, in capitals. Refuse one that the subject never had, and vertebrae in the wrong order."""
        super().clean()
        self.lesions = sorted({code.strip().upper() for code in self.lesions if code.strip()})
        if self.lesions:
            self._refuse_unknown_lesions()
        if self.vertebra and self.lowest_vertebra and codes.level_of(self.vertebra) > codes.level_of(self.lowest_vertebra):
            sentence = _("{vertebra} lies below {lowest}: have the highest and the lowest vertebra been exchanged?")
            facts = {"vertebra": self.get_vertebra_display(), "lowest": self.get_lowest_vertebra_display()}
            raise impossible(Code.IMPOSSIBLE, item="lowest_vertebra", sentence=sentence.format(**facts))

    def _refuse_unknown_lesions(self) -> None:
        """Refuse codes of no lesion. One whose lesion was withdrawn keeps the form from being complete, no more."""
        standing = {lesion.code for lesion in self.course.casebook.records(Lesion)}
        if standing.issuperset(self.lesions):
            return
        lesion_codes = self.course.codes_of_lesions
        if unknown := sorted(set(self.lesions) - set(lesion_codes)):
            sentence = _("The subject has no lesion {unknown}, but {lesions}. Choose among these, or enter the lesion first.")
            lesions = ", ".join(lesion_codes) or _("none yet")
            sentence = sentence.format(unknown=", ".join(unknown), lesions=lesions)
            raise impossible(Code.IMPOSSIBLE, item="lesions", sentence=sentence)

    def fractions_delivered(self) -> "list[Fraction]":
        """Return the fractions of the volume that were delivered."""
        fractions = self.course.rows(Fraction)
        return [fraction for fraction in fractions if self.pk and fraction.volume_id == self.pk and was_delivered(fraction)]

    @property
    def has_ended(self) -> bool:
        """True once the volume gets no further fraction, while the course may go on for others."""
        return self.course.has_ended or was_stopped(self)


class Fraction(RowOfCourse):
    """One fraction of one volume (crf_spec 2.15, RTF). One that was not delivered may have the day it was planned for."""

    may_be_missing = ("given_on", "dose_gy")

    course = models.ForeignKey(RadiotherapyCourse, models.PROTECT, related_name="fractions")

    volume = fields.reference("Volume", TargetVolume, sdtm="SUPPPR.RTVID")
    number = fields.count("Fraction", between=(1, 90), sdtm="SUPPPR.RTFNUM")
    given_on = fields.day("Date", sdtm="PR.PRSTDTC", when=was_delivered)
    delivered = fields.yes_no("Delivered", sdtm="PR.PROCCUR")
    dose_gy = fields.amount("Dose", digits=4, places=2, between=(0, 40), unit="Gy", sdtm="PR.PRDOSE", when=was_delivered)
    missed_reason = fields.choice("Why missed", codes.MissedReason, sdtm="PR.PRREASOC", when=lambda f: f.delivered == "N")
    second_of_day = fields.yes_no("Second fraction of the day (6 h or more apart)", sdtm="SUPPPR.RTBID", optional=True)

    sections = (Section("Fraction", ("volume", "number", "given_on", "delivered", "dose_gy", "missed_reason", "second_of_day")),)

    class Meta(RowOfCourse.Meta):
        constraints = [
            *RowOfCourse.Meta.constraints,
            OnceAmongRows(
                fields=["volume", "given_on"],
                condition=Q(withdrawn_at=None, delivered="Y") & ~Q(second_of_day="Y"),
                name="one_fraction_of_a_day",
                violation_error_message=gettext_lazy(
                    "This volume already has a fraction on this day. Mark the second one as such, or check the date."
                ),
            ),
            OnceAmongRows(
                fields=["volume", "number"],
                condition=Q(withdrawn_at=None),
                name="one_fraction_of_a_number",
                violation_error_message=gettext_lazy("This volume already has a fraction of this number."),
            ),
            models.CheckConstraint(
                condition=~Q(delivered="N") | Q(dose_gy=None),
                name="no_dose_unless_delivered",
                violation_error_message=gettext_lazy("A fraction that was not delivered has no dose."),
            ),
        ]

    def clean(self) -> None:
        """Refuse a volume of another course, and a delivery on a day outside the course."""
        super().clean()
        course = self.course
        if self.volume and self.volume.course_id != course.pk:
            sentence = _("This volume belongs to another course.")
            raise impossible(Code.IMPOSSIBLE, item="volume", sentence=sentence)
        if not self.given_on or not was_delivered(self):
            return
        if course.started_on and self.given_on < course.started_on:
            sentence = _("The course started on {day}; a fraction cannot be earlier.").format(day=course.started_on)
            raise impossible(Code.IMPOSSIBLE, item="given_on", sentence=sentence)
        if course.ended_on and self.given_on > course.ended_on:
            sentence = _("The course ended on {day}; a fraction cannot be later.").format(day=course.ended_on)
            raise impossible(Code.IMPOSSIBLE, item="given_on", sentence=sentence)
