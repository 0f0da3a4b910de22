"""The status of a subject (crf_spec 2.3, SUBJSTAT): one row for each, and their order."""

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
    (
        ALLOCATED | {"last_dose_on": LATER, "treatment_ended_on": date(2025, 7, 1)},
        "TREATMENT_ENDED",
    ),
    (ALLOCATED | {"last_dose_on": LATER, "progressed_on": date(2025, 7, 1)}, "FOLLOW_UP"),
    (ALLOCATED | {"progressed": True}, "RANDOMIZED"),  # 4.4: the check never changes an allocation
]
ENDS = {
    "died_on": "DEAD",
    "withdrawn_on": "WITHDRAWN",
    "lost_on": "LOST",
    "completed_on": "COMPLETED",
}


@pytest.mark.parametrize(("facts", "status"), TABLE)
def test_status_follows_from_the_facts(facts, status):
    assert subject_status(StatusFacts(**facts)) == status


@pytest.mark.parametrize(("facts", "status"), TABLE)
@pytest.mark.parametrize("end", ENDS)
def test_end_of_a_subjects_part_comes_first(facts, status, end):
    assert subject_status(StatusFacts(**facts, **{end: DAY})) == ENDS[end]


@pytest.mark.parametrize(("first", "second"), list(combinations(ENDS, 2)))
def test_ends_have_an_order(first, second):
    assert subject_status(StatusFacts(**{first: DAY, second: DAY})) == ENDS[first]
