"""What the pages share: the frame, the words of a refusal, the button of another page, the reason that a page sends."""

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from trial.access import Act
from trial.actions.entry import ChangeReason
from trial.audit.acting import NOTHING
from trial.models import Visit, may
from trial.refusals import NotAllowed, Refused

REASONS = [("", "———"), *((code.value, code.replace("_", " ").capitalize()) for code in ChangeReason)]


def page(request: HttpRequest, template: str, status: int = 200, **context: Any) -> TemplateResponse:
    """A page in the frame of the admin."""
    return TemplateResponse(request, template, admin.site.each_context(request) | context, status=status)


def say(request: HttpRequest, refused: Refused) -> None:
    """On the page that the act leads back to; whoever may not act at all is answered 403."""
    if isinstance(refused, NotAllowed):
        raise PermissionDenied(str(refused)) from refused
    messages.error(request, str(refused))


def button(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What a button on another page posts to. It has no page of its own: who logs in first comes back to that other one."""

    @wraps(view)
    def pressed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return require_POST(view)(request, *args, **kwargs)
        came_from = urlsplit(request.headers.get("Referer", ""))
        is_ours = came_from.netloc == request.get_host()
        return redirect_to_login(came_from.path if is_ours else reverse("start"))

    return pressed


def reason_told(sent: Mapping[str, Any]) -> str:
    """The reason that a page sends: the code, and the words after a colon."""
    code, words = sent.get("reason", ""), sent.get("reason_words", "").strip(NOTHING)
    return f"{code}: {words}" if code and words else code


def number_told(text: str) -> int:
    """A key or version that a page sends back; 0, which nothing has, where it is none.

    >>> number_told("12"), number_told("9" * 5000), number_told("1_0"), number_told("")
    (12, 0, 0, 0)
    """
    return int(text) if re.fullmatch("[0-9]{1,18}", text) else 0


class WhyForm(forms.Form):
    """Why something changes: a code, and words of one's own."""

    reason = forms.ChoiceField(choices=REASONS, required=False, label="Reason for change")
    reason_words = forms.CharField(required=False, label="In your own words", max_length=500)


def site_of(visit: Visit) -> int:
    return visit.subject.site_id


def refuse_unless_reader_of_all(request: HttpRequest, visit: Visit) -> None:
    """These pages show values; they are not for those who may not see every item."""
    if not may(request.user, Act.READ_BIRTH_MONTH, site_of(visit)):
        raise PermissionDenied
