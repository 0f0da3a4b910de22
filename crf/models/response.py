from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from trial import fields
from trial.models import OnceAmongRows, Problem, Record, Row, Section, Visit, parameters_on
from trial.protocol.response import recist

from .lesion import SLICED, Laterality, Lesion, LesionClass, Method, Site, is_node

WORDS = {
    "CR": "CR, complete response", "PR": "PR, partial response", "SD": "SD, stable disease", "PD": "PD, progressive disease",
    "NE": "NE, not evaluable", "NED": "NED, no disease at baseline", "NA": "none at baseline",
}  # fmt: skip
DISCORDANCE = {"NONE": "agrees", "MINOR": "minor discordance", "MAJOR": "major discordance"}
SHORTEST_NARRATIVE = 20
MUST_COVER = {"CHEST", "ABDOMEN", "PELVIS"}


def by_recist(name: str, label: str, **shown: Any) -> fields.Derived:
    """A value that RECIST derives, read like an item of the record."""
    return fields.derived(label, **shown)(lambda assessment: getattr(assessment.assessed(), name, None))


class Growth(models.TextChoices):
    """Of a lesion followed without being measured; iRECIST asks for it."""

    NONE = "NONE", "Not larger"
    SOME = "SOME", "Larger"
    UNEQUIVOCAL = "UNEQUIVOCAL", "Unequivocally larger"


class FollowedGrowth(models.TextChoices):
    """Of a new lesion; it may be gone again."""

    NONE = "NONE", "Not larger"
    SOME = "SOME", "Larger"
    UNEQUIVOCAL = "UNEQUIVOCAL", "Unequivocally larger"
    GONE = "GONE", "Gone"


class ResponseAssessment(Record):
    """Tumor assessment at one time point, and the investigator's own response (crf_spec 2.16; CDASH TU, TR, RS)."""

    class Evaluator(models.TextChoices):
        """TUEVAL (C78735)."""

        INVESTIGATOR = "INVESTIGATOR", "Investigator"
        CENTRAL = "INDEPENDENT ASSESSOR", "Independent assessor"

    Target = models.TextChoices("Target", {f"T{r}": (r, r) for r in ("CR", "PR", "SD", "PD", "NE", "NA")})
    NonTarget = models.TextChoices("NonTarget", {f"N{i}": (r, r) for i, r in enumerate(("CR", "NON-CR/NON-PD", "PD", "NE", "NA"))})
    Overall = models.TextChoices("Overall", {f"O{i}": (r, r) for i, r in enumerate(("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "NED"))})

    class ProgressionMode(models.TextChoices):
        TARGET = "TARGET", "Target lesions"
        NONTARGET = "NONTARGET", "Non-target lesions"
        NEW = "NEW", "New lesion"
        CLINICAL = "CLINICAL", "Clinical, without imaging"

    moves_the_schedule = True
    derived = (
        "sum_mm", "baseline_mm", "nadir_mm", "change_from_baseline_percent", "change_from_nadir_percent", "change_from_nadir_mm",
        "target", "non_target", "new_lesion", "overall", "discordance",
    )  # fmt: skip

    unscheduled_reason = fields.text("Why unscheduled", sdtm="SUPPTU.TAUNSRS", when=lambda a: a.visit.is_unscheduled)
    evaluator = fields.choice("Evaluator", Evaluator, sdtm="RS.RSEVAL")
    reader = fields.text("Reader (code, no name)", longest=20, sdtm="RS.RSEVALID", optional=True)
    investigator_target = fields.choice("Target response", Target, sdtm="RS.INVTRG")
    investigator_non_target = fields.choice("Non-target response", NonTarget, sdtm="RS.INVNTRG")
    investigator_overall = fields.choice("Overall response", Overall, sdtm="RS.INVOVR")
    investigator_on = fields.day("Assessed on", sdtm="RS.RSDTC")
    progression_mode = fields.choice(
        "Progression shown by", ProgressionMode, sdtm="SUPPRS.PDMODE", when=lambda a: a.investigator_overall == "PD"
    )

    clinically_stable = fields.yes_no("If progression under immunotherapy: clinically stable", sdtm="SUPPRS.CLINSTAB", optional=True)

    sections = (
        Section("Assessment", ("unscheduled_reason", "evaluator", "reader")),
        Section(
            "The investigator's own response",
            (
                "investigator_target",
                "investigator_non_target",
                "investigator_overall",
                "investigator_on",
                "progression_mode",
                "clinically_stable",
            ),
        ),
    )

    class Meta(Record.Meta):
        verbose_name = "response assessment"

    @classmethod
    def prefilled(cls, visit: Visit) -> dict[str, Any]:
        return {"evaluator": cls.Evaluator.INVESTIGATOR}

    @classmethod
    def prefilled_rows(cls, visit: Visit) -> dict[type[Row], list[dict[str, Any]]]:
        """A row for each baseline lesion, so that none is forgotten."""
        lesions = list(Lesion.objects.of(visit.subject).filter(first_seen="BL0").order_by("code"))
        return {
            TargetMeasurement: [{"lesion": lesion.pk} for lesion in lesions if lesion.role == "TARGET"],
            NonTargetFinding: [{"lesion": lesion.pk} for lesion in lesions if lesion.role == "NON-TARGET"],
        }

    @classmethod
    def choices_for(cls, item: str, visit: Visit, record: Record | None) -> models.QuerySet[Any] | None:
        lesions = Lesion.objects.of(visit.subject).order_by("code")
        return {"lesion": lesions, "followed": lesions.filter(first_seen=Lesion.FirstSeen.POST)}.get(item)

    @property
    def first_scan_on(self) -> date | None:
        return min((scan.scanned_on for scan in self.rows(Scan) if scan.scanned_on), default=None)

    @property
    def last_scan_on(self) -> date | None:
        return max((scan.scanned_on for scan in self.rows(Scan) if scan.scanned_on), default=None)

    @property
    def covers_trunk(self) -> bool:
        """Whether CT or MRI covered chest, abdomen and pelvis (crf_spec 4.2 b)."""
        seen = {region for scan in self.rows(Scan) if scan.method in SLICED for region in scan.regions}
        return seen >= MUST_COVER

    def time_point(self) -> recist.TimePoint:
        return recist.TimePoint(
            label=self.visit.code,
            first_scan_on=self.first_scan_on,
            last_scan_on=self.last_scan_on,
            targets=tuple(row.measurement() for row in self.rows(TargetMeasurement) if row.lesion and row.state),
            non_targets=tuple(
                recist.NonTargetFinding(row.lesion.code, recist.NonTargetState(row.state), recist.Growth(row.growth or "NONE"))
                for row in self.rows(NonTargetFinding)
                if row.lesion and row.state
            ),
            new_lesions=tuple(row.found() for row in self.rows(NewLesion) if row.certainty),
        )

    def assessed(self) -> recist.Assessment | None:
        """RECIST 1.1, derived from the baseline lesions and all earlier assessments; None without a scan."""
        if "_assessed" not in self.__dict__:
            self._assessed = derive(self) if self.first_scan_on else None
        return self._assessed

    sum_mm = by_recist("sum_mm", "Sum of diameters", unit="mm")
    baseline_mm = by_recist("baseline_mm", "Sum at baseline (BL0)", unit="mm")
    nadir_mm = by_recist("nadir_mm", "Smallest sum before (nadir)", unit="mm")
    change_from_baseline_percent = by_recist("change_from_baseline_percent", "Change from baseline", unit="%", places=1)
    change_from_nadir_percent = by_recist("change_from_nadir_percent", "Change from nadir", unit="%", places=1)
    change_from_nadir_mm = by_recist("change_from_nadir_mm", "Change from nadir", unit="mm")
    target = by_recist("target", "Target response", words=WORDS)
    non_target = by_recist("non_target", "Non-target response", words=WORDS)
    overall = by_recist("overall", "Overall response (RECIST 1.1)", words=WORDS)

    @fields.derived("New lesion", words={"UNEQUIVOCAL": "unequivocal", "EQUIVOCAL": "equivocal", "NONE": "none"})
    def new_lesion(self) -> str:
        found = self.assessed()
        return str(found.new_lesion or "NONE") if found else ""

    @fields.derived("Against the investigator's overall response", words=DISCORDANCE)
    def discordance(self) -> str:
        found = self.assessed()
        if not found or not self.investigator_overall:
            return ""
        return str(recist.discordance(found.overall, recist.Response(self.investigator_overall)))

    def inconsistencies(self) -> Iterator[Problem]:
        if not self.rows(Scan):
            yield "", "No scan is entered. Add a row for each."
        for role, group in (("TARGET", TargetMeasurement), ("NON-TARGET", NonTargetFinding)):
            assessed = [row.lesion_id for row in self.rows(group)]
            for lesion in Lesion.objects.of(self.subject).filter(role=role, first_seen="BL0").exclude(pk__in=assessed):
                yield "", f"{lesion} is not assessed. Add it; where it cannot be assessed, say so and why."
        for row in self.rows(NonTargetFinding):
            if row.state == "UNEQUIVOCAL" and len(row.narrative) < SHORTEST_NARRATIVE:
                yield "", f"{row.lesion}: describe the unequivocal progression in {SHORTEST_NARRATIVE} characters or more."


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

    class LocalStatus(models.TextChoices):
        CONTROLLED = "CONTROLLED", "Controlled"
        INFIELD_PD = "INFIELD_PD", "Progression in field"
        MARGINAL_PD = "MARGINAL_PD", "Progression at the margin"
        INDETERMINATE_POST_RT = "INDETERMINATE_POST_RT", "Indeterminate after radiotherapy"

    parent = "assessment"
    path_to_site = "assessment__visit__subject__site"
    path_to_subject = "assessment__visit__subject"

    assessment = models.ForeignKey(ResponseAssessment, models.PROTECT, related_name="targets")

    lesion = fields.reference("Target lesion", Lesion, sdtm="TR.TRLNKID")
    state = fields.choice("State", State, sdtm="TR.TUMSTATE")
    size_mm = fields.amount(
        "Diameter (node: short axis)", digits=4, places=1, between=("0.1", 400), unit="mm", sdtm="TR.TRORRES",
        when=lambda m: m.state == "MEASURED",
    )  # fmt: skip
    reason = fields.text("Why not evaluable", sdtm="TR.TRREASND", when=lambda m: m.state == "NOT_EVALUABLE")
    local_status = fields.choice("If irradiated: local status", LocalStatus, sdtm="SUPPTR.LOCSTAT", optional=True)

    sections = (Section("Target lesion", ("lesion", "state", "size_mm", "reason", "local_status")),)

    class Meta(Row.Meta):
        verbose_name = "target lesion"
        constraints = [
            *Row.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(state__in=["ABSENT", "NOT_EVALUABLE"]) | Q(size_mm=None),
                name="no_size_of_what_is_not_measured",
                violation_error_message="A lesion that is absent or not evaluable has no diameter.",
            ),
            OnceAmongRows(
                fields=["assessment", "lesion"],
                condition=Q(withdrawn_at=None),
                name="target_assessed_once",
                violation_error_message="This lesion is entered twice.",
            ),
        ]

    def measurement(self) -> recist.TargetMeasurement:
        return recist.TargetMeasurement(self.lesion.code, is_node(self.lesion), recist.TargetState(self.state), self.size_mm)


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
    narrative = fields.text("Description", longest=1000, sdtm="SUPPTR.TRNARR", when=lambda f: f.state in ("UNEQUIVOCAL", "NE"))

    sections = (Section("Non-target lesion", ("lesion", "state", "growth", "narrative")),)

    class Meta(Row.Meta):
        verbose_name = "non-target lesion"
        constraints = [
            *Row.Meta.constraints,
            OnceAmongRows(
                fields=["assessment", "lesion"],
                condition=Q(withdrawn_at=None),
                name="non_target_assessed_once",
                violation_error_message="This lesion is entered twice.",
            ),
        ]


class NewLesion(Row):
    """A lesion that was not there at baseline. Followed as a lesion of its own, it is the same one at each time point."""

    class Certainty(models.TextChoices):
        """NEWLPROG."""

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

    def found(self) -> recist.NewLesion:
        """iRECIST follows it under its code; by its size, where the lesion is a target among the new ones."""
        gone, lesion = self.growth == "GONE", self.followed
        return recist.NewLesion(
            recist.NewLesionCertainty(self.certainty),
            code=lesion.code if lesion else "",
            mm=self.size_mm,
            measured=self.size_mm is not None and lesion is not None and lesion.role == Lesion.Role.TARGET,
            growth=recist.Growth.NONE if gone else recist.Growth(self.growth or "NONE"),
            gone=gone,
            organ=lesion.organ if lesion else "",
        )


def baseline_of(lesions: list[Lesion]) -> recist.Baseline:
    """BL0: the lesions of the screening, as their forms say."""
    first = [lesion for lesion in lesions if lesion.first_seen == Lesion.FirstSeen.BL0]
    return recist.Baseline(
        targets=tuple(
            recist.TargetMeasurement(lesion.code, is_node(lesion), recist.TargetState.MEASURED, lesion.size_mm)
            for lesion in first
            if lesion.role == Lesion.Role.TARGET
        ),
        non_targets=tuple(lesion.code for lesion in first if lesion.role == Lesion.Role.NON_TARGET),
    )


def assessments_of(subject: object, lesions: Iterable[Lesion] | None = None) -> list[ResponseAssessment]:
    """All standing assessments, their rows at hand, in the order of their scans; five queries, and one more where no lesions are given."""
    found = list(ResponseAssessment.objects.of(subject).select_related("visit__subject__site"))
    for group in ResponseAssessment.groups():
        rows = list(group.objects.standing().filter(assessment__in=found).order_by("pk"))
        for assessment in found:
            assessment.hold_rows(group, [row for row in rows if row.assessment_id == assessment.pk])
    by_pk = {lesion.pk: lesion for lesion in (Lesion.objects.of(subject) if lesions is None else lesions)}
    for assessment in found:
        for row in (*assessment.rows(TargetMeasurement), *assessment.rows(NonTargetFinding)):
            row.lesion = by_pk.get(row.lesion_id)
        for row in assessment.rows(NewLesion):
            row.followed = by_pk.get(row.followed_id)
    return sorted(found, key=lambda a: a.first_scan_on or date.max)


def derive(current: ResponseAssessment) -> recist.Assessment:
    """RECIST 1.1 for one assessment, from all that was scanned before it."""
    lesions = list(Lesion.objects.of(current.subject).order_by("code"))
    earlier = [
        other.time_point()
        for other in assessments_of(current.subject)
        if other.pk != current.pk and other.first_scan_on and other.first_scan_on < current.first_scan_on
    ]
    return recist.assess(baseline_of(lesions), earlier, current.time_point(), parameters=parameters_on(current.first_scan_on))
