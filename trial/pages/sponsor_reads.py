"""What the sponsor reads is logged (crf_spec §7): each page and answer of the API, as an event of the ledger."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from trial.access import Role
from trial.actions import events
from trial.models import SystemEvent, usable_roles

SUCCESS = 200
PUBLIC = ("/static/", "/account/", "/study/", "/admin/jsi18n/", "/api/v1/schema", "/api/v1/docs", "/api/v1/study", "/healthz")
LONGEST = 1000


class LogsWhatTheSponsorReads:
    """Exports are events of their own (trial/actions/exports.py); what everybody may know is not logged."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "GET" and response.status_code == SUCCESS and not request.path.startswith(PUBLIC):
            person = request.user  # of the session, or of the token: the API puts it there
            if any(role == Role.SPONSOR for _, role in usable_roles(person)):
                events.note(SystemEvent.Kind.READ, by=person, address=request.get_full_path()[:LONGEST])
        return response
