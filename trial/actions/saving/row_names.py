"""The names by which the rows of one save refer to each other before they have keys: V1, V2 …

A new row may be sent with its name (`code`), or gets the next one in the order of the rows.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from trial.models import Record, Row
from trial.models.entered import field_of
from trial.refusals import Code, Place, Problem, Refused

NAME_ITEM = "code"
LONGEST_NUMBER = 3


def refers_to_named_rows(group: type[Row]) -> list[str]:
    """Return the items of a group that refer to named rows of the same record."""
    return [item for item in group.item_names() if named_group(field_of(group, item)) is not None]


def named_group(field: "models.Field[Any, Any]") -> type[Row] | None:
    """Return the group of named rows that an item refers to; None where it refers to none."""
    target: Any = field.remote_field and field.remote_field.model
    is_group = isinstance(target, type) and issubclass(target, Row)
    return target if is_group and target.name_letter else None


class RowNames:
    """The rows of one save by their names, group by group."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._rows: dict[type[Row], dict[str, Row]] = {}

    def give(self, group: type[Row], new_rows: Sequence[tuple[Row, str, Place]]) -> None:
        """Give each new row of a named group its name. Each comes with the one it was sent with.

        A name that a stored row has by now still leads to the new row in this save; the row is
        stored under the next free one. Where no name was sent, a name leads to new rows alone:
        the sender cannot know what somebody else has stored in the meantime.
        """
        sent = [_checked(group, name, place) for _row, name, place in new_rows]
        taken = group.names_in(self._record)
        free = group.free_names(self._record, besides=sent)
        by_name: dict[str, Row] = {}
        if all(sent):
            by_name = {row.code: row for row in self._standing(group)}
        for (row, _name, place), name in zip(new_rows, sent, strict=True):
            code = name if name and name not in taken else next(free)
            key = name or code
            if key in by_name and by_name[key].pk is None:
                sentence = _("{row} {name} is sent twice. Send each once.")
                sentence = sentence.format(row=group.form_title(), name=key)
                raise Refused(Problem(Code.IMPOSSIBLE, "", {"sentence": sentence}, place))
            by_name[key] = row
            setattr(row, NAME_ITEM, code)
        self._rows[group] = by_name

    def with_rows(
        self, group: type[Row], values: Mapping[str, Any], place: Place
    ) -> dict[str, Any]:
        """Return the values of a row, with the row itself wherever an item gives its name."""
        resolved = dict(values)
        for item in refers_to_named_rows(group):
            name = values.get(item)
            if isinstance(name, str):
                resolved[item] = self._row(group, item, name, place)
        return resolved

    def _row(self, group: type[Row], item: str, name: str, place: Place) -> Row:
        field = field_of(group, item)
        target: type[Row] = field.remote_field.model
        if target not in self._rows:
            self._rows[target] = {row.code: row for row in self._standing(target)}
        row = self._rows[target].get(name)
        if row is None:
            facts = {"label": field.verbose_name, "key": name}
            raise Refused(Problem(Code.REFERENCE_UNKNOWN, item, facts, place))
        return row

    def _standing(self, group: type[Row]) -> Sequence[Any]:
        return self._record.rows(group) if self._record.pk else []


def _checked(group: type[Row], name: str, place: Place) -> str:
    """Return a name as it was sent. Refuse one that no row of the group can have."""
    pattern = f"{group.name_letter}[1-9][0-9]{{0,{LONGEST_NUMBER - 1}}}"
    if name and not re.fullmatch(pattern, name):
        sentence = _("“{name}” is no name of a {row}: send {letter}1, {letter}2 …, or none.")
        facts = {"name": name, "row": group._meta.verbose_name, "letter": group.name_letter}
        facts = {"sentence": sentence.format(**facts)}
        raise Refused(Problem(Code.IMPOSSIBLE, NAME_ITEM, facts, place))
    return name
