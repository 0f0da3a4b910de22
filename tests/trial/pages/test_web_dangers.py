"""The web's own dangers, one test for each class (regulation.md, table of vulnerabilities) that what is here can have."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import get_resolver
from tests.conftest import PASSWORD
from tests.trial.accounts.test_access_matrix import routes_of
from trial.audit.acting import acting
from trial.models import Site, Visit

HERE = Path(__file__).parents[3]
PAYLOAD = """<script>alert("1")</script><img src=x onerror='alert(1)'>"""
ESCAPED = "&lt;script&gt;"
READERS = {"pickle", "marshal", "xml", "lxml", "yaml"}  # xml.sax.saxutils only escapes
OURS = [file for app in ("trial", "crf", "followup") for file in sorted((HERE / app).rglob("*.py")) if "migrations" not in file.parts]


@pytest.mark.parametrize(
    "address", ["/", "/admin/login/", "/api/v1/study/", "/api/v1/docs/", "/nowhere/", "/healthz", "/static/trial/casebook.css"]
)
def test_policy_allows_no_inline_script_or_style(client, db, address):
    answer = client.get(address)
    answer.close()
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("template", sorted((HERE / "templates").rglob("*.html")), ids=lambda file: file.name)
def test_no_template_has_inline_script_or_style(template):
    text = template.read_text().lower()
    assert [word for word in (" style=", "<style", "<script>", " onclick=", " onload=", " onchange=", "javascript:") if word in text] == []


def test_answers_are_not_framed_sniffed_or_told_elsewhere(client, db):
    headers = client.get("/admin/login/").headers
    assert (headers["X-Frame-Options"], headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("DENY", "nosniff", "same-origin")


def test_every_page_that_changes_something_asks_for_the_token_of_its_form(db, data_manager):
    """CSRF: the API with a session does so, too; only logging in by password for a token needs none, as it uses no cookie."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(data_manager)
    posted = {}
    for route in routes_of(get_resolver().url_patterns):
        if "<" not in route.pattern and "?P" not in route.pattern:
            posted[route.name] = client.post("/" + route.pattern.replace("$", ""), {}).status_code
    assert len(posted) > 50
    assert {name: status for name, status in posted.items() if status not in (403, 405)} == {"api-token": 415}


@pytest.mark.parametrize(
    "address", ["/admin/crf/vitalsigns/?o=", "/admin/trial/subject/?q=", "/api/v1/history/?subject=", "/api/v1/subjects/?ordering="]
)
@pytest.mark.parametrize(
    "typed", ["1;drop table trial_site--", "'", '") or 1=1--', "(select pg_sleep(9))", "password", "\x00", "%00", "9" * 400]
)
def test_filters_and_orderings_take_only_what_they_know(client, visit, data_manager, address, typed):
    client.force_login(data_manager)
    answer = client.get(address + typed)
    assert answer.status_code in (200, 302, 400, 404)
    assert Site.objects.exists()


def test_what_was_typed_is_text_on_every_page(client, visit, data_manager):
    """XSS, stored and reflected; configuration is hostile, too."""
    with acting(by=data_manager, reason="TRANSCRIPTION"):
        Site.objects.update(name=PAYLOAD)
        Visit.objects.filter(pk=visit.pk).update(status="MISSED", missed_reason=PAYLOAD)
    client.force_login(data_manager)
    pages = [
        "/", f"/?q={PAYLOAD}",
        f"/subjects/{visit.subject.code}/", f"/visits/{visit.pk}/sign/", "/admin/trial/visit/", f"/admin/trial/visit/?q={PAYLOAD}",
        f"/admin/trial/visit/{visit.pk}/change/", f"/admin/trial/visit/{visit.pk}/history/", "/admin/trial/site/",
        f"/admin/login/?next={PAYLOAD}", f"/nowhere/{PAYLOAD}",
    ]  # fmt: skip
    texts = [client.get(page).content.decode() for page in pages]
    assert [page for page, text in zip(pages, texts, strict=True) if "<script>alert" in text or "<img src=x" in text] == []
    assert sum(ESCAPED in text for text in texts) >= 4


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"])
def test_login_leads_nowhere_else(client, data_manager, onward):
    answer = client.post("/admin/login/", {"username": "dan", "password": PASSWORD, "next": onward})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/")
    assert not answer["Location"].startswith("//")


@pytest.mark.parametrize("path", ["/%61dmin/trial/subject/", "/admin//trial/subject/", "/admin/./trial/subject/", "/ADMIN/trial/subject/",
                                  "/admin;x/trial/subject/", "/admin/trial/subject/.", "/admin/%2e%2e/api/v1/subjects/",
                                  "/api/v1/%2573ubjects/"])  # fmt: skip
def test_no_spelling_of_a_path_gets_past_the_login(client, visit, path):
    answer = client.get(path)
    assert answer.status_code in (301, 302, 401, 404)
    assert visit.subject.code not in answer.content.decode()


def test_a_token_is_in_no_log_and_no_error(client, data_manager, caplog):
    token = client.post("/api/v1/token/", {"username": "dan", "password": PASSWORD}, content_type="application/json").json()["token"]
    headers = {"Authorization": f"Token {token}"}
    said = [
        client.get(address, headers=headers).content.decode() for address in ("/api/v1/subjects/", "/api/v1/nowhere/", "/api/v1/visits/0/")
    ]
    assert token not in "".join(said) + caplog.text


def test_nothing_runs_what_somebody_typed():
    """No eval, no pickle, no shell, no XML: what reads none cannot be attacked through it. Servers are started by a list of words."""
    banned = {"eval", "exec", "compile", "__import__"}
    starts_servers = {"embedded.py", "embedded_postgres.py", "embedded_redis.py", "supervision.py"}
    found = []
    for file in OURS:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in banned:
                found.append((file.name, node.func.id))
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
                found += [(file.name, name) for name in names if name.split(".")[0] in READERS and name != "xml.sax.saxutils"]
                found += [(file.name, name) for name in names if name == "subprocess" and file.name not in starts_servers]
            if isinstance(node, ast.keyword) and node.arg == "shell":
                found.append((file.name, "shell"))
            if isinstance(node, ast.Attribute) and node.attr in ("extra", "raw") and file.parent.name != "migrations":
                found.append((file.name, node.attr))
    assert found == []


def test_nothing_is_uploaded():
    """Files, zips and their names: no item takes one."""
    assert [str(field) for model in apps.get_models() for field in model._meta.get_fields() if isinstance(field, models.FileField)] == []


def test_the_api_reads_json_alone(client, data_manager):
    client.force_login(data_manager)
    for kind in ("application/xml", "text/xml", "multipart/form-data; boundary=x", "application/x-yaml"):
        assert client.post("/api/v1/subjects/", "<a/>", content_type=kind).status_code == 415


@pytest.mark.proves("A07")
@pytest.mark.parametrize(
    "address", ["/", "/study/", "/history/", "/lock/", "/subjects/01-001/", "/admin/crf/vitalsigns/", "/api/v1/subjects/", "/nowhere/"]
)
def test_no_browser_keeps_an_answer(client, visit, data_manager, address):
    """Who presses Back after another's logout would read it."""
    client.force_login(data_manager)
    assert {"no-store", "private"} <= {*client.get(address)["Cache-Control"].split(", ")}


@pytest.mark.proves("A02")
@pytest.mark.parametrize("who", ["data_manager", "sponsor", "auditor", "administrator"])
def test_nobody_is_found_by_parts_of_a_name(request, client, visit, who):
    client.force_login(request.getfixturevalue(who))
    for model, field in (("visit", "subject"), ("subject", "rescreen_of"), ("membership", "user")):
        asked = {"term": "0", "app_label": "trial", "model_name": model, "field_name": field}
        assert client.get("/admin/autocomplete/", asked).status_code == 403
