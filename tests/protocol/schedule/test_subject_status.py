"""crf_spec 2.3, SUBJSTAT: one row for each status, and what comes before what."""

from datetime import date
from itertools import combinations

import pytest

from trial.protocol.schedule.subject_status import StatusFacts, subject_status

DAY, LATER = date(2025, 3, 10), date(2025, 4, 25)
IN = {"entry": "ELIGIBLE", "first_dose_on": DAY}
ALLOCATED = IN | {"second": "ELIGIBLE", "randomized_on": LATER}

TABLE = [
    ({}, "SCREENING"),
    ({"entry": "ELIGIBLE"}, "SCREENING"),
    ({"entry": "UNDETERMINED"}, "SCREENING"),
    ({"entry": "INELIGIBLE"}, "SCREEN_FAILED"),
    ({"first_dose_on": DAY}, "INDUCTION"),
    (IN, "INDUCTION"),
    (IN | {"second": "UNDETERMINED"}, "INDUCTION"),
    (IN | {"second": "INELIGIBLE"}, "INDUCTION_FAILED"),
    (IN | {"progressed": True}, "INDUCTION_FAILED"),
    (ALLOCATED, "RANDOMIZED"),
    (ALLOCATED | {"last_dose_on": date(2025, 4, 24)}, "RANDOMIZED"),
    (ALLOCATED | {"last_dose_on": LATER}, "ON_TREATMENT"),
    (ALLOCATED | {"last_dose_on": LATER, "treatment_ended_on": date(2025, 7, 1)}, "TREATMENT_ENDED"),
    (ALLOCATED | {"last_dose_on": LATER, "progressed_on": date(2025, 7, 1)}, "FOLLOW_UP"),
    (ALLOCATED | {"progressed": True}, "RANDOMIZED"),  # 4.4: the check never changes an allocation
]
ENDS = {"died_on": "DEAD", "withdrawn_on": "WITHDRAWN", "lost_on": "LOST", "completed_on": "COMPLETED"}


@pytest.mark.parametrize(("known", "status"), TABLE)
def test_status_follows_from_what_is_known(known, status):
    assert subject_status(StatusFacts(**known)) == status


@pytest.mark.parametrize(("known", "status"), TABLE)
@pytest.mark.parametrize("end", ENDS)
def test_what_ends_the_part_of_a_subject_comes_first(known, status, end):
    assert subject_status(StatusFacts(**known, **{end: DAY})) == ENDS[end]


@pytest.mark.parametrize(("first", "second"), list(combinations(ENDS, 2)))
def test_ends_have_an_order(first, second):
    assert subject_status(StatusFacts(**{first: DAY, second: DAY})) == ENDS[first]
