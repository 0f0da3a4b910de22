"""A write by a worker is kept like every other: each form, by a real worker over a real Redis
(R01).
"""

import os
import time

import pytest
from celery.contrib.testing.worker import start_worker
from django.apps import apps
from django.db import IntegrityError, connections
from followup.actions.flagging import system_user, without_hints
from kombu import pools
from tests.closing import freeze_all, lock_study
from tests.conftest import SCREENED
from tests.examples import EXAMPLES, name_of, unsaved
from tests.kept import KEPT, TABLES
from tests.test_every_form_locked import SENTENCES
from trial.actions.verification import verify_ledger
from trial.audit.acting import acting
from trial.models import Ledger, Subject
from trial.server.celery import app

from trial.actions import enrolment

PATIENCE_S = 60
BROKER = ("broker_url", "broker_read_url", "broker_write_url")
refusals = {}


@app.task(name="tests.change")
def change(form, pk, named):
    """Change a row by its example, in the name of the system or in nobody's."""
    rows, changed = apps.get_model(form).objects.filter(pk=pk), EXAMPLES[form].change
    try:
        if not named:
            rows.update(**changed)
        with acting(by=system_user(), reason="Computed anew"):
            rows.update(**changed)
    except IntegrityError as error:
        refusals[form] = str(error)


@pytest.fixture
def worker(transactional_db, redis_url):
    """Run a worker of this process, in a thread of its own; its queue is no other process's."""
    ours = {**dict.fromkeys(BROKER, redis_url), "task_default_queue": f"tests-{os.getpid()}"}
    theirs = {name: app.conf[name] for name in ours}
    configure(ours)
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=PATIENCE_S, loglevel="ERROR"):
        yield
    configure(theirs)
    connections.close_all()


def configure(settings):
    """Make connections and queues anew from the settings."""
    app.conf.update(settings)
    pools.reset()
    app._pool = None
    app.__dict__.pop("amqp", None)


def wait_for(done):
    patience = time.monotonic() + PATIENCE_S
    while not done() and time.monotonic() < patience:
        time.sleep(0.05)
    assert done()


def entered(model, site, by):
    """Enter the example of the model, under a subject of its own."""
    with without_hints(), acting(by=by):
        subject = enrolment.enrol(site=site, by=by, screened_on=SCREENED)
        row = unsaved(model, subject)
        row.save()
    return row


@pytest.mark.proves("R01", "D11")
def test_every_form_changed_by_a_worker_names_the_system_and_its_reason(worker, site, data_manager):
    rows = [entered(model, site, data_manager) for model in KEPT]
    before = Ledger.objects.changes().count()
    last = Ledger.objects.last().seq
    for row in rows:
        change.delay(name_of(row), row.pk, named=True)
    wait_for(lambda: Ledger.objects.changes().count() == before + len(rows))
    changes = {change.form: change for change in Ledger.objects.changes().filter(seq__gt=last).select_related("by")}
    assert changes.keys() == {name_of(model) for model in KEPT}
    authors = {(change.by, change.client, change.reason) for change in changes.values()}
    assert authors == {(system_user(), "job tests.change", "Computed anew")}
    assert {form: set(change.items) for form, change in changes.items()} == {form: set(EXAMPLES[form].change) for form in changes}
    assert verify_ledger.findings() == []


@pytest.mark.proves("R01")
def test_worker_that_names_nobody_changes_nothing(worker, site, data_manager):
    row = entered(KEPT[-1], site, data_manager)
    before = Ledger.objects.count()
    change.delay(name_of(row), row.pk, named=False)
    wait_for(lambda: name_of(row) in refusals)
    assert "Nobody is named" in refusals[name_of(row)]
    assert Ledger.objects.count() == before


@pytest.mark.proves("D06")
def test_worker_writes_nothing_to_a_frozen_visit_or_a_locked_study(worker, site, data_manager, investigator, monitor, administrator):
    rows = [entered(model, site, data_manager) for model in TABLES]
    for subject in Subject.objects.all():
        freeze_all(subject, data_manager, investigator)
    before = Ledger.objects.changes().count()
    assert refused(rows, SENTENCES["frozen"]) == {name_of(row) for row in rows}
    lock_study(data_manager, monitor, administrator)
    assert refused(rows, SENTENCES["locked"]) == {name_of(row) for row in rows}
    assert Ledger.objects.changes().count() == before


def refused(rows, sentence):
    """Return the labels of the rows of which the worker was refused a change with this sentence."""
    refusals.clear()
    for row in rows:
        change.delay(name_of(row), row.pk, named=True)
    wait_for(lambda: len(refusals) == len(rows))
    return {form for form, refusal in refusals.items() if sentence in refusal}
