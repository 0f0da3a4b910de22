"""The inclusion criteria I01 to I08 as automatic rules (crf_spec 2.12), one function each.

Each rule takes the evidence, the gate (1 entry, 2 randomization) and the parameters, and returns
its finding: the truth of the criterion's text, and one sentence why. Missing, unknown and
contradictory input is UNKNOWN; nothing raises.
"""

from trial.protocol.code_words import in_words
from trial.protocol.eligibility.evidence import Evidence, agreed, latest
from trial.protocol.eligibility.finding import Finding, answered, finding, none_in_window
from trial.protocol.eligibility.organ_units import (
    LesionClass,
    is_oligometastatic,
    organ_units,
    units,
)
from trial.protocol.kleene import Truth, truth
from trial.protocol.parameters import DEFAULT, Parameters
from trial.protocol.sentence import Sentence, both, either, in_turn

MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN
UROTHELIAL = ("UC_PURE", "UC_PAPILLARY", "UC_WITH_VARIANT")
SETTINGS = (
    "AFTER_CYSTECTOMY",
    "AFTER_RNU",
    "AFTER_CYSTECTOMY_AND_RNU",
    "INOPERABLE_AT_DIAGNOSIS",
)
AGE_MIN = 18


def histology(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """Judge I01, the histology (crf_spec 2.12). Cytology alone neither confirms nor refutes.

    >>> histology(Evidence(histology_source="CYTOLOGY_ONLY")).truth
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    kind, source = evidence.histology_type or "", evidence.histology_source
    is_confirmed = evidence.histology_confirmed
    if source == "CYTOLOGY_ONLY":
        return finding(UNKNOWN, "Cytology only: there is no histological confirmation yet.")
    if is_confirmed == "N" or kind.startswith("NON_UC"):
        return finding(
            NOT_MET,
            "Histologically confirmed: {is_confirmed}; type: {kind}.",
            is_confirmed=in_words(is_confirmed),
            kind=in_words(kind),
        )
    if is_confirmed == "Y" and kind in UROTHELIAL and source:
        return finding(
            MET,
            "Histology confirmed: {kind}, from {source}.",
            kind=in_words(kind),
            source=in_words(source),
        )
    return finding(
        UNKNOWN, "Confirmation, material or type of the histology is not entered or not known."
    )


def setting(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """Judge I02, the clinical setting (crf_spec 2.12).

    The criterion needs a named setting and one definite lesion other than the primary tumor. The
    data alone never refute it.

    >>> setting(Evidence(clinical_setting="OTHER")).truth
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    not_metastatic = (None, "", LesionClass.PRIMARY)
    definite = [lesion for lesion in evidence.lesions if lesion.is_definite]
    metastases = sum(lesion.lesion_class not in not_metastatic for lesion in definite)
    is_met = evidence.clinical_setting in SETTINGS and metastases
    return finding(
        MET if is_met else UNKNOWN,
        "Setting: {clinical_setting}; definite lesions besides the primary tumor: {metastases}.",
        clinical_setting=in_words(evidence.clinical_setting),
        metastases=metastases,
    )


def organ_count(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """Judge I03, the number of organ units, by the counting rule of crf_spec 2.8.

    >>> organ_count(Evidence()).reason
    'No lesion is entered yet.'
    """
    if not evidence.lesions:
        return finding(UNKNOWN, "No lesion is entered yet.")
    count = organ_units(evidence.lesions, parameters)
    possible = sorted(units(evidence.lesions, parameters).possible)
    names = in_turn(map(in_words, possible), ", ") or Sentence("none")
    return finding(
        is_oligometastatic(evidence.lesions, parameters),
        "Organ units: {count} ({names}); 1 to {max_organ_units} are required.",
        count=count.in_words,
        names=names,
        max_organ_units=parameters.max_organ_units,
    )


def coverage(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """Judge I04, full coverage by radiotherapy (crf_spec 2.12).

    A lesion that a dose constraint bars from radiotherapy contradicts full coverage.

    >>> coverage(Evidence(radiotherapy_feasible="NO")).truth
    <Truth.NOT_MET: 'NOT_MET'>
    """
    lesions = evidence.lesions
    barred = [lesion.code for lesion in lesions if lesion.radiotherapy == "NO_CONSTRAINT"]
    answer = answered(evidence.radiotherapy_feasible)
    if answer == MET and barred:
        return finding(
            UNKNOWN,
            "Full coverage is said to be possible, but a dose constraint bars {lesions}.",
            lesions=", ".join(barred),
        )
    judgment = in_words(evidence.radiotherapy_feasible or "NOT_JUDGED")
    return finding(answer, "Full coverage by radiotherapy: {judgment}.", judgment=judgment)


def consent(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """Judge I05, the consent (crf_spec 2.12).

    A withdrawal counts from its day on. A signature on an invalid version leaves the criterion
    open.

    >>> consent(Evidence(consent_declined=True)).truth
    <Truth.NOT_MET: 'NOT_MET'>
    """
    signed_on, gate_on = evidence.consent_signed_on, evidence.gate_on
    withdrawn_on = evidence.consent_withdrawn_on
    is_withdrawn = withdrawn_on and (not gate_on or withdrawn_on <= gate_on)
    procedure_on = evidence.first_study_procedure_on
    if evidence.consent_declined or is_withdrawn:
        withdrawal = Sentence("Consent was withdrawn on {withdrawn_on}.", withdrawn_on=withdrawn_on)
        return Finding(NOT_MET, withdrawal if withdrawn_on else "Consent was declined.")
    if not signed_on:
        return finding(UNKNOWN, "No initial consent is entered yet.")
    if not evidence.consent_version_valid:
        reason = Sentence("on a version not known to be valid at the site on that day.")
    elif procedure_on and procedure_on < signed_on:
        reason = Sentence("after a study procedure on {procedure_on}.", procedure_on=procedure_on)
    elif gate_on and gate_on < signed_on:
        reason = Sentence("after the day of the gate, {gate_on}.", gate_on=gate_on)
    else:
        return finding(
            MET, "Signed on {signed_on}, on a version valid at the site.", signed_on=signed_on
        )
    return finding(UNKNOWN, "Signed on {signed_on}, {reason}", signed_on=signed_on, reason=reason)


def age(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """Judge I06, the age at consent, over every age that month of birth and source leave possible.

    The limits are 18 years and AGE_MAX_RULE, both included (crf_spec 2.12).

    >>> age(Evidence()).reason
    'Age at consent: not known; 18 to 80 years are required.'
    """
    oldest = parameters.age_max_rule
    ages = evidence.ages_on(evidence.consent_signed_on)
    judgment = agreed(truth(AGE_MIN <= years <= oldest) for years in ages)
    possible = either(map(str, sorted(ages))) if ages else Sentence("not known")
    return finding(
        judgment,
        "Age at consent: {possible}; {age_min} to {oldest} years are required.",
        possible=possible,
        age_min=AGE_MIN,
        oldest=oldest,
    )


def survival(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """Judge I07, the expected survival, by the investigator's statement alone (crf_spec 2.12).

    >>> survival(Evidence(survival_6_months="N")).truth
    <Truth.NOT_MET: 'NOT_MET'>
    """
    code = evidence.survival_6_months
    return finding(
        answered(code),
        "Expected survival of 6 months or more, by the investigator: {answer}.",
        answer=in_words(code),
    )


def performance(evidence: Evidence, gate: int = 1, parameters: Parameters = DEFAULT) -> Finding:
    """Judge I08, the performance status, by the latest ECOG status in the window (crf_spec 2.12).

    >>> performance(Evidence()).truth
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    days = parameters.ecog_window_days.at(gate)
    statuses = latest(evidence.ecog, until=evidence.gate_on, days=days)
    if not statuses:
        return Finding(UNKNOWN, none_in_window("ECOG status", evidence.gate_on, days))
    judgment = agreed(truth(0 <= status.grade <= 1) for status in statuses)
    listed = both(
        Sentence("ECOG {grade} on {status_on}", grade=status.grade, status_on=status.on)
        for status in statuses
    )
    return finding(judgment, "{listed}; 0 or 1 is required.", listed=listed)
