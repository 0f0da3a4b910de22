"""The sentences by which eligibility tells its reasons: an investigator reads and signs them, so each word is held."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.protocol.screened import (
    BONE,
    EQUIVOCAL_LIVER,
    GATE,
    LIVER,
    LUNG,
    NODE,
    VERTEBRA,
    agent,
    judged,
    lab,
    labs,
    livers,
)
from trial.protocol.eligibility.evidence import Evidence
from trial.protocol.eligibility.gates import (
    Clearance,
    Ecog,
    Weight,
    applying,
    confirmable,
    confirmed,
    evaluate,
)
from trial.protocol.eligibility.organ_units import Lesion
from trial.protocol.kleene import Truth
from trial.protocol.laboratory.reported import parse
from trial.protocol.parameters import DEFAULT, BrainLiverLogic, CgSource, LnUnitRule

MET, NOT_MET, UNKNOWN = Truth
BRAIN = replace(LUNG, organ="BRAIN")
SECOND = replace(NODE, organ="BRAIN", code="L07")

REASONS = [
    (
        "I01",
        {"histology_source": "CYTOLOGY_ONLY"},
        "Cytology only: there is no histological confirmation yet.",
    ),
    (
        "I01",
        {"histology_confirmed": "N", "histology_type": None},
        "Histologically confirmed: no; type: not entered.",
    ),
    (
        "I01",
        {"histology_confirmed": None, "histology_type": "NON_UC_SQUAMOUS"},
        "Histologically confirmed: not entered; type: squamous cell carcinoma.",
    ),
    (
        "I01",
        {"histology_confirmed": "U"},
        "Confirmation, material or type of the histology is not entered or not known.",
    ),
    (
        "I02",
        {
            "clinical_setting": None,
            "lesions": (
                NODE,
                replace(LUNG, lesion_class=""),
                replace(LUNG, lesion_class="PRIMARY"),
                EQUIVOCAL_LIVER,
            ),
        },
        "Setting: not entered; definite lesions besides the primary tumor: 1.",
    ),
    ("I03", {"lesions": ()}, "No lesion is entered yet."),
    (
        "I04",
        {
            "lesions": (
                replace(LUNG, radiotherapy="NO_CONSTRAINT"),
                replace(NODE, radiotherapy="NO_CONSTRAINT"),
            )
        },
        "Full coverage is said to be possible, but a dose constraint bars L01, L06.",
    ),
    ("I04", {"radiotherapy_feasible": None}, "Full coverage by radiotherapy: not judged yet."),
    ("I05", {"consent_declined": True}, "Consent was declined."),
    ("I05", {"consent_withdrawn_on": GATE}, "Consent was withdrawn on 2025-06-16."),
    ("I05", {"consent_signed_on": None}, "No initial consent is entered yet."),
    (
        "I05",
        {"consent_version_valid": None},
        "Signed on 2025-06-01, on a version not known to be valid at the site on that day.",
    ),
    (
        "I05",
        {"first_study_procedure_on": date(2025, 5, 31)},
        "Signed on 2025-06-01, after a study procedure on 2025-05-31.",
    ),
    (
        "I05",
        {"gate_on": date(2025, 5, 31)},
        "Signed on 2025-06-01, after the day of the gate, 2025-05-31.",
    ),
    ("I06", {"birth_month": None}, "Age at consent: not known; 18 to 80 years are required."),
    ("I06", {"birth_month": "1944-06"}, "Age at consent: 80 or 81; 18 to 80 years are required."),
    (
        "I07",
        {"survival_6_months": "Y"},
        "Expected survival of 6 months or more, by the investigator: yes.",
    ),
    (
        "I07",
        {"survival_6_months": "N"},
        "Expected survival of 6 months or more, by the investigator: no.",
    ),
    (
        "I07",
        {"survival_6_months": "U"},
        "Expected survival of 6 months or more, by the investigator: not known.",
    ),
    (
        "I07",
        {"survival_6_months": None},
        "Expected survival of 6 months or more, by the investigator: not entered.",
    ),
    ("I08", {"ecog": ()}, "No ECOG status in the 14 days up to 2025-06-16."),
    (
        "I08",
        {"gate_on": None},
        "The day of the gate is not known yet, so no ECOG status can be chosen.",
    ),
    (
        "I08",
        {"ecog": (Ecog(grade=1, on=GATE), Ecog(grade=2, on=GATE))},
        "ECOG 1 on 2025-06-16 and ECOG 2 on 2025-06-16; 0 or 1 is required.",
    ),
    ("I09", {"laboratory": ()}, "No hemoglobin in the 14 days up to 2025-06-16."),
    (
        "I09",
        {"laboratory": labs(HGB=lab("HGB", "<95"))},
        "Hemoglobin <95 g/L on 2025-06-16; at least 90 g/L is required.",
    ),
    (
        "I10",
        {"laboratory": labs(BILI=lab("BILI", "44.4704"))},
        "Total bilirubin 44.4704 µmol/L (ULN not known) on 2025-06-16; at most 2 × ULN is required.",
    ),
    (
        "I12",
        {"laboratory": ()},
        "No creatinine clearance (Cockcroft–Gault, creatinine of no day in the window): a value, or age, sex or weight for it, is missing.",
    ),
    (
        "I12",
        {},
        "Creatinine clearance 67.2 mL/min (Cockcroft–Gault, creatinine of 2025-06-16); at least 30 mL/min is required.",
    ),
    ("X01", {"histology_type": "NON_UC_SQUAMOUS"}, "Histological type: squamous cell carcinoma."),
    ("X01", {"histology_type": None}, "The histological type is not known."),
    (
        "X01",
        {"histology_type": "UC_WITH_VARIANT"},
        "Urothelial with variant components: not entered; share: not entered.",
    ),
    (
        "X01",
        {
            "histology_type": "UC_WITH_VARIANT",
            "variant_components": frozenset({"SQUAMOUS", "GLANDULAR"}),
            "variant_percent": 20,
        },
        "Urothelial with variant components: glandular, squamous; share: 20 %.",
    ),
    (
        "X02",
        {"lesions": (BRAIN, SECOND)},
        "Brain imaging: no metastases; brain lesions entered: L01, L07.",
    ),
    ("X02", {"brain_result": "METS"}, "Brain imaging: metastases; brain lesions entered: none."),
    (
        "X02",
        {
            "lesions": (
                replace(BRAIN, certainty="EQUIVOCAL"),
                replace(SECOND, certainty="EQUIVOCAL"),
            )
        },
        "Brain imaging: no metastases; equivocal brain lesions: L01, L07.",
    ),
    (
        "X02",
        {"brain_result": None, "brain_imaged_on": None},
        "Brain imaging: no result, no date; a clear result is needed in the 42 days up to 2025-06-16.",
    ),
    (
        "X02",
        {"gate_on": None},
        "Brain imaging: no metastases, 2025-06-02; a clear result is needed in the 42 days up to the gate, whose day is not known yet.",
    ),
    ("X03", {"lesions": ()}, "No lesion is entered yet, so the liver metastases are not known."),
    ("X04", {"lesions": ()}, "No lesion is entered yet."),
    (
        "X04",
        {"cord_risk": None},
        "No vertebral lesion is entered; risk of cord compression: not judged yet.",
    ),
    (
        "X04",
        {"lesions": (VERTEBRA, replace(VERTEBRA, code="L07", compression=None)), "cord_risk": "NO"},
        "Vertebral lesions: L05 ESCC 0, L07 ESCC not entered; risk of cord compression: no.",
    ),
    (
        "X05",
        {"pleural": "PRESENT", "pericardial": None},
        "Fluid: pericardial not entered, pleural present, abdominopelvic absent.",
    ),
    ("X06", {"induction": ()}, "Cycle 1 is not entered. Cycle 2 is not entered."),
    ("X06", {}, "Cycles 1 and 2 were given without a reduction for toxicity."),
    (
        "X06",
        {
            "induction": (
                agent(1, "gemcitabine", adjustment=None, percent=None),
                agent(
                    2,
                    "cisplatin",
                    adjustment="REDUCED",
                    reason="OTHER",
                    percent="92.50",
                    delay_days=7,
                ),
            )
        },
        "Gemcitabine in cycle 1: adjustment not entered, share of the planned dose not entered. "
        "Cisplatin in cycle 2: reduced (other), 92.5 % of planned, 7 days late.",
    ),
    ("X07", {"progression": MET}, "Progression was assessed after 2 cycles."),
    ("X07", {"progression": NOT_MET}, "The check after cycle 2 found no progression."),
    ("X07", {"progression": UNKNOWN}, "The check after cycle 2 has no result that counts yet."),
]


@pytest.mark.parametrize(("criterion", "changed", "sentence"), REASONS)
def test_reason_is_told_in_this_sentence(criterion, changed, sentence):
    assert judged(criterion, **changed).reason == sentence


DEMANDS = [
    # answer  lesions    what is demanded of each enzyme
    ("N",     (LUNG,),   "at most 2.5 × ULN is required"),
    ("Y",     (LIVER,),  "at most 5 × ULN is required"),
    ("U",     (LUNG,),   "at most 2.5 × ULN, or 5 × ULN with liver metastases, is required"),
    ("N",     (LIVER,),  "at most 2.5 × ULN, or 5 × ULN with liver metastases, is required"),  # contradicts itself
]  # fmt: skip


@pytest.mark.parametrize(("answer", "lesions", "demand"), DEMANDS)
def test_enzymes_tell_the_limit_that_the_liver_sets(answer, lesions, demand):
    assert judged("I11", liver_metastases=answer, lesions=lesions).reason == (
        f"Aspartate aminotransferase 22 U/L = 0.55 × ULN on {GATE}; {demand}. "
        f"Alanine aminotransferase 25 U/L = 0.50 × ULN on {GATE}; {demand}. "
        f"Alkaline phosphatase 80 U/L = 0.64 × ULN on {GATE}; {demand}."
    )


def test_several_results_of_one_day_are_all_told():
    twice = (*labs(), lab("HGB", "88"))
    assert judged("I09", laboratory=twice).reason == (
        f"Hemoglobin 112 g/L on {GATE} and Hemoglobin 88 g/L on {GATE}; at least 90 g/L is required."
    )


def test_clearances_of_both_possible_ages_are_told():
    found = judged("I12", birth_month="1960-06")  # 64 or 65
    assert found.reason == (
        f"Creatinine clearance 67.2 or 66.3 mL/min (Cockcroft–Gault, creatinine of {GATE}); at least 30 mL/min is required."
    )


def test_measured_clearance_names_its_source():
    measured = (Clearance(source="MEASURED_GFR", result=parse(">60"), on=GATE),)
    parameters = replace(DEFAULT, cg_source=CgSource.MEASURED_GFR)
    assert judged("I12", clearances=measured, parameters=parameters).reason == (
        "Creatinine clearance >60.0 mL/min (MEASURED_GFR); at least 30 mL/min is required."
    )


def test_creatinine_of_a_fraction_of_1_is_computed_and_not_dropped():
    tiny = judged(
        "I12",
        laboratory=labs(CREAT=lab("CREAT", "0.5")),
        weights=(Weight(kg=Decimal(70), on=GATE),),
    )
    assert tiny.truth == MET


def test_units_follow_the_parameters_in_the_sentence_too():
    far = [
        Lesion(
            code=f"L1{n}",
            lesion_class="NONREGIONAL_LN",
            subregion=subregion,
            regional="N",
            certainty="DEFINITE",
        )
        for n, subregion in enumerate(("MEDUP", "MEDLO"))
    ]
    parameters = replace(DEFAULT, ln_unit_rule=LnUnitRule.ALL_NONREGIONAL_AS_ONE)
    found = judged("I03", lesions=(LUNG, NODE, BONE, *far), parameters=parameters)
    assert (found.truth, found.reason) == (
        NOT_MET, "Organ units: 4 (bone, lung, non-regional lymph nodes, regional lymph nodes); 1 to 3 are required."
    )  # fmt: skip
    assert judged("I03", lesions=(LUNG, NODE, *far), parameters=parameters).truth == MET


def test_brain_and_liver_together_tell_both():
    parameters = replace(DEFAULT, brain_liver_logic=BrainLiverLogic.AND)
    brain, liver = (
        judged(code, brain_result="METS", lesions=livers(4), parameters=parameters)
        for code in ("X02", "X03")
    )
    said = "Only brain and more than 3 liver metastases together exclude."
    of_brain, of_liver = (
        "Brain imaging: metastases; brain lesions entered: none.",
        "Liver metastases: 4; more than 3 exclude.",
    )
    assert (brain.reason, liver.reason) == (
        f"{of_brain} {of_liver} {said}",
        f"{of_liver} {of_brain} {said}",
    )
    assert brain.evidence == liver.evidence


def test_vertebra_counts_whatever_the_class_of_its_lesion():
    soft = replace(LUNG, vertebra="Y", compression="3")
    assert judged("X04", lesions=(soft,)).truth == MET


@pytest.mark.parametrize(("level", "window"), [(1, 14), (2, 7)])
@pytest.mark.parametrize("criterion", ["I08", "I09", "I10", "I11", "I12"])
def test_each_gate_has_its_own_window(criterion, level, window):
    old = GATE.fromordinal(GATE.toordinal() - 8)
    changed = {
        "ecog": (Ecog(grade=1, on=old),),
        "laboratory": tuple(replace(value, on=old) for value in labs()),
    }
    changed["weights"] = (Weight(kg=Decimal(70), on=old),)
    assert judged(criterion, gate=level, **changed).truth == (MET if window > 8 else UNKNOWN)


def test_criteria_that_apply_follow_the_parameters():
    before = replace(DEFAULT, randomization_timing="BEFORE_CYCLES")
    verdicts = evaluate(Evidence(), gate=2, parameters=before)
    assert [verdict.criterion for verdict in verdicts] == [
        criterion.code for criterion in applying(2, before)
    ]
    assert "X06" not in [verdict.criterion for verdict in verdicts]


def test_confirmed_verdict_is_passed_by_the_investigators_truth():
    open_one = judged("X05", pleural="TRACE")
    assert confirmed(open_one, NOT_MET).passed == "PASS"
    assert confirmed(open_one, MET).passed == "FAIL"


def test_another_truth_without_a_reason_is_refused():
    assert confirmable(judged("X05", pleural="TRACE"), NOT_MET) == (
        "X05 is unknown by the data. Give the reason why it is not met."
    )
