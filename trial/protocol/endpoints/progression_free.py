"""Progression-free survival, by both sets of censoring rules (crf_spec 5, PFS).

FDA 2007, appendix 3, table A, censors what a new therapy or two missed assessments came before.
EMA 2012, appendix 1, counts every event at its date.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from itertools import count

from trial.protocol.parameters import DEFAULT, AssessmentSchedule
from trial.protocol.response import irecist
from trial.protocol.response.evaluations import Evaluation, in_order
from trial.protocol.response.recist import Response

from .facts import Facts, Therapy, death_on, death_records, facts_known_by
from .results import Reason, Result, outcome, undecided


class Censoring(StrEnum):
    """The set of censoring rules."""

    FDA, EMA = "FDA", "EMA"


def gap_limit_days(day: int, schedule: AssessmentSchedule = DEFAULT.ta_schedule) -> int:
    """Return the longest time to an event in which fewer than two assessments were missed.

    It runs from an assessment on a day since randomization. It is the distance of the targets, two
    visits on, and both windows (crf_spec 5, PFS 3), in days.

    >>> gap_limit_days(0), gap_limit_days(315), gap_limit_days(500)
    (140, 168, 196)
    """
    targets = []  # days since randomization, with their half windows
    for number in count():
        target, interval = schedule.assessment(number)
        targets.append((target, interval.half_window))
        if target >= day:
            break
    at, half = min(targets[-2:], key=lambda visit: (abs(visit[0] - day), visit[0]))
    number = next(n for n, (target, _) in enumerate(targets) if target == at)
    second, interval = schedule.assessment(number + 2)
    return second - at + half + interval.half_window


def progression_free_survival(
    facts: Facts,
    *,
    on: date,
    censoring: Censoring = Censoring.FDA,
    schedule: AssessmentSchedule = DEFAULT.ta_schedule,
) -> Result:
    """Return the time from randomization to the first PD or death of any cause (crf_spec 5, PFS).

    Progression that had been there before counts on the day of randomization.

    >>> pd = Evaluation("TA1", date(2025, 6, 26), None, Response.PD)
    >>> facts = Facts(date(2025, 4, 25), baseline_complete=True, assessments=(pd,))
    >>> progression_free_survival(facts, on=date(2026, 1, 1)).value_days
    63
    """
    facts = facts_known_by(facts, on=on)
    start_on = facts.randomized_on
    died_on = death_on(facts)
    if start_on is None:
        return undecided(Reason.NOT_RANDOMIZED)
    if isinstance(died_on, Reason):
        return undecided(died_on, *death_records(facts))
    scans = in_order(facts.assessments)
    event = _event(start_on, _first_progression(scans), died_on, facts)
    if censoring == Censoring.EMA:
        return _by_ema(scans, start_on, event, on=on)
    return _by_fda(facts, scans, start_on, event, on=on, schedule=schedule)


def _by_ema(scans: list[Evaluation], start_on: date, event: Result | None, *, on: date) -> Result:
    until_on = event.on if event and event.on else on
    unresolved = _unresolved(scans, event, until_on)
    if unresolved:
        return undecided(Reason.UNRESOLVED, *unresolved)
    if event:
        return event
    return _without_event(start_on, _last_evaluable(scans, start_on, until_on, event))


def _by_fda(
    facts: Facts,
    scans: list[Evaluation],
    start_on: date,
    event: Result | None,
    *,
    on: date,
    schedule: AssessmentSchedule,
) -> Result:
    """Return the result in the order of crf_spec 5: new therapy, missed assessments, event."""
    if facts.baseline_complete is None:
        return undecided(Reason.BASELINE_UNKNOWN)
    new_therapies = [therapy for therapy in facts.therapies if not therapy.per_protocol]
    undated = [therapy.record for therapy in new_therapies if therapy.on is None]
    if undated:
        return undecided(Reason.THERAPY_UNDATED, *undated)
    if not facts.baseline_complete:
        return outcome(start_on, start_on, Reason.NO_BASELINE)
    therapy = _first_therapy(new_therapies, start_on, event)
    ends = [event.on if event else None, therapy.on if therapy else None]
    until_on = min((day for day in ends if day), default=on)
    unresolved = _unresolved(scans, event, until_on)
    if unresolved:
        return undecided(Reason.UNRESOLVED, *unresolved)
    last = _last_evaluable(scans, start_on, until_on, event)
    last_on = (last.dated_on if last else None) or start_on
    records = (last.record,) if last else ()
    if therapy:
        return outcome(start_on, last_on, Reason.NEW_THERAPY, *records, therapy.record)
    if event is None or event.on is None:
        return _without_event(start_on, last)
    gap_limit = timedelta(gap_limit_days((last_on - start_on).days, schedule))
    if event.on - last_on <= gap_limit:
        return event
    is_unseen = last is None and event.reason == Reason.DEATH
    reason = Reason.NO_ASSESSMENT if is_unseen else Reason.MISSED
    return outcome(start_on, last_on, reason, *records, *event.records)


def immune(readings: Iterable[irecist.Reading]) -> tuple[Evaluation, ...]:
    """Return iRECIST's responses for progression-free survival (crf_spec 5, iPFS).

    PD is the first iUPD that was confirmed, or that nothing has followed; any other is SD.

    >>> on = date(2025, 6, 26)
    >>> immune([irecist.Reading("TA1", on, irecist.IUPD, since_on=on)])[0].response
    <Response.PD: 'PD'>
    """
    series = list(readings)
    progression = irecist.progression(series)
    first = progression.records[0] if progression else None
    responses = {name: response for response, name in irecist.NAMED.items()}
    responses |= {irecist.NE: Response.NE, irecist.IUPD: Response.SD}
    evaluations = []
    for reading in series:
        is_progression = reading.record == first
        response = Response.PD if is_progression else responses.get(reading.response, Response.SD)
        evaluations.append(Evaluation(reading.record, reading.on, reading.on, response))
    return tuple(evaluations)


def _first_progression(scans: list[Evaluation]) -> tuple[date, Evaluation] | None:
    dated = []
    for scan in scans:
        if scan.response == Response.PD and scan.dated_on:
            dated.append((scan.dated_on, scan))
    return min(dated, key=lambda pair: pair[0], default=None)


def _event(
    start_on: date,
    progressed: tuple[date, Evaluation] | None,
    died_on: date | None,
    facts: Facts,
) -> Result | None:
    """Return PD or death, whichever is first; on one day, PD."""
    if progressed and (died_on is None or progressed[0] <= died_on):
        day, scan = progressed
        reason = Reason.PROGRESSION
        if day <= start_on:
            reason = Reason.PROGRESSION_BEFORE_RANDOMIZATION
        return outcome(start_on, day, reason, scan.record, event=True)
    if died_on:
        return outcome(start_on, died_on, Reason.DEATH, *death_records(facts), event=True)
    return None


def _first_therapy(
    therapies: list[Therapy], start_on: date, event: Result | None
) -> Therapy | None:
    """Return the first therapy since randomization, if it came before the event.

    On one day, the event is first.
    """
    dated = [(therapy.on, therapy) for therapy in therapies if therapy.on]
    since = [pair for pair in dated if pair[0] >= start_on]
    if not since:
        return None
    day, first = min(since, key=lambda pair: pair[0])
    return first if event is None or event.on is None or day < event.on else None


def _unresolved(scans: list[Evaluation], event: Result | None, until_on: date) -> list[str]:
    """Return the records up to a day whose response is not settled, but for the event's own day."""
    records = []
    for scan in scans:
        is_event = event is not None and scan.scanned_on == event.on
        is_early = scan.scanned_on is not None and scan.scanned_on <= until_on
        if scan.response is None and is_early and not is_event:
            records.append(scan.record)
    return records


def _last_evaluable(
    scans: list[Evaluation], start_on: date, until_on: date, event: Result | None
) -> Evaluation | None:
    """Return the last evaluable assessment after randomization without PD, up to a day."""
    event_records = event.records if event else ()
    for scan in reversed(scans):
        is_free = scan.evaluable and scan.response != Response.PD
        is_between = scan.scanned_on is not None and start_on < scan.scanned_on <= until_on
        if is_free and is_between and scan.record not in event_records:
            return scan
    return None


def _without_event(start_on: date, last: Evaluation | None) -> Result:
    """Return the result at the last evaluable assessment, or at randomization without one."""
    if last is None:
        return outcome(start_on, start_on, Reason.NO_ASSESSMENT)
    return outcome(start_on, last.dated_on or start_on, Reason.NO_EVENT, last.record)
