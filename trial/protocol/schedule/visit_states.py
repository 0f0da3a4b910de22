"""What became of a visit and of its forms (crf_spec 3.2)."""

from datetime import date, timedelta
from enum import StrEnum

from trial.protocol.parameters import DEFAULT, Parameters

from .visits import URGENT_FORMS


class VisitState(StrEnum):
    PLANNED, DUE, OVERDUE, MISSED = "PLANNED", "DUE", "OVERDUE", "MISSED"
    DONE_IN, DONE_OUT, CANCELLED = "DONE_IN", "DONE_OUT", "CANCELLED"


_DONE = {VisitState.DONE_IN, VisitState.DONE_OUT}

# What a day that passes or an entry may change in an unchanged window. Corrected data are computed anew.
NEXT = {
    VisitState.PLANNED:   {VisitState.DUE, VisitState.MISSED, VisitState.CANCELLED} | _DONE,
    VisitState.DUE:       {VisitState.OVERDUE, VisitState.MISSED, VisitState.CANCELLED} | _DONE,
    VisitState.OVERDUE:   {VisitState.MISSED, VisitState.CANCELLED} | _DONE,
    VisitState.MISSED:    {VisitState.CANCELLED} | _DONE,
    VisitState.CANCELLED: _DONE,
    VisitState.DONE_IN:   set(),
    VisitState.DONE_OUT:  set(),
}  # fmt: skip


def days_outside(opens_on: date | None, closes_on: date | None, *, held_on: date) -> int:
    """Days outside the window: negative before it, positive after it, 0 inside (crf_spec 3.2, DONE_OUT).

    >>> days_outside(date(2025, 6, 9), date(2025, 6, 23), held_on=date(2025, 7, 2))
    9
    """
    if opens_on and held_on < opens_on:
        return (held_on - opens_on).days
    return max(0, (held_on - closes_on).days) if closes_on else 0


def visit_state(
    opens_on: date | None,
    closes_on: date | None,
    *,
    on: date,
    held_on: date | None = None,
    status: str = "",
    cancelled: bool = False,
    grace_days: int | None = 14,
    later_visit_done: bool = False,
) -> VisitState:
    """What became of a visit, by its window, what the site declares and the day (crf_spec 3.2); never raises.

    `grace_days` stand in the table of visits. Without a window a visit is planned until it is held.

    >>> visit_state(date(2025, 11, 5), date(2025, 11, 19), on=date(2025, 12, 4))
    <VisitState.MISSED: 'MISSED'>
    """
    if held_on:
        return VisitState.DONE_OUT if days_outside(opens_on, closes_on, held_on=held_on) else VisitState.DONE_IN
    if cancelled:
        return VisitState.CANCELLED
    if status == "MISSED" or later_visit_done:
        return VisitState.MISSED
    if closes_on and on > closes_on:
        return VisitState.MISSED if grace_days is not None and (on - closes_on).days > grace_days else VisitState.OVERDUE
    return VisitState.DUE if opens_on and on >= opens_on else VisitState.PLANNED


def entry_due_days(form: str, parameters: Parameters = DEFAULT) -> int:
    """Days after the visit in which a form is entered (crf_spec 1, ENTRY_DUE_DAYS), by its label.

    >>> entry_due_days("crf.eligibility"), entry_due_days("crf.cycle")
    (3, 7)
    """
    return parameters.entry_due_days.urgent_days if form in URGENT_FORMS else parameters.entry_due_days.visit_days


def entry_overdue(held_on: date | None, *, on: date, due_days: int = 7) -> bool:
    """Whether a form of a visit that was held should have been complete by now (crf_spec 3.2, ENTRY_OVERDUE).

    >>> entry_overdue(date(2025, 3, 3), on=date(2025, 3, 10)), entry_overdue(date(2025, 3, 3), on=date(2025, 3, 11))
    (False, True)
    """
    return held_on is not None and held_on + timedelta(due_days) < on
