"""Freezing a visit, locking the study's data: acts that PostgreSQL then enforces on every write (trial/audit/sql/locked.sql)."""

from typing import NamedTuple

from django.contrib.auth.models import AbstractUser

from trial.access import Act
from trial.accounts.second_factor import Proof
from trial.models import (
    WHO_LOCKS,
    Freeze,
    Query,
    Record,
    StudyLock,
    Subject,
    Visit,
    is_frozen,
    may,
    sites_where,
    standing,
    without_their_own,
)
from trial.refusals import Code, Problem, Refused
from trial.states import LOCK_NEXT, FreezeState, LockState

from .review import held_by_signature, holding, refuse_unless_shown
from .verification import anchors
from .writing import words, writing

L = LockState


def freeze(visit: Visit, *, by: AbstractUser, reason: str) -> Freeze:
    """Close a visit to changes; it is signed by then (trial/states.py)."""
    _refuse_unless(by, visit)
    reason = words(reason)
    with writing(by=by):
        if is_frozen(visit):
            raise Refused(Code.ALREADY_FROZEN, visit=visit)
        if not holding(visit):
            raise Refused(Code.VISIT_NOT_SIGNED, visit=visit)
        anchors.at_commit()
        return Freeze.objects.create(
            visit=visit, state=FreezeState.FROZEN, by=by, reason=reason
        )  # PostgreSQL asks once more, under its lock


def unfreeze(visit: Visit, *, by: AbstractUser, reason: str) -> Freeze:
    _refuse_unless(by, visit)
    reason = words(reason)
    with writing(by=by):
        if not is_frozen(visit):
            raise Refused(Code.NOT_FROZEN, visit=visit)
        anchors.at_commit()
        return Freeze.objects.create(visit=visit, state=FreezeState.OPEN, by=by, reason=reason)


def _refuse_unless(by: AbstractUser, visit: Visit) -> None:
    if not may(by, Act.FREEZE, visit.subject.site_id):
        raise Refused(Code.FROZEN_BY_DATA_MANAGER)


class Step(NamedTuple):
    """One that this person may take now."""

    state: LockState
    label: str
    goes_back: bool


VERBS = {
    L.LOCK_PROPOSED: "Propose the lock",
    L.LOCK_APPROVED: "Approve the lock",
    L.UNLOCK_PROPOSED: "Propose to unlock",
    L.UNLOCK_APPROVED: "Approve to unlock",
    L.LOCKED: "Lock the study",
    L.OPEN: "Unlock the study",
}
BACK = {(L.LOCK_APPROVED, L.OPEN), (L.UNLOCK_APPROVED, L.LOCKED), (L.LOCK_PROPOSED, L.OPEN), (L.UNLOCK_PROPOSED, L.LOCKED)}


def steps_for(by: AbstractUser, state: LockState) -> list[Step]:
    found = []
    for after in sorted(LOCK_NEXT[state]):
        step = state, LockState(after)
        if may(by, WHO_LOCKS[step]):
            found.append(Step(step[1], "Take it back" if step in BACK else VERBS[step[1]], step in BACK))
    return found


def acts_on_it(by: AbstractUser) -> bool:
    """Whether any step of the lock is this person's."""
    return any(may(by, act) for act in set(WHO_LOCKS.values()))


def sees_what_is_to_do(by: AbstractUser) -> bool:
    """Counts of the whole study are for who works on its lock, and who reads the whole study; not for the readers of one site."""
    return acts_on_it(by) or None in sites_where(by, Act.READ)


def takes_proof(by: AbstractUser) -> bool:
    """Who carries the lock out shows password and code in the act, as who signs does."""
    return may(by, Act.EXECUTE_LOCK)


def step(to: LockState, *, by: AbstractUser, reason: str, proof: Proof | None = None) -> StudyLock:
    """Propose, approve or carry out the lock or unlock of the study's data; three different people (crf_spec §7)."""
    if not acts_on_it(by):
        raise Refused(Code.STEP_OF_ANOTHER_ROLE)
    reason = words(reason)
    if takes_proof(by):
        refuse_unless_shown(by, proof or Proof(""), undone="Nothing was stored.")
    with writing(by=by):
        now = StudyLock.now()
        if to not in LOCK_NEXT[now]:
            raise Refused(Code.LOCK_STEP_OUT_OF_ORDER, state=now.label)
        if not may(by, WHO_LOCKS[now, to]):
            raise Refused(Code.STEP_OF_ANOTHER_ROLE)
        if to == L.LOCKED and now == L.LOCK_APPROVED and (problems := keeps_from_lock()):
            raise Refused(*problems)
        anchors.at_commit()
        return StudyLock.objects.create(state=to, by=by, reason=reason)  # a lock waits here for the writes under way, and asks once more


def keeps_from_lock() -> list[Problem]:
    """Return what is still to be done before the lock in the whole study, counted (FROZEN comes before LOCKED)."""
    rows = standing(*Subject.objects.all())
    records = [row for row in rows if row.is_record]
    drafts = sum(row.state == Record.State.DRAFT for row in records)
    queries = Query.objects.open().count()
    last = Freeze.objects.order_by("visit", "-pk").distinct("visit").values_list("visit", "state")
    frozen = {visit for visit, state in last if state == FreezeState.FROZEN}
    held = set(Visit.objects.exclude(held_on=None).values_list("pk", flat=True))
    broken = len(frozen - held_by_signature(rows))
    not_frozen = len((held | {row.visit for row in records}) - frozen)
    counts = {
        Code.DRAFTS_LEFT: drafts,
        Code.QUERIES_LEFT: queries,
        Code.VISITS_LEFT: not_frozen,
        Code.ELIGIBILITY_UNSIGNED: without_their_own(),
        Code.SIGNATURES_BROKEN: broken,
    }
    return [Problem(code, facts={"count": count}) for code, count in counts.items() if count]
