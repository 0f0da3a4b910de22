"""The shared parts of the API's addresses: pages by key, filters, scope, request bodies.

Answers to refusals are in trial/api/refusals.py.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError as DjangoError
from django.db import models
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse
from rest_framework import exceptions, permissions, serializers, viewsets
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from trial.access import Act
from trial.accounts.person import person_of
from trial.fields import day_typed
from trial.models import may
from trial.refusals import Code

M = TypeVar("M", bound=models.Model)

LONGEST_PAGE = 1000
USUAL_PAGE = 100
LARGEST_KEY = 2**63 - 1
PAGE_SIZE = "page_size"
PROBLEM_JSON = "application/problem+json"
NOT_FOUND = Code.NOT_FOUND.source

# What is sent, and what DRF's hooks are given beside the request, has any type: it is `Any` here
# and in the other files of this folder.


class WholeNumber(serializers.IntegerField):
    """A whole number as JSON writes it, or as text in the same digits.

    DRF's own field also takes 1_0, and digits of other scripts.
    """

    def to_internal_value(self, data: Any) -> int:
        """Return the number. Fail for anything but an int or its digits as text."""
        is_plain = isinstance(data, int | str) and not isinstance(data, bool)
        if not is_plain or not re.fullmatch("-?[0-9]{1,40}", str(data)):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class TypedDay(serializers.DateField):
    """A day as text: in ISO 8601, or in another spelling that has one meaning (crf_spec 0.3).

    What counts from today or from a visit is for pages alone.
    """

    def to_internal_value(self, value: Any) -> Any:
        """Return the day. Raises ValidationError for anything else."""
        if not isinstance(value, str):
            return super().to_internal_value(value)
        try:
            return day_typed(value)
        except DjangoError as error:
            raise exceptions.ValidationError(error.messages) from error


class WrongLogin(exceptions.AuthenticationFailed):
    """A wrong login: one sentence for a wrong username and for a wrong password."""

    code = Code.LOGIN_WRONG
    default_detail = Code.LOGIN_WRONG.lazily()
    auth_header: str  # DRF sets it before it answers


class LockedOut(WrongLogin):
    """A login after too many failed ones."""

    status_code = 429
    code = Code.LOCKED_OUT
    default_detail = Code.LOCKED_OUT.lazily()


class ByKey(BasePagination):
    """Pages by key, to read a list: what is entered meanwhile moves no row to another page.

    Keys are given before commit and say nothing about order. So the `cursor` leads from page to
    page of one reading, and no list tells where to go on another day: whoever asks for what is new
    asks the history by ledger number (docs/decisions/0058).
    """

    place = "cursor"
    place_in_words = "as the link to the next page has it; it is no way to ask for what is new"

    @property
    def parameters(self) -> frozenset[str]:
        """Return the names of the parameters of paging."""
        return frozenset({self.place, PAGE_SIZE})

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """Return the rows of the page that the address asks for. Answer 400 to a wrong number."""
        size = whole_number(request, PAGE_SIZE, default=USUAL_PAGE, lowest=1, highest=LONGEST_PAGE)
        after = self.read_place(request)
        rows = list(queryset.filter(pk__gt=after).order_by("pk")[: size + 1])
        page = rows[:size]
        self.request = request
        self.goes_on = len(rows) > size
        self.last = page[-1].pk if page else after
        return page

    def read_place(self, request: Request) -> int:
        """Return the key after which the page begins. Answer 400 to a cursor that is none."""
        cursor = request.query_params.get(self.place)
        if cursor is None:
            return 0
        try:
            match = re.fullmatch(r"key:([0-9]{1,18})", urlsafe_b64decode(cursor).decode())
        except ValueError:
            match = None
        if match is None:
            raise malformed(self.place, code=Code.CURSOR_UNREADABLE)
        return int(match[1])

    def place_after(self, key: int) -> str:
        """Return where the page after this key begins."""
        return urlsafe_b64encode(f"key:{key}".encode()).decode()

    def next_page(self) -> str | None:
        """Return the address of the next page; None on the last."""
        if not self.goes_on:
            return None
        address = self.request.build_absolute_uri()
        return str(replace_query_param(address, self.place, self.place_after(self.last)))

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next_page(), "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {
            "type": "string",
            "format": "uri",
            "nullable": True,
            "description": "the next page; null on the last",
        }
        shape = {"next": link, "results": schema}
        return {"type": "object", "required": list(shape), "properties": shape}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        size = f"how many, up to {LONGEST_PAGE}; {USUAL_PAGE} if you say nothing"
        kind = "string" if self.place == ByKey.place else "integer"
        return [
            _parameter(self.place, self.place_in_words, kind),
            _parameter(PAGE_SIZE, size, "integer"),
        ]


class ByLedgerNumber(ByKey):
    """Pages of the ledger, whose numbers are given at commit: the way to ask for what is new.

    `last` is where to go on, also another day: nothing is missed, and nothing comes twice.
    """

    place = "after"
    place_in_words = "the last ledger number that you have; begin with 0"

    def read_place(self, request: Request) -> int:
        """Return the number after which the page begins. Answer 400 to what is no number."""
        return whole_number(request, self.place, default=0, lowest=0, highest=LARGEST_KEY)

    def place_after(self, key: int) -> str:
        return str(key)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next_page(), "last": self.last, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        shape = super().get_paginated_response_schema(schema)
        last = {
            "type": "integer",
            "description": "the last number of this page: what to send as `after` to go on",
        }
        properties = shape["properties"] | {"last": last}
        return shape | {"required": list(properties), "properties": properties}


def _parameter(name: str, description: str, kind: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": {"type": kind},
    }


def whole_number(request: Request, name: str, *, default: int, lowest: int, highest: int) -> int:
    """Return a number in the address. Answer 400 where it is none, or out of its limits."""
    field = WholeNumber(min_value=lowest, max_value=highest)
    try:
        return int(field.run_validation(request.query_params.get(name, default)))
    except exceptions.ValidationError as error:
        raise exceptions.ValidationError({name: error.detail}) from error


def detail_of(code: Code, **facts: object) -> exceptions.ErrorDetail:
    """Return the sentence of a code as DRF keeps it."""
    return exceptions.ErrorDetail(code.sentence(**facts), code)


def malformed(*names: str, code: Code, **facts: object) -> exceptions.ValidationError:
    """Return the error that answers 400 and names what was sent."""
    return exceptions.ValidationError({name: [detail_of(code, **facts)] for name in names})


def paging_of(view: Any) -> frozenset[str]:
    """Return the names of the parameters by which a view is paged."""
    paginator = getattr(view, "paginator", None)
    return frozenset() if paginator is None else paginator.parameters


class KnownFilters(filters.DjangoFilterBackend):
    """A filter that is misspelled is refused: left out, it would answer with everything."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        declared = getattr(view, "filterset_class", None)
        names = paging_of(view) | set(declared.base_filters if declared else ())
        if unknown := sorted(set(request.query_params) - names):
            raise malformed(*unknown, code=Code.FILTER_UNKNOWN, known=", ".join(sorted(names)))
        return super().filter_queryset(request, queryset, view)


class ByAct(permissions.IsAuthenticated):
    """403 to those whose roles allow the act nowhere, whatever they sent.

    The action itself judges the site. `acts` of a view: the act of each of its actions, or methods,
    that writes.
    """

    message = Code.NOT_ALLOWED.lazily()

    def has_permission(self, request: Request, view: Any) -> bool:
        name = getattr(view, "action", None) or request.method
        act = getattr(view, "acts", {}).get(name)
        is_known = super().has_permission(request, view)
        return is_known and (act is None or may(request.user, act))


class Visible(viewsets.GenericViewSet):
    """The rows that the person's roles let them read; any other answers 404, as if it were none."""

    model: type[Any]
    related: Sequence[str] = ()
    pagination_class = ByKey  # not in the settings: they are read while this module is imported
    acts: Mapping[str, Act] = {}
    permission_classes = [ByAct]
    filter_backends = [KnownFilters]

    @property
    def by(self) -> User:
        """Return the person who asks."""
        return person_of(self.request)

    @property
    def draws_schema(self) -> bool:
        """Return whether drf-spectacular asks, for the documentation: it comes without a person."""
        return getattr(self, "swagger_fake_view", False)

    def get_queryset(self) -> models.QuerySet[Any]:
        if self.draws_schema:
            return self.model.objects.none()
        rows: models.QuerySet[Any] = self.model.objects.visible_to(self.by)
        return rows.select_related(*self.related).order_by("pk")


def visible_or_404(rows: models.QuerySet[M], **where: Any) -> M:
    """Return the only such row of those in the person's scope; answer 404 where there is none."""
    row = rows.filter(**where).first()
    if row is None:
        raise exceptions.NotFound
    return row


class Strict(serializers.Serializer):
    """A body with the fields that are named here, and no others.

    A value under any other name is refused, not ignored.
    """

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise malformed(*unknown, code=Code.FIELD_UNKNOWN)
        return super().to_internal_value(data)

    @classmethod
    def from_request(cls, request: Request) -> dict[str, Any]:
        """Return the values of the request's body. Answer 400, with the names of what is wrong."""
        body = cls(data=request.data)
        body.is_valid(raise_exception=True)
        values: dict[str, Any] = body.validated_data
        return values


def words_field() -> serializers.CharField:
    """Return the field of a person's own words."""
    return serializers.CharField(max_length=500, allow_blank=True)


class OneProblem(serializers.Serializer):
    item = serializers.CharField(
        allow_blank=True, help_text="what the problem is about; empty: the whole act"
    )
    code = serializers.CharField()
    message = serializers.CharField()


class Problems(serializers.Serializer):
    """A refusal as RFC 9457 has it; `code`, `problems`, `codes` and `both` are extensions."""

    type = serializers.CharField(
        help_text="the address of the code: /api/v1/problems/stale_version/"
    )
    title = serializers.CharField(help_text="the code in words")
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="what is wrong, and what to do")
    code = serializers.ChoiceField(
        choices=[(code.value, code.in_words) for code in Code], help_text="of the first problem"
    )
    problems = OneProblem(many=True)
    codes = serializers.ListField(
        child=serializers.CharField(), help_text="what stands against an allocation (crf_spec 2.13)"
    )
    both = serializers.DictField(
        required=False,
        help_text="of a stale change: the row stored, its version, each item that differs",
    )


AS_READ = (
    "the record's `versions_sha256`, as you read it: where something changed since, nothing is done"
)
REFUSALS = {
    (status, PROBLEM_JSON): OpenApiResponse(Problems) for status in (400, 401, 403, 404, 409, 422)
}
