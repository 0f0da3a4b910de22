"""The agents of systemic therapy and their seed doses (crf_spec 2.14), each with its source.

Doses are those of labels and publications. They are data, to be confirmed by the investigator before use.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

D = Decimal


class Basis(StrEnum):
    """The quantity that a dose is measured by."""

    MG_M2, MG_KG, MG, AUC = "mg/m2", "mg/kg", "mg", "AUC"


class Part(StrEnum):
    """The place of an agent in its regimen: an option replaces the agent of its part."""

    GEMCITABINE, PLATINUM, ADC, ICI = "GEMCITABINE", "PLATINUM", "ADC", "ICI"
    CHEMOTHERAPY, TYROSINE_KINASE = "CHEMOTHERAPY", "TYROSINE_KINASE"
    UNLISTED = "UNLISTED"


class Agent(StrEnum):
    """The agents of systemic therapy. OTHER stands for one that is entered by its name."""

    GEMCITABINE = "GEMCITABINE"
    CISPLATIN = "CISPLATIN"
    CARBOPLATIN = "CARBOPLATIN"
    DOCETAXEL = "DOCETAXEL"
    PACLITAXEL = "PACLITAXEL"
    NAB_PACLITAXEL = "NAB_PACLITAXEL"
    DISITAMAB_VEDOTIN = "DISITAMAB_VEDOTIN"
    ENFORTUMAB_VEDOTIN = "ENFORTUMAB_VEDOTIN"
    SACITUZUMAB_GOVITECAN = "SACITUZUMAB_GOVITECAN"
    ERDAFITINIB = "ERDAFITINIB"
    TORIPALIMAB = "TORIPALIMAB"
    PEMBROLIZUMAB = "PEMBROLIZUMAB"
    TISLELIZUMAB = "TISLELIZUMAB"
    NIVOLUMAB = "NIVOLUMAB"
    AVELUMAB = "AVELUMAB"
    SINTILIMAB = "SINTILIMAB"
    CAMRELIZUMAB = "CAMRELIZUMAB"
    DURVALUMAB = "DURVALUMAB"
    OTHER = "OTHER"


class Option(StrEnum):
    """The choices where a regimen is given in more than one way (crf_spec 2.14)."""

    CIS_70_D1 = "CIS_70_D1"
    CIS_35_D1_D8 = "CIS_35_D1_D8"
    CIS_35_D1_D2 = "CIS_35_D1_D2"
    CARBO_AUC_5 = "CARBO_AUC_5"
    CARBO_AUC_4_5 = "CARBO_AUC_4_5"
    TISLE_200 = "TISLE_200"
    TORI_240 = "TORI_240"
    NIVO_360 = "NIVO_360"
    AVEL_800 = "AVEL_800"
    AVEL_10_KG = "AVEL_10_KG"


AGENTS = tuple(Agent)
ICI_AGENTS = frozenset({
    Agent.TORIPALIMAB, Agent.PEMBROLIZUMAB, Agent.TISLELIZUMAB, Agent.NIVOLUMAB, Agent.AVELUMAB, Agent.SINTILIMAB,
    Agent.CAMRELIZUMAB, Agent.DURVALUMAB,
})  # fmt: skip
CHEMOTHERAPY = frozenset({
    Agent.GEMCITABINE, Agent.CISPLATIN, Agent.CARBOPLATIN, Agent.DOCETAXEL, Agent.PACLITAXEL, Agent.NAB_PACLITAXEL,
})  # fmt: skip


@dataclass(frozen=True)
class Level:
    """A dose level below the protocol's level 0, in units of the agent's basis, with its own cap."""

    dose: Decimal
    cap_mg: Decimal | None = None


@dataclass(frozen=True)
class PlannedAgent:
    """An agent at protocol level 0: its dose in units of `basis`, on these days of the cycle.

    An agent by mouth is taken on `days_taken` days, `dose` a day. Without `max_cycles` an agent is given as long as its
    regimen. `levels` are those below level 0, -1 first; none where the library does not fix them. `name` is that of an
    agent that the library does not list.
    """

    agent: Agent
    part: Part
    dose: Decimal
    basis: Basis
    days: tuple[int, ...] = (1,)
    cap_mg: Decimal | None = None
    max_cycles: int | None = None
    option: Option | None = None
    levels: tuple[Level, ...] = ()
    days_taken: int | None = None
    name: str = ""
    source: str = ""

    def cap_at(self, level: int | None) -> Decimal | None:
        """Return the cap in mg at a dose level, 0 or below; that of level 0 where the library has none for it.

        >>> EV.cap_at(-3)
        Decimal('50')
        """
        if level is None or not 0 < -level <= len(self.levels):
            return self.cap_mg
        return self.levels[-level - 1].cap_mg


# Sources: a label is the prescribing information in force in 2025.
CHECKMATE_901 = "CheckMate 901: N Engl J Med 2023;389:1778-1789"
EV_302 = "EV-302: N Engl J Med 2024;390:875-888"
EORTC_30986 = "EORTC 30986: J Clin Oncol 2012;30:191-199"
SPLIT = "Split cisplatin on days 1 and 8: Oncol Lett 2012;3:855-859"
RC48 = "RC48-C005 and RC48-C009: J Clin Oncol 2024;42:1391-1402; cap as NCT04879329"
RC48_C014 = "RC48-C014 and RC48-C016 (NCT05302284)"
EV_301 = "EV-301: N Engl J Med 2021;384:1125-1135; label of enfortumab vedotin"
TISLE_204 = "BGB-A317-204: Cancer Sci 2021;112:305-313"
KEYNOTE_045 = "KEYNOTE-045: N Engl J Med 2017;376:1015-1026"
NAB_3_WEEKS = "JAMA Oncol 2020, PMC7499236"
NAB_DAYS_1_8 = "NCT03240016, with pembrolizumab: J Urol 2023;209:121-130"
VAUGHN = "J Clin Oncol 2002;20:937-940"
JAVELIN = "JAVELIN Bladder 100: N Engl J Med 2020;383:1218-1230"
TROPHY = "TROPHY-U-01: J Clin Oncol 2021;39:2474-2485"
THOR = "THOR: N Engl J Med 2023;389:1961-1971"
SEED = "crf_spec 2.14, seed value [A]; no publication at hand"

EV_LEVELS = (
    Level(D("1.0"), D(100)),
    Level(D("0.75"), D(75)),
    Level(D("0.5"), D(50)),
)  # label of enfortumab vedotin

# fmt: off
GEM = PlannedAgent(Agent.GEMCITABINE, Part.GEMCITABINE, D(1000), Basis.MG_M2, (1, 8), max_cycles=6, source=CHECKMATE_901)
CIS = PlannedAgent(Agent.CISPLATIN, Part.PLATINUM, D(70), Basis.MG_M2, max_cycles=6, option=Option.CIS_70_D1, source=CHECKMATE_901)
CIS_1_8 = PlannedAgent(Agent.CISPLATIN, Part.PLATINUM, D(35), Basis.MG_M2, (1, 8), max_cycles=6, option=Option.CIS_35_D1_D8, source=SPLIT)
CIS_1_2 = PlannedAgent(Agent.CISPLATIN, Part.PLATINUM, D(35), Basis.MG_M2, (1, 2), max_cycles=6, option=Option.CIS_35_D1_D2, source=SEED)
CARBO_5 = PlannedAgent(Agent.CARBOPLATIN, Part.PLATINUM, D(5), Basis.AUC, max_cycles=6, option=Option.CARBO_AUC_5, source=EV_302)
CARBO_4 = PlannedAgent(Agent.CARBOPLATIN, Part.PLATINUM, D("4.5"), Basis.AUC, max_cycles=6, option=Option.CARBO_AUC_4_5, source=EORTC_30986)
DOCE = PlannedAgent(Agent.DOCETAXEL, Part.CHEMOTHERAPY, D(75), Basis.MG_M2, source=KEYNOTE_045)
PACLI_175 = PlannedAgent(Agent.PACLITAXEL, Part.CHEMOTHERAPY, D(175), Basis.MG_M2, source=KEYNOTE_045)
PACLI_80 = PlannedAgent(Agent.PACLITAXEL, Part.CHEMOTHERAPY, D(80), Basis.MG_M2, (1, 8, 15), source=VAUGHN)
NABP_125 = PlannedAgent(Agent.NAB_PACLITAXEL, Part.CHEMOTHERAPY, D(125), Basis.MG_M2, (1, 8), source=NAB_DAYS_1_8)
NABP_260 = PlannedAgent(Agent.NAB_PACLITAXEL, Part.CHEMOTHERAPY, D(260), Basis.MG_M2, source=NAB_3_WEEKS)
DV = PlannedAgent(Agent.DISITAMAB_VEDOTIN, Part.ADC, D("2.0"), Basis.MG_KG, cap_mg=D(200), source=RC48)
EV = PlannedAgent(Agent.ENFORTUMAB_VEDOTIN, Part.ADC, D("1.25"), Basis.MG_KG, (1, 8), cap_mg=D(125), levels=EV_LEVELS, source=EV_302)
EV_28 = PlannedAgent(Agent.ENFORTUMAB_VEDOTIN, Part.ADC, D("1.25"), Basis.MG_KG, (1, 8, 15), cap_mg=D(125), levels=EV_LEVELS, source=EV_301)
SACI = PlannedAgent(Agent.SACITUZUMAB_GOVITECAN, Part.ADC, D(10), Basis.MG_KG, (1, 8), source=TROPHY)
ERDA = PlannedAgent(Agent.ERDAFITINIB, Part.TYROSINE_KINASE, D(8), Basis.MG, days_taken=28, source=THOR)
TORI_KG = PlannedAgent(Agent.TORIPALIMAB, Part.ICI, D(3), Basis.MG_KG, source=RC48_C014)
TORI = PlannedAgent(Agent.TORIPALIMAB, Part.ICI, D(240), Basis.MG, option=Option.TORI_240, source="Label of toripalimab")
TISLE = PlannedAgent(Agent.TISLELIZUMAB, Part.ICI, D(200), Basis.MG, option=Option.TISLE_200, source=TISLE_204)
NIVO = PlannedAgent(Agent.NIVOLUMAB, Part.ICI, D(360), Basis.MG, option=Option.NIVO_360, source=CHECKMATE_901)
NIVO_480 = PlannedAgent(Agent.NIVOLUMAB, Part.ICI, D(480), Basis.MG, source=CHECKMATE_901)
PEMBRO = PlannedAgent(Agent.PEMBROLIZUMAB, Part.ICI, D(200), Basis.MG, source=KEYNOTE_045)
PEMBRO_35 = PlannedAgent(Agent.PEMBROLIZUMAB, Part.ICI, D(200), Basis.MG, max_cycles=35, source=EV_302)
AVEL = PlannedAgent(Agent.AVELUMAB, Part.ICI, D(800), Basis.MG, option=Option.AVEL_800, source="Label of avelumab")
AVEL_KG = PlannedAgent(Agent.AVELUMAB, Part.ICI, D(10), Basis.MG_KG, option=Option.AVEL_10_KG, source=JAVELIN)
SINTI = PlannedAgent(Agent.SINTILIMAB, Part.ICI, D(200), Basis.MG, source="Label of sintilimab")
CAMRE = PlannedAgent(Agent.CAMRELIZUMAB, Part.ICI, D(200), Basis.MG, source="Label of camrelizumab")
DURVA = PlannedAgent(Agent.DURVALUMAB, Part.ICI, D(1500), Basis.MG, source="Label of durvalumab")
# fmt: on
