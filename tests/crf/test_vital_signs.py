"""Vital signs and ECOG (crf_spec 2.11)."""

from decimal import Decimal

import pytest
from crf.models import VitalSigns
from trial.refusals import Refused

LIMITS = [
    # item               too low   lowest   highest  too high
    ("weight_kg",         "24.9",   "25.0",  "250.0", "250.1"),
    ("height_cm",         "119.9",  "120.0", "220.0", "220.1"),
    ("systolic",          "39",     "80",    "300",   "301"),
    ("diastolic",         "19",     "20",    "127",   "181"),
    ("pulse",             "19",     "20",    "250",   "251"),
    ("temperature",       "29.9",   "30.0",  "45.0",  "45.1"),
    ("oxygen_saturation", "49",     "50",    "100",   "101"),
]  # fmt: skip


@pytest.mark.parametrize(("item", "below", "lowest", "highest", "above"), LIMITS)
def test_value_outside_its_limits_is_refused(enter, item, below, lowest, highest, above):
    for value in (below, above):
        with pytest.raises(Refused):
            enter(VitalSigns, **{item: Decimal(value)})
    for visit, value in (("SCR", lowest), ("C1D1", highest)):
        assert getattr(enter(VitalSigns, at=visit, **{item: Decimal(value)}), item) == Decimal(value)


PRESSURES = [
    (120, 119, ""),
    (120, 120, "Diastolic and systolic pressure are both 120. Check both."),
    (80, 130, "Diastolic 130 is above systolic 80: have they been exchanged?"),
]


@pytest.mark.parametrize(("systolic", "diastolic", "sentence"), PRESSURES)
def test_diastolic_lies_below_systolic(enter, systolic, diastolic, sentence):
    if not sentence:
        assert enter(VitalSigns, systolic=systolic, diastolic=diastolic).pk
        return
    with pytest.raises(Refused) as refusal:
        enter(VitalSigns, systolic=systolic, diastolic=diastolic)
    assert [(problem.item, problem.sentence) for problem in refusal.value.problems] == [("diastolic", sentence)]


@pytest.mark.parametrize(("grade", "accepted"), [("0", True), ("5", True), ("6", False), ("-1", False)])
def test_ecog_is_0_to_5(enter, grade, accepted):
    if accepted:
        assert enter(VitalSigns, ecog=grade).ecog == grade
    else:
        with pytest.raises(Refused):
            enter(VitalSigns, ecog=grade)


def test_height_is_needed_once_at_screening(enter):
    with pytest.raises(Refused, match="“Height” is not answered"):
        enter(VitalSigns, height_cm=None)
    assert enter(VitalSigns, at="C1D1", height_cm=None).pk


def test_body_surface_uses_the_height_of_an_earlier_visit(enter):
    enter(VitalSigns, height_cm=Decimal("175.0"))
    later = enter(VitalSigns, at="C1D1", height_cm=None, weight_kg=Decimal("70.0"))
    assert round(later.bsa_m2, 3) == Decimal("1.845")
    assert round(later.bmi, 2) == Decimal("22.86")


def test_body_surface_is_unknown_without_a_height(enter):
    assert enter(VitalSigns, height_cm=None, complete=False).bsa_m2 is None
