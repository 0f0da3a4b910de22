"""Three-valued logic, as crf_spec 2.12 uses it.

Kleene, Introduction to Metamathematics, 1952, §64.

A criterion is a statement; its truth is MET, NOT_MET or, where the data do not decide, UNKNOWN.
An unknown statement is never taken as true or as false.
"""

from collections.abc import Iterable
from enum import StrEnum


class Truth(StrEnum):
    """The truth of a statement."""

    MET = "MET"
    NOT_MET = "NOT_MET"
    UNKNOWN = "UNKNOWN"


def truth(statement: bool | None) -> Truth:
    """Return the truth of a statement; None, where nothing is known, is UNKNOWN (crf_spec 2.12).

    >>> truth(None)
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    if statement is None:
        return Truth.UNKNOWN
    return Truth.MET if statement else Truth.NOT_MET


def negate(statement: Truth) -> Truth:
    """Return NOT of a statement (crf_spec 2.12); the unknown stays unknown.

    >>> negate(Truth.MET)
    <Truth.NOT_MET: 'NOT_MET'>
    """
    negation = {
        Truth.MET: Truth.NOT_MET,
        Truth.NOT_MET: Truth.MET,
        Truth.UNKNOWN: Truth.UNKNOWN,
    }
    return negation[statement]


def all_of(statements: Iterable[Truth]) -> Truth:
    """Return AND of the statements (crf_spec 2.12): MET for none.

    A false statement decides. Without one, an unknown statement leaves the result unknown.

    >>> all_of([Truth.UNKNOWN, Truth.NOT_MET])
    <Truth.NOT_MET: 'NOT_MET'>
    """
    truths = set(statements)
    if Truth.NOT_MET in truths:
        return Truth.NOT_MET
    return Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.MET


def any_of(statements: Iterable[Truth]) -> Truth:
    """Return OR of the statements (crf_spec 2.12): NOT_MET for none.

    A true statement decides. Without one, an unknown statement leaves the result unknown.

    >>> any_of([Truth.UNKNOWN, Truth.MET])
    <Truth.MET: 'MET'>
    """
    return negate(all_of(negate(statement) for statement in statements))
