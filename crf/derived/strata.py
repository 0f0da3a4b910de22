"""The levels of the factors by which an allocation is balanced (crf_spec 2.13)."""

from datetime import date

from crf.casebook import Casebook
from crf.derived.therapy.regimens import regimen_on
from crf.models import DiseaseExtent, PrimaryTumor
from trial.models import Record
from trial.protocol.eligibility import organ_units
from trial.protocol.parameters import Parameters, Stratum
from trial.protocol.randomization import blocks

from .lesions import counted_at_gate, lesions_of_gate
from .radiotherapy import resolved_at_bl1

FEW_UNITS, MORE_UNITS = "1", "2-3"
STATES = (
    PrimaryTumor.Oligometastasis.SYNCHRONOUS,
    PrimaryTumor.Oligometastasis.METACHRONOUS,
    PrimaryTumor.Oligometastasis.REPEAT,
)
"""The oligometastatic states that are levels. Unknown is none."""


def strata_of(casebook: Casebook, *, on: date) -> tuple[str | None, str | None]:
    """Return the levels of SYSCLASS and METPAT on a day; None for a level that is not known."""
    return systemic_class(casebook, on=on), metastatic_pattern(casebook, on=on)


def systemic_class(casebook: Casebook, *, on: date) -> str | None:
    """Return the class of the regimen in force on a day, once its form is complete."""
    regimen = regimen_on(casebook, on)
    if regimen is None or regimen.state != Record.State.COMPLETE:
        return None
    return regimen.sysclass or None


def metastatic_pattern(casebook: Casebook, *, on: date) -> str | None:
    """Return whether nodes alone are left at BL1, or more."""
    resolved = resolved_at_bl1(casebook)
    lesions = []
    for lesion in lesions_of_gate(casebook, 2, on=on):
        is_definite = lesion.certainty == lesion.Certainty.DEFINITE
        is_resolved = lesion.pk in resolved
        lesions.append(blocks.StratumLesion(lesion.lesion_class, is_definite, is_resolved))
    pattern = blocks.metpat(lesions)
    return pattern.value if pattern else None


def levels_of(casebook: Casebook, parameters: Parameters, on: date) -> dict[str, str | None]:
    """Return the level of every factor that STRATA names; None for a level that is not known."""
    return {
        factor.value: level_of(factor, casebook, parameters, on=on) for factor in parameters.strata
    }


def level_of(
    factor: Stratum, casebook: Casebook, parameters: Parameters, *, on: date
) -> str | None:
    """Return the level of one factor on a day."""
    match factor:
        case Stratum.SYSCLASS:
            return systemic_class(casebook, on=on)
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
    index_tumors = [tumor for tumor in casebook.records(PrimaryTumor) if tumor.is_index == "Y"]
    state = index_tumors[0].oligometastasis if index_tumors else ""
    return state if state in STATES else None


def units_level(casebook: Casebook, parameters: Parameters, *, on: date) -> str | None:
    """Return whether one organ unit is involved, or more.

    None stands for a number that equivocal lesions leave open.
    """
    span = organ_units.organ_units(counted_at_gate(casebook, 2, on=on), parameters)
    levels = {FEW_UNITS if number == 1 else MORE_UNITS for number in (span.least, span.most)}
    return levels.pop() if len(levels) == 1 and span.least else None


def feasible(casebook: Casebook, *, at: str) -> str | None:
    """Return whether radiotherapy can cover all lesions, as judged at a visit (RTFEAS).

    The judgment precedes the allocation (crf_spec 2.9).
    """
    extents = [extent for extent in casebook.records(DiseaseExtent) if extent.visit.code == at]
    complete = [extent for extent in extents if extent.state == Record.State.COMPLETE]
    return complete[-1].radiotherapy_feasible if complete else None
