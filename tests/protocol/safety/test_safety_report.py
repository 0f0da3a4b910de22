"""The clock of a serious adverse event (crf_spec 2.18)."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from trial.protocol.parameters import Parameters
from trial.protocol.safety.safety_report import NoOffset, elapsed, report_state

CHINA = timezone(timedelta(hours=8))
AWARE = datetime(2025, 7, 15, 16, 30, tzinfo=CHINA)


def after(hours, minutes=0, seconds=0):
    return AWARE + timedelta(hours=hours, minutes=minutes, seconds=seconds)


WAITING = [
    # hours since awareness    state
    (after(0),                 "OPEN"),
    (after(17, 59, 59),        "OPEN"),
    (after(18),                "ALERT"),
    (after(23, 59, 59),        "ALERT"),
    (after(24),                "OVERDUE"),
    (after(400),               "OVERDUE"),
]  # fmt: skip
SUBMITTED = [
    # submitted since awareness  state
    (after(24),                "IN_TIME"),
    (after(24, 0, 1),          "LATE_MINOR"),
    (after(26, 10),            "LATE_MINOR"),
    (after(72),                "LATE_MINOR"),
    (after(72, 0, 1),          "LATE_MAJOR"),
]  # fmt: skip


@pytest.mark.parametrize(("now", "state"), WAITING)
def test_report_not_submitted_has_the_state_of_its_hours(now, state):
    assert report_state(AWARE, submitted_at=None, now=now) == state


@pytest.mark.parametrize(("submitted_at", "state"), SUBMITTED)
def test_submitted_report_keeps_its_state(submitted_at, state):
    assert report_state(AWARE, submitted_at=submitted_at, now=after(1000)) == state


@pytest.mark.parametrize(("hours", "state"), [(47, "ALERT"), (48, "OVERDUE")])
def test_deadline_follows_the_parameter(hours, state):
    assert (
        report_state(
            AWARE, submitted_at=None, now=after(hours), parameters=Parameters(sae_clock_h=48)
        )
        == state
    )


def test_offset_of_the_reader_does_not_matter():
    assert elapsed(AWARE, after(26, 10).astimezone(UTC)) == timedelta(hours=26, minutes=10)


def test_moment_without_an_offset_is_refused():
    with pytest.raises(NoOffset, match="offset"):
        report_state(AWARE.replace(tzinfo=None), submitted_at=None, now=AWARE)
