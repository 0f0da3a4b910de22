"""Local control: the time until a lesion fails in its field (crf_spec 5, LC).

The same lesions are followed in both arms, from randomization; where they were
irradiated, also from its end. Sizes are in mm: the longest diameter, of a lymph node the short
axis. Lesions that are not measured fail by unequivocal growth. Death, and progression elsewhere,
compete: neither is an event.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from trial.protocol.response.lesions import NORMAL_NODE_BELOW_MM
from trial.protocol.response.recist import Response

from .facts import Facts, death_on, death_records, facts_known_by, known_by
from .results import Reason, Result, outcome, undecided

INDETERMINATE_DAYS = 56  # post-radiotherapy change is confirmed 8 to 12 weeks later
ALONE: frozenset[str] = frozenset()
"""The lesions measured together with one that has not merged: none."""


class LocalStatus(StrEnum):
    """The local status of an irradiated lesion, as the investigator reads it."""

    CONTROLLED, INFIELD_PD, MARGINAL_PD = "CONTROLLED", "INFIELD_PD", "MARGINAL_PD"
    INDETERMINATE_POST_RT = "INDETERMINATE_POST_RT"


@dataclass(frozen=True)
class LesionScan:
    """A lesion at one assessment or biopsy; 0 mm where it is gone, None where not measured.

    The pieces of a lesion that split add up. Where lesions have merged, `mass` are the codes of all
    of them, and the size is that of the mass. `grown` tells whether a lesion that is not measured
    has grown unequivocally; None where it was not assessed.
    """

    record: str
    on: date | None
    mm: Decimal | None = None
    status: LocalStatus | None = None
    biopsy_positive: bool = False
    known_on: date | None = None
    mass: frozenset[str] = ALONE
    grown: bool | None = None


@dataclass(frozen=True)
class FollowedLesion:
    """A lesion of the second baseline, and its size there, alone or with a `baseline_mass`.

    `irradiated_on` is the day of the last fraction; None without radiotherapy. `beside` are the
    lesions that it may merge with.
    """

    code: str
    nodal: bool
    scans: tuple[LesionScan, ...] = ()
    irradiated_on: date | None = None
    baseline_mm: Decimal | None = None
    baseline_mass: frozenset[str] = ALONE
    beside: tuple["FollowedLesion", ...] = ()


class Start(StrEnum):
    """The day from which local control counts."""

    RANDOMIZATION, RADIOTHERAPY_END = "RANDOMIZATION", "RADIOTHERAPY_END"


def _has_grown(mm: Decimal | None, nadir_mm: Decimal | None, *, nodal: bool) -> bool:
    """Return True for growth by 20 % and 5 mm; a lymph node must be pathological, too."""
    if mm is None or nadir_mm is None or (nodal and mm < NORMAL_NODE_BELOW_MM):
        return False
    growth_mm = mm - nadir_mm
    return growth_mm >= 5 and 100 * growth_mm >= 20 * nadir_mm


def local_failure(
    lesion: FollowedLesion, scans: Iterable[LesionScan], *, nadir_from_on: date
) -> tuple[LesionScan, Reason] | None:
    """Return the first scan that shows failure of a lesion in its field (crf_spec 5, LC).

    Scans are in order of time. Growth is from the smallest size since a day, of a lesion not
    irradiated also from the baseline; that of a merged mass is from the sum of its parts' own
    smallest sizes. Where the reader cannot tell it from a change by radiotherapy, it is none until
    a scan 8 weeks later still shows it.

    >>> scans = [
    ...     LesionScan("TA1", date(2025, 6, 26), Decimal(10)),
    ...     LesionScan("TA2", date(2025, 8, 29), Decimal(15)),
    ... ]
    >>> lesion = FollowedLesion("L01", False)
    >>> local_failure(lesion, scans, nadir_from_on=date(2025, 6, 13))[1].name
    'LOCAL_GROWTH'
    """
    nadirs_mm = _first_nadir(lesion)
    doubtful_on: date | None = None
    for scan in scans:
        day, mm = scan.on, _valid_mm(scan)
        if day is None:
            continue
        if reason := _evident_failure(scan):
            return scan, reason
        is_after = day >= nadir_from_on
        nadir_mm = _nadir(lesion, scan, nadirs_mm, nadir_from_on)
        has_grown = _has_grown(mm, nadir_mm, nodal=lesion.nodal) or (is_after and scan.grown)
        if scan.status == LocalStatus.INDETERMINATE_POST_RT:
            doubtful_on = doubtful_on or day
        elif has_grown and scan.status != LocalStatus.MARGINAL_PD:
            if doubtful_on is None or day - doubtful_on >= timedelta(INDETERMINATE_DAYS):
                return scan, Reason.LOCAL_GROWTH
        elif _is_assessed(scan, mm):
            doubtful_on = None
        if mm is not None and is_after:
            nadirs_mm[scan.mass] = mm if nadir_mm is None else min(nadir_mm, mm)
    return None


def _evident_failure(scan: LesionScan) -> Reason | None:
    """Return how a scan shows failure without a measurement: by biopsy, or as it was read."""
    if scan.biopsy_positive:
        return Reason.LOCAL_BIOPSY
    return Reason.LOCAL_IN_FIELD if scan.status == LocalStatus.INFIELD_PD else None


def _is_assessed(scan: LesionScan, mm: Decimal | None) -> bool:
    """Return True where a scan tells that the lesion is controlled."""
    is_controlled = scan.status == LocalStatus.CONTROLLED
    return mm is not None or is_controlled or scan.grown is False


def _first_nadir(lesion: FollowedLesion) -> dict[frozenset[str], Decimal]:
    """Return the size at the baseline, by the mass that it is of; none once irradiated."""
    if lesion.irradiated_on or lesion.baseline_mm is None:
        return {}
    return {lesion.baseline_mass: lesion.baseline_mm}


def _nadir(
    lesion: FollowedLesion,
    scan: LesionScan,
    nadirs_mm: dict[frozenset[str], Decimal],
    nadir_from_on: date,
) -> Decimal | None:
    """Return the smallest size so far of what a scan measures: of the lesion, or of its mass.

    A mass that is new is compared with the sum of its parts' own smallest sizes.
    """
    if scan.mass in nadirs_mm or not scan.mass or scan.on is None:
        return nadirs_mm.get(scan.mass)
    parts = [part for part in lesion.beside if part.code in scan.mass]
    nadirs = [nadirs_mm.get(ALONE)]
    nadirs += [_own_nadir(part, scan.on, part.irradiated_on or nadir_from_on) for part in parts]
    sizes = [mm for mm in nadirs if mm is not None]
    return sum(sizes, Decimal(0)) if len(sizes) == len(scan.mass) else None


def _own_nadir(lesion: FollowedLesion, until_on: date, nadir_from_on: date) -> Decimal | None:
    """Return the smallest size of a lesion alone, before the day it has merged."""
    sizes = [_first_nadir(lesion).get(ALONE)]
    for scan in lesion.scans:
        if scan.on and nadir_from_on <= scan.on < until_on and not scan.mass:
            sizes.append(_valid_mm(scan))
    return min((mm for mm in sizes if mm is not None), default=None)


def _valid_mm(scan: LesionScan) -> Decimal | None:
    """Return the size in mm; None for what is no size."""
    return scan.mm if scan.mm is not None and scan.mm.is_finite() and scan.mm >= 0 else None


def local_control(
    lesion: FollowedLesion, facts: Facts, *, on: date, start: Start = Start.RANDOMIZATION
) -> Result | None:
    """Return the time to failure of one lesion in its field (crf_spec 5, LC).

    It runs from randomization, or from the end of radiotherapy: None from there for a lesion that
    was not irradiated.

    >>> scans = (
    ...     LesionScan("TA1", date(2025, 6, 26), Decimal(10)),
    ...     LesionScan("TA2", date(2025, 8, 29), Decimal(15)),
    ... )
    >>> facts = Facts(date(2025, 4, 25))
    >>> local_control(FollowedLesion("L01", False, scans), facts, on=date(2026, 1, 1)).value_days
    127
    """
    facts, lesion = facts_known_by(facts, on=on), _lesion_known_by(lesion, on=on)
    start_on = facts.randomized_on if start == Start.RANDOMIZATION else lesion.irradiated_on
    if facts.randomized_on is None:
        return undecided(Reason.NOT_RANDOMIZED)
    if start_on is None:
        return None
    undated = [scan.record for scan in lesion.scans if scan.on is None and _evident_failure(scan)]
    if undated:
        return undecided(Reason.FINDING_UNDATED, *undated)
    scans = _in_order(lesion, start_on)
    nadir_from_on = lesion.irradiated_on or facts.randomized_on
    failure = local_failure(lesion, scans, nadir_from_on=nadir_from_on)
    if failure and failure[0].on:
        scan, reason = failure
        return outcome(start_on, failure[0].on, reason, scan.record, event=True)
    return _without_event(facts, start_on, scans)


def marginal_failure(lesion: FollowedLesion, facts: Facts, *, on: date) -> Result:
    """Return the time from randomization to progression at the margin of the field.

    crf_spec 5, LC: it is told apart from failure in the field.

    >>> scans = (LesionScan("TA1", date(2025, 6, 26), status=LocalStatus.MARGINAL_PD),)
    >>> facts = Facts(date(2025, 4, 25))
    >>> marginal_failure(FollowedLesion("L01", False, scans), facts, on=date(2026, 1, 1)).event
    True
    """
    facts, lesion = facts_known_by(facts, on=on), _lesion_known_by(lesion, on=on)
    start_on = facts.randomized_on
    if start_on is None:
        return undecided(Reason.NOT_RANDOMIZED)
    scans = _in_order(lesion, start_on)
    for scan in scans:
        if scan.status == LocalStatus.MARGINAL_PD and scan.on:
            return outcome(start_on, scan.on, Reason.MARGINAL, scan.record, event=True)
    return _without_event(facts, start_on, scans)


def _lesion_known_by(lesion: FollowedLesion, *, on: date) -> FollowedLesion:
    has_ended = lesion.irradiated_on is not None and lesion.irradiated_on <= on
    return replace(
        lesion,
        scans=known_by(lesion.scans, [scan.on for scan in lesion.scans], on=on),
        irradiated_on=lesion.irradiated_on if has_ended else None,
        beside=tuple(_lesion_known_by(part, on=on) for part in lesion.beside),
    )


def _in_order(lesion: FollowedLesion, start_on: date) -> list[LesionScan]:
    dated = [(scan.on, scan) for scan in lesion.scans if scan.on]
    since = [(on, scan) for on, scan in dated if on >= start_on]
    return [scan for _, scan in sorted(since, key=lambda pair: pair[0])]


def _without_event(facts: Facts, start_on: date, scans: list[LesionScan]) -> Result:
    """Return what came first instead of a failure, or the last assessment of the lesion."""
    died_on = death_on(facts)
    if isinstance(died_on, Reason):
        return undecided(died_on, *death_records(facts))
    assessed = []
    for scan in scans:
        if scan.on and (scan.mm is not None or scan.status or scan.grown is not None):
            assessed.append((scan.on, scan.record))
    last_on, last = max(assessed, default=(start_on, ""))
    elsewhere = []
    for assessment in facts.assessments:
        day = assessment.dated_on
        if assessment.response == Response.PD and day and day > last_on:
            elsewhere.append((day, assessment.record))
    if elsewhere:
        first_on, record = min(elsewhere)
        return outcome(start_on, first_on, Reason.COMPETING_PROGRESSION, record)
    if died_on:
        return outcome(start_on, died_on, Reason.COMPETING_DEATH, *death_records(facts))
    if not last:
        return outcome(start_on, last_on, Reason.NO_ASSESSMENT)
    return outcome(start_on, last_on, Reason.NO_EVENT, last)
