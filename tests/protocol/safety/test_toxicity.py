"""Toxicity of grade 3 or more (crf_spec 5 and 2.17), with the patient of crf_spec 8, story 7."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.safety.toxicity import (
    Kind,
    Relation,
    Toxicity,
    Treated,
    emergent,
    induction,
    is_kind,
    per_person_month,
    severe_toxicity,
    worst_grades,
)

NOT, UNLIKELY, POSSIBLE, PROBABLE, DEFINITE = Relation
START, LATER = date(2025, 4, 11), date(2026, 1, 1)
RT_END = date(2025, 5, 30)
TREATED = Treated(START, True, RT_END)


def on(days):
    """Day 1 is randomization."""
    return START + timedelta(days - 1)


def event(grade, day, term="Anemia", **more):
    return Toxicity(f"AE{day}", term, grade, None if day is None else on(day), **more)


RESULTS = [
    # events                                           result
    ([],                                               "266 NONE_SEVERE"),
    ([event(2, 10)],                                   "266 NONE_SEVERE"),
    ([event(3, 10)],                                   "10 GRADE_3"),
    ([event(3, 20), event(4, 10)],                     "10 GRADE_3"),
    ([event(3, 1)],                                    "1 GRADE_3"),
    ([event(3, 0)],                                    "266 NONE_SEVERE"),    # of the induction
    ([event(3, 10, grade_at_randomization=3)],         "266 NONE_SEVERE"),    # no worse
    ([event(4, 10, grade_at_randomization=3)],         "10 GRADE_3"),
    ([event(None, 10)],                                "None GRADE_UNKNOWN"),
    ([event(3, None)],                                 "None GRADE_UNKNOWN"),
    ([event(2, None)],                                 "266 NONE_SEVERE"),
    ([event(None, 0)],                                 "266 NONE_SEVERE"),
    ([event(None, 10), event(3, 20)],                  "20 GRADE_3"),
    ([event(3, None, grade_at_randomization=3)],       "266 NONE_SEVERE"),
]  # fmt: skip


@pytest.mark.parametrize(("events", "expected"), RESULTS)
def test_first_day_of_grade_3_or_more_is_the_event(events, expected):
    result = severe_toxicity(events, TREATED, on=LATER)
    assert f"{result.value_days} {result.reason.name}" == expected
    assert result.event == (result.reason.name == "GRADE_3")


POPULATION = [
    # treated                    reason
    (Treated(None, True),        "NOT_RANDOMIZED"),
    (Treated(LATER + timedelta(1), True), "NOT_RANDOMIZED"),
    (Treated(START, None),       "TREATED_UNKNOWN"),
    (Treated(START, False),      "NOT_TREATED"),
    (Treated(START, True),       "GRADE_3"),
]  # fmt: skip


@pytest.mark.parametrize(("treated", "reason"), POPULATION)
def test_safety_set_is_who_was_treated_after_randomization(treated, reason):
    assert severe_toxicity([event(3, 10)], treated, on=LATER).reason.name == reason


RELATIONS = [
    # to systemic  to radiotherapy  treatment  by radiotherapy
    (None,         None,            False,     False),
    (NOT,          UNLIKELY,        False,     False),
    (POSSIBLE,     NOT,             True,      False),
    (UNLIKELY,     POSSIBLE,        True,      True),
    (PROBABLE,     DEFINITE,        True,      True),
]  # fmt: skip


@pytest.mark.parametrize(("systemic", "radiotherapy", "treatment", "by_rt"), RELATIONS)
def test_related_is_possible_or_more(systemic, radiotherapy, treatment, by_rt):
    toxicity = event(3, 10, to_systemic=systemic, to_radiotherapy=radiotherapy)
    assert [
        is_kind(toxicity, kind, irradiated_on=RT_END)
        for kind in (Kind.ANY, Kind.TREATMENT, Kind.RT_ACUTE)
    ] == [True, treatment, by_rt]


@pytest.mark.parametrize(("days", "acute"), [(-10, True), (0, True), (90, True), (91, False)])
def test_late_is_more_than_90_days_after_radiotherapy(days, acute):
    toxicity = replace(event(3, 10, to_radiotherapy=POSSIBLE), began_on=RT_END + timedelta(days))
    assert [
        is_kind(toxicity, kind, irradiated_on=RT_END) for kind in (Kind.RT_ACUTE, Kind.RT_LATE)
    ] == [acute, not acute]


KINDS = [
    # event                                    kind            is
    (event(5, 10),                             Kind.FATAL,     True),
    (event(4, 10),                             Kind.FATAL,     False),
    (event(3, 10, immune=True),                Kind.IMMUNE,    True),
    (event(3, 10, immune=None),                Kind.IMMUNE,    False),
    (event(3, 10, to_radiotherapy=POSSIBLE),   Kind.RT_LATE,   False),
]  # fmt: skip


@pytest.mark.parametrize(("toxicity", "kind", "expected"), KINDS)
def test_fatal_immune_and_late_toxicity_are_kinds_of_their_own(toxicity, kind, expected):
    assert is_kind(toxicity, kind, irradiated_on=RT_END) is expected
    assert severe_toxicity([toxicity], TREATED, on=LATER, kind=kind).event is expected


OPEN = [
    # event                                        kind            reason
    (event(None, 10),                              Kind.FATAL,     "GRADE_UNKNOWN"),
    (event(3, None),                               Kind.FATAL,     "NONE_SEVERE"),
    (event(3, None, to_radiotherapy=POSSIBLE),     Kind.RT_LATE,   "GRADE_UNKNOWN"),
    (event(3, None),                               Kind.RT_LATE,   "NONE_SEVERE"),
    (event(3, None),                               Kind.TREATMENT, "NONE_SEVERE"),
    (event(None, 10, to_systemic=POSSIBLE),        Kind.TREATMENT, "GRADE_UNKNOWN"),
]  # fmt: skip


@pytest.mark.parametrize(("toxicity", "kind", "reason"), OPEN)
def test_an_event_leaves_open_only_what_it_could_be(toxicity, kind, reason):
    assert severe_toxicity([toxicity], TREATED, on=LATER, kind=kind).reason.name == reason


STORY_7 = [
    Toxicity(
        "AE1.1",
        "Pneumonitis",
        grade,
        date(2025, *day),
        to_systemic=PROBABLE,
        to_radiotherapy=POSSIBLE,
        immune=True,
    )
    for grade, day in ((2, (7, 10)), (3, (7, 14)), (1, (8, 1)))
]


def test_story_7_is_acute_immune_mediated_and_by_both():
    for kind in (Kind.ANY, Kind.TREATMENT, Kind.RT_ACUTE, Kind.IMMUNE):
        result = severe_toxicity(STORY_7, TREATED, on=LATER, kind=kind)
        assert (result.event, result.on, result.value_days) == (True, date(2025, 7, 14), 95)
        assert worst_grades(STORY_7, TREATED, on=LATER, kind=kind) == {"Pneumonitis": 3}
    assert worst_grades(STORY_7, TREATED, on=LATER, kind=Kind.RT_LATE) == {}
    assert not severe_toxicity(STORY_7, TREATED, on=date(2025, 7, 13)).event


def test_toxicity_of_the_induction_is_counted_apart():
    events = [event(3, 0), event(2, 1), event(3, None)]
    assert [toxicity.record for toxicity in induction(events, TREATED, on=LATER)] == ["AE0"]
    assert [toxicity.record for toxicity in emergent(events, TREATED, on=LATER)] == ["AE1"]
    assert [toxicity.record for toxicity in induction(events, Treated(None, None), on=LATER)] == [
        "AE0",
        "AE1",
    ]


def test_event_entered_later_does_not_count_yet():
    late = event(3, 10, known_on=on(50))
    assert [severe_toxicity([late], TREATED, on=on(day)).event for day in (49, 50)] == [False, True]


@pytest.mark.parametrize(
    ("events", "days", "expected"),
    [(2, 487, Decimal("0.125")), (0, 30, Decimal(0)), (1, 0, None), (1, -1, None)],
)
def test_events_per_person_month_need_a_day(events, days, expected):
    assert per_person_month(events, days=days) == expected


DAYS = st.none() | st.integers(-50, 300).map(on)
RELATION = st.none() | st.sampled_from(Relation)
EVENTS = st.lists(
    st.builds(
        Toxicity,
        st.just("AE"),
        st.sampled_from("AB"),
        st.none() | st.integers(1, 5),
        DAYS,
        st.integers(0, 5),
        RELATION,
        RELATION,
        st.none() | st.booleans(),
        DAYS,
    ),
    max_size=4,
)


@given(EVENTS, st.none() | st.booleans(), st.sampled_from(Kind), st.integers(-50, 400))
def test_every_history_has_a_result(events, treated, kind, days):
    result = severe_toxicity(events, replace(TREATED, was_treated=treated), on=on(days), kind=kind)
    worst = worst_grades(events, TREATED, on=on(days), kind=kind)
    assert result.determined == (result.on is not None) or treated is False
    assert not result.event or max(worst.values()) >= 3
