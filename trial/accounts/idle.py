"""Who does nothing for 15 minutes is logged out (A07)."""

import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

SEEN = "seen_at"
OFTEN_ENOUGH = 60
"""Seconds: storing the session at each request would be one more write for each page, and says nothing more."""


class LogOutWhenIdle:
    """Django ends a session some time after it was stored last (SESSION_COOKIE_AGE); so who works has it stored each minute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if SESSION_KEY in request.session and time.time() - request.session.get(SEEN, 0) >= OFTEN_ENOUGH:
            request.session[SEEN] = int(time.time())
        return self.get_response(request)


@receiver(user_logged_in)
def seen_at_login(sender: Any, request: HttpRequest, **more: Any) -> None:
    request.session[SEEN] = int(time.time())
