"""Cumulative dose and relative dose intensity of one regimen (crf_spec 2.14).

Source: Hryniuk and Bush, J Clin Oncol 1984;2:1281-1288. Planned doses are always those of protocol
level 0, with the cycle's own weight or surface. A missing part leaves a sum unknown: the sum of the
entered parts alone would be too low.
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
    """One agent on one day of a cycle, in mg; 0 where it was not given.

    `measure` is that cycle's weight in kg or surface in m².
    """

    cycle: int
    planned_mg: Decimal | None = None
    actual_mg: Decimal | None = None
    measure: Decimal | None = None


class Cumulative(NamedTuple):
    """The sum of an agent's doses in mg, and in mg per kg or m²; None where a part is not known."""

    mg: Decimal | None
    normalized: Decimal | None


def cumulative_dose(doses: Iterable[Dose]) -> Cumulative:
    """Sum an agent's actual doses, and each divided by its cycle's measure (crf_spec 2.14).

    >>> first = Dose(cycle=1, actual_mg=Decimal(140), measure=Decimal(70))
    >>> cumulative_dose([first, Dose(cycle=2, actual_mg=Decimal(0))])
    Cumulative(mg=Decimal('140'), normalized=Decimal('2'))
    """
    entered = list(doses)
    return Cumulative(_sum(dose.actual_mg for dose in entered), _sum(map(_normalized, entered)))


def _normalized(dose: Dose) -> Decimal | None:
    """Return a dose per kg or m². A dose of 0 needs no measure."""
    if dose.actual_mg == 0:
        return ZERO
    if dose.actual_mg is None or dose.measure is None or dose.measure <= 0:
        return None
    return dose.actual_mg / dose.measure


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum; None where an amount is not known."""
    total = ZERO
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def agent_intensity_percent(
    doses: Iterable[Dose],
    *,
    day_1_of: Mapping[int, date],
    cycle_length_days: int,
    max_cycles: int | None = None,
    first_cycle: int = 1,
) -> Decimal | None:
    """Return the relative dose intensity of one agent over the cycles started, in percent.

    `day_1_of` gives day 1 of each cycle of the regimen, which begins with `first_cycle` (crf_spec
    2.14, RDI). An agent planned for fewer cycles counts in these alone. None where a cycle or a
    dose is missing, or days contradict the order of the cycles.

    >>> full = [Dose(cycle=n, planned_mg=Decimal(100), actual_mg=Decimal(100)) for n in (1, 2)]
    >>> day_1_of = {1: date(2025, 3, 10), 2: date(2025, 4, 21)}
    >>> round(agent_intensity_percent(full, day_1_of=day_1_of, cycle_length_days=21), 1)
    Decimal('66.7')
    """
    entered = list(doses)
    started = sorted(day_1_of)
    cycles = started if max_cycles is None else started[:max_cycles]
    days = [day_1_of[cycle] for cycle in cycles]
    has_no_gap = started == list(range(first_cycle, first_cycle + len(started)))
    is_complete = has_no_gap and {dose.cycle for dose in entered} == set(cycles)
    is_in_order = days == sorted(set(days))
    if not cycles or not is_complete or not is_in_order:
        return None
    actual_mg = _sum(dose.actual_mg for dose in entered)
    planned_mg = _sum(dose.planned_mg for dose in entered)
    if actual_mg is None or planned_mg is None:
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
    """Return the mean of the agents' relative dose intensities, in percent (crf_spec 2.14).

    None where an agent's is not known, or there is no agent.

    >>> regimen_intensity_percent([Decimal(100), Decimal(70)])
    Decimal('85')
    """
    intensities = list(agents)
    total = _sum(intensities)
    return total / len(intensities) if intensities and total is not None else None
