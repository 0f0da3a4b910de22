"""The exclusion criteria as automatic rules (crf_spec 2.12, X01 to X07), one function each.

MET means that what the criterion describes is there, so that the subject is excluded. Missing, unknown and contradictory
input is UNKNOWN; nothing raises.
"""

from decimal import Decimal

from trial.protocol.eligibility.evidence import Administration, Evidence
from trial.protocol.eligibility.finding import Finding, answered
from trial.protocol.eligibility.organ_units import Lesion, liver_metastases
from trial.protocol.kleene import Truth, all_of, any_of
from trial.protocol.parameters import DEFAULT, BrainLiverLogic, Parameters

MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN
VARIANT_PERCENT = 50
EFFUSIONS = {"PRESENT": MET, "ABSENT": NOT_MET}
AT_RISK, SAFE = ("2", "3"), ("0", "1a", "1b")
INTOLERANCE = ("AE", "HEMATOL_NADIR")
UNRELATED = ("RT_SCHEDULING", "LOGISTICS")
RECALCULATED = ("RENAL_RECALC", "WEIGHT_CHANGE")
ADJUSTMENTS = ("NONE", "DELAYED", "REDUCED", "OMITTED", "INTERRUPTED", "DISCONTINUED", "INCREASED")
REDUCED_PERCENT, FULL_PERCENT = Decimal(90), Decimal(95)
DELAY_DAYS = 14
INDUCTION_CYCLES = {1, 2}


def other_pathology(evidence: Evidence, gate: int = 2, parameters: Parameters = DEFAULT) -> Finding:
    """X01 (crf_spec 2.12). A neuroendocrine component, or half of the tumor, is for the investigator to judge.

    >>> other_pathology(Evidence(histology_type="NON_UC_SQUAMOUS")).truth
    <Truth.MET: 'MET'>
    """
    kind, percent = evidence.histology_type or "", evidence.variant_percent
    if kind.startswith("NON_UC"):
        return Finding(MET, f"Histological type {kind}.")
    if kind in ("UC_PURE", "UC_PAPILLARY"):
        return Finding(NOT_MET, f"Histological type {kind}.")
    if kind != "UC_WITH_VARIANT":
        return Finding(UNKNOWN, "The histological type is not known.")
    components = ", ".join(sorted(evidence.variant_components)) or "not entered"
    minor = percent is not None and 0 <= percent < VARIANT_PERCENT
    clear = minor and evidence.variant_components and "NEUROENDOCRINE" not in evidence.variant_components
    said = "not entered" if percent is None else f"{percent} %"
    return Finding(NOT_MET if clear else UNKNOWN, f"Urothelial with variant components: {components}; share: {said}.")


def brain(evidence: Evidence, gate: int = 2, parameters: Parameters = DEFAULT) -> Finding:
    """X02 (crf_spec 2.12). A metastasis counts whatever its date; its absence only holds for the window.

    >>> brain(Evidence(brain_result="METS")).truth
    <Truth.MET: 'MET'>
    """
    return _with_logic(_brain(evidence, parameters), _liver(evidence, parameters), parameters)


def liver(evidence: Evidence, gate: int = 2, parameters: Parameters = DEFAULT) -> Finding:
    """X03 (crf_spec 2.12).

    >>> liver(Evidence()).truth
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    return _with_logic(_liver(evidence, parameters), _brain(evidence, parameters), parameters)


def _with_logic(own: Finding, other: Finding, parameters: Parameters) -> Finding:
    """BRAIN_LIVER_LOGIC: each excludes by itself; read literally ("and"), only both together do."""
    if parameters.brain_liver_logic == BrainLiverLogic.OR:
        return own
    both = f"{own.reason} {other.reason} Only brain and more than {parameters.liver_max} liver metastases together exclude."
    return Finding(all_of([own.truth, other.truth]), both)


def _brain(evidence: Evidence, parameters: Parameters) -> Finding:
    lesions = [lesion for lesion in evidence.lesions if "BRAIN" in (lesion.lesion_class, lesion.organ)]
    result, day, days = evidence.brain_result or "no result", evidence.brain_imaged_on, parameters.brain_img_window_days
    if result == "METS" or any(lesion.is_definite for lesion in lesions):
        return Finding(MET, f"Brain imaging: {result}; brain lesions entered: {', '.join(x.code for x in lesions) or 'none'}.")
    if lesions:
        return Finding(UNKNOWN, f"Brain imaging: {result}; equivocal brain lesions: {', '.join(x.code for x in lesions)}.")
    in_window = day and evidence.gate_on and 0 <= (evidence.gate_on - day).days <= days
    if result == "NO_METS" and in_window and evidence.brain_imaged != "N":
        return Finding(NOT_MET, f"No brain metastases on imaging of {day}.")
    until = f"up to {evidence.gate_on}" if evidence.gate_on else "up to the gate, whose day is not known yet"
    return Finding(UNKNOWN, f"Brain imaging: {result}, {day or 'no date'}; a clear result is needed in the {days} days {until}.")


def _liver(evidence: Evidence, parameters: Parameters) -> Finding:
    if not evidence.lesions:
        return Finding(UNKNOWN, "No lesion is entered yet, so the liver metastases are not known.")
    count = liver_metastases(evidence.lesions)
    found = MET if count.least > parameters.liver_max else NOT_MET if count.most <= parameters.liver_max else UNKNOWN
    return Finding(found, f"Liver metastases: {count}; more than {parameters.liver_max} exclude.")


def cord_compression(evidence: Evidence, gate: int = 2, parameters: Parameters = DEFAULT) -> Finding:
    """X04 (crf_spec 2.12), by ESCC grade (2 and 3 at risk, 0 to 1b not) and the radiation oncologist's judgment.

    >>> cord_compression(Evidence()).truth
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    if not evidence.lesions:
        return Finding(UNKNOWN, "No lesion is entered yet.")
    bones = [lesion for lesion in evidence.lesions if lesion.lesion_class == "BONE" or lesion.vertebra == "Y"]
    open_ones = [lesion for lesion in bones if lesion.vertebra != "N"]
    risk = evidence.cord_risk or "not judged"
    if not open_ones:
        found = UNKNOWN if risk == "YES" else NOT_MET
        return Finding(found, f"No vertebral lesion is entered; risk of cord compression: {risk}.")
    said = ", ".join(f"{x.code} ESCC {x.compression or 'not entered'}" for x in open_ones)
    judged = answered(evidence.cord_risk)
    certain = any(x.is_definite and x.vertebra == "Y" and (x.compression in AT_RISK or judged == MET) for x in open_ones)
    safe = judged == NOT_MET and all(_is_safe(x) for x in open_ones)
    return Finding(MET if certain else NOT_MET if safe else UNKNOWN, f"Vertebral lesions: {said}; risk of cord compression: {risk}.")


def _is_safe(lesion: Lesion) -> bool:
    return lesion.vertebra == "Y" and lesion.compression in SAFE


def effusion(evidence: Evidence, gate: int = 2, parameters: Parameters = DEFAULT) -> Finding:
    """X05 (crf_spec 2.12). A trace, or what was not assessed, is for the investigator to judge.

    >>> effusion(Evidence(pleural="PRESENT")).truth
    <Truth.MET: 'MET'>
    """
    spaces = {"pericardial": evidence.pericardial, "pleural": evidence.pleural, "abdominopelvic": evidence.abdominopelvic}
    found = any_of(EFFUSIONS.get(state or "", UNKNOWN) for state in spaces.values())
    return Finding(found, "Fluid: " + ", ".join(f"{space} {state or 'not entered'}" for space, state in spaces.items()) + ".")


def intolerance(evidence: Evidence, gate: int = 2, parameters: Parameters = DEFAULT) -> Finding:
    """X06 (crf_spec 2.12), over every agent of cycles 1 and 2. Delay alone, a cap, and rounding by 5 % or less are no reduction.

    >>> intolerance(Evidence()).reason
    'Cycle 1 is not entered; cycle 2 is not entered.'
    """
    given = [one for one in evidence.induction if one.cycle in INDUCTION_CYCLES]
    missing = sorted(INDUCTION_CYCLES - {one.cycle for one in given})
    judged = {one: _not_tolerated(one) for one in given}
    found = any_of([*judged.values(), *(UNKNOWN for _ in missing)])
    if found == NOT_MET:
        return Finding(found, "Cycles 1 and 2 were given without a reduction for toxicity.")
    said = [_said(one) for one, judgment in judged.items() if judgment == found]
    said += [f"cycle {cycle} is not entered" for cycle in missing if found == UNKNOWN]
    sentence = "; ".join(said)
    return Finding(found, f"{sentence[:1].upper()}{sentence[1:]}.")


def _not_tolerated(given: Administration) -> Truth:
    """A reason that is missing may have been toxicity; only reasons of the calendar explain a lower dose away."""
    lower, harmed = _given_less(given), given.reason in INTOLERANCE
    if harmed and lower == MET:
        return MET
    late = (given.delay_days or 0) > DELAY_DAYS and (harmed or not given.reason)
    unclear = given.percent is None and lower == UNKNOWN
    if not given.complete or given.adjustment not in ADJUSTMENTS or given.reason in RECALCULATED or late or unclear:
        return UNKNOWN
    if harmed or lower == NOT_MET:
        return lower
    return NOT_MET if given.reason in UNRELATED else UNKNOWN


def _given_less(given: Administration) -> Truth:
    """Whether a dose was reduced, omitted or stopped. Marked as reduced, yet given in full, it contradicts itself."""
    if given.adjustment in ("OMITTED", "DISCONTINUED") or (given.dose_level is not None and given.dose_level < 0):
        return MET
    if given.percent is None:
        return UNKNOWN
    if given.percent < REDUCED_PERCENT:
        return MET
    marked = given.adjustment == "REDUCED" and given.reason != "CAP_ROUNDING"
    return UNKNOWN if marked or given.percent < FULL_PERCENT else NOT_MET


def _said(given: Administration) -> str:
    share = "share of the planned dose not entered" if given.percent is None else f"{given.percent.normalize():f} % of planned"
    state = given.adjustment or "adjustment not entered"
    because = f" for {given.reason}" if given.reason else ""
    late = f", {given.delay_days} days late" if given.delay_days else ""
    return f"{given.agent} in cycle {given.cycle}: {state}{because}, {share}{late}"


def progression(evidence: Evidence, gate: int = 2, parameters: Parameters = DEFAULT) -> Finding:
    """X07, as the check after cycle 2 found it (crf_spec 4).

    >>> progression(Evidence()).truth
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    said = {
        MET: "Progression was assessed after 2 cycles.",
        NOT_MET: "The check after cycle 2 found no progression.",
        UNKNOWN: "The check after cycle 2 has no result that counts yet.",
    }
    return Finding(evidence.progression, said[evidence.progression])
