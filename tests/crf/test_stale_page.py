"""A page of an earlier version says what was typed on it, and what it only still shows."""

import pytest
from crf.models import Cycle
from tests.examples import complete
from tests.pages import errors, filled_in
from trial.audit.acting import acting

REASON = {"reason": "TRANSCRIPTION", "reason_words": "misread"}


@pytest.fixture
def cycle(subject, data_manager):
    with acting(by=data_manager):
        return complete(Cycle, subject)


@pytest.fixture
def url(cycle):
    return f"/admin/crf/cycle/{cycle.pk}/change/"


def test_an_item_that_nobody_typed_in_is_not_called_entered(browser, url, cycle, data_manager):
    page = browser.get(url)
    with acting(by=data_manager, reason="Measured again"):
        Cycle.objects.filter(pk=cycle.pk).update(weight_kg=72, height_cm=171)
    answer = errors(browser.post(url, filled_in(page, height_cm=180, **REASON)))
    assert "you entered 180.0, but 171.0 has been stored" in answer
    assert f"72.0 has been stored in the meantime; this page still shows {cycle.weight_kg}, which you have not changed" in answer
    assert f"you entered {cycle.weight_kg}" not in answer


def test_of_a_row_neither(browser, url, cycle, data_manager):
    row, page = cycle.administrations.first(), browser.get(url)
    with acting(by=data_manager, reason="Misread"):
        cycle.administrations.filter(pk=row.pk).update(dose_mg=100)
    answer = errors(browser.post(url, filled_in(page, **REASON)))
    assert f"100.0 has been stored in the meantime; this page still shows {row.dose_mg}, which you have not changed" in answer


def test_an_item_that_was_emptied_meanwhile_is_told_as_well(browser, url, cycle, data_manager):
    page = browser.get(url)
    with acting(by=data_manager, reason="Not measured"):
        Cycle.objects.filter(pk=cycle.pk).update(weight_kg=None, missing={"weight_kg": "ND"})
    answer = errors(browser.post(url, filled_in(page, **REASON)))
    assert f"– has been stored in the meantime; this page still shows {cycle.weight_kg}, which you have not changed" in answer
    assert "you entered" not in answer


def test_the_boxes_that_withdraw_a_row_say_which(browser, url, cycle):
    text = browser.get(url).content.decode()
    row = cycle.administrations.first()
    assert f'aria-label="Withdraw {row}"' in text
    assert text.count('-withdraw"') >= 1
    tags = [tag.partition(">")[0] for tag in text.split("<input")[1:]]
    boxes = [tag for tag in tags if '-withdraw"' in tag and 'type="checkbox"' in tag]
    assert boxes
    assert all("aria-label=" in tag for tag in boxes)
