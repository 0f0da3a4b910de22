"""The responses of iRECIST, what may follow each, and what a series of them amounts to.

Seymour et al., Lancet Oncol 2017;18:e143-e152; Table 3 is the paper's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from .best_response import MIN_SD_DAYS
from .recist import Response

CONFIRM_DAYS, CONFIRM_WITHIN_DAYS, TOLERANCE_DAYS = 28, 56, 2


class IResponse(StrEnum):
    """A response by iRECIST at one time point."""

    ICR, IPR, ISD, IUPD, ICPD, NE = "iCR", "iPR", "iSD", "iUPD", "iCPD", "NE"
    NON_ICR_NON_IUPD = "NON-iCR/NON-iUPD"
    NED = "NED"  # no disease at baseline, and none since


ICR, IPR, ISD, IUPD = IResponse.ICR, IResponse.IPR, IResponse.ISD, IResponse.IUPD
ICPD, NE, NED = IResponse.ICPD, IResponse.NE, IResponse.NED
NON_ICR_NON_IUPD = IResponse.NON_ICR_NON_IUPD
BEST_FIRST = (ICR, IPR, ISD, NON_ICR_NON_IUPD, NED, ICPD, IUPD, NE)
SETS_ANEW = {ICR, IPR, ISD, NON_ICR_NON_IUPD}
NAMED = {
    Response.CR: ICR,
    Response.PR: IPR,
    Response.SD: ISD,
    Response.PD: IUPD,
    Response.NON_CR_NON_PD: NON_ICR_NON_IUPD,
    Response.NED: NED,
}

# The responses that may follow. NE leaves open whether a progression waits to be confirmed.
_ANY = set(IResponse) - {NED}
NEXT = {
    ICR: _ANY - {ICPD},
    IPR: _ANY - {ICPD},
    ISD: _ANY - {ICPD},
    NON_ICR_NON_IUPD: _ANY - {ICPD},
    IUPD: set(IResponse),
    NE: set(IResponse),
    NED: {NED, IUPD, NE},
    ICPD: {ICPD},
}


class Category(StrEnum):
    """The kind of lesions that progressed."""

    TARGET, NON_TARGET, NEW = "TARGET", "NON_TARGET", "NEW"


@dataclass(frozen=True)
class Reading:
    """The response at one time point.

    `since_on` is the first iUPD not yet overcome; `by` are the categories that progressed.
    """

    record: str
    on: date | None
    response: IResponse
    since_on: date | None = None
    by: tuple[Category, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Progression:
    """A progression by iRECIST. `confirmed` is False where nothing has followed the iUPD yet."""

    on: date
    confirmed: bool
    records: tuple[str, ...]


def confirmation_window(since_on: date) -> tuple[date, date]:
    """Return the first and the last day on which a progression is to be confirmed.

    recist11, section 9. A later scan counts, too.

    >>> [str(day) for day in confirmation_window(date(2025, 9, 1))]
    ['2025-09-29', '2025-10-27']
    """
    return since_on + timedelta(CONFIRM_DAYS), since_on + timedelta(CONFIRM_WITHIN_DAYS)


def progression(readings: Iterable[Reading]) -> Progression | None:
    """Return the progression of iPFS (recist11, section 9).

    It is the first iUPD of those that were confirmed, or that nothing has followed yet.

    >>> cleared = [Reading("TA1", date(2025, 9, 1), IUPD, date(2025, 9, 1))]
    >>> cleared.append(Reading("CONF", date(2025, 10, 7), IPR))
    >>> progression(cleared) is None
    True
    """
    standing: list[Reading] = []
    for reading in readings:
        if reading.response in (IUPD, ICPD):
            standing.append(reading)
        elif reading.response != NE:
            standing = []
        if reading.response == ICPD:
            break
    if not standing or standing[0].since_on is None:
        return None
    records = tuple(reading.record for reading in standing)
    return Progression(standing[0].since_on, standing[-1].response == ICPD, records)


def best(
    readings: Iterable[Reading],
    *,
    start_on: date | None = None,
    min_sd_days: int = MIN_SD_DAYS,
) -> IResponse:
    """Return the best overall response, iBOR (Table 3), not confirmed.

    What follows an iCPD does not count. Disease is stable only from `min_sd_days` after the start.

    >>> best([Reading("TA1", date(2025, 9, 1), IUPD), Reading("TA2", date(2025, 10, 7), IPR)])
    <IResponse.IPR: 'iPR'>
    """
    responses = [NE]
    for reading in readings:
        is_stable = reading.response in (ISD, NON_ICR_NON_IUPD)
        is_short = start_on is not None and (
            reading.on is None or reading.on - start_on < timedelta(min_sd_days)
        )
        responses.append(NE if is_stable and is_short else reading.response)
        if reading.response == ICPD:
            break
    return min(responses, key=BEST_FIRST.index)
