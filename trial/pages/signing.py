"""Signing: one visit, several visits at once, and a signature on paper."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from trial.access import Act
from trial.accounts.proving import asks_code, proving
from trial.actions import accounts, exports, review
from trial.actions.exports import Destination
from trial.models import Record, Signature, Visit, may, standing, versions_of
from trial.output.reading import ReadPart, read_part
from trial.output.signature_pdf import pdf_of
from trial.pages.base import (
    PersonalRequest,
    number_from,
    page,
    refuse_unless_reader_of_all,
    site_of,
    to_visit,
)
from trial.protocol.schedule import timetable
from trial.refusals import Problem, Refused

MOST_AT_ONCE = 20


class Shown(NamedTuple):
    """A visit as its page shows it before it is signed, with the hash of what is shown."""

    visit: Visit
    parts: list[ReadPart]
    not_entered: list[str]
    shown: str
    obstacles: list[Problem]


# The content of a signature is JSON: its values may be of any type, hence `Any`.
def _shown(visit: Visit, content: dict[str, Any]) -> Shown:
    parts = [read_part(part) for part in content.values()]
    missing = not_entered(visit, content)
    return Shown(visit, parts, missing, review.digest(content), review.obstacles_to_signing(visit))


def not_entered(visit: Visit, content: dict[str, Any]) -> list[str]:
    """Return the titles of the forms that are due at the visit but not entered."""
    entered = {key.partition("#")[0] for key in content}
    forms = {form._meta.label_lower: form for form in Record.forms() if form.signed_with_visit}
    due = [label for label in timetable.visit_type(visit.code).forms if label in forms]
    return [str(forms[label]._meta.verbose_name) for label in due if label not in entered]


@login_required
@require_http_methods(["GET", "POST"])
def sign_page(request: PersonalRequest, pk: int) -> HttpResponse:
    """Show a visit's records as they will be signed, and sign them.

    Under an earlier signature that no longer holds, show what has changed since.
    """
    visits = Visit.objects.visible_to(request.user).select_related("subject__site")
    visit = get_object_or_404(visits, pk=pk)
    refuse_unless_reader_of_all(request, visit)
    refused: Refused | None = None
    if request.method == "POST":
        shown = request.POST.get("shown", "")
        try:
            with proving(request) as proof:
                review.sign_visit(visit, by=request.user, proof=proof, shown_sha256=shown)
        except Refused as error:
            refused = error
        else:
            messages.success(request, _("Visit {visit} is signed.").format(visit=visit))
            return to_visit(visit)
    content = review.content_of_visit(visit)
    may_sign = may(request.user, Act.SIGN, site_of(visit))
    return page(
        request,
        "casebook/sign.html",
        status=refused.status if refused else 200,
        asks_code=asks_code(request),
        title=_("Sign-off of {visit}: {title}").format(visit=visit, title=visit.title),
        **_shown(visit, content)._asdict(),
        may_sign=may_sign,
        unready=accounts.missing_before_signing(request.user) if may_sign else [],
        meaning=Signature.Meaning.VISIT.label,
        **_earlier_signatures(visit, content),
        refused=refused,
    )


def _earlier_signatures(visit: Visit, content: dict[str, Any]) -> dict[str, Any]:
    """Return the visit's signatures, and whether the newest holds, as the template takes them."""
    of_visit = Signature.objects.filter(form="trial.visit", record=visit.pk)
    signatures = list(of_visit.select_related("signed_by"))
    if not signatures:
        return {"signatures": [], "holds": False, "altered": False, "changes": []}
    newest = signatures[0]
    holds = newest.holds(versions_of(standing(visit.subject), visit=visit))
    return {
        "signatures": signatures,
        "holds": holds,
        "altered": not newest.is_unaltered(),
        "changes": [] if holds else newest.changes(content),
    }


@login_required
@require_http_methods(["GET", "POST"])
def sign_several_page(request: PersonalRequest) -> HttpResponse:
    """Show several visits, each item of each, and sign them with one password: all or none."""
    visits = _visits_to_sign(request)
    refused: Refused | None = None
    if request.method == "POST":
        shown = {visit: request.POST.get(f"shown-{visit.pk}", "") for visit in visits}
        try:
            with proving(request) as proof:
                review.sign_visits(shown, by=request.user, proof=proof)
        except Refused as error:
            refused = error
        else:
            names = ", ".join(map(str, visits))
            messages.success(request, _("Signed: {visits}.").format(visits=names))
            return HttpResponseRedirect(reverse("start"))
    listed = [_shown(visit, review.content_of_visit(visit)) for visit in visits]
    return page(
        request,
        "casebook/sign_several.html",
        status=refused.status if refused else 200,
        asks_code=asks_code(request),
        title=ngettext("Sign {number} visit", "Sign {number} visits", len(visits)).format(
            number=len(visits)
        ),
        listed=listed,
        obstacles=any(shown.obstacles for shown in listed),
        meaning=Signature.Meaning.VISIT.label,
        refused=refused,
    )


def _visits_to_sign(request: PersonalRequest) -> list[Visit]:
    """Return the chosen visits; 404 where the person may not sign one of them."""
    sent = request.POST if request.method == "POST" else request.GET
    keys = [number_from(text) for text in sent.getlist("visit")][:MOST_AT_ONCE]
    theirs = Visit.objects.allowed_to(request.user, Act.SIGN).select_related("subject__site")
    visits = list(theirs.filter(pk__in=keys).order_by("subject__code", "held_on", "pk"))
    if not visits or len(visits) != len(set(keys)):
        raise Http404
    return visits


@login_required
@require_GET
def signature_pdf(request: PersonalRequest, pk: int) -> HttpResponse:
    """Return what was signed, with name, time and meaning (21 CFR 11.50(b)).

    Whoever takes it along makes an export, noted like any other.
    """
    signatures = Signature.objects.visible_to(request.user).select_related("visit__subject__site")
    signature = get_object_or_404(signatures, pk=pk)
    refuse_unless_reader_of_all(request, signature.visit)
    content = pdf_of(signature)
    to = Destination(*(request.GET.get(name, "") for name in Destination._fields))
    about = {"subject": signature.visit.subject.code, "signature": signature.pk}
    try:
        exports.note_export(content, what="signature as PDF", by=request.user, to=to, filters=about)
    except Refused as refused:
        return HttpResponse(str(refused), status=refused.status, content_type="text/plain")
    name = f"{signature.visit}-signature-{signature.pk}.pdf".replace(" ", "-")
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=disposition)
