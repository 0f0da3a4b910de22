"""Story 3 (crf_spec 8), 01-002: each `→` within this line."""

from datetime import timedelta
from decimal import Decimal

import pytest
from crf.casebook import Casebook
from crf.derived import eligibility, progression
from crf.derived.therapy.doses import doses_of
from crf.models import Randomization, ResponseAssessment
from followup.actions import flagging
from followup.models import Flag
from followup.stories import progression as story
from followup.stories.telling import day
from trial.refusals import Conflict

CODE = story.CODE


@pytest.fixture
def one(subject):
    return subject(CODE)


def refusals(told, on):
    with pytest.raises(Conflict) as refused:
        told.randomize(day(on))
    return refused.value.codes


def test_window_of_the_check_is_12_to_26_may(one):
    window = progression.check(Casebook(one), on=day("2025-05-01")).window
    assert (window.opens_on, window.closes_on) == (day("2025-05-12"), day("2025-05-26"))


def test_two_organ_units(criterion):
    assert "Organ units: 2 (bone, liver)" in criterion(CODE, "I03").explanation


def test_58_after_45_mm_is_progression_by_measurement(one):
    found = ResponseAssessment.objects.of(one).get(visit__code="PC2")
    assert (found.sum_mm, found.change_from_nadir_mm, found.overall) == (58, 13, "PD")
    assert round(found.change_from_nadir_percent, 1) == Decimal("28.9")


class TestFirstRead:
    """The investigator enters stable disease."""

    @pytest.fixture
    def told(self, tell):
        return tell(story, until=story.first_reading)

    def test_is_a_major_discordance(self, told):
        assert ResponseAssessment.objects.of(told.subject).get().discordance == "MAJOR"
        check = progression.check(Casebook(told.subject), on=day("2025-05-21"))
        assert (check.state, check.x07) == ("DISCORDANT", "UNKNOWN")

    def test_refuses_randomization_as_unknown(self, told):
        codes = refusals(told, "2025-05-21")
        assert "X07_UNKNOWN" in codes
        assert "X07_PD" not in codes

    def test_raises_one_flag_that_turns_into_the_one_of_progression(self, told):
        flags = Flag.objects.filter(subject=told.subject, kind=Flag.Kind.PROGRESSION_CHECK)
        flagging.run_for(told.subject, on=day("2025-05-21"))
        assert flags.get().state == "DISCORDANT"
        story.second_reading(told)
        flagging.run_for(told.subject, on=day("2025-05-22"))
        assert (flags.get().state, flags.get().severity, flags.get().closed_on) == ("PD", Flag.Severity.URGENT, None)


class TestSecondRead:
    def test_is_progression_by_both(self, one):
        check = progression.check(Casebook(one), on=day("2025-05-22"))
        assert (check.state, check.x07) == ("PD", "MET")

    def test_keeps_what_was_read_first(self, one):
        record = ResponseAssessment.objects.of(one).get(visit__code="PC2")
        assert [row.investigator_overall for row in record.history.order_by("history_id")] == ["SD", "PD"]

    def test_refuses_randomization_as_progression(self, tell):
        codes = refusals(tell(story, until=story.second_reading), "2025-05-23")
        assert "X07_PD" in codes
        assert "X07_UNKNOWN" not in codes

    def test_fails_the_second_gate(self, one, criterion):
        confirmed = eligibility.latest(Casebook(one), 2)
        assert (confirmed.result, confirmed.failed) == ("INELIGIBLE", "X07")
        assert criterion(CODE, "X07", gate=2).automatic == "MET"


def test_is_never_randomized(one):
    assert not Randomization.objects.filter(subject_once=one).exists()
    assert one.visits.get(code="RAND").stopped


def test_further_cycles_are_no_longer_planned(one):
    assert one.visits.get(code="C3D1").stopped


def test_end_of_treatment_is_due_30_days_after_the_last_dose(one):
    assert one.visits.get(code="EOTS").target_on - doses_of(Casebook(one)).last_on == timedelta(30)


def test_follow_up_for_survival_goes_on(one):
    first = one.visits.get(code="SFU1")
    assert first.target_on == day("2025-06-04") + timedelta(91)
    assert one.visits.filter(code__startswith="SFU", held_on=None).exists()


def test_flag_of_progression_stays_open(one):
    assert Flag.objects.open().get(subject=one).state == "PD"
