"""A number as typed reaches the record as it is meant, or is refused; page and API alike (crf_spec 0.3)."""

from decimal import Decimal

import pytest
from crf.models import LaboratoryResult, RadiotherapyCourse, VitalSigns
from django.core.exceptions import ValidationError
from django.db import models
from tests.api.conftest import caller
from tests.kept import KEPT
from tests.pages import errors, filled_in
from trial.admin.typed_inputs import NumberInput, formfield
from trial.refusals import Code, problems_of

ADDRESS = "/admin/crf/vitalsigns/add/"
REFUSED = [
    # item         typed      code
    ("weight_kg",  "71,5",    "number_with_comma"),
    ("weight_kg",  "1,200",   "number_with_comma"),
    ("weight_kg",  "７１，５",   "number_with_comma"),
    ("weight_kg",  "<80",     "number_with_comparator"),
    ("weight_kg",  "1.0E+2",  "number_unreadable"),
    ("weight_kg",  ".5",      "number_with_bare_point"),
    ("weight_kg",  "71.55",   "number_too_fine"),
    ("pulse",      "7-2",     "number_unreadable"),
    ("pulse",      "97¹",     "number_unreadable"),
    ("pulse",      "1 20",    "number_unreadable"),
    ("pulse",      "7_2",     "number_unreadable"),
    ("pulse",      "72.0",    "number_not_whole"),
    ("pulse",      "72,5",    "number_with_comma"),
]  # fmt: skip
TAKEN = [
    ("weight_kg", "71.5", Decimal("71.5")),
    ("weight_kg", "７１．５", Decimal("71.5")),
    ("weight_kg", "100", Decimal(100)),
    ("pulse", "７２", 72),
    ("pulse", "072", 72),
]


@pytest.mark.parametrize(("item", "typed", "code"), REFUSED)
def test_what_is_no_number_is_refused_on_the_page_and_in_the_api(browser, data_manager, visit, commit, item, typed, code):
    commit()
    page = browser.get(ADDRESS, {"visit": visit.pk})
    answer = browser.post(ADDRESS, filled_in(page, **{item: typed}) | {"_draft": "on"})
    assert answer.status_code == 200
    said = answer.context["adminform"].form.errors[item]
    sent = {"visit": visit.pk, "complete": False, "items": {item: typed}}
    refusal = caller(data_manager).post("forms/vitalsigns/", sent)
    assert (refusal.status_code, refusal.json()["code"], refusal.json()["problems"][0]["item"]) == (422, code, item)
    assert said == [refusal.json()["problems"][0]["message"]]
    assert not VitalSigns.objects.exists()


@pytest.mark.parametrize(("item", "typed", "value"), TAKEN)
@pytest.mark.parametrize("way", ["page", "API"])
def test_digits_of_any_width_are_digits(browser, data_manager, visit, commit, item, typed, value, way):
    commit()
    if way == "page":
        page = browser.get(ADDRESS, {"visit": visit.pk})
        answer = browser.post(ADDRESS, filled_in(page, **{item: typed}) | {"_draft": "on"})
        assert errors(answer) == ""
    else:
        answer = caller(data_manager).post("forms/vitalsigns/", {"visit": visit.pk, "complete": False, "items": {item: typed}})
        assert answer.status_code == 201, answer.json()
    assert getattr(VitalSigns.objects.get(), item) == value


@pytest.mark.parametrize(("typed", "stored"), [("＜５．０", "<5.0"), ("≤5", "<=5"), ("９７", "97")])
def test_a_laboratory_result_keeps_its_comparator_and_is_stored_in_usual_signs(data_manager, visit, typed, stored):
    rows = {"results": [{"test": "CREAT", "result": typed, "unit": ""}]}
    answer = caller(data_manager).post("forms/laboratorypanel/", {"visit": visit.pk, "complete": False, "items": {}, "rows": rows})
    assert answer.status_code == 201, answer.json()
    assert LaboratoryResult.objects.get().result == stored


def test_a_refused_number_of_a_row_is_named_with_its_place(data_manager, subject):
    sent = {"visit": subject.visits.get(code="COMMON").pk, "complete": False, "items": {}}
    rows = {"fractions": [{"number": "1"}, {"number": "2", "dose_gy": "7,5"}]}
    answer = caller(data_manager).post("forms/radiotherapycourse/", sent | {"rows": rows})
    assert (answer.status_code, answer.json()["code"]) == (422, "number_with_comma")
    assert answer.json()["problems"][0]["item"] == "rows.fractions.1.dose_gy"
    assert not RadiotherapyCourse.objects.exists()


@pytest.mark.parametrize("model", KEPT, ids=lambda model: model._meta.label_lower)
def test_every_number_of_a_page_is_typed_as_text(model):
    for column in model._meta.concrete_fields:
        if isinstance(column, models.DecimalField | models.IntegerField) and column.editable and not column.choices:
            assert isinstance(formfield(column), NumberInput), column


AMOUNTS = [
    field
    for model in KEPT  # forms, rows and visits, and the limits of a laboratory
    for field in model._meta.concrete_fields
    if isinstance(field, models.DecimalField)
]


@pytest.mark.parametrize("field", AMOUNTS, ids=str)
def test_what_has_too_many_digits_is_refused_in_words_that_count_them(field):
    """Django's own sentences ("Ensure that there are no more than …") reach nobody."""
    whole = field.max_digits - field.decimal_places
    wrongs = {
        Decimal("1." + "1" * (field.decimal_places + 1)): (Code.NUMBER_TOO_FINE, field.decimal_places),
        Decimal("1" * (whole + 1)): (Code.NUMBER_TOO_LONG_BEFORE_POINT, whole),
        Decimal("1" * (field.max_digits + 1)): (Code.NUMBER_TOO_LONG, field.max_digits),
    }
    for wrong, (code, most) in wrongs.items():
        with pytest.raises(ValidationError) as refused:
            field.run_validators(wrong)
        problems = [problem for problem in problems_of(refused.value) if problem.code == code]
        assert [problem.facts for problem in problems] == [{"most": most}], wrong
        assert str(most) in problems[0].sentence


def test_page_and_api_say_it_in_the_same_words(client, data_manager, subject):
    said = "Too many digits after the point: at most 1. Enter the number as the source states it, and check the unit."
    visit = subject.visits.get(code="SCR")
    answer = caller(data_manager).post("forms/vitalsigns/", {"visit": visit.pk, "items": {"weight_kg": "71.23"}, "complete": False})
    assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (422, "number_too_fine", said)
    client.force_login(data_manager)
    page = client.get(f"/admin/crf/vitalsigns/add/?visit={visit.pk}")
    typed = client.post(f"/admin/crf/vitalsigns/add/?visit={visit.pk}", filled_in(page, weight_kg="71.23"))
    assert errors(typed).count(said) == 1
    assert "Ensure" not in errors(typed)
