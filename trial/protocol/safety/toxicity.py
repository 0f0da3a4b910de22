"""Toxicity of grade 3 or more (crf_spec 5 and 2.17; CTCAE 5.0).

The safety set holds the subjects with at least one dose or fraction after randomization, analyzed
as treated. An event that was present at randomization and got no worse is left out. An event that
began before randomization belongs to the induction, and is counted apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from trial.protocol.endpoints.facts import known_by as known
from trial.protocol.endpoints.results import DAYS_PER_MONTH, Reason, Result, outcome, undecided

SEVERE, FATAL = 3, 5
ACUTE_DAYS = 90  # after the last fraction


class Relation(StrEnum):
    """The relation of an event to a treatment, by the investigator."""

    NOT = "NOT"
    UNLIKELY = "UNLIKELY"
    POSSIBLE = "POSSIBLE"
    PROBABLE = "PROBABLE"
    DEFINITE = "DEFINITE"


RELATED = {Relation.POSSIBLE, Relation.PROBABLE, Relation.DEFINITE}


class Kind(StrEnum):
    """The kinds of toxicity that are reported (crf_spec 2.17)."""

    ANY, TREATMENT, RT_ACUTE, RT_LATE = "ANY", "TREATMENT", "RT_ACUTE", "RT_LATE"
    FATAL, IMMUNE = "FATAL", "IMMUNE"


@dataclass(frozen=True)
class Toxicity:
    """One grade of one adverse event, from the day on which the event reached it.

    `grade_at_randomization` is 0 where the event was absent then; `known_on` is the day of entry.
    """

    record: str
    term: str
    grade: int | None
    began_on: date | None
    grade_at_randomization: int = 0
    to_systemic: Relation | None = None
    to_radiotherapy: Relation | None = None
    immune: bool | None = None
    known_on: date | None = None


@dataclass(frozen=True)
class Treated:
    """A subject's treatment: `was_treated` by a dose or fraction after randomization.

    `irradiated_on` is the day of the last fraction; None is not known, or none.
    """

    randomized_on: date | None
    was_treated: bool | None
    irradiated_on: date | None = None


def is_kind(event: Toxicity, kind: Kind, *, irradiated_on: date | None) -> bool:
    """Return whether an event belongs to a kind (crf_spec 2.17).

    Radiotherapy's toxicity is acute up to 90 days after its end, then late.

    >>> related = {"to_radiotherapy": Relation.POSSIBLE}
    >>> event = Toxicity("AE1", "Pneumonitis", 3, date(2025, 7, 14), **related)
    >>> is_kind(event, Kind.RT_ACUTE, irradiated_on=date(2025, 5, 30))
    True
    """
    is_by_rt = event.to_radiotherapy in RELATED
    is_late = False
    if irradiated_on and event.began_on:
        is_late = (event.began_on - irradiated_on).days > ACUTE_DAYS
    return {
        Kind.ANY: True,
        Kind.TREATMENT: is_by_rt or event.to_systemic in RELATED,
        Kind.RT_ACUTE: is_by_rt and not is_late,
        Kind.RT_LATE: is_by_rt and is_late,
        Kind.FATAL: event.grade == FATAL,
        Kind.IMMUNE: event.immune is True,
    }[kind]


def _entered(events: Iterable[Toxicity], on: date) -> tuple[Toxicity, ...]:
    """Return the events that had begun and been entered by a day.

    An undated event counts once it is entered.
    """
    toxicities = list(events)
    return known(toxicities, (event.began_on for event in toxicities), on=on)


def emergent(events: Iterable[Toxicity], treated: Treated, *, on: date) -> tuple[Toxicity, ...]:
    """Return the events since randomization that are worse than at it (crf_spec 5).

    The events are those known on the day `on`.

    >>> anemia = Toxicity("AE1", "Anemia", 3, date(2025, 5, 1), grade_at_randomization=3)
    >>> emergent([anemia], Treated(date(2025, 4, 25), True), on=date(2026, 1, 1))
    ()
    """
    start_on = treated.randomized_on
    if start_on is None:
        return ()
    later = [
        event for event in _entered(events, on) if event.began_on and event.began_on >= start_on
    ]
    return tuple(
        event for event in later if event.grade and event.grade > event.grade_at_randomization
    )


def induction(events: Iterable[Toxicity], treated: Treated, *, on: date) -> tuple[Toxicity, ...]:
    """Return the events that began before randomization, or while there is none (crf_spec 5).

    >>> anemia = Toxicity("AE1", "Anemia", 3, date(2025, 4, 1))
    >>> len(induction([anemia], Treated(date(2025, 4, 25), True), on=date(2026, 1, 1)))
    1
    """
    start_on = treated.randomized_on
    dated = [event for event in _entered(events, on) if event.began_on]
    if start_on is None or start_on > on:
        return tuple(dated)
    return tuple(event for event in dated if event.began_on and event.began_on < start_on)


def worst_grades(
    events: Iterable[Toxicity], treated: Treated, *, on: date, kind: Kind = Kind.ANY
) -> dict[str, int]:
    """Return the worst grade of each term since randomization (crf_spec 5).

    >>> grades = ((2, date(2025, 7, 10)), (3, date(2025, 7, 14)), (1, date(2025, 7, 30)))
    >>> events = [Toxicity("AE1", "Pneumonitis", grade, day) for grade, day in grades]
    >>> worst_grades(events, Treated(date(2025, 4, 11), True), on=date(2026, 1, 1))
    {'Pneumonitis': 3}
    """
    worst: dict[str, int] = {}
    for event in emergent(events, treated, on=on):
        if event.grade and is_kind(event, kind, irradiated_on=treated.irradiated_on):
            worst[event.term] = max(event.grade, worst.get(event.term, 0))
    return worst


def severe_toxicity(
    events: Iterable[Toxicity], treated: Treated, *, on: date, kind: Kind = Kind.ANY
) -> Result:
    """Return whether grade 3 or more was reached since randomization, and when first (crf_spec 5).

    An event without grade or date leaves the answer open, unless another event decides.

    >>> pneumonitis = Toxicity("AE1", "Pneumonitis", 3, date(2025, 7, 14))
    >>> treated = Treated(date(2025, 4, 11), True)
    >>> severe_toxicity([pneumonitis], treated, on=date(2026, 1, 1)).value_days
    95
    """
    start_on, toxicities = treated.randomized_on, list(events)
    if start_on is None or start_on > on:
        return undecided(Reason.NOT_RANDOMIZED)
    if not treated.was_treated:
        is_unknown = treated.was_treated is None
        return undecided(Reason.TREATED_UNKNOWN if is_unknown else Reason.NOT_TREATED)
    severe = []
    for event in emergent(toxicities, treated, on=on):
        is_severe = event.grade is not None and event.grade >= SEVERE
        is_of_kind = is_kind(event, kind, irradiated_on=treated.irradiated_on)
        if is_severe and is_of_kind and event.began_on:
            severe.append((event.began_on, event.record))
    if severe:
        first_on, record = min(severe)
        return outcome(start_on, first_on, Reason.GRADE_3, record, event=True)
    undetermined = [
        event.record
        for event in _entered(toxicities, on)
        if _may_be_severe(event, kind, treated, start_on)
    ]
    if undetermined:
        return undecided(Reason.GRADE_UNKNOWN, *undetermined)
    return outcome(start_on, on, Reason.NONE_SEVERE)


def _may_be_severe(event: Toxicity, kind: Kind, treated: Treated, start_on: date) -> bool:
    """Return whether an event without grade or date may be severe, emergent and of the kind."""
    grade = event.grade
    if grade is not None and (grade < SEVERE or grade <= event.grade_at_randomization):
        return False
    if event.began_on and (event.began_on < start_on or grade is not None):
        return False
    if kind == Kind.FATAL:
        return event.grade in (None, FATAL)
    if kind in (Kind.RT_ACUTE, Kind.RT_LATE) and event.began_on is None:
        return event.to_radiotherapy in RELATED
    return is_kind(event, kind, irradiated_on=treated.irradiated_on)


def per_person_month(events: int, *, days: int) -> Decimal | None:
    """Return events per person-month of 30.4375 days (crf_spec 5); None without a day.

    >>> per_person_month(2, days=487)
    Decimal('0.1250')
    """
    return events * DAYS_PER_MONTH / days if days > 0 else None
