"""Eligibility at two gates (crf_spec 2.12): evidence, story 1, overall result, confirmation."""

from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protocol.screened import (
    BONE,
    EQUIVOCAL_LIVER,
    GATE,
    LUNG,
    NODE,
    SUITABLE,
    VERTEBRA,
    judged,
    lab,
    labs,
    livers,
)
from trial.protocol.eligibility.gates import (
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
from trial.protocol.parameters import DEFAULT, BrainLiverLogic, CgConstant, RandomizationTiming

MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN
AND = replace(DEFAULT, brain_liver_logic=BrainLiverLogic.AND)
SI = replace(DEFAULT, cg_constant=CgConstant.SI_ROUNDED)
DAY_BEFORE = GATE - timedelta(1)
BEFORE = replace(DEFAULT, randomization_timing=RandomizationTiming.BEFORE_CYCLES)


def without(names):
    """Return the evidence of a suitable patient with these fields not entered."""
    return replace(SUITABLE, **{name: getattr(Evidence(), name) for name in names})


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
    names = {field.name for field in fields(Evidence)}
    for verdict in evaluate(SUITABLE, gate=gate, parameters=parameters):
        assert set(verdict.evidence) <= names
        emptied = without(names - set(verdict.evidence))
        assert verdict in evaluate(emptied, gate=gate, parameters=parameters)


def test_reason_is_a_sentence_with_the_numbers():
    reason = judged("I10", laboratory=labs(BILI=lab("BILI", "44.4704", uln=21))).reason
    assert (
        reason
        == f"Total bilirubin 44.4704 µmol/L = 2.12 × ULN on {GATE}; at most 2 × ULN is required."
    )
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


PRIMARY_ONLY = Lesion(code="L09", lesion_class="PRIMARY", organ="KIDNEY", certainty="DEFINITE")
REASONS = [
    # criterion, what is different, reason
    ("I01", {"histology_confirmed": "N"},
     "Histologically confirmed: no; type: urothelial carcinoma."),
    ("I01", {"histology_confirmed": None, "histology_type": "NON_UC_ADENO"},
     "Histologically confirmed: not entered; type: adenocarcinoma."),
    ("I02", {"clinical_setting": None},
     "Setting: not entered; definite lesions besides the primary tumor: 2."),
    ("I03", {"lesions": (PRIMARY_ONLY,)},
     "Organ units: 0 (none); 1 to 3 are required."),
    ("I03", {"lesions": (LUNG, EQUIVOCAL_LIVER)},
     "Organ units: 1 to 2 (liver, lung); 1 to 3 are required."),
    ("I04", {"radiotherapy_feasible": None},
     "Full coverage by radiotherapy: not judged yet."),
    ("I06", {"birth_month": "1945-06"},
     "Age at consent: 79 or 80; 18 to 80 years are required."),
    ("I07", {"survival_6_months": None},
     "Expected survival of 6 months or more, by the investigator: not entered."),
    ("I12", {"laboratory": (lab("CREAT", "<97.24"),)},
     f"Creatinine clearance >67.2 mL/min (Cockcroft–Gault, creatinine of {GATE}); at least 30 mL/min is required."),
    ("I12", {"laboratory": (lab("CREAT", "217.7"),)},
     f"Creatinine clearance 30.00 mL/min (Cockcroft–Gault, creatinine of {GATE}); at least 30 mL/min is required."),
]  # fmt: skip


@pytest.mark.parametrize(("criterion", "changed", "reason"), REASONS)
def test_reason_states_finding_and_requirement(criterion, changed, reason):
    assert judged(criterion, **changed).reason == reason


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
    not_passed = {
        verdict.criterion: verdict.truth for verdict in verdicts if verdict.passed != Passed.PASS
    }
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
    assert overall(verdict(criterion, truth) for criterion, truth in truths) == expected


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
    sentence = confirmable(verdict(*automatic), investigator, reason)
    assert sentence is None if because is None else because in sentence


def test_refused_confirmation_gives_the_reason_by_the_data():
    too_low = judged("I09", laboratory=labs(HGB=lab("HGB", "88")))
    assert confirmable(too_low, MET, "Looks well.") == (
        "I09 fails by the data and cannot be overruled: "
        f"Hemoglobin 88 g/L on {GATE}; at least 90 g/L is required. "
        "Correct the source, or end here."
    )


def test_confirmed_truth_counts_in_the_overall_result():
    undetermined = judged("X05", pericardial="TRACE_PHYSIOLOGICAL")
    assert overall([undetermined]) == Overall.UNDETERMINED
    assert overall([confirmed(undetermined, NOT_MET)]) == Overall.ELIGIBLE
    assert overall([confirmed(undetermined, MET)]) == Overall.INELIGIBLE


FIELDS = sorted(field.name for field in fields(Evidence))


@given(
    st.sets(st.sampled_from(FIELDS)), st.sampled_from([1, 2]), st.sampled_from([DEFAULT, AND, SI])
)
def test_omitting_evidence_never_raises_and_never_turns_a_verdict_round(omitted, gate, parameters):
    for verdict in evaluate(without(omitted), gate=gate, parameters=parameters):
        assert verdict.passed != Passed.FAIL


CODES = st.sampled_from(
    [
        "Y",
        "N",
        "U",
        "YES",
        "NO",
        "PRESENT",
        "METS",
        "NO_METS",
        "UC_PURE",
        "OTHER",
        "BONE",
        "LIVER",
        "2",
        "?",
        "",
        None,
    ]
)
ANY_LESION = st.builds(
    Lesion,
    code=st.just("L01"),
    **dict.fromkeys([f.name for f in fields(Lesion) if f.name != "code"], CODES),
)
CODED = [field.name for field in fields(Evidence) if field.type == (str | None)]


@given(
    st.dictionaries(st.sampled_from(CODED), CODES),
    st.lists(ANY_LESION, max_size=4),
    st.sampled_from([1, 2]),
)
def test_senseless_codes_never_raise(codes, lesions, gate):
    evidence = replace(SUITABLE, lesions=tuple(lesions), **codes)
    assert len(evaluate(evidence, gate=gate)) == len(applying(gate))
