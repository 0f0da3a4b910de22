"""The state of a visit and of its forms on a day (crf_spec 3.2), with a patient of crf_spec 8."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.protocol.schedule.test_schedule import day, visits, window
from trial.protocol.progression_check import progression
from trial.protocol.schedule.timetable import Anchors
from trial.protocol.schedule.visit_states import (
    NEXT,
    VisitState,
    days_outside,
    entry_due_days,
    entry_overdue,
    visit_state,
)
from trial.protocol.schedule.visits import COMMON, TYPES

OPENS, CLOSES = day("06-09"), day("06-23")

STATES = [
    # facts                                      on       state
    ({},                                         "06-08", VisitState.PLANNED),
    ({},                                         "06-09", VisitState.DUE),
    ({},                                         "06-23", VisitState.DUE),
    ({},                                         "06-24", VisitState.OVERDUE),
    ({},                                         "07-07", VisitState.OVERDUE),  # 14 days
    ({},                                         "07-08", VisitState.MISSED),
    ({"grace_days": 20},                         "07-13", VisitState.OVERDUE),
    ({"grace_days": 20},                         "07-14", VisitState.MISSED),
    ({"grace_days": None},                       "12-31", VisitState.OVERDUE),
    ({"grace_days": None, "later_visit_done": True}, "06-24", VisitState.MISSED),
    ({"status": "MISSED"},                       "06-10", VisitState.MISSED),
    # its forms are entered, its date is not
    ({"begun": True},                            "06-09", VisitState.DUE),
    ({"begun": True},                            "06-24", VisitState.DUE),
    ({"begun": True},                            "12-31", VisitState.DUE),
    ({"begun": True, "later_visit_done": True},  "12-31", VisitState.DUE),
    ({"begun": True, "status": "MISSED"},        "06-24", VisitState.MISSED),
    ({"begun": True, "cancelled": True},         "06-24", VisitState.CANCELLED),
    ({"begun": True, "held_on": day("06-24")},   "06-24", VisitState.DONE_OUT),
    ({"cancelled": True},                        "06-24", VisitState.CANCELLED),
    ({"held_on": day("06-08")},                  "06-24", VisitState.DONE_OUT),
    ({"held_on": day("06-09")},                  "06-24", VisitState.DONE_IN),
    ({"held_on": day("06-23")},                  "06-24", VisitState.DONE_IN),
    ({"held_on": day("06-24")},                  "06-24", VisitState.DONE_OUT),
    ({"held_on": day("07-20")},                  "08-01", VisitState.DONE_OUT),  # after it was missed
    ({"held_on": day("06-10"), "cancelled": True}, "06-24", VisitState.DONE_IN),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "on", "expected"), STATES)
def test_visit_state_on_both_sides_of_its_days(facts, on, expected):
    assert visit_state(OPENS, CLOSES, on=day(on), **({"grace_days": 14} | facts)) == expected


def test_visit_without_a_window_is_planned_until_held():
    assert visit_state(None, None, on=day("06-24"), grace_days=14) == VisitState.PLANNED
    assert (
        visit_state(None, None, on=day("06-24"), held_on=day("06-24"), grace_days=14)
        == VisitState.DONE_IN
    )
    assert visit_state(OPENS, None, on=day("12-24"), grace_days=14) == VisitState.DUE


OUTSIDE = [("06-08", -1), ("06-01", -8), ("06-09", 0), ("06-23", 0), ("06-24", 1), ("07-02", 9)]


@pytest.mark.parametrize(("held_on", "days"), OUTSIDE)
def test_days_outside_are_negative_before_and_positive_after(held_on, days):
    assert days_outside(OPENS, CLOSES, held_on=day(held_on)) == days


STORY_4_TA2 = [("11-19", "DUE"), ("11-20", "OVERDUE"), ("12-03", "OVERDUE"), ("12-04", "MISSED")]


@pytest.mark.parametrize(("on", "state"), STORY_4_TA2)
def test_story_4_second_tumor_assessment_is_missed(on, state):
    ta2 = visits(Anchors(randomized_on=day("07-09"), arm="SYS"), "11-01")["TA2"]
    assert window(ta2) == (day("11-05"), day("11-12"), day("11-19"))
    assert (
        visit_state(ta2.opens_on, ta2.closes_on, on=day(on), grace_days=TYPES["TAk"].grace) == state
    )


def test_check_is_missed_on_the_same_day_by_both_rules():
    due = progression.window(progression.Facts(day("03-10"), day("03-31"), cycle_length_days=21))
    states = [
        visit_state(due.opens_on, due.closes_on, on=on, grace_days=TYPES["PC2"].grace)
        for on in (due.missed_on - timedelta(1), due.missed_on)
    ]
    assert states == [VisitState.OVERDUE, VisitState.MISSED]


DUE_DAYS = [
    # form               held     on       overdue
    ("crf.cycle",        "03-03", "03-10", False),
    ("crf.cycle",        "03-03", "03-11", True),
    ("crf.eligibility",  "03-03", "03-06", False),
    ("crf.eligibility",  "03-03", "03-07", True),
    ("crf.cycle",        None,    "03-11", False),
]  # fmt: skip


@pytest.mark.parametrize(("form", "held_on", "on", "expected"), DUE_DAYS)
def test_entry_is_overdue_after_its_days(form, held_on, on, expected):
    assert (
        entry_overdue(held_on and day(held_on), on=day(on), due_days=entry_due_days(form))
        is expected
    )


@given(
    held_on=st.none() | st.dates(date(2025, 6, 1), date(2025, 8, 1)),
    declared_on=st.none() | st.dates(date(2025, 6, 1), date(2025, 8, 1)),
    cancelled_on=st.none() | st.dates(date(2025, 6, 1), date(2025, 8, 1)),
    grace_days=st.none() | st.integers(0, 28),
)
@example(held_on=OPENS, declared_on=None, cancelled_on=None, grace_days=14)
@settings(max_examples=300)
def test_a_day_that_passes_moves_a_visit_only_as_the_table_says(
    held_on, declared_on, cancelled_on, grace_days
):
    states = [
        visit_state(
            OPENS,
            CLOSES,
            on=today,
            held_on=held_on if held_on and held_on <= today else None,
            status="MISSED" if declared_on and declared_on <= today else "",
            cancelled=bool(cancelled_on and cancelled_on <= today),
            grace_days=grace_days,
        )
        for today in (day("06-01") + timedelta(n) for n in range(62))
    ]
    assert all(now == then or now in NEXT[then] for then, now in pairwise(states))


def test_every_state_has_its_moves():
    assert set(NEXT) == set(VisitState)
    assert COMMON == "COMMON"
