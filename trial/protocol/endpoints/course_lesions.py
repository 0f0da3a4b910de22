"""Local control of each lesion of one subject's course (crf_spec 5, LC).

Target lesions are followed by size, in both arms; irradiated non-target lesions by what the reader
says of them. Sizes are in mm.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from trial.protocol.response.lesions import Growth, NonTargetFinding, NonTargetState
from trial.protocol.response.sums import FIRST, LesionSizes, lesion_sizes
from trial.protocol.sentence import Sentence

from . import unrecorded
from .course_facts import CourseAssessment, CourseFacts, Endpoint
from .facts import Facts
from .local_control import ALONE, FollowedLesion, LesionScan, LocalStatus, Start, local_control
from .results import Result

WORST_FIRST = (
    LocalStatus.INFIELD_PD,
    LocalStatus.MARGINAL_PD,
    LocalStatus.INDETERMINATE_POST_RT,
    LocalStatus.CONTROLLED,
)


def lesion_endpoints(course: CourseFacts, facts: Facts, *, on: date) -> Iterator[Endpoint]:
    """Yield the local control of each target, and of each irradiated non-target (crf_spec 5, LC).

    It counts from randomization; of an irradiated lesion also from the end of its radiotherapy.

    >>> from trial.protocol.response.recist import Baseline
    >>> list(lesion_endpoints(CourseFacts(Baseline()), Facts(), on=date(2026, 1, 1)))
    []
    """
    for lesion in (*_targets(course), *_irradiated_non_targets(course)):
        control = local_control(lesion, facts, on=on)
        if control:
            name = Sentence("Local control of {code}, from randomization", code=lesion.code)
            yield Endpoint(name, _limited_by_site(course, control))
        if lesion.irradiated_on is None:
            continue
        since_end = local_control(lesion, facts, on=on, start=Start.RADIOTHERAPY_END)
        if since_end:
            name = Sentence(
                "Local control of {code}, from the end of radiotherapy", code=lesion.code
            )
            yield Endpoint(name, _limited_by_site(course, since_end))


def _limited_by_site(course: CourseFacts, result: Result) -> Result:
    return unrecorded.limited(result, unrecorded.SITE, course.unrecorded)


def _targets(course: CourseFacts) -> list[FollowedLesion]:
    """Return the target lesions, each with those that it may merge with."""
    scans = _target_scans(course)
    irradiated = dict(course.irradiated)
    lesions = []
    for target in course.baseline.targets:
        of_lesion = tuple(scans[target.code])
        at_bl1 = [scan for scan in of_lesion if scan.record == course.second_baseline]
        lesions.append(
            FollowedLesion(
                code=target.code,
                nodal=target.nodal,
                scans=of_lesion,
                irradiated_on=irradiated.get(target.code),
                baseline_mm=at_bl1[0].mm if at_bl1 else None,
                baseline_mass=at_bl1[0].mass if at_bl1 else ALONE,
            )
        )
    return [
        replace(lesion, beside=tuple(part for part in lesions if part is not lesion))
        for lesion in lesions
    ]


def _target_scans(course: CourseFacts) -> dict[str, list[LesionScan]]:
    """Return each target lesion at each assessment, by its code."""
    codes = [target.code for target in course.baseline.targets]
    scans: dict[str, list[LesionScan]] = {code: [] for code in codes}
    history = FIRST
    for assessment in sorted(course.assessments, key=lambda assessment: assessment.point.place):
        point = assessment.point
        sizes = lesion_sizes(codes, point, history)
        for code in scans:
            mass = sizes[code].mass
            scans[code].append(
                LesionScan(
                    record=point.label,
                    on=point.scanned_on,
                    mm=_size_of(mass, sizes),
                    status=_status(assessment, [code]) or _status(assessment, mass),
                    mass=mass if len(mass) > 1 else ALONE,
                )
            )
        history = history.after(point)
    return scans


def _size_of(mass: frozenset[str], sizes: dict[str, LesionSizes]) -> Decimal | None:
    """Return the size of a lesion or of the whole mass; None where not all was assessed."""
    parts = [sizes.get(code) for code in mass]
    own: list[Decimal] = []
    for part in parts:
        if part is None or not part.complete:
            return None
        own += [size.growth_mm for size in part.own]
    return sum(own, Decimal(0)) if own else None


def _status(assessment: CourseAssessment, codes: Iterable[str]) -> LocalStatus | None:
    """Return the worst local status of these lesions and of their pieces."""
    statuses = [status for code, status in assessment.statuses if code in codes]
    return min(statuses, key=WORST_FIRST.index, default=None)


def _irradiated_non_targets(course: CourseFacts) -> Iterator[FollowedLesion]:
    """Yield the non-target lesions that were irradiated."""
    irradiated = dict(course.irradiated)
    for code in course.baseline.non_targets:
        if code in irradiated:
            scans = tuple(_non_target_scans(course.assessments, code))
            yield FollowedLesion(code, nodal=False, scans=scans, irradiated_on=irradiated[code])


def _non_target_scans(assessments: Sequence[CourseAssessment], code: str) -> Iterator[LesionScan]:
    for assessment in assessments:
        point = assessment.point
        growths = [_has_grown(row) for row in point.non_targets if row.code == code]
        is_assessed = bool(growths) and None not in growths
        yield LesionScan(
            record=point.label,
            on=point.scanned_on,
            status=_status(assessment, [code]),
            grown=any(growths) if is_assessed else None,
        )


def _has_grown(finding: NonTargetFinding) -> bool | None:
    """Return True for unequivocal growth; None for a lesion that was not assessed."""
    if finding.state == NonTargetState.NE:
        return None
    is_unequivocal = finding.growth == Growth.UNEQUIVOCAL
    return finding.state == NonTargetState.UNEQUIVOCAL or is_unequivocal
