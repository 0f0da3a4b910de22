"""The extent of disease (crf_spec 2.9)."""

from django.db import models
from trial import fields
from trial.models import Record, Section


class Effusion(models.TextChoices):
    """The codes of an effusion."""

    ABSENT = "ABSENT", "Absent"
    TRACE_PHYSIOLOGICAL = "TRACE_PHYSIOLOGICAL", "Trace, physiological"
    PRESENT = "PRESENT", "Present"
    NOT_ASSESSED = "NOT_ASSESSED", "Not assessed"


def is_feasibility_judged(extent: "DiseaseExtent") -> bool:
    """Return whether somebody has judged if radiotherapy can cover all lesions."""
    return extent.radiotherapy_feasible in (DiseaseExtent.Feasible.YES, DiseaseExtent.Feasible.NO)


class DiseaseExtent(Record):
    """The extent of the disease, summed up at each gate (crf_spec 2.9)."""

    class BrainMethod(models.TextChoices):
        MRI = "MRI", "MRI"
        CT = "CT", "CT"

    class BrainResult(models.TextChoices):
        NO_METS = "NO_METS", "No metastases"
        METS = "METS", "Metastases"
        EQUIVOCAL = "EQUIVOCAL", "Equivocal"

    class CordRisk(models.TextChoices):
        NO = "NO", "No"
        YES = "YES", "Yes"
        NOT_APPLICABLE = "NOT_APPLICABLE", "Not applicable"
        UNDECIDED = "UNDECIDED", "Undecided"

    class Feasible(models.TextChoices):
        YES = "YES", "Yes"
        NO = "NO", "No"
        UNDECIDED = "UNDECIDED", "Undecided"

    brain_imaged = fields.yes_no("Brain imaging done", sdtm="SUPPTU.BRDONE")
    brain_method = fields.choice("Brain imaging method", BrainMethod, sdtm="SUPPTU.BRMETH", when=lambda d: d.brain_imaged == "Y")
    brain_imaged_on = fields.day("Date of brain imaging", sdtm="SUPPTU.BRDAT", when=lambda d: d.brain_imaged == "Y")
    brain_result = fields.choice("Brain imaging result", BrainResult, sdtm="SUPPTU.BRRES", when=lambda d: d.brain_imaged == "Y")
    liver_metastases = fields.yes_no_unknown("Liver metastases present", sdtm="SUPPTU.LIVERMET")
    pericardial = fields.choice("Pericardial effusion", Effusion, sdtm="SUPPTU.EFFPERI")
    pleural = fields.choice("Pleural effusion", Effusion, sdtm="SUPPTU.EFFPLEU")
    abdominopelvic = fields.choice("Abdominopelvic fluid", Effusion, sdtm="SUPPTU.EFFABD")
    cord_risk = fields.choice("Risk of cord compression, as judged by the radiation oncologist", CordRisk, sdtm="SUPPTU.CORDRISK")
    radiotherapy_feasible = fields.choice("All lesions can be covered by radiotherapy", Feasible, sdtm="SUPPTU.RTFEAS")
    feasibility_on = fields.day("Judged on", sdtm="SUPPTU.RTFEASDT", when=is_feasibility_judged)
    feasibility_by = fields.text("Judged by (role, no name)", sdtm="SUPPTU.RTFEASRL", when=is_feasibility_judged)
    survival_6_months = fields.yes_no_unknown("Expected survival of 6 months or more", sdtm="SUPPTU.SURV6M")

    units_counted = fields.derived("Organ units, all lesions counted")
    liver_counted = fields.derived("Liver metastases counted")

    sections = (
        Section("Brain and liver", ("brain_imaged", "brain_method", "brain_imaged_on", "brain_result", "liver_metastases")),
        Section("Effusions", ("pericardial", "pleural", "abdominopelvic")),
        Section("Radiotherapy", ("cord_risk", "radiotherapy_feasible", "feasibility_on", "feasibility_by")),
        Section("Prognosis", ("survival_6_months",)),
    )

    class Meta(Record.Meta):
        verbose_name = "disease extent"
