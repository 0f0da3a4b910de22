"""Response endpoints: objective response, disease control, duration of response (crf_spec 5).

The primary objective response is against the second baseline (BL1, at randomization); the whole strategy is told against
the first (BL0). Progression is always that of the first. Nothing counts after it, or after a new therapy.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from trial.protocol.response.best_response import (
    CR,
    MIN_SD_DAYS,
    NED,
    PD,
    PR,
    Best,
    Evaluation,
    best_response,
    confirmed_best_response,
    in_order,
)
from trial.protocol.response.recist import Response

from .facts import Facts, as_known
from .progression_free import Censoring, progression_free_survival
from .results import EXCLUDED, Reason, Result, outcome, undecided

RESPONDED = {CR, PR}
CONTROLLED = {CR, PR, Response.SD, Response.NON_CR_NON_PD}


class Reference(StrEnum):
    BL0, BL1 = "BL0", "BL1"


class Rate(NamedTuple):
    """So many of so many; the undetermined are in neither."""

    events: int
    subjects: int
    undetermined: int


def rate(results: Iterable[Result]) -> Rate:
    """Of the results of all subjects, those outside the population left out (crf_spec 5).

    >>> rate([Result(1, True, None, Reason.RESPONSE), Result(None, False, None, Reason.NOT_MEASURABLE)])
    Rate(events=1, subjects=1, undetermined=0)
    """
    counted = [one for one in results if one.reason not in EXCLUDED]
    determined = [one for one in counted if one.determined]
    return Rate(sum(one.event for one in determined), len(determined), len(counted) - len(determined))


class _Course(NamedTuple):
    """What a response is read from: the evaluations, where they begin and end, and those nobody has settled."""

    evaluations: list[Evaluation]
    start_on: date
    until_on: date | None
    unresolved: list[Evaluation]

    def open_before(self, day: date | None) -> tuple[str, ...]:
        return tuple(one.record for one in self.unresolved if day is None or (one.scanned_on and one.scanned_on < day))


def _course(facts: Facts, reference: Reference) -> _Course | Result:
    start_on = facts.randomized_on
    if start_on is None:
        return undecided(Reason.NOT_RANDOMIZED)
    new = [one for one in facts.therapies if not one.per_protocol]
    undated = [one.record for one in new if one.on is None]
    if undated:
        return undecided(Reason.THERAPY_UNDATED, *undated)
    until_on = min((one.on for one in new if one.on and one.on >= start_on), default=None)
    read = [_against(one, reference) for one in facts.assessments]
    ends = [day for day in (until_on, *(one.scanned_on for one in read if one.response == PD)) if day]
    since = [one for one in read if one.scanned_on and start_on < one.scanned_on <= min(ends, default=one.scanned_on)]
    return _Course(read, start_on, until_on, [one for one in since if one.response is None])


def _best(course: _Course, *, confirmed: bool, min_sd_days: int) -> Best:
    before = [one for one in course.evaluations if one.response == PD and one.dated_on and one.dated_on <= course.start_on]
    if before:
        return Best(PD, course.start_on, str(Reason.PROGRESSION_BEFORE_RANDOMIZATION), (before[0].record,))
    derive = confirmed_best_response if confirmed else best_response
    return derive(course.evaluations, start_on=course.start_on, until_on=course.until_on, min_sd_days=min_sd_days)


def best_since_randomization(
    facts: Facts,
    *,
    on: date,
    reference: Reference = Reference.BL1,
    confirmed: bool = False,
    min_sd_days: int = MIN_SD_DAYS,
) -> Best | Result:
    """The best overall response since randomization (crf_spec 5), or why there is none to tell.

    >>> scan = Evaluation("TA1", date(2025, 6, 26), None, Response.PR, Response.SD)
    >>> best_since_randomization(Facts(date(2025, 4, 25), assessments=(scan,)), on=date(2026, 1, 1))
    Best(response=<Response.SD: 'SD'>, on=datetime.date(2025, 6, 26), reason='SD at TA1.', records=('TA1',))
    """
    course = _course(as_known(facts, on=on), reference)
    if isinstance(course, Result):
        return course
    best = _best(course, confirmed=confirmed, min_sd_days=min_sd_days)
    unresolved = course.open_before(best.on if best.response == CR else None)
    return undecided(Reason.UNRESOLVED, *unresolved) if unresolved else best


def _achieved(
    course: _Course,
    wanted: set[Response],
    *,
    reason: Reason,
    otherwise: Reason,
    confirmed: bool = False,
    min_sd_days: int = MIN_SD_DAYS,
) -> Result:
    """Once achieved it stays so, unless what came before is not settled. The day is the first of it."""
    scans = in_order(course.evaluations)
    best = _best(course, confirmed=confirmed, min_sd_days=min_sd_days)
    for number, last in enumerate(scans, 1):
        best = _best(course._replace(evaluations=scans[:number]), confirmed=confirmed, min_sd_days=min_sd_days)
        if best.response in wanted and best.on:
            unresolved = course.open_before(last.scanned_on)
            event = outcome(course.start_on, best.on, reason, *best.records, event=True)
            return undecided(Reason.UNRESOLVED, *unresolved) if unresolved else event
    if course.unresolved:
        return undecided(Reason.UNRESOLVED, *course.open_before(None))
    return Result(None, False, None, otherwise if best.response else Reason.NO_ASSESSMENT, best.records)


def _against(one: Evaluation, reference: Reference) -> Evaluation:
    """Progression is that since the first baseline; CR, PR and SD are against the reference."""
    if reference == Reference.BL0 or one.response in (None, PD):
        return one
    return replace(one, response=one.since_randomization)


def objective_response(facts: Facts, *, on: date, reference: Reference = Reference.BL1, confirmed: bool = False) -> Result:
    """Whether the best overall response is CR or PR, from its first day (crf_spec 5, ORR). Without an assessment it is not.

    >>> scan = Evaluation("TA1", date(2025, 6, 26), None, Response.PR, Response.PR)
    >>> objective_response(Facts(date(2025, 4, 25), measurable=True, assessments=(scan,)), on=date(2026, 1, 1)).value_days
    63
    """
    course = _course(as_known(facts, on=on), reference)
    if isinstance(course, Result):
        return course
    if facts.measurable is not True:
        return undecided(Reason.MEASURABLE_UNKNOWN if facts.measurable is None else Reason.NOT_MEASURABLE)
    return _achieved(course, RESPONDED, reason=Reason.RESPONSE, otherwise=Reason.NO_RESPONSE, confirmed=confirmed)


def disease_control(facts: Facts, *, on: date, reference: Reference = Reference.BL1, min_sd_days: int = MIN_SD_DAYS) -> Result:
    """Whether the best overall response is CR, PR or disease stable for so many days (crf_spec 5, DCR).

    >>> scan = Evaluation("TA1", date(2025, 6, 26), None, Response.SD, Response.SD)
    >>> disease_control(Facts(date(2025, 4, 25), assessments=(scan,)), on=date(2026, 1, 1)).event
    True
    """
    course = _course(as_known(facts, on=on), reference)
    if isinstance(course, Result):
        return course
    best = _best(course, confirmed=False, min_sd_days=min_sd_days)
    if facts.no_disease or best.response == NED:
        return undecided(Reason.NO_DISEASE)
    return _achieved(course, CONTROLLED, reason=Reason.CONTROL, otherwise=Reason.NO_CONTROL, min_sd_days=min_sd_days)


def duration_of_response(
    facts: Facts,
    *,
    on: date,
    reference: Reference = Reference.BL1,
    confirmed: bool = False,
    censoring: Censoring = Censoring.FDA,
) -> Result:
    """From the first CR or PR to progression or death, censored as progression-free survival is (crf_spec 5, DoR).

    Only of those who responded; for the others the result says why there is none.

    >>> scan = Evaluation("TA1", date(2025, 6, 26), None, Response.PR, Response.PR)
    >>> later = Evaluation("TA2", date(2025, 8, 29), None, Response.PD)
    >>> facts = Facts(date(2025, 4, 25), True, True, assessments=(scan, later))
    >>> duration_of_response(facts, on=date(2026, 1, 1)).value_days
    65
    """
    response = objective_response(facts, on=on, reference=reference, confirmed=confirmed)
    if not response.event or response.on is None:
        return response
    free = progression_free_survival(facts, on=on, censoring=censoring)
    if free.on is None:
        return free
    return outcome(response.on, free.on, free.reason, *response.records, *free.records, event=free.event)
