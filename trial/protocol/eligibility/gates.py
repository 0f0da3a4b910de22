"""Eligibility at two gates (crf_spec 2.12): entry (1) and randomization (2). Three-valued, and no waivers.

Each criterion is MET, NOT_MET or UNKNOWN as a statement about its text. An inclusion criterion passes when MET, an exclusion
criterion when NOT_MET. What the data refute, nobody can overrule; what they leave open, an investigator decides in writing.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple

from trial.protocol.eligibility import exclusion, inclusion
from trial.protocol.eligibility.evidence import Administration as Administration
from trial.protocol.eligibility.evidence import Clearance as Clearance
from trial.protocol.eligibility.evidence import Ecog as Ecog
from trial.protocol.eligibility.evidence import Evidence as Evidence
from trial.protocol.eligibility.evidence import LabValue as LabValue
from trial.protocol.eligibility.evidence import Weight as Weight
from trial.protocol.eligibility.finding import Finding
from trial.protocol.eligibility.organ_units import Lesion as Lesion
from trial.protocol.kleene import Truth, all_of, negate
from trial.protocol.parameters import DEFAULT, BrainLiverLogic, Parameters
from trial.protocol.study import CRITERIA, Criterion, Kind


class Passed(StrEnum):
    PASS = "PASS"
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"


class Overall(StrEnum):
    ELIGIBLE = "ELIGIBLE"
    INELIGIBLE = "INELIGIBLE"
    UNDETERMINED = "UNDETERMINED"


class Verdict(NamedTuple):
    """One criterion's truth, whether it is passed, the fields of Evidence it was judged by, and why."""

    criterion: str
    truth: Truth
    passed: Passed
    evidence: tuple[str, ...]
    reason: str


class Rule(NamedTuple):
    find: Callable[[Evidence, int, Parameters], Finding]
    fields: str


HISTOLOGY = "histology_confirmed histology_source histology_type"
LIVER_TESTS = "laboratory lesions liver_metastases gate_on"
CONSENT = "consent_signed_on consent_version_valid consent_declined consent_withdrawn_on first_study_procedure_on gate_on"
AGE = "birth_month age_confirmed consent_signed_on"
CLEARANCE = f"laboratory weights clearances sex {AGE} gate_on"
BRAIN = "brain_imaged brain_imaged_on brain_result lesions gate_on"
RULES = {
    "I01": Rule(inclusion.histology,        HISTOLOGY),
    "I02": Rule(inclusion.setting,          "clinical_setting lesions"),
    "I03": Rule(inclusion.organ_count,      "lesions"),
    "I04": Rule(inclusion.coverage,         "radiotherapy_feasible lesions"),
    "I05": Rule(inclusion.consent,          CONSENT),
    "I06": Rule(inclusion.age,              AGE),
    "I07": Rule(inclusion.survival,         "survival_6_months"),
    "I08": Rule(inclusion.performance,      "ecog gate_on"),
    "I09": Rule(inclusion.hemoglobin,       "laboratory gate_on"),
    "I10": Rule(inclusion.bilirubin,        "laboratory gate_on"),
    "I11": Rule(inclusion.enzymes,          LIVER_TESTS),
    "I12": Rule(inclusion.clearance,        CLEARANCE),
    "X01": Rule(exclusion.other_pathology,  "histology_type variant_components variant_percent"),
    "X02": Rule(exclusion.brain,            BRAIN),
    "X03": Rule(exclusion.liver,            "lesions"),
    "X04": Rule(exclusion.cord_compression, "lesions cord_risk"),
    "X05": Rule(exclusion.effusion,         "pericardial pleural abdominopelvic"),
    "X06": Rule(exclusion.intolerance,      "induction"),
    "X07": Rule(exclusion.progression,      "progression"),
}  # fmt: skip
AFTER_CYCLES = ("X06", "X07")
KINDS = {criterion.code: criterion.kind for criterion in CRITERIA}


def applying(gate: int, parameters: Parameters = DEFAULT) -> tuple[Criterion, ...]:
    """The criteria of a gate in the protocol's order (crf_spec 2.12).

    Randomized before the cycles, a subject passes both gates at once, and the criteria about the cycles apply at none.

    >>> [criterion.code for criterion in applying(2)][-2:]
    ['X06', 'X07']
    """
    if parameters.before_cycles:
        return tuple(criterion for criterion in CRITERIA if criterion.code not in AFTER_CYCLES)
    return tuple(criterion for criterion in CRITERIA if gate in criterion.gates)


def evaluate(evidence: Evidence, *, gate: int, parameters: Parameters = DEFAULT) -> tuple[Verdict, ...]:
    """What the data say of each criterion of a gate, 1 or 2 (crf_spec 2.12). Never raises: what is missing is UNKNOWN.

    >>> {verdict.truth for verdict in evaluate(Evidence(), gate=1)}
    {<Truth.UNKNOWN: 'UNKNOWN'>}
    """
    verdicts = []
    for criterion in applying(gate, parameters):
        found = RULES[criterion.code].find(evidence, gate, parameters)
        fields = _fields(criterion.code, parameters)
        verdicts.append(Verdict(criterion.code, found.truth, passed(criterion.code, found.truth), fields, found.reason))
    return tuple(verdicts)


def _fields(criterion: str, parameters: Parameters) -> tuple[str, ...]:
    """Where only brain and liver metastases together exclude, each criterion is judged by both."""
    joined = criterion in ("X02", "X03") and parameters.brain_liver_logic == BrainLiverLogic.AND
    return tuple((BRAIN if joined else RULES[criterion].fields).split())


def passed(criterion: str, truth: Truth) -> Passed:
    """Whether a subject passes a criterion of that truth (crf_spec 2.12). Raises KeyError for a criterion that is none.

    >>> passed("X02", Truth.MET)
    <Passed.FAIL: 'FAIL'>
    """
    favorable = truth if KINDS[criterion] == Kind.INCLUSION else negate(truth)
    return {Truth.MET: Passed.PASS, Truth.NOT_MET: Passed.FAIL, Truth.UNKNOWN: Passed.UNKNOWN}[favorable]


def overall(verdicts: Iterable[Verdict]) -> Overall:
    """All criteria together (crf_spec 2.12): one that fails decides, one that is unknown leaves it open.

    >>> overall([])
    <Overall.UNDETERMINED: 'UNDETERMINED'>
    """
    statements = [negate(v.truth) if KINDS[v.criterion] == Kind.EXCLUSION else v.truth for v in verdicts]
    if not statements:
        return Overall.UNDETERMINED
    return {
        Truth.MET: Overall.ELIGIBLE,
        Truth.NOT_MET: Overall.INELIGIBLE,
        Truth.UNKNOWN: Overall.UNDETERMINED,
    }[all_of(statements)]


def confirmable(auto: Verdict, investigator: Truth, reason: str = "") -> str | None:
    """Why an investigator cannot confirm a criterion so, given what the data say (crf_spec 2.12); None where they can.

    To agree needs no reason. What the data leave open, and what passes by the data, may be decided otherwise with a reason;
    what fails by the data may not.

    >>> confirmable(Verdict("I07", Truth.UNKNOWN, Passed.UNKNOWN, (), ""), Truth.MET, "Seen on 2025-03-03, in good health.")
    """
    if investigator == auto.truth:
        return None
    if auto.passed == Passed.FAIL:
        return f"{auto.criterion} fails by the data and cannot be overruled: {auto.reason} Correct the source, or end here."
    if not reason.strip():
        return f"{auto.criterion} is {auto.truth} by the data. Give the reason why it is {investigator}."
    return None


def confirmed(auto: Verdict, investigator: Truth) -> Verdict:
    """The verdict as the investigator confirms it, to be counted in `overall` (crf_spec 2.12); ask `confirmable` first.

    >>> confirmed(Verdict("X05", Truth.UNKNOWN, Passed.UNKNOWN, (), ""), Truth.NOT_MET).passed
    <Passed.PASS: 'PASS'>
    """
    return auto._replace(truth=investigator, passed=passed(auto.criterion, investigator))
