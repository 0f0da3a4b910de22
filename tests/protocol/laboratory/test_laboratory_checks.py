"""Laboratory values that contradict one another (crf_spec 2.10)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.laboratory.laboratory_checks import (
    conversion_factor,
    direct_bilirubin,
    parts_of_leukocytes,
    unit_jump,
)

D = Decimal
JUMPS = [
    # previous  current   factor
    ("112",     "11.2",   "10"),
    ("11.2",    "112",    "10"),      # either way
    ("100",     "9.5239", "10"),      # 10.4999
    ("100",     "9.5238", None),      # 10.50002
    ("95",      "10",     "10"),      # 9.5
    ("94.99",   "10",     None),
    ("105",     "10",     "10"),
    ("13.6832", "0.8",    "17.1"),
    ("97.24",   "1.1",    "88.4"),
    ("5600",    "5.6",    "1000"),
    ("90",      "1.5",    "60"),
    ("112",     "56",     None),
    ("112",     "112",    None),
    ("112",     "0",      None),
    ("0",       "0",      None),
    ("-10",     "-1",     None),
]  # fmt: skip


@pytest.mark.parametrize(("previous", "current", "factor"), JUMPS)
def test_jump_is_by_a_conversion_factor_within_5_percent(previous, current, factor):
    assert conversion_factor(D(previous), D(current)) == (factor and D(factor))


@given(
    st.sampled_from(["10", "17.1", "60", "88.4", "1000"]),
    st.decimals("0.1", 1000, places=2),
    st.decimals("0.951", "1.049", places=3),
)
def test_jump_is_recognized_whatever_the_value(factor, value, noise):
    assert conversion_factor(value, value * D(factor) * noise) == D(factor)


def test_jump_is_described_in_a_sentence():
    doubt = unit_jump("CREAT", previous=D("97.24"), current=D("1.1"))
    assert doubt == (
        "UNIT_JUMP",
        "S",
        "Creatinine went from 97.24 to 1.1 µmol/L, a factor of about 88.4: possible unit error.",
    )


@pytest.mark.parametrize(
    ("previous", "current"), [(None, D(1)), (D(1), None), (None, None), (D(100), D(90))]
)
def test_values_without_a_jump_raise_no_doubt(previous, current):
    assert unit_jump("CREAT", previous=previous, current=current) is None


PARTS = [
    # leukocytes  neutrophils  lymphocytes  doubted
    ("4.0",       "3.0",       "1.1",       False),   # 0.1 is rounding
    ("4.0",       "3.0",       "1.11",      True),
    ("4.0",       "4.2",       None,        True),
    ("4.0",       None,        "3.9",       False),
    (None,        "3.0",       "1.5",       False),
    ("4.0",       None,        None,        False),
]  # fmt: skip


@pytest.mark.parametrize(("leukocytes", "neutrophils", "lymphocytes", "doubted"), PARTS)
def test_parts_do_not_exceed_the_leukocytes(leukocytes, neutrophils, lymphocytes, doubted):
    counts = {"leukocytes": leukocytes, "neutrophils": neutrophils, "lymphocytes": lymphocytes}
    doubt = parts_of_leukocytes(**{name: count and D(count) for name, count in counts.items()})
    assert (doubt is not None) == doubted


def test_sentence_about_the_parts_gives_their_sum():
    doubt = parts_of_leukocytes(leukocytes=D("4.0"), neutrophils=D("3.0"), lymphocytes=D("1.5"))
    assert (
        doubt.sentence
        == "Neutrophils and lymphocytes make 4.5 10⁹/L, more than the leukocytes, 4.0 10⁹/L."
    )
    assert doubt.level == "S"


BILIRUBIN = [
    # direct  total   level
    ("20",    "20",   None),
    ("20.1",  "20",   "S"),
    ("21",    "20",   "S"),    # 105 %
    ("21.01", "20",   "H"),
    (None,    "20",   None),
    ("20",    None,   None),
]  # fmt: skip


@pytest.mark.parametrize(("direct", "total", "level"), BILIRUBIN)
def test_direct_bilirubin_is_part_of_the_total(direct, total, level):
    doubt = direct_bilirubin(direct=direct and D(direct), total=total and D(total))
    assert (doubt and doubt.level) == level
    assert (
        doubt is None
        or doubt.sentence == f"Direct bilirubin, {direct} µmol/L, is above total, {total} µmol/L."
    )
