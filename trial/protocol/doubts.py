"""What a check of the data finds (crf_spec 0.4): nothing here refuses a value, except where its level says so."""

from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """HARD: cannot be stored. COMPLETE: the form cannot be completed. SOFT: opens a query. NOTICE: is only shown."""

    HARD = "H"
    COMPLETE = "HC"
    SOFT = "S"
    NOTICE = "N"


class Doubt(NamedTuple):
    """`code` is one of the check's own list, the sentence tells a person what to look at."""

    code: str
    level: Level
    sentence: str
