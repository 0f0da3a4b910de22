"""A person who has failed to log in too often waits: django-axes counts, the sentence is ours."""

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from trial.refusals import Code


def address_of(request: HttpRequest) -> str:
    """Return the address that a request comes from.

    Behind a proxy it is the last entry of X-Forwarded-For, the proxy's own; anybody may have sent
    the entries before it.
    """
    forwarded = (
        request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    )
    last = str(forwarded).rpartition(",")[2].strip()
    return last or str(request.META.get("REMOTE_ADDR", ""))


def answer(
    request: HttpRequest,
    original: HttpResponse | None = None,
    credentials: dict[str, str] | None = None,
) -> HttpResponse:
    """Return the page that tells a person to wait.

    A program keeps the answer that the API has given already.
    """
    if request.path.startswith("/api/") and original is not None:
        return original
    context = {"wait": Code.LOCKED_OUT.sentence(), "title": _("Locked out")}
    return render(request, "casebook/locked_out.html", context, status=429)


def is_locked_out(request: HttpRequest, username: str) -> bool:
    """Return whether this person, at this address, has to wait."""
    return not AxesProxyHandler.is_allowed(request, {"username": username})


def begin_anew(request: HttpRequest, username: str) -> None:
    """Forget the failures of a person at this address who has shown all that is asked of them
    (AXES_LOCKOUT_PARAMETERS).
    """
    AccessAttempt.objects.filter(username=username, ip_address=address_of(request)).delete()
