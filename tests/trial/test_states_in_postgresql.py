"""What no path gets past, SQL included: signed as it stands, frozen when signed, locked when nothing is left (D06, S09, S10)."""

import pytest
from django.db import IntegrityError, transaction

from crf.models import LaboratoryPanel, VitalSigns
from tests.closing import freeze, held_and_complete, lock_study, sign_as_it_stands
from tests.conftest import end_role, member
from tests.examples import complete
from trial.access import ALLOWED, Act, Role
from trial.acting import acting
from trial.actions import entry, locks, queries, review
from trial.models import WHO_LOCKS, Freeze, Signature, StudyLock, Visit
from trial.refusal import Conflict
from trial.states import FreezeState, LockState, QueryState

pytestmark = pytest.mark.proves("D06")

REASON = "TRANSCRIPTION"
REFUSED = r"the act of another role|identity, training and accountability"  # what only who signs has on record
L = LockState
BREAKING = ["a change", "a change of the visit", "another form", "a withdrawal", "a closed query"]


@pytest.fixture
def visit(visit, data_manager):
    """Held and complete."""
    return held_and_complete(visit, data_manager, VitalSigns)


@pytest.fixture
def record(visit):
    return VitalSigns.objects.select_related("visit__subject__site").get()


@pytest.fixture
def bring(visit, record, data_manager, monitor, investigator):
    """The visit, by one name, into what keeps it from being signed; or, signed, into what breaks that."""

    def bring(what):
        with acting(by=data_manager, reason=REASON):
            if what == "a draft":
                VitalSigns.objects.update(state="DRAFT")
            elif what == "a change":
                VitalSigns.objects.update(weight_kg=72)
            elif what == "a change of the visit":
                Visit.objects.filter(pk=visit.pk).update(mode="PHONE")
            elif what == "another form":
                complete(LaboratoryPanel, visit.subject)
        if what == "a withdrawal":
            entry.withdraw(record, by=data_manager, reason=REASON)
        elif "query" in what:
            query = queries.raise_query(record, by=monitor, text="Is it?")
            if what == "a closed query":
                queries.act_on(query, QueryState.CLOSED, by=monitor, text="It is")

    return bring


@pytest.mark.proves("S09")
@pytest.mark.parametrize("what", ["a draft", "an open query"])
def test_what_is_a_draft_or_in_doubt_is_not_signed(visit, bring, investigator, what):
    bring(what)
    with pytest.raises(IntegrityError, match="Forms are completed and queries closed before"):
        sign_as_it_stands(visit, investigator)


@pytest.mark.proves("S11", "S10")
@pytest.mark.parametrize("what", BREAKING)
def test_what_no_longer_stands_is_not_signed(visit, bring, investigator, what):
    read = review.content_of_visit(visit)
    bring(what)
    with pytest.raises(IntegrityError, match="What is signed is not what stands"), acting(by=investigator):
        review.keep(visit, row=visit, by=investigator, meaning=Signature.Meaning.VISIT, content=read)


@pytest.mark.parametrize(
    "what", ["nothing", "a draft", "a change", "a change of the visit", "another form", "a withdrawal", "a closed query"]
)
def test_visit_is_frozen_under_a_signature_that_holds(visit, bring, investigator, data_manager, monkeypatch, what):
    sign_as_it_stands(visit, investigator)
    bring(what)
    holds = what == "nothing"
    assert (review.holding(visit) is not None) is holds
    monkeypatch.setattr(locks, "holding", lambda visit: True)  # as if the change came after the question
    if holds:
        assert locks.freeze(visit, by=data_manager, reason="Cleaned").state == FreezeState.FROZEN
    else:
        with pytest.raises(Conflict, match="not signed, or its signature does not hold"):
            locks.freeze(visit, by=data_manager, reason="Cleaned")


def test_visit_without_a_signature_is_not_frozen(visit, data_manager):
    with pytest.raises(IntegrityError, match="not signed, or its signature does not hold"):
        Freeze.objects.create(visit=visit, state=FreezeState.FROZEN, by=data_manager, reason="Cleaned")


def test_signature_of_a_visit_whose_withdrawn_form_was_asked_about_holds(visit, record, bring, investigator, data_manager):
    """The form is gone, and the query about it closed: neither is part of the visit any more."""
    bring("a closed query")
    entry.withdraw(record, by=data_manager, reason=REASON)
    with acting(by=investigator):
        review.keep(visit, row=visit, by=investigator, meaning=Signature.Meaning.VISIT, content=review.content_of_visit(visit))
    assert review.holding(visit)


@pytest.mark.parametrize("what", ["a draft", "an open query", "an unsigned visit", "a broken signature"])
def test_study_is_locked_when_nothing_is_left(visit, bring, investigator, data_manager, monitor, administrator, monkeypatch, what):
    if what in ("a draft", "an unsigned visit"):
        bring(what)
    else:
        freeze(visit, data_manager, investigator)
        bring({"a broken signature": "a closed query"}.get(what, what))
    assert locks.keeps_from_lock()
    with pytest.raises(IntegrityError, match="Drafts, open queries, or visits that are not frozen"), transaction.atomic():
        lock_study(data_manager, monitor, administrator)
    assert StudyLock.now() == L.OPEN


def test_study_without_anything_left_is_locked(visit, investigator, data_manager, monitor, administrator):
    freeze(visit, data_manager, investigator)
    lock_study(data_manager, monitor, administrator)
    assert StudyLock.now() == L.LOCKED


def role_of(act):
    (role,) = [role for role in Role if act in ALLOWED[role]]
    return role


@pytest.mark.proves("A02")
@pytest.mark.parametrize("role", Role)
class TestRoles:
    """Whatever it is written by: each step is the act of the role that the table names."""

    @pytest.fixture
    def person(self, site, role):
        return member("pat", role, None if role in (Role.ADMINISTRATOR, Role.SPONSOR) else site)

    def test_signature(self, visit, person, role):
        self.done_if(role_of(Act.SIGN) == role, lambda: sign_as_it_stands(visit, person))

    def test_freeze(self, visit, investigator, person, role):
        sign_as_it_stands(visit, investigator)
        frozen = {"visit": visit, "state": FreezeState.FROZEN, "by": person, "reason": "Cleaned"}
        self.done_if(role_of(Act.FREEZE) == role, lambda: Freeze.objects.create(**frozen))

    @pytest.mark.parametrize("step", WHO_LOCKS, ids=lambda step: step[1].value)
    def test_lock(self, data_manager, monitor, administrator, person, role, step):
        before, after = step
        whose = {Act.PROPOSE_LOCK: data_manager, Act.APPROVE_LOCK: monitor, Act.EXECUTE_LOCK: administrator}
        for state in PATHS[before]:
            StudyLock.objects.create(state=state, by=whose[WHO_LOCKS[StudyLock.now(), state]], reason="Test")
        self.done_if(role_of(WHO_LOCKS[step]) == role, lambda: StudyLock.objects.create(state=after, by=person, reason="Test"))

    def done_if(self, allowed, act):
        if allowed:
            assert act().pk
        else:
            with pytest.raises(IntegrityError, match=REFUSED), transaction.atomic():
                act()


PATHS = {
    L.OPEN: [],
    L.LOCK_PROPOSED: [L.LOCK_PROPOSED],
    L.LOCK_APPROVED: [L.LOCK_PROPOSED, L.LOCK_APPROVED],
    L.LOCKED: [L.LOCK_PROPOSED, L.LOCK_APPROVED, L.LOCKED],
    L.UNLOCK_PROPOSED: [L.LOCK_PROPOSED, L.LOCK_APPROVED, L.LOCKED, L.UNLOCK_PROPOSED],
    L.UNLOCK_APPROVED: [L.LOCK_PROPOSED, L.LOCK_APPROVED, L.LOCKED, L.UNLOCK_PROPOSED, L.UNLOCK_APPROVED],
}


@pytest.mark.proves("A02", "A03")
@pytest.mark.parametrize("how", ["at another site", "ended", "deactivated"])
def test_role_counts_at_its_site_while_it_lasts_and_who_holds_it_may_log_in(visit, site, other_site, investigator, how):
    sign_as_it_stands(visit, investigator)
    dora = member("dora", Role.DATA_MANAGER, other_site if how == "at another site" else site)
    if how == "ended":
        end_role(dora, Role.DATA_MANAGER)
    elif how == "deactivated":
        with acting(by=member("ada", Role.ADMINISTRATOR)):
            dora.is_active = False
            dora.save()
    with pytest.raises(IntegrityError, match="the act of another role"):
        Freeze.objects.create(visit=visit, state=FreezeState.FROZEN, by=dora, reason="Cleaned")
