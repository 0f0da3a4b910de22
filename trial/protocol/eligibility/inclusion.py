"""The inclusion criteria as automatic rules (crf_spec 2.12, I01 to I12), one function each.

Each takes the evidence, the gate (1 entry, 2 randomization) and the parameters, and returns what it finds: the truth of the
criterion's text, and one sentence why. Missing, unknown and contradictory input is UNKNOWN; nothing raises.
"""

from collections.abc import Callable
from decimal import Decimal

from trial.protocol.eligibility.estimated_clearance import cockcroft_gault
from trial.protocol.eligibility.evidence import Clearance, Evidence, LabValue, agreed, latest
from trial.protocol.eligibility.finding import Finding, answered
from trial.protocol.eligibility.organ_units import is_oligometastatic, liver_metastases, organ_units, units
from trial.protocol.kleene import Truth, all_of, any_of, truth
from trial.protocol.laboratory.analytes import TESTS
from trial.protocol.laboratory.clearance import CLEARANCE_MIN_ML_MIN, clearance_shown
from trial.protocol.laboratory.quantities import unit_name
from trial.protocol.laboratory.reported import at_least, at_most
from trial.protocol.parameters import DEFAULT, CgSource, Parameters

MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN
UROTHELIAL = ("UC_PURE", "UC_PAPILLARY", "UC_WITH_VARIANT")
SETTINGS = ("AFTER_CYSTECTOMY", "AFTER_RNU", "AFTER_CYSTECTOMY_AND_RNU", "INOPERABLE_AT_DIAGNOSIS")
AGE_MIN = 18
HEMOGLOBIN_MIN_G_L = Decimal(90)
BILIRUBIN_ULN, ENZYME_ULN, ENZYME_ULN_WITH_LIVER = Decimal(2), Decimal("2.5"), Decimal(5)


def histology(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """I01 (crf_spec 2.12). Cytology alone neither confirms nor refutes.

    >>> histology(Evidence(histology_source="CYTOLOGY_ONLY")).truth
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    kind, source = evidence.histology_type or "", evidence.histology_source
    if source == "CYTOLOGY_ONLY":
        return Finding(UNKNOWN, "Cytology only: there is no histological confirmation yet.")
    if evidence.histology_confirmed == "N" or kind.startswith("NON_UC"):
        return Finding(
            NOT_MET, f"Histologically confirmed: {evidence.histology_confirmed or 'not entered'}; type: {kind or 'not entered'}."
        )
    if evidence.histology_confirmed == "Y" and kind in UROTHELIAL and source:
        return Finding(MET, f"{kind} is confirmed histologically ({source}).")
    return Finding(UNKNOWN, "Confirmation, material or type of the histology is not entered or not known.")


def setting(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """I02 (crf_spec 2.12). Needs a named setting and one definite lesion other than the primary tumor; never refuted by the data alone.

    >>> setting(Evidence(clinical_setting="OTHER")).truth
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    metastases = sum(lesion.is_definite and lesion.lesion_class not in (None, "", "PRIMARY") for lesion in evidence.lesions)
    found = MET if evidence.clinical_setting in SETTINGS and metastases else UNKNOWN
    return Finding(
        found, f"Setting: {evidence.clinical_setting or 'not entered'}; definite lesions besides the primary tumor: {metastases}."
    )


def organ_count(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """I03 (crf_spec 2.12), by the counting rule of crf_spec 2.8.

    >>> organ_count(Evidence()).reason
    'No lesion is entered yet.'
    """
    if not evidence.lesions:
        return Finding(UNKNOWN, "No lesion is entered yet.")
    count, found = organ_units(evidence.lesions, parameters), units(evidence.lesions, parameters)
    names = ", ".join(sorted(found.possible)) or "none"
    return Finding(
        is_oligometastatic(evidence.lesions, parameters),
        f"Organ units: {count} ({names}); 1 to {parameters.max_organ_units} are required.",
    )


def coverage(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """I04 (crf_spec 2.12). A lesion that a dose constraint bars from radiotherapy contradicts full coverage.

    >>> coverage(Evidence(radiotherapy_feasible="NO")).truth
    <Truth.NOT_MET: 'NOT_MET'>
    """
    barred = [lesion.code for lesion in evidence.lesions if lesion.radiotherapy == "NO_CONSTRAINT"]
    said = answered(evidence.radiotherapy_feasible)
    if said == MET and barred:
        return Finding(UNKNOWN, f"Full coverage is said to be possible, but a dose constraint bars {', '.join(barred)}.")
    return Finding(said, f"Full coverage by radiotherapy: {evidence.radiotherapy_feasible or 'not judged yet'}.")


def consent(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """I05 (crf_spec 2.12). Withdrawal counts from its day on; a signature on an invalid version leaves it open.

    >>> consent(Evidence(consent_declined=True)).truth
    <Truth.NOT_MET: 'NOT_MET'>
    """
    signed, withdrawn, day = evidence.consent_signed_on, evidence.consent_withdrawn_on, evidence.gate_on
    if evidence.consent_declined or (withdrawn and (not day or withdrawn <= day)):
        return Finding(NOT_MET, f"Consent was withdrawn on {withdrawn}." if withdrawn else "Consent was declined.")
    if not signed:
        return Finding(UNKNOWN, "No initial consent is entered yet.")
    if not evidence.consent_version_valid:
        return Finding(UNKNOWN, f"Signed on {signed}, on a version not known to be valid at the site on that day.")
    if evidence.first_study_procedure_on and evidence.first_study_procedure_on < signed:
        return Finding(UNKNOWN, f"Signed on {signed}, after a study procedure on {evidence.first_study_procedure_on}.")
    if day and day < signed:
        return Finding(UNKNOWN, f"Signed on {signed}, after the day of the gate, {day}.")
    return Finding(MET, f"Signed on {signed}, on a version valid at the site.")


def age(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """I06 (crf_spec 2.12), over every age that month of birth and source leave possible.

    >>> age(Evidence()).reason
    'Age at consent: not known; 18 to 80 years are required.'
    """
    ages = evidence.ages_on(evidence.consent_signed_on)
    found = agreed(truth(AGE_MIN <= years <= parameters.age_max_rule) for years in ages)
    said = " or ".join(map(str, sorted(ages))) or "not known"
    return Finding(found, f"Age at consent: {said}; {AGE_MIN} to {parameters.age_max_rule} years are required.")


def survival(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """I07 (crf_spec 2.12): the investigator's statement alone.

    >>> survival(Evidence(survival_6_months="N")).truth
    <Truth.NOT_MET: 'NOT_MET'>
    """
    said = {"Y": "yes", "N": "no", "U": "not known"}.get(evidence.survival_6_months or "", "not entered")
    return Finding(answered(evidence.survival_6_months), f"Expected survival of 6 months or more, by the investigator: {said}.")


def performance(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """I08 (crf_spec 2.12), by the latest ECOG status in the window.

    >>> performance(Evidence()).truth
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    days = parameters.ecog_window_days.at(gate)
    values = latest(evidence.ecog, until=evidence.gate_on, days=days)
    if not values:
        return Finding(UNKNOWN, _none("ECOG status", evidence, days))
    said = " and ".join(f"ECOG {value.grade} on {value.on}" for value in values)
    return Finding(agreed(truth(0 <= value.grade <= 1) for value in values), f"{said}; 0 or 1 is required.")


def hemoglobin(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """I09 (crf_spec 2.12).

    >>> hemoglobin(Evidence()).truth
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    demand = f"at least {HEMOGLOBIN_MIN_G_L} g/L is required"
    return _measured("HGB", evidence, gate, parameters, lambda value: at_least(value.result, HEMOGLOBIN_MIN_G_L), demand)


def bilirubin(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """I10 (crf_spec 2.12).

    >>> bilirubin(Evidence()).truth
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    demand = f"at most {BILIRUBIN_ULN} × ULN is required"
    return _measured("BILI", evidence, gate, parameters, lambda value: _within(value, BILIRUBIN_ULN), demand)


def enzymes(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """I11 (crf_spec 2.12): AST, ALT and ALP, each on its own; liver metastases relax the limit, and nothing else does.

    >>> enzymes(Evidence()).truth
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    liver = has_liver_metastases(evidence)
    demand = {MET: ENZYME_ULN_WITH_LIVER, NOT_MET: ENZYME_ULN}.get(liver)
    said = f"at most {demand} × ULN is required" if demand else "at most 2.5 × ULN, or 5 × ULN with liver metastases, is required"

    def tolerable(value: LabValue) -> Truth:
        return any_of([_within(value, ENZYME_ULN), all_of([liver, _within(value, ENZYME_ULN_WITH_LIVER)])])

    found = [_measured(test, evidence, gate, parameters, tolerable, said) for test in ("AST", "ALT", "ALP")]
    return Finding(all_of(one.truth for one in found), " ".join(one.reason for one in found))


def has_liver_metastases(evidence: Evidence) -> Truth:
    """Whether there are liver metastases: the answer, as far as the lesions entered do not contradict it (crf_spec 2.9).

    >>> has_liver_metastases(Evidence(liver_metastases="N"))
    <Truth.NOT_MET: 'NOT_MET'>
    """
    said, liver = answered(evidence.liver_metastases), liver_metastases(evidence.lesions)
    contradicted = liver.least > 0 if said == NOT_MET else bool(evidence.lesions) and liver.most == 0
    return UNKNOWN if contradicted else said


def clearance(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """I12 (crf_spec 2.12), unrounded, over every age possible on the day of the specimen; measured clearance only where CG_SOURCE says so.

    >>> clearance(Evidence()).truth
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    days, until = parameters.lab_window_days.at(gate), evidence.gate_on
    if parameters.cg_source != CgSource.COCKCROFT_GAULT:
        measured: list[Clearance] = [c for c in evidence.clearances if c.source == parameters.cg_source]
        found = [value.result for value in latest(measured, until=until, days=days)]
        how = str(parameters.cg_source)
    else:
        creatinine = latest((value for value in evidence.laboratory if value.test == "CREAT"), until=until, days=days)
        found = [one for value in creatinine for one in cockcroft_gault(value, evidence, parameters)]
        how = "Cockcroft–Gault, creatinine of " + (str(creatinine[0].on) if creatinine else "no day in the window")
    if not found:
        return Finding(UNKNOWN, f"No creatinine clearance ({how}): a value, or age, sex or weight for it, is missing.")
    said = " or ".join(f"{one.comparator}{clearance_shown(one.value)}" for one in found)
    return Finding(
        agreed(at_least(one, CLEARANCE_MIN_ML_MIN) for one in found),
        f"Creatinine clearance {said} mL/min ({how}); at least {CLEARANCE_MIN_ML_MIN} mL/min is required.",
    )


def _measured(test: str, evidence: Evidence, gate: int, parameters: Parameters, judge: Callable[[LabValue], Truth], demand: str) -> Finding:
    """The latest results of a test in the window, judged one by one."""
    name, unit = TESTS[test].name, unit_name(TESTS[test].unit)
    days = parameters.lab_window_days.at(gate)
    values = latest((value for value in evidence.laboratory if value.test == test), until=evidence.gate_on, days=days)
    if not values:
        return Finding(UNKNOWN, _none(name.lower(), evidence, days))
    said = " and ".join(f"{name} {value.result} {unit}{_multiple(value, demand)} on {value.on}" for value in values)
    return Finding(agreed(map(judge, values)), f"{said}; {demand}.")


def _within(value: LabValue, times: Decimal) -> Truth:
    """Multiplied, not divided, so that the comparison is exact."""
    return at_most(value.result, times * value.uln) if value.uln else UNKNOWN


def _multiple(value: LabValue, demand: str) -> str:
    if "ULN" not in demand:
        return ""
    return f" = {value.result.comparator}{value.result.value / value.uln:.2f} × ULN" if value.uln else " (ULN not known)"


def _none(what: str, evidence: Evidence, days: int) -> str:
    if not evidence.gate_on:
        return f"The day of the gate is not known yet, so no {what} can be chosen."
    return f"No {what} in the {days} days up to {evidence.gate_on}."
