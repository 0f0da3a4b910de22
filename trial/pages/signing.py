"""Signing: one visit, several at once, and a signature on paper."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from trial.access import Act
from trial.accounts.proving import asks_code, proving
from trial.actions import accounts, exports, review
from trial.actions.exports import Destination
from trial.models import Record, Signature, Visit, may, standing, versions_of
from trial.output.reading import read_part
from trial.output.signature_pdf import pdf_of
from trial.pages.base import number_told, page, refuse_unless_reader_of_all
from trial.protocol.schedule import timetable
from trial.refusals import Refused

MOST_AT_ONCE = 20


@login_required
@require_http_methods(["GET", "POST"])
def sign_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A visit's records as they will be signed; the password; and what has changed under an earlier signature."""
    visit = get_object_or_404(Visit.objects.visible_to(request.user).select_related("subject__site"), pk=pk)
    if not may(request.user, Act.READ_BIRTH_MONTH, visit.subject.site_id):
        raise PermissionDenied
    refused: Refused | None = None
    if request.method == "POST":
        try:
            with proving(request) as proof:
                review.sign_visit(visit, by=request.user, proof=proof, shown_sha256=request.POST.get("shown", ""))
        except Refused as error:
            refused = error
        else:
            messages.success(request, f"Visit {visit} is signed.")
            return HttpResponseRedirect(reverse("casebook", args=[visit.subject.code]) + f"#visit-{visit.code}")
    content = review.content_of_visit(visit)
    signatures = list(Signature.objects.filter(form="trial.visit", record=visit.pk).select_related("signed_by"))
    holds = bool(signatures) and signatures[0].holds(versions_of(standing(visit.subject), visit=visit))
    return page(
        request,
        "casebook/sign.html",
        status=refused.status if refused else 200,
        asks_code=asks_code(request),
        title=f"Sign-off of {visit}: {visit.title}",
        visit=visit,
        parts=[read_part(part) for part in content.values()],
        shown=review.digest(content),
        obstacles=review.drafts(visit),
        not_entered=not_entered(visit, content),
        may_sign=may(request.user, Act.SIGN, visit.subject.site_id),
        unready=accounts.keeps_from_signing(request.user) if may(request.user, Act.SIGN, visit.subject.site_id) else [],
        meaning=Signature.Meaning.VISIT.label,
        signatures=signatures,
        holds=holds,
        altered=bool(signatures) and not signatures[0].is_unaltered(),
        changes=[] if holds or not signatures else signatures[0].changes(content),
        refused=refused,
    )


def not_entered(visit: Visit, content: dict[str, Any]) -> list[str]:
    """Titles of the forms due at the visit that are not there: who signs should know."""
    entered = {key.partition("#")[0] for key in content}
    forms = {form._meta.label_lower: form for form in Record.forms() if form.signed_with_visit}
    due = timetable.visit_type(visit.code).forms
    return [str(forms[label]._meta.verbose_name) for label in due if label in forms and label not in entered]


@login_required
@require_http_methods(["GET", "POST"])
def sign_several_page(request: HttpRequest) -> HttpResponse:
    """Several visits, each item of each listed, signed with one password: all of them or none."""
    sent = request.POST if request.method == "POST" else request.GET
    wanted = [number_told(one) for one in sent.getlist("visit")][:MOST_AT_ONCE]
    mine = Visit.objects.allowed_to(request.user, Act.SIGN).select_related("subject__site")
    visits = list(mine.filter(pk__in=wanted).order_by("subject__code", "held_on", "pk"))
    if not visits or len(visits) != len(set(wanted)):
        raise Http404
    refused: Refused | None = None
    if request.method == "POST":
        shown = {visit: request.POST.get(f"shown-{visit.pk}", "") for visit in visits}
        try:
            with proving(request) as proof:
                review.sign_visits(shown, by=request.user, proof=proof)
        except Refused as error:
            refused = error
        else:
            messages.success(request, f"Signed: {', '.join(map(str, visits))}.")
            return HttpResponseRedirect(reverse("start"))
    contents = {visit: review.content_of_visit(visit) for visit in visits}
    listed = [
        {
            "visit": v,
            "parts": [read_part(p) for p in c.values()],
            "not_entered": not_entered(v, c),
            "shown": review.digest(c),
            "obstacles": review.drafts(v),
        }
        for v, c in contents.items()
    ]
    return page(
        request,
        "casebook/sign_several.html",
        status=refused.status if refused else 200,
        asks_code=asks_code(request),
        title=f"Sign {len(visits)} visits",
        listed=listed,
        obstacles=any(one["obstacles"] for one in listed),
        meaning=Signature.Meaning.VISIT.label,
        refused=refused,
    )


@login_required
@require_GET
def signature_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """What was signed, with name, time and meaning (21 CFR 11.50(b)); taken along, it is an export like any other."""
    signature = get_object_or_404(Signature.objects.visible_to(request.user).select_related("visit__subject__site"), pk=pk)
    refuse_unless_reader_of_all(request, signature.visit)
    content, to = pdf_of(signature), Destination(*(request.GET.get(name, "") for name in Destination._fields))
    try:
        of = {"subject": signature.visit.subject.code, "signature": signature.pk}
        exports.note_export(content, what="signature as PDF", by=request.user, to=to, filters=of)
    except Refused as refused:
        return HttpResponse(str(refused), status=refused.status, content_type="text/plain")
    named = f"{signature.visit}-signature-{signature.pk}.pdf".replace(" ", "-")
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{named}"'})
