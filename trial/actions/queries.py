"""Raise, answer, close and reopen queries; verify a record against its source (crf_spec §7)."""

from django.contrib.auth.models import AbstractUser, User

from trial.access import Act
from trial.actions.saving.writing import (
    checked_text,
    lock_row,
    refuse_unless_allowed,
    refuse_withdrawn_subject,
    writing,
)
from trial.models import Ledger, Query, QueryAct, Record, Verification, Visit, may
from trial.refusals import Code, Refused
from trial.states import QUERY_NEXT, QueryState

from .entry import refuse_unless_read, refuse_withdrawn
from .signals import reviewed

ACT_FOR = {
    QueryState.OPEN: Act.RAISE_QUERY,
    QueryState.ANSWERED: Act.ANSWER_QUERY,
    QueryState.CLOSED: Act.CLOSE_QUERY,
    QueryState.REOPENED: Act.CLOSE_QUERY,
}
"""The act that a person's roles must allow, by the state that a query is brought into."""


def raise_query(row: Record | Visit, *, by: User, text: str, item: str = "") -> Query:
    """Ask about a record or a visit, or about one item of it."""
    visit = _visit_of(row)
    refuse_unless_allowed(by, Act.RAISE_QUERY, visit.subject.site_id)
    refuse_withdrawn_subject(visit.subject)
    if item and item not in row.item_names():
        raise Refused(Code.QUERY_ITEM_UNKNOWN, item="item")
    text = checked_text(text, item="text")
    form = row._meta.label_lower
    with writing(by=by):
        query = Query.objects.create(visit=visit, form=form, record=row.pk, item=item)
        QueryAct.objects.create(query=query, state=QueryState.OPEN, by=by, text=text)
        reviewed.send(Visit, row=visit, by=by)
        return query


def act_on(query: Query, to: QueryState, *, by: User, text: str) -> QueryAct:
    """Answer, close or reopen a query.

    It is closed and reopened by the person who raised it, as long as they may (`is_theirs`).
    """
    refuse_unless_allowed(by, ACT_FOR[to], query.visit.subject.site_id)
    text = checked_text(text, item="text")
    with writing(by=by):
        acts = list(query.acts.select_related("by").order_by("pk"))
        closes_or_reopens = to in (QueryState.CLOSED, QueryState.REOPENED)
        if closes_or_reopens and not is_theirs(query, to, raised_by=acts[0].by, by=by):
            code = Code.QUERY_OF_A_CHECK if query.is_automatic else Code.QUERY_OF_ANOTHER
            raise Refused(code)
        if to not in QUERY_NEXT[acts[-1].state]:
            state = acts[-1].get_state_display().lower()
            raise Refused(Code.QUERY_IN_ANOTHER_STATE, state=state)
        act = QueryAct.objects.create(query=query, state=to, by=by, text=text)
        reviewed.send(Visit, row=query.visit, by=by)
        return act


def is_theirs(query: Query, to: QueryState, *, raised_by: AbstractUser, by: AbstractUser) -> bool:
    """Return whether the person may close or reopen the query.

    It is their own, or of someone who may not close it: of an investigator, or of somebody who has
    left (crf_spec 7). What a check asks closes by itself once the data are right; a monitor may
    close it as it is, and whoever closes queries may reopen it (crf_spec 0.4).
    """
    site = query.visit.subject.site_id
    if query.is_automatic:
        return to == QueryState.REOPENED or may(by, Act.CLOSE_AUTOMATIC_QUERY, site)
    return raised_by.pk == by.pk or not may(raised_by, Act.CLOSE_QUERY, site)


def verify(record: Record, *, by: User, versions_sha256: str) -> Verification:
    """Store the monitor's mark that a complete record agrees with its source.

    `versions_sha256` names the versions of the record and its rows as the monitor read them.
    """
    refuse_unless_allowed(by, Act.VERIFY, record.visit.subject.site_id)
    with writing(by=by):
        record = lock_row(type(record), record.pk)
        refuse_unless_read(record, versions_sha256)
        refuse_withdrawn(record)
        if record.state != Record.State.COMPLETE:
            raise Refused(Code.DRAFT_LEFT, record=record)
        if Ledger.objects.about(record).filter(by=by).exists():
            raise Refused(Code.OWN_ENTRIES)
        if is_verified(record):
            raise Refused(Code.ALREADY_VERIFIED, record=record)
        return Verification.objects.create(
            visit=record.visit,
            form=record._meta.label_lower,
            record=record.pk,
            versions=record.versions(),
            by=by,
        )


def is_verified(record: Record) -> bool:
    """Return whether the record and its rows were verified as they stand now."""
    marks = Verification.objects.filter(form=record._meta.label_lower, record=record.pk)
    last = marks.last()
    return last is not None and last.versions == record.versions()


def _visit_of(row: Record | Visit) -> Visit:
    return row if isinstance(row, Visit) else row.visit
