"""Edges of RECIST 1.1 that its tables do not print.

Odd baselines, thick slices, the reading of non-targets.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from trial.protocol.parameters import DEFAULT
from trial.protocol.response.recist import (
    Baseline,
    Candidate,
    NonTargetFinding,
    NonTargetState,
    Response,
    TargetMeasurement,
    TargetState,
    TimePoint,
    assess,
    measurable,
    non_target_response,
    target_selection,
)

D = Decimal
MEASURED, NOT_EVALUABLE = TargetState.MEASURED, TargetState.NOT_EVALUABLE


def target(mm, code="L01", state=MEASURED):
    return TargetMeasurement(code, False, state, mm if mm is None else D(mm))


def point(*targets, on=None, non_targets=()):
    return TimePoint("TA", on, on, targets, non_targets)


SEEN, MISSED = (
    NonTargetFinding("L08", NonTargetState.PRESENT),
    NonTargetFinding("L09", NonTargetState.NE),
)


@pytest.mark.parametrize(
    ("reading", "expected"), [("STRICT", Response.NE), ("LENIENT", Response.NON_CR_NON_PD)]
)
def test_reading_of_the_non_targets_is_handed_on(reading, expected):
    baseline = Baseline((target(50),), ("L08", "L09"))
    assessment = assess(
        baseline,
        [],
        point(target(50), non_targets=(SEEN, MISSED)),
        parameters=replace(DEFAULT, recist_nontarget_ne=reading),
    )
    assert assessment.non_target == expected


def test_strict_reading_of_non_targets_is_the_default():
    assert non_target_response(["L08", "L09"], [SEEN, MISSED]) == Response.NE


def test_assessment_tells_non_targets_and_completeness():
    baseline = Baseline((target(50), target(20, "L02")), ("L08",))
    whole = assess(baseline, [], point(target(50), target(20, "L02"), non_targets=(SEEN,)))
    part = assess(
        baseline, [], point(target(50), target(None, "L02", NOT_EVALUABLE), non_targets=(SEEN,))
    )
    assert (whole.non_target, whole.sum_is_complete) == (Response.NON_CR_NON_PD, True)
    assert (part.non_target, part.sum_is_complete) == (Response.NON_CR_NON_PD, False)


def test_baseline_not_measured_leaves_the_response_open_whatever_came_later():
    """A nadir of a later scan is no baseline."""
    assessment = assess(
        Baseline((target(None, state=NOT_EVALUABLE),)), [point(target(30))], point(target(28))
    )
    assert (assessment.target, assessment.baseline_mm, assessment.nadir_mm) == (
        Response.NE,
        None,
        D(30),
    )


def test_nothing_measured_is_no_sum_of_zero():
    assessment = assess(Baseline((target(50),)), [], point(target(None, state=NOT_EVALUABLE)))
    assert (assessment.sum_mm, assessment.target) == (None, Response.NE)
    assert assess(Baseline((target(50),)), [], point()).sum_mm is None


SLICES = [
    # slice  diameter  measurable
    ("5",    "10",     True),
    ("5",    "9.9",    False),
    ("5.5",  "10.9",   False),
    ("5.5",  "11",     True),
    ("6",    "11",     False),
    ("6",    "12",     True),
]  # fmt: skip


@pytest.mark.parametrize(("slice_mm", "mm", "expected"), SLICES)
def test_slices_thicker_than_5_mm_double_what_is_needed(slice_mm, mm, expected):
    assert measurable(nodal=False, mm=D(mm), slice_mm=D(slice_mm)) is expected


def test_thick_slices_need_less_than_an_x_ray_only_up_to_their_double():
    assert measurable(nodal=False, mm=D(15), slice_mm=D(5), xray=True) is False


def test_continuing_response_needs_two_shrunken_scans_28_days_apart():
    baseline, days = (
        Baseline((target(100),)),
        [date(2025, 1, 1), date(2025, 1, 15), date(2025, 2, 12)],
    )
    shrunk, stable = target(60), target(80)
    later = [point(shrunk, on=days[1]), point(shrunk, on=days[2])]
    now = point(replace(stable, mm=D(71)), on=date(2025, 3, 12))
    assert (
        assess(baseline, later, now, parameters=replace(DEFAULT, recist_continuing_pr=True)).target
        == Response.PR
    )
    once = [point(stable, on=days[0]), point(shrunk, on=days[2])]  # the first scan did not shrink
    assert (
        assess(baseline, once, now, parameters=replace(DEFAULT, recist_continuing_pr=True)).target
        == Response.SD
    )


def test_selection_is_refused_in_these_sentences():
    six = [
        Candidate(f"L0{n}", organ, False, D(20))
        for n, organ in enumerate(("LUNG", "LIVER", "BONE", "KIDNEY", "SPLEEN", "PLEURA"))
    ]
    assert target_selection(six) == (
        "6 lesions are targets. At most 5 may be: make the others non-target.",
    )
    nodes = [Candidate(f"L1{n}", "LYMPH_NODE", True, D(20)) for n in range(3)]
    assert target_selection(nodes) == (
        "3 targets lie in the lymph nodes (L10, L11, L12). At most 2 of one organ may be.",
    )
    small = [Candidate("L02", "LYMPH_NODE", True, D(12))]
    assert target_selection(small) == (
        "L02 is a lymph node of 12 mm short axis. A target lymph node has 15 mm or more: choose non-target.",
    )
