"""The page of the study itself, and the answer to a health check."""

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

UNAVAILABLE = 503


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 where the database answers and guards the audit trail (R04).

    Answers 503, with what is wrong, where it does not.
    """
    if earlier_state.is_earlier(connection):
        return _in_plain_text(earlier_state.sentence(place()), UNAVAILABLE)
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        (role,) = cursor.fetchone()
    if findings := [*triggers.findings(), *roles.findings(role)]:
        return _in_plain_text("\n".join(findings), UNAVAILABLE)
    return _in_plain_text("ok")


def _in_plain_text(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain", status=status)


@login_required
@require_GET
def study_page(request: HttpRequest) -> HttpResponse:
    """Show the study: public facts, criteria, parameters, the published commitment."""
    today = timezone.localdate()
    return page(
        request,
        "casebook/study.html",
        title=study.REGISTRATION,
        study=study,
        today=today,
        parameters=parameters_in_force(today),
        may_decide=None in sites_where(request.user, Act.SET_UP),
        published=Study.objects.filter(registration=study.REGISTRATION).first(),
    )
