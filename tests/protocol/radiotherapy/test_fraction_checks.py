"""Checks of the log of fractions (crf_spec 2.15). 2025-03-10 is a Monday."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from tests.protocol.radiotherapy.test_treatment_time import (
    FRACTIONS,
    HOLIDAY,
    MISSED_FRACTION,
    MONDAY,
    UNDATED,
    march,
)
from trial.protocol.radiotherapy.fraction_checks import fraction_doubts, overrun
from trial.protocol.radiotherapy.treatment_time import Fraction


@pytest.mark.parametrize(("planned", "doubted"), [(5, False), (4, True), (None, False)])
def test_time_may_exceed_the_plan_by_3_days(planned, doubted):
    doubt = overrun(march(10, 17), planned_days=planned)  # 8 days
    assert (doubt is not None) == doubted
    assert doubt is None or doubt.sentence == "Treatment took 8 days, 4 more than planned."


def at(number, day, hour, zone=UTC):
    return Fraction(
        number=number,
        on=date(2025, 3, day),
        delivered=True,
        at=datetime(2025, 3, day, hour, tzinfo=zone),
    )


COURSE = {"course_from": MONDAY, "course_to": date(2025, 3, 14)}
LOGS = [
    # fractions                       course                        doubts
    (march(10, 11, 12),               COURSE,                       ""),
    (march(7, 10),                    COURSE,                       "OUTSIDE_COURSE:H"),
    (march(14, 17),                   COURSE,                       "OUTSIDE_COURSE:H"),
    (march(7, 10, 17),                {},                           ""),
    (march(10, 10),                   {},                           "SAME_DAY:H"),
    (march(15),                       {},                           "NOT_A_WORKING_DAY:N"),
    (march(16),                       {},                           "NOT_A_WORKING_DAY:N"),
    (march(15),                       {"calendar": HOLIDAY},        ""),
    (march(12),                       {"calendar": HOLIDAY},        "NOT_A_WORKING_DAY:N"),
    ([*march(10), *march(11)],        {},                           "NUMBER_TWICE:S"),
    ([at(1, 10, 8), at(2, 10, 14)],   {"twice_daily": True},        ""),
    ([at(1, 10, 8), at(2, 10, 13)],   {"twice_daily": True},        "TOO_CLOSE:H"),
    ([at(2, 10, 8), at(1, 10, 14), at(3, 11, 8)], {"twice_daily": True}, ""),
    ([at(1, 10, 8), at(2, 10, 14)],   {},                           "SAME_DAY:H"),
    (march(10, 10),                   {"twice_daily": True},        ""),
    ([at(1, 10, 8), at(2, 10, 9, zone=None)], {"twice_daily": True}, ""),
    ([MISSED_FRACTION, UNDATED],            {},                           "NUMBER_TWICE:S"),
    (march(10, 10, delivered=False),  {},                           ""),
]  # fmt: skip


@pytest.mark.parametrize(("fractions", "course", "expected"), LOGS)
def test_log_raises_its_doubts_and_no_others(fractions, course, expected):
    assert [
        f"{doubt.code}:{doubt.level}" for doubt in fraction_doubts(fractions, **course)
    ] == expected.split()


@given(FRACTIONS)
def test_checks_answer_whatever_is_entered(fractions):
    assert all(doubt.sentence.endswith(".") for doubt in fraction_doubts(fractions, **COURSE))
