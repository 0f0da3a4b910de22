"""Systemic therapy: the regimen library and its doses (crf_spec 2.14).

Doses are those of labels and publications (crf_spec 0.2); they are data, to be confirmed by the investigator before use.
Body surface: Mosteller, N Engl J Med 1987;317:1098; Du Bois, Arch Intern Med 1916;17:863. Carboplatin: Calvert et al.,
J Clin Oncol 1989;7:1748-1756. Doses are in mg, unrounded: the pharmacy rounds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

D = Decimal
CALVERT_GFR_CAP = D(125)  # mL/min
CALVERT_NON_RENAL = D(25)  # mL/min


class RegimenClass(StrEnum):
    CHEMO, ICI, CHEMO_ICI, ADC_ICI, ADC, OTHER = "CHEMO", "ICI", "CHEMO_ICI", "ADC_ICI", "ADC", "OTHER"


class SystemicClass(StrEnum):
    """The first stratum (crf_spec 2.13)."""

    ICI_CONTAINING, NO_ICI = "ICI_CONTAINING", "NO_ICI"


class Basis(StrEnum):
    MG_M2, MG_KG, MG, AUC = "mg/m2", "mg/kg", "mg", "AUC"


class Part(StrEnum):
    """The place of an agent in its regimen: an option replaces the agent of its part."""

    GEMCITABINE, PLATINUM, ADC, ICI = "GEMCITABINE", "PLATINUM", "ADC", "ICI"


class Agent(StrEnum):
    GEMCITABINE = "GEMCITABINE"
    CISPLATIN = "CISPLATIN"
    CARBOPLATIN = "CARBOPLATIN"
    DISITAMAB_VEDOTIN = "DISITAMAB_VEDOTIN"
    ENFORTUMAB_VEDOTIN = "ENFORTUMAB_VEDOTIN"
    TORIPALIMAB = "TORIPALIMAB"
    PEMBROLIZUMAB = "PEMBROLIZUMAB"
    TISLELIZUMAB = "TISLELIZUMAB"
    NIVOLUMAB = "NIVOLUMAB"
    OTHER = "OTHER"


AGENTS = tuple(Agent)
ICI_AGENTS = frozenset({Agent.TORIPALIMAB, Agent.PEMBROLIZUMAB, Agent.TISLELIZUMAB, Agent.NIVOLUMAB})


@dataclass(frozen=True)
class PlannedAgent:
    """An agent at protocol level 0. Without `max_cycles` it is given as long as its regimen."""

    agent: Agent
    part: Part
    dose: Decimal
    basis: Basis
    days: tuple[int, ...] = (1,)
    cap_mg: Decimal | None = None
    max_cycles: int | None = None


@dataclass(frozen=True)
class Regimen:
    """`options` may replace the agent of the same part. No `max_cycles`: until progression or toxicity."""

    code: str
    title: str
    regimen_class: RegimenClass
    cycle_length_days: int | None
    max_cycles: int | None
    agents: tuple[PlannedAgent, ...]
    options: tuple[PlannedAgent, ...] = ()

    @property
    def has_day_8(self) -> bool:
        """Whether an agent is given on day 8 (crf_spec 3.1, CnD8)."""
        return any(8 in agent.days for agent in self.agents)


# fmt: off
#                  agent                      part             dose        basis        days
GEM = PlannedAgent(Agent.GEMCITABINE,         Part.GEMCITABINE, D(1000),    Basis.MG_M2, (1, 8), max_cycles=6)
CIS = PlannedAgent(Agent.CISPLATIN,           Part.PLATINUM,    D(70),      Basis.MG_M2, max_cycles=6)
CIS_1_8 = PlannedAgent(Agent.CISPLATIN,       Part.PLATINUM,    D(35),      Basis.MG_M2, (1, 8), max_cycles=6)
CIS_1_2 = PlannedAgent(Agent.CISPLATIN,       Part.PLATINUM,    D(35),      Basis.MG_M2, (1, 2), max_cycles=6)
CARBO_5 = PlannedAgent(Agent.CARBOPLATIN,     Part.PLATINUM,    D(5),       Basis.AUC, max_cycles=6)
CARBO_4 = PlannedAgent(Agent.CARBOPLATIN,     Part.PLATINUM,    D("4.5"),   Basis.AUC, max_cycles=6)
DV = PlannedAgent(Agent.DISITAMAB_VEDOTIN,    Part.ADC,         D("2.0"),   Basis.MG_KG, cap_mg=D(200))
EV = PlannedAgent(Agent.ENFORTUMAB_VEDOTIN,   Part.ADC,         D("1.25"),  Basis.MG_KG, (1, 8), cap_mg=D(125))
TORI_KG = PlannedAgent(Agent.TORIPALIMAB,     Part.ICI,         D(3),       Basis.MG_KG)
TORI_240 = PlannedAgent(Agent.TORIPALIMAB,    Part.ICI,         D(240),     Basis.MG)
TISLE = PlannedAgent(Agent.TISLELIZUMAB,      Part.ICI,         D(200),     Basis.MG)
NIVO = PlannedAgent(Agent.NIVOLUMAB,          Part.ICI,         D(360),     Basis.MG)
PEMBRO = PlannedAgent(Agent.PEMBROLIZUMAB,    Part.ICI,         D(200),     Basis.MG)
PEMBRO_35 = PlannedAgent(Agent.PEMBROLIZUMAB, Part.ICI,         D(200),     Basis.MG, max_cycles=35)
# fmt: on

REGIMENS = {regimen.code: regimen for regimen in (
    #       code          title                                 class                   days  cycles  agents, options
    Regimen("GC_CIS",     "Gemcitabine, cisplatin",             RegimenClass.CHEMO,     21,   6,      (GEM, CIS),
            (CIS_1_8, CIS_1_2)),
    Regimen("GC_CARBO",   "Gemcitabine, carboplatin",           RegimenClass.CHEMO,     21,   6,      (GEM, CARBO_5),
            (CARBO_4,)),
    Regimen("DV_TORI",    "Disitamab vedotin, toripalimab",     RegimenClass.ADC_ICI,   14,   None,   (DV, TORI_KG)),
    Regimen("EV_PEMBRO",  "Enfortumab vedotin, pembrolizumab",  RegimenClass.ADC_ICI,   21,   None,   (EV, PEMBRO_35)),
    Regimen("TISLE",      "Tislelizumab",                       RegimenClass.ICI,       21,   None,   (TISLE,)),
    Regimen("TORI_240",   "Toripalimab 240 mg",                 RegimenClass.ICI,       21,   None,   (TORI_240,)),
    Regimen("PEMBRO_200", "Pembrolizumab 200 mg",               RegimenClass.ICI,       21,   None,   (PEMBRO,)),
    Regimen("GC_ICI",     "Gemcitabine, platinum, PD-1 antibody", RegimenClass.CHEMO_ICI, 21, None,   (GEM, CIS, TISLE),
            (CIS_1_8, CIS_1_2, CARBO_5, CARBO_4, TORI_240, NIVO)),
    Regimen("DV_MONO",    "Disitamab vedotin",                  RegimenClass.ADC,       14,   None,   (DV,)),
    Regimen("OTHER",      "Other, approved by the investigator", RegimenClass.OTHER,    None, None,   ()),
)}  # fmt: skip


def sysclass(regimen_class: str, agents: Iterable[str] = ()) -> SystemicClass | None:
    """Whether a PD-1 or PD-L1 antibody is part of the regimen (crf_spec 2.13); None where the agents do not tell.

    >>> sysclass("ADC_ICI")
    <SystemicClass.ICI_CONTAINING: 'ICI_CONTAINING'>
    """
    given = set(agents)
    if regimen_class in (RegimenClass.ICI, RegimenClass.CHEMO_ICI, RegimenClass.ADC_ICI) or given & ICI_AGENTS:
        return SystemicClass.ICI_CONTAINING
    if regimen_class in (RegimenClass.CHEMO, RegimenClass.ADC):
        return SystemicClass.NO_ICI
    return SystemicClass.NO_ICI if given and given <= set(Agent) - {Agent.OTHER} else None


class NoDose(ValueError):
    """A dose, or the surface or clearance it needs, that cannot be computed."""


def bsa_m2(*, weight_kg: Decimal, height_cm: Decimal, formula: str = "MOSTELLER") -> Decimal:
    """Body surface area in m², by MOSTELLER or DUBOIS (crf_spec 1, BSA_FORMULA).

    Raises NoDose for a weight or height that is not above 0.

    >>> round(bsa_m2(weight_kg=Decimal(70), height_cm=Decimal(170)), 3)
    Decimal('1.818')
    """
    if weight_kg <= 0 or height_cm <= 0:
        raise NoDose("The body surface needs a weight and a height above 0.")
    if formula == "DUBOIS":
        return D("0.007184") * weight_kg ** D("0.425") * height_cm ** D("0.725")
    return (weight_kg * height_cm / 3600).sqrt()


def calvert_mg(*, auc: Decimal, clearance_ml_min: Decimal) -> Decimal:
    """Carboplatin in mg = AUC × (clearance + 25), the clearance capped at 125 mL/min (crf_spec 2.14).

    Raises NoDose for an AUC or a clearance that is not above 0.

    >>> calvert_mg(auc=Decimal(5), clearance_ml_min=Decimal("46.45"))
    Decimal('357.25')
    """
    if auc <= 0 or clearance_ml_min <= 0:
        raise NoDose("Calvert's dose needs an AUC and a clearance above 0.")
    return auc * (min(clearance_ml_min, CALVERT_GFR_CAP) + CALVERT_NON_RENAL)


def planned_agent(regimen: str, agent: str) -> PlannedAgent | None:
    """The agent as its regimen plans it, the usual plan before the options; None where it is not part of it (crf_spec 2.14).

    >>> planned_agent("GC_ICI", "NIVOLUMAB").dose
    Decimal('360')
    """
    known = REGIMENS.get(regimen, REGIMENS["OTHER"])
    return next((planned for planned in (*known.agents, *known.options) if planned.agent == agent), None)


def planned_dose_mg(
    regimen: str,
    agent: str,
    *,
    weight_kg: Decimal | None = None,
    bsa_m2: Decimal | None = None,
    clearance_ml_min: Decimal | None = None,
) -> Decimal | None:
    """The usual dose of one day in mg at protocol level 0, capped (crf_spec 2.14); None where library or measure do not tell.

    >>> planned_dose_mg("EV_PEMBRO", "ENFORTUMAB_VEDOTIN", weight_kg=Decimal(110))
    Decimal('125')
    """
    planned = planned_agent(regimen, agent)
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
    """The dose of one day in mg by surface, weight, clearance or flat, capped (crf_spec 2.14); None without its measure.

    A measure that is not above 0 is none.

    >>> dose_mg(CIS_1_8, bsa_m2=Decimal("1.8"))
    Decimal('63.0')
    """
    measure = {Basis.MG: D(1), Basis.MG_KG: weight_kg, Basis.MG_M2: bsa_m2, Basis.AUC: clearance_ml_min}[planned.basis]
    if measure is None or measure <= 0:
        return None
    mg = calvert_mg(auc=planned.dose, clearance_ml_min=measure) if planned.basis == Basis.AUC else planned.dose * measure
    return mg if planned.cap_mg is None else min(mg, planned.cap_mg)


def percent_of_planned(actual_mg: Decimal | None, planned_mg: Decimal | None) -> Decimal | None:
    """100 × actual / planned (crf_spec 2.14, ECPCT); None where one is not known or nothing was planned.

    >>> percent_of_planned(Decimal(750), Decimal(1000))
    Decimal('75')
    """
    return 100 * actual_mg / planned_mg if actual_mg is not None and planned_mg else None


def relative_dose_intensity_percent(
    *, actual_mg: Decimal, planned_mg: Decimal, cycles: int, cycle_length_days: int, first_day_1: date, last_day_1: date
) -> Decimal | None:
    """Dose given per time, of what the protocol planned, in percent, for one agent (crf_spec 2.14, RDI).

    Doses are sums over the cycles started, in mg, planned at protocol level 0. None where nothing was planned.

    >>> times = {"first_day_1": date(2025, 3, 10), "last_day_1": date(2025, 6, 23), "cycles": 4, "cycle_length_days": 21}
    >>> round(relative_dose_intensity_percent(actual_mg=Decimal(1), planned_mg=Decimal(1), **times), 1)
    Decimal('66.7')
    """
    days = (last_day_1 - first_day_1).days + cycle_length_days
    return 100 * actual_mg * cycles * cycle_length_days / (planned_mg * days) if planned_mg and days > 0 else None
