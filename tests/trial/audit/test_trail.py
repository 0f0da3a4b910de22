"""Acts beside the changes: who signed, asked, verified, froze and locked stands in the trail, on page, CSV, PDF and API (R07, R09, S02)."""

from html import unescape

import pytest
from crf.actions import allocation_outside
from crf.models import AllocationOutside, Demographics, LaboratoryResult, VitalSigns
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localtime
from tests import closing
from tests.api.conftest import as_data_manager, as_sponsor, caller, everything  # noqa: F401  (fixtures, found by their names)
from tests.trial.output.test_history_export import ABROAD, exported, rows_of
from tests.trial.output.test_history_pdf import blankless, table_of, taken
from trial.audit.ledger_triggers import inserted_forms
from trial.models import (
    AccountAct,
    Freeze,
    Ledger,
    Query,
    QueryAct,
    Redaction,
    RedactionRequest,
    Signature,
    StudyLock,
    SystemEvent,
    Verification,
)
from trial.output.history_pdf import cells
from trial.output.trail import acts
from trial.states import LockState, QueryState

from trial.actions import enrolment, queries, redaction

ABOUT = "Is 1957-04 in the source?"
ERASE = "A name was typed into the item by mistake"
KINDS = ("signature", "query", "verification", "freeze", "lock", "allocation outside", "redaction")


@pytest.fixture
def acted(everything, data_manager, monitor, investigator, commit):  # noqa: F811
    """One act of each kind, on what was entered."""
    signs, person = VitalSigns.objects.get(), Demographics.objects.get()
    asked = queries.raise_query(signs, by=monitor, text="Is the pulse right?", item="pulse")
    queries.act_on(asked, QueryState.ANSWERED, by=data_manager, text="It is, =1+1")
    queries.raise_query(person, by=monitor, text=ABOUT, item="birth_month")
    queries.verify(signs, by=monitor, versions_sha256=signs.versions_sha256())
    redaction.decide(redaction.ask(signs, item="systolic", by=data_manager, justification=ERASE), by=investigator)
    redaction.ask(LaboratoryResult.objects.first(), item="history_change_reason", by=data_manager, justification=ERASE)
    closing.freeze(enrolment.unscheduled_visit(subject=everything, by=data_manager), data_manager, investigator, reason="Cleaned")
    StudyLock.objects.create(state=LockState.LOCK_PROPOSED, by=data_manager, reason="All is entered")
    AllocationOutside.objects.create(
        subject=everything, state="ENTERED", by=investigator, allocated_on="2025-03-03", arm="SYS", sysclass="NO_ICI", metpat="NODE_ONLY",
        source="Fax 7", reason="The site was offline",
    )  # fmt: skip
    commit()
    return everything


def acts_of(rows):
    return [(row["act"], row["form"], row["item"], row["new"], row["reason"]) for row in rows if row["act"] != "change"]


WANTED = [
    ("signature", "visit", "", "visit", ""),
    ("query", "vitalsigns", "pulse", "OPEN", "Is the pulse right?"),
    ("query", "vitalsigns", "pulse", "ANSWERED", "It is, =1+1"),
    ("query", "demographics", "birth_month", "OPEN", ABOUT),
    ("verification", "vitalsigns", "", "VERIFIED", ""),
    ("redaction", "vitalsigns", "systolic", "REQUESTED", ERASE),
    ("redaction", "vitalsigns", "systolic", "ERASED", ""),
    ("redaction", "laboratorypanel", "history_change_reason", "REQUESTED", ERASE),
    ("signature", "visit", "", "visit", ""),
    ("freeze", "visit", "", "FROZEN", "Cleaned"),
    ("lock", "", "", "LOCK_PROPOSED", "All is entered"),
    ("allocation outside", "subject", "", "ENTERED", "The site was offline (source: Fax 7)"),
]


@pytest.mark.proves("R07", "R09")
def test_each_act_is_one_line_of_it(acted, as_data_manager):  # noqa: F811
    assert acts_of(rows_of(exported(as_data_manager, kind="acts"))) == WANTED
    assert acts_of(as_data_manager.results("history/", kind="acts", page_size=1000)) == WANTED
    assert [row for row in rows_of(exported(as_data_manager, kind="all")) if row["act"] == "change"] == rows_of(exported(as_data_manager))


@pytest.mark.proves("R07", "R09")
def test_each_line_is_an_entry_of_the_ledger(acted, as_data_manager):  # noqa: F811
    """By number, person and moment; and no entry of an act is left out."""
    lines = as_data_manager.results("history/", kind="acts", page_size=1000)
    entries = {entry.seq: entry for entry in Ledger.objects.filter(form__in=list(acts())).select_related("by")}
    assert {line["seq"] for line in lines} == set(entries)
    assert len(lines) == len(entries) == len(WANTED)
    for line in lines:
        entry = entries[line["seq"]]
        assert (line["by"], line["name"], line["row"]) == (entry.by.username, entry.by.get_full_name(), entry.row)
    both = [one["seq"] for one in as_data_manager.results("history/", kind="all", page_size=1000)]
    assert both == sorted(both)
    assert {*entries} < {*both}


@pytest.mark.proves("S01", "S02")
def test_a_signature_has_name_time_and_meaning_in_csv_pdf_api_and_page(acted, as_data_manager, client, data_manager):  # noqa: F811
    signed = Signature.objects.get(visit__code="SCR")
    told = f"Signed by {signed.printed_name}, {localtime(signed.signed_at):%Y-%m-%d %H:%M:%S %z}: {signed.get_meaning_display()}"
    row = next(one for one in rows_of(exported(as_data_manager, kind="acts")) if one["act"] == "signature")
    line = next(one for one in as_data_manager.results("history/", kind="acts") if one["act"] == "signature")
    assert row["new_text"] == line["new_text"] == told
    assert any(one[8] == "".join(f"{told} (visit)".split()) for one in table_of(taken(as_data_manager, kind="acts")))
    client.force_login(data_manager)
    assert told in unescape(client.get("/history/", {"kind": "acts"}).content.decode())
    assert told not in unescape(client.get("/history/").content.decode())


@pytest.mark.proves("R09", "S02")
def test_paper_says_the_same_as_the_api(acted, as_data_manager):  # noqa: F811
    lines = rows_of(exported(as_data_manager, kind="all"))
    paper = table_of(taken(as_data_manager, kind="all"))
    assert len(paper) == len(lines)
    of_paper = [one for one in paper if any(one[5].startswith("".join(f"{kind.capitalize()}:".split())) for kind in KINDS)]
    assert [(row[0], row[3], row[6].partition("(")[2].rstrip(")"), row[8].rpartition("(")[2].rstrip(")")) for row in of_paper] == [
        (line["seq"], "".join((line["reason"] or "–").split()), line["item"], line["new"]) for line in lines if line["act"] != "change"
    ]


@pytest.mark.proves("R09")
@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({"form": "vitalsigns"}, [*WANTED[1:3], *WANTED[4:7]]),
        ({"form": "visit"}, [WANTED[0], *WANTED[8:10]]),
        ({"form": "subject"}, [WANTED[11]]),
        ({"form": "consent"}, []),
        ({"item": "pulse"}, [WANTED[1], WANTED[2]]),
        ({"item": "state"}, []),
        ({"by": "ida"}, [WANTED[0], WANTED[6], WANTED[8], WANTED[11]]),
        ({"site": "02"}, []),
        ({"subject": "01-001"}, [one for one in WANTED if one[0] != "lock"]),
        ({"until": "2020-01-01T00:00:00Z"}, []),
    ],
)
def test_is_filtered(acted, as_data_manager, query, kept):  # noqa: F811
    assert acts_of(as_data_manager.results("history/", kind="acts", page_size=1000, **query)) == kept


@pytest.mark.proves("R09")
def test_the_acts_about_one_record(acted, as_data_manager):  # noqa: F811
    signs = VitalSigns.objects.get()
    there = as_data_manager.results("history/", kind="all", form="vitalsigns", record=signs.pk, page_size=1000)
    assert acts_of(there) == [*WANTED[1:3], *WANTED[4:7]]
    assert {one["item"] for one in there if one["act"] == "change"} >= {"pulse", "weight_kg"}
    assert as_data_manager.results("history/", kind="all", form="vitalsigns", record=signs.pk + 1000) == []


@pytest.mark.proves("R09", "C02")
def test_the_sponsor_reads_no_words_about_a_form_with_items_that_are_kept_back(acted, as_sponsor, client, sponsor):  # noqa: F811
    lines = as_sponsor.results("history/", kind="acts", page_size=1000)
    assert acts_of(lines) == [(*one[:4], "[kept back]") if one[4] == ABOUT else one for one in WANTED]
    client.force_login(sponsor)
    page = client.get("/history/", {"kind": "all", "form": "demographics"}).content
    assert b"kept back" in page
    for told in (page, exported(as_sponsor, ABROAD, kind="all").content, str(lines).encode()):
        assert b"1957-0" not in told
    assert not any("1957-0" in cell for row in table_of(taken(as_sponsor, ABROAD, kind="acts")) for cell in row)


@pytest.mark.proves("C02")
def test_nor_does_the_sponsor_read_them_in_the_list_of_queries(acted, as_sponsor, as_data_manager):  # noqa: F811
    for person, words in ((as_sponsor, "[kept back]"), (as_data_manager, ABOUT)):
        found = {one["form"]: [message["text"] for message in one["messages"]] for one in person.results("queries/")}
        assert found == {"crf.vitalsigns": ["Is the pulse right?", "It is, =1+1"], "crf.demographics": [words]}


@pytest.mark.proves("R09", "A02")
def test_the_stranger_sees_only_what_belongs_to_the_study(acted, stranger, administrator, client):
    assert acts_of(caller(stranger).results("history/", kind="all")) == [WANTED[10]]
    assert caller(administrator).results("history/", kind="all") == []
    client.force_login(stranger)
    assert b"01-001" not in client.get("/history/", {"kind": "all"}).content


def test_another_kind_is_refused(acted, as_data_manager, client, data_manager):  # noqa: F811
    assert as_data_manager.get("history/", kind="everything").status_code == 400
    assert exported(as_data_manager, kind="everything").status_code == 400
    client.force_login(data_manager)
    assert client.get("/history/", {"kind": "everything"}).status_code == 422


def test_acts_are_told_or_known_to_be_of_accounts():
    """Whoever adds an act to the ledger decides whether the trail tells it."""
    models = {Signature, QueryAct, Verification, Freeze, StudyLock, AllocationOutside, Redaction, RedactionRequest}
    assert models <= set(acts().values())
    untold = {model._meta.label_lower for model in (SystemEvent, AccountAct, Query)}  # a query is told by its acts
    assert set(inserted_forms()) - set(acts()) == untold


def test_asks_as_few_questions_for_many_acts_as_for_two(acted, monitor, as_data_manager, commit):  # noqa: F811
    def asked():
        with CaptureQueriesContext(connection) as seen:
            found = as_data_manager.results("history/", kind="acts", page_size=1000)
        return len(seen), len(found)

    before = asked()
    person = Demographics.objects.get()
    for number in range(5):
        queries.raise_query(person, by=monitor, text=f"And this, {number}?", item="sex")
    commit()
    after = asked()
    assert after[1] == before[1] + 5
    assert after[0] == before[0]


def test_an_entered_allocation_reads_in_words(acted, as_data_manager):  # noqa: F811
    (line,) = as_data_manager.results("history/", kind="acts", form="subject")
    entered = allocation_outside.AllocationOutside.objects.get()
    assert line["new_text"].startswith("Entered: ")
    assert entered.get_arm_display() in line["new_text"]
    assert blankless(cells(line | {"at": entered.at}))[5].startswith("Allocationoutside:subject")
