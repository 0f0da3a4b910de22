"""What every address of the API shares: pages that stay in place, filters, answers to refusals, and what scope leaves."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse
from rest_framework import exceptions, permissions, serializers, viewsets
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import exception_handler, set_rollback

from trial.access import Act
from trial.accounts.locked_out import WAIT
from trial.accounts.second_factor import Unproven
from trial.models import may
from trial.refusals import Both, Refused

M = TypeVar("M", bound=models.Model)

LONGEST_PAGE = 1000
LARGEST_KEY = 2**63 - 1
PAGING = {"after", "page_size"}
CODES = {400: "malformed", 401: "not_known", 403: "not_allowed", 404: "not_found", 405: "no_such_act", 429: "locked_out", 500: "failed"}
NOT_KNOWN = "Send a token that is known and has not ended, as “Authorization: Token …”. A new one is given at /api/v1/token/."
NOT_FOUND = "There is nothing here that you may see."


class WholeNumber(serializers.IntegerField):
    """As JSON writes it, or as text in the same digits: DRF's own also takes 1_0, and digits of other scripts."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int | str) or not re.fullmatch("-?[0-9]{1,40}", str(data)):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class WrongLogin(exceptions.AuthenticationFailed):
    """The same sentence, whether the username or the password is wrong."""

    default_detail = "Username or password is wrong."


class LockedOut(WrongLogin):
    status_code = 429
    default_detail = WAIT


class ByKey(BasePagination):
    """Pages by key: what is entered meanwhile moves nothing to another page, so nothing is missed and nothing comes twice.

    `after` is the last key that the reader has; `last` says it again at the end, to go on from there another day.
    """

    def paginate_queryset(self, queryset: models.QuerySet[M], request: Request, view: Any = None) -> list[M]:
        size = whole_number(request, "page_size", default=100, lowest=1, highest=LONGEST_PAGE)
        self.request, self.last = request, whole_number(request, "after", default=0, lowest=0, highest=LARGEST_KEY)
        found = list(queryset.filter(pk__gt=self.last).order_by("pk")[: size + 1])
        self.goes_on, page = len(found) > size, found[:size]
        if page:
            self.last = page[-1].pk
        return page

    def get_paginated_response(self, data: Any) -> Response:
        link = replace_query_param(self.request.build_absolute_uri(), "after", self.last) if self.goes_on else None
        return Response({"next": link, "last": self.last, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True, "description": "the next page; null on the last"}
        last = {"type": "integer", "description": "the last key of this page: what to send as `after` to go on"}
        shape = {"next": link, "last": last, "results": schema}
        return {"type": "object", "required": list(shape), "properties": shape}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        said = {"after": "the last key that you have; begin with 0", "page_size": f"how many, up to {LONGEST_PAGE}; 100 if you say nothing"}
        return [
            {"name": name, "in": "query", "required": False, "description": text, "schema": {"type": "integer"}}
            for name, text in said.items()
        ]  # fmt: skip


def whole_number(request: Request, name: str, *, default: int, lowest: int, highest: int) -> int:
    """A number in the address; what is none answers 400."""
    field = WholeNumber(min_value=lowest, max_value=highest)
    try:
        return int(field.run_validation(request.query_params.get(name, default)))
    except exceptions.ValidationError as error:
        raise exceptions.ValidationError({name: error.detail}) from error


class KnownFilters(filters.DjangoFilterBackend):
    """A filter that is misspelled is refused: left out, it would answer with everything."""

    def filter_queryset(self, request: Request, queryset: models.QuerySet[M], view: Any) -> models.QuerySet[M]:
        declared = getattr(view, "filterset_class", None)
        known = PAGING | set(declared.base_filters if declared else ())
        if unknown := sorted(set(request.query_params) - known):
            raise exceptions.ValidationError({name: [f"There is no such filter. Known: {', '.join(sorted(known))}."] for name in unknown})
        return super().filter_queryset(request, queryset, view)


class ByAct(permissions.IsAuthenticated):
    """403 to those whose roles allow the act nowhere, whatever they sent; at which site they may is asked of what they named.

    `acts` of a view: the act of each of its actions, or methods, that writes.
    """

    message = "Your role does not allow this."

    def has_permission(self, request: Request, view: Any) -> bool:
        act = getattr(view, "acts", {}).get(getattr(view, "action", None) or request.method)
        return super().has_permission(request, view) and (act is None or may(request.user, act))


class Visible(viewsets.GenericViewSet):
    """Only what the person's roles let them read; the rest answers 404, as what does not exist does."""

    model: type[Any]
    related: Sequence[str] = ()
    pagination_class = ByKey  # here, not in the settings: they are read while this module is imported
    acts: Mapping[str, Act] = {}
    permission_classes = [ByAct]
    filter_backends = [KnownFilters]

    def get_queryset(self) -> models.QuerySet[Any]:
        return self.model.objects.visible_to(self.request.user).select_related(*self.related).order_by("pk")


def visible_or_404(rows: models.QuerySet[M], **where: Any) -> M:
    """The one row; 404 where there is none, or none in the person's scope."""
    found = rows.filter(**where).first()
    if found is None:
        raise exceptions.NotFound
    return found


class Strict(serializers.Serializer):
    """What is sent holds the keys that are asked for, and no others (a value that is not asked for is not taken, and not ignored)."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise exceptions.ValidationError({name: ["This is not asked for here."] for name in unknown})
        return super().to_internal_value(data)

    @classmethod
    def read(cls, request: Request) -> dict[str, Any]:
        """The body of the request; what is malformed answers 400 and names what is wrong."""
        given = cls(data=request.data)
        given.is_valid(raise_exception=True)
        return given.validated_data


class Problems(serializers.Serializer):
    """How every refusal reads: its code, a sentence for people, and each problem with the item that it is about."""

    code = serializers.CharField()
    detail = serializers.CharField()
    problems = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))
    codes = serializers.ListField(child=serializers.CharField())
    both = serializers.DictField(required=False, help_text="of a stale change: the row stored, its version, each item that differs")


AS_READ = "the record's `versions_sha256`, as you read it: where something changed since, nothing is done"
REFUSALS = {code: OpenApiResponse(Problems) for code in (400, 401, 403, 404, 409, 422)}


def answer_to(error: Exception, context: Any) -> Response | None:
    """Sentences for people, in one shape; whatever was written in the request is taken back."""
    if isinstance(error, Refused):
        if not isinstance(error, Unproven):
            set_rollback()
        told = shaped(error.code, error.problems, error.codes)
        if error.both:
            told |= {"both": _both(error.both[0])}
        return Response(told, status=error.status)
    if isinstance(error, WrongLogin):  # taken back, the failure would not be counted
        told = shaped(CODES[error.status_code], [("", str(error.detail))], [])
        return Response(told, status=error.status_code, headers={"WWW-Authenticate": error.auth_header})
    answer = exception_handler(error, context)
    if answer is not None:
        answer.data = shaped(CODES.get(answer.status_code, "refused"), _problems(error, answer), [])
    return answer


def _problems(error: Exception, answer: Response) -> list[tuple[str, str]]:
    if answer.status_code == 401:
        return [("", NOT_KNOWN)]
    if answer.status_code == 404:
        return [("", NOT_FOUND)]
    if isinstance(error, exceptions.ParseError):
        return [("", f"What was sent cannot be read. {error.detail}")]
    return list(_flat(answer.data))


def _flat(data: Any, item: str = "") -> Iterator[tuple[str, str]]:
    """(item, sentence) of nested errors: `rows.results.0.unit`."""
    if isinstance(data, dict):
        for name, inner in data.items():
            outer = item if name in ("detail", "non_field_errors") else f"{item}.{name}".lstrip(".")
            yield from _flat(inner, outer)
    elif isinstance(data, list) and any(isinstance(inner, (dict, list)) for inner in data):
        for number, inner in enumerate(data):
            yield from _flat(inner, f"{item}.{number}")
    elif isinstance(data, list):
        yield from ((item, str(sentence)) for sentence in data)
    else:
        yield item, str(data)


def shaped(code: str, problems: Sequence[tuple[str, str]], codes: Sequence[str] = ()) -> dict[str, Any]:
    """The body of every refusal."""
    problems = [(_printable(item), _printable(sentence)) for item, sentence in problems]
    told = " ".join(f"{item}: {sentence}" if item and code == "malformed" else sentence for item, sentence in problems)
    return {"code": code, "detail": told, "problems": [{"item": item, "message": m} for item, m in problems], "codes": list(codes)}


def _both(both: Both) -> dict[str, Any]:
    items = {name: {"yours": _plain(yours), "stored": _plain(stored)} for name, (yours, stored) in both.items.items()}
    return {"id": both.row, "version": both.version, "items": items}


def _plain(value: Any) -> Any:
    """As the API says values: numbers of items as text, references by id."""
    if isinstance(value, models.Model):
        return value.pk
    return f"{value:f}" if isinstance(value, Decimal) else value


def _printable(text: str) -> str:
    """What was sent may be said back, though it cannot be written in UTF-8."""
    return text.encode(errors="replace").decode()
