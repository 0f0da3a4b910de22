"""Note which schemas are legitimate: `migrate`, or a person by name, notes each in the ledger.

An anchor tells of what objects the database was made, and not whether that was lawful: a forged
grant stands in the next anchor, too (docs/decisions/0020).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import connection, transaction
from django.utils.translation import gettext as _

from trial.access import Act
from trial.actions import events
from trial.actions.saving.writing import checked_text
from trial.models import SystemEvent, may
from trial.refusals import Code, Refused

from . import anchors, schema
from .anchors import Anchor

ENTRY_OF = "select seq from trial_ledger where form = 'trial.systemevent' and row = %s"


def noted_digests() -> list[str]:
    """Return the digests of the noted schemas, oldest first.

    Those that a person accepted besides come before the one that was present then.
    """
    digests: list[str] = []
    for _event, detail in _events():
        digests += detail.get("also", [None, []])[1]
        digests.append(detail["schema"][1])
    return digests


def present_digest() -> str:
    """Return the digest of the schema as it is now; describe its objects beside the anchors."""
    return anchors.describe(schema.objects())


@contextmanager
def being_changed() -> Iterator[None]:
    """Keep anchors from reading the schema while it is being migrated.

    They take over the schema of the anchor before: nobody notes what is there between two
    migrations.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(hashtext(%s))", [anchors.SCHEMA_LOCK])
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(hashtext(%s))", [anchors.SCHEMA_LOCK])


def differences_now() -> list[str]:
    """Return each object that is not as it was noted last, as a sentence.

    Before the first note there is none.
    """
    digests = noted_digests()
    if not digests:
        return []
    objects = schema.objects()
    now = schema.digest(objects)
    if now == digests[-1]:
        return []
    noted_objects = anchors.schema_of(digests[-1])
    if noted_objects:
        sentences = schema.differences(noted_objects, objects, _("since it was noted last"))
        if sentences:
            return sentences
    sentence = _("The database differs from its state as noted last: {now} is not {noted}.")
    return [sentence.format(now=now[:16], noted=digests[-1][:16])]


def note_migrated(*, was_lawful: bool) -> bool:
    """Note the schema at the end of a migrate. Return whether it is lawful.

    What an unknown person had changed before does not become lawful by a migrate.
    """
    now, digests = present_digest(), noted_digests()
    if digests and now == digests[-1]:
        return True
    if was_lawful:
        events.note(SystemEvent.Kind.SCHEMA, schema=now)
    return was_lawful


def accept(shown: str, *, by: AbstractUser, reason: str) -> SystemEvent:
    """Note in a person's name that what was changed past `migrate` is lawful.

    It is noted of the schema whose digest was shown, and of those of anchors since the last note.
    Refuse it when the schema has changed since it was shown.
    """
    if not may(by, Act.SET_UP):
        raise Refused(Code.SCHEMA_BY_ADMINISTRATOR)
    reason = checked_text(reason)
    with transaction.atomic():
        if present_digest() != shown:
            raise Refused(Code.SCHEMA_CHANGED)
        digests = {anchor["schema"] for anchor in unnoted_anchors(anchors.read_anchors())}
        detail: dict[str, Any] = {"reason": reason, "schema": shown}
        if also := sorted(digests - {shown}):
            detail["also"] = also
        return events.note(SystemEvent.Kind.SCHEMA, by=by, **detail)


def unnoted_anchors(anchored: list[Anchor]) -> list[Anchor]:
    """Return the first anchor of each schema that no event notes.

    Anchors before the first event were written when no schema was noted; they do not count.
    """
    first_event = _events()[:1]
    if not first_event:
        return []
    digests, since = set(noted_digests()), _entry_of(first_event[0][0])
    by_schema: dict[str, Anchor] = {}
    for anchor in anchored:
        digest = anchor["schema"]
        if digest and anchor["seq"] >= since and digest not in digests:
            by_schema.setdefault(digest, anchor)
    return list(by_schema.values())


def findings(anchored: list[Anchor]) -> list[str]:
    """Return each object that was not as noted, at an anchor or now, as a sentence."""
    if not noted_digests():
        return _since_the_last_anchor(anchored)
    sentences: list[str] = []
    for anchor in unnoted_anchors(anchored):
        sentences += _at(anchor, anchored)
    return sentences + differences_now()


def _at(anchor: Anchor, anchored: list[Anchor]) -> list[str]:
    """Return how an anchor's schema differs from the last noted one before it."""
    digests = noted_digests()
    before = anchored[: anchored.index(anchor)]
    earlier = [previous["schema"] for previous in before if previous["schema"] in digests]
    noted_objects = anchors.schema_of((earlier or digests[-1:])[-1])
    objects = anchors.schema_of(anchor["schema"])
    when = _("at the anchor of entry {number} ({moment}), and nothing notes it")
    when = when.format(number=anchor["seq"], moment=anchor["at"])
    if noted_objects and objects:
        sentences = schema.differences(noted_objects, objects, when)
        if sentences:
            return sentences
    return [_("The database was made otherwise than noted {when}.").format(when=when)]


def _since_the_last_anchor(anchored: list[Anchor]) -> list[str]:
    """Return how the schema differs from the last anchor's.

    It is asked of a database that was last migrated before schemas were noted.
    """
    if not anchored:
        return []
    objects, last = schema.objects(), anchored[-1]["schema"]
    now = schema.digest(objects)
    if now == last:
        return []
    objects_then = anchors.schema_of(last)
    if objects_then:
        sentences = schema.differences(objects_then, objects, _("since the last anchor"))
        if sentences:
            return sentences
    sentence = _("The database differs from its state at the last anchor: {now} is not {then}.")
    return [sentence.format(now=now[:16], then=last[:16])]


# Any: the details of an event are JSON.
def _events() -> list[tuple[int, dict[str, Any]]]:
    """Return (key, detail) of each event that notes a schema, oldest first.

    There is none in a database before its first migrate.
    """
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('trial_systemevent')")
        if cursor.fetchone() == (None,):
            return []
    events_of_kind = SystemEvent.objects.filter(kind=SystemEvent.Kind.SCHEMA)
    return list(events_of_kind.order_by("pk").values_list("pk", "detail"))


def _entry_of(event: int) -> int:
    """Return the number of the event's entry in the ledger, or 0 if it has none."""
    with connection.cursor() as cursor:
        cursor.execute(ENTRY_OF, [event])
        entry = cursor.fetchone()
    return int(entry[0]) if entry else 0
