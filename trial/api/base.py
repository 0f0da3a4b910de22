"""The shared parts of the API's addresses: filters, scope, request bodies.

Pages are in trial/api/paging.py, answers to refusals in trial/api/refusals.py.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError as DjangoError
from django.db import models
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse
from rest_framework import exceptions, permissions, serializers, viewsets
from rest_framework.request import Request

from trial.access import Act
from trial.accounts.person import person_of
from trial.fields import day_typed
from trial.models import may
from trial.refusals import Code

from .paging import (
    ByKey,
    ByLedgerNumber,
    WholeNumber,
    detail_of,
    malformed,
    paging_of,
    whole_number,
)

__all__ = [
    "AS_READ",
    "NOT_FOUND",
    "PROBLEM_JSON",
    "REFUSALS",
    "ByAct",
    "ByLedgerNumber",
    "KnownFilters",
    "LockedOut",
    "Problems",
    "Strict",
    "TypedDay",
    "TypedDayFilter",
    "Visible",
    "WholeNumber",
    "WrongLogin",
    "detail_of",
    "malformed",
    "visible_or_404",
    "whole_number",
    "words_field",
]

M = TypeVar("M", bound=models.Model)

PROBLEM_JSON = "application/problem+json"
NOT_FOUND = Code.NOT_FOUND.source

# What is sent, and what DRF's hooks are given beside the request, has any type: it is `Any` here
# and in the other files of this folder.


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


class KnownFilters(filters.DjangoFilterBackend):
    """A filter that is misspelled, sent twice or ill-typed is refused.

    Left out in silence, it would answer with everything.
    """

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        declared = getattr(view, "filterset_class", None)
        kinds = declared.base_filters if declared else {}
        names = paging_of(view) | set(kinds)
        if unknown := sorted(set(request.query_params) - names):
            raise malformed(*unknown, code=Code.FILTER_UNKNOWN, known=", ".join(sorted(names)))
        for name, texts in sorted(request.query_params.lists()):
            if len(texts) > 1:
                raise malformed(name, code=Code.FILTER_REPEATED)
            if name in kinds and (takes := _not_taken(kinds[name], texts[0])):
                raise malformed(name, code=Code.FILTER_UNREADABLE, takes=takes)
        return super().filter_queryset(request, queryset, view)


def _not_taken(kind: Any, text: str) -> str:
    """Return what a filter takes, where the text is none; empty text where it is one.

    Choices and points in time are judged by their own fields.
    """
    if isinstance(kind, filters.BooleanFilter):
        return "" if text.lower() in ("true", "false") else _("true or false")
    if isinstance(kind, filters.NumberFilter):
        is_key = text.isascii() and text.isdecimal()
        return "" if is_key else _("a whole number")
    return "" if text.strip() else _("a value")


class _TypedDayInput(forms.DateField):
    def to_python(self, value: Any) -> Any:
        return day_typed(value) if isinstance(value, str) and value.strip() else None


class TypedDayFilter(filters.DateFilter):
    """A filter by a day, in any spelling that has one meaning (crf_spec 0.3)."""

    field_class = _TypedDayInput


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
