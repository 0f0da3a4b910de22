"""Preconditions of randomization (crf_spec 2.13)."""

from dataclasses import dataclass, replace
from datetime import date

from .blocks import stratum_name

REPEAT_AFTER_DAYS = 28  # from the scan of PC2
REFUSALS = {
    "ALREADY_RANDOMIZED": "The subject has been randomized already.",
    "OUTSIDE_WAITS": "An allocation made outside the system was entered and waits for a data manager's confirmation.",
    "DEAD": "The subject has died.",
    "WITHDRAWN": "The subject has withdrawn.",
    "SITE_NOT_ACTIVE": "The site is not active.",
    "CONSENT_NOT_CURRENT": "The subject has not signed the consent form now in force. Obtain it first.",
    "G1_NOT_PASSED": "The first eligibility assessment does not find the subject eligible, or its signature does not hold.",
    "G1_STALE": "Data have changed since the first eligibility assessment. Run it again for its own day, and have it signed.",
    "G2_NOT_ELIGIBLE": "The second eligibility assessment does not find the subject eligible.",
    "G2_NOT_SIGNED": "An investigator has not signed the second eligibility assessment.",
    "G2_STALE": "Data have changed since the second eligibility assessment. Run it again and have it signed.",
    "EVIDENCE_QUERIED": "A query about what eligibility was found by is open. It is closed first.",
    "X07_PD": "The check after cycle 2 shows progression. The subject cannot be randomized.",
    "X07_UNKNOWN": "The check after cycle 2 is not passed: no complete, signed assessment shows that there is no progression.",
    "SCAN_TOO_OLD": "The scan of the check after cycle 2 is {age} days old; at most {imaging} are allowed.",
    "RAND_WINDOW": "The scan of the check after cycle 2 is {age} days old, more than {window}. Give the reason.",
    "REPEAT_ASSESSMENT": "The scan of the check after cycle 2 is {age} days old. Repeat the tumor assessment first.",
    "RT_NOT_FEASIBLE": "The radiation oncologist has not confirmed that radiotherapy can cover all lesions.",
    "STRATUM_UNKNOWN": "The stratum is not known: class of systemic therapy or pattern of metastases is missing.",
    "CAP_REACHED": "All {cap} subjects have been randomized.",
}
ANSWERED_BY_A_REASON = {"RAND_WINDOW"}  # by `late_reason` (2.13); no other is


@dataclass(frozen=True)
class Facts:
    """What randomization asks. `x07_refusal` is that of the check after cycle 2, empty where it passed."""

    on: date
    g1_passed: bool = False
    g1_stale: bool = False
    g2_verdict: str | None = None
    g2_signed: bool = False
    g2_stale: bool = False
    evidence_queried: bool = False
    x07_refusal: str | None = "X07_UNKNOWN"
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
    code: str
    sentence: str


def preconditions(
    facts: Facts,
    *,
    rand_after_pc2_max_days: int = 14,
    img_window_days: int = 28,
    enrollment_cap: int = 102,
    overrun: int = 0,
    before_cycles: bool = False,
) -> tuple[Refusal, ...]:
    """Why a subject cannot be randomized now (2.13, preconditions), each with its code; empty where nothing stands against it.

    Gate 1 is asked for, too: some of its criteria are not asked again, and any change of evidence is signed before RAND (2.12).

    The window counts in days from the scan of PC2. Past it a reason is needed, past 28 days a new assessment. Randomized
    before the cycles (4.6), there is no check to pass yet, and eligibility alone says how old imaging may be.

    >>> preconditions(Facts(on=date(2025, 7, 1), site_active=True))[0].code
    'CONSENT_NOT_CURRENT'
    """
    if before_cycles:
        facts = replace(facts, g1_passed=True, g1_stale=False, x07_refusal=None, pc2_scan_on=facts.on)  # one assessment is of both gates
    age_days = _scan_age_days(facts)
    repeat = age_days > REPEAT_AFTER_DAYS
    stands_against = _about_the_subject(facts) | {
        "SCAN_TOO_OLD": age_days > img_window_days,
        "RAND_WINDOW": age_days > rand_after_pc2_max_days and not repeat and not facts.late_reason.strip(),
        "REPEAT_ASSESSMENT": repeat,
        "CAP_REACHED": facts.allocations >= enrollment_cap + overrun,
    }
    numbers = {"age": age_days, "window": rand_after_pc2_max_days, "imaging": img_window_days, "cap": enrollment_cap + overrun}
    return tuple(Refusal(code, REFUSALS[code].format(**numbers)) for code in REFUSALS if stands_against[code])


def _scan_age_days(facts: Facts) -> int:
    return (facts.on - facts.pc2_scan_on).days if facts.pc2_scan_on else 0


def _about_the_subject(facts: Facts) -> dict[str, bool]:
    passed = not facts.x07_refusal and facts.pc2_scan_on is not None
    return {
        "ALREADY_RANDOMIZED": facts.randomized,
        "OUTSIDE_WAITS": facts.outside_waits,
        "DEAD": facts.died,
        "WITHDRAWN": facts.withdrawn,
        "SITE_NOT_ACTIVE": not facts.site_active,
        "CONSENT_NOT_CURRENT": not facts.consent_current,
        "G1_NOT_PASSED": not facts.g1_passed,
        "G1_STALE": facts.g1_stale,
        "G2_NOT_ELIGIBLE": facts.g2_verdict != "ELIGIBLE",
        "G2_NOT_SIGNED": not facts.g2_signed,
        "G2_STALE": facts.g2_stale,
        "EVIDENCE_QUERIED": facts.evidence_queried,
        "X07_PD": facts.x07_refusal == "X07_PD",
        "X07_UNKNOWN": not passed and facts.x07_refusal != "X07_PD",
        "RT_NOT_FEASIBLE": facts.rt_feasible != "YES",
        "STRATUM_UNKNOWN": stratum_name(facts.sysclass, facts.metpat) is None,
    }
