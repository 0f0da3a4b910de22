"""Response assessments and the lesions that they assess (crf_spec 2.16)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from crf.casebook import Casebook, once
from crf.models import Lesion, NonTargetFinding, ResponseAssessment, TargetMeasurement
from crf.models.response_checks import is_baseline
from trial.actions.checking.check import Finding, Level, check

from .order_of_entry import entered_at

GROUPS: dict[Lesion.Role, type[TargetMeasurement | NonTargetFinding]] = {
    Lesion.Role.TARGET: TargetMeasurement,
    Lesion.Role.NON_TARGET: NonTargetFinding,
}
"""The group in which a lesion of each role is assessed."""


class Unassessed(NamedTuple):
    """A lesion of the baseline that an assessment leaves out.

    `was_there` is true where it was on file before the scan, or when the assessment was entered.
    """

    assessment: ResponseAssessment
    lesion: Lesion
    was_there: bool


@check("TA-LESIONS", level=Level.HARD_COMPLETE, reads=[Lesion, ResponseAssessment])
def lesions_left_out(casebook: Casebook) -> Iterator[Finding]:
    """Find assessments that leave out a lesion of the baseline which was there."""
    for assessment, lesion, was_there in left_out(casebook):
        if was_there:
            sentence = _(
                "{lesion} is not assessed. Add it; where it cannot be assessed, say so and why."
            )
            yield Finding(assessment, sentence.format(lesion=lesion), "", lesion)


@check("TA-LATER", level=Level.SOFT, reads=[Lesion, ResponseAssessment])
def lesions_added_later(casebook: Casebook) -> Iterator[Finding]:
    """Find assessments that could not assess a lesion of the baseline: it was entered later."""
    for assessment, lesion, was_there in left_out(casebook):
        if not was_there:
            sentence = _(
                "{lesion} was added to the baseline after this assessment. Add it here; where it "
                "cannot be assessed, say so and why."
            )
            yield Finding(assessment, sentence.format(lesion=lesion), "", lesion)


@check("TA-ROLE", level=Level.HARD_COMPLETE, reads=[Lesion, ResponseAssessment])
def lesions_in_another_group(casebook: Casebook) -> Iterator[Finding]:
    """Find assessments that assess a lesion in a group that is not its own.

    A target among the non-targets would count by a word instead of its size, a non-target among
    the targets not at all; a lesion that was not there at screening belongs to neither group. One
    that its own group lacks is asked for by TA-LESIONS alone.
    """
    lacking = {
        (pair.assessment.pk, pair.lesion.pk) for pair in left_out(casebook) if pair.was_there
    }
    for assessment in casebook.records(ResponseAssessment):
        for role, group in GROUPS.items():
            for row in assessment.rows(group):
                lesion = casebook.find(Lesion, row.lesion_id)
                if lesion is None or not lesion.role or is_baseline(lesion, role):
                    continue
                if (assessment.pk, lesion.pk) not in lacking:
                    yield Finding(assessment, _in_another_group(lesion, group), "", lesion)


def _in_another_group(lesion: Lesion, group: type[TargetMeasurement | NonTargetFinding]) -> str:
    if lesion.first_seen == Lesion.FirstSeen.BL0:
        sentence = _(
            "{lesion} has the role “{role}”, and is entered as “{group}”. Assess it in the group "
            "of its role, and withdraw or empty this row."
        )
    else:
        sentence = _(
            "{lesion} was not there at screening, and is entered as “{group}”. Enter it as a new "
            "lesion, and withdraw or empty this row."
        )
    role, name = lesion.get_role_display(), group._meta.verbose_name
    return sentence.format(lesion=lesion, role=role, group=name)


@once
def left_out(casebook: Casebook) -> list[Unassessed]:
    """Return the lesions of the baseline that assessments leave out."""
    pairs = [
        (assessment, lesion)
        for assessment in casebook.records(ResponseAssessment)
        for lesion in _without(assessment, casebook.records(Lesion))
    ]
    if not pairs:
        return []
    lesions = entered_at([lesion for _assessment, lesion in pairs])
    assessments = entered_at([assessment for assessment, _lesion in pairs])
    zone = ZoneInfo(casebook.subject.site.time_zone)
    omitted = []
    for assessment, lesion in pairs:
        entered, assessed = lesions.get(lesion.pk), assessments.get(assessment.pk)
        was_there = entered is not None and (
            assessed is None
            or entered <= assessed
            or _day(entered, zone) <= (assessment.first_scan_on or date.min)
        )
        omitted.append(Unassessed(assessment, lesion, was_there))
    return omitted


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return localtime(moment, zone).date()


def _without(assessment: ResponseAssessment, lesions: list[Lesion]) -> Iterator[Lesion]:
    """Yield the lesions of the baseline that the assessment has no row of."""
    for role, group in GROUPS.items():
        assessed = {row.lesion_id for row in assessment.rows(group)}
        for lesion in lesions:
            if is_baseline(lesion, role) and lesion.pk not in assessed:
                yield lesion
