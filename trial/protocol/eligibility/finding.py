"""What a criterion's rule finds (crf_spec 2.12)."""

from typing import NamedTuple

from trial.protocol.kleene import Truth, truth

ANSWERS = {"Y": True, "YES": True, "N": False, "NO": False}


class Finding(NamedTuple):
    truth: Truth
    reason: str


def answered(code: str | None) -> Truth:
    """The truth of an answer (crf_spec 2.12): Y or YES, N or NO; anything else is unknown.

    >>> answered("U")
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    return truth(ANSWERS.get(code or ""))
