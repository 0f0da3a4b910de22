"""An assessment has each lesion once, in the group of its role; what came later is a new lesion (crf_spec 2.16)."""

import pytest
from crf.models import Lesion, NewLesion, NonTargetFinding, ResponseAssessment, TargetMeasurement
from tests.crf.checks.conftest import COMPLETE, DRAFT, assessed_target
from tests.crf.conftest import row
from trial.models import Query
from trial.refusals import Refused

from trial.actions import entry

WORSE = {"state": "UNEQUIVOCAL", "narrative": "Has grown to twice its size since the scan before."}


@pytest.fixture
def lesions(world):
    """A target, a non-target, and lesions that were not there at screening."""
    world.enter("target", Lesion, role="TARGET")
    world.enter("non-target", Lesion, role="NON-TARGET", organ="LIVER")
    world.enter("BL1", Lesion, role="NON-TARGET", organ="LIVER", first_seen="BL1")
    world.enter("later", Lesion, role="TARGET", organ="LIVER", first_seen="POST")


def assessment(world, name="", group=NonTargetFinding, **more):
    """The rows of an assessment of both lesions, and one more of a lesion, in a group."""
    rows = {
        TargetMeasurement: [row(TargetMeasurement, lesion=world.made["target"])],
        NonTargetFinding: [row(NonTargetFinding, lesion=world.made["non-target"], state="PRESENT", narrative="")],
        NewLesion: [],
    }
    if name:
        rows[group].append(row(group, lesion=world.made[name], **more))
    return rows


ELSEWHERE = [
    # lesion       group               items    sentence
    ("target",     NonTargetFinding,   WORSE,   "L01 .* has the role “Target”, and is entered as “non-target lesion”"),
    ("non-target", TargetMeasurement,  {},      "L02 .* has the role “Non-target”, and is entered as “target lesion”"),
    ("later",      TargetMeasurement,  {},      "N01 .* was not there at screening, and is entered as “target lesion”"),
    ("later",      NonTargetFinding,   WORSE,   "N01 .* was not there at screening, and is entered as “non-target lesion”"),
    ("BL1",        NonTargetFinding,   WORSE,   "L03 .* was not there at screening, and is entered as “non-target lesion”"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "group", "items", "sentence"), ELSEWHERE)
def test_a_lesion_in_a_group_that_is_not_its_own_keeps_the_form_from_being_complete(world, lesions, name, group, items, sentence):
    with pytest.raises(Refused, match=sentence):
        world.enter("TA", ResponseAssessment, rows=assessment(world, name, group, **items))
    world.enter("TA", ResponseAssessment, rows=assessment(world))
    assert (world.state("TA"), Query.objects.exists()) == (COMPLETE, False)


@pytest.mark.parametrize("first_seen", ["BL1", "POST"])
def test_a_lesion_that_turns_out_to_be_new_sets_the_assessment_back(world, first_seen):
    assessed_target(world)
    world.change("lesion", first_seen=first_seen)
    (query,) = Query.objects.all()
    assert (query.check_code, world.state("TA")) == ("TA-ROLE", DRAFT)


def test_a_changed_role_is_asked_about_once_and_the_row_of_the_former_role_afterwards(world):
    assessed_target(world)
    world.change("lesion", role="NON-TARGET")
    assert [query.check_code for query in Query.objects.open()] == ["TA-LESIONS"]
    found = row(NonTargetFinding, lesion=world.made["lesion"], state="PRESENT", narrative="")
    world.store(world.fresh("TA"), {}, {NonTargetFinding: [found]})
    with pytest.raises(Refused, match=r"L01 .* has the role “Non-target”, and is entered as “target lesion”"):
        world.complete("TA")
    former = TargetMeasurement.objects.get()
    entry.withdraw_row(former, by=world.by, version=former.version, reason="TRANSCRIPTION: the role was corrected", complete=False)
    world.complete("TA")
    assert (world.state("TA"), Query.objects.open().exists()) == (COMPLETE, False)


@pytest.mark.parametrize("complete", [True, False])
def test_a_new_lesion_that_is_followed_is_entered_once(world, lesions, complete):
    followed = row(NewLesion, followed=world.made["later"])
    rows = assessment(world) | {NewLesion: [followed, followed]}
    with pytest.raises(Refused, match=r"N01 .* is entered twice among the new lesions"):
        world.enter("TA", ResponseAssessment, rows=rows, complete=complete)
    world.enter("TA", ResponseAssessment, rows=rows | {NewLesion: [followed, row(NewLesion), row(NewLesion)]})
    assert world.state("TA") == COMPLETE


@pytest.mark.parametrize("lesion_class", ["REGIONAL_LN", "NONREGIONAL_LN"])
@pytest.mark.parametrize("organ", ["LIVER", "OTHER"])
def test_a_new_lymph_node_is_in_no_other_organ(world, lesions, lesion_class, organ):
    new = row(NewLesion, lesion_class=lesion_class, organ=organ, organ_detail="Retroperitoneum")
    with pytest.raises(Refused, match=r"A lymph node's organ is “Lymph node”"):
        world.enter("TA", ResponseAssessment, rows=assessment(world) | {NewLesion: [new]}, complete=False)
    world.enter("TA", ResponseAssessment, rows=assessment(world) | {NewLesion: [new | {"organ": "LYMPH_NODE"}]})
    assert world.state("TA") == COMPLETE
