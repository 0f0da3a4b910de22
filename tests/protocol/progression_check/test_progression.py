"""The check after cycle 2 (crf_spec 4), with the patients of crf_spec 8."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trial.protocol.kleene import Truth
from trial.protocol.parameters import DEFAULT
from trial.protocol.progression_check.progression import (
    NEXT,
    Facts,
    RefusalCode,
    Remark,
    State,
    TumorAssessment,
    check,
    window,
)
from trial.protocol.response.recist import Response

CR, PR, SD, PD, NE = Response.CR, Response.PR, Response.SD, Response.PD, Response.NE
NN, NED = Response.NON_CR_NON_PD, Response.NED


def day(text, year=2025):
    return date.fromisoformat(f"{year}-{text}")


def scan(text, derived=SD, investigator=None, **more):
    return TumorAssessment("PC2", day(text), day(text), derived, investigator or derived, **more)


# V13: cycle 1 on 03-10, cycle 2 on 03-31; opens 04-14, target 04-21, closes 04-28
V13 = Facts(day("03-10"), day("03-31"), cycle_length_days=21, baseline_scan_on=day("03-04"))


def after(*scans, **facts):
    return replace(V13, assessments=scans, **facts)


def on(facts, text, **parameters):
    return check(facts, on=day(text), parameters=replace(DEFAULT, **parameters))


WINDOWS = [
    # facts                                                            opens    target   closes   escalates missed
    (V13,                                                              "04-14", "04-21", "04-28", "05-05", "05-19"),
    (Facts(day("03-10"), day("03-24"), cycle_length_days=14),          "03-31", "04-07", "04-14", "04-21", "05-05"),
    (Facts(day("04-07"), day("04-28"), cycle_length_days=21),          "05-12", "05-19", "05-26", "06-02", "06-16"),  # story 3
    (Facts(day("05-05"), day("05-26"), cycle_length_days=21),          "06-09", "06-16", "06-23", "06-30", "07-14"),  # story 4
    (Facts(day("03-10"), None, None, 21, day("03-17"), True),          "03-31", "04-07", "04-14", "04-21", "05-05"),  # stopped
]  # fmt: skip


@pytest.mark.parametrize(("facts", "opens", "target", "closes", "escalates", "missed"), WINDOWS)
def test_window_is_one_cycle_after_cycle_2(facts, opens, target, closes, escalates, missed):
    result = window(facts)
    days = (
        result.opens_on,
        result.target_on,
        result.closes_on,
        result.escalates_on,
        result.missed_on,
    )
    assert days == tuple(day(text) for text in (opens, target, closes, escalates, missed))


def test_window_can_be_held_off_until_a_day_after_the_first_dose():
    facts = Facts(day("03-10"), day("03-24"), cycle_length_days=14)
    assert window(facts, replace(DEFAULT, pc2_min_days_from_c1d1=42)).target_on == day("04-21")
    assert window(facts, replace(DEFAULT, pc2_min_days_from_c1d1=28)).target_on == day("04-07")


UNKNOWN_WINDOWS = [
    Facts(),
    Facts(day("03-10"), cycle_length_days=21),
    Facts(day("03-10"), day("03-31")),
    Facts(day("03-10"), cycle_length_days=21, last_dose_on=day("03-17")),
]


@pytest.mark.parametrize("facts", UNKNOWN_WINDOWS)
def test_there_is_no_window_before_cycle_2_or_a_stop(facts):
    assert window(facts) is None


V13_BY_DAY = [
    # on       state
    ("03-09",  State.NOT_STARTED),
    ("03-10",  State.WAITING),
    ("03-30",  State.WAITING),
    ("03-31",  State.SCHEDULED),
    ("04-13",  State.SCHEDULED),
    ("04-14",  State.DUE),
    ("04-28",  State.DUE),
    ("04-29",  State.OVERDUE),
    ("05-04",  State.OVERDUE),
    ("05-05",  State.ESCALATED),
    ("05-18",  State.ESCALATED),
    ("05-19",  State.MISSED),
]  # fmt: skip


@pytest.mark.parametrize(("text", "state"), V13_BY_DAY)
def test_v13_without_an_assessment_day_by_day(text, state):
    result = on(V13, text)
    assert (result.state, result.x07, result.refusal) == (
        state,
        Truth.UNKNOWN,
        RefusalCode.X07_UNKNOWN,
    )


def test_days_late_are_counted_from_the_end_of_the_window():
    assert [on(V13, text).late_days for text in ("04-28", "04-29", "05-05")] == [0, 1, 7]


def test_cycle_4_escalates_at_once():
    assert on(replace(V13, cycle_4_day_1=day("04-25")), "04-25").state == State.ESCALATED
    assert on(replace(V13, cycle_4_day_1=day("04-25")), "04-24").state == State.DUE


@pytest.mark.parametrize(
    ("text", "remarks"), [("04-20", ()), ("04-21", (Remark.CYCLE_2_NOT_STARTED,))]
)
def test_cycle_2_that_does_not_start_is_remarked_after_two_cycle_lengths(text, remarks):
    assert on(Facts(day("03-10"), cycle_length_days=21), text).remarks == remarks


FINDINGS = [
    # derived  investigator  state             X07             refusal
    (CR,       CR,           State.PASSED,     Truth.NOT_MET,  None),
    (PR,       PR,           State.PASSED,     Truth.NOT_MET,  None),
    (SD,       SD,           State.PASSED,     Truth.NOT_MET,  None),
    (NN,       NN,           State.PASSED,     Truth.NOT_MET,  None),
    (NED,      NED,          State.PASSED,     Truth.NOT_MET,  None),
    (PR,       SD,           State.PASSED,     Truth.NOT_MET,  None),                    # minor
    (PD,       PD,           State.PD,         Truth.MET,      RefusalCode.X07_PD),
    (PD,       SD,           State.DISCORDANT, Truth.UNKNOWN,  RefusalCode.X07_UNKNOWN),
    (SD,       PD,           State.DISCORDANT, Truth.UNKNOWN,  RefusalCode.X07_UNKNOWN),
    (CR,       PR,           State.DISCORDANT, Truth.UNKNOWN,  RefusalCode.X07_UNKNOWN),
    (NE,       PD,           State.DISCORDANT, Truth.UNKNOWN,  RefusalCode.X07_UNKNOWN),
    (NE,       NE,           State.NE_REPEAT,  Truth.UNKNOWN,  RefusalCode.X07_UNKNOWN),
    (NE,       SD,           State.NE_REPEAT,  Truth.UNKNOWN,  RefusalCode.X07_UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("derived", "investigator", "state", "x07", "refusal"), FINDINGS)
def test_response_of_the_scan_decides_x07(derived, investigator, state, x07, refusal):
    result = on(after(scan("04-21", derived, investigator)), "04-22")
    assert (result.state, result.x07, result.refusal) == (state, x07, refusal)


DEMANDS = [
    # what the scan lacks                       state
    ({"covers_chest_abdomen_pelvis": False},    State.NE_REPEAT),
    ({"same_method": False},                    State.NE_REPEAT),
    ({"all_lesions_assessed": False},           State.NE_REPEAT),
    ({"complete": False},                       State.DUE),
    ({"signed": False},                         State.DUE),
    ({"derived": None},                         State.DUE),
    ({"investigator": None},                    State.DUE),
]  # fmt: skip


@pytest.mark.parametrize(("lacking", "state"), DEMANDS)
def test_scan_that_lacks_something_does_not_pass(lacking, state):
    result = on(after(replace(scan("04-21"), **lacking)), "04-22")
    assert (result.state, result.refusal) == (state, RefusalCode.X07_UNKNOWN)


@pytest.mark.parametrize(
    ("text", "state"), [("04-13", State.DUE), ("04-14", State.PASSED), ("04-28", State.PASSED)]
)
def test_scan_passes_from_the_day_the_window_opens(text, state):
    assert on(after(scan(text)), "04-28").state == state


BASELINES = [
    # baseline  pretreated  state
    ("03-10",   False,      State.PASSED),
    ("02-10",   False,      State.PASSED),     # 28 days
    ("02-09",   False,      State.NE_REPEAT),  # 29 days
    ("02-09",   True,       State.PASSED),
    ("03-11",   False,      State.NE_REPEAT),  # after the first dose
    (None,      True,       State.NE_REPEAT),
]  # fmt: skip


@pytest.mark.parametrize(("baseline", "pretreated", "state"), BASELINES)
def test_baseline_is_at_most_28_days_older_than_the_first_dose(baseline, pretreated, state):
    facts = after(scan("04-21"), baseline_scan_on=baseline and day(baseline), pretreated=pretreated)
    assert on(facts, "04-22").state == state


@pytest.mark.parametrize(
    "lacking", [{}, {"signed": False}, {"complete": False}, {"all_lesions_assessed": False}]
)
def test_progression_before_the_window_counts_at_once(lacking):
    assert on(after(scan("03-25", PD, **lacking)), "03-25").state == State.PD


def test_progression_before_the_first_dose_is_not_of_this_treatment():
    assert on(after(scan("03-09", PD)), "04-22").state == State.DUE


def test_later_scan_does_not_undo_progression():
    assert on(after(scan("04-01", PD), scan("04-21", SD)), "04-22").state == State.PD
    assert on(after(scan("04-01", PD, SD), scan("04-21", SD)), "04-22").state == State.DISCORDANT


def test_disagreement_about_cr_ends_with_a_scan_on_which_the_readers_agree():
    assert on(after(scan("04-15", CR, PR), scan("04-21", CR)), "04-22").state == State.PASSED


def test_scan_after_randomization_is_not_the_checks():
    facts = after(scan("04-21"), scan("06-27", PD), randomized_on=day("04-25"))
    assert on(facts, "06-28").state == State.PASSED
    assert on(replace(facts, randomized_on=None), "06-28").state == State.PD


def test_equivocal_new_lesion_alone_passes_and_is_watched():
    result = on(after(scan("04-21", equivocal_new_lesion_only=True)), "04-22")
    assert (result.state, result.remarks) == (State.PASSED, (Remark.EQUIVOCAL_NEW_LESION,))


def test_latest_scan_that_passes_is_the_one_that_counts():
    assert on(after(scan("04-21"), scan("05-10", PR)), "05-10").assessment.derived == PR


ENDS = [
    # facts                                                          state
    ({"died_on": day("04-20")},                                      State.CANCELLED),
    ({"withdrawn_on": day("04-20")},                                 State.CANCELLED),
    ({"died_on": day("04-22")},                                      State.DUE),        # not yet
    ({"died_on": day("04-20"), "assessments": (scan("04-15"),)},     State.PASSED),
    ({"died_on": day("04-20"), "assessments": (scan("04-15", PD),)}, State.PD),
    ({"died_on": day("04-20"), "assessments": (scan("04-15", PD, SD),)}, State.CANCELLED),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "state"), ENDS)
def test_death_and_withdrawal_cancel_what_is_not_decided(facts, state):
    assert on(replace(V13, **facts), "04-21").state == state


DAYS = st.none() | st.dates(date(2025, 1, 1), date(2025, 12, 31))
READINGS = st.none() | st.sampled_from(Response)
SCANS = st.builds(
    TumorAssessment, st.just("TA"), DAYS, DAYS, READINGS, READINGS, *([st.booleans()] * 6)
)
ANY_FACTS = st.builds(
    Facts, DAYS, DAYS, DAYS, st.none() | st.integers(7, 42), DAYS, st.booleans(), DAYS, st.booleans(),
    st.lists(SCANS, max_size=4).map(tuple), DAYS, DAYS, DAYS,
)  # fmt: skip


@given(ANY_FACTS, st.dates(date(2024, 12, 1), date(2026, 3, 1)))
def test_check_answers_whatever_the_facts(facts, today):
    result = check(facts, on=today)
    assert result.reason.endswith(".")
    assert (
        (result.refusal is None) == (result.state == State.PASSED) == (result.x07 == Truth.NOT_MET)
    )
    assert (
        (result.refusal == RefusalCode.X07_PD)
        == (result.state == State.PD)
        == (result.x07 == Truth.MET)
    )


@st.composite
def courses(draw):
    """Return treatments whose facts happen in their natural order."""
    length = draw(st.sampled_from([14, 21, 28]))
    first = date(2025, 3, 10)
    second = first + timedelta(length + draw(st.integers(0, 10)))
    fourth = draw(
        st.none() | st.integers(2 * length - 5, 60).map(lambda days: second + timedelta(days))
    )
    offsets = draw(st.lists(st.integers(1, 120), max_size=3, unique=True))
    scans = tuple(
        replace(draw(SCANS), first_scan_on=first + timedelta(n), last_scan_on=None) for n in offsets
    )
    ended = draw(st.none() | st.integers(1, 150).map(lambda days: first + timedelta(days)))
    return Facts(
        first, second, fourth, length, baseline_scan_on=first, assessments=scans, died_on=ended
    )


@given(courses())
@settings(deadline=None)
def test_a_day_that_passes_moves_the_state_only_as_the_table_says(facts):
    days = [date(2025, 3, 9) + timedelta(n) for n in range(160)]
    states = [check(facts, on=today).state for today in days]
    assert all(now == then or now in NEXT[then] for then, now in pairwise(states))


def test_every_state_has_its_moves():
    assert set(NEXT) == set(State)
