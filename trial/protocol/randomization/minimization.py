"""Minimization, from the same secret key as the blocks (crf_spec 2.13, RAND_METHOD).

Pocock, Simon, Biometrics 1975;31:103-115. For unequal arms the biased coin of Han, Enas,
McEntegart, Stat Med 2009;28:3329-46: counts are divided by the arm's share, and the coin by the
share of the arm preferred. The random element is drawn from the key by the allocation number, so
that whoever has the key and the order of the subjects can compute every allocation again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from trial.protocol.parameters import DEFAULT
from trial.protocol.sentence import Sentence
from trial.protocol.study import Arm

from .keyed import SHORTEST_KEY, below, keyed_bytes

LARGEST_SHARE = 100


class Measure(StrEnum):
    """The measure of the imbalance that an allocation would leave in a level of a factor."""

    RANGE = "RANGE"
    VARIANCE = "VARIANCE"
    STANDARD_DEVIATION = "STANDARD_DEVIATION"


class NotADesign(ValueError):
    """A design by which nobody can be allocated."""


class NotAllocatable(ValueError):
    """A subject that cannot be allocated, since a factor that decides is not known."""


@dataclass(frozen=True)
class Allocated:
    """An earlier subject: the arm, and the level of each factor as it was used."""

    arm: Arm
    levels: Mapping[str, str]


def _equal_weights(factors: Iterable[str] = DEFAULT.strata) -> dict[str, int]:
    return {str(factor): 1 for factor in factors}


@dataclass(frozen=True, kw_only=True)
class Design:
    """A design of minimization.

    `weights` by factor; `share` of SYS to SYSRT, one of which is 1; `percent` of the coin for the
    arm preferred; the first `simple_first` subjects are randomized simply. Raises NotADesign where
    a value is impossible.
    """

    weights: Mapping[str, int] = field(default_factory=_equal_weights)
    share: tuple[int, int] = (1, 1)
    percent: int = 80
    simple_first: int = 8
    measure: Measure = Measure.RANGE

    def __post_init__(self) -> None:
        weights = self.weights.values()
        if not any(weights) or min(weights) < 0:
            raise NotADesign("Needed: factors with weights of 0 or more, one of them above 0.")
        if min(self.share) != 1 or max(self.share) > LARGEST_SHARE:
            shares = Sentence(
                "1:1, k:1 or 1:k, with k at most {largest_share}", largest_share=LARGEST_SHARE
            )
            raise NotADesign(Sentence("The arms' shares are {shares}.", shares=shares))
        if not 50 <= self.percent <= 100:
            raise NotADesign("The arm preferred is given with 50 to 100 %.")
        if self.simple_first < 0:
            raise NotADesign("The number of subjects first randomized simply is 0 or more.")

    def share_of(self, arm: Arm) -> int:
        """Return the share of an arm: the k of k:1, or 1."""
        return self.share[[*Arm].index(arm)]


STANDARD = Design()


def design_of(factors: Iterable[str]) -> Design:
    """Return the design with these factors, each of weight 1 (crf_spec 2.13).

    Raises NotADesign without any.

    >>> design_of(["SYSCLASS", "METPAT"]) == STANDARD
    True
    """
    return Design(weights=_equal_weights(factors))


def allocation(
    key: bytes,
    levels: Mapping[str, str],
    earlier: Sequence[Allocated],
    *,
    design: Design = STANDARD,
) -> Arm:
    """Return the arm of the next subject (crf_spec 2.13).

    Its number is one more than those `earlier`. Raises ValueError for a short key, and
    NotAllocatable where the level of a factor is missing.

    >>> allocation(bytes(32), {"SYSCLASS": "NO_ICI", "METPAT": "NODE_ONLY"}, [])
    <Arm.SYS: 'SYS'>
    """
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"Needed: a key of {SHORTEST_KEY} bytes or more.")
    arms = preferred(levels, earlier, design=design)
    source = keyed_bytes(key, f"MINIMIZATION/{len(earlier) + 1}")
    if len(earlier) < design.simple_first or len(arms) > 1:
        return _by_share(source, design)
    (arm,) = arms
    return _opposite(arm) if _coin_turns(source, arm, design) else arm


def preferred(
    levels: Mapping[str, str], earlier: Sequence[Allocated], *, design: Design = STANDARD
) -> frozenset[Arm]:
    """Return the arms that would leave the least imbalance; both where they tie (crf_spec 2.13).

    Raises NotAllocatable where the level of a factor is missing, of this subject or of an earlier
    one.

    >>> earlier = [Allocated(Arm.SYS, {"SYSCLASS": "NO_ICI", "METPAT": "NODE_ONLY"})]
    >>> preferred({"SYSCLASS": "NO_ICI", "METPAT": "ANY_VISCERAL_OR_BONE"}, earlier)
    frozenset({<Arm.SYSRT: 'SYSRT'>})
    """
    totals = {arm: imbalance(levels, earlier, arm, design=design) for arm in Arm}
    least = min(totals.values())
    return frozenset(arm for arm in Arm if totals[arm] == least)


def imbalance(
    levels: Mapping[str, str],
    earlier: Sequence[Allocated],
    arm: Arm,
    *,
    design: Design = STANDARD,
) -> Fraction:
    """Return the imbalance if the subject were given this arm (crf_spec 2.13).

    It is the weighted sum, over the factors, of the imbalance in the subject's levels; exact. Of
    two arms the standard deviation is the range divided by √2: the constant is left out. Raises
    NotAllocatable where the level of a factor is missing.

    >>> imbalance({"SYSCLASS": "NO_ICI", "METPAT": "NODE_ONLY"}, [], Arm.SYS)
    Fraction(2, 1)
    """
    _require_levels(levels, design)
    for subject in earlier:
        _require_levels(subject.levels, design)
    total = Fraction(0)
    for factor, weight in design.weights.items():
        counts = dict.fromkeys(Arm, Fraction(0))
        counts[arm] += 1
        for subject in earlier:
            counts[subject.arm] += subject.levels[factor] == levels[factor]
        shares = [counts[each] / design.share_of(each) for each in Arm]
        total += weight * _spread(shares, design.measure)
    return total


def _require_levels(levels: Mapping[str, str], design: Design) -> None:
    missing = [factor for factor in design.weights if not levels.get(factor)]
    if missing:
        names = ", ".join(missing)
        raise NotAllocatable(
            Sentence(
                "Not known: {names}. A subject is allocated when every factor is.", names=names
            )
        )


def _spread(counts: Iterable[Fraction], measure: Measure) -> Fraction:
    """Return the spread of two numbers; their sample variance is half the squared difference."""
    sys, sysrt = counts
    difference = abs(sys - sysrt)
    return difference**2 / 2 if measure == Measure.VARIANCE else difference


def _by_share(source: Iterator[int], design: Design) -> Arm:
    sys, sysrt = design.share
    return Arm.SYS if below(sys + sysrt, source) < sys else Arm.SYSRT


def _coin_turns(source: Iterator[int], arm: Arm, design: Design) -> bool:
    """Return True where the arm preferred is not given.

    It happens with 100 - p %, divided by its share, so that the arms keep theirs.
    """
    return below(100, source) >= design.percent and below(design.share_of(arm), source) == 0


def _opposite(arm: Arm) -> Arm:
    return Arm.SYSRT if arm == Arm.SYS else Arm.SYS
