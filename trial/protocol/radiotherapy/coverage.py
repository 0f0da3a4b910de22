"""Radiotherapy: whether every lesion is covered (crf_spec 2.15)."""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum


class Coverage(StrEnum):
    """Of a volume or a lesion."""

    FULL, PARTIAL, NONE, PENDING = "FULL", "PARTIAL", "NONE", "PENDING"


class SubjectCoverage(StrEnum):
    COMPLETE, INCOMPLETE, PENDING = "COMPLETE", "INCOMPLETE", "PENDING"


def volume_coverage(
    *,
    prescribed_gy: Decimal | None,
    prescribed_fractions: int | None,
    delivered_gy: Decimal | None,
    delivered_fractions: int | None,
    course_ended: bool,
    coverage_min_pct: Decimal = Decimal(95),
) -> Coverage:
    """What a volume got of its prescription, in Gy and fractions (crf_spec 2.15, COVERAGE_MIN_PCT).

    FULL: that percentage of the dose and all fractions. Less stays PENDING until its course has ended.

    >>> prescription = {"prescribed_gy": Decimal(50), "prescribed_fractions": 5, "course_ended": True}
    >>> volume_coverage(delivered_gy=Decimal(40), delivered_fractions=4, **prescription)
    <Coverage.PARTIAL: 'PARTIAL'>
    """
    dose_gy, fractions = delivered_gy or Decimal(0), delivered_fractions or 0
    if prescribed_gy and prescribed_fractions and fractions >= prescribed_fractions and 100 * dose_gy >= coverage_min_pct * prescribed_gy:
        return Coverage.FULL
    if not course_ended:
        return Coverage.PENDING
    return Coverage.PARTIAL if dose_gy > 0 or fractions > 0 else Coverage.NONE


def lesion_coverage(volumes: Iterable[Coverage], *, planning_ended: bool) -> Coverage:
    """Coverage of a lesion by the volumes that contain it (crf_spec 2.15). One that covers it fully suffices.

    A lesion of no volume is PENDING as long as one may still be planned, NONE afterwards.

    >>> lesion_coverage([Coverage.PARTIAL, Coverage.FULL], planning_ended=True)
    <Coverage.FULL: 'FULL'>
    """
    found = set(volumes)
    best_first = (Coverage.FULL, Coverage.PENDING, Coverage.PARTIAL, Coverage.NONE)
    open_end = Coverage.NONE if planning_ended else Coverage.PENDING
    return next((coverage for coverage in best_first if coverage in found), open_end)


def must_be_covered(*, is_primary: bool, resolved: bool, primary_rt_required: bool = True, treat_resolved: bool = False) -> bool:
    """Whether a lesion belongs to those that radiotherapy must cover (crf_spec 2.15), as it stood at randomization.

    >>> must_be_covered(is_primary=False, resolved=True)
    False
    """
    return (treat_resolved or not resolved) and (primary_rt_required or not is_primary)


def subject_coverage(lesions: Iterable[Coverage]) -> SubjectCoverage:
    """Whether all lesions that must be covered are (crf_spec 2.15). Where none must be, that is so.

    >>> subject_coverage([Coverage.FULL, Coverage.NONE])
    <SubjectCoverage.INCOMPLETE: 'INCOMPLETE'>
    """
    found = set(lesions)
    if found <= {Coverage.FULL}:
        return SubjectCoverage.COMPLETE
    return SubjectCoverage.PENDING if Coverage.PENDING in found else SubjectCoverage.INCOMPLETE
