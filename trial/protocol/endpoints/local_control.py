"""Where the disease comes back: in an irradiated lesion, at its margin, elsewhere, anew (crf_spec 5).

The same lesions are followed in both arms, from randomization; where they were irradiated, also from its end. Sizes are in
mm: the longest diameter, of a lymph node the short axis. Death, and progression elsewhere, compete: neither is an event.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from trial.protocol.response.lesions import NORMAL_NODE_BELOW_MM
from trial.protocol.response.recist import Response

from .facts import Facts, as_known, death_on, known
from .results import Reason, Result, outcome, undecided

INDETERMINATE_DAYS = 56  # post-radiotherapy change is confirmed 8 to 12 weeks later


class LocalStatus(StrEnum):
    CONTROLLED, INFIELD_PD, MARGINAL_PD = "CONTROLLED", "INFIELD_PD", "MARGINAL_PD"
    INDETERMINATE_POST_RT = "INDETERMINATE_POST_RT"


@dataclass(frozen=True)
class LesionScan:
    """A lesion at one assessment or biopsy; 0 mm where it is gone, None where it was not measured."""

    record: str
    on: date | None
    mm: Decimal | None = None
    status: LocalStatus | None = None
    biopsy_positive: bool = False
    known_on: date | None = None


@dataclass(frozen=True)
class FollowedLesion:
    """A lesion of the second baseline, and its size there. `irradiated_on` is the last fraction; None without radiotherapy."""

    code: str
    nodal: bool
    scans: tuple[LesionScan, ...] = ()
    irradiated_on: date | None = None
    baseline_mm: Decimal | None = None


class Start(StrEnum):
    RANDOMIZATION, RADIOTHERAPY_END = "RANDOMIZATION", "RADIOTHERAPY_END"


def _grown(mm: Decimal | None, nadir_mm: Decimal | None, *, nodal: bool) -> bool:
    """By 20 % and 5 mm; a lymph node must be pathological, too."""
    if mm is None or nadir_mm is None or (nodal and mm < NORMAL_NODE_BELOW_MM):
        return False
    return mm - nadir_mm >= 5 and 100 * (mm - nadir_mm) >= 20 * nadir_mm


def local_failure(lesion: FollowedLesion, scans: Iterable[LesionScan], *, nadir_from_on: date) -> tuple[LesionScan, Reason] | None:
    """The first scan that shows failure of a lesion in its field (crf_spec 5, LC); scans in order of time.

    Growth is from the smallest size since a day, of a lesion not irradiated also from the baseline. Where the reader cannot
    tell it from a change by radiotherapy, it is none until a scan 8 weeks later shows it still.

    >>> scans = [LesionScan("TA1", date(2025, 6, 26), Decimal(10)), LesionScan("TA2", date(2025, 8, 29), Decimal(15))]
    >>> local_failure(FollowedLesion("L01", False), scans, nadir_from_on=date(2025, 6, 13))[1].name
    'LOCAL_GROWTH'
    """
    nadir_mm = None if lesion.irradiated_on else lesion.baseline_mm
    doubtful_on: date | None = None
    for scan in scans:
        day = scan.on
        if day is None:
            continue
        mm = scan.mm if scan.mm is not None and scan.mm.is_finite() and scan.mm >= 0 else None
        if scan.biopsy_positive or scan.status == LocalStatus.INFIELD_PD:
            return scan, Reason.LOCAL_BIOPSY if scan.biopsy_positive else Reason.LOCAL_IN_FIELD
        if scan.status == LocalStatus.INDETERMINATE_POST_RT:
            doubtful_on = doubtful_on or day
        elif _grown(mm, nadir_mm, nodal=lesion.nodal) and scan.status != LocalStatus.MARGINAL_PD:
            if doubtful_on is None or day - doubtful_on >= timedelta(INDETERMINATE_DAYS):
                return scan, Reason.LOCAL_GROWTH
        elif mm is not None or scan.status == LocalStatus.CONTROLLED:
            doubtful_on = None
        if mm is not None and day >= nadir_from_on:
            nadir_mm = mm if nadir_mm is None else min(nadir_mm, mm)
    return None


def local_control(lesion: FollowedLesion, facts: Facts, *, on: date, start: Start = Start.RANDOMIZATION) -> Result | None:
    """From randomization, or the end of radiotherapy, to failure of one lesion in its field (crf_spec 5, LC).

    None from the end of radiotherapy for a lesion that was not irradiated.

    >>> scans = (LesionScan("TA1", date(2025, 6, 26), Decimal(10)), LesionScan("TA2", date(2025, 8, 29), Decimal(15)))
    >>> local_control(FollowedLesion("L01", False, scans), Facts(date(2025, 4, 25)), on=date(2026, 1, 1)).value_days
    127
    """
    facts, lesion = as_known(facts, on=on), _lesion_as_known(lesion, on=on)
    start_on = facts.randomized_on if start == Start.RANDOMIZATION else lesion.irradiated_on
    if facts.randomized_on is None:
        return undecided(Reason.NOT_RANDOMIZED)
    if start_on is None:
        return None
    scans = _in_order(lesion, start_on)
    undated = [scan.record for scan in lesion.scans if scan.on is None and (scan.biopsy_positive or scan.status == LocalStatus.INFIELD_PD)]
    if undated:
        return undecided(Reason.FINDING_UNDATED, *undated)
    failed = local_failure(lesion, scans, nadir_from_on=lesion.irradiated_on or facts.randomized_on)
    assessed = [scan for scan in scans if scan.mm is not None or scan.status]
    if failed and failed[0].on:
        return outcome(start_on, failed[0].on, failed[1], failed[0].record, event=True)
    return _ended(facts, start_on, [(scan.on, scan.record) for scan in assessed if scan.on])


def marginal_failure(lesion: FollowedLesion, facts: Facts, *, on: date) -> Result:
    """From randomization to progression at the margin of the field, told apart from failure in it (crf_spec 5, LC).

    >>> scans = (LesionScan("TA1", date(2025, 6, 26), status=LocalStatus.MARGINAL_PD),)
    >>> marginal_failure(FollowedLesion("L01", False, scans), Facts(date(2025, 4, 25)), on=date(2026, 1, 1)).event
    True
    """
    facts, lesion = as_known(facts, on=on), _lesion_as_known(lesion, on=on)
    start_on = facts.randomized_on
    if start_on is None:
        return undecided(Reason.NOT_RANDOMIZED)
    scans = _in_order(lesion, start_on)
    for scan in scans:
        if scan.status == LocalStatus.MARGINAL_PD and scan.on:
            return outcome(start_on, scan.on, Reason.MARGINAL, scan.record, event=True)
    return _ended(facts, start_on, [(scan.on, scan.record) for scan in scans if scan.on and (scan.mm is not None or scan.status)])


def _lesion_as_known(lesion: FollowedLesion, *, on: date) -> FollowedLesion:
    ended = lesion.irradiated_on if lesion.irradiated_on and lesion.irradiated_on <= on else None
    return replace(lesion, scans=known(lesion.scans, (scan.on for scan in lesion.scans), on=on), irradiated_on=ended)


def _in_order(lesion: FollowedLesion, start_on: date) -> list[LesionScan]:
    dated = [(scan.on, scan.record, scan) for scan in lesion.scans if scan.on and scan.on >= start_on]
    return [scan for _, _, scan in sorted(dated, key=lambda row: row[:2])]


def _ended(facts: Facts, start_on: date, assessed: list[tuple[date, str]]) -> Result:
    """Without an event: what came first instead, or the last assessment of the lesion."""
    died_on = death_on(facts)
    last_on, last = max(assessed, default=(start_on, ""))
    if isinstance(died_on, Reason):
        return undecided(died_on, *((facts.death.record,) if facts.death else ()))
    later = [(day, one.record) for one in facts.assessments if one.response == Response.PD and (day := one.dated_on) and day > last_on]
    if later:
        first_on, record = min(later)
        return outcome(start_on, first_on, Reason.COMPETING_PROGRESSION, record)
    if died_on and facts.death:
        return outcome(start_on, died_on, Reason.COMPETING_DEATH, facts.death.record)
    return outcome(start_on, last_on, Reason.NO_EVENT if last else Reason.NO_ASSESSMENT, *((last,) if last else ()))
