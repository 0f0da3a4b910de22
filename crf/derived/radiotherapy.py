"""Radiotherapy: the biological dose of each volume, and the coverage of lesions (crf_spec 2.15)."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from crf.casebook import Casebook, once
from crf.models import (
    Lesion,
    NonTargetFinding,
    RadiotherapyCourse,
    ResponseAssessment,
    TargetMeasurement,
    TargetVolume,
)
from crf.models.codes.radiotherapy import COVERAGE, NOT_COUNTED
from crf.models.lesion import LesionClass
from trial.protocol.parameters import Parameters
from trial.protocol.radiotherapy import biological_dose
from trial.protocol.radiotherapy import coverage as coverage_rules
from trial.protocol.schedule.visits import CHECK_AFTER_CYCLE_2

AT_A_BASELINE = (Lesion.FirstSeen.BL0, Lesion.FirstSeen.BL1)

Phases = list[tuple[int, Decimal]]
"""Numbers of fractions, each with the dose of a fraction in Gy."""


def parameters_of(course: RadiotherapyCourse, casebook: Casebook) -> Parameters:
    """Return the parameters in force when the course began, or is planned to begin."""
    return casebook.parameters_on(begins_on(course))


def begins_on(course: RadiotherapyCourse) -> date:
    """Return the day on which a course began, or is planned to.

    Of one that was never planned it is the day of that decision; today where none is known.
    """
    day = course.started_on or course.planned_start_on or course.decided_on
    return day or course.subject.site.today()


def counted_courses(casebook: Casebook) -> list[RadiotherapyCourse]:
    """Return the courses that count for coverage: those of the study, but palliative ones."""
    courses = casebook.records(RadiotherapyCourse)
    return [course for course in courses if course.counts_for_coverage]


def radiotherapy_begins_on(casebook: Casebook) -> date:
    """Return the day on which the first course that counts begins; today before there is one."""
    days = [begins_on(course) for course in counted_courses(casebook)]
    return min(days, default=casebook.subject.site.today())


@TargetVolume.dose_per_fraction_gy.computed_by
def dose_per_fraction_gy(volume: TargetVolume, casebook: Casebook) -> Decimal | None:
    """Return the prescribed dose of one fraction in Gy."""
    if not volume.prescribed_gy or not volume.prescribed_fractions:
        return None
    return biological_dose.dose_per_fraction_gy(volume.prescribed_gy, volume.prescribed_fractions)


def prescribed(volume: TargetVolume, casebook: Casebook) -> Phases:
    """Return the prescription as one phase; no phase where it is not entered."""
    dose = dose_per_fraction_gy(volume, casebook)
    return [(volume.prescribed_fractions, dose)] if dose else []


def delivered(volume: TargetVolume) -> Phases:
    """Return phases of fractions of one dose, as they were given."""
    doses = Counter(
        fraction.dose_gy for fraction in volume.fractions_delivered() if fraction.dose_gy
    )
    return [(number, dose) for dose, number in doses.items()]


def effect_gy(
    formula: Callable[..., Decimal], phases: Phases, alpha_beta_gy: Decimal
) -> Decimal | None:
    """Return the biological dose in Gy; None without a fraction."""
    return formula(phases, alpha_beta_gy=alpha_beta_gy) if phases else None


@TargetVolume.bed10_gy.computed_by
def bed10_gy(volume: TargetVolume, casebook: Casebook) -> Decimal | None:
    """Return the prescribed BED in Gy, by the tumor's α/β in force (AB_TUMOR, 10 Gy by default)."""
    return effect_gy(
        biological_dose.bed_gy,
        prescribed(volume, casebook),
        parameters_of(volume.course, casebook).ab_tumor,
    )


@TargetVolume.eqd2_10_gy.computed_by
def eqd2_10_gy(volume: TargetVolume, casebook: Casebook) -> Decimal | None:
    """Return the prescribed EQD2 in Gy, by the tumor's α/β in force."""
    return effect_gy(
        biological_dose.eqd2_gy,
        prescribed(volume, casebook),
        parameters_of(volume.course, casebook).ab_tumor,
    )


@TargetVolume.eqd2_3_gy.computed_by
def eqd2_3_gy(volume: TargetVolume, casebook: Casebook) -> Decimal | None:
    """Return the prescribed EQD2 in Gy, by the α/β of late effects in force (AB_LATE)."""
    return effect_gy(
        biological_dose.eqd2_gy,
        prescribed(volume, casebook),
        parameters_of(volume.course, casebook).ab_late,
    )


@TargetVolume.delivered_bed10_gy.computed_by
def delivered_bed10_gy(volume: TargetVolume, casebook: Casebook) -> Decimal | None:
    """Return the delivered BED in Gy, by the tumor's α/β in force."""
    return effect_gy(
        biological_dose.bed_gy, delivered(volume), parameters_of(volume.course, casebook).ab_tumor
    )


@TargetVolume.delivered_eqd2_10_gy.computed_by
def delivered_eqd2_10_gy(volume: TargetVolume, casebook: Casebook) -> Decimal | None:
    """Return the delivered EQD2 in Gy, by the tumor's α/β in force."""
    return effect_gy(
        biological_dose.eqd2_gy, delivered(volume), parameters_of(volume.course, casebook).ab_tumor
    )


@TargetVolume.delivered_eqd2_3_gy.computed_by
def delivered_eqd2_3_gy(volume: TargetVolume, casebook: Casebook) -> Decimal | None:
    """Return the delivered EQD2 in Gy, by the α/β of late effects in force."""
    return effect_gy(
        biological_dose.eqd2_gy, delivered(volume), parameters_of(volume.course, casebook).ab_late
    )


@TargetVolume.delivered_gy.computed_by
def delivered_gy(volume: TargetVolume, casebook: Casebook) -> Decimal:
    """Return the sum of the fractions delivered, in Gy."""
    fractions = volume.fractions_delivered()
    return sum((fraction.dose_gy for fraction in fractions if fraction.dose_gy), Decimal(0))


@TargetVolume.delivered_fractions.computed_by
def delivered_fractions(volume: TargetVolume, casebook: Casebook) -> int:
    """Return the number of fractions delivered."""
    return len(volume.fractions_delivered())


@TargetVolume.coverage.computed_by
def volume_coverage(volume: TargetVolume, casebook: Casebook) -> coverage_rules.Coverage:
    """Return how much of its prescription the volume got: FULL, PARTIAL, NONE or PENDING."""
    return coverage_rules.volume_coverage(
        prescribed_gy=volume.prescribed_gy,
        prescribed_fractions=volume.prescribed_fractions,
        delivered_gy=delivered_gy(volume, casebook),
        delivered_fractions=delivered_fractions(volume, casebook),
        course_ended=volume.has_ended,
        parameters=parameters_of(volume.course, casebook),
    )


@RadiotherapyCourse.coverage.computed_by
def coverage_of_volumes(course: RadiotherapyCourse, casebook: Casebook) -> list[str]:
    """Return each volume of the course with its coverage, in words."""
    return [
        f"{volume.code} {COVERAGE[volume_coverage(volume, casebook)]}"
        for volume in course.rows(TargetVolume)
    ]


@RadiotherapyCourse.lesions_covered.computed_by
def lesions_covered(course: RadiotherapyCourse, casebook: Casebook) -> list[str]:
    """Return each lesion of the course with the best coverage among its volumes.

    Of a course that does not count, each lesion is named so.
    """
    volumes = course.rows(TargetVolume)
    codes = sorted({code for volume in volumes for code in volume.lesions})
    if not course.counts_for_coverage:
        return [f"{code} {NOT_COUNTED}" for code in codes]
    ended = course.has_ended
    coverage = {
        code: lesion_coverage(code, volumes, casebook, planning_ended=ended) for code in codes
    }
    return [f"{code} {COVERAGE[coverage[code]]}" for code in codes]


@RadiotherapyCourse.all_covered.computed_by
def all_covered(course: RadiotherapyCourse, casebook: Casebook) -> str:
    """Return whether all lesions are covered that must be, over all courses of the subject."""
    return str(subject_coverage(casebook))


def lesion_coverage(
    code: str, volumes: Iterable[TargetVolume], casebook: Casebook, *, planning_ended: bool
) -> coverage_rules.Coverage:
    """Return the coverage of a lesion by those of the volumes that contain it."""
    containing = [volume_coverage(volume, casebook) for volume in volumes if code in volume.lesions]
    return coverage_rules.lesion_coverage(containing, planning_ended=planning_ended)


def subject_coverage(casebook: Casebook) -> coverage_rules.SubjectCoverage:
    """Return whether all lesions are covered that must be, over all courses (crf_spec 2.15)."""
    return coverage_rules.subject_coverage(coverage_by_lesion(casebook).values())


@once
def coverage_by_lesion(casebook: Casebook) -> dict[str, coverage_rules.Coverage]:
    """Return the coverage of each lesion that must be covered, by its code.

    Planning has ended once every course that counts has.
    """
    courses = counted_courses(casebook)
    volumes = [volume for course in courses for volume in course.rows(TargetVolume)]
    ended = bool(courses) and all(course.has_ended for course in courses)
    return {
        code: lesion_coverage(code, volumes, casebook, planning_ended=ended)
        for code in lesions_to_cover(casebook)
    }


def lesions_to_cover(casebook: Casebook) -> list[str]:
    """Return the codes of the lesions present at BL1, and of a primary in situ.

    Which of them must be covered, parameters say: those in force when the first course began, or
    today's before there is one.
    """
    parameters = casebook.parameters_on(radiotherapy_begins_on(casebook))
    resolved = resolved_at_bl1(casebook)
    codes = []
    for lesion in casebook.records(Lesion):
        is_required = coverage_rules.must_be_covered(
            is_primary=lesion.lesion_class == LesionClass.PRIMARY,
            resolved=lesion.pk in resolved,
            parameters=parameters,
        )
        if is_required and lesion.first_seen in AT_A_BASELINE:
            codes.append(lesion.code)
    return sorted(codes)


@once
def resolved_at_bl1(casebook: Casebook) -> frozenset[int]:
    """Return the keys of the lesions that were gone at BL1, the check after cycle 2."""
    resolved: set[int] = set()
    seen: set[int] = set()
    for assessment in casebook.records(ResponseAssessment):
        if assessment.visit.code != CHECK_AFTER_CYCLE_2:
            continue
        for row in (*assessment.rows(TargetMeasurement), *assessment.rows(NonTargetFinding)):
            (resolved if row.state == row.State.ABSENT else seen).add(row.lesion_id)
    return frozenset(resolved - seen)
