"""Organ units and liver metastases counted, beside the answers on the extent of disease (crf_spec
2.9).
"""

from datetime import date

from crf.casebook import Casebook
from crf.models import DiseaseExtent
from trial.protocol.eligibility import organ_units

from .lesions import counted_at_gate


@DiseaseExtent.units_counted.computed_by
def units_counted(extent: DiseaseExtent, casebook: Casebook) -> str:
    """Return N_MIN to N_MAX of crf_spec 2.8: the units of definite lesions alone, and with the
    equivocal ones.
    """
    lesions = lesions_of_form(extent, casebook)
    return (
        str(organ_units.organ_units(lesions, casebook.parameters_on(day_of(extent))))
        if lesions
        else ""
    )


@DiseaseExtent.liver_counted.computed_by
def liver_counted(extent: DiseaseExtent, casebook: Casebook) -> str:
    lesions = lesions_of_form(extent, casebook)
    return str(organ_units.liver_metastases(lesions)) if lesions else ""


def lesions_of_form(extent: DiseaseExtent, casebook: Casebook) -> list[organ_units.Lesion]:
    """Return the lesions that the form sums up: those of the gate that its visit belongs to."""
    return counted_at_gate(casebook, 1 if extent.visit.code == "SCR" else 2, on=day_of(extent))


def day_of(extent: DiseaseExtent) -> date:
    return extent.visit.held_on or extent.subject.site.today()
