"""The documentation of the API as OpenAPI 3. It holds no data, and is the same to everybody."""

from functools import cache
from typing import Any

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


@cache
def written(renderer: type[BaseRenderer]) -> bytes:
    """Once in each process and format: it follows from the code alone, and takes half a second."""
    return renderer().render(SchemaGenerator().get_schema(public=True), renderer_context={})


class SchemaView(SpectacularAPIView):
    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        renderer = request.accepted_renderer
        kind = (
            f"{renderer.media_type}; charset={renderer.charset}"
            if renderer.charset
            else renderer.media_type
        )
        named = {"Content-Disposition": f'inline; filename="{self._get_filename(request, None)}"'}
        return HttpResponse(written(type(renderer)), content_type=kind, headers=named)
