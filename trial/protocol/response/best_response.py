"""Best overall response (RECIST 1.1, section 4.4 and Table 3).

Eisenhauer et al., Eur J Cancer 2009;45:228-247. A randomized trial counts a response when it is
first seen (the default); Table 3 demands that it is seen again. What the table leaves open is a
keyword. Evaluations are taken in the order of their scans.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from trial.protocol.sentence import Sentence

from .evaluations import Evaluation, considered
from .recist import CONFIRMED_AFTER_DAYS, Response

CR, PR, SD, PD = Response.CR, Response.PR, Response.SD, Response.PD
NE, NED, NON_CR_NON_PD = Response.NE, Response.NED, Response.NON_CR_NON_PD
RESPONSES = {CR, PR}
STABLE = {SD, NON_CR_NON_PD}
BEST_FIRST = (CR, PR, SD, NON_CR_NON_PD, NED, PD, NE)
MIN_SD_DAYS = 42
NO_START = "There is no day to count from."
NO_ASSESSMENT = "There is no assessment."


@dataclass(frozen=True)
class Best:
    """The best response; None without an evaluation.

    `on` and `records` are those of the evaluations that it rests on.
    """

    response: Response | None
    on: date | None
    reason: str
    records: tuple[str, ...] = ()


def best_response(
    evaluations: Iterable[Evaluation],
    *,
    start_on: date | None,
    until_on: date | None = None,
    min_sd_days: int = MIN_SD_DAYS,
) -> Best:
    """Return the best response seen, none confirmed (section 4.4.3).

    `until_on` is the day a new therapy began. Disease is stable only from `min_sd_days` after the
    start; before, it counts as not evaluable.

    >>> scans = [Evaluation("TA1", date(2025, 6, 26), None, PR)]
    >>> scans.append(Evaluation("TA2", date(2025, 8, 29), None, CR))
    >>> best_response(scans, start_on=date(2025, 4, 25)).response
    <Response.CR: 'CR'>
    """
    if start_on is None:
        return Best(None, None, NO_START)
    counted = considered(evaluations, start_on=start_on, until_on=until_on)
    graded = [(_graded(evaluation, start_on, min_sd_days), evaluation) for evaluation in counted]
    if not graded:
        return Best(None, None, NO_ASSESSMENT)
    response, first = min(graded, key=lambda pair: BEST_FIRST.index(pair[0]))
    reason = Sentence("{response} at {record}.", response=response, record=first.record)
    if response == NE and first.response in STABLE:
        reason = Sentence("Stable for less than {min_sd_days} days.", min_sd_days=min_sd_days)
    return Best(response, first.dated_on, reason, (first.record,))


def _graded(evaluation: Evaluation, start_on: date, min_sd_days: int) -> Response:
    response = evaluation.response
    if response is None or response not in BEST_FIRST:
        return NE
    if response in STABLE and not _is_long_enough(evaluation, start_on, min_sd_days):
        return NE
    return response


def _is_long_enough(evaluation: Evaluation, start_on: date, min_sd_days: int) -> bool:
    day = evaluation.completed_on
    return day is not None and day - start_on >= timedelta(min_sd_days)


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
    """Return the best response seen twice (Table 3).

    The two lie `confirm_days` apart, with `max_ne` not evaluable at most between. Any disease after
    CR is PD, unless that CR is read again as PR (`cr_read_again`, footnote a). `accept_sd` allows
    one stable disease between two PR. Without `targets` an unconfirmed CR leaves NON-CR/NON-PD.

    >>> scans = [Evaluation("TA1", date(2025, 6, 26), None, PR)]
    >>> scans.append(Evaluation("TA2", date(2025, 7, 24), None, CR))
    >>> confirmed_best_response(scans, start_on=date(2025, 4, 25)).response
    <Response.PR: 'PR'>
    """
    if start_on is None:
        return Best(None, None, NO_START)
    counted = considered(evaluations, start_on=start_on, until_on=until_on)
    series = _after_cr(counted, cr_read_again=cr_read_again)
    for response in (CR, PR):
        enough = {CR} if response == CR else RESPONSES
        pair = _confirmed(series, enough, confirm_days, max_ne, accept_sd)
        if pair:
            first, second = pair
            reason = Sentence(
                "{response} at {first}, confirmed at {second}.",
                response=response,
                first=first.record,
                second=second.record,
            )
            return Best(response, first.dated_on, reason, (first.record, second.record))
    return _unconfirmed(series, start_on, min_sd_days, SD if targets else NON_CR_NON_PD)


def _after_cr(
    counted: Sequence[Evaluation], *, cr_read_again: bool
) -> list[tuple[Response | None, Evaluation]]:
    """Return the responses as Table 3 takes them, footnote a."""
    series: list[tuple[Response | None, Evaluation]] = []
    for evaluation in counted:
        was_complete = any(response == CR for response, _ in series)
        if was_complete and evaluation.response in {PR, *STABLE}:
            if not cr_read_again or evaluation.response != PR:
                return [*series, (PD, evaluation)]
            series = [(PR if response == CR else response, earlier) for response, earlier in series]
        series.append((evaluation.response, evaluation))
    return series


def _confirmed(
    series: Sequence[tuple[Response | None, Evaluation]],
    enough: set[Response],
    confirm_days: int,
    max_ne: int,
    accept_sd: bool,
) -> tuple[Evaluation, Evaluation] | None:
    """Return the first two evaluations that are good enough and far enough apart."""
    for number, (response, first) in enumerate(series, 1):
        if response not in enough:
            continue
        between: list[Response | None] = []
        for later, second in series[number:]:
            if later in enough and _is_apart(first, second, confirm_days):
                return first, second
            between.append(later)
            unseen = between.count(NE) + between.count(None)
            is_broken = not set(between) <= {*enough, NE, None, SD}
            if unseen > max_ne or between.count(SD) > accept_sd or is_broken:
                break
    return None


def _is_apart(first: Evaluation, second: Evaluation, days: int) -> bool:
    if first.dated_on is None or second.scanned_on is None:
        return False
    return second.scanned_on - first.dated_on >= timedelta(days)


def _unconfirmed(
    series: Sequence[tuple[Response | None, Evaluation]],
    start_on: date,
    min_sd_days: int,
    stable: Response,
) -> Best:
    """Return what is left without a confirmed response."""
    if not series:
        return Best(None, None, NO_ASSESSMENT)
    good = [(response, scan) for response, scan in series if response in RESPONSES | STABLE]
    for response, scan in good:
        if _is_long_enough(scan, start_on, min_sd_days):
            kept = NON_CR_NON_PD if response == NON_CR_NON_PD else stable
            reason = Sentence("{response} at {record}.", response=response, record=scan.record)
            if response in RESPONSES:
                reason = Sentence(
                    "{response} at {record}, not confirmed.", response=response, record=scan.record
                )
            return Best(kept, scan.dated_on, reason, (scan.record,))
    for best in (NED, PD):
        for graded, scan in series:
            if graded == best:
                reason = Sentence("{response} at {record}.", response=best, record=scan.record)
                return Best(best, scan.dated_on, reason, (scan.record,))
    first = series[0][1]
    reason = Sentence("No assessment is evaluable.")
    if good:
        reason = Sentence(
            "Not confirmed, and seen for less than {min_sd_days} days.", min_sd_days=min_sd_days
        )
    return Best(NE, first.dated_on, reason, (first.record,))
