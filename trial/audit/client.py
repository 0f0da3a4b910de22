"""Which program sends what is written: each entry of the ledger names it (D11, 21 CFR 11.10(h)).

`page`; `api AGENT`, with `token DIGEST` where a token was sent; `job NAME`; `command NAME`. What reaches PostgreSQL past these
names nothing. An agent is a program's name and version as it says them itself (RFC 9110, 10.1.5): a hint, no proof; the token is one.
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
"""Digits of a token's digest: as many as name it among the events of tokens."""


@contextmanager
def sent_by(program: str) -> Iterator[None]:
    """What is written inside is sent by this program."""
    before = client.set(program)
    try:
        yield
    finally:
        client.reset(before)


class NamesItsClient:
    """A request comes from a page, or from a program that names itself in its User-Agent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with sent_by(
            f"api {agent_of(request)}".rstrip() if request.path.startswith("/api/") else "page"
        ):
            return self.get_response(request)


def agent_of(request: HttpRequest) -> str:
    """The first product that the User-Agent names, as `site-export/2.1`; nothing where it names none."""
    named = AGENT.match(request.headers.get("User-Agent", ""))
    return named[0] if named else ""


def add_token(digest: str) -> None:
    """The rest of this request is sent by whoever holds this token."""
    client.set(f"{client.get()} token {digest[:TOKEN_SHOWN]}")


_before: dict[str, Token[str]] = {}


@task_prerun.connect
def _job_begins(task_id: str, task: Any, **more: Any) -> None:
    _before[task_id] = client.set(f"job {task.name}")


@task_postrun.connect
def _job_ends(task_id: str, **more: Any) -> None:
    client.reset(_before.pop(task_id))
