"""Lesions (crf_spec 2.8): what cannot be, what may be a target, and the codes that they keep."""

from decimal import Decimal

import pytest
from crf.models import Lesion
from trial.protocol.response.measurability import NotMeasurable
from trial.refusals import Refused

from trial.actions import entry

D = Decimal
NODE = {
    "lesion_class": "NONREGIONAL_LN", "organ": "LYMPH_NODE", "organ_detail": "", "subregion": "SCLAV", "regional": "N", "longest_mm": None,
    "short_axis_mm": D("16.0"),
}  # fmt: skip
KINDS = ["LEPTOMENINGEAL", "LYMPHANGITIC", "ASCITES", "PLEURAL_EFFUSION", "PERICARDIAL_EFFUSION", "INFLAMMATORY_BREAST"]
BONE = {"lesion_class": "BONE", "organ": "BONE", "vertebra": "N", "soft_tissue": "Y"}


@pytest.mark.parametrize("item", ["longest_mm", "slice_mm"])
@pytest.mark.parametrize(("mm", "accepted"), [("0.0", False), ("0.1", True), ("-1.0", False)])
def test_nothing_measures_nothing(enter, item, mm, accepted):
    if accepted:
        assert enter(Lesion, role="NON-TARGET", **{item: D(mm)}).pk
    else:
        with pytest.raises(Refused):
            enter(Lesion, role="NON-TARGET", **{item: D(mm)})


@pytest.mark.parametrize(("mm", "accepted"), [("400.0", True), ("400.1", False)])
def test_no_lesion_is_longer_than_400_mm(enter, mm, accepted):
    if accepted:
        assert enter(Lesion, longest_mm=D(mm)).pk
    else:
        with pytest.raises(Refused, match="400"):
            enter(Lesion, longest_mm=D(mm))


@pytest.mark.parametrize(("short", "accepted"), [("21.0", True), ("21.1", False)])
def test_short_axis_is_no_longer_than_the_longest_diameter(enter, short, accepted):
    if accepted:
        assert enter(Lesion, longest_mm=D("21.0"), short_axis_mm=D(short)).pk
    else:
        with pytest.raises(Refused, match="Have they been exchanged"):
            enter(Lesion, longest_mm=D("21.0"), short_axis_mm=D(short))


@pytest.mark.parametrize(
    ("answers", "target"),
    [
        ({"longest_mm": D("9.9")},                                                False),
        ({"longest_mm": D("10.0")},                                               True),
        ({"longest_mm": D("13.9"), "slice_mm": D("7.0")},                         False),
        ({"longest_mm": D("14.0"), "slice_mm": D("7.0")},                         True),
        ({"longest_mm": D("19.9"), "method": "X-RAY", "slice_mm": None},          False),
        ({"longest_mm": D("20.0"), "method": "X-RAY", "slice_mm": None},          True),
        (NODE | {"short_axis_mm": D("14.9")},                                     False),
        (NODE | {"short_axis_mm": D("15.0")},                                     True),
        (BONE,                                                                    True),
        (BONE | {"soft_tissue": "N"},                                             False),
        *[({"kind": kind, "longest_mm": None}, False) for kind in KINDS],
        ({"kind": "PLEURAL_EFFUSION"},                                            False),
        (BONE | {"kind": "BLASTIC_BONE"},                                         False),
        ({"irradiated_before": "Y", "progressed_since": "N"},                     False),
        ({"irradiated_before": "Y", "progressed_since": "Y"},                     True),
    ],
)  # fmt: skip
def test_target_is_measurable(enter, answers, target):
    assert enter(Lesion, **answers, role="NON-TARGET").is_measurable is target
    if target:
        assert enter(Lesion, **answers).pk
    else:
        with pytest.raises(Refused, match="A target lesion is measurable"):
            enter(Lesion, **answers)


def test_target_that_is_not_measurable_may_stand_in_a_draft(enter):
    assert enter(Lesion, longest_mm=D("9.9"), complete=False).state == "DRAFT"


def test_there_are_five_targets_at_most(enter):
    for organ in ("LUNG", "LIVER", "ADRENAL_GLAND", "SPLEEN", "PANCREAS"):
        enter(Lesion, organ=organ)
    with pytest.raises(Refused, match=r"(?i)five|5"):
        enter(Lesion, organ="KIDNEY")
    assert enter(Lesion, organ="KIDNEY", role="NON-TARGET").pk


def test_there_are_two_targets_of_an_organ_at_most(enter):
    for side in ("LEFT", "RIGHT"):
        enter(Lesion, laterality=side)
    with pytest.raises(Refused, match=r"(?i)two|2"):
        enter(Lesion)


def test_all_lymph_nodes_together_are_one_organ(enter):
    for subregion in ("SCLAV", "MEDUP"):
        enter(Lesion, **NODE | {"subregion": subregion})
    with pytest.raises(Refused, match=r"(?i)two|2"):
        enter(Lesion, **NODE | {"subregion": "INGUIN"})


NEW = {"first_seen": "POST"}


def test_new_lesions_have_targets_of_their_own(enter):
    """iRECIST: five, two of an organ, and never added to those of the baseline."""
    for organ in ("LUNG", "LIVER", "ADRENAL_GLAND", "SPLEEN", "PANCREAS"):
        enter(Lesion, organ=organ)
        enter(Lesion, **NEW, organ=organ)
    with pytest.raises(Refused, match=r"6 lesions are targets. At most 5 may be"):
        enter(Lesion, **NEW, organ="KIDNEY")
    assert enter(Lesion, **NEW, organ="KIDNEY", role="NON-TARGET").pk


def test_there_are_two_targets_of_an_organ_among_the_new_ones_at_most(enter):
    enter(Lesion)
    for _ in range(2):
        enter(Lesion, **NEW)
    with pytest.raises(Refused, match=r"3 targets lie in lung \(N01, N02, N03\). At most 2 of one organ may be"):
        enter(Lesion, **NEW)
    assert enter(Lesion).pk  # the second of the baseline


def test_every_kind_that_is_never_measured_can_be_entered():
    assert {*Lesion.Kind.values} == {*NotMeasurable} == {*KINDS, "BLASTIC_BONE"}


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        (NODE | {"kind": "ASCITES"}, "A lymph node is measured by its short axis"),
        ({"kind": "BLASTIC_BONE"}, "A blastic bone lesion must have the class “Bone”"),
    ],
)
def test_kind_agrees_with_the_class(enter, answers, sentence):
    with pytest.raises(Refused, match=sentence):
        enter(Lesion, **answers, role="NON-TARGET")


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        (NODE | {"short_axis_mm": D("10.0")}, "nothing"),
        (NODE | {"short_axis_mm": D("9.9")}, "A lymph node of 9.9 mm short axis is normal"),
        ({"longest_mm": D("9.9")}, "nothing"),
    ],
)
def test_normal_node_is_recorded_and_questioned(enter, answers, asked):
    stored = enter(Lesion, **answers, role="NON-TARGET")
    assert stored.shown_derived()["doubts"].value.startswith(asked)


def test_of_a_node_without_a_size_nothing_is_known(enter):
    stored = enter(Lesion, **NODE | {"short_axis_mm": None}, role="NON-TARGET", complete=False)
    assert stored.shown_derived()["doubts"].value == ""


def test_organ_of_a_node_is_the_lymph_node(enter):
    with pytest.raises(Refused, match="A lymph node's organ"):
        enter(Lesion, **NODE | {"organ": "LIVER"})


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        (NODE | {"subregion": ""}, "Lymph node subregion"),
        (NODE | {"regional": ""}, "Regional, as judged"),
        (NODE | {"short_axis_mm": None}, "Short axis"),
        ({"longest_mm": None}, "Longest diameter"),
        ({"slice_mm": None}, "Slice thickness"),
        ({"organ": "OTHER", "organ_detail": ""}, "Detail"),
        (BONE | {"vertebra": ""}, "Vertebral"),
        (BONE | {"vertebra": "Y"}, "ESCC"),
        ({"irradiated_before": "Y"}, "Progressed since"),
    ],
)
def test_what_a_lesion_must_say_depends_on_what_it_is(enter, answers, asked):
    with pytest.raises(Refused, match=f"{asked}.*is not answered"):
        enter(Lesion, **answers)


def test_codes_count_up_by_when_the_lesion_was_seen_and_are_not_used_again(enter, data_manager):
    first = enter(Lesion)
    assert (first.code, enter(Lesion, first_seen="BL1").code, enter(Lesion, first_seen="POST", role="NON-TARGET").code) == (
        "L01", "L02", "N01",
    )  # fmt: skip
    entry.withdraw(first, by=data_manager, reason="ENTRY_ERROR")
    assert enter(Lesion, role="NON-TARGET").code == "L03"


def test_code_stays_when_all_else_changes(enter, change):
    lesion = change(enter(Lesion), first_seen="POST", organ="LIVER", role="NON-TARGET")
    assert lesion.code == "L01"
