"""Coverage: each lesion that radiotherapy must cover gets its dose in full (crf_spec 2.15).

Coverage is judged of a volume first, then of a lesion by its volumes, then of a subject by its
lesions. The parameters are COVERAGE_MIN_PCT, PRIMARY_RT_REQUIRED and TREAT_RESOLVED (crf_spec 1).
"""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

from trial.protocol.parameters import DEFAULT, Parameters


class Coverage(StrEnum):
    """The coverage of a volume or of a lesion."""

    FULL, PARTIAL, NONE, PENDING = "FULL", "PARTIAL", "NONE", "PENDING"


class SubjectCoverage(StrEnum):
    """The coverage of all lesions of a subject together."""

    COMPLETE, INCOMPLETE, PENDING = "COMPLETE", "INCOMPLETE", "PENDING"


def is_of_study(study: bool | None, *, palliative: bool) -> bool:
    """Return whether a course is radiotherapy of the study, by its item STUDY (crf_spec 2.15).

    None stands for a course that was entered before the item was asked: it is of the study unless
    its intent is palliative.

    >>> is_of_study(None, palliative=True)
    False
    """
    return not palliative if study is None else study


def counts(study: bool | None, *, palliative: bool) -> bool:
    """Return whether a course counts for the coverage of lesions (crf_spec 2.15).

    Only study courses do. Palliative fractions never make a lesion FULL.

    >>> counts(True, palliative=True)
    False
    """
    return is_of_study(study, palliative=palliative) and not palliative


BEST_FIRST = (Coverage.FULL, Coverage.PENDING, Coverage.PARTIAL, Coverage.NONE)


def volume_coverage(
    *,
    prescribed_gy: Decimal | None,
    prescribed_fractions: int | None,
    delivered_gy: Decimal | None,
    delivered_fractions: int | None,
    course_ended: bool,
    parameters: Parameters = DEFAULT,
) -> Coverage:
    """Compare a volume's delivered dose in Gy and fractions with its prescription (crf_spec 2.15).

    FULL needs COVERAGE_MIN_PCT of the dose and all fractions. Less than that is PENDING until the
    course has ended, or was stopped for this volume.

    >>> prescription = {"prescribed_gy": Decimal(50), "prescribed_fractions": 5}
    >>> delivery = {"delivered_gy": Decimal(40), "delivered_fractions": 4, "course_ended": True}
    >>> volume_coverage(**prescription, **delivery)
    <Coverage.PARTIAL: 'PARTIAL'>
    """
    dose_gy, fractions = delivered_gy or Decimal(0), delivered_fractions or 0
    if prescribed_gy and prescribed_fractions:
        has_dose = 100 * dose_gy >= parameters.coverage_min_pct * prescribed_gy
        if has_dose and fractions >= prescribed_fractions:
            return Coverage.FULL
    if not course_ended:
        return Coverage.PENDING
    return Coverage.PARTIAL if dose_gy > 0 or fractions > 0 else Coverage.NONE


def lesion_coverage(volumes: Iterable[Coverage], *, planning_ended: bool) -> Coverage:
    """Return the coverage of a lesion by the volumes that contain it (crf_spec 2.15).

    One volume that covers it fully suffices. A lesion of no volume is PENDING as long as one may
    still be planned, NONE afterwards.

    >>> lesion_coverage([Coverage.PARTIAL, Coverage.FULL], planning_ended=True)
    <Coverage.FULL: 'FULL'>
    """
    coverages = set(volumes)
    for coverage in BEST_FIRST:
        if coverage in coverages:
            return coverage
    return Coverage.NONE if planning_ended else Coverage.PENDING


def must_be_covered(*, is_primary: bool, resolved: bool, parameters: Parameters = DEFAULT) -> bool:
    """Return whether radiotherapy must cover a lesion, as it was at randomization (crf_spec 2.15).

    A resolved lesion must be covered only where TREAT_RESOLVED says so, a primary tumor only where
    PRIMARY_RT_REQUIRED does.

    >>> must_be_covered(is_primary=False, resolved=True)
    False
    """
    if resolved and not parameters.treat_resolved:
        return False
    return parameters.primary_rt_required or not is_primary


def subject_coverage(lesions: Iterable[Coverage]) -> SubjectCoverage:
    """Return the coverage of a subject by that of the lesions that must be covered (crf_spec 2.15).

    Where no lesion must be, it is complete.

    >>> subject_coverage([Coverage.FULL, Coverage.NONE])
    <SubjectCoverage.INCOMPLETE: 'INCOMPLETE'>
    """
    coverages = set(lesions)
    if coverages <= {Coverage.FULL}:
        return SubjectCoverage.COMPLETE
    is_pending = Coverage.PENDING in coverages
    return SubjectCoverage.PENDING if is_pending else SubjectCoverage.INCOMPLETE
