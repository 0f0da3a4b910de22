"""The tables of RECIST 1.1 for target, non-target and overall response, as printed in the paper."""

from dataclasses import replace
from decimal import Decimal

import pytest
from trial.protocol.parameters import DEFAULT, NontargetNe
from trial.protocol.response.recist import (
    Discordance,
    NonTargetFinding,
    NonTargetState,
    Response,
    discordance,
    non_target_response,
    overall_response,
    target_response,
)

CR, PR, SD, PD, NE = Response.CR, Response.PR, Response.SD, Response.PD, Response.NE
NN, NED, NA = Response.NON_CR_NON_PD, Response.NED, Response.NA
PRESENT, ABSENT, UNEQUIVOCAL, NOT_SEEN = NonTargetState
D = Decimal

TABLE_1 = [
    # target  non-target  new     overall
    (CR,      CR,         False,  CR),
    (CR,      NA,         False,  CR),
    (CR,      NN,         False,  PR),
    (CR,      NE,         False,  PR),
    (PR,      CR,         False,  PR),
    (PR,      NN,         False,  PR),
    (PR,      NE,         False,  PR),
    (PR,      NA,         False,  PR),
    (SD,      CR,         False,  SD),
    (SD,      NN,         False,  SD),
    (SD,      NE,         False,  SD),
    (SD,      NA,         False,  SD),
    (NE,      CR,         False,  NE),
    (NE,      NN,         False,  NE),
    (NE,      NE,         False,  NE),
    (NE,      NA,         False,  NE),
    *((PD,    response,      new,    PD) for response in (CR, NN, NE, PD, NA) for new in (False, True)),
    *((response, PD,         new,    PD) for response in (CR, PR, SD, NE) for new in (False, True)),
    *((response, NN,         True,   PD) for response in (CR, PR, SD, NE)),
]  # fmt: skip

TABLE_2 = [
    # target  non-target  new     overall
    (NA,      CR,         False,  CR),
    (NA,      NN,         False,  NN),
    (NA,      NE,         False,  NE),
    (NA,      PD,         False,  PD),
    (NA,      PD,         True,   PD),
    (NA,      CR,         True,   PD),
    (NA,      NN,         True,   PD),
    (NA,      NE,         True,   PD),
]  # fmt: skip

NO_DISEASE = [
    (NA,      NA,         False,  NED),
    (NA,      NA,         True,   PD),
]  # fmt: skip


@pytest.mark.parametrize(("target", "non_target", "new_lesion", "expected"), TABLE_1)
def test_overall_response_follows_table_1(target, non_target, new_lesion, expected):
    assert overall_response(target, non_target, new_lesion=new_lesion) == expected


@pytest.mark.parametrize(("target", "non_target", "new_lesion", "expected"), TABLE_2)
def test_overall_response_without_targets_follows_table_2(target, non_target, new_lesion, expected):
    assert overall_response(target, non_target, new_lesion=new_lesion) == expected


@pytest.mark.parametrize(("target", "non_target", "new_lesion", "expected"), NO_DISEASE)
def test_no_disease_stays_so_until_a_new_lesion(target, non_target, new_lesion, expected):
    assert overall_response(target, non_target, new_lesion=new_lesion) == expected


THRESHOLDS = [
    # sum     baseline  nadir  response
    ("70",    100,      100,   PR),
    ("70.1",  100,      100,   SD),
    ("48",    100,      40,    PD),
    ("47.9",  100,      40,    PR),
    ("120",   100,      100,   PD),
    ("119.9", 100,      100,   SD),
    ("24",    100,      20,    PR),  # grown by 20 %, yet by 4 mm only
    ("24.9",  100,      20,    PR),
    ("25",    100,      20,    PD),
    ("58",    45,       45,    PD),  # V21
    ("24.4",  30,       20,    SD),  # V22: +22 %, 4.4 mm
    ("24.4",  100,      20,    PR),  # V22
    ("5",     100,      0,     PD),  # nadir 0 with the floor
    ("4.9",   100,      0,     PR),
]  # fmt: skip


@pytest.mark.parametrize(("sum_mm", "baseline_mm", "nadir_mm", "expected"), THRESHOLDS)
def test_target_response_on_both_sides_of_its_thresholds(sum_mm, baseline_mm, nadir_mm, expected):
    sums = {"baseline_mm": D(baseline_mm), "nadir_mm": D(nadir_mm)}
    assert target_response(D(sum_mm), all_resolved=False, **sums) == expected


@pytest.mark.parametrize(("sum_mm", "expected"), [(80, PD), (60, PD), (59, NE), (50, NE)])
def test_lesions_not_assessed_can_only_add(sum_mm, expected):
    """The paper's own example (4.4.2): baseline 50 mm, two of three lesions measured again."""
    sums = {"baseline_mm": D(50), "nadir_mm": D(50)}
    assert target_response(D(sum_mm), all_resolved=False, all_assessed=False, **sums) == expected


NON_TARGETS = [
    # L03         L04          strict  lenient
    (ABSENT,      ABSENT,      CR,     CR),
    (ABSENT,      PRESENT,     NN,     NN),
    (PRESENT,     PRESENT,     NN,     NN),
    (PRESENT,     NOT_SEEN,    NE,     NN),
    (PRESENT,     None,        NE,     NN),
    (ABSENT,      NOT_SEEN,    NE,     NE),
    (NOT_SEEN,    NOT_SEEN,    NE,     NE),
    (UNEQUIVOCAL, NOT_SEEN,    PD,     PD),
    (UNEQUIVOCAL, ABSENT,      PD,     PD),
]  # fmt: skip


@pytest.mark.parametrize(("third", "fourth", "strict", "lenient"), NON_TARGETS)
def test_non_target_response_in_both_conventions(third, fourth, strict, lenient):
    findings = [
        NonTargetFinding(code, state) for code, state in (("L03", third), ("L04", fourth)) if state
    ]
    assert non_target_response(["L03", "L04"], findings) == strict
    assert (
        non_target_response(
            ["L03", "L04"],
            findings,
            parameters=replace(DEFAULT, recist_nontarget_ne=NontargetNe.LENIENT),
        )
        == lenient
    )


def test_without_non_targets_at_baseline_there_is_no_such_response():
    assert non_target_response([], []) == NA


DISCORDANCE = [
    # derived  investigator  discordance
    (PD,       SD,           Discordance.MAJOR),
    (SD,       PD,           Discordance.MAJOR),
    (NE,       PD,           Discordance.MAJOR),
    (CR,       PR,           Discordance.MAJOR),
    (NN,       CR,           Discordance.MAJOR),
    (PR,       SD,           Discordance.MINOR),
    (SD,       NE,           Discordance.MINOR),
    (PD,       PD,           Discordance.NONE),
    (SD,       SD,           Discordance.NONE),
    (SD,       None,         Discordance.NONE),
    (None,     PD,           Discordance.NONE),
]  # fmt: skip


@pytest.mark.parametrize(("derived", "investigator", "expected"), DISCORDANCE)
def test_discordance_is_major_about_pd_and_about_cr(derived, investigator, expected):
    assert discordance(derived, investigator) == expected
