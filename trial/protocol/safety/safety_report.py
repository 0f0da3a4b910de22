"""The clock of a serious adverse event: hours from awareness to its report (crf_spec 2.18).

The hours are of the calendar, weekends included; the deadline is SAE_CLOCK_H. Moments carry their
offset from UTC, so that the clock does not depend on the reader's time zone.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from trial.protocol.parameters import DEFAULT, Parameters

ALERT_BEFORE_H, MAJOR_AFTER_H = 6, 72


class ReportState(StrEnum):
    """The state of a report of a serious adverse event.

    The hours of a report not yet submitted are running (OPEN), end soon (ALERT) or are over
    (OVERDUE). A submitted report was in time, or is a deviation.
    """

    OPEN, ALERT, OVERDUE = "OPEN", "ALERT", "OVERDUE"
    IN_TIME, LATE_MINOR, LATE_MAJOR = "IN_TIME", "LATE_MINOR", "LATE_MAJOR"


class NoOffset(ValueError):
    """A moment without its offset from UTC."""


def elapsed(aware_at: datetime, until: datetime) -> timedelta:
    """Return the time from awareness to the report, or to now (crf_spec 2.18).

    Raises NoOffset for a moment without its offset.

    >>> from datetime import timezone
    >>> aware_at = datetime(2025, 7, 15, 8, 30, tzinfo=timezone.utc)
    >>> elapsed(aware_at, datetime(2025, 7, 16, 10, 40, tzinfo=timezone.utc))
    datetime.timedelta(days=1, seconds=7800)
    """
    if aware_at.tzinfo is None or until.tzinfo is None:
        raise NoOffset("The moment of awareness and of the report carry their offset from UTC.")
    return until - aware_at


def report_state(
    aware_at: datetime,
    *,
    submitted_at: datetime | None,
    now: datetime,
    parameters: Parameters = DEFAULT,
) -> ReportState:
    """Return the state of a report at a moment (crf_spec 2.18).

    The alert begins 6 hours before the deadline; up to 72 hours a late report is a minor deviation.
    Raises NoOffset for a moment without its offset.

    >>> from datetime import timezone
    >>> aware_at, now = (datetime(2025, 7, day, tzinfo=timezone.utc) for day in (15, 16))
    >>> report_state(aware_at, submitted_at=None, now=now)
    <ReportState.OVERDUE: 'OVERDUE'>
    """
    hours = elapsed(aware_at, submitted_at or now)
    deadline = timedelta(hours=parameters.sae_clock_h)
    if submitted_at is not None:
        if hours <= deadline:
            return ReportState.IN_TIME
        is_minor = hours <= timedelta(hours=MAJOR_AFTER_H)
        return ReportState.LATE_MINOR if is_minor else ReportState.LATE_MAJOR
    if hours >= deadline:
        return ReportState.OVERDUE
    is_near = hours >= deadline - timedelta(hours=ALERT_BEFORE_H)
    return ReportState.ALERT if is_near else ReportState.OPEN
