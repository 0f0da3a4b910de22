"""What is said where no view answers, or one failed: a page to people, under /api/ the JSON of every other refusal."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from trial.api.base import CODES, NOT_FOUND, shaped


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _said(request, 400, "What was sent cannot be read.") or defaults.bad_request(request, exception)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _said(request, 403, "Your role does not allow this.") or defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _said(request, 404, NOT_FOUND) or defaults.page_not_found(request, exception)


def failed(request: HttpRequest, **more: Any) -> HttpResponse:
    said = "Casebook failed here. Look whether it was stored before you send it again; the log tells the administrator why."
    return _said(request, 500, said) or defaults.server_error(request, **more)


def _said(request: HttpRequest, status: int, sentence: str) -> HttpResponse | None:
    return JsonResponse(shaped(CODES[status], [("", sentence)]), status=status) if request.path.startswith("/api/") else None
