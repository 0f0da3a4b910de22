"""The check after cycle 2 by iRECIST (crf_spec 4.3), and after randomization (4.6)."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trial.protocol.kleene import Truth
from trial.protocol.parameters import DEFAULT, Pc2Criteria, RandomizationTiming
from trial.protocol.progression_check.progression import (
    NEXT,
    Consequence,
    Facts,
    RefusalCode,
    Remark,
    State,
    TumorAssessment,
    check,
)
from trial.protocol.response.irecist import IResponse
from trial.protocol.response.recist import Response

PR, SD, PD, NE = Response.PR, Response.SD, Response.PD, Response.NE
ICR, IPR, ISD, IUPD, ICPD = (
    IResponse.ICR,
    IResponse.IPR,
    IResponse.ISD,
    IResponse.IUPD,
    IResponse.ICPD,
)
IMMUNE = replace(DEFAULT, pc2_criteria=Pc2Criteria.IRECIST_FOR_ICI)
RECIST11 = replace(DEFAULT, pc2_criteria=Pc2Criteria.RECIST11)
BEFORE = replace(DEFAULT, randomization_timing=RandomizationTiming.BEFORE_CYCLES)


def day(text):
    return date.fromisoformat(f"2025-{text}")


def scan(text, derived=SD, irecist=None, investigator=None, *, stable=True, **more):
    return TumorAssessment(
        "PC2",
        day(text),
        day(text),
        derived,
        investigator or derived,
        irecist=irecist,
        stable=stable,
        **more,
    )


# cycle 1 on 03-10, cycle 2 on 03-31; the window is 04-14 to 04-28
V13 = Facts(
    day("03-10"),
    day("03-31"),
    cycle_length_days=21,
    baseline_scan_on=day("03-04"),
    immunotherapy=True,
)


def state(*scans, on="06-20", **facts):
    return check(replace(V13, assessments=scans, **facts), on=day(on), parameters=IMMUNE).state


CONFIRMATIONS = [
    # scans                                                                             state
    ([scan("04-21", PD, IUPD)],                                                         State.PENDING_IUPD),
    ([scan("04-21", PD, IUPD, stable=None)],                                            State.PENDING_IUPD),
    ([scan("04-21", PD, IUPD, stable=False)],                                           State.PD),
    ([scan("04-21", PD)],                                                               State.PENDING_IUPD),  # not derived yet
    ([scan("04-21", PD, IUPD), scan("05-19", PD, ICPD)],                                State.PD),
    ([scan("04-21", PD, IUPD), scan("05-19", PD, IUPD)],                                State.PENDING_IUPD),
    ([scan("04-21", PD, IUPD), scan("05-19", PD, IUPD, stable=False)],                  State.PD),
    ([scan("04-21", PD, IUPD), scan("05-19", PR, IPR)],                                 State.PASSED),
    ([scan("04-21", PD, IUPD), scan("05-19", SD, ISD)],                                 State.PASSED),
    ([scan("04-21", PD, IUPD), scan("05-19", PD, IPR)],                                 State.PASSED),  # its new lesion is still there
    ([scan("04-21", PD, IUPD), scan("05-05", SD, IUPD)],                                State.PENDING_IUPD),  # too early
    ([scan("04-21", PD, IUPD), scan("05-19", NE, IResponse.NE)],                        State.PENDING_IUPD),
    ([scan("04-21", PD, IUPD), scan("05-19", PR, IPR, signed=False)],                   State.MISSED),  # not signed yet
    ([scan("04-21", PD, IUPD), scan("05-19", PR, IPR), scan("06-10", PD, IUPD)],        State.PENDING_IUPD),  # a new one
    ([scan("04-21", PD, IUPD), scan("05-19", PD, ICPD, SD)],                            State.DISCORDANT),
    ([scan("04-15", SD, ISD), scan("04-21", PD, IUPD)],                                 State.PENDING_IUPD),
    ([scan("03-20", PD, IUPD)],                                                         State.PENDING_IUPD),  # before the window
    ([scan("04-21", SD, ISD)],                                                          State.PASSED),
]  # fmt: skip


@pytest.mark.parametrize(("scans", "expected"), CONFIRMATIONS)
def test_progression_under_immunotherapy_waits_for_confirmation(scans, expected):
    assert state(*scans) == expected


DEFAULTS = [
    # facts                      parameters                                 state
    ({},                         DEFAULT,                                   State.PD),
    ({},                         RECIST11,                                  State.PD),
    ({"immunotherapy": False},   IMMUNE,                                    State.PD),
    ({},                         IMMUNE,                                    State.PENDING_IUPD),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "parameters", "expected"), DEFAULTS)
def test_only_immunotherapy_and_the_parameter_together_wait(facts, parameters, expected):
    assert (
        check(
            replace(V13, assessments=(scan("04-21", PD, IUPD),), **facts),
            on=day("04-22"),
            parameters=parameters,
        ).state
        == expected
    )


def test_pending_check_tells_when_to_confirm():
    facts = replace(V13, assessments=(scan("04-21", PD, IUPD),))
    result = check(facts, on=day("06-16"), parameters=IMMUNE)
    assert (
        result.reason
        == "The scan of 2025-04-21 shows progression under immunotherapy: confirm it from 2025-05-19 to 2025-06-16."
    )
    assert (result.x07, result.refusal, result.remarks) == (
        Truth.UNKNOWN,
        RefusalCode.X07_UNKNOWN,
        (),
    )
    assert check(facts, on=day("06-17"), parameters=IMMUNE).remarks == (Remark.CONFIRMATION_LATE,)
    unsaid = check(
        replace(V13, assessments=(scan("04-21", PD, stable=None),)),
        on=day("04-22"),
        parameters=IMMUNE,
    )
    assert unsaid.reason.endswith("to 2025-06-16, and say whether the patient is stable.")


def test_story_10_had_it_happened_at_the_check():
    scans = (scan("04-21", PD, IUPD), scan("05-27", PR, IPR))
    result = [
        check(replace(V13, assessments=scans), on=day(on), parameters=IMMUNE)
        for on in ("04-21", "05-26", "05-27")
    ]
    assert [result.state for result in result] == [
        State.PENDING_IUPD,
        State.PENDING_IUPD,
        State.PASSED,
    ]
    assert result[-1].assessment == scans[1]
    assert check(replace(V13, assessments=scans), on=day("05-27")).refusal == RefusalCode.X07_PD


def test_death_cancels_what_waits():
    assert state(scan("04-21", PD, IUPD), died_on=day("05-01")) == State.CANCELLED


RANDOMIZED = replace(V13, randomized_on=day("03-08"))

BEFORE_CYCLES = [
    # scans                                      state          consequences
    ([],                                         State.MISSED,  (Consequence.HOLD_RADIOTHERAPY,)),
    ([scan("04-21", SD)],                        State.PASSED,  ()),
    ([scan("04-21", PD)],                        State.PD,
     (Consequence.PFS_EVENT, Consequence.END_SYSTEMIC_THERAPY, Consequence.NO_RADIOTHERAPY)),
    ([scan("04-21", PD, None, SD)],              State.DISCORDANT, (Consequence.HOLD_RADIOTHERAPY,)),
    ([scan("04-21", SD), scan("06-10", PD)],     State.PASSED,  ()),  # that one belongs to the schedule
    ([scan("04-01", PD), scan("04-21", SD)],     State.PD,
     (Consequence.PFS_EVENT, Consequence.END_SYSTEMIC_THERAPY, Consequence.NO_RADIOTHERAPY)),
    ([scan("04-21", NE), scan("05-01", SD)],     State.PASSED,  ()),
]  # fmt: skip


@pytest.mark.parametrize(("scans", "expected", "consequences"), BEFORE_CYCLES)
def test_randomized_before_the_cycles_the_check_decides_on_treatment(scans, expected, consequences):
    result = check(
        replace(RANDOMIZED, assessments=tuple(scans)), on=day("06-20"), parameters=BEFORE
    )
    assert (result.state, result.refusal, result.consequences) == (expected, None, consequences)


def test_scans_after_randomization_do_not_count_for_the_check():
    facts = replace(
        V13, randomized_on=day("04-25"), assessments=(scan("04-21", SD), scan("06-10", PD))
    )
    assert check(facts, on=day("06-20")).state == State.PASSED
    assert (
        check(replace(RANDOMIZED, assessments=(scan("04-21", PD),)), on=day("06-20")).state
        == State.MISSED
    )


def test_progression_before_randomization_ends_the_induction():
    result = check(replace(V13, assessments=(scan("04-21", PD),)), on=day("04-22"))
    assert result.consequences == (Consequence.INDUCTION_FAILED, Consequence.END_SYSTEMIC_THERAPY)
    assert check(V13, on=day("04-22")).consequences == ()


DAYS = st.none() | st.dates(date(2025, 1, 1), date(2025, 12, 31))
READINGS = st.none() | st.sampled_from(Response)
SCANS = st.builds(
    TumorAssessment, st.just("TA"), DAYS, DAYS, READINGS, READINGS, *([st.booleans()] * 6),
    st.none() | st.sampled_from(IResponse), st.none() | st.booleans(),
)  # fmt: skip
ANY_FACTS = st.builds(
    Facts, DAYS, DAYS, DAYS, st.none() | st.integers(7, 42), DAYS, st.booleans(), DAYS, st.booleans(),
    st.lists(SCANS, max_size=4).map(tuple), DAYS, DAYS, DAYS, st.booleans(),
)  # fmt: skip
CRITERIA, TIMING = st.sampled_from(Pc2Criteria), st.sampled_from(RandomizationTiming)


@given(ANY_FACTS, st.dates(date(2024, 12, 1), date(2026, 3, 1)), CRITERIA, TIMING)
def test_check_answers_whatever_the_facts(facts, today, criteria, timing):
    result = check(
        facts,
        on=today,
        parameters=replace(DEFAULT, pc2_criteria=criteria, randomization_timing=timing),
    )
    assert result.reason.endswith(".")
    assert (result.x07 == Truth.NOT_MET) == (result.state == State.PASSED)
    assert (result.x07 == Truth.MET) == (result.state == State.PD)
    assert timing == RandomizationTiming.AFTER_PC2 or result.refusal is None


@st.composite
def courses(draw):
    """Return treatments whose facts happen in their natural order."""
    length = draw(st.sampled_from([14, 21, 28]))
    first = date(2025, 3, 10)
    second = first + timedelta(length + draw(st.integers(0, 10)))
    offsets = draw(st.lists(st.integers(1, 120), max_size=4, unique=True))
    scans = tuple(
        replace(draw(SCANS), first_scan_on=first + timedelta(n), last_scan_on=None) for n in offsets
    )
    ended = draw(st.none() | st.integers(1, 150).map(lambda days: first + timedelta(days)))
    return Facts(
        first,
        second,
        None,
        length,
        baseline_scan_on=first,
        assessments=scans,
        died_on=ended,
        immunotherapy=True,
    )


@given(courses(), CRITERIA, TIMING)
@settings(deadline=None)
def test_a_day_that_passes_moves_the_state_only_as_the_table_says(facts, criteria, timing):
    days = [date(2025, 3, 9) + timedelta(n) for n in range(160)]
    parameters = replace(DEFAULT, pc2_criteria=criteria, randomization_timing=timing)
    states = [check(facts, on=today, parameters=parameters).state for today in days]
    assert all(now == then or now in NEXT[then] for then, now in pairwise(states))


def test_two_repeats_keep_the_window_open_until_the_check_is_missed():
    """From DUE, the next day may be MISSED's.

    The window closes 14 days after a scan that was not evaluable (crf_spec 4.3).
    """
    unread = {"derived": None, "investigator": None, "complete": False, "signed": False}
    partial = [
        TumorAssessment("TA", day, None, **unread, covers_chest_abdomen_pelvis=False)
        for day in (date(2025, 4, 20), date(2025, 5, 4))
    ]
    whole = TumorAssessment("TA", date(2025, 5, 5), None, **unread)
    first = date(2025, 3, 10)
    facts = Facts(
        first,
        date(2025, 3, 31),
        cycle_length_days=21,
        baseline_scan_on=first,
        assessments=(*partial, whole),
    )
    days = (date(2025, 4, 21), date(2025, 5, 4), date(2025, 5, 18), date(2025, 5, 19))
    assert [check(facts, on=day).state for day in days] == [
        State.NE_REPEAT,
        State.NE_REPEAT,
        State.DUE,
        State.MISSED,
    ]
    assert State.MISSED in NEXT[State.DUE]
