"""Schedule of events (crf_spec 3): which visits are planned, when, with which forms, and what became of each.

Day arithmetic is in calendar days, and windows include their first and last day. A form is named by its label; those of the
common visit are reminders and never missing. The weekly visits of radiotherapy (RTW), CONF and IRAE90 are not planned here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import count
from operator import attrgetter
from typing import NamedTuple

from trial.protocol.parameters import DEFAULT, Parameters
from trial.protocol.progression_check import progression

COMMON = "COMMON"
SYSRT = "SYSRT"
PRETREATED_SCREENING_DAYS = 14
HORIZON_DAYS = 182  # how far ahead a series is planned

CONSENT, DEMOGRAPHICS, TUMOR = "crf.consent", "crf.demographics", "crf.primarytumor"
LESION, EXTENT, LABORATORY, VITALS = "crf.lesion", "crf.diseaseextent", "crf.laboratorypanel", "crf.vitalsigns"
ELIGIBILITY, RANDOMIZATION, REGIMEN, CYCLE = "crf.eligibility", "crf.randomization", "crf.regimen", "crf.cycle"
RADIOTHERAPY, RESPONSE = "crf.radiotherapycourse", "crf.responseassessment"

URGENT_FORMS = {ELIGIBILITY}  # entered within the shorter time of ENTRY_DUE_DAYS


class VisitType(NamedTuple):
    """A kind of visit. Days count from the anchor; a word in their place is the parameter that holds them."""

    code: str  # n: number of the cycle, k: number in the series
    title: str
    anchor: str
    offset: int | str | None  # None: one cycle
    before: int | str | None  # None: no window
    after: int | str | None
    grace: int | None  # days after the window until it counts as missed; None: never by time alone
    forms: tuple[str, ...] = ()  # due
    offered: tuple[str, ...] = ()  # may be entered here, and are never missing
    arm: str = ""


CYC_1, CYC_8, HALF, RAND = "cycle_window_days.day_1", "cycle_window_days.day_8", "pc2_half_window", "rand_after_pc2_max_days"
TA, TA_W = "ta_schedule.early.days", "ta_schedule.early.half_window"
SFU, SFU_W = "sfu_interval.days", "sfu_interval.half_window"
REVIEW = (VITALS, LABORATORY)

TYPES = {row.code: row for row in (
    #         code      title                       anchor           offset  before  after   grace  forms
    VisitType(COMMON,   "Whole trial",              "",              None,   None,   None,   None,  (), (LESION, RADIOTHERAPY)),
    VisitType("SCR",    "Screening",                "consent",       0,      0,      28,     14,
              (CONSENT, DEMOGRAPHICS, TUMOR, EXTENT, VITALS, LABORATORY, ELIGIBILITY)),  # pre-treated: 0 to +14
    VisitType("C1D1",   "Cycle 1, day 1",           "G1 signature",  0,      0,      7,      None,
              (REGIMEN, CYCLE, VITALS), (LABORATORY,)),  # laboratory values of the 7 days before will do
    VisitType("CnD1",   "Cycle {}, day 1",          "C(n-1)D1",      None,   CYC_1,  CYC_1,  None,  (CYCLE, VITALS, LABORATORY)),
    VisitType("CnD8",   "Cycle {}, day 8",          "CnD1",          7,      CYC_8,  CYC_8,  14,    (LABORATORY,)),
    VisitType("PC2",    "Check after cycle 2",      "C2D1",          None,   HALF,   HALF,   20,
              (RESPONSE, EXTENT, VITALS, LABORATORY, ELIGIBILITY)),
    VisitType("RAND",   "Randomization",            "PC2 scan",      0,      0,      RAND,   14,    (RANDOMIZATION,)),
    VisitType("RTPLAN", "Radiotherapy planning",    "randomization", 7,      7,      14,     14,    arm=SYSRT),
    VisitType("RTS",    "Radiotherapy, start",      "randomization", 14,     14,     14,     14,
              (VITALS,), (LABORATORY,), SYSRT),  # closes with rt_start_max_days
    VisitType("RTE",    "Radiotherapy, end",        "last fraction", 0,      0,      7,      14,    arm=SYSRT),
    VisitType("RTFU1",  "Radiotherapy follow-up 1", "last fraction", 28,     7,      7,      14,    REVIEW, arm=SYSRT),
    VisitType("RTFU2",  "Radiotherapy follow-up 2", "last fraction", 90,     14,     14,     14,    REVIEW, arm=SYSRT),
    VisitType("TAk",    "Tumor assessment {}",      "randomization", TA,     TA_W,   TA_W,   14,    (RESPONSE, VITALS)),
    VisitType("EOTS",   "End of systemic therapy",  "last dose",     30,     7,      7,      14,    REVIEW),
    VisitType("SFUk",   "Survival follow-up {}",    "PD or EOTS",    SFU,    SFU_W,  SFU_W,  28),
    VisitType("EOS",    "End of study",             "end of study",  0,      0,      None,   None),
    VisitType("UNSk",   "Unscheduled visit {}",     "",              None,   None,   None,   None,
              (), (VITALS, LABORATORY, RESPONSE, EXTENT, REGIMEN, CYCLE)),  # a cycle that was given before its visit was planned
)}  # fmt: skip


@dataclass(frozen=True)
class Anchors:
    """What the plan hangs on, as far as it has happened."""

    consent_on: date | None = None
    pretreated: bool = False
    eligibility_g1_signed_on: date | None = None
    cycle_day_1: Mapping[int, date] = field(default_factory=dict)
    gives_day_8: bool = False
    cycle_length_days: int | None = None
    max_cycles: int | None = None
    pc2_scan_on: date | None = None
    randomized_on: date | None = None
    arm: str | None = None
    rt_first_fraction_on: date | None = None
    rt_last_fraction_on: date | None = None
    last_dose_on: date | None = None
    treatment_ended: bool = False
    pd_on: date | None = None
    new_therapy_on: date | None = None
    died_on: date | None = None
    withdrawn_on: date | None = None
    ended_on: date | None = None
    randomization_open_on: date | None = None  # before the cycles: when both gates are passed


@dataclass(frozen=True)
class PlannedVisit:
    code: str
    type: str
    title: str
    target_on: date | None
    opens_on: date | None
    closes_on: date | None
    forms: tuple[str, ...]
    offered: tuple[str, ...]


class VisitState(StrEnum):
    PLANNED, DUE, OVERDUE, MISSED = "PLANNED", "DUE", "OVERDUE", "MISSED"
    DONE_IN, DONE_OUT, CANCELLED = "DONE_IN", "DONE_OUT", "CANCELLED"


_DONE = {VisitState.DONE_IN, VisitState.DONE_OUT}

# What a day that passes or an entry may change in an unchanged window. Corrected data are computed anew.
NEXT = {
    VisitState.PLANNED:   {VisitState.DUE, VisitState.MISSED, VisitState.CANCELLED} | _DONE,
    VisitState.DUE:       {VisitState.OVERDUE, VisitState.MISSED, VisitState.CANCELLED} | _DONE,
    VisitState.OVERDUE:   {VisitState.MISSED, VisitState.CANCELLED} | _DONE,
    VisitState.MISSED:    {VisitState.CANCELLED} | _DONE,
    VisitState.CANCELLED: _DONE,
    VisitState.DONE_IN:   set(),
    VisitState.DONE_OUT:  set(),
}  # fmt: skip


def visit_type(code: str) -> VisitType:
    """The kind of visit a code such as C3D8, TA2 or UNS1 names; KeyError for a code that names none (crf_spec 3.1).

    >>> visit_type("C3D8").code
    'CnD8'
    """
    numbered = re.fullmatch(r"(C)[1-9]\d*(D[18])|(TA|SFU)[1-9]\d*|(UNS)\d*", code)
    if code in TYPES and code.isupper():
        return TYPES[code]
    if not numbered:
        raise KeyError(code)
    cycle, cycle_day, one_of_series, unscheduled = numbered.groups()
    return TYPES[f"Cn{cycle_day}" if cycle else f"{one_of_series or unscheduled}k"]


def follows(code: str, other: str) -> bool:
    """Whether a visit is a later one of the same series: once it is held, the other can only be missed (crf_spec 3.2).

    >>> follows("C2D1", "C1D1"), follows("TA3", "TA10")
    (True, False)
    """

    def series(of: str) -> tuple[str, int]:
        number = re.search(r"\d+", of)
        return re.sub(r"^([A-Z]+)\d+", r"\1", of), int(number.group()) if number else 0

    (kind, n), (other_kind, other_n) = series(code), series(other)
    return kind == other_kind and n > other_n


def plan(anchors: Anchors, *, on: date, parameters: Parameters = DEFAULT, horizon_days: int = HORIZON_DAYS) -> tuple[PlannedVisit, ...]:
    """All visits a subject should have, as things stand, in order of their targets (crf_spec 3.1); never raises.

    The next cycle is planned once the one before was given; series reach `horizon_days` beyond today. What was planned
    before and is no longer is cancelled. Unscheduled visits are never planned.

    >>> [visit.code for visit in plan(Anchors(consent_on=date(2025, 3, 3)), on=date(2025, 3, 3))]
    ['COMMON', 'SCR']
    """
    planner = _Planner(anchors, parameters, on + timedelta(horizon_days))
    end = min((day for day in (anchors.died_on, anchors.withdrawn_on, anchors.ended_on) if day), default=None)
    visits = [
        *planner.entry(),
        *planner.cycles(),
        *planner.check_and_randomization(),
        *planner.radiotherapy(),
        *planner.assessments(),
        *planner.follow_up(),
    ]
    if end:
        visits = [visit for visit in visits if visit.opens_on is None or visit.opens_on <= end] + [planner.visit("EOS", end)]
    order = list(TYPES)
    return tuple(sorted(visits, key=lambda visit: (visit.target_on or date.min, order.index(visit.type), visit.code)))


@dataclass(frozen=True)
class _Planner:
    anchors: Anchors
    parameters: Parameters
    horizon_on: date

    def days(self, cell: int | str | None) -> int:
        return attrgetter(cell)(self.parameters) if isinstance(cell, str) else cell or 0

    def visit(self, code: str, anchor_on: date | None = None, *, n: int = 0, **other: int | None) -> PlannedVisit:
        """A visit by its row of the table, counted from its anchor; `other` are cells that differ."""
        row = TYPES[code]._replace(**other)  # type: ignore[arg-type]
        target_on = anchor_on and anchor_on + timedelta(self.days(row.offset))
        opens_on = None if target_on is None or row.before is None else target_on - timedelta(self.days(row.before))
        closes_on = None if target_on is None or row.after is None else target_on + timedelta(self.days(row.after))
        numbered = re.sub("[nk]", str(n), code, count=1) if n else code
        return PlannedVisit(numbered, code, row.title.format(n), target_on, opens_on, closes_on, row.forms, row.offered)

    def entry(self) -> Iterator[PlannedVisit]:
        yield self.visit(COMMON)
        after = PRETREATED_SCREENING_DAYS if self.anchors.pretreated else self.days(TYPES["SCR"].after)
        if self.anchors.consent_on:
            yield self.visit("SCR", self.anchors.consent_on, after=after)

    def cycles(self) -> Iterator[PlannedVisit]:
        a, given = self.anchors, self.anchors.cycle_day_1
        length = a.cycle_length_days
        if 1 in given and (a.pretreated or not a.eligibility_g1_signed_on):
            yield self.visit("C1D1", given[1], before=None, after=None)  # nothing was due yet
        elif 1 in given or (a.eligibility_g1_signed_on and not a.treatment_ended):
            yield self.visit("C1D1", a.eligibility_g1_signed_on)
        for n in range(2, max(given, default=0) + 2):
            if n - 1 in given and length and (n in given or self.goes_on(n)):
                yield self.visit("CnD1", given[n - 1], n=n, offset=length)
            elif n in given:
                yield self.visit("CnD1", given[n], n=n, before=None, after=None)
        for n, day_1 in sorted(given.items()):
            day_8 = day_1 + timedelta(days=7)
            if a.gives_day_8 and not (a.treatment_ended and a.last_dose_on and a.last_dose_on < day_8 - timedelta(days=1)):
                yield self.visit("CnD8", day_1, n=n)

    def goes_on(self, n: int) -> bool:
        return not self.anchors.treatment_ended and (self.anchors.max_cycles is None or n <= self.anchors.max_cycles)

    def check_and_randomization(self) -> Iterator[PlannedVisit]:
        a, p = self.anchors, self.parameters
        facts = progression.Facts(
            cycle_1_day_1=a.cycle_day_1.get(1),
            cycle_2_day_1=a.cycle_day_1.get(2),
            cycle_length_days=a.cycle_length_days,
            last_dose_on=a.last_dose_on,
            stopped_before_cycle_2=a.treatment_ended,
        )
        due = progression.window(facts, pc2_half_window=p.pc2_half_window, pc2_min_days_from_c1d1=p.pc2_min_days_from_c1d1)
        if due and not (a.pd_on and a.pd_on < due.opens_on):
            yield self.visit("PC2", due.target_on, offset=0)
        if self.parameters.before_cycles:
            if opened_on := a.randomization_open_on or a.randomized_on:
                yield self.visit("RAND", opened_on)
        elif a.pc2_scan_on and (a.randomized_on or not a.pd_on):
            yield self.visit("RAND", a.pc2_scan_on)
        elif a.randomized_on:  # outside the system, and no scan of the check is entered yet
            yield self.visit("RAND", a.randomized_on)

    def radiotherapy(self) -> Iterator[PlannedVisit]:
        a = self.anchors
        if a.arm != SYSRT or a.randomized_on is None:
            return
        from_on = a.pc2_scan_on if self.parameters.before_cycles else a.randomized_on  # there, the check is passed first (crf_spec 4.6)
        if from_on is None:
            return
        after = self.parameters.rt_start_max_days - self.days(TYPES["RTS"].offset)
        for visit in (self.visit("RTPLAN", from_on), self.visit("RTS", from_on, after=after)):
            if a.rt_first_fraction_on or not (a.pd_on and visit.closes_on and a.pd_on <= visit.closes_on):
                yield visit
        if a.rt_last_fraction_on:
            yield from (self.visit(code, a.rt_last_fraction_on) for code in ("RTE", "RTFU1", "RTFU2"))

    def assessments(self) -> Iterator[PlannedVisit]:
        """From randomization, the same in both arms, up to the visit that may show progression."""
        a, plan = self.anchors, self.parameters.ta_schedule
        if a.randomized_on is None:
            return
        stop_on = min((day for day in (a.pd_on, a.new_therapy_on) if day), default=self.horizon_on)
        early = plan.early_until // plan.early.days
        for k in count(1):
            leg, day = (plan.early, plan.early.days * k) if k <= early else (plan.late, plan.early_until + plan.late.days * (k - early))
            visit = self.visit("TAk", a.randomized_on, n=k, offset=day, before=leg.half_window, after=leg.half_window)
            if visit.opens_on is None or visit.opens_on > min(stop_on, self.horizon_on):
                return
            yield visit

    def follow_up(self) -> Iterator[PlannedVisit]:
        """EOTS, then survival contacts once no tumor assessments are planned."""
        a = self.anchors
        if not (a.treatment_ended and a.last_dose_on):
            return
        end_of_treatment = self.visit("EOTS", a.last_dose_on)
        yield end_of_treatment
        if a.randomized_on and not a.pd_on and not a.new_therapy_on:
            return
        anchor_on = max(day for day in (end_of_treatment.target_on, a.pd_on) if day)
        for k in count(1):
            visit = self.visit("SFUk", anchor_on, n=k, offset=k * self.days(SFU))
            if visit.opens_on is None or visit.opens_on > self.horizon_on:
                return
            yield visit


def nearest(planned: Iterable[PlannedVisit], *, held_on: date) -> PlannedVisit | None:
    """The visit of a series that a date belongs to: the nearest target, of two as near the earlier (crf_spec 3.2).

    >>> visits = plan(Anchors(randomized_on=date(2025, 1, 1)), on=date(2025, 1, 1))
    >>> nearest(visits, held_on=date(2025, 4, 1)).code
    'TA1'
    """
    dated = [(abs((held_on - visit.target_on).days), visit.target_on, visit.code, visit) for visit in planned if visit.target_on]
    return min(dated)[-1] if dated else None


def days_outside(opens_on: date | None, closes_on: date | None, *, held_on: date) -> int:
    """Days outside the window: negative before it, positive after it, 0 inside (crf_spec 3.2, DONE_OUT).

    >>> days_outside(date(2025, 6, 9), date(2025, 6, 23), held_on=date(2025, 7, 2))
    9
    """
    if opens_on and held_on < opens_on:
        return (held_on - opens_on).days
    return max(0, (held_on - closes_on).days) if closes_on else 0


def visit_state(
    opens_on: date | None,
    closes_on: date | None,
    *,
    on: date,
    held_on: date | None = None,
    status: str = "",
    cancelled: bool = False,
    grace_days: int | None = 14,
    later_visit_done: bool = False,
) -> VisitState:
    """What became of a visit, by its window, what the site declares and the day (crf_spec 3.2); never raises.

    `grace_days` stand in the table of visits. Without a window a visit is planned until it is held.

    >>> visit_state(date(2025, 11, 5), date(2025, 11, 19), on=date(2025, 12, 4))
    <VisitState.MISSED: 'MISSED'>
    """
    if held_on:
        return VisitState.DONE_OUT if days_outside(opens_on, closes_on, held_on=held_on) else VisitState.DONE_IN
    if cancelled:
        return VisitState.CANCELLED
    if status == "MISSED" or later_visit_done:
        return VisitState.MISSED
    if closes_on and on > closes_on:
        return VisitState.MISSED if grace_days is not None and (on - closes_on).days > grace_days else VisitState.OVERDUE
    return VisitState.DUE if opens_on and on >= opens_on else VisitState.PLANNED


def entry_due_days(form: str, parameters: Parameters = DEFAULT) -> int:
    """Days after the visit in which a form is entered (crf_spec 1, ENTRY_DUE_DAYS), by its label.

    >>> entry_due_days("crf.eligibility"), entry_due_days("crf.cycle")
    (3, 7)
    """
    return parameters.entry_due_days.urgent_days if form in URGENT_FORMS else parameters.entry_due_days.visit_days


def entry_overdue(held_on: date | None, *, on: date, due_days: int = 7) -> bool:
    """Whether a form of a visit that was held should have been complete by now (crf_spec 3.2, ENTRY_OVERDUE).

    >>> entry_overdue(date(2025, 3, 3), on=date(2025, 3, 10)), entry_overdue(date(2025, 3, 3), on=date(2025, 3, 11))
    (False, True)
    """
    return held_on is not None and held_on + timedelta(due_days) < on
