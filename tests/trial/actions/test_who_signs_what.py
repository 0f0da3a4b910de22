"""Who signs, where, and in which state of the visit (S09): every combination, as one table."""

from datetime import date

import pytest
from crf.models import VitalSigns
from django.db import transaction
from tests.conftest import PROOF, give_codes, give_role, make_ready, member, user
from tests.examples import complete
from trial.access import Role
from trial.audit.acting import acting
from trial.models import StudyLock, Visit
from trial.refusals import Refused
from trial.states import LockState, QueryState

from trial.actions import locks, queries, review

pytestmark = pytest.mark.proves("S09")

SIGNED, NO = "signed", "Only an investigator of this site signs its records"
DRAFT, UNDATED = "is a draft. Complete the form first", "“Date of visit” is not answered"
OPEN, ANSWERED, HOLDS = "is open. Close the query first", "is answered. Close the query first", "is already signed, and the signature holds"
ANSWERS = {
    # state of the visit  investigator      data manager  monitor    sponsor    administrator  auditor
    #                     here      there   here there    here there here there here there     here there
    "draft":             (DRAFT,    NO,     NO,  NO,      NO,  NO,   NO,  NO,   NO,  NO,       NO,  NO),
    "incomplete":        (UNDATED,  NO,     NO,  NO,      NO,  NO,   NO,  NO,   NO,  NO,       NO,  NO),
    "complete":          (SIGNED,   NO,     NO,  NO,      NO,  NO,   NO,  NO,   NO,  NO,       NO,  NO),
    "open query":        (OPEN,     NO,     NO,  NO,      NO,  NO,   NO,  NO,   NO,  NO,       NO,  NO),
    "answered query":    (ANSWERED, NO,     NO,  NO,      NO,  NO,   NO,  NO,   NO,  NO,       NO,  NO),
    "closed query":      (SIGNED,   NO,     NO,  NO,      NO,  NO,   NO,  NO,   NO,  NO,       NO,  NO),
    "signed":            (HOLDS,    NO,     NO,  NO,      NO,  NO,   NO,  NO,   NO,  NO,       NO,  NO),
    "signature broken":  (SIGNED,   NO,     NO,  NO,      NO,  NO,   NO,  NO,   NO,  NO,       NO,  NO),
    "frozen":            (HOLDS,    NO,     NO,  NO,      NO,  NO,   NO,  NO,   NO,  NO,       NO,  NO),
    "locked":            (HOLDS,    NO,     NO,  NO,      NO,  NO,   NO,  NO,   NO,  NO,       NO,  NO),
}  # fmt: skip
ROLES = (Role.INVESTIGATOR, Role.DATA_MANAGER, Role.MONITOR, Role.SPONSOR, Role.ADMINISTRATOR, Role.AUDITOR)
REASON = "TRANSCRIPTION"


@pytest.fixture
def everybody(site, other_site):
    """Each role here and there. Each has a second factor, and all on record that a signer needs: the role alone tells them apart."""
    people = []
    for role in ROLES:
        for place in (site, other_site):
            person = user(f"{role.value.replace(' ', '-')}-{place.code}")
            make_ready(person)
            give_codes(person)
            give_role(person, role, place)
            people.append(person)
    return people


@pytest.fixture
def brought_to(visit, data_manager, monitor, investigator, commit):
    """Bring the visit, with its vital signs, into a state."""

    def bring(state):
        with acting(by=data_manager):
            Visit.objects.filter(pk=visit.pk).update(held_on=date(2025, 1, 8), status="DONE", mode="ON_SITE")
            record = complete(VitalSigns, visit.subject)
        now = Visit.objects.select_related("subject__site").get(pk=visit.pk)
        with acting(by=data_manager, reason=REASON):
            if state == "draft":
                VitalSigns.objects.update(state="DRAFT")
            elif state == "incomplete":
                Visit.objects.filter(pk=visit.pk).update(held_on=None)
        if "query" in state:
            query = queries.raise_query(record, by=monitor, text="Is this right?", item="weight_kg")
            if state == "answered query":
                queries.act_on(query, QueryState.ANSWERED, by=data_manager, text="It is.")
            elif state == "closed query":
                queries.act_on(query, QueryState.CLOSED, by=monitor, text="Seen.")
        if state in ("signed", "signature broken", "frozen", "locked"):
            review.sign_visit(now, by=investigator, proof=PROOF)
        if state == "signature broken":
            with acting(by=data_manager, reason=REASON):
                VitalSigns.objects.update(weight_kg=72)
        if state in ("frozen", "locked"):
            locks.freeze(now, by=data_manager, reason="Cleaned")
        if state == "locked":
            steps = (LockState.LOCK_PROPOSED, data_manager), (LockState.LOCK_APPROVED, monitor), (LockState.LOCKED, ada)
            for step, by in steps:
                StudyLock.objects.create(state=step, by=by, reason="Analysis")
        commit()
        return Visit.objects.select_related("subject__site").get(pk=visit.pk)

    ada = member("ada", Role.ADMINISTRATOR)
    return bring


def answer_to(person, visit):
    """What signing says; the next person finds the visit as it was."""
    with transaction.atomic():
        try:
            review.sign_visit(visit, by=person, proof=PROOF)
            said = SIGNED
        except Refused as error:
            said = str(error)
        transaction.set_rollback(True)
    return said


@pytest.mark.parametrize("state", ANSWERS)
def test_role_site_and_state_decide(brought_to, everybody, state):
    visit = brought_to(state)
    for person, answer in zip(everybody, ANSWERS[state], strict=True):
        said = answer_to(person, visit)
        assert said == answer if answer == SIGNED else answer in said, person.username
