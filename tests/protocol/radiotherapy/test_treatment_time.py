"""Treatment time, gaps, missed and delivered fractions (crf_spec 2.15). 2025-03-10 is a Monday."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.radiotherapy.treatment_time import (
    Calendar,
    Fraction,
    delivered_gy,
    gap_days,
    missed_fractions,
    planned_last_day,
    treatment_days,
)

D = Decimal
MONDAY = date(2025, 3, 10)


def march(*days, delivered=True, gy="10"):
    return [
        Fraction(number=n, on=date(2025, 3, day), delivered=delivered, dose_gy=D(gy))
        for n, day in enumerate(days, 1)
    ]


MISSED_FRACTION = Fraction(number=9, on=date(2025, 3, 28), delivered=False)
UNDATED = Fraction(number=9, on=None, delivered=True)
TIMES = [
    # fractions                       planned          days  gap
    (march(10, 11, 12, 13, 14),       {},              5,    0),
    (march(10, 11, 12, 13, 14, 17),   {},              8,    0),   # over a weekend
    (march(10, 11, 13),               {},              4,    1),
    (march(10, 17),                   {},              8,    4),
    (march(14, 17),                   {},              4,    0),
    (march(14, 15, 17),               {},              4,    0),   # a Saturday is none too many
    (march(10, 12, 14),               {"every": 2},    5,    0),   # every other working day
    (march(10, 12, 17),               {"every": 2},    8,    1),
    (march(10, 10, 11, 11),           {"per_day": 2},  2,    0),
    (march(10, 10, 11),               {"per_day": 2},  2,    0),
    (march(10, 11, 12),               {"per_day": 2},  3,    1),
    (march(10),                       {},              1,    0),
    ([*march(10, 11), MISSED_FRACTION],     {},              2,    0),
    ([],                              {},              None, None),
    ([MISSED_FRACTION],                     {},              None, None),
    ([*march(10), UNDATED],           {},              1,    None),
    (march(10, 11),                   {"per_day": 0},  2,    None),
]  # fmt: skip


@pytest.mark.parametrize(("fractions", "plan", "days", "gap"), TIMES)
def test_time_is_in_calendar_days_and_gaps_in_working_days(fractions, plan, days, gap):
    assert treatment_days(fractions) == days
    assert gap_days(fractions, **plan) == gap


HOLIDAY = Calendar(
    holidays=frozenset({date(2025, 3, 12)}), working_weekends=frozenset({date(2025, 3, 15)})
)
CALENDARS = [
    # fractions             gap on weekdays  gap with the holiday
    (march(10, 11, 13),     1,               0),
    (march(14, 17),         0,               1),   # the Saturday was worked
]  # fmt: skip


@pytest.mark.parametrize(("fractions", "usual", "with_holiday"), CALENDARS)
def test_holidays_are_no_gap_and_worked_weekends_may_be_one(fractions, usual, with_holiday):
    assert (gap_days(fractions), gap_days(fractions, calendar=HOLIDAY)) == (usual, with_holiday)


PLANS = [
    # fractions  plan                            last day
    (1,          {},                             "2025-03-10"),
    (5,          {},                             "2025-03-14"),
    (6,          {},                             "2025-03-17"),
    (25,         {},                             "2025-04-11"),
    (3,          {"every": 2},                   "2025-03-14"),
    (4,          {"per_day": 2},                 "2025-03-11"),
    (5,          {"per_day": 2},                 "2025-03-12"),
    (3,          {"calendar": HOLIDAY},          "2025-03-13"),
    (0,          {},                             None),
    (5,          {"per_day": 0},                 None),
    (5,          {"every": 0},                   None),
]  # fmt: skip


@pytest.mark.parametrize(("fractions", "plan", "last"), PLANS)
def test_plan_ends_on_its_last_working_day(fractions, plan, last):
    assert planned_last_day(MONDAY, fractions, **plan) == (last and date.fromisoformat(last))


def test_plan_without_working_days_has_no_end():
    closed = Calendar(holidays=frozenset(MONDAY + timedelta(n) for n in range(1000)))
    assert planned_last_day(MONDAY, 5, calendar=closed) is None


MISSED = [
    # fractions                            prescribed  ended   missed
    (march(10, 11, 12, 13, 14),            5,          True,   0),
    (march(10, 11, 12, 13),                5,          True,   1),
    (march(10, 11, 12, 13),                5,          False,  0),   # still to come
    ([*march(10, 11), MISSED_FRACTION],          5,          False,  1),
    ([*march(10, 11, 12, 13, 14), MISSED_FRACTION], 5,       False,  0),   # made up for
    ([*march(10, 11, 12, 13, 14), MISSED_FRACTION], 5,       True,   0),
    ([],                                   5,          True,   5),
    (march(10, 11, 12),                    2,          True,   0),
    (march(10),                            None,       True,   None),
    (march(10, delivered=None),            5,          True,   None),
]  # fmt: skip


@pytest.mark.parametrize(("fractions", "prescribed", "ended", "expected"), MISSED)
def test_missed_fractions_were_prescribed_and_not_made_up_for(
    fractions, prescribed, ended, expected
):
    assert missed_fractions(fractions, prescribed=prescribed, course_ended=ended) == expected


DELIVERED = [
    (march(10, 11, 12), "30"),
    ([*march(10, 11), MISSED_FRACTION], "20"),
    (march(10, delivered=None), None),
    ([UNDATED], None),  # its dose is not entered
    ([], "0"),
]


@pytest.mark.parametrize(("fractions", "gy"), DELIVERED)
def test_delivered_dose_is_unknown_where_that_of_a_fraction_is(fractions, gy):
    assert delivered_gy(fractions) == (gy and D(gy))


DAYS = st.none() | st.dates(date(2025, 1, 1), date(2025, 12, 31))
FRACTIONS = st.lists(
    st.builds(
        Fraction,
        number=st.integers(1, 40),
        on=DAYS,
        delivered=st.sampled_from([True, False, None]),
        dose_gy=st.none(),
    ),
    max_size=8,
)


@given(FRACTIONS, st.integers(-1, 40), st.booleans(), st.integers(0, 3), st.integers(0, 3))
def test_log_is_summed_up_whatever_is_entered(fractions, prescribed, ended, per_day, every):
    gap = gap_days(fractions, per_day=per_day, every=every)
    assert gap is None or gap >= 0
    missed = missed_fractions(fractions, prescribed=prescribed, course_ended=ended)
    assert missed is None or 0 <= missed <= max(prescribed, 0)
