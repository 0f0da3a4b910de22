"""The docs: valid OpenAPI 3 without a warning, read off the forms; its page loads nothing from elsewhere."""

import re

import pytest
import yaml
from django.core.management import call_command
from django.db import transaction

from .conftest import Caller, caller


def read(text):
    return yaml.load(text, Loader=yaml.CSafeLoader)


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    """Fails where the generator warns."""
    path = tmp_path_factory.mktemp("schema") / "schema.yml"
    call_command("spectacular", file=str(path), validate=True, fail_on_warn=True)
    return read(path.read_text())


def test_is_openapi_3_and_names_each_operation_once(schema):
    assert schema["openapi"].startswith("3.")
    names = [operation["operationId"] for path in schema["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names))
    assert {"forms_vitalsigns_create", "forms_vitalsigns_partial_update", "history_list", "visits_sign_create"} <= set(names)


def test_shows_units_limits_codes_and_labels_of_the_form(schema):
    items = schema["components"]["schemas"]["VitalSignsEnterItemsRequest"]["properties"]
    assert items["weight_kg"]["description"] == "kg"
    assert items["pulse"]["maximum"] == 250
    assert "5" in items["ecog"]["enum"]
    assert items["ecog"]["title"] == "ECOG performance status"


def test_shows_what_an_entry_and_a_change_send(schema):
    parts = schema["components"]["schemas"]
    assert set(parts["LaboratoryPanelEnterRequest"]["properties"]) == {
        "visit", "complete", "items", "missing", "rows", "visit_held_on",
    }  # fmt: skip
    assert {"version", "reason", "items", "rows"} <= set(parts["PatchedLaboratoryPanelChangeRequest"]["properties"])
    assert set(parts["LaboratoryPanelEnterRowsRequest"]["properties"]) == {"results"}


def test_tells_of_tokens_and_of_each_refusal(schema):
    assert "knoxApiToken" in schema["components"]["securitySchemes"]
    refusals = {"400", "401", "403", "404", "406", "409", "415", "422"}
    assert {"201", *refusals} == set(schema["paths"]["/api/v1/forms/cycle/"]["post"]["responses"])


def test_each_act_can_be_sent_with_a_key(schema):
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            named = {parameter["name"] for parameter in operation.get("parameters", [])}
            takes_key = method in ("post", "patch") and path != "/api/v1/token/"
            assert ("Idempotency-Key" in named) is takes_key, (method, path)


def test_only_the_history_has_a_place_to_go_on_from(schema):
    """Lists are paged to be read; what is new is asked for by ledger number (design decision 12)."""
    for path, operations in schema["paths"].items():
        named = {parameter["name"] for parameter in operations.get("get", {}).get("parameters", [])}
        assert ("after" in named) is path.endswith("history/"), path


def test_pages_are_described(schema):
    said = {parameter["name"] for parameter in schema["paths"]["/api/v1/history/"]["get"]["parameters"]}
    named = {"after", "page_size", "kind", "subject", "form", "record", "item", "by", "since", "until"}
    assert named == said - {"site", "visit", "visit_code"}


def test_is_served_in_both_formats_and_the_same_to_everybody(schema, investigator):
    as_yaml, as_json = Caller().get("schema/"), Caller().get("schema/", format="json")
    kinds = ["application/vnd.oai.openapi; charset=utf-8", "application/vnd.oai.openapi+json"]
    assert [as_yaml["Content-Type"], as_json["Content-Type"]] == kinds
    assert read(as_yaml.content) == as_json.json() == schema
    assert caller(investigator).get("schema/").content == as_yaml.content


def test_the_docs_are_open_and_load_nothing_from_elsewhere(db):
    page = Caller().get("docs/")
    script = Caller().get("docs/", script="")
    assert (page.status_code, script.status_code, Caller().get("schema/").status_code) == (200, 200, 200)
    loaded = re.findall(r"""(?:src|href)=["']([^"']+)""", page.content.decode()) + re.findall(
        r"https?://[^\"'\s]+", script.content.decode()
    )
    assert loaded
    assert not [address for address in loaded if address.startswith(("http", "//")) and "testserver" not in address]


BODIES = [
    # body                    its content type
    (b"{",                    "application/json"),
    (b"[]",                   "application/json"),
    (b"{}",                   "application/json"),
    (b'{"nothing": true}',    "application/json"),
    (b"\xff\xfe",             "application/json"),
    (b"a=b",                  "application/x-www-form-urlencoded"),
]  # fmt: skip
QUERIES = ["?nothing=1", "?page_size=x", "?gate=3&on=soon"]
FORMS = ("vitalsigns", "laboratorypanel", "randomization")
"""The forms that are asked; all have one view."""


def operations_of(schema):
    for path, methods in schema["paths"].items():
        form = re.match("/api/v1/forms/(\\w+)/", path)
        if form is None or form[1] in FORMS:
            yield from ((method, path, operation) for method, operation in methods.items())


def address_of(path, key):
    values = {"code": key, "problem": key, "subject": key, "group": "results"}
    return re.sub(r"{(\w+)}", lambda name: values.get(name[1], "999999999"), path)


def requests_of(method, path):
    """The ways of asking: nonsense in address, query, format and body."""
    keys = ("01-001", "nothing") if "{" in path else ("",)
    yield from ((address_of(path, key), {}) for key in keys)
    yield address_of(path, "01-001"), {"HTTP_ACCEPT": "image/png"}
    if method == "get":
        yield from ((address_of(path, "01-001") + query, {}) for query in QUERIES)
    if method in ("post", "patch"):
        for body, content_type in BODIES:
            yield address_of(path, "01-001"), {"data": body, "content_type": content_type}


@pytest.mark.parametrize("methods", ["get", "post patch delete"])
@pytest.mark.parametrize("who", ["nobody", "data_manager", "sponsor"])
def test_every_answer_that_occurs_is_declared(schema, who, methods, request, subject):
    """Each operation is asked nonsense: its status is declared, and its refusal is a problem document."""
    program = Caller() if who == "nobody" else caller(request.getfixturevalue(who))
    undeclared, answered = set(), 0
    for method, path, operation in operations_of(schema):
        for address, sent in requests_of(method, path) if method in methods else ():
            answered += 1
            with transaction.atomic():
                answer = program.generic(method.upper(), address, **sent)
                transaction.set_rollback(True)
            declared = operation["responses"].get(str(answer.status_code))
            is_problem = answer.get("Content-Type", "").startswith("application/problem+json")
            if declared is None or (answer.status_code >= 400 and not is_problem):
                undeclared.add((method, path, answer.status_code, answer.get("Content-Type")))
    assert undeclared == set()
    assert answered > 100
