"""Delays, cumulative dose and relative dose intensity of systemic therapy (crf_spec 2.14).

Hryniuk, Bush, J Clin Oncol 1984;2:1281-1288. Planned doses are always those of protocol level 0, with the cycle's own weight
or surface. Whatever is missing leaves the sum unknown: a sum of what happens to be entered would be too low.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from trial.protocol.therapy.dosing import relative_dose_intensity_percent

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Dose:
    """One agent on one day of a cycle, in mg; 0 where it was not given. `measure` is that cycle's weight (kg) or surface (m²)."""

    cycle: int
    planned_mg: Decimal | None = None
    actual_mg: Decimal | None = None
    measure: Decimal | None = None


class Cumulative(NamedTuple):
    """What an agent was given in all: in mg, and in mg per kg or m²; None where a part is not known."""

    mg: Decimal | None
    normalized: Decimal | None


def delay_days(previous_day_1: date | None, day_1: date | None, cycle_length_days: int | None) -> int | None:
    """Days by which a cycle began later than planned, negative where earlier (crf_spec 2.14, ECDLY); None where not known.

    >>> delay_days(date(2025, 3, 10), date(2025, 4, 7), 21)
    7
    """
    if previous_day_1 is None or day_1 is None or cycle_length_days is None:
        return None
    return (day_1 - previous_day_1).days - cycle_length_days


def cumulative_dose(doses: Iterable[Dose]) -> Cumulative:
    """The sum of an agent's actual doses, and of each divided by its cycle's measure (crf_spec 2.14).

    >>> cumulative_dose([Dose(cycle=1, actual_mg=Decimal(140), measure=Decimal(70)), Dose(cycle=2, actual_mg=Decimal(0))])
    Cumulative(mg=Decimal('140'), normalized=Decimal('2'))
    """
    given = list(doses)
    return Cumulative(_sum(dose.actual_mg for dose in given), _sum(map(_normalized, given)))


def _normalized(dose: Dose) -> Decimal | None:
    if dose.actual_mg == 0:
        return ZERO
    return dose.actual_mg / dose.measure if dose.actual_mg is not None and dose.measure and dose.measure > 0 else None


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """None where one is not known."""
    total = ZERO
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def agent_intensity_percent(
    doses: Iterable[Dose], *, day_1_of: Mapping[int, date], cycle_length_days: int, max_cycles: int | None = None
) -> Decimal | None:
    """Relative dose intensity of one agent over the cycles started (crf_spec 2.14, RDI), in percent; `day_1_of` by cycle.

    An agent planned for fewer cycles counts in these alone. None where a cycle or a dose is missing, or days contradict the
    order of the cycles.

    >>> full = [Dose(cycle=n, planned_mg=Decimal(100), actual_mg=Decimal(100)) for n in (1, 2)]
    >>> agent_intensity_percent(full, day_1_of={1: date(2025, 3, 10), 2: date(2025, 4, 21)}, cycle_length_days=21)
    Decimal('66.66666666666666666666666667')
    """
    given = list(doses)
    started = sorted(day_1_of)
    cycles = started if max_cycles is None else started[:max_cycles]
    days = [day_1_of[cycle] for cycle in cycles]
    complete = started == list(range(1, len(started) + 1)) and {dose.cycle for dose in given} == set(cycles)
    actual_mg, planned_mg = _sum(dose.actual_mg for dose in given), _sum(dose.planned_mg for dose in given)
    if not cycles or not complete or days != sorted(set(days)) or actual_mg is None or planned_mg is None:
        return None
    return relative_dose_intensity_percent(
        actual_mg=actual_mg,
        planned_mg=planned_mg,
        cycles=len(cycles),
        cycle_length_days=cycle_length_days,
        first_day_1=days[0],
        last_day_1=days[-1],
    )


def regimen_intensity_percent(agents: Iterable[Decimal | None]) -> Decimal | None:
    """The mean of the agents' relative dose intensities (crf_spec 2.14); None where one is not known, or there is none.

    >>> regimen_intensity_percent([Decimal(100), Decimal(70)])
    Decimal('85')
    """
    found = list(agents)
    total = _sum(found)
    return total / len(found) if found and total is not None else None
