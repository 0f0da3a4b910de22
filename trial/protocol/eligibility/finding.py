"""The finding of a criterion's rule, and the truth of an answer (crf_spec 2.12)."""

from datetime import date
from typing import Any, NamedTuple

from trial.protocol.kleene import Truth, truth
from trial.protocol.sentence import Sentence

ANSWERS = {"Y": True, "YES": True, "N": False, "NO": False}


class Finding(NamedTuple):
    """The truth of a criterion's text, and one sentence that says why."""

    truth: Truth
    reason: str


def finding(truth: Truth, template: str, **values: Any) -> Finding:
    """Return a finding with the sentence that the template makes of the values.

    >>> finding(Truth.MET, "Liver metastases: {count}.", count=5).reason
    'Liver metastases: 5.'
    """
    return Finding(truth, Sentence(template, **values))


def answered(code: str | None) -> Truth:
    """Return the truth of an answer: Y or YES, N or NO; anything else is unknown (crf_spec 2.12).

    >>> answered("U")
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    return truth(ANSWERS.get(code or ""))


def none_in_window(measurement: str, gate_on: date | None, days: int) -> str:
    """Return the sentence that no measurement counts at a gate (crf_spec 1, windows in days).

    >>> none_in_window("hemoglobin", date(2025, 3, 15), 14)
    'No hemoglobin in the 14 days up to 2025-03-15.'
    """
    if not gate_on:
        return Sentence(
            "The day of the gate is not known yet, so no {measurement} can be chosen.",
            measurement=measurement,
        )
    return Sentence(
        "No {measurement} in the {days} days up to {gate_on}.",
        measurement=measurement,
        days=days,
        gate_on=gate_on,
    )
