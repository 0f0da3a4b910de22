"""The numbers of items: read from what was typed, and written as people write them."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from trial.protocol.typed import numbers
from trial.refusals import Code, impossible

FAULTS = {
    numbers.Fault.COMMA: Code.NUMBER_WITH_COMMA,
    numbers.Fault.COMPARATOR: Code.NUMBER_WITH_COMPARATOR,
    numbers.Fault.BARE_POINT: Code.NUMBER_WITH_BARE_POINT,
    numbers.Fault.UNREADABLE: Code.NUMBER_UNREADABLE,
}
LONGEST_QUOTE = 40


def number_typed(field: Any, text: str) -> Decimal | int:
    """Return the number that was typed, as a value of the item's field.

    Nothing is rounded: a number with more places than the item's is left to the field, which
    refuses it. Raises ValidationError for anything that is no number.
    """
    try:
        number = numbers.parse(text)
    except numbers.NotANumber as error:
        raise _refusal(FAULTS[error.fault], text) from error
    if isinstance(field, models.DecimalField):
        return with_places(number, field.decimal_places)
    if "." in numbers.narrowed(text):
        raise _refusal(Code.NUMBER_NOT_WHOLE, text)
    return int(number)


def with_places(number: Decimal, places: int) -> Decimal:
    """Return the number with as many places as the item has; a longer one stays as it is.

    >>> with_places(Decimal("1E+2"), 1), with_places(Decimal("70.55"), 1)
    (Decimal('100.0'), Decimal('70.55'))
    """
    integer, _, decimals = f"{number:f}".partition(".")
    if len(decimals) > places:
        return number
    return Decimal(f"{integer}.{decimals.ljust(places, '0')}" if places else integer)


def fixed_point(number: Decimal) -> str:
    """Return the number in digits, without an exponent.

    >>> fixed_point(Decimal("1.0E+2")), fixed_point(Decimal("0E+24")), fixed_point(Decimal("1E-7"))
    ('100', '0', '0.0000001')
    """
    return f"{number:f}" if number else f"{number.copy_abs().normalize():f}"


def _refusal(code: Code, text: str) -> ValidationError:
    quote = text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
    return impossible(code, text=quote)
