"""Who has failed to log in too often waits: the count is django-axes', the sentence ours."""

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from trial.refusals import Code


def address_of(request: HttpRequest) -> str:
    """Where a request comes from. Behind a proxy, its own entry counts, the last; what stands before it, anybody may have sent."""
    passed_on = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return passed_on.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def answer(request: HttpRequest, original: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """A page for people; to a program, the API has answered already."""
    if request.path.startswith("/api/") and original is not None:
        return original
    return render(request, "casebook/locked_out.html", {"wait": Code.LOCKED_OUT.sentence(), "title": "Locked out"}, status=429)


def is_locked_out(request: HttpRequest, username: str) -> bool:
    return not AxesProxyHandler.is_allowed(request, {"username": username})


def begin_anew(request: HttpRequest, username: str) -> None:
    """The person has proven themselves, as far as is asked of them: their failures from here count no more (AXES_LOCKOUT_PARAMETERS)."""
    AccessAttempt.objects.filter(username=username, ip_address=address_of(request)).delete()
