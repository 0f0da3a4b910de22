"""Working through an outage: blank forms on paper, and the mark of what was entered from them (regulation.md D08; EMA 2023, 6.9)."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from crf.models import Demographics, LaboratoryPanel, Lesion, VitalSigns
from django.core.validators import MaxValueValidator
from django.db import IntegrityError, transaction
from django.utils import timezone
from pypdf import PdfReader
from tests.api.conftest import as_data_manager, as_sponsor, caller, everything, people, signs  # noqa: F401  (fixtures, found by their names)
from tests.conftest import PROOF
from tests.examples import complete
from tests.trial.output.test_history_export import exported, rows_of
from tests.trial.output.test_history_pdf import table_of, taken
from trial.audit.acting import acting
from trial.models import FromPaper, Ledger, Record, Row, Visit
from trial.output.blank_forms import blank_form, blank_visit
from trial.protocol.schedule import timetable
from trial.refusals import Conflict, NotAllowed, Refused

from trial.actions import papers, review

WHY = "No network at the site from 08:10 to 17:45"
YESTERDAY = timedelta(days=1, hours=2)


def text_of(pdf):
    """Without blanks: lines break anywhere."""
    said = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return "".join(said.replace("\u00a0", "").split())


def blankless(text):
    return "".join(str(text).replace("\u00a0", "").split())


def fields_of(form):
    for model in (form, *(form.groups() if issubclass(form, Record) else ())):
        yield from ((model, model._meta.get_field(item)) for item in model.item_names())


@pytest.mark.proves("D08")
@pytest.mark.parametrize("form", Record.forms(), ids=lambda form: form._meta.model_name)
def test_a_blank_form_asks_for_each_item_with_unit_limits_and_codes(form):
    said = text_of(blank_form(form))
    assert blankless(form.form_title()) in said
    assert form.definition_digest() in said
    for line in ("Site:_", "Subject:_", "Visit:_", "Filledinby(printedname):_", "Filledinon(day,time):_", "Whyonpaper:_"):
        assert line in said
    for model, field in fields_of(form):
        assert blankless(field.verbose_name) in said, (model, field.name)
        assert blankless(field.help_text) in said, (model, field.name)
        base = getattr(field, "base_field", field)
        for code, name in base.flatchoices:
            assert f"[]{blankless(name)}({blankless(code)})" in said or f"[]{blankless(code)}" in said, (field.name, code)
        for limit in (one.limit_value for one in field.validators if type(one) is MaxValueValidator):
            assert f"to{limit})" in said, (field.name, limit)


def test_a_blank_form_holds_nobody_s_data_and_is_the_same_each_time(everything):  # noqa: F811
    said = text_of(blank_form(VitalSigns))
    assert "01-001" not in said
    assert blank_form(VitalSigns) == blank_form(VitalSigns)


def test_a_repeating_group_has_empty_lines():
    said = text_of(blank_form(LaboratoryPanel))
    (group,) = LaboratoryPanel.groups()
    assert issubclass(group, Row)
    assert blankless(f"{group.form_title()}: one line for each") in said
    assert "123456789101112" in said.replace("[]", "")


@pytest.mark.proves("D08")
@pytest.mark.parametrize("code", [*(code for code in timetable.TYPES if code.isupper()), "C2D1", "C2D8", "TA1", "SFU1", "UNS1"])
def test_a_visit_has_all_of_its_forms(code):
    said, kind = text_of(blank_visit(code)), timetable.visit_type(code)
    for form in Record.forms():
        listed = form._meta.label_lower in (*kind.forms, *kind.offered)
        asked = f"{form._meta.model_name}·definition{form.definition_digest()}" in said
        assert asked == (listed and form.entered_by_hand), form
        assert not listed or blankless(form.form_title()) in said
    assert (blankless("How it was held") in said) == (code != timetable.COMMON)


def test_no_visit_no_paper():
    with pytest.raises(KeyError):
        blank_visit("C0D1")


@pytest.mark.proves("D08")
def test_page_gives_them(client, data_manager):
    client.force_login(data_manager)
    page = client.get("/paper/").content.decode()
    for query in ("form=vitalsigns", "visit=SCR", "visit=C2D1"):
        assert f"?{query}" in page
        answer = client.get(f"/paper/?{query}")
        assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")
    for query in ("form=randomization", "form=nothing", "visit=C0D1", "visit=../etc"):
        assert client.get(f"/paper/?{query}").status_code == 404


@pytest.fixture
def entered(signs, commit):  # noqa: F811
    """Vital signs, entered now; on paper since yesterday."""
    commit()
    return VitalSigns.objects.select_related("visit__subject__site").get(pk=signs.pk)


@pytest.fixture
def written_at(entered):
    return papers.first_entered_at(entered) - YESTERDAY


@pytest.mark.proves("D08", "R07")
def test_a_mark_says_when_it_was_on_paper_how_late_it_was_entered_and_why(entered, written_at, data_manager, as_data_manager, commit):  # noqa: F811
    (mark,) = papers.mark([entered], by=data_manager, written_at=written_at, reason=WHY)
    commit()
    assert mark.late == "1 d 2 h"
    assert Ledger.objects.get(form="trial.frompaper", row=mark.pk).by == data_manager
    (row,) = rows_of(exported(as_data_manager, kind="acts"))
    said = f"Filled in on paper on {timezone.localtime(written_at):%Y-%m-%d %H:%M %z}, entered 1 d 2 h later"
    assert (row["act"], row["form"], row["record"]) == ("entered from paper", "vitalsigns", str(entered.pk))
    assert (row["new"], row["new_text"], row["reason"]) == ("FROM_PAPER", said, WHY)
    (line,) = table_of(taken(as_data_manager, kind="acts"))
    assert (line[3], line[8]) == (blankless(WHY), blankless(f"{said} (FROM_PAPER)"))


@pytest.mark.proves("D08")
def test_the_record_s_history_says_it(entered, written_at, data_manager, client):
    papers.mark([entered], by=data_manager, written_at=written_at, reason=WHY)
    client.force_login(data_manager)
    page = client.get(f"/admin/crf/vitalsigns/{entered.pk}/history/").content.decode()
    assert "Entered from paper." in page
    assert "entered 1 d 2 h later" in page
    assert WHY in page


@pytest.mark.proves("D08")
@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"reason": " "}, "why the form was filled in on paper"),
        ({"reason": "call 13912345678"}, "mobile telephone number"),
        ({"written_at": None}, "Enter the day and the time"),
        ({"written_at": timezone.now() + timedelta(days=1)}, "lies in the future"),
    ],
)
def test_what_says_too_little_is_refused(entered, written_at, data_manager, told, said):
    with pytest.raises(Refused, match=said):
        papers.mark([entered], by=data_manager, **{"written_at": written_at, "reason": WHY} | told)
    assert not FromPaper.objects.exists()


@pytest.mark.proves("D08")
def test_paper_comes_before_its_entry(entered, data_manager, commit):
    at = papers.first_entered_at(entered)
    with pytest.raises(Refused, match="The paper must have been filled in before"):
        papers.mark([entered], by=data_manager, written_at=at + timedelta(microseconds=1), reason=WHY)
    (mark,) = papers.mark([entered], by=data_manager, written_at=at, reason=WHY)
    assert mark.late == "0 min"
    with pytest.raises(IntegrityError, match="paper_before_entry"), transaction.atomic():
        FromPaper.objects.create(
            visit=entered.visit,
            form="crf.vitalsigns",
            record=entered.pk,
            by=data_manager,
            written_at=at,
            entered_at=at - YESTERDAY,
            reason=WHY,
        )


def test_what_is_not_entered_is_not_marked(visit, data_manager):
    with pytest.raises(Conflict, match=r"Nothing of .* is entered yet"):
        papers.mark([visit], by=data_manager, written_at=timezone.now() - YESTERDAY, reason=WHY)


def test_the_last_mark_stands_and_the_same_is_not_made_twice(entered, written_at, data_manager):
    papers.mark([entered], by=data_manager, written_at=written_at, reason=WHY)
    with pytest.raises(Conflict, match="already marked"):
        papers.mark([entered], by=data_manager, written_at=written_at, reason=WHY)
    papers.mark([entered], by=data_manager, written_at=written_at - YESTERDAY, reason=WHY)
    assert [mark.late for mark in papers.marks_of(entered)] == ["1 d 2 h", "2 d 4 h"]


def test_a_mark_is_never_changed(entered, written_at, data_manager):
    (mark,) = papers.mark([entered], by=data_manager, written_at=written_at, reason=WHY)
    for act in (lambda: FromPaper.objects.filter(pk=mark.pk).update(reason="Another"), lambda: FromPaper.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


@pytest.mark.proves("D08")
def test_a_mark_breaks_no_signature(everything, data_manager, investigator, client):  # noqa: F811
    visit = Visit.objects.get(code="SCR")
    signed = review.sign_visit(visit, by=investigator, proof=PROOF)
    record = VitalSigns.objects.get()
    papers.mark([record], by=data_manager, written_at=papers.first_entered_at(record) - YESTERDAY, reason=WHY)
    assert not signed.changes(review.content_of_visit(visit))


@pytest.mark.proves("D08", "A02")
def test_only_who_enters_at_the_site_marks(entered, written_at, monitor, sponsor, auditor, stranger, client):
    for person in (monitor, sponsor, auditor, stranger):
        with pytest.raises(NotAllowed):
            papers.mark([entered], by=person, written_at=written_at, reason=WHY)
        client.force_login(person)
        sent = {"row": f"crf.vitalsigns-{entered.pk}", "written_at": f"{written_at:%Y-%m-%dT%H:%M}", "reason": WHY}
        assert client.post(f"/visits/{entered.visit_id}/paper/", sent).status_code in (403, 404)
    assert not FromPaper.objects.exists()


@pytest.mark.proves("D08")
def test_one_act_on_the_page_marks_all_forms_of_a_visit(entered, data_manager, client, commit):
    with acting(by=data_manager):
        complete(Demographics, entered.subject)
    commit()
    client.force_login(data_manager)
    address, day = f"/visits/{entered.visit_id}/paper/", timezone.localtime() - YESTERDAY
    page = client.get(address).content.decode()
    keys = [f"crf.vitalsigns-{entered.pk}", f"crf.demographics-{Demographics.objects.get().pk}"]
    assert all(f'value="{key}"' in page for key in keys)
    assert f'value="trial.visit-{entered.visit_id}"' not in page
    refused = client.post(address, {"row": keys, "written_at": "someday", "reason": WHY})
    assert (refused.status_code, FromPaper.objects.count()) == (422, 0)
    assert "Enter the day and the time" in refused.content.decode()
    answer = client.post(address, {"row": keys, "written_at": f"{day:%Y-%m-%dT%H:%M}", "reason": WHY})
    assert answer.status_code == 302
    marks = FromPaper.objects.all()
    assert {(mark.form, mark.reason, mark.by) for mark in marks} == {(key.partition("-")[0], WHY, data_manager) for key in keys}
    assert {mark.written_at for mark in marks} == {day.replace(second=0, microsecond=0)}
    assert WHY in client.get(address).content.decode()


def test_forms_that_a_visit_has_several_of_are_told_apart(subject, data_manager, client, commit):
    with acting(by=data_manager):
        complete(Lesion, subject)
        complete(Lesion, subject)
    commit()
    client.force_login(data_manager)
    page = client.get(f"/visits/{subject.visits.get(code='COMMON').pk}/paper/")
    names = [name for _key, name, *_mark in page.context["rows"]]
    assert [name[:10] for name in names] == ["Lesion L01", "Lesion L02"]


MOMENTS = [
    # typed                       the moment on paper, by the clock of the site; None: refused
    ("2025-03-04 08:30",          "2025-03-04T08:30:00+08:00"),
    ("2025-03-04T08:30",          "2025-03-04T08:30:00+08:00"),
    ("2025/03/04 08:30",          "2025-03-04T08:30:00+08:00"),
    ("04MAR2025 08:30",           "2025-03-04T08:30:00+08:00"),
    ("4 Oct 2024 18:05",          "2024-10-04T18:05:00+08:00"),
    ("2025年3月4日 08:30",          "2025-03-04T08:30:00+08:00"),
    ("２０２５-０３-０４ ０８:３０",      "2025-03-04T08:30:00+08:00"),
    ("2025-03-04T00:30+00:00",    "2025-03-04T00:30:00+00:00"),
    ("04/03/2025 08:30",          None),  # March or April
    ("2025-02-30 08:30",          None),
    ("2025-03-04 25:00",          None),
    ("2025-03-04 08",             None),
    ("2025-03-04 0830",           None),
    ("2025-03-04 8:30",           None),
    ("2025-03-04 24:00",          None),
    ("2025-03-04",                None),
    ("08:30",                     None),
    ("2025-03 08:30",             None),
    ("",                          None),
]  # fmt: skip


@pytest.mark.proves("D08")
@pytest.mark.parametrize(("typed", "moment"), MOMENTS)
def test_day_and_time_are_read_year_first_in_any_spelling(entered, data_manager, client, typed, moment):
    client.force_login(data_manager)
    sent = {"row": [f"crf.vitalsigns-{entered.pk}"], "written_at": typed, "reason": WHY}
    answer = client.post(f"/visits/{entered.visit_id}/paper/", sent)
    assert answer.status_code == (422 if moment is None else 302)
    assert [mark.written_at.isoformat() for mark in FromPaper.objects.all()] == (
        [] if moment is None else [datetime.fromisoformat(moment).astimezone(UTC).isoformat()]
    )


@pytest.mark.proves("D08", "C02")
def test_through_the_api(entered, written_at, people, commit):  # noqa: F811
    sent = {"form": "crf.vitalsigns", "record": entered.pk, "written_at": written_at.isoformat(), "reason": WHY}
    assert people["sponsor"].post("papers/", sent).status_code == 403
    assert people["stranger"].post("papers/", sent).status_code == 404
    made = people["data manager"].post("papers/", sent)
    assert (made.status_code, made.json()["late"], made.json()["by"]) == (201, "1 d 2 h", "dan")
    assert people["data manager"].post("papers/", sent).status_code == 409
    (seen,) = people["sponsor"].results("papers/", subject="01-001")
    assert (seen["reason"], seen["written_at"]) == (WHY, made.json()["written_at"])
    assert people["stranger"].results("papers/") == []


@pytest.mark.proves("C02")
def test_the_sponsor_reads_no_words_about_demographics(visit, people, data_manager, commit):  # noqa: F811
    with acting(by=data_manager):
        person = complete(Demographics, visit.subject)
    commit()
    papers.mark([person], by=data_manager, written_at=papers.first_entered_at(person) - YESTERDAY, reason="Born 1957-05, said the paper")
    commit()
    assert "1957" not in str(people["sponsor"].results("papers/")) + str(people["sponsor"].results("history/", kind="acts"))
    assert "1957" in str(people["data manager"].results("papers/"))
