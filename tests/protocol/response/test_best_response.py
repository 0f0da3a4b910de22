"""Best overall response, row by row of RECIST 1.1's Table 3, and the dates of responses."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.response.best_response import BEST_FIRST, best_response, confirmed_best_response
from trial.protocol.response.evaluations import Evaluation, PdDate, progression_on
from trial.protocol.response.lesions import NewLesion, NewLesionCertainty, TimePoint
from trial.protocol.response.recist import Response

CR, PR, SD, PD, NE = Response.CR, Response.PR, Response.SD, Response.PD, Response.NE
NN, NED = Response.NON_CR_NON_PD, Response.NED
START = date(2025, 1, 1)


def on(days):
    return START + timedelta(days)


def scans(*pairs):
    return [
        Evaluation(f"TA{n}", on(day), None, response) for n, (day, response) in enumerate(pairs, 1)
    ]


def best(*pairs, **knobs):
    return best_response(scans(*pairs), start_on=START, **knobs).response


def confirmed(*pairs, **knobs):
    return confirmed_best_response(scans(*pairs), start_on=START, **knobs).response


UNCONFIRMED = [
    # evaluations                            best
    ([(63, PR), (126, CR), (189, PD)],       CR),
    ([(63, SD), (126, PR), (189, SD)],       PR),
    ([(63, SD), (126, PD), (189, PR)],       SD),    # nothing counts after PD
    ([(63, PD), (126, CR)],                  PD),
    ([(42, SD)],                             SD),
    ([(41, SD)],                             NE),    # too early to be stable
    ([(41, SD), (63, PD)],                   PD),
    ([(41, SD), (63, NE)],                   NE),
    ([(20, PR), (63, PD)],                   PR),    # a response is one on any day
    ([(42, NN), (63, PD)],                   NN),
    ([(41, NN)],                             NE),
    ([(63, NED)],                            NED),
    ([(63, NE), (126, SD)],                  SD),
    ([(63, None)],                           NE),
    ([(0, CR), (63, SD)],                    SD),    # on the day of randomization it is a baseline
    ([],                                     None),
]  # fmt: skip


@pytest.mark.parametrize(("evaluations", "expected"), UNCONFIRMED)
def test_best_response_of_a_randomized_trial(evaluations, expected):
    assert best(*evaluations) == expected


TABLE_3 = [
    # first  next   late (stable long enough)  early
    (CR,     CR,    CR,                        CR),
    (CR,     PR,    SD,                        PD),
    (CR,     SD,    SD,                        PD),
    (CR,     PD,    SD,                        PD),
    (CR,     NE,    SD,                        NE),
    (PR,     CR,    PR,                        PR),
    (PR,     PR,    PR,                        PR),
    (PR,     SD,    SD,                        SD),
    (PR,     PD,    SD,                        PD),
    (PR,     NE,    SD,                        NE),
    (NE,     NE,    NE,                        NE),
    (SD,     PD,    SD,                        PD),
    (PD,     CR,    PD,                        PD),
]  # fmt: skip


@pytest.mark.parametrize(("first", "then", "late", "early"), TABLE_3)
def test_confirmed_best_response_follows_table_3(first, then, late, early):
    assert confirmed((63, first), (126, then)) == late
    assert confirmed((30, first), (60, then)) == early


def test_complete_response_may_be_read_again_as_partial():
    assert confirmed((63, CR), (126, PR), cr_read_again=True) == PR
    assert confirmed((63, CR), (126, SD), cr_read_again=True) == SD
    assert confirmed((63, CR), (126, PR), (189, CR)) == SD


CONFIRMATION = [
    # evaluations                                       knobs                  best
    ([(63, PR), (90, PR)],                              {},                    SD),   # 27 days
    ([(63, PR), (91, PR)],                              {},                    PR),   # 28 days
    ([(63, PR), (90, PR), (91, PR)],                    {},                    PR),
    ([(63, CR), (90, CR)],                              {"confirm_days": 27},  CR),
    ([(63, PR), (126, NE), (189, PR)],                  {},                    PR),
    ([(63, PR), (126, NE), (150, NE), (189, PR)],       {},                    SD),
    ([(63, PR), (126, NE), (150, NE), (189, PR)],       {"max_ne": 2},         PR),
    ([(63, PR), (126, NE), (189, PR)],                  {"max_ne": 0},         SD),
    ([(63, PR), (126, SD), (189, PR)],                  {},                    SD),
    ([(63, PR), (126, SD), (189, PR)],                  {"accept_sd": True},   PR),
    ([(63, PR), (126, SD), (150, SD), (189, PR)],       {"accept_sd": True},   SD),
    ([(63, PR), (126, CR), (189, CR)],                  {},                    CR),
    ([(63, PR), (126, CR), (189, NE)],                  {},                    PR),
    ([(63, SD), (126, PR), (189, PR)],                  {},                    PR),
    ([(63, CR), (126, NE)],                             {"targets": False},    NN),
    ([(63, NN), (126, NN)],                             {"targets": False},    NN),
    ([(63, CR), (126, CR)],                             {"targets": False},    CR),
    ([(63, NED), (126, NED)],                           {},                    NED),
    ([(41, SD)],                                        {},                    NE),
    ([(41, SD)],                                        {"min_sd_days": 41},   SD),
    ([],                                                {},                    None),
]  # fmt: skip


@pytest.mark.parametrize(("evaluations", "knobs", "expected"), CONFIRMATION)
def test_knobs_of_confirmation(evaluations, knobs, expected):
    assert confirmed(*evaluations, **knobs) == expected


@pytest.mark.parametrize(("therapy", "expected"), [(125, SD), (126, CR), (None, CR)])
def test_nothing_counts_after_a_new_therapy(therapy, expected):
    until_on = None if therapy is None else on(therapy)
    assert best((63, SD), (126, CR), until_on=until_on) == expected


def test_best_response_tells_its_day_reason_and_records():
    best = best_response(scans((63, SD), (126, PR)), start_on=START)
    assert (best.on, best.reason, best.records) == (on(126), "PR at TA2.", ("TA2",))
    best = confirmed_best_response(scans((63, PR), (126, CR)), start_on=START)
    assert (best.on, best.reason, best.records) == (
        on(63),
        "PR at TA1, confirmed at TA2.",
        ("TA1", "TA2"),
    )
    assert best_response(scans((20, SD)), start_on=START).reason == "Stable for less than 42 days."
    assert best_response(scans((63, PR)), start_on=None).reason == "There is no day to count from."
    assert confirmed_best_response([], start_on=None).response is None


DATES = [
    # response  first  last   progression first seen  dated
    (PD,        63,    65,    None,                   63),
    (PD,        63,    65,    64,                     64),
    (PD,        126,   126,   63,                     63),
    (PD,        None,  65,    None,                   65),
    (PD,        63,    65,    66,                     65),   # no scan shows it later
    (PD,        65,    63,    None,                   63),   # in the wrong order
    (PR,        65,    63,    None,                   65),
    (PR,        63,    65,    None,                   65),
    (SD,        63,    None,  None,                   63),
    (SD,        None,  None,  None,                   None),
]  # fmt: skip


@pytest.mark.parametrize(("response", "first", "last", "pd_on", "dated"), DATES)
def test_progression_dates_from_its_first_scan_a_response_from_the_last(
    response, first, last, pd_on, dated
):
    days = [None if day is None else on(day) for day in (first, last, pd_on, dated)]
    assert Evaluation("TA1", days[0], days[1], response, pd_on=days[2]).dated_on == days[3]


def new(certainty, code="", pd_on=None, *, gone=False):
    return NewLesion(NewLesionCertainty(certainty), code, pd_on and on(pd_on), gone=gone)


def point(first, last, *lesions):
    return TimePoint("TA", on(first), on(last), new_lesions=lesions)


PD_DATES = [
    # now                                                  before                                     by sum  rule                 date
    (point(126, 128),                                      [],                                        True,   PdDate.FIRST_SCAN,   126),
    (point(126, 128),                                      [],                                        True,   PdDate.LAST_SCAN,    128),
    (point(126, 128, new("UNEQUIVOCAL", "N01", 127)),      [],                                        False,  PdDate.FIRST_SCAN,   127),
    (point(126, 128, new("UNEQUIVOCAL", "N01", 127)),      [],                                        True,   PdDate.LAST_SCAN,    127),
    (point(126, 128, new("UNEQUIVOCAL", "N01")),           [point(63, 63, new("EQUIVOCAL", "N01"))],  False,  PdDate.FIRST_SCAN,   63),
    (point(126, 128, new("UNEQUIVOCAL", "N01")),           [point(63, 63, new("EQUIVOCAL", "N02"))],  False,  PdDate.FIRST_SCAN,   126),
    (point(126, 128, new("UNEQUIVOCAL")),                  [point(63, 63, new("EQUIVOCAL"))],         False,  PdDate.FIRST_SCAN,   126),
    (point(126, 128, new("EQUIVOCAL", "N01", 120)),        [],                                        True,   PdDate.FIRST_SCAN,   126),
]  # fmt: skip


@pytest.mark.parametrize(("now", "before", "by_sum", "rule", "expected"), PD_DATES)
def test_new_lesion_dates_from_its_first_scan_even_when_equivocal(
    now, before, by_sum, rule, expected
):
    assert progression_on(now, before, by_sum=by_sum, pd_date=rule) == on(expected)


def test_progression_without_a_scan_has_no_date():
    assert progression_on(TimePoint("TA1", None, None)) is None


DAYS = st.none() | st.integers(-50, 800).map(on)
EVALUATIONS = st.lists(
    st.builds(
        Evaluation,
        st.sampled_from(["TA1", "TA2"]),
        DAYS,
        DAYS,
        st.none() | st.sampled_from(Response),
    ),
    max_size=6,
)


@given(
    EVALUATIONS, st.none() | st.just(START), DAYS, st.booleans(), st.booleans(), st.integers(0, 2)
)
def test_there_is_always_an_answer(evaluations, start_on, until_on, accept_sd, again, max_ne):
    knobs = {"accept_sd": accept_sd, "cr_read_again": again, "max_ne": max_ne}
    plain = best_response(evaluations, start_on=start_on, until_on=until_on)
    twice = confirmed_best_response(evaluations, start_on=start_on, until_on=until_on, **knobs)
    assert plain.reason.endswith(".")
    assert twice.reason.endswith(".")
    assert (plain.response is None) == (twice.response is None)


@given(EVALUATIONS)
def test_confirmation_never_makes_a_response_better(evaluations):
    plain = best_response(evaluations, start_on=START).response
    twice = confirmed_best_response(evaluations, start_on=START).response
    if plain and plain in (PD, NE, SD, PR):
        assert twice not in BEST_FIRST[: BEST_FIRST.index(plain)]
