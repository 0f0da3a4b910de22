"""A doubt about entered data (crf_spec 0.4): the finding of a check, with its level.

A check refuses no value by itself; the level says what follows from the doubt.
"""

from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """The consequence of a doubt.

    HARD: the value cannot be stored. COMPLETE: the form cannot be completed. SOFT: a query is
    opened. NOTICE: the doubt is only shown.
    """

    HARD = "H"
    COMPLETE = "HC"
    SOFT = "S"
    NOTICE = "N"


class Doubt(NamedTuple):
    """A code of the check's own list, the level, and a sentence that says what to look at."""

    code: str
    level: Level
    sentence: str
