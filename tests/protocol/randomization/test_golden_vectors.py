"""The golden vectors of crf_spec 9, one line each: input and expected result."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from tests.protocol.screened import LUNG, NODE, VERTEBRA, judged, lab, labs
from trial.fields import without_identifiers
from trial.protocol.eligibility.gates import Lesion, Verdict, overall, passed
from trial.protocol.eligibility.organ_units import organ_units
from trial.protocol.kleene import Truth
from trial.protocol.laboratory.clearance import creatinine_clearance
from trial.protocol.laboratory.quantities import to_standard
from trial.protocol.parameters import DEFAULT, BsaFormula, CgConstant, LnUnitRule, Parameters
from trial.protocol.progression_check import progression
from trial.protocol.radiotherapy import biological_dose
from trial.protocol.response import recist
from trial.protocol.response.lesions import Baseline, TargetMeasurement, TargetState, TimePoint
from trial.protocol.safety.safety_report import elapsed, report_state
from trial.protocol.therapy import dose_intensity, dosing

D = Decimal
MET, NOT_MET, UNKNOWN = Truth


CLEARANCES = [
    # vector  age  kg  sex  µmol/L    constant                mL/min
    ("V1",    64, 70, "M",  "97.24",  CgConstant.EXACT,       "67.17"),
    ("V2",    60, 46, "F",  "128",    CgConstant.EXACT,       "30.004"),
    ("V2",    60, 46, "F",  "128",    CgConstant.SI_ROUNDED,  "29.90"),
    ("V4",    71, 52, "F",  "132",    CgConstant.EXACT,       "28.37"),
]  # fmt: skip


@pytest.mark.parametrize(("vector", "age", "kg", "sex", "umol_l", "constant", "ml_min"), CLEARANCES)
def test_clearance(vector, age, kg, sex, umol_l, constant, ml_min):
    found = creatinine_clearance(
        age, D(kg), sex, D(umol_l), parameters=Parameters(cg_constant=constant)
    )
    assert round(found, len(ml_min.partition(".")[2])) == D(ml_min)
    assert (found >= 30) == (D(ml_min) >= 30)


def test_v1_creatinine_of_110_mg_dl():
    assert to_standard("CREAT", D("1.10"), "mg/dL") == D("97.24")


@pytest.mark.parametrize(
    ("formula", "m2"), [(BsaFormula.MOSTELLER, "1.818"), (BsaFormula.DUBOIS, "1.810")]
)
def test_v5_body_surface(formula, m2):
    assert round(
        dosing.bsa_m2(
            weight_kg=D(70), height_cm=D(170), parameters=Parameters(bsa_formula=formula)
        ),
        3,
    ) == D(m2)


def test_v6_calvert():
    assert dosing.calvert_mg(auc=D(5), clearance_ml_min=D("46.45")) == D("357.25")


DOSES = [
    # vector  Gy  fractions  BED10    EQD2 10   EQD2 3
    ("V7",    45, 3,         "112.5", "93.75",  "162.0"),
    ("V8",    50, 5,         "100.0", "83.33",  "130.0"),
    ("V10",   30, 3,         "60.0",  "50.0",   "78.0"),
]  # fmt: skip


@pytest.mark.parametrize(("vector", "gy", "fractions", "bed", "eqd2", "late"), DOSES)
def test_biological_dose(vector, gy, fractions, bed, eqd2, late):
    phases = [(fractions, biological_dose.dose_per_fraction_gy(D(gy), fractions))]
    assert biological_dose.bed_gy(phases, alpha_beta_gy=D(10)) == D(bed)
    assert round(biological_dose.eqd2_gy(phases, alpha_beta_gy=D(10)), 2) == D(eqd2)
    assert biological_dose.eqd2_gy(phases, alpha_beta_gy=D(3)) == D(late)


def test_v12_dose_intensity_of_full_doses_42_days_late():
    days = dict(
        enumerate((date(2025, 3, 10), date(2025, 3, 31), date(2025, 4, 21), date(2025, 6, 23)), 1)
    )
    full = [dose_intensity.Dose(cycle=n, planned_mg=D(100), actual_mg=D(100)) for n in days]
    assert round(
        dose_intensity.agent_intensity_percent(full, day_1_of=days, cycle_length_days=21), 1
    ) == D("66.7")


V13 = progression.Facts(date(2025, 3, 10), date(2025, 3, 31), cycle_length_days=21)


def test_v13_window_of_the_check():
    due = progression.window(V13)
    days = (due.opens_on, due.target_on, due.closes_on, due.escalates_on, due.missed_on)
    assert [f"{day:%m-%d}" for day in days] == ["04-14", "04-21", "04-28", "05-05", "05-19"]


@pytest.mark.parametrize(
    ("on", "state"),
    [("04-13", "SCHEDULED"), ("04-14", "DUE"), ("04-28", "DUE"), ("04-29", "OVERDUE"),
     ("05-04", "OVERDUE"), ("05-05", "ESCALATED"), ("05-18", "ESCALATED"), ("05-19", "MISSED")],
)  # fmt: skip
def test_v13_state_by_day(on, state):
    assert progression.check(V13, on=date.fromisoformat(f"2025-{on}")).state == state


LIVER = {"Y": (replace(LUNG, organ="LIVER"),), "N": (LUNG,), "U": (LUNG,)}


@pytest.mark.parametrize(("metastases", "expected"), [("U", UNKNOWN), ("Y", MET), ("N", NOT_MET)])
def test_v15_alt_of_31_times_uln(metastases, expected):
    alt = labs(ALT=lab("ALT", "155", uln=50))
    assert (
        judged("I11", laboratory=alt, liver_metastases=metastases, lesions=LIVER[metastases]).truth
        == expected
    )


@pytest.mark.parametrize(("confirmed", "expected"), [(None, UNKNOWN), (80, MET), (81, NOT_MET)])
def test_v17_age_in_the_month_of_birth(confirmed, expected):
    person = {
        "birth_month": "1944-06",
        "consent_signed_on": date(2025, 6, 15),
        "age_confirmed": confirmed,
    }
    assert judged("I06", **person).truth == expected


def test_v18_seven_lung_lesions_four_nodes_two_bones():
    lungs, nodes = (
        [replace(LUNG, code=f"L1{n}") for n in range(7)],
        [replace(NODE, code=f"L2{n}") for n in range(4)],
    )
    bones = [VERTEBRA, replace(VERTEBRA, code="L31", vertebra="N")]
    assert organ_units([*lungs, *nodes, *bones]) == (3, 3)
    assert judged("I03", lesions=(*lungs, *nodes, *bones)).truth == MET


FAR = [
    Lesion(code=f"L1{n}", lesion_class="NONREGIONAL_LN", organ="LYMPH_NODE", subregion="SCLAV", regional="N", laterality=side,
           certainty="DEFINITE")
    for n, side in enumerate(("LEFT", "RIGHT"))
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "units", "expected"),
    [(LnUnitRule.SUBREGION, 4, NOT_MET), (LnUnitRule.ALL_NONREGIONAL_AS_ONE, 3, MET)],
)
def test_v19_supraclavicular_nodes_of_both_sides(rule, units, expected):
    parameters = replace(DEFAULT, ln_unit_rule=rule)
    assert organ_units((LUNG, NODE, *FAR), parameters) == (units, units)
    assert judged("I03", lesions=(LUNG, NODE, *FAR), parameters=parameters).truth == expected


SUMS = [
    # vector  baseline  nadir  now     percent  mm      response
    ("V21",   45,       45,    "58",   "28.9",  "13",   {"PD"}),
    ("V22",   25,       20,    "24.4", "22.0",  "4.4",  {"SD", "PR"}),
]  # fmt: skip


@pytest.mark.parametrize(("vector", "baseline", "nadir", "now", "percent", "mm", "responses"), SUMS)
def test_growth_from_the_nadir(vector, baseline, nadir, now, percent, mm, responses):
    points = [
        TimePoint(label, None, None, (_target(size),))
        for label, size in (("TA1", nadir), ("TA2", now))
    ]
    assessment = recist.assess(Baseline((_target(baseline),)), points[:1], points[1])
    assert (round(assessment.change_from_nadir_percent, 1), assessment.change_from_nadir_mm) == (
        D(percent),
        D(mm),
    )
    assert assessment.overall in responses


def _target(mm):
    return TargetMeasurement("L01", False, TargetState.MEASURED, D(mm))


@pytest.mark.parametrize(
    ("truths", "expected"),
    [((MET, UNKNOWN, MET), "UNDETERMINED"), ((UNKNOWN, NOT_MET), "INELIGIBLE")],
)
def test_v24_criteria_together(truths, expected):
    verdicts = [
        Verdict(code, truth, passed(code, truth), (), "")
        for code, truth in zip(("I07", "I08", "I09"), truths, strict=False)
    ]
    assert overall(verdicts) == expected


@pytest.mark.parametrize("text", ["电话13812345678", "13812345678打电话"])
def test_v25_telephone_number_after_a_character_without_a_space(text):
    with pytest.raises(ValidationError, match="mobile telephone number"):
        without_identifiers(text)


def test_v26_report_after_26_hours_and_10_minutes_is_late():
    aware_at, submitted_at = (
        datetime.fromisoformat(f"2025-07-{at}:00+08:00") for at in ("15T16:30", "16T18:40")
    )
    assert elapsed(aware_at, submitted_at) == timedelta(hours=26, minutes=10)
    assert report_state(aware_at, submitted_at=submitted_at, now=submitted_at) == "LATE_MINOR"
