"""Lesions that split and lesions that merged (recist11, section 2; RECIST 1.1, section 4.3.2).

Pieces add up, a merged mass is measured once; the same lesion measured twice is never summed.
"""

from decimal import Decimal

import pytest
from trial.protocol.response.lesions import Baseline, TargetMeasurement, TargetState, TimePoint
from trial.protocol.response.recist import assess_all
from trial.protocol.response.sums import measure

MEASURED, SMALL, GONE, UNSEEN = TargetState
D = Decimal


def lesion(code, mm=None, state=MEASURED, *, node=False, into="", piece=""):
    return TargetMeasurement(code, node, state, None if mm is None else D(str(mm)), into, piece)


def point(*targets):
    return TimePoint("TA", None, None, targets)


L01, L02 = lesion("L01", 20), lesion("L02", 15)
A, B = lesion("L01", 14, piece="a"), lesion("L01", 14, piece="b")
THIRDS = [lesion("L01", 6, piece=letter) for letter in "abc"]
SPLIT = [
    # rows of L01                                                           sum    complete
    ((A, B),                                                                28,    True),
    ((A, lesion("L01", None, SMALL, piece="b")),                            19,    True),
    ((A, lesion("L01", None, GONE, piece="b")),                             14,    True),
    ((A, lesion("L01", None, UNSEEN, piece="b")),                           14,    False),
    ((A, B, lesion("L01", into="L01", piece="c")),                          28,    True),   # c grew into the others
    ((A,),                                                                  14,    False),  # one piece alone
    ((lesion("L01", 14, into="L01", piece="a"),),                           None,  False),
    ((lesion("L01", into="L01", piece="a"), lesion("L01", into="L01", piece="b")), None, False),
    ((L01, L01),                                                            None,  False),  # twice, not as pieces
    ((L01, lesion("L01", 21)),                                              None,  False),
    ((L01, A),                                                              None,  False),
    ((A, A),                                                                None,  False),
    ((lesion("L01", 12), lesion("L01", into="L02")),                        None,  False),
    ((),                                                                    None,  False),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "sum_mm", "complete"), SPLIT)
def test_pieces_are_added_and_the_same_lesion_is_not(rows, sum_mm, complete):
    measured = measure(Baseline((L01,)), point(*rows))
    assert (measured.sum_mm, measured.complete) == (sum_mm, complete)


def responses(before, *points):
    return [assessment.target for assessment in assess_all(Baseline(before), points)]


MASS = (lesion("L01", 34), lesion("L02", into="L01"))
SERIES = [
    # baseline     then                                                     responses
    ((L01,),       [point(A, B)],                                           ["PD"]),        # 20 to 28 mm
    ((L01,),       [point(lesion("L01", 12, piece="a"), lesion("L01", 11, piece="b"))], ["SD"]),
    ((L01, L02),   [point(*MASS)],                                          ["SD"]),        # 35 to 34 mm
    ((L01, L02),   [point(lesion("L01", 42), MASS[1])],                     ["PD"]),
    ((L01, L02),   [point(*MASS), point(lesion("L01", 14), lesion("L02", 10))], ["SD", "PR"]),  # apart again
    ((L01,),       [point(A, B), point(A)],                                 ["PD", "NE"]),  # b is not assessed
    ((L01,),       [point(*THIRDS), point(*THIRDS[:2])],                    ["SD", "NE"]),  # c is not assessed
    ((L01,),       [point(*THIRDS), point(L01), point(*THIRDS[:2])],        ["SD", "SD", "PR"]),  # whole, then split anew
    ((L01,),       [point(A, B), point(lesion("L01", 12))],                 ["PD", "PR"]),  # whole again
    ((L01,),       [point(lesion("L01", 4, piece="a"), lesion("L01", 4, piece="b")), point(lesion("L01", 15, piece="a"))],
     ["PR", "PD"]),                                                                         # what is missing can only add
]  # fmt: skip


@pytest.mark.parametrize(("before", "points", "expected"), SERIES)
def test_response_of_what_split_and_merged(before, points, expected):
    assert responses(before, *points) == expected


NODE = lesion("L03", 18, node=True)
NODES = [
    # pieces in mm     response
    ((9, 9),           "CR"),   # each piece below 10, though 18 together
    ((9.9, 0),         "CR"),
    ((10, 2),          "PR"),
    ((12, 8),          "SD"),
]  # fmt: skip


@pytest.mark.parametrize(("sizes", "expected"), NODES)
def test_each_piece_of_a_split_node_is_below_10_mm_for_cr(sizes, expected):
    pieces = [
        lesion("L03", mm or None, MEASURED if mm else GONE, node=True, piece=letter)
        for mm, letter in zip(sizes, "ab", strict=True)
    ]
    assert responses((NODE,), point(*pieces)) == [expected]


def test_piece_of_a_node_seen_again_after_cr_is_pd_by_its_own_size():
    def split(*sizes):
        return point(
            *(lesion("L03", mm, node=True, piece=p) for mm, p in zip(sizes, "ab", strict=True))
        )

    assert responses((NODE,), split(9, 9), split(9, "9.9")) == ["CR", "CR"]
    assert responses((NODE,), split(9, 9), split(5, 10)) == ["CR", "PD"]


REAPPEARING = [
    # first                                                 then                                            in doubt
    ([lesion("L01", None, GONE)],                           [lesion("L01", None, SMALL, piece="a"), B],     ("L01",)),
    ([A, lesion("L01", None, GONE, piece="b")],             [A, lesion("L01", None, SMALL, piece="b")],     ("L01",)),
    ([A, lesion("L01", None, GONE, piece="b")],             [lesion("L01", None, SMALL, piece="a"), B],     ()),
    ([lesion("L01", None, GONE, piece=p) for p in "ab"],    [lesion("L01", None, SMALL)],                   ("L01",)),
    ([A, lesion("L01", None, GONE, piece="b")],             [lesion("L01", None, SMALL)],                   ()),
]  # fmt: skip


@pytest.mark.parametrize(("first", "then", "in_doubt"), REAPPEARING)
def test_piece_too_small_after_it_was_gone_is_in_doubt(first, then, in_doubt):
    assert assess_all(Baseline((L01,)), [point(*first), point(*then)])[-1].in_doubt == in_doubt


@pytest.mark.parametrize(
    ("mass", "in_doubt"), [(lesion("L01", None, GONE), ("L02",)), (lesion("L01", 8), ())]
)
def test_lesion_is_gone_with_its_mass(mass, in_doubt):
    """L02 merged with L01; apart again, it is too small to measure."""
    apart = point(lesion("L01", None, GONE), lesion("L02", None, SMALL))
    first = point(mass, lesion("L02", into="L01"))
    assert assess_all(Baseline((L01, L02)), [first, apart])[-1].in_doubt == in_doubt


def test_lesion_measured_since_it_was_gone_is_in_no_doubt():
    points = [
        point(lesion("L01", None, GONE)),
        point(lesion("L01", 4)),
        point(lesion("L01", None, SMALL)),
    ]
    assert [a.in_doubt for a in assess_all(Baseline((L01,)), points)] == [(), (), ()]
