"""Biological dose of radiotherapy (crf_spec 2.15, and the golden vectors of 9)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.radiotherapy.biological_dose import bed_gy, dose_per_fraction_gy, eqd2_gy

D = Decimal

DOSES = [
    #        total    fractions  BED10      EQD2_10  EQD2_3
    ("V7",   "45",    3,         "112.5",   "93.75", "162.0"),
    ("V8",   "50",    5,         "100.0",   "83.33", "130.0"),
    ("V10",  "30",    3,         "60.0",    "50.0",  "78.0"),
    ("35/5", "35",    5,         "59.5",    "49.58", "70.0"),
    ("nodes", "62.5", 25,        "78.125",  "65.10", "68.75"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "total", "fractions", "bed10", "eqd2_10", "eqd2_3"), DOSES)
def test_biological_dose_follows_the_golden_vectors(name, total, fractions, bed10, eqd2_10, eqd2_3):
    phases = [(fractions, dose_per_fraction_gy(D(total), fractions))]
    assert round(bed_gy(phases, alpha_beta_gy=D(10)), 3) == D(bed10)
    assert round(eqd2_gy(phases, alpha_beta_gy=D(10)), 2) == D(eqd2_10)
    assert round(eqd2_gy(phases, alpha_beta_gy=D(3)), 2) == D(eqd2_3)


def test_phases_add_up():
    first, second = (25, D("1.8")), (5, D(3))
    sum_gy = bed_gy([first, second], alpha_beta_gy=D(10))
    assert sum_gy == bed_gy([first], alpha_beta_gy=D(10)) + bed_gy([second], alpha_beta_gy=D(10))
    assert bed_gy([], alpha_beta_gy=D(10)) == 0


@given(st.integers(1, 45))
def test_two_gray_a_fraction_is_its_own_equivalent(n):
    assert abs(eqd2_gy([(n, D(2))], alpha_beta_gy=D(3)) - 2 * n) < D("1e-9")
