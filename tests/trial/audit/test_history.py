"""History as simple-history reads it, whoever wrote it; and a form that grows."""

from decimal import Decimal
from random import Random

import pytest
from crf.models import Cycle
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState
from django.test.utils import isolate_apps
from trial.actions.verification import verify_ledger
from trial.audit.acting import acting
from trial.audit.history import KeepsHistory
from trial.audit.ledger_triggers import EntersLedger
from trial.audit.locking import HonorsLocks
from trial.audit.once import OneOfAVisit
from trial.models import Ledger, Record, Visit

from trial.audit import ledger_sql


@pytest.mark.proves("R02")
def test_as_of_shows_a_record_as_it_was(cycle, investigator):
    then = cycle.history.latest().history_date
    with acting(by=investigator, reason="Misread"):
        Cycle.objects.update(weight_kg=72)
    assert Cycle.history.as_of(then).get().weight_kg == 70


@pytest.mark.proves("R02")
@pytest.mark.parametrize("seed", range(3))
def test_every_former_value_can_be_read(cycle, investigator, seed):
    """R02: fifty edits by chance, by three paths; the history is what a list kept in the test is."""
    chance, said = Random(seed), [cycle.weight_kg]
    for _ in range(50):
        weight = Decimal(chance.randint(250, 2500)) / 10
        with acting(by=investigator, reason="Weighed again"):
            if chance.random() < 0.5:
                cycle.weight_kg = weight
                cycle.save()
            else:
                Cycle.objects.filter(pk=cycle.pk).update(weight_kg=weight)
                cycle.refresh_from_db()
        said += [weight] * (weight != said[-1])
    kept = cycle.history.filter(state="COMPLETE").order_by("version")
    assert [row.weight_kg for row in kept] == said


def test_author_and_reason_end_with_their_block(cycle, investigator, data_manager):
    with acting(by=investigator, reason="Outer"):
        with acting(by=data_manager, reason="Inner"):
            Cycle.objects.update(weight_kg=71)
        Cycle.objects.update(weight_kg=72)
    with pytest.raises(IntegrityError, match="Nobody is named"), transaction.atomic():
        Cycle.objects.update(weight_kg=73)
    told = [(h.history_user, h.history_change_reason) for h in cycle.history.all()]
    assert told[:2] == [(investigator, "Outer"), (data_manager, "Inner")]


def test_author_is_put_back_when_a_block_fails(cycle, investigator, data_manager):
    with acting(by=investigator, reason="Outer"):
        with pytest.raises(ZeroDivisionError), acting(by=data_manager, reason="Inner"):
            1 / 0  # noqa: B018
        Cycle.objects.update(weight_kg=72)
    assert cycle.history.latest().history_user == investigator


def test_limits_hold_where_no_form_validates(cycle, investigator):
    with pytest.raises(IntegrityError, match="weight_kg_limits"), acting(by=investigator, reason="Misread"):
        Cycle.objects.update(weight_kg=700)


def test_codes_hold_where_no_form_validates(cycle, investigator):
    with pytest.raises(IntegrityError, match="agent_codes"), acting(by=investigator, reason="Misread"):
        cycle.administrations.update(agent="ASPIRIN")


def test_person_with_a_history_is_never_deleted(cycle, data_manager):
    with pytest.raises((IntegrityError, models.ProtectedError)), transaction.atomic():
        User.objects.filter(pk=data_manager.pk).delete()


def test_history_is_dated_by_the_database(cycle, investigator, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: 1 / 0)
    with acting(by=investigator, reason="Misread"):
        Cycle.objects.update(weight_kg=72)
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp() - max(history_date) < interval '10 seconds' from crf_historicalcycle")
        assert cursor.fetchone() == (True,)


@isolate_apps("crf")
def test_form_with_a_meta_of_its_own_keeps_its_history():
    class Form(Record):
        __module__ = "crf.models"

        class Meta:
            verbose_name = "form"

    constraints = ModelState.from_model(Form).options["constraints"]
    assert {type(constraint) for constraint in constraints} == {HonorsLocks, KeepsHistory, OneOfAVisit}


def grown(state):
    """The project, with one more item in the cycle's form."""
    state = state.clone()
    for model in ("cycle", "historicalcycle"):
        state.models["crf", model].fields["comment"] = models.TextField(blank=True, default="")
    options = state.models["crf", "cycle"].options
    old = next(c for c in options["constraints"] if isinstance(c, KeepsHistory))
    new = KeepsHistory(name=old.name, **old.facts | {"columns": [*old.facts["columns"], "comment"]})
    constraints = [new if constraint is old else constraint for constraint in options["constraints"]]
    state.models["crf", "cycle"].options = options | {"constraints": constraints}
    return state


def test_form_that_gains_an_item_gains_its_history(cycle, investigator, commit):
    migrations = MigrationLoader(connection)
    before = migrations.project_state()
    changes = MigrationAutodetector(before, grown(before)).changes(migrations.graph)
    operations = changes["crf"][0].operations
    assert [type(operation).__name__ for operation in operations] == [
        "RemoveConstraint", "AddField", "AddField", "AddConstraint",
    ]  # fmt: skip
    with connection.schema_editor() as editor:
        changes["crf"][0].apply(before, editor)
    with acting(by=investigator, reason="Asked since amendment 2"), connection.cursor() as cursor:
        cursor.execute("update crf_cycle set comment = 'Nausea'")
        cursor.execute("select comment from crf_historicalcycle order by history_id desc limit 2")
        assert cursor.fetchall() == [("Nausea",), ("",)]
    commit()
    assert Ledger.objects.last().items == {"comment": [None, "Nausea"]}
    # The form has grown here in the database only: its functions are not the code's, and nothing else differs.
    assert verify_ledger.findings() == [
        "Function crf_cycle_history of crf.cycle is not the one that was installed.",
    ]


def test_what_is_put_into_the_sql_asks_for_a_migration_too(monkeypatch):
    """Else the functions in a database that was upgraded would not be those of the code."""
    facts = {"name": "one", "form": "crf.cycle", "record": "new.id", "visit": "null", "subject": "null", "site": "null"}
    before = EntersLedger(**facts)
    assert before == EntersLedger(**facts)
    monkeypatch.setattr(ledger_sql, "changed", lambda old, new: f"select {old}, {new}")
    assert before != EntersLedger(**facts)


@pytest.mark.proves("R01")
@pytest.mark.parametrize("version", [0, 2, 7])
def test_what_is_entered_begins_with_its_first_version(subject, data_manager, version):
    """Else the entry of the next version would not say what stood before."""
    refused = pytest.raises(IntegrityError, match="must begin with version 1")
    with refused, acting(by=data_manager), transaction.atomic():
        Visit.objects.create(subject=subject, code="UNS1", version=version)


@pytest.mark.proves("R02")
def test_nobody_is_the_author_who_has_no_account(subject):
    refused = pytest.raises(IntegrityError, match="Nobody is named as the author")
    with refused, acting(by=User(pk=424242)), transaction.atomic():
        Visit.objects.create(subject=subject, code="UNS1")


@pytest.mark.proves("R08")
@pytest.mark.parametrize("text", ["{}", "[]"])
def test_a_text_that_looks_empty_to_a_program_is_a_value(visit, data_manager, text):
    with acting(by=data_manager):
        Visit.objects.filter(pk=visit.pk).update(status="MISSED", missed_reason=text)
        with pytest.raises(IntegrityError, match="Say why"), transaction.atomic():
            Visit.objects.filter(pk=visit.pk).update(missed_reason="Ill")
