"""Lesions that are measured, too small, split, merged or contradicted (RECIST 1.1, section 4.2)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.response.lesions import (
    Baseline,
    TargetMeasurement,
    TargetState,
    TimePoint,
)
from trial.protocol.response.sums import measure

MEASURED, TOO_SMALL, GONE, UNSEEN = TargetState
D = Decimal


def lesion(code, mm=None, state=MEASURED, *, node=False, into=""):
    return TargetMeasurement(code, node, state, None if mm is None else D(str(mm)), into)


COUNTED = [
    # state     mm        counted
    (MEASURED,  "12.5",   D("12.5")),
    (MEASURED,  None,     None),
    (MEASURED,  "-1",     None),
    (MEASURED,  "NaN",    None),
    (MEASURED,  "Infinity", None),
    (TOO_SMALL, None,     D(5)),
    (TOO_SMALL, "3",      D(3)),
    (GONE,      None,     D(0)),
    (GONE,      "0",      D(0)),
    (GONE,      "4",      None),   # contradictory
    (UNSEEN,    None,     None),
    (UNSEEN,    "4",      None),
]  # fmt: skip


@pytest.mark.parametrize(("state", "mm", "counted"), COUNTED)
def test_what_enters_the_sum(state, mm, counted):
    assert lesion("L01", mm, state).counted_mm() == counted


THREE = Baseline((lesion("L01", 30), lesion("L02", 20), lesion("L03", 18, node=True)))

MERGED = [
    # L01                          L02                               L03                                    sum  complete
    (lesion("L01", 40),            lesion("L02", into="L01"),         lesion("L03", 12, node=True),          52,   True),
    (lesion("L01", into="L02"),    lesion("L02", 40),                 lesion("L03", 12, node=True),          52,   True),
    (lesion("L01", 40),            lesion("L02", into="L01"),         lesion("L03", into="L02", node=True),  40,   True),   # all three
    (lesion("L01", None, UNSEEN),  lesion("L02", into="L01"),         lesion("L03", 12, node=True),          12,   False),
    (lesion("L01", into="L02"),    lesion("L02", into="L01"),         lesion("L03", 12, node=True),          12,   False),  # in a circle
    (lesion("L01", 40),            lesion("L02", into="L02"),         lesion("L03", 12, node=True),          52,   False),
    (lesion("L01", 40),            lesion("L02", into="L09"),         lesion("L03", 12, node=True),          52,   False),  # into no target
    (lesion("L01", 40),            lesion("L02", 10, into="L01"),     lesion("L03", 12, node=True),          52,   False),  # measured twice
    (lesion("L01", 40),            lesion("L02", None, GONE, into="L01"), lesion("L03", 12, node=True),      52,   False),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "third", "sum_mm", "complete"), MERGED)
def test_merged_lesions_are_measured_once(first, second, third, sum_mm, complete):
    measured = measure(THREE, TimePoint("TA1", None, None, (first, second, third)))
    assert (measured.sum_mm, measured.complete) == (sum_mm, complete)


RESOLVED = [
    # L01                          L02                             L03                              resolved
    (lesion("L01", None, GONE),    lesion("L02", into="L01"),      lesion("L03", 9.9, node=True),   True),
    (lesion("L01", None, GONE),    lesion("L02", into="L01"),      lesion("L03", 10, node=True),    False),
    (lesion("L01", 1),             lesion("L02", into="L01"),      lesion("L03", 0, node=True),     False),
    (lesion("L01", None, GONE),    lesion("L02", None, GONE),      lesion("L03", into="L01", node=True), True),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "third", "resolved"), RESOLVED)
def test_merged_lesions_resolve_together(first, second, third, resolved):
    assert measure(THREE, TimePoint("TA1", None, None, (first, second, third))).resolved is resolved


CODES = st.sampled_from(["L01", "L02", "L03", "L09"])
SIZES = st.none() | st.decimals(allow_nan=True, allow_infinity=True)
ANY = st.builds(
    TargetMeasurement,
    CODES,
    st.booleans(),
    st.sampled_from(TargetState),
    SIZES,
    st.just("") | CODES,
    st.sampled_from(["", "", "a", "b"]),
)


@given(st.lists(ANY, max_size=4), st.lists(ANY, max_size=6))
def test_every_set_of_findings_can_be_measured(before, now):
    measured = measure(Baseline(tuple(before)), TimePoint("TA1", None, None, tuple(now)))
    assert measured.sum_mm is None or measured.sum_mm >= 0
