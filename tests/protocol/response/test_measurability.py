"""Lesions that can be measured, and lesions that may be targets (RECIST 1.1, section 3)."""

from decimal import Decimal

import pytest
from trial.protocol.doubts import Level
from trial.protocol.response import measurability, recist
from trial.protocol.response.lesions import NewLesion, NewLesionCertainty, TimePoint
from trial.protocol.response.measurability import (
    Candidate,
    LesionCode,
    NotMeasurable,
    lesion_doubts,
    measurable,
    new_lesion_targets,
    target_selection,
)

D = Decimal

MEASURABLE = [
    # lesion                                                 measurable
    ({"mm": "10"},                                           True),
    ({"mm": "9.9"},                                          False),
    ({"mm": "10", "slice_mm": "5"},                          True),
    ({"mm": "10", "slice_mm": "5.1"},                        False),  # twice a slice of more than 5 mm
    ({"mm": "10.1", "slice_mm": "5.1"},                      False),
    ({"mm": "10.2", "slice_mm": "5.1"},                      True),
    ({"mm": "15.9", "slice_mm": "8"},                        False),
    ({"mm": "16", "slice_mm": "8"},                          True),
    ({"mm": "15", "nodal": True},                            True),
    ({"mm": "14.9", "nodal": True},                          False),
    ({"mm": "30", "bone": True},                             False),
    ({"mm": "10", "bone": True, "soft_tissue": True},        True),
    ({"mm": "30", "irradiated": True},                       False),
    ({"mm": "30", "irradiated": True, "progressed": True},   True),
    ({"mm": "19.9", "xray": True},                           False),
    ({"mm": "20", "xray": True},                             True),
    ({"mm": None},                                           None),
    ({"mm": None, "bone": True},                             False),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "expected"), MEASURABLE)
def test_measurable_on_both_sides_of_its_thresholds(facts, expected):
    sizes = {name: facts[name] and D(facts[name]) for name in ("mm", "slice_mm") if name in facts}
    assert measurable(**{"nodal": False, **facts, **sizes}) is expected


@pytest.mark.parametrize("kind", NotMeasurable)
@pytest.mark.parametrize("mm", [D(30), None])
def test_what_is_never_measured_is_not_however_large(kind, mm):
    """A blastic bone lesion is not, either, by its soft-tissue component (recist11, section 1)."""
    assert measurable(nodal=False, mm=mm, kind=kind) is False
    assert measurable(nodal=False, mm=mm, bone=True, soft_tissue=True, kind=kind) is False


NODES = [
    # node  short axis  class (recist11, section 1)     measurable  questioned
    (True,  "15",       "measurable",                   True,       False),
    (True,  "14.9",     "pathological, not measurable", False,      False),
    (True,  "10",       "pathological, not measurable", False,      False),
    (True,  "9.9",      "normal",                       False,      True),
    (True,  "0.1",      "normal",                       False,      True),
    (True,  None,       "not known",                    None,       False),
    (False, "9.9",      "no node",                      False,      False),
]  # fmt: skip


@pytest.mark.parametrize(("nodal", "mm", "name", "measured", "questioned"), NODES)
def test_node_is_measurable_pathological_or_normal(nodal, mm, name, measured, questioned):
    mm = mm and D(mm)
    assert measurable(nodal=nodal, mm=mm) is measured, name
    assert [(doubt.code, doubt.level) for doubt in lesion_doubts(nodal=nodal, mm=mm)] == [
        (LesionCode.NORMAL_NODE, Level.SOFT)
    ] * questioned


def candidates(*organs, node_mm=15):
    return [
        Candidate(f"L{n:02}", organ, organ.endswith("node"), D(node_mm))
        for n, organ in enumerate(organs, 1)
    ]


SELECTIONS = [
    # targets                                                       sentences
    (candidates("liver", "liver", "lung", "lung", "adrenal"),       0),
    (candidates("liver", "liver", "lung", "lung", "adrenal", "skin"), 1),  # six
    (candidates("liver", "liver", "liver"),                         1),
    (candidates("neck node", "pelvic node"),                        0),
    (candidates("neck node", "pelvic node", "iliac node"),          1),  # all nodes are one organ
    (candidates("neck node", node_mm="14.9"),                       1),
    ([],                                                            0),
]  # fmt: skip


@pytest.mark.parametrize(("targets", "sentences"), SELECTIONS)
def test_targets_are_five_at_most_and_two_of_an_organ(targets, sentences):
    assert len(target_selection(targets)) == sentences


def test_refusal_names_the_lesions():
    (sentence,) = target_selection(candidates("liver", "liver", "liver"))
    assert sentence == "3 targets lie in liver (L01, L02, L03). At most 2 of one organ may be."


def new(code, organ, *, mm="12", measured=True, certainty=NewLesionCertainty.UNEQUIVOCAL):
    return NewLesion(certainty, code, mm=D(mm), measured=measured, organ=organ)


FOLLOWED = [
    # new lesions, in order of time                                         followed by size
    ([],                                                                    ""),
    (["N01 LUNG", "N02 LUNG"],                                              "N01 N02"),
    (["N01 LUNG", "N02 LUNG", "N03 LUNG"],                                  "N01 N02"),      # two of an organ
    (["N01 LYMPH_NODE", "N02 LYMPH_NODE", "N03 LYMPH_NODE"],                "N01 N02"),      # all nodes are one
    (["N01", "N02", "N03"],                                                 "N01 N02"),      # it may be the same organ
    (["N01 LUNG", "N01 LUNG", "N02 LUNG"],                                  "N01 N02"),      # one lesion, seen twice
    (["N01 LUNG", "N02 LUNG", "N03 LIVER", "N04 LIVER", "N05 BONE"],        "N01 N02 N03 N04 N05"),
    (["N01 LUNG", "N02 LUNG", "N03 LIVER", "N04 LIVER", "N05 BONE", "N06 BRAIN"], "N01 N02 N03 N04 N05"),
]  # fmt: skip


@pytest.mark.parametrize(("organs", "followed"), FOLLOWED)
@pytest.mark.parametrize("at_once", [True, False])
def test_new_lesions_followed_by_size_are_five_at_most_and_two_of_an_organ(
    organs, followed, at_once
):
    """The choice of recist11, section 9."""
    lesions = [new(*(one.split() if " " in one else (one, ""))) for one in organs]
    groups = [lesions] if at_once else [[lesion] for lesion in lesions]
    points = [TimePoint("TA", None, None, new_lesions=tuple(group)) for group in groups]
    assert new_lesion_targets(points) == set(followed.split())


def test_new_lesion_that_is_not_certain_or_not_measured_takes_no_place():
    lesions = (
        new("N01", "LUNG", certainty=NewLesionCertainty.EQUIVOCAL),
        new("N02", "LUNG", measured=False),
        new("", "LUNG"),
        new("N03", "LUNG"),
        new("N04", "LUNG"),
    )
    assert new_lesion_targets([TimePoint("TA", None, None, new_lesions=lesions)]) == {"N03", "N04"}


def test_recist_offers_the_same():
    assert (recist.measurable, recist.target_selection) == (
        measurability.measurable,
        measurability.target_selection,
    )
    assert recist.Candidate is measurability.Candidate
