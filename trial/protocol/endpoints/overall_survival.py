"""Endpoints of the trial: what they are made of, and overall survival (crf_spec 5).

Time runs from randomization, in days, the first day being 1. Each endpoint is a function of facts and of the day it is
asked: what happened, or was entered, after that day is not read. What the facts do not decide is said to be undetermined.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeVar

from trial.protocol.response.best_response import Evaluation

MID_MONTH = 15
DAYS_PER_MONTH = Decimal("30.4375")


class Reason(StrEnum):
    """Why a result is what it is, as a page prints it."""

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
    UNRESOLVED = "An assessment is not read alike, or not yet."
    MEASURABLE_UNKNOWN = "Whether there was measurable disease at randomization is not known."
    THERAPY_UNDATED = "When a therapy began is not known."
    DEATH_UNDATED = "The month of death is not known."
    DEATH_CONTRADICTED = "The date of death lies before randomization, or before a day the subject was alive."
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
    """An event, or none up to `on`. Without a date it is undetermined, the subject is not in the population, or never responded."""

    value_days: int | None
    event: bool
    on: date | None
    reason: Reason
    records: tuple[str, ...] = ()

    @property
    def determined(self) -> bool:
        return self.reason not in UNDETERMINED


class TherapyKind(StrEnum):
    SYSTEMIC, RADIOTHERAPY, SURGERY, ABLATION = "SYSTEMIC", "RADIOTHERAPY", "SURGERY", "ABLATION"


@dataclass(frozen=True)
class Therapy:
    """Anticancer treatment after randomization. The arm's radiotherapy and planned maintenance are `per_protocol`, not new."""

    record: str
    on: date | None
    kind: TherapyKind = TherapyKind.SYSTEMIC
    per_protocol: bool = False
    known_on: date | None = None


@dataclass(frozen=True)
class Contact:
    """A day on which the subject was alive: a visit, dose, fraction, specimen, scan or contact."""

    record: str
    on: date | None
    known_on: date | None = None


@dataclass(frozen=True)
class Death:
    """Year, month and day as far as they are known."""

    record: str
    year: int | None
    month: int | None = None
    day: int | None = None
    known_on: date | None = None

    @property
    def on(self) -> date | None:
        """The first day it can have been."""
        return _day(self.year, 1 if self.month is None else self.month, 1 if self.day is None else self.day)


@dataclass(frozen=True)
class Facts:
    """`measurable` and `no_disease` are told of the second baseline, BL1."""

    randomized_on: date | None = None
    baseline_complete: bool | None = None
    measurable: bool | None = None
    no_disease: bool = False
    assessments: tuple[Evaluation, ...] = ()
    therapies: tuple[Therapy, ...] = ()
    contacts: tuple[Contact, ...] = ()
    death: Death | None = None


class Dated(Protocol):
    @property
    def known_on(self) -> date | None: ...


Fact = TypeVar("Fact", bound=Dated)


def known(facts: Iterable[Fact], happened_on: Iterable[date | None], *, on: date) -> tuple[Fact, ...]:
    """Those that had happened and, where that day is given, been entered by a day (crf_spec 5). An undated one counts once entered.

    >>> contacts = [Contact("SFU1", date(2025, 7, 1)), Contact("SFU2", date(2025, 7, 1), known_on=date(2025, 9, 1))]
    >>> [one.record for one in known(contacts, (one.on for one in contacts), on=date(2025, 8, 1))]
    ['SFU1']
    """
    pairs = zip(facts, happened_on, strict=True)
    return tuple(fact for fact, day in pairs if (day is None or day <= on) and (fact.known_on is None or fact.known_on <= on))


def as_known(facts: Facts, *, on: date) -> Facts:
    """The facts as they stood on a day (crf_spec 5).

    >>> as_known(Facts(date(2025, 4, 25)), on=date(2025, 4, 24)).randomized_on is None
    True
    """
    deaths = (facts.death,) if facts.death else ()
    past = replace(
        facts,
        randomized_on=facts.randomized_on if facts.randomized_on and facts.randomized_on <= on else None,
        assessments=known(facts.assessments, (one.completed_on for one in facts.assessments), on=on),
        therapies=known(facts.therapies, (one.on for one in facts.therapies), on=on),
        contacts=known(facts.contacts, (one.on for one in facts.contacts), on=on),
        death=next(iter(known(deaths, (one.on for one in deaths), on=on)), None),
    )
    died_on = death_on(past)
    return replace(past, death=None) if isinstance(died_on, date) and died_on > on else past


def days_from(start_on: date, on: date) -> int:
    """Days from the start, which is day 1 (crf_spec 5).

    >>> days_from(date(2025, 4, 25), date(2025, 4, 25))
    1
    """
    return (on - start_on).days + 1


def outcome(start_on: date, on: date, reason: Reason, *records: str, event: bool = False) -> Result:
    """A result that has a date; one before the start counts as its first day (crf_spec 4.4, 5).

    >>> outcome(date(2025, 4, 25), date(2025, 4, 21), Reason.PROGRESSION, "PC2", event=True).value_days
    1
    """
    on = max(on, start_on)
    return Result(days_from(start_on, on), event, on, reason, records)


def undecided(reason: Reason, *records: str) -> Result:
    """A result without a date (crf_spec 5).

    >>> undecided(Reason.NOT_RANDOMIZED).determined
    False
    """
    return Result(None, False, None, reason, records)


def _day(year: int | None, month: int, day: int) -> date | None:
    try:
        return None if year is None else date(year, month, day)
    except ValueError:
        return None


def last_alive(facts: Facts) -> tuple[date | None, tuple[str, ...]]:
    """The last day the subject was known to be alive, and the records that say so (crf_spec 5, OS). Randomization is one.

    >>> last_alive(Facts(date(2025, 4, 25), contacts=(Contact("SFU1", date(2025, 7, 1)),)))
    (datetime.date(2025, 7, 1), ('SFU1',))
    """
    seen = [(one.on, one.record) for one in facts.contacts if one.on]
    seen += [(one.on, one.record) for one in facts.therapies if one.on]
    seen += [(day, one.record) for one in facts.assessments if (day := one.completed_on)]
    last_on = max((day for day in (facts.randomized_on, *(day for day, _ in seen)) if day), default=None)
    return last_on, tuple(record for day, record in seen if day == last_on)


def death_on(facts: Facts) -> date | Reason | None:
    """The date of death (crf_spec 5): an unknown day is the 15th, or the day after the last known alive; None if alive.

    >>> death_on(Facts(date(2025, 4, 25), death=Death("DTH", 2025, 7)))
    datetime.date(2025, 7, 15)
    """
    death = facts.death
    if death is None:
        return None
    if death.year is None or death.month is None or death.on is None:
        return Reason.DEATH_UNDATED
    alive_on, _ = last_alive(facts)
    end_on = date(death.year, death.month, monthrange(death.year, death.month)[1])
    died_on = death.on
    if death.day is None:
        after_on = alive_on + timedelta(1) if alive_on else death.on
        died_on = min(end_on, max(date(death.year, death.month, MID_MONTH), after_on))
    return Reason.DEATH_CONTRADICTED if alive_on and died_on < alive_on else died_on


def overall_survival(facts: Facts, *, on: date) -> Result:
    """From randomization to death of any cause; alive, censored when last known to be (crf_spec 5, OS).

    >>> overall_survival(Facts(date(2025, 4, 25), death=Death("DTH", 2025, 5, 4)), on=date(2026, 1, 1)).value_days
    10
    """
    facts = as_known(facts, on=on)
    if facts.randomized_on is None:
        return undecided(Reason.NOT_RANDOMIZED)
    died_on = death_on(facts)
    if isinstance(died_on, Reason):
        return undecided(died_on, *((facts.death.record,) if facts.death else ()))
    if died_on and facts.death:
        return outcome(facts.randomized_on, died_on, Reason.DEATH, facts.death.record, event=True)
    alive_on, records = last_alive(facts)
    return outcome(facts.randomized_on, alive_on or facts.randomized_on, Reason.ALIVE, *records)


def time_to_next_systemic(facts: Facts, *, on: date) -> Result:
    """From randomization to the next line of systemic therapy or death (crf_spec 5).

    >>> facts = Facts(date(2025, 4, 25), therapies=(Therapy("SUBTX", date(2025, 5, 4)),))
    >>> time_to_next_systemic(facts, on=date(2026, 1, 1)).value_days
    10
    """
    facts = as_known(facts, on=on)
    survival = overall_survival(facts, on=on)
    lines = [one for one in facts.therapies if one.kind == TherapyKind.SYSTEMIC and not one.per_protocol]
    undated = [one.record for one in lines if one.on is None]
    if not survival.determined or facts.randomized_on is None:
        return survival
    if undated:
        return undecided(Reason.THERAPY_UNDATED, *undated)
    first = min(((one.on, one.record) for one in lines if one.on), default=None)
    if first and survival.on and first[0] <= survival.on:
        return outcome(facts.randomized_on, first[0], Reason.NEXT_THERAPY, first[1], event=True)
    return survival
