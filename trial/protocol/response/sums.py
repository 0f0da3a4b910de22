"""The sum of diameters at a time point, with lesions that split, merged, or were gone before.

RECIST 1.1 (Eisenhauer et al., Eur J Cancer 2009;45:228-247, sections 4.2 and 4.3) and recist11,
sections 2 and 3. Sizes are in mm, and never rounded.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from .lesions import (
    NORMAL_NODE_BELOW_MM,
    TOO_SMALL_MM,
    ZERO,
    Baseline,
    TargetMeasurement,
    TargetState,
    TimePoint,
)

WHOLE = ""
"""The letter of a lesion that has not split."""


@dataclass(frozen=True)
class History:
    """The lesions as the time points before showed them, each by its code and piece.

    `gone` were absent, and have not been measured since. `pieces` are those of lesions that split.
    """

    gone: frozenset[tuple[str, str]] = frozenset()
    pieces: frozenset[tuple[str, str]] = frozenset()

    def after(self, point: TimePoint) -> "History":
        """Return the history after one more time point.

        >>> gone = TargetMeasurement("L01", False, TargetState.ABSENT)
        >>> History().after(TimePoint("TA1", None, None, (gone,))).gone
        frozenset({('L01', '')})
        """
        gone, pieces = set(self.gone), set(self.pieces)
        for code in dict.fromkeys(row.code for row in point.targets):
            rows = [row for row in point.targets if row.code == code and not row.merged_into]
            sizes = [row.counted_mm() for row in rows]
            for row, mm in zip(rows, sizes, strict=True):
                if mm == 0:
                    gone.add((code, row.piece))
                elif mm is not None and not row.is_too_small:
                    gone -= _as_measured(row, gone)
                if row.piece == WHOLE and mm:
                    pieces -= _of_lesion(pieces, code)
            if sizes and not any(mm is None or mm for mm in sizes):
                gone.add((code, WHOLE))
        for row in point.targets:
            if row.merged_into and (row.merged_into, WHOLE) in gone:
                gone.add((row.code, row.piece))
            elif row.merged_into:
                gone -= _as_measured(row, gone)
        pieces |= {(row.code, row.piece) for row in point.targets if row.piece != WHOLE}
        return History(frozenset(gone), frozenset(pieces))

    def was_gone(self, row: TargetMeasurement) -> bool:
        """Return True for a lesion, or a piece, that was absent and not measured since."""
        return bool({(row.code, row.piece), (row.code, WHOLE)} & self.gone)


def _as_measured(row: TargetMeasurement, gone: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the keys that are gone no longer once this is measured: of all pieces, by a whole."""
    if row.piece == WHOLE:
        return _of_lesion(gone, row.code)
    return {(row.code, WHOLE), (row.code, row.piece)}


def _of_lesion(keys: Iterable[tuple[str, str]], code: str) -> set[tuple[str, str]]:
    return {key for key in keys if key[0] == code}


FIRST = History()


class Size(NamedTuple):
    """The size of a lesion or of one piece: as it enters the sum, and as growth is judged by it.

    They differ where a default of 5 mm stands for a lesion that was absent before: it says that
    something is seen, not that it has grown (recist11, section 3, rule 4).
    """

    mm: Decimal
    growth_mm: Decimal


@dataclass(frozen=True)
class LesionSizes:
    """A lesion at one time point: the sizes of its pieces, and whether all of it was assessed.

    A lesion that merged has none of its own. `mass` are all lesions measured together with it.
    """

    own: tuple[Size, ...]
    complete: bool
    mass: frozenset[str]


class Measured(NamedTuple):
    """The sum of the baseline's target lesions at a later time point.

    `complete`: all were assessed. `resolved`: all that were assessed are gone or normal nodes.
    `growth_mm`: the sum by which growth is judged. `seen_again`: a lesion is measured that is
    neither gone nor a normal node. `in_doubt`: absent before, and too small to measure now.
    """

    sum_mm: Decimal | None
    complete: bool
    resolved: bool
    growth_mm: Decimal | None
    seen_again: bool
    in_doubt: tuple[str, ...]


def measure(
    baseline: Baseline,
    point: TimePoint,
    history: History = FIRST,
    *,
    too_small_mm: Decimal = TOO_SMALL_MM,
) -> Measured:
    """Return the sum of the baseline's targets at a time point, in mm (section 4.3).

    It goes over the lesions that were assessed.

    >>> target = TargetMeasurement("L01", False, TargetState.MEASURED, Decimal(20))
    >>> measure(Baseline((target,)), TimePoint("TA1", None, None, (target,))).sum_mm
    Decimal('20')
    """
    nodes = {target.code: target.nodal for target in baseline.targets}
    lesions = lesion_sizes(list(nodes), point, history, too_small_mm=too_small_mm)
    sizes = [size for lesion in lesions.values() for size in lesion.own]
    of_lesion = {code: list(_of_mass(code, lesions)) for code in nodes}
    doubts = {row.code for row in point.targets if row.is_too_small and history.was_gone(row)}
    return Measured(
        sum_mm=sum((size.mm for size in sizes), ZERO) if sizes else None,
        complete=all(lesion.complete for lesion in lesions.values()),
        resolved=not any(
            _is_seen(size.mm, nodal=nodes[code]) for code in nodes for size in of_lesion[code]
        ),
        growth_mm=sum((size.growth_mm for size in sizes), ZERO) if sizes else None,
        seen_again=any(
            _is_seen(size.growth_mm, nodal=nodes[code])
            for code in nodes
            for size in of_lesion[code]
        ),
        in_doubt=tuple(code for code in nodes if code in doubts),
    )


def _is_seen(mm: Decimal, *, nodal: bool) -> bool:
    """Return True for what is neither gone nor a normal node; of a split node, for each piece."""
    return mm >= NORMAL_NODE_BELOW_MM if nodal else mm > 0


def _of_mass(code: str, lesions: dict[str, LesionSizes]) -> Iterator[Size]:
    for part in lesions[code].mass:
        if part in lesions:
            yield from lesions[part].own


def lesion_sizes(
    codes: Sequence[str],
    point: TimePoint,
    history: History = FIRST,
    *,
    too_small_mm: Decimal = TOO_SMALL_MM,
) -> dict[str, LesionSizes]:
    """Return each of these target lesions as a time point shows it (recist11, section 2).

    Rows that contradict each other count as not assessed: a lesion measured twice, not as pieces.

    >>> target = TargetMeasurement("L01", False, TargetState.MEASURED, Decimal(20))
    >>> lesion_sizes(["L01"], TimePoint("TA1", None, None, (target, target)))["L01"].complete
    False
    """
    rows = {code: _rows(code, point, history) for code in codes}
    sizes = {}
    for code in codes:
        own = []
        for row in rows[code]:
            mm = None if row.merged_into else row.counted_mm(too_small_mm=too_small_mm)
            if mm is not None:
                is_default = row.is_too_small and history.was_gone(row)
                own.append(Size(mm, ZERO if is_default else mm))
        complete = _is_assessed(code, rows, history, frozenset())
        sizes[code] = LesionSizes(tuple(own), complete, _mass(code, rows))
    return sizes


def _rows(code: str, point: TimePoint, history: History) -> list[TargetMeasurement]:
    """Return the rows of a lesion: one for the whole, or one for each piece; else none."""
    rows = [row for row in point.targets if row.code == code]
    letters = {row.piece for row in rows}
    is_twice = len(letters) < len(rows) or (WHOLE in letters and len(rows) > 1)
    return [] if is_twice else rows


def _is_assessed(
    code: str,
    rows: dict[str, list[TargetMeasurement]],
    history: History,
    passed: frozenset[str],
) -> bool:
    """Return True where a lesion was assessed with each of its pieces, or with its mass."""
    lesion = rows.get(code, [])
    if not lesion or code in passed:
        return False
    letters = {row.piece for row in lesion}
    if WHOLE not in letters:
        expected = {piece for _, piece in _of_lesion(history.pieces, code)}
        if expected - letters or len(letters) < 2:
            return False
    for row in lesion:
        if not row.merged_into:
            if row.counted_mm() is None:
                return False
        elif row.mm is not None or row.state != TargetState.MEASURED:
            return False
        elif row.merged_into == code:
            if all(piece.merged_into for piece in lesion):
                return False
        elif not _is_assessed(row.merged_into, rows, history, passed | {code}):
            return False
    return True


def _mass(code: str, rows: dict[str, list[TargetMeasurement]]) -> frozenset[str]:
    """Return all lesions that are measured together with a lesion, itself included."""
    mass = {code}
    pairs = [(row.code, row.merged_into) for lesion in rows.values() for row in lesion]
    for _ in rows:
        for part, host in pairs:
            if host and {part, host} & mass:
                mass |= {part, host}
    return frozenset(mass)
