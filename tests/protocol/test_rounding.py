"""A number beside a limit is shown on the side where it lies: no sentence says that 30.00 is less than 30."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from trial.protocol.eligibility.evidence import Evidence, LabValue
from trial.protocol.eligibility.laboratory_criteria import bilirubin, enzymes
from trial.protocol.kleene import Truth
from trial.protocol.laboratory.clearance import clearance_judged
from trial.protocol.laboratory.reported import parse
from trial.protocol.rounding import beside

D = Decimal


@pytest.mark.parametrize(
    ("value", "limits", "places", "text"),
    [
        ("29.99", [30], 2, "29.99"),
        ("29.996", [30], 2, "29.996"),
        ("29.9999996", [30], 2, "29.9999996"),
        ("30", [30], 2, "30.00"),
        ("30.004", [30], 2, "30.004"),
        ("30.01", [30], 2, "30.01"),
        ("89.96", [90, 95], 1, "89.96"),
        ("94.98", [90, 95], 1, "94.98"),
        ("92.04", [90, 95], 1, "92.0"),
        ("2.0000000000000000000000000001", [2], 2, "2.0000000000000000000000000001"),
    ],
)
def test_a_number_lies_where_it_is_shown(value, limits, places, text):
    assert beside(D(value), *limits, places=places) == text


@pytest.mark.parametrize(
    "value",
    [D(30) + D(step).scaleb(-scale) for scale in range(1, 12) for step in (-5, -4, -1, 0, 1, 4, 5)],
)
def test_a_clearance_is_shown_on_its_side_of_the_limit(value):
    assert (D(clearance_judged(value)) >= 30) is (value >= 30)


@pytest.mark.parametrize(
    ("test", "judge", "limit", "uln"),
    [("BILI", bilirubin, 2, "20.9"), ("AST", enzymes, "2.5", "37"), ("ALT", enzymes, "2.5", "41")],
)
@pytest.mark.parametrize(("more", "met"), [("-0.01", True), ("0", True), ("0.01", False)])
def test_a_multiple_of_uln_is_shown_on_its_side_of_the_limit(test, judge, limit, uln, more, met):
    result = D(limit) * D(uln) + D(more)
    value = LabValue(test=test, result=parse(f"{result:f}"), uln=D(uln), on=date(2025, 3, 4))
    evidence = replace(
        Evidence(), laboratory=[value], gate_on=date(2025, 3, 7), liver_metastases="N"
    )
    reason = judge(evidence).reason
    shown = D(reason.partition(" = ")[2].split(" ")[0])
    assert (shown <= D(limit)) is met
    if test == "BILI":
        assert (judge(evidence).truth == Truth.MET) is met
