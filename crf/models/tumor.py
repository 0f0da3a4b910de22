"""The primary tumor, its histology and its stage at diagnosis (crf_spec 2.5)."""

from collections.abc import Iterator

from django.db import models
from django.utils.translation import gettext as _
from trial import fields
from trial.models import Problem, Record, Section

UPPER_TRACT = {"RENAL_PELVIS", "CALYX", "URETER_UPPER", "URETER_MIDDLE", "URETER_LOWER", "MULTIFOCAL_UTUC"}


class PrimaryTumor(Record):
    """One primary tumor and its histology (crf_spec 2.5; CDASH MH)."""

    class Location(models.TextChoices):
        RENAL_PELVIS = "RENAL_PELVIS", "Renal pelvis"
        CALYX = "CALYX", "Calyx"
        URETER_UPPER = "URETER_UPPER", "Ureter, upper"
        URETER_MIDDLE = "URETER_MIDDLE", "Ureter, middle"
        URETER_LOWER = "URETER_LOWER", "Ureter, lower"
        BLADDER = "BLADDER", "Bladder"
        URETHRA = "URETHRA", "Urethra"
        MULTIFOCAL_UTUC = "MULTIFOCAL_UTUC", "Upper tract, multifocal"

    class Laterality(models.TextChoices):
        LEFT = "LEFT", "Left"
        RIGHT = "RIGHT", "Right"
        BILATERAL = "BILATERAL", "Bilateral"
        NA = "NA", "Not applicable"

    class Setting(models.TextChoices):
        AFTER_CYSTECTOMY = "AFTER_CYSTECTOMY", "Metastasis after cystectomy"
        AFTER_RNU = "AFTER_RNU", "Metastasis after nephroureterectomy"
        AFTER_CYSTECTOMY_AND_RNU = "AFTER_CYSTECTOMY_AND_RNU", "Metastasis after both"
        INOPERABLE_AT_DIAGNOSIS = "INOPERABLE_AT_DIAGNOSIS", "Inoperable at first diagnosis"
        OTHER = "OTHER", "Other"

    class Material(models.TextChoices):
        PRIMARY = "PRIMARY", "Primary"
        METASTASIS = "METASTASIS", "Metastasis"
        BOTH = "BOTH", "Both"
        CYTOLOGY_ONLY = "CYTOLOGY_ONLY", "Cytology only"

    class Histology(models.TextChoices):
        UC_PURE = "UC_PURE", "Urothelial carcinoma (8120/3)"
        UC_PAPILLARY = "UC_PAPILLARY", "Papillary urothelial carcinoma (8130/3)"
        UC_WITH_VARIANT = "UC_WITH_VARIANT", "Urothelial carcinoma with variant"
        NON_UC_SQUAMOUS = "NON_UC_SQUAMOUS", "Squamous cell carcinoma (8070/3)"
        NON_UC_ADENO = "NON_UC_ADENO", "Adenocarcinoma (8140/3)"
        NON_UC_SMALL_CELL = "NON_UC_SMALL_CELL", "Small cell carcinoma (8041/3)"
        NON_UC_OTHER = "NON_UC_OTHER", "Other, not urothelial"
        UNKNOWN = "UNKNOWN", "Unknown"

    class Variant(models.TextChoices):
        SQUAMOUS = "SQUAMOUS", "Squamous"
        GLANDULAR = "GLANDULAR", "Glandular"
        MICROPAPILLARY = "MICROPAPILLARY", "Micropapillary"
        SARCOMATOID = "SARCOMATOID", "Sarcomatoid"
        PLASMACYTOID = "PLASMACYTOID", "Plasmacytoid"
        NESTED = "NESTED", "Nested"
        NEUROENDOCRINE = "NEUROENDOCRINE", "Neuroendocrine"
        OTHER = "OTHER", "Other"

    class Grade(models.TextChoices):
        LOW = "LOW", "Low"
        HIGH = "HIGH", "High"
        GX = "GX", "Cannot be assessed"

    class Edition(models.TextChoices):
        AJCC8 = "AJCC8", "AJCC 8"
        AJCC7 = "AJCC7", "AJCC 7"
        OTHER = "OTHER", "Other"

    class Prefix(models.TextChoices):
        C = "c", "c (clinical)"
        P = "p", "p (pathological)"
        YP = "yp", "yp (after treatment)"

    class T(models.TextChoices):
        TX, T0, TA, TIS, T1, T2 = ("TX", "TX"), ("T0", "T0"), ("Ta", "Ta"), ("Tis", "Tis"), ("T1", "T1"), ("T2", "T2")
        T2A, T2B, T3, T3A = ("T2a", "T2a"), ("T2b", "T2b"), ("T3", "T3"), ("T3a", "T3a")
        T3B, T4, T4A, T4B = ("T3b", "T3b"), ("T4", "T4"), ("T4a", "T4a"), ("T4b", "T4b")

    class N(models.TextChoices):
        NX, N0, N1, N2, N3 = ("NX", "NX"), ("N0", "N0"), ("N1", "N1"), ("N2", "N2"), ("N3", "N3")

    class M(models.TextChoices):
        M0, M1, M1A, M1B = ("M0", "M0"), ("M1", "M1"), ("M1a", "M1a"), ("M1b", "M1b")

    class Oligometastasis(models.TextChoices):
        SYNCHRONOUS = "SYNCHRONOUS", "Synchronous (within 6 months of diagnosis)"
        METACHRONOUS = "METACHRONOUS", "Metachronous (later)"
        REPEAT = "REPEAT", "Repeat"
        UNKNOWN = "UNKNOWN", "Unknown"

    several = True

    location = fields.choice("Primary site", Location, sdtm="MH.MHLOC")
    laterality = fields.choice("Side", Laterality, sdtm="MH.MHLAT")
    is_index = fields.yes_no("Index primary", sdtm="SUPPMH.PRIMIDX")
    diagnosed_on = fields.partial_date("Date of first diagnosis", sdtm="MH.MHSTDTC")
    setting = fields.choice("Clinical setting", Setting, sdtm="SUPPMH.CLINSET")
    in_situ = fields.yes_no("Primary in situ at screening", sdtm="SUPPMH.PRIMSITU")
    solitary_kidney = fields.yes_no("Only one functioning kidney", sdtm="SUPPMH.SOLKID")

    histology_confirmed = fields.yes_no_unknown("Confirmed by histology", sdtm="SUPPMH.HISTCONF")
    material = fields.choice("Material", Material, sdtm="SUPPMH.HISTSRC", when=lambda t: t.histology_confirmed == "Y")
    histology_on = fields.day("Date of pathology", sdtm="SUPPMH.HISTDAT", when=lambda t: t.histology_confirmed == "Y")
    histology = fields.choice("Histological type", Histology, sdtm="MH.MHTERM")
    variants = fields.codes("Variant components", Variant, sdtm="SUPPMH.VARHIST", when=lambda t: t.histology == "UC_WITH_VARIANT")
    variant_percent = fields.count(
        "Variant share", between=(0, 100), unit="%", sdtm="SUPPMH.VARPCT", when=lambda t: t.histology == "UC_WITH_VARIANT"
    )
    grade = fields.choice("Grade (WHO 2016/2022)", Grade, sdtm="SUPPMH.TUGRADE")

    edition = fields.choice("Staging edition", Edition, sdtm="SUPPMH.STAGEED")
    prefix = fields.choice("Staging", Prefix, sdtm="SUPPMH.TNMPRE")
    t = fields.choice("T at diagnosis", T, sdtm="SUPPMH.TNMT")
    n = fields.choice("N at diagnosis", N, sdtm="SUPPMH.TNMN")
    m = fields.choice("M at diagnosis", M, sdtm="SUPPMH.TNMM")
    oligometastasis = fields.choice("Oligometastatic state", Oligometastasis, sdtm="SUPPMH.OMDTYPE")
    metastatic_on = fields.partial_date("Metastases first shown", sdtm="SUPPMH.METDAT")

    sections = (
        Section("Primary tumor", ("location", "laterality", "is_index", "diagnosed_on", "setting", "in_situ", "solitary_kidney")),
        Section("Histology", ("histology_confirmed", "material", "histology_on", "histology", "variants", "variant_percent", "grade")),
        Section("Stage at diagnosis", ("edition", "prefix", "t", "n", "m", "oligometastasis", "metastatic_on")),
    )

    class Meta(Record.Meta):
        verbose_name = "primary tumor"

    def __str__(self) -> str:
        return f"{self.get_location_display() or 'Primary tumor'} of {self.visit}"

    def inconsistencies(self) -> Iterator[Problem]:
        """Yield what keeps the form from being complete: the side, N by its edition."""
        if self.location not in UPPER_TRACT:
            return
        if self.laterality == self.Laterality.NA:
            yield "laterality", _("Only bladder and urethra have no side.")
        if self.n == self.N.N3 and self.edition == self.Edition.AJCC8:
            yield "n", _("AJCC 8 has no N3 for the upper tract. Check N, or choose AJCC 7.")
