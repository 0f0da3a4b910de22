"""Response assessment (crf_spec 2.16): nothing forgotten, nothing measured that is not there."""

from datetime import date
from decimal import Decimal

import pytest
from crf.derived.response.responses import covers_trunk, time_point
from crf.models import Lesion, NewLesion, NonTargetFinding, ResponseAssessment, Scan, TargetMeasurement
from tests.crf.conftest import row
from trial.refusals import Refused

D = Decimal


@pytest.fixture
def target(enter):
    return enter(Lesion, longest_mm=D("21.0"))


@pytest.fixture
def non_target(enter):
    return enter(Lesion, organ="LIVER", longest_mm=D("11.0"), role="NON-TARGET")


@pytest.fixture
def assess(enter, target, non_target):
    """An assessment of both lesions; each group's rows can be replaced."""

    def assess(*, measured=None, found=None, new=(), scans=None, **answers):
        rows = {
            Scan: [row(Scan)] if scans is None else scans,
            TargetMeasurement: [row(TargetMeasurement, lesion=target)] if measured is None else measured,
            NonTargetFinding: [row(NonTargetFinding, lesion=non_target, state="PRESENT", narrative="")] if found is None else found,
            NewLesion: [row(NewLesion, **one) for one in new],
        }
        return enter(ResponseAssessment, rows=rows, **answers)

    return assess


def test_every_baseline_lesion_is_assessed(assess, target, non_target):
    with pytest.raises(Refused, match=r"L01 .*is not assessed"):
        assess(measured=[])
    with pytest.raises(Refused, match=r"L02 .*is not assessed"):
        assess(found=[])
    assert assess().state == "COMPLETE"


def test_empty_form_asks_for_every_baseline_lesion(enter, visit, target, non_target):
    enter(Lesion, first_seen="POST", role="NON-TARGET")
    asked = ResponseAssessment.prefilled_rows(visit)
    assert asked == {TargetMeasurement: [{"lesion": target.pk}], NonTargetFinding: [{"lesion": non_target.pk}]}


def test_lesion_that_cannot_be_evaluated_says_why(assess, target):
    (why,) = [item for item in TargetMeasurement.item_names() if TargetMeasurement.label_of(item) == "Why not evaluable"]
    unseen = row(TargetMeasurement, lesion=target, state="NOT_EVALUABLE", size_mm=None)
    with pytest.raises(Refused, match=r"(?i)“why not evaluable” is not answered"):
        assess(measured=[unseen])
    assert assess(measured=[unseen | {why: "Motion artifact"}]).overall == "NE"


@pytest.mark.parametrize("state", ["ABSENT", "NOT_EVALUABLE", "MERGED"])
def test_what_is_not_measured_has_no_diameter(assess, target, state):
    with pytest.raises(Refused, match="has no diameter"):
        assess(measured=[row(TargetMeasurement, lesion=target, state=state)], complete=False)


def test_what_is_measured_has_a_diameter(assess, target):
    with pytest.raises(Refused, match=r"Diameter.*is not answered"):
        assess(measured=[row(TargetMeasurement, lesion=target, size_mm=None)])


@pytest.mark.parametrize(("mm", "accepted"), [("0.0", False), ("0.1", True), ("400.0", True), ("400.1", False)])
def test_diameter_has_its_limits(assess, target, mm, accepted):
    measured = [row(TargetMeasurement, lesion=target, size_mm=D(mm))]
    if accepted:
        assert assess(measured=measured).pk
    else:
        with pytest.raises(Refused, match=r"must lie between 0.1 and 400 mm"):
            assess(measured=measured)


def test_lesion_is_entered_once(assess, target, non_target):
    with pytest.raises(Refused, match=r"L01 .* is entered twice\. If it has split, give each piece a letter"):
        assess(measured=[row(TargetMeasurement, lesion=target)] * 2)
    with pytest.raises(Refused, match="This lesion is entered twice"):
        assess(found=[row(NonTargetFinding, lesion=non_target)] * 2)


@pytest.mark.parametrize(("length", "accepted"), [(19, False), (20, True)])
def test_unequivocal_progression_is_described(assess, non_target, length, accepted):
    found = [row(NonTargetFinding, lesion=non_target, state="UNEQUIVOCAL", narrative="x" * length)]
    if accepted:
        assert assess(found=found).overall == "PD"
    else:
        with pytest.raises(Refused, match="describe the unequivocal progression in 20 characters or more"):
            assess(found=found)


def test_assessment_rests_on_a_scan(assess):
    with pytest.raises(Refused, match="No scan is entered"):
        assess(scans=[])


@pytest.mark.parametrize(("method", "needed"), [("CT SCAN", True), ("MRI", True), ("BONE SCAN", False)])
def test_sliced_scan_says_how_thick_its_slices_are(assess, method, needed):
    scans = [row(Scan, method=method, slice_mm=None)]
    if needed:
        with pytest.raises(Refused, match="“Slice thickness” is not answered"):
            assess(scans=scans)
    else:
        assert assess(scans=scans).pk


@pytest.mark.parametrize(("regions", "covered"), [(["CHEST", "ABDOMEN", "PELVIS"], True), (["CHEST", "ABDOMEN"], False)])
def test_trunk_is_covered_by_all_three_regions(assess, regions, covered):
    """Less than that is recorded, and decides nothing (crf_spec 4.2)."""
    assert covers_trunk(assess(scans=[row(Scan, regions=regions)])) is covered


def test_progression_says_what_showed_it(assess):
    with pytest.raises(Refused, match="“Progression shown by” is not answered"):
        assess(investigator_overall="PD")
    assert assess(investigator_overall="PD", progression_mode="NEW", new=[{"certainty": "UNEQUIVOCAL"}]).pk


def test_unscheduled_assessment_says_why(assess):
    with pytest.raises(Refused, match="“Why unscheduled” is not answered"):
        assess(at="UNS1")
    assert assess(at="UNS1", unscheduled_reason="New pain").pk


@pytest.mark.parametrize(
    ("mm", "new", "overall", "discordance"),
    [
        ("20.0", [], "SD", "NONE"),
        ("14.7", [], "PR", "MINOR"),
        ("25.1", [], "SD", "NONE"),
        ("26.0", [], "PD", "MAJOR"),
        ("20.0", [{"certainty": "EQUIVOCAL"}], "SD", "NONE"),
        ("20.0", [{"certainty": "UNEQUIVOCAL"}], "PD", "MAJOR"),
    ],
)
def test_response_is_derived_beside_the_investigators_own(assess, target, mm, new, overall, discordance):
    """From 21 mm at baseline: 14.7 is 30 % less; 25.1 is less than 20 % more, 26.0 is 5 mm and 20 % more."""
    stored = assess(measured=[row(TargetMeasurement, lesion=target, size_mm=D(mm))], new=new, investigator_overall="SD")
    assert (str(stored.overall), stored.discordance.upper() or "NONE") == (overall, discordance)
    assert (stored.sum_mm, stored.baseline_mm) == (D(mm), D("21.0"))


@pytest.mark.parametrize(("role", "measured"), [("TARGET", True), ("NON-TARGET", False)])
def test_new_lesion_is_followed_by_size_where_it_is_a_target_of_the_new_ones(assess, enter, role, measured):
    followed = enter(Lesion, first_seen="POST", organ="SPLEEN", role=role)
    stored = assess(new=[{"certainty": "UNEQUIVOCAL", "followed": followed, "size_mm": D("12.0")}, {"certainty": "UNEQUIVOCAL"}])
    first, second = time_point(stored, stored.casebook).new_lesions
    assert (first.code, first.organ, first.measured, first.mm) == ("N01", "SPLEEN", measured, D("12.0"))
    assert (second.code, second.organ, second.measured) == ("", "", False)


def test_dates_of_an_assessment_are_those_of_its_scans(assess):
    scans = [row(Scan, scanned_on=date(2025, 2, day)) for day in (25, 20)]
    stored = assess(scans=scans)
    assert (stored.first_scan_on, stored.last_scan_on) == (date(2025, 2, 20), date(2025, 2, 25))
