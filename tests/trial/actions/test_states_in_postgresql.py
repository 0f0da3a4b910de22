"""What no path gets past, SQL included: signed as it stands, frozen when signed, locked when nothing is left (D06, S09, S10)."""

import re

import pytest
from crf.models import Eligibility, LaboratoryPanel, VitalSigns
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from tests.closing import freeze, held_and_complete, lock_study, sign_as_it_stands, sign_what_is_signed_apart
from tests.conftest import end_role, member
from tests.examples import complete
from trial.access import ALLOWED, Act, Role
from trial.audit.acting import acting
from trial.models import WHO_LOCKS, Freeze, Query, Signature, StudyLock, Verification, Visit
from trial.refusals import Conflict
from trial.states import FreezeState, LockState, QueryState

from trial.actions import enrolment, entry, locks, queries, redaction, review

pytestmark = pytest.mark.proves("D06")

REASON = "TRANSCRIPTION"
REFUSED = r"role does not allow this act|identity check, training and accountability"  # what only who signs has on record
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
    with pytest.raises(IntegrityError, match="Forms must be completed and queries closed before"):
        sign_as_it_stands(visit, investigator)


@pytest.mark.proves("S11", "S10")
@pytest.mark.parametrize("what", BREAKING)
def test_what_no_longer_stands_is_not_signed(visit, bring, investigator, what):
    read = review.content_of_visit(visit)
    bring(what)
    with pytest.raises(IntegrityError, match="The signed content differs from the stored data"), acting(by=investigator):
        review.store_signature(visit, row=visit, by=investigator, meaning=Signature.Meaning.VISIT, content=read)


@pytest.mark.parametrize(
    "what", ["nothing", "a draft", "a change", "a change of the visit", "another form", "a withdrawal", "a closed query"]
)
def test_visit_is_frozen_under_a_signature_that_holds(visit, bring, investigator, data_manager, monkeypatch, what):
    sign_as_it_stands(visit, investigator)
    bring(what)
    holds = what == "nothing"
    assert (review.valid_signature(visit) is not None) is holds
    monkeypatch.setattr(locks, "valid_signature", lambda visit: True)  # as if the change came after the question
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
        review.store_signature(visit, row=visit, by=investigator, meaning=Signature.Meaning.VISIT, content=review.content_of_visit(visit))
    assert review.valid_signature(visit)


@pytest.mark.parametrize("what", ["a draft", "an open query", "an unsigned visit", "a broken signature"])
def test_study_is_locked_when_nothing_is_left(visit, bring, investigator, data_manager, monitor, administrator, monkeypatch, what):
    if what in ("a draft", "an unsigned visit"):
        bring(what)
    else:
        freeze(visit, data_manager, investigator)
        bring({"a broken signature": "a closed query"}.get(what, what))
    assert locks.obstacles_to_lock()
    with pytest.raises(IntegrityError, match="drafts, open queries, or visits that are not frozen"), transaction.atomic():
        lock_study(data_manager, monitor, administrator)
    assert StudyLock.now() == L.OPEN


def test_study_without_anything_left_is_locked(visit, investigator, data_manager, monitor, administrator):
    freeze(visit, data_manager, investigator)
    lock_study(data_manager, monitor, administrator)
    assert StudyLock.now() == L.LOCKED


def odd(visit, **changes):
    """What is kept of a signature under the visit, with the changes."""
    part = {"form": "Visit", "form_version": "", "versions": [["trial.visit", visit.pk, visit.version]], "items": {}}
    return {f"trial.visit#{visit.pk}": part | changes}


@pytest.mark.proves("S03")
@pytest.mark.parametrize(
    "content",
    [
        lambda visit: {f"trial.visit#{visit.pk}": None},
        lambda visit: {f"trial.visit#{visit.pk}": {}},
        lambda visit: odd(visit, items=[]),
        lambda visit: odd(visit, versions={}),
        lambda visit: odd(visit, versions=[["trial.visit", visit.pk, visit.version, 1]]),
        lambda visit: odd(visit, versions=[["trial.visit", f"{visit.pk}", visit.version]]),
        lambda visit: odd(visit, versions=[None]),
        lambda visit: odd(visit) | {"crf.nope#1": {"versions": "all", "items": {}}},
    ],
)
def test_what_no_page_could_read_is_not_kept(visit, investigator, content):
    signed = {"visit": visit, "row": visit, "by": investigator, "meaning": Signature.Meaning.VISIT, "content": content(visit)}
    with pytest.raises(IntegrityError, match="must keep the items and the version of each form"), acting(by=investigator):
        review.store_signature(**signed)


@pytest.mark.proves("S03", "A02")
@pytest.mark.parametrize(
    ("form", "meaning", "elsewhere"),
    [
        ("crf.eligibility", "visit", False),  # a meaning that is another record's
        ("crf.vitalsigns", "eligibility", False),  # a form that is signed with its visit
        ("crf.nope", "eligibility", False),
        ("crf.eligibility", "eligibility", True),  # a record of another visit
    ],
)
def test_each_record_has_its_own_kind_of_signature_at_its_own_visit(visit, record, investigator, data_manager, form, meaning, elsewhere):
    with acting(by=data_manager):
        confirmed = complete(Eligibility, visit.subject)
    at = enrolment.unscheduled_visit(subject=visit.subject, by=data_manager) if elsewhere else confirmed.visit
    key = record.pk if form == "crf.vitalsigns" else confirmed.pk
    content = {f"{form}#{key}": {"form": "", "form_version": "", "versions": [], "items": {}}}
    with pytest.raises(IntegrityError, match=r"does not fit what is signed|differs from the stored data"), acting(by=investigator):
        Signature.objects.create(
            visit=at, form=form, record=key, meaning=meaning, signed_by=investigator, printed_name="Ida Li", content=content,
            content_sha256="0" * 64,
        )  # fmt: skip


@pytest.mark.proves("S01")
@pytest.mark.parametrize("name", ["Nobody Known", "", "ida"])
def test_printed_name_is_that_of_the_account(visit, investigator, name):
    signed = {"meaning": "visit", "signed_by": investigator, "content": odd(visit), "content_sha256": "0" * 64, "printed_name": name}
    with pytest.raises(IntegrityError, match="must bear the name of the person who signs"), acting(by=investigator):
        Signature.objects.create(visit=visit, form="trial.visit", record=visit.pk, **signed)


@pytest.mark.proves("S01")
@pytest.mark.parametrize(
    ("first", "last", "printed"),
    [("F" * 150, "L" * 150, f"{'F' * 150} {'L' * 150}"), ("Ida", "Li\u3000", "Ida Li"), ("\u00a0", "", "ida"), (" Ida", "Li\t", "Ida Li")],
)
def test_whoever_has_a_name_signs_with_it(visit, investigator, first, last, printed):
    with acting(by=member("ada", Role.ADMINISTRATOR)):
        User.objects.filter(pk=investigator.pk).update(first_name=first, last_name=last)
    investigator.refresh_from_db()
    assert sign_as_it_stands(visit, investigator).printed_name == printed


@pytest.mark.parametrize(("form", "key"), [("crf.nope", 1), ("crf.vitalsigns", -1), ("crf.laboratorypanel", 0), ("trial.visit", -1)])
def test_a_query_is_about_a_form_that_stands_at_its_visit(visit, record, monitor, form, key):
    asked = {"visit": visit, "form": form, "record": key or record.pk}
    with pytest.raises(IntegrityError, match=f"{form} .* does not belong to this visit"), acting(by=monitor):
        Query.objects.create(**asked)
    with pytest.raises(IntegrityError, match=f"{form} .* does not belong to this visit"), acting(by=monitor):
        Verification.objects.create(**asked, versions=[], by=monitor)


def test_study_is_not_locked_over_eligibility_that_nobody_signed(visit, investigator, data_manager, monitor, administrator):
    freeze(visit, data_manager, investigator)
    locks.unfreeze(visit, by=data_manager, reason="One more")
    with acting(by=data_manager):
        complete(Eligibility, visit.subject)
    Freeze.objects.create(visit=visit, state=FreezeState.FROZEN, by=data_manager, reason="Test")  # it is no part of the visit's signature
    assert list(map(str, locks.obstacles_to_lock())) == ["Eligibility assessments to be signed: 1."]
    with pytest.raises(IntegrityError, match="drafts, open queries, or visits that are not frozen"), transaction.atomic():
        lock_study(data_manager, monitor, administrator)


@pytest.mark.proves("R05")
def test_nor_is_the_lock_kept_for_ever_by_a_word_that_was_erased_of_it(visit, investigator, data_manager, monitor, administrator):
    """Nobody could sign that eligibility once more."""
    with acting(by=data_manager):
        confirmed = complete(Eligibility, visit.subject)
    sign_what_is_signed_apart(visit, investigator)
    asked = redaction.ask(confirmed.criteria.first(), item="explanation", by=data_manager, justification="A name was typed into it")
    redaction.decide(asked, by=investigator)
    sign_as_it_stands(visit, investigator)
    locks.freeze(visit, by=data_manager, reason="Cleaned")
    assert locks.obstacles_to_lock() == []
    lock_study(data_manager, monitor, administrator)
    assert StudyLock.now() == L.LOCKED


@pytest.mark.proves("A02")
def test_act_in_another_s_name_is_refused(visit, investigator, data_manager, monitor):
    sign_as_it_stands(visit, investigator)
    with pytest.raises(IntegrityError, match="must bear the name of the person who carries it out"), acting(by=monitor):
        Freeze.objects.create(visit=visit, state=FreezeState.FROZEN, by=data_manager, reason="Cleaned")


def role_of(act):
    (role,) = [role for role in Role if act in ALLOWED[role]]
    return role


def is_done(act):
    """Whether it is stored; refused for another reason than the role, it fails the test."""
    try:
        with transaction.atomic():
            return act().pk is not None
    except IntegrityError as refused:
        if not re.search(REFUSED, str(refused)):
            raise
        return False


@pytest.mark.proves("A02")
@pytest.mark.parametrize("role", Role)
class TestRoles:
    """Whatever it is written by: each step is the act of the role that the table names."""

    @pytest.fixture
    def person(self, site, role):
        return member("pat", role, None if role in (Role.ADMINISTRATOR, Role.SPONSOR) else site)

    def test_signature(self, visit, person, role):
        assert is_done(lambda: sign_as_it_stands(visit, person)) == (role == role_of(Act.SIGN))

    def test_freeze(self, visit, investigator, person, role):
        sign_as_it_stands(visit, investigator)
        frozen = {"visit": visit, "state": FreezeState.FROZEN, "by": person, "reason": "Cleaned"}
        assert is_done(lambda: Freeze.objects.create(**frozen)) == (role == role_of(Act.FREEZE))

    @pytest.mark.parametrize("step", WHO_LOCKS, ids=lambda step: step[1].value)
    def test_lock(self, data_manager, monitor, administrator, person, role, step):
        before, after = step
        whose = {Act.PROPOSE_LOCK: data_manager, Act.APPROVE_LOCK: monitor, Act.EXECUTE_LOCK: administrator}
        for state in PATHS[before]:
            StudyLock.objects.create(state=state, by=whose[WHO_LOCKS[StudyLock.now(), state]], reason="Test")
        done = is_done(lambda: StudyLock.objects.create(state=after, by=person, reason="Test"))
        assert done == (role == role_of(WHO_LOCKS[step]))


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
    with pytest.raises(IntegrityError, match="role does not allow this act"):
        Freeze.objects.create(visit=visit, state=FreezeState.FROZEN, by=dora, reason="Cleaned")
