"""Every state that something is in, and which follows which: literal tables (crf_spec §1, form life cycle; §7).

States are derived from the acts that are stored. PostgreSQL refuses an act that its table does not allow
(trial/audit/sql/follows.sql); docs/states.md is printed from here.
"""

from collections.abc import Iterable, Mapping

from django.db.models import TextChoices

from trial.protocol.progression_check import progression_states
from trial.protocol.schedule import timetable


class RecordState(TextChoices):
    """Verification (SDV) is a mark on a record, not one of its states."""

    NOT_STARTED = "NOT_STARTED", "Not started"
    DRAFT = "DRAFT", "Draft"
    COMPLETE = "COMPLETE", "Complete"
    SIGNED = "SIGNED", "Signed"
    FROZEN = "FROZEN", "Frozen"
    LOCKED = "LOCKED", "Locked"


class FreezeState(TextChoices):
    OPEN = "OPEN", "Open"
    FROZEN = "FROZEN", "Frozen"


class LockState(TextChoices):
    """Of the whole study's data: one proposes, another approves, a third carries it out."""

    OPEN = "OPEN", "Open"
    LOCK_PROPOSED = "LOCK_PROPOSED", "Lock proposed"
    LOCK_APPROVED = "LOCK_APPROVED", "Lock approved"
    LOCKED = "LOCKED", "Locked"
    UNLOCK_PROPOSED = "UNLOCK_PROPOSED", "Unlock proposed"
    UNLOCK_APPROVED = "UNLOCK_APPROVED", "Unlock approved"


class QueryState(TextChoices):
    OPEN = "OPEN", "Open"
    ANSWERED = "ANSWERED", "Answered"
    CLOSED = "CLOSED", "Closed"
    REOPENED = "REOPENED", "Reopened"


class OutsideState(TextChoices):
    """Of an allocation made outside the system: an investigator enters it, a data manager confirms or declines."""

    ENTERED = "ENTERED", "Entered"
    CONFIRMED = "CONFIRMED", "Confirmed"
    DECLINED = "DECLINED", "Declined"


BEGIN = ""
"""Before the first act."""

R, F, L, Q = RecordState, FreezeState, LockState, QueryState

RECORD_NEXT: Mapping[str, set[str]] = {
    R.NOT_STARTED: {R.DRAFT, R.COMPLETE},
    R.DRAFT: {R.COMPLETE},
    R.COMPLETE: {R.DRAFT, R.SIGNED},
    R.SIGNED: {R.DRAFT, R.COMPLETE, R.FROZEN},  # back, where a change breaks the signature
    R.FROZEN: {R.COMPLETE, R.SIGNED, R.LOCKED},  # opened again, it is complete where a query has broken its signature meanwhile
    R.LOCKED: {R.FROZEN},
}
FREEZE_NEXT: Mapping[str, set[str]] = {BEGIN: {F.FROZEN}, F.FROZEN: {F.OPEN}, F.OPEN: {F.FROZEN}}
LOCK_NEXT: Mapping[str, set[str]] = {
    BEGIN: {L.LOCK_PROPOSED},
    L.OPEN: {L.LOCK_PROPOSED},
    L.LOCK_PROPOSED: {L.LOCK_APPROVED, L.OPEN},
    L.LOCK_APPROVED: {L.LOCKED, L.OPEN},
    L.LOCKED: {L.UNLOCK_PROPOSED},
    L.UNLOCK_PROPOSED: {L.UNLOCK_APPROVED, L.LOCKED},
    L.UNLOCK_APPROVED: {L.OPEN, L.LOCKED},
}
QUERY_NEXT: Mapping[str, set[str]] = {
    BEGIN: {Q.OPEN},
    Q.OPEN: {Q.ANSWERED, Q.CLOSED},
    Q.ANSWERED: {Q.CLOSED, Q.REOPENED},
    Q.CLOSED: {Q.REOPENED},
    Q.REOPENED: {Q.ANSWERED, Q.CLOSED},
}
OUTSIDE_NEXT: Mapping[str, set[str]] = {
    BEGIN: {OutsideState.ENTERED},
    OutsideState.ENTERED: {OutsideState.CONFIRMED, OutsideState.DECLINED},
    OutsideState.DECLINED: {OutsideState.ENTERED},
}
CLOSED_TO_WRITES = (L.LOCKED, L.UNLOCK_PROPOSED, L.UNLOCK_APPROVED)
"""States of the lock in which nothing of a subject is written: an unlock that is only asked for opens nothing."""


def record_state(stored: str, *, signed: bool, frozen: bool, locked: bool) -> RecordState:
    """Where a record stands, from what is stored: its own status, its visit's signature and freeze, the study's lock.

    >>> record_state("COMPLETE", signed=True, frozen=False, locked=False)
    RecordState.SIGNED
    """
    if locked:
        return RecordState.LOCKED
    if frozen:
        return RecordState.FROZEN
    if signed and stored == RecordState.COMPLETE:
        return RecordState.SIGNED
    return RecordState(stored)


def pairs(table: Mapping[str, Iterable[str]]) -> list[str]:
    """The steps of a table, as text that SQL compares: `OPEN>ANSWERED`."""
    return sorted(f"{one}>{other}" for one, others in table.items() for other in others)


def diagram(title: str, table: Mapping[str, Iterable[str]]) -> str:
    """The table as a Mermaid state diagram."""
    steps = [f"    {one or '[*]'} --> {other}" for one, others in table.items() for other in sorted(others)]
    return "\n".join([f"## {title}", "", "```mermaid", "stateDiagram-v2", *steps, "```", ""])


def page() -> str:
    """docs/states.md: `python -c 'from trial import states; print(states.page(), end="")' > docs/states.md`."""
    said = (
        "# States\n\nPrinted from the tables in `trial/states.py`, `trial/protocol/schedule/visit_states.py` and "
        "`trial/protocol/progression_check/progression_states.py`; a test keeps it current.\nStates are derived, acts are stored.\n\n"
    )
    tables: dict[str, Mapping[str, Iterable[str]]] = {
        "A record": RECORD_NEXT,
        "The freeze of a visit": FREEZE_NEXT,
        "The lock of the study": LOCK_NEXT,
        "A query": QUERY_NEXT,
        "An allocation made outside the system": OUTSIDE_NEXT,
        "A visit (crf_spec 3.2)": timetable.NEXT,
        "The check after cycle 2 (crf_spec 4.3)": progression_states.NEXT,
    }
    return said + "\n".join(diagram(title, table) for title, table in tables.items())
