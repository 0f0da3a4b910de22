"""Facts that endpoints are made of (crf_spec 5)."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from trial.protocol.response.best_response import Evaluation

from .results import Reason

MID_MONTH = 15


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
