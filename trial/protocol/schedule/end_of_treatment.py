"""The end of systemic treatment, presumed while no end is entered (crf_spec 3.1)."""

from datetime import date, timedelta
from typing import Protocol

from trial.protocol.parameters import DEFAULT, Parameters

from .visits import SYSRT


class TreatmentDates(Protocol):
    """The dates from which the end of treatment is presumed.

    A regimen that comes into force after the last dose counts as one: it undoes the end.
    `rt_ended_on` is the day of the last fraction once radiotherapy has ended, or that of the
    decision not to begin it.
    """

    @property
    def last_dose_on(self) -> date | None: ...

    @property
    def last_regimen_on(self) -> date | None: ...

    @property
    def cycle_length_days(self) -> int | None: ...

    @property
    def randomized_on(self) -> date | None: ...

    @property
    def arm(self) -> str | None: ...

    @property
    def rt_first_fraction_on(self) -> date | None: ...

    @property
    def rt_ended_on(self) -> date | None: ...


def presumed_end_on(dates: TreatmentDates, parameters: Parameters = DEFAULT) -> date | None:
    """Return the first day on which treatment is presumed to have ended (PRESUMED_END_DAYS).

    In arm SYSRT the days of radiotherapy do not count. None before the first dose, and while
    radiotherapy goes on.

    >>> from trial.protocol.schedule.timetable import Anchors
    >>> str(presumed_end_on(Anchors(last_dose_on=date(2025, 4, 21), cycle_length_days=21)))
    '2025-07-14'
    """
    if dates.last_dose_on is None:
        return None
    last_on = max(day for day in (dates.last_dose_on, dates.last_regimen_on) if day)
    end_on = last_on + timedelta(parameters.presumed_end_days.after(dates.cycle_length_days))
    begins_on = dates.randomized_on
    if dates.arm != SYSRT or begins_on is None or end_on <= begins_on:
        return end_on
    until_on = _pause_until(dates, begins_on, parameters)
    if until_on is None:
        return None
    return end_on + max(timedelta(), until_on - max(last_on, begins_on))


def _pause_until(dates: TreatmentDates, randomized_on: date, parameters: Parameters) -> date | None:
    """Return the day until which radiotherapy explains that no dose was given.

    None stands for radiotherapy that goes on.
    """
    if dates.rt_first_fraction_on:
        return dates.rt_ended_on
    latest_start_on = randomized_on + timedelta(parameters.rt_start_max_days)
    return min(day for day in (dates.rt_ended_on, latest_start_on) if day)
