"""Primary tumor and histology (crf_spec 2.5)."""

import pytest
from crf.models import PrimaryTumor
from trial.refusals import Refused


@pytest.mark.parametrize(("first", "second", "accepted"), [("Y", "N", True), ("Y", "Y", False)])
def test_exactly_one_primary_is_the_index(enter, first, second, accepted):
    enter(PrimaryTumor, is_index=first)
    if accepted:
        assert enter(PrimaryTumor, is_index=second, location="BLADDER", laterality="NA").pk
    else:
        with pytest.raises(Refused, match="Exactly one primary tumor must be marked as the index"):
            enter(PrimaryTumor, is_index=second, location="BLADDER", laterality="NA")


def test_only_primary_is_the_index(enter):
    with pytest.raises(Refused, match="Exactly one primary tumor must be marked as the index"):
        enter(PrimaryTumor, is_index="N")


@pytest.mark.parametrize(
    ("location", "edition", "accepted"),
    [
        ("RENAL_PELVIS", "AJCC8", False), ("URETER_LOWER", "AJCC8", False), ("MULTIFOCAL_UTUC", "AJCC8", False),
        ("RENAL_PELVIS", "AJCC7", True), ("BLADDER", "AJCC8", True),
    ],
)  # fmt: skip
def test_n3_does_not_exist_for_the_upper_tract_in_ajcc_8(enter, location, edition, accepted):
    if accepted:
        assert enter(PrimaryTumor, location=location, edition=edition, n="N3").pk
    else:
        with pytest.raises(Refused, match="AJCC 8 has no N3 for the upper tract"):
            enter(PrimaryTumor, location=location, edition=edition, n="N3")


@pytest.mark.parametrize(("location", "accepted"), [("BLADDER", True), ("URETHRA", True), ("CALYX", False), ("URETER_UPPER", False)])
def test_only_bladder_and_urethra_have_no_side(enter, location, accepted):
    if accepted:
        assert enter(PrimaryTumor, location=location, laterality="NA").pk
    else:
        with pytest.raises(Refused, match="Only bladder and urethra have no side"):
            enter(PrimaryTumor, location=location, laterality="NA")


@pytest.mark.parametrize(("percent", "accepted"), [(-1, False), (0, True), (100, True), (101, False)])
def test_share_of_a_variant_lies_between_0_and_100(enter, percent, accepted):
    if accepted:
        assert enter(PrimaryTumor, variant_percent=percent).pk
    else:
        with pytest.raises(Refused):
            enter(PrimaryTumor, variant_percent=percent)


@pytest.mark.parametrize("item", ["variants", "variant_percent"])
def test_variant_and_its_share_are_asked_of_carcinoma_with_variant(enter, item):
    nothing = [] if item == "variants" else None
    assert enter(PrimaryTumor, histology="UC_PURE", **{item: nothing}).pk
    with pytest.raises(Refused, match="is not answered"):
        enter(PrimaryTumor, histology="UC_WITH_VARIANT", is_index="N", **{item: nothing})


@pytest.mark.parametrize("day", ["2023", "2023-11", "2023-11-05"])
def test_date_of_diagnosis_may_be_known_in_part(enter, day):
    assert enter(PrimaryTumor, diagnosed_on=day).diagnosed_on == day


@pytest.mark.parametrize("day", ["2023-13", "2023-11-32", "11/2023", "1919", "2999"])
def test_date_that_cannot_be_is_refused(enter, day):
    with pytest.raises(Refused, match=r"Enter a date|before 1920|future"):
        enter(PrimaryTumor, diagnosed_on=day)


def test_tumor_of_the_bladder_is_recorded(enter):
    """It is a matter of eligibility, not of entry (crf_spec 0.1)."""
    assert enter(PrimaryTumor, location="BLADDER", laterality="NA", histology="NON_UC_SQUAMOUS", variants=[], variant_percent=None).pk
