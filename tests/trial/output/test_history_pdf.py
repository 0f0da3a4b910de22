"""The history on paper: every changed item once, each cell as it stands in the database, within a time that people wait (R09, S02, C03)."""

import hashlib
from datetime import UTC, datetime
from io import BytesIO

import pytest
from crf.models import VitalSigns
from pypdf import PdfReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from tests.api.conftest import as_data_manager, as_sponsor, caller, everything  # noqa: F401  (fixtures, found by their names)
from tests.trial.output.test_history_export import ABROAD, exported, rows_of
from trial.models import Ledger, SystemEvent
from trial.output.history_lines import changes_in
from trial.output.history_pdf import COLUMNS, cells, pdf_of
from trial.output.paper import font_of, wrapped
from trial.refusals import Refused

from trial.actions import entry
from trial.output import history_file, history_pdf

PDF = {"format": "pdf"}


def fragments(pdf):
    """What stands on the pages: (page, x, y, text), as it is drawn."""
    found = []
    for number, page in enumerate(PdfReader(BytesIO(pdf)).pages):

        def seen(text, cm, tm, font, size, number=number):
            if text.strip():
                x, y = (tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5])
                found.append((number, round(x), round(y, 1), text.strip("\n")))

        page.extract_text(visitor_text=seen)
    return found


def table_of(pdf):
    """The rows of the table, each a cell per column; blanks are left out, as lines break at them. Needs a number in the first column."""
    starts = [history_pdf.MARGIN + sum(list(COLUMNS.values())[:at]) for at in range(len(COLUMNS))]
    rows, everywhere = [], fragments(pdf)
    for page in sorted({one[0] for one in everywhere}):
        drawn = [one for one in everywhere if one[0] == page]
        head = next((y for _, _, y, text in drawn if text.strip() == "No."), 0)
        inside = [(x, y, text) for _, x, y, text in drawn if 25 < y < head - 1]
        tops = sorted((y for x, y, text in inside if x < starts[1] and text.strip().isdecimal()), reverse=True)
        for top, below in zip(tops, [*tops, 0][1:], strict=True):
            row = ["" for _ in COLUMNS]
            for x, y, text in sorted(inside, key=lambda one: -one[1]):
                if below + 1 < y < top + 1:
                    row[max(at for at, start in enumerate(starts) if x >= start)] += "".join(text.split())
            rows.append(row)
    return rows


def blankless(row):
    return ["".join(cell.split()) for cell in row]


def taken(person, sent=None, **query):
    answer = exported(person, PDF | (sent or {}), **query)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/pdf"
    return answer.content


@pytest.mark.proves("R09", "D01")
def test_every_cell_is_that_of_the_database(everything, as_data_manager, data_manager):  # noqa: F811
    for query in ({}, {"form": "vitalsigns"}, {"item": "weight_kg"}, {"by": "ida"}):
        pdf = taken(as_data_manager, **query)
        found, listed = table_of(pdf), rows_of(exported(as_data_manager, **query))
        seqs = {int(row["seq"]) for row in listed}
        changes = changes_in(Ledger.objects.filter(pk__in=seqs).order_by("pk"), by=data_manager, item=query.get("item", ""))
        assert len(found) == len(listed)
        assert found == [blankless(cells(one)) for one in changes]
        assert f"Lines: {len(listed)}" in PdfReader(BytesIO(pdf)).pages[0].extract_text()


@pytest.mark.proves("R09")
def test_codes_stand_with_their_labels_and_who_with_their_name(everything, as_data_manager, data_manager):  # noqa: F811
    (row,) = [row for row in table_of(taken(as_data_manager, form="visit", item="mode")) if row[8] != "–"]
    stored = Ledger.objects.filter(items__has_key="mode").exclude(items__mode__1=None).get()
    person = f"{data_manager.get_full_name()}({data_manager.username})".replace(" ", "")
    assert (row[0], row[2], row[8]) == (str(stored.seq), person, "Onsite(ON_SITE)")
    assert datetime.strptime(row[1], "%Y-%m-%d%H:%M:%S%z").astimezone(UTC) == stored.at.replace(microsecond=0)


@pytest.mark.proves("R09")
def test_chinese_and_long_words_stay_whole(everything, data_manager, as_data_manager, commit):  # noqa: F811
    signs = VitalSigns.objects.get()
    reason = "OTHER: " + "两次测量之间病人休息了十分钟，" * 26 + "x" * 90
    entry.change(signs, by=data_manager, version=signs.version, values={"pulse": 81}, reason=reason)
    commit()
    (row,) = [one for one in table_of(taken(as_data_manager, item="pulse")) if one[7] != "–"]
    assert (row[3], row[8]) == ("".join(reason.split()), "81")


def test_what_is_taller_than_a_page_goes_on_in_the_next(everything, as_data_manager, data_manager):  # noqa: F811
    (change,) = list(changes_in(Ledger.objects.filter(form="crf.vitalsigns"), by=data_manager, item="pulse"))
    long = "".join(f"{number:05}" for number in range(600))
    pdf = pdf_of([change | {"reason": long}], heading={})
    drawn = "".join(
        text.strip() for _, x, y, text in sorted(fragments(pdf), key=lambda one: (one[0], -one[2])) if 200 <= x < 220 and y > 25
    )
    drawn = drawn.replace("Why", "")  # the head of the column, on each page
    assert len(PdfReader(BytesIO(pdf)).pages) > 1
    assert long in drawn


@pytest.mark.proves("R07", "R09", "C03")
def test_each_export_is_an_event_in_the_ledger(everything, as_sponsor, sponsor, commit):  # noqa: F811
    pdf = taken(as_sponsor, ABROAD, form="vitalsigns")
    event = SystemEvent.objects.get(kind="export")
    commit()
    told = {name: value for name, (_, value) in event.detail.items()}
    assert told == {
        "what": "history as PDF", "rows": len(table_of(pdf)), "filters": {"form": "vitalsigns"}, "sha256": hashlib.sha256(pdf).hexdigest(),
    } | ABROAD  # fmt: skip
    assert Ledger.objects.get(form="trial.systemevent", row=event.pk).by == sponsor
    head = PdfReader(BytesIO(pdf)).pages[0].extract_text()
    assert all(said in head for said in ABROAD.values())
    assert "form = vitalsigns" in head


@pytest.mark.proves("C03")
@pytest.mark.parametrize("left_out", [*ABROAD, None])
def test_the_sponsor_says_where_it_goes(everything, as_sponsor, left_out):  # noqa: F811
    sent = {name: value for name, value in ABROAD.items() if name != left_out} if left_out else {}
    assert exported(as_sponsor, PDF | sent).status_code == 422
    assert not SystemEvent.objects.filter(kind="export").exists()


@pytest.mark.proves("R09", "C02")
def test_the_sponsor_takes_no_birth_month_along(everything, as_sponsor, as_data_manager):  # noqa: F811
    theirs, all_of_it = (
        {cell for row in table_of(pdf) for cell in row}
        for pdf in (taken(as_sponsor, ABROAD, form="demographics"), taken(as_data_manager, form="demographics"))
    )
    for told in ("birth_month", "1957-0"):
        assert any(told in cell for cell in all_of_it)
        assert not any(told in cell for cell in theirs)
    assert len(theirs) > 5


@pytest.mark.proves("R09")
def test_the_stranger_takes_nothing_along(everything, stranger):  # noqa: F811
    assert "Lines: 0" in PdfReader(BytesIO(taken(caller(stranger)))).pages[0].extract_text()


def test_another_format_is_refused(everything, as_data_manager):  # noqa: F811
    assert exported(as_data_manager, {"format": "xlsx"}).status_code == 400


@pytest.mark.proves("R09")
def test_page_gives_the_same_as_the_api(everything, client, data_manager, as_data_manager):  # noqa: F811
    client.force_login(data_manager)
    answer = client.post("/history/", {"form": "vitalsigns", "format": "pdf"})
    assert table_of(answer.content) == table_of(taken(as_data_manager, form="vitalsigns"))
    assert 'value="pdf"' in client.get("/history/").content.decode()


@pytest.mark.proves("R09")
def test_too_many_are_refused_in_a_sentence(everything, as_data_manager, client, data_manager, monkeypatch):  # noqa: F811
    there = len(rows_of(exported(as_data_manager)))
    for module in (history_file, history_pdf):
        monkeypatch.setattr(module, "MOST", there)
    assert len(table_of(taken(as_data_manager))) == there
    for module in (history_file, history_pdf):
        monkeypatch.setattr(module, "MOST", there - 1)
    noted = SystemEvent.objects.filter(kind="export").count()
    answer = exported(as_data_manager, PDF)
    client.force_login(data_manager)
    page = client.post("/history/", PDF)
    assert (answer.status_code, page.status_code) == (422, 422)
    for said in (answer.json()["detail"], page.content.decode()):
        assert "too many for one PDF. Narrow the selection by subject, form or days, or download the CSV." in said
    assert SystemEvent.objects.filter(kind="export").count() == noted
    with pytest.raises(Refused):
        pdf_of([{}] * there, heading={})


@pytest.mark.parametrize(
    ("said", "lines"),
    [("", 1), ("two words", 1), ("one\ntwo", 2), ("word " * 30, 6), ("x" * 100, 4), ("访视日期" * 10, 3)],
)
def test_no_line_is_wider_than_its_column(said, lines):
    found = wrapped(said, 100, 7)
    assert "".join("".join(found).split()) == "".join(said.split())
    assert all(stringWidth(line, font_of(said), 7) <= 100 for line in found)
    assert len(found) == lines
