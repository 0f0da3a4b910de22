"""The visit that a page is about, and the rows that its items may refer to, each read once."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.http import HttpRequest

from trial.access import Act
from trial.accounts.person import person_of
from trial.actions.saving.row_names import NAME_ITEM, named_group
from trial.admin.entry_forms import OneOf, formfield_of_codes
from trial.models import Record, Row, Visit
from trial.pages.base import number_from

EMPTY_ROWS = 2
"""The empty rows at the end of each group on a page."""


class PageRequest(HttpRequest):
    """A request for the page of a form, with what was read for it."""

    visit: Visit | None
    record: Record | None
    choices: dict[str, Sequence[Any] | None]
    names: dict[type[Row], list[str]]


def visit_of(request: HttpRequest, record: Record | None = None) -> Visit | None:
    """Return the visit that the page is about, if the person may enter data for it."""
    if record is not None:
        return record.visit
    if not hasattr(request, "visit"):
        key = request.POST.get("visit") or request.GET.get("visit") or ""
        mine = Visit.objects.allowed_to(person_of(request), Act.ENTER)
        keep = _notes_of(request)
        keep.visit = mine.select_related("subject__site").filter(pk=number_from(key)).first()
    return _notes_of(request).visit


def note_record(request: HttpRequest, record: Record | None) -> None:
    """Note the record that the page is about."""
    _notes_of(request).record = record


def reference_field(form: type[Record], db_field: Any, request: HttpRequest) -> OneOf | None:
    """Return the choices of a reference; None where Django's own field will do."""
    name = db_field.name
    notes = _notes_of(request)
    if not hasattr(notes, "choices"):
        notes.choices = {}
    if name not in notes.choices:
        notes.choices[name] = _choices(form, name, request)
    rows = notes.choices[name]
    if rows is None:
        return None
    group = named_group(db_field)
    names = names_of_new_rows(group, request) if group else []
    field = OneOf(rows, names, required=False, label=str(db_field.verbose_name))
    if group:
        field.widget.attrs["data-names-of"] = group.name_in_record()
    return field


def codes_field(form: type[Record], db_field: ArrayField, request: HttpRequest) -> Any:
    """Return the boxes of an item for which the form has codes at hand; None where it has none."""
    record = getattr(request, "record", None)
    visit = visit_of(request, record)
    if db_field.base_field.choices or visit is None:
        return None
    notes = _notes_of(request)
    if not hasattr(notes, "choices"):
        notes.choices = {}
    name = db_field.name
    if name not in notes.choices:
        notes.choices[name] = form.codes_at_hand(name, visit, record)
    codes = notes.choices[name]
    return None if codes is None else formfield_of_codes(db_field, codes)


def names_of_new_rows(group: type[Row], request: HttpRequest) -> list[str]:
    """Return the names of the page's new rows: as they were sent, or the next free ones."""
    notes = _notes_of(request)
    if not hasattr(notes, "names"):
        notes.names = {}
    if group not in notes.names:
        prefix = group.name_in_record()
        keys = [key for key in request.POST if re.fullmatch(rf"{prefix}-\d+-{NAME_ITEM}", key)]
        sent = [str(request.POST[key]) for key in keys]
        notes.names[group] = sent or _next_names(group, request)
    return notes.names[group]


def _next_names(group: type[Row], request: HttpRequest) -> list[str]:
    record = getattr(request, "record", None) or group.form()()
    return list(islice(group.free_names(record), EMPTY_ROWS))


def _choices(form: type[Record], name: str, request: HttpRequest) -> Sequence[Any] | None:
    record = getattr(request, "record", None)
    visit = visit_of(request, record)
    if visit is None:
        return None
    return form.choices_at_hand(name, visit, record)


def _notes_of(request: HttpRequest) -> PageRequest:
    """Return the request itself: what is read for a page is kept on it."""
    notes: Any = request  # an HttpRequest takes further attributes
    return notes
