"""Derived values where people work: with every form, in words and units; never stored, and computed anew when an input changes."""

from decimal import Decimal

import pytest
from crf.models import (
    Administration,
    Consent,
    Cycle,
    Demographics,
    DiseaseExtent,
    LaboratoryPanel,
    LaboratoryResult,
    Lesion,
    NewLesion,
    NonTargetFinding,
    Regimen,
    ResponseAssessment,
    TargetMeasurement,
    VitalSigns,
)
from tests.crf.conftest import row
from tests.kept import TABLES
from trial.fields import Derived, derived

D = Decimal


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_every_derived_value_has_a_label_and_is_no_column(model):
    values = [getattr(model, name) for name in model.derived]
    assert all(isinstance(value, Derived) and value.label for value in values)
    assert not {*model.derived} & {field.name for field in model._meta.fields}
    assert all(value.compute for value in values)
    assert len({(value.label, value.unit) for value in values}) == len(values)


TOLD = [
    # places  words             value             as a person reads it
    (None,    {},               None,             ""),
    (None,    {},               "",               ""),
    (None,    {},               True,             "yes"),
    (None,    {},               False,            "no"),
    (None,    {},               D("14.0"),        "14.0"),
    (2,       {},               D("78.125"),      "78.13"),
    (2,       {},               D("83.333333"),   "83.33"),
    (0,       {},               D("2.5"),         "3"),
    (None,    {},               ["a", "b"],       "a; b"),
    (None,    {"PR": "partial"}, "PR",            "partial"),
    (None,    {"PR": "partial"}, "CR",            "CR"),
]  # fmt: skip


@pytest.mark.parametrize(("places", "words", "value", "expected"), TOLD)
def test_value_is_told_as_a_person_reads_it(places, words, value, expected):
    assert derived("Label", places=places, words=words).in_words(value) == expected


def told(record, name):
    return type(record).objects.get(pk=record.pk).shown_derived()[name].value


class TestLaboratory:
    @pytest.fixture
    def screening(self, enter, subject):
        """60 years at consent, 70 kg; creatinine 97 µmol/L."""
        enter(Consent)
        enter(Demographics, birth_month="1960-07", sex="M")
        enter(VitalSigns, weight_kg=D("70.0"))
        return enter(LaboratoryPanel)

    def test_clearance_stands_with_what_it_is_computed_from(self, screening):
        weight = VitalSigns.objects.get()
        assert told(screening, "clearance_ml_min") == "67.3"
        assert told(screening, "clearance_inputs") == f"male, 64 years, 70.0 kg on {weight.measured_on}, creatinine 97 µmol/L"

    def test_clearance_is_computed_anew_when_the_weight_changes(self, screening, change):
        change(VitalSigns.objects.get(), weight_kg=D("80.0"))
        assert told(screening, "clearance_ml_min") == "77.0"

    def test_clearance_without_a_weight_names_what_is_missing(self, enter):
        panel = enter(LaboratoryPanel)
        assert told(panel, "clearance_ml_min") == ""
        assert told(panel, "clearance_inputs") == "sex not known, age not known, no weight near that day, creatinine 97 µmol/L"

    @pytest.mark.parametrize(("result", "times", "fifth", "sixth"), [("3.9", "0.62", "0", "0"), ("0.8", "0.13", "grade 3", "grade 2")])
    def test_each_result_is_graded_by_both_versions(self, screening, change, result, times, fifth, sixth):
        (neutrophils,) = screening.results.filter(test="NEUT")
        change(screening, rows={LaboratoryResult: [{"id": neutrophils.pk, "version": 1, "result": result}]})
        shown = LaboratoryResult.objects.select_related("panel").get(pk=neutrophils.pk).shown_derived()
        assert shown["times_uln"].value == times
        assert shown["ctcae_5"].value.endswith(fifth)
        assert shown["ctcae_6"].value.endswith(sixth)

    def test_result_without_a_range_is_never_normal(self, screening):
        hemoglobin = screening.results.get(test="HGB")
        assert hemoglobin.shown_derived()["indicator"].value == "within"
        panel = LaboratoryPanel.objects.get(pk=screening.pk)
        panel.laboratory = "ELSEWHERE"
        hemoglobin.panel = panel
        shown = hemoglobin.shown_derived()
        assert (shown["indicator"].value, shown["times_uln"].value) == ("not known: no range", "")


class TestDoses:
    def test_each_administration_stands_with_its_planned_dose(self, enter):
        enter(Regimen)
        cycle = enter(Cycle)
        shown = Administration.objects.filter(cycle=cycle).first().shown_derived()
        assert shown["planned_level"].value == "70 mg/m²"
        assert shown["planned_mg"].unit == "mg"
        assert D(shown["percent_of_planned"].value) > 0

    def test_intensity_of_the_first_cycle_is_that_of_its_doses(self, enter):
        enter(Regimen)
        cycle = enter(Cycle)
        first = Administration.objects.filter(cycle=cycle).first()
        said = told(cycle, "intensity")
        assert said.startswith(first.get_agent_display())
        assert f"{first.dose_mg:f} mg in all" in said


class TestResponse:
    def test_sum_changes_and_discordance_are_told_in_words(self, enter):
        enter(Lesion, longest_mm=D("40.0"))
        target = Lesion.objects.get()
        record = enter(
            ResponseAssessment,
            rows={
                TargetMeasurement: [row(TargetMeasurement, lesion=target, size_mm=D("26.0"))],
                NonTargetFinding: [],
                NewLesion: [],
            },
            investigator_overall="CR",
        )
        shown = {
            name: f"{one.value} {one.unit}".strip() for name, one in ResponseAssessment.objects.get(pk=record.pk).shown_derived().items()
        }
        assert shown == {
            "sum_mm": "26.0 mm", "baseline_mm": "40.0 mm", "bl1_mm": "mm", "nadir_mm": "40.0 mm",
            "change_from_baseline_percent": "-35.0 %", "change_from_bl1_percent": "%",
            "change_from_nadir_percent": "-35.0 %", "change_from_nadir_mm": "-14.0 mm", "target": "PR, partial response",
            "non_target": "none at baseline", "new_lesion": "none", "overall": "PR, partial response", "discordance": "major discordance",
            "doubts": "nothing",
        }  # fmt: skip


class TestExtent:
    def test_organ_units_are_counted_beside_the_answers(self, enter):
        enter(Lesion)
        enter(Lesion, organ="LIVER", certainty="EQUIVOCAL", role="NON-TARGET")
        extent = enter(DiseaseExtent, liver_metastases="U")
        assert (told(extent, "units_counted"), told(extent, "liver_counted")) == ("1 to 2", "0 to 1")


class TestPage:
    def test_form_shows_them_beneath_what_is_entered(self, client, data_manager, enter):
        signs = enter(VitalSigns)
        client.force_login(data_manager)
        page = client.get(f"/admin/crf/vitalsigns/{signs.pk}/change/").content.decode()
        section = page[page.index("Derived by the protocol") :]
        assert "Body surface area" in section
        assert "m²" in section

    def test_form_that_is_not_stored_yet_shows_none(self, client, data_manager, visit):
        client.force_login(data_manager)
        assert "Derived by the protocol" not in client.get(f"/admin/crf/vitalsigns/add/?visit={visit.pk}").content.decode()


def test_derived_values_are_part_of_no_signature(enter):
    signs = enter(VitalSigns)
    assert not {*signs.derived} & {*signs.shown()}
