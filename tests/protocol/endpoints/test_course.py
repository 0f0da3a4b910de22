"""A subject's course (crf_spec 2.16, 5): all rules at work on one subject, on a day."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.endpoints.course import derive
from trial.protocol.endpoints.course_facts import CourseAssessment, CourseFacts
from trial.protocol.endpoints.facts import Facts, Therapy
from trial.protocol.endpoints.failure_pattern import Site
from trial.protocol.endpoints.local_control import LocalStatus
from trial.protocol.response.recist import (
    Baseline,
    Growth,
    NewLesion,
    NewLesionCertainty,
    NonTargetFinding,
    NonTargetState,
    Response,
    TargetMeasurement,
    TargetState,
    TimePoint,
)

RANDOMIZED, ASKED = date(2025, 4, 25), date(2026, 1, 1)
PR, SD, PD = Response.PR, Response.SD, Response.PD


def target(mm):
    return TargetMeasurement("L01", False, TargetState.MEASURED, Decimal(mm))


def assessed(label, on, mm, investigator, *, new=(), statuses=(), fields=()):
    return CourseAssessment(
        TimePoint(label, on, on, (target(mm),), (), tuple(map(NewLesion, new))),
        investigator,
        statuses,
        fields,
    )


PC2 = assessed("PC2", date(2025, 4, 21), 30, PR)


def course_of(*later, **more):
    facts = Facts(randomized_on=RANDOMIZED, baseline_complete=True, measurable=True)
    return CourseFacts(
        Baseline((target(50),)),
        (PC2, *later),
        **({"facts": facts, "treated_on": date(2025, 3, 10)} | more),
    )


def result(course, name):
    return next(
        row.result
        for row in (*course.endpoints, *course.local_control)
        if row.name.startswith(name)
    )


def test_responses_follow_each_other_in_order_of_their_scans():
    course = derive(
        course_of(
            assessed("TA2", date(2025, 8, 29), 36, PD), assessed("TA1", date(2025, 6, 26), 28, PR)
        ),
        on=ASKED,
    )
    assert [(row.assessment.point.label, str(row.derived.overall)) for row in course.responses] == [
        ("PC2", "PR"),
        ("TA1", "PR"),
        ("TA2", "PD"),
    ]


@pytest.mark.parametrize(("on", "event"), [(date(2025, 8, 28), False), (date(2025, 8, 29), True)])
def test_progression_counts_from_the_day_of_its_scan(on, event):
    course = derive(course_of(assessed("TA2", date(2025, 8, 29), 36, PD)), on=on)
    assert result(course, "Progression-free survival (FDA").event is event


def test_major_difference_is_settled_first():
    course = derive(course_of(assessed("TA1", date(2025, 6, 26), 36, SD)), on=ASKED)
    assert (course.responses[-1].discordance, course.responses[-1].evaluation.response) == (
        "MAJOR",
        None,
    )
    assert not result(course, "Progression-free survival (FDA").determined


def test_second_baseline_leads_its_own_responses():
    course = derive(course_of(assessed("TA1", date(2025, 6, 26), 28, PR)), on=ASKED)
    assert course.responses[-1].evaluation.since_randomization == SD
    assert result(course, "Objective response, against BL0").event
    assert not result(course, "Objective response, against BL1").event


@pytest.mark.parametrize(
    ("statuses", "new", "mm", "site"),
    [
        ((), (), 36, Site.OUT_OF_FIELD),
        ((("L01", LocalStatus.INFIELD_PD),), (), 36, Site.IN_FIELD),
        ((("L01", LocalStatus.MARGINAL_PD),), (), 36, Site.MARGINAL),
        ((), (NewLesionCertainty.UNEQUIVOCAL,), 28, Site.NEW),
        ((("L01", LocalStatus.INFIELD_PD),), (NewLesionCertainty.UNEQUIVOCAL,), 36, Site.COMBINED),
    ],
)
def test_first_failure_lies_where_the_assessment_says(statuses, new, mm, site):
    last = assessed(
        "TA1", date(2025, 6, 26), mm, PD, new=new, statuses=statuses, fields=(False,) * len(new)
    )
    irradiated = (("L01", date(2025, 6, 13)),)
    assert derive(course_of(last, irradiated=irradiated), on=ASKED).first_failure.site == site


def test_irradiated_lesion_is_followed_from_both_days():
    course = derive(
        course_of(
            assessed("TA1", date(2025, 6, 26), 28, PR), irradiated=(("L01", date(2025, 6, 13)),)
        ),
        on=ASKED,
    )
    assert [row.name for row in course.local_control] == [
        "Local control of L01, from randomization",
        "Local control of L01, from the end of radiotherapy",
    ]


@pytest.mark.parametrize(("on", "best"), [(date(2025, 6, 26), SD), (date(2025, 6, 27), PR)])
def test_what_comes_after_a_new_therapy_is_no_best_response(on, best):
    """It counts from the start to the first of PD and new therapy (recist11, section 7)."""
    facts = Facts(
        randomized_on=RANDOMIZED,
        baseline_complete=True,
        measurable=True,
        therapies=(Therapy("SUBTX", on),),
    )
    scans = (assessed("TA1", date(2025, 6, 27), 28, PR),)
    course = derive(
        CourseFacts(Baseline((target(50),)), scans, facts=facts, treated_on=date(2025, 3, 10)),
        on=ASKED,
    )
    assert course.best.response == (None if best == SD else PR)


def test_nobody_is_followed_before_randomization():
    course = derive(course_of(facts=Facts()), on=ASKED)
    assert course.randomized_on is None
    assert {row.result.reason for row in course.endpoints} == {"Not randomized."}


def pieces(label, on, *sizes):
    """Return an assessment of L01 in pieces."""
    rows = [replace(target(mm), piece=letter) for mm, letter in zip(sizes, "abc", strict=False)]
    return CourseAssessment(TimePoint(label, on, on, tuple(rows)), SD)


@pytest.mark.parametrize(("sizes", "event"), [((14, 14), True), ((12, 11), False)])
def test_split_lesion_is_controlled_by_the_sum_of_its_pieces(sizes, event):
    """From 20 mm after radiotherapy, 14 + 14 mm are growth of that lesion."""
    course = derive(
        course_of(
            assessed("TA1", date(2025, 6, 26), 20, PR),
            pieces("TA2", date(2025, 8, 29), *sizes),
            irradiated=(("L01", date(2025, 6, 13)),),
        ),
        on=ASKED,
    )
    assert {row.result.event for row in course.local_control} == {event}


@pytest.mark.parametrize("statuses", [("INFIELD_PD", "CONTROLLED"), ("CONTROLLED", "INFIELD_PD")])
def test_split_lesion_fails_where_one_of_its_pieces_does(statuses):
    read = tuple(("L01", LocalStatus(status)) for status in statuses)
    last = replace(pieces("TA2", date(2025, 8, 29), 7, 7), statuses=read)
    course = derive(course_of(last, irradiated=(("L01", date(2025, 6, 13)),)), on=ASKED)
    assert {row.result.event for row in course.local_control} == {True}


def test_merged_lesions_fail_together_where_the_mass_does():
    """The status is entered in the row in which the mass is measured."""
    first, second = target(20), replace(target(15), code="L02")
    mass = two("TA1", date(2025, 6, 26), first, replace(second, mm=None, merged_into="L01"))
    last = replace(mass, statuses=(("L01", LocalStatus.INFIELD_PD),))
    baseline, facts = Baseline((first, second)), Facts(randomized_on=RANDOMIZED)
    course = derive(CourseFacts(baseline, (last,), facts=facts), on=ASKED)
    assert [row.result.event for row in course.local_control] == [True, True]


def two(label, on, *rows):
    return CourseAssessment(TimePoint(label, on, on, rows), SD)


@pytest.mark.parametrize(("mm", "event"), [(34, False), (42, True)])
def test_merged_lesions_are_controlled_by_their_mass(mm, event):
    """20 mm and 15 mm merged into 34 mm are no growth of either."""
    first, second = target(20), replace(target(15), code="L02")
    mass = (target(mm), replace(second, mm=None, merged_into="L01"))
    course = derive(
        CourseFacts(
            Baseline((first, second)),
            (
                two("PC2", date(2025, 4, 21), first, second),
                two("TA1", date(2025, 6, 26), first, second),
                two("TA2", date(2025, 8, 29), *mass),
            ),
            facts=Facts(randomized_on=RANDOMIZED),
            irradiated=(("L01", date(2025, 6, 13)), ("L02", date(2025, 6, 13))),
        ),
        on=ASKED,
    )
    assert {(row.result.event, row.result.records) for row in course.local_control} == {
        (event, ("TA2",))
    }
    assert len(course.local_control) == 4


def test_lesion_too_small_after_it_was_gone_has_not_grown():
    small = replace(target(1), state=TargetState.TOO_SMALL, mm=None)
    gone = replace(small, state=TargetState.ABSENT)
    scans = (two("TA1", date(2025, 6, 26), gone), two("TA2", date(2025, 8, 29), small))
    course = derive(course_of(*scans, irradiated=(("L01", date(2025, 6, 13)),)), on=ASKED)
    assert not any(row.result.event for row in course.local_control)


NON_TARGET = [
    # second finding                                                     local status                event
    (NonTargetFinding("L03", NonTargetState.PRESENT),                    None,                       False),
    (NonTargetFinding("L03", NonTargetState.PRESENT, Growth.SOME),       None,                       False),
    (NonTargetFinding("L03", NonTargetState.PRESENT, Growth.UNEQUIVOCAL), None,                      True),
    (NonTargetFinding("L03", NonTargetState.UNEQUIVOCAL),                None,                       True),
    (NonTargetFinding("L03", NonTargetState.PRESENT),                    LocalStatus.INFIELD_PD,     True),
    (NonTargetFinding("L03", NonTargetState.UNEQUIVOCAL),                LocalStatus.MARGINAL_PD,    False),
]  # fmt: skip


@pytest.mark.parametrize(("finding", "status", "event"), NON_TARGET)
def test_irradiated_non_target_is_followed_as_the_reader_tells(finding, status, event):
    first = NonTargetFinding("L03", NonTargetState.PRESENT)
    statuses = (("L03", status),) if status else ()
    course = CourseFacts(
        Baseline((), ("L03", "L04")),
        (
            CourseAssessment(TimePoint("TA1", date(2025, 6, 26), None, (), (first,))),
            CourseAssessment(
                TimePoint("TA2", date(2025, 8, 29), None, (), (finding,)), statuses=statuses
            ),
        ),
        facts=Facts(randomized_on=RANDOMIZED),
        irradiated=(("L03", date(2025, 6, 13)),),
    )
    control = derive(course, on=ASKED).local_control
    assert [(row.name[:20], row.result.event, row.result.records) for row in control] == [
        ("Local control of L03", event, ("TA2",))
    ] * 2


PATTERN = [
    # first fraction      pattern of a progression on 2025-06-26
    (None,                None),
    (date(2025, 6, 27),   None),   # irradiated after it
    (date(2025, 6, 26),   Site.OUT_OF_FIELD),
    (date(2025, 5, 2),    Site.OUT_OF_FIELD),
]  # fmt: skip


@pytest.mark.parametrize(("since", "site"), PATTERN)
def test_first_failure_has_a_pattern_only_where_something_was_irradiated(since, site):
    last = assessed("TA1", date(2025, 6, 26), 36, PD)
    irradiated = (("L01", since),) if since else ()
    course = derive(course_of(last, irradiated_since=since, irradiated=irradiated), on=ASKED)
    assert course.first_failure.site == site


SIZES = st.one_of(st.none(), st.decimals(min_value=0, max_value=400, places=1))


@given(
    st.lists(st.tuples(st.integers(0, 900), SIZES, st.sampled_from([None, *Response])), max_size=6),
    st.integers(0, 1000),
)
def test_derivation_answers_whatever_is_entered(rows, day):
    """A later scan does not count, and nothing raises."""
    on = date.fromordinal(RANDOMIZED.toordinal() + day)
    points = [
        CourseAssessment(
            TimePoint(
                f"TA{n}",
                scanned,
                scanned,
                (
                    TargetMeasurement(
                        "L01", False, TargetState.MEASURED if mm else TargetState.ABSENT, mm
                    ),
                ),
            ),
            investigator,
        )
        for n, (days, mm, investigator) in enumerate(rows)
        if (scanned := date.fromordinal(RANDOMIZED.toordinal() + days))
    ]
    course = derive(course_of(*points), on=on)
    assert all(row.assessment.point.first_scan_on <= on for row in course.responses)
