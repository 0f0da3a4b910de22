"""A date as typed reaches the record in ISO, or is refused with its format; page and API alike (crf_spec 0.3)."""

import re
from datetime import timedelta

import pytest
from crf.models import Demographics, PrimaryTumor, VitalSigns
from django.db import models
from django.urls import reverse
from tests.api.conftest import caller
from tests.kept import KEPT
from tests.pages import errors, filled_in
from trial.admin.typed_inputs import DateInput, formfield
from trial.fields import grain_of
from trial.models import Subject

from trial.actions import entry

ADDRESS = "/admin/crf/vitalsigns/add/"
SPELLINGS = ["2025-01-08", "2025/1/8", "2025.01.08", "20250108", "2025年1月8日", "8JAN2025", "８ Jan ２０２５"]
REFUSED = [
    # form, item, typed, code
    ("vitalsigns", "measured_on", "08/01/2025", "date_not_year_first"),
    ("vitalsigns", "measured_on", "2025-01", "day_unreadable"),
    ("vitalsigns", "measured_on", "2025-02-30", "day_impossible"),
    ("vitalsigns", "measured_on", "8 January", "day_unreadable"),
    ("demographics", "birth_month", "07/1960", "month_unreadable"),
    ("demographics", "birth_month", "1960-07-13", "day_of_birth"),
    ("demographics", "birth_month", "1960", "month_unreadable"),
    ("primarytumor", "diagnosed_on", "13.07.2024", "date_not_year_first"),
    ("primarytumor", "diagnosed_on", "2024-13", "day_impossible"),
]


def page_of(form):
    return f"/admin/crf/{form}/add/"


def visit_of(form, subject):
    return subject.visits.get(code="SCR")


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("way", ["page", "API"])
def test_the_year_first_in_any_spelling_is_taken(browser, data_manager, visit, spelling, way):
    if way == "page":
        sent = filled_in(browser.get(ADDRESS, {"visit": visit.pk}), measured_on=spelling) | {"_draft": "on"}
        assert errors(browser.post(ADDRESS, sent)) == ""
    else:
        sent = {"visit": visit.pk, "complete": False, "items": {"measured_on": spelling}}
        answer = caller(data_manager).post("forms/vitalsigns/", sent)
        assert answer.json()["items"]["measured_on"] == "2025-01-08"
    assert f"{VitalSigns.objects.get().measured_on}" == "2025-01-08"


@pytest.mark.parametrize(("form", "item", "typed", "code"), REFUSED)
def test_any_other_is_refused_with_its_format(browser, data_manager, subject, form, item, typed, code):
    visit = visit_of(form, subject)
    sent = filled_in(browser.get(page_of(form), {"visit": visit.pk}), **{item: typed}) | {"_draft": "on"}
    answer = browser.post(page_of(form), sent)
    (sentence,) = answer.context["adminform"].form.errors[item]
    assert re.search(r"\d{4}-\d{2}|calendar", sentence)
    refusal = caller(data_manager).post(f"forms/{form}/", {"visit": visit.pk, "complete": False, "items": {item: typed}})
    assert (refusal.status_code, refusal.json()["code"]) == (422, code)
    assert refusal.json()["problems"][0]["message"] == sentence


@pytest.mark.parametrize(("typed", "month"), [("1960/7", "1960-07"), ("1960年7月", "1960-07"), ("JUL1960", "1960-07")])
def test_a_month_of_birth_in_any_spelling_is_taken(data_manager, visit, typed, month):
    caller(data_manager).post("forms/demographics/", {"visit": visit.pk, "complete": False, "items": {"birth_month": typed}})
    assert Demographics.objects.get().birth_month == month


@pytest.mark.parametrize(("typed", "stored"), [("2024", "2024"), ("2024年5月", "2024-05"), ("17 May 2024", "2024-05-17")])
def test_a_partial_date_in_any_spelling_is_taken(data_manager, subject, typed, stored):
    sent = {"visit": visit_of("primarytumor", subject).pk, "complete": False, "items": {"diagnosed_on": typed}}
    answer = caller(data_manager).post("forms/primarytumor/", sent)
    assert answer.status_code == 201, answer.json()
    assert PrimaryTumor.objects.get().diagnosed_on == stored


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("way", ["page", "API"])
def test_the_date_of_a_visit_that_comes_with_its_first_form_too(browser, data_manager, visit, spelling, way):
    if way == "page":
        address = f"{ADDRESS}?visit={visit.pk}"
        sent = filled_in(browser.get(address), visit_held_on=spelling) | {"_draft": "on"}
        assert errors(browser.post(address, sent)) == ""
    else:
        sent = {"visit": visit.pk, "complete": False, "items": {"pulse": 70}, "visit_held_on": spelling}
        assert caller(data_manager).post("forms/vitalsigns/", sent).status_code == 201
    visit.refresh_from_db()
    assert f"{visit.held_on}" == "2025-01-08"


@pytest.mark.parametrize("way", ["page", "API"])
def test_a_date_of_a_visit_that_can_be_two_days_is_refused(browser, data_manager, visit, way):
    if way == "page":
        address = f"{ADDRESS}?visit={visit.pk}"
        sent = filled_in(browser.get(address), visit_held_on="03/04/2025") | {"_draft": "on"}
        assert "Write the year first" in errors(browser.post(address, sent))
    else:
        sent = {"visit": visit.pk, "complete": False, "items": {}, "visit_held_on": "03/04/2025"}
        answer = caller(data_manager).post("forms/vitalsigns/", sent)
        assert "Write the year first" in answer.text, answer.status_code
    assert not VitalSigns.objects.exists()


class TestCounted:
    """t, v, +1, -2: on a page, which shows the day in words at once; nowhere else."""

    @pytest.fixture
    def held(self, visit, data_manager):
        day = visit.subject.site.today() - timedelta(30)
        values = {"held_on": day, "status": "DONE", "mode": "ON_SITE"}
        entry.change_visit(visit, by=data_manager, version=visit.version, values=values)
        return day

    @pytest.mark.parametrize(("typed", "days"), [("v", 0), ("+1", 1), ("-2", -2), ("t", 30), ("t-1", 29)])
    def test_from_today_or_from_the_visit(self, browser, visit, held, typed, days):
        page = browser.get(ADDRESS, {"visit": visit.pk})
        assert f'data-visit="{held}"' in page.content.decode()
        assert errors(browser.post(ADDRESS, filled_in(page, measured_on=typed) | {"_draft": "on"})) == ""
        assert VitalSigns.objects.get().measured_on == held + timedelta(days)

    def test_not_from_a_visit_without_a_day(self, browser, visit):
        answer = browser.post(ADDRESS, filled_in(browser.get(ADDRESS, {"visit": visit.pk}), measured_on="+1") | {"_draft": "on"})
        assert "day of the visit" in errors(answer)

    def test_not_in_the_api(self, data_manager, visit, held):
        sent = {"visit": visit.pk, "complete": False, "items": {"measured_on": "+1"}}
        assert caller(data_manager).post("forms/vitalsigns/", sent).json()["code"] == "day_unreadable"


@pytest.mark.parametrize("model", KEPT, ids=lambda model: model._meta.label_lower)
def test_every_date_of_a_page_says_its_format(model):
    for column in model._meta.concrete_fields:
        if column.editable and grain_of(column) and not isinstance(column, models.DateTimeField):
            field = formfield(column)
            assert isinstance(field, DateInput), column
            assert "YYYY" in str(field.help_text)
            assert "YYYY" in str(field.widget.attrs["placeholder"])


@pytest.mark.parametrize("typed", ["2025/1/7", "20250107", "7JAN2025", "２０２５年１月７日"])
def test_a_subject_is_screened_on_a_day_in_any_spelling(browser, data_manager, site, typed):
    browser.post(reverse("enrol"), {"site": "01", "screened_on": typed})
    caller(data_manager).post("subjects/", {"site": "01", "screened_on": typed})
    assert [f"{subject.screened_on}" for subject in Subject.objects.all()] == ["2025-01-07"] * 2


def test_a_day_of_screening_that_can_be_two_days_is_refused(browser, data_manager, site):
    page = browser.post(reverse("enrol"), {"site": "01", "screened_on": "03/04/2025"}, follow=True)
    assert "Write the year first" in page.content.decode()
    assert caller(data_manager).post("subjects/", {"site": "01", "screened_on": "03/04/2025"}).status_code == 400
    assert not Subject.objects.exists()
