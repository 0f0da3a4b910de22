"""What a subject's course is derived from (crf_spec 2.16 and 5)."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from trial.protocol.response import irecist
from trial.protocol.response.best_response import Evaluation
from trial.protocol.response.recist import Assessment, Baseline, Discordance, Response, TimePoint
from trial.protocol.safety.toxicity import Toxicity

from .facts import Facts
from .local_control import LocalStatus
from .results import Result
from .unrecorded import Unrecorded

NOTHING_KNOWN = Facts()


@dataclass(frozen=True)
class Seen:
    """One assessment: what was seen, and the investigator's own overall response.

    `statuses` are the local status of irradiated lesions, by code; `in_field` says of each new lesion of the time point
    whether it lies in a planning target volume.
    """

    point: TimePoint
    investigator: Response | None = None
    statuses: tuple[tuple[str, LocalStatus], ...] = ()
    in_field: tuple[bool | None, ...] = ()


@dataclass(frozen=True)
class Told:
    """What a course is read from. `second_baseline` is the label of BL1, the check after cycle 2.

    `facts` hold the rest: randomization, therapies, contacts, death; the assessments are put into them here. `irradiated`
    are the lesions that were, with the day of the last fraction to each. `given` is whether a dose or fraction was given
    after randomization; `unrecorded` are the kinds of record that nobody keeps.
    """

    baseline: Baseline
    seen: tuple[Seen, ...] = ()
    facts: Facts = NOTHING_KNOWN
    treated_on: date | None = None
    second_baseline: str = "PC2"
    irradiated: tuple[tuple[str, date], ...] = ()
    new_symptom: frozenset[str] = frozenset()
    toxicities: tuple[Toxicity, ...] = ()
    given: bool | None = None
    unrecorded: frozenset[Unrecorded] = frozenset()


class Read(NamedTuple):
    """An assessment, and what is derived from it and from all before."""

    seen: Seen
    derived: Assessment
    discordance: Discordance
    evaluation: Evaluation
    immune: irecist.Reading


class Endpoint(NamedTuple):
    """`name` as a page prints it."""

    name: str
    result: Result
