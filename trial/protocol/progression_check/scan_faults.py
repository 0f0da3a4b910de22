"""Faults of a scan (crf_spec 4.2)."""

from dataclasses import replace
from datetime import date, timedelta

from trial.protocol.response.recist import Response

from .progression_states import Facts, TumorAssessment, Window

REPEAT_WITHIN_DAYS = 14  # of a scan that could not be evaluated


def is_in_time(scan: TumorAssessment, due: Window | None) -> bool:
    return due is not None and scan.scanned_on is not None and scan.scanned_on >= due.opens_on


def is_baseline_recent(facts: Facts, img_window_days: int) -> bool:
    """Section 4.2 (f)."""
    if facts.baseline_scan_on is None or facts.cycle_1_day_1 is None:
        return False
    return facts.pretreated or timedelta() <= facts.cycle_1_day_1 - facts.baseline_scan_on <= timedelta(img_window_days)


def imaging_fault(scan: TumorAssessment, baseline_holds: bool) -> str:
    """What only another scan can mend, section 4.2 (b), (c), (d) and (f)."""
    faults = {
        "the baseline has no scan recent enough before cycle 1": not baseline_holds,
        "chest, abdomen and pelvis are not all covered": not scan.covers_chest_abdomen_pelvis,
        "the method is not that of the baseline": not scan.same_method,
        "not all baseline lesions are assessed": not scan.all_lesions_assessed,
        "the response is not evaluable": scan.derived in (Response.NE, Response.NA),
    }
    return next((fault for fault, found in faults.items() if found), "")


def paper_fault(scan: TumorAssessment) -> str:
    """What the site mends at its desk, section 4.2 (d) and (e)."""
    faults = {
        "no response can be derived yet": scan.derived is None,
        "the investigator's response is missing": scan.investigator is None,
        "its form is not complete": not scan.complete,
        "no signature covers it": not scan.signed,
    }
    return next((fault for fault, found in faults.items() if found), "")


def extended_window(due: Window, scans: list[TumorAssessment], baseline_holds: bool) -> Window:
    """A scan in the window that could not be evaluated keeps it open 14 days longer, for the repeat."""
    for scan in scans:
        if scan.scanned_on and due.opens_on <= scan.scanned_on <= due.closes_on and imaging_fault(scan, baseline_holds):
            due = replace(due, closes_on=max(due.closes_on, scan.scanned_on + timedelta(REPEAT_WITHIN_DAYS)))
    return due


def days_late(day: date | None, due: Window | None) -> int:
    return max(0, (day - due.closes_on).days) if day and due else 0
