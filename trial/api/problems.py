"""The address that the `type` of a refusal leads to (RFC 9457, 4.1): the table of trial/refusals.

It holds no data; everybody may read it.
"""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from trial.refusals import CODES, Code

from .base import Problems


class KindSerializer(serializers.Serializer):
    """One kind of refusal; a word in braces is a fact of the case."""

    type = serializers.CharField(help_text="its address")
    code = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    wrong = serializers.CharField()
    remedy = serializers.CharField(allow_blank=True)


def kind(code: Code) -> dict[str, Any]:
    """Return one row of the table."""
    return {
        "type": code.address,
        "code": code.value,
        "title": code.in_words,
        "status": code.status,
        "wrong": code.wrong,
        "remedy": code.remedy,
    }


class KindsView(APIView):
    """The table of all kinds of refusals."""

    authentication_classes = ()
    permission_classes = (permissions.AllowAny,)

    @extend_schema(
        summary="every kind of refusal", auth=[], responses={200: KindSerializer(many=True)}
    )
    def get(self, request: Request) -> Response:
        """Return the whole table."""
        return Response([kind(code) for code in Code])


class KindView(APIView):
    """One row of the table."""

    authentication_classes = ()
    permission_classes = (permissions.AllowAny,)

    @extend_schema(
        summary="one kind of refusal", auth=[], responses={200: KindSerializer, 404: Problems}
    )
    def get(self, request: Request, problem: str) -> Response:
        """Return the row of one code."""
        if problem not in CODES:
            raise exceptions.NotFound
        return Response(kind(CODES[problem]))
