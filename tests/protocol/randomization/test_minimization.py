"""Minimization (crf_spec 2.13; Pocock, Simon 1975).

The arm preferred, the coin, and subjects that cannot be allocated.
"""

from collections import Counter
from fractions import Fraction
from math import sqrt
from statistics import stdev, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.randomization.blocks import Arm
from trial.protocol.randomization.keyed import below
from trial.protocol.randomization.minimization import (
    STANDARD,
    Allocated,
    Design,
    Measure,
    NotADesign,
    NotAllocatable,
    allocation,
    imbalance,
    preferred,
)

KEY = bytes(range(32))
SYS, SYSRT = Arm
ICI, NO_ICI = "ICI_CONTAINING", "NO_ICI"
NODES, ORGANS = "NODE_ONLY", "ANY_VISCERAL_OR_BONE"


def levels(sysclass, metpat):
    return {"SYSCLASS": sysclass, "METPAT": metpat}


def allocated(*rows):
    return [Allocated(arm, levels(sysclass, metpat)) for arm, sysclass, metpat in rows]


ONE = allocated((SYS, NO_ICI, NODES))
CROSSED = allocated((SYS, NO_ICI, NODES), (SYSRT, ICI, ORGANS))
TWO_OF_THREE = allocated((SYS, NO_ICI, NODES), (SYS, NO_ICI, ORGANS), (SYSRT, ICI, NODES))
PREFERRED = [
    # earlier        subject          design                                   preferred
    ([],             (NO_ICI, NODES), {},                                      {SYS, SYSRT}),
    (ONE,            (NO_ICI, NODES), {},                                      {SYSRT}),
    (ONE,            (NO_ICI, ORGANS), {},                                     {SYSRT}),
    (ONE,            (ICI, ORGANS),   {},                                      {SYS, SYSRT}),   # shares nothing with them
    (CROSSED,        (NO_ICI, ORGANS), {},                                     {SYS, SYSRT}),   # one pulls each way
    (CROSSED,        (NO_ICI, ORGANS), {"weights": {"SYSCLASS": 2, "METPAT": 1}}, {SYSRT}),
    (CROSSED,        (NO_ICI, ORGANS), {"weights": {"SYSCLASS": 0, "METPAT": 1}}, {SYS}),
    (TWO_OF_THREE,   (NO_ICI, NODES), {},                                      {SYSRT}),
    (ONE,            (NO_ICI, NODES), {"share": (2, 1)},                       {SYSRT}),
    (TWO_OF_THREE,   (NO_ICI, NODES), {"share": (2, 1)},                       {SYS, SYSRT}),
    ([],             (NO_ICI, NODES), {"share": (3, 1)},                       {SYS}),
    (CROSSED,        (NO_ICI, NODES), {"share": (3, 1)},                       {SYS, SYSRT}),
    (CROSSED,        (NO_ICI, NODES), {"share": (1, 3)},                       {SYSRT}),
]  # fmt: skip


@pytest.mark.parametrize(("earlier", "subject", "design", "expected"), PREFERRED)
def test_arm_that_leaves_less_imbalance_is_preferred(earlier, subject, design, expected):
    assert preferred(levels(*subject), earlier, design=Design(**design)) == expected


def test_measures_may_disagree():
    """The range adds the factors up.

    The variance dislikes one large imbalance more than two small ones.
    """
    factors = {"A": 1, "B": 1, "C": 1}

    def allocated(arm, number, factor):
        return [
            Allocated(arm, {name: "same" if name == factor else "other" for name in factors})
        ] * number

    def by_measure(earlier):
        subject = dict.fromkeys(factors, "same")
        measures = (Measure.RANGE, Measure.VARIANCE)
        return [
            preferred(subject, earlier, design=Design(weights=factors, measure=measure))
            for measure in measures
        ]

    assert by_measure(
        allocated(SYS, 3, "A") + allocated(SYSRT, 2, "B") + allocated(SYSRT, 2, "C")
    ) == [{SYS}, {SYS}]
    assert by_measure(
        allocated(SYS, 3, "A") + allocated(SYSRT, 1, "B") + allocated(SYSRT, 1, "C")
    ) == [{SYS}, {SYSRT}]


SUBJECTS = st.lists(
    st.tuples(st.sampled_from(Arm), st.sampled_from([ICI, NO_ICI]), st.sampled_from([NODES, ORGANS])), max_size=30
)  # fmt: skip
SUBJECT = st.tuples(st.sampled_from([ICI, NO_ICI]), st.sampled_from([NODES, ORGANS]))
DESIGNS = st.builds(
    Design,
    weights=st.fixed_dictionaries({"SYSCLASS": st.integers(1, 5), "METPAT": st.integers(0, 5)}),
    share=st.sampled_from([(1, 1), (2, 1), (1, 2), (3, 1)]),
    measure=st.sampled_from(Measure),
)


def plainly(subject, earlier, arm, design):
    """Return Pocock and Simon's total, written down as they do."""
    spread = {
        Measure.RANGE: lambda c: max(c) - min(c),
        Measure.VARIANCE: variance,
        Measure.STANDARD_DEVIATION: stdev,
    }[design.measure]
    total = 0
    for factor, weight in design.weights.items():
        alike = [row.arm for row in earlier if row.levels[factor] == subject[factor]] + [arm]
        total += weight * spread(
            [alike.count(SYS) / design.share[0], alike.count(SYSRT) / design.share[1]]
        )
    return total


@given(SUBJECT, SUBJECTS, DESIGNS)
def test_arm_with_the_larger_imbalance_is_never_preferred(subject, rows, design):
    earlier, wanted = allocated(*rows), levels(*subject)
    result = preferred(wanted, earlier, design=design)
    plain = {arm: plainly(wanted, earlier, arm, design) for arm in Arm}
    assert all(plain[arm] <= min(plain.values()) + 1e-9 for arm in result)


@given(SUBJECT, SUBJECTS, DESIGNS, st.sampled_from(Arm))
def test_imbalance_is_the_one_of_the_paper(subject, rows, design, arm):
    earlier, wanted = allocated(*rows), levels(*subject)
    constant = sqrt(2) if design.measure == Measure.STANDARD_DEVIATION else 1
    result = imbalance(wanted, earlier, arm, design=design)
    assert float(result) == pytest.approx(constant * plainly(wanted, earlier, arm, design))
    assert isinstance(result, Fraction)


def keys(number):
    return (n.to_bytes(32, "big") for n in range(number))


NINE = allocated(*[(SYS, NO_ICI, NODES)] * 9)
COINS = [
    # earlier   design                                    SYS of 2000, at least and at most
    (NINE,      {},                                       340, 460),    # 20 %
    (NINE[:8],  {},                                       340, 460),    # the ninth subject is the first minimized
    (NINE[:7],  {},                                       920, 1080),   # the eighth is randomized simply
    ([],        {},                                       920, 1080),
    (NINE[:7],  {"simple_first": 7},                      340, 460),
    (NINE,      {"percent": 100},                         0, 0),
    (NINE,      {"percent": 50},                          920, 1080),
    ([],        {"share": (3, 1)},                        1440, 1560),  # 75 %
    ([],        {"share": (1, 3)},                        440, 560),
    (NINE,      {"share": (1, 2)},                        150, 250),    # 20 % / 2: SYSRT is preferred, its share is 2
    (allocated(*[(SYSRT, NO_ICI, NODES)] * 9), {"share": (1, 2)}, 1540, 1660),  # 80 %
]  # fmt: skip


@pytest.mark.parametrize(("earlier", "design", "least", "most"), COINS)
def test_coin_falls_as_often_as_the_design_says(earlier, design, least, most):
    arms = Counter(
        allocation(key, levels(NO_ICI, NODES), earlier, design=Design(**design))
        for key in keys(2000)
    )
    assert least <= arms[SYS] <= most


def test_tie_is_broken_evenly():
    balanced = allocated(*[(arm, NO_ICI, NODES) for arm in Arm] * 5)
    arms = Counter(allocation(key, levels(NO_ICI, NODES), balanced) for key in keys(2000))
    assert 920 <= arms[SYS] <= 1080


def run(key, number, design=STANDARD):
    """Return the allocations of a whole trial; the subjects' levels alternate."""
    earlier = []
    for n in range(number):
        subject = levels((ICI, NO_ICI)[n % 2], (NODES, ORGANS)[n // 2 % 2])
        earlier.append(Allocated(allocation(key, subject, earlier, design=design), subject))
    return earlier


def test_margins_of_a_trial_stay_balanced():
    arms = run(KEY, 102)
    for factor, level in (
        ("SYSCLASS", ICI),
        ("SYSCLASS", NO_ICI),
        ("METPAT", NODES),
        ("METPAT", ORGANS),
    ):
        count = Counter(row.arm for row in arms if row.levels[factor] == level)
        assert abs(count[SYS] - count[SYSRT]) <= 6


def test_unequal_arms_keep_their_share():
    count = Counter(row.arm for row in run(KEY, 150, Design(share=(2, 1))))
    assert 90 <= count[SYS] <= 110


def test_same_key_and_order_give_the_same_arms_and_another_key_others():
    assert run(KEY, 30) == run(KEY, 30)
    assert run(KEY, 30) != run(bytes(32), 30)


@pytest.mark.parametrize(
    "subject", [{}, {"SYSCLASS": NO_ICI}, levels(NO_ICI, ""), levels(None, NODES)]
)
def test_subject_of_an_unknown_level_is_not_allocated(subject):
    with pytest.raises(NotAllocatable, match="A subject is allocated when every factor is"):
        allocation(KEY, subject, [])
    with pytest.raises(NotAllocatable, match="Not known"):
        allocation(KEY, levels(NO_ICI, NODES), [Allocated(SYS, subject)])


def test_short_key_is_refused():
    with pytest.raises(ValueError, match="Needed: a key of 32 bytes"):
        allocation(KEY[:31], levels(NO_ICI, NODES), [])


NO_DESIGNS = [
    {"weights": {}},
    {"weights": {"A": 0}},
    {"weights": {"A": 1, "B": -1}},
    {"share": (2, 2)},
    {"share": (0, 1)},
    {"share": (101, 1)},
    {"percent": 49},
    {"percent": 101},
    {"simple_first": -1},
]


@pytest.mark.parametrize("wrong", NO_DESIGNS)
def test_design_by_which_nobody_can_be_allocated_is_refused(wrong):
    with pytest.raises(NotADesign):
        Design(**wrong)


@pytest.mark.parametrize("limit", [0, 257, -1])
def test_limit_that_a_byte_cannot_reach_is_refused(limit):
    with pytest.raises(ValueError, match="A limit is 1 to 256"):
        below(limit, iter([1]))


@pytest.mark.parametrize(
    ("limit", "source", "number"),
    [(256, [255], 255), (1, [9], 0), (100, [200, 199], 99), (100, [100], 0)],
)
def test_number_below_a_limit_throws_the_incomplete_round_away(limit, source, number):
    assert below(limit, iter(source)) == number
