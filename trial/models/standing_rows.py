"""All standing records and rows of subjects, and their queries, read in one SQL query.

The forms are read off Django's registry: a new form is among what a visit's signature covers,
unless it says `signed_with_visit = False`.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection
from django.urls import reverse

from trial.audit.locking import quoted
from trial.audit.triggers import Triggers
from trial.protocol.schedule.visits import APART_FROM_THE_VISIT
from trial.states import QueryState

from .record import Record
from .subject import Subject


class Standing(NamedTuple):
    """A record (`row` = `record`), a row of one of its groups, or a query about it.

    The version of a query is the number of its acts; 0 of one that a check raised, which no
    signature covers: it comes and goes with the data, whose own versions are signed. `form` is the
    label of the record's form, `label` that of the table where the row stands, `state` the record's
    or the query's.
    """

    form: str
    label: str
    record: int
    row: int
    visit: int
    version: int
    state: str

    @property
    def is_record(self) -> bool:
        """Return whether this is the record itself."""
        return self.form == self.label

    @property
    def is_open_query(self) -> bool:
        """Return whether this is a query that is not closed."""
        return self.label == "trial.query" and self.state != QueryState.CLOSED

    @property
    def address(self) -> str:
        """Return the address of the record's page."""
        return reverse(f"admin:{self.form.replace('.', '_')}_change", args=[self.record])

    @property
    def signed_with_visit(self) -> bool:
        """Return whether the visit's signature covers this."""
        return self.form not in signed_apart()


@cache
def signed_apart() -> frozenset[str]:
    """Return the labels of the forms that a signature of their own covers, not their visit's."""
    return frozenset(
        form._meta.label_lower for form in Record.forms() if not form.signed_with_visit
    )


@cache
def rows_signed_apart() -> frozenset[str]:
    """Return the labels of the forms that are signed apart, and of their groups.

    The ledger's entries about them stand under these labels.
    """
    apart = [form for form in Record.forms() if not form.signed_with_visit]
    return frozenset(model._meta.label_lower for form in apart for model in (form, *form.groups()))


RECORDS = """
    select '{label}' form, '{label}' label, r.id record, r.id, r.visit_id, r.version, r.state
      from {table} r join trial_visit v on v.id = r.visit_id
     where {which} and r.withdrawn_at is null"""
ROWS = """
    select '{label}', '{group}', r.id, g.id, r.visit_id, g.version, r.state
      from {group_table} g
      join {table} r on r.id = g.{parent}
      join trial_visit v on v.id = r.visit_id
     where {which} and r.withdrawn_at is null and g.withdrawn_at is null"""
QUERIES = """
    select q.form, 'trial.query', q.record, q.id, q.visit_id,
           case when q.check_code is null then
             (select count(*) from trial_queryact a where a.query_id = q.id) else 0 end,
           (select a.state from trial_queryact a where a.query_id = q.id order by a.id desc limit 1)
      from trial_query q join trial_visit v on v.id = q.visit_id
     where {which}"""


@cache
def _sql(which: str) -> str:
    """Return SQL for all rows, with the columns of `Standing`.

    `which` is a condition on the visits, `v`.
    """
    parts = []
    for form in Record.forms():
        names = {"label": form._meta.label_lower, "table": form._meta.db_table, "which": which}
        parts.append(RECORDS.format(**names))
        for group in form.groups():
            group_names = {"group": group._meta.label_lower, "group_table": group._meta.db_table}
            parts.append(ROWS.format(**names, **group_names, parent=group.parent_column()))
    return " union all ".join([*parts, QUERIES.format(which=which)])


def standing(*subjects: Subject) -> list[Standing]:
    """Return what stands of the subjects, in the order of visit, form, record and row."""
    sql = _sql("v.subject_id = any(%(subjects)s)") + " order by 5, 1, 3, 4"
    with connection.cursor() as cursor:
        cursor.execute(sql, {"subjects": [subject.pk for subject in subjects]})
        return [Standing(*row) for row in cursor.fetchall()]


def begun_visits(rows: Iterable[Standing]) -> set[int]:
    """Return the keys of the visits at which a form is entered that shows they were held."""
    return {row.visit for row in rows if row.is_record and row.form not in APART_FROM_THE_VISIT}


def without_their_own() -> int:
    """Return the number of standing records that are signed apart and were never signed.

    The whole study is counted.
    """
    with connection.cursor() as cursor:
        cursor.execute("select trial_signature_without_their_own()")
        (count,) = cursor.fetchone()
    return int(count)


NOT_YET_KNOWN = "untold"


class SignsWhatStands(Triggers):
    """The triggers of signatures: what is signed is what stands.

    Their SQL names every form, so it and its digest are known once all apps are loaded.
    """

    file = "signs_what_stands.sql"
    functions = ("standing", "not_held", "without_their_own", "signs_what_stands")

    def __init__(self, *, name: str, digest: str = "") -> None:
        super().__init__(name=name, digest=digest or NOT_YET_KNOWN)

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        if self.digest == NOT_YET_KNOWN and apps.models_ready:
            kwargs["digest"] = self.digest_now()
        return path, args, kwargs

    def values(self) -> dict[str, Any]:
        return {"standing": _sql("v.id = any(of_visits)"), "apart": quoted(sorted(signed_apart()))}
