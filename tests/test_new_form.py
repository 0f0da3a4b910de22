"""A new form is one file and one line in the schedule: its tables, history, triggers, examples and
signature are read off them.

Here the file is imported into the running process, and its tables are made in the test's own
transaction. That pages, addresses and migrations follow, too, `make drill ARGS="-k new_form"`
proves in a copy of the project: that takes half a minute.
"""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from tests.conftest import PROOF, SCREENED
from tests.examples import EXAMPLES, complete, name_of, row_of_example
from tests.test_every_form import TestDefinition as Definition
from tests.test_every_form import TestForm as Form
from trial.audit.acting import acting
from trial.models import Ledger, Record, Signature, Visit, standing, standing_rows, versions_of
from trial.output.blank_forms import blank_form
from trial.protocol.schedule import timetable

from trial.actions import entry, review

FILE = Path(__file__).parent / "drills/new_form/hearing.py"
APP = "followup"
CACHES = (standing_rows._sql, standing_rows.signed_apart, standing_rows.rows_signed_apart)


@pytest.fixture
def new_form(db, monkeypatch):
    """The new form, as if its file were in followup/models/ and the schedule named it at screening."""
    name = f"{APP}.models.hearing"
    before = set(apps.all_models[APP])
    spec = spec_from_file_location(name, FILE)
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    screening, label = timetable.TYPES["SCR"], f"{APP}.hearing"
    monkeypatch.setitem(timetable.TYPES, "SCR", screening._replace(forms=(*screening.forms, label)))
    try:
        spec.loader.exec_module(module)
        clear_caches()
        create_tables([model for added, model in apps.all_models[APP].items() if added not in before])
        yield apps.get_model(label)
    finally:
        for added in set(apps.all_models[APP]) - before:
            EXAMPLES.by_label.pop(f"{APP}.{added}", None)
            del apps.all_models[APP][added]
        clear_caches()


def clear_caches():
    """Let Django and the standing rows read the registry anew."""
    apps.clear_cache()
    for cache in CACHES:
        cache.cache_clear()


def create_tables(models):
    """Do what the form's migration does: make the tables, their history first, and tell the
    signatures' triggers of them.
    """
    histories = [model for model in models if model.__name__.startswith("Historical")]
    with connection.schema_editor() as editor:
        for model in [*histories, *(model for model in models if model not in histories)]:
            editor.create_model(model)
    with connection.schema_editor() as editor:
        triggers = next(c for c in Signature._meta.constraints if isinstance(c, standing_rows.SignsWhatStands))
        editor.remove_constraint(Signature, triggers)
        editor.add_constraint(Signature, triggers)


@pytest.fixture
def record(new_form, subject, data_manager, commit):
    with acting(by=data_manager):
        record = complete(new_form, subject)
    commit()
    return record


def test_definition_is_whole(new_form):
    (group,) = new_form.groups()
    assert new_form in Record.forms()
    for model in (new_form, group):
        definition, form = Definition(), Form()
        definition.test_keeps_every_column_in_its_history(model)
        definition.test_takes_nothing_with_it_when_something_else_is_deleted(model)
        definition.test_can_say_what_each_of_its_constraints_refuses(model)
        form.test_shows_each_item_in_exactly_one_section(model)
        form.test_annotates_each_item(model)
        form.test_gives_its_limits_and_codes_to_the_database(model)


def test_example_is_derived_complete_and_meets_the_rules_across_items(record):
    assert record.obstacles() == []
    assert record.noise_hours < record.quiet_hours
    assert record.signs != ["TINNITUS"]
    (group,) = record.groups()
    assert len(record.rows(group)) == 1


def test_change_is_kept_and_needs_an_author_and_a_reason(record, investigator, commit):
    for row in (record, row_of_example(record, *record.groups())):
        change = EXAMPLES[name_of(row)].change
        for wrong, settings in (("Nobody is named", None), ("Say why", {"by": investigator})):
            with pytest.raises(IntegrityError, match=wrong):
                changed(row, change, settings)
        changed(row, change, {"by": investigator, "reason": "Misread"})
        commit()
        newest = row.history.latest("history_id")
        assert (newest.history_user, newest.history_change_reason) == (investigator, "Misread")
        entered = Ledger.objects.filter(form=name_of(row), row=row.pk).last()
        assert (entered.record, entered.items.keys()) == (record.pk, change.keys())


def changed(row, change, settings):
    """Change a row, in the name and for the reason that `settings` say."""
    with transaction.atomic():
        if settings is None:
            type(row).objects.filter(pk=row.pk).update(**change)
        else:
            with acting(**settings):
                type(row).objects.filter(pk=row.pk).update(**change)


def test_signature_of_the_visit_covers_the_form_and_its_rows(record, visit, data_manager, investigator, commit):
    held = {"held_on": SCREENED, "status": "DONE", "mode": "ON_SITE"}
    entry.change_visit(visit, by=data_manager, version=visit.version, values=held)
    commit()
    visit = Visit.objects.get(pk=visit.pk)
    signature = review.sign_visit(visit, by=investigator, proof=PROOF)
    assert f"{name_of(record)}#{record.pk}" in signature.content
    assert signature.holds(versions_of(standing(record.subject), visit=visit))
    row = row_of_example(record, *record.groups())
    with acting(by=data_manager, reason="Misread"):
        type(row).objects.filter(pk=row.pk).update(**EXAMPLES[name_of(row)].change)
    assert not signature.holds(versions_of(standing(record.subject), visit=visit))


def test_stranger_sees_nothing_of_it(record, stranger, investigator):
    for model in (type(record), *record.groups()):
        assert model.objects.visible_to(investigator).count() == 1
        assert model.objects.visible_to(stranger).count() == 0


def test_blank_form_is_read_off_it(new_form):
    assert blank_form(new_form).startswith(b"%PDF")


def test_nothing_is_left_of_it_for_other_tests():
    assert f"{APP}.hearing" not in map(name_of, Record.forms())
    assert f"{APP}.hearing" not in timetable.TYPES["SCR"].forms
