"""The progression check after cycle 2, PC2 (crf_spec 4, with randomization after it).

A function of what is recorded and of the day it is asked; nothing is remembered. Facts dated after that day are not read, so
that the check can be asked for any day in the past.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from .kleene import Truth
from .recist import Discordance, Response, discordance

ESCALATE_AFTER_DAYS = 14  # from the target
MISSED_AFTER_DAYS = 28  # from the target
REPEAT_WITHIN_DAYS = 14  # of a scan that could not be evaluated


class State(StrEnum):
    NOT_STARTED, WAITING, SCHEDULED = "NOT_STARTED", "WAITING", "SCHEDULED"
    DUE, OVERDUE, ESCALATED, MISSED = "DUE", "OVERDUE", "ESCALATED", "MISSED"
    NE_REPEAT, DISCORDANT = "NE_REPEAT", "DISCORDANT"
    PENDING_IUPD = "PENDING_IUPD"  # reserved for IRECIST_FOR_ICI
    PASSED, PD, CANCELLED = "PASSED", "PD", "CANCELLED"


_READ = {State.NE_REPEAT, State.DISCORDANT, State.PENDING_IUPD, State.PASSED, State.PD, State.CANCELLED}
_LATE = {State.OVERDUE, State.ESCALATED, State.MISSED}

# What a day that passes, or an act entered on its day, may change. Corrected data are computed anew, from any state to any.
NEXT = {
    State.NOT_STARTED:  {State.WAITING, State.SCHEDULED, State.CANCELLED},
    State.WAITING:      {State.SCHEDULED, State.DUE, State.PD, State.DISCORDANT, State.CANCELLED},
    State.SCHEDULED:    {State.DUE, State.ESCALATED} | _READ,
    State.DUE:          {State.OVERDUE, State.ESCALATED} | _READ,
    State.OVERDUE:      {State.ESCALATED} | _READ,
    State.ESCALATED:    {State.MISSED} | _READ,
    State.MISSED:       _READ,
    State.NE_REPEAT:    {State.DUE} | _LATE | _READ - {State.NE_REPEAT},
    State.DISCORDANT:   {State.DUE} | _LATE | _READ - {State.DISCORDANT},
    State.PENDING_IUPD: {State.DISCORDANT, State.PASSED, State.PD, State.CANCELLED},
    State.PASSED:       {State.DISCORDANT, State.PD},  # by a later scan, before randomization
    State.PD:           set(),
    State.CANCELLED:    set(),
}  # fmt: skip


class RefusalCode(StrEnum):
    X07_PD, X07_UNKNOWN = "X07_PD", "X07_UNKNOWN"


class Remark(StrEnum):
    """What does not change the state, yet is flagged."""

    CYCLE_2_NOT_STARTED = "CYCLE_2_NOT_STARTED"  # at day 1 + 2 cycles
    LATE = "LATE"  # read from a scan after the window
    AFTER_CYCLE_4 = "AFTER_CYCLE_4"  # read from a scan on or after day 1 of cycle 4
    EQUIVOCAL_NEW_LESION = "EQUIVOCAL_NEW_LESION"  # watch: the PD date may come back to this scan


@dataclass(frozen=True)
class TumorAssessment:
    label: str
    first_scan_on: date | None
    last_scan_on: date | None
    derived: Response | None
    investigator: Response | None
    complete: bool = True
    signed: bool = True  # and the signature holds
    covers_chest_abdomen_pelvis: bool = True
    same_method: bool = True  # as at baseline, for each target
    all_lesions_assessed: bool = True
    equivocal_new_lesion_only: bool = False

    @property
    def scanned_on(self) -> date | None:
        return self.first_scan_on or self.last_scan_on


@dataclass(frozen=True)
class Facts:
    """Under BEFORE_CYCLES (crf_spec 4.6) leave `randomized_on` empty: scans after it are not read."""

    cycle_1_day_1: date | None = None
    cycle_2_day_1: date | None = None
    cycle_4_day_1: date | None = None
    cycle_length_days: int | None = None
    last_dose_on: date | None = None
    stopped_before_cycle_2: bool = False
    baseline_scan_on: date | None = None
    pretreated: bool = False
    assessments: tuple[TumorAssessment, ...] = ()
    died_on: date | None = None
    withdrawn_on: date | None = None
    randomized_on: date | None = None


@dataclass(frozen=True)
class Window:
    """Opens and closes are the first and the last day inside; escalated and missed from their day on."""

    opens_on: date
    target_on: date
    closes_on: date
    escalates_on: date
    missed_on: date


@dataclass(frozen=True)
class Check:
    """`late_days` are days after the window: of the scan first accepted, or of today while there is none."""

    state: State
    window: Window | None
    x07: Truth
    refusal: RefusalCode | None
    reason: str
    assessment: TumorAssessment | None = None
    late_days: int = 0
    remarks: tuple[Remark, ...] = ()


def window(facts: Facts, *, pc2_half_window: int = 7, pc2_min_days_from_c1d1: int = 0) -> Window | None:
    """When the check is due (section 4.1), in calendar days; None while neither cycle 2 nor a stop before it is known.

    >>> window(Facts(date(2025, 3, 10), date(2025, 3, 31), cycle_length_days=21)).target_on
    datetime.date(2025, 4, 21)
    """
    from_on = facts.cycle_2_day_1 or (facts.last_dose_on if facts.stopped_before_cycle_2 else None)
    if from_on is None or facts.cycle_length_days is None:
        return None
    target_on = from_on + timedelta(facts.cycle_length_days)
    if facts.cycle_2_day_1 and facts.cycle_1_day_1:
        target_on = max(target_on, facts.cycle_1_day_1 + timedelta(pc2_min_days_from_c1d1))
    half = timedelta(pc2_half_window)
    return Window(
        opens_on=target_on - half,
        target_on=target_on,
        closes_on=target_on + half,
        escalates_on=target_on + timedelta(ESCALATE_AFTER_DAYS),
        missed_on=target_on + timedelta(MISSED_AFTER_DAYS),
    )


def check(facts: Facts, *, on: date, pc2_half_window: int = 7, pc2_min_days_from_c1d1: int = 0, img_window_days: int = 28) -> Check:
    """The state of the check on a day, and what follows for X07 and randomization (section 4.3).

    Never raises: what is missing leaves the check waiting. PD on any scan since cycle 1 counts, signed or not; a scan
    passes only as section 4.2 demands.

    >>> facts = Facts(date(2025, 3, 10), date(2025, 3, 31), cycle_length_days=21)
    >>> check(facts, on=date(2025, 4, 29)).state
    <State.OVERDUE: 'OVERDUE'>
    """
    known = _known(facts, on)
    due = window(known, pc2_half_window=pc2_half_window, pc2_min_days_from_c1d1=pc2_min_days_from_c1d1)
    scans = _scans(known)
    baseline_holds = _baseline_holds(known, img_window_days)
    due = due and _extended(due, scans, baseline_holds)
    decided = _progressed(scans, due) or _discordant(scans, due) or _passed(known, scans, due, baseline_holds)
    if decided and decided.state in (State.PD, State.PASSED):
        return decided
    if known.died_on or known.withdrawn_on:
        what = "died" if known.died_on else "withdrew"
        return _unknown(State.CANCELLED, due, f"The subject {what} before the check after cycle 2 was passed.")
    return decided or _not_evaluable(scans, due, on, baseline_holds) or _waiting(known, scans, due, on)


def _known(facts: Facts, on: date) -> Facts:
    """The facts as far as they had happened by that day."""

    def by_then(day: date | None) -> date | None:
        return day if day and day <= on else None

    return replace(
        facts,
        cycle_1_day_1=by_then(facts.cycle_1_day_1),
        cycle_2_day_1=by_then(facts.cycle_2_day_1),
        cycle_4_day_1=by_then(facts.cycle_4_day_1),
        last_dose_on=by_then(facts.last_dose_on),
        assessments=tuple(scan for scan in facts.assessments if by_then(scan.scanned_on)),
        died_on=by_then(facts.died_on),
        withdrawn_on=by_then(facts.withdrawn_on),
        randomized_on=by_then(facts.randomized_on),
    )


def _scans(facts: Facts) -> list[TumorAssessment]:
    """From day 1 of cycle 1 up to randomization, death or withdrawal, in order. Later scans belong to the TA schedule (4.4)."""
    if facts.cycle_1_day_1 is None:
        return []
    ends = [day for day in (facts.randomized_on, facts.died_on, facts.withdrawn_on) if day]
    dated = [(scan.scanned_on, scan) for scan in facts.assessments if scan.scanned_on]
    inside = [(day, scan) for day, scan in dated if facts.cycle_1_day_1 <= day <= min(ends, default=day)]
    return [scan for _, scan in sorted(inside, key=lambda pair: pair[0])]


def _in_time(scan: TumorAssessment, due: Window | None) -> bool:
    return due is not None and scan.scanned_on is not None and scan.scanned_on >= due.opens_on


def _baseline_holds(facts: Facts, img_window_days: int) -> bool:
    """Section 4.2 (f)."""
    if facts.baseline_scan_on is None or facts.cycle_1_day_1 is None:
        return False
    return facts.pretreated or timedelta() <= facts.cycle_1_day_1 - facts.baseline_scan_on <= timedelta(img_window_days)


def _imaging_fault(scan: TumorAssessment, baseline_holds: bool) -> str:
    """What only another scan can mend, section 4.2 (b), (c), (d) and (f)."""
    faults = {
        "the baseline has no scan recent enough before cycle 1": not baseline_holds,
        "chest, abdomen and pelvis are not all covered": not scan.covers_chest_abdomen_pelvis,
        "the method is not that of the baseline": not scan.same_method,
        "not all baseline lesions are assessed": not scan.all_lesions_assessed,
        "the response is not evaluable": scan.derived in (Response.NE, Response.NA),
    }
    return next((fault for fault, found in faults.items() if found), "")


def _paper_fault(scan: TumorAssessment) -> str:
    """What the site mends at its desk, section 4.2 (d) and (e)."""
    faults = {
        "no response can be derived yet": scan.derived is None,
        "the investigator's response is missing": scan.investigator is None,
        "its form is not complete": not scan.complete,
        "no signature covers it": not scan.signed,
    }
    return next((fault for fault, found in faults.items() if found), "")


def _unknown(state: State, due: Window | None, reason: str, **more: Any) -> Check:
    return Check(state, due, Truth.UNKNOWN, RefusalCode.X07_UNKNOWN, reason, **more)


def _progressed(scans: list[TumorAssessment], due: Window | None) -> Check | None:
    for scan in scans:
        if scan.derived == scan.investigator == Response.PD:
            reason = f"The scan of {scan.scanned_on} shows progression, by measurement and by the investigator."
            return Check(State.PD, due, Truth.MET, RefusalCode.X07_PD, reason, scan, _late_days(scan.scanned_on, due))
    return None


def _discordant(scans: list[TumorAssessment], due: Window | None) -> Check | None:
    """One reader's PD stays open until the readers agree; any other disagreement until a later scan is read alike."""
    for index, scan in enumerate(scans):
        about_pd = Response.PD in (scan.derived, scan.investigator)
        superseded = any(later.derived == later.investigator not in (None, Response.NE) for later in scans[index + 1 :])
        major = discordance(scan.derived, scan.investigator) == Discordance.MAJOR
        if major and (about_pd or (_in_time(scan, due) and not superseded)):
            read = f"{scan.derived} by measurement, {scan.investigator} by the investigator"
            reason = f"The scan of {scan.scanned_on} is {read}: read it again."
            return _unknown(State.DISCORDANT, due, reason, assessment=scan, late_days=_late_days(scan.scanned_on, due))
    return None


def _passed(facts: Facts, scans: list[TumorAssessment], due: Window | None, baseline_holds: bool) -> Check | None:
    """The latest scan that passes is the one randomization counts from; how late the check was, the first one tells."""
    good = [scan for scan in scans if _in_time(scan, due) and not _imaging_fault(scan, baseline_holds) and not _paper_fault(scan)]
    if not good:
        return None
    first, last = good[0], good[-1]
    late_days = _late_days(first.scanned_on, due)
    after_cycle_4 = facts.cycle_4_day_1 is not None and first.scanned_on is not None and first.scanned_on >= facts.cycle_4_day_1
    remarks = {
        Remark.LATE: late_days > 0,
        Remark.AFTER_CYCLE_4: after_cycle_4,
        Remark.EQUIVOCAL_NEW_LESION: last.equivocal_new_lesion_only,
    }
    reason = f"The scan of {last.scanned_on} shows no progression ({last.derived})."
    flagged = tuple(remark for remark, found in remarks.items() if found)
    return Check(State.PASSED, due, Truth.NOT_MET, None, reason, last, late_days, flagged)


def _extended(due: Window, scans: list[TumorAssessment], baseline_holds: bool) -> Window:
    """A scan in the window that could not be evaluated keeps it open 14 days longer, for the repeat."""
    for scan in scans:
        if scan.scanned_on and due.opens_on <= scan.scanned_on <= due.closes_on and _imaging_fault(scan, baseline_holds):
            due = replace(due, closes_on=max(due.closes_on, scan.scanned_on + timedelta(REPEAT_WITHIN_DAYS)))
    return due


def _not_evaluable(scans: list[TumorAssessment], due: Window | None, on: date, baseline_holds: bool) -> Check | None:
    last = scans[-1] if scans and _in_time(scans[-1], due) else None
    fault = last and _imaging_fault(last, baseline_holds)
    if last is None or last.scanned_on is None or not fault:
        return None
    repeat_by = last.scanned_on + timedelta(REPEAT_WITHIN_DAYS)
    if on > repeat_by:
        return None
    reason = f"The scan of {last.scanned_on} does not count: {fault}. Repeat it by {repeat_by}."
    return _unknown(State.NE_REPEAT, due, reason, assessment=last, late_days=_late_days(last.scanned_on, due))


def _waiting(facts: Facts, scans: list[TumorAssessment], due: Window | None, on: date) -> Check:
    if facts.cycle_1_day_1 is None:
        return _unknown(State.NOT_STARTED, due, "Cycle 1 has not been given.")
    if due is None:
        length = facts.cycle_length_days
        slow = length is not None and facts.cycle_2_day_1 is None and on >= facts.cycle_1_day_1 + timedelta(2 * length)
        return _unknown(State.WAITING, due, "Cycle 2 has not been given.", remarks=(Remark.CYCLE_2_NOT_STARTED,) if slow else ())
    state = _state_by_day(due, on, cycle_4_given=facts.cycle_4_day_1 is not None)
    waiting = [scan for scan in scans if _in_time(scan, due)]
    late_days = _late_days(on, due)
    if not waiting:
        return _unknown(
            state,
            due,
            f"No tumor assessment after cycle 2; its window is {due.opens_on} to {due.closes_on}.",
            late_days=late_days,
        )
    fault = _paper_fault(waiting[-1]) or "it could not be evaluated and was not repeated"
    reason = f"The scan of {waiting[-1].scanned_on} does not count yet: {fault}."
    return _unknown(state, due, reason, assessment=waiting[-1], late_days=late_days)


def _state_by_day(due: Window, on: date, *, cycle_4_given: bool) -> State:
    if on <= due.closes_on and not cycle_4_given:
        return State.DUE if on >= due.opens_on else State.SCHEDULED
    if on >= due.missed_on:
        return State.MISSED
    return State.ESCALATED if on >= due.escalates_on or cycle_4_given else State.OVERDUE


def _late_days(day: date | None, due: Window | None) -> int:
    return max(0, (day - due.closes_on).days) if day and due else 0
