"""The check after cycle 2 in the patients of crf_spec 8, repeated and late scans."""

from dataclasses import replace

import pytest
from tests.protocol.progression_check.test_progression import NE, PD, PR, SD, after, day, on, scan
from trial.protocol.kleene import Truth
from trial.protocol.progression_check.progression import Facts, RefusalCode, Remark, State, check

REPEATS = [
    # second scan                        on       state            late days
    ([],                                 "05-05", State.NE_REPEAT, 0),  # 14 days after the scan of 04-21
    ([],                                 "05-06", State.ESCALATED, 1),
    ([scan("05-05")],                    "05-06", State.PASSED,    0),
    ([scan("05-06")],                    "05-06", State.PASSED,    1),
    ([scan("05-02", signed=False)],      "05-02", State.DUE,       0),
    ([scan("05-02", NE)],                "05-16", State.NE_REPEAT, 0),
    ([scan("05-02", NE)],                "05-17", State.ESCALATED, 1),
]  # fmt: skip


@pytest.mark.parametrize(("scans", "text", "state", "late_days"), REPEATS)
def test_scan_that_could_not_be_evaluated_is_repeated_within_14_days(scans, text, state, late_days):
    result = on(after(scan("04-21", NE), *scans), text)
    assert (result.state, result.late_days) == (state, late_days)


LATE = [
    # scan     cycle 4   remarks
    ("04-28",  None,     ()),
    ("04-29",  None,     (Remark.LATE,)),
    ("05-12",  "05-12",  (Remark.LATE, Remark.AFTER_CYCLE_4)),
    ("05-11",  "05-12",  (Remark.LATE,)),
    ("06-30",  None,     (Remark.LATE,)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "cycle_4", "remarks"), LATE)
def test_late_scan_is_accepted_and_remarked(text, cycle_4, remarks):
    result = on(after(scan(text), cycle_4_day_1=cycle_4 and day(cycle_4)), "06-30")
    assert (result.state, result.remarks) == (State.PASSED, remarks)


def test_story_2_passes_on_its_target_day():
    result = on(after(scan("04-21", PR)), "04-23")
    assert (result.state, result.late_days, result.refusal) == (State.PASSED, 0, None)
    assert result.reason == "The scan of 2025-04-21 shows no progression (PR)."


STORY_3 = Facts(day("04-07"), day("04-28"), cycle_length_days=21, baseline_scan_on=day("03-31"))


def test_story_3_is_discordant_until_the_investigator_corrects():
    first = check(replace(STORY_3, assessments=(scan("05-20", PD, SD),)), on=day("05-21"))
    assert (first.state, first.refusal) == (State.DISCORDANT, RefusalCode.X07_UNKNOWN)
    assert (
        first.reason
        == "The scan of 2025-05-20 is PD by measurement, SD by the investigator: read it again."
    )
    second = check(replace(STORY_3, assessments=(scan("05-20", PD, PD),)), on=day("05-22"))
    assert (second.state, second.x07, second.refusal) == (State.PD, Truth.MET, RefusalCode.X07_PD)


STORY_4 = Facts(
    day("05-05"),
    day("05-26"),
    day("07-07"),
    21,
    baseline_scan_on=day("04-28"),
    assessments=(scan("07-02"),),
)

STORY_4_BY_DAY = [
    # on       state            refusal                   days late
    ("06-23",  State.DUE,       RefusalCode.X07_UNKNOWN,  0),
    ("06-24",  State.OVERDUE,   RefusalCode.X07_UNKNOWN,  1),
    ("06-30",  State.ESCALATED, RefusalCode.X07_UNKNOWN,  7),
    ("07-01",  State.ESCALATED, RefusalCode.X07_UNKNOWN,  8),
    ("07-02",  State.PASSED,    None,                     9),
    ("07-09",  State.PASSED,    None,                     9),
]  # fmt: skip


@pytest.mark.parametrize(("text", "state", "refusal", "late_days"), STORY_4_BY_DAY)
def test_story_4_is_overdue_and_passes_nine_days_late(text, state, refusal, late_days):
    result = on(STORY_4, text)
    assert (result.state, result.refusal, result.late_days) == (state, refusal, late_days)
    assert Remark.AFTER_CYCLE_4 not in result.remarks
