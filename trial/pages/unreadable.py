"""A request that cannot be read as text: PostgreSQL's has no NUL, and what is sent is UTF-8, so that nothing is read as something else."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

NUL = "\x00"


class RefusesUnreadable:
    """400 for another character set, and for a NUL in an address or a page's form; the API says itself where one stands in its JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        if (request.content_params or {}).get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
            raise BadRequest("It is not sent as UTF-8.")
        told = [request.path, *(text for values in request.GET.lists() for text in (values[0], *values[1]))]
        if request.method == "POST" and not request.path.startswith("/api/"):
            told += [text for values in request.POST.lists() for text in (values[0], *values[1])]
        if any(NUL in text for text in told):
            raise BadRequest("There is a NUL in it.")
