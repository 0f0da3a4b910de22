"""The visits of a subject, planned anew whenever a date moves that they are counted from (crf_spec
3).
"""

from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractUser

from crf.casebook import Casebook
from crf.derived.anchors import anchors_of
from trial.models import Record, Subject, Visit
from trial.protocol.schedule import timetable

ALWAYS = (
    timetable.COMMON,
    "SCR",
)  # a subject's consent is entered at screening, before anything is planned from it


def plan_when_dates_move(row: Any, by: AbstractUser, **kwargs: Any) -> None:
    """Plan the subject's visits when a date is stored that they are counted from.

    Receives `stored` (trial/actions/signals.py), inside the transaction that stores.
    """
    if isinstance(row, Subject):
        plan_visits(Casebook(row), anchors=timetable.Anchors())  # nothing is entered yet
    elif isinstance(row, Record) and row.moves_the_schedule:
        around = None if row.withdrawn_at else row
        plan_visits(Casebook(row.subject, around=around))


def plan_visits(
    casebook: Casebook, *, on: date | None = None, anchors: timetable.Anchors | None = None
) -> list[Visit]:
    """Make the visits that are planned and not there yet, move those still open, stop those no
    longer planned.

    A visit that was held or declared missed keeps the window it had; nothing is ever deleted.
    Returns what was written.
    """
    subject = casebook.subject
    on = on or subject.site.today()
    parameters = casebook.parameters_on(on)
    anchors = anchors or anchors_of(casebook, parameters)
    planned = {visit.code: visit for visit in timetable.plan(anchors, on=on, parameters=parameters)}
    there = {visit.code: visit for visit in Visit.objects.filter(subject=subject)}
    new = [
        Visit(subject=subject, code=code, **window_of(planned.get(code)))
        for code in dict.fromkeys([*ALWAYS, *planned])
        if code not in there
    ]
    moved = [
        visit
        for visit in there.values()
        if _is_open(visit) and _moves(visit, planned.get(visit.code))
    ]
    if new:
        Visit.objects.bulk_create(new)
    if moved:
        Visit.objects.bulk_update(moved, Visit.computed())
    return [*new, *moved]


def window_of(planned: timetable.PlannedVisit | None) -> dict[str, date | None]:
    if planned is None:
        return {"target_on": None, "opens_on": None, "closes_on": None}
    return {
        "target_on": planned.target_on,
        "opens_on": planned.opens_on,
        "closes_on": planned.closes_on,
    }


def _is_open(visit: Visit) -> bool:
    return not visit.held_on and not visit.status and not visit.is_unscheduled


def _moves(visit: Visit, planned: timetable.PlannedVisit | None) -> bool:
    """Take over what is planned, and return whether that changes anything.

    A stopped visit keeps its last window, to be read.
    """
    wanted: dict[str, Any] = {"stopped": planned is None and visit.code not in ALWAYS}
    if planned is not None:
        wanted |= window_of(planned)
    differs = any(getattr(visit, name) != value for name, value in wanted.items())
    for name, value in wanted.items():
        setattr(visit, name, value)
    return differs
