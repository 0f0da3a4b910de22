"""The refusal of a request that is no text.

PostgreSQL's text holds no NUL, and Casebook takes UTF-8 alone, so that nothing is read as
something else.
"""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

NUL = "\x00"


class RefusesUnreadable:
    """Answers 400 to another character set, and to a NUL in an address or in a page's form.

    The API itself tells where a NUL stands in its JSON.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: object) -> None:
        """Refuse the request before its view sees it."""
        if (request.content_params or {}).get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
            raise BadRequest(_("The text was not sent as UTF-8. Send it as UTF-8."))
        texts = [request.path, *_texts_of(request.GET)]
        if request.method == "POST" and not request.path.startswith("/api/"):
            texts += _texts_of(request.POST)
        if any(NUL in text for text in texts):
            raise BadRequest(_("The text contains the character NUL. Leave that character out."))


def _texts_of(sent: QueryDict) -> list[str]:
    """Return the names and the values that were sent."""
    return [text for name, values in sent.lists() for text in (name, *values)]
