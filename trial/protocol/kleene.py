"""Three-valued logic (Kleene, Introduction to Metamathematics, 1952, §64), as crf_spec 2.12 uses it.

A criterion is a statement; its truth is MET, NOT_MET or, where the data do not decide, UNKNOWN. What is unknown is never
read as true or as false.
"""

from collections.abc import Iterable
from enum import StrEnum


class Truth(StrEnum):
    MET = "MET"
    NOT_MET = "NOT_MET"
    UNKNOWN = "UNKNOWN"


def truth(statement: bool | None) -> Truth:
    """The truth of a statement of which nothing may be known (crf_spec 2.12).

    >>> truth(None)
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    if statement is None:
        return Truth.UNKNOWN
    return Truth.MET if statement else Truth.NOT_MET


def negate(statement: Truth) -> Truth:
    """NOT (crf_spec 2.12); the unknown stays unknown.

    >>> negate(Truth.MET)
    <Truth.NOT_MET: 'NOT_MET'>
    """
    return {Truth.MET: Truth.NOT_MET, Truth.NOT_MET: Truth.MET, Truth.UNKNOWN: Truth.UNKNOWN}[statement]


def all_of(statements: Iterable[Truth]) -> Truth:
    """AND (crf_spec 2.12): one that is false decides, one that is unknown leaves it open; of none it is true.

    >>> all_of([Truth.UNKNOWN, Truth.NOT_MET])
    <Truth.NOT_MET: 'NOT_MET'>
    """
    found = set(statements)
    if Truth.NOT_MET in found:
        return Truth.NOT_MET
    return Truth.UNKNOWN if Truth.UNKNOWN in found else Truth.MET


def any_of(statements: Iterable[Truth]) -> Truth:
    """OR (crf_spec 2.12): one that is true decides, one that is unknown leaves it open; of none it is false.

    >>> any_of([Truth.UNKNOWN, Truth.MET])
    <Truth.MET: 'MET'>
    """
    return negate(all_of(negate(statement) for statement in statements))
