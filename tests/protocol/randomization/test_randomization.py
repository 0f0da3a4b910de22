"""Randomization (crf_spec 2.13).

Balanced, unforeseeable, the same for everyone who has the key, and refused by name.
"""

import subprocess
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.parameters import DEFAULT, RandomizationTiming
from trial.protocol.randomization.blocks import (
    BLOCK_SIZES,
    Arm,
    Metpat,
    StratumLesion,
    allocation,
    allocation_number,
    blocks,
    commitment,
    metpat,
    stratum_name,
)
from trial.protocol.randomization.preconditions import REFUSALS, Facts, preconditions

KEY = bytes(range(32))
TODAY = date(2025, 4, 25)


def first(n, key=KEY, stratum="A"):
    return list(islice(blocks(key, stratum), n))


def test_every_block_is_balanced():
    assert all(Counter(block)[arm] * 2 == len(block) for block in first(200) for arm in Arm)


def test_block_sizes_are_equally_likely():
    counts = Counter(len(block) for block in first(3000))
    assert set(counts) == set(BLOCK_SIZES)
    assert all(900 < n < 1100 for n in counts.values())


def test_every_order_of_a_block_is_equally_likely():
    counts = Counter(tuple(block) for block in first(9000) if len(block) == 4)
    assert len(counts) == 6
    assert max(counts.values()) < 1.25 * min(counts.values())


def test_allocations_follow_the_blocks_in_order():
    flat = [arm for block in first(20) for arm in block]
    assert [allocation(KEY, "A", n) for n in range(1, 51)] == flat[:50]


def test_strata_and_keys_are_independent():
    assert first(20) != first(20, stratum="B") != first(20, key=bytes(32))


def test_anyone_can_check_the_commitment_with_sha256sum():
    digest = subprocess.run(["sha256sum"], input=KEY, capture_output=True, check=True).stdout
    assert commitment(KEY) == digest.split()[0].decode()


@pytest.mark.parametrize(("key", "n"), [(KEY[:31], 1), (KEY, 0)])
def test_short_key_and_number_zero_are_refused(key, n):
    with pytest.raises(ValueError, match="Needed"):
        allocation(key, "A", n)


@pytest.mark.parametrize(
    ("n", "name"), [(1, "R-001"), (102, "R-102"), (999, "R-999"), (1000, "R-1000")]
)
def test_allocation_number_has_three_digits_and_more_when_needed(n, name):
    assert allocation_number(n) == name


NODE, FAR_NODE, BED, PRIMARY = (
    StratumLesion(name) for name in ("REGIONAL_LN", "NONREGIONAL_LN", "LOCAL_RECURRENCE", "PRIMARY")
)
LUNG, BONE, SEROSA = (StratumLesion(name) for name in ("VISCERAL", "BONE", "SEROSAL"))


def resolved(lesion):
    return replace(lesion, resolved=True)


def equivocal(lesion):
    return replace(lesion, definite=False)


PATTERNS = [
    # lesions                              pattern
    ([NODE, FAR_NODE, BED, PRIMARY],       Metpat.NODE_ONLY),
    ([NODE, LUNG],                         Metpat.ANY_VISCERAL_OR_BONE),
    ([NODE, BONE],                         Metpat.ANY_VISCERAL_OR_BONE),
    ([NODE, SEROSA],                       Metpat.ANY_VISCERAL_OR_BONE),
    ([NODE, equivocal(LUNG)],              Metpat.NODE_ONLY),
    ([NODE, resolved(LUNG)],               Metpat.NODE_ONLY),
    ([resolved(NODE), resolved(LUNG)],     Metpat.ANY_VISCERAL_OR_BONE),
    ([resolved(NODE), resolved(FAR_NODE)], Metpat.NODE_ONLY),
    ([equivocal(LUNG)],                    None),
    ([],                                   None),
]  # fmt: skip


@pytest.mark.parametrize(("lesions", "pattern"), PATTERNS)
def test_pattern_follows_from_definite_lesions_that_are_still_there(lesions, pattern):
    assert metpat(lesions) == pattern


@pytest.mark.parametrize(("sysclass", "pattern"), [(None, "NODE_ONLY"), ("NO_ICI", None), ("", "")])
def test_stratum_of_an_unknown_value_has_no_name(sysclass, pattern):
    assert stratum_name(sysclass, pattern) is None


READY = Facts(
    on=TODAY,
    g1_passed=True,
    g2_verdict="ELIGIBLE",
    g2_signed=True,
    x07_refusal=None,
    pc2_scan_on=TODAY - timedelta(4),
    rt_feasible="YES",
    consent_current=True,
    site_active=True,
    allocations=101,
    sysclass="NO_ICI",
    metpat="NODE_ONLY",
)


RANDOMIZED_FIRST = replace(DEFAULT, randomization_timing=RandomizationTiming.BEFORE_CYCLES)


def codes(facts, **parameters):
    return [refusal.code for refusal in preconditions(facts, replace(DEFAULT, **parameters))]


def scanned(days_ago, **facts):
    return replace(READY, pc2_scan_on=TODAY - timedelta(days_ago), **facts)


def test_subject_that_is_ready_is_not_refused():
    assert preconditions(READY) == ()


REFUSED = [
    # facts                              refusals
    ({"g1_passed": False},               ["G1_NOT_PASSED"]),
    ({"g1_stale": True},                 ["G1_STALE"]),
    ({"evidence_queried": True},         ["EVIDENCE_QUERIED"]),
    ({"g2_verdict": "INELIGIBLE"},       ["G2_NOT_ELIGIBLE"]),
    ({"g2_verdict": "UNDETERMINED"},     ["G2_NOT_ELIGIBLE"]),
    ({"g2_verdict": None},               ["G2_NOT_ELIGIBLE"]),
    ({"g2_signed": False},               ["G2_NOT_SIGNED"]),
    ({"g2_stale": True},                 ["G2_STALE"]),
    ({"x07_refusal": "X07_PD"},          ["X07_PD"]),
    ({"x07_refusal": "X07_UNKNOWN"},     ["X07_UNKNOWN"]),
    ({"pc2_scan_on": None},              ["X07_UNKNOWN"]),
    ({"rt_feasible": "NO"},              ["RT_NOT_FEASIBLE"]),
    ({"rt_feasible": "UNDECIDED"},       ["RT_NOT_FEASIBLE"]),
    ({"rt_feasible": None},              ["RT_NOT_FEASIBLE"]),
    ({"consent_current": False},         ["CONSENT_NOT_CURRENT"]),
    ({"randomized": True},               ["ALREADY_RANDOMIZED"]),
    ({"died": True},                     ["DEAD"]),
    ({"withdrawn": True},                ["WITHDRAWN"]),
    ({"site_active": False},             ["SITE_NOT_ACTIVE"]),
    ({"allocations": 102},               ["CAP_REACHED"]),
    ({"sysclass": None},                 ["STRATUM_UNKNOWN"]),
    ({"metpat": None},                   ["STRATUM_UNKNOWN"]),
    ({"died": True, "g2_stale": True},   ["DEAD", "G2_STALE"]),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "expected"), REFUSED)
def test_each_precondition_is_refused_by_its_own_name(facts, expected):
    assert codes(replace(READY, **facts)) == expected


AGES = [
    # days  reason        refusals
    (0,     "",           []),
    (14,    "",           []),
    (15,    "",           ["RAND_WINDOW"]),
    (15,    "   ",        ["RAND_WINDOW"]),
    (15,    "bed closed", []),
    (28,    "",           ["RAND_WINDOW"]),
    (28,    "bed closed", []),
    (29,    "bed closed", ["SCAN_TOO_OLD", "REPEAT_ASSESSMENT"]),
]  # fmt: skip


@pytest.mark.parametrize(("days", "reason", "expected"), AGES)
def test_scan_needs_a_reason_from_day_15_and_a_repeat_from_day_29(days, reason, expected):
    assert codes(scanned(days, late_reason=reason)) == expected


BEFORE_CYCLES = [
    # before the cycles                                            codes
    ({"x07_refusal": "X07_UNKNOWN", "pc2_scan_on": None},          []),
    ({"x07_refusal": "X07_PD"},                                    []),
    ({"pc2_scan_on": date(2020, 1, 1)},                            []),  # an old scan of a check says nothing yet
    ({"g1_passed": False, "g1_stale": True},                       []),  # one assessment is of both gates
    ({"g2_stale": True, "pc2_scan_on": None},                      ["G2_STALE"]),
    ({"evidence_queried": True, "pc2_scan_on": None},              ["EVIDENCE_QUERIED"]),
    ({"rt_feasible": "NO", "pc2_scan_on": None},                   ["RT_NOT_FEASIBLE"]),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "expected"), BEFORE_CYCLES)
def test_before_the_cycles_there_is_no_check_to_pass(facts, expected):
    refusals = preconditions(replace(READY, **facts), RANDOMIZED_FIRST)
    assert [refusal.code for refusal in refusals] == expected


def test_overrun_raises_the_cap():
    assert codes(replace(READY, allocations=102), overrun=1) == []
    assert codes(replace(READY, allocations=103), overrun=1) == ["CAP_REACHED"]


def test_refusal_tells_how_old_the_scan_is():
    (refusal,) = preconditions(scanned(15))
    assert (
        refusal.sentence
        == "The scan of the check after cycle 2 is 15 days old, more than 14. Give the reason."
    )


@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_is_a_sentence(code):
    assert REFUSALS[code][0].isupper()
    assert REFUSALS[code].endswith(".")


@given(
    st.builds(
        Facts,
        on=st.dates(date(2022, 1, 1), date(2029, 12, 31)),
        pc2_scan_on=st.none() | st.dates(date(2022, 1, 1), date(2029, 12, 31)),
        x07_refusal=st.sampled_from([None, "", "X07_PD", "X07_UNKNOWN"]),
        metpat=st.none() | st.sampled_from(Metpat),
    )
)
def test_preconditions_answer_whatever_the_facts(facts):
    assert set(codes(facts)) <= set(REFUSALS)
