"""The inclusion criteria of the laboratory, I09 to I12, as automatic rules (crf_spec 2.12).

The rules are called, and answer, as those of inclusion. The latest results in LAB_WINDOW_DAYS
count; several of one day are each judged by themselves, and decide only where they agree.
"""

from collections.abc import Callable
from decimal import Decimal

from trial.protocol.eligibility.estimated_clearance import cockcroft_gault
from trial.protocol.eligibility.evidence import Evidence, LabValue, agreed, latest
from trial.protocol.eligibility.finding import Finding, answered, finding, none_in_window
from trial.protocol.eligibility.organ_units import liver_metastases
from trial.protocol.kleene import Truth, all_of, any_of
from trial.protocol.laboratory.analytes import TESTS
from trial.protocol.laboratory.clearance import CLEARANCE_MIN_ML_MIN, clearance_judged
from trial.protocol.laboratory.quantities import unit_name
from trial.protocol.laboratory.reported import Reported, at_least, at_most
from trial.protocol.parameters import DEFAULT, CgSource, Parameters
from trial.protocol.rounding import beside
from trial.protocol.sentence import Sentence, both, either, in_turn

MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN
HEMOGLOBIN_MIN_G_L = Decimal(90)
BILIRUBIN_ULN, ENZYME_ULN, ENZYME_ULN_WITH_LIVER = Decimal(2), Decimal("2.5"), Decimal(5)
ULN_LIMITS = (BILIRUBIN_ULN, ENZYME_ULN, ENZYME_ULN_WITH_LIVER)


def hemoglobin(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """Judge I09, hemoglobin of 90 g/L or more (crf_spec 2.12).

    >>> hemoglobin(Evidence()).truth
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    demand = Sentence("at least {limit} g/L is required", limit=HEMOGLOBIN_MIN_G_L)

    def is_enough(value: LabValue) -> Truth:
        return at_least(value.result, HEMOGLOBIN_MIN_G_L)

    return _measured("HGB", evidence, gate, parameters, is_enough, demand)


def bilirubin(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """Judge I10, total bilirubin of 2 × ULN or less (crf_spec 2.12).

    >>> bilirubin(Evidence()).truth
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    demand = Sentence("at most {limit} × ULN is required", limit=BILIRUBIN_ULN)

    def is_low(value: LabValue) -> Truth:
        return _within(value, BILIRUBIN_ULN)

    return _measured("BILI", evidence, gate, parameters, is_low, demand)


def enzymes(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """Judge I11: AST, ALT and ALP, each on its own (crf_spec 2.12).

    Liver metastases relax the limit from 2.5 to 5 × ULN, and nothing else does.

    >>> enzymes(Evidence()).truth
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    liver = has_liver_metastases(evidence)
    limit = {MET: ENZYME_ULN_WITH_LIVER, NOT_MET: ENZYME_ULN}.get(liver)
    demand = Sentence("at most {limit} × ULN is required", limit=limit)
    if limit is None:
        relaxed = Sentence(
            "{limit} × ULN with liver metastases",
            limit=ENZYME_ULN_WITH_LIVER,
        )
        demand = Sentence(
            "at most {limit} × ULN, or {relaxed}, is required",
            limit=ENZYME_ULN,
            relaxed=relaxed,
        )

    def is_low(value: LabValue) -> Truth:
        with_liver = all_of([liver, _within(value, ENZYME_ULN_WITH_LIVER)])
        return any_of([_within(value, ENZYME_ULN), with_liver])

    findings = [
        _measured(test, evidence, gate, parameters, is_low, demand)
        for test in ("AST", "ALT", "ALP")
    ]
    return Finding(
        all_of(finding.truth for finding in findings),
        in_turn(finding.reason for finding in findings),
    )


def has_liver_metastases(evidence: Evidence) -> Truth:
    """Return whether there are liver metastases, by the answer of the form (crf_spec 2.9).

    UNKNOWN where the lesions entered contradict the answer.

    >>> has_liver_metastases(Evidence(liver_metastases="N"))
    <Truth.NOT_MET: 'NOT_MET'>
    """
    answer = answered(evidence.liver_metastases)
    count = liver_metastases(evidence.lesions)
    if answer == NOT_MET:
        return UNKNOWN if count.least > 0 else NOT_MET
    is_contradicted = bool(evidence.lesions) and count.most == 0
    return UNKNOWN if is_contradicted else answer


def clearance(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """Judge I12, creatinine clearance of 30 mL/min or more, unrounded (crf_spec 2.12).

    The clearance is estimated for every age possible on the day of the specimen. A measured one
    counts only where CG_SOURCE says so.

    >>> clearance(Evidence()).truth
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    clearances, method = _clearances(evidence, gate, parameters)
    if not clearances:
        return finding(
            UNKNOWN,
            "No creatinine clearance ({method}): a value, or age, sex or weight "
            "for it, is missing.",
            method=method,
        )
    judgment = agreed(at_least(result, CLEARANCE_MIN_ML_MIN) for result in clearances)
    listed = either(f"{result.comparator}{clearance_judged(result.value)}" for result in clearances)
    return finding(
        judgment,
        "Creatinine clearance {listed} mL/min ({method}); at least {limit} mL/min is required.",
        listed=listed,
        method=method,
        limit=CLEARANCE_MIN_ML_MIN,
    )


def _clearances(
    evidence: Evidence, gate: int, parameters: Parameters
) -> tuple[list[Reported], str]:
    """Return the clearances in mL/min that count, and the words for how they were obtained."""
    days, until = parameters.lab_window_days.at(gate), evidence.gate_on
    source = parameters.cg_source
    if source != CgSource.COCKCROFT_GAULT:
        measured = [value for value in evidence.clearances if value.source == source]
        return [value.result for value in latest(measured, until=until, days=days)], str(source)
    specimens = (value for value in evidence.laboratory if value.test == "CREAT")
    creatinine = latest(specimens, until=until, days=days)
    clearances = []
    for value in creatinine:
        clearances += cockcroft_gault(value, evidence, parameters)
    day = str(creatinine[0].on) if creatinine else Sentence("no day in the window")
    return clearances, Sentence("Cockcroft–Gault, creatinine of {day}", day=day)


def _measured(
    code: str,
    evidence: Evidence,
    gate: int,
    parameters: Parameters,
    judge: Callable[[LabValue], Truth],
    demand: str,
) -> Finding:
    """Judge the latest results of a laboratory test in the window, each by itself."""
    test = TESTS[code]
    days = parameters.lab_window_days.at(gate)
    of_test = (value for value in evidence.laboratory if value.test == code)
    values = latest(of_test, until=evidence.gate_on, days=days)
    if not values:
        return Finding(UNKNOWN, none_in_window(Sentence(test.name.lower()), evidence.gate_on, days))
    listed = both(
        Sentence(
            "{test} {result} {unit}{multiple} on {day}",
            test=Sentence(test.name),
            result=value.result,
            unit=unit_name(test.unit),
            multiple=_multiple(value, demand),
            day=value.on,
        )
        for value in values
    )
    return finding(agreed(map(judge, values)), "{listed}; {demand}.", listed=listed, demand=demand)


def _within(value: LabValue, times: Decimal) -> Truth:
    """Return whether a result is at most so many times the upper limit of normal.

    The limit is multiplied, not the result divided, so that the comparison is exact.
    """
    return at_most(value.result, times * value.uln) if value.uln else UNKNOWN


def _multiple(value: LabValue, demand: str) -> str:
    """Return the result as a multiple of ULN, in words, where the demand is one."""
    if "ULN" not in demand:
        return ""
    if not value.uln:
        return Sentence(" (ULN not known)")
    multiple = beside(value.result.value / value.uln, *ULN_LIMITS, places=2)
    return f" = {value.result.comparator}{multiple} × ULN"
