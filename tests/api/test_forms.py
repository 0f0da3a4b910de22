"""Each form under /api/v1/forms/: what is entered comes back as it was sent, and each refusal stores nothing."""

import json
from decimal import Decimal

import pytest
from tests.examples import EXAMPLES, complete, name_of, placed, row_of_example, rows_of, visit_for
from trial.audit.acting import acting
from trial.models import Record
from trial.output.reading import row_name

FORMS = [form for form in Record.forms() if form.entered_by_hand]
BY_ACT = [form for form in Record.forms() if not form.entered_by_hand]


def address(form, *rest):
    return "/".join(["forms", form._meta.model_name, *map(str, rest), ""])


def as_json(values):
    """What a program sends: dates and numbers as text, references by id."""
    return json.loads(json.dumps({name: getattr(value, "pk", value) for name, value in values.items()}, default=str))


def test_every_form_has_an_address_of_its_own():
    names = [form._meta.model_name for form in Record.forms()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("form", FORMS, ids=name_of)
class TestEachForm:
    @pytest.fixture
    def sent(self, form, subject, data_manager):
        """The form's example, as a draft without rows: complete ones need what their groups refer to."""
        with acting(by=data_manager):
            visit = visit_for(form, subject)
            values = placed(EXAMPLES[name_of(form)].values, visit)
        return {"visit": visit.pk, "complete": False, "items": as_json(values)}

    def test_comes_back_as_it_was_entered(self, form, sent, as_data_manager):
        answer = as_data_manager.post(address(form), sent)
        assert answer.status_code == 201, answer.json()
        stored = as_data_manager.get(address(form, answer.json()["id"])).json()
        assert stored == answer.json()
        assert {name: stored["items"][name] for name in sent["items"]} == sent["items"]
        assert (stored["state"], stored["subject"], stored["version"]) == ("DRAFT", "01-001", 1)

    def test_can_be_read_while_it_is_empty(self, form, sent, as_data_manager):
        made = as_data_manager.post(address(form), sent | {"items": {}})
        assert made.status_code == 201, made.json()
        assert as_data_manager.get(address(form, made.json()["id"])).status_code == 200

    def test_is_changed_with_a_reason(self, form, sent, as_data_manager):
        made = as_data_manager.post(address(form), sent).json()
        change = {"version": 1, "reason": "TRANSCRIPTION", "items": as_json(EXAMPLES[name_of(form)].change)}
        answer = as_data_manager.patch(address(form, made["id"]), change)
        assert answer.status_code == 200, answer.json()
        assert answer.json()["items"] == made["items"] | change["items"]
        assert answer.json()["version"] == 2

    def test_names_an_item_that_it_has_not(self, form, sent, as_data_manager):
        answer = as_data_manager.post(address(form), sent | {"items": {"no_such_item": 1}})
        assert answer.status_code == 400
        assert answer.json()["problems"][0]["item"] == "no_such_item"
        assert as_data_manager.post(address(form), sent | {"items": {"\ud800": 1}}).status_code == 400
        assert not form.objects.filter(visit=sent["visit"]).exists()

    @pytest.mark.parametrize("wrong", [True, {"a": 1}, ["a", {}], 1.5, "\x00", "\ud800"], ids=str)
    def test_takes_no_value_of_another_kind(self, form, sent, wrong, as_data_manager):
        kinds = {item: form._meta.get_field(item).get_internal_type() for item in form.item_names()}
        items = {item: wrong for item, kind in kinds.items() if not (isinstance(wrong, float) and kind == "DecimalField")}
        answer = as_data_manager.post(address(form), sent | {"items": items})
        assert answer.status_code == 400
        assert {problem["item"] for problem in answer.json()["problems"]} == set(items)
        assert not form.objects.filter(visit=sent["visit"]).exists()

    def test_is_withdrawn_with_a_reason_and_stays_readable(self, form, sent, as_data_manager):
        made = as_data_manager.post(address(form), sent).json()
        gone = address(form, made["id"], "withdraw")
        assert as_data_manager.post(gone, {"reason": "ENTRY_ERROR"}).status_code == 400  # which version was read is not told
        read = {"versions_sha256": made["versions_sha256"]}
        assert as_data_manager.post(gone, read).status_code == 422
        assert as_data_manager.post(gone, {"versions_sha256": "0" * 64, "reason": "ENTRY_ERROR"}).status_code == 409
        answer = as_data_manager.post(gone, read | {"reason": "ENTRY_ERROR"})
        assert answer.json()["withdrawn_at"]
        assert [one["id"] for one in as_data_manager.results(address(form), withdrawn="true")] == [made["id"]]
        again = as_data_manager.patch(address(form, made["id"]), {"version": answer.json()["version"], "items": {}})
        assert again.status_code == 409


@pytest.mark.parametrize("form", [form for form in FORMS if form.groups()], ids=name_of)
def test_rows_are_entered_changed_and_withdrawn(form, subject, data_manager, as_data_manager):
    with acting(by=data_manager):
        record = complete(form, subject)
        rows = rows_of(record)
    made = as_data_manager.get(address(form, record.pk)).json()
    for group, entered in rows.items():
        name = row_name(group)
        first = next(row for row in made["rows"][name] if row["id"] == row_of_example(record, group).pk)
        assert len(made["rows"][name]) == len(entered)
        change = as_json(EXAMPLES[name_of(group)].change)
        version = as_data_manager.get(address(form, record.pk)).json()["version"]
        sent = {"version": version, "reason": "TRANSCRIPTION", "rows": {name: [{"id": first["id"], "version": first["version"]} | change]}}
        stored = as_data_manager.patch(address(form, record.pk), sent)
        assert stored.status_code == 200, stored.json()
        row = next(row for row in stored.json()["rows"][name] if row["id"] == first["id"])
        assert {item: row[item] for item in change} == change
        stale = as_data_manager.patch(address(form, record.pk), sent)
        assert stale.status_code == 409
    group = next(iter(rows))
    row = as_data_manager.get(address(form, record.pk)).json()["rows"][row_name(group)][0]
    withdraw = address(form, record.pk, "rows", row_name(group), row["id"], "withdraw")
    stale = as_data_manager.post(withdraw, {"version": row["version"] - 1 or 9, "reason": "ENTRY_ERROR"})
    assert stale.status_code == 409
    gone = {"version": row["version"], "reason": "ENTRY_ERROR"}
    needed = as_data_manager.post(withdraw, gone)
    assert needed.status_code in (200, 422)
    if needed.status_code == 422:  # a complete form keeps the rows that it needs, as on its page
        needed = as_data_manager.post(withdraw, gone | {"complete": False})
        assert (needed.status_code, needed.json()["state"]) == (200, "DRAFT")
    assert len(needed.json()["rows"][row_name(group)]) == len(rows[group]) - 1


@pytest.mark.parametrize("form", BY_ACT, ids=name_of)
def test_what_an_act_writes_is_only_read_here(form, subject, data_manager, as_data_manager):
    with acting(by=data_manager):
        record = complete(form, subject)
    assert as_data_manager.get(address(form, record.pk)).status_code == 200
    for answer in (
        as_data_manager.post(address(form), {}),
        as_data_manager.patch(address(form, record.pk), {}),
        as_data_manager.post(address(form, record.pk, "withdraw"), {"reason": "ENTRY_ERROR"}),
    ):
        assert answer.status_code in (404, 405)


@pytest.mark.proves("D03")
def test_numbers_are_neither_rounded_nor_cut(visit, as_data_manager):
    """regulation.md, D03: a value comes out as it went in, or it is refused."""
    for sent, status in ((70, 201), (70.5, 201), ("70.50", 422), (70.55, 422), (1e308, 422), ("1e2", 422), ("70,5", 422), ("NaN", 422)):
        answer = as_data_manager.post("forms/vitalsigns/", {"visit": visit.pk, "complete": False, "items": {"weight_kg": sent}})
        assert answer.status_code == status, (sent, answer.json())
        if status == 201:
            assert Decimal(answer.json()["items"]["weight_kg"]) == Decimal(str(sent))
            read = {"versions_sha256": answer.json()["versions_sha256"]}
            as_data_manager.post(f"forms/vitalsigns/{answer.json()['id']}/withdraw/", read | {"reason": "ENTRY_ERROR"})
    assert as_data_manager.post("forms/vitalsigns/", {"visit": visit.pk, "items": {"pulse": 71.9}}).status_code == 400


def test_a_complete_form_lacks_nothing(visit, as_data_manager):
    answer = as_data_manager.post("forms/vitalsigns/", {"visit": visit.pk, "items": {"pulse": 71}})
    assert answer.status_code == 422
    assert {"weight_kg", "ecog"} <= {problem["item"] for problem in answer.json()["problems"]}


def test_derived_values_stand_beside_the_items(signs, as_data_manager):
    derived = as_data_manager.get(f"forms/vitalsigns/{signs.pk}/").json()["derived"]
    assert derived["bsa_m2"].startswith("1.84")
    assert "derived" not in as_data_manager.results("forms/vitalsigns/")[0]


def test_a_reference_is_one_of_those_that_the_form_can_name(visit, other_site, as_data_manager, data_manager, as_stranger):
    """A consent version of another site, and an id that nobody has, read alike."""
    with acting(by=data_manager):
        foreign = other_site.consent_versions.create(number="v9", ec_approved_on="2022-01-01", effective_from="2022-01-01")
    said = set()
    for pk in (foreign.pk, 999_999):
        answer = as_data_manager.post("forms/consent/", {"visit": visit.pk, "complete": False, "items": {"form_version": pk}})
        assert answer.status_code == 422
        said.add(answer.json()["detail"].replace(str(pk), "…"))
    assert len(said) == 1
