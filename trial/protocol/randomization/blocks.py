"""Permuted blocks that nobody can foresee and anybody can check afterwards (crf_spec 2.13).

No list exists. Sizes and order of the blocks are drawn, number by number, from bytes that
HMAC-SHA256 (RFC 2104) makes of a secret key. The key's commitment is published before the first
subject; once the key is revealed, everyone can compute every allocation again.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice

from trial.protocol.study import Arm as Arm

from .keyed import SHORTEST_KEY, below, keyed_bytes

BLOCK_SIZES = (4, 6, 8)
NODE_ONLY_CLASSES = {"REGIONAL_LN", "NONREGIONAL_LN", "LOCAL_RECURRENCE", "PRIMARY"}


class Metpat(StrEnum):
    """The pattern of metastases, which is the second stratum."""

    NODE_ONLY = "NODE_ONLY"
    ANY_VISCERAL_OR_BONE = "ANY_VISCERAL_OR_BONE"


@dataclass(frozen=True)
class StratumLesion:
    """A lesion as the pattern of metastases counts it; `resolved` is its state at BL1."""

    lesion_class: str
    definite: bool = True
    resolved: bool = False


def commitment(key: bytes) -> str:
    """Return what is published first: the SHA-256 of the key (crf_spec 2.13).

    sha256sum over the bytes of the revealed key checks it.

    >>> commitment(bytes(32))[:16]
    '66687aadf862bd77'
    """
    return hashlib.sha256(key).hexdigest()


def allocation_number(n: int) -> str:
    """Return the number of the study's n-th subject (crf_spec 2.13, RANDNO).

    It reveals neither block nor stratum.

    >>> allocation_number(1), allocation_number(1234)
    ('R-001', 'R-1234')
    """
    return f"R-{n:03}"


def outside_number(n: int) -> str:
    """Return the number of the n-th allocation made outside the system (crf_spec 2.13, RANDMAN).

    It is a series of its own, so that the key's has no gap.

    >>> outside_number(1)
    'X-001'
    """
    return f"X-{n:03}"


def allocation(key: bytes, stratum: str, n: int) -> Arm:
    """Return the arm of the n-th subject (from 1) in a stratum (crf_spec 2.13).

    Raises ValueError for a short key or a number below 1.

    >>> allocation(bytes(32), "ICI_CONTAINING/NODE_ONLY", 1)
    <Arm.SYSRT: 'SYSRT'>
    """
    if len(key) < SHORTEST_KEY or n < 1:
        raise ValueError(f"Needed: a key of {SHORTEST_KEY} bytes or more, and a number from 1.")
    arms = chain.from_iterable(blocks(key, stratum))
    return next(islice(arms, n - 1, None))


def blocks(key: bytes, stratum: str) -> Iterator[list[Arm]]:
    """Yield a stratum's blocks, one after the other, without end (crf_spec 2.13).

    They serve verification, too, after the key is revealed.

    >>> block = next(blocks(bytes(32), "A"))
    >>> block.count(Arm.SYS) == block.count(Arm.SYSRT)
    True
    """
    source = keyed_bytes(key, stratum)
    while True:
        size = BLOCK_SIZES[below(len(BLOCK_SIZES), source)]
        yield _shuffled([*Arm] * (size // len(Arm)), source)


def _shuffled(block: list[Arm], source: Iterator[int]) -> list[Arm]:
    """Shuffle a block: Fisher–Yates, as Durstenfeld wrote it (Algorithm 235, 1964)."""
    for last in range(len(block) - 1, 0, -1):
        place = below(last + 1, source)
        block[last], block[place] = block[place], block[last]
    return block


def metpat(lesions: Iterable[StratumLesion]) -> Metpat | None:
    """Return the pattern of metastases (crf_spec 2.13): nodes, local bed and primary only, or more.

    The definite lesions not resolved at BL1 count; where all are resolved, all count. None without
    a definite lesion.

    >>> metpat([StratumLesion("REGIONAL_LN"), StratumLesion("VISCERAL", resolved=True)])
    <Metpat.NODE_ONLY: 'NODE_ONLY'>
    """
    definite = [lesion for lesion in lesions if lesion.definite]
    counted = [lesion for lesion in definite if not lesion.resolved] or definite
    if not counted:
        return None
    node_only = all(lesion.lesion_class in NODE_ONLY_CLASSES for lesion in counted)
    return Metpat.NODE_ONLY if node_only else Metpat.ANY_VISCERAL_OR_BONE


def stratum_name(sysclass: str | None, pattern: str | None) -> str | None:
    """Return the stratum's name, from which its allocations are derived (crf_spec 2.13).

    None where one value is unknown.

    >>> stratum_name("NO_ICI", "NODE_ONLY")
    'NO_ICI/NODE_ONLY'
    """
    return f"{sysclass}/{pattern}" if sysclass and pattern else None
