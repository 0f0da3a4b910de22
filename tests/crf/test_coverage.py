"""Which lesions radiotherapy has covered, over all courses of a subject (crf_spec 2.15)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from crf.casebook import Casebook
from crf.derived.anchors import decided_against_on, fractions_between
from crf.derived.course import treatment_days
from crf.derived.fractions import fractions_delivered, irradiated_lesions
from crf.derived.radiotherapy import coverage_by_lesion, subject_coverage
from crf.models import Fraction, Interruption, Lesion, RadiotherapyCourse, TargetVolume
from tests.crf.conftest import row

STARTED = date(2025, 4, 14)
GOES_ON = {"status": "IN_PROGRESS", "ended_on": None}
STOPPED = {"status": "STOPPED_EARLY", "stop_reason": "407563006", "decided_on": date(2025, 4, 24)}
REFUSED = {"status": "NOT_STARTED", "stop_reason": "105480006", "decided_on": date(2025, 3, 28), "started_on": None, "ended_on": None}
PALLIATIVE = {"intent": "PALLIATIVE", "started_on": date(2025, 9, 1), "ended_on": date(2025, 9, 5), "planned_start_on": date(2025, 9, 1)}
LATER = date(2025, 12, 31)


def fractions(volume, number, *, begins=STARTED, gy="10.00"):
    """Rows of a volume that was given so many fractions, day by day."""
    return [row(Fraction, volume=volume, number=n + 1, given_on=begins + timedelta(n), dose_gy=Decimal(gy)) for n in range(number)]


@pytest.fixture
def lesions(enter):
    enter(Lesion)
    enter(Lesion)


@pytest.fixture
def give(enter, lesions):
    """Enter a course; `given` is the number of fractions of each volume, the lesion it covers at the same place."""

    def give(*given, covers=("L01", "L02"), begins=STARTED, volumes=({}, {}), **answers):
        planned = [row(TargetVolume, lesions=[code], **stop) for code, stop in zip(covers, volumes, strict=False)]
        delivered = [fraction for n, number in enumerate(given, 1) for fraction in fractions(f"V{n}", number, begins=begins)]
        return enter(RadiotherapyCourse, **answers, rows={TargetVolume: planned, Fraction: delivered, Interruption: []})

    return give


@pytest.fixture
def covered(subject):
    """The coverage of each lesion, and of the subject."""

    def covered():
        casebook = Casebook(subject)
        return [str(c) for c in coverage_by_lesion(casebook).values()], str(subject_coverage(casebook))

    return covered


def test_each_lesion_in_full_is_complete(give, covered):
    give(5, 5)
    assert covered() == (["FULL", "FULL"], "COMPLETE")


def test_a_lesion_waits_while_its_course_goes_on(give, covered):
    give(5, 3, **GOES_ON)
    assert covered() == (["FULL", "PENDING"], "PENDING")


@pytest.mark.parametrize(("given", "expected"), [(3, "PARTIAL"), (0, "NONE")])
def test_a_volume_that_was_stopped_waits_no_longer_while_the_course_goes_on_for_the_other(give, covered, given, expected):
    stopped = {"stop_reason": "407563006", "decided_on": date(2025, 4, 17)}
    give(2, given, volumes=({}, stopped), **GOES_ON)
    assert covered() == (["PENDING", expected], "PENDING")


def test_a_volume_that_was_stopped_in_a_course_that_was_completed(give, covered):
    give(5, 3, volumes=({}, {"stop_reason": "PHYSICIAN", "decided_on": date(2025, 4, 17)}))
    assert covered() == (["FULL", "PARTIAL"], "INCOMPLETE")


def test_a_course_that_was_never_started_covers_nothing(give, covered):
    give(**REFUSED)
    assert covered() == (["NONE", "NONE"], "INCOMPLETE")


@pytest.mark.parametrize("study", ["Y", "N"])
def test_palliative_fractions_never_make_a_lesion_full(give, covered, study):
    give(2, 5, **STOPPED)
    palliative = give(5, covers=("L01",), study=study, **PALLIATIVE, begins=date(2025, 9, 1))
    assert covered() == (["PARTIAL", "FULL"], "INCOMPLETE")
    assert RadiotherapyCourse.objects.get(pk=palliative.pk).lesions_covered == ["L01 does not count: palliative, or outside the study"]


def test_radiotherapy_outside_the_study_does_not_count_whatever_its_intent(give, covered):
    give(5, 5, study="N")
    assert covered() == (["PENDING", "PENDING"], "PENDING")


def test_a_palliative_course_that_goes_on_keeps_nothing_pending(give, covered):
    give(2, 5, **STOPPED)
    give(1, covers=("L01",), study="N", **PALLIATIVE | GOES_ON, begins=date(2025, 9, 1))
    assert covered() == (["PARTIAL", "FULL"], "INCOMPLETE")


def test_a_course_entered_before_the_item_was_asked_is_of_the_study_unless_it_is_palliative(give, covered):
    give(5, 5, study="", complete=False)
    give(5, covers=("L01",), study="", **PALLIATIVE, begins=date(2025, 9, 1), complete=False)
    assert covered() == (["FULL", "FULL"], "COMPLETE")
    assert [course.is_of_study for course in RadiotherapyCourse.objects.order_by("pk")] == [True, False]


def test_visits_and_treatment_follow_the_radiotherapy_of_the_study_alone(give, subject):
    give(5, 5)
    give(5, covers=("L01",), study="N", **PALLIATIVE, begins=date(2025, 9, 1))
    casebook = Casebook(subject)
    last = STARTED + timedelta(4)
    assert fractions_between(casebook) == (STARTED, last)
    assert max(treatment_days(casebook, on=LATER)) == last
    assert irradiated_lesions(casebook, on=LATER) == {"L01": last, "L02": last}
    assert len(fractions_delivered(casebook, LATER)) == 15


def test_a_lesion_that_was_irradiated_outside_the_study_alone_was_irradiated(give, subject):
    give(5, covers=("L01",), study="N", **PALLIATIVE, begins=date(2025, 9, 1))
    assert irradiated_lesions(Casebook(subject), on=LATER) == {"L01": date(2025, 9, 5)}


def test_the_decision_against_radiotherapy_stands_until_a_course_is_planned(give, subject):
    assert decided_against_on(Casebook(subject)) is None
    give(**REFUSED)
    give(covers=("L01",), study="N", **PALLIATIVE | STOPPED, begins=date(2025, 9, 1))
    assert decided_against_on(Casebook(subject)) == REFUSED["decided_on"]
    give(status="PLANNED", started_on=None, ended_on=None)
    assert decided_against_on(Casebook(subject)) is None
