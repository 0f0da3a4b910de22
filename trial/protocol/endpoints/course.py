"""A subject's course as the rules read it: every response, the best of them, and the endpoints (crf_spec 2.16 and 5).

Nothing here is new: it puts the modules of RECIST 1.1, iRECIST and the endpoints to work on one subject. Sizes are in mm.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from trial.protocol.parameters import DEFAULT, Parameters
from trial.protocol.response import irecist, recist
from trial.protocol.response.best_response import Best, Evaluation, best_response, confirmed_best_response, progression_on
from trial.protocol.response.recist import Assessment, Baseline, Discordance, Response, TimePoint
from trial.protocol.response.second_baseline import responses_since

from .course_endpoints import course_failure, endpoints, lesion_endpoints
from .course_facts import Endpoint, Read, Seen, Told
from .facts import as_known
from .failure_pattern import Pattern
from .responders import best_since_randomization
from .results import Result

__all__ = ["Course", "Endpoint", "Read", "Seen", "Told", "derive", "read"]


class Course(NamedTuple):
    """`best` counts from the first dose, against the first baseline; `best_since_randomization` against the second."""

    on: date
    randomized_on: date | None
    responses: tuple[Read, ...]
    best: Best
    confirmed_best: Best
    best_since_randomization: Best | Result
    best_immune: irecist.IResponse
    endpoints: tuple[Endpoint, ...]
    local_control: tuple[Endpoint, ...]
    first_failure: Pattern


def derive(told: Told, *, on: date, parameters: Parameters = DEFAULT) -> Course:
    """All that is derived for one subject, as known on a day (crf_spec 2.16, 5): what was scanned later is not read.

    >>> derive(Told(Baseline()), on=date(2026, 1, 1)).best.response is None
    True
    """
    told = replace(told, seen=tuple(one for one in told.seen if _last(one.point) and _last(one.point) <= on))  # type: ignore[operator]
    responses = read(told, parameters=parameters)
    evaluations = tuple(one.evaluation for one in responses)
    facts = replace(told.facts, assessments=evaluations)
    treated_on = told.treated_on if told.treated_on and told.treated_on <= on else None
    therapies = as_known(facts, on=on).therapies
    until_on = min((one.on for one in therapies if one.on and not one.per_protocol), default=None)
    return Course(
        on=on,
        randomized_on=as_known(facts, on=on).randomized_on,
        responses=responses,
        best=best_response(evaluations, start_on=treated_on, until_on=until_on),
        confirmed_best=confirmed_best_response(evaluations, start_on=treated_on, until_on=until_on, targets=bool(told.baseline.targets)),
        best_since_randomization=best_since_randomization(facts, on=on),
        best_immune=irecist.best((one.immune for one in responses), start_on=treated_on),
        endpoints=tuple(endpoints(told, facts, on=on, parameters=parameters)),
        local_control=tuple(lesion_endpoints(told, facts, on=on)),
        first_failure=course_failure(told, responses, facts, on=on),
    )


def read(told: Told, *, parameters: Parameters = DEFAULT) -> tuple[Read, ...]:
    """Every assessment with a scan, in order of time, with what RECIST 1.1 and iRECIST derive from it.

    >>> read(Told(Baseline()))
    ()
    """
    dated = [(one.point.scanned_on, one.point.label, one) for one in told.seen if one.point.scanned_on]
    seen = [one for _, _, one in sorted(dated, key=lambda row: row[:2])]
    points = [one.point for one in seen]
    derived = _assess(told.baseline, points, parameters)
    since = _since_second_baseline(told, points, parameters)
    ne = parameters.recist_nontarget_ne.value
    immune = irecist.read(told.baseline, points, new_symptom=told.new_symptom, recist_nontarget_ne=ne)
    return tuple(
        Read(
            one,
            found,
            recist.discordance(found.overall, one.investigator),
            _evaluation(one, found, points[:index], since.get(one.point.label)),
            reading,
        )
        for index, (one, found, reading) in enumerate(zip(seen, derived, immune, strict=True))
    )


def _last(point: TimePoint) -> date | None:
    return point.last_scan_on or point.first_scan_on


def _assess(baseline: Baseline, points: Sequence[TimePoint], parameters: Parameters) -> list[Assessment]:
    return recist.assess_all(
        baseline,
        points,
        recist_continuing_pr=parameters.recist_continuing_pr,
        recist_nontarget_ne=parameters.recist_nontarget_ne.value,
        recist_floor_after_cr=parameters.recist_floor_after_cr,
    )


def _since_second_baseline(told: Told, points: Sequence[TimePoint], parameters: Parameters) -> dict[str, Response]:
    """CR, PR or SD against BL1 (crf_spec 2.16), by time point; progression is that since BL0, always."""
    at = next((index for index, point in enumerate(points) if point.label == told.second_baseline), None)
    if at is None:
        return {}
    later = points[at + 1 :]
    found = responses_since(told.baseline, points[at], later, recist_nontarget_ne=parameters.recist_nontarget_ne.value)
    return {point.label: response for point, response in zip(later, found, strict=True)}


def _evaluation(seen: Seen, found: Assessment, earlier: Sequence[TimePoint], since: Response | None) -> Evaluation:
    """The investigator's response where it does not contradict the derived one; a major difference is settled first."""
    settled = seen.investigator is not None and recist.discordance(found.overall, seen.investigator) != Discordance.MAJOR
    by_sum = Response.PD in (found.target, found.non_target)
    point = seen.point
    return Evaluation(
        record=point.label,
        first_scan_on=point.first_scan_on,
        last_scan_on=point.last_scan_on,
        response=seen.investigator if settled else None,
        since_randomization=since,
        pd_on=progression_on(point, earlier, by_sum=by_sum) if seen.investigator == Response.PD else None,
    )
