"""The preconditions of randomization (crf_spec 2.13).

Each that is unmet refuses, with its code and a sentence on what to do.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from trial.protocol.eligibility.gates import Overall
from trial.protocol.parameters import DEFAULT, Parameters
from trial.protocol.progression_check.progression_states import RefusalCode
from trial.protocol.sentence import Sentence

from .blocks import stratum_name

REPEAT_AFTER_DAYS = 28  # from the scan of PC2
FEASIBLE = "YES"  # the radiation oncologist's answer: radiotherapy can cover all lesions


class Precondition(StrEnum):
    """The code of a refusal, in the order in which refusals are shown."""

    ALREADY_RANDOMIZED = "ALREADY_RANDOMIZED"
    OUTSIDE_WAITS = "OUTSIDE_WAITS"
    DEAD = "DEAD"
    WITHDRAWN = "WITHDRAWN"
    SITE_NOT_ACTIVE = "SITE_NOT_ACTIVE"
    CONSENT_NOT_CURRENT = "CONSENT_NOT_CURRENT"
    G1_NOT_PASSED = "G1_NOT_PASSED"
    G1_STALE = "G1_STALE"
    G2_NOT_ELIGIBLE = "G2_NOT_ELIGIBLE"
    G2_NOT_SIGNED = "G2_NOT_SIGNED"
    G2_STALE = "G2_STALE"
    WINDOW_LAPSED = "WINDOW_LAPSED"
    EVIDENCE_QUERIED = "EVIDENCE_QUERIED"
    X07_PD = RefusalCode.X07_PD.value
    X07_UNKNOWN = RefusalCode.X07_UNKNOWN.value
    SCAN_TOO_OLD = "SCAN_TOO_OLD"
    RAND_WINDOW = "RAND_WINDOW"
    REPEAT_ASSESSMENT = "REPEAT_ASSESSMENT"
    RT_NOT_FEASIBLE = "RT_NOT_FEASIBLE"
    STRATUM_UNKNOWN = "STRATUM_UNKNOWN"
    CAP_REACHED = "CAP_REACHED"


P = Precondition
REFUSALS = {
    P.ALREADY_RANDOMIZED: "The subject has been randomized already.",
    P.OUTSIDE_WAITS: "An allocation made outside the system was entered "
    "and waits for a data manager's confirmation.",
    P.DEAD: "The subject has died.",
    P.WITHDRAWN: "The subject has withdrawn.",
    P.SITE_NOT_ACTIVE: "The site is not active.",
    P.CONSENT_NOT_CURRENT: "The subject has not signed the consent form now in force. "
    "Obtain it first.",
    P.G1_NOT_PASSED: "The first eligibility assessment does not find the subject eligible, "
    "or its signature does not hold.",
    P.G1_STALE: "Data have changed since the first eligibility assessment.{g1_changes} "
    "Run it again for its own day, and have it signed.",
    P.G2_NOT_ELIGIBLE: "The second eligibility assessment does not find the subject eligible.",
    P.G2_NOT_SIGNED: "An investigator has not signed the second eligibility assessment.",
    P.G2_STALE: "Data have changed since the second eligibility assessment.{g2_changes} "
    "Run it again and have it signed.",
    P.WINDOW_LAPSED: "The values behind {lapsed} are too old on the day of randomization, though "
    "nothing has changed. Repeat the tests, then confirm the second gate again.",
    P.EVIDENCE_QUERIED: "A query about the evidence of eligibility is open. Close it first.",
    P.X07_PD: "The check after cycle 2 shows progression. The subject cannot be randomized.",
    P.X07_UNKNOWN: "The check after cycle 2 is not passed: "
    "no complete, signed assessment shows that there is no progression.",
    P.SCAN_TOO_OLD: "The scan of the check after cycle 2 is {age} days old; "
    "at most {imaging} are allowed.",
    P.RAND_WINDOW: "The scan of the check after cycle 2 is {age} days old, more than {window}. "
    "Give the reason.",
    P.REPEAT_ASSESSMENT: "The scan of the check after cycle 2 is {age} days old. "
    "Repeat the tumor assessment first.",
    P.RT_NOT_FEASIBLE: "The radiation oncologist has not confirmed "
    "that radiotherapy can cover all lesions.",
    P.STRATUM_UNKNOWN: "The stratum is not known: "
    "class of systemic therapy or pattern of metastases is missing.",
    P.CAP_REACHED: "All {cap} subjects have been randomized.",
}
GATES = {
    P.G1_NOT_PASSED: 1,
    P.G1_STALE: 1,
    P.G2_NOT_ELIGIBLE: 2,
    P.G2_NOT_SIGNED: 2,
    P.G2_STALE: 2,
    P.WINDOW_LAPSED: 2,
}
"""The gate that is confirmed again to settle a refusal."""
ANSWERED_BY_A_REASON = {P.RAND_WINDOW}  # by `late_reason` (crf_spec 2.13); no other is


@dataclass(frozen=True)
class Facts:
    """The facts that randomization rests on.

    `x07_refusal` is that of the check after cycle 2, None where it passed. `g1_changes` and
    `g2_changes` are the sentences on what made a gate stale; `lapsed` are the criteria of gate 2
    whose windows, counted back from randomization, have lapsed.
    """

    on: date
    g1_passed: bool = False
    g1_stale: bool = False
    g1_changes: str = ""
    g2_verdict: str | None = None
    g2_signed: bool = False
    g2_stale: bool = False
    g2_changes: str = ""
    lapsed: tuple[str, ...] = ()
    evidence_queried: bool = False
    x07_refusal: str | None = RefusalCode.X07_UNKNOWN
    pc2_scan_on: date | None = None
    late_reason: str = ""
    rt_feasible: str | None = None
    consent_current: bool = False
    randomized: bool = False
    outside_waits: bool = False
    died: bool = False
    withdrawn: bool = False
    site_active: bool = False
    allocations: int = 0
    sysclass: str | None = None
    metpat: str | None = None


@dataclass(frozen=True)
class Refusal:
    """The reason why a subject cannot be randomized; `gate` is the one that settles it."""

    code: str
    sentence: str
    gate: int | None = None


def preconditions(facts: Facts, parameters: Parameters = DEFAULT) -> tuple[Refusal, ...]:
    """Return why a subject cannot be randomized now (crf_spec 2.13); empty where nothing refuses.

    Gate 1 counts, too: some of its criteria are not assessed again, and any change of evidence is
    signed before RAND (2.12). The window counts in days from the scan of PC2. Past it a reason is
    needed, past 28 days a new assessment. Randomized before the cycles (4.6), there is no check to
    pass yet, and eligibility alone judges how old imaging may be.

    >>> preconditions(Facts(on=date(2025, 7, 1), site_active=True))[0].code
    <Precondition.CONSENT_NOT_CURRENT: 'CONSENT_NOT_CURRENT'>
    """
    if parameters.before_cycles:  # one assessment is of both gates
        facts = replace(
            facts, g1_passed=True, g1_stale=False, x07_refusal=None, pc2_scan_on=facts.on
        )
    age_days = (facts.on - facts.pc2_scan_on).days if facts.pc2_scan_on else 0
    window_days = parameters.rand_after_pc2_max_days
    imaging_days = parameters.img_window_days.gate_2
    cap = parameters.enrollment_cap + parameters.overrun
    needs_repeat = age_days > REPEAT_AFTER_DAYS
    needs_reason = age_days > window_days and not needs_repeat and not facts.late_reason.strip()
    unmet = _unmet_by_subject(facts) | {
        P.SCAN_TOO_OLD: age_days > imaging_days,
        P.RAND_WINDOW: needs_reason,
        P.REPEAT_ASSESSMENT: needs_repeat,
        P.CAP_REACHED: facts.allocations >= cap,
    }
    in_words = _facts_in_words(facts) | {"age": age_days, "window": window_days}
    in_words |= {"imaging": imaging_days, "cap": cap}
    return tuple(
        Refusal(code, Sentence(REFUSALS[code], **in_words), GATES.get(code))
        for code in Precondition
        if unmet[code]
    )


def _facts_in_words(facts: Facts) -> dict[str, object]:
    """Return the words that the sentences about the gates name."""
    return {
        "lapsed": ", ".join(facts.lapsed),
        "g1_changes": _after_a_blank(facts.g1_changes),
        "g2_changes": _after_a_blank(facts.g2_changes),
    }


def _after_a_blank(sentence: str) -> str:
    """Return the sentence as it follows another one; an empty one leaves no gap."""
    return f" {sentence}" if sentence else ""


def _unmet_by_subject(facts: Facts) -> dict[Precondition, bool]:
    """Return for each precondition about the subject whether it is unmet."""
    check_passed = not facts.x07_refusal and facts.pc2_scan_on is not None
    progressed = facts.x07_refusal == P.X07_PD
    return {
        P.ALREADY_RANDOMIZED: facts.randomized,
        P.OUTSIDE_WAITS: facts.outside_waits,
        P.DEAD: facts.died,
        P.WITHDRAWN: facts.withdrawn,
        P.SITE_NOT_ACTIVE: not facts.site_active,
        P.CONSENT_NOT_CURRENT: not facts.consent_current,
        P.G1_NOT_PASSED: not facts.g1_passed,
        P.G1_STALE: facts.g1_stale,
        P.G2_NOT_ELIGIBLE: facts.g2_verdict != Overall.ELIGIBLE,
        P.G2_NOT_SIGNED: not facts.g2_signed,
        P.G2_STALE: facts.g2_stale,
        P.WINDOW_LAPSED: bool(facts.lapsed),
        P.EVIDENCE_QUERIED: facts.evidence_queried,
        P.X07_PD: progressed,
        P.X07_UNKNOWN: not check_passed and not progressed,
        P.RT_NOT_FEASIBLE: facts.rt_feasible != FEASIBLE,
        P.STRATUM_UNKNOWN: stratum_name(facts.sysclass, facts.metpat) is None,
    }
