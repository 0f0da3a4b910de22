"""Story 4 (crf_spec 8), 01-003: each `→` within this line. What depends on the day is asked for that day."""

from decimal import Decimal

import pytest
from crf.actions.randomization import consent_is_current
from crf.casebook import Casebook
from crf.derived import progression
from crf.models import Randomization, ResponseAssessment
from followup.actions import due, flagging
from followup.models import Flag
from followup.stories import overdue
from followup.stories.telling import day
from trial.models import standing
from trial.refusals import Conflict

CODE = overdue.CODE


@pytest.fixture
def one(subject):
    return subject(CODE)


class TestUntilTheScan:
    """Three cycles given, and nobody has looked for progression."""

    @pytest.fixture
    def told(self, tell):
        return tell(overdue, until=overdue.three_cycles)

    @pytest.fixture
    def flags(self, told):
        return Flag.objects.filter(subject=told.subject, kind=Flag.Kind.PROGRESSION_CHECK)

    def test_window_closes_on_23_june(self, told):
        assert progression.check(Casebook(told.subject), on=day("2025-06-01")).window.closes_on == day("2025-06-23")

    def test_state_follows_the_day(self, told):
        states = {
            "2025-06-08": "SCHEDULED", "2025-06-09": "DUE", "2025-06-23": "DUE", "2025-06-24": "OVERDUE", "2025-06-29": "OVERDUE",
            "2025-06-30": "ESCALATED", "2025-07-13": "ESCALATED", "2025-07-14": "MISSED",
        }  # fmt: skip
        assert {on: progression.check(Casebook(told.subject), on=day(on)).state.value for on in states} == states

    def test_no_flag_on_the_last_day_of_the_window(self, told, flags):
        flagging.run_for(told.subject, on=day("2025-06-23"))
        assert not flags.exists()

    def test_one_flag_on_the_day_after_and_no_second_by_another_run(self, told, flags):
        assert flagging.run_for(told.subject, on=day("2025-06-24")).raised == 1
        assert flagging.run_for(told.subject, on=day("2025-06-24")) == (0, 0, 0)
        assert (flags.get().state, flags.get().due_on) == ("OVERDUE", day("2025-06-23"))

    def test_same_flag_escalates_on_30_june(self, told, flags):
        flagging.run_for(told.subject, on=day("2025-06-24"))
        flagging.run_for(told.subject, on=day("2025-06-30"))
        assert (flags.get().state, flags.get().severity, flags.get().opened_on) == ("ESCALATED", Flag.Severity.URGENT, day("2025-06-24"))

    def test_nights_that_were_missed_are_caught_up(self, told, flags):
        flagging.run_for(told.subject, on=day("2025-07-01"))
        assert flags.get().state == "ESCALATED"

    def test_randomization_of_1_july_is_refused_as_unknown(self, told):
        with pytest.raises(Conflict) as refused:
            told.randomize(day("2025-07-01"))
        assert "X07_UNKNOWN" in refused.value.codes
        assert "X07_PD" not in refused.value.codes

    def test_late_scan_passes_and_closes_the_flag(self, told, flags):
        flagging.run_for(told.subject, on=day("2025-06-30"))
        overdue.late_check(told)
        flagging.run_for(told.subject, on=day("2025-07-03"))
        assert progression.check(Casebook(told.subject), on=day("2025-07-03")).state == "PASSED"
        assert flags.get().closed_on == day("2025-07-03")

    def test_consent_on_the_old_version_would_refuse_randomization(self, tell):
        """Version 2.0 asks everybody to consent again; here it was done with cycle 3."""
        story = tell(overdue, until=overdue.screening)
        assert consent_is_current(Casebook(story.subject), on=day("2025-05-31"))
        assert not consent_is_current(Casebook(story.subject), on=day("2025-06-01"))


class TestLateCheck:
    def test_comes_9_days_after_the_window_and_before_cycle_4(self, one):
        check = progression.check(Casebook(one), on=day("2025-07-03"))
        assert (check.state, check.late_days, list(check.remarks)) == ("PASSED", 9, ["LATE"])

    def test_39_after_36_mm_is_stable_disease(self, one):
        found = ResponseAssessment.objects.of(one).get(visit__code="PC2")
        assert (found.baseline_mm, found.sum_mm, found.overall) == (36, 39, "SD")
        assert round(found.change_from_baseline_percent, 1) == Decimal("8.3")

    def test_visit_was_held_outside_its_window(self, one):
        assert one.visits.get(code="PC2").state_on(day("2025-07-03")) == "DONE_OUT"


class TestAllocation:
    def test_is_systemic_therapy(self, one):
        found = Randomization.objects.get(subject_once=one)
        assert (found.randomized_on, found.arm, found.sysclass) == (day("2025-07-09"), "SYS", "ICI_CONTAINING")

    def test_stays_although_a_stratum_is_found_wrong_later(self, one):
        found = Randomization.objects.get(subject_once=one)
        assert (found.metpat, found.metpat_corrected) == ("ANY_VISCERAL_OR_BONE", "NODE_ONLY")
        assert [row.arm for row in found.history.all()] == ["SYS", "SYS"]
        assert found.history.latest().history_change_reason.startswith("SOURCE_UPDATED")

    def test_plans_no_radiotherapy(self, one):
        assert not one.visits.filter(code__startswith="RT").exists()


class TestMissedAssessment:
    def test_assessments_are_counted_from_randomization(self, one):
        planned = {code: one.visits.get(code=code).target_on.isoformat() for code in ("TA1", "TA2", "TA3")}
        assert planned == {"TA1": "2025-09-10", "TA2": "2025-11-12", "TA3": "2026-01-14"}

    def test_first_was_done_in_its_window(self, one):
        assert one.visits.get(code="TA1").state_on(day("2025-09-12")) == "DONE_IN"

    @pytest.mark.parametrize(
        ("on", "state"),
        [("2025-11-04", "PLANNED"), ("2025-11-05", "DUE"), ("2025-11-19", "DUE"), ("2025-11-20", "OVERDUE"), ("2025-12-03", "OVERDUE"),
         ("2025-12-04", "MISSED")],
    )  # fmt: skip
    def test_second_is_overdue_and_then_missed(self, on, state, one):
        assert one.visits.get(code="TA2").state_on(day(on)) == state

    def test_second_is_missed_once_the_third_is_held(self, one):
        states = due.states_of(one.visits.all(), standing(one), on=day("2026-01-14"))
        assert states[one.visits.get(code="TA2").pk] == "MISSED"

    def test_flag_of_the_missed_one_is_open(self, one):
        assert [(flag.kind, flag.anchor) for flag in Flag.objects.open().filter(subject=one)] == [(Flag.Kind.VISIT_MISSED, "TA2")]

    def test_third_is_stable_disease_124_days_after_the_first(self, one):
        first, third = (ResponseAssessment.objects.of(one).get(visit__code=code) for code in ("TA1", "TA3"))
        assert third.overall == "SD"
        assert (third.first_scan_on - first.last_scan_on).days == 124
