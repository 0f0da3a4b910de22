"""The regimens of a subject, each with the cycles in which it is in force (crf_spec 2.14, SYSREG).

A cycle is planned, dosed and judged by the regimen in force on its own day 1. A regimen that is
entered later changes nothing of it.
"""

from collections.abc import Mapping
from datetime import date

from crf.casebook import Casebook, once
from crf.models import Administration, Cycle, Regimen
from trial.protocol.schedule.visits import LATER_DAY
from trial.protocol.therapy import in_force
from trial.protocol.therapy.agents import PlannedAgent


@once
def regimens_of(casebook: Casebook) -> list[Regimen]:
    """Return the regimens that count, in the order of their entry."""
    return Regimen.named(casebook.records(Regimen))


def regimen_on(casebook: Casebook, day: date) -> Regimen | None:
    """Return the regimen in force on a day; None where none is entered."""
    return in_force.in_force(regimens_of(casebook), on=day)


@once
def first_days(casebook: Casebook) -> Mapping[int, date]:
    """Return day 1 of each cycle that was given, by its number."""
    first: dict[int, date] = {}
    for cycle in casebook.records(Cycle):
        day = min(cycle.days_given(), default=None)
        if cycle.number and day:
            first[cycle.number] = min(day, first.get(cycle.number, day))
    return first


def regimen_of(cycle: Cycle, casebook: Casebook) -> Regimen | None:
    """Return the regimen in force on day 1 of a cycle.

    A cycle of which nothing was given counts on the day of its visit.
    """
    visit = cycle.visit
    given_on = min(cycle.days_given(), default=None)
    day = given_on or visit.held_on or visit.target_on or casebook.subject.site.today()
    return regimen_on(casebook, day)


def next_regimen(casebook: Casebook) -> Regimen | None:
    """Return the regimen of the next cycle; None where none is entered."""
    first = first_days(casebook)
    return in_force.regimen_of(max(first, default=0) + 1, regimens_of(casebook), first)


def cycle_targets(casebook: Casebook) -> dict[int, date]:
    """Return the day on which each cycle after the first is due, the next one's included."""
    first, regimens = first_days(casebook), regimens_of(casebook)
    targets = {
        number: in_force.target_on(number, regimens, first)
        for number in range(2, max(first, default=0) + 2)
    }
    return {number: day for number, day in targets.items() if day}


def later_days(casebook: Casebook) -> dict[int, tuple[int, ...]]:
    """Return the days of each cycle, from day 8 on, on which its regimen gives an agent."""
    return {
        number: days
        for number, day_1 in first_days(casebook).items()
        if (days := _days_of(regimen_on(casebook, day_1)))
    }


def _days_of(regimen: Regimen | None) -> tuple[int, ...]:
    planned = regimen.planned_agents() if regimen else ()
    return tuple(sorted({day for agent in planned for day in agent.days if day >= LATER_DAY}))


def induction_regimen(casebook: Casebook) -> Regimen | None:
    """Return the regimen that the check after cycle 2 is counted by (crf_spec 4.1).

    It is the one in force in cycle 2; until that is given, the one in force in cycle 1.
    """
    first = first_days(casebook)
    day = first.get(2) or first.get(1)
    return regimen_on(casebook, day) if day else next_regimen(casebook)


def planned_agent(row: Administration, casebook: Casebook) -> PlannedAgent | None:
    """Return the row's agent as the regimen of its cycle plans it; None where it does not."""
    regimen = regimen_of(row.cycle, casebook) if row.agent else None
    return regimen.planned_agent(row.agent, row.agent_name) if regimen else None
