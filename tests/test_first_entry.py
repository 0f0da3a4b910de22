"""Two people open the empty page of one form of a visit: the second reads what the first entered, and chooses (docs/decisions/0041)."""

import pytest
from crf.models import Cycle, VitalSigns
from tests.examples import EXAMPLES, complete, visit_for
from tests.pages import errors, filled_in
from trial.audit.acting import acting

from trial.actions import entry

SIGNS = EXAMPLES["crf.vitalsigns"].values
REASON = {"reason": "TRANSCRIPTION", "reason_words": "misread"}


@pytest.fixture
def too_late(browser, subject, data_manager):
    """The address of a form's empty page, and the answer to it when it was sent after another's."""

    def too_late(form, **typed):
        with acting(by=data_manager):
            visit = visit_for(form, subject)
        url = f"/admin/crf/{form._meta.model_name}/add/?visit={visit.pk}"
        page = browser.get(url)
        with acting(by=data_manager):
            complete(form, subject)
        return url, browser.post(url, filled_in(page, **typed))

    return too_late


def differences(page):
    return [(one.item, one.mine, one.stored) for one in page.context["adminform"].form.differences]


def chosen(page, choice):
    items = [one.item for one in page.context["adminform"].form.differences]
    return filled_in(page, **REASON) | {"differs": items} | {f"choice__{item}": choice for item in items}


def test_the_second_sees_both_values_and_nothing_is_stored(too_late):
    _, answer = too_late(VitalSigns, **SIGNS | {"pulse": 99})
    assert "Someone else has changed this entry in the meantime" in errors(answer)
    assert differences(answer) == [("pulse", "99", f"{SIGNS['pulse']}")]
    assert VitalSigns.objects.get().pulse == SIGNS["pulse"]


@pytest.mark.parametrize(("choice", "pulse"), [("mine", 99), ("stored", SIGNS["pulse"])])
def test_what_is_chosen_stands_in_the_one_record(too_late, browser, choice, pulse):
    url, answer = too_late(VitalSigns, **SIGNS | {"pulse": 99})
    assert answer.context["form_url"] == url
    assert browser.post(url, chosen(answer, choice)).status_code == 302
    assert VitalSigns.objects.get().pulse == pulse


def test_a_change_of_what_the_first_completed_asks_why(too_late, browser):
    url, answer = too_late(VitalSigns, **SIGNS | {"pulse": 99})
    sent = chosen(answer, "mine") | {"reason": "", "reason_words": ""}
    assert "Say why an entered value changes." in errors(browser.post(url, sent))


def test_who_entered_the_same_reads_so_and_stores_nothing(too_late, browser):
    url, answer = too_late(VitalSigns, **SIGNS)
    assert differences(answer) == []
    assert browser.post(url, filled_in(answer)).status_code == 302
    assert VitalSigns.objects.get().version == VitalSigns.objects.get().history.count()


def test_of_a_form_with_rows_the_page_leads_to_the_record_shows_it_and_keeps_what_was_typed(too_late):
    _, answer = too_late(Cycle, weight_kg="61.5")
    first = Cycle.objects.get()
    assert "This visit already has its systemic therapy cycle. Open the existing form." in errors(answer)
    assert f'href="/admin/crf/cycle/{first.pk}/change/"' in answer.content.decode()
    assert f"{first.weight_kg}" in str(answer.context["part"].items)
    assert answer.context["adminform"].form["weight_kg"].value() == "61.5"


def test_a_visit_whose_record_was_withdrawn_takes_another(browser, subject, data_manager, too_late):
    url, _ = too_late(VitalSigns, **SIGNS)
    entry.withdraw(VitalSigns.objects.get(), by=data_manager, reason="ENTRY_ERROR")
    assert browser.post(url, filled_in(browser.get(url), **SIGNS)).status_code == 302
    assert VitalSigns.objects.standing().count() == 1


def test_a_visit_of_another_site_tells_nothing(browser, subject, data_manager, stranger, client):
    with acting(by=data_manager):
        record = complete(VitalSigns, subject)
    page = browser.get(f"/admin/crf/vitalsigns/add/?visit={record.visit_id}")
    client.force_login(stranger)
    answer = client.post(f"/admin/crf/vitalsigns/add/?visit={record.visit_id}", filled_in(page, **SIGNS))
    assert answer.status_code in (200, 403)
    assert f"vitalsigns/{record.pk}/" not in answer.content.decode()
