"""The progression check after cycle 2, PC2 (crf_spec 4, with randomization after it).

A function of the facts and of a day; nothing is remembered. Facts dated after that day do not
count, so that the check can be made for any day in the past. Section numbers are crf_spec's.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from trial.protocol.kleene import Truth
from trial.protocol.parameters import DEFAULT, Parameters, Pc2Criteria
from trial.protocol.response import irecist
from trial.protocol.response.recist import Discordance, Response, discordance
from trial.protocol.response.scan_order import place_in_order

from . import reasons
from .progression_states import (
    CONSEQUENCES,
    NEXT,
    Check,
    Consequence,
    Facts,
    RefusalCode,
    Remark,
    State,
    TumorAssessment,
    Window,
    facts_by,
    window,
)
from .scan_faults import (
    REPEAT_WITHIN_DAYS,
    days_late,
    extended_window,
    imaging_fault,
    is_baseline_recent,
    is_in_time,
    paper_fault,
)

__all__ = [
    "NEXT",
    "Check",
    "Consequence",
    "Facts",
    "RefusalCode",
    "Remark",
    "State",
    "TumorAssessment",
    "Window",
    "check",
    "window",
]


def check(facts: Facts, *, on: date, parameters: Parameters = DEFAULT) -> Check:
    """Return the state of the check on a day, and what follows for X07 and randomization (4.3).

    Never raises: what is missing leaves the check waiting. PD on any scan since cycle 1 counts,
    signed or not; a scan passes only as section 4.2 demands. After randomization before the cycles
    (4.6) nothing is refused.

    >>> facts = Facts(date(2025, 3, 10), date(2025, 3, 31), cycle_length_days=21)
    >>> check(facts, on=date(2025, 4, 29)).state
    <State.OVERDUE: 'OVERDUE'>
    """
    past = facts_by(facts, on)
    inquiry = _Inquiry(
        facts=past,
        due=window(past, parameters),
        on=on,
        baseline_holds=is_baseline_recent(past, parameters.img_window_days.gate_1),
        immune=past.immunotherapy and parameters.pc2_criteria == Pc2Criteria.IRECIST_FOR_ICI,
    )
    consequences = CONSEQUENCES[parameters.randomization_timing]
    if not parameters.before_cycles:
        result = inquiry.result(_scans(past))
        return replace(result, consequences=consequences.get(result.state, ()))
    result = _first_passed(inquiry, _scans(replace(past, randomized_on=None)))
    return replace(result, refusal=None, consequences=consequences.get(result.state, ()))


def _first_passed(inquiry: "_Inquiry", scans: list[TumorAssessment]) -> Check:
    """Return the check before the cycles (4.6): the scan that passes is its last."""
    for number in range(1, len(scans)):
        result = inquiry.result(scans[:number])
        if result.state == State.PASSED:
            return result
    return inquiry.result(scans)


@dataclass(frozen=True)
class _Inquiry:
    """The facts up to a day, and what is the same for all scans."""

    facts: Facts
    due: Window | None
    on: date
    baseline_holds: bool
    immune: bool

    def result(self, scans: list[TumorAssessment]) -> Check:
        """Return the check by these scans: the gravest finding first."""
        due = self.due and extended_window(self.due, scans, self.baseline_holds)
        progressed, pending, candidates = _progression(scans, immune=self.immune)
        decided = (
            (_progressed(progressed, due) if progressed else None)
            or _discordant(scans, due)
            or (_pending(pending, due, self.on) if pending else None)
            or self.passed(candidates, due)
        )
        if decided and decided.state in (State.PD, State.PASSED):
            return decided
        if self.facts.died_on or self.facts.withdrawn_on:
            reason = "The subject withdrew before the check after cycle 2 was passed."
            if self.facts.died_on:
                reason = "The subject died before the check after cycle 2 was passed."
            return _unknown(State.CANCELLED, due, reason)
        return decided or self.not_evaluable(scans, due) or self.waiting(scans, due)

    def passed(self, scans: list[TumorAssessment], due: Window | None) -> Check | None:
        """Return PASSED by the latest scan that passes: randomization counts from it.

        How late the check was, the first scan that passes tells.
        """
        good = [scan for scan in scans if is_in_time(scan, due) and not self.fault(scan)]
        if not good:
            return None
        first, last = good[0], good[-1]
        late_days = days_late(first.scanned_on, due)
        cycle_4_on = self.facts.cycle_4_day_1
        remarks = {
            Remark.LATE: late_days > 0,
            Remark.AFTER_CYCLE_4: bool(
                cycle_4_on and first.scanned_on and first.scanned_on >= cycle_4_on
            ),
            Remark.EQUIVOCAL_NEW_LESION: last.equivocal_new_lesion_only,
        }
        reason = reasons.passed(last)
        flagged = tuple(remark for remark, applies in remarks.items() if applies)
        return Check(State.PASSED, due, Truth.NOT_MET, None, reason, last, late_days, flagged)

    def fault(self, scan: TumorAssessment) -> str:
        """Return the fault for which a scan does not pass; empty for none."""
        return imaging_fault(scan, self.baseline_holds) or paper_fault(scan)

    def not_evaluable(self, scans: list[TumorAssessment], due: Window | None) -> Check | None:
        """Return NE_REPEAT while the last scan cannot be evaluated and can still be repeated."""
        last = scans[-1] if scans and is_in_time(scans[-1], due) else None
        fault = last and imaging_fault(last, self.baseline_holds)
        if last is None or last.scanned_on is None or not fault:
            return None
        repeat_by = last.scanned_on + timedelta(REPEAT_WITHIN_DAYS)
        if self.on > repeat_by:
            return None
        reason = reasons.to_be_repeated(last, fault, repeat_by)
        late_days = days_late(last.scanned_on, due)
        return _unknown(State.NE_REPEAT, due, reason, assessment=last, late_days=late_days)

    def waiting(self, scans: list[TumorAssessment], due: Window | None) -> Check:
        """Return the state by the day alone, while no scan decides."""
        if self.facts.cycle_1_day_1 is None:
            return _unknown(State.NOT_STARTED, due, "Cycle 1 has not been given.")
        if due is None:
            remarks = (Remark.CYCLE_2_NOT_STARTED,) if self.is_cycle_2_late() else ()
            return _unknown(State.WAITING, due, "Cycle 2 has not been given.", remarks=remarks)
        state = _state_by_day(due, self.on, cycle_4_given=self.facts.cycle_4_day_1 is not None)
        late_days = days_late(self.on, due)
        in_time = [scan for scan in scans if is_in_time(scan, due)]
        if not in_time:
            reason = reasons.no_scan(due)
            return _unknown(state, due, reason, late_days=late_days)
        last = in_time[-1]
        reason = reasons.not_counting_yet(last, paper_fault(last))
        return _unknown(state, due, reason, assessment=last, late_days=late_days)

    def is_cycle_2_late(self) -> bool:
        """Return True where two cycle lengths have passed since day 1 and cycle 2 is not given."""
        facts = self.facts
        if facts.cycle_1_day_1 is None or facts.cycle_length_days is None or facts.cycle_2_day_1:
            return False
        return self.on >= facts.cycle_1_day_1 + timedelta(2 * facts.cycle_length_days)


def _scans(facts: Facts) -> list[TumorAssessment]:
    """Return the scans from day 1 of cycle 1 to randomization, death or withdrawal, in order.

    Later scans belong to the schedule of tumor assessments (4.4).
    """
    if facts.cycle_1_day_1 is None:
        return []
    ends = [day for day in (facts.randomized_on, facts.died_on, facts.withdrawn_on) if day]
    dated = [(scan.scanned_on, scan) for scan in facts.assessments if scan.scanned_on]
    inside = [scan for day, scan in dated if facts.cycle_1_day_1 <= day <= min(ends, default=day)]
    return sorted(inside, key=_place)


def _place(scan: TumorAssessment) -> tuple[date, date]:
    return place_in_order(scan.first_scan_on, scan.last_scan_on)


def _unknown(
    state: State,
    due: Window | None,
    reason: str,
    *,
    assessment: TumorAssessment | None = None,
    late_days: int = 0,
    remarks: tuple[Remark, ...] = (),
) -> Check:
    """Return a check that leaves X07 unknown."""
    refusal = RefusalCode.X07_UNKNOWN
    return Check(state, due, Truth.UNKNOWN, refusal, reason, assessment, late_days, remarks)


def _progression(
    scans: Iterable[TumorAssessment], *, immune: bool
) -> tuple[TumorAssessment | None, TumorAssessment | None, list[TumorAssessment]]:
    """Return the scan that shows progression, the one that waits for another, and the candidates.

    Candidates may pass. Under immunotherapy (4.3) progression waits for an iRECIST response, unless
    the patient is not stable.
    """
    pending: TumorAssessment | None = None
    candidates: list[TumorAssessment] = []
    for scan in scans:
        progressed = scan.derived == scan.investigator == Response.PD
        if progressed and (not immune or scan.stable is False or scan.irecist == irecist.ICPD):
            return scan, None, candidates
        if pending and scan.irecist in irecist.SETS_ANEW:
            pending, candidates = None, [scan]
        elif progressed:
            pending = pending or scan
        elif not pending:
            candidates.append(scan)
    return None, pending, candidates


def _progressed(scan: TumorAssessment, due: Window | None) -> Check:
    day = scan.scanned_on
    reason = reasons.progressed(scan)
    late_days = days_late(day, due)
    return Check(State.PD, due, Truth.MET, RefusalCode.X07_PD, reason, scan, late_days)


def _pending(scan: TumorAssessment, due: Window | None, on: date) -> Check | None:
    """Return PENDING_IUPD: progression under immunotherapy that a later scan confirms or clears."""
    day = scan.scanned_on
    if day is None:
        return None
    first_on, last_on = irecist.confirmation_window(day)
    reason = reasons.to_be_confirmed(scan, first_on, last_on)
    return _unknown(
        State.PENDING_IUPD,
        due,
        reason,
        assessment=scan,
        late_days=days_late(day, due),
        remarks=(Remark.CONFIRMATION_LATE,) if on > last_on else (),
    )


def _discordant(scans: list[TumorAssessment], due: Window | None) -> Check | None:
    """Return DISCORDANT for the first scan on which the readers still disagree.

    One reader's PD stays open until the readers agree; any other major disagreement until both
    readers agree on a later scan.
    """
    for number, scan in enumerate(scans, 1):
        if discordance(scan.derived, scan.investigator) != Discordance.MAJOR:
            continue
        about_pd = Response.PD in (scan.derived, scan.investigator)
        is_superseded = any(_is_agreed(later) for later in scans[number:])
        if about_pd or (is_in_time(scan, due) and not is_superseded):
            reason = reasons.discordant(scan)
            late_days = days_late(scan.scanned_on, due)
            return _unknown(State.DISCORDANT, due, reason, assessment=scan, late_days=late_days)
    return None


def _is_agreed(scan: TumorAssessment) -> bool:
    """Return True where both readers found the same evaluable response."""
    return scan.derived == scan.investigator not in (None, Response.NE)


def _state_by_day(due: Window, on: date, *, cycle_4_given: bool) -> State:
    if on <= due.closes_on and not cycle_4_given:
        return State.DUE if on >= due.opens_on else State.SCHEDULED
    if on >= due.missed_on:
        return State.MISSED
    return State.ESCALATED if on >= due.escalates_on or cycle_4_given else State.OVERDUE
