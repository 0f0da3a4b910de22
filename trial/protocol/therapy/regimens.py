"""The regimen library of systemic therapy (crf_spec 2.14).

Doses are those of labels and publications (crf_spec 0.2). They are data, to be confirmed by the
investigator before use.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

D = Decimal


class RegimenClass(StrEnum):
    """The class of a regimen by its agents.

    CHEMO is chemotherapy, ICI a checkpoint inhibitor, ADC an antibody-drug conjugate.
    """

    CHEMO = "CHEMO"
    ICI = "ICI"
    CHEMO_ICI = "CHEMO_ICI"
    ADC_ICI = "ADC_ICI"
    ADC = "ADC"
    OTHER = "OTHER"


class SystemicClass(StrEnum):
    """The first stratum of randomization (crf_spec 2.13, SYSCLASS)."""

    ICI_CONTAINING, NO_ICI = "ICI_CONTAINING", "NO_ICI"


class Basis(StrEnum):
    """The quantity that a dose is measured by."""

    MG_M2, MG_KG, MG, AUC = "mg/m2", "mg/kg", "mg", "AUC"


class Part(StrEnum):
    """The place of an agent in its regimen: an option replaces the agent of its part."""

    GEMCITABINE, PLATINUM, ADC, ICI = "GEMCITABINE", "PLATINUM", "ADC", "ICI"


class Agent(StrEnum):
    """The agents of systemic therapy."""

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
ICI_AGENTS = frozenset(
    {Agent.TORIPALIMAB, Agent.PEMBROLIZUMAB, Agent.TISLELIZUMAB, Agent.NIVOLUMAB}
)
ICI_CLASSES = (RegimenClass.ICI, RegimenClass.CHEMO_ICI, RegimenClass.ADC_ICI)
NO_ICI_CLASSES = (RegimenClass.CHEMO, RegimenClass.ADC)


@dataclass(frozen=True)
class PlannedAgent:
    """An agent at protocol level 0: its dose in units of `basis`, on these days of the cycle.

    Without `max_cycles` it is given as long as its regimen.
    """

    agent: Agent
    part: Part
    dose: Decimal
    basis: Basis
    days: tuple[int, ...] = (1,)
    cap_mg: Decimal | None = None
    max_cycles: int | None = None


@dataclass(frozen=True)
class Regimen:
    """A regimen of the library.

    An option may replace the agent of the same part. Without `max_cycles` the regimen goes on until
    progression or toxicity.
    """

    code: str
    title: str
    regimen_class: RegimenClass
    cycle_length_days: int | None
    max_cycles: int | None
    agents: tuple[PlannedAgent, ...]
    options: tuple[PlannedAgent, ...] = ()

    @property
    def has_day_8(self) -> bool:
        """Return whether an agent is given on day 8 (crf_spec 3.1, CnD8)."""
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
    """Return whether a PD-1 or PD-L1 antibody is part of a regimen (crf_spec 2.13).

    None where neither the class nor the agents tell.

    >>> sysclass("ADC_ICI")
    <SystemicClass.ICI_CONTAINING: 'ICI_CONTAINING'>
    """
    entered = set(agents)
    if regimen_class in ICI_CLASSES or entered & ICI_AGENTS:
        return SystemicClass.ICI_CONTAINING
    if regimen_class in NO_ICI_CLASSES:
        return SystemicClass.NO_ICI
    is_complete = bool(entered) and entered <= set(AGENTS) - {Agent.OTHER}
    return SystemicClass.NO_ICI if is_complete else None


def planned_agent(regimen: str, agent: str) -> PlannedAgent | None:
    """Return the agent as its regimen plans it, the usual plan before the options (crf_spec 2.14).

    None where it is not part of the regimen.

    >>> planned_agent("GC_ICI", "NIVOLUMAB").dose
    Decimal('360')
    """
    plan = REGIMENS.get(regimen, REGIMENS["OTHER"])
    for planned in (*plan.agents, *plan.options):
        if planned.agent == agent:
            return planned
    return None
