"""Tumor response at each assessment (crf_spec 2.16): RECIST 1.1, derived from the baseline lesions
and all assessments before.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from crf.casebook import Casebook, once
from crf.models import (
    Lesion,
    NewLesion,
    NonTargetFinding,
    ResponseAssessment,
    Scan,
    TargetMeasurement,
)
from crf.models.lesion import SLICED, is_node
from trial.protocol.parameters import Parameters
from trial.protocol.response import recist
from trial.protocol.response.scan_order import place_in_order

MUST_COVER = {"CHEST", "ABDOMEN", "PELVIS"}
BY_RECIST = (
    "sum_mm", "baseline_mm", "nadir_mm", "change_from_baseline_percent", "change_from_nadir_percent", "change_from_nadir_mm",
    "target", "non_target", "overall",
)  # fmt: skip
"""Derived values of the form that bear the name of the item of `recist.Assessment` that they show.
"""


class AssessedResponse(NamedTuple):
    """A scanned assessment, as RECIST reads it, and what it derives from it."""

    assessment: ResponseAssessment
    point: recist.TimePoint
    derived: recist.Assessment


@once
def responses(casebook: Casebook, *, until: date | None = None) -> list[AssessedResponse]:
    """Return every assessment with a scan, in their one order, each read against all before it.

    Each is judged by the parameters in force on the day of its first scan (docs/decisions/0010).
    One that was not finished by the day `until` is not read.
    """
    assessments = [
        assessment
        for assessment in scanned(casebook)
        if until is None or assessment.last_scan_on <= until
    ]
    points = [time_point(assessment, casebook) for assessment in assessments]
    by_parameters: dict[Parameters, list[recist.Assessment]] = {}
    assessed = []
    for index, assessment in enumerate(assessments):
        parameters = casebook.parameters_on(assessment.first_scan_on)
        if parameters not in by_parameters:
            by_parameters[parameters] = recist.assess_all(
                baseline(casebook), points, parameters=parameters
            )
        assessed.append(
            AssessedResponse(assessment, points[index], by_parameters[parameters][index])
        )
    return assessed


def scanned(casebook: Casebook) -> list[ResponseAssessment]:
    """Return the assessments with a scan, in their one order
    (trial/protocol/response/scan_order.py).
    """
    assessments = [
        assessment
        for assessment in casebook.records(ResponseAssessment)
        if assessment.first_scan_on
    ]
    return sorted(
        assessments, key=lambda a: place_in_order(a.visit.code, a.first_scan_on, a.last_scan_on)
    )


def response_of(assessment: ResponseAssessment, casebook: Casebook) -> recist.Assessment | None:
    """Return what RECIST 1.1 derives for one assessment; None without a scan."""
    return next(
        (response.derived for response in responses(casebook) if response.assessment is assessment),
        None,
    )


@once
def baseline(casebook: Casebook) -> recist.Baseline:
    """Return BL0: the lesions of the screening, as their forms say."""
    lesions = sorted(casebook.records(Lesion), key=lambda lesion: lesion.code)
    first = [lesion for lesion in lesions if lesion.first_seen == Lesion.FirstSeen.BL0]
    return recist.Baseline(
        targets=tuple(
            recist.TargetMeasurement(
                lesion.code, is_node(lesion), recist.TargetState.MEASURED, lesion.size_mm
            )
            for lesion in first
            if lesion.role == Lesion.Role.TARGET
        ),
        non_targets=tuple(lesion.code for lesion in first if lesion.role == Lesion.Role.NON_TARGET),
    )


def time_point(assessment: ResponseAssessment, casebook: Casebook) -> recist.TimePoint:
    """Return the assessment as RECIST reads it; a lesion that was withdrawn is not read."""
    return recist.TimePoint(
        label=assessment.visit.code,
        first_scan_on=assessment.first_scan_on,
        last_scan_on=assessment.last_scan_on,
        targets=tuple(
            recist.TargetMeasurement(
                lesion.code, is_node(lesion), recist.TargetState(row.state), row.size_mm
            )
            for lesion, row in assessed_lesions(assessment, TargetMeasurement, casebook)
        ),
        non_targets=tuple(
            recist.NonTargetFinding(
                lesion.code, recist.NonTargetState(row.state), recist.Growth(row.growth or "NONE")
            )
            for lesion, row in assessed_lesions(assessment, NonTargetFinding, casebook)
        ),
        new_lesions=tuple(
            new_lesion_of(row, casebook) for row in assessment.rows(NewLesion) if row.certainty
        ),
    )


def assessed_lesions(
    assessment: ResponseAssessment,
    group: type[TargetMeasurement] | type[NonTargetFinding],
    casebook: Casebook,
) -> list[tuple[Lesion, Any]]:
    """Return the rows of a group that say something about a standing lesion, with the lesion."""
    pairs = [(casebook.find(Lesion, row.lesion_id), row) for row in assessment.rows(group)]
    return [(lesion, row) for lesion, row in pairs if lesion and row.state]


def new_lesion_of(row: NewLesion, casebook: Casebook) -> recist.NewLesion:
    """Return a new lesion as iRECIST follows it: under its code; by its size, where it is a target
    among the new ones.
    """
    gone, lesion = row.growth == "GONE", casebook.find(Lesion, row.followed_id)
    return recist.NewLesion(
        recist.NewLesionCertainty(row.certainty),
        code=lesion.code if lesion else "",
        mm=row.size_mm,
        measured=row.size_mm is not None
        and lesion is not None
        and lesion.role == Lesion.Role.TARGET,
        growth=recist.Growth.NONE if gone else recist.Growth(row.growth or "NONE"),
        gone=gone,
        organ=lesion.organ if lesion else "",
    )


def covers_trunk(assessment: ResponseAssessment) -> bool:
    """Return whether CT or MRI covered chest, abdomen and pelvis (crf_spec 4.2 b)."""
    regions = {
        region for scan in assessment.rows(Scan) if scan.method in SLICED for region in scan.regions
    }
    return regions >= MUST_COVER


def by_recist(name: str) -> Callable[[ResponseAssessment, Casebook], Any]:
    """Return the function of a value that RECIST derives under this name."""
    return lambda assessment, casebook: getattr(response_of(assessment, casebook), name, None)


for value in BY_RECIST:
    getattr(ResponseAssessment, value).computed_by(by_recist(value))


@ResponseAssessment.new_lesion.computed_by
def new_lesion(assessment: ResponseAssessment, casebook: Casebook) -> str:
    derived = response_of(assessment, casebook)
    return str(derived.new_lesion or "NONE") if derived else ""


@ResponseAssessment.discordance.computed_by
def discordance(assessment: ResponseAssessment, casebook: Casebook) -> str:
    """Return how far the investigator's overall response lies from the derived one."""
    derived = response_of(assessment, casebook)
    if not derived or not assessment.investigator_overall:
        return ""
    return str(
        recist.discordance(derived.overall, recist.Response(assessment.investigator_overall))
    )
