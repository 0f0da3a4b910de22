"""No browser keeps a page with somebody's data (A07).

Whoever goes back in the browser after another's logout sees nothing.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers


class KeptByNoBrowser:
    """Forbids browsers to keep what the site itself answers; styles and scripts come before it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        add_never_cache_headers(response)
        return response
