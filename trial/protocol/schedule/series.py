"""The visit of a series that a date belongs to (crf_spec 3.2)."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar


class Targeted(Protocol):
    """A visit with its code and its target."""

    @property
    def code(self) -> str: ...

    @property
    def target_on(self) -> date | None: ...


T = TypeVar("T", bound=Targeted)


def nearest(planned: Iterable[T], *, held_on: date) -> T | None:
    """Return the visit of a series that a date belongs to (crf_spec 3.2).

    It is the visit with the nearest target; of two as near, the earlier.

    >>> from trial.protocol.schedule.timetable import Anchors, plan
    >>> visits = plan(Anchors(randomized_on=date(2025, 1, 1)), on=date(2025, 1, 1))
    >>> nearest(visits, held_on=date(2025, 4, 1)).code
    'TA1'
    """
    distances = [
        (abs((held_on - visit.target_on).days), visit.target_on, visit.code, visit)
        for visit in planned
        if visit.target_on
    ]
    return min(distances)[-1] if distances else None
