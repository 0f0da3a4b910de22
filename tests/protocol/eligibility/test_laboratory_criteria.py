"""The inclusion criteria of the laboratory, I09 to I12 (crf_spec 2.12), with the golden vectors."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.protocol.screened import GATE, LIVER, LUNG, SUITABLE, judged, lab, labs
from trial.protocol.eligibility.gates import Clearance, Weight
from trial.protocol.kleene import Truth
from trial.protocol.laboratory.reported import parse
from trial.protocol.parameters import DEFAULT, CgConstant, CgSource

MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN
SI = replace(DEFAULT, cg_constant=CgConstant.SI_ROUNDED)

HEMOGLOBIN_AND_BILIRUBIN = [
    # criterion  test    reported    uln   truth
    ("I09",      "HGB",  "90",       None, MET),
    ("I09",      "HGB",  "89.999",   None, NOT_MET),
    ("I09",      "HGB",  "<90",      None, NOT_MET),
    ("I09",      "HGB",  ">=90",     None, MET),
    ("I09",      "HGB",  ">80",      None, UNKNOWN),
    ("I10",      "BILI", "42",       21,   MET),
    ("I10",      "BILI", "42.001",   21,   NOT_MET),
    ("I10",      "BILI", "<5",       21,   MET),
    ("I10",      "BILI", "<100",     21,   UNKNOWN),
    ("I10",      "BILI", "42",       None, UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(
    ("criterion", "test", "reported", "uln", "expected"), HEMOGLOBIN_AND_BILIRUBIN
)
def test_hemoglobin_and_bilirubin_on_both_sides_of_their_limits(
    criterion, test, reported, uln, expected
):
    assert judged(criterion, laboratory=(lab(test, reported, uln=uln),)).truth == expected


ENZYMES = [
    # vector  × ULN of 40   liver metastases:  Y         N        U
    ("2.5",   "100",                           MET,      MET,     MET),
    (">2.5",  "100.1",                         MET,      NOT_MET, UNKNOWN),
    ("V15",   "124",                           MET,      NOT_MET, UNKNOWN),
    ("5",     "200",                           MET,      NOT_MET, UNKNOWN),
    (">5",    "200.1",                         NOT_MET,  NOT_MET, NOT_MET),
    ("above", ">150",                          UNKNOWN,  NOT_MET, UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize("test", ["AST", "ALT", "ALP"])
@pytest.mark.parametrize(("vector", "reported", "yes", "no", "unknown"), ENZYMES)
def test_enzymes_may_be_higher_with_liver_metastases(test, vector, reported, yes, no, unknown):
    for answer, expected in {"Y": yes, "N": no, "U": unknown}.items():
        laboratory = labs(**{test: lab(test, reported, uln=40)})
        verdict = judged("I11", laboratory=laboratory, liver_metastases=answer, lesions=())
        assert verdict.truth == expected


def test_one_enzyme_missing_leaves_it_open_and_one_too_high_decides():
    without = tuple(value for value in SUITABLE.laboratory if value.test != "ALP")
    assert judged("I11", laboratory=without).truth == UNKNOWN
    high = (*(value for value in without if value.test != "AST"), lab("AST", "500", uln=40))
    assert judged("I11", laboratory=high).truth == NOT_MET


CONTRADICTED = [
    # answer  lesions          truth at 3 × ULN
    ("Y",     (LIVER, LUNG),   MET),
    ("Y",     (LUNG,),         UNKNOWN),  # none is entered
    ("N",     (LUNG,),         NOT_MET),
    ("N",     (LIVER,),        UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "lesions", "expected"), CONTRADICTED)
def test_answer_on_the_liver_counts_unless_the_lesions_contradict_it(answer, lesions, expected):
    laboratory = labs(ALT=lab("ALT", "150", uln=50))
    verdict = judged("I11", laboratory=laboratory, liver_metastases=answer, lesions=lesions)
    assert verdict.truth == expected


CLEARANCE = [
    # vector    sex  born       kg    umol/L   parameters  I12
    ("V1",      "M", "1960-07", "70", "97.24", DEFAULT,    MET),
    ("V2",      "F", "1964-07", "46", "128",   DEFAULT,    MET),
    ("V2",      "F", "1964-07", "46", "128",   SI,         NOT_MET),
    ("V4",      "F", "1953-07", "52", "132",   DEFAULT,    NOT_MET),
    ("<",       "F", "1953-07", "52", "<124",  DEFAULT,    MET),      # creatinine lower, clearance higher
    ("<",       "F", "1953-07", "52", "<132",  DEFAULT,    UNKNOWN),
    (">",       "F", "1953-07", "52", ">132",  DEFAULT,    NOT_MET),
    ("no sex",  None, "1953-07", "52", "132",  DEFAULT,    UNKNOWN),
    ("no age",  "F", None,      "52", "132",   DEFAULT,    UNKNOWN),
    ("zero",    "F", "1953-07", "52", "0",     DEFAULT,    UNKNOWN),
    ("59 or 60", "F", "1965-06", "46", "129",  DEFAULT,    UNKNOWN),  # 30.15 or 29.77
    ("60 or 61", "F", "1964-06", "46", "129",  DEFAULT,    NOT_MET),
]  # fmt: skip


@pytest.mark.parametrize(
    ("vector", "sex", "born", "kg", "creatinine", "parameters", "expected"), CLEARANCE
)
def test_clearance_is_compared_unrounded_over_all_possible_ages(
    vector, sex, born, kg, creatinine, parameters, expected
):
    person = {"sex": sex, "birth_month": born, "weights": (Weight(kg=Decimal(kg), on=GATE),)}
    assert (
        judged("I12", laboratory=(lab("CREAT", creatinine),), parameters=parameters, **person).truth
        == expected
    )


WEIGHTS = [
    # days after the specimen: kg            I12 of V4's patient: met from 55 kg
    ({-14: 60},                              MET),
    ({-15: 60},                              UNKNOWN),
    ({7: 60},                                MET),
    ({8: 60},                                UNKNOWN),
    ({-3: 60, 2: 52},                        NOT_MET),  # the nearest counts
    ({-2: 60, 2: 52},                        UNKNOWN),  # as near, and they contradict each other
    ({},                                     UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("weights", "expected"), WEIGHTS)
def test_nearest_weight_counts(weights, expected):
    measured = tuple(
        Weight(kg=Decimal(kg), on=GATE + timedelta(days)) for days, kg in weights.items()
    )
    assert (
        judged(
            "I12",
            laboratory=(lab("CREAT", "132"),),
            sex="F",
            birth_month="1953-07",
            weights=measured,
        ).truth
        == expected
    )


def test_measured_clearance_counts_only_where_the_protocol_says_so():
    measured = (Clearance(source="MEASURED_GFR", result=parse("29"), on=GATE),)
    assert judged("I12", clearances=measured).truth == MET
    assert (
        judged(
            "I12", clearances=measured, parameters=replace(DEFAULT, cg_source=CgSource.MEASURED_GFR)
        ).truth
        == NOT_MET
    )
    assert (
        judged(
            "I12", clearances=measured, parameters=replace(DEFAULT, cg_source=CgSource.URINE_24H)
        ).truth
        == UNKNOWN
    )
