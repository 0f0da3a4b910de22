"""Objective response, disease control and duration of response (crf_spec 5)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.endpoints.facts import Death, Facts, Therapy
from trial.protocol.endpoints.progression_free import Censoring
from trial.protocol.endpoints.responders import (
    Rate,
    Reference,
    best_since_randomization,
    disease_control,
    duration_of_response,
    objective_response,
    rate,
)
from trial.protocol.endpoints.results import Reason, Result
from trial.protocol.response.best_response import Best
from trial.protocol.response.evaluations import Evaluation
from trial.protocol.response.recist import Response

CR, PR, SD, PD, NE = Response.CR, Response.PR, Response.SD, Response.PD, Response.NE
NN, NED = Response.NON_CR_NON_PD, Response.NED
START, LATER = date(2025, 4, 25), date(2029, 1, 1)


def on(days):
    """Return the date of a day, of which day 1 is randomization."""
    return START + timedelta(days - 1)


def facts(*triples, **more):
    """Return facts from rows of day, response since BL0, and response since randomization."""
    scans = tuple(
        Evaluation(f"TA{n}", on(day), None, first, second)
        for n, (day, first, second) in enumerate(triples, 1)
    )
    return Facts(
        START, **{"baseline_complete": True, "measurable": True, "assessments": scans, **more}
    )


OBJECTIVE = [
    # facts                                                     BL1 (primary)             BL0                       confirmed, BL1
    (facts((63, PR, PR), (126, PR, PR)),                        "63 RESPONSE",            "63 RESPONSE",            "63 RESPONSE"),
    (facts((63, PR, SD), (126, PR, SD)),                        "None NO_RESPONSE",       "63 RESPONSE",            "None NO_RESPONSE"),
    (facts((63, SD, PR), (126, CR, CR)),                        "63 RESPONSE",            "126 RESPONSE",           "63 RESPONSE"),
    (facts((63, PR, PR), (126, PD, PR)),                        "63 RESPONSE",            "63 RESPONSE",            "None NO_RESPONSE"),
    (facts((63, PD, PR), (126, PR, PR)),                        "None NO_RESPONSE",       "None NO_RESPONSE",       "None NO_RESPONSE"),
    (facts((-3, PD, None), (63, PR, PR)),                       "None NO_RESPONSE",       "None NO_RESPONSE",       "None NO_RESPONSE"),
    (facts(),                                                   "None NO_ASSESSMENT",     "None NO_ASSESSMENT",     "None NO_ASSESSMENT"),
    (facts((63, NE, NE)),                                       "None NO_RESPONSE",       "None NO_RESPONSE",       "None NO_RESPONSE"),
    (facts((63, PR, PR), therapies=(Therapy("S", on(60)),)),    "None NO_ASSESSMENT",     "None NO_ASSESSMENT",     "None NO_ASSESSMENT"),
    (facts((63, PR, PR), therapies=(Therapy("S", on(63)),)),    "63 RESPONSE",            "63 RESPONSE",            "None NO_RESPONSE"),
    (facts((63, PR, PR), therapies=(Therapy("S", None),)),      "None THERAPY_UNDATED",   "None THERAPY_UNDATED",   "None THERAPY_UNDATED"),
    (facts((63, PR, PR), measurable=False),                     "None NOT_MEASURABLE",    "None NOT_MEASURABLE",    "None NOT_MEASURABLE"),
    (facts((63, None, None), (126, PR, PR)),                    "None UNRESOLVED",        "None UNRESOLVED",        "None UNRESOLVED"),
    (facts((63, PR, PR), (126, None, None)),                    "63 RESPONSE",            "63 RESPONSE",            "None UNRESOLVED"),
    (facts((63, SD, None), (126, PR, PR)),                      "None UNRESOLVED",        "126 RESPONSE",           "None UNRESOLVED"),
    (Facts(),                                                   "None NOT_RANDOMIZED",    "None NOT_RANDOMIZED",    "None NOT_RANDOMIZED"),
]  # fmt: skip


@pytest.mark.parametrize(("given_facts", "primary", "whole", "confirmed"), OBJECTIVE)
def test_objective_response(given_facts, primary, whole, confirmed):
    result = [
        objective_response(given_facts, on=LATER),
        objective_response(given_facts, on=LATER, reference=Reference.BL0),
        objective_response(given_facts, on=LATER, confirmed=True),
    ]
    assert [f"{subject.value_days} {subject.reason.name}" for subject in result] == [
        primary,
        whole,
        confirmed,
    ]
    assert all(subject.event == (subject.reason == Reason.RESPONSE) for subject in result)


CONTROL = [
    # facts                                        result
    (facts((42, SD, SD)),                          "None NO_CONTROL"),  # 41 days after randomization
    (facts((43, SD, SD)),                          "43 CONTROL"),
    (facts((43, NN, NN)),                          "43 CONTROL"),
    (facts((20, PR, PR)),                          "20 CONTROL"),
    (facts((63, PD, SD)),                          "None NO_CONTROL"),
    (facts((30, SD, SD), (63, PD, SD)),            "None NO_CONTROL"),
    (facts(),                                      "None NO_ASSESSMENT"),
    (facts((63, NED, NED)),                        "None NO_DISEASE"),
    (facts((63, PD, None), no_disease=True),       "None NO_DISEASE"),
    (facts((63, None, None)),                      "None UNRESOLVED"),
    (facts((63, SD, SD), (80, None, None), (126, PR, PR)), "63 CONTROL"),
    (Facts(),                                      "None NOT_RANDOMIZED"),
]  # fmt: skip


@pytest.mark.parametrize(("given_facts", "expected"), CONTROL)
def test_disease_control(given_facts, expected):
    result = disease_control(given_facts, on=LATER)
    assert f"{result.value_days} {result.reason.name}" == expected


DURATION = [
    # facts                                                                     unconfirmed               confirmed
    (facts((63, PR, PR), (126, CR, CR), (189, PD, None)),                       "127 PROGRESSION",        "127 PROGRESSION"),
    (facts((63, PR, PR), (126, SD, SD), (189, PR, PR), (252, PR, PR)),          "190 NO_EVENT",           "64 NO_EVENT"),
    (facts((63, PR, PR), death=Death("DTH", 2025, 7, 5)),                       "10 DEATH",               "None NO_RESPONSE"),
    (facts((63, PR, PR), (126, SD, SD), therapies=(Therapy("S", on(130)),)),    "64 NEW_THERAPY",         "None NO_RESPONSE"),
    (facts((63, SD, SD)),                                                       "None NO_RESPONSE",       "None NO_RESPONSE"),
    (facts((63, PR, PR), baseline_complete=None),                               "None BASELINE_UNKNOWN",  "None NO_RESPONSE"),
]  # fmt: skip


@pytest.mark.parametrize(("given_facts", "plain", "confirmed"), DURATION)
def test_duration_of_response(given_facts, plain, confirmed):
    result = [
        duration_of_response(given_facts, on=LATER, confirmed=twice) for twice in (False, True)
    ]
    assert [f"{subject.value_days} {subject.reason.name}" for subject in result] == [
        plain,
        confirmed,
    ]


def test_duration_follows_either_set_of_censoring_rules():
    given_facts = facts(
        (63, PR, PR), (126, SD, SD), (189, PD, None), therapies=(Therapy("S", on(130)),)
    )
    assert duration_of_response(given_facts, on=LATER).reason == Reason.NEW_THERAPY
    result = duration_of_response(given_facts, on=LATER, censoring=Censoring.EMA)
    assert (result.value_days, result.event, result.records) == (127, True, ("TA1", "TA3"))
    confirmed = facts((63, PR, PR), (126, CR, CR), (189, PD, None))
    assert duration_of_response(confirmed, on=LATER, confirmed=True).records == (
        "TA1",
        "TA2",
        "TA3",
    )


def test_best_response_of_story_2():
    scans = (
        Evaluation("TA1", date(2025, 6, 26), None, PR, PR),
        Evaluation("TA2", date(2025, 8, 29), None, CR, CR),
    )
    result = best_since_randomization(Facts(START, True, True, assessments=scans), on=LATER)
    assert result == Best(CR, date(2025, 8, 29), "CR at TA2.", ("TA2",))


def test_best_response_is_open_while_an_assessment_is():
    assert (
        best_since_randomization(facts((63, PR, PR), (126, None, None)), on=LATER).reason
        == Reason.UNRESOLVED
    )
    assert best_since_randomization(facts((63, CR, CR), (126, None, None)), on=LATER).response == CR


def test_without_word_of_measurable_disease_the_response_is_open():
    assert (
        objective_response(facts((63, PR, PR), measurable=None), on=LATER).reason
        == Reason.MEASURABLE_UNKNOWN
    )


@pytest.mark.parametrize(
    ("asked_on", "reason"), [(0, "NOT_RANDOMIZED"), (62, "NO_ASSESSMENT"), (63, "RESPONSE")]
)
def test_only_facts_up_to_the_day_count(asked_on, reason):
    assert objective_response(facts((63, PR, PR)), on=on(asked_on)).reason.name == reason


def test_rate_counts_those_who_can_respond():
    results = [
        objective_response(subject, on=LATER)
        for subject in (
            facts((63, PR, PR)),
            facts((63, SD, SD)),
            facts(),
            facts(measurable=False),
            facts(measurable=None),
        )
    ]
    assert rate(results) == Rate(events=1, subjects=3, undetermined=1)
    assert rate([]) == Rate(0, 0, 0)


RESPONSES = st.none() | st.sampled_from(Response)
ANY = st.lists(st.tuples(st.integers(-20, 400), RESPONSES, RESPONSES), max_size=5).map(
    lambda rows: facts(*rows)
)


@given(
    ANY, st.sampled_from(Reference), st.booleans(), st.integers(-30, 500), st.none() | st.booleans()
)
def test_there_is_always_an_answer(any_facts, reference, confirmed, asked_on, measurable):
    any_facts = replace(any_facts, measurable=measurable)
    for endpoint in (objective_response, duration_of_response):
        result = endpoint(any_facts, on=on(asked_on), reference=reference, confirmed=confirmed)
        assert isinstance(result, Result)
        assert not result.event or result.on <= on(asked_on)
    assert disease_control(any_facts, on=on(asked_on), reference=reference).reason in Reason


@given(ANY)
def test_a_confirmed_responder_is_a_responder(any_facts):
    if objective_response(any_facts, on=LATER, confirmed=True).event:
        assert objective_response(any_facts, on=LATER).event
        assert disease_control(any_facts, on=LATER).event
