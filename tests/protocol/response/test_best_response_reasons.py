"""The day, the reason and the evaluations of a best response."""

import pytest
from tests.protocol.response.test_best_response import CR, NE, NED, NN, PD, PR, SD, START, on, scans
from trial.protocol.response.best_response import Best, best_response, confirmed_best_response

UNCONFIRMED = [
    # evaluations                        best, day, why, which
    ([(63, PR), (126, CR)],              CR,   126,  "CR at TA2.",                                       "TA2"),
    ([(63, SD), (126, SD)],              SD,   63,   "SD at TA1.",                                       "TA1"),
    ([(41, SD)],                         NE,   41,   "Stable for less than 42 days.",                    "TA1"),
    ([(41, NN)],                         NE,   41,   "Stable for less than 42 days.",                    "TA1"),
    ([(63, NE)],                         NE,   63,   "NE at TA1.",                                       "TA1"),
    ([(63, PD)],                         PD,   63,   "PD at TA1.",                                       "TA1"),
    ([],                                 None, None, "There is no assessment.",                          ""),
]  # fmt: skip
CONFIRMED = [
    ([(63, PR), (126, CR)],              PR,   63,   "PR at TA1, confirmed at TA2.",                     "TA1 TA2"),
    ([(63, CR), (126, NE), (189, CR)],   CR,   63,   "CR at TA1, confirmed at TA3.",                     "TA1 TA3"),
    ([(63, CR)],                         SD,   63,   "CR at TA1, not confirmed.",                        "TA1"),
    ([(63, PR)],                         SD,   63,   "PR at TA1, not confirmed.",                        "TA1"),
    ([(63, SD)],                         SD,   63,   "SD at TA1.",                                       "TA1"),
    ([(63, NN)],                         NN,   63,   "NON-CR/NON-PD at TA1.",                            "TA1"),
    ([(41, PR), (63, SD)],               SD,   63,   "SD at TA2.",                                       "TA2"),
    ([(41, PR)],                         NE,   41,   "Not confirmed, and seen for less than 42 days.",   "TA1"),
    ([(41, PR), (63, PD)],               PD,   63,   "PD at TA2.",                                       "TA2"),
    ([(20, NE), (30, NED), (63, PD)],    NED,  30,   "NED at TA2.",                                      "TA2"),
    ([(20, NE), (63, PD)],               PD,   63,   "PD at TA2.",                                       "TA2"),
    ([(63, NE), (126, NE)],              NE,   63,   "No assessment is evaluable.",                      "TA1"),
    ([],                                 None, None, "There is no assessment.",                          ""),
]  # fmt: skip


def best_of(response, day, why, which):
    return Best(response, None if day is None else on(day), why, tuple(which.split()))


@pytest.mark.parametrize(("pairs", "response", "day", "why", "which"), UNCONFIRMED)
def test_best_response_tells_its_day_why_and_which(pairs, response, day, why, which):
    assert best_response(scans(*pairs), start_on=START) == best_of(response, day, why, which)


@pytest.mark.parametrize(("pairs", "response", "day", "why", "which"), CONFIRMED)
def test_confirmed_best_response_tells_its_day_why_and_which(pairs, response, day, why, which):
    assert confirmed_best_response(scans(*pairs), start_on=START) == best_of(
        response, day, why, which
    )


@pytest.mark.parametrize("derive", [best_response, confirmed_best_response])
def test_without_a_start_there_is_none(derive):
    assert derive(scans((63, PR)), start_on=None) == Best(
        None, None, "There is no day to count from."
    )


def test_without_targets_what_is_left_of_a_response_is_non_cr_non_pd():
    assert confirmed_best_response(scans((63, CR)), start_on=START, targets=False) == best_of(
        NN, 63, "CR at TA1, not confirmed.", "TA1"
    )


READ_AGAIN = [
    # after CR                  read again  best, why
    ([(63, CR), (126, PR)],     True,       PR, "PR at TA1, confirmed at TA2."),
    ([(63, CR), (126, PR)],     False,      SD, "CR at TA1, not confirmed."),
    ([(63, CR), (126, SD)],     True,       SD, "CR at TA1, not confirmed."),
    ([(41, CR), (126, SD)],     True,       PD, "PD at TA2."),
    ([(41, CR), (126, NN)],     False,      PD, "PD at TA2."),
    ([(30, SD), (63, CR), (126, PR)], True, PR, "PR at TA2, confirmed at TA3."),
]  # fmt: skip


@pytest.mark.parametrize(("pairs", "again", "response", "why"), READ_AGAIN)
def test_disease_after_a_complete_response(pairs, again, response, why):
    best = confirmed_best_response(scans(*pairs), start_on=START, cr_read_again=again)
    assert (best.response, best.reason) == (response, why)


BETWEEN = [
    # evaluations                                      knobs                                confirmed
    ([(63, PR), (126, NE), (189, PR)],                 {},                                  PR),
    ([(63, PR), (126, NE), (189, NE), (252, PR)],      {},                                  SD),
    ([(63, PR), (126, NE), (189, NE), (252, PR)],      {"max_ne": 2},                       PR),
    ([(63, PR), (126, None), (189, PR)],               {},                                  PR),
    ([(63, PR), (126, SD), (189, PR)],                 {},                                  SD),
    ([(63, PR), (126, SD), (189, PR)],                 {"accept_sd": True},                 PR),
    ([(63, PR), (126, SD), (189, SD), (252, PR)],      {"accept_sd": True},                 SD),
    ([(63, PR), (70, PR), (126, NE), (189, PR)],       {},                                  PR),
    ([(63, PR), (90, PR)],                             {},                                  SD),  # 27 days
    ([(63, PR), (91, PR)],                             {},                                  PR),
    ([(63, PR), (126, NN), (189, PR)],                 {"max_ne": 9, "accept_sd": True},    SD),
    ([(63, PR), (77, CR), (84, PR), (126, NE), (189, SD), (210, PR)], {"accept_sd": True, "cr_read_again": True, "max_ne": 1}, PR),
]  # fmt: skip


@pytest.mark.parametrize(("pairs", "knobs", "response"), BETWEEN)
def test_what_may_lie_between_a_response_and_its_confirmation(pairs, knobs, response):
    assert confirmed_best_response(scans(*pairs), start_on=START, **knobs).response == response
