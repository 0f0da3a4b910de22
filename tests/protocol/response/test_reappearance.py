"""A lesion that is seen again (recist11, section 3, rule 4; RECIST 1.1, Table 3, footnote a).

Alone it is PD only after an overall CR; before, growth by 20 % and 5 mm decides.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from trial.protocol.parameters import DEFAULT
from trial.protocol.response.irecist import assess_all as assess_by_irecist
from trial.protocol.response.recist import (
    Baseline,
    NonTargetFinding,
    NonTargetState,
    TargetMeasurement,
    TargetState,
    TimePoint,
    assess_all,
)

PRESENT, ABSENT, UNEQUIVOCAL, UNSEEN = NonTargetState
SMALL, GONE, MISSED = TargetState.TOO_SMALL, TargetState.ABSENT, TargetState.NOT_EVALUABLE
WITH_FLOOR = replace(DEFAULT, recist_floor_after_cr=True)


def target(size, code="L01", *, node=False):
    """Return a target: measured in mm, or in a state."""
    if isinstance(size, TargetState):
        return TargetMeasurement(code, node, size)
    state = GONE if size == 0 else TargetState.MEASURED
    return TargetMeasurement(code, node, state, Decimal(str(size)) if size else None)


def points(sizes, non_targets=(), *, node=False, node_beside=False):
    """Return the time points of a target L01, and of a non-target L03, from their rows."""
    findings = list(non_targets) or [None] * len(sizes)
    series = []
    for number, (size, state) in enumerate(zip(sizes, findings, strict=True)):
        day = date(2025, 4, 1) + timedelta(63 * number)
        finding = NonTargetFinding("L03", state, nodal=node_beside) if state else None
        row = (target(size, node=node),)
        series.append(TimePoint(f"TA{number}", day, day, row, (finding,) if finding else ()))
    return series


def responses(before, series, *, non_targets=(), node=False, parameters=DEFAULT):
    baseline = Baseline((target(before, node=node),), non_targets)
    assessments = assess_all(baseline, series, parameters=parameters)
    return " ".join(assessment.overall for assessment in assessments)


ALONE = [
    # baseline  node   then               default      with floor
    (30,        False, (0, 4),            "CR PD",     "CR PR"),
    (30,        False, (0, 5),            "CR PD",     "CR PD"),
    (30,        False, (0, "0.1"),        "CR PD",     "CR PR"),
    (30,        False, (0, SMALL),        "CR PR",     "CR PR"),   # was it there before?
    (30,        False, (0, SMALL, SMALL), "CR PR PR",  "CR PR PR"),
    (30,        False, (0, SMALL, 3),     "CR PR PD",  "CR PR PR"),
    (30,        False, (0, MISSED, 3),    "CR NE PD",  "CR NE PR"),
    (30,        False, (0, 3, 0, 3),      "CR PD CR PD", "CR PR CR PR"),
    (30,        False, (0, 3, SMALL),     "CR PD PD",  "CR PR PD"),  # there before: 5 mm from 0
    (18,        True,  (9, "9.9"),        "CR CR",     "CR CR"),
    (18,        True,  (9, 10),           "CR PD",     "CR PR"),
    (18,        True,  (5, 10),           "CR PD",     "CR PD"),
    (18,        True,  (0, SMALL),        "CR CR",     "CR CR"),
    (30,        False, (6, 0),            "PR CR",     "PR CR"),
    (30,        False, (6, SMALL),        "PR PR",     "PR PR"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "node", "sizes", "default", "with_floor"), ALONE)
def test_after_overall_cr_a_target_seen_again_is_pd(before, node, sizes, default, with_floor):
    series = points(sizes, node=node)
    assert responses(before, series, node=node) == default
    assert responses(before, series, node=node, parameters=WITH_FLOOR) == with_floor


@pytest.mark.parametrize(("mm", "expected"), [("4.9", "PR"), (5, "PD")])
def test_floor_after_overall_cr_asks_for_5_mm_and_not_for_20_percent(mm, expected):
    """Beside three normal nodes of 9 mm, 5 mm are 19 % of the smallest sum."""
    nodes = [target(18, f"L1{number}", node=True) for number in range(3)]
    normal = tuple(replace(node, mm=Decimal(9)) for node in nodes)
    series = [TimePoint("TA", None, None, (target(size), *normal)) for size in (0, mm)]
    assessments = assess_all(Baseline((target(30), *nodes)), series, parameters=WITH_FLOOR)
    assert [assessment.overall for assessment in assessments] == ["CR", expected]


BESIDE = [
    # baseline  node   then               responses, a non-target present throughout
    (30,        False, (0, 4),            "PR PR"),
    (30,        False, (0, 5),            "PR PD"),
    (30,        False, (0, "4.9"),        "PR PR"),
    (30,        False, (0, SMALL),        "PR PR"),
    (30,        False, (0, SMALL, 5),     "PR PR PD"),
    (30,        False, (0, 4, 0, 4),      "PR PR PR PR"),
    (18,        True,  (9, 10),           "PR PR"),
    (18,        True,  (9, 14),           "PR PD"),
]  # fmt: skip


@pytest.mark.parametrize("parameters", [DEFAULT, WITH_FLOOR], ids=["default", "with floor"])
@pytest.mark.parametrize(("before", "node", "sizes", "expected"), BESIDE)
def test_without_overall_cr_growth_alone_decides(before, node, sizes, expected, parameters):
    """Targets that were gone are no overall CR while a non-target persists."""
    series = points(sizes, [PRESENT] * len(sizes), node=node)
    derived = responses(before, series, node=node, non_targets=("L03",), parameters=parameters)
    assert derived == expected


NO_CR = [
    # non-target, first and then   target       responses
    ((PRESENT, ABSENT),            (0, 4),      "PR PR"),
    ((UNSEEN, ABSENT),             (0, 4),      "PR PR"),
    ((ABSENT, ABSENT),             (0, 4),      "CR PD"),
    ((ABSENT, UNSEEN),             (0, 4),      "CR PD"),
    ((ABSENT, UNSEEN),             (0, 0),      "CR PR"),
]  # fmt: skip


@pytest.mark.parametrize(("states", "sizes", "expected"), NO_CR)
def test_overall_cr_is_that_of_all_lesions(states, sizes, expected):
    assert responses(30, points(sizes, states), non_targets=("L03",)) == expected


SEEN_AGAIN = [
    # non-target      no node     node
    (ABSENT,          "CR CR",    "CR CR"),
    (PRESENT,         "CR PD",    "CR PR"),   # a node: only by unequivocal progression
    (UNEQUIVOCAL,     "CR PD",    "CR PD"),
    (UNSEEN,          "CR PR",    "CR PR"),
]  # fmt: skip


@pytest.mark.parametrize(("state", "no_node", "node"), SEEN_AGAIN)
def test_non_target_seen_again_after_overall_cr(state, no_node, node):
    for node_beside, expected in ((False, no_node), (True, node)):
        series = points((0, 0), (ABSENT, state), node_beside=node_beside)
        assert responses(30, series, non_targets=("L03",)) == expected


@pytest.mark.parametrize(
    ("state", "node", "expected"), [(PRESENT, False, "PD"), (PRESENT, True, "NON-CR/NON-PD")]
)
def test_non_targets_alone_follow_the_same_rule(state, node, expected):
    series = [
        TimePoint("TA", None, None, (), (NonTargetFinding("L03", s, nodal=node),))
        for s in (ABSENT, state)
    ]
    assert [a.overall for a in assess_all(Baseline((), ("L03",)), series)] == ["CR", expected]


def test_lesion_too_small_after_it_was_gone_is_5_mm_of_the_sum_and_no_growth():
    first, second = assess_all(Baseline((target(30),)), points((0, SMALL)))
    assert (first.in_doubt, second.in_doubt) == ((), ("L01",))
    assert (second.sum_mm, second.nadir_mm, second.change_from_nadir_mm) == (5, 0, 0)
    assert round(second.change_from_baseline_percent, 1) == Decimal("-83.3")


def test_growth_beside_a_lesion_too_small_after_it_was_gone_is_told_from_the_same_count():
    """15 mm and 20 mm of L02 are progression, whatever stands for L01 at both scans."""
    baseline = Baseline((target(30), target(40, "L02")))
    rows = [
        (target(0), target(MISSED, "L02")),
        (target(SMALL), target(15, "L02")),
        (target(SMALL), target(20, "L02")),
    ]
    series = [TimePoint("TA", None, None, row) for row in rows]
    assert [assessment.target for assessment in assess_all(baseline, series)] == ["NE", "PR", "PD"]


def test_lesion_too_small_after_it_was_gone_confirms_no_progression_of_irecist():
    baseline = Baseline((target(30), target(30, "L02")))
    rows = [
        (target(0), target(20, "L02")),
        (target(0), target(30, "L02")),
        (target(SMALL), target(30, "L02")),
    ]
    days = [date(2025, 4, 1), date(2025, 6, 3), date(2025, 7, 8)]
    series = [
        TimePoint(f"TA{n}", day, day, row)
        for n, (day, row) in enumerate(zip(days, rows, strict=True))
    ]
    assert [reading.response for reading in assess_by_irecist(baseline, series)] == [
        "iPR",
        "iUPD",
        "iUPD",
    ]
