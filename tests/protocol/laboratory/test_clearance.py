"""Creatinine clearance at its limit (crf_spec 2.10, 9). The golden vectors are with the laboratory's."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trial.protocol.laboratory.clearance import NoClearance, clearance_shown, creatinine_clearance, near_clearance_limit

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
    assert abs(D(clearance_shown(ml_min)) - ml_min) <= (D("0.005") if near_clearance_limit(ml_min) else D("0.05"))
