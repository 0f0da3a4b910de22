"""Eligibility at two gates (crf_spec 2.12): each criterion's rule, the windows, the golden vectors, the confirmation."""

from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.protocol.screened import BONE, EQUIVOCAL_LIVER, GATE, LIVER, LUNG, NODE, SUITABLE, VERTEBRA, agent, lab, labs
from trial.protocol.eligibility import (
    Clearance,
    Ecog,
    Evidence,
    Lesion,
    Overall,
    Passed,
    Verdict,
    Weight,
    applying,
    confirmable,
    confirmed,
    evaluate,
    overall,
    passed,
)
from trial.protocol.kleene import Truth
from trial.protocol.parameters import DEFAULT, BrainLiverLogic, CgConstant, CgSource, RandomizationTiming
from trial.protocol.reported import parse
from trial.protocol.study import CRITERIA

MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN
AND = replace(DEFAULT, brain_liver_logic=BrainLiverLogic.AND)
BEFORE = replace(DEFAULT, randomization_timing=RandomizationTiming.BEFORE_CYCLES)


def judged(criterion, *, gate=None, parameters=DEFAULT, **changed):
    """The verdict on one criterion of a suitable patient of whom something is different."""
    gate = gate or min(next(c.gates for c in CRITERIA if c.code == criterion))
    verdicts = evaluate(replace(SUITABLE, **changed), gate=gate, parameters=parameters)
    return next(verdict for verdict in verdicts if verdict.criterion == criterion)


@pytest.mark.parametrize("gate", [1, 2])
def test_suitable_patient_is_eligible_at_both_gates(gate):
    assert overall(evaluate(SUITABLE, gate=gate)) == Overall.ELIGIBLE


@pytest.mark.parametrize("gate", [1, 2])
def test_nothing_entered_is_unknown_in_every_criterion(gate):
    verdicts = evaluate(Evidence(), gate=gate)
    assert {verdict.truth for verdict in verdicts} == {UNKNOWN}
    assert overall(verdicts) == Overall.UNDETERMINED


@pytest.mark.parametrize("gate", [1, 2])
@pytest.mark.parametrize("parameters", [DEFAULT, AND])
def test_verdict_names_exactly_the_evidence_it_depends_on(gate, parameters):
    known = {field.name for field in fields(Evidence)}
    for verdict in evaluate(SUITABLE, gate=gate, parameters=parameters):
        assert set(verdict.evidence) <= known
        emptied = replace(SUITABLE, **{name: getattr(Evidence(), name) for name in known - set(verdict.evidence)})
        assert verdict in evaluate(emptied, gate=gate, parameters=parameters)


def test_reason_is_a_sentence_with_the_numbers():
    reason = judged("I10", laboratory=labs(BILI=lab("BILI", "44.4704", uln=21))).reason
    assert reason == f"Total bilirubin 44.4704 µmol/L = 2.12 × ULN on {GATE}; at most 2 × ULN is required."
    for verdict in (*evaluate(SUITABLE, gate=1), *evaluate(Evidence(), gate=2)):
        assert verdict.reason[0].isupper()
        assert verdict.reason.endswith(".")


GATES = [
    # timing   gate  criteria
    (DEFAULT,  1,    17),
    (DEFAULT,  2,    15),
    (BEFORE,   1,    17),
    (BEFORE,   2,    17),  # both gates at once, without X06 and X07
]  # fmt: skip


@pytest.mark.parametrize(("parameters", "gate", "number"), GATES)
def test_criteria_apply_at_their_gates(parameters, gate, number):
    codes = [criterion.code for criterion in applying(gate, parameters)]
    assert len(codes) == number
    assert codes == sorted(codes)


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
def test_histology(is_confirmed, material, kind, inclusion, exclusion):
    changed = {"histology_confirmed": is_confirmed, "histology_source": material, "histology_type": kind}
    assert (judged("I01", **changed).truth, judged("X01", **changed).truth) == (inclusion, exclusion)


VARIANTS = [
    # components                      percent  X01
    ({"SQUAMOUS"},                    49,      NOT_MET),
    ({"SQUAMOUS"},                    50,      UNKNOWN),
    ({"SQUAMOUS"},                    None,    UNKNOWN),
    ({"SQUAMOUS", "NEUROENDOCRINE"},  1,       UNKNOWN),
    (set(),                           10,      UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("components", "percent", "expected"), VARIANTS)
def test_variant_of_half_the_tumor_or_neuroendocrine_is_left_to_the_investigator(components, percent, expected):
    changed = {"variant_components": frozenset(components), "variant_percent": percent}
    assert judged("X01", histology_type="UC_WITH_VARIANT", **changed).truth == expected
    assert judged("I01", histology_type="UC_WITH_VARIANT", **changed).truth == MET


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
    # judged       lesions    I04
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


DAY_BEFORE, DAY_AFTER = GATE - timedelta(1), GATE + timedelta(1)
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
]  # fmt: skip


@pytest.mark.parametrize(("changed", "expected"), CONSENT)
def test_consent(changed, expected):
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
def test_age_at_consent_over_all_that_is_possible(vector, born, consent, source, expected):
    signed = date.fromisoformat(consent) if consent else None
    assert judged("I06", birth_month=born, consent_signed_on=signed, age_confirmed=source).truth == expected


@pytest.mark.parametrize(("code", "expected"), [("Y", MET), ("N", NOT_MET), ("U", UNKNOWN), ("", UNKNOWN), (None, UNKNOWN)])
def test_expected_survival_is_the_investigators_statement(code, expected):
    assert judged("I07", survival_6_months=code).truth == expected


@pytest.mark.parametrize(("grade", "expected"), [(0, MET), (1, MET), (2, NOT_MET), (4, NOT_MET)])
def test_performance_status(grade, expected):
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
    assert judged("I12", gate=gate, laboratory=(lab("CREAT", "88", on=day),), weights=weights).truth == expected


def test_latest_in_the_window_counts_and_not_the_better_one():
    ecog = (Ecog(grade=0, on=GATE - timedelta(5)), Ecog(grade=2, on=GATE - timedelta(1)))
    assert judged("I08", ecog=ecog).truth == NOT_MET


def test_two_results_of_one_day_that_contradict_each_other_decide_nothing():
    assert judged("I09", laboratory=(lab("HGB", "89"), lab("HGB", "91"))).truth == UNKNOWN
    assert judged("I09", laboratory=(lab("HGB", "95"), lab("HGB", "91"))).truth == MET


def test_without_the_day_of_the_gate_no_measurement_can_be_chosen():
    assert judged("I09", gate_on=None).reason == "The day of the gate is not known yet, so no hemoglobin can be chosen."


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


@pytest.mark.parametrize(("criterion", "test", "reported", "uln", "expected"), HEMOGLOBIN_AND_BILIRUBIN)
def test_hemoglobin_and_bilirubin_on_both_sides_of_their_limits(criterion, test, reported, uln, expected):
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
        found = judged("I11", laboratory=labs(**{test: lab(test, reported, uln=40)}), liver_metastases=answer, lesions=())
        assert found.truth == expected


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
    found = judged("I11", laboratory=labs(ALT=lab("ALT", "150", uln=50)), liver_metastases=answer, lesions=lesions)
    assert found.truth == expected


SI = replace(DEFAULT, cg_constant=CgConstant.SI_ROUNDED)
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


@pytest.mark.parametrize(("vector", "sex", "born", "kg", "creatinine", "parameters", "expected"), CLEARANCE)
def test_clearance_is_compared_unrounded_over_all_possible_ages(vector, sex, born, kg, creatinine, parameters, expected):
    person = {"sex": sex, "birth_month": born, "weights": (Weight(kg=Decimal(kg), on=GATE),)}
    assert judged("I12", laboratory=(lab("CREAT", creatinine),), parameters=parameters, **person).truth == expected


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
    measured = tuple(Weight(kg=Decimal(kg), on=GATE + timedelta(days)) for days, kg in weights.items())
    assert judged("I12", laboratory=(lab("CREAT", "132"),), sex="F", birth_month="1953-07", weights=measured).truth == expected


def test_measured_clearance_counts_only_where_the_protocol_says_so():
    measured = (Clearance(source="MEASURED_GFR", result=parse("29"), on=GATE),)
    assert judged("I12", clearances=measured).truth == MET
    assert judged("I12", clearances=measured, parameters=replace(DEFAULT, cg_source=CgSource.MEASURED_GFR)).truth == NOT_MET
    assert judged("I12", clearances=measured, parameters=replace(DEFAULT, cg_source=CgSource.URINE_24H)).truth == UNKNOWN


BRAIN = Lesion(code="L08", lesion_class="BRAIN", organ="BRAIN", certainty="DEFINITE")
BRAIN_IMAGING = [
    # done  days before  result       lesions                                   X02
    ("Y",   42,          "NO_METS",   (LUNG,),                                  NOT_MET),
    ("Y",   43,          "NO_METS",   (LUNG,),                                  UNKNOWN),
    ("Y",   -1,          "NO_METS",   (LUNG,),                                  UNKNOWN),
    ("Y",   43,          "METS",      (LUNG,),                                  MET),
    ("Y",   10,          "EQUIVOCAL", (LUNG,),                                  UNKNOWN),
    ("Y",   10,          None,        (LUNG,),                                  UNKNOWN),
    ("N",   10,          "NO_METS",   (LUNG,),                                  UNKNOWN),
    ("Y",   10,          "NO_METS",   (BRAIN,),                                 MET),
    ("Y",   10,          "NO_METS",   (replace(BRAIN, certainty="EQUIVOCAL"),), UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("done", "before", "result", "lesions", "expected"), BRAIN_IMAGING)
def test_absence_of_brain_metastases_holds_for_its_window(done, before, result, lesions, expected):
    imaging = {"brain_imaged": done, "brain_imaged_on": GATE - timedelta(before), "brain_result": result}
    assert judged("X02", lesions=lesions, **imaging).truth == expected


def livers(number):
    return tuple(replace(LIVER, code=f"L{n:02}") for n in range(1, number + 1))


BRAIN_AND_LIVER = [
    # brain       lesions                           OR: X02   X03       AND: X02  X03
    ("METS",      (LUNG,),                          MET,      NOT_MET,  NOT_MET,  NOT_MET),
    ("NO_METS",   livers(4),                        NOT_MET,  MET,      NOT_MET,  NOT_MET),
    ("METS",      livers(4),                        MET,      MET,      MET,      MET),
    ("NO_METS",   livers(3),                        NOT_MET,  NOT_MET,  NOT_MET,  NOT_MET),
    ("NO_METS",   (*livers(3), EQUIVOCAL_LIVER),    NOT_MET,  UNKNOWN,  NOT_MET,  NOT_MET),
    ("METS",      (*livers(3), EQUIVOCAL_LIVER),    MET,      UNKNOWN,  UNKNOWN,  UNKNOWN),
    ("EQUIVOCAL", livers(4),                        UNKNOWN,  MET,      UNKNOWN,  UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("brain", "lesions", "or_brain", "or_liver", "and_brain", "and_liver"), BRAIN_AND_LIVER)
def test_brain_and_liver_exclude_each_or_only_together(brain, lesions, or_brain, or_liver, and_brain, and_liver):
    changed = {"brain_result": brain, "lesions": lesions}
    assert [judged(code, **changed).truth for code in ("X02", "X03")] == [or_brain, or_liver]
    assert [judged(code, parameters=AND, **changed).truth for code in ("X02", "X03")] == [and_brain, and_liver]


CORD = [
    # ESCC of the vertebrae     judged            X04
    ((),                        "NOT_APPLICABLE", NOT_MET),
    ((),                        "YES",            UNKNOWN),  # contradicts itself
    (("0",),                    "NO",             NOT_MET),
    (("1b",),                   "NO",             NOT_MET),
    (("1b", "1c"),              "NO",             UNKNOWN),
    (("1c",),                   "YES",            MET),
    (("0", "2"),                "NO",             MET),
    (("3",),                    None,             MET),
    (("1a",),                   "UNDECIDED",      UNKNOWN),
    (("NOT_ASSESSED",),         "NO",             UNKNOWN),
    ((None,),                   "NO",             UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("grades", "risk", "expected"), CORD)
def test_risk_of_cord_compression(grades, risk, expected):
    vertebrae = tuple(replace(VERTEBRA, code=f"L{n:02}", compression=grade) for n, grade in enumerate(grades, 2))
    assert judged("X04", lesions=(LUNG, *vertebrae), cord_risk=risk).truth == expected


def test_bone_lesion_that_may_be_vertebral_leaves_it_open():
    assert judged("X04", lesions=(LUNG, replace(BONE, vertebra=None)), cord_risk="NO").truth == UNKNOWN
    assert judged("X04", lesions=(LUNG, replace(BONE, vertebra="N")), cord_risk="NO").truth == NOT_MET
    assert judged("X04", lesions=(replace(VERTEBRA, certainty="EQUIVOCAL", compression="2"),), cord_risk="NO").truth == UNKNOWN


A, T, P, NA = "ABSENT", "TRACE_PHYSIOLOGICAL", "PRESENT", "NOT_ASSESSED"
FLUID = [
    # pericardial  pleural  abdominopelvic  X05
    (A,            A,       A,              NOT_MET),
    (T,            A,       A,              UNKNOWN),
    (T,            P,       A,              MET),
    (A,            A,       NA,             UNKNOWN),
    (A,            A,       None,           UNKNOWN),
    (None,         None,    P,              MET),
]  # fmt: skip


@pytest.mark.parametrize(("pericardial", "pleural", "abdominopelvic", "expected"), FLUID)
def test_fluid_in_any_space(pericardial, pleural, abdominopelvic, expected):
    assert judged("X05", pericardial=pericardial, pleural=pleural, abdominopelvic=abdominopelvic).truth == expected


INDUCTION = [
    # what happened in cycle 2                                                    X06
    ({},                                                                          NOT_MET),
    ({"adjustment": "REDUCED", "reason": "AE", "percent": 75},                    MET),      # 01-010
    ({"adjustment": "REDUCED", "reason": "CAP_ROUNDING", "percent": 96},          NOT_MET),  # its control
    ({"adjustment": "REDUCED", "reason": "HEMATOL_NADIR", "percent": 89},         MET),
    ({"adjustment": "REDUCED", "reason": "AE", "percent": 90},                    UNKNOWN),
    ({"adjustment": "REDUCED", "reason": "AE", "percent": 94},                    UNKNOWN),
    ({"adjustment": "REDUCED", "reason": "AE", "percent": 100, "dose_level": -1}, MET),
    ({"adjustment": "REDUCED", "reason": "AE", "percent": 100},                   UNKNOWN),  # contradicts itself
    ({"adjustment": "INTERRUPTED", "reason": "AE", "percent": 95},                NOT_MET),
    ({"adjustment": "OMITTED", "reason": "AE", "percent": None},                  MET),
    ({"adjustment": "DISCONTINUED", "reason": "HEMATOL_NADIR"},                   MET),
    ({"adjustment": "OMITTED", "reason": "AE", "complete": False},                MET),
    ({"adjustment": "OMITTED", "reason": "PATIENT"},                              UNKNOWN),
    ({"adjustment": "REDUCED", "reason": "INVESTIGATOR", "percent": 80},          UNKNOWN),
    ({"adjustment": "REDUCED", "reason": "OTHER", "percent": 80},                 UNKNOWN),
    ({"adjustment": "OMITTED", "reason": "LOGISTICS"},                            NOT_MET),
    ({"adjustment": "REDUCED", "reason": "LOGISTICS", "percent": None},           UNKNOWN),
    ({"adjustment": "REDUCED", "reason": "RENAL_RECALC", "percent": 96},          UNKNOWN),
    ({"adjustment": "REDUCED", "reason": "WEIGHT_CHANGE", "percent": 80},         UNKNOWN),
    ({"adjustment": "REDUCED", "reason": "CAP_ROUNDING", "percent": 94},          UNKNOWN),
    ({"adjustment": "NONE", "percent": 80},                                       UNKNOWN),  # no reason given
    ({"adjustment": "NONE", "percent": 95},                                       NOT_MET),
    ({"adjustment": "NONE", "percent": None},                                     UNKNOWN),
    ({"adjustment": "INCREASED", "reason": "INVESTIGATOR", "percent": 110},       NOT_MET),
    ({"adjustment": "DELAYED", "reason": "AE", "delay_days": 14},                 NOT_MET),
    ({"adjustment": "DELAYED", "reason": "AE", "delay_days": 15},                 UNKNOWN),
    ({"adjustment": "DELAYED", "reason": "RT_SCHEDULING", "delay_days": 42},      NOT_MET),
    ({"adjustment": "DELAYED", "delay_days": 15},                                 UNKNOWN),  # no reason given
    ({"adjustment": "NONE", "complete": False},                                   UNKNOWN),
    ({"adjustment": None},                                                        UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("happened", "expected"), INDUCTION)
def test_reduction_for_toxicity_excludes(happened, expected):
    given_twice = (agent(1, "cisplatin"), agent(2, "cisplatin"), agent(1, "gemcitabine"), agent(2, "gemcitabine", **happened))
    assert judged("X06", induction=given_twice).truth == expected


def test_reduction_is_told_with_agent_cycle_and_share():
    reduced = agent(2, "gemcitabine", adjustment="REDUCED", reason="AE", percent=75)
    found = judged("X06", induction=(agent(1, "gemcitabine"), reduced))
    assert found.reason == "Gemcitabine in cycle 2: REDUCED for AE, 75 % of planned."


def test_cycle_not_entered_leaves_tolerance_open_and_later_cycles_do_not_count():
    assert judged("X06", induction=(agent(1, "gemcitabine"),)).reason == "Cycle 2 is not entered."
    later = agent(3, "gemcitabine", adjustment="REDUCED", reason="AE", percent=50)
    assert judged("X06", induction=(*SUITABLE.induction, later)).truth == NOT_MET


@pytest.mark.parametrize("truth", Truth)
def test_progression_after_cycle_2_is_taken_as_the_check_found_it(truth):
    assert judged("X07", progression=truth).truth == truth


STORY_1 = [
    # subject   entered                                                                 criterion and truth
    ("901",     {"histology_source": "CYTOLOGY_ONLY"},                                  ("I01", UNKNOWN)),
    ("902",     {"clinical_setting": "OTHER"},                                          ("I02", UNKNOWN)),
    ("903",     {"lesions": (LUNG, replace(LUNG, organ="ADRENAL_GLAND"), BONE, NODE)},  ("I03", NOT_MET)),
    ("904",     {"lesions": (LUNG, BONE, NODE, EQUIVOCAL_LIVER)},                       ("I03", UNKNOWN)),
    ("904",     {"lesions": (LUNG, BONE, NODE)},                                        ("I03", MET)),
    ("905",     {"radiotherapy_feasible": "NO"},                                        ("I04", NOT_MET)),
    ("906",     {"consent_withdrawn_on": DAY_BEFORE},                                   ("I05", NOT_MET)),
    ("907",     {"birth_month": "1943-11", "consent_signed_on": date(2025, 6, 2)},      ("I06", NOT_MET)),
    ("909",     {"survival_6_months": "N"},                                             ("I07", NOT_MET)),
    ("910",     {"ecog": (Ecog(grade=2, on=GATE),)},                                    ("I08", NOT_MET)),
    ("911",     {"laboratory": labs(HGB=lab("HGB", "88"))},                             ("I09", NOT_MET)),
    ("912",     {"laboratory": labs(BILI=lab("BILI", "44.4704", uln=21))},              ("I10", NOT_MET)),
    ("913",     {"laboratory": labs(ALP=lab("ALP", "375", uln=125)), "lesions": (BONE,)}, ("I11", NOT_MET)),
    ("914",     {"laboratory": labs(CREAT=lab("CREAT", "132")), "sex": "F", "birth_month": "1953-07",
                 "weights": (Weight(kg=Decimal(52), on=GATE),)},                        ("I12", NOT_MET)),
    ("915",     {"histology_type": "NON_UC_SQUAMOUS"},                                  ("X01", MET)),
    ("916",     {"brain_result": "METS"},                                               ("X02", MET)),
    ("917",     {"lesions": livers(5), "liver_metastases": "Y"},                        ("X03", MET)),
    ("918",     {"lesions": (replace(VERTEBRA, compression="2"),), "cord_risk": "NO"},  ("X04", MET)),
    ("919",     {"pleural": "PRESENT", "pericardial": "TRACE_PHYSIOLOGICAL"},           ("X05", MET)),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "entered", "expected"), STORY_1)
def test_screen_failures_of_story_1(subject, entered, expected):
    verdicts = evaluate(replace(SUITABLE, **entered), gate=1)
    not_passed = {verdict.criterion: verdict.truth for verdict in verdicts if verdict.passed != Passed.PASS}
    criterion, truth = expected
    if subject == "915":
        assert not_passed.pop("I01") == NOT_MET
    assert not_passed == ({} if truth == MET and criterion[0] == "I" else dict([expected]))


def test_brain_metastasis_alone_passes_only_under_the_literal_and():
    evidence = replace(SUITABLE, brain_result="METS")
    assert overall(evaluate(evidence, gate=1)) == Overall.INELIGIBLE
    assert overall(evaluate(evidence, gate=1, parameters=AND)) == Overall.ELIGIBLE


def test_five_liver_metastases_are_one_organ_unit():
    assert judged("I03", lesions=livers(5)).truth == MET


def verdict(criterion, truth):
    return Verdict(criterion, truth, passed(criterion, truth), (), "")


OVERALL = [
    # vector  truths of inclusion and exclusion criteria               overall
    ("V24",   [("I01", MET), ("I02", UNKNOWN), ("X05", NOT_MET)],      "UNDETERMINED"),
    ("V24",   [("I02", UNKNOWN), ("X02", MET)],                        "INELIGIBLE"),
    ("all",   [("I01", MET), ("X02", NOT_MET)],                        "ELIGIBLE"),
    ("one",   [("I01", NOT_MET), ("X02", NOT_MET)],                    "INELIGIBLE"),
    ("none",  [],                                                      "UNDETERMINED"),
]  # fmt: skip


@pytest.mark.parametrize(("vector", "truths", "expected"), OVERALL)
def test_one_failure_decides_and_one_unknown_leaves_it_open(vector, truths, expected):
    assert overall(verdict(*one) for one in truths) == expected


CONFIRMATION = [
    # automatic             investigator  reason           refused because
    (("I07", UNKNOWN),      UNKNOWN,      "",              None),
    (("I07", UNKNOWN),      MET,          "",              "Give the reason"),
    (("I07", UNKNOWN),      MET,          "   ",           "Give the reason"),
    (("I07", UNKNOWN),      MET,          "Seen today.",   None),
    (("I07", UNKNOWN),      NOT_MET,      "Seen today.",   None),
    (("I04", MET),          NOT_MET,      "",              "Give the reason"),
    (("I04", MET),          NOT_MET,      "Bowel loop.",   None),
    (("I04", MET),          UNKNOWN,      "Bowel loop.",   None),
    (("I09", NOT_MET),      NOT_MET,      "",              None),
    (("I09", NOT_MET),      MET,          "Transfused.",   "cannot be overruled"),
    (("I09", NOT_MET),      UNKNOWN,      "Transfused.",   "cannot be overruled"),
    (("X05", MET),          NOT_MET,      "Only a trace.", "cannot be overruled"),
    (("X05", NOT_MET),      MET,          "Read again.",   None),
    (("X05", UNKNOWN),      NOT_MET,      "Only a trace.", None),
]  # fmt: skip


@pytest.mark.parametrize(("automatic", "investigator", "reason", "because"), CONFIRMATION)
def test_investigator_confirms_by_the_rules(automatic, investigator, reason, because):
    refused = confirmable(verdict(*automatic), investigator, reason)
    assert refused is None if because is None else because in refused


def test_refused_confirmation_says_what_the_data_say():
    found = judged("I09", laboratory=labs(HGB=lab("HGB", "88")))
    assert confirmable(found, MET, "Looks well.") == (
        f"I09 fails by the data and cannot be overruled: Hemoglobin 88 g/L on {GATE}; at least 90 g/L is required. "
        "Correct the source, or end here."
    )


def test_confirmed_truth_counts_in_the_overall_result():
    open_one = judged("X05", pericardial="TRACE_PHYSIOLOGICAL")
    assert overall([open_one]) == Overall.UNDETERMINED
    assert overall([confirmed(open_one, NOT_MET)]) == Overall.ELIGIBLE
    assert overall([confirmed(open_one, MET)]) == Overall.INELIGIBLE


FIELDS = sorted(field.name for field in fields(Evidence))


@given(st.sets(st.sampled_from(FIELDS)), st.sampled_from([1, 2]), st.sampled_from([DEFAULT, AND, SI]))
def test_leaving_something_out_never_raises_and_never_turns_a_verdict_round(left_out, gate, parameters):
    emptied = replace(SUITABLE, **{name: getattr(Evidence(), name) for name in left_out})
    for found in evaluate(emptied, gate=gate, parameters=parameters):
        assert found.passed != Passed.FAIL


CODES = st.sampled_from(["Y", "N", "U", "YES", "NO", "PRESENT", "METS", "NO_METS", "UC_PURE", "OTHER", "BONE", "LIVER", "2", "?", "", None])
ANY_LESION = st.builds(Lesion, code=st.just("L01"), **dict.fromkeys([f.name for f in fields(Lesion) if f.name != "code"], CODES))
CODED = [field.name for field in fields(Evidence) if field.type == (str | None)]


@given(st.dictionaries(st.sampled_from(CODED), CODES), st.lists(ANY_LESION, max_size=4), st.sampled_from([1, 2]))
def test_senseless_codes_never_raise(codes, lesions, gate):
    evidence = replace(SUITABLE, lesions=tuple(lesions), **codes)
    assert len(evaluate(evidence, gate=gate)) == len(applying(gate))
