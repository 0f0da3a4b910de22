"""Coverage of volumes, lesions and subjects by radiotherapy (crf_spec 2.15)."""

from decimal import Decimal

import pytest
from trial.protocol.parameters import Parameters
from trial.protocol.radiotherapy.coverage import (
    Coverage,
    SubjectCoverage,
    counts,
    is_of_study,
    lesion_coverage,
    must_be_covered,
    subject_coverage,
    volume_coverage,
)

FULL, PARTIAL, NONE, PENDING = Coverage
D = Decimal

VOLUMES = [
    # prescribed   delivered    ended  coverage
    ("50",   5,    "50",   5,   True,  FULL),
    ("50",   5,    "47.5", 5,   True,  FULL),     # 95 %
    ("50",   5,    "47.4", 5,   True,  PARTIAL),
    ("50",   5,    "48",   4,   True,  PARTIAL),  # 96 %, one fraction short
    ("50",   5,    "50",   5,   False, FULL),
    ("50",   5,    "40",   4,   False, PENDING),
    ("50",   5,    None,   None, False, PENDING),
    ("50",   5,    "0",    0,   True,  NONE),
    ("50",   5,    None,   None, True, NONE),
    (None,   None, "50",   5,   True,  PARTIAL),
    (None,   None, None,   None, True, NONE),
]  # fmt: skip


@pytest.mark.parametrize(
    ("gy", "fractions", "delivered_gy", "delivered_fractions", "ended", "expected"), VOLUMES
)
def test_volume_is_covered_by_95_percent_and_all_fractions(
    gy, fractions, delivered_gy, delivered_fractions, ended, expected
):
    coverage = volume_coverage(
        prescribed_gy=gy and D(gy),
        prescribed_fractions=fractions,
        delivered_gy=delivered_gy and D(delivered_gy),
        delivered_fractions=delivered_fractions,
        course_ended=ended,
    )
    assert coverage == expected


LESIONS = [
    # volumes              planning ended  coverage
    ([FULL, PARTIAL],      True,           FULL),
    ([FULL, PENDING],      False,          FULL),
    ([PARTIAL, PENDING],   False,          PENDING),
    ([PARTIAL, NONE],      True,           PARTIAL),
    ([NONE],               True,           NONE),
    ([],                   True,           NONE),
    ([],                   False,          PENDING),
]  # fmt: skip


@pytest.mark.parametrize(("volumes", "ended", "expected"), LESIONS)
def test_one_volume_that_covers_a_lesion_suffices(volumes, ended, expected):
    assert lesion_coverage(volumes, planning_ended=ended) == expected


SUBJECTS = [
    # lesions                coverage
    ([FULL, FULL],           SubjectCoverage.COMPLETE),
    ([FULL, PARTIAL],        SubjectCoverage.INCOMPLETE),
    ([FULL, NONE],           SubjectCoverage.INCOMPLETE),
    ([FULL, PENDING],        SubjectCoverage.PENDING),
    ([NONE, PENDING],        SubjectCoverage.PENDING),
    ([],                     SubjectCoverage.COMPLETE),
]  # fmt: skip


@pytest.mark.parametrize(("lesions", "expected"), SUBJECTS)
def test_subject_is_covered_when_all_lesions_are(lesions, expected):
    assert subject_coverage(lesions) == expected


MUST = [
    # primary  resolved  parameters                        must
    (False,    False,    {},                               True),
    (False,    True,     {},                               False),
    (False,    True,     {"treat_resolved": True},         True),
    (True,     False,    {},                               True),
    (True,     False,    {"primary_rt_required": False},   False),
]  # fmt: skip


@pytest.mark.parametrize(("is_primary", "is_resolved", "changed", "expected"), MUST)
def test_lesion_present_must_be_covered_and_others_by_parameter(
    is_primary, is_resolved, changed, expected
):
    assert (
        must_be_covered(
            is_primary=is_primary, resolved=is_resolved, parameters=Parameters(**changed)
        )
        is expected
    )


COURSES = [
    # study  palliative  of the study  counts
    (True,   False,      True,         True),
    (True,   True,       True,         False),
    (False,  False,      False,        False),
    (False,  True,       False,        False),
    (None,   False,      True,         True),    # entered before the item was asked
    (None,   True,       False,        False),
]  # fmt: skip


@pytest.mark.parametrize(("study", "palliative", "of_study", "expected"), COURSES)
def test_courses_of_the_study_count_unless_they_are_palliative(
    study, palliative, of_study, expected
):
    assert is_of_study(study, palliative=palliative) is of_study
    assert counts(study, palliative=palliative) is expected
