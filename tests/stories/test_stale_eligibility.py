"""A signed eligibility whose evidence changes is stale, and the subject is not randomized on it (S10)."""

from datetime import date

import pytest
from crf.actions import confirmation, randomization
from crf.casebook import Casebook
from crf.derived import eligibility
from crf.derived.since_confirmed import is_stale
from crf.models import Consent, Eligibility, LaboratoryPanel, LaboratoryResult, Lesion, PrimaryTumor, Randomization, VitalSigns
from followup.stories import usual
from followup.stories.usual_items import RESULTS
from trial.audit.acting import acting
from trial.models import ReferenceRange, Subject
from trial.protocol.laboratory import analytes
from trial.refusals import Conflict, Refused
from trial.states import QueryState

from trial.actions import enrolment, entry, queries, review

DAY = date(2025, 4, 25)


@pytest.mark.proves("S10")
@pytest.mark.parametrize("test", ["CREAT"])
def test_changed_evidence_makes_the_signed_gate_stale_and_randomization_is_refused(story, team, test):
    story.confirm(2, date(2025, 4, 24))
    signed = eligibility.latest(Casebook(story.subject), 2)
    assert not is_stale(signed, Casebook(signed.subject), on=DAY)
    result = LaboratoryResult.objects.of(story.subject).filter(test=test).order_by("-panel__visit__held_on").first()
    with acting(by=team.data_manager, reason="TRANSCRIPTION"):
        LaboratoryResult.objects.filter(pk=result.pk).update(result="101")
    assert is_stale(eligibility.latest(Casebook(story.subject), 2), Casebook(story.subject), on=DAY)
    with pytest.raises(Conflict) as refused:
        randomization.randomize(story.subject, by=team.investigator, proof=team.proof, at=DAY)
    assert "G2_STALE" in refused.value.codes
    assert not Randomization.objects.of(story.subject).exists()


@pytest.fixture
def story(ready_for_gate_2):
    return ready_for_gate_2


@pytest.fixture
def team(story):
    return story.team


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
def confirmed(gate_2_confirmed):
    """Both gates are confirmed, and nothing stands against randomization."""
    assert against(gate_2_confirmed) == set()
    return gate_2_confirmed


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
def test_a_question_about_the_evidence_is_answered_before_randomization(confirmed):
    query = queries.raise_query(signs(confirmed), by=confirmed.team.data_manager, text="Please compare with the source.")
    assert against(confirmed) == {"EVIDENCE_QUERIED"}
    queries.act_on(query, QueryState.CLOSED, by=confirmed.team.data_manager, text="Compared.")
    assert against(confirmed) == set()


@pytest.mark.proves("S10")
@pytest.mark.parametrize(("gate", "code"), [(1, "G1_NOT_PASSED"), (2, "G2_NOT_SIGNED")])
def test_a_question_about_a_gate_breaks_its_signature(confirmed, gate, code):
    record = eligibility.latest(Casebook(confirmed.subject), gate)
    query = queries.raise_query(record, by=confirmed.team.data_manager, text="Is this criterion met?")
    queries.act_on(query, QueryState.CLOSED, by=confirmed.team.data_manager, text="It is.")
    assert against(confirmed) == {code}


def test_a_lesion_first_seen_after_screening_is_no_evidence_of_gate_1(confirmed):
    """It may be seen at the second baseline, between both gates. Three organs, one of them the liver: no verdict changes."""
    before = eligibility.latest(Casebook(confirmed.subject), 1)
    lesion = Lesion.objects.of(confirmed.subject).last()
    with acting(by=confirmed.team.data_manager):
        Lesion.objects.create(
            visit=lesion.visit, state="COMPLETE", first_seen="BL1", lesion_class="VISCERAL", organ="LIVER", certainty="DEFINITE"
        )
    assert not is_stale(before, Casebook(before.subject), on=before.assessed_on)


@pytest.mark.proves("S10")
def test_page_of_gate_1_is_of_its_own_day_once_it_was_passed(confirmed, client):
    gate = eligibility.latest(Casebook(confirmed.subject), 1)
    client.force_login(confirmed.team.data_manager)
    page = f"/subjects/{confirmed.subject.code}/eligibility/1/"
    assert client.get(page).context["assessed"].on == gate.assessed_on
    change(confirmed, PrimaryTumor, histology_confirmed="N")
    assert client.get(page).context["assessed"].on == gate.assessed_on


def blood(story, on, **results):
    """One more panel, at an unscheduled visit."""
    visit = enrolment.unscheduled_visit(subject=story.subject, by=story.team.data_manager)
    return usual.panel(story, visit.code, on, {test: (result, unit) for test, (result, unit) in results.items()})


MORE_DATA = [
    # what is measured besides             on day        codes against randomization on 04-25
    ({"HGB": ("128", "g/L")},              "2025-04-24", set()),          # as before: it changes no verdict
    ({"HGB": ("85", "g/L")},               "2025-04-24", {"G2_STALE"}),
    ({"HGB": ("85", "g/L")},               "2025-04-25", {"G2_STALE"}),   # after the gate's day, up to randomization
    ({"HGB": ("85", "g/L")},               "2025-04-26", set()),          # after randomization
    ({"HGB": ("85", "g/L")},               "2025-03-06", set()),          # before all windows of gate 2, after gate 1's day
    ({"HGB": ("85", "g/L")},               "2025-03-05", {"G1_STALE"}),   # on gate 1's day
]  # fmt: skip


@pytest.mark.proves("S10")
@pytest.mark.parametrize(("results", "on", "codes"), MORE_DATA)
def test_further_data_make_a_gate_stale_only_where_they_change_a_verdict(confirmed, results, on, codes):
    blood(confirmed, date.fromisoformat(on), **results)
    assert against(confirmed) == codes


LAPSES = [
    # randomized  codes: the laboratory, of 04-21, counts for 7 days
    ("2025-04-28", set()),
    ("2025-04-29", {"WINDOW_LAPSED"}),
    ("2025-05-05", {"WINDOW_LAPSED"}),
]  # fmt: skip


@pytest.mark.parametrize(("on", "codes"), LAPSES)
def test_windows_of_gate_2_are_counted_back_from_randomization(confirmed, on, codes):
    refused = randomization.refusals(Casebook(confirmed.subject), on=date.fromisoformat(on))
    assert {refusal.code for refusal in refused} == codes


def test_repeated_tests_and_a_new_confirmation_cure_windows_that_have_lapsed(confirmed):
    late = date(2025, 5, 2)
    lapsed = next(iter(randomization.refusals(Casebook(confirmed.subject), on=late)))
    assert (lapsed.code, lapsed.gate) == ("WINDOW_LAPSED", 2)
    assert "I08, I10, I11, I12 are too old" in lapsed.sentence
    visit = enrolment.unscheduled_visit(subject=confirmed.subject, by=confirmed.team.data_manager)
    usual.signs(confirmed, visit.code, date(2025, 5, 1), weight_kg="70")
    everything = {test: (value, analytes.TESTS[test].unit) for test, value in RESULTS.items() if test in analytes.TESTS}
    usual.panel(confirmed, visit.code, date(2025, 5, 1), everything)
    with pytest.raises(Conflict):
        randomization.randomize(confirmed.subject, by=confirmed.team.investigator, proof=confirmed.team.proof, at=date(2025, 5, 10))
    confirmed.confirm(2, late)
    assert randomization.refusals(Casebook(confirmed.subject), on=late) == ()
    assert confirmed.randomize(late).randomized_on == late


def test_refusal_says_which_item_changed_when_and_by_whom_and_leads_to_the_gate(confirmed, client, commit):
    commit()
    change(confirmed, PrimaryTumor, histology_confirmed="N")
    commit()
    dan = confirmed.team.data_manager
    (stale,) = [refusal for refusal in randomization.refusals(Casebook(confirmed.subject), on=DAY) if refusal.code == "G1_STALE"]
    label = PrimaryTumor._meta.get_field("histology_confirmed").verbose_name
    assert f"Changed: {label} (primary tumor SCR), " in stale.sentence
    assert f"by {dan.get_full_name()}." in stale.sentence
    client.force_login(confirmed.team.investigator)
    page = client.get(f"/subjects/{confirmed.subject.code}/randomization/")
    assert f'href="/subjects/{confirmed.subject.code}/eligibility/1/"' in page.text
    gate = client.get(f"/subjects/{confirmed.subject.code}/eligibility/1/")
    assert any(sentence in stale.sentence for sentence in gate.context["changes"])
    with pytest.raises(Conflict, match=f"by {dan.get_full_name()}. Confirm gate 1 again; it keeps its day, 2025-03-05."):
        confirmed.confirm(2, date(2025, 4, 24))


def test_reference_range_that_changes_a_verdict_is_named(confirmed, commit):
    commit()
    with acting(by=confirmed.team.data_manager, reason="SOURCE_UPDATED"):
        assert ReferenceRange.objects.filter(test="BILI").update(high="3")
    commit()
    codes = {refusal.code: refusal.sentence for refusal in randomization.refusals(Casebook(confirmed.subject), on=DAY)}
    assert {"G1_STALE", "G2_STALE"} == set(codes)
    assert "Changed: upper limit (reference range)" in codes["G1_STALE"]


def test_what_is_no_evidence_may_change(confirmed):
    """What was measured outside the windows."""
    with acting(by=confirmed.team.data_manager, reason="TRANSCRIPTION"):
        assert VitalSigns.objects.of(confirmed.subject).filter(visit__code="C1D1").update(pulse=99)
    assert against(confirmed) == set()


def asked_again(story, on, declined):
    usual.consent(story, date.fromisoformat(on), kind="RECONSENT", reconsent_reason="NEW_VERSION", unscheduled="N", declined=declined)


ASKED_AGAIN = [
    # re-consents: day and whether declined   codes against randomization on 04-25
    ([("2025-09-01", "Y")],                    set()),          # after both gates
    ([("2025-04-26", "Y")],                    set()),
    ([("2025-04-25", "Y")],                    {"G2_STALE"}),
    ([("2025-04-01", "Y")],                    {"G2_STALE"}),   # after gate 1's day, before gate 2's
    ([("2025-03-05", "Y")],                    {"G1_STALE", "G2_STALE"}),
    ([("2025-04-01", "Y"), ("2025-04-10", "N")], set()),        # asked once more, and signed
    ([("2025-04-01", "N"), ("2025-04-10", "Y")], {"G2_STALE"}),
    ([("2025-04-10", "N"), ("2025-09-01", "Y")], set()),
]  # fmt: skip


@pytest.mark.parametrize(("consents", "codes"), ASKED_AGAIN)
def test_criteria_read_the_consent_as_it_stood_on_the_gates_own_day(confirmed, consents, codes):
    for on, declined in consents:
        asked_again(confirmed, on, declined)
    assert against(confirmed) == codes


def test_draft_of_a_consent_asked_for_again_turns_no_gate_before_it_has_its_day(confirmed):
    story = confirmed
    values = {"type": "RECONSENT", "declined": "Y"}
    visit = story.subject.visits.get(code="COMMON")
    entry.enter(Consent, visit=visit, by=story.team.data_manager, values=values, complete=False)
    assert not {"G1_STALE", "G2_STALE"} & against(confirmed)


def test_consent_asked_for_again_breaks_no_signature_of_another_visit(confirmed):
    before = {visit.pk for visit in confirmed.subject.visits.all() if review.valid_signature(visit)}
    assert before
    asked_again(confirmed, "2025-04-10", "N")
    assert {visit.pk for visit in confirmed.subject.visits.all() if review.valid_signature(visit)} == before


def entered_on(monkeypatch, text):
    """Let subjects have been entered on this day."""
    monkeypatch.setattr(Subject, "created_on", lambda subject: date.fromisoformat(text))


STATED = [
    # entered on   stated day     refused by
    ("2025-06-01", "2025-03-02", "gate_before_consent"),
    ("2025-06-01", "2999-01-01", "future_date"),
    ("2025-06-01", "2025-03-06", None),                # the source states another day
    ("2025-03-11", "2025-03-06", None),                # 8 days after the consent of 03-03
    ("2025-03-10", "2025-03-06", "gate_day_follows"),  # gate 1 keeps its day
    ("2025-03-10", "2025-03-05", None),
]  # fmt: skip


@pytest.mark.parametrize(("entered", "stated", "code"), STATED)
def test_source_states_the_gates_day_of_a_subject_who_is_entered_afterwards(confirmed, monkeypatch, entered, stated, code):
    entered_on(monkeypatch, entered)
    on = date.fromisoformat(stated)
    if code is None:
        assert confirmed.confirm(1, on).assessed_on == on
        return
    with pytest.raises(Refused) as refused:
        confirmed.confirm(1, on)
    assert refused.value.code == code


@pytest.mark.parametrize(("entered", "offered"), [("2025-03-10", False), ("2025-03-11", True)])
def test_page_asks_for_the_gates_day_where_the_source_states_it(confirmed, client, monkeypatch, entered, offered):
    entered_on(monkeypatch, entered)
    client.force_login(confirmed.team.investigator)
    page = client.get(f"/subjects/{confirmed.subject.code}/eligibility/1/?assessed_on=2025-03-06")
    assert ('name="assessed_on"' in page.text) is offered
    assert page.context["assessed"].on == date(2025, 3, 6 if offered else 5)


def test_api_tells_what_changed_and_judges_gate_1_for_its_own_day(confirmed, client, commit):
    client.force_login(confirmed.team.investigator)
    address = f"/api/v1/subjects/{confirmed.subject.code}/eligibility/?gate=1"
    assert (client.get(address).json()["on"], client.get(address).json()["confirmed"]["changes"]) == ("2025-03-05", [])
    assert client.get(f"{address}&assessed_on=2025-03-06").json()["on"] == "2025-03-06"
    assert client.get(f"{address}&assessed_on=soon").status_code == 400
    commit()
    change(confirmed, PrimaryTumor, histology_confirmed="N")
    commit()
    told = client.get(address).json()["confirmed"]
    assert (told["stale"], told["lapsed"]) == (True, [])
    assert any(sentence.startswith("Changed: ") for sentence in told["changes"])
    refusals = client.get(f"/api/v1/subjects/{confirmed.subject.code}/randomization/").json()["refusals"]
    assert {(refusal["code"], refusal["gate"]) for refusal in refusals} >= {("G1_STALE", 1)}
    second = client.get(f"/api/v1/subjects/{confirmed.subject.code}/eligibility/?gate=2").json()["confirmed"]
    assert "I10" in second["lapsed"]  # by today's date
