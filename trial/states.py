"""The states of records, visits, queries and the study, and which follows which: literal tables.

They follow crf_spec section 1 (form life cycle) and section 7.

States are derived from the acts that are stored. PostgreSQL refuses an act that its table does not
allow (trial/audit/sql/follows.sql); docs/states.md is printed from here.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from trial.protocol.progression_check import progression_states
from trial.protocol.schedule import timetable


class RecordState(TextChoices):
    """A record's state.

    Verification against the source (SDV) is a mark on a record, not one of its states.
    """

    NOT_STARTED = "NOT_STARTED", _("Not started")
    DRAFT = "DRAFT", _("Draft")
    COMPLETE = "COMPLETE", _("Complete")
    SIGNED = "SIGNED", _("Signed")
    FROZEN = "FROZEN", _("Frozen")
    LOCKED = "LOCKED", _("Locked")


class FreezeState(TextChoices):
    """A visit's state: frozen by a data manager, or open."""

    OPEN = "OPEN", _("Open")
    FROZEN = "FROZEN", _("Frozen")


class LockState(TextChoices):
    """The state of the whole study's data: one person proposes, another approves, a third carries
    it out.
    """

    OPEN = "OPEN", _("Open")
    LOCK_PROPOSED = "LOCK_PROPOSED", _("Lock proposed")
    LOCK_APPROVED = "LOCK_APPROVED", _("Lock approved")
    LOCKED = "LOCKED", _("Locked")
    UNLOCK_PROPOSED = "UNLOCK_PROPOSED", _("Unlock proposed")
    UNLOCK_APPROVED = "UNLOCK_APPROVED", _("Unlock approved")


class QueryState(TextChoices):
    """A query's state, from the question to its end."""

    OPEN = "OPEN", _("Open")
    ANSWERED = "ANSWERED", _("Answered")
    CLOSED = "CLOSED", _("Closed")
    REOPENED = "REOPENED", _("Reopened")


class OutsideState(TextChoices):
    """The state of an allocation made outside the system: an investigator enters it, a data manager
    judges it.
    """

    ENTERED = "ENTERED", _("Entered")
    CONFIRMED = "CONFIRMED", _("Confirmed")
    DECLINED = "DECLINED", _("Declined")


BEGIN = ""
"""The state before the first act."""

Steps = Mapping[Any, Iterable[str]]
"""Which states follow a state.

`Any`, because a mapping of one enum is no mapping of `str` to the type checker.
"""

R, F, L, Q = RecordState, FreezeState, LockState, QueryState

RECORD_NEXT: Mapping[str, set[str]] = {
    R.NOT_STARTED: {R.DRAFT, R.COMPLETE},
    R.DRAFT: {R.COMPLETE},
    R.COMPLETE: {R.DRAFT, R.SIGNED},
    R.SIGNED: {R.DRAFT, R.COMPLETE, R.FROZEN},  # a change breaks the signature
    R.FROZEN: {
        R.COMPLETE,
        R.SIGNED,
        R.LOCKED,
    },  # unfrozen, it is complete where a query broke its signature
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
"""The states of the lock in which nothing of a subject is written.

An unlock opens nothing until it is carried out.
"""


def record_state(stored: str, *, signed: bool, frozen: bool, locked: bool) -> RecordState:
    """Return a record's state: from its stored status, its visit's signature and freeze, and the
    study's lock.

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


def pairs(table: Steps) -> list[str]:
    """Return the steps of a table as text that SQL compares: `OPEN>ANSWERED`."""
    return sorted(
        f"{state}>{following}" for state, next_states in table.items() for following in next_states
    )


def diagram(title: str, table: Steps) -> str:
    """Return the table as a Mermaid state diagram."""
    steps = []
    for state, next_states in table.items():
        steps += [f"    {state or '[*]'} --> {following}" for following in sorted(next_states)]
    return "\n".join([f"## {title}", "", "```mermaid", "stateDiagram-v2", *steps, "```", ""])


def page() -> str:
    """Return the text of docs/states.md.

    `python -c 'from trial import states; print(states.page(), end="")' > docs/states.md` writes it.
    """
    opening = (
        "# States\n\n"
        "Printed from the tables in `trial/states.py`, "
        "`trial/protocol/schedule/visit_states.py` and "
        "`trial/protocol/progression_check/progression_states.py`; a test keeps it current.\n"
        "States are derived, acts are stored.\n\n"
    )
    tables: dict[str, Steps] = {
        "A record": RECORD_NEXT,
        "The freeze of a visit": FREEZE_NEXT,
        "The lock of the study": LOCK_NEXT,
        "A query": QUERY_NEXT,
        "An allocation made outside the system": OUTSIDE_NEXT,
        "A visit (crf_spec 3.2)": timetable.NEXT,
        "The check after cycle 2 (crf_spec 4.3)": progression_states.NEXT,
    }
    return opening + "\n".join(diagram(title, table) for title, table in tables.items())
