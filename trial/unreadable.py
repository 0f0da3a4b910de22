"""A request that holds what no text can: PostgreSQL's text has no NUL, and nobody types one."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

NUL = "\x00"


class RefusesNul:
    """400 for an address or a page's form with a NUL in it; the API says itself where one stands in its JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        told = [request.path, *(text for values in request.GET.lists() for text in (values[0], *values[1]))]
        if request.method == "POST" and not request.path.startswith("/api/"):
            told += [text for values in request.POST.lists() for text in (values[0], *values[1])]
        if any(NUL in text for text in told):
            raise BadRequest("There is a NUL in it.")
