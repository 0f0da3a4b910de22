"""The visit that a page is about, and the rows that its items may refer to, each read once."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from trial.access import Act
from trial.accounts.person import person_of
from trial.admin.entry_forms import OneOf
from trial.models import Record, Visit
from trial.pages.base import number_from


class PageRequest(HttpRequest):
    """A request for the page of a form, with what was read for it."""

    visit: Visit | None
    record: Record | None
    choices: dict[str, Sequence[Any] | None]


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
    return OneOf(rows, required=False, label=str(db_field.verbose_name))


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
