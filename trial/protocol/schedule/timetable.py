"""A subject's plan of visits (crf_spec 3): which visits are due, when, and with which forms.

The table of visits stands in `visits`, the states of a visit in `visit_states`; both are found here
too. Day arithmetic is in calendar days, and windows include their first and last day.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from operator import attrgetter

from trial.protocol.parameters import DEFAULT, Parameters
from trial.protocol.progression_check import progression

from .anchors import Anchors, PlannedVisit
from .end_of_treatment import presumed_end_on
from .visit_states import (
    NEXT,
    VisitState,
    days_outside,
    entry_due_days,
    entry_overdue,
    visit_state,
)
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
    "plan",
    "visit_state",
    "visit_type",
]

PRETREATED_SCREENING_DAYS = 14
HORIZON_DAYS = 182  # how far ahead a series is planned


def plan(
    anchors: Anchors,
    *,
    on: date,
    parameters: Parameters = DEFAULT,
    horizon_days: int = HORIZON_DAYS,
) -> tuple[PlannedVisit, ...]:
    """Return all visits that a subject should have, in order of their targets (crf_spec 3.1).

    Never raises. The next cycle is planned once the one before was given; series reach
    `horizon_days` beyond the day. A visit planned earlier and missing now is cancelled.
    Unscheduled visits are never planned.

    >>> [visit.code for visit in plan(Anchors(consent_on=date(2025, 3, 3)), on=date(2025, 3, 3))]
    ['COMMON', 'SCR', 'C1D1']
    """
    presumed_ended = (presumed_end_on(anchors, parameters) or date.max) <= on
    planner = _Planner(anchors, parameters, on + timedelta(horizon_days), presumed_ended)
    visits = [
        *planner.entry(),
        *planner.first_cycle(),
        *planner.later_cycles(),
        *planner.later_days(),
        *planner.progression_check(),
        *planner.randomization(),
        *planner.radiotherapy(),
        *planner.assessments(),
        *planner.confirmations(),
        *planner.follow_up(),
    ]
    ends = (anchors.died_on, anchors.withdrawn_on, anchors.ended_on)
    end_on = min((day for day in ends if day), default=None)
    if end_on:
        visits = [visit for visit in visits if visit.opens_on is None or visit.opens_on <= end_on]
        visits.append(planner.visit("EOS", end_on))
    return tuple(sorted(visits, key=_position))


def _position(visit: PlannedVisit) -> tuple[date, int, str]:
    undated = date.min if visit.code == COMMON else date.max
    return visit.target_on or undated, list(TYPES).index(visit.type), visit.code


@dataclass(frozen=True)
class _Planner:
    """The plan of one subject, chapter by chapter of the table of visits."""

    anchors: Anchors
    parameters: Parameters
    horizon_on: date
    presumed_ended: bool  # while no end is entered

    def days(self, cell: int | str | None) -> int:
        """Return the days of a cell of the table: a number, or the parameter that it names."""
        if isinstance(cell, str):
            days: int = attrgetter(cell)(self.parameters)
            return days
        return cell or 0

    def visit(
        self,
        code: str,
        anchor_on: date | None = None,
        *,
        n: int = 0,
        d: int = 0,
        **changes: int | None,
    ) -> PlannedVisit:
        """Return a visit by its row of the table, counted from its anchor.

        `n` is its number in a series, `d` the day of a cycle; `changes` are cells that differ from
        the row.
        """
        row = TYPES[code]._replace(**changes)  # type: ignore[arg-type]
        target_on = anchor_on and anchor_on + timedelta(self.days(row.offset))
        opens_on = closes_on = None
        if target_on and row.before is not None:
            opens_on = target_on - timedelta(self.days(row.before))
        if target_on and row.after is not None:
            closes_on = target_on + timedelta(self.days(row.after))
        return PlannedVisit(
            code=re.sub("[nk]", str(n), code, count=1).replace("Dd", f"D{d}") if n else code,
            type=code,
            title=row.title.format(n, d),
            target_on=target_on,
            opens_on=opens_on,
            closes_on=closes_on,
            forms=row.forms,
            offered=row.offered,
        )

    def entry(self) -> Iterator[PlannedVisit]:
        yield self.visit(COMMON)
        if self.anchors.consent_on:
            after = self.days(TYPES["SCR"].after)
            if self.anchors.pretreated:
                after = PRETREATED_SCREENING_DAYS
            yield self.visit("SCR", self.anchors.consent_on, after=after)

    def first_cycle(self) -> Iterator[PlannedVisit]:
        """Yield cycle 1, due from gate 1's day on.

        Before that day it has no window, but is there: what was given before the gate, too, is
        entered at its own visit.
        """
        a, day_1 = self.anchors, self.anchors.cycle_day_1.get(1)
        if day_1 and (a.pretreated or not a.gate_1_on):
            yield self.visit("C1D1", day_1, before=None, after=None)  # nothing was due yet
        elif day_1 or (a.gate_1_on and not a.entry_failed and not a.treatment_ended):
            yield self.visit("C1D1", a.gate_1_on)
        elif a.consent_on and not a.entry_failed and not a.treatment_ended:
            yield self.visit("C1D1")

    def later_cycles(self) -> Iterator[PlannedVisit]:
        day_1 = self.anchors.cycle_day_1
        for n in range(2, max(day_1, default=0) + 2):
            target_on = self.cycle_target(n)
            if n not in day_1 and self.presumed_ended and self.goes_on(n):
                yield self.visit("CnD1", n=n)  # not due; but a later dose can be entered there
            elif n - 1 in day_1 and target_on and (n in day_1 or self.goes_on(n)):
                yield self.visit("CnD1", target_on, n=n)
            elif n in day_1:
                yield self.visit("CnD1", day_1[n], n=n, before=None, after=None)

    def cycle_target(self, n: int) -> date | None:
        """Return the day on which cycle n is due: a regimen may say another than one length."""
        a = self.anchors
        before_on, length = a.cycle_day_1.get(n - 1), a.cycle_length_days
        counted_on = before_on + timedelta(length) if before_on and length else None
        return a.cycle_targets.get(n, counted_on)

    def goes_on(self, n: int) -> bool:
        """Return True where cycle n is still to be given."""
        a = self.anchors
        return not a.treatment_ended and (a.max_cycles is None or n <= a.max_cycles)

    def later_days(self) -> Iterator[PlannedVisit]:
        """Yield day 8 and each later day on which a cycle's regimen gives an agent."""
        a = self.anchors
        for n, day_1 in sorted(a.cycle_day_1.items()):
            for d in a.later_days.get(n, ()):
                before_it = day_1 + timedelta(d - 2)
                stopped = a.treatment_ended and a.last_dose_on and a.last_dose_on < before_it
                if not stopped:
                    yield self.visit("CnDd", day_1, n=n, d=d, offset=d - 1)

    def progression_check(self) -> Iterator[PlannedVisit]:
        a = self.anchors
        facts = progression.Facts(
            cycle_1_day_1=a.cycle_day_1.get(1),
            cycle_2_day_1=a.cycle_day_1.get(2),
            cycle_length_days=a.check_length_days or a.cycle_length_days,
            last_dose_on=a.last_dose_on,
            stopped_before_cycle_2=a.treatment_ended,
        )
        due = progression.window(facts, self.parameters)
        if due and not (a.pd_on and a.pd_on < due.opens_on):
            yield self.visit("PC2", due.target_on, offset=0)

    def randomization(self) -> Iterator[PlannedVisit]:
        a = self.anchors
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
        # Randomized before the cycles, a subject passes the check first (crf_spec 4.6).
        from_on = a.pc2_scan_on if self.parameters.before_cycles else a.randomized_on
        if from_on is None:
            return
        after = self.parameters.rt_start_max_days - self.days(TYPES["RTS"].offset)
        for visit in (self.visit("RTPLAN", from_on), self.visit("RTS", from_on, after=after)):
            ends = [day for day in (a.pd_on, a.rt_not_started_on) if day]
            has_ended = visit.closes_on and ends and min(ends) <= visit.closes_on
            if a.rt_first_fraction_on or not has_ended:
                yield visit
        if a.rt_last_fraction_on:
            for code in ("RTE", "RTFU1", "RTFU2"):
                yield self.visit(code, a.rt_last_fraction_on)

    def assessments(self) -> Iterator[PlannedVisit]:
        """Yield the assessments from randomization to the one that may show progression.

        They are the same in both arms. From an iUPD on they go on until an iCPD (crf_spec 3.1).
        """
        a = self.anchors
        if a.randomized_on is None:
            return
        progressed_on = a.confirmed_on if a.unconfirmed_on else a.pd_on
        stops = (progressed_on, a.new_therapy_on, self.horizon_on)
        stop_on = min(day for day in stops if day)
        for k in count(1):
            day, interval = self.parameters.ta_schedule.assessment(k)
            half = interval.half_window
            visit = self.visit("TAk", a.randomized_on, n=k, offset=day, before=half, after=half)
            if visit.opens_on is None or visit.opens_on > stop_on:
                return
            yield visit

    def confirmations(self) -> Iterator[PlannedVisit]:
        """Yield the visit to confirm each iUPD, unless the assessments ended before it opens."""
        a = self.anchors
        ends = [day for day in (a.confirmed_on, a.new_therapy_on) if day]
        for k, unconfirmed_on in enumerate(a.unconfirmed_on, 1):
            visit = self.visit("CONFk", unconfirmed_on, n=k)
            if visit.opens_on and all(visit.opens_on <= day for day in ends):
                yield visit

    def follow_up(self) -> Iterator[PlannedVisit]:
        """Yield EOTS and the survival contacts, from the end of treatment on.

        While the end is only presumed, EOTS has no last day: it stays due (crf_spec 3.1).
        """
        a = self.anchors
        has_ended = a.treatment_ended or self.presumed_ended
        if not (has_ended and a.last_dose_on):
            return
        end_of_treatment = self.visit("EOTS", a.last_dose_on)
        if not a.treatment_ended:
            end_of_treatment = replace(end_of_treatment, closes_on=None)
        yield end_of_treatment
        anchor_on = max(day for day in (end_of_treatment.target_on, a.pd_on) if day)
        for k in count(1):
            visit = self.visit("SFUk", anchor_on, n=k, offset=k * self.days(SFU))
            if visit.opens_on is None or visit.opens_on > self.horizon_on:
                return
            yield visit
