"""Laboratory results as reported, and the conclusions that they allow (crf_spec 2.10).

A laboratory may report the end of its measuring range ("<5"). The comparator is kept, and decides
only what it can decide.
"""

import re
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from trial.protocol.kleene import Truth
from trial.protocol.sentence import Sentence
from trial.protocol.typed import numbers


class Comparator(StrEnum):
    """The sign before a reported number."""

    EXACT = ""
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="


class Reported(NamedTuple):
    """A number with its comparator; the unit is the caller's."""

    comparator: Comparator
    value: Decimal

    def __str__(self) -> str:
        return f"{self.comparator}{self.value:f}"


class NotAResult(ValueError):
    """A typed text that is no result of a measurement."""


RESULT = re.compile(r"(<=|>=|<|>)? ?(.*)", re.DOTALL)
LONGEST = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")


def parse(text: str) -> Reported:
    """Read a result as the laboratory reports it (crf_spec 2.10, LBORRES).

    A result is a number (trial/protocol/typed/numbers.py), perhaps after <, <=, > or >=. Raises
    NotAResult, with a sentence, for anything else.

    >>> parse("<5")
    Reported(comparator=<Comparator.BELOW: '<'>, value=Decimal('5'))
    """
    comparator, number = _parts(as_stored(text))
    try:
        value = numbers.parse(number)
    except numbers.NotANumber as error:
        if error.fault == numbers.Fault.COMMA:
            raise NotAResult(
                Sentence(
                    "“{text}” has a comma. Write the decimal sign as a point, and no sign "
                    "between thousands: 12.5.",
                    text=text,
                )
            ) from error
        raise NotAResult(_no_result(text)) from error
    if value < 0:
        raise NotAResult(
            Sentence("“{text}” is negative. A laboratory result is 0 or more.", text=text)
        )
    if not LONGEST.fullmatch(number):
        raise NotAResult(_no_result(text))
    return Reported(Comparator(comparator), value)


def as_stored(text: str) -> str:
    """Return a typed result in digits and signs of usual width, as it is stored and sent.

    >>> as_stored("＜５"), as_stored(" ≤0.01")
    ('<5', '<=0.01')
    """
    return numbers.narrowed(text).replace("≤", "<=").replace("≥", ">=")


def _parts(plain: str) -> tuple[str, str]:
    match = RESULT.fullmatch(plain)
    return (match[1] or "", match[2]) if match else ("", plain)


def _no_result(text: str) -> str:
    return Sentence(
        "“{text}” is no result. Enter a number such as 1.10, or one with a "
        "comparator such as <5 or >=10.",
        text=text,
    )


def at_most(result: Reported, limit: Decimal) -> Truth:
    """Return whether the true value is the limit or less, both in one unit (crf_spec 2.10).

    UNKNOWN where the comparator leaves it open.

    >>> at_most(parse("<5"), Decimal(42)), at_most(parse("<5"), Decimal(4))
    (<Truth.MET: 'MET'>, <Truth.UNKNOWN: 'UNKNOWN'>)
    """
    match result.comparator:
        case Comparator.BELOW | Comparator.AT_MOST:
            return Truth.MET if result.value <= limit else Truth.UNKNOWN
        case Comparator.ABOVE:
            return Truth.NOT_MET if result.value >= limit else Truth.UNKNOWN
        case Comparator.AT_LEAST:
            return Truth.NOT_MET if result.value > limit else Truth.UNKNOWN
        case _:
            return Truth.MET if result.value <= limit else Truth.NOT_MET


MIRRORED = {
    Comparator.EXACT: Comparator.EXACT,
    Comparator.BELOW: Comparator.ABOVE,
    Comparator.AT_MOST: Comparator.AT_LEAST,
    Comparator.ABOVE: Comparator.BELOW,
    Comparator.AT_LEAST: Comparator.AT_MOST,
}


def at_least(result: Reported, limit: Decimal) -> Truth:
    """Return whether the true value is the limit or more, both in one unit (crf_spec 2.10).

    UNKNOWN where the comparator leaves it open.

    >>> at_least(parse(">=90"), Decimal(90)), at_least(parse("<90"), Decimal(90))
    (<Truth.MET: 'MET'>, <Truth.NOT_MET: 'NOT_MET'>)
    """
    return at_most(Reported(MIRRORED[result.comparator], -result.value), -limit)
