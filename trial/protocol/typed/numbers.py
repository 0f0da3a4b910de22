"""Numbers as people type them: the one grammar for page, API and import (crf_spec 0.3)."""

import re
from decimal import Decimal
from enum import StrEnum

WIDE = {0xFF10 + digit: str(digit) for digit in range(10)} | {
    ord(wide): narrow for wide, narrow in zip("．－−＋＜＞＝，／：　", ".--+<>=,/: ", strict=True)
}
"""The full-width digits and signs of a Chinese keyboard, and the minus sign of a word processor."""
NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
COMMAS = ",、،٫٬"


class Fault(StrEnum):
    """The reason why a text is no number."""

    COMMA = "COMMA"
    COMPARATOR = "COMPARATOR"
    BARE_POINT = "BARE_POINT"
    UNREADABLE = "UNREADABLE"


class NotANumber(ValueError):
    """A typed text that is no number, and its fault."""

    def __init__(self, text: str, fault: Fault) -> None:
        super().__init__(f"“{text}”: {fault}")
        self.fault = fault


def narrowed(text: str) -> str:
    """Return the text with digits and signs of usual width, without blanks around it.

    >>> narrowed("２０２４ "), narrowed("97¹")
    ('2024', '97¹')
    """
    return text.translate(WIDE).strip()


def parse(text: str) -> Decimal:
    """Return the number that a person typed, digit by digit.

    Raises NotANumber for anything else: nothing is left out and nothing is guessed.

    >>> parse("-7.20"), parse("２０２４")
    (Decimal('-7.20'), Decimal('2024'))
    """
    plain = narrowed(text)
    if NUMBER.fullmatch(plain):
        return Decimal(plain)
    raise NotANumber(text, _fault(plain))


def _fault(plain: str) -> Fault:
    if any(comma in plain for comma in COMMAS):
        return Fault.COMMA
    if plain[:1] in tuple("<>≤≥"):
        return Fault.COMPARATOR
    if re.fullmatch(r"-?(\.[0-9]{1,40}|[0-9]{1,40}\.)", plain):
        return Fault.BARE_POINT
    return Fault.UNREADABLE
