"""Doses of systemic therapy (crf_spec 2.14), in mg and unrounded: the pharmacy rounds.

Body surface: Mosteller, N Engl J Med 1987;317:1098; Du Bois, Arch Intern Med 1916;17:863.
Carboplatin: Calvert et al., J Clin Oncol 1989;7:1748-1756.
"""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from trial.protocol.parameters import DEFAULT, BsaFormula, Parameters
from trial.protocol.therapy.agents import Basis, PlannedAgent
from trial.protocol.therapy.regimens import planned_agent

D = Decimal
CALVERT_GFR_CAP = D(125)  # mL/min
CALVERT_NON_RENAL = D(25)  # mL/min


class NoDose(ValueError):
    """A dose, or the surface or clearance it needs, that cannot be computed."""


def bsa_m2(*, weight_kg: Decimal, height_cm: Decimal, parameters: Parameters = DEFAULT) -> Decimal:
    """Return the body surface area in m² by BSA_FORMULA: Mosteller's or Du Bois' (crf_spec 1).

    Raises NoDose for a weight or height that is not above 0.

    >>> round(bsa_m2(weight_kg=Decimal(70), height_cm=Decimal(170)), 3)
    Decimal('1.818')
    """
    if weight_kg <= 0 or height_cm <= 0:
        raise NoDose("The body surface needs a weight and a height above 0.")
    if parameters.bsa_formula == BsaFormula.DUBOIS:
        return D("0.007184") * weight_kg ** D("0.425") * height_cm ** D("0.725")
    return (weight_kg * height_cm / 3600).sqrt()


def calvert_mg(*, auc: Decimal, clearance_ml_min: Decimal) -> Decimal:
    """Return carboplatin in mg = AUC × (clearance + 25), the clearance capped at 125 mL/min.

    The formula is Calvert's (crf_spec 2.14). Raises NoDose for an AUC or a clearance that is not
    above 0.

    >>> calvert_mg(auc=Decimal(5), clearance_ml_min=Decimal("46.45"))
    Decimal('357.25')
    """
    if auc <= 0 or clearance_ml_min <= 0:
        raise NoDose("Calvert's dose needs an AUC and a clearance above 0.")
    return auc * (min(clearance_ml_min, CALVERT_GFR_CAP) + CALVERT_NON_RENAL)


def planned_dose_mg(
    regimen: str,
    agent: str,
    *,
    options: Collection[str] = (),
    weight_kg: Decimal | None = None,
    bsa_m2: Decimal | None = None,
    clearance_ml_min: Decimal | None = None,
) -> Decimal | None:
    """Return the dose of one day in mg at protocol level 0, capped, by the options (crf_spec 2.14).

    None where the library does not plan the agent, or its measure is not known.

    >>> planned_dose_mg("EV_PEMBRO", "ENFORTUMAB_VEDOTIN", weight_kg=Decimal(110))
    Decimal('125')
    """
    planned = planned_agent(regimen, agent, options)
    if planned is None:
        return None
    return dose_mg(planned, weight_kg=weight_kg, bsa_m2=bsa_m2, clearance_ml_min=clearance_ml_min)


def dose_mg(
    planned: PlannedAgent,
    *,
    weight_kg: Decimal | None = None,
    bsa_m2: Decimal | None = None,
    clearance_ml_min: Decimal | None = None,
) -> Decimal | None:
    """Return the dose of one day in mg, capped (crf_spec 2.14).

    The dose is by surface, weight, clearance or flat. Of an agent by mouth it is that of all days
    of the cycle. None without its measure; a measure that is not above 0 is none.

    >>> from trial.protocol.therapy.agents import CIS_1_8
    >>> dose_mg(CIS_1_8, bsa_m2=Decimal("1.8"))
    Decimal('63.0')
    """
    measure = {
        Basis.MG: D(1),
        Basis.MG_KG: weight_kg,
        Basis.MG_M2: bsa_m2,
        Basis.AUC: clearance_ml_min,
    }[planned.basis]
    if measure is None or measure <= 0:
        return None
    mg = planned.dose * measure * (planned.days_taken or 1)
    if planned.basis == Basis.AUC:
        mg = calvert_mg(auc=planned.dose, clearance_ml_min=measure)
    return mg if planned.cap_mg is None else min(mg, planned.cap_mg)


def percent_of_planned(actual_mg: Decimal | None, planned_mg: Decimal | None) -> Decimal | None:
    """Return 100 × actual / planned dose (crf_spec 2.14, ECPCT).

    None where a dose is not known or nothing was planned.

    >>> percent_of_planned(Decimal(750), Decimal(1000))
    Decimal('75')
    """
    return 100 * actual_mg / planned_mg if actual_mg is not None and planned_mg else None


def relative_dose_intensity_percent(
    *,
    actual_mg: Decimal,
    planned_mg: Decimal,
    cycles: int,
    cycle_length_days: int,
    first_day_1: date,
    last_day_1: date,
) -> Decimal | None:
    """Return one agent's dose per time as a share of the plan, in percent (crf_spec 2.14, RDI).

    Doses are sums over the cycles started, in mg, planned at protocol level 0. None where nothing
    was planned.

    >>> cycles = {"cycles": 4, "cycle_length_days": 21}
    >>> days = {"first_day_1": date(2025, 3, 10), "last_day_1": date(2025, 6, 23)}
    >>> doses = {"actual_mg": Decimal(1), "planned_mg": Decimal(1)}
    >>> round(relative_dose_intensity_percent(**doses, **cycles, **days), 1)
    Decimal('66.7')
    """
    days = (last_day_1 - first_day_1).days + cycle_length_days
    if not planned_mg or days <= 0:
        return None
    return 100 * actual_mg * cycles * cycle_length_days / (planned_mg * days)
