"""Eligibility at two gates (crf_spec 2.12): entry (1) and randomization (2). There are no waivers.

Each criterion is MET, NOT_MET or UNKNOWN as a statement about its text (three-valued logic,
kleene). An inclusion criterion passes when MET, an exclusion criterion when NOT_MET. Nobody can
overrule what the data refute; what the data leave open, an investigator decides in writing.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple

from trial.protocol.code_words import in_words
from trial.protocol.eligibility import exclusion, inclusion, intolerance, laboratory_criteria
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
from trial.protocol.sentence import Sentence
from trial.protocol.study import CRITERIA, Criterion, Kind


class Passed(StrEnum):
    """The answer to whether a subject passes one criterion."""

    PASS = "PASS"
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"


class Overall(StrEnum):
    """The result of all criteria of a gate together."""

    ELIGIBLE = "ELIGIBLE"
    INELIGIBLE = "INELIGIBLE"
    UNDETERMINED = "UNDETERMINED"


class Verdict(NamedTuple):
    """The truth of one criterion, whether it is passed, by which fields of Evidence, and why."""

    criterion: str
    truth: Truth
    passed: Passed
    evidence: tuple[str, ...]
    reason: str


class Rule(NamedTuple):
    """The function that judges a criterion, and the fields of Evidence that it reads."""

    judge: Callable[[Evidence, int, Parameters], Finding]
    fields: str


HISTOLOGY = "histology_confirmed histology_source histology_type"
LIVER_TESTS = "laboratory lesions liver_metastases gate_on"
VARIANT = "histology_type variant_components variant_percent"
CONSENT = (
    "consent_signed_on consent_version_valid consent_declined consent_withdrawn_on "
    "first_study_procedure_on gate_on"
)
AGE = "birth_month age_confirmed consent_signed_on"
CLEARANCE = f"laboratory weights clearances sex {AGE} gate_on"
BRAIN = "brain_imaged brain_imaged_on brain_result lesions gate_on"
RULES = {
    "I01": Rule(inclusion.histology,            HISTOLOGY),
    "I02": Rule(inclusion.setting,              "clinical_setting lesions"),
    "I03": Rule(inclusion.organ_count,          "lesions"),
    "I04": Rule(inclusion.coverage,             "radiotherapy_feasible lesions"),
    "I05": Rule(inclusion.consent,              CONSENT),
    "I06": Rule(inclusion.age,                  AGE),
    "I07": Rule(inclusion.survival,             "survival_6_months"),
    "I08": Rule(inclusion.performance,          "ecog gate_on"),
    "I09": Rule(laboratory_criteria.hemoglobin, "laboratory gate_on"),
    "I10": Rule(laboratory_criteria.bilirubin,  "laboratory gate_on"),
    "I11": Rule(laboratory_criteria.enzymes,    LIVER_TESTS),
    "I12": Rule(laboratory_criteria.clearance,  CLEARANCE),
    "X01": Rule(exclusion.other_pathology,      VARIANT),
    "X02": Rule(exclusion.brain,                BRAIN),
    "X03": Rule(exclusion.liver,                "lesions"),
    "X04": Rule(exclusion.cord_compression,     "lesions cord_risk"),
    "X05": Rule(exclusion.effusion,             "pericardial pleural abdominopelvic"),
    "X06": Rule(intolerance.intolerance,        "induction switches"),
    "X07": Rule(exclusion.progression,          "progression"),
}  # fmt: skip
AFTER_CYCLES = ("X06", "X07")
KINDS = {criterion.code: criterion.kind for criterion in CRITERIA}


def applying(gate: int, parameters: Parameters = DEFAULT) -> tuple[Criterion, ...]:
    """Return the criteria that apply at a gate, in the protocol's order (crf_spec 2.12).

    Randomized before the cycles, a subject passes both gates at once; the criteria about the cycles
    then apply at neither.

    >>> [criterion.code for criterion in applying(2)][-2:]
    ['X06', 'X07']
    """
    if parameters.before_cycles:
        return tuple(criterion for criterion in CRITERIA if criterion.code not in AFTER_CYCLES)
    return tuple(criterion for criterion in CRITERIA if gate in criterion.gates)


def evaluate(
    evidence: Evidence, *, gate: int, parameters: Parameters = DEFAULT
) -> tuple[Verdict, ...]:
    """Judge each criterion of gate 1 or 2 by the evidence (crf_spec 2.12).

    Never raises: a criterion whose evidence is missing is UNKNOWN.

    >>> {verdict.truth for verdict in evaluate(Evidence(), gate=1)}
    {<Truth.UNKNOWN: 'UNKNOWN'>}
    """
    verdicts = []
    for criterion in applying(gate, parameters):
        code = criterion.code
        finding = RULES[code].judge(evidence, gate, parameters)
        fields = _fields(code, parameters)
        is_passed = passed(code, finding.truth)
        verdicts.append(Verdict(code, finding.truth, is_passed, fields, finding.reason))
    return tuple(verdicts)


def _fields(criterion: str, parameters: Parameters) -> tuple[str, ...]:
    """Return the fields of Evidence that a criterion is judged by.

    Where only brain and liver metastases together exclude (BRAIN_LIVER_LOGIC), X02 and X03 are each
    judged by the fields of both.
    """
    is_joined = parameters.brain_liver_logic == BrainLiverLogic.AND
    if is_joined and criterion in ("X02", "X03"):
        return tuple(BRAIN.split())
    return tuple(RULES[criterion].fields.split())


def passed(criterion: str, truth: Truth) -> Passed:
    """Return whether a subject passes a criterion of that truth (crf_spec 2.12).

    Raises KeyError for a code that is no criterion.

    >>> passed("X02", Truth.MET)
    <Passed.FAIL: 'FAIL'>
    """
    favorable = truth if KINDS[criterion] == Kind.INCLUSION else negate(truth)
    return {
        Truth.MET: Passed.PASS,
        Truth.NOT_MET: Passed.FAIL,
        Truth.UNKNOWN: Passed.UNKNOWN,
    }[favorable]


def overall(verdicts: Iterable[Verdict]) -> Overall:
    """Return the result of all criteria together (crf_spec 2.12).

    One criterion that fails decides; one that is unknown leaves the result open.

    >>> overall([])
    <Overall.UNDETERMINED: 'UNDETERMINED'>
    """
    statements = []
    for verdict in verdicts:
        is_exclusion = KINDS[verdict.criterion] == Kind.EXCLUSION
        statements.append(negate(verdict.truth) if is_exclusion else verdict.truth)
    if not statements:
        return Overall.UNDETERMINED
    return {
        Truth.MET: Overall.ELIGIBLE,
        Truth.NOT_MET: Overall.INELIGIBLE,
        Truth.UNKNOWN: Overall.UNDETERMINED,
    }[all_of(statements)]


def confirmable(auto: Verdict, investigator: Truth, reason: str = "") -> str | None:
    """Return why an investigator cannot confirm a criterion so; None where they can.

    `auto` is the verdict by the data. To agree with it needs no reason. An investigator may decide
    otherwise, with a reason, where the data leave the criterion open or it passes by the data; not
    where it fails by the data.

    >>> auto = Verdict("I07", Truth.UNKNOWN, Passed.UNKNOWN, (), "")
    >>> confirmable(auto, Truth.MET, "Seen on 2025-03-03, in good health.")
    """
    if investigator == auto.truth:
        return None
    if auto.passed == Passed.FAIL:
        return Sentence(
            "{criterion} fails by the data and cannot be overruled: {reason} "
            "Correct the source, or end here.",
            criterion=auto.criterion,
            reason=auto.reason,
        )
    if not reason.strip():
        return Sentence(
            "{criterion} is {truth} by the data. Give the reason why it is {investigator}.",
            criterion=auto.criterion,
            truth=in_words(auto.truth),
            investigator=in_words(investigator),
        )
    return None


def confirmed(auto: Verdict, investigator: Truth) -> Verdict:
    """Return the verdict as the investigator confirms it, to be counted in `overall`.

    Source: crf_spec 2.12. Call `confirmable` first: this function refuses nothing.

    >>> auto = Verdict("X05", Truth.UNKNOWN, Passed.UNKNOWN, (), "")
    >>> confirmed(auto, Truth.NOT_MET).passed
    <Passed.PASS: 'PASS'>
    """
    return auto._replace(truth=investigator, passed=passed(auto.criterion, investigator))
