"""The status of a subject (crf_spec 2.3, SUBJSTAT): derived, never entered.

What ends a subject's part in the trial comes first, then what was done last. Facts that no form
records yet are None or False.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from trial.protocol.eligibility.gates import Overall


class SubjectStatus(StrEnum):
    """The status of a subject, in the order of the trial."""

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
    """The facts that a status rests on.

    `entry` and `second` are the last confirmed results of gates 1 and 2. `last_dose_on` counts
    doses and fractions. `progressed` is the check after cycle 2 with PD; `progressed_on` is a
    progression after randomization.
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
    """Return the status of a subject by these facts (crf_spec 2.3).

    >>> subject_status(StatusFacts(entry="ELIGIBLE", first_dose_on=date(2025, 3, 10)))
    <SubjectStatus.INDUCTION: 'INDUCTION'>
    """
    ends = {
        SubjectStatus.DEAD: facts.died_on,
        SubjectStatus.WITHDRAWN: facts.withdrawn_on,
        SubjectStatus.LOST: facts.lost_on,
        SubjectStatus.COMPLETED: facts.completed_on,
    }
    for status, day in ends.items():
        if day:
            return status
    if facts.randomized_on is None:
        return _before_randomization(facts)
    return _since_randomization(facts, facts.randomized_on)


def _before_randomization(facts: StatusFacts) -> SubjectStatus:
    if facts.progressed or facts.second == Overall.INELIGIBLE:
        return SubjectStatus.INDUCTION_FAILED
    if facts.first_dose_on:
        return SubjectStatus.INDUCTION
    if facts.entry == Overall.INELIGIBLE:
        return SubjectStatus.SCREEN_FAILED
    return SubjectStatus.SCREENING


def _since_randomization(facts: StatusFacts, randomized_on: date) -> SubjectStatus:
    if facts.progressed_on:
        return SubjectStatus.FOLLOW_UP
    if facts.treatment_ended_on:
        return SubjectStatus.TREATMENT_ENDED
    if facts.last_dose_on and facts.last_dose_on >= randomized_on:
        return SubjectStatus.ON_TREATMENT
    return SubjectStatus.RANDOMIZED
