"""The second baseline (crf_spec 2.16, References; 5, ORR): what is measurable at BL1, what is left, and responses against it."""

from datetime import date
from decimal import Decimal

import pytest

from trial.protocol.recist import Baseline, NonTargetFinding, NonTargetState, TargetMeasurement, TargetState, TimePoint
from trial.protocol.second_baseline import measurable, no_disease, responses_since

MEASURED, TOO_SMALL, ABSENT, NE = TargetState.MEASURED, TargetState.TOO_SMALL, TargetState.ABSENT, TargetState.NOT_EVALUABLE


def lesion(mm, state=MEASURED, *, nodal=False, code="L01"):
    return TargetMeasurement(code, nodal, state, None if mm is None else Decimal(mm))


def point(*targets, others=(), label="PC2", on=date(2025, 4, 21)):
    return TimePoint(label, on, on, targets, tuple(NonTargetFinding("L03", state) for state in others))


BL0 = Baseline((lesion(30),))
NODE = Baseline((lesion(30, nodal=True),))


@pytest.mark.parametrize(
    ("baseline", "at", "expected"),
    [
        (BL0, point(lesion(10)), True),
        (BL0, point(lesion("9.9")), False),
        (NODE, point(lesion(15, nodal=True)), True),
        (NODE, point(lesion("14.9", nodal=True)), False),
        (BL0, point(lesion(None, TOO_SMALL)), False),
        (BL0, point(lesion(None, ABSENT)), False),
        (BL0, point(lesion(None, NE)), None),
        (BL0, point(), None),
        (Baseline(), point(), False),
    ],
)
def test_lesion_is_measurable_at_the_second_baseline_from_10_mm_a_node_from_15(baseline, at, expected):
    assert measurable(baseline, at) is expected


@pytest.mark.parametrize(
    ("baseline", "at", "expected"),
    [
        (BL0, point(lesion(None, ABSENT)), True),
        (BL0, point(lesion(None, TOO_SMALL)), False),
        (NODE, point(lesion("9.9", nodal=True)), True),
        (NODE, point(lesion(10, nodal=True)), False),
        (BL0, point(lesion(None, NE)), False),
        (BL0, point(), False),
        (Baseline(BL0.targets, ("L03",)), point(lesion(None, ABSENT), others=[NonTargetState.ABSENT]), True),
        (Baseline(BL0.targets, ("L03",)), point(lesion(None, ABSENT), others=[NonTargetState.PRESENT]), False),
        (Baseline(BL0.targets, ("L03",)), point(lesion(None, ABSENT)), False),
    ],
)
def test_nothing_is_left_only_where_all_was_seen_to_be_gone(baseline, at, expected):
    assert no_disease(baseline, at) is expected


@pytest.mark.parametrize(
    ("at_bl1", "later", "expected"),
    [
        ("20", "14", "PR"),  # 70 % of BL1
        ("20", "14.1", "SD"),
        ("20", "25", "SD"),  # growth is for the first baseline to judge
        ("20", None, "NE"),
    ],
)
def test_responses_are_told_against_the_second_baseline(at_bl1, later, expected):
    state = MEASURED if later else NE
    assert responses_since(BL0, point(lesion(at_bl1)), [point(lesion(later, state), label="TA1")]) == [expected]


def test_lesion_not_seen_at_the_second_baseline_leaves_responses_open():
    assert responses_since(BL0, point(), [point(lesion(10), label="TA1")]) == ["NE"]
