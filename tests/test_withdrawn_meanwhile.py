"""A row is withdrawn while another person has its page open: that person reads so, and stores the rest (docs/decisions/0041)."""

import pytest
from crf.models import Fraction, RadiotherapyCourse
from tests.examples import course_of_three_fractions
from tests.pages import errors, filled_in
from trial.audit.acting import acting

from trial.actions import entry

REASON = {"reason": "TRANSCRIPTION", "reason_words": "misread"}
DOSE = "10.00"


@pytest.fixture
def course(subject, data_manager):
    with acting(by=data_manager):
        course_of_three_fractions(subject)
    return RadiotherapyCourse.objects.get()


@pytest.fixture
def fractions(course):
    return list(course.fractions.order_by("pk"))


@pytest.fixture
def url(course):
    return f"/admin/crf/radiotherapycourse/{course.pk}/change/"


@pytest.fixture
def answered(browser, url, fractions, data_manager):
    """The page as it answers the person who typed into the third fraction, and into the second, which was withdrawn meanwhile."""

    def answered(**typed):
        page = browser.get(url)
        entry.withdraw_row(fractions[1], by=data_manager, version=fractions[1].version, reason="ENTRY_ERROR")
        return browser.post(url, filled_in(page, **{"fractions-2-dose_gy": "9.95"} | typed, **REASON))

    return answered


def rows_shown(page):
    """The name that each row of the page bears, and the row that it sends."""
    (group,) = [group for group in page.context["inline_admin_formsets"] if group.formset.model is Fraction]
    return [(str(row.original), row.form["id"].value()) for row in group if row.original]


def doses():
    return [f"{fraction.dose_gy}" for fraction in Fraction.objects.order_by("pk")]


def test_the_page_says_who_withdrew_the_row_and_what_was_typed_in_it_and_stores_nothing(answered, data_manager):
    page = answered(**{"fractions-1-dose_gy": "9.90"})
    assert f"{data_manager.get_full_name()} withdrew this row in the meantime." in errors(page)
    assert "Dose: 9.90" in page.content.decode()
    assert doses() == ["10.00"] * 3


def test_each_row_stands_under_its_own_name(answered, fractions):
    assert rows_shown(answered()) == [(str(fraction), str(fraction.pk)) for fraction in fractions]


def test_sent_again_the_rest_is_stored_and_the_withdrawn_row_stays_as_it_was(answered, browser, url, fractions):
    page = answered(**{"fractions-1-dose_gy": "9.90"})
    answer = browser.post(url, filled_in(page, **REASON))
    assert (errors(answer), answer.status_code) == ("", 302)
    assert doses() == ["10.00", "10.00", "9.95"]
    gone = Fraction.objects.get(pk=fractions[1].pk)
    assert (gone.withdrawn_at is None, gone.version) == (False, fractions[1].version + 1)
    assert [fraction.number for fraction in RadiotherapyCourse.objects.get().rows(Fraction)] == [1, 3]


def test_what_cannot_be_stored_in_the_withdrawn_row_is_in_nobodys_way(answered, browser, url):
    page = answered(**{"fractions-1-dose_gy": "much", "fractions-1-number": ""})
    assert "number" not in errors(page)
    assert browser.post(url, filled_in(page, **REASON)).status_code == 302
    assert doses() == ["10.00", "10.00", "9.95"]


def test_the_page_goes_on_saying_so_while_something_else_keeps_it_from_being_stored(answered, browser, url):
    page = browser.post(url, filled_in(answered(), reason="", reason_words=""))
    assert errors(page) == "Say why an entered value changes."
    assert "withdrawn by" in page.content.decode()


def test_all_rows_may_go(browser, url, course, fractions, data_manager):
    """Of a course that was stopped: a completed one has a delivered fraction."""
    stopped = {"status": "STOPPED_EARLY", "stop_reason": "105480006", "decided_on": course.ended_on}
    entry.change(course, by=data_manager, version=course.version, values=stopped, reason="SOURCE_UPDATED")
    page = browser.get(url)
    for fraction in fractions:
        entry.withdraw_row(fraction, by=data_manager, version=fraction.version, reason="ENTRY_ERROR")
    answer = browser.post(url, filled_in(page, held_days="6 and 7", **REASON))
    assert errors(answer).count("withdrew this row") == 3
    assert browser.post(url, filled_in(answer, **REASON)).status_code == 302
    assert RadiotherapyCourse.objects.get().held_days == "6 and 7"


def test_a_row_that_somebody_added_meanwhile_takes_no_other_rows_place(browser, url, fractions, data_manager, course):
    page = browser.get(url)
    entry.withdraw_row(fractions[0], by=data_manager, version=fractions[0].version, reason="ENTRY_ERROR")
    new = {"volume": fractions[0].volume, "number": 4, "given_on": "2025-04-22", "delivered": "Y", "dose_gy": DOSE}
    now = RadiotherapyCourse.objects.get()
    entry.change(now, by=data_manager, version=now.version, values={}, rows={Fraction: [new]}, reason="LATE_INFORMATION")
    answer = browser.post(url, filled_in(page, **{"fractions-2-dose_gy": "9.95"}, **REASON))
    assert [sent for _, sent in rows_shown(answer)] == [str(fraction.pk) for fraction in fractions]
    assert browser.post(url, filled_in(answer, **REASON)).status_code == 302
    assert doses() == ["10.00", "10.00", "9.95", "10.00"]
