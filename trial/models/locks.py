"""The freeze of a visit and the lock of the study (crf_spec §7).

Both are acts, stored once. The last act of a visit, or of the study, says which state stands.
"""

import json
from typing import NamedTuple

from django.db import connection, models

from trial.access import Act
from trial.audit.locking import Follows, HonorsLocks, NothingLeft, SignedBefore
from trial.audit.triggers import AppendOnly
from trial.states import CLOSED_TO_WRITES, FREEZE_NEXT, LOCK_NEXT, FreezeState, LockState, pairs

from .act import ActDescription, ActTarget, ReviewAct, enters_ledger
from .kept import of_site, of_visit
from .membership import only_by_role
from .subject import Subject, Visit


class Freeze(ReviewAct):
    """A step of one visit: frozen, or open again."""

    act = "freeze"
    about = ActTarget(always="trial.visit", record="visit_id")
    path_to_site = "visit__subject__site"

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="freezes")
    state = models.CharField(max_length=8, choices=FreezeState)
    reason = models.CharField(max_length=500)

    class Meta(ReviewAct.Meta):
        constraints = [
            AppendOnly(name="freeze_append_only"),
            Follows(name="freeze_follows", steps=pairs(FREEZE_NEXT), key="visit_id"),
            HonorsLocks(name="freeze_honors_locks"),
            SignedBefore(name="freeze_signed_before"),
            only_by_role(
                "freeze_only_by_role",
                by="by_id",
                site=of_visit("new.visit_id")["site"],
                step="new.state",
                steps=dict.fromkeys(FreezeState.values, Act.FREEZE),
            ),
            enters_ledger("trial.freeze", place=of_visit("new.visit_id"), reason="new.reason"),
        ]

    def __str__(self) -> str:
        return f"{self.visit}: {self.get_state_display().lower()}"

    def describe(self) -> ActDescription:
        """Return the state that the step led to, and its reason."""
        return ActDescription(self.state, self.get_state_display(), self.reason)


L = LockState

WHO_LOCKS: dict[tuple[LockState, LockState], Act] = {
    (L.OPEN, L.LOCK_PROPOSED): Act.PROPOSE_LOCK,
    (L.LOCK_PROPOSED, L.LOCK_APPROVED): Act.APPROVE_LOCK,
    (L.LOCK_APPROVED, L.LOCKED): Act.EXECUTE_LOCK,
    (L.LOCKED, L.UNLOCK_PROPOSED): Act.PROPOSE_LOCK,
    (L.UNLOCK_PROPOSED, L.UNLOCK_APPROVED): Act.APPROVE_LOCK,
    (L.UNLOCK_APPROVED, L.OPEN): Act.EXECUTE_LOCK,
    # A proposal is taken back, or not approved.
    (L.LOCK_PROPOSED, L.OPEN): Act.PROPOSE_LOCK,
    (L.LOCK_APPROVED, L.OPEN): Act.APPROVE_LOCK,
    (L.UNLOCK_PROPOSED, L.LOCKED): Act.PROPOSE_LOCK,
    (L.UNLOCK_APPROVED, L.LOCKED): Act.APPROVE_LOCK,
}
"""The act that each step of the lock is (crf_spec §7).

A data manager proposes, a monitor approves, an administrator carries out.
"""


STEP = """coalesce((select state from trial_studylock order by id desc limit 1), 'OPEN')
  || '>' || new.state"""
"""The step of a new row, as the state before it and its own: "OPEN>LOCK_PROPOSED"."""


class StudyLock(ReviewAct):
    """One step towards the lock of the study's data, or back."""

    act = "lock"

    state = models.CharField(max_length=16, choices=LockState)
    reason = models.CharField(max_length=500)

    class Meta(ReviewAct.Meta):
        constraints = [
            AppendOnly(name="study_lock_append_only"),
            Follows(
                name="study_lock_follows",
                steps=pairs(LOCK_NEXT),
                apart=[LockState.OPEN.value, LockState.LOCKED.value],
            ),
            NothingLeft(name="study_lock_nothing_left"),
            only_by_role(
                "study_lock_only_by_role",
                by="by_id",
                site="null",
                step=STEP,
                steps={f"{before}>{after}": act for (before, after), act in WHO_LOCKS.items()},
            ),
            enters_ledger("trial.studylock", place=of_site("null"), reason="new.reason"),
        ]

    def __str__(self) -> str:
        return self.get_state_display()

    def describe(self) -> ActDescription:
        """Return the state that the step led to, and its reason."""
        return ActDescription(self.state, self.get_state_display(), self.reason)

    @classmethod
    def now(cls) -> LockState:
        """Return the state that stands: that of the last step."""
        last = cls.objects.values_list("state", flat=True).last()
        return LockState(last) if last else LockState.OPEN


class Marks(NamedTuple):
    """The lock, the frozen visits and the verifications that stand over a subject's records.

    `frozen` are keys of visits. `verified` gives, for each (form, record), the versions of its
    last verification.
    """

    locked: bool
    frozen: set[int]
    verified: dict[tuple[str, int], list[list[str | int]]]


MARKS = """
    select state, 0, null
      from (select state from trial_studylock order by id desc limit 1) of_study
    union all
    select state, visit_id, null
      from (select distinct on (visit_id) state, visit_id
              from trial_freeze f join trial_visit v on v.id = f.visit_id
             where v.subject_id = %(subject)s
             order by visit_id, f.id desc) of_visit
    union all
    select form, record, versions::text
      from (select distinct on (form, record) form, record, versions
              from trial_verification f join trial_visit v on v.id = f.visit_id
             where v.subject_id = %(subject)s
             order by form, record, f.id desc) of_record"""
"""The lock's state (key 0), each visit's state, and each record's last verification."""


def marks_of(subject: Subject) -> Marks:
    """Return what stands over the subject's records, for the casebook page, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(MARKS, {"subject": subject.pk})
        rows = cursor.fetchall()
    marks = Marks(locked=False, frozen=set(), verified={})
    for state_or_form, key, versions in rows:
        if versions is not None:
            marks.verified[state_or_form, key] = json.loads(versions)
        elif key == 0:
            marks = marks._replace(locked=state_or_form in CLOSED_TO_WRITES)
        elif state_or_form == FreezeState.FROZEN:
            marks.frozen.add(key)
    return marks


def block_writers() -> None:
    """Block all writes to any subject's data until the transaction ends.

    Writers that are under way are waited for (trial/audit/sql/locked.sql).
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('trial_studylock'), 0)")


def is_frozen(visit: Visit) -> bool:
    """Return whether the last step of the visit froze it."""
    last = Freeze.objects.filter(visit=visit).values_list("state", flat=True).last()
    return last == FreezeState.FROZEN


def is_locked() -> bool:
    """Return whether the study is closed to writes."""
    return StudyLock.now() in CLOSED_TO_WRITES
