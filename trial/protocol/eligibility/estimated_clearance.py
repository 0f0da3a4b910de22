"""Creatinine clearance as estimated from the evidence of a subject (crf_spec 2.10 and 2.12, I12).

The formula is Cockcroft's and Gault's (laboratory.clearance). Where the month of birth leaves two
ages possible, or two weights lie equally near, there are several clearances, and all of them count.
"""

from trial.protocol.eligibility.evidence import Evidence, LabValue, Weight
from trial.protocol.laboratory.clearance import SEXES, creatinine_clearance
from trial.protocol.laboratory.reported import MIRRORED, Reported
from trial.protocol.parameters import DEFAULT, Parameters


def cockcroft_gault(
    creatinine: LabValue, evidence: Evidence, parameters: Parameters = DEFAULT
) -> list[Reported]:
    """Return the clearances in mL/min of one creatinine in µmol/L (crf_spec 2.10).

    There is one for each age and weight that is possible, and none where age, sex or weight is not
    known. A creatinine below a limit means a clearance above one, so the comparator is mirrored.

    >>> from datetime import date
    >>> from trial.protocol.laboratory.reported import parse
    >>> creatinine = LabValue(test="CREAT", result=parse("97"), on=date(2025, 3, 4))
    >>> cockcroft_gault(creatinine, Evidence())
    []
    """
    sex, umol_l = evidence.sex, creatinine.result.value
    if sex not in SEXES or umol_l <= 0:
        return []
    comparator = MIRRORED[creatinine.result.comparator]
    clearances = []
    for years in sorted(evidence.ages_on(creatinine.on)):
        for weight in nearest_weights(creatinine, evidence, parameters):
            ml_min = creatinine_clearance(years, weight.kg, sex, umol_l, parameters=parameters)
            clearances.append(Reported(comparator, ml_min))
    return clearances


def nearest_weights(
    specimen: LabValue, evidence: Evidence, parameters: Parameters = DEFAULT
) -> list[Weight]:
    """Return the weight measured nearest to the specimen, within CG_WEIGHT's days (crf_spec 1).

    Several weights are returned where they are equally near, none where none is near enough.

    >>> from datetime import date
    >>> from trial.protocol.laboratory.reported import parse
    >>> creatinine = LabValue(test="CREAT", result=parse("97"), on=date(2025, 3, 4))
    >>> nearest_weights(creatinine, Evidence())
    []
    """
    before, after = parameters.cg_weight
    distances = {}
    for weight in evidence.weights:
        days = (weight.on - specimen.on).days
        if -before <= days <= after:
            distances[weight] = abs(days)
    shortest = min(distances.values(), default=None)
    return [weight for weight, distance in distances.items() if distance == shortest]
