"""Counting organ units (crf_spec 2.8), one unit after the other, then the golden vectors."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.eligibility.organ_units import (
    Lesion,
    Span,
    is_oligometastatic,
    liver_metastases,
    organ_units,
    units,
)
from trial.protocol.kleene import Truth
from trial.protocol.parameters import DEFAULT, LnUnitRule

MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN
AS_ONE = replace(DEFAULT, ln_unit_rule=LnUnitRule.ALL_NONREGIONAL_AS_ONE)


def lesion(description):
    """Return one lesion, written as class/place/side.

    R or N stands before the subregion of a regional or non-regional node (U: unknown), a question
    mark at the end of an equivocal lesion.
    """
    text = description.rstrip("?")
    certainty = "EQUIVOCAL" if description.endswith("?") else "DEFINITE"
    kind, place, side = [*text.split("/"), "", ""][:3]
    if kind in ("R", "N", "U"):
        lesion_class = "REGIONAL_LN" if kind == "R" else "NONREGIONAL_LN"
        node = {
            "lesion_class": lesion_class,
            "organ": "LYMPH_NODE",
            "subregion": place,
            "regional": {"R": "Y"}.get(kind, kind),
        }
        return Lesion(code=description, certainty=certainty, laterality=side, **node)
    return Lesion(
        code=description,
        certainty=certainty,
        lesion_class=kind,
        organ=place,
        organ_detail=side,
        laterality="",
    )


def lesions(text):
    """Return the lesions, numbered, since two lesions in one place have two codes."""
    return [
        replace(lesion(description), code=f"L{n:02}")
        for n, description in enumerate(text.split(), 1)
    ]


UNITS = [
    # lesions                                                          units
    ("VISCERAL/LUNG VISCERAL/LUNG",                                    "LUNG"),
    ("VISCERAL/ADRENAL_GLAND VISCERAL/KIDNEY",                         "ADRENAL_GLAND KIDNEY"),
    ("VISCERAL/LUNG SEROSAL/PLEURA",                                   "LUNG PLEURA"),
    ("SOFT_TISSUE/MUSCLE SEROSAL/PERITONEUM",                          "MUSCLE PERITONEUM"),
    ("BONE/BONE BONE/BONE",                                            "BONE"),
    ("BRAIN/BRAIN VISCERAL/BRAIN",                                     "BRAIN"),
    ("R/PAO_SUP R/COMILI/LEFT R/RENHIL/RIGHT",                         "REGIONAL_NODES"),
    ("N/SCLAV/LEFT N/SCLAV/LEFT",                                      "SCLAV:LEFT"),
    ("N/SCLAV/LEFT N/SCLAV/RIGHT",                                     "SCLAV:LEFT SCLAV:RIGHT"),
    ("N/SCLAV/BILATERAL",                                              "SCLAV:LEFT SCLAV:RIGHT"),
    ("N/MEDUP/LEFT N/MEDUP/RIGHT",                                     "MEDUP"),  # not paired
    ("LOCAL_RECURRENCE/RENAL_FOSSA LOCAL_RECURRENCE/URETERAL_BED",     "LOCAL_BED"),
    ("PRIMARY/KIDNEY",                                                 ""),
]  # fmt: skip


@pytest.mark.parametrize(("entered", "expected"), UNITS)
def test_definite_lesions_make_these_units(entered, expected):
    certain, possible = units(lesions(entered))
    assert certain == possible == set(expected.split())


PARAMETERS = [
    # parameter                             lesions                                         units
    ({"ln_lateralize": False},              "N/SCLAV/LEFT N/SCLAV/RIGHT",                   "SCLAV"),
    ({"local_recurrence_counts": False},    "LOCAL_RECURRENCE/RENAL_FOSSA VISCERAL/LUNG",   "LUNG"),
    ({"primary_counts": True},              "PRIMARY/KIDNEY VISCERAL/LUNG",                 "PRIMARY LUNG"),
    ({"bone_as_one_organ": False},          "BONE/BONE BONE/BONE",                          "BONE:L01 BONE:L02"),
    ({"ln_unit_rule": "ALL_NONREGIONAL_AS_ONE"}, "N/SCLAV/LEFT N/MEDUP N/AXIL",             "NONREGIONAL_NODES"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "entered", "expected"), PARAMETERS)
def test_parameter_changes_the_units(changed, entered, expected):
    assert units(lesions(entered), replace(DEFAULT, **changed)).possible == set(expected.split())


SPANS = [
    # lesions                                    least  most
    ("VISCERAL/LUNG?",                           0,     1),
    ("VISCERAL/LUNG VISCERAL/LUNG?",             1,     1),
    ("VISCERAL/LUNG VISCERAL/LIVER?",            1,     2),
    ("R/PAO_SUP U/COMILI/LEFT",                  1,     2),  # whether regional is open: as regional, or on its own
    ("U/COMILI/LEFT",                            1,     1),
    ("VISCERAL/LUNG N/SCLAV",                    1,     2),  # side not entered
    ("VISCERAL/LUNG N",                          1,     2),  # subregion not entered
    ("VISCERAL/LUNG VISCERAL",                   1,     2),  # organ not entered
    ("VISCERAL/LUNG VISCERAL/LYMPH_NODE",        1,     2),  # contradicts itself
    ("VISCERAL/OTHER/thyroid VISCERAL/OTHER/Thyroid", 1, 1),
    ("VISCERAL/OTHER/thyroid VISCERAL/OTHER/thymus",  1, 2),  # free text: perhaps one organ
    ("LOCAL_RECURRENCE/URINARY_BLADDER VISCERAL/LUNG", 1, 2),  # perhaps intravesical only
]  # fmt: skip


@pytest.mark.parametrize(("entered", "least", "most"), SPANS)
def test_uncertain_lesion_widens_the_span(entered, least, most):
    assert organ_units(lesions(entered)) == Span(least, most)


def test_node_whose_class_contradicts_the_investigator_is_open():
    contradictory = replace(lesion("R/PAO_SUP"), regional="N")
    assert organ_units([lesion("R/RENHIL/LEFT"), contradictory]) == Span(1, 2)


GOLDEN = [
    # vector      lesions                                                               SUBREGION          ALL_NONREGIONAL_AS_ONE
    ("V18",       "VISCERAL/LUNG " * 7 + "R/PAO_SUP " * 4 + "BONE/BONE BONE/BONE",       (3, 3, MET),       (3, 3, MET)),
    ("V19",       "VISCERAL/LUNG R/PAO_SUP N/SCLAV/LEFT N/SCLAV/RIGHT",                  (4, 4, NOT_MET),   (3, 3, MET)),
    ("903",       "VISCERAL/LUNG VISCERAL/LUNG VISCERAL/ADRENAL_GLAND BONE/BONE R/PAO_SUP", (4, 4, NOT_MET), (4, 4, NOT_MET)),
    ("904",       "VISCERAL/LUNG BONE/BONE R/PAO_SUP VISCERAL/LIVER?",                   (3, 4, UNKNOWN),   (3, 4, UNKNOWN)),
    ("904 later", "VISCERAL/LUNG BONE/BONE R/PAO_SUP",                                   (3, 3, MET),       (3, 3, MET)),
    ("917",       "VISCERAL/LIVER " * 5,                                                 (1, 1, MET),       (1, 1, MET)),
    ("01-001",    "VISCERAL/LUNG R/PAO_SUP R/INTERAC",                                   (2, 2, MET),       (2, 2, MET)),
    ("01-002",    "VISCERAL/LIVER VISCERAL/LIVER BONE/BONE",                             (2, 2, MET),       (2, 2, MET)),
]  # fmt: skip


@pytest.mark.parametrize(("vector", "entered", "subregion", "as_one"), GOLDEN)
def test_golden_vector_has_its_span_and_truth(vector, entered, subregion, as_one):
    of_vector = lesions(entered)
    for parameters, (least, most, truth) in ((DEFAULT, subregion), (AS_ONE, as_one)):
        assert organ_units(of_vector, parameters) == (least, most)
        assert is_oligometastatic(of_vector, parameters) == truth


UNDECIDED = [
    # lesions             truth
    ("",                  UNKNOWN),  # nothing entered yet
    ("PRIMARY/KIDNEY",    NOT_MET),  # entered, and nothing counts
    ("VISCERAL/LUNG?",    UNKNOWN),  # perhaps no metastasis at all
]  # fmt: skip


@pytest.mark.parametrize(("entered", "truth"), UNDECIDED)
def test_without_a_definite_metastasis_nobody_is_oligometastatic(entered, truth):
    assert is_oligometastatic(lesions(entered)) == truth


LIVER = [
    # lesions                                       least  most
    ("VISCERAL/LIVER " * 3,                         3,     3),
    ("VISCERAL/LIVER " * 3 + "VISCERAL/LIVER?",     3,     4),
    ("VISCERAL/LIVER VISCERAL/LUNG",                1,     1),
    ("VISCERAL/LIVER VISCERAL",                     1,     2),  # organ not entered
    ("PRIMARY",                                     0,     0),
]  # fmt: skip


@pytest.mark.parametrize(("entered", "least", "most"), LIVER)
def test_liver_metastases_are_counted_one_by_one(entered, least, most):
    assert liver_metastases(lesions(entered)) == (least, most)


DESCRIPTIONS = [
    "VISCERAL/LUNG",
    "VISCERAL/LIVER?",
    "BONE/BONE",
    "R/PAO_SUP",
    "U/COMILI/LEFT",
    "N/SCLAV/LEFT",
    "N/SCLAV",
    "VISCERAL",
    "PRIMARY",
]


@given(st.lists(st.sampled_from(DESCRIPTIONS), max_size=8), st.sampled_from(DESCRIPTIONS))
def test_a_further_lesion_never_lowers_the_count(entered, further):
    before, after = (
        organ_units(lesions(" ".join(entered))),
        organ_units(lesions(" ".join([*entered, further]))),
    )
    assert before.least <= before.most
    assert before.least <= after.least
    assert before.most <= after.most


@given(st.lists(st.sampled_from(DESCRIPTIONS), max_size=8))
def test_order_of_the_lesions_does_not_matter(entered):
    ordered = lesions(" ".join(entered))
    assert organ_units(ordered) == organ_units(ordered[::-1])
