"""The day of a gate, and the changes by which a confirmation loses its force (crf_spec 2.12).

The windows of laboratory results, ECOG and imaging end on the gate's day; those of gate 2 are
counted back from randomization.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from trial.protocol.eligibility.gates import Overall, Verdict
from trial.protocol.parameters import GateDays, Parameters

BACK_ENTERED_AFTER = timedelta(days=7)


class Confirmation(NamedTuple):
    """The result of one confirmation of a gate, and the day that it was for."""

    result: str
    on: date


def is_back_entered(consented_on: date | None, created_on: date) -> bool:
    """Return True for a subject entered more than 7 days after its consent (crf_spec 3.1).

    >>> [is_back_entered(date(2025, 3, 3), date(2025, 3, day)) for day in (10, 11)]
    [False, True]
    """
    return consented_on is not None and created_on - consented_on > BACK_ENTERED_AFTER


def day_of_entry(confirmations: Sequence[Confirmation]) -> date | None:
    """Return the day of gate 1 (IEDAT); None before it was passed.

    It is the day of the first confirmation that came out ELIGIBLE, and is kept when the gate is
    signed again. Only the source of a subject who is entered afterwards may state another one.

    >>> day_of_entry([Confirmation("UNDETERMINED", date(2025, 3, 5))])
    """
    kept: date | None = None
    for confirmation in confirmations:
        if kept is not None or confirmation.result == Overall.ELIGIBLE:
            kept = confirmation.on
    return kept


def day_to_confirm(
    gate: int,
    confirmations: Sequence[Confirmation],
    *,
    today: date,
    stated_on: date | None = None,
    back_entered: bool = False,
) -> date:
    """Return the day that a confirmation of a gate is for (IEDAT).

    `confirmations` are the earlier ones of this gate; `stated_on` is the day that the source of a
    subject who is entered afterwards states.

    >>> passed = [Confirmation("ELIGIBLE", date(2025, 3, 5))]
    >>> [str(day_to_confirm(gate, passed, today=date(2025, 3, 7))) for gate in (1, 2)]
    ['2025-03-05', '2025-03-07']
    """
    if back_entered and stated_on is not None:
        return stated_on
    kept = day_of_entry(confirmations) if gate == 1 else None
    return kept or today


def widened(parameters: Parameters, days: int) -> Parameters:
    """Return the parameters with the windows of gate 2 longer by so many days.

    At randomization they show whether later data change a verdict, apart from windows that have
    lapsed since the gate's day.

    >>> from trial.protocol.parameters import DEFAULT
    >>> widened(DEFAULT, 3).lab_window_days.gate_2
    10
    """

    def longer(window: GateDays) -> GateDays:
        return window._replace(gate_2=window.gate_2 + days)

    return replace(
        parameters,
        lab_window_days=longer(parameters.lab_window_days),
        ecog_window_days=longer(parameters.ecog_window_days),
        brain_img_window_days=parameters.brain_img_window_days + days,
    )


def turned(signed: Mapping[str, str], verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Return the verdicts by the data that differ from those that were signed, by criterion.

    >>> turned({}, [])
    ()
    """
    return tuple(verdict for verdict in verdicts if signed.get(verdict.criterion) != verdict.truth)
