"""Pages about the study itself, and the answer to a health check."""

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from trial.access import Act
from trial.actions.verification import triggers
from trial.audit import roles
from trial.models import Study, parameters_in_force, sites_where
from trial.pages.base import page
from trial.protocol import study
from trial.server import earlier_state
from trial.server.servers import place


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
