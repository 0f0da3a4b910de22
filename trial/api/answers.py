"""What is said where no view answers, or one failed: a page to people, under /api/ the JSON of every other refusal."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from trial.api.base import PROBLEM_JSON, shaped
from trial.refusals import Code, Problem


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _said(request, Code.MALFORMED) or defaults.bad_request(request, exception)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _said(request, Code.NOT_ALLOWED) or defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _said(request, Code.NOT_FOUND) or defaults.page_not_found(request, exception)


def failed(request: HttpRequest, **more: Any) -> HttpResponse:
    return _said(request, Code.FAILED) or defaults.server_error(request, **more)


def _said(request: HttpRequest, code: Code) -> HttpResponse | None:
    if not request.path.startswith("/api/"):
        return None
    return JsonResponse(shaped([Problem(code)]), status=code.status, content_type=PROBLEM_JSON)
