"""Schedule of events (crf_spec 3), with the patients of crf_spec 8."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.parameters import AssessmentSchedule, CycleDays, Interval, Parameters
from trial.protocol.progression_check import progression
from trial.protocol.schedule.end_of_treatment import presumed_end_on
from trial.protocol.schedule.series import nearest
from trial.protocol.schedule.timetable import (
    TYPES,
    Anchors,
    plan,
    visit_state,
    visit_type,
)

ALL_FORMS = {form for row in TYPES.values() for form in (*row.forms, *row.offered)}


def day(text, year=2025):
    return date.fromisoformat(text if len(text) > 5 else f"{year}-{text}")


def visits(anchors, on, **more):
    return {visit.code: visit for visit in plan(anchors, on=day(on), **more)}


def window(visit):
    return visit.opens_on, visit.target_on, visit.closes_on


# Story 2: consent 03-03, signed 03-07, cycles from 03-10, scan 04-21, randomized 04-25 to SYSRT,
# fractions 05-12 to 06-13
STORY_2 = Anchors(
    consent_on=day("03-03"),
    gate_1_on=day("03-07"),
    cycle_day_1={1: day("03-10"), 2: day("03-31"), 3: day("04-21"), 4: day("06-23")},
    later_days={1: (8,), 3: (8,), 4: (8,)},
    cycle_length_days=21,
    max_cycles=6,
    pc2_scan_on=day("04-21"),
    randomized_on=day("04-25"),
    arm="SYSRT",
    rt_first_fraction_on=day("05-12"),
    rt_last_fraction_on=day("06-13"),
)

STORY_2_PLAN = [
    # visit    opens    target   closes
    ("SCR",    "03-03", "03-03", "03-31"),
    ("C1D1",   "03-07", "03-07", "03-14"),
    ("C1D8",   "03-16", "03-17", "03-18"),
    ("C2D1",   "03-28", "03-31", "04-03"),
    ("PC2",    "04-14", "04-21", "04-28"),
    ("C3D1",   "04-18", "04-21", "04-24"),
    ("RAND",   "04-21", "04-21", "05-05"),
    ("C3D8",   "04-27", "04-28", "04-29"),
    ("RTPLAN", "04-25", "05-02", "05-16"),
    ("RTS",    "04-25", "05-09", "05-23"),
    ("C4D1",   "05-09", "05-12", "05-15"),
    ("RTE",    "06-13", "06-13", "06-20"),
    ("TA1",    "06-20", "06-27", "07-04"),
    ("C4D8",   "06-29", "06-30", "07-01"),
    ("RTFU1",  "07-04", "07-11", "07-18"),
    ("C5D1",   "07-11", "07-14", "07-17"),
    ("TA2",    "08-22", "08-29", "09-05"),
    ("RTFU2",  "08-28", "09-11", "09-25"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "opens", "target", "closes"), STORY_2_PLAN)
def test_story_2_is_planned_as_its_anchors_say(code, opens, target, closes):
    assert window(visits(STORY_2, "06-25")[code]) == (day(opens), day(target), day(closes))


def test_plan_is_in_order_of_time_and_the_same_every_time():
    planned = plan(STORY_2, on=day("06-25"))
    assert planned == plan(STORY_2, on=day("06-25"))
    assert planned[0].code == "COMMON"
    targets = [visit.target_on for visit in planned[1:]]
    assert targets == sorted(targets)
    assert len({visit.code for visit in planned}) == len(planned)


def test_nothing_but_the_common_visit_is_planned_before_consent():
    assert list(visits(Anchors(), "03-01")) == ["COMMON"]


@pytest.mark.parametrize(("pretreated", "closes"), [(False, "03-31"), (True, "03-17")])
def test_screening_of_the_pretreated_is_shorter(pretreated, closes):
    anchors = Anchors(consent_on=day("03-03"), pretreated=pretreated)
    assert visits(anchors, "03-03")["SCR"].closes_on == day(closes)


def test_cycles_before_consent_have_no_window():
    anchors = Anchors(
        day("03-03"), pretreated=True, cycle_day_1={1: day("02-10")}, cycle_length_days=21
    )
    assert window(visits(anchors, "03-03")["C1D1"]) == (None, day("02-10"), None)
    assert visits(anchors, "03-03")["C2D1"].target_on == day("03-03")


def cycles(anchors, on="06-25"):
    return [code for code in visits(anchors, on) if code.startswith("C") and code.endswith("D1")]


def test_next_cycle_is_planned_once_the_one_before_was_given():
    anchors = replace(STORY_2, cycle_day_1={})
    assert cycles(anchors) == ["C1D1"]
    assert cycles(replace(anchors, cycle_day_1={1: day("03-10")})) == ["C1D1", "C2D1"]


def test_no_cycle_is_planned_beyond_the_last_or_after_the_end_of_treatment():
    six = replace(
        STORY_2, cycle_day_1={n: day("03-10") + timedelta(21 * (n - 1)) for n in range(1, 7)}
    )
    assert cycles(six)[-1] == "C6D1"
    assert cycles(replace(six, max_cycles=None), "07-01")[-1] == "C7D1"
    assert cycles(replace(STORY_2, treatment_ended=True, last_dose_on=day("06-30")))[-1] == "C4D1"


def test_cycle_after_one_that_is_not_entered_has_no_window():
    anchors = replace(STORY_2, cycle_day_1={1: day("03-10"), 3: day("04-21")})
    assert window(visits(anchors, "06-25")["C3D1"]) == (None, day("04-21"), None)
    assert visits(anchors, "06-25")["C4D1"].target_on == day("05-12")


def test_later_days_are_planned_where_the_regimen_of_the_cycle_gives_them():
    assert "C2D8" not in visits(STORY_2, "06-25")
    weekly = visits(replace(STORY_2, later_days={2: (8, 15)}), "06-25")
    assert {code for code in weekly if code.endswith(("D8", "D15"))} == {"C2D8", "C2D15"}
    assert weekly["C2D15"].title == "Cycle 2, day 15"
    assert window(weekly["C2D15"]) == (day("04-13"), day("04-14"), day("04-15"))


def test_cycle_is_due_when_its_regimen_says():
    maintenance = replace(STORY_2, cycle_targets={5: day("08-04")})
    assert visits(maintenance, "06-25")["C5D1"].target_on == day("08-04")


def test_check_counts_the_cycle_length_of_cycle_2():
    later = replace(STORY_2, cycle_length_days=28, check_length_days=14)
    assert visits(later, "06-25")["PC2"].target_on == day("04-14")


def test_day_8_after_the_last_dose_is_not_planned():
    stopped = replace(STORY_2, treatment_ended=True, last_dose_on=day("06-23"))
    assert "C4D8" not in visits(stopped, "06-25")
    assert "C4D8" in visits(replace(stopped, last_dose_on=day("06-30")), "06-25")


def test_check_after_cycle_2_has_the_window_of_its_own_rule():
    due = progression.window(progression.Facts(day("03-10"), day("03-31"), cycle_length_days=21))
    assert window(visits(STORY_2, "03-31")["PC2"]) == (due.opens_on, due.target_on, due.closes_on)


def test_check_is_planned_from_the_last_dose_when_treatment_stopped_before_cycle_2():
    stopped = Anchors(
        cycle_day_1={1: day("03-10")},
        cycle_length_days=21,
        treatment_ended=True,
        last_dose_on=day("03-17"),
    )
    assert visits(stopped, "04-01")["PC2"].target_on == day("04-07")
    assert "PC2" not in visits(replace(stopped, treatment_ended=False), "04-01")


@pytest.mark.parametrize(("pd", "planned"), [("04-13", False), ("04-14", True)])
def test_check_is_not_planned_once_progression_came_before_its_window(pd, planned):
    assert ("PC2" in visits(replace(STORY_2, pd_on=day(pd)), "06-25")) == planned


def test_randomization_is_not_planned_after_progression():
    waiting = replace(STORY_2, randomized_on=None, arm=None)
    assert "RAND" in visits(waiting, "04-22")
    assert "RAND" not in visits(replace(waiting, pd_on=day("04-21")), "04-22")


@pytest.mark.parametrize("code", ["RTPLAN", "RTS", "RTE", "RTFU1", "RTFU2"])
def test_radiotherapy_is_planned_in_its_arm_only(code):
    assert code in visits(STORY_2, "06-25")
    assert code not in visits(replace(STORY_2, arm="SYS"), "06-25")


def test_radiotherapy_not_begun_at_progression_is_no_longer_planned():
    early = replace(
        STORY_2, rt_first_fraction_on=None, rt_last_fraction_on=None, pd_on=day("05-05")
    )
    assert "RTS" not in visits(early, "06-25")
    assert "RTS" in visits(replace(early, pd_on=day("05-24")), "06-25")
    assert "RTS" in visits(replace(early, rt_first_fraction_on=day("05-02")), "06-25")


DECISIONS = [
    # decided    visits left
    ("05-16",    []),                 # the window of RTPLAN closes on this day
    ("05-17",    ["RTPLAN"]),
    ("05-23",    ["RTPLAN"]),         # that of RTS closes on this day
    ("05-24",    ["RTPLAN", "RTS"]),
]  # fmt: skip


@pytest.mark.parametrize(("decided", "left"), DECISIONS)
def test_radiotherapy_that_was_decided_against_is_waited_for_no_longer(decided, left):
    refused = replace(
        STORY_2,
        rt_first_fraction_on=None,
        rt_last_fraction_on=None,
        rt_not_started_on=day(decided),
    )
    assert [code for code in visits(refused, "06-25") if code.startswith("RT")] == left
    begun = replace(refused, rt_first_fraction_on=day("05-12"))
    assert [code for code in visits(begun, "06-25") if code.startswith("RT")] == ["RTPLAN", "RTS"]


TUMOR_ASSESSMENTS = [
    # k  days from randomization, half window
    (1,  63,   7),
    (6,  378,  7),
    (7,  462,  14),
    (8,  546,  14),
]  # fmt: skip


@pytest.mark.parametrize(("k", "days", "half"), TUMOR_ASSESSMENTS)
@pytest.mark.parametrize("arm", ["SYS", "SYSRT"])
def test_tumor_assessments_keep_their_dates_in_both_arms(arm, k, days, half):
    anchors = Anchors(randomized_on=day("01-01"), arm=arm)
    target, width = day("01-01") + timedelta(days), timedelta(half)
    assert window(visits(anchors, "2026-09-01")[f"TA{k}"]) == (
        target - width,
        target,
        target + width,
    )


def series(anchors, on, name, **more):
    return [code for code in visits(anchors, on, **more) if code.startswith(name)]


def test_series_reach_to_the_horizon():
    anchors = Anchors(randomized_on=day("01-01"))
    assert series(anchors, "01-01", "TA", horizon_days=55) == []
    assert series(anchors, "01-01", "TA", horizon_days=56) == ["TA1"]
    assert series(anchors, "01-01", "TA") == ["TA1", "TA2", "TA3"]


STOPS = [
    # stop                        on       TA planned
    ({"pd_on": "02-25"},          "12-01", []),
    ({"pd_on": "02-26"},          "12-01", ["TA1"]),  # the window of TA1 had opened
    ({"new_therapy_on": "05-01"}, "12-01", ["TA1", "TA2"]),
    ({"died_on": "04-29"},        "12-01", ["TA1"]),
    ({"withdrawn_on": "04-30"},   "12-01", ["TA1", "TA2"]),
    ({"ended_on": "04-30"},       "12-01", ["TA1", "TA2"]),
]  # fmt: skip


@pytest.mark.parametrize(("stop", "on", "planned"), STOPS)
def test_tumor_assessments_end_with_progression_new_therapy_or_the_end(stop, on, planned):
    anchors = Anchors(
        randomized_on=day("01-01"), **{name: day(text) for name, text in stop.items()}
    )
    assert series(anchors, on, "TA") == planned


ENDED = Anchors(
    day("03-03"),
    cycle_day_1={1: day("03-10")},
    cycle_length_days=21,
    treatment_ended=True,
    last_dose_on=day("05-05"),
)


def test_end_of_treatment_is_planned_30_days_after_the_last_dose():
    assert window(visits(ENDED, "05-06")["EOTS"]) == (day("05-28"), day("06-04"), day("06-11"))
    assert "EOTS" not in visits(replace(ENDED, treatment_ended=False), "05-06")


SURVIVAL = [
    # randomized  PD        new therapy  SFU1
    (None,        None,     None,        "09-03"),  # induction failure: 91 days after EOTS of 06-04
    ("04-25",     None,     None,        "09-03"),  # beside the tumor assessments
    ("04-25",     "07-01",  None,        "09-30"),
    ("04-25",     "05-01",  None,        "09-03"),
    ("04-25",     None,     "07-01",     "09-03"),
]  # fmt: skip


@pytest.mark.parametrize(("randomized", "pd", "therapy", "first"), SURVIVAL)
def test_survival_follow_up_counts_from_the_later_of_progression_and_end_of_treatment(
    randomized, pd, therapy, first
):
    texts = {"randomized_on": randomized, "pd_on": pd, "new_therapy_on": therapy}
    planned = visits(
        replace(ENDED, **{name: text and day(text) for name, text in texts.items()}), "07-02"
    )
    assert (planned["SFU1"].target_on if "SFU1" in planned else None) == (first and day(first))


def test_nothing_opens_after_death_but_the_end_of_study():
    planned = visits(replace(STORY_2, died_on=day("06-20")), "06-25")
    assert all(visit.opens_on <= day("06-20") for visit in planned.values() if visit.opens_on)
    assert window(planned["EOS"]) == (day("06-20"), day("06-20"), None)
    assert "EOS" not in visits(STORY_2, "06-25")


def test_parameters_move_the_windows():
    parameters = Parameters(
        cycle_window_days=CycleDays(2, 0),
        pc2_half_window=5,
        rand_after_pc2_max_days=10,
        rt_start_max_days=21,
        ta_schedule=AssessmentSchedule(Interval(42, 5), 84, Interval(60, 6)),
    )
    planned = visits(STORY_2, "06-25", parameters=parameters)
    assert planned["C2D1"].closes_on == day("04-02")
    assert planned["C1D8"].opens_on == planned["C1D8"].closes_on
    assert planned["PC2"].opens_on == day("04-16")
    assert planned["RAND"].closes_on == day("05-01")
    assert planned["RTS"].closes_on == day("04-25") + timedelta(21)
    days = [(planned[f"TA{k}"].target_on - day("04-25")).days for k in (1, 2, 3)]
    assert days == [42, 84, 144]


NEAREST = [
    # held     visit of the targets 03-05, 05-07, 07-09
    ("04-05",  "TA1"),
    ("04-06",  "TA2"),  # 32 days after TA1, 31 before TA2
    ("12-01",  "TA3"),
]  # fmt: skip


@pytest.mark.parametrize(("held_on", "code"), NEAREST)
def test_date_belongs_to_the_visit_whose_target_is_nearest(held_on, code):
    assert (
        nearest(
            plan(Anchors(randomized_on=day("01-01")), on=day("01-01")), held_on=day(held_on)
        ).code
        == code
    )


def test_of_two_targets_as_near_the_earlier_is_taken():
    anchors = Anchors(randomized_on=day("01-01"), arm="SYS")
    schedule_of_62 = Parameters(
        ta_schedule=AssessmentSchedule(Interval(62, 7), 372, Interval(84, 14))
    )
    planned = plan(anchors, on=day("01-01"), parameters=schedule_of_62)
    assert nearest(planned, held_on=day("01-01") + timedelta(93)).code == "TA1"
    assert nearest([], held_on=day("01-01")) is None


DAYS = st.dates(date(2025, 1, 1), date(2025, 12, 31))
DATES = st.none() | DAYS
ANCHORS = st.builds(
    Anchors, DATES, st.booleans(), DATES, st.dictionaries(st.integers(1, 8), DAYS, max_size=5),
    st.dictionaries(st.integers(1, 8), st.just((8, 15)), max_size=3),
    st.none() | st.integers(7, 42), st.none() | st.integers(1, 8), DATES, DATES, st.none() | st.sampled_from(["SYS", "SYSRT"]),
    DATES, DATES, DATES, st.booleans(), DATES, DATES, DATES, DATES, DATES, DATES,
    cycle_targets=st.dictionaries(st.integers(2, 8), DAYS, max_size=3), check_length_days=st.none() | st.just(14),
)  # fmt: skip


@given(ANCHORS, st.dates(date(2025, 1, 1), date(2026, 12, 31)))
def test_plan_answers_whatever_the_anchors(anchors, today):
    planned = plan(anchors, on=today)
    assert len({visit.code for visit in planned}) == len(planned)
    for visit in planned:
        assert visit_type(visit.code).code == visit.type
        assert set(visit.forms) <= ALL_FORMS
        assert "{" not in visit.title
        if visit.opens_on and visit.closes_on:
            assert visit.opens_on <= visit.target_on <= visit.closes_on


# the last dose is of 2025-04-21, RAND of 04-25 in both arms; 84 days after the dose: 07-14
PRESUMED = [
    # arm      L      first fraction  RT ended   dose     presumed ended from
    (None,     21,    None,           None,      "04-21", "07-14"),
    (None,     None,  None,           None,      "04-21", "07-14"),
    (None,     42,    None,           None,      "04-21", "07-28"),  # 2 L + 14 = 98
    ("SYS",    21,    None,           None,      "04-21", "07-14"),
    ("SYSRT",  21,    "05-12",        None,      "04-21", None),  # radiotherapy goes on
    ("SYSRT",  21,    "05-12",        "06-13",   "04-21", "09-01"),  # 49 days from RAND do not count
    ("SYSRT",  21,    "05-12",        "06-13",   "05-30", "09-05"),  # of them 14 after the last dose
    ("SYSRT",  21,    "05-12",        "06-13",   "06-23", "09-15"),  # given after radiotherapy
    ("SYSRT",  21,    None,           "05-05",   "04-21", "07-24"),  # decided not to begin, 10 days after RAND
    ("SYSRT",  21,    None,           None,      "04-21", "08-11"),  # RAND + 28 days, without a fraction
    ("SYSRT",  21,    None,           None,      "01-01", "03-26"),  # before RAND
]  # fmt: skip


@pytest.mark.parametrize(("arm", "length", "first", "ended", "dose", "presumed"), PRESUMED)
def test_treatment_is_presumed_ended_some_weeks_after_the_last_dose(
    arm, length, first, ended, dose, presumed
):
    anchors = Anchors(
        last_dose_on=day(dose),
        cycle_length_days=length,
        randomized_on=day("04-25") if arm else None,
        arm=arm,
        rt_first_fraction_on=first and day(first),
        rt_ended_on=ended and day(ended),
    )
    assert presumed_end_on(anchors) == (presumed and day(presumed))


RANDOMIZED = Anchors(
    consent_on=day("03-03"),
    cycle_day_1={1: day("03-10"), 2: day("03-31")},
    later_days={1: (8,), 2: (8,)},
    cycle_length_days=21,
    max_cycles=6,
    randomized_on=day("04-25"),
    arm="SYS",
    last_dose_on=day("04-07"),
)


@pytest.mark.parametrize(("on", "ended"), [("06-29", False), ("06-30", True)])
def test_no_cycle_is_due_once_treatment_is_presumed_ended(on, ended):
    planned = visits(RANDOMIZED, on)
    third = planned["C3D1"]
    assert window(third) == ((None,) * 3 if ended else (day("04-18"), day("04-21"), day("04-24")))
    assert ("EOTS" in planned, "SFU1" in planned) == (ended, ended)


def test_later_regimen_undoes_the_presumed_end():
    later = replace(RANDOMIZED, last_regimen_on=day("06-16"))
    assert presumed_end_on(later) == day("06-16") + timedelta(84)
    assert "EOTS" not in visits(later, "07-01")
    assert presumed_end_on(replace(RANDOMIZED, last_regimen_on=day("03-10"))) == day("06-30")


def test_end_of_treatment_by_presumption_stays_due():
    planned = visits(RANDOMIZED, "07-01")
    assert window(planned["EOTS"]) == (day("04-30"), day("05-07"), None)
    assert planned["SFU1"].target_on == day("05-07") + timedelta(91)
    state = visit_state(planned["EOTS"].opens_on, None, on=day("2026-07-01"), grace_days=14)
    assert state == "DUE"


def test_later_dose_undoes_the_presumed_end():
    again = replace(
        RANDOMIZED, last_dose_on=day("06-23"), cycle_day_1={1: day("03-10"), 2: day("06-23")}
    )
    planned = visits(again, "07-01")
    assert planned["C3D1"].target_on == day("07-14")
    assert "EOTS" not in planned


def test_tumor_assessments_go_on_after_the_end_of_treatment():
    assert {"TA1", "TA2", "TA3"} <= set(visits(RANDOMIZED, "07-01"))


IUPD = replace(STORY_2, pd_on=day("08-29"), unconfirmed_on=(day("08-29"),))


def test_progression_to_be_confirmed_has_a_visit_28_to_56_days_later():
    """Table of visits, CONF (crf_spec 3.1): first RECIST PD under an antibody + 28 to + 56."""
    planned = visits(IUPD, "09-01")["CONF1"]
    assert window(planned) == (day("09-26"), day("09-26"), day("10-24"))
    assert planned.title == "Confirmation of progression 1"


def test_each_progression_to_be_confirmed_has_a_visit_of_its_own():
    twice = replace(IUPD, unconfirmed_on=(day("08-29"), day("10-31")))
    assert {"CONF1", "CONF2"} <= set(visits(twice, "11-01"))


AFTER_PD = [
    # unconfirmed  confirmed  new therapy  CONF1  TA3 (10-31, from 10-24)
    ((), None, None, False, False),
    ((day("08-29"),), None, None, True, True),
    ((day("08-29"),), day("10-10"), None, True, False),
    ((day("08-29"),), day("10-24"), None, True, True),
    ((day("08-29"),), None, day("09-25"), False, False),
    ((day("08-29"),), None, day("09-26"), True, False),
]


@pytest.mark.parametrize(("unconfirmed", "confirmed", "therapy", "conf", "ta"), AFTER_PD)
def test_assessments_go_on_until_a_progression_is_confirmed(
    unconfirmed, confirmed, therapy, conf, ta
):
    anchors = replace(
        IUPD, unconfirmed_on=unconfirmed, confirmed_on=confirmed, new_therapy_on=therapy
    )
    planned = visits(anchors, "11-01")
    assert ("CONF1" in planned, "TA3" in planned) == (conf, ta)
