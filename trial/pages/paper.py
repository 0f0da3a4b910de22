"""Work during an outage: blank forms to print, and the mark of what was entered from paper.

The source is EMA 2023, section 6.9.
"""

from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from trial.access import Act
from trial.actions import papers
from trial.models import FromPaper, Record, Visit, may, standing
from trial.output.blank_forms import blank_form, blank_visit, forms_of
from trial.output.reading import model_of
from trial.pages.base import PersonalRequest, page, to_visit
from trial.protocol.schedule import timetable
from trial.protocol.typed.dates import NotADate
from trial.protocol.typed.moments import parse_moment
from trial.refusals import Refused

NUMBERED = {
    "CnD1": "C2D1",
    "CnDd": "C2D8",
    "TAk": "TA1",
    "CONFk": "CONF1",
    "SFUk": "SFU1",
    "UNSk": "UNS1",
}
"""The first visit that has all forms of its kind, for each kind of visit that comes again."""


class Printable(NamedTuple):
    """A form as the page lists it. A template would make a record of the class itself."""

    model_name: str
    title: str
    entered_by_hand: bool


@login_required
@require_GET
def paper_page(request: HttpRequest) -> HttpResponse:
    """Show what can be printed; with `form` or `visit`, return the file.

    No page of it holds anybody's data.
    """
    forms = {str(f._meta.model_name): f for f in Record.forms() if f.entered_by_hand}
    if name := request.GET.get("form"):
        if name not in forms:
            raise Http404
        return _file(blank_form(forms[name]), f"paper-{name}")
    if code := request.GET.get("visit"):
        try:
            return _file(blank_visit(code), f"paper-{code}")
        except KeyError as error:
            raise Http404 from error
    kinds = []
    for code, kind in timetable.TYPES.items():
        due, offered = forms_of(kind)
        title = kind.title.format("…", "…")
        kinds.append((NUMBERED.get(code, code), title, _printable(due), _printable(offered)))
    return page(request, "casebook/paper.html", title=_("Forms on paper"), kinds=kinds)


def _printable(forms: list[type[Record]]) -> list[Printable]:
    return [Printable(str(f._meta.model_name), f.form_title(), f.entered_by_hand) for f in forms]


def _file(content: bytes, name: str) -> HttpResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=disposition)


@login_required
@require_http_methods(["GET", "POST"])
def from_paper_page(request: PersonalRequest, pk: int) -> HttpResponse:
    """Mark records of a visit as entered from paper: when the paper was filled in, and why."""
    visits = Visit.objects.visible_to(request.user).select_related("subject__site")
    visit = get_object_or_404(visits, pk=pk)
    if not may(request.user, Act.ENTER, visit.subject.site_id):
        raise PermissionDenied
    rows = _rows_of(visit)
    chosen = [row for key, row in rows.items() if key in request.POST.getlist("row")]
    refused: Refused | None = None
    if request.method == "POST":
        reason, written_at = request.POST.get("reason", ""), _moment(request, visit)
        try:
            papers.mark(chosen, by=request.user, written_at=written_at, reason=reason)
        except Refused as error:
            refused = error
        else:
            titles = ", ".join(map(_name_of, chosen))
            messages.success(
                request, _("Marked as entered from paper: {forms}.").format(forms=titles)
            )
            return to_visit(visit)
    of_visit = FromPaper.objects.filter(visit=visit).select_related("by")
    marks = {f"{mark.form}-{mark.record}": mark for mark in of_visit}
    return page(
        request,
        "casebook/from_paper.html",
        status=refused.status if refused else 200,
        title=_("Entered from paper: {visit}").format(visit=visit),
        visit=visit,
        rows=[(key, _name_of(row), marks.get(key), row in chosen) for key, row in rows.items()],
        typed={name: request.POST.get(name, "") for name in ("written_at", "reason")},
        refused=refused,
    )


def _rows_of(visit: Visit) -> dict[str, Record | Visit]:
    """Return the visit's records by label and key; the visit itself, where its date is entered."""
    rows: dict[str, Record | Visit] = {}
    if papers.first_entered_at(visit):
        rows[f"trial.visit-{visit.pk}"] = visit
    for entered in standing(visit.subject):
        if not entered.is_record or entered.visit != visit.pk:
            continue
        # The label names a form that only the registry knows, hence `Any`.
        form: Any = model_of(entered.form)
        if form.entered_by_hand:
            records = form.objects.select_related("visit__subject__site")
            rows[f"{entered.form}-{entered.record}"] = records.get(pk=entered.record)
    return rows


def _name_of(row: Record | Visit) -> str:
    """Return the form's title; for one of several, also what tells it from the others."""
    title, text = row.form_title(), str(row)
    if not isinstance(row, Record) or not row.several:
        return title
    return text if text.startswith(title) else f"{title} {text}"


def _moment(request: HttpRequest, visit: Visit) -> datetime | None:
    """Return the moment as typed, by the clock of the site; None for what is no moment."""
    zone = ZoneInfo(visit.subject.site.time_zone)
    try:
        return parse_moment(request.POST.get("written_at", ""), zone)
    except NotADate:
        return None
