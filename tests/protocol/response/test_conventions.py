"""The conventions that RECIST 1.1 leaves open hold for every reading alike (recist11, section 3).

Against BL0, against BL1 and by iRECIST: readings of one visit never contradict each other.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.parameters import DEFAULT, NontargetNe
from trial.protocol.response.irecist import NAMED, IResponse
from trial.protocol.response.lesions import (
    Baseline,
    NewLesion,
    NewLesionCertainty,
    NonTargetFinding,
    NonTargetState,
    TargetMeasurement,
    TargetState,
    TimePoint,
)
from trial.protocol.response.readings import read_all
from trial.protocol.response.recist import Response

PRESENT, ABSENT, UNEQUIVOCAL, UNSEEN = NonTargetState
MEASURED, SMALL, GONE, MISSED = TargetState
FLOOR = replace(DEFAULT, recist_floor_after_cr=True)
CONTINUING = replace(DEFAULT, recist_continuing_pr=True)
LENIENT = replace(DEFAULT, recist_nontarget_ne=NontargetNe.LENIENT)


def day(number):
    return date(2025, 4, 1) + timedelta(35 * number)


def target(size, code="L01"):
    if isinstance(size, TargetState):
        return TargetMeasurement(code, False, size)
    state = MEASURED if size else GONE
    return TargetMeasurement(code, False, state, Decimal(str(size)) if size else None)


def visits(*sizes, findings=()):
    """Return BL1 and the visits after it, from the sizes of one target."""
    return [
        TimePoint(f"TA{n}" if n else "PC2", day(n), day(n), (target(size),), findings)
        for n, size in enumerate(sizes)
    ]


def read(baseline, points, parameters):
    return read_all(baseline, points, [parameters] * len(points), second_baseline="PC2")


def last(baseline, points, parameters):
    """Return the last visit's responses: against BL0, against BL1, by iRECIST."""
    readings = read(baseline, points, parameters)[-1]
    return f"{readings.since_bl0.overall} {readings.since_bl1.overall} {readings.immune.response}"


ONE = Baseline((target(100),))
TWO_BESIDE = Baseline((target(100),), ("L03", "L04"))
PARTLY = (NonTargetFinding("L03", PRESENT), NonTargetFinding("L04", UNSEEN))
TABLE = [
    # baseline             visits, BL1 first                  parameters   BL0  BL1  iRECIST
    (ONE,                  visits(100, 0, 3),                 DEFAULT,     "PD PD iUPD"),
    (ONE,                  visits(100, 0, 3),                 FLOOR,       "PR PR iPR"),
    (ONE,                  visits(0, 3),                      DEFAULT,     "PD PD iUPD"),  # overall CR at BL1
    (ONE,                  visits(0, 3),                      FLOOR,       "PR SD iPR"),   # 3 mm are no less than 0
    (ONE,                  visits(100, 0, 5),                 FLOOR,       "PD PD iUPD"),
    (ONE,                  visits(100, 70, 70, 80),           DEFAULT,     "SD SD iSD"),
    (ONE,                  visits(100, 70, 70, 80),           CONTINUING,  "PR PR iPR"),
    (ONE,                  visits(100, 70, 80),               CONTINUING,  "SD SD iSD"),   # not confirmed
    (ONE,                  visits(80, 56, 56, 65),            CONTINUING,  "PR PR iPR"),
    (ONE,                  visits(70, 70, 80),                CONTINUING,  "PR SD iPR"),   # no PR since BL1
    (ONE,                  visits(100, 70, 70, 84),           CONTINUING,  "PD PD iUPD"),
    (Baseline((), ("L03", "L04")), visits(0, 0, findings=PARTLY), DEFAULT, "NE NE NE"),
    (Baseline((), ("L03", "L04")), visits(0, 0, findings=PARTLY), LENIENT, "NON-CR/NON-PD NON-CR/NON-PD NON-iCR/NON-iUPD"),
    (TWO_BESIDE,           visits(100, 100, findings=PARTLY), LENIENT,     "SD SD iSD"),
]  # fmt: skip


@pytest.mark.parametrize(("baseline", "points", "parameters", "expected"), TABLE)
def test_conventions_reach_every_reading(baseline, points, parameters, expected):
    assert last(baseline, points, parameters) == expected


def test_progression_ends_a_confirmed_partial_response():
    """By iRECIST the bar is set anew; what was confirmed before the iUPD no longer goes on."""
    points = visits(100, 70, 70, 84, 80)
    assert [r.immune.response for r in read(ONE, points, CONTINUING)] == [
        "iSD",
        "iPR",
        "iPR",
        "iUPD",
        "iSD",
    ]


def test_partial_response_confirmed_before_bl1_does_not_go_on_against_bl1():
    points = visits(70, 60, 60, 45)
    labels = ("UNS1", "UNS2", "PC2", "TA1")
    points = [replace(point, label=label) for point, label in zip(points, labels, strict=True)]
    assert last(ONE, points, CONTINUING) == "PR SD iPR"


def test_each_visit_is_read_whole_by_the_parameters_of_its_own_day():
    points = visits(100, 0, 3, 3)
    readings = read_all(ONE, points, [DEFAULT, DEFAULT, DEFAULT, FLOOR], second_baseline="PC2")
    responses = [
        f"{r.since_bl0.overall} {r.since_bl1.overall} {r.immune.response}" for r in readings[1:]
    ]
    assert responses == ["CR CR iCR", "PD PD iUPD", "PR PR iPR"]


def test_up_to_the_second_baseline_there_is_no_reading_against_it():
    assert [r.since_bl1 is None for r in read(ONE, visits(100, 80), DEFAULT)] == [True, False]
    elsewhere = read_all(ONE, visits(100, 80), [DEFAULT] * 2, second_baseline="TA9")
    assert [r.since_bl1 for r in elsewhere] == [None, None]


SIZES = st.sampled_from([0, 0, 3, 5, 8, 12, 20, 30, 36, 50, SMALL, GONE, MISSED])
FINDINGS = st.sampled_from(NonTargetState)
PARAMETERS = st.builds(
    lambda continuing, floor, ne: replace(
        DEFAULT,
        recist_continuing_pr=continuing,
        recist_floor_after_cr=floor,
        recist_nontarget_ne=ne,
    ),
    st.booleans(),
    st.booleans(),
    st.sampled_from(NontargetNe),
)
VISITS = st.lists(
    st.tuples(SIZES, SIZES, FINDINGS, st.booleans(), st.sampled_from([None, *NewLesionCertainty])),
    max_size=6,
)


def series(rows, node):
    points = []
    for number, (first, second, state, nodal, new) in enumerate(rows):
        targets = (target(first), replace(target(second, "L02"), nodal=node))
        findings = (NonTargetFinding("L03", state, nodal=nodal),)
        new_lesions = (NewLesion(new),) if new else ()
        label = f"TA{number}" if number else "PC2"
        points.append(TimePoint(label, day(number), day(number), targets, findings, new_lesions))
    return points


BEFORE = st.tuples(
    st.sampled_from([12, 20, 30]),
    st.sampled_from([15, 30]),
    st.just(PRESENT),
    st.just(False),
    st.none(),
)


@given(BEFORE, VISITS, st.booleans(), PARAMETERS)
def test_two_readings_with_the_same_reference_never_contradict_each_other(
    before, rows, node, parameters
):
    """BL1 as large as BL0: the same responses. Up to the first progression, iRECIST's are RECIST's."""
    points = series([before, *rows], node)
    baseline = Baseline(points[0].targets, ("L03",))
    readings = read(baseline, points, parameters)
    assert [r.since_bl1.overall for r in readings[1:]] == [
        r.since_bl0.overall for r in readings[1:]
    ]
    for reading in readings:
        assert reading.immune.response == NAMED.get(reading.since_bl0.overall, IResponse.NE)
        if reading.since_bl0.overall == Response.PD:
            break


@given(BEFORE, VISITS, st.booleans(), PARAMETERS)
def test_readings_with_two_references_agree_on_what_needs_none(before, rows, node, parameters):
    """PD is from the smallest sum since BL0, and CR from none: both are the same against BL1."""
    baseline = Baseline(series([before], node)[0].targets, ("L03",))
    for reading in read(baseline, series(rows, node), parameters)[1:]:
        for response in (Response.PD, Response.CR):
            assert (reading.since_bl1.overall == response) == (
                reading.since_bl0.overall == response
            )
