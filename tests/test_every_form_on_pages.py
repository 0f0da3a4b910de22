"""Rules that hold for every form in the admin: page, rows on the page, action (R01, R08); the
number of queries of a save.
"""

from importlib import import_module

import pytest
from django.contrib import admin
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.examples import EXAMPLES, complete, name_of, placed, row_of_example, rows_of, unsaved, visit_for
from tests.kept import FORMS, KEPT, TABLES
from tests.pages import errors, filled_in
from trial.audit.acting import acting
from trial.models import Ledger, Membership

BY_HAND = [form for form in FORMS if form.entered_by_hand]
BY_THE_SYSTEM = [form for form in FORMS if not form.entered_by_hand]
GROUPS = [group for form in BY_HAND for group in form.groups()]
REASON = {"reason": "TRANSCRIPTION", "reason_words": "misread"}
MOST_QUERIES = 25


@pytest.fixture
def record(request, subject, data_manager, commit):
    """Enter the complete example of `request.param`, a form or a group of one."""
    form = request.param if request.param in FORMS else request.param.form()
    with acting(by=data_manager):
        record = complete(form, subject)
    commit()
    return form.objects.select_related("visit__subject__site").get(pk=record.pk)


def address(model, *path):
    return "/".join(["/admin", *name_of(model).split("."), *map(str, path), ""])


def typed_rows(page, rows):
    """Return rows of groups, as they are typed into the page."""
    sent = {}
    for formset in [group.formset for group in page.context["inline_admin_formsets"]]:
        entered = rows.get(formset.model, [])
        sent |= {f"{formset.prefix}-{n}-{item}": value for n, row in enumerate(entered) for item, value in row.items()}
        sent[f"{formset.prefix}-TOTAL_FORMS"] = max(len(formset.forms), len(entered))
    return sent


@pytest.mark.proves("R01")
@pytest.mark.parametrize("form", BY_HAND, ids=name_of)
def test_form_filled_in_on_its_page_is_complete_and_leaves_its_author(form, browser, subject, data_manager, investigator, commit):
    with acting(by=data_manager):
        visit = visit_for(form, subject)
        values = placed(EXAMPLES[name_of(form)].values, visit)
        record = form(visit=visit, **values)
        rows = {group: [placed(row, record) for row in rows] for group, rows in rows_of(record, stored=False).items()}
    commit()
    before = Ledger.objects.count()
    page = browser.get(address(form, "add"), {"visit": visit.pk})
    answer = browser.post(address(form, "add"), filled_in(page, **values, **typed_rows(page, rows)))
    assert (errors(answer), answer.status_code) == ("", 302)
    record = form.objects.of(subject).latest("pk")
    assert record.state == "COMPLETE"
    assert {item: getattr(record, item) for item in values} == values
    assert {group: len(record.rows(group)) for group in rows} == {group: len(entered) for group, entered in rows.items()}
    (kept,) = record.history.all()
    assert (kept.history_type, kept.history_user, kept.history_change_reason) == ("+", investigator, None)
    commit()
    assert Ledger.objects.filter(seq__gt=before).about(record).count() == 1 + sum(map(len, rows.values()))


@pytest.mark.parametrize("record", BY_HAND, ids=name_of, indirect=True)
class TestPage:
    @pytest.mark.proves("R01", "R08")
    def test_change_leaves_its_author_and_reason_and_is_refused_without_one(self, record, browser, investigator, commit):
        before = Ledger.objects.count()
        url, changes = address(type(record), record.pk, "change"), EXAMPLES[name_of(record)].change
        page = browser.get(url)
        versions = record.history.count()
        assert "Say why" in errors(browser.post(url, filled_in(page, **changes)))
        assert record.history.count() == versions
        assert browser.post(url, filled_in(page, **changes, **REASON)).status_code == 302
        newest = record.history.latest("history_id")
        assert record.history.count() == versions + 1
        assert (newest.history_user, newest.history_change_reason) == (investigator, "TRANSCRIPTION: misread")
        commit()
        (entered,) = Ledger.objects.filter(seq__gt=before).about(record)
        assert entered.items.keys() == changes.keys()

    def test_saved_unchanged_asks_for_no_reason_and_leaves_nothing(self, record, browser, commit):
        commit()
        url, before = address(type(record), record.pk, "change"), Ledger.objects.count()
        answer = browser.post(url, filled_in(browser.get(url)))
        assert (errors(answer), answer.status_code) == ("", 302)
        commit()
        assert Ledger.objects.filter(seq__gt=before, form__in=map(name_of, TABLES)).count() == 0

    def test_save_asks_little_of_the_database(self, record, browser):
        url, changes = address(type(record), record.pk, "change"), EXAMPLES[name_of(record)].change
        sent = filled_in(browser.get(url), **changes, **REASON)
        with CaptureQueriesContext(connection) as queries:
            assert browser.post(url, sent).status_code == 302
        statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
        writes = [sql for sql in statements if sql.startswith(("INSERT", "UPDATE"))]
        assert len(statements) <= MOST_QUERIES + len(writes), "\n".join(statements)

    @pytest.mark.proves("R01")
    def test_write_by_an_action_is_kept_and_there_is_no_stock_one(self, record, browser, investigator, monkeypatch):
        page = admin.site.get_model_admin(type(record))
        (item, value), *_ = EXAMPLES[name_of(record)].change.items()

        def correct(page, request, rows):
            with acting(by=request.user, reason="Corrected by an action"):
                rows.update(**{item: value})

        def correct_in_nobodys_name(page, request, rows):
            rows.update(**{item: value})

        assert browser.get(address(type(record))).context["action_form"] is None
        monkeypatch.setattr(page, "actions", [correct, correct_in_nobodys_name])
        listed = browser.get(address(type(record)))
        assert "delete_selected" not in dict(listed.context["action_form"].fields["action"].choices)
        chosen = {"_selected_action": [record.pk]}
        with pytest.raises(IntegrityError, match="Nobody is named"), transaction.atomic():
            browser.post(address(type(record)), {"action": "correct_in_nobodys_name", **chosen})
        assert browser.post(address(type(record)), {"action": "correct", **chosen}).status_code == 302
        newest = record.history.latest("history_id")
        assert (newest.history_user, newest.history_change_reason) == (investigator, "Corrected by an action")


@pytest.mark.proves("R01", "R08")
@pytest.mark.parametrize(("record", "group"), [(group, group) for group in GROUPS], ids=name_of, indirect=["record"])
def test_change_of_a_row_on_the_page_leaves_its_author_and_reason(record, group, browser, investigator, commit):
    before, url, changes = Ledger.objects.count(), address(type(record), record.pk, "change"), EXAMPLES[name_of(group)].change
    row = row_of_example(record, group)
    page = browser.get(url)
    formset = next(shown.formset for shown in page.context["inline_admin_formsets"] if shown.formset.model is group)
    (form,) = [form for form in formset.forms if form.instance == row]
    sent = {form.add_prefix(item): value for item, value in changes.items()}
    assert "Say why" in errors(browser.post(url, filled_in(page, **sent)))
    answer = browser.post(url, filled_in(page, **sent, **REASON))
    assert (errors(answer), answer.status_code) == ("", 302)
    newest, _ = row.history.order_by("-history_id")
    assert (newest.history_user, newest.history_change_reason) == (investigator, "TRANSCRIPTION: misread")
    commit()
    (entered,) = Ledger.objects.filter(seq__gt=before).about(record)
    assert (entered.form, entered.row, entered.items.keys()) == (name_of(group), row.pk, changes.keys())


@pytest.mark.parametrize("record", BY_THE_SYSTEM, ids=name_of, indirect=True)
def test_form_that_an_act_writes_is_read_and_not_written_on_a_page(record, browser):
    url = address(type(record), record.pk, "change")
    assert browser.get(url).status_code == 200
    assert browser.post(url, {"missing": "{}", **REASON}).status_code == 403
    assert browser.get(address(type(record), "add"), {"visit": record.visit_id}).status_code == 403
    assert browser.get(address(type(record), record.pk, "withdraw")).status_code == 403


@pytest.mark.proves("R14")
@pytest.mark.parametrize("model", [model for model in KEPT if admin.site.is_registered(model)], ids=name_of)
def test_nothing_is_deleted_edited_in_a_list_or_acted_upon_by_stock_actions(model, rf):
    page, request = admin.site.get_model_admin(model), rf.get("/")
    assert (page.list_editable, page.actions) == ((), None)
    assert not page.has_delete_permission(request)


def test_every_form_and_all_of_the_setup_has_its_page():
    """Studies are made by the act that publishes the commitment; memberships have a page of their
    own.
    """
    import_module("trial.urls")  # as the first page does
    groups = {group for form in FORMS for group in form.groups()}
    without = [name_of(model) for model in KEPT if model not in groups and not admin.site.is_registered(model)]
    assert set(without) <= {"trial.study", name_of(Membership)}


@pytest.mark.proves("A02")
@pytest.mark.parametrize("record", BY_HAND, ids=name_of, indirect=True)
def test_stranger_finds_neither_the_record_nor_its_history(record, client, stranger):
    client.force_login(stranger)
    assert client.get(address(type(record))).context["cl"].result_count == 0
    assert client.get(address(type(record), record.pk, "change")).status_code == 302
    assert client.get(address(type(record), record.pk, "history")).status_code == 403
    assert client.get(address(type(record), record.pk, "withdraw")).status_code == 404
    assert client.get(address(type(record), record.pk, "delete")).status_code in (302, 403)


def test_examples_can_be_unsaved(subject, data_manager):
    """Require that each example stands alone, so that a test may start from it."""
    with acting(by=data_manager):
        assert all(unsaved(model, subject).pk is None for model in FORMS[:2])
