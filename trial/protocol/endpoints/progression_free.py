"""Progression-free survival, by both sets of censoring rules (crf_spec 5; FDA 2007, appendix 3, table A; EMA 2012, appendix 1).

The FDA's table censors what a new therapy or two missed assessments came before; the EMA counts every event at its date.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum
from itertools import count

from trial.protocol.parameters import DEFAULT, AssessmentSchedule
from trial.protocol.response import irecist
from trial.protocol.response.best_response import Evaluation, in_order
from trial.protocol.response.recist import Response

from .facts import Facts, Therapy, as_known, death_on
from .results import Reason, Result, outcome, undecided


class Censoring(StrEnum):
    FDA, EMA = "FDA", "EMA"


def gap_limit_days(day: int, schedule: AssessmentSchedule = DEFAULT.ta_schedule) -> int:
    """Longest time from an assessment on a day since randomization to the event, in which fewer than two were missed.

    It is the distance of the targets, two visits on, and both windows (crf_spec 5, PFS 3).

    >>> gap_limit_days(0), gap_limit_days(315), gap_limit_days(500)
    (140, 168, 196)
    """
    targets = _targets(schedule)
    passed = [next(targets)]
    while passed[-1][0] < day:
        passed.append(next(targets))
    at, half = min(passed[-2:], key=lambda visit: (abs(visit[0] - day), visit[0]))
    later = [visit for visit in (*passed, next(targets), next(targets)) if visit[0] > at]
    target, window = later[1]
    return target - at + half + window


def _targets(schedule: AssessmentSchedule) -> Iterator[tuple[int, int]]:
    """Days of the assessments from randomization on, with their half windows; the first is randomization."""
    early = schedule.early_until // schedule.early.days
    for k in count():
        if k <= early:
            yield schedule.early.days * k, schedule.early.half_window
        else:
            yield schedule.early_until + schedule.late.days * (k - early), schedule.late.half_window


def progression_free_survival(
    facts: Facts,
    *,
    on: date,
    censoring: Censoring = Censoring.FDA,
    schedule: AssessmentSchedule = DEFAULT.ta_schedule,
) -> Result:
    """From randomization to the first PD or death of any cause, whichever is first (crf_spec 5, PFS).

    Progression found to have been there before counts on the day of randomization.

    >>> facts = Facts(date(2025, 4, 25), True, assessments=(Evaluation("TA1", date(2025, 6, 26), None, Response.PD),))
    >>> progression_free_survival(facts, on=date(2026, 1, 1)).value_days
    63
    """
    facts = as_known(facts, on=on)
    start_on = facts.randomized_on
    died_on = death_on(facts)
    refusal = _refusal(facts, died_on, censoring)
    if start_on is None or isinstance(died_on, Reason) or refusal:
        return refusal or undecided(Reason.NOT_RANDOMIZED)
    scans = in_order(facts.assessments)
    progressed = min(
        ((one.dated_on, one) for one in scans if one.response == Response.PD and one.dated_on), key=lambda p: p[0], default=None
    )
    event = _event(start_on, progressed, died_on, facts)
    therapy = _first_new(facts, start_on) if censoring == Censoring.FDA else None
    therapy_on = therapy.on if therapy and event is None else _before(therapy, event)
    if censoring == Censoring.FDA and not facts.baseline_complete:
        return outcome(start_on, start_on, Reason.NO_BASELINE)
    ends = [day for day in (event.on if event else None, therapy_on) if day]
    until_on = min(ends, default=on)
    early = [one for one in scans if one.scanned_on and one.scanned_on <= until_on and not (event and one.scanned_on == event.on)]
    unresolved = [one.record for one in early if one.response is None]
    if unresolved:
        return undecided(Reason.UNRESOLVED, *unresolved)
    if censoring == Censoring.EMA and event:
        return event
    last = _last_evaluable(scans, start_on, until_on, event)
    return _censored(start_on, last, event, therapy if therapy_on else None, schedule)


def immune(readings: Iterable[irecist.Reading]) -> tuple[Evaluation, ...]:
    """iRECIST for progression-free survival (crf_spec 5, iPFS): PD is the first iUPD that was confirmed, or that nothing has followed.

    >>> immune([irecist.Reading("TA1", date(2025, 6, 26), irecist.IUPD, since_on=date(2025, 6, 26))])[0].response
    <Response.PD: 'PD'>
    """
    series = list(readings)
    found = irecist.progression(series)
    first = found.records[0] if found else None
    names = {name: response for response, name in irecist.NAMED.items() if response != Response.PD} | {irecist.NE: Response.NE}
    return tuple(
        Evaluation(one.record, one.on, one.on, Response.PD if one.record == first else names.get(one.response, Response.SD))
        for one in series
    )


def _refusal(facts: Facts, died_on: date | Reason | None, censoring: Censoring) -> Result | None:
    """What has to be known before anything can be said."""
    if facts.randomized_on is None:
        return undecided(Reason.NOT_RANDOMIZED)
    if isinstance(died_on, Reason):
        return undecided(died_on, *((facts.death.record,) if facts.death else ()))
    if censoring == Censoring.EMA:
        return None
    if facts.baseline_complete is None:
        return undecided(Reason.BASELINE_UNKNOWN)
    undated = [one.record for one in facts.therapies if one.on is None and not one.per_protocol]
    return undecided(Reason.THERAPY_UNDATED, *undated) if undated else None


def _event(start_on: date, progressed: tuple[date, Evaluation] | None, died_on: date | None, facts: Facts) -> Result | None:
    """PD or death, whichever is first; on one day, PD."""
    if progressed and (died_on is None or progressed[0] <= died_on):
        before = progressed[0] <= start_on
        reason = Reason.PROGRESSION_BEFORE_RANDOMIZATION if before else Reason.PROGRESSION
        return outcome(start_on, progressed[0], reason, progressed[1].record, event=True)
    if died_on and facts.death:
        return outcome(start_on, died_on, Reason.DEATH, facts.death.record, event=True)
    return None


def _first_new(facts: Facts, start_on: date) -> Therapy | None:
    new = [(one.on, one) for one in facts.therapies if one.on and one.on >= start_on and not one.per_protocol]
    return min(new, key=lambda pair: pair[0])[1] if new else None


def _before(therapy: Therapy | None, event: Result | None) -> date | None:
    """The day of a therapy that began before the event; on one day, the event is first."""
    day = therapy.on if therapy else None
    return day if day and event and event.on and day < event.on else None


def _last_evaluable(scans: list[Evaluation], start_on: date, until_on: date, event: Result | None) -> Evaluation | None:
    """The last evaluable assessment after randomization that shows no PD, up to a day."""
    good = [
        one for one in scans if one.evaluable and one.response != Response.PD and one.scanned_on and start_on < one.scanned_on <= until_on
    ]
    own = set(event.records) if event else set()
    return next((one for one in reversed(good) if one.record not in own), None)


def _censored(
    start_on: date, last: Evaluation | None, event: Result | None, therapy: Therapy | None, schedule: AssessmentSchedule
) -> Result:
    """The order of crf_spec 5: new therapy, missed assessments, end of what is known."""
    last_on = (last.dated_on if last else None) or start_on
    records = (last.record,) if last else ()
    if therapy:
        return outcome(start_on, last_on, Reason.NEW_THERAPY, *records, therapy.record)
    if event is None or event.on is None:
        return outcome(start_on, last_on, Reason.NO_EVENT if last else Reason.NO_ASSESSMENT, *records)
    if event.on - last_on > timedelta(gap_limit_days((last_on - start_on).days, schedule)):
        unseen = last is None and event.reason == Reason.DEATH
        return outcome(start_on, last_on, Reason.NO_ASSESSMENT if unseen else Reason.MISSED, *records, *event.records)
    return event
