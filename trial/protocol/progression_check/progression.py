"""The progression check after cycle 2, PC2 (crf_spec 4, with randomization after it).

A function of what is recorded and of the day it is asked; nothing is remembered. Facts dated after that day are not read, so
that the check can be asked for any day in the past.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from trial.protocol.kleene import Truth
from trial.protocol.parameters import Pc2Criteria, RandomizationTiming
from trial.protocol.response import irecist
from trial.protocol.response.recist import Discordance, Response, discordance

from .progression_states import CONSEQUENCES
from .progression_states import NEXT as NEXT
from .progression_states import Check as Check
from .progression_states import Consequence as Consequence
from .progression_states import Facts as Facts
from .progression_states import RefusalCode as RefusalCode
from .progression_states import Remark as Remark
from .progression_states import State as State
from .progression_states import TumorAssessment as TumorAssessment
from .progression_states import Window as Window
from .progression_states import window as window
from .scan_faults import REPEAT_WITHIN_DAYS, days_late, extended_window, imaging_fault, is_baseline_recent, is_in_time, paper_fault


def check(
    facts: Facts,
    *,
    on: date,
    pc2_half_window: int = 7,
    pc2_min_days_from_c1d1: int = 0,
    img_window_days: int = 28,
    pc2_criteria: str = Pc2Criteria.RECIST11,
    randomization_timing: RandomizationTiming = RandomizationTiming.AFTER_PC2,
) -> Check:
    """The state of the check on a day, and what follows for X07 and randomization (section 4.3).

    Never raises: what is missing leaves the check waiting. PD on any scan since cycle 1 counts, signed or not; a scan
    passes only as section 4.2 demands. After randomization before the cycles (4.6) nothing is refused.

    >>> facts = Facts(date(2025, 3, 10), date(2025, 3, 31), cycle_length_days=21)
    >>> check(facts, on=date(2025, 4, 29)).state
    <State.OVERDUE: 'OVERDUE'>
    """
    known = _known(facts, on)
    before_cycles = randomization_timing == RandomizationTiming.BEFORE_CYCLES
    due = window(known, pc2_half_window=pc2_half_window, pc2_min_days_from_c1d1=pc2_min_days_from_c1d1)
    immune = known.immunotherapy and pc2_criteria == Pc2Criteria.IRECIST_FOR_ICI
    baseline_holds = is_baseline_recent(known, img_window_days)
    scans = _scans(replace(known, randomized_on=None) if before_cycles else known)
    if before_cycles:  # the scan that passes is the last of this check
        parts = (scans[: number + 1] for number in range(len(scans)))
        scans = next((part for part in parts if _state(known, part, due, on, baseline_holds, immune).state == State.PASSED), scans)
    found = _state(known, scans, due, on, baseline_holds, immune)
    follows = CONSEQUENCES[randomization_timing].get(found.state, ())
    return replace(found, refusal=None if before_cycles else found.refusal, consequences=follows)


def _state(known: Facts, scans: list[TumorAssessment], due: Window | None, on: date, baseline_holds: bool, immune: bool) -> Check:
    due = due and extended_window(due, scans, baseline_holds)
    progressed, pending, others = _progression(scans, immune=immune)
    decided = (
        (_progressed(progressed, due) if progressed else None)
        or _discordant(scans, due)
        or (_pending(pending, due, on) if pending else None)
        or _passed(known, others, due, baseline_holds)
    )
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


def _unknown(state: State, due: Window | None, reason: str, **more: Any) -> Check:
    return Check(state, due, Truth.UNKNOWN, RefusalCode.X07_UNKNOWN, reason, **more)


def _progression(
    scans: list[TumorAssessment], *, immune: bool
) -> tuple[TumorAssessment | None, TumorAssessment | None, list[TumorAssessment]]:
    """The scan whose progression stands, the one whose progression waits for another scan, and the scans that may pass.

    Under immunotherapy (section 4.3) progression waits, unless the patient is not stable, for an iRECIST response.
    """
    pending: TumorAssessment | None = None
    others: list[TumorAssessment] = []
    for scan in scans:
        progressed = scan.derived == scan.investigator == Response.PD
        if progressed and (not immune or scan.stable is False or scan.irecist == irecist.ICPD):
            return scan, None, others
        if pending and scan.irecist in irecist.SETS_ANEW:
            pending, others = None, [scan]
        elif progressed:
            pending = pending or scan
        elif not pending:
            others.append(scan)
    return None, pending, others


def _progressed(scan: TumorAssessment, due: Window | None) -> Check:
    reason = f"The scan of {scan.scanned_on} shows progression, by measurement and by the investigator."
    return Check(State.PD, due, Truth.MET, RefusalCode.X07_PD, reason, scan, days_late(scan.scanned_on, due))


def _pending(scan: TumorAssessment, due: Window | None, on: date) -> Check | None:
    if scan.scanned_on is None:
        return None
    first_on, last_on = irecist.confirmation_window(scan.scanned_on)
    reason = f"The scan of {scan.scanned_on} shows progression under immunotherapy: confirm it from {first_on} to {last_on}."
    if scan.stable is None:
        reason = f"{reason[:-1]}, and say whether the patient is stable."
    remarks = (Remark.CONFIRMATION_LATE,) if on > last_on else ()
    late_days = days_late(scan.scanned_on, due)
    return _unknown(State.PENDING_IUPD, due, reason, assessment=scan, late_days=late_days, remarks=remarks)


def _discordant(scans: list[TumorAssessment], due: Window | None) -> Check | None:
    """One reader's PD stays open until the readers agree; any other disagreement until a later scan is read alike."""
    for index, scan in enumerate(scans):
        about_pd = Response.PD in (scan.derived, scan.investigator)
        superseded = any(later.derived == later.investigator not in (None, Response.NE) for later in scans[index + 1 :])
        major = discordance(scan.derived, scan.investigator) == Discordance.MAJOR
        if major and (about_pd or (is_in_time(scan, due) and not superseded)):
            read = f"{scan.derived} by measurement, {scan.investigator} by the investigator"
            reason = f"The scan of {scan.scanned_on} is {read}: read it again."
            return _unknown(State.DISCORDANT, due, reason, assessment=scan, late_days=days_late(scan.scanned_on, due))
    return None


def _passed(facts: Facts, scans: list[TumorAssessment], due: Window | None, baseline_holds: bool) -> Check | None:
    """The latest scan that passes is the one randomization counts from; how late the check was, the first one tells."""
    good = [scan for scan in scans if is_in_time(scan, due) and not imaging_fault(scan, baseline_holds) and not paper_fault(scan)]
    if not good:
        return None
    first, last = good[0], good[-1]
    late_days = days_late(first.scanned_on, due)
    after_cycle_4 = facts.cycle_4_day_1 is not None and first.scanned_on is not None and first.scanned_on >= facts.cycle_4_day_1
    remarks = {
        Remark.LATE: late_days > 0,
        Remark.AFTER_CYCLE_4: after_cycle_4,
        Remark.EQUIVOCAL_NEW_LESION: last.equivocal_new_lesion_only,
    }
    reason = f"The scan of {last.scanned_on} shows no progression ({last.derived})."
    flagged = tuple(remark for remark, found in remarks.items() if found)
    return Check(State.PASSED, due, Truth.NOT_MET, None, reason, last, late_days, flagged)


def _not_evaluable(scans: list[TumorAssessment], due: Window | None, on: date, baseline_holds: bool) -> Check | None:
    last = scans[-1] if scans and is_in_time(scans[-1], due) else None
    fault = last and imaging_fault(last, baseline_holds)
    if last is None or last.scanned_on is None or not fault:
        return None
    repeat_by = last.scanned_on + timedelta(REPEAT_WITHIN_DAYS)
    if on > repeat_by:
        return None
    reason = f"The scan of {last.scanned_on} does not count: {fault}. Repeat it by {repeat_by}."
    return _unknown(State.NE_REPEAT, due, reason, assessment=last, late_days=days_late(last.scanned_on, due))


def _waiting(facts: Facts, scans: list[TumorAssessment], due: Window | None, on: date) -> Check:
    if facts.cycle_1_day_1 is None:
        return _unknown(State.NOT_STARTED, due, "Cycle 1 has not been given.")
    if due is None:
        length = facts.cycle_length_days
        slow = length is not None and facts.cycle_2_day_1 is None and on >= facts.cycle_1_day_1 + timedelta(2 * length)
        return _unknown(State.WAITING, due, "Cycle 2 has not been given.", remarks=(Remark.CYCLE_2_NOT_STARTED,) if slow else ())
    state = _state_by_day(due, on, cycle_4_given=facts.cycle_4_day_1 is not None)
    waiting = [scan for scan in scans if is_in_time(scan, due)]
    late_days = days_late(on, due)
    if not waiting:
        return _unknown(
            state,
            due,
            f"No tumor assessment after cycle 2; its window is {due.opens_on} to {due.closes_on}.",
            late_days=late_days,
        )
    fault = paper_fault(waiting[-1]) or "it could not be evaluated and was not repeated"
    reason = f"The scan of {waiting[-1].scanned_on} does not count yet: {fault}."
    return _unknown(state, due, reason, assessment=waiting[-1], late_days=late_days)


def _state_by_day(due: Window, on: date, *, cycle_4_given: bool) -> State:
    if on <= due.closes_on and not cycle_4_given:
        return State.DUE if on >= due.opens_on else State.SCHEDULED
    if on >= due.missed_on:
        return State.MISSED
    return State.ESCALATED if on >= due.escalates_on or cycle_4_given else State.OVERDUE
