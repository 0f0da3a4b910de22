"""The exclusion criteria (crf_spec 2.12): each rule as a table."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.protocol.screened import (
    BONE,
    EQUIVOCAL_LIVER,
    GATE,
    LUNG,
    SUITABLE,
    VERTEBRA,
    agent,
    judged,
    livers,
)
from trial.protocol.eligibility.evidence import Switch
from trial.protocol.eligibility.gates import Lesion
from trial.protocol.kleene import Truth
from trial.protocol.parameters import DEFAULT, BrainLiverLogic

MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN
AND = replace(DEFAULT, brain_liver_logic=BrainLiverLogic.AND)

VARIANTS = [
    # components                      percent  X01
    ({"SQUAMOUS"},                    0,       NOT_MET),
    ({"SQUAMOUS"},                    49,      NOT_MET),
    ({"SQUAMOUS"},                    50,      UNKNOWN),
    ({"SQUAMOUS"},                    None,    UNKNOWN),
    ({"SQUAMOUS", "NEUROENDOCRINE"},  1,       UNKNOWN),
    (set(),                           10,      UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("components", "percent", "expected"), VARIANTS)
def test_variant_of_half_the_tumor_or_neuroendocrine_is_left_to_the_investigator(
    components, percent, expected
):
    changed = {"variant_components": frozenset(components), "variant_percent": percent}
    assert judged("X01", histology_type="UC_WITH_VARIANT", **changed).truth == expected
    assert judged("I01", histology_type="UC_WITH_VARIANT", **changed).truth == MET


BRAIN = Lesion(code="L08", lesion_class="BRAIN", organ="BRAIN", certainty="DEFINITE")
BRAIN_IMAGING = [
    # done  days before  result       lesions                                   X02
    ("Y",   42,          "NO_METS",   (LUNG,),                                  NOT_MET),
    ("Y",   43,          "NO_METS",   (LUNG,),                                  UNKNOWN),
    ("Y",   0,           "NO_METS",   (LUNG,),                                  NOT_MET),
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
    imaging = {
        "brain_imaged": done,
        "brain_imaged_on": GATE - timedelta(before),
        "brain_result": result,
    }
    assert judged("X02", lesions=lesions, **imaging).truth == expected


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


@pytest.mark.parametrize(
    ("brain", "lesions", "or_brain", "or_liver", "and_brain", "and_liver"), BRAIN_AND_LIVER
)
def test_brain_and_liver_exclude_each_or_only_together(
    brain, lesions, or_brain, or_liver, and_brain, and_liver
):
    changed = {"brain_result": brain, "lesions": lesions}
    assert [judged(code, **changed).truth for code in ("X02", "X03")] == [or_brain, or_liver]
    assert [judged(code, parameters=AND, **changed).truth for code in ("X02", "X03")] == [
        and_brain,
        and_liver,
    ]


CORD = [
    # ESCC of the vertebrae     judgment          X04
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
def test_risk_of_cord_compression_follows_grade_and_judgment(grades, risk, expected):
    vertebrae = tuple(
        replace(VERTEBRA, code=f"L{n:02}", compression=grade) for n, grade in enumerate(grades, 2)
    )
    assert judged("X04", lesions=(LUNG, *vertebrae), cord_risk=risk).truth == expected


def test_bone_lesion_that_may_be_vertebral_leaves_it_open():
    assert (
        judged("X04", lesions=(LUNG, replace(BONE, vertebra=None)), cord_risk="NO").truth == UNKNOWN
    )
    assert (
        judged("X04", lesions=(LUNG, replace(BONE, vertebra="N")), cord_risk="NO").truth == NOT_MET
    )
    assert (
        judged(
            "X04",
            lesions=(replace(VERTEBRA, certainty="EQUIVOCAL", compression="2"),),
            cord_risk="NO",
        ).truth
        == UNKNOWN
    )


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
def test_fluid_in_any_space_excludes(pericardial, pleural, abdominopelvic, expected):
    assert (
        judged("X05", pericardial=pericardial, pleural=pleural, abdominopelvic=abdominopelvic).truth
        == expected
    )


INDUCTION = [
    # what is different in cycle 2                                                X06
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
    ({"adjustment": "OMITTED", "reason": "LOGISTICS", "percent": None},           NOT_MET),
    ({"adjustment": "REDUCED", "reason": "LOGISTICS", "percent": 80},             NOT_MET),
    ({"adjustment": "INTERRUPTED", "reason": "AE", "dose_level": 0},              NOT_MET),
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


@pytest.mark.parametrize(("changed", "expected"), INDUCTION)
def test_reduction_for_toxicity_excludes(changed, expected):
    cisplatin = (agent(1, "cisplatin"), agent(2, "cisplatin"))
    gemcitabine = (agent(1, "gemcitabine"), agent(2, "gemcitabine", **changed))
    assert judged("X06", induction=(*cisplatin, *gemcitabine)).truth == expected


SWITCHES = [
    # switches before randomization: reason, after the scan of the check    X06
    ([],                                                                    NOT_MET),
    ([("AE", False)],                                                       MET),
    ([("RENAL", False)],                                                    UNKNOWN),
    ([("PATIENT", False)],                                                  UNKNOWN),
    ([("INVESTIGATOR", False)],                                             UNKNOWN),
    ([("OTHER", False)],                                                    UNKNOWN),
    ([(None, False)],                                                       UNKNOWN),  # no reason given
    ([("AE", True)],                                                        UNKNOWN),
    ([("RENAL", True)],                                                     UNKNOWN),
    ([("RENAL", True), ("AE", False)],                                      MET),
]  # fmt: skip


def switched(*reasons):
    return tuple(
        Switch(on=date(2025, 3, 31), reason=reason, after_check=after) for reason, after in reasons
    )


@pytest.mark.parametrize(("reasons", "expected"), SWITCHES)
def test_switch_of_the_regimen_excludes_where_it_was_for_toxicity(reasons, expected):
    assert judged("X06", switches=switched(*reasons)).truth == expected


@pytest.mark.parametrize(
    ("switch", "reason"),
    [
        (("AE", False), "The regimen was switched on 2025-03-31 (adverse event)."),
        (
            ("AE", True),
            "The regimen was switched on 2025-03-31 (adverse event), after the scan of the check.",
        ),
        ((None, False), "The regimen was switched on 2025-03-31 (reason not entered)."),
    ],
)
def test_reason_names_the_switch(switch, reason):
    assert judged("X06", switches=switched(switch)).reason == reason


def test_reduction_for_toxicity_counts_beside_a_switch():
    reduced = agent(2, "gemcitabine", adjustment="REDUCED", reason="AE", percent=75)
    both = judged(
        "X06", induction=(agent(1, "gemcitabine"), reduced), switches=switched(("RENAL", False))
    )
    assert both.truth == MET


def test_reason_names_the_reduction_with_agent_cycle_and_share():
    reduced = agent(2, "gemcitabine", adjustment="REDUCED", reason="AE", percent=75)
    verdict = judged("X06", induction=(agent(1, "gemcitabine"), reduced))
    assert verdict.reason == "Gemcitabine in cycle 2: reduced (adverse event), 75 % of planned."


@pytest.mark.parametrize(
    ("percent", "shown"),
    [("72.28063223242009901711756673", "72.28"), ("89.997", "89.99"), ("50.00", "50")],
)
def test_reason_gives_the_share_as_people_write_it_and_below_the_limit_it_lies_below(
    percent, shown
):
    reduced = agent(2, "BL-B01D1", adjustment="REDUCED", reason="AE", percent=percent)
    verdict = judged("X06", induction=(agent(1, "BL-B01D1"), reduced))
    words = f"BL-B01D1 in cycle 2: reduced (adverse event), {shown} % of planned."
    assert (verdict.truth, verdict.reason) == (MET, words)


def test_cycle_not_entered_leaves_tolerance_open_and_later_cycles_do_not_count():
    assert judged("X06", induction=(agent(1, "gemcitabine"),)).reason == "Cycle 2 is not entered."
    later = agent(3, "gemcitabine", adjustment="REDUCED", reason="AE", percent=50)
    assert judged("X06", induction=(*SUITABLE.induction, later)).truth == NOT_MET


@pytest.mark.parametrize("truth", Truth)
def test_progression_after_cycle_2_is_that_of_the_check(truth):
    assert judged("X07", progression=truth).truth == truth


REASONS = [
    # criterion, what is different, reason
    ("X01", {"histology_type": "UC_WITH_VARIANT"},
     "Urothelial with variant components: not entered; share: not entered."),
    ("X02", {"brain_result": "METS"},
     "Brain imaging: metastases; brain lesions entered: none."),
    ("X02", {"brain_result": None},
     f"Brain imaging: no result, 2025-06-02; a clear result is needed in the 42 days up to {GATE}."),
    ("X03", {"lesions": (*livers(3), EQUIVOCAL_LIVER)},
     "Liver metastases: 3 to 4; more than 3 exclude."),
    ("X04", {"lesions": (replace(VERTEBRA, compression=None),)},
     "Vertebral lesions: L05 ESCC not entered; risk of cord compression: not applicable."),
    ("X05", {"pleural": None},
     "Fluid: pericardial absent, pleural not entered, abdominopelvic absent."),
]  # fmt: skip


@pytest.mark.parametrize(("criterion", "changed", "reason"), REASONS)
def test_reason_states_the_finding(criterion, changed, reason):
    assert judged(criterion, **changed).reason == reason
