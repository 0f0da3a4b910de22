"""Toxicity of grade 3 or more (crf_spec 5 and 2.17; CTCAE v5.0).

The safety set got at least one dose or fraction after randomization, and is read as treated. What was there at
randomization and got no worse is left out; what began before it belongs to the induction, and is told apart.
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
    NOT, UNLIKELY, POSSIBLE, PROBABLE, DEFINITE = "NOT", "UNLIKELY", "POSSIBLE", "PROBABLE", "DEFINITE"


RELATED = {Relation.POSSIBLE, Relation.PROBABLE, Relation.DEFINITE}


class Kind(StrEnum):
    ANY, TREATMENT, RT_ACUTE, RT_LATE = "ANY", "TREATMENT", "RT_ACUTE", "RT_LATE"
    FATAL, IMMUNE = "FATAL", "IMMUNE"


@dataclass(frozen=True)
class Toxicity:
    """One grade of one adverse event, from the day it reached that grade. `grade_at_randomization` is 0 where it was absent."""

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
    """`given` is whether a dose or fraction was given after randomization; `irradiated_on` the last fraction."""

    randomized_on: date | None
    given: bool | None
    irradiated_on: date | None = None


def is_kind(event: Toxicity, kind: Kind, *, irradiated_on: date | None) -> bool:
    """Whether an event belongs to a kind (crf_spec 2.17). Radiotherapy's is acute up to 90 days after its end, then late.

    >>> event = Toxicity("AE1", "Pneumonitis", 3, date(2025, 7, 14), to_radiotherapy=Relation.POSSIBLE)
    >>> is_kind(event, Kind.RT_ACUTE, irradiated_on=date(2025, 5, 30))
    True
    """
    by_rt = event.to_radiotherapy in RELATED
    late = bool(irradiated_on and event.began_on and (event.began_on - irradiated_on).days > ACUTE_DAYS)
    return {
        Kind.ANY: True,
        Kind.TREATMENT: by_rt or event.to_systemic in RELATED,
        Kind.RT_ACUTE: by_rt and not late,
        Kind.RT_LATE: by_rt and late,
        Kind.FATAL: event.grade == FATAL,
        Kind.IMMUNE: event.immune is True,
    }[kind]


def emergent(events: Iterable[Toxicity], treated: Treated, *, on: date) -> tuple[Toxicity, ...]:
    """Those since randomization that are worse than at it, as known on a day (crf_spec 5).

    >>> events = [Toxicity("AE1", "Anemia", 3, date(2025, 5, 1), grade_at_randomization=3)]
    >>> emergent(events, Treated(date(2025, 4, 25), True), on=date(2026, 1, 1))
    ()
    """
    given, start_on = list(events), treated.randomized_on
    if start_on is None:
        return ()
    seen = known(given, (one.began_on for one in given), on=on)
    after = [one for one in seen if one.began_on and one.began_on >= start_on]
    return tuple(one for one in after if one.grade and one.grade > one.grade_at_randomization)


def induction(events: Iterable[Toxicity], treated: Treated, *, on: date) -> tuple[Toxicity, ...]:
    """Those that began before randomization (crf_spec 5), or while there is none.

    >>> len(induction([Toxicity("AE1", "Anemia", 3, date(2025, 4, 1))], Treated(date(2025, 4, 25), True), on=date(2026, 1, 1)))
    1
    """
    given, start_on = list(events), treated.randomized_on
    seen = known(given, (one.began_on for one in given), on=on)
    return tuple(one for one in seen if one.began_on and (start_on is None or start_on > on or one.began_on < start_on))


def worst_grades(events: Iterable[Toxicity], treated: Treated, *, on: date, kind: Kind = Kind.ANY) -> dict[str, int]:
    """The worst grade of each term since randomization (crf_spec 5).

    >>> grades = [Toxicity("AE1", "Pneumonitis", grade, date(2025, 7, day)) for grade, day in ((2, 10), (3, 14), (1, 30))]
    >>> worst_grades(grades, Treated(date(2025, 4, 11), True), on=date(2026, 1, 1))
    {'Pneumonitis': 3}
    """
    worst: dict[str, int] = {}
    for one in emergent(events, treated, on=on):
        if one.grade and is_kind(one, kind, irradiated_on=treated.irradiated_on):
            worst[one.term] = max(one.grade, worst.get(one.term, 0))
    return worst


def severe_toxicity(events: Iterable[Toxicity], treated: Treated, *, on: date, kind: Kind = Kind.ANY) -> Result:
    """Whether anything of grade 3 or more was seen since randomization, and when first (crf_spec 5).

    An event without grade or date leaves it open, unless another one decides.

    >>> events = [Toxicity("AE1", "Pneumonitis", 3, date(2025, 7, 14))]
    >>> severe_toxicity(events, Treated(date(2025, 4, 11), True), on=date(2026, 1, 1)).value_days
    95
    """
    start_on, given = treated.randomized_on, list(events)
    if start_on is None or start_on > on:
        return undecided(Reason.NOT_RANDOMIZED)
    if not treated.given:
        return undecided(Reason.TREATED_UNKNOWN if treated.given is None else Reason.NOT_TREATED)
    found = [one for one in emergent(given, treated, on=on) if is_kind(one, kind, irradiated_on=treated.irradiated_on)]
    dated = [(one.began_on, one.record) for one in found if one.grade and one.grade >= SEVERE and one.began_on]
    if dated:
        first_on, record = min(dated)
        return outcome(start_on, first_on, Reason.GRADE_3, record, event=True)
    open_ones = [one.record for one in known(given, (one.began_on for one in given), on=on) if _open(one, kind, treated, start_on)]
    return undecided(Reason.GRADE_UNKNOWN, *open_ones) if open_ones else outcome(start_on, on, Reason.NONE_SEVERE)


def _open(event: Toxicity, kind: Kind, treated: Treated, start_on: date) -> bool:
    if event.grade is not None and (event.grade < SEVERE or event.grade <= event.grade_at_randomization):
        return False
    if event.began_on and (event.began_on < start_on or event.grade is not None):
        return False
    dated_kinds = (Kind.RT_ACUTE, Kind.RT_LATE)
    if kind == Kind.FATAL:
        return event.grade in (None, FATAL)
    if kind in dated_kinds and event.began_on is None:
        return event.to_radiotherapy in RELATED
    return is_kind(event, kind, irradiated_on=treated.irradiated_on)


def per_person_month(events: int, *, days: int) -> Decimal | None:
    """Events per person-month, of 30.4375 days (crf_spec 5); None without a day.

    >>> per_person_month(2, days=487)
    Decimal('0.1250')
    """
    return events * DAYS_PER_MONTH / days if days > 0 else None
