"""A subject's course (crf_spec 2.16, 5): all rules at work on one subject, on a day."""

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
    NewLesion,
    NewLesionCertainty,
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
    assert derive(course_of(last), on=ASKED).first_failure.site == site


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
