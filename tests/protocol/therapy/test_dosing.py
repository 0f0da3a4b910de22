"""Doses of systemic therapy (crf_spec 2.14, and the golden vectors of 9)."""

from datetime import date
from decimal import Decimal

import pytest
from trial.protocol.parameters import BsaFormula, Parameters
from trial.protocol.therapy.agents import Agent, Basis
from trial.protocol.therapy.dosing import (
    bsa_m2,
    calvert_mg,
    dose_mg,
    percent_of_planned,
    planned_dose_mg,
    relative_dose_intensity_percent,
)
from trial.protocol.therapy.regimens import REGIMENS, planned_agent

D = Decimal


@pytest.mark.parametrize(
    ("formula", "expected"), [(BsaFormula.MOSTELLER, "1.818"), (BsaFormula.DUBOIS, "1.810")]
)
def test_v5_body_surface_of_170_cm_and_70_kg(formula, expected):
    parameters = Parameters(bsa_formula=formula)
    assert round(bsa_m2(weight_kg=D(70), height_cm=D(170), parameters=parameters), 3) == D(expected)


CALVERT = [
    #       AUC    clearance  mg
    ("V6",  "5",   "46.45",   "357.25"),
    ("cap", "5",   "125",     "750"),
    ("cap", "5",   "125.1",   "750"),
    ("low", "4.5", "30",      "247.5"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "auc", "clearance", "mg"), CALVERT)
def test_v6_carboplatin_follows_calvert_with_the_clearance_capped(name, auc, clearance, mg):
    assert calvert_mg(auc=D(auc), clearance_ml_min=D(clearance)) == D(mg)


MEASURES = {"weight_kg": D(70), "bsa_m2": D("1.818"), "clearance_ml_min": D("46.45")}

PLANNED = [
    # regimen       agent                 mg
    ("GC_CIS",      "GEMCITABINE",        "1818"),   # story 2
    ("GC_CIS",      "CISPLATIN",          "127.26"),
    ("GC_CARBO",    "CARBOPLATIN",        "357.25"),
    ("DV_TORI",     "DISITAMAB_VEDOTIN",  "140"),
    ("DV_TORI",     "TORIPALIMAB",        "210"),
    ("EV_PEMBRO",   "ENFORTUMAB_VEDOTIN", "87.5"),
    ("EV_PEMBRO",   "PEMBROLIZUMAB",      "200"),
    ("TISLE",       "TISLELIZUMAB",       "200"),
    ("TORI_240",    "TORIPALIMAB",        "240"),
    ("PEMBRO_200",  "PEMBROLIZUMAB",      "200"),
    ("GC_ICI",      "NIVOLUMAB",          "360"),
    ("GC_ICI",      "CARBOPLATIN",        "357.25"),
    ("DV_MONO",     "DISITAMAB_VEDOTIN",  "140"),
    ("EV_MONO",     "ENFORTUMAB_VEDOTIN", "87.5"),
    ("DV_TISLE",    "DISITAMAB_VEDOTIN",  "140"),
    ("DV_TISLE",    "TISLELIZUMAB",       "200"),
    ("NIVO_360",    "NIVOLUMAB",          "360"),
    ("NIVO_480",    "NIVOLUMAB",          "480"),
    ("AVEL_800",    "AVELUMAB",           "800"),
    ("SINTI_200",   "SINTILIMAB",         "200"),
    ("CAMRE_200",   "CAMRELIZUMAB",       "200"),
    ("DURVA_1500",  "DURVALUMAB",         "1500"),
    ("DOCE_75",     "DOCETAXEL",          "136.35"),
    ("PACLI_175",   "PACLITAXEL",         "318.15"),
    ("PACLI_80",    "PACLITAXEL",         "145.44"),
    ("NABP_125",    "NAB_PACLITAXEL",     "227.25"),
    ("NABP_260",    "NAB_PACLITAXEL",     "472.68"),
    ("SG",          "SACITUZUMAB_GOVITECAN", "700"),
    ("ERDA",        "ERDAFITINIB",        "224"),    # 8 mg a day on 28 days
    ("GC_CIS",      "CARBOPLATIN",        None),     # not in the regimen
    ("OTHER",       "CISPLATIN",          None),
    ("NO_SUCH",     "CISPLATIN",          None),
]  # fmt: skip


@pytest.mark.parametrize(("regimen", "agent", "mg"), PLANNED)
def test_planned_dose_by_surface_weight_clearance_or_flat(regimen, agent, mg):
    assert planned_dose_mg(regimen, agent, **MEASURES) == (mg and D(mg))


OPTIONS = [
    # regimen     agent           option           mg
    ("GC_CIS",    "CISPLATIN",    "CIS_70_D1",     "127.26"),
    ("GC_CIS",    "CISPLATIN",    "CIS_35_D1_D8",  "63.63"),
    ("GC_CIS",    "CISPLATIN",    "CIS_35_D1_D2",  "63.63"),
    ("GC_CARBO",  "CARBOPLATIN",  "CARBO_AUC_5",   "357.25"),
    ("GC_CARBO",  "CARBOPLATIN",  "CARBO_AUC_4_5", "321.525"),
    ("GC_ICI",    "CARBOPLATIN",  "CARBO_AUC_4_5", "321.525"),
    ("GC_ICI",    "CISPLATIN",    "CARBO_AUC_4_5", None),     # carboplatin was chosen
    ("GC_ICI",    "CISPLATIN",    "CIS_35_D1_D8",  "63.63"),
    ("GC_ICI",    "TORIPALIMAB",  "TORI_240",      "240"),
    ("GC_ICI",    "TISLELIZUMAB", "TORI_240",      None),
    ("GC_ICI",    "GEMCITABINE",  "TORI_240",      "1818"),
    ("AVEL_800",  "AVELUMAB",     "AVEL_10_KG",    "700"),
    ("GC_CIS",    "CISPLATIN",    "CARBO_AUC_5",   "127.26"),  # no option of this regimen
]  # fmt: skip


@pytest.mark.parametrize(("regimen", "agent", "option", "mg"), OPTIONS)
def test_the_option_chosen_is_the_plan(regimen, agent, option, mg):
    assert planned_dose_mg(regimen, agent, options=[option], **MEASURES) == (mg and D(mg))


CAPS = [
    # regimen     agent                 weight   mg
    ("DV_TORI",   "DISITAMAB_VEDOTIN",  "100",   "200"),
    ("DV_TORI",   "DISITAMAB_VEDOTIN",  "100.1", "200"),
    ("DV_TORI",   "DISITAMAB_VEDOTIN",  "99.9",  "199.8"),
    ("EV_PEMBRO", "ENFORTUMAB_VEDOTIN", "99.9",  "124.875"),
    ("EV_PEMBRO", "ENFORTUMAB_VEDOTIN", "100.1", "125"),
]  # fmt: skip


@pytest.mark.parametrize(("regimen", "agent", "weight", "mg"), CAPS)
def test_antibody_drug_conjugates_are_capped(regimen, agent, weight, mg):
    assert planned_dose_mg(regimen, agent, weight_kg=D(weight)) == D(mg)


@pytest.mark.parametrize(
    ("regimen", "agent"), [(regimen, agent) for regimen, agent, mg in PLANNED if mg]
)
def test_dose_is_unknown_without_its_measure(regimen, agent):
    is_flat = planned_agent(regimen, agent).basis == Basis.MG
    assert (planned_dose_mg(regimen, agent) is not None) == is_flat


def test_split_cisplatin_gives_half_on_each_day():
    options = [
        planned for planned in REGIMENS["GC_CIS"].options if planned.agent == Agent.CISPLATIN
    ]
    assert [planned.days for planned in options] == [(1, 8), (1, 2)]
    assert all(
        2 * dose_mg(planned, **MEASURES) == planned_dose_mg("GC_CIS", "CISPLATIN", **MEASURES)
        for planned in options
    )


def rounded(percent):
    return None if percent is None else round(percent, 1)


PERCENT = [
    # actual  planned  percent
    ("1364", "1818", "75.0"),
    ("96", "100", "96.0"),
    ("0", "100", "0.0"),
    (None, "100", None),
    ("96", None, None),
    ("96", "0", None),
]


@pytest.mark.parametrize(("actual", "planned", "percent"), PERCENT)
def test_percent_of_planned_needs_both_doses(actual, planned, percent):
    share = percent_of_planned(actual and D(actual), planned and D(planned))
    assert rounded(share) == (percent and D(percent))


@pytest.mark.parametrize(
    ("actual", "planned", "percent"), [(400, 400, "66.7"), (200, 400, "33.3"), (0, 0, None)]
)
def test_v12_relative_dose_intensity_counts_the_delay(actual, planned, percent):
    times = {
        "cycles": 4,
        "cycle_length_days": 21,
        "first_day_1": date(2025, 3, 10),
        "last_day_1": date(2025, 6, 23),
    }
    intensity = relative_dose_intensity_percent(actual_mg=D(actual), planned_mg=D(planned), **times)
    assert rounded(intensity) == (percent and D(percent))
