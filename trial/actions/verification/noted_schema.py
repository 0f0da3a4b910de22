"""Which schemas are legitimate: those that `migrate`, or a person by name, noted as an event in the ledger (docs/decisions/0020).

An anchor tells what the database was made of, and not whether that was lawful: a forged grant stands in the next anchor, too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import connection, transaction

from trial.access import Act
from trial.actions import events
from trial.actions.writing import words
from trial.models import SystemEvent, may
from trial.refusals import Code, Refused

from . import anchors, schema

ENTRY_OF = "select seq from trial_ledger where form = 'trial.systemevent' and row = %s"


def noted() -> list[str]:
    """The digests, oldest first; those that a person accepted besides come before the one that stood then."""
    return [digest for _, detail in _events() for digest in [*detail.get("also", [None, []])[1], detail["schema"][1]]]


def present() -> str:
    """The digest of the schema as it stands; what it is made of is told beside the anchors."""
    return anchors.describe(schema.objects())


@contextmanager
def being_changed() -> Iterator[None]:
    """Anchors written meanwhile take over the schema of the one before: what stands between two migrations is noted by nobody."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(hashtext(%s))", [anchors.SCHEMA_LOCK])
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(hashtext(%s))", [anchors.SCHEMA_LOCK])


def differs() -> list[str]:
    """What the database is made of, against what was noted last, as sentences; before the first note, nothing."""
    known = noted()
    if not known or (now := schema.digest(objects := schema.objects())) == known[-1]:
        return []
    then = anchors.schema_of(known[-1])
    found = schema.differences(then, objects, "since it was noted last") if then else []
    return found or [f"The database is not made as it was noted last: {now[:16]} is not {known[-1][:16]}."]


def note_migrated(*, was_lawful: bool) -> bool:
    """At the end of a migrate. What had been changed before by nobody known does not become lawful by it."""
    now, known = present(), noted()
    if known and now == known[-1]:
        return True
    if was_lawful:
        events.note(SystemEvent.Kind.SCHEMA, schema=now)
    return was_lawful


def accept(shown: str, *, by: AbstractUser, reason: str) -> SystemEvent:
    """A person answers for what was changed past `migrate`: for the schema that was shown, and those of anchors since."""
    if not may(by, Act.SET_UP):
        raise Refused(Code.SCHEMA_BY_ADMINISTRATOR)
    reason = words(reason)
    with transaction.atomic():
        if present() != shown:
            raise Refused(Code.SCHEMA_CHANGED)
        also = sorted({one["schema"] for one in unnoted(anchors.read())} - {shown})
        return events.note(SystemEvent.Kind.SCHEMA, by=by, reason=reason, schema=shown, **({"also": also} if also else {}))


def unnoted(anchored: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first anchor of each schema that no event notes; those before the first event were written when none was noted."""
    if not (first := _events()[:1]):
        return []
    known, since = set(noted()), _entry_of(first[0][0])
    found: dict[str, dict[str, Any]] = {}
    for one in anchored:
        if one["schema"] and one["seq"] >= since and one["schema"] not in known:
            found.setdefault(one["schema"], one)
    return list(found.values())


def findings(anchored: list[dict[str, Any]]) -> list[str]:
    """Each object that was made otherwise than noted, at an anchor or now, as a sentence."""
    if not noted():
        return _since_the_last(anchored)
    return [*(finding for one in unnoted(anchored) for finding in _at(one, anchored)), *differs()]


def _at(one: dict[str, Any], anchored: list[dict[str, Any]]) -> list[str]:
    """What an anchor's schema has that the lawful one before it has not."""
    known = noted()
    earlier = [other["schema"] for other in anchored[: anchored.index(one)] if other["schema"] in known]
    then, now = anchors.schema_of((earlier or known[-1:])[-1]), anchors.schema_of(one["schema"])
    when = f"at the anchor of entry {one['seq']} ({one['at']}), and nothing notes it"
    found = schema.differences(then, now, when) if then and now else []
    return found or [f"The database was made otherwise than noted {when}."]


def _since_the_last(anchored: list[dict[str, Any]]) -> list[str]:
    """Of a database that was last migrated before schemas were noted."""
    if not anchored or (now := schema.digest(objects := schema.objects())) == anchored[-1]["schema"]:
        return []
    then = anchors.schema_of(anchored[-1]["schema"])
    found = schema.differences(then, objects) if then else []
    return found or [f"The database is not made as it was at the last anchor: {now[:16]} is not {anchored[-1]['schema'][:16]}."]


def _events() -> list[tuple[int, dict[str, Any]]]:
    """Asked of a database before its first migrate, too."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('trial_systemevent')")
        if cursor.fetchone() == (None,):
            return []
    return list(SystemEvent.objects.filter(kind=SystemEvent.Kind.SCHEMA).order_by("pk").values_list("pk", "detail"))


def _entry_of(event: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(ENTRY_OF, [event])
        entry = cursor.fetchone()
    return int(entry[0]) if entry else 0
