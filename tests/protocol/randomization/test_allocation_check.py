"""Every allocation computed again from the revealed key (crf_spec 2.13, verify)."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.parameters import RandMethod
from trial.protocol.randomization import blocks, minimization
from trial.protocol.randomization.allocation_check import Allocation, Problem, verify
from trial.protocol.randomization.blocks import Arm, commitment
from trial.protocol.randomization.minimization import Allocated, Design

KEY = bytes(range(32))
PUBLISHED = commitment(KEY)
BLOCKS, MINIMIZATION = RandMethod
STRATA = [
    (sysclass, metpat)
    for sysclass in ("ICI_CONTAINING", "NO_ICI")
    for metpat in ("NODE_ONLY", "ANY_VISCERAL_OR_BONE")
]


def in_blocks(strata, key=KEY):
    """Return the list as the system writes it, for subjects of these strata in order."""
    places, rows = Counter(), []
    for number, stratum in enumerate(strata, 1):
        places[stratum] += 1
        arm = blocks.allocation(key, "/".join(stratum), places[stratum])
        rows.append(
            Allocation(
                number=number,
                levels=dict(zip(("SYSCLASS", "METPAT"), stratum, strict=True)),
                arm=arm.value,
            )
        )
    return rows


def minimized(strata, key=KEY, design=minimization.STANDARD):
    rows = []
    for number, stratum in enumerate(strata, 1):
        levels = dict(zip(("SYSCLASS", "METPAT"), stratum, strict=True))
        earlier = [Allocated(Arm(row.arm), row.levels) for row in rows]
        rows.append(
            Allocation(
                number=number,
                levels=levels,
                arm=minimization.allocation(key, levels, earlier, design=design).value,
            )
        )
    return rows


SUBJECTS = [STRATA[n * n % 4] for n in range(30)]
LISTS = {BLOCKS: in_blocks(SUBJECTS), MINIMIZATION: minimized(SUBJECTS)}
METHODS = pytest.mark.parametrize("method", RandMethod)


def problems(rows, method, key=KEY, published=PUBLISHED):
    return [
        (finding.problem.value, finding.number)
        for finding in verify(key, published, rows, method=method)
    ]


def with_other_arm(row):
    return replace(row, arm="SYS" if row.arm == "SYSRT" else "SYSRT")


@METHODS
def test_list_that_the_key_makes_is_in_order(method):
    assert problems(LISTS[method], method) == []
    assert problems(LISTS[method][::-1], method) == []
    assert problems([], method) == []


@METHODS
@pytest.mark.parametrize("at", [0, 14, 29])
def test_one_arm_changed_is_found(method, at):
    rows = [*LISTS[method][:at], with_other_arm(LISTS[method][at]), *LISTS[method][at + 1 :]]
    assert ("OTHER_ARM", at + 1) in problems(rows, method)
    assert method == MINIMIZATION or len(problems(rows, method)) == 1


@METHODS
def test_other_method_makes_another_list(method):
    (unlike,) = {*RandMethod} - {method}
    assert {problem for problem, _ in problems(LISTS[method], unlike)} == {"OTHER_ARM"}


@METHODS
def test_other_key_is_distinguished_from_a_changed_list(method):
    assert problems(LISTS[method], method, key=bytes(32)) == [("OTHER_COMMITMENT", 0)]
    assert problems(LISTS[method], method, published="") == [("OTHER_COMMITMENT", 0)]
    assert problems(LISTS[method], method, published="Schlüssel") == [("OTHER_COMMITMENT", 0)]
    assert problems(LISTS[method], method, key=KEY[:31], published=commitment(KEY[:31])) == [
        ("KEY_TOO_SHORT", 0)
    ]


@METHODS
def test_commitment_is_accepted_as_it_was_printed(method):
    assert problems(LISTS[method], method, published=f" {PUBLISHED.upper()}\n") == []


@METHODS
def test_gap_and_repetition_in_the_numbers_are_found(method):
    rows = LISTS[method]
    assert ("NUMBER_MISSING", 12) in problems(rows[:11] + rows[12:], method)
    assert ("NUMBER_TWICE", 12) in problems([*rows, rows[11]], method)
    assert ("NUMBER_MISSING", 0) in problems([*rows, replace(rows[0], number=0)], method)


@METHODS
@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"arm": "RT"}, "ARM_UNKNOWN"),
        ({"levels": {"SYSCLASS": "NO_ICI"}}, "STRATUM_UNKNOWN"),
        ({"levels": {}}, "STRATUM_UNKNOWN"),
    ],
)
def test_unknown_value_is_found_and_not_guessed(method, changed, problem):
    rows = [*LISTS[method][:-1], replace(LISTS[method][-1], **changed)]
    assert problems(rows, method) == [(problem, 30)]


@METHODS
def test_allocation_made_outside_the_system_counts_and_is_not_recomputed(method):
    rows = [*LISTS[method][:-1], replace(with_other_arm(LISTS[method][-1]), outside=True)]
    assert problems(rows, method) == []


def test_design_of_the_minimization_is_part_of_the_check():
    design = Design(weights={"SYSCLASS": 3, "METPAT": 1}, percent=90, simple_first=0)
    rows = minimized(SUBJECTS, design=design)
    assert verify(KEY, PUBLISHED, rows, method=MINIMIZATION, design=design) == ()
    assert verify(KEY, PUBLISHED, rows, method=MINIMIZATION) != ()


def test_minimization_asks_for_its_own_factors():
    design = Design(weights={"SITE": 1})
    row = Allocation(
        number=1,
        levels={"SITE": "01"},
        arm=minimization.allocation(KEY, {"SITE": "01"}, [], design=design).value,
    )
    assert verify(KEY, PUBLISHED, [row], method=MINIMIZATION, design=design) == ()
    (finding,) = verify(KEY, PUBLISHED, [row], method=MINIMIZATION)
    assert finding.sentence == "R-001: SYSCLASS and METPAT as used is not known."


def test_finding_names_number_and_both_arms():
    first = LISTS[BLOCKS][0]
    changed = with_other_arm(first)
    (finding,) = verify(KEY, PUBLISHED, [changed])
    sentence = f"R-001 was allocated {changed.arm}; the key makes it {first.arm}."
    assert finding.sentence == sentence


ROWS = st.builds(
    Allocation,
    number=st.integers(-2, 6),
    levels=st.dictionaries(
        st.sampled_from(["SYSCLASS", "METPAT"]),
        st.none() | st.sampled_from(["NO_ICI", "NODE_ONLY", ""]),
    ),
    arm=st.sampled_from(["SYS", "SYSRT", "", "sys"]),
    outside=st.booleans(),
)


@given(st.lists(ROWS, max_size=6), st.sampled_from(RandMethod))
def test_check_answers_whatever_the_list_holds(rows, method):
    assert all(
        finding.problem in Problem and finding.sentence.endswith(".")
        for finding in verify(KEY, PUBLISHED, rows, method=method)
    )


@given(st.lists(st.sampled_from(STRATA), max_size=40), st.binary(min_size=32, max_size=64))
def test_whatever_the_key_makes_is_in_order(strata, key):
    assert verify(key, commitment(key), in_blocks(strata, key)) == ()
