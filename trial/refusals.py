"""A refusal is a sentence that a study nurse can read and act on; its kind tells page and API how to answer."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Place(NamedTuple):
    """The row that a problem is about: its group, and its position among the rows sent of it."""

    group: type[Any]
    position: int


class Both(NamedTuple):
    """What two people say: for each item that differs, what was sent and what is stored, in which row, at which version."""

    row: int
    version: int
    items: Mapping[str, tuple[Any, Any]]
    model: type[Any]


class Refused(Exception):
    """Nothing was stored. `problems` are (item, sentence); the item is empty where the whole act is meant.

    `places` are the rows that the problems are about, one for each, None for the record itself.
    `both` are the rows of which the person saw an earlier version.
    """

    status = 422
    code = "refused"

    def __init__(
        self,
        *problems: str | tuple[str, str],
        codes: Sequence[str] = (),
        both: Sequence[Both] = (),
        places: Sequence[Place | None] = (),
    ) -> None:
        self.problems = [("", problem) if isinstance(problem, str) else problem for problem in problems]
        self.places = [*places, *[None] * (len(self.problems) - len(places))]
        self.codes = list(codes)
        self.both = list(both)
        super().__init__(" ".join(sentence for _, sentence in self.problems))


class NotAllowed(Refused):
    """The person's role does not allow the act."""

    status = 403
    code = "not_allowed"


class Conflict(Refused):
    """What stands there does not allow it (any more): a stale version, a state, a second time."""

    status = 409
    code = "conflict"
