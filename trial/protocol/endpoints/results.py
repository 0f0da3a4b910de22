"""Results of endpoints, and their reasons (crf_spec 5).

Time runs from randomization, in days, the first day being 1. A result that the facts do not decide
is undetermined.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

DAYS_PER_MONTH = Decimal("30.4375")


class Reason(StrEnum):
    """The reason of a result, as a page prints it."""

    # events
    PROGRESSION = "Progression."
    PROGRESSION_BEFORE_RANDOMIZATION = "Progression had been there at randomization."
    DEATH = "Death."
    RESPONSE = "Response."
    CONTROL = "Response or stable disease."
    NEXT_THERAPY = "Next systemic therapy."
    LOCAL_GROWTH = "The lesion grew by 20 % and 5 mm."
    LOCAL_IN_FIELD = "Unequivocal progression in the field."
    LOCAL_BIOPSY = "Tumor in a biopsy."
    MARGINAL = "Progression at the margin of the field."
    NEW_METASTASIS = "A new lesion."
    GRADE_3 = "Grade 3 or more."
    # censored
    NO_BASELINE = "The baseline is not complete."
    NO_ASSESSMENT = "No evaluable assessment after randomization."
    NEW_THERAPY = "A new therapy began."
    MISSED = "Two or more assessments were missed before the event."
    ALIVE = "Alive when last seen."
    NO_EVENT = "No event at the last evaluable assessment."
    # something else came first
    COMPETING_DEATH = "Death came first."
    COMPETING_PROGRESSION = "Progression elsewhere, and the lesion was not assessed since."
    # no event, for good
    NO_RESPONSE = "No response."
    NO_CONTROL = "No control of the disease."
    NONE_SEVERE = "Nothing of grade 3 or more."
    # not in the population
    NOT_MEASURABLE = "No measurable disease at randomization."
    NO_DISEASE = "No disease at randomization."
    NOT_TREATED = "Nothing was given after randomization."
    # undetermined
    NOT_RANDOMIZED = "Not randomized."
    BASELINE_UNKNOWN = "Whether the baseline is complete is not known."
    UNRESOLVED = "The readings of an assessment disagree, or one is missing."
    MEASURABLE_UNKNOWN = "Whether there was measurable disease at randomization is not known."
    THERAPY_UNDATED = "When a therapy began is not known."
    DEATH_UNDATED = "The month of death is not known."
    DEATH_CONTRADICTED = (
        "The date of death lies before randomization, or before a day the subject was alive."
    )
    FINDING_UNDATED = "A finding has no date."
    FIELD_UNKNOWN = "Whether the new lesion lies in the field is not known."
    TREATED_UNKNOWN = "Whether anything was given after randomization is not known."
    GRADE_UNKNOWN = "The grade or the start of an event is not known."
    NO_RECORD_OF_DEATH = "Unknown: no record of death."
    NO_RECORD_OF_THERAPY = "Unknown: no record of new therapy."
    NO_RECORD_OF_TOXICITY = "Unknown: no record of toxicity."


EXCLUDED = {Reason.NOT_MEASURABLE, Reason.NO_DISEASE, Reason.NOT_TREATED}
UNDETERMINED = {
    Reason.NOT_RANDOMIZED,
    Reason.BASELINE_UNKNOWN,
    Reason.UNRESOLVED,
    Reason.MEASURABLE_UNKNOWN,
    Reason.THERAPY_UNDATED,
    Reason.DEATH_UNDATED,
    Reason.DEATH_CONTRADICTED,
    Reason.FINDING_UNDATED,
    Reason.FIELD_UNKNOWN,
    Reason.TREATED_UNKNOWN,
    Reason.GRADE_UNKNOWN,
    Reason.NO_RECORD_OF_DEATH,
    Reason.NO_RECORD_OF_THERAPY,
    Reason.NO_RECORD_OF_TOXICITY,
}


@dataclass(frozen=True)
class Result:
    """An event, or none up to `on`.

    Without a date the result is undetermined, the subject is not in the population, or it never
    responded.
    """

    value_days: int | None
    event: bool
    on: date | None
    reason: Reason
    records: tuple[str, ...] = ()

    @property
    def determined(self) -> bool:
        return self.reason not in UNDETERMINED


def days_from(start_on: date, on: date) -> int:
    """Return the days from the start, which is day 1 (crf_spec 5).

    >>> days_from(date(2025, 4, 25), date(2025, 4, 25))
    1
    """
    return (on - start_on).days + 1


def outcome(start_on: date, on: date, reason: Reason, *records: str, event: bool = False) -> Result:
    """Return a result with a date; one before the start counts as its first day (crf_spec 4.4, 5).

    >>> start_on, on = date(2025, 4, 25), date(2025, 4, 21)
    >>> outcome(start_on, on, Reason.PROGRESSION, "PC2", event=True).value_days
    1
    """
    on = max(on, start_on)
    return Result(days_from(start_on, on), event, on, reason, records)


def undecided(reason: Reason, *records: str) -> Result:
    """Return a result without a date (crf_spec 5).

    >>> undecided(Reason.NOT_RANDOMIZED).determined
    False
    """
    return Result(None, False, None, reason, records)
