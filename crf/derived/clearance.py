"""Creatinine clearance of a panel, and what it is computed from (crf_spec 2.10): by the rules that
judge criterion I12.
"""

from typing import NamedTuple

from crf.casebook import Casebook, once
from crf.models import Consent, LaboratoryPanel, LaboratoryResult, VitalSigns
from trial.protocol.eligibility import estimated_clearance
from trial.protocol.eligibility.evidence import Evidence, LabValue, Weight
from trial.protocol.laboratory import reported
from trial.protocol.laboratory.clearance import clearance_shown

from .demographics import person, signed_on
from .laboratory import as_reported, limits, standardized

SEXES = {"M": "male", "F": "female"}


class ClearanceInputs(NamedTuple):
    """What the clearance of a panel is computed from, and the clearances: one for each age and
    weight that is possible.
    """

    sex: str
    ages: frozenset[int]
    weights: list[Weight]
    creatinine: LabValue | None
    clearances: list[reported.Reported]

    def __str__(self) -> str:
        sex = SEXES.get(self.sex, "sex not known")
        age = f"{' or '.join(map(str, sorted(self.ages)))} years" if self.ages else "age not known"
        weight = (
            " or ".join(f"{weight.kg:f} kg on {weight.on}" for weight in self.weights)
            or "no weight near that day"
        )
        creatinine = (
            f"creatinine {self.creatinine.result} µmol/L" if self.creatinine else "no creatinine"
        )
        return ", ".join((sex, age, weight, creatinine))


@LaboratoryPanel.clearance_ml_min.computed_by
def clearance_ml_min(panel: LaboratoryPanel, casebook: Casebook) -> str:
    """Return the clearance, unrounded where it is compared, rounded here (crf_spec 2.10); several,
    where several ages are possible.
    """
    shown = (
        f"{value.comparator}{clearance_shown(value.value)}"
        for value in clearance_inputs(panel, casebook).clearances
    )
    return " or ".join(dict.fromkeys(shown))


@LaboratoryPanel.clearance_inputs.computed_by
def inputs_in_words(panel: LaboratoryPanel, casebook: Casebook) -> str:
    """Return sex, age on the day of the specimen, the nearest weight and creatinine; what is
    missing is named.
    """
    return str(clearance_inputs(panel, casebook)) if creatinine_of(panel) else ""


def creatinine_of(panel: LaboratoryPanel) -> LaboratoryResult | None:
    """Return the panel's creatinine, where it can be read."""
    return next(
        (row for row in panel.rows(LaboratoryResult) if row.test == "CREAT" and as_reported(row)),
        None,
    )


def clearance_inputs(panel: LaboratoryPanel, casebook: Casebook) -> ClearanceInputs:
    """Return what the panel's clearance is computed from, and what comes out, by the parameters in
    force on its day.
    """
    row = creatinine_of(panel)
    creatinine = lab_value(row, casebook) if row else None
    if creatinine is None:
        return ClearanceInputs("", frozenset(), [], None, [])
    evidence, parameters = evidence_of_clearance(casebook), casebook.parameters_on(creatinine.on)
    return ClearanceInputs(
        evidence.sex or "",
        evidence.ages_on(creatinine.on),
        estimated_clearance.nearest_weights(creatinine, evidence, parameters),
        creatinine,
        estimated_clearance.cockcroft_gault(creatinine, evidence, parameters),
    )


@once
def evidence_of_clearance(casebook: Casebook) -> Evidence:
    """Return the part of the evidence of eligibility that a clearance is computed from."""
    demographics = person(casebook)
    return Evidence(
        sex=(demographics.sex or None) if demographics else None,
        birth_month=(demographics.birth_month or None) if demographics else None,
        age_confirmed=demographics.age_confirmed if demographics else None,
        consent_signed_on=signed_on(casebook, Consent.Type.INITIAL),
        weights=weights(casebook),
    )


@once
def weights(casebook: Casebook) -> tuple[Weight, ...]:
    """Return every weight that was measured on a known day."""
    measured = [
        signs for signs in casebook.records(VitalSigns) if signs.weight_kg and signs.measured_on
    ]
    return tuple(Weight(kg=signs.weight_kg, on=signs.measured_on) for signs in measured)


def lab_value(row: LaboratoryResult, casebook: Casebook) -> LabValue | None:
    """Return a result as eligibility judges it: in the standard unit, with its upper limit; None
    without a day or a number.
    """
    result = standardized(row)
    if result is None or row.panel.sampled_on is None:
        return None
    return LabValue(
        test=row.test,
        result=result,
        on=row.panel.sampled_on,
        uln=limits(row.panel, row.test, casebook).high,
    )
