"""Laboratory results as reported, and the conclusions that they allow (crf_spec 2.10).

A laboratory may report the end of its measuring range ("<5"). The comparator is kept, and decides
only what it can decide.
"""

import re
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from unicodedata import normalize

from trial.protocol.kleene import Truth
from trial.protocol.sentence import Sentence


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


RESULT = re.compile(r"(<=|>=|<|>)? ?([0-9]{1,9}(?:\.[0-9]{1,6})?)")


def parse(text: str) -> Reported:
    """Read a result as the laboratory reports it (crf_spec 2.10, LBORRES).

    A result is a number, perhaps after <, <=, > or >=. Full-width signs, as a Chinese keyboard
    writes them, are accepted. Raises NotAResult, with a sentence, for anything else.

    >>> parse("<5")
    Reported(comparator=<Comparator.BELOW: '<'>, value=Decimal('5'))
    """
    plain = normalize("NFKC", text).strip().replace("≤", "<=").replace("≥", ">=")
    if match := RESULT.fullmatch(plain):
        return Reported(Comparator(match[1] or ""), Decimal(match[2]))
    if RESULT.fullmatch(plain.replace(",", ".")):
        raise NotAResult(
            Sentence(
                "“{text}” has a comma. Write the decimal sign as a point, and no sign "
                "between thousands.",
                text=text,
            )
        )
    if RESULT.fullmatch(plain.replace("-", "", 1)):
        raise NotAResult(
            Sentence("“{text}” is negative. A laboratory result is 0 or more.", text=text)
        )
    raise NotAResult(
        Sentence(
            "“{text}” is no result. Enter a number such as 1.10, or one with a "
            "comparator such as <5 or >=10.",
            text=text,
        )
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
