"""The answers where no view answers, or a view failed.

People read a page; under /api/ the answer is the JSON of every other refusal.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from trial.refusals import Code, Problem

from .base import PROBLEM_JSON
from .refusals import refusal_body


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _to_program(request, Code.MALFORMED) or defaults.bad_request(request, exception)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _to_program(request, Code.NOT_ALLOWED) or defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _to_program(request, Code.NOT_FOUND) or defaults.page_not_found(request, exception)


# Django names no type of what it may hand on.
def failed(request: HttpRequest, **more: Any) -> HttpResponse:
    return _to_program(request, Code.FAILED) or defaults.server_error(request, **more)


def _to_program(request: HttpRequest, code: Code) -> HttpResponse | None:
    """Return the JSON of a refusal under /api/, None elsewhere."""
    if not request.path.startswith("/api/"):
        return None
    body = refusal_body([Problem(code)])
    return JsonResponse(body, status=code.status, content_type=PROBLEM_JSON)
