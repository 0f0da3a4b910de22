"""What the new form of drill_new_form.py has become.

It runs in the copy of the project, where the form is.
"""

from io import BytesIO

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from pypdf import PdfReader
from rest_framework.test import APIClient
from tests.conftest import PROOF, SCREENED
from tests.examples import EXAMPLES, complete, name_of, row_of_example
from tests.kept import FORMS
from tests.stated_examples import STATED
from trial.audit.acting import acting
from trial.models import Record, Visit, standing, versions_of
from trial.output.blank_forms import blank_form, blank_visit

from trial.actions import entry, review

(FORM,) = [form for form in FORMS if form._meta.model_name == "hearing"]
(GROUP,) = FORM.groups()
TRIGGERS = {"history_after", "closed_to_writes"}


def text_of(pdf):
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


@pytest.fixture
def record(subject, data_manager, commit):
    with acting(by=data_manager):
        record = complete(FORM, subject)
    commit()
    return record


def test_example_is_derived_and_meets_the_rules_across_items(record):
    assert name_of(FORM) not in STATED
    assert name_of(GROUP) not in STATED
    assert record.noise_hours < record.quiet_hours
    assert record.signs != ["TINNITUS"]
    assert record.obstacles() == []


def test_tables_have_their_history_and_triggers(db):
    for model in (FORM, GROUP):
        with connection.cursor() as cursor:
            cursor.execute("select tgname from pg_trigger where tgrelid = %s::regclass", [model._meta.db_table])
            assert {name for (name,) in cursor.fetchall()} >= TRIGGERS
            cursor.execute("select to_regclass(%s) is not null", [model.history.model._meta.db_table])
            assert cursor.fetchone() == (True,)


def test_page_address_and_column_of_the_casebook_are_there(record, visit, browser, investigator):
    assert admin.site.is_registered(FORM)
    url = f"/admin/{FORM._meta.app_label}/hearing/"
    assert "Hearing impaired" in browser.get(f"{url}{record.pk}/change/").content.decode()
    page = browser.get("/subjects/01-001/").content.decode()
    assert "Hearing test" in page
    assert f"{url}{record.pk}/change/" in page
    api = APIClient()
    api.force_authenticate(investigator)
    (listed,) = api.get("/api/v1/forms/hearing/").data["results"]
    assert listed["id"] == record.pk


def test_stranger_sees_nothing_of_it(record, client, stranger):
    client.force_login(stranger)
    assert client.get(f"/admin/{FORM._meta.app_label}/hearing/{record.pk}/change/").status_code == 302
    assert not FORM.objects.visible_to(stranger).exists()
    assert not GROUP.objects.visible_to(stranger).exists()


def test_signature_covers_the_form_and_its_rows(record, visit, data_manager, investigator, commit):
    held = {"held_on": SCREENED, "status": "DONE", "mode": "ON_SITE"}
    entry.change_visit(visit, by=data_manager, version=visit.version, values=held)
    commit()
    visit = Visit.objects.get(pk=visit.pk)
    signature = review.sign_visit(visit, by=investigator, proof=PROOF)
    assert f"{name_of(FORM)}#{record.pk}" in signature.content
    assert signature.holds(versions_of(standing(record.subject), visit=visit))
    row = row_of_example(record, GROUP)
    with acting(by=data_manager, reason="Misread"):
        GROUP.objects.filter(pk=row.pk).update(**EXAMPLES[name_of(GROUP)].change)
    assert not signature.holds(versions_of(standing(record.subject), visit=visit))


def test_blank_form_asks_its_items_alone_and_with_its_visit():
    for pdf in (blank_form(FORM), blank_visit("SCR")):
        assert "Hours in noise a day" in text_of(pdf)
        assert "Threshold: one line for each" in text_of(pdf)


def test_form_is_defined_in_one_file():
    assert FORM.__module__ == GROUP.__module__ == f"{FORM._meta.app_label}.models.hearing"
    assert not hasattr(apps.get_app_config(FORM._meta.app_label).models_module, "Hearing")
    assert FORM in Record.forms()
