"""The key that each page and each request of a program carries, and the answer to a second one.

A page's key is a hidden input, beside the one that guards against foreign pages: `csrf_token`
prints both, so that every form has it, Django's own forms, too. A program sends `Idempotency-Key`.
"""

import json
from collections.abc import Callable
from http import HTTPStatus
from secrets import token_urlsafe
from typing import Any

from django import template
from django.contrib import messages
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.safestring import SafeString

from trial.actions.saving import once
from trial.actions.saving.once import HEADER, METHODS, WITHOUT_KEY

INPUT = "once"
NOT_CONTENT = frozenset({"csrfmiddlewaretoken", INPUT, "password", "code"})
"""Inputs left out of the digest: they differ when the same is sent again, or are secret."""
AS_JSON = ("application/json", "application/problem+json")

register = template.Library()
View = Callable[..., HttpResponse]


class TokensNode(CsrfTokenNode):
    """The hidden inputs of a form: the token against foreign pages, and the key of the act."""

    def render(self, context: Context) -> SafeString:
        """Return both inputs. A page drawn again in answer to a form keeps that form's key."""
        request = context.get("request")
        earlier = request.POST.get(INPUT) if request is not None else None
        key = format_html('<input type="hidden" name="{}" value="{}">', INPUT, earlier or new_key())
        return format_html("{}{}", super().render(context), key)


@register.tag
def csrf_token(parser: Any, token: Any) -> TokensNode:
    """Print the hidden inputs of a form that posts."""
    return TokensNode()


def new_key() -> str:
    """Return a key that nobody has used."""
    return token_urlsafe(24)


class StoresOnce:
    """Middleware that names the request to its acts, keeps the answer, and repeats it."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Answer a request that carries a key: as before, if its act is stored already."""
        sending = sending_of(request)
        if sending is None:
            return None
        earlier = once.answer_of(sending, _person(request))
        if earlier is not None:
            return repeated(request, earlier)
        try:
            with once.sent(sending):
                response = _answered(request, sending, view, args, kwargs)
        except once.AnsweredBefore as error:
            return repeated(request, error.earlier)
        is_refused_by_role = response.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
        if sending.stored is None and not is_refused_by_role:
            earlier = once.answer_of(sending, _person(request))
        return repeated(request, earlier) if earlier is not None else response


def _answered(
    request: HttpRequest, sending: once.Sending, view: View, args: Any, kwargs: Any
) -> HttpResponse:
    """Call the view as Django does, in one transaction unless it has its own; keep the answer."""
    if "default" in getattr(view, "_non_atomic_requests", ()):
        return view(request, *args, **kwargs)
    with transaction.atomic():
        response = view(request, *args, **kwargs)
        keep_answer(request, response, sending)
    return response


def keep_answer(request: HttpRequest, response: HttpResponse, sending: once.Sending | None) -> None:
    """Keep the answer to an act, in the act's transaction."""
    is_refused = response.status_code >= HTTPStatus.BAD_REQUEST
    if sending is not None and not is_refused:
        once.note_answer(sending, response.status_code, _kept(request, response))


def _kept(request: HttpRequest, response: HttpResponse) -> dict[str, Any] | None:
    """Return what is kept of an answer: the JSON of the API, or the way that a page leads on."""
    if isinstance(response, HttpResponseRedirect):
        queued = getattr(getattr(request, "_messages", None), "_queued_messages", ())
        return {"to": response.url, "messages": [[m.level, str(m.message)] for m in queued]}
    if not request.path.startswith("/api/"):
        return None
    render = getattr(response, "render", None)
    if render is not None:
        render()
    kind = response.headers.get("Content-Type", "")
    return {"body": response.content.decode(), "type": kind} if kind.startswith(AS_JSON) else None


def repeated(request: HttpRequest, earlier: Any) -> HttpResponse:
    """Return the answer that the act was given the first time."""
    kept = earlier.answer
    if "to" not in kept:
        return HttpResponse(kept.get("body", ""), status=earlier.status, content_type=kept["type"])
    for level, sentence in kept["messages"]:
        messages.add_message(request, level, sentence)
    return HttpResponseRedirect(kept["to"])


def sending_of(request: HttpRequest) -> once.Sending | None:
    """Return the request's key, address and content; None where it carries no key."""
    if request.method not in METHODS or request.path in WITHOUT_KEY:
        return None
    is_api = request.path.startswith("/api/")
    key = request.headers.get(HEADER) if is_api else request.POST.get(INPUT)
    if not key:
        return None
    content = _json_content(request.body) if is_api else _form_content(request.POST)
    digest = salted_hmac("trial.pages.sent_once", content, algorithm="sha256").hexdigest()
    address = f"{request.method} {request.get_full_path()}"
    return once.Sending(key, address[:500], digest)


def _form_content(sent: QueryDict) -> str:
    return json.dumps(
        sorted((name, sent.getlist(name)) for name in sent if name not in NOT_CONTENT)
    )


def _json_content(body: bytes) -> bytes:
    try:
        content = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return body
    if not isinstance(content, dict):
        return body
    left = {name: value for name, value in content.items() if name not in NOT_CONTENT}
    return json.dumps(left, sort_keys=True).encode()


def _person(request: HttpRequest) -> AbstractUser | AnonymousUser:
    """Return who sends the request, as far as the session or the API knows by now."""
    return getattr(request, "user", None) or AnonymousUser()
