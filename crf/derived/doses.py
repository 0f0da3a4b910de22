"""Systemic therapy: the doses planned and given, delays, and dose intensity (crf_spec 2.14)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from crf.casebook import Casebook, once
from crf.models import Administration, Cycle, Regimen
from crf.models.systemic_therapy import OTHER
from trial.protocol.therapy import dose_intensity, dosing, regimens


@dataclass(frozen=True)
class Doses:
    """The first day of each cycle, the last day of all, and the regimen."""

    first: Mapping[int, date]
    last_on: date | None
    cycle_length_days: int | None
    max_cycles: int | None
    preconsent_cycles: int
    day_8: bool
    immunotherapy: bool

    def day_1(self, cycle: int) -> date | None:
        """Return the first day of a cycle."""
        return self.first.get(cycle)


@once
def regimen_of(casebook: Casebook) -> Regimen | None:
    """Return the regimen that the subject is on: the last one entered that names its code.

    Where none does, the last one entered.
    """
    entered = casebook.records(Regimen)
    named = [regimen for regimen in entered if regimen.code]
    return next(reversed(named or entered), None)


@once
def doses_of(casebook: Casebook) -> Doses:
    """Return the days that schedule, check after cycle 2 and dose intensity are counted from."""
    first: dict[int, date] = {}
    for cycle in casebook.records(Cycle):
        day = day_1(cycle, casebook)
        if cycle.number and day:
            first[cycle.number] = min(day, first.get(cycle.number, day))
    regimen = regimen_of(casebook) or Regimen()  # without one, each of its items is unknown
    return Doses(
        first=first,
        last_on=max(days_given(casebook), default=None),
        cycle_length_days=regimen.cycle_length_days,
        max_cycles=regimen.max_cycles,
        preconsent_cycles=regimen.preconsent_cycles or 0,
        immunotherapy=regimen.sysclass == regimens.SystemicClass.ICI_CONTAINING,
        day_8=any(8 in agent.days for agent in agents_of(casebook)),
    )


@once
def days_given(casebook: Casebook) -> list[date]:
    """Return the day of each dose that was given."""
    return [day for cycle in casebook.records(Cycle) for day in cycle.days_given()]


def first_dose_on(casebook: Casebook) -> date | None:
    """Return the day of the first dose."""
    return min(days_given(casebook), default=None)


def agents_of(casebook: Casebook) -> tuple[regimens.PlannedAgent, ...]:
    """Return the agents of the subject's regimen, as the protocol plans them."""
    code = regimen_code(casebook)
    return tuple(regimens.REGIMENS[code].agents) if code else ()


def regimen_code(casebook: Casebook) -> str | None:
    """Return the code of the subject's regimen; None where it is not known."""
    regimen = regimen_of(casebook)
    return regimen.code or None if regimen else None


@Cycle.day_1.computed_by
def day_1(cycle: Cycle, casebook: Casebook) -> date | None:
    """Return the day on which the cycle's first agent was given (crf_spec 4.1)."""
    return min(cycle.days_given(), default=None)


@Cycle.delay_days.computed_by
def delay_days(cycle: Cycle, casebook: Casebook) -> int | None:
    """Return the days by which the cycle began late (crf_spec 2.14, ECDLY); negative for earlier.

    They are the days since day 1 of the cycle before, less the regimen's length.
    """
    doses = doses_of(casebook)
    before = doses.day_1((cycle.number or 0) - 1)
    return dose_intensity.delay_days(before, day_1(cycle, casebook), doses.cycle_length_days)


@Cycle.bsa_m2.computed_by
def bsa_m2(cycle: Cycle, casebook: Casebook) -> Decimal | None:
    """Return the body surface area used for dosing, in m².

    The formula is the one in force on day 1 (BSA_FORMULA).
    """
    if not cycle.weight_kg or not cycle.height_cm:
        return None
    parameters = casebook.parameters_on(day_1(cycle, casebook) or casebook.subject.site.today())
    return dosing.bsa_m2(
        weight_kg=cycle.weight_kg, height_cm=cycle.height_cm, parameters=parameters
    )


@Cycle.intensity.computed_by
def intensity(cycle: Cycle, casebook: Casebook) -> list[str]:
    """Return a line for each agent up to this cycle, and one for the regimen.

    An agent's line has its relative dose intensity and its cumulative dose; the regimen's has the
    mean of the intensities.
    """
    until = cycle.number or 0
    percents, totals = intensity_percents(casebook, until), cumulative_doses(casebook, until)
    names = dict(Administration._meta.get_field("agent").flatchoices)
    lines = []
    for agent, percent in percents.items():
        share = _("not known") if percent is None else f"{percent:.1f} %"
        mg = totals[agent].mg
        total = "" if mg is None else _(", {mg} mg in all").format(mg=f"{mg:f}")
        lines.append(f"{names[agent]} {share}{total}")
    mean = dose_intensity.regimen_intensity_percent(percents.values())
    if mean is not None and len(percents) > 1:
        lines.append(_("regimen {percent} %").format(percent=f"{mean:.1f}"))
    return lines


@once
def intensity_percents(casebook: Casebook, until: int) -> dict[str, Decimal | None]:
    """Return each agent's relative dose intensity up to a cycle, in percent.

    None stands for an intensity that is not known.
    """
    doses, by_agent = doses_of(casebook), doses_by_agent(casebook)
    max_cycles = {str(agent.agent): agent.max_cycles for agent in agents_of(casebook)}
    if not doses.cycle_length_days:
        return dict.fromkeys(by_agent)
    days = {number: day for number, day in doses.first.items() if number <= until}
    return {
        agent: dose_intensity.agent_intensity_percent(
            [dose for dose in agent_doses if dose.cycle <= until],
            day_1_of=days,
            cycle_length_days=doses.cycle_length_days,
            max_cycles=max_cycles.get(agent),
        )
        for agent, agent_doses in by_agent.items()
    }


def cumulative_doses(casebook: Casebook, until: int) -> dict[str, dose_intensity.Cumulative]:
    """Return the cumulative dose of each agent up to a cycle."""
    by_agent = doses_by_agent(casebook).items()
    return {
        agent: dose_intensity.cumulative_dose(dose for dose in doses if dose.cycle <= until)
        for agent, doses in by_agent
    }


@once
def doses_by_agent(casebook: Casebook) -> dict[str, list[dose_intensity.Dose]]:
    """Return every dose of each agent, planned and given, as dose intensity counts them."""
    doses: dict[str, list[dose_intensity.Dose]] = defaultdict(list)
    for row in casebook.rows(Administration):
        if row.agent and row.cycle.number:
            doses[row.agent].append(as_dose(row, casebook))
    return dict(doses)


def as_dose(row: Administration, casebook: Casebook) -> dose_intensity.Dose:
    """Return the row as dose intensity counts it: a dose that was not given is 0 mg."""
    planned = planned_agent(row, casebook)
    by_surface = planned is not None and planned.basis == regimens.Basis.MG_M2
    return dose_intensity.Dose(
        cycle=row.cycle.number,
        planned_mg=planned_mg(row, casebook),
        actual_mg=Decimal(0) if row.given == "N" else row.dose_mg,
        measure=bsa_m2(row.cycle, casebook) if by_surface else row.cycle.weight_kg,
    )


def planned_agent(row: Administration, casebook: Casebook) -> regimens.PlannedAgent | None:
    """Return the row's agent as the regimen plans it; None where the regimen does not list it."""
    return regimens.planned_agent(regimen_code(casebook) or OTHER, row.agent)


@Administration.planned_level.computed_by
def planned_level(row: Administration, casebook: Casebook) -> str:
    """Return dose and basis at the protocol's level 0 (ECDOSBAS), with its cap."""
    planned = planned_agent(row, casebook) if row.agent else None
    if planned is None:
        return ""
    cap = ""
    if planned.cap_mg:
        cap = _(", at most {mg} mg").format(mg=f"{planned.cap_mg:f}")
    if planned.basis == regimens.Basis.AUC:
        return f"AUC {planned.dose:f}{cap}"
    return f"{planned.dose:f} {planned.basis}{cap}".replace("m2", "m²")


@Administration.planned_mg.computed_by
def planned_mg(row: Administration, casebook: Casebook) -> Decimal | None:
    """Return the dose in mg at the protocol's dose level.

    It is computed with the weight, height and clearance of the row's cycle.
    """
    regimen, cycle = regimen_code(casebook), row.cycle
    if regimen is None or not row.agent:
        return None
    return dosing.planned_dose_mg(
        regimen,
        row.agent,
        weight_kg=cycle.weight_kg,
        bsa_m2=bsa_m2(cycle, casebook),
        clearance_ml_min=cycle.clearance_ml_min,
    )


@Administration.percent_of_planned.computed_by
def percent_of_planned(row: Administration, casebook: Casebook) -> Decimal | None:
    """Return the dose in percent of the planned one; None where either is not known."""
    planned = planned_mg(row, casebook)
    if not planned or row.dose_mg is None:
        return None
    return dosing.percent_of_planned(row.dose_mg, planned)
