"""The page of a subject's casebook: a line for each visit, a column for each form."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from crf.models import Eligibility, Randomization
from followup.actions.due import states_of
from followup.models import Flag
from trial.access import Act
from trial.accounts.person import person_of
from trial.actions import enrolment
from trial.models import (
    Marks,
    Record,
    Signature,
    Standing,
    Subject,
    Visit,
    marks_of,
    may,
    standing,
    versions_of,
)
from trial.pages.base import button, page, say
from trial.protocol.schedule import timetable
from trial.refusals import Refused

STATE_NAMES = {
    timetable.VisitState.PLANNED: gettext_lazy("planned"),
    timetable.VisitState.DUE: gettext_lazy("due"),
    timetable.VisitState.OVERDUE: gettext_lazy("overdue"),
    timetable.VisitState.MISSED: gettext_lazy("missed"),
    timetable.VisitState.DONE_IN: gettext_lazy("done"),
    timetable.VisitState.DONE_OUT: gettext_lazy("done, outside its window"),
    timetable.VisitState.CANCELLED: gettext_lazy("cancelled"),
}

Place = tuple[int, str]
"""A visit's id and a form's label."""


class Entry(NamedTuple):
    """One record in its cell, with the number of its open queries.

    `verified` holds for the record as it is now.
    """

    record: Standing
    verified: bool
    queries: int


class Cell(NamedTuple):
    """One form at one visit, with its records.

    `add` is the address to enter a further one; empty where none may be entered.
    """

    label: str
    title: str
    records: list[Entry]
    add: str
    due: bool


class Line(NamedTuple):
    """One visit with its last signature. `holds`: it covers the visit as it is now."""

    visit: Visit
    state: str
    state_name: str
    cells: list[Cell]
    signature: Signature | None
    holds: bool
    flags: list[Flag]
    frozen: bool


class Matrix(NamedTuple):
    """The facts that the lines are made from, each read once."""

    visits: list[Visit]
    rows: list[Standing]
    forms: list[type[Record]]
    flags: list[Flag]
    marks: Marks
    today: date
    enters: bool
    """True where the person may enter forms, and the study is not locked."""


@login_required
@require_GET
def casebook(request: HttpRequest, code: str) -> HttpResponse:
    """Show visits by forms: what is entered, what is due, what is late, what is signed."""
    person = person_of(request)
    subjects = Subject.objects.visible_to(person).select_related("site", "withdrawn_by")
    subject: Subject = get_object_or_404(subjects, code=code)
    visits = list(Visit.objects.filter(subject=subject).order_by("target_on", "pk"))
    for visit in visits:
        visit.subject = subject
    marks, forms = marks_of(subject), forms_in_order()
    flags = list(Flag.objects.open().filter(subject=subject))
    enters = may(person, Act.ENTER, subject.site_id) and not subject.withdrawn_at
    matrix = Matrix(
        visits=visits,
        rows=standing(subject),
        forms=forms,
        flags=flags,
        marks=marks,
        today=subject.site.today(),
        enters=enters and not marks.locked,
    )
    gates = {record.gate: record for record in Eligibility.objects.of(subject).order_by("pk")}
    return page(
        request,
        "casebook/casebook.html",
        title=_("Casebook of {subject}").format(subject=subject),
        subject=subject,
        forms=[form._meta.verbose_name for form in forms],
        lines=_lines(matrix),
        locked=marks.locked,
        gates=[(number, gates.get(f"G{number}")) for number in (1, 2)],
        allocation=Randomization.objects.of(subject).first(),
        flags=flags,
        enters=enters,
        **_allowed_acts(person, subject),
    )


def _allowed_acts(person: User, subject: Subject) -> dict[str, bool]:
    """Return what the person may do at the subject's site, for the page."""
    site = subject.site_id
    return {
        "freezes": may(person, Act.FREEZE, site),
        "raises": may(person, Act.RAISE_QUERY, site),
        "signs": may(person, Act.SIGN, site),
        "reads_items": may(person, Act.READ_BIRTH_MONTH, site) and person.is_staff,
    }


def forms_in_order() -> list[type[Record]]:
    """Return every form in the order of the schedule; those of the whole trial are last."""
    visits = [kind for kind in timetable.TYPES.values() if kind.code != timetable.COMMON]
    visits.append(timetable.visit_type(timetable.COMMON))
    labels = list(dict.fromkeys(label for kind in visits for label in (*kind.forms, *kind.offered)))
    place = {label: number for number, label in enumerate(labels)}
    return sorted(Record.forms(), key=lambda form: place.get(form._meta.label_lower, len(labels)))


def _lines(matrix: Matrix) -> list[Line]:
    """Return a line for each visit, the common one first, then by date.

    A visit no longer planned shows only with records.
    """
    visits, marks = matrix.visits, matrix.marks
    states = states_of(visits, matrix.rows, on=matrix.today)
    entries = _entries(matrix.rows, marks)
    signatures = Signature.objects.filter(
        form="trial.visit", record__in=[visit.pk for visit in visits]
    )
    last = {signature.record: signature for signature in signatures.order_by("signed_at", "pk")}
    lines = []
    for visit in sorted(
        visits,
        key=lambda visit: (
            not visit.is_common,
            visit.held_on or visit.target_on or matrix.today,
            visit.pk,
        ),
    ):
        has_records = any(entries[visit.pk, form._meta.label_lower] for form in matrix.forms)
        if visit.stopped and not has_records:
            continue
        frozen, signature = visit.pk in marks.frozen, last.get(visit.pk)
        enters = matrix.enters and not frozen
        line = Line(
            visit=visit,
            state="" if visit.is_common else states[visit.pk].value,
            state_name=str(STATE_NAMES[states[visit.pk]]),
            cells=[_cell(form, visit, entries, enters=enters) for form in matrix.forms],
            signature=signature,
            holds=signature is not None and signature.holds(versions_of(matrix.rows, visit=visit)),
            flags=[flag for flag in matrix.flags if flag.visit_id == visit.pk],
            frozen=frozen,
        )
        lines.append(line)
    return lines


def _entries(rows: list[Standing], marks: Marks) -> dict[Place, list[Entry]]:
    """Return the records of each visit and form.

    A verification lapses when the record or one of its rows has another version.
    """
    versions: dict[tuple[str, int], list[list[str | int]]] = defaultdict(list)
    queries: dict[tuple[str, int], int] = defaultdict(int)
    for row in rows:
        if row.label == "trial.query":
            queries[row.form, row.record] += row.is_open_query
        else:
            versions[row.form, row.record].append([row.label, row.row, row.version])
    verified = {
        record for record, seen in marks.verified.items() if seen == sorted(versions[record])
    }
    entries: dict[Place, list[Entry]] = defaultdict(list)
    for row in rows:
        if row.is_record:
            record = (row.form, row.record)
            entries[row.visit, row.form].append(Entry(row, record in verified, queries[record]))
    return entries


def _cell(
    form: type[Record], visit: Visit, entries: dict[Place, list[Entry]], *, enters: bool
) -> Cell:
    kind, label = timetable.visit_type(visit.code), form._meta.label_lower
    records = entries[visit.pk, label]
    belongs = label in kind.forms or label in kind.offered
    has_room = form.several or not records
    page_name = f"admin:{form._meta.app_label}_{form._meta.model_name}_add"
    may_add = enters and form.entered_by_hand and belongs and has_room
    address = f"{reverse(page_name)}?visit={visit.pk}" if may_add else ""
    return Cell(label, str(form._meta.verbose_name), records, address, label in kind.forms)


@button
def unscheduled_page(request: HttpRequest, code: str) -> HttpResponse:
    """Add a visit outside the schedule."""
    person = person_of(request)
    subject: Subject = get_object_or_404(Subject.objects.visible_to(person), code=code)
    try:
        visit = enrolment.unscheduled_visit(subject=subject, by=person)
    except Refused as refusal:
        say(request, refusal)
        return HttpResponseRedirect(reverse("casebook", args=[subject.code]))
    messages.success(
        request, _("Visit {visit} is added. Enter its date and forms.").format(visit=visit)
    )
    return HttpResponseRedirect(reverse("casebook", args=[subject.code]) + f"#visit-{visit.code}")
