"""Disease extent (crf_spec 2.9)."""

import pytest
from crf.models import DiseaseExtent, Lesion
from trial.refusals import Refused


@pytest.mark.parametrize(
    ("entered", "answer", "said"),
    [
        ("DEFINITE", "Y", ""),
        ("DEFINITE", "N", "A definite liver lesion is entered"),
        ("DEFINITE", "U", ""),
        ("EQUIVOCAL", "N", ""),
        ("EQUIVOCAL", "Y", "No definite liver lesion is entered"),
        (None, "N", ""),
        (None, "Y", "No definite liver lesion is entered"),
    ],
)
def test_liver_metastases_are_those_of_the_lesions(enter, entered, answer, said):
    if entered:
        enter(Lesion, organ="LIVER", certainty=entered)
    if said:
        with pytest.raises(Refused, match=said):
            enter(DiseaseExtent, liver_metastases=answer)
    else:
        assert enter(DiseaseExtent, liver_metastases=answer).pk


@pytest.mark.parametrize("item", ["brain_method", "brain_imaged_on", "brain_result"])
def test_imaging_of_the_brain_is_described_where_it_was_done(enter, item):
    nothing = {item: None if item.endswith("_on") else ""}
    with pytest.raises(Refused, match="is not answered"):
        enter(DiseaseExtent, **nothing)
    assert enter(DiseaseExtent, brain_imaged="N", **nothing).pk


@pytest.mark.parametrize(("answer", "needed"), [("YES", True), ("NO", True), ("UNDECIDED", False)])
def test_who_judges_the_coverage_by_radiotherapy_says_when_and_in_which_role(enter, answer, needed):
    nothing = {"feasibility_on": None, "feasibility_by": ""}
    if needed:
        with pytest.raises(Refused, match="“Judged on” is not answered"):
            enter(DiseaseExtent, radiotherapy_feasible=answer, **nothing)
    else:
        assert enter(DiseaseExtent, radiotherapy_feasible=answer, **nothing).pk


@pytest.mark.parametrize("effusion", ["pericardial", "pleural", "abdominopelvic"])
def test_each_effusion_is_answered(enter, effusion):
    with pytest.raises(Refused, match="is not answered"):
        enter(DiseaseExtent, **{effusion: ""})
    assert enter(DiseaseExtent, **{effusion: "PRESENT"}).pk
