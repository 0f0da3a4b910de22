"""Best overall response (RECIST 1.1: Eisenhauer et al., Eur J Cancer 2009;45:228-247, section 4.4 and Table 3).

A randomized trial counts a response when it is first seen (the default); Table 3 asks that it is seen again. What the table
leaves open is a keyword. Evaluations are read in the order of their scans; one without a scan is none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from .recist import CONFIRMED_AFTER_DAYS, NewLesionCertainty, Response, TimePoint
from .scan_order import place_in_order

CR, PR, SD, PD, NE, NED = Response.CR, Response.PR, Response.SD, Response.PD, Response.NE, Response.NED
NON_CR_NON_PD = Response.NON_CR_NON_PD
RESPONSES = {CR, PR}
STABLE = {SD, NON_CR_NON_PD}
BEST_FIRST = (CR, PR, SD, NON_CR_NON_PD, NED, PD, NE)
MIN_SD_DAYS = 42


class PdDate(StrEnum):
    """Of a sum measured on several days: FDA 2007, appendix 2, leaves the choice; one rule for both arms."""

    FIRST_SCAN, LAST_SCAN = "FIRST_SCAN", "LAST_SCAN"


@dataclass(frozen=True)
class Evaluation:
    """The overall response at one time point; None where the readers have not agreed, or nothing can be derived yet.

    `since_randomization` is CR, PR or SD against the second baseline. `pd_on` is the scan that first shows the progression,
    where it is another than the first of this time point.
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
        return min((day for day in (self.first_scan_on, self.last_scan_on) if day), default=None)

    @cached_property
    def completed_on(self) -> date | None:
        return max((day for day in (self.first_scan_on, self.last_scan_on) if day), default=None)

    @property
    def dated_on(self) -> date | None:
        """Progression dates from its earliest scan, any other response from the last of its time point (crf_spec 2.16)."""
        if self.response != PD or self.completed_on is None:
            return self.completed_on
        return min(self.pd_on, self.completed_on) if self.pd_on else self.scanned_on

    @property
    def evaluable(self) -> bool:
        return self.response not in (None, Response.NE, Response.NA)


@dataclass(frozen=True)
class Best:
    """None: there is no evaluation. `on` and `records` are of those it rests on."""

    response: Response | None
    on: date | None
    reason: str
    records: tuple[str, ...] = ()


def progression_on(
    point: TimePoint,
    earlier: Iterable[TimePoint] = (),
    *,
    by_sum: bool = True,
    pd_date: PdDate = PdDate.FIRST_SCAN,
) -> date | None:
    """The date of progression at a time point (crf_spec 2.16; FDA 2007, appendix 2); None without any date.

    That of a new lesion is the first scan that shows it, also when it was equivocal then. `by_sum`: targets or non-targets
    have progressed as well.

    >>> progression_on(TimePoint("TA1", date(2025, 6, 26), date(2025, 6, 28)))
    datetime.date(2025, 6, 26)
    """
    certain = [lesion for lesion in point.new_lesions if lesion.certainty == NewLesionCertainty.UNEQUIVOCAL and not lesion.gone]
    codes = {lesion.code for lesion in certain if lesion.code}
    seen = [lesion.seen_on or point.scanned_on for lesion in certain]
    for other in earlier:
        seen += [lesion.seen_on or other.scanned_on for lesion in other.new_lesions if lesion.code in codes]
    first, last = point.scanned_on, point.last_scan_on or point.first_scan_on
    grown = [last if pd_date == PdDate.LAST_SCAN else first] if by_sum or not certain else []
    return min((day for day in (*seen, *grown) if day), default=None)


def in_order(evaluations: Iterable[Evaluation]) -> list[Evaluation]:
    """Those with a scan, by their dates (crf_spec 5).

    >>> in_order([Evaluation("TA1", None, None, Response.NE)])
    []
    """
    dated = [one for one in evaluations if one.scanned_on]
    return sorted(dated, key=lambda one: place_in_order(one.record, one.scanned_on, one.completed_on))


def considered(evaluations: Iterable[Evaluation], *, start_on: date, until_on: date | None = None) -> list[Evaluation]:
    """What counts for the best response (section 4.4.1): after the start, up to the first PD, none after a new therapy.

    >>> scans = [Evaluation(f"TA{n}", date(2025, n, 1), None, response) for n, response in ((3, PD), (2, SD), (4, PR))]
    >>> [one.record for one in considered(scans, start_on=date(2025, 1, 1))]
    ['TA2', 'TA3']
    """
    counted: list[Evaluation] = []
    for one in in_order(evaluations):
        day = one.scanned_on
        if day is None or day <= start_on or (until_on and day > until_on):
            continue
        counted.append(one)
        if one.response == PD:
            break
    return counted


def best_response(
    evaluations: Iterable[Evaluation],
    *,
    start_on: date | None,
    until_on: date | None = None,
    min_sd_days: int = MIN_SD_DAYS,
) -> Best:
    """The best response seen, none confirmed (section 4.4.3); `until_on` is the day a new therapy began.

    Disease is stable only from `min_sd_days` after the start; before, it counts as not evaluable.

    >>> scans = [Evaluation("TA1", date(2025, 6, 26), None, PR), Evaluation("TA2", date(2025, 8, 29), None, CR)]
    >>> best_response(scans, start_on=date(2025, 4, 25)).response
    <Response.CR: 'CR'>
    """
    if start_on is None:
        return Best(None, None, "There is no day to count from.")
    counted = considered(evaluations, start_on=start_on, until_on=until_on)
    graded = [(_graded(one, start_on, min_sd_days), one) for one in counted]
    if not graded:
        return Best(None, None, "There is no assessment.")
    response, first = min(graded, key=lambda pair: BEST_FIRST.index(pair[0]))
    short = response == NE and first.response in STABLE
    reason = f"Stable for less than {min_sd_days} days." if short else f"{response} at {first.record}."
    return Best(response, first.dated_on, reason, (first.record,))


def _graded(one: Evaluation, start_on: date, min_sd_days: int) -> Response:
    if one.response is None or one.response not in BEST_FIRST:
        return NE
    return NE if one.response in STABLE and not _long_enough(one, start_on, min_sd_days) else one.response


def _long_enough(one: Evaluation, start_on: date, min_sd_days: int) -> bool:
    return one.completed_on is not None and one.completed_on - start_on >= timedelta(min_sd_days)


def confirmed_best_response(
    evaluations: Iterable[Evaluation],
    *,
    start_on: date | None,
    until_on: date | None = None,
    min_sd_days: int = MIN_SD_DAYS,
    confirm_days: int = CONFIRMED_AFTER_DAYS,
    max_ne: int = 1,
    accept_sd: bool = False,
    cr_read_again: bool = False,
    targets: bool = True,
) -> Best:
    """The best response seen twice (Table 3), `confirm_days` apart, with `max_ne` not evaluable at most between.

    Any disease after CR is PD, unless that CR is read again as PR (`cr_read_again`, footnote a). `accept_sd` allows one
    stable disease between two PR. Without `targets` what is left of an unconfirmed CR is NON-CR/NON-PD.

    >>> scans = [Evaluation("TA1", date(2025, 6, 26), None, PR), Evaluation("TA2", date(2025, 7, 24), None, CR)]
    >>> confirmed_best_response(scans, start_on=date(2025, 4, 25)).response
    <Response.PR: 'PR'>
    """
    if start_on is None:
        return Best(None, None, "There is no day to count from.")
    counted = _after_cr(considered(evaluations, start_on=start_on, until_on=until_on), cr_read_again=cr_read_again)
    for wanted in (CR, PR):
        pair = _confirmed(counted, wanted, confirm_days, max_ne, accept_sd)
        if pair:
            first, second = pair
            reason = f"{wanted} at {first.record}, confirmed at {second.record}."
            return Best(wanted, first.dated_on, reason, (first.record, second.record))
    return _unconfirmed(counted, start_on, min_sd_days, SD if targets else NON_CR_NON_PD)


def _after_cr(counted: Sequence[Evaluation], *, cr_read_again: bool) -> list[tuple[Response | None, Evaluation]]:
    """The responses as Table 3 reads them, footnote a."""
    read: list[tuple[Response | None, Evaluation]] = []
    for one in counted:
        complete = any(response == CR for response, _ in read)
        if complete and one.response in {PR, *STABLE}:
            if not (cr_read_again and one.response == PR):
                return [*read, (PD, one)]
            read = [(PR if response == CR else response, other) for response, other in read]
        read.append((one.response, one))
    return read


def _confirmed(
    read: Sequence[tuple[Response | None, Evaluation]], wanted: Response, confirm_days: int, max_ne: int, accept_sd: bool
) -> tuple[Evaluation, Evaluation] | None:
    enough = {CR} if wanted == CR else RESPONSES
    for start, (response, first) in enumerate(read):
        if response not in enough:
            continue
        between: list[Response | None] = []
        for later, second in read[start + 1 :]:
            apart = second.scanned_on and first.dated_on and second.scanned_on - first.dated_on >= timedelta(confirm_days)
            if later in enough and apart:
                return first, second
            between.append(later)
            unseen, stable = sum(one in (NE, None) for one in between), between.count(SD)
            if unseen > max_ne or stable > accept_sd or not set(between) <= {*enough, NE, None, SD}:
                break
    return None


def _unconfirmed(read: Sequence[tuple[Response | None, Evaluation]], start_on: date, min_sd_days: int, stable: Response) -> Best:
    seen = [(response, one) for response, one in read if response in RESPONSES | STABLE]
    for response, one in seen:
        if _long_enough(one, start_on, min_sd_days):
            held = NON_CR_NON_PD if response == NON_CR_NON_PD else stable
            unconfirmed = ", not confirmed" if response in RESPONSES else ""
            return Best(held, one.dated_on, f"{response} at {one.record}{unconfirmed}.", (one.record,))
    for wanted in (NED, PD):
        for found, one in read:
            if found == wanted:
                return Best(wanted, one.dated_on, f"{wanted} at {one.record}.", (one.record,))
    if not read:
        return Best(None, None, "There is no assessment.")
    first = read[0][1]
    reason = f"Not confirmed, and seen for less than {min_sd_days} days." if seen else "No assessment is evaluable."
    return Best(NE, first.dated_on, reason, (first.record,))
