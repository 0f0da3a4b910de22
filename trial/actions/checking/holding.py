"""Hold a subject while a save of theirs is judged: its lock, and the queries that checks raised.

Both are asked for in one message with the statement that comes next, the lock of the record itself:
a save makes no journey to the database more than it would without checks.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import connection
from psycopg import ClientCursor

from trial.actions.saving.writing import refuse_withdrawn_subject
from trial.models import Query, QueryAct, Record, Subject, Visit
from trial.states import QueryState

from .check import checks_of

HOLD = "select withdrawn_at from trial_subject where id = %s for no key update"
RAISED = """
    select q.id, q.visit_id, q.form, q.record, q.item, q.check_code
      from trial_query q join trial_visit v on v.id = q.visit_id
     where v.subject_id = %s and q.check_code is not null"""
"""The automatic queries of a subject, as they are once the lock is held."""


class Key(NamedTuple):
    """The check that raises a query, and its record and item: there is one query of each."""

    check: str
    form: str
    record: int | None
    item: str


class Raised:
    """A query that a check raised, with its acts in their order."""

    def __init__(self, query: Query, acts: list[QueryAct]) -> None:
        self.query, self.acts = query, acts

    @property
    def is_open(self) -> bool:
        """Return whether the query is not closed."""
        return self.acts[-1].state != QueryState.CLOSED

    @property
    def question(self) -> QueryAct:
        """Return the act that asked last: a check's, or of a person who reopened the query."""
        asking = (QueryState.OPEN, QueryState.REOPENED)
        return [act for act in self.acts if act.state in asking][-1]


class AutomaticQueries:
    """The automatic queries of a subject, whose lock is held; their acts are read when needed."""

    def __init__(self) -> None:
        self.queries: list[Query] = []

    def take(self, rows: list[tuple[Any, ...]]) -> None:
        """Take over the rows that were read."""
        columns = ("id", "visit_id", "form", "record", "item", "check_code")
        self.queries = [Query(**dict(zip(columns, row, strict=True))) for row in rows]

    def of(self, codes: set[str]) -> dict[Key, Raised]:
        """Return the queries that these checks raised, with their acts."""
        queries = [query for query in self.queries if query.check_code in codes]
        if not queries:
            return {}
        acts: dict[int, list[QueryAct]] = {query.pk: [] for query in queries}
        rows = QueryAct.objects.filter(query__in=queries).select_related("by").order_by("pk")
        for act in rows:
            acts[act.query_id].append(act)
        return {
            Key(query.check_code or "", query.form, query.record, query.item): Raised(
                query, acts[query.pk]
            )
            for query in queries
        }


@contextmanager
def holding(form: type[Record | Visit], subject: Subject) -> Iterator[AutomaticQueries]:
    """Lock the subject with the next statement, before anything that it locks.

    Two saves of the two sides of a relation come one after the other; the second is judged with
    what the first has stored. A form that takes part in no check waits for nobody. A subject
    that was withdrawn meanwhile is refused.
    """
    queries, key = AutomaticQueries(), subject.pk
    waiting = [key] if checks_of(form) else []

    def hold(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not waiting:
            return execute(sql, params, many, context)
        waiting.clear()
        # One message holds several statements only where its values are written into it.
        writer = ClientCursor(connection.connection)
        together = writer.mogrify(f"{HOLD}; {RAISED}; {sql}", (key, key, *(params or ())))
        answer = execute(together, None, many, context)
        cursor = context["cursor"]
        (subject.withdrawn_at,) = cursor.fetchone()
        refuse_withdrawn_subject(subject)
        cursor.nextset()
        queries.take(cursor.fetchall())
        cursor.nextset()
        return answer

    with connection.execute_wrapper(hold):
        yield queries


def hold_now(subject: Subject) -> AutomaticQueries:
    """Lock the subject by a statement of its own."""
    queries = AutomaticQueries()
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [subject.pk])
        cursor.execute(RAISED, [subject.pk])
        queries.take(cursor.fetchall())
    return queries
