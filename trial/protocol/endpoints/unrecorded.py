"""Endpoints that need records which nobody keeps: unknown, and told so (crf_spec 5).

Without a form for it, a death, a new therapy or a toxicity cannot be told from none. What does not rest on such a record
stands: who is seen to progress had not died before.
"""

from collections.abc import Set
from enum import StrEnum
from typing import NamedTuple

from .results import Reason, Result, undecided


class Unrecorded(StrEnum):
    """Kinds of record that are not kept."""

    DEATH, THERAPY, TOXICITY = "DEATH", "THERAPY", "TOXICITY"


DEATH, THERAPY, TOXICITY = Unrecorded
REASONS = {DEATH: Reason.NO_RECORD_OF_DEATH, THERAPY: Reason.NO_RECORD_OF_THERAPY, TOXICITY: Reason.NO_RECORD_OF_TOXICITY}


class Rests(NamedTuple):
    """The records that an endpoint rests on: where it has an event, and where it has none."""

    event: frozenset[Unrecorded] = frozenset()
    without: frozenset[Unrecorded] = frozenset()


FREE_BY_FDA = Rests(frozenset({THERAPY}), frozenset({DEATH, THERAPY}))
FREE_BY_EMA = SITE = Rests(without=frozenset({DEATH}))  # one lesion, or the first new one, likewise
SURVIVAL = Rests(frozenset({DEATH}), frozenset({DEATH}))
RESPONSE = Rests(frozenset({THERAPY}))  # a therapy can only take a response away
NEXT_THERAPY = Rests(frozenset({DEATH, THERAPY}), frozenset({DEATH, THERAPY}))
SEVERE = Rests(frozenset({TOXICITY}), frozenset({TOXICITY}))
STANDS = {Reason.NO_BASELINE, Reason.PROGRESSION_BEFORE_RANDOMIZATION, Reason.COMPETING_PROGRESSION}


def told(result: Result, rests: Rests, *, unrecorded: Set[Unrecorded]) -> Result:
    """The result, or that it is unknown for want of a record (crf_spec 5). What has no date rests on none, nor what STANDS.

    >>> from datetime import date
    >>> alive = Result(100, False, date(2025, 8, 2), Reason.ALIVE)
    >>> str(told(alive, SURVIVAL, unrecorded={DEATH}).reason)
    'Unknown: no record of death.'
    """
    if result.on is None or result.reason in STANDS:
        return result
    missing = (rests.event if result.event else rests.without) & unrecorded
    return undecided(next(REASONS[kind] for kind in Unrecorded if kind in missing)) if missing else result
