"""Lesions, each followed under one code through the whole trial (crf_spec 2.8)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from trial import fields
from trial.models import Problem, Record, Section
from trial.protocol.eligibility import lymph_nodes
from trial.protocol.response import recist
from trial.refusals import Code, impossible

from crf.models.codes.lists import codelist

if TYPE_CHECKING:
    from .response import NewLesion


def is_node(lesion: "Lesion | NewLesion") -> bool:
    """Return whether the lesion is a lymph node, regional or not."""
    return lesion.lesion_class in (LesionClass.REGIONAL_LN, LesionClass.NONREGIONAL_LN)


def has_diameter(lesion: "Lesion") -> bool:
    """Return whether the lesion is measured by its longest diameter. Fluid and diffuse disease have none."""
    return not is_node(lesion) and not lesion.kind


def is_bone(lesion: "Lesion") -> bool:
    """Return whether the lesion is in a bone."""
    return lesion.lesion_class == LesionClass.BONE


def is_vertebra(lesion: "Lesion") -> bool:
    """Return whether the lesion is in a vertebra."""
    return lesion.vertebra == "Y"


def is_elsewhere(lesion: "Lesion") -> bool:
    """Return whether the lesion is in an organ that has no code."""
    return lesion.organ == Site.OTHER


class Site(models.TextChoices):
    """The organ that a lesion is in (TULOC, a subset of C74456)."""

    LIVER = "LIVER", "Liver"
    LUNG = "LUNG", "Lung"
    ADRENAL_GLAND = "ADRENAL_GLAND", "Adrenal gland"
    BONE = "BONE", "Bone"
    BRAIN = "BRAIN", "Brain"
    KIDNEY = "KIDNEY", "Kidney"
    SPLEEN = "SPLEEN", "Spleen"
    PANCREAS = "PANCREAS", "Pancreas"
    PERITONEUM = "PERITONEUM", "Peritoneum"
    PLEURA = "PLEURA", "Pleura"
    MUSCLE = "MUSCLE", "Muscle"
    SKIN_SUBCUTANEOUS = "SKIN_SUBCUTANEOUS", "Skin, subcutaneous"
    LYMPH_NODE = "LYMPH_NODE", "Lymph node"
    URINARY_BLADDER = "URINARY_BLADDER", "Urinary bladder"
    RENAL_FOSSA = "RENAL_FOSSA", "Renal fossa"
    URETERAL_BED = "URETERAL_BED", "Ureteral bed"
    OTHER = "OTHER", "Other"


class LesionClass(models.TextChoices):
    """The class of a lesion, by the tissue that it is in."""

    PRIMARY = "PRIMARY", "Primary tumor"
    LOCAL_RECURRENCE = "LOCAL_RECURRENCE", "Local recurrence"
    REGIONAL_LN = "REGIONAL_LN", "Regional lymph node"
    NONREGIONAL_LN = "NONREGIONAL_LN", "Non-regional lymph node"
    VISCERAL = "VISCERAL", "Visceral"
    BONE = "BONE", "Bone"
    SOFT_TISSUE = "SOFT_TISSUE", "Soft tissue"
    SEROSAL = "SEROSAL", "Serosal"
    BRAIN = "BRAIN", "Brain"


class Laterality(models.TextChoices):
    """The side of the body."""

    LEFT = "LEFT", "Left"
    RIGHT = "RIGHT", "Right"
    BILATERAL = "BILATERAL", "Bilateral"
    MIDLINE = "MIDLINE", "Midline"


class Method(models.TextChoices):
    """The method of imaging (TUMETHOD, C85492)."""

    CT_SCAN = "CT SCAN", "CT"
    MRI = "MRI", "MRI"
    PET_CT_SCAN = "PET/CT SCAN", "PET/CT"
    BONE_SCAN = "BONE SCAN", "Bone scan"
    XRAY = "X-RAY", "X-ray"
    ULTRASOUND = "ULTRASOUND", "Ultrasound"
    PHYSICAL_EXAMINATION = "PHYSICAL EXAMINATION", "Examination"


def was_irradiated(lesion: "Lesion") -> bool:
    """Return whether the lesion was irradiated before."""
    return lesion.irradiated_before == "Y"


def is_sliced(lesion: "Lesion") -> bool:
    """Return whether the lesion was imaged in slices, whose thickness counts."""
    return lesion.method in SLICED


REGIONAL = {"Y": "yes", "N": "no", "U": "the investigator decides"}
NO_DOUBT = "NONE"
SLICED = {Method.CT_SCAN, Method.MRI, Method.PET_CT_SCAN}


class Lesion(Record):
    """One anatomical lesion, with its identifier for the whole trial (crf_spec 2.8; CDASH TU)."""

    class FirstSeen(models.TextChoices):
        BL0 = "BL0", "Screening (BL0)"
        BL1 = "BL1", "Randomization (BL1)"
        POST = "POST", "Later"

    class Certainty(models.TextChoices):
        DEFINITE = "DEFINITE", "Definite"
        EQUIVOCAL = "EQUIVOCAL", "Equivocal"

    class Basis(models.TextChoices):
        CT = "CT", "CT"
        MRI = "MRI", "MRI"
        FDG_PET = "FDG_PET", "FDG-PET"
        BONE_SCAN = "BONE_SCAN", "Bone scan"
        BIOPSY = "BIOPSY", "Biopsy"
        GROWTH_ON_SERIAL_IMAGING = "GROWTH_ON_SERIAL_IMAGING", "Growth on serial imaging"

    class Role(models.TextChoices):
        TARGET = "TARGET", "Target"
        NON_TARGET = "NON-TARGET", "Non-target"

    class RadiotherapyPlanned(models.TextChoices):
        YES = "YES", "Yes"
        NO_CONSTRAINT = "NO_CONSTRAINT", "No: dose constraint"
        NO_RESOLVED_ON_INDUCTION = "NO_RESOLVED_ON_INDUCTION", "No: resolved on induction"
        NO_PATIENT_REFUSAL = "NO_PATIENT_REFUSAL", "No: refused by the patient"
        UNDECIDED = "UNDECIDED", "Undecided"

    class Compression(models.TextChoices):
        """Bilsky's ESCC grade."""

        G0, G1A, G1B, G1C, G2, G3 = ("0", "0"), ("1a", "1a"), ("1b", "1b"), ("1c", "1c"), ("2", "2"), ("3", "3")
        NOT_ASSESSED = "NOT_ASSESSED", "Not assessed"

    class Kind(models.TextChoices):
        """The kinds of disease that RECIST 1.1 never measures."""

        LEPTOMENINGEAL = "LEPTOMENINGEAL", "Leptomeningeal disease"
        LYMPHANGITIC = "LYMPHANGITIC", "Lymphangitic spread"
        BLASTIC_BONE = "BLASTIC_BONE", "Blastic bone lesion"
        ASCITES = "ASCITES", "Ascites"
        PLEURAL_EFFUSION = "PLEURAL_EFFUSION", "Pleural effusion"
        PERICARDIAL_EFFUSION = "PERICARDIAL_EFFUSION", "Pericardial effusion"
        INFLAMMATORY_BREAST = "INFLAMMATORY_BREAST", "Inflammatory breast disease"

    Subregion = codelist("Subregion", {n.code: (n.code, n.name) for n in lymph_nodes.SUBREGIONS})

    several = True

    code = models.CharField("lesion", max_length=4, blank=True, default="", editable=False, db_comment="TU.TULNKID")
    first_seen = fields.choice("First seen at", FirstSeen, sdtm="SUPPTU.TUBASE")
    lesion_class = fields.choice("Class", LesionClass, sdtm="SUPPTU.LESCLASS")
    organ = fields.choice("Organ", Site, sdtm="TU.TULOC")
    organ_detail = fields.text("Detail (segment, level, other organ)", sdtm="SUPPTU.TULOCDTL", when=is_elsewhere)
    laterality = fields.choice("Side", Laterality, sdtm="TU.TULAT", optional=True)
    subregion = fields.choice("Lymph node subregion", Subregion, sdtm="SUPPTU.LNSUBREG", when=is_node)
    regional = fields.yes_no("Regional, as judged by the investigator", sdtm="SUPPTU.LNREG", when=is_node)
    certainty = fields.choice("Certainty", Certainty, sdtm="SUPPTU.LESCERT")
    basis = fields.codes("Basis", Basis, sdtm="SUPPTU.LESBASIS")

    kind = fields.choice("If it is no mass: what it is", Kind, sdtm="SUPPTU.LESKIND", optional=True)
    imaged_on = fields.day("Date of imaging", sdtm="TU.TUDTC")
    method = fields.choice("Method", Method, sdtm="TU.TUMETHOD")
    slice_mm = fields.amount("Slice thickness", digits=3, places=1, between=("0.1", 50), unit="mm", sdtm="SUPPTU.TUSLICE", when=is_sliced)
    longest_mm = fields.amount("Longest diameter", digits=4, places=1, between=("0.1", 400), unit="mm", sdtm="TR.LDIAM", when=has_diameter)
    short_axis_mm = fields.amount("Short axis", digits=4, places=1, between=("0.1", 400), unit="mm", sdtm="TR.LPERP", when=is_node)
    role = fields.choice("RECIST role", Role, sdtm="TU.TUORRES")
    irradiated_before = fields.yes_no("Irradiated before", sdtm="TU.TUPRVIR")
    progressed_since = fields.yes_no("Progressed since then", sdtm="TU.TUPRVIRP", when=was_irradiated)
    soft_tissue = fields.yes_no("Bone: soft-tissue component", sdtm="SUPPTU.BONESOFT", when=is_bone)

    radiotherapy = fields.choice("Radiotherapy planned, if allocated", RadiotherapyPlanned, sdtm="SUPPTU.RTPLAN", optional=True)
    vertebra = fields.yes_no("Vertebral", sdtm="SUPPTU.VERTEBRA", when=is_bone)
    compression = fields.choice("Spine: ESCC grade", Compression, sdtm="SUPPTU.ESCC", when=is_vertebra)

    regional_by_anatomy = fields.derived("Regional by anatomy and index primary", words=REGIONAL)
    is_measurable = fields.derived("Measurable (RECIST 1.1)")
    doubts = fields.derived("To be checked", words={NO_DOUBT: "nothing"})

    sections = (
        Section(
            "Lesion", ("first_seen", "lesion_class", "organ", "organ_detail", "laterality", "subregion", "regional", "certainty", "basis")
        ),
        Section("Imaging", ("kind", "imaged_on", "method", "slice_mm", "longest_mm", "short_axis_mm", "soft_tissue")),
        Section("RECIST", ("role", "irradiated_before", "progressed_since")),
        Section("Radiotherapy and spine", ("radiotherapy", "vertebra", "compression")),
    )

    class Meta(Record.Meta):
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["visit", "code"], condition=~Q(code=""), name="one_lesion_of_a_code"),
            models.CheckConstraint(
                condition=~Q(code=""),
                name="lesion_has_its_code",
                violation_error_message=gettext_lazy("A lesion gets its code when it is stored. Save one lesion at a time."),
            ),
            models.CheckConstraint(
                condition=Q(short_axis_mm=None) | Q(longest_mm=None) | Q(short_axis_mm__lte=F("longest_mm")),
                name="short_axis_within_longest_diameter",
                violation_error_message=gettext_lazy(
                    "The short axis must not be longer than the longest diameter. Have they been exchanged?"
                ),
            ),
        ]

    def __str__(self) -> str:
        place = self.get_subregion_display() or self.organ_detail or self.get_organ_display()
        return f"{self.code} {place}".strip() or "Lesion"

    @classmethod
    def fixed(cls) -> list[str]:
        return [*super().fixed(), "code"]

    @classmethod
    def bookkeeping(cls) -> set[str]:
        return super().bookkeeping() | {"code"}

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the lesion. It gets its code the first time: L01 … at baseline, N01 … later. A withdrawn code is not used again."""
        if not self.code:
            letter = "N" if self.first_seen == self.FirstSeen.POST else "L"
            taken = Lesion.objects.filter(visit=self.visit, code__startswith=letter).count()
            self.code = f"{letter}{taken + 1:02}"
        super().save(*args, **kwargs)

    @property
    def is_nodal(self) -> bool:
        """True for a lymph node, regional or not."""
        return is_node(self)

    @property
    def size_mm(self) -> Decimal | None:
        """The size in mm that enters the sum of diameters: a node's short axis, else the longest diameter."""
        return self.short_axis_mm if is_node(self) else self.longest_mm

    def clean(self) -> None:
        """Refuse a lymph node in another organ."""
        super().clean()
        refuse_node_in_another_organ(self)

    def inconsistencies(self) -> Iterator[Problem]:
        """Yield what keeps the form from being complete: its kind, and its choice as a target."""
        if self.kind and is_node(self):
            yield "kind", _("A lymph node is measured by its short axis. Leave the kind empty.")
        if self.kind == self.Kind.BLASTIC_BONE and not is_bone(self):
            yield "kind", _("A blastic bone lesion must have the class “Bone”.")
        if self.role != self.Role.TARGET:
            return
        if measurable(self) is not True:
            yield "role", _("A target lesion is measurable (10 mm, a node's short axis 15 mm). Choose non-target.")


def refuse_node_in_another_organ(lesion: "Lesion | NewLesion") -> None:
    """Refuse a lymph node in another organ, whether it was there at screening or is new."""
    if lesion.organ and is_node(lesion) and lesion.organ != Site.LYMPH_NODE:
        sentence = _("A lymph node's organ is “Lymph node”.")
        raise impossible(Code.IMPOSSIBLE, item="organ", sentence=sentence)


def measurable(lesion: Lesion) -> bool | None:
    """Return whether the lesion can be a target (RECIST 1.1, section 3); None where its size is not known."""
    return recist.measurable(
        nodal=is_node(lesion),
        mm=lesion.size_mm,
        slice_mm=lesion.slice_mm,
        bone=is_bone(lesion),
        soft_tissue=lesion.soft_tissue == "Y",
        irradiated=was_irradiated(lesion),
        progressed=lesion.progressed_since == "Y",
        xray=lesion.method == Method.XRAY,
        kind=recist.NotMeasurable(lesion.kind) if lesion.kind else None,
    )
