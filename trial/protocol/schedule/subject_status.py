"""The status of a subject (crf_spec 2.3, SUBJSTAT): derived, never entered.

What ends a subject's part in the trial comes first, then what was done last. Facts that no form tells yet are None or False.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class SubjectStatus(StrEnum):
    SCREENING = "SCREENING"
    SCREEN_FAILED = "SCREEN_FAILED"
    INDUCTION = "INDUCTION"
    INDUCTION_FAILED = "INDUCTION_FAILED"
    RANDOMIZED = "RANDOMIZED"
    ON_TREATMENT = "ON_TREATMENT"
    TREATMENT_ENDED = "TREATMENT_ENDED"
    FOLLOW_UP = "FOLLOW_UP"
    WITHDRAWN = "WITHDRAWN"
    LOST = "LOST"
    DEAD = "DEAD"
    COMPLETED = "COMPLETED"


@dataclass(frozen=True)
class StatusFacts:
    """`entry` and `second` are the last confirmed results of gates 1 and 2; `last_dose_on` counts doses and fractions.

    `progressed` is the check after cycle 2 with PD; `progressed_on` a progression after randomization.
    """

    entry: str | None = None
    second: str | None = None
    first_dose_on: date | None = None
    last_dose_on: date | None = None
    progressed: bool = False
    randomized_on: date | None = None
    progressed_on: date | None = None
    treatment_ended_on: date | None = None
    withdrawn_on: date | None = None
    lost_on: date | None = None
    died_on: date | None = None
    completed_on: date | None = None


def subject_status(facts: StatusFacts) -> SubjectStatus:
    """The status by all that is known (crf_spec 2.3).

    >>> subject_status(StatusFacts(entry="ELIGIBLE", first_dose_on=date(2025, 3, 10)))
    <SubjectStatus.INDUCTION: 'INDUCTION'>
    """
    ended = {
        SubjectStatus.DEAD: facts.died_on,
        SubjectStatus.WITHDRAWN: facts.withdrawn_on,
        SubjectStatus.LOST: facts.lost_on,
        SubjectStatus.COMPLETED: facts.completed_on,
    }
    for status, day in ended.items():
        if day:
            return status
    return _before_randomization(facts) if facts.randomized_on is None else _since_randomization(facts)


def _before_randomization(facts: StatusFacts) -> SubjectStatus:
    if facts.progressed or facts.second == "INELIGIBLE":
        return SubjectStatus.INDUCTION_FAILED
    if facts.first_dose_on:
        return SubjectStatus.INDUCTION
    return SubjectStatus.SCREEN_FAILED if facts.entry == "INELIGIBLE" else SubjectStatus.SCREENING


def _since_randomization(facts: StatusFacts) -> SubjectStatus:
    if facts.progressed_on or facts.treatment_ended_on:
        return SubjectStatus.FOLLOW_UP if facts.progressed_on else SubjectStatus.TREATMENT_ENDED
    treated = facts.randomized_on and facts.last_dose_on and facts.last_dose_on >= facts.randomized_on
    return SubjectStatus.ON_TREATMENT if treated else SubjectStatus.RANDOMIZED
