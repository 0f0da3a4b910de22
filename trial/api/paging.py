"""The pages of the API's lists and of its history, and the numbers that an address holds."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from rest_framework import exceptions, serializers
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from trial.refusals import Code

LONGEST_PAGE = 1000
USUAL_PAGE = 100
LARGEST_KEY = 2**63 - 1
PAGE_SIZE = "page_size"

# What is sent, and what DRF's hooks are given beside the request, has any type: hence `Any`.


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
