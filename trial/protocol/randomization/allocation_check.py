"""Every allocation computed again, once the key is revealed after database lock (crf_spec 2.13, verify).

Needs nothing but the key, the commitment that was published before the first subject, and the list of allocations: anybody can
run it. Allocations made outside the system are counted where they weighed in others, and not recomputed themselves.
"""

import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import NamedTuple

from trial.protocol.parameters import RandMethod
from trial.protocol.randomization.blocks import Arm, allocation_number, blocks, commitment, stratum_name
from trial.protocol.randomization.keyed import SHORTEST_KEY
from trial.protocol.randomization.minimization import STANDARD, Allocated, Design
from trial.protocol.randomization.minimization import allocation as minimized

BLOCK_FACTORS = ("SYSCLASS", "METPAT")


class Problem(StrEnum):
    KEY_TOO_SHORT = "KEY_TOO_SHORT"
    OTHER_COMMITMENT = "OTHER_COMMITMENT"
    NUMBER_MISSING = "NUMBER_MISSING"
    NUMBER_TWICE = "NUMBER_TWICE"
    ARM_UNKNOWN = "ARM_UNKNOWN"
    STRATUM_UNKNOWN = "STRATUM_UNKNOWN"
    OTHER_ARM = "OTHER_ARM"
    METHOD_CHANGED = "METHOD_CHANGED"


class Finding(NamedTuple):
    """`number` is 0 where the whole list is meant."""

    problem: Problem
    number: int
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """One line of the list: the running number in the study, the levels of the factors as used, and the arm."""

    number: int
    levels: Mapping[str, str | None]
    arm: str
    outside: bool = False

    @property
    def stratum(self) -> str | None:
        """The name from which its block is derived; None where a level is not known."""
        return stratum_name(*(self.levels.get(factor) for factor in BLOCK_FACTORS))


def verify(
    key: bytes,
    published: str,
    allocations: Iterable[Allocation],
    *,
    method: RandMethod = RandMethod.PERMUTED_BLOCK,
    design: Design = STANDARD,
) -> tuple[Finding, ...]:
    """What does not agree with the key (crf_spec 2.13); empty where every allocation is the one that the key makes.

    With another key than the one committed to, nothing else is looked at; minimization, where each allocation rests on all
    before it, is only computed from a list without gaps and unknown values. Never raises.

    >>> row = Allocation(number=1, levels={"SYSCLASS": "NO_ICI", "METPAT": "NODE_ONLY"}, arm="SYS")
    >>> [finding.sentence for finding in verify(bytes(32), commitment(bytes(32)), [row])]
    ['R-001 was allocated SYS; the key makes it SYSRT.']
    """
    if len(key) < SHORTEST_KEY:
        return (Finding(Problem.KEY_TOO_SHORT, 0, f"The key has {len(key)} bytes, fewer than {SHORTEST_KEY}."),)
    if not hmac.compare_digest(commitment(key).encode(), published.strip().lower().encode()):
        return (Finding(Problem.OTHER_COMMITMENT, 0, "The key is not the one whose commitment was published."),)
    rows = sorted(allocations, key=lambda row: row.number)
    if method == RandMethod.PERMUTED_BLOCK:
        return (*_numbers(rows), *_values(rows, BLOCK_FACTORS), *_in_blocks(key, rows))
    against = (*_numbers(rows), *_values(rows, [*design.weights]))
    return against or tuple(_minimized(key, rows, design))


def _numbers(rows: list[Allocation]) -> list[Finding]:
    """The numbers run from 1 without a gap, each once."""
    seen = Counter(row.number for row in rows)
    expected = range(1, max(seen, default=0) + 1)
    missing = [Finding(Problem.NUMBER_MISSING, n, f"{allocation_number(n)} is missing.") for n in expected if n not in seen]
    twice = [Finding(Problem.NUMBER_TWICE, n, f"{allocation_number(n)} was given {times} times.") for n, times in seen.items() if times > 1]
    low = [Finding(Problem.NUMBER_MISSING, n, f"{n} is no allocation number.") for n in seen if n < 1]
    return [*low, *missing, *twice]


def _values(rows: list[Allocation], factors: Sequence[str]) -> list[Finding]:
    found = []
    for row in rows:
        if row.arm not in {*Arm}:
            sentence = f"{allocation_number(row.number)}: “{row.arm}” is no arm."
            found.append(Finding(Problem.ARM_UNKNOWN, row.number, sentence))
        if missing := [factor for factor in factors if not row.levels.get(factor)]:
            sentence = f"{allocation_number(row.number)}: {' and '.join(missing)} as used is not known."
            found.append(Finding(Problem.STRATUM_UNKNOWN, row.number, sentence))
    return found


def _in_blocks(key: bytes, rows: list[Allocation]) -> list[Finding]:
    """Each stratum's blocks read through once, in the order of the numbers. One of an unknown stratum takes no place."""
    places = {stratum: chain.from_iterable(blocks(key, stratum)) for row in rows if (stratum := row.stratum)}
    found = []
    for row in rows:
        if row.stratum is not None and row.arm in {*Arm}:
            found += _compared(row, next(places[row.stratum]))
    return found


def _minimized(key: bytes, rows: list[Allocation], design: Design) -> list[Finding]:
    """Each from those before it. They count as recorded, so that one wrong allocation does not make all later ones wrong."""
    found: list[Finding] = []
    earlier: list[Allocated] = []
    for row in rows:
        levels = {factor: level for factor, level in row.levels.items() if level}
        found += _compared(row, minimized(key, levels, earlier, design=design))
        earlier.append(Allocated(Arm(row.arm), levels))
    return found


def _compared(row: Allocation, arm: Arm) -> list[Finding]:
    if row.outside or row.arm == arm:
        return []
    sentence = f"{allocation_number(row.number)} was allocated {row.arm}; the key makes it {arm}."
    return [Finding(Problem.OTHER_ARM, row.number, sentence)]
