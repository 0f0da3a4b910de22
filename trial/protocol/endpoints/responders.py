"""Response endpoints: objective response, disease control, duration of response (crf_spec 5).

The primary objective response is against the second baseline (BL1, at randomization); that of the
whole strategy is against the first (BL0). Progression is always that of the first. Nothing counts
after it, or after a new therapy.
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
    NON_CR_NON_PD,
    PD,
    PR,
    SD,
    Best,
    best_response,
    confirmed_best_response,
)
from trial.protocol.response.evaluations import Evaluation, in_order
from trial.protocol.response.recist import Response

from .facts import Facts, facts_known_by
from .progression_free import Censoring, progression_free_survival
from .results import EXCLUDED, Reason, Result, outcome, undecided

RESPONDED = {CR, PR}
CONTROLLED = {CR, PR, SD, NON_CR_NON_PD}


class Reference(StrEnum):
    """The baseline that a response is measured against."""

    BL0, BL1 = "BL0", "BL1"


class Rate(NamedTuple):
    """The number of events, and of subjects; the undetermined are in neither."""

    events: int
    subjects: int
    undetermined: int


def rate(results: Iterable[Result]) -> Rate:
    """Return the rate over the results of all subjects (crf_spec 5).

    Those outside the population are left out.

    >>> response = Result(1, True, None, Reason.RESPONSE)
    >>> rate([response, Result(None, False, None, Reason.NOT_MEASURABLE)])
    Rate(events=1, subjects=1, undetermined=0)
    """
    counted = [result for result in results if result.reason not in EXCLUDED]
    determined = [result for result in counted if result.determined]
    events = sum(result.event for result in determined)
    return Rate(events, len(determined), len(counted) - len(determined))


class _ResponseCourse(NamedTuple):
    """The evaluations of a subject, where they begin and end, and those that are not settled."""

    evaluations: list[Evaluation]
    start_on: date
    until_on: date | None
    unresolved: list[Evaluation]

    def unresolved_before(self, day: date | None) -> tuple[str, ...]:
        """Return the records that are not settled, before a day or at all."""
        records = []
        for evaluation in self.unresolved:
            scanned_on = evaluation.scanned_on
            if day is None or (scanned_on and scanned_on < day):
                records.append(evaluation.record)
        return tuple(records)

    def best(self, *, confirmed: bool, min_sd_days: int) -> Best:
        """Return the best response; PD where progression had been there at randomization."""
        for evaluation in self.evaluations:
            day = evaluation.dated_on
            if evaluation.response == PD and day and day <= self.start_on:
                reason = str(Reason.PROGRESSION_BEFORE_RANDOMIZATION)
                return Best(PD, self.start_on, reason, (evaluation.record,))
        derive = confirmed_best_response if confirmed else best_response
        return derive(
            self.evaluations,
            start_on=self.start_on,
            until_on=self.until_on,
            min_sd_days=min_sd_days,
        )


def _course(facts: Facts, reference: Reference) -> _ResponseCourse | Result:
    """Return the evaluations that count, or why there are none."""
    start_on = facts.randomized_on
    if start_on is None:
        return undecided(Reason.NOT_RANDOMIZED)
    new_therapies = [therapy for therapy in facts.therapies if not therapy.per_protocol]
    undated = [therapy.record for therapy in new_therapies if therapy.on is None]
    if undated:
        return undecided(Reason.THERAPY_UNDATED, *undated)
    therapy_days = [therapy.on for therapy in new_therapies if therapy.on]
    until_on = min((day for day in therapy_days if day >= start_on), default=None)
    evaluations = [_against(evaluation, reference) for evaluation in facts.assessments]
    progressions = [scan.scanned_on for scan in evaluations if scan.response == PD]
    end_on = min((day for day in (until_on, *progressions) if day), default=date.max)
    unresolved = []
    for evaluation in evaluations:
        day = evaluation.scanned_on
        if evaluation.response is None and day and start_on < day <= end_on:
            unresolved.append(evaluation)
    return _ResponseCourse(evaluations, start_on, until_on, unresolved)


def _against(evaluation: Evaluation, reference: Reference) -> Evaluation:
    """Return the evaluation with CR, PR and SD against the reference.

    Progression is that since the first baseline.
    """
    if reference == Reference.BL0 or evaluation.response in (None, PD):
        return evaluation
    return replace(evaluation, response=evaluation.since_randomization)


def best_since_randomization(
    facts: Facts,
    *,
    on: date,
    reference: Reference = Reference.BL1,
    confirmed: bool = False,
    min_sd_days: int = MIN_SD_DAYS,
) -> Best | Result:
    """Return the best overall response since randomization (crf_spec 5), or why there is none.

    >>> scan = Evaluation("TA1", date(2025, 6, 26), None, Response.PR, Response.SD)
    >>> facts = Facts(date(2025, 4, 25), assessments=(scan,))
    >>> best_since_randomization(facts, on=date(2026, 1, 1)).reason
    'SD at TA1.'
    """
    course = _course(facts_known_by(facts, on=on), reference)
    if isinstance(course, Result):
        return course
    best = course.best(confirmed=confirmed, min_sd_days=min_sd_days)
    unresolved = course.unresolved_before(best.on if best.response == CR else None)
    return undecided(Reason.UNRESOLVED, *unresolved) if unresolved else best


def _achieved(
    course: _ResponseCourse,
    responses: set[Response],
    *,
    reason: Reason,
    otherwise: Reason,
    confirmed: bool = False,
    min_sd_days: int = MIN_SD_DAYS,
) -> Result:
    """Return the event that the best response was one of these, on its first day.

    Once achieved it stays so, unless an assessment before it is not settled.
    """
    scans = in_order(course.evaluations)
    best = course.best(confirmed=confirmed, min_sd_days=min_sd_days)
    for number, last in enumerate(scans, 1):
        part = course._replace(evaluations=scans[:number])
        best = part.best(confirmed=confirmed, min_sd_days=min_sd_days)
        if best.response in responses and best.on:
            unresolved = course.unresolved_before(last.scanned_on)
            if unresolved:
                return undecided(Reason.UNRESOLVED, *unresolved)
            return outcome(course.start_on, best.on, reason, *best.records, event=True)
    if course.unresolved:
        return undecided(Reason.UNRESOLVED, *course.unresolved_before(None))
    reason = otherwise if best.response else Reason.NO_ASSESSMENT
    return Result(None, False, None, reason, best.records)


def objective_response(
    facts: Facts, *, on: date, reference: Reference = Reference.BL1, confirmed: bool = False
) -> Result:
    """Return the event that the best overall response is CR or PR (crf_spec 5, ORR).

    It counts from its first day. Without an assessment there is no event.

    >>> scan = Evaluation("TA1", date(2025, 6, 26), None, Response.PR, Response.PR)
    >>> facts = Facts(date(2025, 4, 25), measurable=True, assessments=(scan,))
    >>> objective_response(facts, on=date(2026, 1, 1)).value_days
    63
    """
    course = _course(facts_known_by(facts, on=on), reference)
    if isinstance(course, Result):
        return course
    if facts.measurable is None:
        return undecided(Reason.MEASURABLE_UNKNOWN)
    if not facts.measurable:
        return undecided(Reason.NOT_MEASURABLE)
    return _achieved(
        course,
        RESPONDED,
        reason=Reason.RESPONSE,
        otherwise=Reason.NO_RESPONSE,
        confirmed=confirmed,
    )


def disease_control(
    facts: Facts,
    *,
    on: date,
    reference: Reference = Reference.BL1,
    min_sd_days: int = MIN_SD_DAYS,
) -> Result:
    """Return the event that the best overall response is CR, PR or stable disease.

    crf_spec 5, DCR. Disease is stable for `min_sd_days` at least.

    >>> scan = Evaluation("TA1", date(2025, 6, 26), None, Response.SD, Response.SD)
    >>> facts = Facts(date(2025, 4, 25), assessments=(scan,))
    >>> disease_control(facts, on=date(2026, 1, 1)).event
    True
    """
    course = _course(facts_known_by(facts, on=on), reference)
    if isinstance(course, Result):
        return course
    best = course.best(confirmed=False, min_sd_days=min_sd_days)
    if facts.no_disease or best.response == NED:
        return undecided(Reason.NO_DISEASE)
    return _achieved(
        course,
        CONTROLLED,
        reason=Reason.CONTROL,
        otherwise=Reason.NO_CONTROL,
        min_sd_days=min_sd_days,
    )


def duration_of_response(
    facts: Facts,
    *,
    on: date,
    reference: Reference = Reference.BL1,
    confirmed: bool = False,
    censoring: Censoring = Censoring.FDA,
) -> Result:
    """Return the time from the first CR or PR to progression or death (crf_spec 5, DoR).

    It is censored as progression-free survival is. Only a subject who responded has one; for the
    others the result says why there is none.

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
    records = (*response.records, *free.records)
    return outcome(response.on, free.on, free.reason, *records, event=free.event)
