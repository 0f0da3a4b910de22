"""What a save through the admin costs, against the same form in a stock admin with plain django-simple-history.

Both in one run, taking turns, on the same database: `make bench`. The stock form has the same items, and no checks of its own.
"""
# ruff: noqa: T201

from statistics import median
from time import perf_counter
from types import ModuleType

import pytest
from django.contrib import admin
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import include, path
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import HistoricalRecords

from crf.models import VitalSigns
from tests.examples import EXAMPLES
from tests.pages import filled_in
from trial.models import Visit
from trial.urls import urlpatterns as own_urls

ROUNDS = 80
MOST_TIMES = 1.3
MOST_QUERIES = 25


def stock_model():
    """Vital signs as anybody would write them: the same items, history by signals."""
    items = {name: VitalSigns._meta.get_field(name).clone() for name in VitalSigns.item_names()}
    for field in items.values():
        field.db_comment = None
    meta = type("Meta", (), {"app_label": "crf", "db_table": "stock_vitalsigns"})
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="+")
    inside = {"__module__": "crf.models", "Meta": meta, "visit": visit, "history": HistoricalRecords(), **items}
    return type("StockVitalSigns", (models.Model,), inside)


Stock = stock_model()
stock_site = admin.AdminSite(name="stock")
stock_site.register(Stock, type("StockAdmin", (SimpleHistoryAdmin,), {"raw_id_fields": ["visit"]}))
urls = ModuleType("benchmark_urls")
urls.urlpatterns = [path("stock/", stock_site.urls), path("", include(own_urls))]


@pytest.fixture
def stock(transactional_db):
    with connection.schema_editor() as editor:
        editor.create_model(Stock)
        editor.create_model(Stock.history.model)


def entered(visit):
    values = EXAMPLES["crf.vitalsigns"].values
    return {name: str(value) for name, value in values.items() if value is not None}


def timed_post(client, url, sent):
    started = perf_counter()
    answer = client.post(url, sent)
    took = perf_counter() - started
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    return took


def test_cost_of_a_save(stock, broker, visit, data_manager, capsys):
    data_manager.is_superuser = True  # the stock admin asks for nothing else; ours gives it nothing
    data_manager.save()
    client = Client()
    client.force_login(data_manager)
    took = {"ours, new": [], "stock, new": [], "ours, changed": [], "stock, changed": []}
    sent = entered(visit) | {"visit": visit.pk}
    with override_settings(ROOT_URLCONF=urls):
        for number in range(ROUNDS):
            new_visit = another_visit(visit, data_manager, number)
            took["ours, new"].append(timed_post(client, "/admin/crf/vitalsigns/add/", sent | {"visit": new_visit.pk, "seen": 1}))
            took["stock, new"].append(stock_post(client, "/stock/crf/stockvitalsigns/add/", sent))
            ours, theirs = VitalSigns.objects.latest("pk"), Stock.objects.latest("pk")
            page = client.get(f"/admin/crf/vitalsigns/{ours.pk}/change/")
            change = filled_in(page, weight_kg=60 + number / 10, reason="TRANSCRIPTION")
            took["ours, changed"].append(timed_post(client, f"/admin/crf/vitalsigns/{ours.pk}/change/", change))
            changed = sent | {"weight_kg": 60 + number / 10}
            took["stock, changed"].append(stock_post(client, f"/stock/crf/stockvitalsigns/{theirs.pk}/change/", changed))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(f"/admin/crf/vitalsigns/{ours.pk}/change/")
            queries_before = len(queries)
            timed_post(client, f"/admin/crf/vitalsigns/{ours.pk}/change/", filled_in(page, weight_kg=61, reason="TRANSCRIPTION"))
    ms = {what: median(times) * 1e3 for what, times in took.items()}
    asked = len(queries) - queries_before
    with capsys.disabled():
        for act in ("new", "changed"):
            print(f"\n{act}: {ms[f'ours, {act}']:.1f} ms ours, {ms[f'stock, {act}']:.1f} ms stock, ratio {ms[f'ours, {act}'] / ms[f'stock, {act}']:.2f}")
        print(f"queries of a changed form: {asked}")
    assert asked <= MOST_QUERIES + 1
    assert ms["ours, new"] <= MOST_TIMES * ms["stock, new"]
    assert ms["ours, changed"] <= MOST_TIMES * ms["stock, changed"]


def another_visit(visit, by, number):
    from trial.acting import acting

    with acting(by=by):
        return Visit.objects.create(subject=visit.subject, code=f"UNS{number + 1}")


def stock_post(client, url, sent):
    with override_settings(SIMPLE_HISTORY_ENABLED=True):
        return timed_post(client, url, sent)
