"""Progression-free survival, row by row of the FDA's table A, and by the EMA's rule.

crf_spec 5; recist11, section 10.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.endpoints.facts import Death, Facts, Therapy, TherapyKind
from trial.protocol.endpoints.progression_free import (
    Censoring,
    gap_limit_days,
    immune,
    progression_free_survival,
)
from trial.protocol.endpoints.results import Reason
from trial.protocol.parameters import AssessmentSchedule, Interval
from trial.protocol.response.evaluations import Evaluation
from trial.protocol.response.irecist import IResponse, Reading
from trial.protocol.response.recist import Response

CR, PR, SD, PD, NE = Response.CR, Response.PR, Response.SD, Response.PD, Response.NE
START, LATER = date(2025, 4, 25), date(2029, 1, 1)


def on(days):
    """Return the date of a day, of which day 1 is randomization."""
    return START + timedelta(days - 1)


def scans(*pairs):
    return tuple(
        Evaluation(f"TA{n}", on(day), None, response) for n, (day, response) in enumerate(pairs, 1)
    )


def dead(day):
    return Death("DTH", on(day).year, on(day).month, on(day).day)


def facts(*pairs, died=None, therapy=None, **more):
    therapies = () if therapy is None else (Therapy("SUBTX", on(therapy)),)
    return Facts(
        START,
        **{"baseline_complete": True, "assessments": scans(*pairs), "therapies": therapies, **more},
        death=died and dead(died),
    )


LIMITS = [
    # day    limit
    (0,      140),
    (31,     140),
    (63,     140),
    (252,    140),  # to 378
    (315,    168),  # to 462: the change of schedule
    (378,    189),  # to 546
    (462,    196),
    (500,    196),
    (900,    196),
]  # fmt: skip


@pytest.mark.parametrize(("day", "limit"), LIMITS)
def test_two_visits_on_and_both_windows(day, limit):
    assert gap_limit_days(day) == limit


def test_limit_follows_the_schedule():
    assert gap_limit_days(0, AssessmentSchedule(Interval(42, 7), 84, Interval(84, 14))) == 98


FDA, EMA = Censoring.FDA, Censoring.EMA

TABLE_A = [
    # situation                             facts                                           FDA                EMA
    ("no baseline",                         facts((63, PD), baseline_complete=False),       "1 NO_BASELINE",   "63 PROGRESSION"),
    ("no assessment",                       facts(),                                        "1 NO_ASSESSMENT", "1 NO_ASSESSMENT"),
    ("none evaluable",                      facts((63, NE), (126, NE)),                     "1 NO_ASSESSMENT", "1 NO_ASSESSMENT"),
    ("PD at a visit",                       facts((63, SD), (126, PD)),                     "126 PROGRESSION", "126 PROGRESSION"),
    ("PD between visits",                   facts((63, SD), (100, PD)),                     "100 PROGRESSION", "100 PROGRESSION"),
    ("the first PD counts",                 facts((63, PD), (126, SD), (189, PD)),          "63 PROGRESSION",  "63 PROGRESSION"),
    ("no PD, alive",                        facts((63, SD), (126, PR)),                     "126 NO_EVENT",    "126 NO_EVENT"),
    ("the last is not evaluable",           facts((63, SD), (126, NE)),                     "63 NO_EVENT",     "63 NO_EVENT"),
    ("new therapy before PD",               facts((63, SD), (126, SD), (189, PD), therapy=130),"126 NEW_THERAPY", "189 PROGRESSION"),
    ("new therapy before any assessment",   facts((63, PD), therapy=30),                    "1 NEW_THERAPY",   "63 PROGRESSION"),
    ("new therapy on the day of PD",        facts((63, SD), (126, PD), therapy=126),        "126 PROGRESSION", "126 PROGRESSION"),
    ("new therapy after PD",                facts((63, PD), therapy=64),                    "63 PROGRESSION",  "63 PROGRESSION"),
    ("new therapy before death",            facts((63, SD), died=100, therapy=90),          "63 NEW_THERAPY",  "100 DEATH"),
    ("new therapy, no event",               facts((63, SD), (126, SD), therapy=90),         "63 NEW_THERAPY",  "126 NO_EVENT"),
    ("death before the first assessment",   facts(died=60),                                 "60 DEATH",        "60 DEATH"),
    ("death 140 days after randomization",  facts(died=141),                                "141 DEATH",       "141 DEATH"),
    ("death 141 days after randomization",  facts(died=142),                                "1 NO_ASSESSMENT", "142 DEATH"),
    ("death between visits",                facts((63, SD), died=100),                      "100 DEATH",       "100 DEATH"),
    ("death 140 days after the last",       facts((64, SD), died=204),                      "204 DEATH",       "204 DEATH"),
    ("death 141 days after the last",       facts((64, SD), died=205),                      "64 MISSED",       "205 DEATH"),
    ("PD after two missed",                 facts((64, SD), (205, PD)),                     "64 MISSED",       "205 PROGRESSION"),
    ("PD after two not evaluable",          facts((64, SD), (127, NE), (190, NE), (253, PD)),"64 MISSED",       "253 PROGRESSION"),
    ("PD after one missed",                 facts((64, SD), (190, PD)),                     "190 PROGRESSION", "190 PROGRESSION"),
    ("PD at the first after two missed",    facts((190, PD)),                               "1 MISSED",        "190 PROGRESSION"),
    ("a gap that an assessment has closed", facts((64, SD), (253, SD), (316, PD)),          "316 PROGRESSION", "316 PROGRESSION"),
    ("PD across the change of schedule",    facts((316, SD), (484, PD)),                    "484 PROGRESSION", "484 PROGRESSION"),
    ("PD a day later",                      facts((316, SD), (485, PD)),                    "316 MISSED",      "485 PROGRESSION"),
    ("PD late, after 196 days",             facts((463, SD), (659, PD)),                    "659 PROGRESSION", "659 PROGRESSION"),
    ("PD late, after 197 days",             facts((463, SD), (660, PD)),                    "463 MISSED",      "660 PROGRESSION"),
    ("PD and death on one day",             facts((63, PD), died=63),                       "63 PROGRESSION",  "63 PROGRESSION"),
    ("PD before randomization",             facts((-3, PD)),                                "1 BEFORE","1 BEFORE"),
    ("PD on the day of randomization",      facts((1, PD)),                                 "1 BEFORE","1 BEFORE"),
]  # fmt: skip

FINAL = [Reason.PROGRESSION, Reason.PROGRESSION_BEFORE_RANDOMIZATION, Reason.DEATH]


@pytest.mark.parametrize(
    ("situation", "given_facts", "fda", "ema"), TABLE_A, ids=[row[0] for row in TABLE_A]
)
def test_both_sets_of_censoring_rules(situation, given_facts, fda, ema):
    for censoring, expected in ((FDA, fda), (EMA, ema)):
        result = progression_free_survival(given_facts, on=LATER, censoring=censoring)
        name = result.reason.name.removeprefix("PROGRESSION_").removesuffix("_RANDOMIZATION")
        assert f"{result.value_days} {name}" == expected
        assert result.event == (result.reason in FINAL)


THERAPIES = [
    # therapy                                                              event
    (Therapy("SUBTX", on(90), TherapyKind.RADIOTHERAPY),                   False),  # off protocol, arm SYS
    (Therapy("SUBTX", on(90), TherapyKind.SURGERY),                        False),
    (Therapy("RT", on(30), TherapyKind.RADIOTHERAPY, per_protocol=True),   True),
    (Therapy("SUBTX", on(90), per_protocol=True),                          True),   # planned maintenance
    (Therapy("SUBTX", on(-30)),                                            True),   # before randomization: not new
]  # fmt: skip


@pytest.mark.parametrize(("therapy", "event"), THERAPIES)
def test_only_therapy_outside_the_protocol_is_new(therapy, event):
    result = progression_free_survival(facts((63, SD), (126, PD), therapies=(therapy,)), on=LATER)
    assert result.event is event


UNDETERMINED = [
    # facts                                                            FDA                    EMA
    (Facts(),                                                          "NOT_RANDOMIZED",      "NOT_RANDOMIZED"),
    (facts((63, PD), baseline_complete=None),                          "BASELINE_UNKNOWN",    "PROGRESSION"),
    (facts((63, PD), therapies=(Therapy("SUBTX", None),)),             "THERAPY_UNDATED",     "PROGRESSION"),
    (facts((63, None), (126, PD)),                                     "UNRESOLVED",          "UNRESOLVED"),
    (facts((63, PD), (126, None)),                                     "PROGRESSION",         "PROGRESSION"),
    (facts((63, None)),                                                "UNRESOLVED",          "UNRESOLVED"),
    (facts((63, SD), (126, None), therapy=90),                         "NEW_THERAPY",         "UNRESOLVED"),
    (replace(facts((63, SD)), death=Death("DTH", 2026)),               "DEATH_UNDATED",       "DEATH_UNDATED"),
    (facts((63, SD), died=50),                                         "DEATH_CONTRADICTED",  "DEATH_CONTRADICTED"),
]  # fmt: skip


@pytest.mark.parametrize(("given_facts", "fda", "ema"), UNDETERMINED)
def test_what_the_facts_do_not_decide_has_its_reason(given_facts, fda, ema):
    result = [
        progression_free_survival(given_facts, on=LATER, censoring=censoring).reason.name
        for censoring in (FDA, EMA)
    ]
    assert result == [fda, ema]


def test_new_lesion_dates_back_to_where_it_was_first_seen():
    equivocal, confirmed = (
        Evaluation("TA1", on(63), None, SD),
        Evaluation("TA2", on(126), None, PD, pd_on=on(63)),
    )
    result = progression_free_survival(
        Facts(START, True, assessments=(equivocal, confirmed)), on=LATER
    )
    assert (result.value_days, result.event, result.records) == (63, True, ("TA2",))
    at_pc2 = replace(confirmed, pd_on=on(-3))
    assert (
        progression_free_survival(
            Facts(START, True, assessments=(equivocal, at_pc2)), on=LATER
        ).value_days
        == 1
    )


def test_result_rests_on_its_records():
    assert progression_free_survival(facts((63, SD), (126, PD)), on=LATER).records == ("TA2",)
    assert progression_free_survival(facts((63, SD), (126, PD), therapy=90), on=LATER).records == (
        "TA1",
        "SUBTX",
    )
    assert progression_free_survival(facts((64, SD), died=300), on=LATER).records == ("TA1", "DTH")


KNOWN = [
    # asked on  days  event  reason
    (0,         None, False, "NOT_RANDOMIZED"),
    (1,         1,    False, "NO_ASSESSMENT"),
    (62,        1,    False, "NO_ASSESSMENT"),
    (63,        63,   False, "NO_EVENT"),
    (126,       63,   False, "NO_EVENT"),     # scanned on 126, entered on 130
    (130,       126,  True,  "PROGRESSION"),
]  # fmt: skip


@pytest.mark.parametrize(("asked_on", "days", "event", "reason"), KNOWN)
def test_only_facts_up_to_the_day_count(asked_on, days, event, reason):
    given_facts = facts((63, SD), (126, PD))
    first, second = given_facts.assessments
    given_facts = replace(given_facts, assessments=(replace(second, known_on=on(130)), first))
    result = progression_free_survival(given_facts, on=on(asked_on))
    assert (result.value_days, result.event, result.reason.name) == (days, event, reason)


def test_story_4_is_not_censored_for_a_gap_of_124_days():
    assessments = (
        Evaluation("TA1", date(2025, 9, 12), None, SD),
        Evaluation("TA3", date(2026, 1, 14), None, PD),
    )
    result = progression_free_survival(
        Facts(date(2025, 7, 9), True, assessments=assessments), on=LATER
    )
    assert (result.event, result.on) == (True, date(2026, 1, 14))


def test_story_10_keeps_its_event_by_recist_and_none_by_irecist():
    randomized = Facts(
        date(2025, 6, 30),
        True,
        assessments=(
            Evaluation("TA1", date(2025, 9, 1), None, PD),
            Evaluation("CONF", date(2025, 10, 7), None, PR),
        ),
    )
    assert progression_free_survival(randomized, on=LATER).on == date(2025, 9, 1)
    readings = [
        Reading("TA1", date(2025, 9, 1), IResponse.IUPD, date(2025, 9, 1)),
        Reading("CONF", date(2025, 10, 7), IResponse.IPR),
    ]
    result = progression_free_survival(replace(randomized, assessments=immune(readings)), on=LATER)
    assert (result.event, result.on) == (False, date(2025, 10, 7))


def test_ipfs_dates_back_to_the_first_unconfirmed_progression():
    first = date(2025, 9, 1)
    readings = [
        Reading("TA1", first, IResponse.IUPD, first),
        Reading("CONF", date(2025, 10, 7), IResponse.ICPD, first),
    ]
    result = progression_free_survival(
        Facts(date(2025, 6, 30), True, assessments=immune(readings)), on=LATER
    )
    assert (result.event, result.on, result.records) == (True, first, ("TA1",))


DAYS = st.none() | st.integers(-60, 900)
EVALUATIONS = st.lists(
    st.builds(
        lambda n, first, last, response, pd, known_on: Evaluation(f"TA{n}", first, last, response, None, pd, known_on),
        st.integers(1, 9), *[DAYS.map(lambda n: None if n is None else on(n))] * 2, st.none() | st.sampled_from(Response),
        *[DAYS.map(lambda n: None if n is None else on(n))] * 2,
    ),
    max_size=6,
).map(tuple)  # fmt: skip
DEATHS = st.none() | st.builds(
    Death,
    st.just("DTH"),
    st.none() | st.integers(2025, 2027),
    st.none() | st.integers(0, 13),
    st.none() | st.integers(0, 32),
)
THERAPY = st.lists(
    st.builds(
        Therapy,
        st.just("S"),
        DAYS.map(lambda n: None if n is None else on(n)),
        st.sampled_from(TherapyKind),
        st.booleans(),
    ),
    max_size=2,
).map(tuple)
ANY_FACTS = st.builds(
    Facts,
    st.none() | st.just(START),
    st.none() | st.booleans(),
    st.none() | st.booleans(),
    st.booleans(),
    EVALUATIONS,
    THERAPY,
    st.just(()),
    DEATHS,
)


@given(ANY_FACTS, DAYS, st.sampled_from(Censoring))
def test_there_is_always_an_answer(any_facts, asked_on, censoring):
    today = on(asked_on or 1)
    result = progression_free_survival(any_facts, on=today, censoring=censoring)
    assert result.determined == (result.value_days is not None) == (result.on is not None)
    assert result.value_days is None or (result.value_days >= 1 and result.on <= max(today, START))


@given(ANY_FACTS)
def test_the_ema_counts_every_event_the_fda_does(any_facts):
    fda, ema = (
        progression_free_survival(any_facts, on=LATER, censoring=censoring)
        for censoring in (FDA, EMA)
    )
    if fda.event:
        assert ema == fda


FINAL = [Reason.PROGRESSION, Reason.PROGRESSION_BEFORE_RANDOMIZATION, Reason.DEATH]


@given(
    st.lists(st.tuples(st.integers(2, 900), st.sampled_from([CR, PR, SD, PD, NE])), max_size=6),
    st.integers(1, 900),
    st.integers(1, 900),
)
def test_an_event_stays_while_data_only_grow(pairs, one_day, other_day):
    early, late = sorted((one_day, other_day))
    given_facts = facts(*pairs)
    before, after = (progression_free_survival(given_facts, on=on(day)) for day in (early, late))
    assert before.reason not in FINAL or after == before
