"""What an allocation is balanced by: the levels of a subject's factors, as far as the casebook
tells (crf_spec 2.13).
"""

from datetime import date

from crf.casebook import Casebook
from crf.models import DiseaseExtent, PrimaryTumor, Regimen
from trial.models import Record
from trial.protocol.eligibility import organ_units
from trial.protocol.parameters import Parameters, Stratum
from trial.protocol.randomization import blocks

from .lesions import counted_at_gate, lesions_of_gate
from .radiotherapy import resolved_at_bl1

FEW_UNITS, MORE_UNITS = "1", "2-3"


def strata_of(casebook: Casebook, *, on: date) -> tuple[str | None, str | None]:
    """Return the levels of SYSCLASS and METPAT on a day; None where the casebook does not tell."""
    return systemic_class(casebook), metastatic_pattern(casebook, on=on)


def systemic_class(casebook: Casebook) -> str | None:
    """Return the class of the regimen entered last, once its form is complete."""
    regimens = [
        regimen for regimen in casebook.records(Regimen) if regimen.state == Record.State.COMPLETE
    ]
    return (regimens[-1].sysclass or None) if regimens else None


def metastatic_pattern(casebook: Casebook, *, on: date) -> str | None:
    """Return whether nodes alone are left at BL1, or more."""
    resolved = resolved_at_bl1(casebook)
    pattern = blocks.metpat(
        blocks.StratumLesion(
            lesion.lesion_class, lesion.certainty == "DEFINITE", lesion.pk in resolved
        )
        for lesion in lesions_of_gate(casebook, 2, on=on)
    )
    return pattern.value if pattern else None


def levels_of(casebook: Casebook, parameters: Parameters, on: date) -> dict[str, str | None]:
    """Return the level of every factor that STRATA names; None where the casebook does not tell."""
    return {
        factor.value: level_of(factor, casebook, parameters, on=on) for factor in parameters.strata
    }


def level_of(
    factor: Stratum, casebook: Casebook, parameters: Parameters, *, on: date
) -> str | None:
    """Return the level of one factor on a day."""
    match factor:
        case Stratum.SYSCLASS:
            return systemic_class(casebook)
        case Stratum.METPAT:
            return metastatic_pattern(casebook, on=on)
        case Stratum.OMDTYPE:
            return oligometastasis(casebook)
        case Stratum.ORGANUNITS:
            return units_level(casebook, parameters, on=on)
        case Stratum.SITE:
            return casebook.subject.site.code


def oligometastasis(casebook: Casebook) -> str | None:
    """Return the oligometastatic state of the index primary; None where it is not known."""
    index = next((tumor for tumor in casebook.records(PrimaryTumor) if tumor.is_index == "Y"), None)
    states = PrimaryTumor.Oligometastasis
    return (
        index.oligometastasis
        if index
        and index.oligometastasis in (states.SYNCHRONOUS, states.METACHRONOUS, states.REPEAT)
        else None
    )


def units_level(casebook: Casebook, parameters: Parameters, *, on: date) -> str | None:
    """Return whether one organ unit is involved, or more; None where equivocal lesions leave it
    open.
    """
    span = organ_units.organ_units(counted_at_gate(casebook, 2, on=on), parameters)
    levels = {FEW_UNITS if number == 1 else MORE_UNITS for number in (span.least, span.most)}
    return levels.pop() if len(levels) == 1 and span.least else None


def feasible(casebook: Casebook, *, at: str) -> str | None:
    """Return whether radiotherapy can cover all lesions, as judged at a visit before the allocation
    (crf_spec 2.9, RTFEAS).
    """
    extents = [extent for extent in casebook.records(DiseaseExtent) if extent.visit.code == at]
    complete = [extent for extent in extents if extent.state == Record.State.COMPLETE]
    return complete[-1].radiotherapy_feasible if complete else None
