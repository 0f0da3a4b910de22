"""Tumor response at each assessment (crf_spec 2.16).

It is derived by RECIST 1.1 from the baseline lesions and all assessments before.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from crf.casebook import Casebook, once
from crf.models import (
    Lesion,
    NewLesion,
    NonTargetFinding,
    ResponseAssessment,
    Scan,
    TargetMeasurement,
)
from crf.models.codes.response import NO_DOUBT, NOTHING, FollowedGrowth
from crf.models.lesion import SLICED, is_node
from trial.protocol.endpoints.local_control import LocalStatus
from trial.protocol.response import recist
from trial.protocol.response.readings import Readings, read_all
from trial.protocol.schedule.visits import CHECK_AFTER_CYCLE_2

from .scans import scanned

SECOND_BASELINE = CHECK_AFTER_CYCLE_2
MUST_COVER = {Scan.Region.CHEST, Scan.Region.ABDOMEN, Scan.Region.PELVIS}
BY_RECIST = (
    "sum_mm", "baseline_mm", "nadir_mm",
    "change_from_baseline_percent", "change_from_nadir_percent", "change_from_nadir_mm",
    "target", "non_target", "overall",
)  # fmt: skip
"""The derived values of the form that are named as their item of `recist.Assessment`."""


class AssessedResponse(NamedTuple):
    """A scanned assessment, as RECIST reads it, and the responses derived from it."""

    assessment: ResponseAssessment
    point: recist.TimePoint
    readings: Readings

    @property
    def derived(self) -> recist.Assessment:
        """The response by RECIST 1.1, against the first baseline."""
        return self.readings.since_bl0


@once
def responses(casebook: Casebook, *, until: date | None = None) -> list[AssessedResponse]:
    """Return every assessment with a scan, in their one order, each read against all before it.

    Each is judged by the parameters in force on the day of its first scan (docs/decisions/0010).
    One that was not finished by the day `until` is not read.
    """
    scans = [scan for scan in scanned(casebook) if until is None or scan.last_on <= until]
    points = [time_point(scan.assessment, casebook) for scan in scans]
    parameters = [casebook.parameters_on(scan.first_on) for scan in scans]
    readings = read_all(baseline(casebook), points, parameters, second_baseline=SECOND_BASELINE)
    return [
        AssessedResponse(scan.assessment, points[index], readings[index])
        for index, scan in enumerate(scans)
    ]


def investigator_response(assessment: ResponseAssessment) -> recist.Response | None:
    """Return the investigator's own overall response; None where it is not entered."""
    overall = assessment.investigator_overall
    return recist.Response(overall) if overall else None


def response_of(assessment: ResponseAssessment, casebook: Casebook) -> recist.Assessment | None:
    """Return the response of one assessment by RECIST 1.1; None without a scan."""
    for response in responses(casebook):
        if response.assessment is assessment:
            return response.derived
    return None


@once
def baseline(casebook: Casebook) -> recist.Baseline:
    """Return BL0: the lesions of the screening, as their forms say."""
    lesions = sorted(casebook.records(Lesion), key=lambda lesion: lesion.code)
    measured = recist.TargetState.MEASURED
    targets, non_targets = [], []
    for lesion in lesions:
        if lesion.first_seen != Lesion.FirstSeen.BL0:
            continue
        if lesion.role == Lesion.Role.TARGET:
            size = (lesion.code, is_node(lesion), measured, lesion.size_mm)
            targets.append(recist.TargetMeasurement(*size))
        elif lesion.role == Lesion.Role.NON_TARGET:
            non_targets.append(lesion.code)
    return recist.Baseline(targets=tuple(targets), non_targets=tuple(non_targets))


def time_point(assessment: ResponseAssessment, casebook: Casebook) -> recist.TimePoint:
    """Return the assessment as RECIST reads it; a lesion that was withdrawn is not read."""
    return recist.TimePoint(
        label=assessment.visit.code,
        first_scan_on=assessment.first_scan_on,
        last_scan_on=assessment.last_scan_on,
        targets=tuple(
            target_of(lesion, row, casebook)
            for lesion, row in assessed_lesions(assessment, TargetMeasurement, casebook)
        ),
        non_targets=tuple(
            non_target_of(lesion, row)
            for lesion, row in assessed_lesions(assessment, NonTargetFinding, casebook)
        ),
        new_lesions=tuple(
            new_lesion_of(row, casebook) for row in assessment.rows(NewLesion) if row.certainty
        ),
    )


def target_of(
    lesion: Lesion, row: TargetMeasurement, casebook: Casebook
) -> recist.TargetMeasurement:
    """Return a target lesion, or a piece of it, at this time point, as RECIST reads it."""
    if row.state != row.State.MERGED:
        state = recist.TargetState(row.state)
        return recist.TargetMeasurement(
            lesion.code, is_node(lesion), state, row.size_mm, piece=row.piece
        )
    mass = casebook.find(Lesion, row.merged_with_id)
    return recist.TargetMeasurement(
        lesion.code,
        is_node(lesion),
        recist.TargetState.MEASURED,
        merged_into=mass.code if mass else "",
        piece=row.piece,
    )


def non_target_of(lesion: Lesion, row: NonTargetFinding) -> recist.NonTargetFinding:
    """Return a non-target lesion at this time point, as RECIST reads it."""
    state = recist.NonTargetState(row.state)
    return recist.NonTargetFinding(lesion.code, state, growth_of(row.growth), is_node(lesion))


def growth_of(code: str) -> recist.Growth:
    """Return the growth by its code; an answer that is missing counts as none."""
    return recist.Growth(code) if code else recist.Growth.NONE


def assessed_lesions(
    assessment: ResponseAssessment,
    group: type[TargetMeasurement] | type[NonTargetFinding],
    casebook: Casebook,
) -> list[tuple[Lesion, Any]]:
    """Return the rows of a group that say something about a standing lesion, with the lesion."""
    pairs = [(casebook.find(Lesion, row.lesion_id), row) for row in assessment.rows(group)]
    return [(lesion, row) for lesion, row in pairs if lesion and row.state]


def local_statuses(
    assessment: ResponseAssessment, casebook: Casebook
) -> tuple[tuple[str, LocalStatus], ...]:
    """Return the local status of each irradiated lesion, target or not, by its code."""
    rows = [
        *assessed_lesions(assessment, TargetMeasurement, casebook),
        *assessed_lesions(assessment, NonTargetFinding, casebook),
    ]
    return tuple(
        (lesion.code, LocalStatus(row.local_status)) for lesion, row in rows if row.local_status
    )


def new_lesion_of(row: NewLesion, casebook: Casebook) -> recist.NewLesion:
    """Return a new lesion as iRECIST follows it, under its code.

    It is followed by its size where it is a target among the new ones.
    """
    lesion = casebook.find(Lesion, row.followed_id)
    gone = row.growth == FollowedGrowth.GONE
    is_target = lesion is not None and lesion.role == Lesion.Role.TARGET
    return recist.NewLesion(
        recist.NewLesionCertainty(row.certainty),
        code=lesion.code if lesion else "",
        mm=row.size_mm,
        measured=row.size_mm is not None and is_target,
        growth=recist.Growth.NONE if gone else growth_of(row.growth),
        gone=gone,
        organ=lesion.organ if lesion else "",
    )


def covers_trunk(assessment: ResponseAssessment) -> bool:
    """Return whether CT or MRI covered chest, abdomen and pelvis (crf_spec 4.2 b)."""
    scans = [scan for scan in assessment.rows(Scan) if scan.method in SLICED]
    return {region for scan in scans for region in scan.regions} >= MUST_COVER


def by_recist(name: str) -> Callable[[ResponseAssessment, Casebook], Any]:
    """Return the function of a value that RECIST derives under this name."""
    return lambda assessment, casebook: getattr(response_of(assessment, casebook), name, None)


def since_bl1(assessment: ResponseAssessment, casebook: Casebook) -> recist.Assessment | None:
    """Return the response of one assessment against the second baseline; None up to there."""
    for response in responses(casebook):
        if response.assessment is assessment:
            return response.readings.since_bl1
    return None


@ResponseAssessment.bl1_mm.computed_by
def bl1_mm(assessment: ResponseAssessment, casebook: Casebook) -> Decimal | None:
    """Return the sum of diameters at randomization."""
    since = since_bl1(assessment, casebook)
    return since.baseline_mm if since else None


@ResponseAssessment.change_from_bl1_percent.computed_by
def change_from_bl1_percent(assessment: ResponseAssessment, casebook: Casebook) -> Decimal | None:
    """Return the change of the sum from that at randomization, in percent."""
    since = since_bl1(assessment, casebook)
    return since.change_from_baseline_percent if since else None


@ResponseAssessment.doubts.computed_by
def doubts(assessment: ResponseAssessment, casebook: Casebook) -> str:
    """Return the lesions that were absent and are now too small to measure (recist11, section 3).

    NONE stands for no doubt.
    """
    derived = response_of(assessment, casebook)
    if derived is None:
        return ""
    sentence = _(
        "{code} was absent before and is now too small to measure: "
        "was it there before? It counts 5 mm in the sum and no growth."
    )
    return " ".join(sentence.format(code=code) for code in derived.in_doubt) or NO_DOUBT


for value in BY_RECIST:
    getattr(ResponseAssessment, value).computed_by(by_recist(value))


@ResponseAssessment.new_lesion.computed_by
def new_lesion(assessment: ResponseAssessment, casebook: Casebook) -> str:
    """Return the certainty of a new lesion, NONE without one; an empty text without a scan."""
    derived = response_of(assessment, casebook)
    return str(derived.new_lesion or NOTHING) if derived else ""


@ResponseAssessment.discordance.computed_by
def discordance(assessment: ResponseAssessment, casebook: Casebook) -> str:
    """Return how far the investigator's overall response lies from the derived one."""
    derived, own = response_of(assessment, casebook), investigator_response(assessment)
    if derived is None or own is None:
        return ""
    return str(recist.discordance(derived.overall, own))
