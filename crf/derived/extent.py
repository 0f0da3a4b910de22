"""Organ units and liver metastases, counted from the lesions (crf_spec 2.9)."""

from datetime import date

from crf.casebook import Casebook
from crf.models import DiseaseExtent
from trial.protocol.eligibility import organ_units
from trial.protocol.schedule.visits import SCREENING

from .lesions import counted_at_gate


@DiseaseExtent.units_counted.computed_by
def units_counted(extent: DiseaseExtent, casebook: Casebook) -> str:
    """Return N_MIN to N_MAX of crf_spec 2.8: definite lesions alone, and with equivocal ones."""
    lesions = lesions_of_form(extent, casebook)
    if not lesions:
        return ""
    return str(organ_units.organ_units(lesions, casebook.parameters_on(day_of(extent))))


@DiseaseExtent.liver_counted.computed_by
def liver_counted(extent: DiseaseExtent, casebook: Casebook) -> str:
    """Return the number of liver metastases, by the same lesions."""
    lesions = lesions_of_form(extent, casebook)
    return str(organ_units.liver_metastases(lesions)) if lesions else ""


def lesions_of_form(extent: DiseaseExtent, casebook: Casebook) -> list[organ_units.Lesion]:
    """Return the lesions that the form sums up: those of the gate that its visit belongs to."""
    gate = 1 if extent.visit.code == SCREENING else 2
    return counted_at_gate(casebook, gate, on=day_of(extent))


def day_of(extent: DiseaseExtent) -> date:
    """Return the day of the visit; today before it was held."""
    return extent.visit.held_on or extent.subject.site.today()
