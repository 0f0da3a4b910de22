"""What a person types is what is stored (crf_spec 0.3): no key and no wheel changes it or sends it."""

import pytest
from crf.models import VitalSigns
from tests.protocol.typed.test_dates import DAYS, REFUSED, TAKEN


@pytest.fixture
def page(nurse, subject):
    nurse.log_in("dan")
    nurse.go("/subjects/01-001/")
    nurse.open("vital signs and ECOG")
    return nurse


def test_enter_leads_to_the_next_field_and_sends_nothing(page):
    page.page.focus("#id_weight_kg")
    page.page.keyboard.type("71.5")
    page.page.keyboard.press("Enter")
    assert page.page.evaluate("document.activeElement.id") == "id_missing__weight_kg"
    assert "/add/" in page.page.url
    assert not VitalSigns.objects.exists()


def test_enter_sends_nothing_without_the_script_either(page):
    page.page.route("**/typed.js", lambda route: route.fulfill(body=""))
    page.page.reload()
    page.page.fill("#id_weight_kg", "71.5")
    page.page.press("#id_weight_kg", "Enter")
    page.page.wait_for_timeout(200)
    assert "/add/" in page.page.url
    assert not VitalSigns.objects.exists()


def test_the_mouse_wheel_changes_no_number(page):
    page.page.fill("#id_systolic", "120")
    page.page.focus("#id_systolic")
    page.page.hover("#id_systolic")
    page.page.mouse.wheel(0, 400)
    page.page.keyboard.press("ArrowDown")
    assert page.page.input_value("#id_systolic") == "120"
    assert page.page.locator("input[type=number]").count() == 0


def test_what_is_no_number_stays_on_the_page_with_a_sentence(page):
    page.fill(weight_kg="71,5", systolic="12 0", pulse="97¹", diastolic="７９")
    page.press("_draft")
    page.sees("“71,5” has a comma. Write the decimal sign as a point, and no sign between thousands: write 12.5.")
    page.sees("“12 0” is not a number.")
    page.sees("“97¹” is not a number.")
    assert page.page.input_value("#id_weight_kg") == "71,5"
    page.fill(weight_kg="71.5", systolic="120", pulse="97")
    page.press("_draft")
    page.sees("stored")
    signs = VitalSigns.objects.get()
    assert (f"{signs.weight_kg}", signs.systolic, signs.diastolic, signs.pulse) == ("71.5", 120, 79, 97)


class TestDates:
    def test_the_page_reads_a_date_as_the_product_does(self, page):
        """One table for both grammars: what is no date stays as it is typed."""
        field = page.page.locator("#id_measured_on")
        for typed, grain, expected in [*TAKEN, *((typed, grain, typed) for typed, grain, _fault in REFUSED)]:
            attributes = {"date": grain.value, "today": f"{DAYS.today}", "visit": f"{DAYS.visit}"}
            field.evaluate("(field, attributes) => Object.assign(field.dataset, attributes)", attributes)
            field.fill(typed)
            field.evaluate("field => field.dispatchEvent(new Event('change', {bubbles: true}))")
            assert (typed, field.input_value()) == (typed, expected)

    def test_the_day_is_shown_in_words_at_once_and_stored_as_iso(self, page):
        page.page.fill("#id_measured_on", "20250303")
        page.sees("3 March 2025")
        page.page.press("#id_measured_on", "Tab")
        assert page.page.input_value("#id_measured_on") == "2025-03-03"
        page.sees("YYYY-MM-DD")
        page.press("_draft")
        page.sees("stored")
        assert f"{VitalSigns.objects.get().measured_on}" == "2025-03-03"
