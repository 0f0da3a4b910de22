"""The dates that a subject's visits are planned from (crf_spec 3.1)."""

from collections.abc import Sequence
from datetime import date

from crf.casebook import Casebook
from crf.derived.therapy.doses import doses_of
from crf.models import (
    Consent,
    Eligibility,
    Fraction,
    RadiotherapyCourse,
    Regimen,
    ResponseAssessment,
    Scan,
)
from crf.models.codes.radiotherapy import ENDED, Status
from trial.protocol.eligibility.gate_days import Confirmation, day_of_entry
from trial.protocol.parameters import Parameters
from trial.protocol.response.recist import Response
from trial.protocol.schedule import timetable
from trial.protocol.schedule.end_of_treatment import presumed_end_on
from trial.protocol.schedule.visits import CHECK_AFTER_CYCLE_2

from .allocation import allocation_of, is_irradiated
from .demographics import signed_on
from .eligibility import confirmations_of
from .response.unconfirmed import Unconfirmed, unconfirmed

NO_FRACTIONS = (None, None)


def anchors_of(casebook: Casebook, parameters: Parameters) -> timetable.Anchors:
    """Return the dates and facts that the timetable is planned from."""
    doses = doses_of(casebook)
    entry, second = confirmations_of(casebook, 1), confirmations_of(casebook, 2)
    allocation = allocation_of(casebook)
    # Nobody waits for a cycle, or for a randomization, that will not be.
    entry_failed = last_result(entry) == Eligibility.Result.INELIGIBLE
    awaits_check = allocation or last_result(second) != Eligibility.Result.INELIGIBLE
    is_passed = last_result(second) == Eligibility.Result.ELIGIBLE
    opened_on = second[-1].on if is_passed and parameters.before_cycles else None
    fractions, decided_against = radiotherapy_of(casebook)
    pd_on = progressed_on(casebook)
    to_confirm = unconfirmed(casebook) if pd_on else Unconfirmed()
    return timetable.Anchors(
        consent_on=signed_on(casebook, Consent.Type.INITIAL),
        pretreated=doses.preconsent_cycles > 0,
        gate_1_on=day_of_entry(entry),
        entry_failed=entry_failed,
        cycle_day_1=doses.first,
        later_days=doses.later_days,
        cycle_targets=doses.targets,
        cycle_length_days=doses.cycle_length_days,
        check_length_days=doses.check_length_days,
        max_cycles=doses.last_cycle,
        pc2_scan_on=last_scan_of_check(casebook) if awaits_check else None,
        randomized_on=allocation.randomized_on if allocation else None,
        arm=allocation.arm if allocation else None,
        rt_first_fraction_on=fractions[0],
        rt_last_fraction_on=fractions[1],
        rt_not_started_on=decided_against,
        rt_ended_on=fractions[1] or decided_against,
        last_dose_on=doses.last_on,
        last_regimen_on=last_regimen_on(casebook),
        randomization_open_on=opened_on,
        treatment_ended=pd_on is not None and (allocation is None or parameters.before_cycles),
        pd_on=pd_on,
        unconfirmed_on=to_confirm.on,
        confirmed_on=to_confirm.confirmed_on,
        withdrawn_on=signed_on(casebook, Consent.Type.WITHDRAWAL),
    )


def radiotherapy_of(casebook: Casebook) -> tuple[tuple[date | None, date | None], date | None]:
    """Return the days of the first and last fraction, and of the decision not to begin."""
    if not is_irradiated(casebook):
        return NO_FRACTIONS, None
    return fractions_between(casebook), decided_against_on(casebook)


def last_result(confirmations: Sequence[Confirmation]) -> str:
    """Return the result of the last confirmation; empty text where there is none."""
    return confirmations[-1].result if confirmations else ""


def treatment_ended_on(casebook: Casebook, *, on: date) -> date | None:
    """Return the day from which the treatment of a randomized subject has ended, by a day.

    It has when every component of its arm has (crf_spec 3.1).
    """
    parameters = casebook.parameters_on(on)
    anchors = anchors_of(casebook, parameters)
    end_on = presumed_end_on(anchors, parameters)
    if anchors.randomized_on is None or end_on is None or end_on > on:
        return None
    return end_on if not is_irradiated(casebook) or has_ended_radiotherapy(casebook) else None


def last_regimen_on(casebook: Casebook) -> date | None:
    """Return the day from which the last regimen is in force."""
    days = [regimen.from_on for regimen in casebook.records(Regimen) if regimen.from_on]
    return max(days, default=None)


def has_ended_radiotherapy(casebook: Casebook) -> bool:
    """Return whether each course of the study has its end, or was decided not to begin."""
    courses = [c for c in casebook.records(RadiotherapyCourse) if c.is_of_study]
    ended = ENDED | {Status.NOT_STARTED}
    return bool(courses) and all(course.status in ended for course in courses)


def fractions_between(casebook: Casebook) -> tuple[date | None, date | None]:
    """Return the days of the first and the last fraction of the study's radiotherapy.

    The last is known once every course that was begun has its end.
    """
    days, all_ended = [], True
    courses = casebook.records(RadiotherapyCourse)
    for course in (course for course in courses if course.is_of_study):
        delivered = [row for row in course.rows(Fraction) if row.delivered == "Y" and row.given_on]
        days += [fraction.given_on for fraction in delivered]
        if delivered and not course.ended_on:
            all_ended = False
    if not days:
        return NO_FRACTIONS
    return min(days), max(days) if all_ended else None


def decided_against_on(casebook: Casebook) -> date | None:
    """Return the day of the decision against the study's radiotherapy.

    None where a course was planned or begun, or nothing is decided.
    """
    courses = casebook.records(RadiotherapyCourse)
    of_study = [course for course in courses if course.is_of_study]
    if any(course.status != Status.NOT_STARTED for course in of_study):
        return None
    return max((course.decided_on for course in of_study if course.decided_on), default=None)


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
