"""Each choice that the public record leaves open (crf_spec 1), decided both ways.

The same data, another answer.
"""

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.protocol.screened import GATE, LUNG, NODE, SUITABLE, VERTEBRA, judged, lab, labs, livers
from trial.protocol.eligibility.gates import Clearance, Lesion, Weight
from trial.protocol.kleene import Truth
from trial.protocol.laboratory.reported import parse
from trial.protocol.parameters import (
    DEFAULT,
    BrainLiverLogic,
    BsaFormula,
    CgConstant,
    CgSource,
    LnUnitRule,
    Parameters,
    RandMethod,
)
from trial.protocol.radiotherapy import coverage
from trial.protocol.randomization.allocation_check import Allocation, verify
from trial.protocol.randomization.blocks import Arm, commitment
from trial.protocol.therapy import dosing

MET, NOT_MET, UNKNOWN = Truth
FAR = [
    Lesion(code=f"L1{n}", lesion_class="NONREGIONAL_LN", organ="LYMPH_NODE", subregion="SCLAV", regional="N", laterality=side,
           certainty="DEFINITE")
    for n, side in enumerate(("LEFT", "RIGHT"))
]  # fmt: skip
PRIMARY = Lesion(code="L20", lesion_class="PRIMARY", organ="KIDNEY", certainty="DEFINITE")
BED = Lesion(code="L21", lesion_class="LOCAL_RECURRENCE", organ="RENAL_FOSSA", certainty="DEFINITE")
BONES = [replace(VERTEBRA, code=f"L3{n}") for n in range(3)]
V19 = (LUNG, NODE, *FAR)
V2 = {
    "sex": "F",
    "birth_month": "1965-01",
    "laboratory": labs(CREAT=lab("CREAT", "128")),
    "weights": (Weight(kg=Decimal(46), on=GATE),),
}
MEASURED = tuple(
    Clearance(source=source, result=parse(ml_min), on=GATE)
    for source, ml_min in (("MEASURED_GFR", "29"), ("URINE_24H", "31"))
)
BRAIN = {"brain_result": "METS", "lesions": (LUNG,)}

ELIGIBILITY = [
    # criterion  data                                            parameter                    value and truth of each
    ("I03", {"lesions": V19},                                   "ln_unit_rule",              {LnUnitRule.SUBREGION: NOT_MET,
                                                                                              LnUnitRule.ALL_NONREGIONAL_AS_ONE: MET}),
    ("I03", {"lesions": V19},                                   "ln_lateralize",             {True: NOT_MET, False: MET}),
    ("I03", {"lesions": (*V19[:3], PRIMARY)},                   "primary_counts",            {True: NOT_MET, False: MET}),
    ("I03", {"lesions": (*V19[:3], BED)},                       "local_recurrence_counts",   {True: NOT_MET, False: MET}),
    ("I03", {"lesions": (LUNG, *BONES)},                        "bone_as_one_organ",         {True: MET, False: NOT_MET}),
    ("I03", {"lesions": V19},                                   "max_organ_units",           {3: NOT_MET, 4: MET}),
    ("X02", BRAIN,                                              "brain_liver_logic",         {BrainLiverLogic.OR: MET,
                                                                                              BrainLiverLogic.AND: NOT_MET}),
    ("X03", {"lesions": livers(4)},                             "brain_liver_logic",         {BrainLiverLogic.OR: MET,
                                                                                              BrainLiverLogic.AND: NOT_MET}),
    ("X02", {"brain_result": "METS", "lesions": livers(4)},     "brain_liver_logic",         {BrainLiverLogic.OR: MET,
                                                                                              BrainLiverLogic.AND: MET}),
    ("X03", {"lesions": livers(4)},                             "liver_max",                 {3: MET, 4: NOT_MET}),
    ("I12", V2,                                                 "cg_constant",               {CgConstant.EXACT: MET,
                                                                                              CgConstant.SI_ROUNDED: NOT_MET,
                                                                                              CgConstant.CN_0818: NOT_MET}),
    ("I12", {"clearances": MEASURED},                           "cg_source",                 {CgSource.COCKCROFT_GAULT: MET,
                                                                                              CgSource.MEASURED_GFR: NOT_MET,
                                                                                              CgSource.URINE_24H: MET}),
    ("I12", {"clearances": ()},                                 "cg_source",                 {CgSource.COCKCROFT_GAULT: MET,
                                                                                              CgSource.MEASURED_GFR: UNKNOWN,
                                                                                              CgSource.URINE_24H: UNKNOWN}),
    ("I06", {"birth_month": "1944-01"},                         "age_max_rule",              {80: NOT_MET, 81: MET}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("criterion", "data", "parameter", "value", "expected"),
    [
        (criterion, data, parameter, value, expected)
        for criterion, data, parameter, answers in ELIGIBILITY
        for value, expected in answers.items()
    ],
)
def test_criterion_follows_the_choice(criterion, data, parameter, value, expected):
    assert (
        judged(criterion, parameters=replace(DEFAULT, **{parameter: value}), **data).truth
        == expected
    )


CHOSEN = [
    ("ln_unit_rule", LnUnitRule),
    ("brain_liver_logic", BrainLiverLogic),
    ("cg_constant", CgConstant),
    ("cg_source", CgSource),
]


@pytest.mark.parametrize(("parameter", "values"), CHOSEN)
def test_every_value_of_a_choice_stands_in_the_table(parameter, values):
    assert {
        value for _, _, name, answers in ELIGIBILITY for value in answers if name == parameter
    } == {*values}


SURFACE = {BsaFormula.MOSTELLER: "1.818", BsaFormula.DUBOIS: "1.810"}


@pytest.mark.parametrize("formula", BsaFormula)
def test_surface_follows_the_formula(formula):
    found = dosing.bsa_m2(
        weight_kg=Decimal(70), height_cm=Decimal(170), parameters=Parameters(bsa_formula=formula)
    )
    assert round(found, 3) == Decimal(SURFACE[formula])


COVERED = [
    # primary  resolved  parameter               value   must be covered
    (True,     False,    "primary_rt_required",  True,   True),
    (True,     False,    "primary_rt_required",  False,  False),
    (False,    True,     "treat_resolved",       False,  False),
    (False,    True,     "treat_resolved",       True,   True),
]  # fmt: skip


@pytest.mark.parametrize(("primary", "resolved", "parameter", "value", "expected"), COVERED)
def test_lesions_to_cover_follow_the_choice(primary, resolved, parameter, value, expected):
    assert (
        coverage.must_be_covered(
            is_primary=primary, resolved=resolved, parameters=Parameters(**{parameter: value})
        )
        == expected
    )


KEY = bytes(range(32))
LEVELS = {"SYSCLASS": "NO_ICI", "METPAT": "NODE_ONLY"}


def agrees(rows, method):
    return not verify(KEY, commitment(KEY), rows, method=method)


def made_by(method):
    """Return twelve subjects of one stratum, each in the arm that the method makes."""
    rows = []
    for number in range(1, 13):
        either = [Allocation(number=number, levels=LEVELS, arm=arm.value) for arm in Arm]
        rows += [row for row in either if agrees([*rows, row], method)]
    return rows


@pytest.mark.parametrize("method", RandMethod)
def test_each_method_of_randomization_makes_its_own_arms_of_the_same_key(method):
    (other_method,) = {*RandMethod} - {method}
    assert len(made_by(method)) == 12
    assert agrees(made_by(method), method)
    assert not agrees(made_by(method), other_method)


def test_suitable_patient_has_no_measured_clearance():
    assert SUITABLE.clearances == ()
