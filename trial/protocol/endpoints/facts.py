"""The facts that endpoints are derived from, as they stood on a day (crf_spec 5).

Each endpoint is a function of facts and of a day: what happened, or was entered, after that day
does not count.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from trial.protocol.response.evaluations import Evaluation

from .results import Reason

MID_MONTH = 15


class TherapyKind(StrEnum):
    """The kind of an anticancer therapy."""

    SYSTEMIC, RADIOTHERAPY, SURGERY, ABLATION = "SYSTEMIC", "RADIOTHERAPY", "SURGERY", "ABLATION"


@dataclass(frozen=True)
class Therapy:
    """An anticancer therapy after randomization.

    The arm's radiotherapy and planned maintenance are `per_protocol`, and not new.
    """

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
    """A death: its year, month and day as far as they are known."""

    record: str
    year: int | None
    month: int | None = None
    day: int | None = None
    known_on: date | None = None

    @property
    def on(self) -> date | None:
        """The first day that it can have been."""
        month = 1 if self.month is None else self.month
        day = 1 if self.day is None else self.day
        try:
            return None if self.year is None else date(self.year, month, day)
        except ValueError:
            return None


@dataclass(frozen=True)
class Facts:
    """The facts of a subject. `measurable` and `no_disease` hold at the second baseline, BL1."""

    randomized_on: date | None = None
    baseline_complete: bool | None = None
    measurable: bool | None = None
    no_disease: bool = False
    assessments: tuple[Evaluation, ...] = ()
    therapies: tuple[Therapy, ...] = ()
    contacts: tuple[Contact, ...] = ()
    death: Death | None = None


class Dated(Protocol):
    """A fact that bears the day of its entry, where that is known."""

    @property
    def known_on(self) -> date | None: ...


Fact = TypeVar("Fact", bound=Dated)


def known_by(
    facts: Iterable[Fact], happened_on: Iterable[date | None], *, on: date
) -> tuple[Fact, ...]:
    """Return the facts that had happened, and been entered, by a day (crf_spec 5).

    A fact without the day of entry counts as entered; one without its own day counts once entered.

    >>> first = Contact("SFU1", date(2025, 7, 1))
    >>> late = Contact("SFU2", date(2025, 7, 1), known_on=date(2025, 9, 1))
    >>> past = known_by([first, late], [first.on, late.on], on=date(2025, 8, 1))
    >>> [contact.record for contact in past]
    ['SFU1']
    """
    past = []
    for fact, day in zip(facts, happened_on, strict=True):
        has_happened = day is None or day <= on
        is_entered = fact.known_on is None or fact.known_on <= on
        if has_happened and is_entered:
            past.append(fact)
    return tuple(past)


def facts_known_by(facts: Facts, *, on: date) -> Facts:
    """Return the facts as they stood on a day (crf_spec 5).

    >>> facts_known_by(Facts(date(2025, 4, 25)), on=date(2025, 4, 24)).randomized_on is None
    True
    """
    is_randomized = facts.randomized_on is not None and facts.randomized_on <= on
    deaths = [facts.death] if facts.death else []
    past_deaths = known_by(deaths, [death.on for death in deaths], on=on)
    scan_days = [assessment.completed_on for assessment in facts.assessments]
    past = replace(
        facts,
        randomized_on=facts.randomized_on if is_randomized else None,
        assessments=known_by(facts.assessments, scan_days, on=on),
        therapies=known_by(facts.therapies, [therapy.on for therapy in facts.therapies], on=on),
        contacts=known_by(facts.contacts, [contact.on for contact in facts.contacts], on=on),
        death=past_deaths[0] if past_deaths else None,
    )
    died_on = death_on(past)
    return replace(past, death=None) if isinstance(died_on, date) and died_on > on else past


def last_alive(facts: Facts) -> tuple[date | None, tuple[str, ...]]:
    """Return the last day the subject was known to be alive, and its records (crf_spec 5, OS).

    The day of randomization counts, and has no record.

    >>> last_alive(Facts(date(2025, 4, 25), contacts=(Contact("SFU1", date(2025, 7, 1)),)))
    (datetime.date(2025, 7, 1), ('SFU1',))
    """
    alive = [(contact.on, contact.record) for contact in facts.contacts]
    alive += [(therapy.on, therapy.record) for therapy in facts.therapies]
    alive += [(assessment.completed_on, assessment.record) for assessment in facts.assessments]
    days = [facts.randomized_on, *(day for day, _ in alive)]
    last_on = max((day for day in days if day), default=None)
    if last_on is None:
        return None, ()
    return last_on, tuple(record for day, record in alive if day == last_on)


def death_on(facts: Facts) -> date | Reason | None:
    """Return the date of death (crf_spec 5); None if alive, a reason where it is undetermined.

    An unknown day is the 15th, or the day after the last known alive.

    >>> death_on(Facts(date(2025, 4, 25), death=Death("DTH", 2025, 7)))
    datetime.date(2025, 7, 15)
    """
    death = facts.death
    if death is None:
        return None
    if death.year is None or death.month is None or death.on is None:
        return Reason.DEATH_UNDATED
    alive_on, _ = last_alive(facts)
    died_on = death.on
    if death.day is None:
        month_ends_on = date(death.year, death.month, monthrange(death.year, death.month)[1])
        mid_month_on = date(death.year, death.month, MID_MONTH)
        after_on = alive_on + timedelta(1) if alive_on else death.on
        died_on = min(month_ends_on, max(mid_month_on, after_on))
    return Reason.DEATH_CONTRADICTED if alive_on and died_on < alive_on else died_on


def death_records(facts: Facts) -> tuple[str, ...]:
    """Return the record of death, where there is one.

    >>> death_records(Facts(death=Death("DTH", 2025)))
    ('DTH',)
    """
    return (facts.death.record,) if facts.death else ()
