"""Setup and people are administered only by who has shown a second factor in this session (A06)."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import ResolverMatch, reverse

from trial.access import Act
from trial.accounts.second_factor import is_enrolled
from trial.models import sites_where


class SecondFactorForAdministration:
    """Sends an administrator, and a superuser, to the code or to the page where a second factor is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        page = getattr(view, "model_admin", None)
        if not _administers(page, request.resolver_match) or not request.user.is_authenticated:
            return None
        if request.user.is_verified() or not _may(request.user):
            return None
        if not is_enrolled(request.user):
            messages.warning(request, "Administration takes a second factor. Set it up here first.")
            return HttpResponseRedirect(reverse("account"))
        return HttpResponseRedirect(f"{reverse('account-code')}?{urlencode({'next': request.get_full_path()})}")


def _administers(page: Any, at: ResolverMatch) -> bool:
    """The page that sets a person's password names no page of the admin; whatever else Django adds there is among these."""
    return getattr(page, "administers", False) or ("admin" in at.app_names and (at.url_name or "").startswith("auth_"))


def _may(user: Any) -> bool:
    return user.is_superuser or None in sites_where(user, Act.SET_UP) or None in sites_where(user, Act.MANAGE_PEOPLE)
