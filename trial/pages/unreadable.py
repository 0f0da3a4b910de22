"""The refusal of a request that is no text.

PostgreSQL's text holds no NUL, and Casebook takes UTF-8 alone, so that nothing is read as
something else.
"""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from trial.protocol.typed.characters import unfit
from trial.refusals import Code

NUL = "\x00"


class RefusesUnreadable:
    """Answers 400 to another character set, and to a character that no document can carry.

    Of what a page's form sends, only NUL is refused here: its action tells at which item any other
    such character stands, as the API does for its JSON.
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
        for text in texts:
            if character := unfit(text):
                raise BadRequest(Code.CHARACTER_IN_TEXT.sentence(character=character))
        if request.method == "POST" and not request.path.startswith("/api/"):
            sent = _texts_of(request.POST)
            if any(NUL in text for text in sent):
                raise BadRequest(
                    _("The text contains the character NUL. Leave that character out.")
                )


def _texts_of(sent: QueryDict) -> list[str]:
    """Return the names and the values that were sent."""
    return [text for name, values in sent.lists() for text in (name, *values)]
