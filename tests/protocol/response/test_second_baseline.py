"""The second baseline (crf_spec 2.16).

Response against randomization, measurable disease, no disease left.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from trial.protocol.parameters import DEFAULT
from trial.protocol.response.lesions import (
    Baseline,
    NonTargetFinding,
    NonTargetState,
    TargetMeasurement,
    TargetState,
    TimePoint,
)
from trial.protocol.response.second_baseline import assess_since, measurable, no_disease

PRESENT, ABSENT, UNSEEN = NonTargetState.PRESENT, NonTargetState.ABSENT, NonTargetState.NE


def target(mm, code="L01", *, nodal=False):
    state = (
        TargetState.NOT_EVALUABLE
        if mm is None
        else TargetState.ABSENT
        if mm == 0
        else TargetState.MEASURED
    )
    return TargetMeasurement(code, nodal, state, Decimal(str(mm)) if mm else None)


def point(*targets, non_target=None):
    findings = (NonTargetFinding("L03", non_target),) if non_target else ()
    return TimePoint("TA", date(2025, 4, 21), None, targets, findings)


BEFORE = Baseline((target(50),))
SINCE = [
    # BL0 50 mm; at BL1   later            against BL1
    (40,                  [28],            ["PR"]),
    (40,                  [28.1],          ["SD"]),
    (40,                  [40],            ["SD"]),
    (40,                  [60],            ["PD"]),   # from the smallest sum since BL0
    (60,                  [60],            ["PD"]),   # no growth since BL1, yet 10 mm since BL0
    (45,                  [49, 55],        ["SD", "PD"]),
    (40,                  [0],             ["CR"]),
    (40,                  [28, 40, 28],    ["PR", "PD", "PR"]),
    (60,                  [42],            ["PR"]),   # 84 % of BL0
    (None,                [10],            ["NE"]),
    (None,                [60],            ["PD"]),
    (None,                [0],             ["CR"]),
    (40,                  [None],          ["NE"]),
]  # fmt: skip


def overall_since(baseline, at, *later, parameters=DEFAULT):
    assessments = assess_since(baseline, [at, *later], 0, parameters=parameters)
    return [assessment.overall for assessment in assessments]


@pytest.mark.parametrize(("at", "later", "expected"), SINCE)
def test_response_is_measured_from_the_sum_at_randomization(at, later, expected):
    assert (
        overall_since(BEFORE, point(target(at)), *(point(target(mm)) for mm in later)) == expected
    )


def test_change_is_told_from_the_sum_at_randomization():
    (since,) = assess_since(BEFORE, [point(target(40)), point(target(30))], 0)
    assert (since.baseline_mm, since.change_from_baseline_percent) == (40, -25)
    assert (since.nadir_mm, since.change_from_nadir_percent) == (40, -25)


@pytest.mark.parametrize(("reading", "expected"), [("STRICT", "NE"), ("LENIENT", "NON-CR/NON-PD")])
def test_non_targets_partly_assessed_follow_the_reading(reading, expected):
    two = Baseline((), ("L03", "L04"))
    parameters = replace(DEFAULT, recist_nontarget_ne=reading)
    assert overall_since(two, point(), point(non_target=PRESENT), parameters=parameters) == [
        expected
    ]


def test_same_lesions_are_carried_through_and_others_are_not():
    two = Baseline((target(50), target(20, "L02")), ("L03",))
    second = point(target(40), target(9, "L09"))
    (since,) = assess_since(two, [second, point(target(20), target(10, "L02"))], 0)
    assert (since.sum_mm, since.baseline_mm, since.target) == (30, None, "NE")


MEASURABLE = [
    # at BL1                                        measurable
    ([target(10)],                                  True),
    ([target(9.9)],                                 False),
    ([target(15, nodal=True)],                      True),
    ([target(14.9, nodal=True)],                    False),
    ([target(0)],                                   False),
    ([target(None)],                                None),
    ([],                                            None),
]  # fmt: skip


@pytest.mark.parametrize(("targets", "expected"), MEASURABLE)
def test_disease_is_measurable_by_one_target(targets, expected):
    before = Baseline(
        tuple(target(50, nodal=target_at_bl1.nodal) for target_at_bl1 in targets) or (target(50),)
    )
    assert measurable(before, point(*targets)) is expected


def test_one_measurable_target_suffices_and_an_unseen_target_leaves_it_open():
    two = Baseline((target(50), target(20, "L02")))
    assert measurable(two, point(target(None), target(12, "L02"))) is True
    assert measurable(two, point(target(None), target(5, "L02"))) is None
    assert measurable(Baseline((), ("L03",)), point()) is False


LEFT = [
    # targets            non-target   nothing left
    ([target(0)],        ABSENT,      True),
    ([target(0)],        PRESENT,     False),
    ([target(0)],        UNSEEN,      False),
    ([target(0)],        None,        False),
    ([target(0.1)],      ABSENT,      False),
    ([target(None)],     ABSENT,      False),
    ([],                 ABSENT,      False),
]  # fmt: skip


@pytest.mark.parametrize(("targets", "non_target", "expected"), LEFT)
def test_nothing_is_left_only_where_everything_was_seen_gone(targets, non_target, expected):
    assert (
        no_disease(Baseline((target(50),), ("L03",)), point(*targets, non_target=non_target))
        is expected
    )
