"""Courses of radiotherapy (crf_spec 2.15). Their rows are in radiotherapy_rows.py."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from trial import fields
from trial.models import Problem, Record, Section, Visit
from trial.protocol.radiotherapy import biological_dose
from trial.protocol.radiotherapy import coverage as coverage_rules

from .codes import radiotherapy as codes
from .lesion import Lesion

NY = {"Y": True, "N": False}


def was_planned(course: "RadiotherapyCourse") -> bool:
    """Return whether the course asks for its plan: not where it was decided against, maybe before simulation."""
    return course.status != codes.Status.NOT_STARTED


class RadiotherapyCourse(Record):
    """A course of radiotherapy (crf_spec 2.15, RTC; mCODE Radiotherapy Course Summary)."""

    several = True
    moves_the_schedule = True

    study = fields.yes_no("Radiotherapy of the study (no: outside the protocol)", sdtm="SUPPPR.RTSTUDY", when=was_planned)
    intent = fields.choice("Intent", codes.Intent, sdtm="PR.PRTRTINT")
    status = fields.choice("Status", codes.Status, sdtm="SUPPPR.RTSTAT")
    started_on = fields.day("Started", sdtm="PR.PRSTDTC", when=lambda c: c.status in codes.STARTED)
    ended_on = fields.day("Ended", sdtm="PR.PRENDTC", when=lambda c: c.status in codes.ENDED)
    stop_reason = fields.choice(
        "Reason why stopped or not started", codes.StopReason, sdtm="SUPPPR.RTRSN", when=lambda c: c.status in codes.FELL_SHORT
    )
    decided_on = fields.day(
        "Date of the decision to stop or not to start", sdtm="SUPPPR.RTRSNDT", when=lambda c: c.status in codes.FELL_SHORT
    )

    simulated_on = fields.day("Simulation", sdtm="SUPPPR.RTSIMDAT", when=was_planned)
    four_dimensional = fields.yes_no("4D-CT", sdtm="SUPPPR.RT4D", optional=True)
    immobilization = fields.text("Immobilization", sdtm="SUPPPR.RTIMMOB", optional=True)
    modality = fields.choice("Modality", codes.Modality, sdtm="SUPPPR.RTMODAL", when=was_planned)
    guidance = fields.choice("Image guidance", codes.Guidance, sdtm="SUPPPR.RTIGRT", when=was_planned)
    planned_start_on = fields.day("Planned start", sdtm="SUPPPR.RTPLSTDT", planned=True, when=was_planned)
    uniform = fields.yes_no("All fractions of a volume have the same dose", sdtm="SUPPPR.RTUNIF", when=was_planned)
    plan_review = fields.choice("Plan reviewed", codes.Review, sdtm="SUPPPR.RTQA", optional=True)
    replanned = fields.yes_no("Planned again", sdtm="SUPPPR.RTREPL", when=was_planned)
    replanned_on = fields.day("Planned again on", sdtm="SUPPPR.RTREPLDT", when=lambda c: c.replanned == "Y")
    replanned_reason = fields.text("Why planned again", sdtm="SUPPPR.RTREPLRS", when=lambda c: c.replanned == "Y")

    systemic = fields.choice("Systemic therapy during radiotherapy", codes.Concurrent, sdtm="SUPPPR.RTCONC", when=was_planned)
    held_days = fields.text("Held: days before and after", sdtm="SUPPPR.RTHELD", when=lambda c: c.systemic == codes.Concurrent.HELD)

    coverage = fields.derived("Volumes covered")
    lesions_covered = fields.derived("Lesions of this course")
    all_covered = fields.derived("All lesions to be irradiated", words=codes.ALL_LESIONS)

    sections = (
        Section("Course", ("study", "intent", "status", "started_on", "ended_on", "stop_reason", "decided_on")),
        Section(
            "Plan",
            (
                "simulated_on", "four_dimensional", "immobilization", "modality", "guidance", "planned_start_on", "uniform",
                "plan_review", "replanned", "replanned_on", "replanned_reason",
            ),
        ),
        Section("With systemic therapy", ("systemic", "held_days")),
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
        """Return the volumes that a fraction may name by their keys: those of the course that are stored already."""
        if item != "volume":
            return None
        if record is None:
            return cls.group_named("volumes").objects.none()
        return cls.group_named("volumes").objects.standing().filter(course=record)

    @classmethod
    def choices_at_hand(cls, item: str, visit: Visit, record: Record | None) -> Sequence[Any] | None:
        """Return the same volumes as the record has read them."""
        if item != "volume" or record is None:
            return super().choices_at_hand(item, visit, record)
        return record.rows(cls.group_named("volumes"))

    @classmethod
    def codes_at_hand(cls, item: str, visit: Visit, record: Record | None) -> Sequence[tuple[str, str]] | None:
        """Return the subject's lesions, and each code of a stored volume whose lesion was withdrawn since."""
        if item != "lesions":
            return None
        lesions = {lesion.code: str(lesion) for lesion in Lesion.objects.of(visit.subject).order_by("code")}
        stored = {code for volume in (record.rows(cls.group_named("volumes")) if record else ()) for code in volume.lesions}
        return [*lesions.items(), *((code, _("{lesion} (withdrawn)").format(lesion=code)) for code in sorted(stored - set(lesions)))]

    @cached_property
    def codes_of_lesions(self) -> list[str]:
        """The codes of all lesions that the subject has or had, also of withdrawn ones; read once for all volumes of a save."""
        return sorted(Lesion.objects.filter(visit__subject=self.subject).values_list("code", flat=True))

    @property
    def volumes_now(self) -> Sequence[Any]:
        """The volumes that the course has, or will have once it is stored."""
        return self.rows(self.group_named("volumes"))

    @property
    def fractions_now(self) -> Sequence[Any]:
        """The fractions that the course has, or will have once it is stored."""
        return self.rows(self.group_named("fractions"))

    @property
    def has_ended(self) -> bool:
        """True once no further fraction will be given."""
        return self.status in codes.ENDED | codes.FELL_SHORT

    @property
    def is_of_study(self) -> bool:
        """True for the radiotherapy of the study (crf_spec 2.15, STUDY)."""
        return coverage_rules.is_of_study(NY.get(self.study), palliative=self.is_palliative)

    @property
    def counts_for_coverage(self) -> bool:
        """True where its fractions count for the coverage of lesions: those of the study, but palliative ones."""
        return coverage_rules.counts(NY.get(self.study), palliative=self.is_palliative)

    @property
    def is_palliative(self) -> bool:
        """True where the intent is palliative."""
        return self.intent == codes.Intent.PALLIATIVE

    def inconsistencies(self) -> Iterator[Problem]:
        """Yield what keeps the form from being complete: volumes, the sum of their fractions."""
        volumes = self.volumes_now
        if not volumes and self.status != codes.Status.NOT_STARTED:
            yield "", _("No target volume is entered. Add at least one.")
        for volume in volumes:
            label = volume.code or _("new")
            if self.uniform == "Y" and not is_uniform(volume):
                sentence = _("Volume {volume}: its fractions do not add up to the prescribed dose (±0.1 Gy).")
                yield "", sentence.format(volume=label)
        yield from self._status_against_fractions()

    def _status_against_fractions(self) -> Iterator[Problem]:
        """Yield a course whose status contradicts its days and its delivered fractions."""
        delivered = [fraction for fraction in self.fractions_now if fraction.delivered == "Y"]
        if self.status == codes.Status.COMPLETED and not delivered:
            sentence = _("The course is completed, but no delivered fraction is entered. Enter the fractions, or correct the status.")
            yield "status", sentence
        is_begun = bool(delivered or self.started_on)
        if self.status == codes.Status.NOT_STARTED and is_begun:
            sentence = _("The course was not started, but its start or a delivered fraction is entered. Correct the status, or these.")
            yield "status", sentence
        if self.status == codes.Status.PLANNED and is_begun:
            sentence = _("The course is only planned, but its start or a delivered fraction is entered. Correct the status, or these.")
            yield "status", sentence
        if self.status not in codes.ENDED and self.ended_on:
            yield "status", _("The course has not ended by its status, but its end is entered. Correct the status, or delete the date.")


def is_uniform(volume: Any) -> bool:
    """Return whether the delivered fractions of a volume are the prescribed ones, as far as they go (±0.1 Gy)."""
    if not volume.prescribed_gy or not volume.prescribed_fractions:
        return True
    dose_gy = biological_dose.dose_per_fraction_gy(volume.prescribed_gy, volume.prescribed_fractions)
    fractions = volume.fractions_delivered()
    delivered_gy = sum((fraction.dose_gy for fraction in fractions if fraction.dose_gy), Decimal(0))
    return abs(delivered_gy - dose_gy * len(fractions)) <= Decimal("0.1")
