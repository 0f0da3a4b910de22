"""Cumulative dose and relative dose intensity (crf_spec 2.14; golden vectors, 9)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.therapy.dose_intensity import (
    Cumulative,
    Dose,
    agent_intensity_percent,
    cumulative_dose,
    regimen_intensity_percent,
)

D = Decimal
C1, C2 = date(2025, 3, 10), date(2025, 3, 31)


def dose(cycle, planned, actual, measure=None):
    amounts = (None if amount is None else D(amount) for amount in (planned, actual, measure))
    return Dose(
        cycle=cycle, **dict(zip(("planned_mg", "actual_mg", "measure"), amounts, strict=True))
    )


CUMULATIVE = [
    # doses                                                   mg      per measure
    ([dose(1, 1800, 1800, "1.8"), dose(1, 1800, 1800, "1.8")], "3600", "2000"),
    ([dose(1, 140, 140, 70), dose(2, 130, 104, 65)],          "244",  "3.6"),    # each by its own weight
    ([dose(1, 140, 140, 70), dose(2, 130, 0)],                "140",  "2"),      # not given: no weight needed
    ([dose(1, 140, 140)],                                     "140",  None),
    ([dose(1, 140, 140, 0)],                                  "140",  None),
    ([dose(1, 140, 140, 70), dose(2, 130, None, 65)],         None,   None),
    ([],                                                      "0",    "0"),
]  # fmt: skip


@pytest.mark.parametrize(("doses", "mg", "normalized"), CUMULATIVE)
def test_cumulative_dose_is_unknown_where_a_part_is(doses, mg, normalized):
    assert cumulative_dose(doses) == Cumulative(mg and D(mg), normalized and D(normalized))


def days(*offsets):
    return {cycle: C1 + timedelta(offset) for cycle, offset in enumerate(offsets, 1)}


def cycles(*actual, planned=100):
    return [dose(cycle, planned, mg) for cycle, mg in enumerate(actual, 1)]


FOUR_LATE = days(0, 35, 70, 105)  # cycle 4 on 2025-06-23
INTENSITY = [
    # doses                                day 1 of each cycle          max   percent
    ("V12", cycles(100, 100, 100, 100),    FOUR_LATE,                   None, "66.7"),
    ("on time", cycles(100, 100),          days(0, 21),                 None, "100.0"),
    ("reduced", cycles(100, 75),           days(0, 21),                 None, "87.5"),
    ("omitted", cycles(100, 0),            days(0, 21),                 None, "50.0"),
    ("early", cycles(100, 100),            days(0, 18),                 None, "107.7"),
    ("two a cycle", cycles(100, 100) * 2,  days(0, 42),                 None, "66.7"),
    ("six of seven", cycles(100, 100),     days(0, 21, 84),             2,    "100.0"),  # its later cycles plan none of it
    ("begun", cycles(100),                 days(0),                     6,    "100.0"),
    ("a cycle short", cycles(100, 100),    days(0, 21, 42),             None, None),
    ("a cycle more", cycles(100, 100, 100), days(0, 21),                None, None),
    ("dose missing", cycles(100, None),    days(0, 21),                 None, None),
    ("plan missing", cycles(100, planned=None), days(0),                None, None),
    ("nothing planned", cycles(0, planned=0), days(0),                  None, None),
    ("same day twice", cycles(100, 100),   days(0, 0),                  None, None),
    ("backwards", cycles(100, 100),        days(21, 0),                 None, None),
    ("no cycle 1", [dose(2, 100, 100)],    {2: C2},                     None, None),
    ("none", [],                           {},                          None, None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "doses", "day_1_of", "max_cycles", "percent"), INTENSITY)
def test_intensity_is_dose_per_time_of_what_was_planned(name, doses, day_1_of, max_cycles, percent):
    intensity = agent_intensity_percent(
        doses, day_1_of=day_1_of, cycle_length_days=21, max_cycles=max_cycles
    )
    assert (intensity and round(intensity, 1)) == (percent and D(percent))


FROM_CYCLE_3 = [dose(3, 100, 100), dose(4, 100, 50)]
LATER_REGIMEN = [
    # day 1 of each of its cycles                first  percent
    ({3: C1, 4: C1 + timedelta(21)},             3,     "75.0"),
    ({3: C1, 4: C1 + timedelta(42)},             3,     "50.0"),
    ({3: C1, 4: C1 + timedelta(21)},             2,     None),  # its first cycle is not entered
    ({3: C1, 4: C1 + timedelta(21)},             1,     None),
]  # fmt: skip


@pytest.mark.parametrize(("day_1_of", "first", "percent"), LATER_REGIMEN)
def test_intensity_of_a_later_regimen_counts_from_its_own_first_cycle(day_1_of, first, percent):
    intensity = agent_intensity_percent(
        FROM_CYCLE_3, day_1_of=day_1_of, cycle_length_days=21, first_cycle=first
    )
    assert (intensity and round(intensity, 1)) == (percent and D(percent))


REGIMEN = [
    # agents           percent
    (["100", "70"],    "85"),
    (["66.7"],         "66.7"),
    (["100", None],    None),
    ([],               None),
]  # fmt: skip


@pytest.mark.parametrize(("agents", "percent"), REGIMEN)
def test_intensity_of_a_regimen_is_the_mean_of_its_agents(agents, percent):
    assert regimen_intensity_percent([agent and D(agent) for agent in agents]) == (
        percent and D(percent)
    )


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=8), st.integers(0, 60))
def test_delay_never_raises_the_intensity(actual, late):
    on_time = {cycle: C1 + timedelta(21 * (cycle - 1)) for cycle in range(1, len(actual) + 1)}
    delayed = on_time | {len(actual): on_time[len(actual)] + timedelta(late)}
    doses = cycles(*actual, planned=1000)
    first, second = (
        agent_intensity_percent(doses, day_1_of=day_1_of, cycle_length_days=21)
        for day_1_of in (on_time, delayed)
    )
    assert second <= first <= 100
