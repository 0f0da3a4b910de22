"""What PostgreSQL keeps of states and locks, whatever the path of the write (docs/decisions/0040)."""

from collections.abc import Sequence
from typing import Any

from django.db import models

from trial.audit.history import Triggers
from trial.states import CLOSED_TO_WRITES


def quoted(words: Any) -> str:
    return ", ".join(f"'{word}'" for word in words)


class HonorsLocks(Triggers):
    """No write to a locked study; none to a frozen visit, where `visit` says which one that is.

    `planned`: columns that the schedule computes, and may compute anew while the visit is frozen.
    """

    file = "locked.sql"
    functions = ("locked",)

    def __init__(self, *, name: str, visit: str = "null", others: list[str] | None = None, digest: str = "") -> None:
        super().__init__(name=name, digest=digest, visit=visit, others=others or [])

    def values(self) -> dict[str, Any]:
        same = " and ".join(f'new."{column}" is not distinct from old."{column}"' for column in self.facts["others"])
        return {
            "closed": quoted(CLOSED_TO_WRITES),
            "visit": self.facts["visit"].replace(" from ", " from public."),
            "only_planned": same or "false",
        }


NAMED = {
    "": "'The study'",
    "visit_id": (
        "(select 'Visit ' || s.code || ' ' || v.code from trial_visit v join trial_subject s on s.id = v.subject_id"
        " where v.id = new.visit_id)"
    ),
    "query_id": "'Query ' || new.query_id",
    "subject_id": "(select 'The allocation of ' || code from trial_subject where id = new.subject_id)",
}
"""How a sentence calls what the acts of a table are about, by the column that names it."""


class Follows(Triggers):
    """Acts of one table: each follows the last of the same `key` as `steps` allow.

    `apart`: between two of these states no person acts twice, except to go back to one of them.
    """

    file = "follows.sql"
    table = ""  # known once the triggers are made
    functions = ("follows",)

    def __init__(self, *, name: str, steps: list[str], key: str = "", apart: list[str] | None = None, digest: str = "") -> None:
        super().__init__(name=name, digest=digest, steps=steps, key=key, apart=apart or [])

    def create_sql(self, model: type[models.Model], schema_editor: Any) -> str:
        self.table = model._meta.db_table
        return super().create_sql(model, schema_editor)

    def values(self) -> dict[str, Any]:
        key = self.facts["key"]
        return {
            "key": f"new.{key}::int" if key else "0",
            "named": NAMED[key],
            "same": f"{key} = new.{key}" if key else "true",
            "steps": quoted(self.facts["steps"]),
            "apart": self._apart() if self.facts["apart"] else "false",
        }

    def _apart(self) -> str:
        rests, rounds = quoted(self.facts["apart"]), f"select coalesce(max(id), 0) from {self.table} where state in"
        forward = "new.state not in ('OPEN', 'LOCKED') or before || '>' || new.state in ('LOCK_APPROVED>LOCKED', 'UNLOCK_APPROVED>OPEN')"
        return f"({forward}) and exists (select from {self.table} where by_id = new.by_id and id > ({rounds} ({rests})))"


class Begun(Triggers):
    """Of a table whose rows say nothing of who made them: each has its first act, in `acts`, which names it by `key`."""

    file = "begun.sql"
    functions = ("begun",)

    def __init__(self, *, name: str, acts: str, key: str, digest: str = "") -> None:
        super().__init__(name=name, digest=digest, acts=acts, key=key)


class AboutWhatStands(Triggers):
    """Of what names a visit, a form and a record."""

    file = "about_what_stands.sql"
    functions = ("about_what_stands",)


class NamesItsRecord(Triggers):
    """`on_record` are the acts about an account without which nobody signs, `password_events` those that may set a password."""

    file = "names_its_record.sql"
    functions = ("names_its_record",)

    def __init__(self, *, name: str, on_record: Sequence[str] = (), password_events: Sequence[str] = (), digest: str = "") -> None:
        super().__init__(name=name, digest=digest, on_record=list(on_record), password_events=list(password_events))

    def values(self) -> dict[str, Any]:
        listed = {name: quoted(kinds) or "null" for name, kinds in self.facts.items()}
        return listed | {"how_many": len(self.facts["on_record"])}


class SignedBefore(Triggers):
    """Of the freeze of a visit: under a signature that holds."""

    file = "signed_before.sql"
    functions = ("signed_before",)


class NothingLeft(Triggers):
    """Of the lock of the study: everything is complete, answered, signed and frozen."""

    file = "nothing_left.sql"
    functions = ("nothing_left",)


class OnlyByRole(Triggers):
    """An act is one of a role: `steps` maps what `step`, SQL, says of the new row to the roles; `by` is the column of who acts, `site`
    SQL for where the role is to be held."""

    file = "only_by_role.sql"
    functions = ("only_by_role",)

    def __init__(
        self, *, name: str, step: str, roles: Sequence[str], by: str, site: str, of_a_superuser: Sequence[str], zone: str, digest: str = ""
    ) -> None:
        super().__init__(
            name=name, digest=digest, step=step, roles=list(roles), by=by, site=site, of_a_superuser=list(of_a_superuser), zone=zone
        )

    def values(self) -> dict[str, Any]:
        return self.facts | {name: quoted(self.facts[name]) for name in ("roles", "of_a_superuser")}


class HeldApart(Triggers):
    """Of the roles: `apart` are pairs that one person does not hold at the same time, `of_a_superuser` those that a superuser may
    hold. Nobody gives themselves a role. What is given for the whole study ends by the calendar of `zone`."""

    file = "held_apart.sql"
    functions = ("held_apart",)

    def __init__(self, *, name: str, apart: Sequence[str], of_a_superuser: Sequence[str], zone: str, digest: str = "") -> None:
        super().__init__(name=name, digest=digest, apart=list(map(str, apart)), of_a_superuser=list(map(str, of_a_superuser)), zone=zone)

    def values(self) -> dict[str, Any]:
        return {name: quoted(self.facts[name]) for name in ("apart", "of_a_superuser")} | {"zone": self.facts["zone"]}
