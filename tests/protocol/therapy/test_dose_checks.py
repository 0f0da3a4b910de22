"""Checks of a dose of systemic therapy (crf_spec 2.14), each on both sides of its limit."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.doubts import Level
from trial.protocol.therapy.agents import AGENTS
from trial.protocol.therapy.dose_checks import AgentDose, DoseCode, dose_doubts
from trial.protocol.therapy.regimens import REGIMENS

D = Decimal
GEM = AgentDose(
    regimen="GC_CIS", agent="GEMCITABINE", planned_mg=D(1000), actual_mg=D(1000), adjustment="NONE"
)
CIS = AgentDose(
    regimen="GC_CIS", agent="CISPLATIN", planned_mg=D(127), actual_mg=D(127), adjustment="NONE"
)
CARBO = AgentDose(
    regimen="GC_CARBO", agent="CARBOPLATIN", actual_mg=D("357.25"), clearance_ml_min=D("46.45")
)
DV = AgentDose(regimen="DV_TORI", agent="DISITAMAB_VEDOTIN")
EV = AgentDose(regimen="EV_PEMBRO", agent="ENFORTUMAB_VEDOTIN")
PEMBRO = AgentDose(regimen="EV_PEMBRO", agent="PEMBROLIZUMAB")

CASES = [
    # dose   what is different                                   doubts
    (GEM,    {},                                                 ""),
    (GEM,    {"actual_mg": "950"},                               ""),
    (GEM,    {"actual_mg": "949"},                               "BELOW_PLAN:S"),
    (GEM,    {"actual_mg": "949", "adjustment": "REDUCED", "reason": "AE"}, ""),
    (GEM,    {"actual_mg": "949", "adjustment": None},           ""),
    (GEM,    {"actual_mg": "1050"},                              ""),
    (GEM,    {"actual_mg": "1051"},                              "ABOVE_PLAN:S"),
    (GEM,    {"actual_mg": "1051", "adjustment": "INCREASED"},   ""),
    (GEM,    {"actual_mg": "1100"},                              "ABOVE_PLAN:S"),
    (GEM,    {"actual_mg": "1101"},                              "OVERDOSE:HC"),
    (GEM,    {"actual_mg": "1101", "adjustment": "INCREASED"},   "OVERDOSE:HC"),
    (GEM,    {"actual_mg": "0"},                                 ""),     # not given is another question
    (GEM,    {"actual_mg": None},                                ""),
    (GEM,    {"planned_mg": None},                               ""),
    (GEM,    {"planned_mg": "0"},                                ""),
    (GEM,    {"adjustment": "REDUCED"},                          "REDUCED_WITHOUT_REASON:S"),
    (GEM,    {"previous_dose_level": -1, "dose_level": 0},       "RE_ESCALATED:S"),
    (GEM,    {"previous_dose_level": -2, "dose_level": -1},      "RE_ESCALATED:S"),
    (GEM,    {"previous_dose_level": -1, "dose_level": -1},      ""),
    (GEM,    {"previous_dose_level": 0, "dose_level": -1},       ""),
    (GEM,    {"previous_dose_level": None, "dose_level": 0},     ""),
    (GEM,    {"previous_dose_level": -1, "dose_level": None},    ""),
    (GEM,    {"delay_days": 3},                                  ""),
    (GEM,    {"delay_days": 4},                                  "DELAY_NOT_SAID:S"),
    (GEM,    {"delay_days": 4, "adjustment": "DELAYED"},         ""),
    (GEM,    {"delay_days": -3},                                 ""),
    (GEM,    {"delay_days": -4},                                 "TOO_EARLY:S"),
    (GEM,    {"neutrophils": "1.5", "platelets": "100"},         ""),
    (GEM,    {"neutrophils": "1.4", "platelets": "100"},         "COUNTS_TOO_LOW:S"),
    (GEM,    {"neutrophils": "1.5", "platelets": "99"},          "COUNTS_TOO_LOW:S"),
    (GEM,    {"neutrophils": "1.4", "actual_mg": "0"},           ""),
    (GEM,    {"neutrophils": "1.0", "platelets": "75", "day": 8}, ""),
    (GEM,    {"neutrophils": "0.9", "platelets": "75", "day": 8}, "COUNTS_TOO_LOW:S"),
    (GEM,    {"neutrophils": "1.0", "platelets": "74", "day": 8}, "COUNTS_TOO_LOW:S"),
    (PEMBRO, {"neutrophils": "0.5", "actual_mg": "200"},         ""),     # no chemotherapy
    (GEM,    {"cycle": 6},                                       ""),
    (GEM,    {"cycle": 7},                                       "TOO_MANY_CYCLES:S"),
    (PEMBRO, {"cycle": 35},                                      ""),
    (PEMBRO, {"cycle": 36},                                      "TOO_MANY_CYCLES:S"),
    (EV,     {"cycle": 36},                                      ""),
    (GEM,    {"agent": "NIVOLUMAB"},                             "NOT_IN_REGIMEN:S"),
    (GEM,    {"agent": "NIVOLUMAB", "regimen": "GC_ICI"},        ""),     # an option of it
    (GEM,    {"agent": "NIVOLUMAB", "regimen": "GC_ICI", "options": ("TISLE_200",)}, "NOT_IN_REGIMEN:S"),
    (GEM,    {"agent": "TISLELIZUMAB", "regimen": "GC_ICI", "cycle": 6}, ""),
    (GEM,    {"agent": "TISLELIZUMAB", "regimen": "GC_ICI", "cycle": 7}, "TOO_MANY_CYCLES:S"),  # then a maintenance
    (GEM,    {"agent": "NIVOLUMAB", "regimen": "OTHER"},         ""),
    (GEM,    {"agent": "NIVOLUMAB", "regimen": "NO_SUCH"},       ""),
    (DV,     {"actual_mg": "200"},                               ""),
    (DV,     {"actual_mg": "200.1"},                             "CAP_EXCEEDED:S"),
    (EV,     {"actual_mg": "125"},                               ""),
    (EV,     {"actual_mg": "126"},                               "CAP_EXCEEDED:S"),
    (EV,     {"actual_mg": "100", "dose_level": -1},             ""),
    (EV,     {"actual_mg": "101", "dose_level": -1},             "CAP_EXCEEDED:S"),
    (EV,     {"actual_mg": "76", "dose_level": -2},              "CAP_EXCEEDED:S"),
    (EV,     {"actual_mg": "50", "dose_level": -3},              ""),
    (EV,     {"actual_mg": "51", "dose_level": -3},              "CAP_EXCEEDED:S"),
    (DV,     {"actual_mg": "200", "dose_level": -1},             ""),     # the library fixes no levels of it
    (CIS,    {"clearance_ml_min": "60"},                         ""),
    (CIS,    {"clearance_ml_min": "59.9"},                       "CISPLATIN_CLEARANCE:N"),
    (CIS,    {"clearance_ml_min": "50"},                         "CISPLATIN_CLEARANCE:N"),
    (CIS,    {"clearance_ml_min": "49.9"},                       "CISPLATIN_CLEARANCE:S"),
    (CIS,    {"clearance_ml_min": "49.9", "actual_mg": "0"},     ""),
    (GEM,    {"clearance_ml_min": "49.9"},                       ""),
    (CARBO,  {},                                                 ""),
    (CARBO,  {"actual_mg": "392.975"},                           ""),     # + 10 %
    (CARBO,  {"actual_mg": "392.98"},                            "OFF_CALVERT:S"),
    (CARBO,  {"actual_mg": "321.525"},                           ""),     # - 10 %
    (CARBO,  {"actual_mg": "321.52"},                            "OFF_CALVERT:S"),
    (CARBO,  {"actual_mg": "321.525", "auc": "4.5"},             ""),
    (CARBO,  {"actual_mg": "321.525", "options": ("CARBO_AUC_4_5",)}, ""),
    (CARBO,  {"actual_mg": "393", "options": ("CARBO_AUC_4_5",)}, "OFF_CALVERT:S"),
    (CARBO,  {"actual_mg": "393", "auc": "4.5"},                 "OFF_CALVERT:S"),
    (CARBO,  {"actual_mg": "750", "clearance_ml_min": "150"},    ""),     # the clearance is capped
    (CARBO,  {"actual_mg": "750", "clearance_ml_min": None},     ""),
    (CARBO,  {"actual_mg": None},                                ""),
    (CARBO,  {"regimen": "OTHER", "actual_mg": "750"},           ""),     # which AUC?
]  # fmt: skip
AMOUNTS = {"actual_mg", "planned_mg", "clearance_ml_min", "auc", "neutrophils", "platelets"}


@pytest.mark.parametrize(("dose", "changed", "expected"), CASES)
def test_dose_raises_its_doubts_and_no_others(dose, changed, expected):
    exact = {
        name: D(value) if name in AMOUNTS and value is not None else value
        for name, value in changed.items()
    }
    assert [
        f"{doubt.code}:{doubt.level}" for doubt in dose_doubts(replace(dose, **exact))
    ] == expected.split()


def codes(expected):
    return [doubt.partition(":")[0] for doubt in expected.split()]


def test_every_doubt_is_tested():
    assert {code for *_, expected in CASES for code in codes(expected)} == {*DoseCode}


SENTENCES = [
    (
        replace(GEM, actual_mg=D(900)),
        "Gemcitabine was given at 90.0 % of the planned dose, and no adjustment is entered.",
    ),
    (replace(DV, actual_mg=D(210)), "Disitamab vedotin: 210 mg is above the cap of 200 mg."),
    (
        replace(CARBO, actual_mg=D(450)),
        "Carboplatin: 450 mg is more than 10 % off Calvert's 357.2 mg (AUC 5).",
    ),
    (
        replace(GEM, neutrophils=D("1.2"), platelets=D(80)),
        "Gemcitabine on day 1 at neutrophils 1.2, below 1.5 and platelets 80, below 100 (10⁹/L).",
    ),
    (replace(GEM, delay_days=-5, cycle=3), "Cycle 3 began 5 days early."),
]


@pytest.mark.parametrize(("dose", "sentence"), SENTENCES)
def test_doubt_tells_what_to_look_at(dose, sentence):
    assert [doubt.sentence for doubt in dose_doubts(dose)] == [sentence]


AMOUNT = st.none() | st.decimals(0, 10000, places=1)


@given(
    st.builds(
        AgentDose,
        regimen=st.sampled_from([*REGIMENS, "NO_SUCH"]),
        agent=st.sampled_from([*map(str, AGENTS), "NO_SUCH"]),
        actual_mg=AMOUNT,
        planned_mg=AMOUNT,
        clearance_ml_min=AMOUNT,
        auc=AMOUNT,
        adjustment=st.sampled_from([None, "NONE", "REDUCED"]),
        delay_days=st.none() | st.integers(-30, 60),
    )
)
def test_checks_answer_whatever_is_entered(dose):
    assert all(doubt.level in Level and doubt.sentence.endswith(".") for doubt in dose_doubts(dose))
