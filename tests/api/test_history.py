"""The history of every item: who, when, what from what to what, and why; in the order of commits, nothing missed, nothing twice."""

import threading
from decimal import Decimal

import pytest
from django.db import connection, transaction
from tests.conftest import SCREENED
from trial.models import Ledger, Site, Subject

from trial.actions import enrolment, entry


@pytest.fixture
def changed(signs, data_manager, investigator, commit):
    """Two changes: the second corrects the first."""
    commit()
    entry.change(signs, by=data_manager, version=1, values={"weight_kg": Decimal("71.5"), "pulse": 72}, reason="TRANSCRIPTION: slip")
    commit()
    entry.change(signs, by=investigator, version=2, values={"weight_kg": Decimal("71.0"), "ecog": "0"}, reason="SOURCE_UPDATED")
    commit()
    return signs


def test_each_changed_item_is_told(changed, as_sponsor):
    told = as_sponsor.results("history/", form="vitalsigns", item="weight_kg")
    assert [(one["old"], one["new"], one["reason"], one["by"]) for one in told] == [
        (None, "70.0", "", "dan"),
        ("70.0", "71.5", "TRANSCRIPTION: slip", "dan"),
        ("71.5", "71.0", "SOURCE_UPDATED", "ida"),
    ]
    last = told[-1]
    assert (last["label"], last["name"], last["site"], last["subject"], last["visit"]) == ("Weight", "Ida Li", "01", "01-001", "SCR")
    assert (last["form"], last["record"], last["group"], last["row"]) == ("vitalsigns", changed.pk, None, changed.pk)
    assert last["at"].endswith("Z") or "+" in last["at"]


def test_codes_are_told_with_their_names(changed, visit, data_manager, as_sponsor, commit):
    entry.change_visit(visit, by=data_manager, version=visit.version, values={"held_on": SCREENED, "status": "DONE", "mode": "PHONE"})
    commit()
    (told,) = as_sponsor.results("history/", form="visit", item="mode")
    assert (told["new"], told["new_text"], told["old_text"]) == ("PHONE", "By telephone", "")


def test_a_record_has_its_own_history_with_that_of_its_rows(visit, data_manager, as_data_manager, signs, commit):
    sent = {
        "visit": visit.pk, "complete": False, "items": {"performed": "Y", "sampled_on": "2025-01-08", "laboratory": "PUFH-1"},
        "rows": {"results": [{"test": "CREAT", "result": "97", "unit": "umol/L"}]},
    }  # fmt: skip
    made = as_data_manager.post("forms/laboratorypanel/", sent).json()
    row = made["rows"]["results"][0]
    change = {"id": row["id"], "version": 1, "result": "1.1", "unit": "mg/dL"}
    as_data_manager.patch(f"forms/laboratorypanel/{made['id']}/", {"version": 1, "reason": "UNIT_ERROR", "rows": {"results": [change]}})
    commit()
    told = as_data_manager.results(f"forms/laboratorypanel/{made['id']}/history/")
    assert {one["form"] for one in told} == {"laboratorypanel"}
    assert {one["group"] for one in told} == {None, "results"}
    assert [(one["old"], one["new"]) for one in told if one["item"] == "result"] == [(None, "97"), ("97", "1.1")]
    assert told == [one for one in as_data_manager.results("history/", form="laboratorypanel") if one["record"] == made["id"]]
    assert not {"panel", "visit"} & {one["item"] for one in told}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"by": "ida"}, True),
        ({"by": "nobody"}, False),
        ({"subject": "01-001"}, True),
        ({"subject": "01-002"}, False),
        ({"since": "2999-01-01T00:00:00Z"}, False),
        ({"until": "2999-01-01T00:00:00Z"}, True),
        ({"item": "pulse"}, True),
        ({"item": "no_such_item"}, False),
        ({"site": "01", "visit_code": "SCR"}, True),
    ],
)
def test_is_filtered(changed, as_sponsor, query, found):
    assert bool(as_sponsor.results("history/", **query)) is found


def walked(person, path, **query):
    """Every result, page by page, by the links."""
    answer = person.get(path, **query).json()
    yield from answer["results"]
    while answer["next"]:
        answer = person.generic("GET", answer["next"].removeprefix("http://testserver")).json()
        yield from answer["results"]


@pytest.mark.proves("D02")
@pytest.mark.parametrize("page_size", [1, 2, 3, 1000])
def test_pages_together_tell_everything_once(everything, as_data_manager, page_size):
    told = [(one["seq"], one["item"], one["row"]) for one in walked(as_data_manager, "history/", page_size=page_size)]
    assert told == [(one["seq"], one["item"], one["row"]) for one in as_data_manager.results("history/", page_size=1000)]
    assert len(told) == len(set(told))
    assert {seq for seq, _, _ in told} == set(Ledger.objects.changes().exclude(subject=None).values_list("seq", flat=True))


def test_goes_on_another_day_from_the_last_number(changed, data_manager, as_sponsor, commit):
    last = as_sponsor.get("history/").json()["last"]
    assert as_sponsor.get("history/", after=last).json() == {"next": None, "last": last, "results": []}
    entry.change(changed, by=data_manager, version=3, values={"pulse": 80}, reason="ENTRY_ERROR")
    commit()
    assert [one["item"] for one in as_sponsor.results("history/", after=last)] == ["pulse"]


@pytest.mark.proves("D02")
def test_a_reader_beside_eight_writers_misses_nothing_and_reads_nothing_twice(transactional_db, site, data_manager, as_sponsor):
    """regulation.md D02: paging under concurrent writes."""

    def write():
        for _ in range(5):
            enrolment.enrol(site=Site.objects.get(pk=site.pk), by=data_manager, screened_on=SCREENED)
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    told, after = [], 0
    while any(writer.is_alive() for writer in writers):
        answer = as_sponsor.get("history/", after=after, page_size=7).json()
        told, after = told + answer["results"], answer["last"]
    told += walked(as_sponsor, "history/", after=after)
    codes = [one["new"] for one in told if one["item"] == "code" and one["form"] == "subject"]
    assert len(codes) == 40 == len(set(codes))
    assert [one["seq"] for one in told] == sorted(one["seq"] for one in told)
    assert {one["seq"] for one in told} == set(Ledger.objects.changes().exclude(subject=None).values_list("seq", flat=True))


@pytest.mark.proves("D02")
def test_a_transaction_held_open_while_the_sponsor_reads_arrives_by_number(transactional_db, site, data_manager, as_sponsor):
    """It has the lower key and the later number: what asks by key would miss it for ever (design decision 12)."""
    begun, ends = threading.Event(), threading.Event()

    def hold_open():
        with transaction.atomic():
            enrolment.enrol(site=Site.objects.get(pk=site.pk), by=data_manager, screened_on=SCREENED)
            begun.set()
            ends.wait(20)
        connection.close()

    other = Site.objects.get(pk=site.pk)
    first = enrolment.enrol(site=other, by=data_manager, screened_on=SCREENED)
    visits = first.visits.count()
    pulled = as_sponsor.get("history/", page_size=1000).json()
    held = threading.Thread(target=hold_open)
    held.start()
    begun.wait(20)
    meanwhile = enrolment.unscheduled_visit(subject=first, by=data_manager)
    next_pull = as_sponsor.get("history/", after=pulled["last"], page_size=1000).json()
    assert {line["row"] for line in next_pull["results"] if line["form"] == "visit"} == {meanwhile.pk}
    ends.set()
    held.join()

    late = Subject.objects.exclude(pk=first.pk).get()
    assert min(late.visits.values_list("pk", flat=True)) < meanwhile.pk  # by key, it would lie before what was read
    last_pull = as_sponsor.get("history/", after=next_pull["last"], page_size=1000).json()
    rows = {line["row"] for line in last_pull["results"] if line["form"] == "visit"}
    assert rows == set(late.visits.values_list("pk", flat=True))
    told = [(line["seq"], line["row"], line["item"]) for pull in (pulled, next_pull, last_pull) for line in pull["results"]]
    assert len(told) == len(set(told))
    assert {seq for seq, _row, _item in told} == set(Ledger.objects.changes().exclude(subject=None).values_list("seq", flat=True))
    assert as_sponsor.get("history/", after=last_pull["last"]).json()["results"] == []
    assert len(as_sponsor.results("visits/", page_size=1000)) == visits + 1 + late.visits.count()
