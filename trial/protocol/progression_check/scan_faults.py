"""Faults for which a scan does not count at the progression check after cycle 2 (crf_spec 4.2).

Also the time of a scan: inside the window, late, or so faulty that the window stays open.
"""

from dataclasses import replace
from datetime import date, timedelta

from trial.protocol.response.recist import Response
from trial.protocol.sentence import Sentence

from .progression_states import Facts, TumorAssessment, Window

REPEAT_WITHIN_DAYS = 14  # of a scan that could not be evaluated


def is_in_time(scan: TumorAssessment, due: Window | None) -> bool:
    """Return True for a scan made once the window was open (crf_spec 4.1).

    >>> is_in_time(TumorAssessment("PC2", date(2025, 4, 21), None, None, None), None)
    False
    """
    return due is not None and scan.scanned_on is not None and scan.scanned_on >= due.opens_on


def is_baseline_recent(facts: Facts, img_window_days: int) -> bool:
    """Return True where the baseline scan is recent enough before cycle 1 (crf_spec 4.2 f).

    For subjects treated before consent, any baseline scan is.

    >>> is_baseline_recent(Facts(date(2025, 3, 10), baseline_scan_on=date(2025, 2, 10)), 28)
    True
    """
    if facts.baseline_scan_on is None or facts.cycle_1_day_1 is None:
        return False
    age = facts.cycle_1_day_1 - facts.baseline_scan_on
    return facts.pretreated or timedelta() <= age <= timedelta(img_window_days)


def imaging_fault(scan: TumorAssessment, baseline_holds: bool) -> str:
    """Return the fault that only another scan can mend (crf_spec 4.2 b, c, d, f); empty for none.

    >>> scan = TumorAssessment("PC2", date(2025, 4, 21), None, Response.NE, None)
    >>> imaging_fault(scan, baseline_holds=True)
    'the response is not evaluable'
    """
    faults = {
        Sentence("the baseline has no scan recent enough before cycle 1"): not baseline_holds,
        Sentence(
            "chest, abdomen and pelvis are not all covered"
        ): not scan.covers_chest_abdomen_pelvis,
        Sentence("the method is not that of the baseline"): not scan.same_method,
        Sentence("not all baseline lesions are assessed"): not scan.all_lesions_assessed,
        Sentence("the response is not evaluable"): scan.derived in (Response.NE, Response.NA),
    }
    return next((fault for fault, is_present in faults.items() if is_present), "")


def paper_fault(scan: TumorAssessment) -> str:
    """Return the fault that the site mends at its desk (crf_spec 4.2 d, e); empty for none.

    >>> paper_fault(TumorAssessment("PC2", date(2025, 4, 21), None, Response.SD, None))
    "the investigator's response is missing"
    """
    faults = {
        Sentence("no response can be derived yet"): scan.derived is None,
        Sentence("the investigator's response is missing"): scan.investigator is None,
        Sentence("its form is not complete"): not scan.complete,
        Sentence("no signature covers it"): not scan.signed,
    }
    return next((fault for fault, is_present in faults.items() if is_present), "")


def extended_window(due: Window, scans: list[TumorAssessment], baseline_holds: bool) -> Window:
    """Return the window, 14 days longer after a scan inside it that could not be evaluated.

    In that time the scan is repeated (crf_spec 4.3, NE_REPEAT).

    >>> due = Window(*(date(2025, 4, day) for day in (14, 21, 28, 29, 30)))
    >>> scan = TumorAssessment("PC2", date(2025, 4, 21), None, Response.NE, None)
    >>> str(extended_window(due, [scan], baseline_holds=True).closes_on)
    '2025-05-05'
    """
    for scan in scans:
        day = scan.scanned_on
        is_inside = day is not None and due.opens_on <= day <= due.closes_on
        if day and is_inside and imaging_fault(scan, baseline_holds):
            repeat_by = day + timedelta(REPEAT_WITHIN_DAYS)
            due = replace(due, closes_on=max(due.closes_on, repeat_by))
    return due


def days_late(day: date | None, due: Window | None) -> int:
    """Return the days after the window; 0 inside it (crf_spec 4.3).

    >>> days_late(date(2025, 4, 30), Window(*(date(2025, 4, day) for day in (14, 21, 28, 29, 30))))
    2
    """
    return max(0, (day - due.closes_on).days) if day and due else 0
