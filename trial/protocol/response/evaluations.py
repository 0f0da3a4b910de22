"""Evaluations: the overall response at each time point, its date and order.

crf_spec 2.16 and 5; FDA 2007, appendix 2; RECIST 1.1, section 4.4.1 (Eisenhauer et al., Eur J
Cancer 2009;45:228-247). An evaluation without a scan does not count.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from .recist import NewLesionCertainty, Response, TimePoint
from .scan_order import place_in_order


class PdDate(StrEnum):
    """The date of a sum measured on several days.

    FDA 2007, appendix 2, leaves the choice; one rule holds for both arms.
    """

    FIRST_SCAN, LAST_SCAN = "FIRST_SCAN", "LAST_SCAN"


@dataclass(frozen=True)
class Evaluation:
    """The overall response at one time point.

    `response` is None where the readers have not agreed, or nothing can be derived yet.
    `since_randomization` is the response against the second baseline. `pd_on` is the scan that
    first shows the progression, where it is another than the first of this time point.
    """

    record: str
    first_scan_on: date | None
    last_scan_on: date | None
    response: Response | None
    since_randomization: Response | None = None
    pd_on: date | None = None
    known_on: date | None = None

    @cached_property
    def scanned_on(self) -> date | None:
        days = (self.first_scan_on, self.last_scan_on)
        return min((day for day in days if day), default=None)

    @cached_property
    def completed_on(self) -> date | None:
        days = (self.first_scan_on, self.last_scan_on)
        return max((day for day in days if day), default=None)

    @property
    def dated_on(self) -> date | None:
        """The date of the response (crf_spec 2.16).

        Progression dates from its earliest scan, any other response from the last scan of its time
        point.
        """
        if self.response != Response.PD or self.completed_on is None:
            return self.completed_on
        return min(self.pd_on, self.completed_on) if self.pd_on else self.scanned_on

    @property
    def evaluable(self) -> bool:
        return self.response not in (None, Response.NE, Response.NA)


def progression_on(
    point: TimePoint,
    earlier: Iterable[TimePoint] = (),
    *,
    by_sum: bool = True,
    pd_date: PdDate = PdDate.FIRST_SCAN,
) -> date | None:
    """Return the date of progression at a time point (crf_spec 2.16; FDA 2007, appendix 2).

    None without any date. A new lesion dates from the first scan that shows it, also when it was
    equivocal then. `by_sum`: targets or non-targets have progressed as well.

    >>> progression_on(TimePoint("TA1", date(2025, 6, 26), date(2025, 6, 28)))
    datetime.date(2025, 6, 26)
    """
    unequivocal = NewLesionCertainty.UNEQUIVOCAL
    present = [lesion for lesion in point.new_lesions if not lesion.gone]
    certain = [lesion for lesion in present if lesion.certainty == unequivocal]
    codes = {lesion.code for lesion in certain if lesion.code}
    days = [lesion.seen_on or point.scanned_on for lesion in certain]
    for earlier_point in earlier:
        for lesion in earlier_point.new_lesions:
            if lesion.code in codes:
                days.append(lesion.seen_on or earlier_point.scanned_on)
    if by_sum or not certain:
        last_on = point.last_scan_on or point.first_scan_on
        days.append(last_on if pd_date == PdDate.LAST_SCAN else point.scanned_on)
    return min((day for day in days if day), default=None)


def in_order(evaluations: Iterable[Evaluation]) -> list[Evaluation]:
    """Return the evaluations with a scan, by their dates (crf_spec 5).

    >>> in_order([Evaluation("TA1", None, None, Response.NE)])
    []
    """
    scanned = [evaluation for evaluation in evaluations if evaluation.scanned_on]
    return sorted(scanned, key=_place)


def _place(evaluation: Evaluation) -> tuple[date, date]:
    return place_in_order(evaluation.scanned_on, evaluation.completed_on)


def considered(
    evaluations: Iterable[Evaluation], *, start_on: date, until_on: date | None = None
) -> list[Evaluation]:
    """Return the evaluations that count for the best response (section 4.4.1).

    They lie after the start, up to the first PD; none after a new therapy.

    >>> series = ((3, Response.PD), (2, Response.SD), (4, Response.PR))
    >>> scans = [Evaluation(f"TA{n}", date(2025, n, 1), None, response) for n, response in series]
    >>> [evaluation.record for evaluation in considered(scans, start_on=date(2025, 1, 1))]
    ['TA2', 'TA3']
    """
    counted: list[Evaluation] = []
    for evaluation in in_order(evaluations):
        day = evaluation.scanned_on
        if day is None or day <= start_on or (until_on and day > until_on):
            continue
        counted.append(evaluation)
        if evaluation.response == Response.PD:
            break
    return counted
