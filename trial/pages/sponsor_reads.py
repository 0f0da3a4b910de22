"""Each page and each answer of the API that the sponsor reads is in the ledger (crf_spec §7)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from trial.access import Role
from trial.actions import events
from trial.models import SystemEvent, usable_roles

SUCCESS = 200
PUBLIC = (
    "/static/",
    "/account/",
    "/study/",
    "/admin/jsi18n/",
    "/api/v1/schema",
    "/api/v1/docs",
    "/api/v1/study",
    "/healthz",
)
LONGEST = 1000


class LogsWhatTheSponsorReads:
    """Notes what the sponsor reads, except what everybody may know.

    Exports are events of their own (trial/actions/exports.py).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_read = request.method == "GET" and response.status_code == SUCCESS
        if is_read and not request.path.startswith(PUBLIC):
            _note_for_sponsor(request)
        return response


def _note_for_sponsor(request: HttpRequest) -> None:
    """Note the reading of a sponsor; of a token's as well, whose person the API puts there."""
    person = request.user
    if person.is_authenticated and any(role == Role.SPONSOR for _, role in usable_roles(person)):
        address = request.get_full_path()[:LONGEST]
        events.note(SystemEvent.Kind.READ, by=person, address=address)
