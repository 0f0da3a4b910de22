"""iRECIST, row by row of its Tables 2 and 3.

Also the answers of the working group, and the patient of crf_spec 8, story 10.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.response import irecist
from trial.protocol.response.irecist import (
    IResponse,
    assess_all,
)
from trial.protocol.response.lesions import (
    Baseline,
    Growth,
    NewLesion,
    NewLesionCertainty,
    NonTargetFinding,
    NonTargetState,
    TargetMeasurement,
    TargetState,
    TimePoint,
)

ICR, IPR, ISD, IUPD, ICPD = (
    IResponse.ICR,
    IResponse.IPR,
    IResponse.ISD,
    IResponse.IUPD,
    IResponse.ICPD,
)
NE, NN, NED = IResponse.NE, IResponse.NON_ICR_NON_IUPD, IResponse.NED
PRESENT, ABSENT, UNEQUIVOCAL, UNSEEN = NonTargetState
SOME, MUCH = Growth.SOME, Growth.UNEQUIVOCAL
START = date(2025, 9, 1)


def target(mm, code="L01"):
    state = (
        TargetState.NOT_EVALUABLE
        if mm is None
        else TargetState.ABSENT
        if mm == 0
        else TargetState.MEASURED
    )
    return TargetMeasurement(code, False, state, Decimal(str(mm)) if mm else None)


def new(code, mm=None, *, growth=Growth.NONE, gone=False, certainty=NewLesionCertainty.UNEQUIVOCAL):
    return NewLesion(
        certainty,
        code,
        mm=None if mm is None else Decimal(mm),
        measured=mm is not None,
        growth=growth,
        gone=gone,
    )


def scan(mm, non_target=None, *lesions, growth=Growth.NONE):
    non_targets = (NonTargetFinding("L03", non_target, growth),) if non_target else ()
    return TimePoint("TA", None, None, () if mm == "" else (target(mm),), non_targets, lesions)


def series(*scans, days=None, baseline=50, non_target=True, symptom=()):
    """Return the responses at scans 36 days apart, unless days are given."""
    days = days or [36 * n for n in range(len(scans))]
    points = [
        replace(point, label=f"TA{n}", first_scan_on=START + timedelta(day))
        for n, (point, day) in enumerate(zip(scans, days, strict=True), 1)
    ]
    targets = (target(baseline),) if baseline else ()
    non_targets = ("L03",) if non_target else ()
    return assess_all(Baseline(targets, non_targets), points, new_symptom=frozenset(symptom))


def called(*scans, **more):
    return [reading.response for reading in series(*scans, **more)]


FIRST = [
    # scan                                   response without previous iUPD (Table 2, first column)
    (scan(0, ABSENT),                        ICR),
    (scan(0, PRESENT),                       IPR),
    (scan(35, PRESENT),                      IPR),
    (scan(35.1, PRESENT),                    ISD),
    (scan(50, PRESENT),                      ISD),
    (scan(50, UNEQUIVOCAL),                  IUPD),
    (scan(59.9, PRESENT),                    ISD),
    (scan(60, PRESENT),                      IUPD),
    (scan(60, UNEQUIVOCAL),                  IUPD),
    (scan(50, PRESENT, new("N01")),          IUPD),
    (scan(60, UNEQUIVOCAL, new("N01")),      IUPD),
    (scan(50, PRESENT, new("N01", certainty=NewLesionCertainty.EQUIVOCAL)), ISD),
    (scan(None, PRESENT),                    NE),
]  # fmt: skip


@pytest.mark.parametrize(("point", "expected"), FIRST)
def test_first_column_of_table_2(point, expected):
    assert called(point) == [expected]


SECOND = [
    # at the iUPD                            then                                            response (Table 2, second column)
    # target disease
    (scan(60, PRESENT),                      scan(64.9, PRESENT),                            IUPD),
    (scan(60, PRESENT),                      scan(65, PRESENT),                              ICPD),
    (scan(60, PRESENT),                      scan(60, PRESENT),                              IUPD),
    (scan(60, PRESENT),                      scan(60, PRESENT, growth=SOME),                 IUPD),  # it had not progressed
    (scan(60, PRESENT),                      scan(60, UNEQUIVOCAL),                          ICPD),  # another category
    (scan(60, PRESENT),                      scan(60, PRESENT, new("N01")),                  ICPD),
    (scan(60, PRESENT),                      scan(59, PRESENT),                              ISD),   # 18 % above the nadir
    (scan(60, PRESENT),                      scan(35, PRESENT),                              IPR),
    (scan(60, PRESENT),                      scan(0, ABSENT),                                ICR),
    (scan(60, PRESENT),                      scan(None, PRESENT),                            NE),
    # non-target disease
    (scan(50, UNEQUIVOCAL),                  scan(50, UNEQUIVOCAL),                          IUPD),
    (scan(50, UNEQUIVOCAL),                  scan(50, UNEQUIVOCAL, growth=SOME),             ICPD),
    (scan(50, UNEQUIVOCAL),                  scan(50, PRESENT, growth=SOME),                 ICPD),  # need not be unequivocal
    (scan(50, UNEQUIVOCAL),                  scan(60, UNEQUIVOCAL),                          ICPD),
    (scan(50, UNEQUIVOCAL),                  scan(50, PRESENT),                              ISD),
    (scan(35, UNEQUIVOCAL),                  scan(35, PRESENT),                              IPR),
    # both
    (scan(60, UNEQUIVOCAL),                  scan(60, UNEQUIVOCAL),                          IUPD),
    (scan(60, UNEQUIVOCAL),                  scan(65, PRESENT),                              ICPD),
    (scan(60, UNEQUIVOCAL),                  scan(50, UNEQUIVOCAL),                          IUPD),
    # new lesions
    (scan(50, PRESENT, new("N01", 12)),      scan(50, PRESENT, new("N01", 16)),              IUPD),
    (scan(50, PRESENT, new("N01", 12)),      scan(50, PRESENT, new("N01", 17)),              ICPD),
    (scan(50, PRESENT, new("N01")),          scan(50, PRESENT, new("N01")),                  IUPD),
    (scan(50, PRESENT, new("N01")),          scan(50, PRESENT, new("N01", growth=SOME)),     ICPD),
    (scan(50, PRESENT, new("N01")),          scan(50, PRESENT, new("N01"), new("N02")),      ICPD),
    (scan(50, PRESENT, new("N01")),          scan(50, PRESENT, new("")),                     ICPD),  # one not seen before
    (scan(50, PRESENT, new("N01")),          scan(60, PRESENT, new("N01")),                  ICPD),
    (scan(50, PRESENT, new("N01")),          scan(50, PRESENT),                              IUPD),  # not said to be gone
    (scan(50, PRESENT, new("N01")),          scan(50, PRESENT, new("N01", gone=True)),       ISD),
    (scan(50, PRESENT, new("N01")),          scan(35, PRESENT, new("N01")),                  IPR),   # scenario B of the answers
    (scan(35, PRESENT, new("N01")),          scan(35, PRESENT, new("N01")),                  IUPD),  # scenario F
    (scan(50, PRESENT, new("N01")),          scan(0, ABSENT, new("N01")),                    IPR),   # not complete while it is there
    (scan(50, PRESENT, new("N01")),          scan(0, ABSENT, new("N01", gone=True)),         ICR),
]  # fmt: skip


@pytest.mark.parametrize(("first", "then", "expected"), SECOND)
def test_second_column_of_table_2(first, then, expected):
    assert called(first, then) == [IUPD, expected]


WITHOUT_TARGETS = [
    # scans                                                                       responses
    ([scan("", ABSENT)],                                                          [ICR]),
    ([scan("", PRESENT)],                                                         [NN]),
    ([scan("", UNSEEN)],                                                          [NE]),
    ([scan("", UNEQUIVOCAL), scan("", PRESENT)],                                  [IUPD, NN]),
    ([scan("", UNEQUIVOCAL), scan("", UNEQUIVOCAL, growth=SOME)],                 [IUPD, ICPD]),
    ([scan("", PRESENT, new("N01")), scan("", ABSENT, new("N01", gone=True))],    [IUPD, ICR]),
    ([scan("", UNEQUIVOCAL), scan("", ABSENT)],                                   [IUPD, ICR]),
]  # fmt: skip


@pytest.mark.parametrize(("scans", "expected"), WITHOUT_TARGETS)
def test_patients_with_non_target_disease_only(scans, expected):
    assert called(*scans, baseline=None) == expected


NO_DISEASE = [
    ([scan("")], [NED]),
    ([scan("", None, new("N01")), scan("", None, new("N01"))], [IUPD, IUPD]),
    ([scan("", None, new("N01")), scan("", None, new("N01", gone=True))], [IUPD, NED]),
    ([scan("", None, new("N01")), scan("", None, new("N01"), new("N02"))], [IUPD, ICPD]),
]


@pytest.mark.parametrize(("scans", "expected"), NO_DISEASE)
def test_patients_without_disease(scans, expected):
    assert called(*scans, baseline=None, non_target=False) == expected


def test_growth_in_steps_adds_up():
    assert called(scan(60), scan(64), scan(66), non_target=False) == [IUPD, IUPD, ICPD]
    assert called(
        scan(50, None, new("N01", 12)),
        scan(50, None, new("N01", 16)),
        scan(50, None, new("N01", 18)),
        non_target=False,
    ) == [
        IUPD,
        IUPD,
        ICPD,
    ]


def test_growth_counts_from_the_smallest_since():
    assert called(scan(68), scan(62), scan(67), non_target=False) == [IUPD, IUPD, ICPD]
    assert called(scan(68), scan(62), scan(66), non_target=False) == [IUPD, IUPD, IUPD]


def test_bar_is_set_anew():
    readings = series(scan(60), scan(50), scan(60), scan(65), non_target=False)
    assert [reading.response for reading in readings] == [IUPD, ISD, IUPD, ICPD]
    assert readings[-1].since_on == readings[2].on  # a progression of its own
    assert called(scan(60), scan(40), scan(47), scan(48), non_target=False) == [
        IUPD,
        ISD,
        ISD,
        IUPD,
    ]  # from the new nadir


ANEW = [
    # then                                              response
    (scan(35, None, new("N01", 12)),                    IPR),
    (scan(35, None, new("N01", 16)),                    IPR),   # 4 mm
    (scan(35, None, new("N01", 17)),                    IUPD),  # 5 mm and 20 %
    (scan(35, None, new("N02", 10)),                    IUPD),
]  # fmt: skip


@pytest.mark.parametrize(("then", "expected"), ANEW)
def test_new_lesions_count_again_by_the_rules_of_a_first_progression(then, expected):
    assert called(
        scan(50, None, new("N01", 12)), scan(35, None, new("N01", 12)), then, non_target=False
    ) == [IUPD, IPR, expected]


@pytest.mark.parametrize(("growth", "expected"), [(Growth.NONE, IPR), (SOME, IPR), (MUCH, IUPD)])
def test_new_lesions_not_measured_must_then_grow_unequivocally(growth, expected):
    scans = [
        scan(50, None, new("N01")),
        scan(35, None, new("N01")),
        scan(35, None, new("N01", growth=growth)),
    ]
    assert called(*scans, non_target=False)[-1] == expected


def numbered(
    *sizes, organs=("LUNG", "LUNG", "LIVER", "LIVER", "BONE", "BRAIN"), growth=Growth.NONE
):
    """Return new lesions N01 … of these sizes; `growth` is that of the last."""
    lesions = [
        replace(new(f"N{n:02}", mm), organ=organ)
        for n, (mm, organ) in enumerate(zip(sizes, organs, strict=False), 1)
    ]
    return (*lesions[:-1], replace(lesions[-1], growth=growth))


LIMITED = [
    # at the iUPD                    then                                             response
    (numbered(12, 12, 12, 12, 12),     numbered(12, 12, 12, 12, 17),                    ICPD),  # the fifth, 5 mm
    (numbered(12, 12, 12, 12, 12, 12), numbered(12, 12, 12, 12, 12, 17),                IUPD),  # the sixth is not followed by size
    (numbered(12, 12, 12, 12, 12, 12), numbered(12, 12, 12, 12, 12, 17, growth=SOME),   ICPD),  # but by its growth, as told
    (numbered(12, 12, 12, 12, 12, 12), numbered(17, 12, 12, 12, 12, 12),                ICPD),  # beside it the first five still are
    (numbered(12, 12, organs=("LUNG",) * 3),     numbered(12, 17, organs=("LUNG",) * 3),     ICPD),
    (numbered(12, 12, 12, organs=("LUNG",) * 3), numbered(12, 12, 17, organs=("LUNG",) * 3), IUPD),  # the third of an organ
    (numbered(12, 12, 12, organs=("LUNG",) * 3), numbered(12, 12, 17, organs=("LUNG",) * 3, growth=SOME), ICPD),
]  # fmt: skip


@pytest.mark.parametrize(("first", "then", "expected"), LIMITED)
def test_five_new_lesions_are_followed_by_size_and_two_of_an_organ(first, then, expected):
    assert called(scan(50, None, *first), scan(50, None, *then), non_target=False) == [
        IUPD,
        expected,
    ]


TIMES = [
    # days after the iUPD  response
    (25,                   IUPD),
    (26,                   ICPD),  # 28 days, less 2
    (28,                   ICPD),
    (56,                   ICPD),
    (90,                   ICPD),  # late, yet confirmed
]  # fmt: skip


@pytest.mark.parametrize(("days", "expected"), TIMES)
def test_confirmation_needs_28_days(days, expected):
    assert called(scan(60), scan(70), days=[0, days], non_target=False) == [IUPD, expected]


EARLY = [
    # scan after 14 days                                            new symptom  response
    (scan(60, None, new("N01"), new("N02")),                        True,        ICPD),
    (scan(60, None, new("N01"), new("N02")),                        False,       IUPD),
    (scan(90, None, new("N01")),                                    True,        IUPD),  # growth is not enough
    (scan(20, None, new("N01")),                                    False,       IUPD),
]  # fmt: skip


@pytest.mark.parametrize(("then", "symptom", "expected"), EARLY)
def test_early_scan_counts_with_a_new_symptom_and_another_new_lesion_only(then, symptom, expected):
    readings = called(
        scan(50, None, new("N01")),
        then,
        days=[0, 14],
        non_target=False,
        symptom=["TA2"] if symptom else [],
    )
    assert readings == [IUPD, expected]


def test_what_an_early_scan_showed_is_compared_with_later_ones():
    assert called(scan(60), scan(64), scan(65), days=[0, 14, 30], non_target=False) == [
        IUPD,
        IUPD,
        ICPD,
    ]


def test_a_confirmed_progression_stays_so():
    assert called(scan(60), scan(70), scan(20), non_target=False) == [IUPD, ICPD, ICPD]


def test_scan_without_a_date_is_not_evaluable():
    readings = assess_all(Baseline((target(50),)), [scan(90)])
    assert [(reading.on, reading.response, reading.reason) for reading in readings] == [
        (None, NE, "There is no scan.")
    ]


def test_readings_give_their_reasons():
    readings = series(scan(60), scan(65, None, new("N01")), non_target=False)
    assert [reading.reason for reading in readings] == [
        "Progression, not confirmed.",
        "Confirmed: the sum grew by a further 5 mm.",
    ]
    assert [reading.by for reading in readings] == [("TARGET",), ("NEW", "TARGET")]


SIZES = st.sampled_from([None, 0, 3, 20, 34, 35, 44, 50, 54, 55, 59, 60, 64, 65, 80])
CERTAINTY = st.sampled_from(NewLesionCertainty)
NEWS = st.lists(
    st.builds(
        NewLesion, CERTAINTY, st.sampled_from(["", "N01", "N02"]), st.none(), SIZES.map(lambda mm: None if mm is None else Decimal(mm)),
        st.booleans(), st.sampled_from(Growth), st.booleans(),
    ),
    max_size=2,
).map(tuple)  # fmt: skip
SCANS = st.builds(
    lambda mm, state, growth, lesions: replace(scan(mm, state, growth=growth), new_lesions=lesions),
    SIZES, st.sampled_from(NonTargetState), st.sampled_from(Growth), NEWS,
)  # fmt: skip


@given(
    st.lists(st.tuples(SCANS, st.integers(1, 80)), min_size=1, max_size=6),
    st.sampled_from([None, 50]),
    st.booleans(),
)
def test_responses_move_only_as_the_table_says(points, baseline, non_target):
    scans = [replace(point, targets=point.targets if baseline else ()) for point, _ in points]
    days = [sum(gap for _, gap in points[:n]) for n in range(len(points))]
    readings = series(*scans, days=days, baseline=baseline, non_target=non_target)
    assert all(
        now in irecist.NEXT[then]
        for then, now in pairwise(reading.response for reading in readings)
    )
    assert all(bool(reading.since_on) for reading in readings if reading.response in (IUPD, ICPD))
    assert readings == series(*scans, days=days, baseline=baseline, non_target=non_target)
    for n in range(len(readings)):  # what comes later changes nothing before
        assert (
            series(*scans[:n], days=days[:n], baseline=baseline, non_target=non_target)
            == readings[:n]
            or n == 0
        )


def test_every_response_has_its_moves():
    assert set(irecist.NEXT) == set(IResponse) == set(irecist.BEST_FIRST)
