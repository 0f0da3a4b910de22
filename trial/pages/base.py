"""The shared parts of the pages: frame, refusal on another page, reason for change."""

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from trial.access import Act
from trial.audit.acting import NOTHING, ChangeReason
from trial.models import Visit, may
from trial.refusals import NotAllowed, Refused


class PersonalRequest(HttpRequest):
    """A request of a person who has logged in."""

    user: User


REASONS = [
    ("", "———"),
    *((code.value, gettext_lazy(code.replace("_", " ").capitalize())) for code in ChangeReason),
]


# A template takes values of any type, hence `Any`.
def page(
    request: HttpRequest, template: str, status: int = 200, **context: Any
) -> TemplateResponse:
    """Return a page in the frame of the admin."""
    frame = admin.site.each_context(request)
    return TemplateResponse(request, template, frame | context, status=status)


def to_visit(visit: Visit) -> HttpResponseRedirect:
    """Return the way to the visit's line in the casebook."""
    return HttpResponseRedirect(
        reverse("casebook", args=[visit.subject.code]) + f"#visit-{visit.code}"
    )


def say(request: HttpRequest, refused: Refused) -> None:
    """Show a refusal on the page that the act leads back to.

    Answers 403 where the person may not act at all.
    """
    if isinstance(refused, NotAllowed):
        raise PermissionDenied(str(refused)) from refused
    messages.error(request, str(refused))


def button(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a view the target of a button on another page.

    It has no page of its own: who must log in first comes back to the page with the button.
    """

    @wraps(view)
    def pressed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # as the view's
        if request.user.is_authenticated:
            return require_POST(view)(request, *args, **kwargs)
        came_from = urlsplit(request.headers.get("Referer", ""))
        is_ours = came_from.netloc == request.get_host()
        return redirect_to_login(came_from.path if is_ours else reverse("start"))

    return pressed


def reason_from(sent: Mapping[str, str]) -> str:
    """Return the reason that a page sends: the code, and the person's own words after a colon."""
    code, words = sent.get("reason", ""), sent.get("reason_words", "").strip(NOTHING)
    return f"{code}: {words}" if code and words else code


def number_from(text: str) -> int:
    """Return the key or version that a page sends back; 0, which no row has, for anything else.

    >>> number_from("12"), number_from("9" * 5000), number_from("1_0"), number_from("")
    (12, 0, 0, 0)
    """
    return int(text) if re.fullmatch("[0-9]{1,18}", text) else 0


class WhyForm(forms.Form):
    """The reason for a change: a code, and the person's own words."""

    reason = forms.ChoiceField(
        choices=REASONS, required=False, label=gettext_lazy("Reason for change")
    )
    reason_words = forms.CharField(
        required=False, label=gettext_lazy("In your own words"), max_length=500
    )


def site_of(visit: Visit) -> int:
    """Return the key of the visit's site."""
    return visit.subject.site_id


def refuse_unless_reader_of_all(request: PersonalRequest, visit: Visit) -> None:
    """Answer 403 to who may not see every item, on a page that shows values."""
    if not may(request.user, Act.READ_BIRTH_MONTH, site_of(visit)):
        raise PermissionDenied
