"""Freeze of a visit, lock of the study: acts, stored once; what stands is the last one (crf_spec §7)."""

import json
from typing import ClassVar, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import connection, models
from django.db.models.functions import Now

from trial.access import Act
from trial.audit.history import AppendOnly, EntersLedgerOnInsert
from trial.audit.locking import Follows, HonorsLocks, NothingLeft, SignedBefore
from trial.states import CLOSED_TO_WRITES, FREEZE_NEXT, LOCK_NEXT, FreezeState, LockState, pairs

from .act import About, Said
from .kept import of_site, of_visit
from .membership import only_by_role, scope
from .subject import Subject, Visit


class ActQuerySet(models.QuerySet):
    def visible_to(self, user: AbstractUser) -> "ActQuerySet":
        return self.filter(scope(user, Act.READ, self.model.path_to_site))


class ReviewAct(models.Model):
    """Who did it, when by the database's clock, and why."""

    act: ClassVar[str]
    about: ClassVar[About] = About()

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    objects = ActQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["pk"]

    def said(self) -> Said:
        """As the trail tells it (trial/output/trail.py)."""
        raise NotImplementedError


def enters_ledger(form: str, *, place: dict[str, str], reason: str = "''") -> EntersLedgerOnInsert:
    """Each act is an entry of its own, as ICH E6(R3) 4.2.2 asks of workflow acts."""
    return EntersLedgerOnInsert(
        name=f"{form.replace('.', '_')}_enters_ledger",
        form=form,
        place=place,
        by="new.by_id",
        reason=reason,
    )


class Freeze(ReviewAct):
    """A visit is frozen, or open again."""

    act = "freeze"
    about = About(always="trial.visit", record="visit_id")
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

    def said(self) -> Said:
        return Said(self.state, self.get_state_display(), self.reason)


L = LockState

WHO_LOCKS: dict[tuple[LockState, LockState], Act] = {
    (L.OPEN, L.LOCK_PROPOSED): Act.PROPOSE_LOCK,
    (L.LOCK_PROPOSED, L.LOCK_APPROVED): Act.APPROVE_LOCK,
    (L.LOCK_APPROVED, L.LOCKED): Act.EXECUTE_LOCK,
    (L.LOCKED, L.UNLOCK_PROPOSED): Act.PROPOSE_LOCK,
    (L.UNLOCK_PROPOSED, L.UNLOCK_APPROVED): Act.APPROVE_LOCK,
    (L.UNLOCK_APPROVED, L.OPEN): Act.EXECUTE_LOCK,
    # what was proposed is taken back, or not approved
    (L.LOCK_PROPOSED, L.OPEN): Act.PROPOSE_LOCK,
    (L.LOCK_APPROVED, L.OPEN): Act.APPROVE_LOCK,
    (L.UNLOCK_PROPOSED, L.LOCKED): Act.PROPOSE_LOCK,
    (L.UNLOCK_APPROVED, L.LOCKED): Act.APPROVE_LOCK,
}
"""Whose act each step of the lock is (crf_spec §7): data manager, monitor, administrator."""


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
                step="coalesce((select state from trial_studylock order by id desc limit 1), 'OPEN') || '>' || new.state",
                steps={f"{before}>{after}": act for (before, after), act in WHO_LOCKS.items()},
            ),
            enters_ledger("trial.studylock", place=of_site("null"), reason="new.reason"),
        ]

    def __str__(self) -> str:
        return self.get_state_display()

    def said(self) -> Said:
        return Said(self.state, self.get_state_display(), self.reason)

    @classmethod
    def now(cls) -> LockState:
        last = cls.objects.values_list("state", flat=True).last()
        return LockState(last) if last else LockState.OPEN


class Marks(NamedTuple):
    """What stands over a subject's records: the lock, frozen visits, and each last verification: (form, record) to versions."""

    locked: bool
    frozen: set[int]
    verified: dict[tuple[str, int], list[list[str | int]]]


MARKS = """
    select state, 0, null from (select state from trial_studylock order by id desc limit 1) of_study
    union all select state, visit_id, null from
      (select distinct on (visit_id) state, visit_id from trial_freeze f join trial_visit v on v.id = f.visit_id
       where v.subject_id = %(subject)s order by visit_id, f.id desc) of_visit
    union all select form, record, versions::text from
      (select distinct on (form, record) form, record, versions from trial_verification f join trial_visit v on v.id = f.visit_id
       where v.subject_id = %(subject)s order by form, record, f.id desc) of_record"""


def marks_of(subject: Subject) -> Marks:
    """In one query, for the casebook page."""
    with connection.cursor() as cursor:
        cursor.execute(MARKS, {"subject": subject.pk})
        rows = cursor.fetchall()
    return Marks(
        locked=any(
            state in CLOSED_TO_WRITES for state, key, read in rows if read is None and not key
        ),
        frozen={
            key for state, key, read in rows if read is None and key and state == FreezeState.FROZEN
        },
        verified={
            (form, record): json.loads(read) for form, record, read in rows if read is not None
        },
    )


def block_writers() -> None:
    """Until the transaction ends nobody writes to any subject's data: who does so now is waited for (trial/audit/sql/locked.sql)."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('trial_studylock'), 0)")


def is_frozen(visit: Visit) -> bool:
    return (
        Freeze.objects.filter(visit=visit).values_list("state", flat=True).last()
        == FreezeState.FROZEN
    )


def is_locked() -> bool:
    return StudyLock.now() in CLOSED_TO_WRITES
