"""The state of a visit and of its forms, by window and day (crf_spec 3.2).

Days are calendar days, and windows include their first and last day.
"""

from datetime import date, timedelta
from enum import StrEnum

from trial.protocol.parameters import DEFAULT, Parameters

from .visits import URGENT_FORMS


class VisitState(StrEnum):
    """The state of a visit. DONE_IN and DONE_OUT: held inside and outside its window."""

    PLANNED, DUE, OVERDUE, MISSED = "PLANNED", "DUE", "OVERDUE", "MISSED"
    DONE_IN, DONE_OUT, CANCELLED = "DONE_IN", "DONE_OUT", "CANCELLED"


_DONE = {VisitState.DONE_IN, VisitState.DONE_OUT}

# What a day that passes or an entry may change in an unchanged window. Corrected data are computed
# anew.
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
    """Return the days outside the window (crf_spec 3.2, DONE_OUT).

    Negative before the window, positive after it, 0 inside.

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
    grace_days: int | None,
    held_on: date | None = None,
    status: str = "",
    cancelled: bool = False,
    later_visit_done: bool = False,
    begun: bool = False,
) -> VisitState:
    """Return the state of a visit on a day (crf_spec 3.2); never raises.

    `status` is what the site declares. `grace_days` stand in the table of visits; None: the visit
    is never missed by time alone. Without a window a visit is planned until it is held. A visit
    that is `begun` has forms and lacks its date: it is due, and neither overdue nor missed.

    >>> visit_state(date(2025, 11, 5), date(2025, 11, 19), on=date(2025, 12, 4), grace_days=14)
    <VisitState.MISSED: 'MISSED'>
    """
    if held_on:
        outside = days_outside(opens_on, closes_on, held_on=held_on)
        return VisitState.DONE_OUT if outside else VisitState.DONE_IN
    if cancelled:
        return VisitState.CANCELLED
    if status == VisitState.MISSED:
        return VisitState.MISSED
    if begun:
        return VisitState.DUE
    if later_visit_done:
        return VisitState.MISSED
    if closes_on and on > closes_on:
        is_past_grace = grace_days is not None and (on - closes_on).days > grace_days
        return VisitState.MISSED if is_past_grace else VisitState.OVERDUE
    return VisitState.DUE if opens_on and on >= opens_on else VisitState.PLANNED


def entry_due_days(form: str, parameters: Parameters = DEFAULT) -> int:
    """Return the days after the visit in which a form, by its label, is entered.

    crf_spec 1, ENTRY_DUE_DAYS.

    >>> entry_due_days("crf.eligibility"), entry_due_days("crf.cycle")
    (3, 7)
    """
    due = parameters.entry_due_days
    return due.urgent_days if form in URGENT_FORMS else due.visit_days


def entry_overdue(held_on: date | None, *, on: date, due_days: int) -> bool:
    """Return True for a form of a held visit that is late on a day (crf_spec 3.2, ENTRY_OVERDUE).

    >>> held_on = date(2025, 3, 3)
    >>> [entry_overdue(held_on, on=date(2025, 3, day), due_days=7) for day in (10, 11)]
    [False, True]
    """
    return held_on is not None and held_on + timedelta(due_days) < on
