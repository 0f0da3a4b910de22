"""Queries: raised, answered, closed, reopened; and the mark of verification against the source (crf_spec §7)."""

from django.contrib.auth.models import AbstractUser

from trial.access import Act
from trial.models import Entered, Ledger, Query, QueryAct, Record, Verification, Visit, may
from trial.refusals import Code, Refused
from trial.states import QUERY_NEXT, QueryState

from .entry import refuse_unless_read, refuse_withdrawn
from .writing import locked, words, writing

WHO = {
    QueryState.OPEN: Act.RAISE_QUERY,
    QueryState.ANSWERED: Act.ANSWER_QUERY,
    QueryState.CLOSED: Act.CLOSE_QUERY,
    QueryState.REOPENED: Act.CLOSE_QUERY,
}


def raise_query(row: Record | Visit, *, by: AbstractUser, text: str, item: str = "") -> Query:
    """Ask about a record or a visit, or about one item of it."""
    visit = _visit_of(row)
    _refuse_unless(by, Act.RAISE_QUERY, visit)
    if item and item not in row.item_names():
        raise Refused(Code.QUERY_ITEM_UNKNOWN, item="item")
    text = words(text, item="text")
    with writing(by=by):
        query = Query.objects.create(visit=visit, form=row._meta.label_lower, record=row.pk, item=item)
        QueryAct.objects.create(query=query, state=QueryState.OPEN, by=by, text=text)
        return query


def act_on(query: Query, to: QueryState, *, by: AbstractUser, text: str) -> QueryAct:
    """Answer, close or reopen it; a query is closed and reopened by the person who raised it, as long as they may."""
    _refuse_unless(by, WHO[to], query.visit)
    text = words(text, item="text")
    with writing(by=by):
        acts = list(query.acts.select_related("by").order_by("pk"))
        if to in (QueryState.CLOSED, QueryState.REOPENED) and not is_theirs_to_close(query.visit, raised_by=acts[0].by, by=by):
            raise Refused(Code.QUERY_OF_ANOTHER)
        if to not in QUERY_NEXT[acts[-1].state]:
            raise Refused(Code.QUERY_IN_ANOTHER_STATE, state=acts[-1].get_state_display().lower())
        return QueryAct.objects.create(query=query, state=to, by=by, text=text)


def is_theirs_to_close(visit: Visit, *, raised_by: AbstractUser, by: AbstractUser) -> bool:
    """Their own (crf_spec 7). Of who may not close one (an investigator, or who has left), everybody's who may."""
    return raised_by.pk == by.pk or not may(raised_by, Act.CLOSE_QUERY, visit.subject.site_id)


def verify(record: Record, *, by: AbstractUser, versions_sha256: str) -> Verification:
    """The monitor's mark that a complete record agrees with its source; the versions are those of record and rows that were read."""
    _refuse_unless(by, Act.VERIFY, record.visit)
    with writing(by=by):
        record = locked(type(record), record.pk)
        refuse_unless_read(record, versions_sha256)
        refuse_withdrawn(record)
        if record.state != Record.State.COMPLETE:
            raise Refused(Code.DRAFT_LEFT, record=record)
        if Ledger.objects.about(record).filter(by=by).exists():
            raise Refused(Code.OWN_ENTRIES)
        if is_verified(record):
            raise Refused(Code.ALREADY_VERIFIED, record=record)
        return Verification.objects.create(
            visit=record.visit, form=record._meta.label_lower, record=record.pk, versions=record.versions(), by=by
        )


def is_verified(record: Record) -> bool:
    last = Verification.objects.filter(form=record._meta.label_lower, record=record.pk).last()
    return last is not None and last.versions == record.versions()


def _visit_of(row: Entered) -> Visit:
    return row if isinstance(row, Visit) else row.visit


def _refuse_unless(by: AbstractUser, act: Act, visit: Visit) -> None:
    if not may(by, act, visit.subject.site_id):
        raise Refused(Code.NOT_ALLOWED_HERE)
