"""Mark records that were entered from paper after an outage (D08).

A mark gives the day and time of the paper, and why the data were on paper first.
"""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone

from trial.access import Act
from trial.actions.saving.writing import checked_text, refuse_unless_allowed, writing
from trial.models import FromPaper, Ledger, Record, Visit
from trial.refusals import Code, Refused

LONGEST = 200


def mark(
    rows: Sequence[Record | Visit], *, by: User, written_at: datetime | None, reason: str
) -> list[FromPaper]:
    """Mark the records, all of them or none.

    The last mark of a record stands. It changes no item and breaks no signature.
    """
    if not rows:
        raise Refused(Code.PAPER_UNCHOSEN, item="rows")
    for row in rows:
        refuse_unless_allowed(by, Act.ENTER, _visit_of(row).subject.site_id)
    if written_at is None:
        raise Refused(Code.PAPER_TIME_MISSING, item="written_at")
    if written_at > timezone.now():
        raise Refused(Code.PAPER_IN_FUTURE, item="written_at")
    reason = checked_text(reason, if_blank=Code.PAPER_REASON_MISSING, longest=LONGEST)
    with writing(by=by):
        return [_mark(row, by=by, written_at=written_at, reason=reason) for row in rows]


def _mark(row: Record | Visit, *, by: User, written_at: datetime, reason: str) -> FromPaper:
    entered_at = first_entered_at(row)
    if entered_at is None:
        raise Refused(Code.NOTHING_ENTERED, row=row)
    if written_at > entered_at:
        moment = f"{timezone.localtime(entered_at):%Y-%m-%d %H:%M}"
        raise Refused(Code.PAPER_AFTER_ENTRY, item="written_at", row=row, entered=moment)
    last = marks_of(row).last()
    if last is not None and (last.written_at, last.reason) == (written_at, reason):
        raise Refused(Code.ALREADY_MARKED, row=row)
    return FromPaper.objects.create(
        visit=_visit_of(row),
        form=row._meta.label_lower,
        record=row.pk,
        by=by,
        written_at=written_at,
        entered_at=entered_at,
        reason=reason,
    )


def first_entered_at(row: Record | Visit) -> datetime | None:
    """Return when the record was first entered, or None if it never was.

    A visit is planned before it is held: its first entry is that of its date or its status.
    """
    entries = Ledger.objects.filter(form=row._meta.label_lower, row=row.pk).order_by("seq")
    if isinstance(row, Visit):
        entries = entries.filter(items__has_any_keys=["held_on", "status"])
    return entries.values_list("at", flat=True).first()


def marks_of(row: models.Model) -> models.QuerySet[FromPaper]:
    """Return the marks of a record, oldest first. The last one stands."""
    marks = FromPaper.objects.filter(form=row._meta.label_lower, record=row.pk)
    return marks.select_related("by")


def _visit_of(row: Record | Visit) -> Visit:
    return row if isinstance(row, Visit) else row.visit
