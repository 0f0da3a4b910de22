"""Back and save: the browser draws the page anew and fills in what was chosen, and nothing is stored a second time (decision 58)."""

import pytest
from crf.models import Lesion
from trial.models import Subject, Visit


@pytest.fixture
def dan(nurse):
    nurse.log_in("dan")
    return nurse


@pytest.fixture
def lesion_page(dan, subject):
    common = Visit.objects.get(subject=subject, code="COMMON")
    return f"/admin/crf/lesion/add/?visit={common.pk}"


def store_lesion(dan, page):
    dan.go(page)
    dan.fill(first_seen="BL0", organ="LIVER", organ_detail="Segment VII")
    dan.press("_draft")
    dan.sees("draft, stored")


def test_a_lesion_is_one(dan, lesion_page, browser):
    store_lesion(dan, lesion_page)
    browser.go_back()
    assert browser.input_value("#id_organ_detail") == "Segment VII"  # as the browser fills it in
    dan.press("_draft")
    dan.sees("draft, stored")
    assert Lesion.objects.count() == 1


def test_a_lesion_is_one_after_two_steps_back_and_one_forward(dan, lesion_page, browser):
    store_lesion(dan, lesion_page)
    browser.go_back()
    browser.go_back()
    browser.go_forward()
    browser.fill("#id_organ_detail", "Segment VII")
    dan.press("_draft")
    dan.sees("draft, stored")
    assert Lesion.objects.count() == 1


def test_what_is_changed_after_back_is_refused_and_its_page_opened_anew_makes_another(dan, lesion_page, browser):
    store_lesion(dan, lesion_page)
    browser.go_back()
    dan.fill(organ_detail="Segment II")
    dan.press("_draft")
    dan.sees("Open the stored entry to change it")
    assert [lesion.organ_detail for lesion in Lesion.objects.all()] == ["Segment VII"]
    store_lesion(dan, lesion_page)
    assert Lesion.objects.count() == 2


def test_a_subject_is_one(dan, browser):
    dan.go("/")
    for _press in range(2):
        browser.click(".enrol button")
        browser.wait_for_url("**/subjects/**")
        browser.go_back()
        dan.sees("What waits for you")
    assert Subject.objects.count() == 1
    dan.go("/")
    browser.click(".enrol button")
    browser.wait_for_url("**/subjects/**")
    assert Subject.objects.count() == 2


def test_an_unscheduled_visit_is_one(dan, browser, subject):
    dan.go("/study/")
    dan.go(f"/subjects/{subject.code}/")
    address = browser.url
    for _press in range(2):
        browser.click("form[action$='/unscheduled/'] button")
        browser.wait_for_url("**#visit-UNS1")
        browser.goto(f"{address}course/")
        browser.go_back()
        browser.go_back()
    assert Visit.objects.filter(code__startswith="UNS").count() == 1
