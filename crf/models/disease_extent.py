from collections.abc import Iterator

from django.db import models

from trial import fields
from trial.models import Problem, Record, Section, parameters_on
from trial.protocol.eligibility import organ_units
from trial.protocol.parameters import Parameters


class Effusion(models.TextChoices):
    ABSENT = "ABSENT", "Absent"
    TRACE_PHYSIOLOGICAL = "TRACE_PHYSIOLOGICAL", "Trace, physiological"
    PRESENT = "PRESENT", "Present"
    NOT_ASSESSED = "NOT_ASSESSED", "Not assessed"


class DiseaseExtent(Record):
    """How far the disease reaches, summed up at each gate (crf_spec 2.9)."""

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

    derived = ("units_counted", "liver_counted")

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
    feasibility_on = fields.day("Judged on", sdtm="SUPPTU.RTFEASDT", when=lambda d: d.radiotherapy_feasible in ("YES", "NO"))
    feasibility_by = fields.text(
        "Judged by (role, no name)", sdtm="SUPPTU.RTFEASRL", when=lambda d: d.radiotherapy_feasible in ("YES", "NO")
    )
    survival_6_months = fields.yes_no_unknown("Expected survival of 6 months or more", sdtm="SUPPTU.SURV6M")

    sections = (
        Section("Brain and liver", ("brain_imaged", "brain_method", "brain_imaged_on", "brain_result", "liver_metastases")),
        Section("Effusions", ("pericardial", "pleural", "abdominopelvic")),
        Section("Radiotherapy", ("cord_risk", "radiotherapy_feasible", "feasibility_on", "feasibility_by")),
        Section("Prognosis", ("survival_6_months",)),
    )

    class Meta(Record.Meta):
        verbose_name = "disease extent"

    @fields.derived("Organ units, all lesions counted")
    def units_counted(self) -> str:
        """N_MIN to N_MAX of crf_spec 2.8: definite lesions alone, and with the equivocal ones."""
        return str(organ_units.organ_units(self._lesions(), self._parameters())) if self._lesions() else ""

    @fields.derived("Liver metastases counted")
    def liver_counted(self) -> str:
        return str(organ_units.liver_metastases(self._lesions())) if self._lesions() else ""

    def _parameters(self) -> Parameters:
        return parameters_on(self.visit.held_on or self.subject.site.today())

    def _lesions(self) -> list[organ_units.Lesion]:
        """Those of the screening; at the second gate, those of BL1 too (crf_spec 2.8)."""
        from .lesion import Lesion, counted

        if "_found" not in self.__dict__:
            seen = ["BL0"] if self.visit.code == "SCR" else ["BL0", "BL1"]
            self._found = [counted(lesion) for lesion in Lesion.objects.of(self.subject).filter(first_seen__in=seen)]
        return self._found

    def inconsistencies(self) -> Iterator[Problem]:
        from .lesion import Lesion

        entered = Lesion.objects.of(self.subject).filter(organ="LIVER", certainty="DEFINITE").exists()
        if self.liver_metastases == "Y" and not entered:
            yield "liver_metastases", "No definite liver lesion is entered. Enter it, or correct this answer."
        if self.liver_metastases == "N" and entered:
            yield "liver_metastases", "A definite liver lesion is entered. Correct it, or correct this answer."
