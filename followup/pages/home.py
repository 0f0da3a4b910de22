"""The pages that see everything: what waits for a person, and a subject's casebook."""

from collections import defaultdict
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from crf.models import Eligibility, Randomization
from followup.actions.flagging import acknowledge, states_of
from followup.models import Flag
from trial.access import Act
from trial.actions import entry
from trial.models import (
    Ledger,
    Marks,
    Query,
    QueryAct,
    Record,
    Signature,
    Site,
    Standing,
    Subject,
    Visit,
    marks_of,
    may,
    signed_apart,
    sites_where,
    standing,
    versions_of,
)
from trial.pages.base import button, page, say
from trial.protocol.schedule import timetable
from trial.refusals import Refused

LONGEST_LIST = 40


SAID = {state: state.value.lower() for state in timetable.VisitState} | {
    timetable.VisitState.DONE_IN: "done",
    timetable.VisitState.DONE_OUT: "done, outside its window",
}


class Entry(NamedTuple):
    """One record in its cell, with the marks that it bears."""

    record: Standing
    verified: bool
    queries: int


class Cell(NamedTuple):
    """One form at one visit: the records there, or the address to enter one."""

    label: str
    title: str
    records: list[Entry]
    add: str
    due: bool


class Line(NamedTuple):
    """One visit of the casebook."""

    visit: Visit
    state: str
    said: str
    cells: list[Cell]
    signature: Signature | None
    holds: bool
    flags: list[Flag]
    frozen: bool


@login_required
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """What waits for the person: entry due, drafts, progression checks, visits to sign."""
    user, today = request.user, timezone.localdate()
    context: dict[str, Any] = {"title": "What waits for you"}
    if may(user, Act.ENTER):
        mine = Visit.objects.allowed_to(user, Act.ENTER).filter(stopped=False).select_related("subject__site")
        context["due"] = mine.due(on=today).exclude(code=timetable.COMMON).order_by("closes_on", "subject__code")[:LONGEST_LIST]
        context["enrolling_sites"] = [
            site for site in Site.objects.filter(pk__in=sites_where(user, Act.ENTER)) if site.status_on(today) == "ACTIVE"
        ]
        context["today"] = today
    if may(user, Act.SIGN):
        context["to_sign"] = visits_to_sign(user)
    if may(user, Act.READ):
        flags = Flag.objects.open().visible_to(user).select_related("subject", "visit").order_by("due_on", "pk")
        context["checks"] = flags.filter(kind=Flag.Kind.PROGRESSION_CHECK)[:LONGEST_LIST]
        context["flags"] = flags.exclude(kind=Flag.Kind.PROGRESSION_CHECK)[:LONGEST_LIST]
        context["flags_in_all"] = flags.count()
        context["queries"] = Query.objects.open().visible_to(user).select_related("visit__subject")[:LONGEST_LIST]
        context["subjects"] = Subject.objects.visible_to(user).select_related("site").order_by("code")
    context["may_acknowledge"] = may(user, Act.ACKNOWLEDGE)
    context["is_sponsor"] = not user.is_staff
    return page(request, "casebook/start.html", **context)


def visits_to_sign(user: Any) -> list[Visit]:
    """Held, all of their records complete, and no signature that nothing has touched since."""
    later = Ledger.objects.changes().filter(visit=OuterRef("visit"), at__gt=OuterRef("signed_at")).exclude(form__in=_signed_apart())
    asked = QueryAct.objects.filter(query__visit=OuterRef("visit"), at__gt=OuterRef("signed_at")).exclude(query__form__in=signed_apart())
    untouched = Signature.objects.filter(form="trial.visit", record=OuterRef("pk")).exclude(Exists(later)).exclude(Exists(asked))
    open_visits: QuerySet[Visit] = Visit.objects.allowed_to(user, Act.SIGN).exclude(held_on=None).exclude(Exists(untouched))
    found = list(open_visits.select_related("subject").order_by("held_on", "pk")[: 2 * LONGEST_LIST])
    entered = standing(*{visit.subject for visit in found}) if found else []
    records = [one for one in entered if one.is_record]
    with_records = {one.visit for one in records}
    drafts = {one.visit for one in records if one.state != Record.State.COMPLETE}
    questioned = {one.visit for one in entered if one.is_open_query and one.signed_with_visit}
    return [visit for visit in found if visit.pk in with_records - drafts - questioned][:LONGEST_LIST]


def _signed_apart() -> list[str]:
    apart = [form for form in Record.forms() if not form.signed_with_visit]
    return [model._meta.label_lower for form in apart for model in (form, *form.groups())]


@login_required
@require_GET
def casebook(request: HttpRequest, code: str) -> HttpResponse:
    """Visits by forms: what is entered, what is due, what is late, what is signed."""
    subject = get_object_or_404(Subject.objects.visible_to(request.user).select_related("site"), code=code)
    visits = list(Visit.objects.filter(subject=subject).order_by("target_on", "pk"))
    for visit in visits:
        visit.subject = subject
    entered, forms, marks = standing(subject), forms_in_order(), marks_of(subject)
    enters = may(request.user, Act.ENTER, subject.site_id)
    flags = list(Flag.objects.open().filter(subject=subject))
    gates = {row.gate: row for row in Eligibility.objects.of(subject).order_by("pk")}
    return page(
        request,
        "casebook/casebook.html",
        title=f"Casebook of {subject}",
        subject=subject,
        forms=[form._meta.verbose_name for form in forms],
        lines=_lines(visits, entered, forms, flags, marks, today=subject.site.today(), enters=enters and not marks.locked),
        locked=marks.locked,
        freezes=may(request.user, Act.FREEZE, subject.site_id),
        raises=may(request.user, Act.RAISE_QUERY, subject.site_id),
        gates=[(number, gates.get(f"G{number}")) for number in (1, 2)],
        allocation=Randomization.objects.of(subject).first(),
        flags=flags,
        enters=enters,
        signs=may(request.user, Act.SIGN, subject.site_id),
        reads_items=may(request.user, Act.READ_BIRTH_MONTH, subject.site_id) and request.user.is_staff,
    )


def forms_in_order() -> list[type[Record]]:
    """As a subject meets them in the schedule; those of the whole trial last."""
    visits = [kind for kind in timetable.TYPES.values() if kind.code != timetable.COMMON] + [timetable.visit_type(timetable.COMMON)]
    labels = list(dict.fromkeys(label for kind in visits for label in (*kind.forms, *kind.offered)))
    return sorted(
        Record.forms(), key=lambda form: labels.index(form._meta.label_lower) if form._meta.label_lower in labels else len(labels)
    )


def _lines(
    visits: list[Visit], entered: list[Standing], forms: list[type[Record]], flags: list[Flag], marks: Marks, *, today: Any, enters: bool
) -> list[Line]:
    states, entries = states_of(visits, on=today), _entries(entered, marks)
    signed = Signature.objects.filter(form="trial.visit", record__in=[visit.pk for visit in visits]).order_by("signed_at", "pk")
    last = {signature.record: signature for signature in signed}
    ordered = sorted(visits, key=lambda visit: (not visit.is_common, visit.held_on or visit.target_on or today, visit.pk))
    return [
        Line(
            visit,
            "" if visit.is_common else states[visit.pk].value,
            SAID[states[visit.pk]],
            [_cell(form, visit, entries, enters=enters and visit.pk not in marks.frozen) for form in forms],
            last.get(visit.pk),
            visit.pk in last and last[visit.pk].holds(versions_of(entered, visit=visit)),
            [flag for flag in flags if flag.visit_id == visit.pk],
            visit.pk in marks.frozen,
        )
        for visit in ordered
        if not visit.stopped or any(entries[visit.pk, form._meta.label_lower] for form in forms)
    ]


def _entries(entered: list[Standing], marks: Marks) -> dict[tuple[int, str], list[Entry]]:
    """The records of each visit and form; a verification lapses when a row's version is another."""
    versions, asked = defaultdict(list), defaultdict(int)
    for one in entered:
        if one.label == "trial.query":
            asked[one.form, one.record] += one.is_open_query
        else:
            versions[one.form, one.record].append([one.label, one.row, one.version])
    verified = {place for place, read in marks.verified.items() if read == sorted(versions[place])}
    at_visit: dict[tuple[int, str], list[Entry]] = defaultdict(list)
    for one in entered:
        if one.is_record:
            at_visit[one.visit, one.form].append(Entry(one, (one.form, one.record) in verified, asked[one.form, one.record]))
    return at_visit


def _cell(form: type[Record], visit: Visit, entries: dict[tuple[int, str], list[Entry]], *, enters: bool) -> Cell:
    kind, label = timetable.visit_type(visit.code), form._meta.label_lower
    records = entries[visit.pk, label]
    belongs = label in kind.forms or label in kind.offered
    open_for_entry = enters and form.entered_by_hand and belongs and (form.several or not records)
    address = f"{reverse(f'admin:{form._meta.app_label}_{form._meta.model_name}_add')}?visit={visit.pk}" if open_for_entry else ""
    return Cell(label, str(form._meta.verbose_name), records, address, label in kind.forms)


@button
def enrol_page(request: HttpRequest) -> HttpResponse:
    """A new subject, from the start page."""
    site = get_object_or_404(Site.objects.filter(pk__in=sites_where(request.user, Act.ENTER)), code=request.POST.get("site", ""))
    try:
        day = parse_date(request.POST.get("screened_on", "").strip())
    except ValueError:
        day = None
    try:
        subject = entry.enrol(site=site, by=request.user, screened_on=day)
    except Refused as refused:
        say(request, refused)
        return HttpResponseRedirect(reverse("start"))
    messages.success(request, f"Subject {subject} is created. Enter the consent first.")
    return HttpResponseRedirect(reverse("casebook", args=[subject.code]))


@button
def unscheduled_page(request: HttpRequest, code: str) -> HttpResponse:
    """One more visit outside the schedule."""
    subject = get_object_or_404(Subject.objects.visible_to(request.user), code=code)
    try:
        visit = entry.unscheduled_visit(subject=subject, by=request.user)
    except Refused as refused:
        say(request, refused)
        return HttpResponseRedirect(reverse("casebook", args=[subject.code]))
    messages.success(request, f"Visit {visit} is there. Enter its date and forms.")
    return HttpResponseRedirect(reverse("casebook", args=[subject.code]) + f"#visit-{visit.code}")


@button
def acknowledge_page(request: HttpRequest, pk: int) -> HttpResponse:
    flag = get_object_or_404(Flag.objects.visible_to(request.user).select_related("subject"), pk=pk)
    try:
        acknowledge(flag, by=request.user)
    except Refused as refused:
        say(request, refused)
    else:
        messages.success(request, f"{flag}: seen.")
    return HttpResponseRedirect(reverse("start"))
