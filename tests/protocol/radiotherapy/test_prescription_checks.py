"""Checks of a prescription of radiotherapy (crf_spec 2.15), each on both sides of its limit."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.parameters import Parameters
from trial.protocol.radiotherapy.prescription_checks import (
    SEEDS,
    Prescription,
    PrescriptionCode,
    prescription_doubts,
)

D = Decimal
SBRT = Prescription(
    total_gy=D(50),
    fractions=5,
    curative=True,
    stereotactic=True,
    three_dimensional=False,
    image_guidance="DAILY_CBCT",
)
NODES = Prescription(total_gy=D("62.5"), fractions=25, curative=True, stereotactic=False)

CASES = [
    # volume   what is different                                     doubts
    (SBRT,     {},                                                   ""),
    (SBRT,     {"total_gy": "30", "fractions": 3},                   ""),       # EQD2 50.0
    (SBRT,     {"total_gy": "35"},                                   ""),       # 49.58
    (SBRT,     {"total_gy": "33"},                                   "EQD2_LOW:S"),
    (NODES,    {"total_gy": "48", "fractions": 24},                  ""),       # 48 exactly
    (NODES,    {"total_gy": "47.9", "fractions": 24},                "EQD2_LOW:S"),
    (NODES,    {"total_gy": "45", "fractions": 25, "gross": False},  ""),
    (NODES,    {"total_gy": "45", "fractions": 25, "curative": False}, ""),
    (NODES,    {"total_gy": "45", "fractions": 25, "curative": None}, ""),
    (SBRT,     {"total_gy": "60", "fractions": 6},                   ""),       # BED 120
    (SBRT,     {"total_gy": "65", "fractions": 5},                   "BED_HIGH:S"),
    (NODES,    {"total_gy": "130", "fractions": 130},                "BED_HIGH:S"),
    (SBRT,     {"total_gy": "20", "fractions": 1, "curative": False}, ""),
    (SBRT,     {"total_gy": "21", "fractions": 1, "curative": False}, "FRACTION_HIGH:S"),
    (SBRT,     {"total_gy": "40", "fractions": 8},                   ""),
    (SBRT,     {"total_gy": "48", "fractions": 9},                   "STEREOTACTIC_MANY:S"),
    (SBRT,     {"total_gy": "39.9", "fractions": 8, "curative": False}, "STEREOTACTIC_FRACTION_LOW:S"),
    (SBRT,     {"three_dimensional": True},                          "STEREOTACTIC_3D:S"),
    (SBRT,     {"three_dimensional": None, "image_guidance": None},  ""),
    (SBRT,     {"image_guidance": "NONE"},                           "STEREOTACTIC_UNGUIDED:S"),
    (NODES,    {"image_guidance": "NONE", "three_dimensional": True}, ""),
    (SBRT,     {"uniform_fraction_gy": "10.02"},                     ""),
    (SBRT,     {"uniform_fraction_gy": "10.021"},                    "NOT_THE_PRODUCT:HC"),
    (SBRT,     {"uniform_fraction_gy": "9.979"},                     "NOT_THE_PRODUCT:HC"),
    (SBRT,     {"delivered_gy": "52.5"},                             ""),
    (SBRT,     {"delivered_gy": "52.51"},                            "OVER_DELIVERED:S"),
    (SBRT,     {"ptv_d95_gy": "47.5"},                               ""),
    (SBRT,     {"ptv_d95_gy": "47.49"},                              "PTV_D95_LOW:S"),
    (SBRT,     {"total_gy": None, "delivered_gy": "50", "ptv_d95_gy": "1"}, ""),
    (SBRT,     {"total_gy": "0", "delivered_gy": "50"},              ""),
    (SBRT,     {"fractions": None},                                  ""),
    (SBRT,     {"fractions": 0},                                     ""),
]  # fmt: skip


@pytest.mark.parametrize(("volume", "changed", "expected"), CASES)
def test_prescription_raises_its_doubts_and_no_others(volume, changed, expected):
    exact = {
        name: D(value) if name.endswith("_gy") and value is not None else value
        for name, value in changed.items()
    }
    assert [
        f"{doubt.code}:{doubt.level}" for doubt in prescription_doubts(replace(volume, **exact))
    ] == expected.split()


def test_every_doubt_is_tested():
    doubts = [doubt for *_, expected in CASES for doubt in expected.split()]
    assert {doubt.partition(":")[0] for doubt in doubts} == {*PrescriptionCode}


@pytest.mark.parametrize("seed", SEEDS)
def test_dose_of_the_seed_library_raises_no_doubt(seed):
    total, fractions = SEEDS[seed]
    volume = Prescription(
        total_gy=total,
        fractions=fractions,
        curative=True,
        gross=not seed.startswith("ELECTIVE"),
        stereotactic=seed.startswith("SBRT"),
    )
    assert prescription_doubts(volume) == ()


def test_alpha_beta_is_a_parameter():
    low = replace(NODES, total_gy=D(45), fractions=3)
    assert [
        doubt.code for doubt in prescription_doubts(low, parameters=Parameters(ab_tumor=D(3)))
    ] == ["BED_HIGH"]
    assert prescription_doubts(low, parameters=Parameters(ab_tumor=D(0))) == ()


SENTENCES = [
    (
        {"total_gy": D(33)},
        "EQD2 is 45.65 Gy, less than 48 Gy to a gross lesion with curative intent.",
    ),
    (
        {"delivered_gy": D(53)},
        "53 Gy were delivered, more than 105 % of 50 Gy: urgent, and a deviation.",
    ),
    ({"uniform_fraction_gy": D(9)}, "5 × 9 Gy is not 50 Gy."),
    ({"ptv_d95_gy": D(40)}, "D95 of the PTV, 40 Gy, is below 95 % of 50 Gy."),
]


@pytest.mark.parametrize(("changed", "sentence"), SENTENCES)
def test_doubt_tells_what_to_look_at(changed, sentence):
    assert [doubt.sentence for doubt in prescription_doubts(replace(SBRT, **changed))] == [sentence]


GY = st.none() | st.decimals(0, 200, places=2)


@given(
    st.builds(
        Prescription,
        total_gy=GY,
        fractions=st.none() | st.integers(0, 45),
        curative=st.none() | st.booleans(),
        stereotactic=st.none() | st.booleans(),
        uniform_fraction_gy=GY,
        delivered_gy=GY,
        ptv_d95_gy=GY,
    )
)
def test_checks_answer_whatever_is_entered(volume):
    assert all(doubt.sentence.endswith(".") for doubt in prescription_doubts(volume))
