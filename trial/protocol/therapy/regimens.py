"""Systemic therapy: the regimen library (crf_spec 2.14)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

D = Decimal


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


def planned_agent(regimen: str, agent: str) -> PlannedAgent | None:
    """The agent as its regimen plans it, the usual plan before the options; None where it is not part of it (crf_spec 2.14).

    >>> planned_agent("GC_ICI", "NIVOLUMAB").dose
    Decimal('360')
    """
    known = REGIMENS.get(regimen, REGIMENS["OTHER"])
    return next((planned for planned in (*known.agents, *known.options) if planned.agent == agent), None)
