"""RECIST 1.1, row by row as printed in the paper."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.parameters import DEFAULT
from trial.protocol.response.recist import (
    Baseline,
    NewLesion,
    NewLesionCertainty,
    NonTargetFinding,
    NonTargetState,
    Response,
    TargetMeasurement,
    TargetState,
    TimePoint,
    assess,
    non_target_response,
)

CR, PR, SD, PD, NE = Response.CR, Response.PR, Response.SD, Response.PD, Response.NE
NN, NED, NA = Response.NON_CR_NON_PD, Response.NED, Response.NA
MEASURED, TOO_SMALL, GONE, UNSEEN = TargetState
PRESENT, ABSENT, UNEQUIVOCAL, NOT_SEEN = NonTargetState
D = Decimal


def lesion(code, mm, state=MEASURED, *, node=False):
    return TargetMeasurement(code, node, state, None if mm is None else D(str(mm)))


def point(*targets, on=None, non_targets=(), new=()):
    return TimePoint("TA", on, on, targets, tuple(non_targets), tuple(new))


TWO = Baseline((lesion("L01", 60), lesion("L02", 40, node=True)))


def target_after(*points, baseline=TWO, **parameters):
    parameters = replace(DEFAULT, **parameters)
    return assess(baseline, points[:-1], points[-1], parameters=parameters).target


SETS = [
    # L01                               L02, a node                            response
    (lesion("L01", None, GONE),         lesion("L02", 9.9, node=True),         CR),
    (lesion("L01", None, GONE),         lesion("L02", 10, node=True),          PR),
    (lesion("L01", None, GONE),         lesion("L02", None, GONE, node=True),  CR),
    (lesion("L01", None, TOO_SMALL),    lesion("L02", 8, node=True),           PR),
    (lesion("L01", 60),                 lesion("L02", 40, node=True),          SD),
    (lesion("L01", 80),                 lesion("L02", 40, node=True),          PD),
    (lesion("L01", None, UNSEEN),       lesion("L02", 40, node=True),          NE),
    (lesion("L01", None, MEASURED),     lesion("L02", 40, node=True),          NE),
    (lesion("L01", 120),                lesion("L02", None, UNSEEN, node=True), PD),
    (lesion("L01", None, UNSEEN),       lesion("L02", None, UNSEEN, node=True), NE),
    (lesion("L01", None, GONE),         lesion("L02", None, UNSEEN, node=True), NE),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "expected"), SETS)
def test_target_response_from_single_lesions(first, second, expected):
    assert target_after(point(first, second)) == expected


def test_lesion_without_a_row_is_not_assessed():
    assert target_after(point(lesion("L01", 30))) == NE
    assert target_after(point()) == NE


def test_lesion_too_small_to_measure_counts_5_mm_unless_it_was_measured():
    tiny = Baseline((lesion("L01", 30),))
    assert assess(tiny, [], point(lesion("L01", None, TOO_SMALL))).sum_mm == 5
    assert assess(tiny, [], point(lesion("L01", 3, TOO_SMALL))).sum_mm == 3
    assert assess(tiny, [], point(lesion("L01", None, TOO_SMALL)), too_small_mm=D(4)).sum_mm == 4


def two_lesions(first, second):
    return point(
        lesion("L01", first, GONE if first == 0 else MEASURED), lesion("L02", second, node=True)
    )


def test_growth_is_measured_from_the_smallest_sum_so_far():
    assessment = assess(TWO, [two_lesions(25, 15), two_lesions(30, 15)], two_lesions(33, 15))
    assert (assessment.target, assessment.nadir_mm, assessment.sum_mm, assessment.baseline_mm) == (
        PD,
        40,
        48,
        100,
    )
    assert (
        assessment.change_from_nadir_mm,
        assessment.change_from_nadir_percent,
        assessment.change_from_baseline_percent,
    ) == (8, 20, -52)


def test_incomplete_sum_is_no_nadir():
    assessment = assess(TWO, [point(lesion("L01", 20))], two_lesions(60, 40))
    assert (assessment.target, assessment.nadir_mm) == (SD, 100)


def test_changes_of_an_incomplete_sum_are_given_only_when_it_is_pd():
    assert assess(TWO, [], point(lesion("L01", 20))).change_from_baseline_percent is None
    assert assess(TWO, [], point(lesion("L01", 130))).change_from_baseline_percent == 30


AFTER_CR = [
    # then       default  with floor
    ((0, 9),     CR,      CR),
    ((0, 10),    PD,      PR),  # a node is pathological again
    ((3, 8),     PD,      PR),
    ((4.9, 8),   PD,      PR),
    ((5, 8),     PD,      PD),
]  # fmt: skip


@pytest.mark.parametrize(("then", "expected", "with_floor"), AFTER_CR)
def test_reappearance_after_complete_response_is_pd_however_small(then, expected, with_floor):
    assert target_after(two_lesions(0, 8), two_lesions(*then)) == expected
    assert (
        target_after(two_lesions(0, 8), two_lesions(*then), recist_floor_after_cr=True)
        == with_floor
    )


def test_reappearance_counts_also_when_another_lesion_is_not_assessed():
    assert target_after(two_lesions(0, 8), point(lesion("L01", 4))) == PD


ONE = Baseline((lesion("L01", 100),))


def one_lesion(mm, day):
    return point(lesion("L01", mm), on=day)


PR_SERIES = [
    # second PR on        default  continuing
    (date(2025, 1, 29),   SD,      PR),   # 28 days later: confirmed
    (date(2025, 1, 28),   SD,      SD),   # 27 days
]  # fmt: skip


@pytest.mark.parametrize(("again", "expected", "continuing"), PR_SERIES)
def test_confirmed_partial_response_continues_by_switch_only(again, expected, continuing):
    series = [
        one_lesion(70, date(2025, 1, 1)),
        one_lesion(70, again),
        one_lesion(80, date(2025, 6, 1)),
    ]
    assert target_after(*series, baseline=ONE) == expected
    assert target_after(*series, baseline=ONE, recist_continuing_pr=True) == continuing


AFTER_OVERALL_CR = [
    # L01  L03        L04        non-target  overall
    (0,    ABSENT,    ABSENT,    CR,         CR),
    (0,    PRESENT,   ABSENT,    PD,         PD),
    (0,    PRESENT,   NOT_SEEN,  PD,         PD),
    (0,    NOT_SEEN,  ABSENT,    NE,         PR),
]  # fmt: skip


@pytest.mark.parametrize(("mm", "third", "fourth", "non_target", "overall"), AFTER_OVERALL_CR)
def test_any_disease_after_complete_response_is_pd(mm, third, fourth, non_target, overall):
    """A target lesion alone that is gone is no complete response (Table 3, footnote a)."""
    baseline = Baseline((lesion("L01", 20),), ("L03", "L04"))

    def non_targets(*states):
        return point(
            lesion("L01", None, GONE),
            non_targets=[
                NonTargetFinding(c, s) for c, s in zip(("L03", "L04"), states, strict=True)
            ],
        )

    now = non_targets(third, fourth)
    assessment = assess(baseline, [non_targets(ABSENT, ABSENT)], now)
    assert (assessment.non_target, assessment.overall) == (non_target, overall)
    assert (
        assess(baseline, [non_targets(PRESENT, ABSENT)], non_targets(PRESENT, ABSENT)).overall == PR
    )


def test_two_findings_that_differ_are_none():
    twice = [NonTargetFinding("L03", PRESENT), NonTargetFinding("L03", ABSENT)]
    assert non_target_response(["L03"], twice) == NE
    assert non_target_response(["L03"], [*twice, NonTargetFinding("L03", UNEQUIVOCAL)]) == PD


NEW = [
    # certainties                      new lesion     overall
    ([],                               None,          SD),
    (["EQUIVOCAL"],                    "EQUIVOCAL",   SD),
    (["UNEQUIVOCAL"],                  "UNEQUIVOCAL", PD),
    (["UNEQUIVOCAL", "EQUIVOCAL"],     "UNEQUIVOCAL", PD),
]  # fmt: skip


@pytest.mark.parametrize(("certainties", "certainty", "overall"), NEW)
def test_only_an_unequivocal_new_lesion_is_progression(certainties, certainty, overall):
    new = [NewLesion(NewLesionCertainty(name)) for name in certainties]
    assessment = assess(ONE, [], point(lesion("L01", 100), new=new))
    assert (assessment.new_lesion, assessment.overall) == (certainty, overall)


def test_new_lesion_that_is_gone_again_is_not_there():
    gone = NewLesion(NewLesionCertainty.UNEQUIVOCAL, gone=True)
    assert assess(ONE, [], point(lesion("L01", 100), new=[gone])).new_lesion is None


STORIES = [
    # baseline, nadirs …                      now       overall  percent of baseline
    ([("L01", 18, False), ("L02", 22, True)], (12, 14), PR,      "-35.0"),   # 01-001 at PC2
    ([("L01", 25, False), ("L02", 20, False)], (31, 27), PD,     "28.9"),    # 01-002
    ([("L01", 20, False), ("L02", 16, False)], (22, 17), SD,     "8.3"),     # 01-003
]  # fmt: skip


@pytest.mark.parametrize(("before", "now", "overall", "percent"), STORIES)
def test_patient_stories(before, now, overall, percent):
    baseline = Baseline(tuple(lesion(code, mm, node=node) for code, mm, node in before))
    assessment = assess(
        baseline,
        [],
        point(
            *(lesion(code, mm, node=node) for (code, _, node), mm in zip(before, now, strict=True))
        ),
    )
    assert assessment.overall == overall
    assert round(assessment.change_from_baseline_percent, 1) == D(percent)


def test_story_of_01_001_ends_in_complete_response():
    baseline = Baseline((lesion("L01", 18), lesion("L02", 22, node=True)), ("L03",))
    still, gone = NonTargetFinding("L03", PRESENT), NonTargetFinding("L03", ABSENT)
    pc2 = point(lesion("L01", 12), lesion("L02", 14, node=True), non_targets=[still])
    ta1 = point(lesion("L01", None, TOO_SMALL), lesion("L02", 9, node=True), non_targets=[still])
    ta2 = point(lesion("L01", None, GONE), lesion("L02", 8, node=True), non_targets=[gone])
    assert assess(baseline, [pc2], ta1).sum_mm == 14
    assert [assess(baseline, [pc2], ta1).overall, assess(baseline, [pc2, ta1], ta2).overall] == [
        PR,
        CR,
    ]


SIZES = st.integers(0, 4000).map(lambda tenths: D(tenths) / 10)
STATES = st.builds(
    TargetMeasurement,
    st.sampled_from(["L01", "L02", "L09"]),
    st.booleans(),
    st.sampled_from(TargetState),
    st.none() | SIZES,
)
POINTS = st.builds(
    TimePoint,
    st.just("TA"),
    st.none(),
    st.none() | st.dates(date(2025, 1, 1), date(2026, 1, 1)),
    st.lists(STATES, max_size=3).map(tuple),
    st.lists(
        st.builds(
            NonTargetFinding, st.sampled_from(["L03", "L04"]), st.sampled_from(NonTargetState)
        ),
        max_size=2,
    ).map(tuple),
    st.lists(st.builds(NewLesion, st.sampled_from(NewLesionCertainty)), max_size=2).map(tuple),
)
BASELINES = st.builds(
    Baseline,
    st.lists(STATES, max_size=2).map(tuple),
    st.sampled_from([(), ("L03",), ("L03", "L04")]),
)


@given(
    BASELINES,
    st.lists(POINTS, max_size=4),
    POINTS,
    st.booleans(),
    st.booleans(),
    st.sampled_from(["STRICT", "LENIENT"]),
)
def test_every_time_point_has_a_response(baseline, earlier, current, continuing, floor, ne):
    parameters = replace(
        DEFAULT,
        recist_continuing_pr=continuing,
        recist_floor_after_cr=floor,
        recist_nontarget_ne=ne,
    )
    assert assess(baseline, earlier, current, parameters=parameters).overall in Response


BEST_FIRST = [CR, PR, SD, PD]


@given(
    st.lists(SIZES.filter(bool), min_size=1, max_size=3),
    st.lists(SIZES, max_size=3),
    SIZES,
    SIZES,
    st.booleans(),
    st.booleans(),
)
def test_a_larger_sum_never_improves_the_response(
    before, earlier, small, growth, continuing, floor
):
    baseline = Baseline((lesion("L01", sum(before)),))
    series = [one_lesion(mm, date(2025, month, 1)) for month, mm in enumerate(earlier, 1)]
    parameters = replace(DEFAULT, recist_continuing_pr=continuing, recist_floor_after_cr=floor)
    smaller, larger = (
        assess(baseline, series, one_lesion(mm, date(2025, 9, 1)), parameters=parameters).target
        for mm in (small, small + growth)
    )
    assert BEST_FIRST.index(smaller) <= BEST_FIRST.index(larger)
