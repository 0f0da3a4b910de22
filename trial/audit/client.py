"""The program that sends what is written, which each entry of the ledger names.

(regulation.md D11, 21 CFR 11.10(h).) It is `page`; `api AGENT`, with `token DIGEST` if a token was
sent; `job NAME`; or `command NAME`. Whatever reaches PostgreSQL past these names nothing. An agent
is a program's name and version as it gives them itself (RFC 9110, 10.1.5): a hint, no proof; the
token is one.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.http import HttpRequest, HttpResponse

client = ContextVar("client", default="")
AGENT = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}(?:/[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60})?")
TOKEN_SHOWN = 16
"""The number of digits of a token's digest that name it among the events of tokens."""


@contextmanager
def sent_by(program: str) -> Iterator[None]:
    """Name the program that sends what is written inside."""
    before = client.set(program)
    try:
        yield
    finally:
        client.reset(before)


class NamesItsClient:
    """Middleware that names a page, or the program that its User-Agent names."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_api = request.path.startswith("/api/")
        program = f"api {agent_of(request)}".rstrip() if is_api else "page"
        with sent_by(program):
            return self.get_response(request)


def agent_of(request: HttpRequest) -> str:
    """Return the first product that the User-Agent names, as `site-export/2.1`, or nothing."""
    named = AGENT.match(request.headers.get("User-Agent", ""))
    return named[0] if named else ""


def add_token(digest: str) -> None:
    """Name the token, by its digest, as the sender of the rest of this request."""
    client.set(f"{client.get()} token {digest[:TOKEN_SHOWN]}")


_before: dict[str, Token[str]] = {}


@task_prerun.connect
def _job_begins(task_id: str, task: Any, **more: Any) -> None:
    _before[task_id] = client.set(f"job {task.name}")


@task_postrun.connect
def _job_ends(task_id: str, **more: Any) -> None:
    client.reset(_before.pop(task_id))
