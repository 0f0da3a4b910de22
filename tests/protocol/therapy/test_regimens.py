"""The regimen library (crf_spec 2.14)."""

import pytest
from trial.protocol.therapy.regimens import AGENTS, REGIMENS, RegimenClass, planned_agent, sysclass

LIBRARY = [
    # regimen      class        days  cycles  day 8  stratum
    ("GC_CIS",     "CHEMO",     21,   6,      True,  "NO_ICI"),
    ("GC_CARBO",   "CHEMO",     21,   6,      True,  "NO_ICI"),
    ("DV_TORI",    "ADC_ICI",   14,   None,   False, "ICI_CONTAINING"),
    ("EV_PEMBRO",  "ADC_ICI",   21,   None,   True,  "ICI_CONTAINING"),
    ("TISLE",      "ICI",       21,   None,   False, "ICI_CONTAINING"),
    ("TORI_240",   "ICI",       21,   None,   False, "ICI_CONTAINING"),
    ("PEMBRO_200", "ICI",       21,   None,   False, "ICI_CONTAINING"),
    ("GC_ICI",     "CHEMO_ICI", 21,   None,   True,  "ICI_CONTAINING"),
    ("DV_MONO",    "ADC",       14,   None,   False, "NO_ICI"),
    ("OTHER",      "OTHER",     None, None,   False, None),
]  # fmt: skip


@pytest.mark.parametrize(("code", "regimen_class", "days", "cycles", "day_8", "stratum"), LIBRARY)
def test_library_is_the_table_of_the_specification(
    code, regimen_class, days, cycles, day_8, stratum
):
    regimen = REGIMENS[code]
    assert (regimen.regimen_class, regimen.cycle_length_days, regimen.max_cycles) == (
        regimen_class,
        days,
        cycles,
    )
    assert regimen.has_day_8 == day_8
    assert sysclass(regimen.regimen_class, [planned.agent for planned in regimen.agents]) == stratum


def test_library_holds_no_further_regimen():
    assert list(REGIMENS) == [row[0] for row in LIBRARY]


def test_chemotherapy_ends_after_six_cycles_and_the_antibody_goes_on():
    assert [planned.max_cycles for planned in REGIMENS["GC_ICI"].agents] == [6, 6, None]
    assert planned_agent("EV_PEMBRO", "PEMBROLIZUMAB").max_cycles == 35


OTHER_REGIMENS = [
    # agents                            stratum
    ([],                                None),
    (["OTHER"],                         None),
    (["CISPLATIN", "OTHER"],            None),
    (["CISPLATIN"],                     "NO_ICI"),
    (["CISPLATIN", "NIVOLUMAB"],        "ICI_CONTAINING"),
    (["OTHER", "NIVOLUMAB"],            "ICI_CONTAINING"),
]  # fmt: skip


@pytest.mark.parametrize(("agents", "stratum"), OTHER_REGIMENS)
def test_other_regimen_is_classed_by_its_agents(agents, stratum):
    assert sysclass(RegimenClass.OTHER, agents) == stratum


def test_agents_are_codes_in_capitals():
    assert all(agent == agent.upper() for agent in AGENTS)
