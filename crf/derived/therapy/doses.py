"""Systemic therapy: the doses planned and given, delays, and dose intensity (crf_spec 2.14)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from crf.casebook import Casebook, once
from crf.derived.therapy import regimens
from crf.models import Administration, Cycle, Regimen
from trial.protocol.therapy import dose_intensity, dosing, in_force
from trial.protocol.therapy.agents import Basis
from trial.protocol.therapy.regimens import SystemicClass

UNITS = {Basis.MG_M2: "mg/m²", Basis.MG_KG: "mg/kg"}
"""The units of a cumulative dose, by the basis that the agent is dosed by."""


@dataclass(frozen=True)
class Doses:
    """The first day of each cycle, the last day of all, and what the regimens plan.

    `cycle_length_days` and `last_cycle` are those of the regimen of the next cycle;
    `check_length_days` and `immunotherapy` those of the one in force in cycle 2.
    """

    first: Mapping[int, date]
    last_on: date | None
    cycle_length_days: int | None
    check_length_days: int | None
    last_cycle: int | None
    targets: Mapping[int, date]
    later_days: Mapping[int, tuple[int, ...]]
    preconsent_cycles: int
    immunotherapy: bool

    def day_1(self, cycle: int) -> date | None:
        """Return the first day of a cycle."""
        return self.first.get(cycle)


@once
def doses_of(casebook: Casebook) -> Doses:
    """Return the days that schedule, check after cycle 2 and dose intensity are counted from."""
    nothing = Regimen()  # without a regimen, each of its items is unknown
    first = regimens.first_days(casebook)
    entered = regimens.regimens_of(casebook)
    in_cycle_2 = regimens.induction_regimen(casebook) or nothing
    return Doses(
        first=first,
        last_on=max(days_given(casebook), default=None),
        cycle_length_days=(regimens.next_regimen(casebook) or nothing).cycle_length_days,
        check_length_days=in_cycle_2.cycle_length_days,
        last_cycle=in_force.last_cycle(entered, first),
        targets=regimens.cycle_targets(casebook),
        later_days=regimens.later_days(casebook),
        preconsent_cycles=max((r.preconsent_cycles or 0 for r in entered), default=0),
        immunotherapy=in_cycle_2.sysclass == SystemicClass.ICI_CONTAINING,
    )


@once
def days_given(casebook: Casebook) -> list[date]:
    """Return the day of each dose that was given."""
    return [day for cycle in casebook.records(Cycle) for day in cycle.days_given()]


def first_dose_on(casebook: Casebook) -> date | None:
    """Return the day of the first dose."""
    return min(days_given(casebook), default=None)


@Cycle.day_1.computed_by
def day_1(cycle: Cycle, casebook: Casebook) -> date | None:
    """Return the day on which the cycle's first agent was given (crf_spec 4.1)."""
    return min(cycle.days_given(), default=None)


@Cycle.regimen.computed_by
def regimen(cycle: Cycle, casebook: Casebook) -> str:
    """Return the title of the regimen by which the cycle is planned and judged."""
    in_force_then = regimens.regimen_of(cycle, casebook)
    return str(in_force_then.get_code_display()) if in_force_then else ""


@Cycle.delay_days.computed_by
def delay_days(cycle: Cycle, casebook: Casebook) -> int | None:
    """Return the days by which the cycle began late (crf_spec 2.14, ECDLY); negative for earlier.

    They are counted from the day on which it was due by the regimen in force in the cycle before.
    """
    first = regimens.first_days(casebook)
    entered = regimens.regimens_of(casebook)
    return in_force.delay_days(cycle.number or 0, day_1(cycle, casebook), entered, first)


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
    """Return a line for each agent of the cycle's regimen up to this cycle, and one for the whole.

    An agent's line has its relative dose intensity and its cumulative dose; the regimen's has the
    mean of the intensities.
    """
    totals = totals_of(casebook, regimens.regimen_of(cycle, casebook), cycle.number or 0)
    names = dict(Administration._meta.get_field("agent").flatchoices)
    lines = []
    for total in totals:
        percent, mg = total.intensity_percent, total.mg
        share = _("not known") if percent is None else f"{percent:.1f} %"
        given = "" if mg is None else _(", {mg} mg in all").format(mg=f"{mg:f}")
        lines.append(f"{names.get(total.agent, total.agent)} {share}{given}")
    percents = [total.intensity_percent for total in totals]
    mean = dose_intensity.regimen_intensity_percent(percents)
    if mean is not None and len(percents) > 1:
        lines.append(_("regimen {percent} %").format(percent=f"{mean:.1f}"))
    return lines


class AgentTotal(NamedTuple):
    """The cumulative dose of an agent in one regimen, and its relative dose intensity.

    `regimen` is the regimen's code. `normalized` is in `unit`, for agents that are dosed by weight
    or surface. None stands for unknown.
    """

    regimen: str
    agent: str
    mg: Decimal | None
    normalized: Decimal | None
    unit: str
    intensity_percent: Decimal | None


def agent_totals(casebook: Casebook, *, on: date) -> tuple[list[AgentTotal], Decimal | None]:
    """Return the totals of each agent in each regimen, and the dose intensity of the last regimen.

    The intensity is relative, in percent, over the regimen's cycles begun (crf_spec 2.14).
    """
    begun = [number for number, day in regimens.first_days(casebook).items() if day <= on]
    until = max(begun, default=0)
    totals: list[AgentTotal] = []
    percents: list[Decimal | None] = []
    in_order: list[Regimen | None] = [*in_force.in_order(regimens.regimens_of(casebook))]
    for regimen in in_order or [None]:
        own = totals_of(casebook, regimen, until) if begun else []
        percents = [total.intensity_percent for total in own] or percents
        totals += own
    return totals, dose_intensity.regimen_intensity_percent(percents)


def totals_of(casebook: Casebook, regimen: Regimen | None, until: int) -> list[AgentTotal]:
    """Return the totals of each agent in the cycles of a regimen, up to a cycle.

    An agent that the protocol does not list goes by its name.
    """
    code, length, planned = "", None, {}
    if regimen is not None:
        code, length = regimen.code, regimen.cycle_length_days
        planned = {agent.name or str(agent.agent): agent for agent in regimen.planned_agents()}
    first, entered = regimens.first_days(casebook), regimens.regimens_of(casebook)
    own = in_force.cycles_of(regimen, entered, first) if regimen else first
    days = {number: day for number, day in own.items() if number <= until}
    first_cycle = in_force.first_cycle_of(regimen, entered, first) if regimen else 1
    totals = []
    for agent, all_of_it in doses_by_agent(casebook, regimen).items():
        doses = [dose for dose in all_of_it if dose.cycle <= until]
        if not doses:
            continue
        plan = planned.get(agent)
        percent = None
        if length:
            percent = dose_intensity.agent_intensity_percent(
                doses,
                day_1_of=days,
                cycle_length_days=length,
                max_cycles=plan.max_cycles if plan else None,
                first_cycle=first_cycle,
            )
        cumulative = dose_intensity.cumulative_dose(doses)
        unit = UNITS.get(plan.basis, "") if plan else ""
        totals.append(AgentTotal(code, agent, *cumulative, unit, percent))
    return totals


def doses_by_agent(
    casebook: Casebook, regimen: Regimen | None
) -> dict[str, list[dose_intensity.Dose]]:
    """Return every dose of each agent in the cycles of a regimen, as dose intensity counts them."""
    doses: dict[str, list[dose_intensity.Dose]] = defaultdict(list)
    for in_force_then, agent, dose in all_doses(casebook):
        if in_force_then is regimen:
            doses[agent].append(dose)
    return dict(doses)


@once
def all_doses(casebook: Casebook) -> list[tuple[Regimen | None, str, dose_intensity.Dose]]:
    """Return every dose with its agent and the regimen in force in its cycle."""
    return [
        (
            regimens.regimen_of(row.cycle, casebook),
            name_of(row, casebook),
            as_dose(row, casebook),
        )
        for row in casebook.rows(Administration)
        if row.agent and row.cycle.number
    ]


def name_of(row: Administration, casebook: Casebook) -> str:
    """Return the agent's code; of one that is not listed, its name as the regimen writes it."""
    planned = regimens.planned_agent(row, casebook)
    return (planned.name if planned else "") or row.agent_name.strip() or row.agent


def as_dose(row: Administration, casebook: Casebook) -> dose_intensity.Dose:
    """Return the row as dose intensity counts it: a dose that was not given is 0 mg."""
    planned, cycle = regimens.planned_agent(row, casebook), row.cycle
    measures = {Basis.MG_M2: bsa_m2(cycle, casebook), Basis.MG_KG: cycle.weight_kg}
    return dose_intensity.Dose(
        cycle=row.cycle.number,
        planned_mg=planned_mg(row, casebook),
        actual_mg=row.given_mg,
        measure=measures.get(planned.basis) if planned else None,
    )


@Administration.planned_level.computed_by
def planned_level(row: Administration, casebook: Casebook) -> str:
    """Return dose and basis at the protocol's level 0 (ECDOSBAS), with its cap."""
    planned = regimens.planned_agent(row, casebook)
    if planned is None:
        return ""
    cap = ""
    if planned.cap_mg:
        cap = _(", at most {mg} mg").format(mg=f"{planned.cap_mg:f}")
    if planned.basis == Basis.AUC:
        return f"AUC {planned.dose:f}{cap}"
    days = f" × {planned.days_taken} d" if planned.days_taken else ""
    return f"{planned.dose:f} {planned.basis}{days}{cap}".replace("m2", "m²")


@Administration.planned_mg.computed_by
def planned_mg(row: Administration, casebook: Casebook) -> Decimal | None:
    """Return the dose in mg at the protocol's dose level, by the regimen in force in the cycle.

    It is computed with the weight, height and clearance of the row's cycle.
    """
    planned, cycle = regimens.planned_agent(row, casebook), row.cycle
    if planned is None:
        return None
    return dosing.dose_mg(
        planned,
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
    return dosing.percent_of_planned(row.given_mg, planned)
