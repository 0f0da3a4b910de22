"""Story 2 (crf_spec 8), 01-001: each `→` within this line."""

from datetime import timedelta
from decimal import Decimal

import pytest
from crf.actions import randomization
from crf.casebook import Casebook
from crf.derived import eligibility, progression
from crf.derived.since_confirmed import is_stale
from crf.derived.therapy.doses import delay_days, doses_of
from crf.models import (
    Administration,
    Cycle,
    DiseaseExtent,
    Eligibility,
    Fraction,
    LaboratoryResult,
    Lesion,
    RadiotherapyCourse,
    Randomization,
    ResponseAssessment,
    TargetVolume,
)
from followup.stories import straightforward, usual, usual_series
from followup.stories.telling import begin, day
from trial.models import Study
from trial.protocol.laboratory import clearance, quantities
from trial.protocol.radiotherapy import coverage as coverage_rules
from trial.protocol.randomization.blocks import commitment
from trial.protocol.therapy import dosing
from trial.refusals import Conflict, Refused

from trial.actions import review

CODE = straightforward.CODE


@pytest.fixture
def one(subject):
    return subject(CODE)


def rounded(value, places="0.1"):
    return Decimal(value).quantize(Decimal(places))


class TestWrongUnits:
    def test_creatinine_of_1_10_µmol_l_is_refused_and_mg_dl_named(self, team):
        story = begin(team, "01-802", screened_on=straightforward.CONSENTED)
        usual.consent(story, straightforward.CONSENTED)
        with pytest.raises(Refused, match="was mg/dL meant"):
            usual.panel(story, "SCR", day("2025-03-04"), {"CREAT": ("1.10", "umol/L")})
        assert not LaboratoryResult.objects.of(story.subject).exists()

    def test_creatinine_of_1_10_mg_dl_is_97_24_µmol_l_and_a_clearance_of_67_17(self, one, criterion):
        creatinine = LaboratoryResult.objects.of(one).get(test="CREAT", panel__visit__code="SCR")
        assert creatinine.standard_value == Decimal("97.24")
        assert rounded(clearance.creatinine_clearance(64, Decimal(70), "M", creatinine.standard_value), "0.01") == Decimal("67.17")
        assert "67.2 mL/min" in criterion(CODE, "I12").explanation

    def test_bilirubin_of_0_8_µmol_l_is_stored_and_unusual(self, tell):
        story = tell(straightforward, until=straightforward.screening)
        bilirubin = LaboratoryResult.objects.of(story.subject).get(test="BILI")
        assert (bilirubin.result, bilirubin.unit) == ("0.8", "umol/L")
        assert not quantities.is_usual("BILI", bilirubin.standard_value, "umol/L")

    def test_correction_gives_13_68_µmol_l_and_keeps_its_reason(self, one):
        bilirubin = LaboratoryResult.objects.of(one).get(test="BILI", panel__visit__code="SCR")
        newest, oldest = bilirubin.history.all()
        assert rounded(bilirubin.standard_value, "0.01") == Decimal("13.68")
        assert (oldest.unit, newest.unit) == ("umol/L", "mg/dL")
        assert newest.history_change_reason.startswith("UNIT_ERROR")

    def test_correction_makes_the_first_gate_stale_until_it_is_signed_again(self, tell):
        story = tell(straightforward, until=straightforward.screening)
        first = eligibility.latest(Casebook(story.subject), 1)
        assert not is_stale(first, Casebook(first.subject), on=day("2025-03-05"))
        straightforward.correction(story)
        again = eligibility.latest(Casebook(story.subject), 1)
        assert is_stale(first, Casebook(first.subject), on=day("2025-03-07"))
        assert again != first
        assert again.assessed_on == day("2025-03-05")  # gate 1 keeps its day
        assert eligibility.is_signed(again, Casebook(again.subject))
        assert not is_stale(again, Casebook(again.subject), on=day("2025-03-07"))

    def test_both_assessments_of_the_gate_are_kept(self, one):
        assert Eligibility.objects.of(one).filter(gate="G1", result="ELIGIBLE").count() == 2


class TestBaseline:
    def test_is_two_organ_units(self, criterion):
        assert "Organ units: 2 (lung, regional lymph nodes)" in criterion(CODE, "I03").explanation

    def test_has_two_targets_of_40_mm_and_a_node_that_is_none(self, one):
        lesions = {lesion.code: (lesion.role, lesion.size_mm) for lesion in Lesion.objects.of(one)}
        assert lesions == {"L01": ("TARGET", 18), "L02": ("TARGET", 22), "L03": ("NON-TARGET", 12)}

    def test_counts_its_nodes_as_regional_by_anatomy(self, one):
        assert {lesion.regional_by_anatomy for lesion in Lesion.objects.of(one) if lesion.is_nodal} == {"Y"}


class TestDoses:
    def test_are_planned_by_a_surface_of_1_818(self, one):
        cycle = Cycle.objects.of(one).get(number=1)
        assert rounded(cycle.bsa_m2, "0.001") == Decimal("1.818")
        given = {(row.agent, row.day): (row.dose_mg, round(row.planned_mg)) for row in cycle.administrations.all()}
        assert given == {("GEMCITABINE", 1): (1818, 1818), ("GEMCITABINE", 8): (1818, 1818), ("CISPLATIN", 1): (127, 127)}

    def test_of_cycle_4_come_42_days_late_for_the_radiotherapy(self, one):
        casebook = Casebook(one)
        assert [delay_days(cycle, casebook) for cycle in casebook.records(Cycle)][3] == 42
        day_1 = Cycle.objects.of(one).get(number=4).administrations.filter(day=1)
        assert set(day_1.values_list("adjustment", "adjustment_reason")) == {("DELAYED", "RT_SCHEDULING")}

    def test_amount_to_a_relative_intensity_of_66_7_percent_for_the_delay_alone(self, one):
        assert rounded(intensity(one, Decimal(1), Decimal(1))) == Decimal("66.7")

    @pytest.mark.parametrize(("agent", "percent"), [("GEMCITABINE", "66.7"), ("CISPLATIN", "66.5")])
    def test_given_in_whole_mg_come_to_that_within_a_fifth_of_a_percent(self, agent, percent, one):
        rows = list(Administration.objects.of(one).filter(agent=agent))
        found = intensity(one, sum(row.dose_mg for row in rows), sum(row.planned_mg for row in rows))
        assert rounded(found) == Decimal(percent)


def intensity(subject, actual_mg, planned_mg):
    first = doses_of(Casebook(subject)).first
    return dosing.relative_dose_intensity_percent(
        actual_mg=actual_mg, planned_mg=planned_mg, cycles=4, cycle_length_days=21, first_day_1=first[1], last_day_1=first[4]
    )


class TestCheckAfterCycle2:
    def test_window_is_counted_from_cycle_2(self, one):
        window = progression.check(Casebook(one), on=day("2025-04-10")).window
        assert (window.opens_on, window.target_on, window.closes_on) == (day("2025-04-14"), day("2025-04-21"), day("2025-04-28"))

    def test_visit_is_planned_in_that_window(self, one):
        visit = one.visits.get(code="PC2")
        assert (visit.opens_on, visit.closes_on) == (day("2025-04-14"), day("2025-04-28"))

    def test_26_of_40_mm_is_a_partial_response(self, one):
        found = ResponseAssessment.objects.of(one).get(visit__code="PC2")
        assert (found.baseline_mm, found.sum_mm, found.change_from_baseline_percent) == (40, 26, -35)
        assert (found.target, found.non_target, found.overall) == ("PR", "CR", "PR")

    @pytest.mark.parametrize(("on", "state"), [("2025-04-13", "SCHEDULED"), ("2025-04-14", "DUE"), ("2025-04-21", "PASSED")])
    def test_state_follows_the_day(self, on, state, one):
        assert progression.check(Casebook(one), on=day(on)).state == state

    def test_is_not_passed_before_the_visit_is_signed(self, tell):
        story = tell(straightforward, until=straightforward.induction)
        sizes = {"L01": "12", "L02": "14", "L03": "ABSENT"}
        usual_series.checked(story, day("2025-04-21"), sizes=sizes, response=("PR", "CR", "PR"))
        assert progression.check(Casebook(story.subject), on=day("2025-04-25")).refusal == "X07_UNKNOWN"
        story.sign("PC2")
        assert progression.check(Casebook(story.subject), on=day("2025-04-25")).refusal is None

    def test_does_not_hold_once_a_value_changes(self, tell):
        story = tell(straightforward, until=straightforward.check)
        record = ResponseAssessment.objects.of(story.subject).get()
        story.change(record, {"reader": "R2"}, reason="ENTRY_ERROR")
        assert review.valid_signature(story.visit("PC2")) is None
        assert progression.check(Casebook(story.subject), on=day("2025-04-25")).refusal == "X07_UNKNOWN"


class TestAllocation:
    def test_is_systemic_therapy_and_radiotherapy_in_its_stratum(self, one):
        found = Randomization.objects.get(subject_once=one)
        assert (found.randomized_on, found.number, found.arm) == (day("2025-04-25"), "R-001", "SYSRT")
        assert (found.sysclass, found.metpat) == ("NO_ICI", "ANY_VISCERAL_OR_BONE")

    def test_feasibility_was_judged_before(self, one):
        extent = DiseaseExtent.objects.of(one).get(visit__code="PC2")
        assert (extent.radiotherapy_feasible, extent.feasibility_on) == ("YES", day("2025-04-23"))

    def test_is_made_once(self, one, team):
        record, is_new = randomization.randomize(one, by=team.investigator, proof=team.proof, at=day("2025-04-26"))
        assert (record.number, record.randomized_on, is_new) == ("R-001", day("2025-04-25"), False)

    def test_is_not_what_a_request_with_another_reason_asked_for(self, one, team):
        with pytest.raises(Conflict, match="R-001") as refused:
            randomization.randomize(one, by=team.investigator, proof=team.proof, at=day("2025-04-26"), late_reason="The scanner was broken")
        assert refused.value.codes == ["ALREADY_RANDOMIZED"]

    def test_comes_from_the_key_that_was_committed_to(self, settings):
        assert Study.objects.get().randomization_commitment == commitment(settings.RANDOMIZATION_KEY_FILE.read_bytes())
        assert settings.RANDOMIZATION_KEY_FILE.stat().st_mode & 0o777 == 0o600


class TestRadiotherapy:
    def test_starts_17_days_after_randomization_and_14_after_the_last_gemcitabine(self, one):
        starts = Fraction.objects.of(one).order_by("given_on").first().given_on
        before = Administration.objects.of(one).filter(agent="GEMCITABINE", given_on__lt=starts).order_by("given_on").last()
        assert starts - Randomization.objects.get(subject_once=one).randomized_on == timedelta(17)
        assert starts - before.given_on == timedelta(14)

    def test_gives_each_volume_its_fractions_on_working_days(self, one):
        days = {
            volume.code: [row.given_on for row in Fraction.objects.of(one).filter(volume=volume).order_by("number")]
            for volume in TargetVolume.objects.of(one)
        }
        assert [(len(given), given[0], given[-1]) for given in days.values()] == [
            (25, day("2025-05-12"), day("2025-06-13")),
            (5, day("2025-05-19"), day("2025-05-23")),
        ]

    def test_dose_is_78_13_and_100_gy_bed10(self, one):
        volumes = RadiotherapyCourse.objects.of(one).get().rows(TargetVolume)
        assert [(volume.code, volume.bed10_gy) for volume in volumes] == [("V1", Decimal("78.125")), ("V2", Decimal(100))]

    def test_covers_every_lesion(self, one):
        volumes = RadiotherapyCourse.objects.of(one).get().rows(TargetVolume)
        lesions = [
            coverage_rules.lesion_coverage(
                [coverage_rules.Coverage(volume.coverage) for volume in volumes if lesion.code in volume.lesions], planning_ended=True
            )
            for lesion in Lesion.objects.of(one)
        ]
        assert coverage_rules.subject_coverage(lesions) == "COMPLETE"

    def test_is_planned_within_28_days(self, one):
        assert one.visits.get(code="RTS").closes_on == day("2025-05-23")


class TestResponse:
    @pytest.mark.parametrize(
        ("visit", "target_on", "held_on", "sum_mm", "overall"),
        [("TA1", "2025-06-27", "2025-06-26", 14, "PR"), ("TA2", "2025-08-29", "2025-08-29", 8, "CR")],
    )
    def test_is_derived_at_each_assessment(self, visit, target_on, held_on, sum_mm, overall, one):
        planned = one.visits.get(code=visit)
        assert (planned.target_on, planned.held_on) == (day(target_on), day(held_on))
        found = ResponseAssessment.objects.of(one).get(visit=planned)
        assert (found.sum_mm, found.overall, found.discordance) == (sum_mm, overall, "NONE")

    def test_is_complete_at_best(self, one):
        read = ResponseAssessment.objects.of(one).filter(visit__code__startswith="TA")
        assert {str(record.overall) for record in read} == {"PR", "CR"}
