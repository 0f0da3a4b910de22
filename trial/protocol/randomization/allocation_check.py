"""Verification: every allocation computed again, once the key is revealed (crf_spec 2.13, verify).

The key is revealed after database lock. Verification needs nothing but the key, the commitment that
was published before the first subject, and the list of allocations: anybody can run it. Allocations
made outside the system count where they weighed in others, and are not recomputed themselves.
"""

import hmac
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import NamedTuple

from trial.protocol.parameters import BLOCK_STRATA, RandMethod
from trial.protocol.sentence import Sentence, both
from trial.protocol.study import Arm

from .blocks import allocation_number, blocks, commitment, stratum_name
from .keyed import SHORTEST_KEY
from .minimization import STANDARD, Allocated, Design
from .minimization import allocation as minimized


class Problem(StrEnum):
    """The kind of a disagreement between the list and the key."""

    KEY_TOO_SHORT = "KEY_TOO_SHORT"
    OTHER_COMMITMENT = "OTHER_COMMITMENT"
    NUMBER_MISSING = "NUMBER_MISSING"
    NUMBER_TWICE = "NUMBER_TWICE"
    ARM_UNKNOWN = "ARM_UNKNOWN"
    STRATUM_UNKNOWN = "STRATUM_UNKNOWN"
    OTHER_ARM = "OTHER_ARM"
    METHOD_CHANGED = "METHOD_CHANGED"


class Finding(NamedTuple):
    """A disagreement; `number` is 0 where it is about the whole list."""

    problem: Problem
    number: int
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """A line of the list: the number in the study, the levels of the factors as used, the arm."""

    number: int
    levels: Mapping[str, str | None]
    arm: str
    outside: bool = False

    @property
    def stratum(self) -> str | None:
        """The name from which its block is derived; None where a level is not known."""
        return stratum_name(*(self.levels.get(factor) for factor in BLOCK_STRATA))

    @property
    def name(self) -> str:
        return allocation_number(self.number)


def verify(
    key: bytes,
    published: str,
    allocations: Iterable[Allocation],
    *,
    method: RandMethod = RandMethod.PERMUTED_BLOCK,
    design: Design = STANDARD,
) -> tuple[Finding, ...]:
    """Return what does not agree with the key (crf_spec 2.13).

    Empty where every allocation is the one that the key makes. With another key than the one
    committed to, the list is not looked at. Minimization, where each allocation rests on all before
    it, is only computed from a list without gaps and unknown values. Never raises.

    >>> levels = {"SYSCLASS": "NO_ICI", "METPAT": "NODE_ONLY"}
    >>> row = Allocation(number=1, levels=levels, arm="SYS")
    >>> [finding.sentence for finding in verify(bytes(32), commitment(bytes(32)), [row])]
    ['R-001 was allocated SYS; the key makes it SYSRT.']
    """
    if len(key) < SHORTEST_KEY:
        sentence = Sentence(
            "The key has {count} bytes, fewer than {shortest_key}.",
            count=len(key),
            shortest_key=SHORTEST_KEY,
        )
        return (Finding(Problem.KEY_TOO_SHORT, 0, sentence),)
    if not hmac.compare_digest(commitment(key).encode(), published.strip().lower().encode()):
        sentence = Sentence("The key is not the one whose commitment was published.")
        return (Finding(Problem.OTHER_COMMITMENT, 0, sentence),)
    rows = sorted(allocations, key=lambda row: row.number)
    if method == RandMethod.PERMUTED_BLOCK:
        return (*_numbers(rows), *_values(rows, BLOCK_STRATA), *_in_blocks(key, rows))
    faults = (*_numbers(rows), *_values(rows, [*design.weights]))
    return faults or tuple(_minimized(key, rows, design))


def _numbers(rows: list[Allocation]) -> Iterator[Finding]:
    """Yield a finding for each number that breaks the series from 1 without a gap."""
    counts = Counter(row.number for row in rows)
    for number in counts:
        if number < 1:
            sentence = Sentence("{number} is no allocation number.", number=number)
            yield Finding(Problem.NUMBER_MISSING, number, sentence)
    for number in range(1, max(counts, default=0) + 1):
        if number not in counts:
            sentence = Sentence("{number} is missing.", number=allocation_number(number))
            yield Finding(Problem.NUMBER_MISSING, number, sentence)
    for number, times in counts.items():
        if times > 1:
            sentence = Sentence(
                "{number} was given {times} times.", number=allocation_number(number), times=times
            )
            yield Finding(Problem.NUMBER_TWICE, number, sentence)


def _values(rows: list[Allocation], factors: Sequence[str]) -> Iterator[Finding]:
    """Yield a finding for each arm and each level that is not known."""
    for row in rows:
        if row.arm not in {*Arm}:
            sentence = Sentence("{row}: “{arm}” is no arm.", row=row.name, arm=row.arm)
            yield Finding(Problem.ARM_UNKNOWN, row.number, sentence)
        if missing := [factor for factor in factors if not row.levels.get(factor)]:
            sentence = Sentence(
                "{row}: {factors} as used is not known.",
                row=row.name,
                factors=both(missing),
            )
            yield Finding(Problem.STRATUM_UNKNOWN, row.number, sentence)


def _in_blocks(key: bytes, rows: list[Allocation]) -> Iterator[Finding]:
    """Yield a finding for each arm that differs from its place in the stratum's blocks.

    Each stratum's blocks are gone through once, in the order of the numbers. An allocation of an
    unknown stratum takes no place.
    """
    places: dict[str, Iterator[Arm]] = {}
    for row in rows:
        stratum = row.stratum
        if stratum is not None and row.arm in {*Arm}:
            if stratum not in places:
                places[stratum] = chain.from_iterable(blocks(key, stratum))
            yield from _compared(row, next(places[stratum]))


def _minimized(key: bytes, rows: list[Allocation], design: Design) -> Iterator[Finding]:
    """Yield a finding for each arm that differs from the one computed from those before it.

    They count as recorded, so that one wrong allocation does not make all later ones wrong.
    """
    earlier: list[Allocated] = []
    for row in rows:
        levels = {factor: level for factor, level in row.levels.items() if level}
        yield from _compared(row, minimized(key, levels, earlier, design=design))
        earlier.append(Allocated(Arm(row.arm), levels))


def _compared(row: Allocation, arm: Arm) -> list[Finding]:
    if row.outside or row.arm == arm:
        return []
    sentence = Sentence(
        "{row} was allocated {arm}; the key makes it {arm_by_key}.",
        row=row.name,
        arm=row.arm,
        arm_by_key=arm,
    )
    return [Finding(Problem.OTHER_ARM, row.number, sentence)]
