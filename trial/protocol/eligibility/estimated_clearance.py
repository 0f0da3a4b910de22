"""Cockcroft–Gault clearances of the evidence."""

from trial.protocol.eligibility.evidence import Evidence, LabValue, Weight
from trial.protocol.laboratory.clearance import creatinine_clearance
from trial.protocol.laboratory.reported import MIRRORED, Comparator, Reported
from trial.protocol.parameters import DEFAULT, Parameters


def cockcroft_gault(creatinine: LabValue, evidence: Evidence, parameters: Parameters = DEFAULT) -> list[Reported]:
    """Clearances in mL/min of one creatinine in µmol/L (crf_spec 2.10): one for each age and weight that is possible.

    A creatinine below something means a clearance above something. Empty where age, sex or weight is not known.

    >>> from datetime import date
    >>> from decimal import Decimal
    >>> cockcroft_gault(LabValue(test="CREAT", result=Reported(Comparator.EXACT, Decimal(97)), on=date(2025, 3, 4)), Evidence())
    []
    """
    if evidence.sex not in ("M", "F") or creatinine.result.value <= 0:
        return []
    comparator, constant = Comparator(MIRRORED[creatinine.result.comparator]), parameters.cg_constant
    return [
        Reported(comparator, creatinine_clearance(years, weight.kg, evidence.sex, creatinine.result.value, constant))
        for years in sorted(evidence.ages_on(creatinine.on))
        for weight in nearest_weights(creatinine, evidence, parameters)
    ]


def nearest_weights(specimen: LabValue, evidence: Evidence, parameters: Parameters = DEFAULT) -> list[Weight]:
    """The weight measured nearest to the specimen (crf_spec 1, CG_WEIGHT); several where they are as near.

    >>> from datetime import date
    >>> from decimal import Decimal
    >>> nearest_weights(LabValue(test="CREAT", result=Reported(Comparator.EXACT, Decimal(97)), on=date(2025, 3, 4)), Evidence())
    []
    """
    before, after = parameters.cg_weight
    near = {weight: (weight.on - specimen.on).days for weight in evidence.weights}
    allowed = {weight: abs(days) for weight, days in near.items() if -before <= days <= after}
    return [weight for weight, distance in allowed.items() if distance == min(allowed.values())]
