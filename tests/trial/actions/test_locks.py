"""Freeze of a visit, two-person lock of the study, queries and verification: who may, what follows what (D06, R07, S09)."""

from pathlib import Path

import pytest
from crf.models import VitalSigns
from django.db import IntegrityError, connection, transaction
from tests.closing import freeze, held_and_complete, lock_study, sign_as_it_stands
from tests.conftest import PROOF, end_role, give_role, member
from trial.access import Role
from trial.actions.verification import anchors, verify_ledger
from trial.audit.acting import acting
from trial.models import Change, Freeze, Ledger, Query, QueryAct, Signature, StudyLock, Verification
from trial.refusals import Conflict, NotAllowed, Refused
from trial.states import LOCK_NEXT, FreezeState, LockState, QueryState, RecordState

from trial import states
from trial.actions import locks, queries, review

L, Q = LockState, QueryState
EVERYBODY = ("data_manager", "investigator", "monitor", "sponsor", "administrator", "auditor", "stranger")


@pytest.fixture
def visit(visit, data_manager):
    """Held and complete."""
    return held_and_complete(visit, data_manager, VitalSigns)


@pytest.fixture
def record(visit):
    return VitalSigns.objects.select_related("visit__subject__site").get()


@pytest.fixture
def signature(visit, investigator):
    return review.sign_visit(visit, by=investigator, proof=PROOF)


@pytest.fixture
def query(record, monitor):
    return queries.raise_query(record, by=monitor, text="Is the weight right?", item="weight_kg")


@pytest.fixture
def people(data_manager, monitor, administrator):
    return {L.LOCK_PROPOSED: data_manager, L.LOCK_APPROVED: monitor, L.LOCKED: administrator}


def test_states_page_is_printed_from_the_tables():
    assert Path("docs/states.md").read_text() == states.page()


@pytest.mark.parametrize(
    ("stored", "signed", "frozen", "locked", "state"),
    [
        ("DRAFT", False, False, False, RecordState.DRAFT),
        ("DRAFT", True, False, False, RecordState.DRAFT),
        ("COMPLETE", False, False, False, RecordState.COMPLETE),
        ("COMPLETE", True, False, False, RecordState.SIGNED),
        ("COMPLETE", True, True, False, RecordState.FROZEN),
        ("COMPLETE", True, True, True, RecordState.LOCKED),
    ],
)
def test_state_of_a_record_is_derived(stored, signed, frozen, locked, state):
    assert states.record_state(stored, signed=signed, frozen=frozen, locked=locked) == state


@pytest.fixture
def anchored(commit, django_capture_on_commit_callbacks, settings, tmp_path):
    """The form of the last entry that is anchored once the act is committed."""
    settings.ANCHOR_FOLDER = tmp_path

    def of(act, *args, **told):
        with django_capture_on_commit_callbacks(execute=True):
            act(*args, reason="Cleaned", **told)
            commit()
        return Ledger.objects.get(seq=anchors.read_anchors()[-1]["seq"]).form

    return of


@pytest.mark.proves("R13")
def test_freeze_and_unfreeze_are_anchored_at_once(visit, signature, data_manager, anchored):
    assert [anchored(act, visit, by=data_manager) for act in (locks.freeze, locks.unfreeze)] == ["trial.freeze"] * 2
    assert len(anchors.read_anchors()) == 2


@pytest.mark.proves("R13")
def test_each_step_of_the_lock_is_anchored_at_once(people, anchored):
    for count, (state, person) in enumerate(people.items(), 1):
        assert anchored(locks.step, state, by=person, proof=PROOF) == "trial.studylock"
        assert len(anchors.read_anchors()) == count


@pytest.mark.proves("A02")
@pytest.mark.parametrize("who", EVERYBODY)
def test_data_manager_of_the_site_freezes_a_signed_visit_and_nobody_else(request, visit, signature, who):
    person = request.getfixturevalue(who)
    if who == "data_manager":
        assert locks.freeze(visit, by=person, reason="Cleaned").state == FreezeState.FROZEN
        assert review.valid_signature(visit) == signature
    else:
        with pytest.raises(NotAllowed, match="Only a data manager of this site"):
            locks.freeze(visit, by=person, reason="Cleaned")
        assert not Freeze.objects.exists()


def test_visit_that_is_not_signed_is_not_frozen(visit, data_manager):
    with pytest.raises(Conflict, match="An investigator must sign the visit first"):
        locks.freeze(visit, by=data_manager, reason="Cleaned")
    assert not Freeze.objects.exists()


@pytest.mark.proves("R07")
def test_freeze_and_unfreeze_alternate_with_a_reason_and_stay(visit, signature, data_manager):
    for act in (locks.freeze, locks.unfreeze):
        with pytest.raises(Refused, match="Say why"):
            act(visit, by=data_manager, reason=" \u200b")
        act(visit, by=data_manager, reason="Cleaned")
        with pytest.raises(Conflict, match=r"frozen already|not frozen"):
            act(visit, by=data_manager, reason="Cleaned")
    assert [act.state for act in Freeze.objects.all()] == ["FROZEN", "OPEN"]
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Freeze.objects.update(state="OPEN")


def steps(*each):
    for state, person in each:
        locks.step(state, by=person, reason="Analysis", proof=PROOF)


@pytest.mark.proves("D06")
def test_lock_is_proposed_approved_and_carried_out_by_three_roles_and_undone_likewise(people):
    dan, mo, ada = people.values()
    steps(*people.items())
    assert StudyLock.now() == L.LOCKED
    steps((L.UNLOCK_PROPOSED, dan), (L.UNLOCK_APPROVED, mo), (L.OPEN, ada))
    assert StudyLock.now() == L.OPEN
    assert StudyLock.objects.count() == 6


@pytest.mark.proves("A02")
@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("state", sorted(LOCK_NEXT[L.OPEN] | LOCK_NEXT[L.LOCK_PROPOSED] | LOCK_NEXT[L.LOCK_APPROVED]))
def test_each_step_of_the_lock_is_one_roles(request, people, who, state):
    dan, mo, _ = people.values()
    before = {L.LOCK_PROPOSED: [], L.LOCK_APPROVED: [(L.LOCK_PROPOSED, dan)], L.OPEN: [(L.LOCK_PROPOSED, dan)]}
    steps(*before.get(state, [(L.LOCK_PROPOSED, dan), (L.LOCK_APPROVED, mo)]))
    role = {L.LOCK_PROPOSED: "data_manager", L.OPEN: "data_manager", L.LOCK_APPROVED: "monitor", L.LOCKED: "administrator"}[state]
    count = StudyLock.objects.count()
    if who == role:
        assert locks.step(state, by=request.getfixturevalue(who), reason="Analysis", proof=PROOF).state == state
    else:
        with pytest.raises(NotAllowed):
            locks.step(state, by=request.getfixturevalue(who), reason="Analysis", proof=PROOF)
        assert StudyLock.objects.count() == count


def test_step_that_does_not_follow_is_refused_by_action_and_database(people):
    with pytest.raises(Conflict, match="cannot follow"):
        locks.step(L.LOCKED, by=people[L.LOCKED], reason="Analysis", proof=PROOF)
    with pytest.raises(IntegrityError, match="The study: “LOCKED” cannot follow “BEGIN”"), transaction.atomic():
        StudyLock.objects.create(state=L.LOCKED, by=people[L.LOCKED], reason="x")


@pytest.mark.proves("D06")
def test_the_order_of_acts_is_not_chosen_by_who_writes_them(people):
    """Numbers below the first, or the highest there is, would make an act come before others, or be the last for ever."""
    for number, (state, person) in zip((-9, 2**63 - 1, -7), people.items(), strict=True):
        StudyLock.objects.create(pk=number, state=state, by=person, reason="Analysis")
    keys = list(StudyLock.objects.order_by("at").values_list("pk", flat=True))
    assert keys == list(range(keys[0], keys[0] + 3))
    assert StudyLock.now() == L.LOCKED


@pytest.mark.proves("D06")
def test_one_person_takes_no_three_steps_by_choosing_numbers(data_manager):
    StudyLock.objects.create(pk=-9, state=L.LOCK_PROPOSED, by=data_manager, reason="Mine")
    with pytest.raises(IntegrityError, match="Three different people"), transaction.atomic():
        StudyLock.objects.create(pk=-8, state=L.LOCK_APPROVED, by=data_manager, reason="Mine")


@pytest.mark.proves("R07")
def test_a_query_is_an_entry_of_the_ledger_and_stays_about_what_it_was(query, record, monitor, commit):
    commit()
    entry = Ledger.objects.get(form="trial.query", row=query.pk)
    assert (entry.by, entry.subject, entry.visit, entry.site) == (monitor, record.subject, record.visit, record.subject.site)
    assert {name: value for name, (_, value) in entry.items.items()} == {
        "visit_id": record.visit_id, "form": "crf.vitalsigns", "record": record.pk, "item": "weight_kg",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("alter table trial_query disable trigger user; update trial_query set item = 'ecog'")
    assert f"Row {query.pk} of trial.query and the ledger disagree." in verify_ledger.findings()


@pytest.mark.proves("D06", "A04")
def test_one_person_of_several_roles_takes_one_step_only(site, people):
    """Nobody is data manager and monitor together: who was the one and is the other now still takes no second step."""
    both = member("both", Role.DATA_MANAGER, site)
    steps((L.LOCK_PROPOSED, both))
    end_role(both, Role.DATA_MANAGER)
    give_role(both, Role.MONITOR, site)
    with pytest.raises(Conflict, match="Three different people"):
        locks.step(L.LOCK_APPROVED, by=both, reason="Analysis", proof=PROOF)
    end_role(both, Role.MONITOR)
    give_role(both, Role.DATA_MANAGER, site)
    assert locks.step(L.OPEN, by=both, reason="Too early", proof=PROOF).state == L.OPEN


def test_lock_waits_for_what_is_not_signed_and_frozen(visit, people):
    steps((L.LOCK_PROPOSED, people[L.LOCK_PROPOSED]), (L.LOCK_APPROVED, people[L.LOCK_APPROVED]))
    with pytest.raises(Conflict, match="Visits to be signed and frozen: 1"):
        locks.step(L.LOCKED, by=people[L.LOCKED], reason="Analysis", proof=PROOF)
    assert StudyLock.now() == L.LOCK_APPROVED


def test_lock_waits_for_a_signature_that_does_not_hold(visit, record, people, investigator, data_manager, monitor):
    """A query was raised about a visit that was frozen, and closed: it is signed again, which a freeze allows, before the lock."""
    review.sign_visit(visit, by=investigator, proof=PROOF)
    locks.freeze(visit, by=data_manager, reason="Cleaned")
    assert locks.obstacles_to_lock() == []
    raised = queries.raise_query(record, by=monitor, text="Is it right?", item="")
    queries.act_on(raised, Q.CLOSED, by=monitor, text="Thank you")
    assert list(map(str, locks.obstacles_to_lock())) == ["Frozen visits to be signed again, because their signature does not hold: 1."]
    steps((L.LOCK_PROPOSED, people[L.LOCK_PROPOSED]), (L.LOCK_APPROVED, people[L.LOCK_APPROVED]))
    with pytest.raises(Conflict, match="to be signed again, because"):
        locks.step(L.LOCKED, by=people[L.LOCKED], reason="Analysis", proof=PROOF)
    review.sign_visit(visit, by=investigator, proof=PROOF)
    assert locks.step(L.LOCKED, by=people[L.LOCKED], reason="Analysis", proof=PROOF).state == L.LOCKED


def test_no_query_without_who_asks(visit, record):
    with transaction.atomic(), connection.cursor() as cursor:
        Query.objects.create(visit=visit, form="crf.vitalsigns", record=record.pk)
        with pytest.raises(IntegrityError, match="No author is recorded for this new row"), transaction.atomic():
            cursor.execute("set constraints all immediate")
        transaction.set_rollback(True)


@pytest.mark.proves("R07")
def test_query_is_answered_and_closed_by_who_raised_it(query, data_manager, monitor):
    queries.act_on(query, Q.ANSWERED, by=data_manager, text="It is: scale calibrated")
    queries.act_on(query, Q.CLOSED, by=monitor, text="Thank you")
    assert [act.state for act in query.acts.all()] == ["OPEN", "ANSWERED", "CLOSED"]
    assert not Query.objects.open().exists()
    queries.act_on(query, Q.REOPENED, by=monitor, text="Still odd")
    assert Query.objects.open().get() == query


@pytest.mark.proves("A02")
@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("to", ["raise", Q.ANSWERED, Q.CLOSED])
def test_who_raises_answers_and_closes(request, record, query, who, to):
    allowed = {
        "raise": {"data_manager", "investigator", "monitor"},
        Q.ANSWERED: {"data_manager", "investigator"},
        Q.CLOSED: {"monitor"},  # it is the monitor's own
    }[to]
    person = request.getfixturevalue(who)

    def act():
        if to == "raise":
            return queries.raise_query(record, by=person, text="Why?")
        return queries.act_on(query, to, by=person, text="So.")

    if who in allowed:
        assert act().pk
    else:
        with pytest.raises(NotAllowed):
            act()
        assert QueryAct.objects.count() == 1


@pytest.mark.parametrize("to", [Q.OPEN, Q.REOPENED])
def test_state_that_does_not_follow_is_refused_by_the_database(query, monitor, to):
    said = f"Query {query.pk} is already “OPEN”" if to == Q.OPEN else f"Query {query.pk}: “REOPENED” cannot follow “OPEN”"
    with pytest.raises(IntegrityError, match=said), transaction.atomic():
        QueryAct.objects.create(query=query, state=to, by=monitor, text="x")


def test_query_about_no_item_and_one_with_an_identifier_are_refused(record, monitor):
    with pytest.raises(Refused, match="no such item"):
        queries.raise_query(record, by=monitor, text="Why?", item="shoe_size")
    with pytest.raises(Refused):
        queries.raise_query(record, by=monitor, text="Call 13812345678")


@pytest.mark.proves("S09")
def test_visit_is_not_signed_while_a_query_is_not_closed(visit, query, data_manager, monitor, investigator):
    for answered in (False, True):
        if answered:
            queries.act_on(query, Q.ANSWERED, by=data_manager, text="It is")
        with pytest.raises(Conflict, match="Close the query first"):
            review.sign_visit(visit, by=investigator, proof=PROOF)
    queries.act_on(query, Q.CLOSED, by=monitor, text="Fine")
    signature = review.sign_visit(visit, by=investigator, proof=PROOF)
    assert ["Weight", "CLOSED"] in [asked for part in signature.content.values() for asked in part["queries"]]


@pytest.mark.proves("S10")
def test_query_raised_after_signing_breaks_the_signature_until_it_is_signed_again(visit, signature, record, monitor, investigator):
    query = queries.raise_query(record, by=monitor, text="Is it?")
    assert review.valid_signature(visit) is None
    assert signature.changes(review.content_of_visit(visit)) == [
        Change(record.form_title(), f"Query about {record.form_title()}", "", "open")
    ]
    queries.act_on(query, Q.CLOSED, by=monitor, text="It is")
    assert review.valid_signature(visit) is None
    again = review.sign_visit(visit, by=investigator, proof=PROOF)
    assert review.valid_signature(visit) == again


def test_monitor_verifies_a_record_and_the_mark_lapses_when_it_changes(record, monitor, data_manager):
    queries.verify(record, by=monitor, versions_sha256=record.versions_sha256())
    assert queries.is_verified(record)
    with pytest.raises(Conflict, match="is already verified"):
        queries.verify(record, by=monitor, versions_sha256=record.versions_sha256())
    with acting(by=data_manager, reason="TRANSCRIPTION"):
        VitalSigns.objects.update(weight_kg=71)
    assert not queries.is_verified(VitalSigns.objects.get())
    with pytest.raises(Conflict, match="Someone else has changed"):
        queries.verify(record, by=monitor, versions_sha256=record.versions_sha256())


@pytest.mark.proves("A02")
@pytest.mark.parametrize("who", [one for one in EVERYBODY if one != "monitor"])
def test_nobody_else_verifies(request, record, who):
    with pytest.raises(NotAllowed):
        queries.verify(record, by=request.getfixturevalue(who), versions_sha256=record.versions_sha256())
    assert not Verification.objects.exists()


def test_nobody_verifies_what_they_entered(record, monitor, commit):
    with acting(by=monitor, reason="TRANSCRIPTION"):
        VitalSigns.objects.update(weight_kg=71)
    commit()
    with pytest.raises(NotAllowed, match="entered themselves"):
        queries.verify(
            VitalSigns.objects.select_related("visit__subject").get(),
            by=monitor,
            versions_sha256=VitalSigns.objects.get().versions_sha256(),
        )


@pytest.mark.parametrize("raised_by", ["investigator", "gone"])
def test_query_of_who_may_not_close_it_is_closed_by_who_may(visit, record, site, investigator, monitor, data_manager, raised_by):
    """Else nobody could, and the visit would never be signed."""
    asks = investigator if raised_by == "investigator" else member("gone", Role.MONITOR, site)
    query = queries.raise_query(record, by=asks, text="Is it?")
    if raised_by == "gone":
        with pytest.raises(NotAllowed, match="the person who raised it"):
            queries.act_on(query, Q.CLOSED, by=monitor, text="It is")
        end_role(asks, Role.MONITOR)
    with pytest.raises(NotAllowed):
        queries.act_on(query, Q.CLOSED, by=investigator, text="It is")
    assert queries.act_on(query, Q.CLOSED, by=monitor, text="It is").state == Q.CLOSED


def test_draft_is_not_verified(record, monitor, data_manager):
    with acting(by=data_manager, reason="TRANSCRIPTION"):
        VitalSigns.objects.update(state="DRAFT")
    with pytest.raises(Conflict, match="Complete the form first"):
        queries.verify(record, by=monitor, versions_sha256=VitalSigns.objects.get().versions_sha256())


@pytest.mark.proves("D06")
def test_nothing_is_signed_queried_or_verified_in_a_locked_study(visit, record, people, monitor, investigator, data_manager):
    query = queries.raise_query(record, by=monitor, text="Is it?")
    queries.act_on(query, Q.CLOSED, by=monitor, text="It is")
    freeze(visit, data_manager, investigator)
    lock_study(*people.values())
    for act in (
        lambda: queries.raise_query(record, by=monitor, text="Why?"),
        lambda: queries.act_on(query, Q.REOPENED, by=monitor, text="It is not"),
        lambda: queries.verify(record, by=monitor, versions_sha256=record.versions_sha256()),
    ):
        with pytest.raises(Conflict, match="The study is locked"):
            act()
    with pytest.raises(IntegrityError, match="The study is locked"), transaction.atomic():
        sign_as_it_stands(visit, investigator)
    assert Signature.objects.count() == 1
