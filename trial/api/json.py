"""What the API reads."""

import codecs
import json
from decimal import Decimal
from typing import Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class FlatEnough(JSONParser):
    """JSON that says one thing: no name twice, no number that is not kept as it was sent, nothing deeper than Python follows."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        encoding = (parser_context or {}).get("encoding", settings.DEFAULT_CHARSET)
        try:
            text = codecs.getreader(encoding)(stream)
            return json.load(
                text, parse_float=_as_sent, parse_constant=_no_number, object_pairs_hook=_named_once
            )
        except RecursionError as error:
            raise ParseError("It is nested too deeply.") from error
        except (ValueError, LookupError, ArithmeticError) as error:
            raise ParseError(f"JSON parse error - {error}") from error


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(named := dict(pairs)) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return named


def _as_sent(number: str) -> float:
    """A binary fraction holds some 15 digits: of more, it would silently be another number (D03)."""
    if Decimal(repr(kept := float(number))) != Decimal(number):
        raise ValueError(f"{number[:40]} is more than a number keeps: send it as text")
    return kept


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")
