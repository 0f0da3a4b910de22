"""The regimen in force in each cycle (crf_spec 2.14, SYSREG): a later one rewrites nothing."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.therapy import in_force


def day(text):
    return text and date.fromisoformat(f"2025-{text}")


@dataclass(frozen=True)
class OnStudy:
    name: str
    from_on: date | None
    role: str = "INDUCTION"
    cycle_length_days: int | None = 21
    most_cycles: int | None = 6


CIS = OnStudy("cis", day("03-10"))
CARBO = OnStudy("carbo", day("04-21"), "SWITCH", most_cycles=4)
AVEL = OnStudy("avel", day("08-04"), "MAINTENANCE", 14, None)
UNDATED = OnStudy("undated", None, "SWITCH", 28, 2)
THREE = (CIS, CARBO, AVEL)
CYCLES = {
    number: day(text)
    for number, text in enumerate(["03-10", "03-31", "04-21", "05-19", "08-06", "08-20"], 1)
}

IN_FORCE = [
    # regimens              on       in force
    (THREE,                 "03-01", "cis"),     # before all: the first
    (THREE,                 "03-10", "cis"),
    (THREE,                 "04-20", "cis"),
    (THREE,                 "04-21", "carbo"),
    (THREE,                 "08-03", "carbo"),
    (THREE,                 "08-04", "avel"),
    ((AVEL, CARBO, CIS),    "04-20", "cis"),     # entered in another order
    ((UNDATED, CARBO),      "03-10", "undated"),  # the first one may lack its day
    ((CIS, UNDATED),        "12-31", "cis"),     # a later one that lacks it is not in force
    ((CIS, OnStudy("again", day("03-10"))), "03-10", "again"),
    ((),                    "03-10", None),
]  # fmt: skip


@pytest.mark.parametrize(("regimens", "on", "name"), IN_FORCE)
def test_regimen_is_in_force_from_its_own_day(regimens, on, name):
    regimen = in_force.in_force(regimens, on=day(on))
    assert (regimen and regimen.name) == name


PLANNED = [
    # cycle  regimen  target    delay of day 1
    (1,      "cis",   None,     None),
    (2,      "cis",   "03-31",  0),
    (3,      "carbo", "04-21",  0),      # the length of the regimen in force in cycle 2
    (4,      "carbo", "05-12",  7),
    (5,      "avel",  "08-04",  None),   # the first of a maintenance: its own day, no delay
    (6,      "avel",  "08-20",  0),      # 14 days
    (7,      "avel",  "09-03",  None),   # not given yet
]  # fmt: skip


@pytest.mark.parametrize(("number", "name", "target", "delay"), PLANNED)
def test_target_and_delay_are_those_of_the_cycle_before(number, name, target, delay):
    assert in_force.regimen_of(number, THREE, CYCLES).name == name
    assert in_force.target_on(number, THREE, CYCLES) == day(target)
    assert in_force.delay_days(number, CYCLES.get(number), THREE, CYCLES) == delay


NEXT = [
    # regimens                                cycles  next     due      last planned
    ((CIS,),                                  2,      "cis",   "04-21", 6),
    ((CIS, CARBO),                            2,      "carbo", "04-21", 6),   # 2 + 4
    ((CIS, CARBO),                            3,      "carbo", "05-12", 6),
    ((CIS, AVEL),                             2,      "cis",   "04-21", 6),   # six cycles go on until it begins
    ((OnStudy("two", day("03-10"), most_cycles=2), AVEL), 2, "avel", "08-04", None),
    ((OnStudy("on", day("03-10"), most_cycles=None), AVEL), 2, "on", "04-21", None),
    ((OnStudy("?", day("03-10"), cycle_length_days=None),), 2, "?", None, 6),
    ((),                                      2,      None,    None,    None),
    ((CIS,),                                  0,      "cis",   None,    6),
]  # fmt: skip


@pytest.mark.parametrize(("regimens", "given", "name", "due", "last"), NEXT)
def test_next_cycle_is_that_of_the_regimen_which_goes_on_or_begins(
    regimens, given, name, due, last
):
    cycles = dict(list(CYCLES.items())[:given])
    regimen = in_force.regimen_of(given + 1, regimens, cycles)
    assert (regimen and regimen.name) == name
    assert in_force.target_on(given + 1, regimens, cycles) == day(due)
    assert in_force.last_cycle(regimens, cycles) == last


OWN = [
    # regimen  first  its cycles
    (CIS, 1, [1, 2]),
    (CARBO, 3, [3, 4]),
    (AVEL, 5, [5, 6]),
]


@pytest.mark.parametrize(("regimen", "first", "numbers"), OWN)
def test_each_regimen_has_its_own_cycles(regimen, first, numbers):
    assert list(in_force.cycles_of(regimen, THREE, CYCLES)) == numbers
    assert in_force.first_cycle_of(regimen, THREE, CYCLES) == first


def test_cycle_after_one_that_is_not_entered_has_no_target():
    gap = {1: day("03-10"), 3: day("04-21")}
    assert in_force.target_on(3, THREE, gap) is None
    assert in_force.delay_days(3, gap[3], THREE, gap) is None


@given(st.dates(day("08-21"), day("12-31")), st.sampled_from([*in_force.Role]))
def test_regimen_entered_later_changes_nothing_of_earlier_cycles(from_on, role):
    later = OnStudy("later", from_on, role, 7, 1)
    for number in CYCLES:
        for read in (in_force.regimen_of, in_force.target_on):
            assert read(number, (*THREE, later), CYCLES) == read(number, THREE, CYCLES)
