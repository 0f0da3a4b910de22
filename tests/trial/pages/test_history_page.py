"""The history on its page: items by their labels, how many entries there are of all, and the pages that lead on."""

from itertools import count

import pytest
from crf.models import Demographics, VitalSigns
from tests.conftest import SCREENED
from trial.models import Ledger
from trial.output.item_names import names_of_item

from trial.actions import entry
from trial.pages import history


@pytest.fixture
def signs(visit, data_manager, commit):
    values = {"measured_on": SCREENED, "height_cm": 172, "missing": {"weight_kg": "ND"}}
    record = entry.enter(VitalSigns, visit=visit, by=data_manager, values=values, complete=False)
    record = entry.change(
        record, by=data_manager, version=record.version, values={"weight_kg": 71, "missing": {}}, reason="TRANSCRIPTION", complete=False
    )
    commit()
    return record


@pytest.mark.parametrize("text", ["Weight", "weight", " WEIGHT ", "weight_kg"])
def test_is_asked_for_an_item_by_its_label_or_its_name(text, signs, data_manager, client):
    client.force_login(data_manager)
    answer = client.get("/history/", {"item": text})
    changes = answer.context["changes"]
    assert {(line["label"], line["new_text"]) for line in changes if line["form"] == "vitalsigns"} == {("Weight", "71.0")}


def test_a_label_names_each_item_that_bears_it():
    assert {"weight_kg", "Weight"} <= names_of_item("Weight")
    assert names_of_item("no such item") == {"no such item"}


def test_names_items_by_their_labels_also_among_reasons_for_missing_values(signs, data_manager, client):
    client.force_login(data_manager)
    for address in ("/history/", f"/admin/crf/vitalsigns/{signs.pk}/history/"):
        table = client.get(address).content.decode().partition("<tbody>")[2]
        assert "weight_kg" not in table
        assert "Weight: Not done" in table


def test_offers_the_labels_of_items(signs, data_manager, sponsor, client):
    client.force_login(data_manager)
    text = client.get("/history/").content.decode()
    assert '<option value="Weight">' in text
    assert all(f'<option value="{Demographics.label_of(item)}">' in text for item in Demographics.identifying)
    assert client.get("/history/", {"form": "consent"}).context["labels"] != []
    assert "Weight" not in client.get("/history/", {"form": "consent"}).context["labels"]
    client.force_login(sponsor)
    offered = client.get("/history/").context["labels"]
    assert "Weight" in offered
    assert not {Demographics.label_of(item) for item in Demographics.identifying} & set(offered)


def test_says_how_many_there_are_and_leads_on(signs, data_manager, client, monkeypatch):
    monkeypatch.setattr(history, "ON_A_PAGE", 2)
    client.force_login(data_manager)
    total, seen = None, []
    for number in count(1):
        answer = client.get("/history/", {"subject": "01-001", "page": number})
        shown, text = answer.context["shown"], answer.content.decode()
        total = shown.paginator.count
        assert f"Entries {shown.start_index()} to {shown.end_index()} of {total}" in text
        assert f"{len(answer.context['changes'])} lines" in text
        seen += [one.seq for one in shown.object_list]
        assert (f"?subject=01-001&amp;page={number + 1}" in text) == shown.has_next()
        if not shown.has_next():
            break
    assert len(seen) == total == len(set(seen))
    assert seen == sorted(seen, reverse=True)
    assert set(Ledger.objects.filter(form="crf.vitalsigns").values_list("seq", flat=True)) <= set(seen)


@pytest.mark.parametrize("page", ["0", "-1", "999", "x", "", "1.5"])
def test_a_page_that_is_none_shows_one_that_is(page, signs, data_manager, client):
    client.force_login(data_manager)
    assert client.get("/history/", {"page": page}).status_code == 200
