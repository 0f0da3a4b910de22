"""The assessment of response at one time point, with its rows (crf_spec 2.16)."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from trial import fields
from trial.models import OnceAmongRows, Problem, Record, Row, Section, Visit
from trial.protocol.response.recist import Response

from crf.models.codes.lists import codelist, labeled
from crf.models.codes.response import DISCORDANCE, NEW_LESIONS, NO_DOUBT, RESPONSES, FollowedGrowth, Growth, LocalStatus, Piece

from .lesion import SLICED, Laterality, Lesion, LesionClass, Method, Site, refuse_node_in_another_organ
from .response_checks import is_baseline, lesion_problems, refuse_entered_twice

ENTERED_TWICE = gettext_lazy("This lesion is entered twice. Withdraw one of the two rows.")
TARGET_TWICE = gettext_lazy("This lesion is entered twice. If it has split, give each piece a letter of its own.")


class ResponseAssessment(Record):
    """Tumor assessment at one time point, and the investigator's own response (crf_spec 2.16; CDASH TU, TR, RS)."""

    class Evaluator(models.TextChoices):
        """The role of the person who assesses (TUEVAL, C78735)."""

        INVESTIGATOR = "INVESTIGATOR", "Investigator"
        CENTRAL = "INDEPENDENT ASSESSOR", "Independent assessor"

    Target = codelist("Target", labeled(Response.CR, Response.PR, Response.SD, Response.PD, Response.NE, Response.NA))
    NonTarget = codelist("NonTarget", labeled(Response.CR, Response.NON_CR_NON_PD, Response.PD, Response.NE, Response.NA))
    Overall = codelist(
        "Overall", labeled(Response.CR, Response.PR, Response.SD, Response.NON_CR_NON_PD, Response.PD, Response.NE, Response.NED)
    )

    class ProgressionMode(models.TextChoices):
        TARGET = "TARGET", "Target lesions"
        NONTARGET = "NONTARGET", "Non-target lesions"
        NEW = "NEW", "New lesion"
        CLINICAL = "CLINICAL", "Clinical, without imaging"

    moves_the_schedule = True

    unscheduled_reason = fields.text("Why unscheduled", sdtm="SUPPTU.TAUNSRS", when=lambda a: a.visit.is_unscheduled)
    evaluator = fields.choice("Evaluator", Evaluator, sdtm="RS.RSEVAL")
    reader = fields.text("Reader (code, no name)", longest=20, sdtm="RS.RSEVALID", optional=True)
    investigator_target = fields.choice("Target response", Target, sdtm="RS.INVTRG")
    investigator_non_target = fields.choice("Non-target response", NonTarget, sdtm="RS.INVNTRG")
    investigator_overall = fields.choice("Overall response", Overall, sdtm="RS.INVOVR")
    investigator_on = fields.day("Assessed on", sdtm="RS.RSDTC")
    progression_mode = fields.choice(
        "Progression shown by", ProgressionMode, sdtm="SUPPRS.PDMODE", when=lambda a: a.investigator_overall == Response.PD
    )

    clinically_stable = fields.yes_no("If progression under immunotherapy: clinically stable", sdtm="SUPPRS.CLINSTAB", optional=True)

    sum_mm = fields.derived("Sum of diameters", unit="mm")
    baseline_mm = fields.derived("Sum at baseline (BL0)", unit="mm")
    bl1_mm = fields.derived("Sum at randomization (BL1)", unit="mm")
    nadir_mm = fields.derived("Smallest sum before (nadir)", unit="mm")
    change_from_baseline_percent = fields.derived("Change from baseline", unit="%", places=1)
    change_from_bl1_percent = fields.derived("Change from BL1", unit="%", places=1)
    change_from_nadir_percent = fields.derived("Change from nadir", unit="%", places=1)
    change_from_nadir_mm = fields.derived("Change from nadir", unit="mm")
    target = fields.derived("Target response", words=RESPONSES)
    non_target = fields.derived("Non-target response", words=RESPONSES)
    new_lesion = fields.derived("New lesion", words=NEW_LESIONS)
    overall = fields.derived("Overall response (RECIST 1.1)", words=RESPONSES)
    discordance = fields.derived("Against the investigator's overall response", words=DISCORDANCE)
    doubts = fields.derived("To be checked", words={NO_DOUBT: "nothing"})

    sections = (
        Section("Assessment", ("unscheduled_reason", "evaluator", "reader")),
        Section(
            "The investigator's own response",
            (
                "investigator_target", "investigator_non_target", "investigator_overall", "investigator_on", "progression_mode",
                "clinically_stable",
            ),
        ),
    )  # fmt: skip

    class Meta(Record.Meta):
        verbose_name = "response assessment"

    @classmethod
    def prefilled(cls, visit: Visit) -> dict[str, Any]:
        return {"evaluator": cls.Evaluator.INVESTIGATOR}

    @classmethod
    def prefilled_rows(cls, visit: Visit) -> dict[type[Row], list[dict[str, Any]]]:
        """Return a row for each baseline lesion, so that none is forgotten."""
        lesions = list(Lesion.objects.of(visit.subject).order_by("code"))
        return {
            TargetMeasurement: [{"lesion": lesion.pk} for lesion in lesions if is_baseline(lesion, Lesion.Role.TARGET)],
            NonTargetFinding: [{"lesion": lesion.pk} for lesion in lesions if is_baseline(lesion, Lesion.Role.NON_TARGET)],
        }

    @classmethod
    def choices_for(cls, item: str, visit: Visit, record: Record | None) -> models.QuerySet[Any] | None:
        """Return the lesions that an item may name: all, the targets, or the new ones that are followed."""
        lesions = Lesion.objects.of(visit.subject).order_by("code")
        targets = lesions.filter(first_seen=Lesion.FirstSeen.BL0, role=Lesion.Role.TARGET)
        return {"lesion": lesions, "merged_with": targets, "followed": lesions.filter(first_seen=Lesion.FirstSeen.POST)}.get(item)

    @classmethod
    def choices_at_hand(cls, item: str, visit: Visit, record: Record | None) -> Sequence[Any] | None:
        """Return the same lesions from the casebook, without a query of their own."""
        if item not in ("lesion", "merged_with", "followed") or record is None:
            return super().choices_at_hand(item, visit, record)
        lesions = sorted(record.casebook.records(Lesion), key=lambda lesion: lesion.code)
        targets = [lesion for lesion in lesions if is_baseline(lesion, Lesion.Role.TARGET)]
        later = [lesion for lesion in lesions if lesion.first_seen == Lesion.FirstSeen.POST]
        return {"lesion": lesions, "merged_with": targets, "followed": later}[item]

    @property
    def first_scan_on(self) -> date | None:
        """The day of the first scan."""
        return min((scan.scanned_on for scan in self.rows(Scan) if scan.scanned_on), default=None)

    @property
    def last_scan_on(self) -> date | None:
        """The day of the last scan."""
        return max((scan.scanned_on for scan in self.rows(Scan) if scan.scanned_on), default=None)

    def inconsistencies(self) -> Iterator[Problem]:
        """Yield what keeps the form from being complete: scans, descriptions too short."""
        if not self.rows(Scan):
            yield "", _("No scan is entered. Add a row for each scan.")
        yield from lesion_problems(self, TargetMeasurement, NonTargetFinding)

    def clean(self) -> None:
        """Refuse a lesion that is entered twice, but for pieces of a target that has split."""
        super().clean()
        refuse_entered_twice(self, TargetMeasurement, NewLesion)


class Scan(Row):
    """One examination of the assessment."""

    class Region(models.TextChoices):
        CHEST = "CHEST", "Chest"
        ABDOMEN = "ABDOMEN", "Abdomen"
        PELVIS = "PELVIS", "Pelvis"
        BRAIN = "BRAIN", "Brain"
        BONE = "BONE", "Bone"

    class Quality(models.TextChoices):
        GOOD = "GOOD", "Good"
        ACCEPTABLE = "ACCEPTABLE", "Acceptable"
        POOR = "POOR", "Poor"

    parent = "assessment"
    path_to_site = "assessment__visit__subject__site"
    path_to_subject = "assessment__visit__subject"

    assessment = models.ForeignKey(ResponseAssessment, models.PROTECT, related_name="scans")

    method = fields.choice("Method", Method, sdtm="TU.TUMETHOD")
    regions = fields.codes("Regions", Region, sdtm="TU.TULOC")
    scanned_on = fields.day("Date", sdtm="TU.TUDTC")
    contrast = fields.yes_no("Contrast", sdtm="SUPPTU.TUCONTR")
    slice_mm = fields.amount(
        "Slice thickness", digits=3, places=1, between=("0.1", 50), unit="mm", sdtm="SUPPTU.TUSLICE", when=lambda s: s.method in SLICED
    )
    quality = fields.choice("Quality", Quality, sdtm="SUPPTU.TUQUAL")

    sections = (Section("Scan", ("method", "regions", "scanned_on", "contrast", "slice_mm", "quality")),)


class TargetMeasurement(Row):
    """A target lesion at this time point."""

    class State(models.TextChoices):
        MEASURED = "MEASURED", "Measured"
        TOO_SMALL = "TOO_SMALL", "Too small to measure"
        ABSENT = "ABSENT", "Absent"
        NOT_EVALUABLE = "NOT_EVALUABLE", "Not evaluable"
        MERGED = "MERGED", "Merged with another target, measured there"

    parent = "assessment"
    path_to_site = "assessment__visit__subject__site"
    path_to_subject = "assessment__visit__subject"

    assessment = models.ForeignKey(ResponseAssessment, models.PROTECT, related_name="targets")

    lesion = fields.reference("Target lesion", Lesion, sdtm="TR.TRLNKID")
    piece = fields.choice("If it has split: piece", Piece, sdtm="TU.TUSPLIT", optional=True)
    state = fields.choice("State", State, sdtm="TR.TUMSTATE")
    size_mm = fields.amount(
        "Diameter (node: short axis)", digits=4, places=1, between=("0.1", 400), unit="mm", sdtm="TR.TRORRES",
        when=lambda m: m.state == TargetMeasurement.State.MEASURED,
    )  # fmt: skip
    merged_with = fields.reference(
        "If it has merged: measured with", Lesion, sdtm="TU.TUMERGE", when=lambda m: m.state == TargetMeasurement.State.MERGED
    )
    reason = fields.text("Why not evaluable", sdtm="TR.TRREASND", when=lambda m: m.state == TargetMeasurement.State.NOT_EVALUABLE)
    local_status = fields.choice("If irradiated: local status", LocalStatus, sdtm="SUPPTR.LOCSTAT", optional=True)

    sections = (Section("Target lesion", ("lesion", "piece", "state", "size_mm", "merged_with", "reason", "local_status")),)

    class Meta(Row.Meta):
        verbose_name = "target lesion"
        constraints = [
            *Row.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(state__in=["ABSENT", "NOT_EVALUABLE", "MERGED"]) | Q(size_mm=None),
                name="no_size_of_what_is_not_measured",
                violation_error_message=gettext_lazy(
                    "A lesion that is absent, not evaluable or measured with another one has no diameter."
                ),
            ),
            OnceAmongRows(
                fields=["assessment", "lesion", "piece"],
                condition=Q(withdrawn_at=None),
                name="target_assessed_once",
                violation_error_message=TARGET_TWICE,
            ),
        ]


class NonTargetFinding(Row):
    """A non-target lesion at this time point."""

    class State(models.TextChoices):
        PRESENT = "PRESENT", "Present (node: pathological)"
        ABSENT = "ABSENT", "Absent (node: not pathological)"
        UNEQUIVOCAL = "UNEQUIVOCAL", "Unequivocal progression"
        NE = "NE", "Not evaluable"

    parent = "assessment"
    path_to_site = "assessment__visit__subject__site"
    path_to_subject = "assessment__visit__subject"

    assessment = models.ForeignKey(ResponseAssessment, models.PROTECT, related_name="non_targets")

    lesion = fields.reference("Non-target lesion", Lesion, sdtm="TR.TRLNKID")
    state = fields.choice("State", State, sdtm="TR.TUMSTATE")
    growth = fields.choice("Compared with the time point before (iRECIST)", Growth, sdtm="SUPPTR.TRGROW", optional=True)
    local_status = fields.choice("If irradiated: local status", LocalStatus, sdtm="SUPPTR.LOCSTAT", optional=True)
    narrative = fields.text("Description", longest=1000, sdtm="SUPPTR.TRNARR", when=lambda f: f.state in (f.State.UNEQUIVOCAL, f.State.NE))

    sections = (Section("Non-target lesion", ("lesion", "state", "growth", "local_status", "narrative")),)

    class Meta(Row.Meta):
        verbose_name = "non-target lesion"
        constraints = [
            *Row.Meta.constraints,
            OnceAmongRows(
                fields=["assessment", "lesion"],
                condition=Q(withdrawn_at=None),
                name="non_target_assessed_once",
                violation_error_message=ENTERED_TWICE,
            ),
        ]


class NewLesion(Row):
    """A lesion that was not there at baseline. Followed as a lesion of its own, it is the same one at each time point."""

    class Certainty(models.TextChoices):
        """The certainty that a lesion is new (NEWLPROG)."""

        EQUIVOCAL = "EQUIVOCAL", "Equivocal"
        UNEQUIVOCAL = "UNEQUIVOCAL", "Unequivocal"

    parent = "assessment"
    path_to_site = "assessment__visit__subject__site"
    path_to_subject = "assessment__visit__subject"

    assessment = models.ForeignKey(ResponseAssessment, models.PROTECT, related_name="new_lesions")

    lesion_class = fields.choice("Class", LesionClass, sdtm="SUPPTU.LESCLASS")
    organ = fields.choice("Organ", Site, sdtm="TU.TULOC")
    organ_detail = fields.text("Detail", sdtm="SUPPTU.TULOCDTL", optional=True)
    laterality = fields.choice("Side", Laterality, sdtm="TU.TULAT", optional=True)
    certainty = fields.choice("Certainty", Certainty, sdtm="RS.NEWLPROG")
    size_mm = fields.amount("Size", digits=4, places=1, between=("0.1", 400), unit="mm", sdtm="TR.TRORRES", optional=True)
    in_field = fields.yes_no("In the radiotherapy field", sdtm="SUPPTU.INFIELD")
    followed = fields.reference("Followed as lesion (N01 …)", Lesion, sdtm="TU.TULNKID", optional=True)
    growth = fields.choice("If followed: compared with the time point before", FollowedGrowth, sdtm="SUPPTR.TRGROW", optional=True)

    sections = (
        Section(
            "New lesion",
            ("lesion_class", "organ", "organ_detail", "laterality", "certainty", "size_mm", "in_field", "followed", "growth"),
        ),
    )

    class Meta(Row.Meta):
        verbose_name = "new lesion"

    def clean(self) -> None:
        """Refuse a lymph node in another organ."""
        super().clean()
        refuse_node_in_another_organ(self)
