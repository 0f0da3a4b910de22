"""The visits of a subject, planned anew whenever a date changes that they are counted from.

See crf_spec 3.
"""

from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractUser

from crf.casebook import Casebook
from crf.derived.anchors import anchors_of
from trial.models import Record, Subject, Visit
from trial.protocol.schedule import timetable
from trial.protocol.schedule.visits import SCREENING

ALWAYS = (timetable.COMMON, SCREENING)
"""The visits that are there from the start: the consent, by which others are planned, needs one."""


def plan_when_dates_move(
    row: Any, by: AbstractUser, casebook: Casebook | None = None, **kwargs: Any
) -> None:
    """Plan the subject's visits when a date is stored that they are counted from.

    Receives `stored` (trial/actions/signals.py), inside the transaction that stores. An act that
    has read the casebook hands it on, with the row in it.
    """
    if isinstance(row, Subject):
        plan_visits(Casebook(row), anchors=timetable.Anchors())  # nothing is entered yet
    elif isinstance(row, Record) and row.moves_the_schedule:
        around = None if row.withdrawn_at else row
        plan_visits(casebook or Casebook(row.subject, around=around))


def plan_visits(
    casebook: Casebook, *, on: date | None = None, anchors: timetable.Anchors | None = None
) -> list[Visit]:
    """Make the visits that are newly planned, move the open ones, stop those no longer planned.

    A visit that was held or declared missed keeps its window. Nothing is ever deleted. Return the
    visits that were written.
    """
    subject = casebook.subject
    on = on or subject.site.today()
    parameters = casebook.parameters_on(on)
    anchors = anchors or anchors_of(casebook, parameters)
    planned = {visit.code: visit for visit in timetable.plan(anchors, on=on, parameters=parameters)}
    if subject.withdrawn_at:  # it was made in error: nothing of it is due
        planned = {}
    there = {visit.code: visit for visit in Visit.objects.filter(subject=subject)}
    new = [
        Visit(subject=subject, code=code, **window_of(planned.get(code)))
        for code in dict.fromkeys([*ALWAYS, *planned])
        if code not in there
    ]
    open_visits = [visit for visit in there.values() if _is_open(visit)]
    always = () if subject.withdrawn_at else ALWAYS
    moved = [v for v in open_visits if _moves(v, planned.get(v.code), always=always)]
    if new:
        Visit.objects.bulk_create(new)
    if moved:
        Visit.objects.bulk_update(moved, Visit.computed())
    return [*new, *moved]


def window_of(planned: timetable.PlannedVisit | None) -> dict[str, date | None]:
    """Return the target and the window of a planned visit, by the columns of `Visit`."""
    if planned is None:
        return {"target_on": None, "opens_on": None, "closes_on": None}
    return {
        "target_on": planned.target_on,
        "opens_on": planned.opens_on,
        "closes_on": planned.closes_on,
    }


def _is_open(visit: Visit) -> bool:
    """Return whether the plan may still move the visit."""
    return not visit.held_on and not visit.status and not visit.is_unscheduled


def _moves(
    visit: Visit, planned: timetable.PlannedVisit | None, *, always: tuple[str, ...]
) -> bool:
    """Set the visit to its plan. Return whether that changes it.

    Visits with a code in `always` are planned at any time. A stopped visit keeps its last window,
    for those who read it.
    """
    wanted: dict[str, Any] = {"stopped": planned is None and visit.code not in always}
    if planned is not None:
        wanted |= window_of(planned)
    differs = any(getattr(visit, name) != value for name, value in wanted.items())
    for name, value in wanted.items():
        setattr(visit, name, value)
    return differs
