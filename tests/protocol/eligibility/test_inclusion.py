"""The inclusion criteria (crf_spec 2.12): each rule as a table, windows, and the golden vectors."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.protocol.screened import EQUIVOCAL_LIVER, GATE, LIVER, LUNG, SUITABLE, judged, lab, labs
from trial.protocol.eligibility.gates import Clearance, Ecog, Lesion, Weight
from trial.protocol.kleene import Truth
from trial.protocol.laboratory.reported import parse
from trial.protocol.parameters import DEFAULT, CgConstant, CgSource

MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN
DAY_BEFORE, DAY_AFTER = GATE - timedelta(1), GATE + timedelta(1)
SI = replace(DEFAULT, cg_constant=CgConstant.SI_ROUNDED)

HISTOLOGY = [
    # confirmed  material         type               I01       X01
    ("Y",        "PRIMARY",       "UC_PURE",         MET,      NOT_MET),
    ("Y",        "METASTASIS",    "UC_PAPILLARY",    MET,      NOT_MET),
    ("Y",        "CYTOLOGY_ONLY", "UC_PURE",         UNKNOWN,  NOT_MET),
    ("Y",        None,            "UC_PURE",         UNKNOWN,  NOT_MET),
    ("N",        None,            "UC_PURE",         NOT_MET,  NOT_MET),
    ("U",        "PRIMARY",       "UC_PURE",         UNKNOWN,  NOT_MET),
    (None,       "PRIMARY",       "UC_PURE",         UNKNOWN,  NOT_MET),
    ("Y",        "PRIMARY",       "NON_UC_SQUAMOUS", NOT_MET,  MET),
    ("Y",        "PRIMARY",       "NON_UC_OTHER",    NOT_MET,  MET),
    ("Y",        "PRIMARY",       "UNKNOWN",         UNKNOWN,  UNKNOWN),
    ("Y",        "PRIMARY",       None,              UNKNOWN,  UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("is_confirmed", "material", "kind", "inclusion", "exclusion"), HISTOLOGY)
def test_histology_is_confirmed_in_tissue(is_confirmed, material, kind, inclusion, exclusion):
    changed = {
        "histology_confirmed": is_confirmed,
        "histology_source": material,
        "histology_type": kind,
    }
    assert (judged("I01", **changed).truth, judged("X01", **changed).truth) == (
        inclusion,
        exclusion,
    )


PRIMARY = Lesion(code="L09", lesion_class="PRIMARY", organ="KIDNEY", certainty="DEFINITE")
SETTINGS = [
    # setting                     lesions              I02
    ("AFTER_RNU",                 (LUNG,),             MET),
    ("AFTER_CYSTECTOMY",          (LUNG,),             MET),
    ("AFTER_CYSTECTOMY_AND_RNU",  (LUNG,),             MET),
    ("INOPERABLE_AT_DIAGNOSIS",   (PRIMARY, LUNG),     MET),
    ("INOPERABLE_AT_DIAGNOSIS",   (PRIMARY,),          UNKNOWN),
    ("AFTER_RNU",                 (EQUIVOCAL_LIVER,),  UNKNOWN),
    ("AFTER_RNU",                 (),                  UNKNOWN),
    ("OTHER",                     (LUNG,),             UNKNOWN),
    (None,                        (LUNG,),             UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("setting", "lesions", "expected"), SETTINGS)
def test_setting_needs_a_definite_metastasis(setting, lesions, expected):
    assert judged("I02", clinical_setting=setting, lesions=lesions).truth == expected


BARRED = replace(LUNG, radiotherapy="NO_CONSTRAINT")
COVERAGE = [
    # judgment     lesions    I04
    ("YES",        (LUNG,),   MET),
    ("NO",         (LUNG,),   NOT_MET),
    ("UNDECIDED",  (LUNG,),   UNKNOWN),
    (None,         (LUNG,),   UNKNOWN),
    ("YES",        (BARRED,), UNKNOWN),  # contradicts itself
    ("NO",         (BARRED,), NOT_MET),
]  # fmt: skip


@pytest.mark.parametrize(("feasible", "lesions", "expected"), COVERAGE)
def test_full_coverage_is_the_radiation_oncologists_word(feasible, lesions, expected):
    assert judged("I04", radiotherapy_feasible=feasible, lesions=lesions).truth == expected


CONSENT = [
    # what is different                                   I05
    ({},                                                  MET),
    ({"consent_signed_on": None},                         UNKNOWN),
    ({"consent_version_valid": False},                    UNKNOWN),
    ({"consent_version_valid": None},                     UNKNOWN),
    ({"consent_declined": True},                          NOT_MET),
    ({"consent_withdrawn_on": GATE},                      NOT_MET),
    ({"consent_withdrawn_on": DAY_AFTER},                 MET),  # it counts from its day on
    ({"consent_withdrawn_on": DAY_AFTER, "gate_on": None}, NOT_MET),
    ({"first_study_procedure_on": date(2025, 5, 31)},     UNKNOWN),
    ({"first_study_procedure_on": date(2025, 6, 1)},      MET),
    ({"consent_signed_on": DAY_AFTER},                    UNKNOWN),
    ({"consent_signed_on": GATE},                         MET),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "expected"), CONSENT)
def test_consent_holds_when_signed_valid_and_not_withdrawn(changed, expected):
    assert judged("I05", **changed).truth == expected


AGES = [
    # vector    born       consent       source  I06
    ("V17",     "1944-06", "2025-06-15", None,   UNKNOWN),
    ("V17",     "1944-06", "2025-06-15", 80,     MET),
    ("V17",     "1944-06", "2025-06-15", 81,     NOT_MET),
    ("908",     "1944-06", "2025-06-15", 79,     UNKNOWN),  # refused on entry; here it decides nothing
    ("907",     "1943-11", "2025-06-02", None,   NOT_MET),
    ("80",      "1944-07", "2025-06-15", None,   MET),
    ("18",      "2007-05", "2025-06-15", None,   MET),
    ("17/18",   "2007-06", "2025-06-15", None,   UNKNOWN),
    ("17",      "2007-07", "2025-06-15", None,   NOT_MET),
    ("no day",  "1960-07", None,         None,   UNKNOWN),
    ("no month", None,     "2025-06-15", None,   UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("vector", "born", "consent", "source", "expected"), AGES)
def test_age_at_consent_is_judged_over_every_possible_age(vector, born, consent, source, expected):
    signed = date.fromisoformat(consent) if consent else None
    assert (
        judged("I06", birth_month=born, consent_signed_on=signed, age_confirmed=source).truth
        == expected
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [("Y", MET), ("N", NOT_MET), ("U", UNKNOWN), ("", UNKNOWN), (None, UNKNOWN)],
)
def test_expected_survival_is_the_investigators_statement(code, expected):
    assert judged("I07", survival_6_months=code).truth == expected


@pytest.mark.parametrize(("grade", "expected"), [(0, MET), (1, MET), (2, NOT_MET), (4, NOT_MET)])
def test_performance_status_is_0_or_1(grade, expected):
    assert judged("I08", ecog=(Ecog(grade=grade, on=GATE),)).truth == expected


WINDOWS = [
    # gate  days before  within
    (1,     14,          True),
    (1,     15,          False),
    (2,     7,           True),
    (2,     8,           False),
    (1,     0,           True),
    (1,     -1,          False),  # after the gate
]  # fmt: skip


@pytest.mark.parametrize(("gate", "before", "within"), WINDOWS)
def test_measurement_counts_only_in_its_window(gate, before, within):
    day = GATE - timedelta(before)
    expected = MET if within else UNKNOWN
    assert judged("I08", gate=gate, ecog=(Ecog(grade=0, on=day),)).truth == expected
    assert judged("I09", gate=gate, laboratory=(lab("HGB", "112", on=day),)).truth == expected
    weights = (Weight(kg=Decimal(70), on=day),)
    assert (
        judged("I12", gate=gate, laboratory=(lab("CREAT", "88", on=day),), weights=weights).truth
        == expected
    )


def test_latest_in_the_window_counts_and_not_the_better_one():
    ecog = (Ecog(grade=0, on=GATE - timedelta(5)), Ecog(grade=2, on=GATE - timedelta(1)))
    assert judged("I08", ecog=ecog).truth == NOT_MET


def test_two_results_of_one_day_that_contradict_each_other_decide_nothing():
    assert judged("I09", laboratory=(lab("HGB", "89"), lab("HGB", "91"))).truth == UNKNOWN
    assert judged("I09", laboratory=(lab("HGB", "95"), lab("HGB", "91"))).truth == MET


def test_without_the_day_of_the_gate_no_measurement_can_be_chosen():
    assert (
        judged("I09", gate_on=None).reason
        == "The day of the gate is not known yet, so no hemoglobin can be chosen."
    )


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
