"""Setup and people are administered only in a session that has shown a second factor (A06)."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import ResolverMatch, reverse
from django.utils.translation import gettext as _

from trial.access import Act
from trial.accounts.second_factor import is_enrolled
from trial.models import sites_where


class SecondFactorForAdministration:
    """Sends an administrator, and a superuser, to the code or to the page where a second factor is
    set up.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    # Any: Django hands over whatever the address names, and the arguments of that view.
    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Return where the person is sent to, or None where nothing is missing."""
        person = request.user
        if not _administers(getattr(view, "model_admin", None), request.resolver_match):
            return None
        if not person.is_authenticated or has_shown_a_code(person) or not _may_administer(person):
            return None
        if not is_enrolled(person):
            messages.warning(
                request, _("Administration takes a second factor. Set it up here first.")
            )
            return HttpResponseRedirect(reverse("account"))
        return HttpResponseRedirect(
            f"{reverse('account-code')}?{urlencode({'next': request.get_full_path()})}"
        )


def has_shown_a_code(person: User) -> bool:
    """Return whether the session has shown a second factor. django-otp's middleware adds the
    method.
    """
    return bool(person.is_verified())  # type: ignore[attr-defined]


def _administers(model_admin: object, address: ResolverMatch | None) -> bool:
    """Return whether the page administers setup or people.

    The page that sets a person's password names no `model_admin`; it, and whatever else Django
    adds, is known by the name of its address.
    """
    if getattr(model_admin, "administers", False):
        return True
    return (
        address is not None
        and "admin" in address.app_names
        and (address.url_name or "").startswith("auth_")
    )


def _may_administer(person: User) -> bool:
    return person.is_superuser or any(
        None in sites_where(person, act) for act in (Act.SET_UP, Act.MANAGE_PEOPLE)
    )
