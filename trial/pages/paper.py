"""Working through an outage: blank forms to print, and the mark of what was entered from paper afterwards (EMA 2023, 6.9)."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_http_methods

from trial.access import Act
from trial.actions import papers
from trial.models import FromPaper, Record, Visit, may, standing
from trial.output.blank_forms import blank_form, blank_visit, forms_of
from trial.output.reading import model_of
from trial.pages.study import page
from trial.protocol.schedule import timetable
from trial.refusals import Refused

NUMBERED = {"CnD1": "C2D1", "CnD8": "C2D8", "TAk": "TA1", "SFUk": "SFU1", "UNSk": "UNS1"}
"""Of visits that come again, the first that has the forms of all of them."""


@login_required
@require_GET
def paper_page(request: HttpRequest) -> HttpResponse:
    """What can be printed; with `form` or `visit`, the file. No page of it holds data of anybody."""
    forms = {form._meta.model_name: form for form in Record.forms() if form.entered_by_hand}
    if name := request.GET.get("form"):
        if name not in forms:
            raise Http404
        return _file(blank_form(forms[name]), f"paper-{name}")
    if code := request.GET.get("visit"):
        try:
            return _file(blank_visit(code), f"paper-{code}")
        except KeyError as error:
            raise Http404 from error
    kinds = [(NUMBERED.get(code, code), kind.title.format("…"), *map(_named, forms_of(kind))) for code, kind in timetable.TYPES.items()]
    return page(request, "casebook/paper.html", title="Forms on paper", kinds=kinds)


def _named(forms: list[type[Record]]) -> list[dict[str, Any]]:
    """A template would make a record of the class."""
    return [{"model_name": form._meta.model_name, "title": form.form_title(), "entered_by_hand": form.entered_by_hand} for form in forms]


def _file(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'})


@login_required
@require_http_methods(["GET", "POST"])
def from_paper_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Which records of a visit were on paper first, when they were filled in there, and why; said once for all of them."""
    visit = get_object_or_404(Visit.objects.visible_to(request.user).select_related("subject__site"), pk=pk)
    if not may(request.user, Act.ENTER, visit.subject.site_id):
        raise PermissionDenied
    rows, refused = _rows_of(visit), None
    chosen = [row for key, row in rows.items() if key in request.POST.getlist("row")]
    if request.method == "POST":
        try:
            papers.mark(chosen, by=request.user, written_at=_moment(request, visit), reason=request.POST.get("reason", ""))
        except Refused as error:
            refused = error
        else:
            messages.success(request, f"Marked as entered from paper: {', '.join(row.form_title() for row in chosen)}.")
            return HttpResponseRedirect(reverse("casebook", args=[visit.subject.code]) + f"#visit-{visit.code}")
    marks = {f"{one.form}-{one.record}": one for one in FromPaper.objects.filter(visit=visit).select_related("by")}
    return page(
        request,
        "casebook/from_paper.html",
        status=refused.status if refused else 200,
        title=f"Entered from paper: {visit}",
        visit=visit,
        rows=[(key, row, marks.get(key), row in chosen) for key, row in rows.items()],
        typed={name: request.POST.get(name, "") for name in ("written_at", "reason")},
        refused=refused,
    )


def _rows_of(visit: Visit) -> dict[str, Any]:
    """The visit itself, where its date is entered, and its records, by label and id."""
    rows: dict[str, Any] = {f"trial.visit-{visit.pk}": visit} if papers.first_entered_at(visit) else {}
    for one in standing(visit.subject):
        if one.is_record and one.visit == visit.pk and model_of(one.form).entered_by_hand:
            row = model_of(one.form).objects.select_related("visit__subject__site").get(pk=one.record)
            rows[f"{one.form}-{one.record}"] = row
    return rows


def _moment(request: HttpRequest, visit: Visit) -> datetime | None:
    """As typed, by the clock of the site; None for nonsense."""
    try:
        said = parse_datetime(request.POST.get("written_at", "").strip())
    except ValueError:
        return None
    return said.replace(tzinfo=ZoneInfo(visit.subject.site.time_zone)) if said and said.tzinfo is None else said
