"""The keyed source never changes (crf_spec 2.13).

A key makes today what it must make when it is revealed, years later.
"""

import hashlib
import hmac
from dataclasses import replace
from datetime import date
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.parameters import DEFAULT, GateDays
from trial.protocol.randomization.blocks import Arm, allocation, blocks
from trial.protocol.randomization.keyed import keyed_bytes
from trial.protocol.randomization.minimization import Allocated
from trial.protocol.randomization.minimization import allocation as minimized
from trial.protocol.randomization.preconditions import Facts, preconditions

KEY = bytes(range(32))
LEVELS = {"SYSCLASS": "NO_ICI", "METPAT": "NODE_ONLY"}


def letters(arms):
    return "".join("R" if arm == "SYSRT" else "S" for arm in arms)


def test_bytes_are_those_of_the_published_construction():
    """Its messages are the name and a counter of eight bytes, the most significant first."""
    expected = b"".join(
        hmac.new(KEY, b"A/B" + bytes(7) + bytes([counter]), hashlib.sha256).digest()
        for counter in range(3)
    )
    assert bytes(islice(keyed_bytes(KEY, "A/B"), 96)) == expected


def test_blocks_of_a_key_are_frozen():
    assert (
        letters(allocation(KEY, "NO_ICI/NODE_ONLY", n) for n in range(1, 25))
        == "RRSSRSSRSSSRRRSSRRSRRSSR"
    )


@given(st.binary(min_size=32, max_size=64), st.text(max_size=20))
def test_blocks_are_balanced_whatever_key_and_stratum(key, stratum):
    for block in islice(blocks(key, stratum), 10):
        assert block.count(Arm.SYS) == block.count(Arm.SYSRT) in (2, 3, 4)


def test_minimization_of_a_key_is_frozen():
    earlier = []
    for _ in range(24):
        earlier.append(Allocated(minimized(KEY, LEVELS, earlier), LEVELS))
    assert letters(row.arm for row in earlier) == "RSRRSRRSSSSSRRSRRSRSSRSR"


def test_refusal_names_the_cap_with_its_overrun():
    parameters = replace(DEFAULT, enrollment_cap=102, overrun=3)
    refusals = preconditions(Facts(on=date(2025, 7, 1), allocations=105), parameters)
    refused = {refusal.code: refusal.sentence for refusal in refusals}
    assert refused["CAP_REACHED"] == "All 105 subjects have been randomized."


def test_subject_without_a_scan_is_not_refused_for_an_old_one():
    refused = preconditions(
        Facts(on=date(2025, 7, 1)),
        replace(DEFAULT, rand_after_pc2_max_days=0, img_window_days=GateDays(0, 0)),
    )
    assert not {"SCAN_TOO_OLD", "RAND_WINDOW"} & {row.code for row in refused}
