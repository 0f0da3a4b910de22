"""The history taken along as CSV: every item once, as it stands in the database, for those who may read it (R09, D01, C03)."""

import csv
import hashlib
import io
import re

import pytest
from crf.models import VitalSigns
from django.utils.dateparse import parse_datetime
from tests.api.conftest import as_data_manager, as_sponsor, caller, everything  # noqa: F401  (fixtures, found by their names)
from trial.models import Ledger, Record, SystemEvent, Visit
from trial.output.history_csv import COLUMNS, cell
from trial.output.history_lines import changes_in

from trial.actions import entry

ABROAD = {"recipient": "Sponsor's statistics", "country": "DE", "legal_basis": "HGR filing 2026-01, PIPL Art. 38"}
FORMULAS = ("=1+1", "@SUM(A1)", "+1+1", "-1-1", "\t=1", "\r=1", "＝1+1")


def rows_of(answer):
    assert answer.status_code == 200, answer.content
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def exported(person, sent=None, **query):
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return person.post(f"history/export/?{asked}", sent)


@pytest.mark.proves("R09", "D01")
def test_every_cell_is_that_of_the_database(everything, as_data_manager, data_manager):  # noqa: F811
    found = rows_of(exported(as_data_manager))
    wanted = list(changes_in(Ledger.objects.visible_to(data_manager).order_by("pk"), by=data_manager))
    assert [[row[column] for column in COLUMNS] for row in found] == [[cell(one[column]) for column in COLUMNS] for one in wanted]
    entered = Ledger.objects.changes().exclude(subject=None)
    assert {int(row["seq"]) for row in found} == set(entered.values_list("seq", flat=True))
    assert {row["form"] for row in found} == {"subject", "visit", *(form._meta.model_name for form in Record.forms())}
    assert [(row["item"], row["new"]) for row in found] == [
        (one["item"], cell(one["new"])) for one in as_data_manager.results("history/", page_size=1000)
    ]


@pytest.mark.proves("R09")
def test_codes_stand_with_their_labels(everything, as_data_manager):  # noqa: F811
    mode = next(row for row in rows_of(exported(as_data_manager, form="visit", item="mode")))
    assert (mode["label"], mode["new"], mode["new_text"]) == (str(Visit._meta.get_field("mode").verbose_name), "ON_SITE", "On site")


@pytest.mark.proves("R09")
@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({"subject": "01-001"}, lambda row: row["subject"] == "01-001"),
        ({"subject": "01-002"}, lambda row: False),
        ({"form": "vitalsigns"}, lambda row: row["form"] == "vitalsigns"),
        ({"form": "vitalsigns", "item": "weight_kg"}, lambda row: (row["form"], row["item"]) == ("vitalsigns", "weight_kg")),
        ({"by": "dan"}, lambda row: row["by"] == "dan"),
        ({"by": "ida"}, lambda row: row["by"] == "ida"),
        ({"until": "2020-01-01T00:00:00Z"}, lambda row: False),
        ({"since": "2020-01-01T00:00:00Z"}, lambda row: True),
    ],
)
def test_is_filtered(everything, as_data_manager, query, kept):  # noqa: F811
    everything_there = rows_of(exported(as_data_manager))
    assert rows_of(exported(as_data_manager, **query)) == [row for row in everything_there if kept(row)]


@pytest.mark.parametrize("query", ["form=nothing", "since=yesterday", "colour=red", "after=3"])
def test_a_filter_that_cannot_be_read_is_refused(everything, as_data_manager, query):  # noqa: F811
    assert as_data_manager.post(f"history/export/?{query}").status_code == 400
    assert not SystemEvent.objects.filter(kind="export").exists()


@pytest.mark.proves("R09")
@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text):
    assert cell(text) == f"'{text}"


@pytest.mark.proves("R09")
@pytest.mark.parametrize("text", ["cushion;=1+1", "14\t=1+1", "a,@SUM(1)", 'said "=1"', "two\n+1"])
def test_nor_where_a_reader_splits_otherwise(text):
    assert not re.search(r"[;,\t\n\"][=+@-]", cell(text))


@pytest.mark.parametrize("number", ["-2.50", "+3", "-1e-3", "1.10"])
def test_a_number_stays_a_number(number):
    assert cell(number) == number


@pytest.mark.proves("R09")
def test_a_formula_that_was_typed_is_text_in_the_file(everything, data_manager, as_data_manager, commit):  # noqa: F811
    signs = VitalSigns.objects.get()
    reason = 'OTHER: =HYPERLINK(1), “两次测量”, "quoted"\nnext line'
    entry.change(signs, by=data_manager, version=signs.version, values={"pulse": 81}, reason=reason)
    commit()
    (row,) = [one for one in rows_of(exported(as_data_manager, item="pulse")) if one["old"]]
    assert (row["old"], row["new"], row["reason"]) == (str(signs.pulse), "81", reason)


@pytest.mark.proves("R07", "R09", "C03")
def test_each_export_is_an_event_in_the_ledger(everything, as_sponsor, sponsor, commit):  # noqa: F811
    answer = exported(as_sponsor, ABROAD, form="vitalsigns")
    event = SystemEvent.objects.get(kind="export")
    commit()
    told = {name: value for name, (_, value) in event.detail.items()}
    assert told == {
        "what": "history as CSV", "rows": len(rows_of(answer)), "filters": {"form": "vitalsigns"},
        "sha256": hashlib.sha256(answer.content).hexdigest(),
    } | ABROAD  # fmt: skip
    entered = Ledger.objects.get(form="trial.systemevent", row=event.pk)
    assert (entered.by, entered.items["detail"][1]) == (sponsor, event.detail)


@pytest.mark.proves("C03")
@pytest.mark.parametrize("left_out", ["recipient", "country", "legal_basis", None])
def test_the_sponsor_says_where_it_goes(everything, as_sponsor, left_out):  # noqa: F811
    sent = {name: value for name, value in ABROAD.items() if name != left_out} if left_out else {}
    answer = exported(as_sponsor, sent)
    assert answer.status_code == 422
    assert {one["item"] for one in answer.json()["problems"]} == ({left_out} if left_out else set(ABROAD))
    assert not SystemEvent.objects.filter(kind="export").exists()


@pytest.mark.proves("C03")
@pytest.mark.parametrize("country", ["Germany", "de", "D1"])
def test_a_country_is_two_letters(everything, as_sponsor, country):  # noqa: F811
    assert exported(as_sponsor, ABROAD | {"country": country}).status_code == 422


@pytest.mark.proves("R09", "C02")
def test_the_sponsor_takes_no_birth_month_along(everything, as_sponsor, as_data_manager):  # noqa: F811
    theirs, all_of_it = exported(as_sponsor, ABROAD), exported(as_data_manager)
    assert b"1957-0" in all_of_it.content
    assert b"1957-0" not in theirs.content
    assert "birth_month" not in {row["item"] for row in rows_of(theirs)}


@pytest.mark.proves("R09")
def test_the_stranger_takes_nothing_along(everything, stranger):  # noqa: F811
    assert rows_of(exported(caller(stranger))) == []


@pytest.mark.proves("R09")
class TestPage:
    def test_shows_and_gives_the_same_as_the_api(self, everything, client, data_manager, as_data_manager):  # noqa: F811
        client.force_login(data_manager)
        shown = client.get("/history/", {"form": "vitalsigns"}).content.decode()
        assert "Systolic" in shown
        assert "Sex at birth" not in shown
        sent = {"form": "vitalsigns", "item": "weight_kg"}
        assert rows_of(client.post("/history/", sent)) == rows_of(exported(as_data_manager, **sent))

    def test_days_are_those_of_the_study(self, everything, client, data_manager):  # noqa: F811
        client.force_login(data_manager)
        day = parse_datetime(rows_of(client.post("/history/"))[0]["at"]).astimezone().date()
        assert rows_of(client.post("/history/", {"first_day": day, "last_day": day}))
        assert rows_of(client.post("/history/", {"last_day": "2020-01-01"})) == []
        assert client.post("/history/", {"last_day": "someday"}).status_code == 422

    def test_asks_the_sponsor_where_it_goes(self, everything, client, sponsor):  # noqa: F811
        client.force_login(sponsor)
        refused = client.post("/history/", {"recipient": "Statistics"})
        assert refused.status_code == 422
        assert "country" in refused.content.decode()
        given = client.post("/history/", ABROAD)
        assert b"1957-0" not in given.content
        assert b"1957-0" not in client.get("/history/").content

    def test_shows_the_stranger_nothing(self, everything, client, stranger):  # noqa: F811
        client.force_login(stranger)
        assert b"01-001" not in client.get("/history/").content
        assert rows_of(client.post("/history/")) == []
