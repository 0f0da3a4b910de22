"""Doubts about data, as the checks of the protocol raise them (crf_spec 0.4).

A doubt refuses nothing by itself: its level says what follows.
"""

from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """The consequence of a doubt.

    HARD: the value cannot be stored. COMPLETE: the form cannot be completed. SOFT: a query opens.
    NOTICE: the sentence is only shown.
    """

    HARD = "H"
    COMPLETE = "HC"
    SOFT = "S"
    NOTICE = "N"


class Doubt(NamedTuple):
    """A doubt: a code of the check's own list, its level, and a sentence on what to look at."""

    code: str
    level: Level
    sentence: str
