"""A number goes out as people write it: fixed point, the item's own places (crf_spec 0.3)."""

import re
from decimal import Decimal

import pytest
from crf.models import VitalSigns
from tests.api.conftest import caller
from tests.examples import complete
from trial.audit.acting import acting
from trial.fields import fixed_point, in_digits
from trial.models import Record, readable
from trial.output.reading import derived_text

from trial.actions import entry

SHOWN = [
    # value                              places  text
    ("1.0E+2",                           1,      "100.0"),
    ("0E+24",                            2,      "0.00"),
    ("0E+24",                            None,   "0"),
    ("68.74999999999999999999999998",    1,      "68.7"),
    ("68.74999999999999999999999998",    None,   "68.750"),
    ("78.125",                           2,      "78.13"),
    ("30.0",                             None,   "30.0"),
    ("1E-7",                             None,   "0.000"),
    ("-0.04",                            1,      "0.0"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "places", "text"), SHOWN)
def test_a_derived_number_has_its_places(value, places, text):
    assert in_digits(Decimal(value), places) == text


@pytest.mark.parametrize(("value", "text"), [("1.0E+2", "100"), ("0E+24", "0"), ("1E-7", "0.0000001"), ("-0", "0")])
def test_a_number_without_places_has_no_exponent(value, text):
    assert fixed_point(Decimal(value)) == text


@pytest.mark.parametrize("value", [Decimal("1.0E+2"), 100, 100.0, "100", Decimal("100.0")])
def test_an_entered_number_has_the_places_of_its_item(value):
    assert readable(VitalSigns._meta.get_field("weight_kg"), value) == "100.0"


def test_pages_show_a_derived_number_alike():
    assert [derived_text(Decimal(value)) for value in ("1.0E+2", "0E+24", "68.7499999999", "12.50")] == ["100", "0", "68.75", "12.5"]


@pytest.mark.parametrize("sent", [1.0e2, 100, "100", "100.0"])
def test_api_history_and_conflict_say_the_number_in_full(data_manager, visit, commit, sent):
    api = caller(data_manager)
    made = api.post("forms/vitalsigns/", {"visit": visit.pk, "complete": False, "items": {"weight_kg": sent}}).json()
    assert made["items"]["weight_kg"] == "100.0"
    commit()
    line = next(line for line in api.results(f"forms/vitalsigns/{made['id']}/history/") if line["item"] == "weight_kg")
    assert (line["new"], line["new_text"]) == ("100.0", "100.0")
    stale = api.patch(f"forms/vitalsigns/{made['id']}/", {"version": 9, "reason": "ENTRY_ERROR", "items": {"weight_kg": "90"}})
    assert stale.json()["both"]["items"]["weight_kg"] == {"yours": "90.0", "stored": "100.0"}


EXPONENT = re.compile(r"\d[eE][+-]\d")


@pytest.mark.parametrize("form", [form for form in Record.forms() if form.entered_by_hand], ids=lambda form: form._meta.label_lower)
def test_no_derived_value_of_any_form_has_an_exponent_or_more_than_four_places(form, subject, data_manager):
    with acting(by=data_manager):
        record = complete(form, subject)
    answer = caller(data_manager).get(f"forms/{form._meta.model_name}/{record.pk}/").json()
    rows = [row for group in answer.get("rows", {}).values() for row in group]
    for shown in (answer, *rows):
        for name, value in (shown.get("derived") or {}).items():
            assert not EXPONENT.search(str(value)), (name, value)
            assert not re.search(r"\.\d{5}", str(value)), (name, value)


def test_an_unstored_number_is_signed_as_it_will_be_read(data_manager, visit, commit):
    signs = entry.enter(VitalSigns, visit=visit, by=data_manager, values={"weight_kg": Decimal("1.0E+2")}, complete=False)
    before = signs.shown()["weight_kg"].value
    commit()
    assert before == VitalSigns.objects.get().shown()["weight_kg"].value == "100.0"
