"""The documentation of the API as OpenAPI 3. It holds no data, and is the same to everybody."""

from copy import deepcopy
from functools import cache
from typing import Any

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

from trial.actions.saving.once import HEADER, KEY, METHODS, WITHOUT_KEY

from .base import PROBLEM_JSON

KEY_PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "a key of your own for this act: sent again, it is answered with the same, "
    "and nothing is stored twice; known for seven days",
    "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
}

READING = ("400", "401", "403", "404", "406")
WRITING = (*READING, "409", "415", "422")


# What drf-spectacular hands over beside the schema has no types.
def describe_the_key(result: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the schema with the key that each act can be sent with (decision 58)."""
    for path, operations in result["paths"].items():
        for method in METHODS:
            operation = operations.get(method.lower())
            if operation is not None and path not in WITHOUT_KEY:
                operation.setdefault("parameters", []).append(deepcopy(KEY_PARAMETER))
    return result


@cache
def rendered(renderer: type[Any]) -> bytes:
    """Return the schema as this renderer writes it.

    It follows from the code alone and takes half a second, so each process does it once a format.
    """
    schema = SchemaGenerator().get_schema(public=True)
    return bytes(renderer().render(schema, renderer_context={}))


class SchemaView(SpectacularAPIView):
    """The schema, in YAML or JSON."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        renderer = request.accepted_renderer
        media_type = str(renderer.media_type)
        if renderer.charset:
            media_type += f"; charset={renderer.charset}"
        kind: Any = type(renderer)  # the stubs hold that a class has no hash
        name = self._get_filename(request, None)
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        content = rendered(kind)
        return HttpResponse(content, content_type=media_type, headers=headers)


def declare_refusals(result: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the schema with each refusal that an operation can answer: a problem document.

    Whatever is asked, the request may be unreadable (400), without a valid token (401), of a role
    that may not (403), about nothing that is there (404), or for a format that there is none of
    (406); a body may also be of another kind than JSON (415).
    """
    problem = {"$ref": "#/components/schemas/Problems"}
    for operations in result["paths"].values():
        for method, operation in operations.items():
            declared = operation["responses"]
            for status in READING if method in ("get", "delete") else WRITING:
                if status not in declared:
                    content = {PROBLEM_JSON: {"schema": problem}}
                    declared[status] = {"content": content, "description": ""}
            operation["responses"] = dict(sorted(declared.items()))
    return result
