"""Freeze a visit, lock the study's data.

PostgreSQL enforces both on every write (trial/audit/sql/locked.sql).
"""

from typing import NamedTuple

from django.contrib.auth.models import AbstractUser, User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from trial.access import Act
from trial.accounts.second_factor import Proof
from trial.actions.saving.writing import checked_text, writing
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

from . import checking
from .review import refuse_unless_authenticated, valid_signature, visits_with_valid_signature
from .verification import anchors

L = LockState


def freeze(visit: Visit, *, by: User, reason: str) -> Freeze:
    """Close a visit to changes. Refuse one that is not validly signed (trial/states.py)."""
    _refuse_unless_data_manager(by, visit)
    reason = checked_text(reason)
    with writing(by=by):
        if is_frozen(visit):
            raise Refused(Code.ALREADY_FROZEN, visit=visit)
        if not valid_signature(visit):
            raise Refused(Code.VISIT_NOT_SIGNED, visit=visit)
        anchors.at_commit()
        # PostgreSQL checks the signature once more, under its lock.
        return Freeze.objects.create(visit=visit, state=FreezeState.FROZEN, by=by, reason=reason)


def unfreeze(visit: Visit, *, by: User, reason: str) -> Freeze:
    """Open a frozen visit to changes again."""
    _refuse_unless_data_manager(by, visit)
    reason = checked_text(reason)
    with writing(by=by):
        checking.hold_now(visit.subject)
        if not is_frozen(visit):
            raise Refused(Code.NOT_FROZEN, visit=visit)
        anchors.at_commit()
        opened = Freeze.objects.create(visit=visit, state=FreezeState.OPEN, by=by, reason=reason)
        checking.settle_subject(visit.subject)  # what stayed complete while it was frozen
        return opened


def _refuse_unless_data_manager(by: AbstractUser, visit: Visit) -> None:
    if not may(by, Act.FREEZE, visit.subject.site_id):
        raise Refused(Code.FROZEN_BY_DATA_MANAGER)


class Step(NamedTuple):
    """A step of the study's lock that a person may take now."""

    state: LockState
    label: str
    goes_back: bool


VERBS = {
    L.LOCK_PROPOSED: gettext_noop("Propose the lock"),
    L.LOCK_APPROVED: gettext_noop("Approve the lock"),
    L.UNLOCK_PROPOSED: gettext_noop("Propose to unlock"),
    L.UNLOCK_APPROVED: gettext_noop("Approve to unlock"),
    L.LOCKED: gettext_noop("Lock the study"),
    L.OPEN: gettext_noop("Unlock the study"),
}
BACK = {
    (L.LOCK_APPROVED, L.OPEN),
    (L.UNLOCK_APPROVED, L.LOCKED),
    (L.LOCK_PROPOSED, L.OPEN),
    (L.UNLOCK_PROPOSED, L.LOCKED),
}
"""Steps that take an earlier one back."""


def steps_for(by: AbstractUser, state: LockState) -> list[Step]:
    """Return the steps that this person may take from `state`."""
    steps = []
    for after in sorted(LOCK_NEXT[state]):
        next_state = LockState(after)
        if not may(by, WHO_LOCKS[state, next_state]):
            continue
        goes_back = (state, next_state) in BACK
        label = _("Withdraw the last step") if goes_back else _(VERBS[next_state])
        steps.append(Step(next_state, label, goes_back))
    return steps


def acts_on_lock(by: AbstractUser) -> bool:
    """Return whether the person's roles allow any step of the lock."""
    return any(may(by, act) for act in set(WHO_LOCKS.values()))


def sees_obstacles_to_lock(by: AbstractUser) -> bool:
    """Return whether the person may see counts of the whole study.

    They are for people who work on its lock and for people who read the whole study, not for
    the readers of one site.
    """
    return acts_on_lock(by) or None in sites_where(by, Act.READ)


def needs_proof(by: AbstractUser) -> bool:
    """Return whether the person shows password and code with a step, as a signer does.

    It is so for the person who carries the lock out.
    """
    return may(by, Act.EXECUTE_LOCK)


def step(to: LockState, *, by: User, reason: str, proof: Proof | None = None) -> StudyLock:
    """Propose, approve or carry out the lock or unlock of the study's data.

    The three steps take three different people (crf_spec §7).
    """
    if not acts_on_lock(by):
        raise Refused(Code.STEP_OF_ANOTHER_ROLE)
    reason = checked_text(reason)
    if needs_proof(by):
        refuse_unless_authenticated(by, proof or Proof(""), undone=_("Nothing was stored."))
    with writing(by=by):
        now = StudyLock.now()
        if to not in LOCK_NEXT[now]:
            raise Refused(Code.LOCK_STEP_OUT_OF_ORDER, state=now.label)
        if not may(by, WHO_LOCKS[now, to]):
            raise Refused(Code.STEP_OF_ANOTHER_ROLE)
        locks_now = (now, to) == (L.LOCK_APPROVED, L.LOCKED)
        if locks_now and (problems := obstacles_to_lock()):
            raise Refused(*problems)
        anchors.at_commit()
        # A lock waits here for the writes under way; PostgreSQL then checks once more.
        return StudyLock.objects.create(state=to, by=by, reason=reason)


def obstacles_to_lock() -> list[Problem]:
    """Return what is still to be done in the whole study before the lock, counted.

    FROZEN comes before LOCKED.
    """
    rows = standing(*Subject.objects.all())
    records = [row for row in rows if row.is_record]
    drafts = sum(row.state == Record.State.DRAFT for row in records)
    last_acts = Freeze.objects.order_by("visit", "-pk").distinct("visit")
    states = last_acts.values_list("visit", "state")
    frozen = {visit for visit, state in states if state == FreezeState.FROZEN}
    took_place = set(Visit.objects.exclude(held_on=None).values_list("pk", flat=True))
    to_be_frozen = took_place | {row.visit for row in records}
    counts = {
        Code.DRAFTS_LEFT: drafts,
        Code.QUERIES_LEFT: Query.objects.open().count(),
        Code.VISITS_LEFT: len(to_be_frozen - frozen),
        Code.ELIGIBILITY_UNSIGNED: without_their_own(),
        Code.SIGNATURES_BROKEN: len(frozen - visits_with_valid_signature(rows)),
    }
    return [Problem(code, facts={"count": count}) for code, count in counts.items() if count]
