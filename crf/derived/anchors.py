"""The dates that a subject's visits are planned from (crf_spec 3.1)."""

from datetime import date

from crf.casebook import Casebook
from crf.models import (
    Consent,
    Eligibility,
    Fraction,
    RadiotherapyCourse,
    Randomization,
    ResponseAssessment,
    Scan,
)
from trial.protocol.parameters import Parameters
from trial.protocol.response.recist import Response
from trial.protocol.schedule import timetable

from .demographics import signed_on
from .doses import doses_of


def anchors_of(casebook: Casebook, parameters: Parameters) -> timetable.Anchors:
    """Return what the timetable is planned from."""
    doses = doses_of(casebook)
    gates = confirmed_gates(casebook, before=doses.day_1(1))
    entry, second = gates.get("G1", ("", None)), gates.get("G2", ("", None))
    allocation = next(iter(casebook.records(Randomization)), None)
    irradiates = allocation is not None and allocation.arm == Randomization.Arm.SYSRT
    first_fraction_on, last_fraction_on = (
        fractions_between(casebook) if irradiates else (None, None)
    )
    pd_on = progressed_on(casebook)
    failed = (
        second[0] == Eligibility.Result.INELIGIBLE and allocation is None
    )  # nobody waits for a randomization that will not be
    open_on = (
        second[1] if parameters.before_cycles and second[0] == Eligibility.Result.ELIGIBLE else None
    )
    return timetable.Anchors(
        consent_on=signed_on(casebook, Consent.Type.INITIAL),
        pretreated=doses.preconsent_cycles > 0,
        eligibility_g1_signed_on=entry[1] if entry[0] == Eligibility.Result.ELIGIBLE else None,
        cycle_day_1=doses.first,
        gives_day_8=doses.day_8,
        cycle_length_days=doses.cycle_length_days,
        max_cycles=doses.max_cycles,
        pc2_scan_on=None if failed else last_scan_of_check(casebook),
        randomized_on=allocation.randomized_on if allocation else None,
        arm=allocation.arm if allocation else None,
        rt_first_fraction_on=first_fraction_on,
        rt_last_fraction_on=last_fraction_on,
        last_dose_on=doses.last_on,
        randomization_open_on=open_on,
        treatment_ended=pd_on is not None and (allocation is None or parameters.before_cycles),
        pd_on=pd_on,
        withdrawn_on=signed_on(casebook, Consent.Type.WITHDRAWAL),
    )


def confirmed_gates(casebook: Casebook, *, before: date | None) -> dict[str, tuple[str, date]]:
    """Return result and day of each gate's last confirmation; of the first gate, the last one up to
    the first dose.
    """
    confirmed = [record for record in casebook.records(Eligibility) if record.assessed_on]
    counting = [
        record
        for record in confirmed
        if record.gate != "G1" or before is None or record.assessed_on <= before
    ]
    return {record.gate: (record.result, record.assessed_on) for record in counting}


def fractions_between(casebook: Casebook) -> tuple[date | None, date | None]:
    """Return the days of the first fraction, and of the last one once every course that was begun
    has its end.
    """
    given = [
        (fraction.given_on, bool(course.ended_on))
        for course in casebook.records(RadiotherapyCourse)
        for fraction in course.rows(Fraction)
        if fraction.delivered == "Y" and fraction.given_on
    ]
    if not given:
        return None, None
    days, ended = zip(*given, strict=True)
    return min(days), max(days) if all(ended) else None


def last_scan_of_check(casebook: Casebook) -> date | None:
    """Return the day of the last scan of the check after cycle 2."""
    scans = [
        scan.scanned_on
        for scan in casebook.rows(Scan)
        if scan.assessment.visit.code == "PC2" and scan.scanned_on
    ]
    return max(scans, default=None)


def progressed_on(casebook: Casebook) -> date | None:
    """Return the day of the first scan that the investigator reads as progression."""
    assessments = casebook.records(ResponseAssessment)
    days = [
        assessment.first_scan_on
        for assessment in assessments
        if assessment.investigator_overall == Response.PD
    ]
    return min((day for day in days if day), default=None)
