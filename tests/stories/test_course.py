"""What the protocol derives for the subjects of the stories (crf_spec 8), gathered from their casebooks."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from crf.casebook import Casebook
from crf.derived import course
from crf.models import LaboratoryPanel, LaboratoryResult, RadiotherapyCourse, ResponseAssessment, TargetVolume
from django.contrib.auth.models import User
from django.urls import reverse
from followup.stories.telling import Story
from trial.models import Subject


@pytest.fixture
def derived(subject):
    def of(code, on=None, **more):
        found = subject(code)
        return course.derive(Casebook(found), on=on or found.site.today(), **more)

    return of


ALL_RECORDED = frozenset()  # as if every kind of record were kept, and there were none


def endpoint(found, name):
    (result,) = [one.result for one in (*found.course.endpoints, *found.course.local_control) if one.name == name]
    return result


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("01-001", "TREATMENT_ENDED"),  # its last dose was given long ago, and radiotherapy is completed
        ("01-002", "INDUCTION_FAILED"),
        ("01-003", "TREATMENT_ENDED"),
        ("01-010", "INDUCTION_FAILED"),
        ("01-901", "SCREEN_FAILED"),
        ("01-904", "SCREENING"),  # passes: the control case
        ("01-906", "WITHDRAWN"),
        ("01-011", "SCREENING"),
        ("01-012", "INDUCTION"),
        ("01-013", "INDUCTION"),
    ],
)
def test_status_of_each_story(derived, code, status):
    assert derived(code).status == status


@pytest.mark.parametrize(
    ("on", "status"),
    [
        ("2025-03-09", "SCREENING"),
        ("2025-03-10", "INDUCTION"),
        ("2025-04-24", "INDUCTION"),
        ("2025-04-25", "RANDOMIZED"),
        ("2025-04-28", "ON_TREATMENT"),  # day 8 of cycle 3
        ("2025-09-21", "ON_TREATMENT"),
        ("2025-09-22", "TREATMENT_ENDED"),  # presumed, 84 days after day 8 of cycle 4
    ],
)
def test_status_is_that_of_the_day_asked_for(derived, on, status):
    assert derived("01-001", date.fromisoformat(on)).status == status


def test_story_2_has_its_responses(derived):
    rows = derived("01-001").course.responses[:3]
    assert [(one.assessment.point.label, str(one.derived.sum_mm), one.derived.overall) for one in rows] == [
        ("PC2", "26.0", "PR"),
        ("TA1", "14.0", "PR"),
        ("TA2", "8.0", "CR"),
    ]
    assert rows[0].derived.change_from_baseline_percent == Decimal(-35)


def test_story_2_has_its_best_response(derived):
    assert derived("01-001").course.best.response == "CR"


@pytest.mark.parametrize(("on", "best"), [("2025-04-20", None), ("2025-04-21", "PR"), ("2025-08-28", "PR"), ("2025-08-29", "CR")])
def test_best_response_is_that_known_on_the_day(derived, on, best):
    assert derived("01-001", date.fromisoformat(on)).course.best.response == best


def test_story_2_has_its_dose_intensity_over_four_cycles(derived):
    """V12: 84 of 126 days; doses rounded to whole milligrams."""
    assert round(derived("01-001").regimen_intensity_percent) == 67


def test_story_2_is_covered_completely(derived):
    found = derived("01-001")
    assert found.coverage == "COMPLETE"
    assert {one.lesion: str(one.coverage) for one in found.lesions} == {"L01": "FULL", "L02": "FULL"}  # L03 was gone at BL1


def test_response_begins_at_its_first_scan(derived):
    response = endpoint(derived("01-001", unrecorded=ALL_RECORDED), "Objective response, against BL1")
    assert (response.event, response.on, response.value_days) == (True, date(2025, 6, 26), 63)
    assert response.records == ("TA1",)


def test_story_3_is_not_randomized_and_has_no_endpoint(derived):
    """PFS is not derived."""
    found = derived("01-002")
    assert found.course.randomized_on is None
    assert endpoint(found, "Progression-free survival (FDA 2007)").reason == "Not randomized."


def test_story_4_is_not_censored_by_one_missed_assessment(derived):
    """TA2 missed; TA3 after 124 days, which is fewer than 140."""
    found = derived("01-003", date(2026, 1, 20), unrecorded=ALL_RECORDED)
    for name in ("Progression-free survival (FDA 2007)", "Progression-free survival (EMA 2012)"):
        assert (endpoint(found, name).event, endpoint(found, name).on) == (False, date(2026, 1, 14))


def test_whoever_is_last_seen_is_alive_then(derived):
    found = endpoint(derived("01-001", date(2025, 7, 1), unrecorded=ALL_RECORDED), "Overall survival")
    assert (found.event, found.on, found.records) == (False, date(2025, 6, 30), ("visit C4D8", "dose of C4D1", "specimen of C4D8"))


NO_DEATH, NO_THERAPY = "Unknown: no record of death.", "Unknown: no record of new therapy."
UNKNOWN = [
    # endpoint                             without a form for death, new therapy and toxicity
    ("Progression-free survival (FDA 2007)", NO_DEATH),
    ("Progression-free survival (EMA 2012)", NO_DEATH),
    ("Overall survival",                   NO_DEATH),
    ("Objective response, against BL1",    NO_THERAPY),
    ("Objective response, against BL0",    NO_THERAPY),
    ("Objective response, confirmed",      NO_THERAPY),
    ("Disease control",                    NO_THERAPY),
    ("Duration of response",               NO_THERAPY),
    ("Time to the next systemic line",     NO_DEATH),
    ("Time to new metastasis",             NO_DEATH),
    ("Toxicity of grade 3 or more",        "Unknown: no record of toxicity."),
    ("Local control of L01, from randomization", NO_DEATH),
]  # fmt: skip


def test_endpoints_without_their_records_are_unknown(derived):
    found = derived("01-001")
    assert {name for name, _ in UNKNOWN} >= {one.name for one in found.course.endpoints}
    said = {name: (endpoint(found, name).determined, endpoint(found, name).reason, endpoint(found, name).on) for name, _ in UNKNOWN}
    assert said == {name: (False, reason, None) for name, reason in UNKNOWN}


def test_what_is_changed_changes_what_is_derived(derived, subject, team):
    story = Story(subject("01-001"), team)
    record = ResponseAssessment.objects.of(story.subject).get(visit__code="TA1")
    row = next(row for row in record.rows(record.targets.model) if row.lesion.code == "L02")
    values = {"id": row.pk, "version": row.version, "size_mm": Decimal(40)}
    story.change(record, {}, reason="TRANSCRIPTION", rows={type(row): [values]})
    found = next(one for one in derived("01-001").course.responses if one.assessment.point.label == "TA1")
    assert (found.derived.overall, found.discordance, found.evaluation.response) == ("PD", "MAJOR", None)


class TestLocalControl:
    """Story 2: L01 and L02 are irradiated targets; at TA1 L01 is too small to measure."""

    @pytest.fixture
    def story(self, subject, team):
        return Story(subject("01-001"), team)

    def change_row(self, story, record, group, which, *added, **values):
        """Change the row of a group for which `which` holds, and add others, in one save."""
        (row,) = [row for row in record.rows(group) if which(row)]
        rows = [{"id": row.pk, "version": row.version} | values, *added]
        story.change(record, {}, reason="TRANSCRIPTION", rows={group: rows})

    @pytest.mark.parametrize(("mm", "event"), [(6, True), (4, False)])
    def test_split_lesion_is_controlled_by_the_sum_of_its_pieces(self, derived, story, mm, event):
        """From 5 mm, two pieces of 6 mm are growth by 7 mm; two of 4 mm are 3 mm more."""
        record = ResponseAssessment.objects.of(story.subject).get(visit__code="TA2")
        group = record.targets.model
        pieces = [{"state": "MEASURED", "size_mm": Decimal(mm), "piece": letter} for letter in "ab"]
        first = next(row.lesion for row in record.rows(group) if row.lesion.code == "L01")
        self.change_row(story, record, group, lambda row: row.lesion.code == "L01", pieces[1] | {"lesion": first}, **pieces[0])
        for start in ("randomization", "the end of radiotherapy"):
            result = endpoint(derived("01-001", unrecorded=ALL_RECORDED), f"Local control of L01, from {start}")
            assert result.event is event

    @pytest.mark.parametrize(("status", "event"), [("INFIELD_PD", True), ("CONTROLLED", False)])
    def test_irradiated_non_target_is_followed_as_the_reader_tells(self, derived, story, status, event):
        volumes = RadiotherapyCourse.objects.of(story.subject).get()
        self.change_row(story, volumes, TargetVolume, lambda row: "L01" in row.lesions, lesions=["L01", "L03"])
        record = ResponseAssessment.objects.of(story.subject).get(visit__code="TA2")
        self.change_row(story, record, record.non_targets.model, lambda row: row.lesion.code == "L03", local_status=status)
        for start in ("randomization", "the end of radiotherapy"):
            result = endpoint(derived("01-001", unrecorded=ALL_RECORDED), f"Local control of L03, from {start}")
            assert result.event is event
            assert not event or result.records == ("TA2",)


class TestClearance:
    def test_is_that_of_the_golden_vector(self, subject):
        """V1: male, 64 years, 70 kg, creatinine 1.10 mg/dL."""
        panel = LaboratoryPanel.objects.of(subject("01-001")).get(visit__code="SCR")
        assert panel.clearance_ml_min == "67.2"
        assert panel.clearance_inputs == "male, 64 years, 70.0 kg on 2025-03-04, creatinine 97.240 µmol/L"

    def test_says_what_is_missing(self, subject):
        panel = LaboratoryPanel.objects.of(subject("01-001")).get(visit__code="SCR")
        panel.sampled_on -= timedelta(60)
        assert panel.clearance_ml_min == ""
        assert "no weight near that day" in panel.clearance_inputs

    def test_grade_is_that_of_ctcae(self, subject):
        """Story of 01-010: neutrophils of 0.4, grade 4."""
        rows = LaboratoryResult.objects.of(subject("01-010")).filter(test="NEUT")
        assert ("0.4", "Neutrophil count decreased: grade 4") in {(row.result, row.ctcae_5) for row in rows}


class TestPage:
    @pytest.fixture
    def get(self, client):
        def page(username, code, **asked):
            client.force_login(User.objects.get(username=username))
            return client.get(reverse("course", args=[code]), asked)

        return page

    def test_shows_responses_endpoints_doses_and_coverage(self, get):
        said = get("ida", "01-001").content.decode()
        for expected in (
            "−35.0 %",
            "Objective response, against BL1",
            "Cisplatin",
            "complete",
            "treatment ended",
            "Unknown: no record of death.",
        ):
            assert expected in said

    def test_says_that_endpoints_begin_with_randomization(self, get):
        assert "Endpoints count from randomization" in get("ida", "01-002").content.decode()

    def test_takes_nonsense_for_today(self, get):
        assert get("ida", "01-001", on="nonsense").context["on"] == Subject.objects.get(code="01-001").site.today()

    @pytest.mark.parametrize(("username", "status"), [("dan", 200), ("mo", 200), ("ava", 200), ("sam", 403), ("ada", 404)])
    def test_is_for_those_who_read_records(self, get, username, status):
        assert get(username, "01-001").status_code == status

    def test_of_another_site_is_not_there(self, get):
        assert get("ida", "02-001").status_code == 404
