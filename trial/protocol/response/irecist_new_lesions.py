"""New lesions by iRECIST (Seymour et al., Lancet Oncol 2017;18:e143-e152)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from .lesions import ZERO, Growth, NewLesion, NewLesionCertainty, TimePoint
from .measurability import new_lesion_targets

GROWN_MM = Decimal(5)


def limited(points: list[TimePoint]) -> list[TimePoint]:
    """More new lesions than may be followed by size are followed as the others are, by what was told of their growth."""
    chosen = new_lesion_targets(points)
    too_many = {lesion.code for point in points for lesion in point.new_lesions if lesion.measured} - chosen
    if not too_many:
        return points
    return [
        replace(point, new_lesions=tuple(replace(one, measured=one.measured and one.code not in too_many) for one in point.new_lesions))
        for point in points
    ]


@dataclass(frozen=True)
class NewLesions:
    """The new lesions of a time point: more than before, larger than before, still there, all named ones gone."""

    more: bool
    larger: bool
    progressed: bool  # by the rules for a first progression, once the bar is set anew
    left: bool
    codes: frozenset[str]
    sizes_mm: Mapping[str, Decimal]


def new_lesions_at(point: TimePoint, *, codes_before: frozenset[str], sizes_before_mm: Mapping[str, Decimal]) -> NewLesions:
    certain = [lesion for lesion in point.new_lesions if lesion.certainty == NewLesionCertainty.UNEQUIVOCAL]
    there = [lesion for lesion in certain if not lesion.gone]
    gone = {lesion.code for lesion in certain if lesion.gone}
    more = any(lesion.code not in codes_before or not lesion.code for lesion in there)
    before_mm, now_mm = _sums(sizes_before_mm, there)
    growth_mm = now_mm - before_mm
    larger = growth_mm >= GROWN_MM or any(lesion.growth != Growth.NONE for lesion in there if not lesion.measured)
    unequivocal = any(lesion.growth == Growth.UNEQUIVOCAL for lesion in there if not lesion.measured)
    progressed = more or unequivocal or (growth_mm >= GROWN_MM and 100 * growth_mm >= 20 * before_mm)
    codes = (codes_before | {lesion.code for lesion in there}) - gone
    sizes = dict(sizes_before_mm)
    for code, mm in _measured(there):
        sizes[code] = min(mm, sizes.get(code, mm))
    return NewLesions(more, larger, progressed, bool(codes), codes, sizes)


def _measured(lesions: Iterable[NewLesion]) -> Iterator[tuple[str, Decimal]]:
    for lesion in lesions:
        if lesion.measured and lesion.code and lesion.mm is not None and lesion.mm.is_finite():
            yield lesion.code, lesion.mm


def _sums(before: Mapping[str, Decimal], there: Sequence[NewLesion]) -> tuple[Decimal, Decimal]:
    """Sums over the new lesions measured then and now, in mm."""
    now = {code: mm for code, mm in _measured(there) if code in before}
    return sum((before[code] for code in now), ZERO), sum(now.values(), ZERO)
