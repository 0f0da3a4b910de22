"""Creatinine clearance, at its limit and by the golden vectors (crf_spec 2.10, 9)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.laboratory.clearance import (
    NoClearance,
    clearance_shown,
    creatinine_clearance,
    near_clearance_limit,
)
from trial.protocol.parameters import CgConstant, Parameters

D = Decimal
SHOWN = [
    # mL/min     shown    notice
    ("67.1666",  "67.2",  False),
    ("30.0042",  "30.00", True),
    ("29.8714",  "29.87", True),
    ("30.4999",  "30.50", True),
    ("30.5",     "30.5",  False),
    ("29.5001",  "29.50", True),
    ("29.5",     "29.5",  False),
    ("29.996",   "30.00", True),   # below the limit, though it looks equal: hence the notice
]  # fmt: skip


@pytest.mark.parametrize(("ml_min", "shown", "notice"), SHOWN)
def test_clearance_is_shown_with_two_decimals_near_the_limit(ml_min, shown, notice):
    assert clearance_shown(D(ml_min)) == shown
    assert near_clearance_limit(D(ml_min)) == notice


@pytest.mark.parametrize(("sex", "creatinine"), [("M", "0"), ("F", "-1"), ("U", "97"), ("", "97")])
def test_clearance_that_cannot_be_computed_is_refused_in_words(sex, creatinine):
    with pytest.raises(NoClearance, match="needs the sex, M or F, and a creatinine above 0"):
        creatinine_clearance(64, D(70), sex, D(creatinine))


@given(st.decimals(20, 40, places=6))
def test_display_never_moves_a_clearance_by_more_than_half_its_last_digit(ml_min):
    assert abs(D(clearance_shown(ml_min)) - ml_min) <= (
        D("0.005") if near_clearance_limit(ml_min) else D("0.05")
    )


EXACT, SI_ROUNDED, CN_0818 = CgConstant
CLEARANCE = [
    # vector     age  kg    sex  umol/L   constant    mL/min
    ("V1",       64,  "70", "M", "97.24", EXACT,      "67.17"),
    ("V2",       60,  "46", "F", "128",   EXACT,      "30.004"),
    ("V2",       60,  "46", "F", "128",   SI_ROUNDED, "29.90"),
    ("V2",       60,  "46", "F", "128",   CN_0818,    "29.87"),
    ("V4",       71,  "52", "F", "132",   EXACT,      "28.37"),
    ("men",      64,  "70", "M", "97.24", SI_ROUNDED, "67.29"),
    ("men",      64,  "70", "M", "97.24", CN_0818,    "66.88"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("vector", "age", "kg", "sex", "creatinine", "constant", "expected"), CLEARANCE
)
def test_clearance_of_the_golden_vectors(vector, age, kg, sex, creatinine, constant, expected):
    parameters = Parameters(cg_constant=constant)
    clearance = creatinine_clearance(age, D(kg), sex, D(creatinine), parameters=parameters)
    assert round(clearance, len(expected.partition(".")[2])) == D(expected)


def test_clearance_at_the_limit_is_exact():
    assert creatinine_clearance(80, D(36), "M", D("88.4")) == 30


@given(
    st.integers(18, 100),
    st.decimals(25, 250, places=1),
    st.sampled_from("MF"),
    st.decimals(10, 2500, places=2),
    st.sampled_from(CgConstant),
)
def test_clearance_falls_with_creatinine_and_with_age(age, kg, sex, creatinine, constant):
    parameters = Parameters(cg_constant=constant)
    clearance = creatinine_clearance(age, kg, sex, creatinine, parameters=parameters)
    assert creatinine_clearance(age, kg, sex, creatinine + 1, parameters=parameters) < clearance
    assert creatinine_clearance(age + 1, kg, sex, creatinine, parameters=parameters) < clearance
