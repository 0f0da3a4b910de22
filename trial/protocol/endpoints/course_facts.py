"""The facts of a subject's course, and each response derived from them (crf_spec 2.16, 5)."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from trial.protocol.response import irecist
from trial.protocol.response.evaluations import Evaluation
from trial.protocol.response.readings import Readings
from trial.protocol.response.recist import Assessment, Baseline, Discordance, Response, TimePoint
from trial.protocol.safety.toxicity import Toxicity

from .facts import Facts
from .local_control import LocalStatus
from .results import Result
from .unrecorded import Unrecorded

NO_FACTS = Facts()


@dataclass(frozen=True)
class CourseAssessment:
    """A tumor assessment: the lesions, and the investigator's own overall response.

    `statuses` are the local status of irradiated lesions, by code. `in_field` tells of each new
    lesion of the time point, in order, whether it lies in a planning target volume.

    `readings` are its responses, where they were derived already, by the parameters in force on
    the day of the scan. Without them, they are derived by those that the course is derived with.
    """

    point: TimePoint
    investigator: Response | None = None
    statuses: tuple[tuple[str, LocalStatus], ...] = ()
    in_field: tuple[bool | None, ...] = ()
    readings: Readings | None = None

    @property
    def last_scan_on(self) -> date | None:
        return self.point.last_scan_on or self.point.first_scan_on


@dataclass(frozen=True)
class CourseFacts:
    """The facts of one subject.

    `second_baseline` is the label of BL1, the check after cycle 2. `facts` hold the rest
    (randomization, therapies, contacts, death); the assessments are put into them when the course
    is derived. `treated_on` is the first dose. `irradiated` are the lesions that were, with the day
    of the last fraction to each; `irradiated_since` is the day of the first fraction to anything.
    `treated_after_randomization`: a dose or fraction was given since then. `unrecorded` are the
    kinds of record that nobody keeps.
    """

    baseline: Baseline
    assessments: tuple[CourseAssessment, ...] = ()
    facts: Facts = NO_FACTS
    treated_on: date | None = None
    second_baseline: str = "PC2"
    irradiated: tuple[tuple[str, date], ...] = ()
    irradiated_since: date | None = None
    new_symptom: frozenset[str] = frozenset()
    toxicities: tuple[Toxicity, ...] = ()
    treated_after_randomization: bool | None = None
    unrecorded: frozenset[Unrecorded] = frozenset()

    @property
    def first_irradiated_on(self) -> date | None:
        return self.irradiated_since or min((day for _, day in self.irradiated), default=None)


class DerivedResponse(NamedTuple):
    """An assessment, and what is derived from it and from all before it."""

    assessment: CourseAssessment
    derived: Assessment
    since_bl1: Assessment | None
    discordance: Discordance
    evaluation: Evaluation
    immune: irecist.Reading


class Endpoint(NamedTuple):
    """An endpoint of one subject; `name` is printed as it is."""

    name: str
    result: Result
