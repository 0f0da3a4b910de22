"""What a person typed comes back to that person (A07), over nothing that another has stored since then (decision 41)."""

from decimal import Decimal

import pytest
from crf.models import Fraction, RadiotherapyCourse, VitalSigns
from django.contrib.sessions.models import Session
from tests.closing import sign_as_it_stands
from tests.conftest import PASSWORD
from tests.examples import complete, course_of_three_fractions
from trial.audit.acting import acting
from trial.models import Query

from trial.actions import entry, locks, queries

BACK = "What you typed before is here again"


@pytest.fixture
def dan(nurse):
    nurse.log_in("dan")
    return nurse


@pytest.fixture
def signs(subject, data_manager):
    with acting(by=data_manager):
        complete(VitalSigns, subject)
    return VitalSigns.objects.get()


@pytest.fixture
def url(signs):
    return f"/admin/crf/vitalsigns/{signs.pk}/change/"


@pytest.fixture
def change(investigator):
    """What another person stores meanwhile."""

    def change(record, **values):
        now = type(record).objects.get(pk=record.pk)
        entry.change(now, by=investigator, version=now.version, values=values, reason="TRANSCRIPTION")

    return change


@pytest.fixture
def fractions(subject, data_manager):
    with acting(by=data_manager):
        course_of_three_fractions(subject)
    return list(Fraction.objects.order_by("pk"))


@pytest.fixture
def course_url(fractions):
    return f"/admin/crf/radiotherapycourse/{fractions[0].course_id}/change/"


def lose_the_session(nurse, button):
    Session.objects.all().delete()
    nurse.press(button)
    nurse.page.fill("#id_username", "dan")
    nurse.page.fill("#id_password", PASSWORD)
    nurse.page.click("[type=submit]")


def choices(nurse):
    return nurse.page.locator(".both-values tbody th").all_inner_texts()


def fraction(nurse, row):
    """The place of a stored fraction on the page."""
    place = nurse.page.locator(f"[name^=fractions-][name$=-id][value='{row.pk}']").get_attribute("name")
    return place.removesuffix("-id")


@pytest.mark.proves("A07")
def test_what_was_typed_outlives_the_session_for_the_same_person_alone(nurse, subject):
    nurse.log_in("dan")
    nurse.go("/subjects/01-001/")
    nurse.open("vital signs and ECOG")
    nurse.fill(measured_on="2025-03-03", weight_kg=71, pulse=73)
    address = nurse.page.url.removeprefix(nurse.address)
    Session.objects.all().delete()
    nurse.press("_draft")
    nurse.page.fill("#id_username", "dan")
    nurse.page.fill("#id_password", PASSWORD)
    nurse.page.click("[type=submit]")
    nurse.sees("What you typed before is here again")
    assert (nurse.page.input_value("#id_weight_kg"), nurse.page.input_value("#id_pulse")) == ("71", "73")
    nurse.press("_draft")
    nurse.sees("stored")
    nurse.go(address)
    assert nurse.page.input_value("#id_weight_kg") == ""

    nurse.fill(weight_kg=72)
    nurse.log_in("ida")
    nurse.go(address)
    assert nurse.page.input_value("#id_weight_kg") == ""
    assert "72" not in nurse.page.evaluate("JSON.stringify(sessionStorage)")


@pytest.mark.parametrize("leaves", ["for another page", "as the session ends"])
def test_after_a_page_of_both_values_was_left_it_is_asked_again_and_what_the_other_stored_stands(dan, signs, url, change, leaves):
    dan.go(url)
    dan.fill(pulse=75, reason="TRANSCRIPTION")
    change(signs, height_cm=Decimal(181), pulse=80)
    dan.press("_complete")
    dan.sees("choose which values to keep")
    assert choices(dan) == ["Height", "Pulse"]
    dan.page.check("[name=choice__pulse][value=mine]")
    if leaves == "for another page":
        dan.go("/")
        dan.go(url)
    else:
        dan.page.check("[name=choice__height_cm][value=mine]")
        lose_the_session(dan, "_complete")
    dan.sees(BACK)
    assert [dan.page.input_value(f"#id_{item}") for item in ("height_cm", "pulse")] == ["181.0", "75"]
    dan.press("_complete")
    dan.sees("choose which values to keep")
    assert choices(dan) == ["Pulse"]
    assert (VitalSigns.objects.get().height_cm, VitalSigns.objects.get().pulse) == (181, 80)
    dan.page.check("[name=choice__pulse][value=mine]")
    dan.press("_complete")
    dan.sees("stored")
    assert (VitalSigns.objects.get().height_cm, VitalSigns.objects.get().pulse) == (181, 75)


def test_what_is_typed_on_a_page_of_both_values_is_kept_with_what_was_typed_before(dan, signs, url, change):
    dan.go(url)
    dan.fill(pulse=75, reason="TRANSCRIPTION")
    change(signs, pulse=80)
    dan.press("_complete")
    dan.sees("choose which values to keep")
    dan.fill(reason_words="seen on the chart")
    dan.go("/")
    dan.go(url)
    dan.sees(BACK)
    assert [dan.page.input_value(f"#id_{item}") for item in ("pulse", "reason_words")] == ["75", "seen on the chart"]
    dan.press("_complete")
    dan.sees("choose which values to keep")
    assert VitalSigns.objects.get().pulse == 80


def test_what_was_typed_over_an_earlier_version_is_stale_when_it_comes_back(dan, signs, url, change):
    dan.go(url)
    dan.fill(pulse=75, reason="TRANSCRIPTION")
    change(signs, height_cm=Decimal(181))
    lose_the_session(dan, "_complete")
    dan.sees(BACK)
    assert dan.page.input_value("#id_height_cm") == "181.0"
    dan.press("_complete")
    dan.sees("choose which values to keep")
    assert choices(dan) == ["Pulse"]


def test_what_was_refused_is_kept_by_who_leaves_the_refusal_before_its_script_ran(dan, signs, url, change):
    """As after a press on Save and, before anything answered, on another link."""
    dan.go(url)
    dan.fill(pulse=75)
    dan.page.route("**/kept_typing.js", lambda route: route.fulfill(body=""))
    dan.press("_complete")
    dan.sees("Say why an entered value changes.")
    dan.page.unroute("**/kept_typing.js")
    dan.go("/")
    dan.go(url)
    dan.sees(BACK)
    assert dan.page.input_value("#id_pulse") == "75"


def test_what_another_stored_the_same_is_not_asked_about(dan, signs, url, change):
    dan.go(url)
    dan.fill(pulse=75)
    change(signs, pulse=75)
    dan.go("/")
    dan.go(url)
    assert dan.page.locator(".flag-NOTICE").count() == 0
    dan.press("_complete")
    dan.sees("stored")


def test_a_page_that_shows_what_it_is_about_sends_what_it_shows(dan, signs, url, change):
    """Words of a withdrawal come back; the versions that were read do not: the page shows others by now."""
    withdrawal = url.replace("change", "withdraw")
    dan.go(withdrawal)
    dan.fill(reason="ENTRY_ERROR", reason_words="another subject's")
    change(signs, pulse=80)
    dan.go(withdrawal)
    dan.sees(BACK)
    assert dan.page.input_value("#id_reason_words") == "another subject's"
    assert dan.page.input_value("[name=versions_sha256]") == VitalSigns.objects.get().versions_sha256()


def test_words_about_one_query_do_not_come_back_at_another(dan, signs, monitor):
    page = f"/review/crf.vitalsigns/{signs.pk}/"
    queries.raise_query(signs, by=monitor, text="Please check the pulse.", item="pulse")
    dan.go(page)
    dan.page.fill("[name=text]", "It was counted twice.")
    queries.raise_query(signs, by=monitor, text="Please check the weight.", item="weight_kg")
    dan.go(page)
    dan.sees(BACK)
    about = {one.item: dan.page.input_value(f"form:has([name=query][value='{one.pk}']) [name=text]") for one in Query.objects.all()}
    assert about == {"pulse": "It was counted twice.", "weight_kg": ""}


def test_who_fills_in_a_form_that_another_entered_first_chooses_between_both_values(dan, subject, investigator):
    visit = subject.visits.get(code="SCR")
    empty = f"/admin/crf/vitalsigns/add/?visit={visit.pk}"
    dan.go(empty)
    dan.fill(measured_on="2025-01-08", pulse=75)
    entry.enter(VitalSigns, visit=visit, by=investigator, values={"pulse": 80, "height_cm": Decimal(181)}, complete=False)
    dan.press("_draft")
    dan.sees("choose which values to keep")
    assert choices(dan) == ["Date", "Height", "Pulse"]
    dan.go(empty)
    dan.sees(BACK)
    dan.press("_draft")
    dan.sees("choose which values to keep")
    for item, choice in (("measured_on", "mine"), ("height_cm", "stored"), ("pulse", "mine")):
        dan.page.check(f"[name=choice__{item}][value={choice}]")
    dan.fill(reason="TRANSCRIPTION")
    dan.press("_draft")
    dan.sees("draft, stored")
    signs = VitalSigns.objects.get()
    assert (f"{signs.measured_on}", signs.height_cm, signs.pulse) == ("2025-01-08", 181, 75)
    assert dan.page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('typed:')).length") == 0


class TestRows:
    def test_who_typed_beside_a_row_that_another_withdrew_reads_so_and_stores_the_rest(self, dan, fractions, course_url, investigator):
        dan.go(course_url)
        dan.page.fill(f"#id_{fraction(dan, fractions[2])}-dose_gy", "9.95")
        dan.page.select_option("#id_reason", "TRANSCRIPTION")
        entry.withdraw_row(fractions[1], by=investigator, version=fractions[1].version, reason="ENTRY_ERROR")
        dan.press("_complete")
        dan.sees("withdrawn by Ida Li")
        assert [f"{row.dose_gy}" for row in Fraction.objects.order_by("pk")] == ["10.00"] * 3
        dan.press("_complete")
        dan.sees("complete, stored")
        assert [f"{row.dose_gy}" for row in Fraction.objects.order_by("pk")] == ["10.00", "10.00", "9.95"]

    @pytest.mark.parametrize("sent", [True, False])
    def test_what_was_typed_in_a_row_comes_back_in_that_row(self, dan, fractions, course_url, investigator, sent):
        dan.go(course_url)
        dan.page.fill(f"#id_{fraction(dan, fractions[2])}-dose_gy", "9.95")
        dan.page.select_option("#id_reason", "TRANSCRIPTION")
        entry.withdraw_row(fractions[1], by=investigator, version=fractions[1].version, reason="ENTRY_ERROR")
        if sent:
            dan.press("_complete")
            dan.sees("withdrawn by Ida Li")
        dan.go("/")
        dan.go(course_url)
        dan.sees(BACK)
        assert fraction(dan, fractions[2]) == "fractions-1"
        assert dan.page.input_value("#id_fractions-1-dose_gy") == "9.95"
        dan.press("_complete")
        dan.sees("complete, stored")
        assert [f"{row.dose_gy}" for row in Fraction.objects.order_by("pk")] == ["10.00", "10.00", "9.95"]

    def test_what_was_typed_in_a_row_that_another_withdrew_is_told(self, dan, fractions, course_url, investigator):
        dan.go(course_url)
        dan.page.fill(f"#id_{fraction(dan, fractions[1])}-dose_gy", "9.95")
        entry.withdraw_row(fractions[1], by=investigator, version=fractions[1].version, reason="ENTRY_ERROR")
        dan.go(course_url)
        dan.sees("A row that you typed in is not on this page any more.")
        dan.sees("Fraction: 2; Date: 2025-04-16; Delivered: Yes; Dose: 9.95")
        assert [dan.page.input_value(f"#id_{fraction(dan, row)}-dose_gy") for row in (fractions[0], fractions[2])] == ["10.00"] * 2

    def test_a_new_row_comes_back_as_a_new_row_whatever_another_added_or_withdrew(self, dan, fractions, course_url, investigator):
        dan.go(course_url)
        dan.page.click("#fractions-group .add-row a")
        for place, number in ((3, 4), (5, 5)):
            dan.page.fill(f"#id_fractions-{place}-number", str(number))
        entry.withdraw_row(fractions[0], by=investigator, version=fractions[0].version, reason="ENTRY_ERROR")
        dan.go(course_url)
        dan.sees(BACK)
        assert [dan.page.input_value(f"#id_fractions-{place}-number") for place in range(5)] == ["2", "3", "4", "", "5"]

    def test_of_a_row_changed_by_both_both_values_are_shown(self, dan, fractions, course_url, investigator):
        dan.go(course_url)
        dan.page.fill(f"#id_{fraction(dan, fractions[2])}-dose_gy", "9.95")
        course, row = RadiotherapyCourse.objects.get(), fractions[2]
        rows = {Fraction: [{"id": row.pk, "version": row.version, "dose_gy": Decimal("9.90")}]}
        entry.change(course, by=investigator, version=course.version, values={}, rows=rows, reason="TRANSCRIPTION")
        dan.go(course_url)
        dan.sees(BACK)
        dan.press("_complete")
        dan.sees("choose which values to keep")
        assert choices(dan) == ["Dose"]
        assert Fraction.objects.get(pk=row.pk).dose_gy == Decimal("9.90")


def test_the_reason_for_a_freeze_does_not_come_back_at_its_end(dan, signs, visit, data_manager, investigator):
    """Another person has frozen the visit meanwhile."""
    page = f"/visits/{visit.pk}/freeze/"
    sign_as_it_stands(visit, investigator)
    dan.go(page)
    dan.page.fill("[name=reason]", "All is entered")
    locks.freeze(visit, by=data_manager, reason="Cleaned")
    dan.go(page)
    assert dan.page.input_value("[name=reason]") == ""
