"""Pages about the study and about a visit's signature. Each shows what is stored; acts are one call into trial/actions."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trial.access import Act
from trial.accounts.proving import asks_code, proving
from trial.actions import accounts, review
from trial.actions.verification import triggers
from trial.audit import roles
from trial.models import Record, Signature, Study, Visit, may, parameters_in_force, sites_where, standing, versions_of
from trial.output.reading import read_part
from trial.protocol import study
from trial.protocol.schedule import timetable
from trial.refusals import NotAllowed, Refused
from trial.server import earlier_state
from trial.server.servers import place


def page(request: HttpRequest, template: str, status: int = 200, **context: Any) -> TemplateResponse:
    """A page in the frame of the admin."""
    return TemplateResponse(request, template, admin.site.each_context(request) | context, status=status)


def say(request: HttpRequest, refused: Refused) -> None:
    """On the page that the act leads back to; whoever may not act at all is answered 403."""
    if isinstance(refused, NotAllowed):
        raise PermissionDenied(str(refused)) from refused
    messages.error(request, str(refused))


def button(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What a button on another page posts to. It has no page of its own: who logs in first comes back to that other one."""

    @wraps(view)
    def pressed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return require_POST(view)(request, *args, **kwargs)
        came_from = urlsplit(request.headers.get("Referer", ""))
        is_ours = came_from.netloc == request.get_host()
        return redirect_to_login(came_from.path if is_ours else reverse("start"))

    return pressed


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """For health checks: 200 where the database answers and guards the audit trail; 503, with what is wrong, where it does not (R04)."""
    if earlier_state.is_earlier(connection):
        return HttpResponse(earlier_state.sentence(place()), content_type="text/plain", status=503)
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        (role,) = cursor.fetchone()
    wrong = [*triggers.findings(), *roles.findings(role)]
    return HttpResponse("\n".join(wrong) or "ok", content_type="text/plain", status=503 if wrong else 200)


@login_required
@require_GET
def study_page(request: HttpRequest) -> HttpResponse:
    """The study itself: public facts, criteria, parameters, the published commitment."""
    return page(
        request,
        "casebook/study.html",
        title=study.REGISTRATION,
        study=study,
        today=(today := timezone.localdate()),
        parameters=parameters_in_force(today),
        may_decide=None in sites_where(request.user, Act.SET_UP),
        published=Study.objects.filter(registration=study.REGISTRATION).first(),
    )


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
        obstacles=review.obstacles_to_signing(visit),
        not_entered=not_entered(visit, content),
        may_sign=may(request.user, Act.SIGN, visit.subject.site_id),
        unready=accounts.missing_before_signing(request.user) if may(request.user, Act.SIGN, visit.subject.site_id) else [],
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
