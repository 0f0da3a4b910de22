"""What author, version, history and ledger cost, how many commits a second they allow, and how a million entries are read.

`make bench ARGS="-k ledger"`. On a PostgreSQL of its own that forgets nothing (fsync), unlike the tests'. Ratios are of one run.
"""
# ruff: noqa: T201

import gc
import json
import re
import subprocess
import sys
from operator import sub
from statistics import median
from time import perf_counter

import pytest
from crf.models import VitalSigns
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models, transaction
from django.test import Client
from tests.benchmarks.bench_admin_save import own_checks, timed_post
from tests.conftest import SCREENED, member, new_site
from tests.examples import EXAMPLES
from tests.pages import filled_in
from trial.access import Role
from trial.audit.acting import acting
from trial.audit.history import KeepsHistory
from trial.audit.ledger_sql import salted
from trial.models import Ledger, Visit
from trial.server.embedded import used
from trial.server.embedded_postgres import APP, OWNER, Postgres, find_binaries

from trial.actions import enrolment

ROUNDS, BATCH = 100, 10
MOST_TIMES = 1.8
MOST_OF_AN_ADMIN_SAVE = 0.05
CLIENTS, SECONDS, LEAST_COMMITS = 32, 15, 1000
MILLION = 1_000_000
MOST_SECONDS, MOST_MS = 60, 5.0


def bare_model(name, fields, constraints):
    """Vital signs with some of their columns and constraints, and nothing that tells who, why, which version or what before."""
    columns = {field.name: field.clone() for field in fields}
    for field in columns.values():
        field.db_comment = None
    renamed = [one.clone() for one in constraints]
    for constraint in renamed:
        constraint.name = f"{name.lower()}_{constraint.name}"
    meta = type("Meta", (), {"app_label": "crf", "db_table": name.lower(), "constraints": renamed})
    return type(name, (models.Model,), {"__module__": "crf.models", "Meta": meta, **columns})


KEPT = VitalSigns._meta
BARE = {
    # The same table, constraints and locks, without what is measured: a form has its state, whoever keeps a history of it.
    "bare": bare_model(
        "LedgerlessVitalSigns",
        [field for field in KEPT.local_concrete_fields if field.name not in ("id", "version")],
        [one for one in KEPT.constraints if not isinstance(one, KeepsHistory)],
    ),
    # Told beside it, without a bound: the visit and the items alone.
    "items alone": bare_model("VitalSignsItems", [KEPT.get_field(name) for name in ("visit", *VitalSigns.item_names())], own_checks()),
}


@pytest.fixture(scope="module")
def durable(tmp_path_factory, django_db_blocker):
    """A server of its own, with the tables and a site; Django's connection is its owner's, until the module ends."""
    folder = tmp_path_factory.mktemp("durable")
    before, anchored = dict(connection.settings_dict), settings.ANCHOR_FOLDER
    with used(Postgres(folder)) as server, django_db_blocker.unblock():
        host = str((server or Postgres(folder)).socket.parent)
        connection.close()
        connection.settings_dict |= {"NAME": "postgres", "USER": OWNER, "HOST": host}
        settings.ANCHOR_FOLDER = folder / "anchors"
        call_command("migrate", verbosity=0)
        yield host
        connection.close()
        connection.settings_dict |= before
        settings.ANCHOR_FOLDER = anchored


@pytest.fixture(scope="module")
def data_manager(durable):
    return member("dan", Role.DATA_MANAGER, new_site("01"))


@pytest.fixture(scope="module")
def subject(data_manager):
    return enrolment.enrol(site=data_manager.memberships.get().site, by=data_manager, screened_on=SCREENED)


@pytest.fixture(scope="module")
def visits(subject, data_manager):
    with acting(by=data_manager):
        return [Visit.objects.create(subject=subject, code=f"UNS{number + 1}") for number in range(ROUNDS * BATCH + 1)]


@pytest.fixture(autouse=True)
def open_database(durable, django_db_blocker):
    with django_db_blocker.unblock():
        yield


def test_cost_of_author_version_history_and_ledger(broker, visits, data_manager, capsys):
    """A save of one form through the ORM, in a transaction of its own; new and changed, taking turns with the bare one."""
    with connection.schema_editor() as editor:
        for bare_form in BARE.values():
            editor.create_model(bare_form)
    values = EXAMPLES["crf.vitalsigns"].values
    took = {(who, act): [] for who in ("kept", *BARE) for act in ("new", "changed")}

    def bare(row):
        with transaction.atomic():
            row.save()

    def kept(row):
        with acting(by=data_manager, reason="TRANSCRIPTION"):
            row.save()

    client, admin = Client(), []
    client.force_login(data_manager)
    turns = [("kept", VitalSigns, kept), *((who, model, bare) for who, model in BARE.items())]
    for number in range(ROUNDS):
        some = visits[number * BATCH : (number + 1) * BATCH]
        for who, model, save in turns:
            rows = [model(visit=visit, **values) for visit in some]
            took[who, "new"].append(timed(save, rows))
            for row in rows:
                row.weight_kg = 60 + number / 10
            took[who, "changed"].append(timed(save, rows))
        url = f"/admin/crf/vitalsigns/{VitalSigns.objects.latest('pk').pk}/change/"
        admin.append(timed_post(client, url, filled_in(client.get(url), weight_kg=70, reason="TRANSCRIPTION")) * BATCH)
        turns.append(turns.pop(0))  # nobody comes first each time, after the page
    ratios = {(who, act): of_each_round(took["kept", act], took[who, act]) for who in BARE for act in ("new", "changed")}
    share = of_each_round(map(sub, took["kept", "changed"], took["bare", "changed"]), admin)
    with capsys.disabled():
        for (who, act), ratio in ratios.items():
            kept_ms, bare_ms = (median(took[one, act]) / BATCH * 1e3 for one in ("kept", who))
            print(f"\n{act}: {kept_ms:.2f} ms kept, {bare_ms:.2f} ms {who}, ratio {ratio:.2f}", end="")
        print(f"\nof an admin save ({median(admin) / BATCH * 1e3:.1f} ms): {share:.1%}")
    assert max(ratios["bare", "new"], ratios["bare", "changed"]) <= MOST_TIMES
    assert share <= MOST_OF_AN_ADMIN_SAVE


def of_each_round(these, those):
    """The median of the rounds' own ratios: from one round to another, the machine may be half as fast."""
    return median(this / that for this, that in zip(these, those, strict=True))


def timed(save, rows):
    gc.collect()
    began = perf_counter()
    for row in rows:
        save(row)
    return perf_counter() - began


def test_commits_a_second(durable, visits, data_manager, tmp_path, capsys):
    """Each transaction changes one form of its own choice, as the app's role; history and ledger are written with it."""
    pgbench = find_binaries().folder / "pgbench"
    if not pgbench.exists():
        pytest.skip("pgbench is not among this machine's PostgreSQL binaries")
    if not VitalSigns.objects.exists():
        with acting(by=data_manager):
            VitalSigns.objects.bulk_create(VitalSigns(visit=visit, **EXAMPLES["crf.vitalsigns"].values) for visit in visits)
    first, last = VitalSigns.objects.order_by("pk").first().pk, VitalSigns.objects.order_by("pk").last().pk
    script = tmp_path / "save.sql"
    script.write_text(
        f"\\set id random({first}, {last})\n\\set weight random(40, 120)\nbegin;\n"
        f"select set_config('casebook.user', '{data_manager.pk}', true), set_config('casebook.reason', 'TRANSCRIPTION', true);\n"
        "update crf_vitalsigns set weight_kg = :weight where id = :id;\ncommit;\n"
    )
    before = Ledger.objects.count()
    command = [pgbench, "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(SECONDS), "-f", script, "-h", durable, "-U", APP]
    told = subprocess.run([*command, "postgres"], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    entered, rate = Ledger.objects.count() - before, float(re.search(r"tps = ([\d.]+)", told.stdout)[1])
    with capsys.disabled():
        print(f"\n{CLIENTS} clients: {rate:.0f} commits a second, {entered} entries in {SECONDS} s")
    assert entered >= 0.9 * rate * SECONDS  # a weight drawn twice changes nothing
    assert rate >= LEAST_COMMITS


CHANGED = "select 'weight_kg' as name, jsonb_build_array(60 + number % 40, 61 + number % 40) as value"
# 20,000 forms of 50 changes each, by the function that enters them all; only the guard against any other writer is off.
FILL = """
    set local timezone = 'UTC';
    do $$ declare entry trial_ledger; told trial_ledger; committed text; begin
      select * into strict told from trial_ledger where form = 'crf.vitalsigns' and items ? 'weight_kg' order by seq desc limit 1;
      for number in 1 .. {million} loop
        entry := told;
        entry.record := 1000000 + number % 20000;
        entry.row := entry.record;
        entry.history_id := 100000000 + number;
        {salted} into entry.items, entry.salts, committed;
        perform trial_ledger_enter(entry, committed);
      end loop;
    end $$"""


@pytest.fixture(scope="module")
def a_million(visits, data_manager, django_db_blocker):
    with acting(by=data_manager):
        VitalSigns.objects.create(visit=visits[-1], **EXAMPLES["crf.vitalsigns"].values)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("alter table trial_ledger disable trigger append_only_insert")
        cursor.execute(FILL.format(million=MILLION, salted=salted(CHANGED)))
        cursor.execute("alter table trial_ledger enable always trigger append_only_insert")
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze trial_ledger")


@pytest.mark.timeout(3600)
def test_a_million_entries_are_verified(a_million, tmp_path, capsys, export_ledger):
    """By the verifier that needs Python alone, from the exported file."""
    export_ledger(tmp_path / "ledger.jsonl")
    began = perf_counter()
    told = subprocess.run(
        [sys.executable, "-I", "docs/verify_ledger.py", tmp_path / "ledger.jsonl"], capture_output=True, text=True, check=False
    )
    took = perf_counter() - began
    with capsys.disabled():
        print(f"\n{told.stdout.strip()} {took:.1f} s")
    assert told.returncode == 0, told.stdout
    assert int(re.search(r"(\d+) entries", told.stdout)[1]) >= MILLION
    assert took < MOST_SECONDS


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("asked", ["the 50 latest changes of the study", "the whole history of one item"])
def test_history_is_read_at_once(a_million, data_manager, asked, capsys):
    seen = Ledger.objects.visible_to(data_manager)
    query = seen.order_by("-seq")[:50] if asked.startswith("the 50") else seen.filter(
        form="crf.vitalsigns", record=1_000_123, items__has_key="weight_kg"
    )  # fmt: skip
    assert len(query) == 50
    times = []
    for _ in range(9):
        (plan,) = json.loads(query.explain(analyze=True, format="json"))
        times.append(plan["Execution Time"] + plan["Planning Time"])
    with capsys.disabled():
        print(f"\n{asked}: {median(times):.2f} ms, at most {max(times):.2f} ms")
    assert median(times) < MOST_MS
