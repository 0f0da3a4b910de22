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
from trial.accounts.second_factor import Unproven
from trial.models import may
from trial.refusals import Both, Code, Problem, Refused

M = TypeVar("M", bound=models.Model)

LONGEST_PAGE = 1000
LARGEST_KEY = 2**63 - 1
PAGING = {"after", "page_size"}
PROBLEM_JSON = "application/problem+json"
OF_STATUS = {
    400: Code.MALFORMED,
    401: Code.NOT_KNOWN,
    403: Code.NOT_ALLOWED,
    404: Code.NOT_FOUND,
    405: Code.NO_SUCH_ACT,
    415: Code.MEDIA_TYPE,
    429: Code.LOCKED_OUT,
    500: Code.FAILED,
}
"""By status, where Django or DRF refuse and say no code of ours."""
NOT_FOUND = Code.NOT_FOUND.source


class WholeNumber(serializers.IntegerField):
    """As JSON writes it, or as text in the same digits: DRF's own also takes 1_0, and digits of other scripts."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int | str) or not re.fullmatch("-?[0-9]{1,40}", str(data)):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class WrongLogin(exceptions.AuthenticationFailed):
    """The same sentence, whether the username or the password is wrong."""

    code = Code.LOGIN_WRONG
    default_detail = Code.LOGIN_WRONG.lazily()


class LockedOut(WrongLogin):
    status_code = 429
    code = Code.LOCKED_OUT
    default_detail = Code.LOCKED_OUT.lazily()


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


def told(code: Code, **facts: object) -> exceptions.ErrorDetail:
    """Return the sentence of a code as DRF keeps it."""
    return exceptions.ErrorDetail(code.sentence(**facts), code)


def malformed(*names: str, code: Code, **facts: object) -> exceptions.ValidationError:
    """Return the error that answers 400 and names what was sent."""
    return exceptions.ValidationError({name: [told(code, **facts)] for name in names})


class KnownFilters(filters.DjangoFilterBackend):
    """A filter that is misspelled is refused: left out, it would answer with everything."""

    def filter_queryset(self, request: Request, queryset: models.QuerySet[M], view: Any) -> models.QuerySet[M]:
        declared = getattr(view, "filterset_class", None)
        known = PAGING | set(declared.base_filters if declared else ())
        if unknown := sorted(set(request.query_params) - known):
            raise malformed(*unknown, code=Code.FILTER_UNKNOWN, known=", ".join(sorted(known)))
        return super().filter_queryset(request, queryset, view)


class ByAct(permissions.IsAuthenticated):
    """403 to those whose roles allow the act nowhere, whatever they sent; at which site they may is asked of what they named.

    `acts` of a view: the act of each of its actions, or methods, that writes.
    """

    message = Code.NOT_ALLOWED.lazily()

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
            raise malformed(*unknown, code=Code.FIELD_UNKNOWN)
        return super().to_internal_value(data)

    @classmethod
    def read(cls, request: Request) -> dict[str, Any]:
        """The body of the request; what is malformed answers 400 and names what is wrong."""
        given = cls(data=request.data)
        given.is_valid(raise_exception=True)
        return given.validated_data


class OneProblem(serializers.Serializer):
    item = serializers.CharField(allow_blank=True, help_text="what the problem is about; empty: the whole act")
    code = serializers.CharField()
    message = serializers.CharField()


class Problems(serializers.Serializer):
    """A refusal as RFC 9457 has it; `code`, `problems`, `codes` and `both` are extensions."""

    type = serializers.CharField(help_text="the address of the code: /api/v1/problems/stale_version/")
    title = serializers.CharField(help_text="the code in words")
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="what is wrong, and what to do")
    code = serializers.ChoiceField(choices=[(code.value, code.in_words) for code in Code], help_text="of the first problem")
    problems = OneProblem(many=True)
    codes = serializers.ListField(child=serializers.CharField(), help_text="what stands against an allocation (crf_spec 2.13)")
    both = serializers.DictField(required=False, help_text="of a stale change: the row stored, its version, each item that differs")


AS_READ = "the record's `versions_sha256`, as you read it: where something changed since, nothing is done"
REFUSALS = {(status, PROBLEM_JSON): OpenApiResponse(Problems) for status in (400, 401, 403, 404, 409, 422)}


def answer_to(error: Exception, context: Any) -> Response | None:
    """Answer in sentences for people, in one shape; whatever was written in the request is taken back."""
    if isinstance(error, Refused):
        if not isinstance(error, Unproven):
            set_rollback()
        body = shaped(error.problems, error.codes)
        return _answer(body | {"both": _both(error.both[0])} if error.both else body)
    if isinstance(error, WrongLogin):  # taken back, the failure would not be counted
        return _answer(shaped([Problem(error.code)]), {"WWW-Authenticate": error.auth_header})
    answer = exception_handler(error, context)
    if answer is None:
        return None
    headers = {name: value for name, value in answer.items() if name != "Content-Type"}
    return _answer(shaped(_problems(error, answer), status=answer.status_code), headers)


def _answer(body: dict[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status=body["status"], headers=headers, content_type=PROBLEM_JSON)


def _problems(error: Exception, answer: Response) -> list[Problem]:
    if answer.status_code in (401, 404, 415):
        return [Problem(OF_STATUS[answer.status_code])]
    if isinstance(error, exceptions.ParseError):
        return [Problem(Code.MALFORMED, facts={"sentence": f"{Code.MALFORMED.sentence()} {error.detail}"})]
    return list(_flat(answer.data, usual=OF_STATUS.get(answer.status_code, Code.REFUSED)))


def _flat(data: Any, item: str = "", *, usual: Code) -> Iterator[Problem]:
    """Yield a problem for each of nested errors: `rows.results.0.unit`."""
    if isinstance(data, dict):
        for name, inner in data.items():
            outer = item if name in ("detail", "non_field_errors") else f"{item}.{name}".lstrip(".")
            yield from _flat(inner, outer, usual=usual)
    elif isinstance(data, list) and any(isinstance(inner, (dict, list)) for inner in data):
        for number, inner in enumerate(data):
            yield from _flat(inner, f"{item}.{number}", usual=usual)
    else:
        for sentence in data if isinstance(data, list) else [data]:
            yield Problem(_code_of(sentence, usual), item, {"sentence": sentence})


def _code_of(sentence: Any, usual: Code) -> Code:
    """Return the code that a detail of DRF's knows, or the usual one of its status."""
    code = getattr(sentence, "code", "")
    if code == "required":
        return Code.FIELD_MISSING
    return code if isinstance(code, Code) else usual


def shaped(problems: Sequence[Problem], codes: Sequence[str] = (), *, status: int | None = None) -> dict[str, Any]:
    """Return the body of every refusal (RFC 9457, section 3). The first problem gives type, title and status."""
    code = problems[0].code
    each = [{"item": _printable(item), "code": problem.code.value, "message": _printable(sentence)}
            for problem in problems for item, sentence in [problem]]  # fmt: skip
    names_items = code.status == 400
    detail = " ".join(f"{one['item']}: {one['message']}" if one["item"] and names_items else one["message"] for one in each)
    return {
        "type": code.address,
        "title": code.in_words,
        "status": status or code.status,
        "detail": detail,
        "code": code.value,
        "problems": each,
        "codes": list(codes),
    }


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
