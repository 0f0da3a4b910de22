"""The dates that a subject's visits are planned from (crf_spec 3.1)."""

from datetime import date
from typing import NamedTuple

from crf.casebook import Casebook
from crf.models import (
    Consent,
    Eligibility,
    Fraction,
    RadiotherapyCourse,
    ResponseAssessment,
    Scan,
)
from trial.protocol.parameters import Parameters
from trial.protocol.response.recist import Response
from trial.protocol.schedule import timetable
from trial.protocol.schedule.visits import CHECK_AFTER_CYCLE_2

from .allocation import allocation_of, is_irradiated
from .demographics import signed_on
from .doses import doses_of

NO_FRACTIONS = (None, None)


class ConfirmedGate(NamedTuple):
    """The result and the day of a gate's confirmation."""

    result: str
    on: date

    @property
    def passed_on(self) -> date | None:
        """The day, if the subject was eligible."""
        return self.on if self.result == Eligibility.Result.ELIGIBLE else None


def anchors_of(casebook: Casebook, parameters: Parameters) -> timetable.Anchors:
    """Return the dates and facts that the timetable is planned from."""
    doses = doses_of(casebook)
    gates = confirmed_gates(casebook, before=doses.day_1(1))
    entry, second = gates.get(Eligibility.Gate.G1), gates.get(Eligibility.Gate.G2)
    allocation = allocation_of(casebook)
    # Nobody waits for a randomization that will not be.
    has_failed = second is not None and second.result == Eligibility.Result.INELIGIBLE
    awaits_check = allocation is not None or not has_failed
    opened_on = second.passed_on if second and parameters.before_cycles else None
    fractions = fractions_between(casebook) if is_irradiated(casebook) else NO_FRACTIONS
    first_fraction_on, last_fraction_on = fractions
    pd_on = progressed_on(casebook)
    return timetable.Anchors(
        consent_on=signed_on(casebook, Consent.Type.INITIAL),
        pretreated=doses.preconsent_cycles > 0,
        eligibility_g1_signed_on=entry.passed_on if entry else None,
        cycle_day_1=doses.first,
        later_days=doses.later_days,
        cycle_targets=doses.targets,
        cycle_length_days=doses.cycle_length_days,
        check_length_days=doses.check_length_days,
        max_cycles=doses.last_cycle,
        pc2_scan_on=last_scan_of_check(casebook) if awaits_check else None,
        randomized_on=allocation.randomized_on if allocation else None,
        arm=allocation.arm if allocation else None,
        rt_first_fraction_on=first_fraction_on,
        rt_last_fraction_on=last_fraction_on,
        last_dose_on=doses.last_on,
        randomization_open_on=opened_on,
        treatment_ended=pd_on is not None and (allocation is None or parameters.before_cycles),
        pd_on=pd_on,
        withdrawn_on=signed_on(casebook, Consent.Type.WITHDRAWAL),
    )


def confirmed_gates(casebook: Casebook, *, before: date | None) -> dict[str, ConfirmedGate]:
    """Return the last confirmation of each gate; of the first gate, the last one up to `before`.

    `before` is the day of the first dose; None stands for no limit.
    """
    gates = {}
    for record in casebook.records(Eligibility):
        if record.assessed_on is None:
            continue
        is_entry = record.gate == Eligibility.Gate.G1
        if is_entry and before is not None and record.assessed_on > before:
            continue
        gates[record.gate] = ConfirmedGate(record.result, record.assessed_on)
    return gates


def fractions_between(casebook: Casebook) -> tuple[date | None, date | None]:
    """Return the days of the first and the last fraction.

    The last is known once every course that was begun has its end.
    """
    days, all_ended = [], True
    for course in casebook.records(RadiotherapyCourse):
        delivered = [row for row in course.rows(Fraction) if row.delivered == "Y" and row.given_on]
        days += [fraction.given_on for fraction in delivered]
        if delivered and not course.ended_on:
            all_ended = False
    if not days:
        return NO_FRACTIONS
    return min(days), max(days) if all_ended else None


def last_scan_of_check(casebook: Casebook) -> date | None:
    """Return the day of the last scan of the check after cycle 2."""
    scans = [
        scan.scanned_on
        for scan in casebook.rows(Scan)
        if scan.assessment.visit.code == CHECK_AFTER_CYCLE_2 and scan.scanned_on
    ]
    return max(scans, default=None)


def progressed_on(casebook: Casebook) -> date | None:
    """Return the day of the first scan that the investigator reads as progression."""
    assessments = casebook.records(ResponseAssessment)
    progressions = [a for a in assessments if a.investigator_overall == Response.PD]
    return min((a.first_scan_on for a in progressions if a.first_scan_on), default=None)
