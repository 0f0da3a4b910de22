"""Enter, change and withdraw records: the one way in for page, API, back-entry, demo and tasks.

Each act is one transaction. A refusal (trial/refusals) carries each problem with its item and row;
nothing is stored then. Decision 46 says why there is one save.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from trial.access import Act
from trial.actions.saving.judging import (
    assign,
    problems_in,
    refuse_stale,
    refuse_withdrawn,
    validate,
)
from trial.actions.saving.submission import SentRows, Submission
from trial.actions.saving.writing import (
    checked_reason,
    lock_only,
    lock_row,
    refuse_unless_allowed,
    refuse_withdrawn_subject,
    writing,
)
from trial.actions.signals import stored
from trial.audit.reasons import needs_reason
from trial.models import Record, Row, Visit
from trial.refusals import Code, Refused

from . import checking

DATE_OF_VISIT = "visit_held_on"
"""The name under which page and API ask for the date of a visit with its first form."""


def enter(
    form: type[Record],
    *,
    visit: Visit,
    by: User,
    values: Mapping[str, Any],
    rows: SentRows | None = None,
    complete: bool = True,
    held_on: date | None = None,
) -> Record:
    """Fill in a form for a visit, with the rows of its groups.

    `held_on` is the date of a visit that has none yet: it is asked with the first form.
    """
    return save(
        form, visit=visit, by=by, values=values, rows=rows, complete=complete, held_on=held_on
    )


def change(
    record: Record,
    *,
    by: User,
    version: int,
    values: Mapping[str, Any],
    rows: SentRows | None = None,
    reason: str = "",
    complete: bool | None = None,
    held_on: date | None = None,
) -> Record:
    """Change a record's items and rows; without `complete` its state stays."""
    return save(
        type(record),
        record=record,
        by=by,
        version=version,
        values=values,
        rows=rows,
        reason=reason,
        complete=complete,
        held_on=held_on,
    )


def save(
    form: type[Record],
    *,
    by: User,
    values: Mapping[str, Any],
    visit: Visit | None = None,
    record: Record | None = None,
    version: int | None = None,
    rows: SentRows | None = None,
    reason: str = "",
    complete: bool | None = None,
    held_on: date | None = None,
) -> Record:
    """Store one form: a new one for its `visit`, or the changes of a stored `record`.

    Page, API, back-entry and demo all come here. The record and all its rows are judged as the
    whole that they will be, whatever the order of the rows; nothing is stored unless all of it is.

    `rows` are those of each repeating group: a row with `id` and `version` is changed, or taken
    back with `withdraw`; one without them is added. `version` is the record's that the person saw;
    None compares none.
    """
    place = record or visit
    assert place is not None, "A form is saved for its visit, or as a record that is stored."
    refuse_unless_allowed(by, Act.ENTER, place.subject.site_id)
    refuse_withdrawn_subject(place.subject)
    _refuse_unless_by_hand(form, record)
    reason = checked_reason(reason)
    with writing(by=by, reason=reason):
        _date_visit(place if isinstance(place, Visit) else place.visit, on=held_on, by=by)
        submission, queries = _submission(form, place, version, values, rows or {})
        submission.set_state(complete)
        if not reason and submission.needs_reason():
            raise Refused(Code.REASON_MISSING, item="reason")
        submission.refuse_impossible()
        submission.store(by=by)
        finish(submission.record, by=by)
        checking.settle(submission.record, queries)
    return submission.record


def _refuse_unless_by_hand(form: type[Record], record: Record | None) -> None:
    """Refuse a form that an act of the system writes."""
    if not form.entered_by_hand:
        code = Code.NOT_CHANGED_BY_HAND if record else Code.NOT_FILLED_IN_BY_HAND
        raise Refused(code, form=form.form_title())


def _submission(
    form: type[Record],
    place: Record | Visit,
    version: int | None,
    values: Mapping[str, Any],
    rows: SentRows,
) -> tuple[Submission, checking.AutomaticQueries]:
    """Lock the subject, and the record or the visit of a new one; return what was sent for it."""
    with checking.holding(form, place.subject) as queries:
        if isinstance(place, Visit):
            lock_only(place)  # whoever fills in the same form waits, and is told of this one
        else:
            record = lock_row(form, place.pk)
    if isinstance(place, Visit):
        return Submission.of_new(form, place, values, rows), queries
    return Submission.of_stored(record, version, values, rows), queries


def _date_visit(visit: Visit, *, on: date | None, by: User) -> None:
    """Store the date of a visit that has none. One that was entered meanwhile stays."""
    if on is None:
        return
    with checking.holding(Visit, visit.subject) as queries:
        locked = lock_row(Visit, visit.pk)
    if locked.held_on or locked.status or locked.is_common:
        return
    locked.held_on = on
    if problems := problems_in(locked):
        raise Refused(*(replace(problem, item=DATE_OF_VISIT) for problem in problems))
    locked.save()
    visit.held_on = on
    stored.send(Visit, row=locked, by=by)
    checking.settle(locked, queries)


def change_visit(
    visit: Visit, *, by: User, version: int, values: Mapping[str, Any], reason: str = ""
) -> Visit:
    """Store when and how a visit was held, or that it was missed (crf_spec 2.20)."""
    refuse_unless_allowed(by, Act.ENTER, visit.subject.site_id)
    reason = checked_reason(reason)
    with writing(by=by, reason=reason):
        with checking.holding(Visit, visit.subject) as queries:
            visit = lock_row(Visit, visit.pk)
        refuse_withdrawn_subject(visit.subject)
        refuse_stale(visit, version, values)
        changes = assign(visit, values)
        if needs_reason(changes) and not reason:
            raise Refused(Code.REASON_MISSING, item="reason")
        if changes:
            validate(visit)
            visit.save()
            stored.send(Visit, row=visit, by=by)
            checking.settle(visit, queries)
    return visit


def withdraw(record: Record, *, by: User, reason: str, versions_sha256: str | None = None) -> None:
    """Take back a record that was made by mistake, with its rows; it stays readable.

    `versions_sha256` names the versions of the record and its rows as the person read them.
    """
    refuse_unless_allowed(by, Act.ENTER, record.subject.site_id)
    reason = checked_reason(reason)
    if not reason:
        raise Refused(Code.WITHDRAWAL_REASON_MISSING, item="reason")
    if not record.entered_by_hand:
        raise Refused(Code.NOT_WITHDRAWN, form=record.form_title())
    with writing(by=by, reason=reason):
        with checking.holding(type(record), record.subject) as queries:
            record = lock_row(type(record), record.pk)
        refuse_withdrawn(record)
        if versions_sha256 is not None:
            refuse_unless_read(record, versions_sha256)
        record.withdrawn_by, record.withdrawn_at = by, timezone.now()
        record.save()
        stored.send(type(record), row=record, by=by)
        checking.settle(record, queries)


def withdraw_row(
    row: Row, *, by: User, reason: str, version: int, complete: bool | None = None
) -> Record:
    """Take back one row that was made by mistake, by the same rule as on the record's page.

    A complete form must stay complete without the row; `complete=False` makes it a draft instead.
    """
    sent = {type(row): [{"id": row.pk, "version": version, "withdraw": True}]}
    record = row.record
    refuse_withdrawn(row)
    return save(
        type(record), record=record, by=by, values={}, rows=sent, reason=reason, complete=complete
    )


def finish(record: Record, *, by: User) -> None:
    """Refuse a complete record that has obstacles; then send the signal that it is stored.

    This is the last step of every write to a record.
    """
    if record.state == Record.State.COMPLETE:
        problems = [*record.obstacles(), *checking.obstacles(record)]
        if problems:
            raise Refused(*problems)
    stored.send(type(record), row=record, by=by, casebook=record.casebook)


def refuse_unless_read(record: Record, versions_sha256: str) -> None:
    """Refuse to act on a record that is not, with all its rows, as the person has read it."""
    if record.versions_sha256() != versions_sha256:
        raise Refused(Code.STALE_VERSION)
