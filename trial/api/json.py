"""The parser of what is sent to the API."""

import codecs
import json
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class FlatEnough(JSONParser):
    """JSON that has one meaning.

    No name stands twice, each number is kept as it was sent, and nothing is nested deeper than
    Python follows.
    """

    # JSON holds any value, and DRF names no type of the stream.
    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Return the value. Raise ParseError for any other JSON."""
        encoding = (parser_context or {}).get("encoding", settings.DEFAULT_CHARSET)
        try:
            text = codecs.getreader(encoding)(stream)
            return json.load(
                text,
                parse_float=_exact,
                parse_constant=_refuse_constant,
                object_pairs_hook=_with_each_name_once,
            )
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply.")) from error
        except (ValueError, LookupError, ArithmeticError) as error:
            sentence = _("JSON parse error - {error}")
            raise ParseError(sentence.format(error=error)) from error


def _with_each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError(_("an object has the same name twice"))
    return values


def _exact(number: str) -> float:
    """Return the number, if a binary fraction holds it.

    It holds some 15 digits: a longer one would silently become another number (D03).
    """
    value = float(number)
    if Decimal(repr(value)) != Decimal(number):
        sentence = _("{number} has more digits than a JSON number keeps: send it as text")
        raise ValueError(sentence.format(number=number[:40]))
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(_("{name} is not a number").format(name=name))
