"""The creatinine clearance of a panel, with its inputs (crf_spec 2.10).

It is computed by the rules that judge criterion I12.
"""

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crf.casebook import Casebook, once
from crf.derived.demographics import person, signed_on
from crf.derived.laboratory.results import as_reported, limits, standardized
from crf.models import Consent, Demographics, LaboratoryPanel, LaboratoryResult, VitalSigns
from trial.protocol.eligibility import estimated_clearance
from trial.protocol.eligibility.evidence import Evidence, LabValue, Weight
from trial.protocol.laboratory import reported
from trial.protocol.laboratory.clearance import clearance_shown
from trial.protocol.sentence import either
from trial.refusals.words import translated

SEXES = {
    Demographics.Sex.M.value: gettext_lazy("male"),
    Demographics.Sex.F.value: gettext_lazy("female"),
}
CREATININE = "CREAT"


class ClearanceInputs(NamedTuple):
    """The inputs of a panel's clearance, and the clearances.

    There is one clearance for each age and weight that is possible, in mL/min.
    """

    sex: str
    ages: frozenset[int]
    weights: list[Weight]
    creatinine: LabValue | None
    clearances: list[reported.Reported]

    def __str__(self) -> str:
        sex = str(SEXES.get(self.sex, _("sex not known")))
        return ", ".join((sex, self._age_in_words(), self._weight_in_words(), self._creatinine()))

    def _age_in_words(self) -> str:
        if not self.ages:
            return _("age not known")
        return _("{ages} years").format(ages=translated(either(map(str, sorted(self.ages)))))

    def _weight_in_words(self) -> str:
        weight = _("{weight} kg on {day}")
        weights = [weight.format(weight=f"{row.kg:f}", day=row.on) for row in self.weights]
        return translated(either(weights)) if weights else _("no weight near that day")

    def _creatinine(self) -> str:
        if self.creatinine is None:
            return _("no creatinine")
        return _("creatinine {value} µmol/L").format(value=self.creatinine.result)


@LaboratoryPanel.clearance_ml_min.computed_by
def clearance_ml_min(panel: LaboratoryPanel, casebook: Casebook) -> str:
    """Return the clearance in mL/min; several, where several ages are possible.

    It is rounded here, and compared unrounded (crf_spec 2.10).
    """
    clearances = clearance_inputs(panel, casebook).clearances
    shown = [f"{value.comparator}{clearance_shown(value.value)}" for value in clearances]
    return either(dict.fromkeys(shown)) if shown else ""


@LaboratoryPanel.clearance_inputs.computed_by
def inputs_in_words(panel: LaboratoryPanel, casebook: Casebook) -> str:
    """Return sex, age on the day of the specimen, the nearest weight, and creatinine.

    An input that is missing is named.
    """
    return str(clearance_inputs(panel, casebook)) if creatinine_of(panel) else ""


def creatinine_of(panel: LaboratoryPanel) -> LaboratoryResult | None:
    """Return the panel's creatinine; None where there is none, or it is no number."""
    for row in panel.rows(LaboratoryResult):
        if row.test == CREATININE and as_reported(row):
            return row
    return None


def clearance_inputs(panel: LaboratoryPanel, casebook: Casebook) -> ClearanceInputs:
    """Return the inputs of the panel's clearance, and the result.

    The parameters in force on the day of the specimen count.
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
    demographics = person(casebook) or Demographics()
    return Evidence(
        sex=demographics.sex or None,
        birth_month=demographics.birth_month or None,
        age_confirmed=demographics.age_confirmed,
        consent_signed_on=signed_on(casebook, Consent.Type.INITIAL),
        weights=weights(casebook),
    )


@once
def weights(casebook: Casebook) -> tuple[Weight, ...]:
    """Return every weight that was measured on a known day."""
    return tuple(
        Weight(kg=signs.weight_kg, on=signs.measured_on)
        for signs in casebook.records(VitalSigns)
        if signs.weight_kg and signs.measured_on
    )


def lab_value(row: LaboratoryResult, casebook: Casebook) -> LabValue | None:
    """Return a result as eligibility judges it: in the standard unit, with its upper limit.

    None stands for a result without a day or a number.
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
