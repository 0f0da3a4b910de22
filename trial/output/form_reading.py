"""A stored form as a person reads it who cannot change it, with its open queries; and who closed
it to changes.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from trial.models import (
    Entered,
    Freeze,
    Query,
    QueryAct,
    Record,
    Shown,
    StudyLock,
    Visit,
    is_frozen,
    is_locked,
)
from trial.models.act import ReviewAct
from trial.states import LockState

Queries = Mapping[str, list["OpenQuery"]]
"""The open queries about a row, by item; those about the whole form under empty text."""


class OpenQuery(NamedTuple):
    """An open query about an item: its key, the item's name and label, and its last message."""

    key: int
    item: str
    label: str
    text: str


class ReadItem(NamedTuple):
    """An item with its answer; a missing value is read as the reason why it is missing."""

    name: str
    label: str
    value: str
    unit: str


class ReadSection(NamedTuple):
    """A section of a form, with the items that are answered or asked about."""

    title: str
    items: list[ReadItem]


class ReadGroup(NamedTuple):
    """A repeating group: its title, the columns that a row fills, and each row's answers."""

    title: str
    columns: list[str]
    rows: list[list[str]]


class FormReading(NamedTuple):
    """A form as it is read: its sections, then its groups."""

    sections: list[ReadSection]
    groups: list[ReadGroup]


def form_reading(row: Entered, *, queries: Queries, hidden: Collection[str]) -> FormReading:
    """Return the form without its hidden items, and without items that nobody answered."""
    shown = row.shown()
    sections = []
    for section in row.sections:
        items = [
            ReadItem(name, shown[name].label, shown[name].value, unit_beside(shown[name]))
            for name in section.items
            if name not in hidden and (shown[name].value or name in queries)
        ]
        if items:
            sections.append(ReadSection(section.title, items))
    return FormReading(sections, _groups(row) if isinstance(row, Record) else [])


def unit_beside(item: Shown) -> str:
    """Return the unit of a value; none beside the reason why a value is missing."""
    return "" if item.code else item.unit


def _groups(record: Record) -> list[ReadGroup]:
    """Return each group that has rows; a column that no row fills is left out."""
    groups = []
    for group in record.groups():
        rows = [row.shown() for row in record.rows(group)]
        names = [name for name in group.item_names() if any(row[name].value for row in rows)]
        if rows:
            columns = [group.label_of(name) for name in names]
            lines = [[_with_unit(row[name]) for name in names] for row in rows]
            groups.append(ReadGroup(_title_of(group), columns, lines))
    return groups


def _title_of(group: type[Entered]) -> str:
    title = str(group._meta.verbose_name_plural)
    return title[:1].upper() + title[1:]


def _with_unit(item: Shown) -> str:
    return f"{item.value} {unit_beside(item)}".strip()


def open_queries_of(row: Entered) -> Queries:
    """Return the open queries about a record or a visit, with what was last said."""
    form = row._meta.label_lower
    of_row = Query.objects.open().filter(form=form, record=row.pk)
    last = (
        QueryAct.objects.filter(query__in=of_row).order_by("query_id", "-pk").distinct("query_id")
    )
    queries: dict[str, list[OpenQuery]] = defaultdict(list)
    for act in last.select_related("query"):
        item = act.query.item
        label = row.label_of(item) if item else row.form_title()
        queries[item].append(OpenQuery(act.query_id, item, label, act.text))
    return dict(queries)


class Closed(NamedTuple):
    """The sentence that says why nothing of a visit can be changed; whether it is the lock."""

    sentence: str
    by_lock: bool


def why_closed(visit: Visit) -> Closed | None:
    """Return who closed the visit to changes, when and why, and what to do; None if it is open."""
    if is_locked():
        lock = StudyLock.objects.filter(state=LockState.LOCKED).select_related("by").last()
        sentence = _(
            "The study is locked: {person} locked it on {time} ({reason}). "
            "Nothing can be entered or changed. "
            "Three people can unlock it: one proposes, another approves, a third carries it out."
        )
        return Closed(sentence.format(**_who_and_when(lock)), by_lock=True)
    if is_frozen(visit):
        freeze = Freeze.objects.filter(visit=visit).select_related("by").last()
        sentence = _(
            "Visit {visit} is frozen: {person} froze it on {time} ({reason}). "
            "Nothing of it can be entered or changed. "
            "Ask a data manager of the site to unfreeze it."
        )
        return Closed(sentence.format(visit=visit, **_who_and_when(freeze)), by_lock=False)
    return None


def _who_and_when(step: ReviewAct | None) -> dict[str, Any]:
    """Return person, time and reason of a step, as a sentence takes them."""
    if step is None:  # the states above say that there is one
        return {"person": "–", "time": "–", "reason": "–"}
    at = timezone.localtime(step.at).strftime("%Y-%m-%d %H:%M %z")
    person = step.by.get_full_name() or step.by.get_username()
    return {"person": person, "time": at, "reason": step.describe().words}
