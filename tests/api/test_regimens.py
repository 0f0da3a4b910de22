"""Regimens, options and unlisted agents as a program enters and reads them (crf_spec 2.14)."""

from decimal import Decimal

import pytest
from trial.audit.acting import acting
from trial.models import Visit

REGIMEN = {
    "code": "GC_CIS", "role": "INDUCTION", "from_on": "2025-01-14", "regimen_class": "CHEMO", "platinum": "CIS_35_D1_D8",
    "cycle_length_days": 21, "preconsent_cycles": 0, "cisplatin_eligible": "Y",
}  # fmt: skip
OTHER = REGIMEN | {"code": "OTHER", "regimen_class": "OTHER", "platinum": "", "other_approved": "Y"}
AGENT = {"agent": "OTHER", "name": "Lobaplatin", "dose": "30", "basis": "mg/m2", "days": "1"}
CYCLE = {"number": 1, "weight_kg": "70.0", "height_cm": "175.0"}
DOSE = {
    "agent": "CISPLATIN", "day": 1, "given": "Y", "given_on": "2025-01-14", "dose_mg": "64.6", "route": "INTRAVENOUS",
    "adjustment": "NONE", "dose_level": "0",
}  # fmt: skip
UNLISTED = DOSE | {"agent": "OTHER", "agent_name": "Lobaplatin", "dose_mg": "55.3"}


@pytest.fixture
def send(as_data_manager, data_manager, subject):
    """Enter a form at a visit, complete, with its rows; return the answer."""

    def send(form, items, *, at="C1D1", **rows):
        with acting(by=data_manager):
            visit, _ = Visit.objects.get_or_create(subject=subject, code=at)
        return as_data_manager.post(f"forms/{form}/", {"visit": visit.pk, "complete": True, "items": items, "rows": rows})

    return send


def stored(answer):
    assert answer.status_code == 201, answer.json()
    return answer.json()


def test_split_cisplatin_is_the_plan_and_a_lower_level_is_taken(send, as_data_manager, subject):
    stored(send("regimen", REGIMEN))
    eighth = DOSE | {"day": 8, "given_on": "2025-01-21", "dose_mg": "48.4"}
    eighth |= {"adjustment": "REDUCED", "adjustment_reason": "AE", "dose_level": "-3"}
    cycle = stored(send("cycle", CYCLE, administrations=[DOSE, eighth]))
    assert cycle["derived"]["regimen"] == "Gemcitabine, cisplatin"
    shares = [str(round(Decimal(dose["derived"]["percent_of_planned"]), 1)) for dose in cycle["rows"]["administrations"]]
    assert shares == ["100.1", "75.0"]
    (total,) = as_data_manager.get(f"subjects/{subject.code}/course/").json()["agents"]
    assert (total["regimen"], total["agent"], total["unit"]) == ("GC_CIS", "CISPLATIN", "mg/m²")


def test_two_unlisted_agents_on_one_day(send):
    rows = [AGENT, AGENT | {"name": "Pemetrexed", "dose": "500"}]
    stored(send("regimen", OTHER, agents=rows))
    cycle = stored(send("cycle", CYCLE, administrations=[UNLISTED, UNLISTED | {"agent_name": "Pemetrexed", "dose_mg": "922.3"}]))
    assert [str(round(Decimal(dose["derived"]["percent_of_planned"]), 1)) for dose in cycle["rows"]["administrations"]] == ["99.9", "100.0"]


REFUSED = [
    # form       items                          rows                                                   code
    ("cycle",    CYCLE,                         {"administrations": [UNLISTED, UNLISTED]},              "entered_twice"),
    ("cycle",    CYCLE,                         {"administrations": [UNLISTED | {"agent_name": ""}]},   "incomplete_row"),
    ("cycle",    CYCLE,                         {"administrations": [DOSE | {"dose_level": "-4"}]},     "not_a_code"),
    ("regimen",  OTHER,                         {},                                                    "incomplete"),
    ("regimen",  OTHER,                         {"agents": [AGENT, AGENT]},                      "entered_twice"),
    ("regimen",  OTHER,                         {"agents": [AGENT | {"days": "1-8"}]},           "impossible"),
    ("regimen",  OTHER,                         {"agents": [AGENT | {"dose": "0"}]},             "out_of_limits"),
    ("regimen",  REGIMEN | {"platinum": ""},    {},                                                    "unanswered"),
    ("regimen",  REGIMEN | {"role": "SWITCH"},  {},                                                    "unanswered"),
    ("regimen",  REGIMEN | {"role": "NEXT_LINE"}, {},                                                  "not_a_code"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "items", "rows", "code"), REFUSED)
def test_refusal_names_its_code_and_stores_nothing(send, as_data_manager, form, items, rows, code):
    answer = send(form, items, **rows)
    assert (answer.status_code, code in str(answer.json())) == (422, True), answer.json()
    assert as_data_manager.results(f"forms/{form}/") == []
