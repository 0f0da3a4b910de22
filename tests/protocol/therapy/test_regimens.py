"""The regimen library (crf_spec 2.14)."""

import pytest
from trial.protocol.therapy import agents
from trial.protocol.therapy.agents import AGENTS, Option, Part, PlannedAgent
from trial.protocol.therapy.regimens import REGIMENS, RegimenClass, planned_agent, sysclass

LIBRARY = [
    # regimen      class        days  cycles  agents and their days                     stratum
    ("GC_CIS",     "CHEMO",     21,   6,      "GEMCITABINE 1,8; CISPLATIN 1",            "NO_ICI"),
    ("GC_CARBO",   "CHEMO",     21,   6,      "GEMCITABINE 1,8; CARBOPLATIN 1",          "NO_ICI"),
    ("DV_TORI",    "ADC_ICI",   14,   None,   "DISITAMAB_VEDOTIN 1; TORIPALIMAB 1",      "ICI_CONTAINING"),
    ("EV_PEMBRO",  "ADC_ICI",   21,   None,   "ENFORTUMAB_VEDOTIN 1,8; PEMBROLIZUMAB 1", "ICI_CONTAINING"),
    ("TISLE",      "ICI",       21,   None,   "TISLELIZUMAB 1",                          "ICI_CONTAINING"),
    ("TORI_240",   "ICI",       21,   None,   "TORIPALIMAB 1",                           "ICI_CONTAINING"),
    ("PEMBRO_200", "ICI",       21,   None,   "PEMBROLIZUMAB 1",                         "ICI_CONTAINING"),
    ("GC_ICI",     "CHEMO_ICI", 21,   6,      "GEMCITABINE 1,8; CISPLATIN 1; TISLELIZUMAB 1", "ICI_CONTAINING"),
    ("DV_MONO",    "ADC",       14,   None,   "DISITAMAB_VEDOTIN 1",                     "NO_ICI"),
    ("EV_MONO",    "ADC",       28,   None,   "ENFORTUMAB_VEDOTIN 1,8,15",               "NO_ICI"),
    ("DV_TISLE",   "ADC_ICI",   21,   None,   "DISITAMAB_VEDOTIN 1; TISLELIZUMAB 1",     "ICI_CONTAINING"),
    ("NIVO_360",   "ICI",       21,   None,   "NIVOLUMAB 1",                             "ICI_CONTAINING"),
    ("NIVO_480",   "ICI",       28,   None,   "NIVOLUMAB 1",                             "ICI_CONTAINING"),
    ("AVEL_800",   "ICI",       14,   None,   "AVELUMAB 1",                              "ICI_CONTAINING"),
    ("SINTI_200",  "ICI",       21,   None,   "SINTILIMAB 1",                            "ICI_CONTAINING"),
    ("CAMRE_200",  "ICI",       21,   None,   "CAMRELIZUMAB 1",                          "ICI_CONTAINING"),
    ("DURVA_1500", "ICI",       28,   None,   "DURVALUMAB 1",                            "ICI_CONTAINING"),
    ("DOCE_75",    "CHEMO",     21,   None,   "DOCETAXEL 1",                             "NO_ICI"),
    ("PACLI_175",  "CHEMO",     21,   None,   "PACLITAXEL 1",                            "NO_ICI"),
    ("PACLI_80",   "CHEMO",     28,   None,   "PACLITAXEL 1,8,15",                       "NO_ICI"),
    ("NABP_125",   "CHEMO",     21,   None,   "NAB_PACLITAXEL 1,8",                      "NO_ICI"),
    ("NABP_260",   "CHEMO",     21,   None,   "NAB_PACLITAXEL 1",                        "NO_ICI"),
    ("SG",         "ADC",       21,   None,   "SACITUZUMAB_GOVITECAN 1,8",               "NO_ICI"),
    ("ERDA",       "OTHER",     28,   None,   "ERDAFITINIB 1",                           "NO_ICI"),
    ("OTHER",      "OTHER",     None, None,   "",                                        None),
]  # fmt: skip


def in_words(planned):
    return f"{planned.agent} {','.join(map(str, planned.days))}"


@pytest.mark.parametrize(("code", "regimen_class", "days", "cycles", "planned", "stratum"), LIBRARY)
def test_library_is_the_table_of_the_specification(
    code, regimen_class, days, cycles, planned, stratum
):
    regimen = REGIMENS[code]
    assert (regimen.regimen_class, regimen.cycle_length_days, regimen.max_cycles) == (
        regimen_class,
        days,
        cycles,
    )
    assert "; ".join(map(in_words, regimen.agents)) == planned
    assert sysclass(regimen.regimen_class, [agent.agent for agent in regimen.agents]) == stratum


def test_library_holds_no_further_regimen():
    assert list(REGIMENS) == [row[0] for row in LIBRARY]


OPTIONS = [
    # regimen      part         options, the usual one first
    ("GC_CIS",     "PLATINUM",  "CIS_70_D1 CIS_35_D1_D8 CIS_35_D1_D2"),
    ("GC_CARBO",   "PLATINUM",  "CARBO_AUC_5 CARBO_AUC_4_5"),
    ("GC_ICI",     "PLATINUM",  "CIS_70_D1 CIS_35_D1_D8 CIS_35_D1_D2 CARBO_AUC_5 CARBO_AUC_4_5"),
    ("GC_ICI",     "ICI",       "TISLE_200 TORI_240 NIVO_360"),
    ("AVEL_800",   "ICI",       "AVEL_800 AVEL_10_KG"),
]  # fmt: skip


def test_options_are_those_of_the_specification():
    offered = [
        (code, part, " ".join(regimen.choices(part)))
        for code, regimen in REGIMENS.items()
        for part in Part
        if regimen.choices(part)
    ]
    assert offered == OPTIONS


def test_every_option_is_offered_somewhere():
    assert {option for *_, options in OPTIONS for option in options.split()} == {*Option}


@pytest.mark.parametrize("regimen", REGIMENS.values(), ids=lambda regimen: regimen.code)
def test_a_regimen_has_one_agent_in_each_part(regimen):
    parts = [agent.part for agent in regimen.agents]
    assert len(parts) == len({*parts})
    assert {agent.part for agent in regimen.options} <= {*parts}


def test_each_seed_dose_has_its_source():
    seeds = {name: seed for name, seed in vars(agents).items() if isinstance(seed, PlannedAgent)}
    assert len(seeds) == 28
    assert [name for name, seed in seeds.items() if not seed.source] == []


LEVELS = [
    # level  dose    cap
    (-1, "1.0", "100"),
    (-2, "0.75", "75"),
    (-3, "0.5", "50"),
]


@pytest.mark.parametrize("code", ["EV_PEMBRO", "EV_MONO"])
def test_enfortumab_vedotin_has_three_levels_below_the_protocols(code):
    planned = planned_agent(code, "ENFORTUMAB_VEDOTIN")
    assert (str(planned.dose), planned.cap_at(0), planned.cap_at(None)) == ("1.25", 125, 125)
    below = enumerate(planned.levels, 1)
    assert [(-n, str(level.dose), str(planned.cap_at(-n))) for n, level in below] == LEVELS


def test_chemotherapy_ends_after_six_cycles_and_so_does_its_regimen_with_the_antibody():
    assert [planned.max_cycles for planned in REGIMENS["GC_ICI"].agents] == [6, 6, None]
    assert REGIMENS["GC_ICI"].max_cycles == 6
    assert planned_agent("EV_PEMBRO", "PEMBROLIZUMAB").max_cycles == 35


OTHER_REGIMENS = [
    # agents                            stratum
    ([],                                None),
    (["OTHER"],                         None),
    (["CISPLATIN", "OTHER"],            None),
    (["CISPLATIN"],                     "NO_ICI"),
    (["CISPLATIN", "NIVOLUMAB"],        "ICI_CONTAINING"),
    (["OTHER", "NIVOLUMAB"],            "ICI_CONTAINING"),
    (["OTHER", "SINTILIMAB"],           "ICI_CONTAINING"),
    (["DURVALUMAB"],                    "ICI_CONTAINING"),
    (["ERDAFITINIB"],                   "NO_ICI"),
]  # fmt: skip


@pytest.mark.parametrize(("agents", "stratum"), OTHER_REGIMENS)
def test_other_regimen_is_classed_by_its_agents(agents, stratum):
    assert sysclass(RegimenClass.OTHER, agents) == stratum


def test_agents_are_codes_in_capitals():
    assert all(agent == agent.upper() for agent in AGENTS)
