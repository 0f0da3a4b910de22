"""Whether radiotherapy covers every lesion that it must (crf_spec 2.15); no form."""

from crf.models.lesion import Lesion
from crf.models.radiotherapy import RadiotherapyCourse, TargetVolume
from crf.models.response import NonTargetFinding, TargetMeasurement
from trial.models import Subject
from trial.protocol.parameters import Parameters
from trial.protocol.radiotherapy import coverage as coverage_rules


def coverage_of_subject(course: RadiotherapyCourse) -> str:
    """Whether the lesions that must be covered are, by this course as it stands and the others as stored (crf_spec 2.15)."""
    others = list(RadiotherapyCourse.objects.of(course.subject).exclude(pk=course.pk))
    for other in others:
        other.visit.subject = course.subject
    return str(subject_coverage([course, *others], course.parameters(), lesions_to_cover(course.subject, course.parameters())))


def subject_coverage(courses: list[RadiotherapyCourse], parameters: Parameters, codes: list[str]) -> coverage_rules.SubjectCoverage:
    """Of lesions by their codes, over all courses. Planning has ended once every course has."""
    ended = bool(courses) and all(course.has_ended for course in courses)
    volumes = [volume for course in courses for volume in course.rows(TargetVolume)]
    return coverage_rules.subject_coverage(
        coverage_rules.lesion_coverage(
            (coverage_rules.Coverage(volume.coverage) for volume in volumes if code in volume.lesions), planning_ended=ended
        )
        for code in codes
    )


def lesions_to_cover(subject: Subject, parameters: Parameters) -> list[str]:
    """Codes of the lesions present at BL1, and of a primary in situ, as the parameters have it; two queries."""
    gone = set()
    for group in (TargetMeasurement, NonTargetFinding):
        at_bl1 = group.objects.of(subject).filter(assessment__visit__code="PC2", assessment__withdrawn_at=None, state="ABSENT")
        gone |= set(at_bl1.values_list("lesion_id", flat=True))
    return [
        lesion.code
        for lesion in Lesion.objects.of(subject).filter(first_seen__in=["BL0", "BL1"]).order_by("code")
        if coverage_rules.must_be_covered(
            is_primary=lesion.lesion_class == "PRIMARY",
            resolved=lesion.pk in gone,
            parameters=parameters,
        )
    ]
