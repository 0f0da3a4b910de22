"""The window, the scan, the days late and the sentence of the check after cycle 2."""

from dataclasses import replace
from datetime import date

import pytest
from trial.protocol.parameters import DEFAULT
from trial.protocol.progression_check.progression import (
    Facts,
    State,
    TumorAssessment,
    check,
    window,
)
from trial.protocol.response.recist import Response

CR, SD, PD, NE = Response.CR, Response.SD, Response.PD, Response.NE


def day(text):
    return date.fromisoformat(f"2025-{text}")


def scan(text, derived=SD, investigator=None, **more):
    return TumorAssessment("PC2", day(text), day(text), derived, investigator or derived, **more)


# its window is 04-14 to 04-28
V13 = Facts(day("03-10"), day("03-31"), cycle_length_days=21, baseline_scan_on=day("03-04"))
FIRST = Facts(day("03-10"), cycle_length_days=21, baseline_scan_on=day("03-04"))
NO_CHEST = {"covers_chest_abdomen_pelvis": False}
WINDOW = "its window is 2025-04-14 to 2025-04-28."

FOUND = [
    # facts, scans, on                                   state            late  sentence
    (Facts(), [], "03-01",                               "NOT_STARTED",   0, "Cycle 1 has not been given."),
    (FIRST, [], "03-20",                                 "WAITING",       0, "Cycle 2 has not been given."),
    (V13, [], "04-01",                                   "SCHEDULED",     0, f"No tumor assessment after cycle 2; {WINDOW}"),
    (V13, [scan("04-10")], "04-20",                      "DUE",           0, f"No tumor assessment after cycle 2; {WINDOW}"),
    (V13, [], "04-30",                                   "OVERDUE",       2, f"No tumor assessment after cycle 2; {WINDOW}"),
    (V13, [scan("04-21", PD)], "04-22",                  "PD",            0,
     "The scan of 2025-04-21 shows progression, by measurement and by the investigator."),
    (V13, [scan("04-30", PD)], "05-01",                  "PD",            2,
     "The scan of 2025-04-30 shows progression, by measurement and by the investigator."),
    (V13, [scan("04-21", PD, SD)], "04-22",              "DISCORDANT",    0,
     "The scan of 2025-04-21 is PD by measurement, SD by the investigator: read it again."),
    (V13, [scan("04-30", CR, SD)], "05-01",              "DISCORDANT",    2,
     "The scan of 2025-04-30 is CR by measurement, SD by the investigator: read it again."),
    (V13, [scan("04-30")], "05-01",                      "PASSED",        2, "The scan of 2025-04-30 shows no progression (SD)."),
    (V13, [scan("04-21", **NO_CHEST)], "04-22",          "NE_REPEAT",     0,
     "The scan of 2025-04-21 does not count: chest, abdomen and pelvis are not all covered. Repeat it by 2025-05-05."),
    (V13, [scan("04-30", same_method=False)], "05-01",   "NE_REPEAT",     2,
     "The scan of 2025-04-30 does not count: the method is not that of the baseline. Repeat it by 2025-05-14."),
    (V13, [scan("04-21", all_lesions_assessed=False)], "04-22", "NE_REPEAT", 0,
     "The scan of 2025-04-21 does not count: not all baseline lesions are assessed. Repeat it by 2025-05-05."),
    (V13, [scan("04-21", NE)], "04-22",                  "NE_REPEAT",     0,
     "The scan of 2025-04-21 does not count: the response is not evaluable. Repeat it by 2025-05-05."),
    (replace(V13, baseline_scan_on=None), [scan("04-21")], "04-22", "NE_REPEAT", 0,
     "The scan of 2025-04-21 does not count: the baseline has no scan recent enough before cycle 1. Repeat it by 2025-05-05."),
    (V13, [scan("04-21", NE)], "05-10",                  "ESCALATED",     5,
     "The scan of 2025-04-21 does not count yet: it could not be evaluated and was not repeated."),
    (V13, [replace(scan("04-21"), derived=None)], "04-22", "DUE",         0,
     "The scan of 2025-04-21 does not count yet: no response can be derived yet."),
    (V13, [replace(scan("04-21"), investigator=None)], "04-22", "DUE",    0,
     "The scan of 2025-04-21 does not count yet: the investigator's response is missing."),
    (V13, [scan("04-21", complete=False)], "04-22",      "DUE",           0,
     "The scan of 2025-04-21 does not count yet: its form is not complete."),
    (V13, [scan("04-21", signed=False)], "04-30",        "OVERDUE",       2,
     "The scan of 2025-04-21 does not count yet: no signature covers it."),
    (replace(V13, died_on=day("04-20")), [], "04-21",    "CANCELLED",     0,
     "The subject died before the check after cycle 2 was passed."),
    (replace(V13, withdrawn_on=day("04-20")), [], "04-21", "CANCELLED",   0,
     "The subject withdrew before the check after cycle 2 was passed."),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "scans", "on", "state", "late", "sentence"), FOUND)
def test_check_tells_its_reason_scan_window_and_lateness(facts, scans, on, state, late, sentence):
    result = check(replace(facts, assessments=tuple(scans)), on=day(on))
    assert (result.state, result.late_days, result.reason) == (state, late, sentence)
    assert result.assessment == (
        scans[-1] if scans and scans[-1].scanned_on >= day("04-14") else None
    )
    assert (result.window is None) == (state in ("NOT_STARTED", "WAITING"))
    assert result.window is None or result.window.opens_on == day("04-14")


def test_every_state_that_is_not_reserved_has_its_sentence():
    assert {row[3] for row in FOUND} == {*State} - {State.PENDING_IUPD, State.MISSED}


EXTENDED = [
    # scan     what it lacks    closes
    ("04-14",  NO_CHEST,        "04-28"),
    ("04-15",  NO_CHEST,        "04-29"),
    ("04-28",  NO_CHEST,        "05-12"),
    ("04-29",  NO_CHEST,        "04-28"),   # too late to keep it open
    ("04-28",  {"signed": False}, "04-28"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "lacking", "closes"), EXTENDED)
def test_scan_in_the_window_that_cannot_be_evaluated_keeps_it_open(text, lacking, closes):
    result = check(replace(V13, assessments=(scan(text, **lacking),)), on=day("04-30"))
    assert result.window.closes_on == day(closes)


def test_scan_that_can_be_evaluated_does_not_keep_the_window_open():
    assert check(
        replace(V13, assessments=(scan("04-28"),)), on=day("04-30")
    ).window.closes_on == day("04-28")


def test_baseline_without_a_date_keeps_the_window_open_for_the_repeat():
    result = check(
        replace(V13, baseline_scan_on=None, assessments=(scan("04-28"),)), on=day("04-30")
    )
    assert result.window.closes_on == day("05-12")


def test_window_follows_its_parameters_in_the_check():
    parameters = replace(DEFAULT, pc2_half_window=3, pc2_min_days_from_c1d1=49)
    result = check(V13, on=day("04-22"), parameters=parameters)
    assert result.window == window(V13, parameters)
    assert (result.window.opens_on, result.window.target_on) == (day("04-25"), day("04-28"))
    assert window(Facts(day("03-10"), day("03-10"), cycle_length_days=0)).target_on == day(
        "03-10"
    )  # held off by no day
    assert check(
        Facts(day("03-10"), day("03-10"), cycle_length_days=0), on=day("03-10")
    ).window.target_on == day("03-10")


def test_what_happens_later_does_not_count_yet():
    stopped = Facts(day("03-10"), None, None, 21, day("03-17"), True, day("03-04"))
    assert check(stopped, on=day("03-16")).window is None
    assert check(stopped, on=day("03-17")).window.target_on == day("04-07")
    randomized = replace(V13, assessments=(scan("04-21", PD),), randomized_on=day("04-20"))
    assert check(randomized, on=day("04-21")).state == State.DUE
    withdrawn = replace(V13, withdrawn_on=day("04-25"))
    assert [check(withdrawn, on=day(text)).state for text in ("04-24", "04-25")] == [
        State.DUE,
        State.CANCELLED,
    ]


def test_scan_of_the_first_day_counts_as_progression():
    assert check(replace(V13, assessments=(scan("03-10", PD),)), on=day("03-11")).state == State.PD


def test_scans_are_taken_in_the_order_of_their_days():
    later, sooner = scan("05-10"), scan("04-21", PD, SD)
    result = check(replace(V13, assessments=(later, sooner)), on=day("05-11"))
    assert (result.state, result.assessment) == (State.DISCORDANT, sooner)
    same_day = (scan("04-21"), scan("04-21", signed=False))
    assert check(replace(V13, assessments=same_day), on=day("04-22")).state == State.PASSED


def test_earlier_agreement_does_not_settle_a_later_disagreement():
    result = check(
        replace(V13, assessments=(scan("04-15"), scan("04-21", CR, SD))), on=day("04-22")
    )
    assert result.state == State.DISCORDANT


def test_progression_before_any_window_is_not_late():
    result = check(replace(FIRST, assessments=(scan("03-25", PD),)), on=day("03-26"))
    assert (result.state, result.window, result.late_days) == (State.PD, None, 0)


def test_window_is_given_though_the_first_dose_is_missing():
    result = check(Facts(cycle_2_day_1=day("03-31"), cycle_length_days=21), on=day("04-01"))
    assert (result.state, result.window.target_on) == (State.NOT_STARTED, day("04-21"))
