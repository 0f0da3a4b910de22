"""The pages of the study's setup: a change says why, and of two who change the same the second chooses."""

import pytest
from django.contrib import admin
from django.test import Client
from tests.conftest import BEGAN, LABORATORY, log_in_with_code, member
from tests.pages import errors, filled_in
from trial.access import Role
from trial.admin.setup import SetupAdmin
from trial.audit.acting import acting
from trial.models import ConsentVersion, Ledger, ParameterDecision, ReferenceRange, Site, SiteStatus

WHY = {"reason": "TRANSCRIPTION", "reason_words": "as in the contract"}
CHANGES = {
    Site: ("name", "Hospital of another name"),
    SiteStatus: ("since", "2022-02-01"),
    ConsentVersion: ("language", "en"),
    ReferenceRange: ("high", "141"),
    ParameterDecision: ("basis", "Letter of 2025-02-21"),
}


@pytest.fixture
def rows(site, consent_version, administrator):
    with acting(by=administrator):
        ParameterDecision.objects.create(name="LIVER_MAX", value="4", effective_from=BEGAN, basis="Letter of 2025-02-20")
    return {model: model.objects.first() for model in CHANGES}


@pytest.fixture
def url(rows):
    return lambda model: f"/admin/trial/{model._meta.model_name}/{rows[model].pk}/change/"


def browser_of(person):
    client = Client()
    log_in_with_code(client, person)
    return client


@pytest.fixture
def browser(administrator):
    return browser_of(administrator)


def test_every_page_of_the_setup_is_among_these():
    assert set(CHANGES) == {model for model, page in admin.site._registry.items() if isinstance(page, SetupAdmin)}


@pytest.mark.proves("R08")
@pytest.mark.parametrize("model", CHANGES)
def test_a_change_says_why(browser, url, rows, model, commit):
    item, value = CHANGES[model]
    page = browser.get(url(model))
    refused = browser.post(url(model), filled_in(page, **{item: value}))
    assert "Say why" in errors(refused) + refused.content.decode()
    assert getattr(model.objects.get(pk=rows[model].pk), item) == getattr(rows[model], item)
    assert browser.post(url(model), filled_in(page, **{item: value}, **WHY)).status_code == 302
    commit()
    entry = Ledger.objects.get(form=model._meta.label_lower, row=rows[model].pk, act="~")
    assert (set(entry.items), entry.reason) == ({item}, "TRANSCRIPTION: as in the contract")


@pytest.mark.parametrize("model", CHANGES)
def test_of_two_who_change_it_the_second_sees_both_values_and_chooses(browser, url, rows, model):
    item, value = CHANGES[model]
    page = browser.get(url(model))
    other = browser_of(member("abe", Role.ADMINISTRATOR))
    assert other.post(url(model), filled_in(other.get(url(model)), **{item: value}, **WHY)).status_code == 302
    stored = model.objects.get(pk=rows[model].pk)
    elsewhere = next(name for name in page.context["adminform"].form.fields if name not in (item, "seen", "reason", "reason_words"))
    stale = browser.post(url(model), filled_in(page, **WHY))
    (one,) = stale.context["adminform"].form.differences
    assert (one.item, elsewhere != item) == (item, True)
    assert model.objects.get(pk=stored.pk).version == stored.version
    sent = filled_in(stale, **WHY) | {"differs": [item], f"choice__{item}": "stored"}
    assert browser.post(url(model), sent).status_code == 302
    assert getattr(model.objects.get(pk=stored.pk), item) == getattr(stored, item)


def test_an_unchanged_page_stores_nothing(browser, url, rows):
    before = Site.objects.get().version
    assert browser.post(url(Site), filled_in(browser.get(url(Site)))).status_code == 302
    assert Site.objects.get().version == before


def test_who_only_reads_is_asked_for_nothing(url, rows, data_manager):
    client = Client()
    client.force_login(data_manager)
    page = client.get(url(ReferenceRange)).content.decode()
    assert LABORATORY in page
    assert 'name="reason"' not in page
    assert 'type="submit" value="Save"' not in page
