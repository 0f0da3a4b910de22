"""Which lesions can be measured, and which may be targets (RECIST 1.1, section 3)."""

from decimal import Decimal

import pytest

from trial.protocol import measurability, recist
from trial.protocol.measurability import Candidate, measurable, target_selection

D = Decimal

MEASURABLE = [
    # lesion                                                 measurable
    ({"mm": "10"},                                           True),
    ({"mm": "9.9"},                                          False),
    ({"mm": "10", "slice_mm": "5"},                          True),
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


def candidates(*organs, node_mm=15):
    return [Candidate(f"L{n:02}", organ, organ.endswith("node"), D(node_mm)) for n, organ in enumerate(organs, 1)]


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


def test_recist_offers_the_same():
    assert (recist.measurable, recist.target_selection) == (measurability.measurable, measurability.target_selection)
    assert recist.Candidate is measurability.Candidate
