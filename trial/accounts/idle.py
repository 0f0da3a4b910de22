"""A session ends when its person has done nothing for 15 minutes (A07)."""

import time
from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

SEEN = "seen_at"
STORE_AFTER_S = 60
"""Storing the session at each request would be one more write for each page, and tell nothing more.
"""


class LogOutWhenIdle:
    """Stores the session of a working person once a minute.

    Django ends a session some time after it was stored last (SESSION_COOKIE_AGE).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = request.session
        if SESSION_KEY in session and time.time() - session.get(SEEN, 0) >= STORE_AFTER_S:
            session[SEEN] = int(time.time())
        return self.get_response(request)


@receiver(user_logged_in)
def note_seen_at_login(sender: object, request: HttpRequest, **signal: object) -> None:
    """Receive `user_logged_in`: the session begins to count now."""
    request.session[SEEN] = int(time.time())
