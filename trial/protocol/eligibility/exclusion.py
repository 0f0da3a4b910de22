"""The exclusion criteria as automatic rules (crf_spec 2.12, X01 to X07), one function each.

MET means that what the criterion describes is there, so that the subject is excluded. Missing,
unknown and contradictory input is UNKNOWN; nothing raises.
"""

from trial.protocol.code_words import in_words
from trial.protocol.eligibility.evidence import Evidence
from trial.protocol.eligibility.finding import Finding, answered, finding
from trial.protocol.eligibility.organ_units import Lesion, LesionClass, Organ, liver_metastases
from trial.protocol.kleene import Truth, all_of, any_of
from trial.protocol.parameters import DEFAULT, BrainLiverLogic, Parameters
from trial.protocol.sentence import Sentence, in_turn

MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN
VARIANT_PERCENT = 50
EFFUSIONS = {"PRESENT": MET, "ABSENT": NOT_MET}
ESCC_AT_RISK, ESCC_SAFE = ("2", "3"), ("0", "1a", "1b")
PROGRESSION = {
    MET: "Progression was assessed after 2 cycles.",
    NOT_MET: "The check after cycle 2 found no progression.",
    UNKNOWN: "The check after cycle 2 has no result that counts yet.",
}


def other_pathology(evidence: Evidence, gate: int = 2, parameters: Parameters = DEFAULT) -> Finding:
    """Judge X01, a pathological type other than urothelial carcinoma (crf_spec 2.12).

    A neuroendocrine component, or a variant in half of the tumor, is for the investigator to judge.

    >>> other_pathology(Evidence(histology_type="NON_UC_SQUAMOUS")).truth
    <Truth.MET: 'MET'>
    """
    kind, percent = evidence.histology_type or "", evidence.variant_percent
    if kind.startswith("NON_UC"):
        return finding(MET, "Histological type: {kind}.", kind=in_words(kind))
    if kind in ("UC_PURE", "UC_PAPILLARY"):
        return finding(NOT_MET, "Histological type: {kind}.", kind=in_words(kind))
    if kind != "UC_WITH_VARIANT":
        return finding(UNKNOWN, "The histological type is not known.")
    variants = evidence.variant_components
    is_minor = percent is not None and 0 <= percent < VARIANT_PERCENT
    is_urothelial = is_minor and variants and "NEUROENDOCRINE" not in variants
    components = in_turn(map(in_words, sorted(variants)), ", ") or in_words(None)
    share = in_words(None) if percent is None else f"{percent} %"
    return finding(
        NOT_MET if is_urothelial else UNKNOWN,
        "Urothelial with variant components: {components}; share: {share}.",
        components=components,
        share=share,
    )


def brain(evidence: Evidence, gate: int = 2, parameters: Parameters = DEFAULT) -> Finding:
    """Judge X02, brain metastases (crf_spec 2.12).

    A metastasis counts whatever its date; its absence holds only for BRAIN_IMG_WINDOW_DAYS.

    >>> brain(Evidence(brain_result="METS")).truth
    <Truth.MET: 'MET'>
    """
    in_brain, in_liver = _brain_metastases(evidence, parameters), _liver_count(evidence, parameters)
    return _with_logic(in_brain, in_liver, parameters)


def liver(evidence: Evidence, gate: int = 2, parameters: Parameters = DEFAULT) -> Finding:
    """Judge X03, more than LIVER_MAX liver metastases (crf_spec 2.12).

    >>> liver(Evidence()).truth
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    in_brain, in_liver = _brain_metastases(evidence, parameters), _liver_count(evidence, parameters)
    return _with_logic(in_liver, in_brain, parameters)


def _with_logic(own: Finding, partner: Finding, parameters: Parameters) -> Finding:
    """Combine brain and liver metastases by BRAIN_LIVER_LOGIC.

    Each excludes by itself; where the record is taken literally ("and"), only both together do.
    """
    if parameters.brain_liver_logic == BrainLiverLogic.OR:
        return own
    return finding(
        all_of([own.truth, partner.truth]),
        "{own} {partner} Only brain and more than {liver_max} liver metastases together exclude.",
        own=own.reason,
        partner=partner.reason,
        liver_max=parameters.liver_max,
    )


def _brain_metastases(evidence: Evidence, parameters: Parameters) -> Finding:
    lesions = [lesion for lesion in evidence.lesions if _is_in_brain(lesion)]
    codes = ", ".join(lesion.code for lesion in lesions)
    result, imaged_on = evidence.brain_result or "", evidence.brain_imaged_on
    shown = in_words(result) if result else Sentence("no result")
    gate_on, days = evidence.gate_on, parameters.brain_img_window_days
    if result == "METS" or any(lesion.is_definite for lesion in lesions):
        return finding(
            MET,
            "Brain imaging: {result}; brain lesions entered: {codes}.",
            result=shown,
            codes=codes or Sentence("none"),
        )
    if lesions:
        return finding(
            UNKNOWN,
            "Brain imaging: {result}; equivocal brain lesions: {codes}.",
            result=shown,
            codes=codes,
        )
    is_in_window = imaged_on and gate_on and 0 <= (gate_on - imaged_on).days <= days
    if result == "NO_METS" and is_in_window and evidence.brain_imaged != "N":
        return finding(
            NOT_MET, "No brain metastases on imaging of {imaged_on}.", imaged_on=imaged_on
        )
    until = Sentence("up to the gate, whose day is not known yet")
    if gate_on:
        until = Sentence("up to {gate_on}", gate_on=gate_on)
    return finding(
        UNKNOWN,
        "Brain imaging: {result}, {imaged_on}; a clear result is needed in the "
        "{days} days {until}.",
        result=shown,
        imaged_on=imaged_on or Sentence("no date"),
        days=days,
        until=until,
    )


def _is_in_brain(lesion: Lesion) -> bool:
    return lesion.lesion_class == LesionClass.BRAIN or lesion.organ == Organ.BRAIN


def _liver_count(evidence: Evidence, parameters: Parameters) -> Finding:
    if not evidence.lesions:
        return finding(UNKNOWN, "No lesion is entered yet, so the liver metastases are not known.")
    count, most = liver_metastases(evidence.lesions), parameters.liver_max
    judgment = UNKNOWN
    if count.least > most:
        judgment = MET
    elif count.most <= most:
        judgment = NOT_MET
    return finding(
        judgment,
        "Liver metastases: {count}; more than {most} exclude.",
        count=count.in_words,
        most=most,
    )


def cord_compression(
    evidence: Evidence, gate: int = 2, parameters: Parameters = DEFAULT
) -> Finding:
    """Judge X04, spinal metastases at risk of cord compression (crf_spec 2.12).

    The rule reads the ESCC grade (2 and 3 are at risk, 0 to 1b are not) and the radiation
    oncologist's judgment.

    >>> cord_compression(Evidence()).truth
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    if not evidence.lesions:
        return finding(UNKNOWN, "No lesion is entered yet.")
    spinal = [lesion for lesion in evidence.lesions if _may_be_vertebral(lesion)]
    judgment = answered(evidence.cord_risk)
    risk = in_words(evidence.cord_risk or "NOT_JUDGED")
    if not spinal:
        return finding(
            UNKNOWN if judgment == MET else NOT_MET,
            "No vertebral lesion is entered; risk of cord compression: {risk}.",
            risk=risk,
        )
    grades = in_turn(map(_graded, spinal), ", ")
    reason = Sentence(
        "Vertebral lesions: {grades}; risk of cord compression: {risk}.", grades=grades, risk=risk
    )
    certain = [lesion for lesion in spinal if lesion.is_definite and lesion.vertebra == "Y"]
    if any(judgment == MET or lesion.compression in ESCC_AT_RISK for lesion in certain):
        return Finding(MET, reason)
    if judgment == NOT_MET and all(_is_safe(lesion) for lesion in spinal):
        return Finding(NOT_MET, reason)
    return Finding(UNKNOWN, reason)


def _graded(lesion: Lesion) -> str:
    return Sentence("{lesion} ESCC {grade}", lesion=lesion.code, grade=in_words(lesion.compression))


def _may_be_vertebral(lesion: Lesion) -> bool:
    if lesion.vertebra == "Y":
        return True
    return lesion.lesion_class == LesionClass.BONE and lesion.vertebra != "N"


def _is_safe(lesion: Lesion) -> bool:
    return lesion.vertebra == "Y" and lesion.compression in ESCC_SAFE


def effusion(evidence: Evidence, gate: int = 2, parameters: Parameters = DEFAULT) -> Finding:
    """Judge X05, pericardial, pleural or abdominopelvic fluid (crf_spec 2.12).

    A trace, or a space that was not assessed, is for the investigator to judge.

    >>> effusion(Evidence(pleural="PRESENT")).truth
    <Truth.MET: 'MET'>
    """
    spaces = (evidence.pericardial, evidence.pleural, evidence.abdominopelvic)
    judgment = any_of(EFFUSIONS.get(state or "", UNKNOWN) for state in spaces)
    return finding(
        judgment,
        "Fluid: pericardial {pericardial}, pleural {pleural}, abdominopelvic {abdominopelvic}.",
        pericardial=in_words(evidence.pericardial),
        pleural=in_words(evidence.pleural),
        abdominopelvic=in_words(evidence.abdominopelvic),
    )


def progression(evidence: Evidence, gate: int = 2, parameters: Parameters = DEFAULT) -> Finding:
    """Judge X07, progression after 2 cycles, by the check after cycle 2 (crf_spec 4).

    >>> progression(Evidence()).truth
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    return Finding(evidence.progression, PROGRESSION[evidence.progression])
