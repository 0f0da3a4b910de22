"""Sentences of the protocol: English, with the template and the values that they are made of.

Whoever shows one to a person can say it in another language (trial/refusals/words.py); whoever
stores or hashes it has plain English text.
"""

from collections.abc import Iterable
from functools import reduce
from typing import Any

EITHER = "{first} or {second}"


class Sentence(str):
    """A text in English that knows its template and values.

    It is copied, pickled and stored as plain text. A value may be a sentence itself. The template
    is written out at each call, so that `manage.py sentences` can read it there.

    >>> sentence = Sentence("{count} targets lie in {organ}.", count=3, organ="LIVER")
    >>> sentence, sentence.template
    ('3 targets lie in LIVER.', '{count} targets lie in {organ}.')
    """

    template: str
    values: dict[str, Any]  # numbers, days, codes, sentences: whatever a template prints

    def __new__(cls, template: str, **values: Any) -> "Sentence":
        """Fill in the template, and keep it with its values."""
        sentence = super().__new__(cls, template.format(**values))
        sentence.template, sentence.values = template, values
        return sentence

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Return how it is copied and pickled: as plain text."""
        return str, (str(self),)


def both(parts: Iterable[str]) -> str:
    """Return parts of which all hold.

    >>> both(["ECOG 0 on 2025-03-04", "ECOG 1 on 2025-03-04"])
    'ECOG 0 on 2025-03-04 and ECOG 1 on 2025-03-04'
    """
    return reduce(_and, parts)


def either(parts: Iterable[str]) -> str:
    """Return parts of which one holds.

    >>> either(["80", "81"])
    '80 or 81'
    """
    return reduce(_or, parts)


def leaves_open(value: object) -> bool:
    """Return whether a value is one of several that are possible, as `either` says.

    >>> leaves_open(either(["80", "81"])), leaves_open("10 mm or more")
    (True, False)
    """
    return isinstance(value, Sentence) and value.template == EITHER


def _and(first: str, second: str) -> str:
    return Sentence("{first} and {second}", first=first, second=second)


def _or(first: str, second: str) -> str:
    return Sentence("{first} or {second}", first=first, second=second)


def in_turn(parts: Iterable[str], separator: str = " ") -> str:
    """Return parts one after another; what stands between them is the same in every language.

    >>> in_turn(["L01", "L02"], ", ")
    'L01, L02'
    """
    return reduce(lambda first, rest: _after(first, separator, rest), parts, "")


def _after(first: str, separator: str, second: str) -> str:
    """Return two parts with the separator between; the second alone if there is no first."""
    if not first:
        return second
    template = "{first}{separator}{second}"
    return Sentence(template, first=first, separator=separator, second=second)
