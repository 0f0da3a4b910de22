"""Schedule of events (crf_spec 3): which visits are planned, when, with which forms, and what became of each.

Day arithmetic is in calendar days, and windows include their first and last day. A form is named by its label; those of the
common visit are reminders and never missing. The weekly visits of radiotherapy (RTW), CONF and IRAE90 are not planned here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from operator import attrgetter

from trial.protocol.parameters import DEFAULT, Parameters
from trial.protocol.progression_check import progression

from .visit_states import NEXT, VisitState, days_outside, entry_due_days, entry_overdue, visit_state
from .visits import COMMON, SFU, SYSRT, TYPES, VisitType, follows, visit_type

__all__ = [
    "COMMON",
    "NEXT",
    "SYSRT",
    "TYPES",
    "Anchors",
    "PlannedVisit",
    "VisitState",
    "VisitType",
    "days_outside",
    "entry_due_days",
    "entry_overdue",
    "follows",
    "nearest",
    "plan",
    "visit_state",
    "visit_type",
]
PRETREATED_SCREENING_DAYS = 14
HORIZON_DAYS = 182  # how far ahead a series is planned


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
