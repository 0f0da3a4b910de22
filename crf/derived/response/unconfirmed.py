"""Progression under immunotherapy that is to be confirmed (crf_spec 2.16, 3.1)."""

from datetime import date, timedelta
from typing import NamedTuple

from crf.casebook import Casebook, once
from crf.derived.allocation import allocation_of
from crf.models import Administration
from trial.protocol.response.irecist import IResponse
from trial.protocol.therapy.agents import ICI_AGENTS

from .responses import AssessedResponse, responses

AFTER_IMMUNOTHERAPY = timedelta(90)
"""Time after the last dose of an antibody in which a progression counts as one under it."""


class Unconfirmed(NamedTuple):
    """The scans of each iUPD that asks for a confirmation, and of the iCPD that gave one."""

    on: tuple[date, ...] = ()
    confirmed_on: date | None = None


@once
def unconfirmed(casebook: Casebook) -> Unconfirmed:
    """Return what asks for a confirmation since randomization.

    An iUPD that still stands asks for no second one. None is asked for where the subject is not
    clinically stable, so that treatment does not go on beyond progression.
    """
    allocation, standing = allocation_of(casebook), False
    days: list[date] = []
    if allocation is None:
        return Unconfirmed()
    for response in responses(casebook):
        immune, on = response.readings.immune.response, response.assessment.first_scan_on
        if on is None or immune == IResponse.NE or on <= allocation.randomized_on:
            continue
        if immune == IResponse.ICPD:
            return Unconfirmed(tuple(days), on)
        is_new = immune == IResponse.IUPD and not standing
        if is_new and is_under_immunotherapy(response, casebook, on):
            days.append(on)
        standing = immune == IResponse.IUPD
    return Unconfirmed(tuple(days))


def is_under_immunotherapy(response: AssessedResponse, casebook: Casebook, on: date) -> bool:
    """Return whether an antibody was given up to 90 days before, and may still be given."""
    days = [
        row.given_on
        for row in casebook.rows(Administration)
        if row.agent in ICI_AGENTS and row.given == "Y" and row.given_on
    ]
    is_stable = response.assessment.clinically_stable != "N"
    return is_stable and any(day <= on <= day + AFTER_IMMUNOTHERAPY for day in days)
