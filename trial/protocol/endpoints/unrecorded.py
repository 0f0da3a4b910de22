"""Endpoints that need records which nobody keeps: unknown, and reported so (crf_spec 5).

Without a form for it, a death, a new therapy or a toxicity cannot be told from none. A result that
does not rest on such a record stands: a subject who is seen to progress had not died before.
"""

from collections.abc import Set
from enum import StrEnum
from typing import NamedTuple

from .results import Reason, Result, undecided


class Unrecorded(StrEnum):
    """A kind of record that is not kept."""

    DEATH, THERAPY, TOXICITY = "DEATH", "THERAPY", "TOXICITY"


DEATH, THERAPY, TOXICITY = Unrecorded
REASONS = {
    DEATH: Reason.NO_RECORD_OF_DEATH,
    THERAPY: Reason.NO_RECORD_OF_THERAPY,
    TOXICITY: Reason.NO_RECORD_OF_TOXICITY,
}


class RequiredRecords(NamedTuple):
    """The records that an endpoint rests on, where it has an event and where it has none."""

    event: frozenset[Unrecorded] = frozenset()
    without: frozenset[Unrecorded] = frozenset()


FREE_BY_FDA = RequiredRecords(frozenset({THERAPY}), frozenset({DEATH, THERAPY}))
FREE_BY_EMA = RequiredRecords(without=frozenset({DEATH}))
SITE = FREE_BY_EMA  # one lesion, or the first new one, likewise
SURVIVAL = RequiredRecords(frozenset({DEATH}), frozenset({DEATH}))
RESPONSE = RequiredRecords(frozenset({THERAPY}))  # a therapy can only take a response away
NEXT_THERAPY = RequiredRecords(frozenset({DEATH, THERAPY}), frozenset({DEATH, THERAPY}))
SEVERE = RequiredRecords(frozenset({TOXICITY}), frozenset({TOXICITY}))
STANDS = {
    Reason.NO_BASELINE,
    Reason.PROGRESSION_BEFORE_RANDOMIZATION,
    Reason.COMPETING_PROGRESSION,
}


def limited(result: Result, required: RequiredRecords, unrecorded: Set[Unrecorded]) -> Result:
    """Return the result, or that it is unknown for want of a record (crf_spec 5).

    A result without a date rests on no record, and the reasons of STANDS on none of these.

    >>> from datetime import date
    >>> alive = Result(100, False, date(2025, 8, 2), Reason.ALIVE)
    >>> str(limited(alive, SURVIVAL, {DEATH}).reason)
    'Unknown: no record of death.'
    """
    if result.on is None or result.reason in STANDS:
        return result
    missing = (required.event if result.event else required.without) & unrecorded
    if not missing:
        return result
    first = next(kind for kind in Unrecorded if kind in missing)
    return undecided(REASONS[first])
