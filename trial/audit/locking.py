"""Triggers that keep states, locks and roles on every path of a write (docs/decisions/0040)."""

from collections.abc import Iterable, Sequence
from typing import Any

from trial.audit.triggers import Triggers
from trial.states import CLOSED_TO_WRITES


def quoted(words: Iterable[str]) -> str:
    """Return a list of literals of SQL. The words are codes, without quotes of their own."""
    return ", ".join(f"'{word}'" for word in words)


class HonorsLocks(Triggers):
    """No write to a locked study, nor to the frozen visit that `visit` names, as SQL.

    `entered` are the columns that people enter. Where there are some, the schedule may compute the
    other columns anew while the visit is frozen.
    """

    file = "locked.sql"
    functions = ("locked",)

    def __init__(
        self, *, name: str, visit: str = "null", entered: list[str] | None = None, digest: str = ""
    ) -> None:
        super().__init__(name=name, digest=digest, visit=visit, entered=entered or [])

    def values(self) -> dict[str, Any]:
        same = " and ".join(
            f'new."{column}" is not distinct from old."{column}"'
            for column in self.facts["entered"]
        )
        return {
            "closed": quoted(CLOSED_TO_WRITES),
            "visit": self.facts["visit"].replace(" from ", " from public."),
            "only_planned": same or "false",
        }


NAMED = {
    "": "'The study'",
    "visit_id": (
        "(select 'Visit ' || s.code || ' ' || v.code"
        " from trial_visit v join trial_subject s on s.id = v.subject_id"
        " where v.id = new.visit_id)"
    ),
    "query_id": "'Query ' || new.query_id",
    "subject_id": (
        "(select 'The allocation of ' || code from trial_subject where id = new.subject_id)"
    ),
}
"""SQL for the name of what acts are about, by the column that refers to it."""


class Follows(Triggers):
    """Each act of a table follows the last act of the same `key` as `steps` allow.

    `apart` are states between which no person acts twice, except to go back to one of them.
    """

    file = "follows.sql"
    functions = ("follows",)

    def __init__(
        self,
        *,
        name: str,
        steps: list[str],
        key: str = "",
        apart: list[str] | None = None,
        digest: str = "",
    ) -> None:
        super().__init__(name=name, digest=digest, steps=steps, key=key, apart=apart or [])

    def values(self) -> dict[str, Any]:
        key, apart = self.facts["key"], self.facts["apart"]
        return {
            "key": f"new.{key}::int" if key else "0",
            "named": NAMED[key],
            "same": f"{key} = new.{key}" if key else "true",
            "steps": quoted(self.facts["steps"]),
            "has_apart": "true" if apart else "false",
            "apart": quoted(apart) or "null",
        }


class Begun(Triggers):
    """Each row has its first act, which says who made it.

    `acts` is the table of acts, `key` its column that names the row.
    """

    file = "begun.sql"
    functions = ("begun",)

    def __init__(self, *, name: str, acts: str, key: str, digest: str = "") -> None:
        super().__init__(name=name, digest=digest, acts=acts, key=key)


class AboutWhatStands(Triggers):
    """Each row is about a form that stands at its visit, or about the visit itself."""

    file = "about_what_stands.sql"
    functions = ("about_what_stands",)


class NamesItsRecord(Triggers):
    """A signature belongs to the record that it names, and its person may sign.

    `on_record` are the acts about an account without which nobody signs, `password_events` the
    events that may set a password.
    """

    file = "names_its_record.sql"
    functions = ("names_its_record",)

    def __init__(
        self,
        *,
        name: str,
        on_record: Sequence[str] = (),
        password_events: Sequence[str] = (),
        digest: str = "",
    ) -> None:
        super().__init__(
            name=name,
            digest=digest,
            on_record=list(on_record),
            password_events=list(password_events),
        )

    def values(self) -> dict[str, Any]:
        listed = {name: quoted(kinds) or "null" for name, kinds in self.facts.items()}
        return listed | {"how_many": len(self.facts["on_record"])}


class SignedBefore(Triggers):
    """A visit is frozen under a signature that holds."""

    file = "signed_before.sql"
    functions = ("signed_before",)


class NothingLeft(Triggers):
    """The study is locked when everything is complete, answered, signed and frozen."""

    file = "nothing_left.sql"
    functions = ("nothing_left",)


class OnlyByRole(Triggers):
    """Each step is an act of certain roles.

    `step` is SQL for the step that a new row takes, `roles` are pairs of step and role. `by` is the
    column of the person, `site` SQL for the site where the role is needed. What is given for the
    whole study ends by the calendar of `zone`.
    """

    file = "only_by_role.sql"
    functions = ("only_by_role",)

    def __init__(
        self,
        *,
        name: str,
        step: str,
        roles: Sequence[str],
        by: str,
        site: str,
        of_a_superuser: Sequence[str],
        zone: str,
        digest: str = "",
    ) -> None:
        super().__init__(
            name=name,
            digest=digest,
            step=step,
            roles=list(roles),
            by=by,
            site=site,
            of_a_superuser=list(of_a_superuser),
            zone=zone,
        )

    def values(self) -> dict[str, Any]:
        return self.facts | {name: quoted(self.facts[name]) for name in ("roles", "of_a_superuser")}


class HeldApart(Triggers):
    """Nobody gives themselves a role, nor holds one beside a role of another person's.

    `apart` are pairs of roles that one person does not hold at the same time, `of_a_superuser` the
    roles that a superuser may hold. What is given for the whole study ends by the calendar of
    `zone`.
    """

    file = "held_apart.sql"
    functions = ("held_apart",)

    def __init__(
        self,
        *,
        name: str,
        apart: Sequence[str],
        of_a_superuser: Sequence[str],
        zone: str,
        digest: str = "",
    ) -> None:
        super().__init__(
            name=name,
            digest=digest,
            apart=list(map(str, apart)),
            of_a_superuser=list(map(str, of_a_superuser)),
            zone=zone,
        )

    def values(self) -> dict[str, Any]:
        return {name: quoted(self.facts[name]) for name in ("apart", "of_a_superuser")} | {
            "zone": self.facts["zone"]
        }
