"""What a save through the admin costs, against the same form in a stock admin with plain django-simple-history.

All in one run, taking turns, on the same database: `make bench`. Two stock forms have the same items: one is the same model,
with its limits and codes as constraints, which the stock admin checks by a query each; the other has no constraint at all.
"""
# ruff: noqa: T201

import gc
from statistics import median
from time import perf_counter
from types import ModuleType

import pytest
from crf.models import VitalSigns
from django.contrib import admin
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import include, path
from django.utils.http import urlencode
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import HistoricalRecords
from tests.conftest import user
from tests.examples import EXAMPLES
from tests.pages import filled_in
from trial.audit.acting import acting
from trial.models import Visit
from trial.urls import urlpatterns as own_urls

ROUNDS = 80
MOST_TIMES = 1.3
MOST_QUERIES = 25
AS_BROWSERS_SEND = "application/x-www-form-urlencoded"  # a form without a file


def stock_model(name, constraints):
    """Vital signs as anybody would write them: the same items, history by signals."""
    items = {name: VitalSigns._meta.get_field(name).clone() for name in VitalSigns.item_names()}
    for field in items.values():
        field.db_comment = None
    meta = type("Meta", (), {"app_label": "crf", "db_table": name.lower(), "constraints": constraints})
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="+")
    inside = {"__module__": "crf.models", "Meta": meta, "visit": visit, "history": HistoricalRecords(), **items}
    return type(name, (models.Model,), inside)


def own_checks():
    """The limits and codes of the form, by other names."""
    checks = [one for one in VitalSigns._meta.constraints if type(one) is models.CheckConstraint and "withdrawn" not in one.name]
    return [models.CheckConstraint(condition=check.condition, name=f"stock_{check.name}") for check in checks]


STOCK = {"stock": stock_model("StockVitalSigns", own_checks()), "bare stock": stock_model("BareVitalSigns", [])}
stock_site = admin.AdminSite(name="stock")
for stock_form in STOCK.values():
    stock_site.register(stock_form, type("StockAdmin", (SimpleHistoryAdmin,), {"raw_id_fields": ["visit"]}))
urls = ModuleType("benchmark_urls")
urls.urlpatterns = [path("stock/", stock_site.urls), path("", include(own_urls))]


@pytest.fixture
def stock(transactional_db):
    with connection.schema_editor() as editor:
        for form in STOCK.values():
            editor.create_model(form)
            editor.create_model(form.history.model)


def entered(visit):
    values = EXAMPLES["crf.vitalsigns"].values
    return {name: str(value) for name, value in values.items() if value is not None}


def timed_post(client, url, sent):
    body = urlencode(sent, doseq=True)
    gc.collect()  # nobody pays for what was left over before
    started = perf_counter()
    answer = client.post(url, body, content_type=AS_BROWSERS_SEND)
    took = perf_counter() - started
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    return took


def test_cost_of_a_save(stock, broker, visit, data_manager, capsys):
    client, stock_client = Client(), Client()
    client.force_login(data_manager)
    stock_client.force_login(user("root", is_staff=True, is_superuser=True))  # the stock admin asks for nothing else; ours gives it nothing
    took = {(who, act): [] for who in ("ours", *STOCK) for act in ("new", "changed")}
    sent = entered(visit) | {"visit": visit.pk}
    with override_settings(ROOT_URLCONF=urls):
        for number in range(ROUNDS):
            new_visit = another_visit(visit, data_manager, number)
            took["ours", "new"].append(timed_post(client, "/admin/crf/vitalsigns/add/", sent | {"visit": new_visit.pk}))
            own = f"/admin/crf/vitalsigns/{VitalSigns.objects.latest('pk').pk}/change/"
            change = filled_in(client.get(own), weight_kg=60 + number / 10, reason="TRANSCRIPTION")
            took["ours", "changed"].append(timed_post(client, own, change))
            for who, form in STOCK.items():
                url = f"/stock/crf/{form._meta.model_name}/"
                took[who, "new"].append(stock_post(stock_client, f"{url}add/", sent))
                changed = sent | {"weight_kg": 60 + number / 10}
                took[who, "changed"].append(stock_post(stock_client, f"{url}{form.objects.latest('pk').pk}/change/", changed))
        change = filled_in(client.get(own), weight_kg=61, reason="TRANSCRIPTION")
        with CaptureQueriesContext(connection) as queries:
            timed_post(client, own, change)
    ms = {what: median(times) * 1e3 for what, times in took.items()}
    with capsys.disabled():
        for act in ("new", "changed"):
            for who in STOCK:
                ratio = ms["ours", act] / ms[who, act]
                print(f"\n{act}: {ms['ours', act]:.1f} ms ours, {ms[who, act]:.1f} ms {who}, ratio {ratio:.2f}", end="")
        print(f"\nqueries of a changed form: {len(queries)}")
    assert len(queries) <= MOST_QUERIES + 1
    over = {(who, act) for who in STOCK for act in ("new", "changed") if ms["ours", act] > MOST_TIMES * ms[who, act]}
    assert over == set(), f"more than {MOST_TIMES} times as long as {sorted(over)}"


def another_visit(visit, by, number):
    with acting(by=by):
        return Visit.objects.create(subject=visit.subject, code=f"UNS{number + 1}")


def stock_post(client, url, sent):
    with override_settings(SIMPLE_HISTORY_ENABLED=True):
        return timed_post(client, url, sent)
