"""The clock of a serious adverse event: calendar hours from awareness to the report, weekends included (crf_spec 2.18).

The deadline is SAE_CLOCK_H. Moments carry their offset, so that the clock does not depend on where it is read.
"""

from datetime import datetime, timedelta
from enum import StrEnum

ALERT_BEFORE_H, MAJOR_AFTER_H = 6, 72


class ReportState(StrEnum):
    """Of a report that is not submitted: its hours run, end soon, or are over. Of one that is: in time, or a deviation."""

    OPEN, ALERT, OVERDUE = "OPEN", "ALERT", "OVERDUE"
    IN_TIME, LATE_MINOR, LATE_MAJOR = "IN_TIME", "LATE_MINOR", "LATE_MAJOR"


class NoOffset(ValueError):
    """A moment without its offset from UTC."""


def elapsed(aware_at: datetime, until: datetime) -> timedelta:
    """From awareness to the report, or to now (crf_spec 2.18). Raises NoOffset for a moment without one.

    >>> from datetime import timezone
    >>> elapsed(datetime(2025, 7, 15, 8, 30, tzinfo=timezone.utc), datetime(2025, 7, 16, 10, 40, tzinfo=timezone.utc))
    datetime.timedelta(days=1, seconds=7800)
    """
    if aware_at.tzinfo is None or until.tzinfo is None:
        raise NoOffset("The moment of awareness and of the report carry their offset from UTC.")
    return until - aware_at


def report_state(aware_at: datetime, *, submitted_at: datetime | None, now: datetime, sae_clock_h: int = 24) -> ReportState:
    """The state of a report at a moment (crf_spec 2.18): an alert 6 hours before the deadline, a minor deviation up to 72 hours.

    Raises NoOffset for a moment without its offset.

    >>> from datetime import timezone
    >>> aware_at, now = (datetime(2025, 7, day, tzinfo=timezone.utc) for day in (15, 16))
    >>> report_state(aware_at, submitted_at=None, now=now)
    <ReportState.OVERDUE: 'OVERDUE'>
    """
    took, deadline = elapsed(aware_at, submitted_at or now), timedelta(hours=sae_clock_h)
    if submitted_at is not None:
        if took <= deadline:
            return ReportState.IN_TIME
        return ReportState.LATE_MINOR if took <= timedelta(hours=MAJOR_AFTER_H) else ReportState.LATE_MAJOR
    if took >= deadline:
        return ReportState.OVERDUE
    return ReportState.ALERT if took >= deadline - timedelta(hours=ALERT_BEFORE_H) else ReportState.OPEN
