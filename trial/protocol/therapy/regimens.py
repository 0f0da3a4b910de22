"""The regimen library of systemic therapy (crf_spec 2.14).

Agents and doses stand in `agents`. A regimen that is not listed names its agents itself.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from trial.protocol.therapy.agents import (
    AGENTS,
    AVEL,
    AVEL_KG,
    CAMRE,
    CARBO_4,
    CARBO_5,
    CIS,
    CIS_1_2,
    CIS_1_8,
    DOCE,
    DURVA,
    DV,
    ERDA,
    EV,
    EV_28,
    GEM,
    ICI_AGENTS,
    NABP_125,
    NABP_260,
    NIVO,
    NIVO_480,
    PACLI_80,
    PACLI_175,
    PEMBRO,
    PEMBRO_35,
    SACI,
    SINTI,
    TISLE,
    TORI,
    TORI_KG,
    Agent,
    Option,
    Part,
    PlannedAgent,
)

OTHER = "OTHER"
"""The code of a regimen that the library does not list."""


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


ICI_CLASSES = (RegimenClass.ICI, RegimenClass.CHEMO_ICI, RegimenClass.ADC_ICI)
NO_ICI_CLASSES = (RegimenClass.CHEMO, RegimenClass.ADC)


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

    def planned(self, options: Collection[str] = ()) -> tuple[PlannedAgent, ...]:
        """Return the agents as the options chosen plan them; else the usual ones (crf_spec 2.14).

        >>> [agent.dose for agent in REGIMENS["GC_CARBO"].planned(["CARBO_AUC_4_5"])]
        [Decimal('1000'), Decimal('4.5')]
        """
        ways = (*self.agents, *self.options)
        chosen = {agent.part: agent for agent in ways if agent.option in options}
        return tuple(chosen.get(agent.part, agent) for agent in self.agents)

    def choices(self, part: Part) -> tuple[Option, ...]:
        """Return the options of a part; none where it is given in one way.

        >>> [option.value for option in REGIMENS["GC_CARBO"].choices(Part.PLATINUM)]
        ['CARBO_AUC_5', 'CARBO_AUC_4_5']
        """
        ways = [agent.option for agent in (*self.agents, *self.options) if agent.part == part]
        return tuple(option for option in ways if option) if len(ways) > 1 else ()


CHEMO, ICI, ADC, ADC_ICI = (
    RegimenClass.CHEMO,
    RegimenClass.ICI,
    RegimenClass.ADC,
    RegimenClass.ADC_ICI,
)
SPLIT_CIS = (CIS_1_8, CIS_1_2)

REGIMENS = {regimen.code: regimen for regimen in (
    #       code          title                                      class    days  cycles  agents, options
    Regimen("GC_CIS",     "Gemcitabine, cisplatin",                  CHEMO,   21,   6,      (GEM, CIS), SPLIT_CIS),
    Regimen("GC_CARBO",   "Gemcitabine, carboplatin",                CHEMO,   21,   6,      (GEM, CARBO_5), (CARBO_4,)),
    Regimen("DV_TORI",    "Disitamab vedotin, toripalimab",          ADC_ICI, 14,   None,   (DV, TORI_KG)),
    Regimen("EV_PEMBRO",  "Enfortumab vedotin, pembrolizumab",       ADC_ICI, 21,   None,   (EV, PEMBRO_35)),
    Regimen("TISLE",      "Tislelizumab",                            ICI,     21,   None,   (TISLE,)),
    Regimen("TORI_240",   "Toripalimab 240 mg",                      ICI,     21,   None,   (TORI,)),
    Regimen("PEMBRO_200", "Pembrolizumab 200 mg",                    ICI,     21,   None,   (PEMBRO,)),
    Regimen("GC_ICI",     "Gemcitabine, platinum, PD-1 antibody",    RegimenClass.CHEMO_ICI, 21, 6, (GEM, CIS, TISLE),
            (*SPLIT_CIS, CARBO_5, CARBO_4, TORI, NIVO)),
    Regimen("DV_MONO",    "Disitamab vedotin",                       ADC,     14,   None,   (DV,)),
    Regimen("EV_MONO",    "Enfortumab vedotin",                      ADC,     28,   None,   (EV_28,)),
    Regimen("DV_TISLE",   "Disitamab vedotin, tislelizumab",         ADC_ICI, 21,   None,   (DV, TISLE)),
    Regimen("NIVO_360",   "Nivolumab 360 mg",                        ICI,     21,   None,   (NIVO,)),
    Regimen("NIVO_480",   "Nivolumab 480 mg",                        ICI,     28,   None,   (NIVO_480,)),
    Regimen("AVEL_800",   "Avelumab",                                ICI,     14,   None,   (AVEL,), (AVEL_KG,)),
    Regimen("SINTI_200",  "Sintilimab 200 mg",                       ICI,     21,   None,   (SINTI,)),
    Regimen("CAMRE_200",  "Camrelizumab 200 mg",                     ICI,     21,   None,   (CAMRE,)),
    Regimen("DURVA_1500", "Durvalumab 1500 mg",                      ICI,     28,   None,   (DURVA,)),
    Regimen("DOCE_75",    "Docetaxel 75 mg/m²",                      CHEMO,   21,   None,   (DOCE,)),
    Regimen("PACLI_175",  "Paclitaxel 175 mg/m²",                    CHEMO,   21,   None,   (PACLI_175,)),
    Regimen("PACLI_80",   "Paclitaxel 80 mg/m², weekly",             CHEMO,   28,   None,   (PACLI_80,)),
    Regimen("NABP_125",   "Nab-paclitaxel 125 mg/m², days 1 and 8",  CHEMO,   21,   None,   (NABP_125,)),
    Regimen("NABP_260",   "Nab-paclitaxel 260 mg/m²",                CHEMO,   21,   None,   (NABP_260,)),
    Regimen("SG",         "Sacituzumab govitecan",                   ADC,     21,   None,   (SACI,)),
    Regimen("ERDA",       "Erdafitinib, by mouth",                   RegimenClass.OTHER, 28, None, (ERDA,)),
    Regimen(OTHER,        "Other, approved by the investigator",     RegimenClass.OTHER, None, None, ()),
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


def planned_agent(regimen: str, agent: str, options: Collection[str] = ()) -> PlannedAgent | None:
    """Return the agent as its regimen plans it by the options chosen (crf_spec 2.14).

    Without a chosen option the usual plan counts before the others. None where the agent is not
    part of the regimen.

    >>> planned_agent("GC_ICI", "NIVOLUMAB").dose
    Decimal('360')
    >>> planned_agent("GC_CIS", "CISPLATIN", ["CIS_35_D1_D8"]).days
    (1, 8)
    """
    plan = REGIMENS.get(regimen, REGIMENS[OTHER])
    planned = plan.planned(options)
    fixed = {way.part for way in (*plan.agents, *plan.options) if way.option in options}
    open_ways = [way for way in plan.options if way.part not in fixed]
    for way in (*planned, *open_ways):
        if way.agent == agent:
            return way
    return None
