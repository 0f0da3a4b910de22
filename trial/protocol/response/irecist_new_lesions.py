"""New lesions by iRECIST: followed by themselves, and never added to the sum of the targets.

Seymour et al., Lancet Oncol 2017;18:e143-e152. Sizes are in mm.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from .lesions import ZERO, Growth, NewLesion, NewLesionCertainty, TimePoint
from .measurability import new_lesion_targets

GROWN_MM = Decimal(5)


@dataclass(frozen=True)
class NewLesions:
    """The new lesions of a time point, against those before.

    `more`: there is one that was not there before. `larger`: they grew. `progressed`: they
    progressed by the rules for a first progression, once the bar is set anew. `any_left`: one that
    bears a code is still there. `codes` and `sizes_mm` (the smallest so far) are for the next time.
    """

    more: bool
    larger: bool
    progressed: bool
    any_left: bool
    codes: frozenset[str]
    sizes_mm: Mapping[str, Decimal]


def with_limited_targets(points: list[TimePoint]) -> list[TimePoint]:
    """Return the time points with no more new lesions followed by size than may be.

    Five at most, two of an organ (recist11, section 9). The others are followed by the growth that
    the reader recorded.

    >>> with_limited_targets([TimePoint("TA1", None, None)])[0].label
    'TA1'
    """
    measured = {lesion.code for point in points for lesion in point.new_lesions if lesion.measured}
    too_many = measured - new_lesion_targets(points)
    if not too_many:
        return points
    limited = []
    for point in points:
        lesions = []
        for lesion in point.new_lesions:
            is_followed = lesion.measured and lesion.code not in too_many
            lesions.append(replace(lesion, measured=is_followed))
        limited.append(replace(point, new_lesions=tuple(lesions)))
    return limited


def new_lesions_at(
    point: TimePoint, *, codes_before: frozenset[str], sizes_before_mm: Mapping[str, Decimal]
) -> NewLesions:
    """Return the new lesions of a time point, compared with those before (Table 2).

    >>> lesion = NewLesion(NewLesionCertainty.UNEQUIVOCAL, "N01")
    >>> point = TimePoint("TA1", None, None, new_lesions=(lesion,))
    >>> new_lesions_at(point, codes_before=frozenset(), sizes_before_mm={}).more
    True
    """
    unequivocal = NewLesionCertainty.UNEQUIVOCAL
    certain = [lesion for lesion in point.new_lesions if lesion.certainty == unequivocal]
    present = [lesion for lesion in certain if not lesion.gone]
    gone = {lesion.code for lesion in certain if lesion.gone}
    more = any(lesion.code not in codes_before or not lesion.code for lesion in present)
    before_mm, now_mm = _sums(sizes_before_mm, present)
    growth_mm = now_mm - before_mm
    growths = {lesion.growth for lesion in present if not lesion.measured}
    has_grown = growth_mm >= GROWN_MM
    codes = (codes_before | {lesion.code for lesion in present}) - gone
    sizes_mm = dict(sizes_before_mm)
    for code, mm in _measured(present):
        sizes_mm[code] = min(mm, sizes_mm.get(code, mm))
    return NewLesions(
        more=more,
        larger=has_grown or bool(growths - {Growth.NONE}),
        progressed=more
        or Growth.UNEQUIVOCAL in growths
        or (has_grown and 100 * growth_mm >= 20 * before_mm),
        any_left=bool(codes),
        codes=codes,
        sizes_mm=sizes_mm,
    )


def _measured(lesions: Iterable[NewLesion]) -> Iterator[tuple[str, Decimal]]:
    for lesion in lesions:
        if lesion.measured and lesion.code and lesion.mm is not None and lesion.mm.is_finite():
            yield lesion.code, lesion.mm


def _sums(before: Mapping[str, Decimal], present: Sequence[NewLesion]) -> tuple[Decimal, Decimal]:
    """Return the sums before and now over the new lesions measured both times, in mm."""
    now = {code: mm for code, mm in _measured(present) if code in before}
    return sum((before[code] for code in now), ZERO), sum(now.values(), ZERO)
