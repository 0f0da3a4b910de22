"""A signed eligibility whose evidence changes is stale, and the subject is not randomized on it (S10)."""

from datetime import date

import pytest
from crf.actions import confirmation, randomization
from crf.casebook import Casebook
from crf.derived import eligibility
from crf.models import Eligibility, LaboratoryPanel, LaboratoryResult, Lesion, PrimaryTumor, Randomization, VitalSigns
from followup.stories import straightforward
from trial.audit.acting import acting
from trial.models import ReferenceRange
from trial.refusals import Conflict
from trial.states import QueryState

from trial.actions import queries

DAY = date(2025, 4, 25)


@pytest.mark.proves("S10")
@pytest.mark.parametrize("test", ["CREAT"])
def test_changed_evidence_makes_the_signed_gate_stale_and_randomization_is_refused(tell, team, test):
    story = tell(straightforward, until=straightforward.check)
    story.confirm(2, date(2025, 4, 24))
    signed = eligibility.latest(Casebook(story.subject), 2)
    assert not eligibility.is_stale(signed, Casebook(signed.subject), on=DAY)
    result = LaboratoryResult.objects.of(story.subject).filter(test=test).order_by("-panel__visit__held_on").first()
    with acting(by=team.data_manager, reason="TRANSCRIPTION"):
        LaboratoryResult.objects.filter(pk=result.pk).update(result="101")
    assert eligibility.is_stale(eligibility.latest(Casebook(story.subject), 2), Casebook(story.subject), on=DAY)
    with pytest.raises(Conflict) as refused:
        randomization.randomize(story.subject, by=team.investigator, proof=team.proof, at=DAY)
    assert "G2_STALE" in refused.value.codes
    assert not Randomization.objects.of(story.subject).exists()


@pytest.fixture
def story(tell):
    """Everything for gate 2 is there; it is not confirmed yet."""
    return tell(straightforward, until=straightforward.check)


def confirm(story, shown):
    team = story.team
    return confirmation.confirm(
        story.subject, gate=2, by=team.investigator, proof=team.proof, shown_sha256=shown, assessed_on=date(2025, 4, 24)
    )


def read(story, on=date(2025, 4, 24)):
    return eligibility.assess(Casebook(story.subject), gate=2, on=on)


@pytest.mark.proves("S11")
def test_what_reads_otherwise_by_now_is_not_confirmed_though_the_evidence_is_the_same(story, team):
    """A reference range says how many times the ULN a value is; by it alone no signature goes stale (crf_spec 2.2)."""
    before = read(story)
    with acting(by=team.data_manager, reason="SOURCE_UPDATED"):
        assert ReferenceRange.objects.filter(test="BILI").update(high=24)
    now = read(story)
    assert now.evidence_sha256 == before.evidence_sha256
    assert now.pieces["I10"] != before.pieces["I10"]
    with pytest.raises(Conflict, match="have changed since this page was opened"):
        confirm(story, before.shown_sha256)
    assert confirm(story, now.shown_sha256)


@pytest.mark.proves("S11")
def test_what_was_read_of_one_day_is_not_confirmed_for_another(story):
    with pytest.raises(Conflict, match="have changed since this page was opened"):
        confirm(story, read(story, on=date(2025, 4, 23)).shown_sha256)


@pytest.mark.proves("S09")
@pytest.mark.parametrize(
    ("form", "state", "is_confirmed"),
    [
        (LaboratoryPanel, QueryState.OPEN, False),
        (LaboratoryPanel, QueryState.ANSWERED, False),
        (LaboratoryPanel, QueryState.CLOSED, True),
        (LaboratoryPanel, QueryState.REOPENED, False),
        (VitalSigns, QueryState.OPEN, False),
        (Eligibility, QueryState.OPEN, True),  # of gate 1: no evidence of gate 2
    ],
)
def test_evidence_in_doubt_is_not_signed(story, team, form, state, is_confirmed):
    shown = read(story)
    behind = {piece.record for told in shown.pieces.values() for piece in told if piece.form == form._meta.label_lower}
    records = form.objects.of(story.subject).select_related("visit__subject__site")
    record = records.filter(pk__in=behind).first() if behind else records.first()
    query = queries.raise_query(record, by=team.data_manager, text="Please compare with the source.")
    steps = {"OPEN": [], "ANSWERED": ["ANSWERED"], "CLOSED": ["ANSWERED", "CLOSED"], "REOPENED": ["ANSWERED", "CLOSED", "REOPENED"]}
    for step in steps[state.value]:
        queries.act_on(query, QueryState(step), by=team.investigator if step == "ANSWERED" else team.data_manager, text="Compared.")
    if is_confirmed:
        assert confirm(story, shown.shown_sha256)
    else:
        with pytest.raises(Conflict, match=f"Query {query.pk} at .* about .*, is {state.value.lower()}. Close the query first."):
            confirm(story, shown.shown_sha256)


@pytest.fixture
def confirmed(story):
    """Both gates are confirmed, and nothing stands against randomization."""
    story.confirm(2, date(2025, 4, 24))
    assert against(story) == set()
    return story


def against(story):
    return {refusal.code for refusal in randomization.refusals(Casebook(story.subject), on=DAY)}


def signs(story):
    """Those of cycle 3: evidence of gate 2, at a visit that the check after cycle 2 does not ask to be signed."""
    return VitalSigns.objects.of(story.subject).select_related("visit__subject__site").get(visit__code="C3D1")


def change(story, form, **values):
    with acting(by=story.team.data_manager, reason="TRANSCRIPTION"):
        assert form.objects.of(story.subject).update(**values)


def weigh(story, kg):
    with acting(by=story.team.data_manager, reason="TRANSCRIPTION"):
        VitalSigns.objects.filter(pk=signs(story).pk).update(weight_kg=kg)


def change_and_put_back(story):
    kg = signs(story).weight_kg
    weigh(story, kg + 1)
    weigh(story, kg)


def back_to_draft(story):
    with acting(by=story.team.data_manager, reason="TRANSCRIPTION"):
        VitalSigns.objects.filter(pk=signs(story).pk).update(state="DRAFT")


CHANGED = {
    "evidence of gate 1 alone": (lambda story: change(story, PrimaryTumor, histology_confirmed="N"), {"G1_STALE"}),
    "evidence of gate 1 alone, against it": (lambda story: change(story, PrimaryTumor, histology="NON_UC_SMALL_CELL"), {"G1_STALE"}),
    "the organ of lesions": (lambda story: change(story, Lesion, organ="LIVER"), {"G1_STALE", "G2_STALE"}),
    "evidence, and put back": (change_and_put_back, {"G2_STALE"}),
    "evidence that is a draft again": (back_to_draft, {"G2_STALE"}),
}


@pytest.mark.proves("S10")
@pytest.mark.parametrize("what", CHANGED)
def test_whatever_changes_of_the_evidence_of_either_gate_is_signed_again_before_randomization(confirmed, what):
    """crf_spec 2.12: any change of evidence."""
    changed, codes = CHANGED[what]
    changed(confirmed)
    assert against(confirmed) == codes
    with pytest.raises(Conflict):
        randomization.randomize(confirmed.subject, by=confirmed.team.investigator, proof=confirmed.team.proof, at=DAY)
    if "G1_STALE" in codes:
        with pytest.raises(Conflict, match="Data have changed since gate 1 was confirmed"):
            confirm(confirmed, read(confirmed).shown_sha256)


@pytest.mark.proves("S09")
def test_a_question_about_the_evidence_is_answered_before_randomization(confirmed, team):
    query = queries.raise_query(signs(confirmed), by=team.data_manager, text="Please compare with the source.")
    assert against(confirmed) == {"EVIDENCE_QUERIED"}
    queries.act_on(query, QueryState.CLOSED, by=team.data_manager, text="Compared.")
    assert against(confirmed) == set()


@pytest.mark.proves("S10")
@pytest.mark.parametrize(("gate", "code"), [(1, "G1_NOT_PASSED"), (2, "G2_NOT_SIGNED")])
def test_a_question_about_a_gate_breaks_its_signature(confirmed, team, gate, code):
    record = eligibility.latest(Casebook(confirmed.subject), gate)
    query = queries.raise_query(record, by=team.data_manager, text="Is this criterion met?")
    queries.act_on(query, QueryState.CLOSED, by=team.data_manager, text="It is.")
    assert against(confirmed) == {code}


def test_a_lesion_first_seen_after_screening_is_no_evidence_of_gate_1(confirmed):
    """It may be seen at the second baseline, between both gates."""
    before = eligibility.latest(Casebook(confirmed.subject), 1)
    lesion = Lesion.objects.of(confirmed.subject).last()
    with acting(by=confirmed.team.data_manager):
        Lesion.objects.create(
            visit=lesion.visit, state="COMPLETE", first_seen="BL1", lesion_class="VISCERAL", organ="LIVER", certainty="DEFINITE"
        )
    assert not eligibility.is_stale(before, Casebook(before.subject), on=before.assessed_on)
    assert "G2_STALE" in against(confirmed)


@pytest.mark.proves("S10")
def test_page_of_gate_1_is_of_its_own_day_once_its_evidence_has_changed(confirmed, client):
    entry = eligibility.latest(Casebook(confirmed.subject), 1)
    client.force_login(confirmed.team.data_manager)
    page = f"/subjects/{confirmed.subject.code}/eligibility/1/"
    assert client.get(page).context["assessed"].on != entry.assessed_on
    change(confirmed, PrimaryTumor, histology_confirmed="N")
    assert client.get(page).context["assessed"].on == entry.assessed_on


def test_what_is_no_evidence_may_change(confirmed):
    """What was measured outside the windows."""
    with acting(by=confirmed.team.data_manager, reason="TRANSCRIPTION"):
        assert VitalSigns.objects.of(confirmed.subject).filter(visit__code="C1D1").update(pulse=99)
    assert against(confirmed) == set()
