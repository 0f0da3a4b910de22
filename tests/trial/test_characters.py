"""A text with a character that XML 1.0 cannot carry is refused wherever it is taken (crf_spec 0.3)."""

import pytest
from crf.models import LaboratoryPanel, VitalSigns
from django.core.exceptions import ValidationError
from django.db import models
from tests.api.conftest import caller
from tests.conftest import log_in_with_code
from tests.examples import complete
from tests.kept import KEPT
from tests.pages import filled_in
from tests.trial.accounts.test_people import as_shown
from trial.actions.saving.writing import checked_reason, checked_text
from trial.audit.acting import acting
from trial.models import Kept, Membership, Query
from trial.protocol.typed.characters import unfit
from trial.refusals import Code, Refused, problems_of

UNFIT = ["\x00", "\x01", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"]
FIT = ["\t", "\n", "电话", "µ ≥ 5", "😀", "\u200b", "e\u0301", "\x7f", "\ufffd"]
SENT = "a\x01b"
SENTENCE = "U+0001"


@pytest.mark.parametrize("character", UNFIT)
def test_a_character_that_no_document_carries_is_named(character):
    assert unfit(f"ab{character}c") == f"U+{ord(character):04X}"


@pytest.mark.parametrize("text", FIT)
def test_every_other_character_is_fit(text):
    assert unfit(text) == ""


@pytest.mark.parametrize("model", KEPT, ids=lambda model: model._meta.label_lower)
def test_no_text_of_any_row_takes_it(model):
    """Every form, row, visit, site, range, version and parameter; by page, API or import."""
    assert issubclass(model, Kept) or model is Membership, "Another table of texts: let its rows refuse them."
    for field in model._meta.concrete_fields:
        if issubclass(model, Kept) and isinstance(field, models.CharField | models.TextField):
            row = model(**{field.name: SENT})
            others = {other.name for other in model._meta.concrete_fields if other is not field}
            with pytest.raises(ValidationError) as error:
                row.clean_fields(exclude=others)
            assert Code.CHARACTER_IN_TEXT in [problem.code for problem in problems_of(error.value)], field


@pytest.mark.parametrize("take", [checked_text, checked_reason], ids=["words", "reason"])
def test_no_words_of_an_act_take_it(take):
    with pytest.raises(Refused) as refusal:
        take("OTHER: seen\ufffe again")
    assert refusal.value.code == Code.CHARACTER_IN_TEXT


def test_the_page_of_a_form_names_it_at_its_item(browser, subject):
    visit = subject.visits.get(code="SCR")
    page = browser.get("/admin/crf/laboratorypanel/add/", {"visit": visit.pk})
    answer = browser.post("/admin/crf/laboratorypanel/add/", filled_in(page, specimen=SENT) | {"_draft": "on"})
    assert SENTENCE in answer.context["adminform"].form.errors["specimen"][0]
    assert not LaboratoryPanel.objects.exists()


def test_the_api_names_it_at_its_item(data_manager, visit):
    answer = caller(data_manager).post("forms/laboratorypanel/", {"visit": visit.pk, "complete": False, "items": {"specimen": SENT}})
    assert (answer.status_code, answer.json()["code"]) == (422, "character_in_text")
    assert answer.json()["problems"][0]["item"] == "specimen"


def test_a_query_does_not_take_it(client, data_manager, monitor, subject, commit):
    with acting(by=data_manager):
        signs = complete(VitalSigns, subject)
    commit()
    sent = {"form": "crf.vitalsigns", "record": signs.pk, "text": SENT}
    answer = caller(monitor).post("queries/", sent)
    assert (answer.status_code, answer.json()["code"]) == (422, "character_in_text")
    client.force_login(monitor)
    page = client.post(f"/review/crf.vitalsigns/{signs.pk}/", {"act": "raise", "text": SENT}, follow=True)
    assert SENTENCE in page.content.decode()
    assert not Query.objects.exists()


def test_a_person_is_not_named_with_it(client, administrator, data_manager):
    log_in_with_code(client, administrator)
    url = f"/admin/auth/user/{data_manager.pk}/change/"
    answer = client.post(url, as_shown(client.get(url)) | {"last_name": SENT})
    assert SENTENCE in str(answer.context["adminform"].form.errors["last_name"])
    data_manager.refresh_from_db()
    assert data_manager.last_name != SENT


@pytest.mark.parametrize("way", ["/history/?item=%01", "/admin/trial/visit/?q=%EF%BF%BE", "/api/v1/visits/?subject=%01", "/subjects/%01/"])
def test_an_address_with_it_answers_400(client, data_manager, subject, way):
    client.force_login(data_manager)
    answer = client.get(way) if "/api/" not in way else caller(data_manager).get(way.removeprefix("/api/v1/"))
    assert answer.status_code == 400
