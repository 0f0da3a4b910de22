"""The regimen in force in each cycle (crf_spec 2.14, SYSREG).

A regimen is in force from its own day until the next one begins. What is read off a cycle is read
off the regimen in force on that cycle's day 1, so that a later regimen rewrites nothing. Cycles are
numbered through all regimens of a subject.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar


class Role(StrEnum):
    """The role of a regimen on study (crf_spec 2.14)."""

    INDUCTION = "INDUCTION"
    SWITCH = "SWITCH"
    MAINTENANCE = "MAINTENANCE"


class SwitchReason(StrEnum):
    """The reason of a switch (crf_spec 2.14)."""

    AE = "AE"
    RENAL = "RENAL"
    PATIENT = "PATIENT"
    INVESTIGATOR = "INVESTIGATOR"
    OTHER = "OTHER"


class OnStudy(Protocol):
    """A regimen as it is entered; an item that is not entered is None or empty."""

    @property
    def from_on(self) -> date | None: ...
    @property
    def role(self) -> str: ...
    @property
    def cycle_length_days(self) -> int | None: ...
    @property
    def most_cycles(self) -> int | None: ...


R = TypeVar("R", bound=OnStudy)
Days = Mapping[int, date]
"""Day 1 of each cycle that was given, by the cycle's number."""


def in_order(regimens: Iterable[R]) -> list[R]:
    """Return the regimens in the order in which they begin, from those in the order of their entry.

    The first one entered may lack its day: it counts from the start. A later one that lacks it is
    not in force yet. Of two that begin on the same day, the one entered later counts.
    """
    entered = list(regimens)
    dated = [regimen for regimen in entered if regimen.from_on is not None]
    undated = [regimen for regimen in entered[:1] if regimen.from_on is None]
    return [*undated, *sorted(dated, key=lambda regimen: regimen.from_on or date.min)]


def in_force(regimens: Iterable[R], *, on: date) -> R | None:
    """Return the regimen in force on a day: the last that has begun; before all, the first.

    None where no regimen is entered.
    """
    ordered = in_order(regimens)
    begun = [r for r in ordered if r.from_on is None or r.from_on <= on]
    return next(reversed(begun or ordered[:1]), None)


def cycles_of(regimen: R, regimens: Iterable[R], day_1_of: Days) -> dict[int, date]:
    """Return the cycles in which a regimen was in force, with their day 1, in order."""
    entered = list(regimens)
    return {
        number: day
        for number, day in sorted(day_1_of.items())
        if in_force(entered, on=day) is regimen
    }


def first_cycle_of(regimen: R, regimens: Iterable[R], day_1_of: Days) -> int:
    """Return the number of a regimen's first cycle: the one after the last of those before it."""
    entered = list(regimens)
    ordered = in_order(entered)
    before = ordered[: ordered.index(regimen)] if regimen in ordered else []
    numbers = [number for r in before for number in cycles_of(r, entered, day_1_of)]
    return max(numbers, default=0) + 1


def regimen_of(number: int, regimens: Iterable[R], day_1_of: Days) -> R | None:
    """Return the regimen of a cycle; of one that was not given yet, the one that is planned.

    After the cycle before, its regimen goes on until its maximum is given or the next one begins.
    """
    entered = list(regimens)
    if number in day_1_of:
        return in_force(entered, on=day_1_of[number])
    before_on = day_1_of.get(number - 1)
    if before_on is None:
        return next(iter(in_order(entered)), None)
    current = in_force(entered, on=before_on)
    later = [r for r in in_order(entered) if r.from_on and r.from_on > before_on]
    if current is None or not later:
        return current
    given = len(cycles_of(current, entered, day_1_of))
    goes_on = current.most_cycles is None or given < current.most_cycles
    due_on = before_on + timedelta(current.cycle_length_days or 0)
    return current if goes_on and later[0].from_on and due_on < later[0].from_on else later[0]


def begins_maintenance(number: int, regimens: Iterable[R], day_1_of: Days) -> R | None:
    """Return the maintenance regimen that begins with a cycle; None where none does."""
    entered = list(regimens)
    regimen = regimen_of(number, entered, day_1_of)
    if regimen is None or regimen.role != Role.MAINTENANCE:
        return None
    return regimen if first_cycle_of(regimen, entered, day_1_of) == number else None


def target_on(number: int, regimens: Iterable[R], day_1_of: Days) -> date | None:
    """Return the day on which a cycle after the first is due (crf_spec 2.14, 3.1).

    It is one cycle length, of the regimen in force in the cycle before, after that cycle's day 1.
    The first cycle of a maintenance is due when its regimen begins. None where a part is missing.
    """
    entered = list(regimens)
    maintenance = begins_maintenance(number, entered, day_1_of)
    if maintenance is not None:
        return maintenance.from_on
    before_on = day_1_of.get(number - 1)
    before = in_force(entered, on=before_on) if before_on else None
    if before_on is None or before is None or before.cycle_length_days is None:
        return None
    return before_on + timedelta(before.cycle_length_days)


def delay_days(
    number: int, day_1: date | None, regimens: Iterable[R], day_1_of: Days
) -> int | None:
    """Return the days by which a cycle began later than it was due (crf_spec 2.14, ECDLY).

    Negative where it began earlier. The first cycle of a maintenance has no delay: None, as where a
    day or a length is not known.
    """
    entered = list(regimens)
    if begins_maintenance(number, entered, day_1_of) is not None:
        return None
    due_on = target_on(number, entered, day_1_of)
    return (day_1 - due_on).days if day_1 and due_on else None


def last_cycle(regimens: Iterable[R], day_1_of: Days) -> int | None:
    """Return the number of the last cycle that is planned: the maximum is the regimen's own.

    None where the regimen goes on until progression or toxicity, or none is entered.
    """
    entered = list(regimens)
    regimen = regimen_of(max(day_1_of, default=0) + 1, entered, day_1_of)
    if regimen is None or regimen.most_cycles is None:
        return None
    return first_cycle_of(regimen, entered, day_1_of) + regimen.most_cycles - 1
