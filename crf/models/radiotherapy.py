"""Courses of radiotherapy, with their interruptions, volumes and fractions (crf_spec 2.15)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from trial import fields
from trial.models import OnceAmongRows, Problem, Record, Row, Section, Visit
from trial.protocol.radiotherapy import biological_dose
from trial.refusals import Code, impossible

from . import radiotherapy_codes as codes
from .lesion import Laterality, Site


class RadiotherapyCourse(Record):
    """A course of radiotherapy (crf_spec 2.15, RTC; mCODE Radiotherapy Course Summary)."""

    several = True
    moves_the_schedule = True

    intent = fields.choice("Intent", codes.Intent, sdtm="PR.PRTRTINT")
    simulated_on = fields.day("Simulation", sdtm="SUPPPR.RTSIMDAT")
    four_dimensional = fields.yes_no("4D-CT", sdtm="SUPPPR.RT4D", optional=True)
    immobilization = fields.text("Immobilization", sdtm="SUPPPR.RTIMMOB", optional=True)
    modality = fields.choice("Modality", codes.Modality, sdtm="SUPPPR.RTMODAL")
    guidance = fields.choice("Image guidance", codes.Guidance, sdtm="SUPPPR.RTIGRT")
    planned_start_on = fields.day("Planned start", sdtm="SUPPPR.RTPLSTDT", planned=True)
    systemic = fields.choice("Systemic therapy during radiotherapy", codes.Concurrent, sdtm="SUPPPR.RTCONC")
    held_days = fields.text("Held: days before and after", sdtm="SUPPPR.RTHELD", when=lambda c: c.systemic == codes.Concurrent.HELD)
    uniform = fields.yes_no("All fractions of a volume have the same dose", sdtm="SUPPPR.RTUNIF")
    plan_review = fields.choice("Plan reviewed", codes.Review, sdtm="SUPPPR.RTQA", optional=True)

    status = fields.choice("Status", codes.Status, sdtm="SUPPPR.RTSTAT")
    started_on = fields.day("Started", sdtm="PR.PRSTDTC", when=lambda c: c.status in codes.STARTED)
    ended_on = fields.day("Ended", sdtm="PR.PRENDTC", when=lambda c: c.status in codes.ENDED)
    stop_reason = fields.choice(
        "Reason why stopped or not started", codes.StopReason, sdtm="SUPPPR.RTRSN", when=lambda c: c.status in codes.FELL_SHORT
    )
    replanned = fields.yes_no("Planned again", sdtm="SUPPPR.RTREPL")
    replanned_on = fields.day("Planned again on", sdtm="SUPPPR.RTREPLDT", when=lambda c: c.replanned == "Y")
    replanned_reason = fields.text("Why planned again", sdtm="SUPPPR.RTREPLRS", when=lambda c: c.replanned == "Y")

    coverage = fields.derived("Volumes covered")
    lesions_covered = fields.derived("Lesions of this course")
    all_covered = fields.derived("All lesions to be irradiated", words=codes.ALL_LESIONS)

    sections = (
        Section(
            "Plan",
            (
                "intent", "simulated_on", "four_dimensional", "immobilization", "modality", "guidance", "planned_start_on",
                "uniform", "plan_review",
            ),
        ),
        Section("With systemic therapy", ("systemic", "held_days")),
        Section("Course", ("status", "started_on", "ended_on", "stop_reason", "replanned", "replanned_on", "replanned_reason")),
    )  # fmt: skip

    class Meta(Record.Meta):
        verbose_name = "radiotherapy course"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(started_on=None) | Q(ended_on__gte=models.F("started_on")),
                name="course_ends_after_start",
                violation_error_message=gettext_lazy("The course ends before it starts. Check both dates."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form_title()} of {self.visit}, {self.get_status_display().lower()}"

    @classmethod
    def choices_for(cls, item: str, visit: Visit, record: Record | None) -> models.QuerySet[Any] | None:
        """Return the volumes that a fraction may name: those of the course that are stored already."""
        if item != "volume":
            return None
        if record is None:
            return TargetVolume.objects.none()
        return TargetVolume.objects.standing().filter(course=record)

    @property
    def has_ended(self) -> bool:
        """True once no further fraction will be given."""
        return self.status in codes.ENDED | codes.FELL_SHORT

    def inconsistencies(self) -> Iterator[Problem]:
        """Yield what keeps the form from being complete: volumes, the sum of their fractions."""
        volumes = self.rows(TargetVolume)
        if not volumes and self.status != codes.Status.NOT_STARTED:
            yield "", _("No target volume is entered. Add at least one.")
        for volume in volumes:
            label = volume.code or _("new")
            if self.uniform == "Y" and not is_uniform(volume):
                sentence = _("Volume {volume}: its fractions do not add up to the prescribed dose (±0.1 Gy).")
                yield "", sentence.format(volume=label)


class Interruption(Row):
    """More than one planned treatment day without a fraction."""

    parent = "course"
    path_to_site = "course__visit__subject__site"
    path_to_subject = "course__visit__subject"

    course = models.ForeignKey(RadiotherapyCourse, models.PROTECT, related_name="interruptions")

    from_on = fields.day("From", sdtm="SUPPPR.RTINTST")
    to_on = fields.day("To", sdtm="SUPPPR.RTINTEN")
    reason = fields.choice("Reason", codes.StopReason, sdtm="SUPPPR.RTINTRS")
    missed = fields.count("Fractions missed", between=(0, 45), sdtm="SUPPPR.RTINTMS")
    compensated = fields.yes_no("Compensated", sdtm="SUPPPR.RTINTCP")

    sections = (Section("Interruption", ("from_on", "to_on", "reason", "missed", "compensated")),)

    class Meta(Row.Meta):
        constraints = [
            *Row.Meta.constraints,
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(from_on=None) | Q(to_on__gte=models.F("from_on")),
                name="interruption_ends_after_start",
                violation_error_message=gettext_lazy("The interruption ends before it starts. Check both dates."),
            ),
        ]


class TargetVolume(Row):
    """A target volume and its prescription (crf_spec 2.15, RTV)."""

    parent = "course"
    path_to_site = "course__visit__subject__site"
    path_to_subject = "course__visit__subject"

    course = models.ForeignKey(RadiotherapyCourse, models.PROTECT, related_name="volumes")
    code = models.CharField("volume", max_length=4, blank=True, default="", editable=False, db_comment="SUPPPR.RTVID")

    lesions = fields.codes("Lesions covered (L01, L02 …)", sdtm="SUPPPR.RTLES", when=lambda v: v.elective_only != "Y")
    elective_only = fields.yes_no("Elective volume without a lesion", sdtm="SUPPPR.RTELECT", optional=True)
    location = fields.choice("Body site", Site, sdtm="PR.PRLOC")
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
        Section("Target", ("lesions", "elective_only", "location", "laterality", "technique", "stereotactic")),
        Section("Volumes", ("gtv_cm3", "ctv_cm3", "ptv_cm3", "ctv_margin_mm", "ptv_margin_mm")),
        Section("Prescription", ("prescribed_gy", "prescribed_fractions", "isodose_percent", "ptv_d95_gy")),
    )

    class Meta(Row.Meta):
        verbose_name = "target volume"
        constraints = [
            *Row.Meta.constraints,
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
            self.code = f"V{TargetVolume.objects.filter(course=self.course).count() + 1}"
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Sort the codes of the lesions, in capitals."""
        super().clean()
        self.lesions = sorted({code.strip().upper() for code in self.lesions if code.strip()})


class Fraction(Row):
    """One fraction of one volume (crf_spec 2.15, RTF)."""

    parent = "course"
    path_to_site = "course__visit__subject__site"
    path_to_subject = "course__visit__subject"

    course = models.ForeignKey(RadiotherapyCourse, models.PROTECT, related_name="fractions")

    volume = fields.reference("Volume", TargetVolume, sdtm="SUPPPR.RTVID")
    number = fields.count("Fraction", between=(1, 90), sdtm="SUPPPR.RTFNUM")
    given_on = fields.day("Date", sdtm="PR.PRSTDTC")
    delivered = fields.yes_no("Delivered", sdtm="PR.PROCCUR")
    dose_gy = fields.amount("Dose", digits=4, places=2, between=(0, 40), unit="Gy", sdtm="PR.PRDOSE", when=lambda f: f.delivered == "Y")
    missed_reason = fields.choice("Reason missed", codes.MissedReason, sdtm="PR.PRREASOC", when=lambda f: f.delivered == "N")
    second_of_day = fields.yes_no("Second fraction of the day (6 h or more apart)", sdtm="SUPPPR.RTBID", optional=True)

    sections = (Section("Fraction", ("volume", "number", "given_on", "delivered", "dose_gy", "missed_reason", "second_of_day")),)

    class Meta(Row.Meta):
        constraints = [
            *Row.Meta.constraints,
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
        """Refuse a volume of another course, and a day outside the course."""
        super().clean()
        course = self.course
        if self.volume and self.volume.course_id != course.pk:
            sentence = _("This volume belongs to another course.")
            raise impossible(Code.IMPOSSIBLE, item="volume", sentence=sentence)
        if self.given_on and course.started_on and self.given_on < course.started_on:
            sentence = _("The course started on {day}; a fraction cannot be earlier.").format(day=course.started_on)
            raise impossible(Code.IMPOSSIBLE, item="given_on", sentence=sentence)
        if self.given_on and course.ended_on and self.given_on > course.ended_on:
            sentence = _("The course ended on {day}; a fraction cannot be later.").format(day=course.ended_on)
            raise impossible(Code.IMPOSSIBLE, item="given_on", sentence=sentence)


def fractions_delivered(volume: TargetVolume) -> list[Fraction]:
    """Return the fractions of a volume that were delivered."""
    fractions = volume.course.rows(Fraction)
    return [fraction for fraction in fractions if volume.pk and fraction.volume_id == volume.pk and fraction.delivered == "Y"]


def is_uniform(volume: TargetVolume) -> bool:
    """Return whether the delivered fractions are the prescribed ones, as far as they go (±0.1 Gy)."""
    if not volume.prescribed_gy or not volume.prescribed_fractions:
        return True
    dose_gy = biological_dose.dose_per_fraction_gy(volume.prescribed_gy, volume.prescribed_fractions)
    fractions = fractions_delivered(volume)
    delivered_gy = sum((fraction.dose_gy for fraction in fractions if fraction.dose_gy), Decimal(0))
    return abs(delivered_gy - dose_gy * len(fractions)) <= Decimal("0.1")
