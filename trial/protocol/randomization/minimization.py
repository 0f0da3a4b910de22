"""Minimization, from the same secret key as the blocks (crf_spec 2.13, RAND_METHOD).

Pocock, Simon, Biometrics 1975;31:103-115. For unequal arms the biased coin of Han, Enas, McEntegart, Stat Med 2009;28:3329-46:
counts are divided by the arm's share, and the coin by the share of the arm preferred. The random element is read from the
key by the allocation number, so that who knows the key and the order of the subjects can compute every allocation again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from trial.protocol.randomization.blocks import Arm
from trial.protocol.randomization.keyed import SHORTEST_KEY, below, keyed_bytes

LARGEST_SHARE = 100


class Measure(StrEnum):
    """Of the imbalance that an allocation would leave in a level of a factor."""

    RANGE = "RANGE"
    VARIANCE = "VARIANCE"
    STANDARD_DEVIATION = "STANDARD_DEVIATION"


class NotADesign(ValueError):
    """A design by which nobody can be allocated."""


class NotAllocatable(ValueError):
    """A subject that cannot be allocated, since not all is known that decides."""


@dataclass(frozen=True)
class Allocated:
    """A subject allocated already: the arm, and the level of each factor as it was used."""

    arm: Arm
    levels: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Design:
    """`weights` by factor; `share` of SYS to SYSRT, one of which is 1; the coin's percent for the arm preferred.

    Raises NotADesign where it is none.
    """

    weights: Mapping[str, int] = field(default_factory=lambda: {"SYSCLASS": 1, "METPAT": 1})
    share: tuple[int, int] = (1, 1)
    percent: int = 80
    simple_first: int = 8
    measure: Measure = Measure.RANGE

    def __post_init__(self) -> None:
        if not self.weights or min(self.weights.values()) < 0 or not any(self.weights.values()):
            raise NotADesign("Needed: factors with weights of 0 or more, one of them above 0.")
        if min(self.share) != 1 or max(self.share) > LARGEST_SHARE:
            raise NotADesign(f"The arms' shares are 1:1, k:1 or 1:k, with k at most {LARGEST_SHARE}.")
        if not 50 <= self.percent <= 100:
            raise NotADesign("The arm preferred is given with 50 to 100 %.")
        if self.simple_first < 0:
            raise NotADesign("The number of subjects first randomized simply is 0 or more.")

    def share_of(self, arm: Arm) -> int:
        """The k of k:1."""
        return self.share[[*Arm].index(arm)]


STANDARD = Design()


def design_of(factors: Iterable[str]) -> Design:
    """The design with these factors, each of weight 1 (crf_spec 2.13). Raises NotADesign without any.

    >>> design_of(["SYSCLASS", "METPAT"]) == STANDARD
    True
    """
    return Design(weights={str(factor): 1 for factor in factors})


def allocation(key: bytes, levels: Mapping[str, str], earlier: Sequence[Allocated], *, design: Design = STANDARD) -> Arm:
    """The arm of the next subject, whose number is one more than those `earlier` (crf_spec 2.13).

    Raises ValueError for a short key, and NotAllocatable where the level of a factor is missing.

    >>> allocation(bytes(32), {"SYSCLASS": "NO_ICI", "METPAT": "NODE_ONLY"}, [])
    <Arm.SYS: 'SYS'>
    """
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"Needed: a key of {SHORTEST_KEY} bytes or more.")
    best = preferred(levels, earlier, design=design)
    source = keyed_bytes(key, f"MINIMIZATION/{len(earlier) + 1}")
    if len(earlier) < design.simple_first or len(best) > 1:
        return _by_share(source, design)
    (arm,) = best
    return _other(arm) if _coin_turns(source, arm, design) else arm


def preferred(levels: Mapping[str, str], earlier: Sequence[Allocated], *, design: Design = STANDARD) -> frozenset[Arm]:
    """The arms that would leave the least imbalance; both where they tie (crf_spec 2.13).

    Raises NotAllocatable where the level of a factor is missing, of this subject or of an earlier one.

    >>> before = [Allocated(Arm.SYS, {"SYSCLASS": "NO_ICI", "METPAT": "NODE_ONLY"})]
    >>> preferred({"SYSCLASS": "NO_ICI", "METPAT": "ANY_VISCERAL_OR_BONE"}, before)
    frozenset({<Arm.SYSRT: 'SYSRT'>})
    """
    totals = {arm: imbalance(levels, earlier, arm, design=design) for arm in Arm}
    return frozenset(arm for arm in Arm if totals[arm] == min(totals.values()))


def imbalance(levels: Mapping[str, str], earlier: Sequence[Allocated], arm: Arm, *, design: Design = STANDARD) -> Fraction:
    """The weighted sum, over the factors, of the imbalance in the subject's levels if it were given this arm (crf_spec 2.13).

    Exact. Of two arms the standard deviation is the range divided by √2: the constant is left out.

    >>> imbalance({"SYSCLASS": "NO_ICI", "METPAT": "NODE_ONLY"}, [], Arm.SYS)
    Fraction(2, 1)
    """
    for known in (levels, *(subject.levels for subject in earlier)):
        if missing := [factor for factor in design.weights if not known.get(factor)]:
            raise NotAllocatable(f"Not known: {', '.join(missing)}. A subject is allocated when every factor is.")
    total = Fraction(0)
    for factor, weight in design.weights.items():
        counts = {each: Fraction(int(each == arm)) for each in Arm}
        for subject in earlier:
            counts[subject.arm] += subject.levels[factor] == levels[factor]
        total += weight * _spread((count / design.share_of(each) for each, count in counts.items()), design.measure)
    return total


def _spread(counts: Iterable[Fraction], measure: Measure) -> Fraction:
    """The sample variance of two numbers is half the square of their difference."""
    sys, sysrt = counts
    difference = abs(sys - sysrt)
    return difference**2 / 2 if measure == Measure.VARIANCE else difference


def _by_share(source: Iterator[int], design: Design) -> Arm:
    sys, sysrt = design.share
    return Arm.SYS if below(sys + sysrt, source) < sys else Arm.SYSRT


def _coin_turns(source: Iterator[int], arm: Arm, design: Design) -> bool:
    """Whether the arm preferred is not given: with 100 - p %, divided by its share, so that the arms keep theirs."""
    return below(100, source) >= design.percent and below(design.share_of(arm), source) == 0


def _other(arm: Arm) -> Arm:
    return Arm.SYSRT if arm == Arm.SYS else Arm.SYS
