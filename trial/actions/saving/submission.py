"""One form as it was sent: the record and all its rows, judged as the whole that they will be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from trial.actions.saving.judging import (
    Changes,
    assign,
    both_values,
    hand_over_rows,
    problems_by_clean,
    problems_in,
    refuse_foreign_references,
    refuse_second,
    refuse_withdrawn,
)
from trial.actions.saving.row_names import NAME_ITEM, RowNames, refers_to_named_rows
from trial.audit.once import OnceAmongRows
from trial.audit.reasons import needs_reason
from trial.models import Entered, Record, Row, Visit
from trial.refusals import Both, Code, Place, Problem, Refused

SentRows = Mapping[type[Row], Sequence[Mapping[str, Any]]]
"""The rows sent for each repeating group: items by name, with `id`, `version` and `withdraw`.

A new row of a named group may have its name as `code`; other rows may refer to it by that name.
"""
KEYS = frozenset({"id", "version", "withdraw"})
"""The keys of a sent row that are no items."""


@dataclass
class RowEdit:
    """The effect of one sent row: it adds a row, changes one, or takes one back."""

    row: Row
    place: Place
    changes: Changes = field(default_factory=dict)
    withdraws: bool = False
    conflict: Both | None = None
    """Both values of each item that differs, when the person saw an earlier version of the row."""

    @property
    def is_new(self) -> bool:
        """Return whether the edit adds a row."""
        return self.row.pk is None

    @property
    def stores(self) -> bool:
        """Return whether there is anything to store."""
        return self.is_new or self.withdraws or bool(self.changes)


@dataclass
class Submission:
    """A record with its edits, before it is stored. `changes` are those of the record itself."""

    record: Record
    changes: Changes
    edits: list[RowEdit]
    was_complete: bool = False

    @classmethod
    def of_new(
        cls, form: type[Record], visit: Visit, values: Mapping[str, Any], rows: SentRows
    ) -> Self:
        """Return the submission of a form that is filled in for `visit` for the first time."""
        refuse_second(form, visit, values)
        record = form(visit=visit, **values)
        edits = list(_edits(record, rows))
        return cls(record, {}, edits)

    @classmethod
    def of_stored(
        cls, record: Record, version: int | None, values: Mapping[str, Any], rows: SentRows
    ) -> Self:
        """Return the submission of changes to `record`, which is locked.

        Refuse it when the person saw an earlier version of the record or of a row: with both
        values of each item that differs, of all of them at once (docs/decisions/0041).
        """
        conflicts: list[Both] = []
        if version is not None and record.version != version:
            conflicts.append(both_values(record, values))
        edits = list(_edits(record, rows))
        conflicts += [edit.conflict for edit in edits if edit.conflict is not None]
        if conflicts:
            raise Refused(Code.STALE_VERSION, both=conflicts)
        refuse_withdrawn(record)
        was_complete = record.state == Record.State.COMPLETE
        return cls(record, assign(record, values), edits, was_complete)

    def set_state(self, complete: bool | None) -> None:
        """Set the form's state; None leaves it, and makes a new form a draft."""
        if complete is None:
            return
        wanted = Record.State.COMPLETE if complete else Record.State.DRAFT
        if self.record.state != wanted:
            self.changes["state"] = (self.record.state, wanted.value)
            self.record.state = wanted.value

    def needs_reason(self) -> bool:
        """Return whether the rule of all paths (trial/audit/reasons.py) asks for a reason."""
        if needs_reason(self.changes, was_complete=self.was_complete):
            return True
        for edit in self.edits:
            changes = edit.changes
            if edit.withdraws:
                changes = {"withdrawn_at": (None, True)}
            if needs_reason(changes, was_complete=self.was_complete, is_new=edit.is_new):
                return True
        return False

    def refuse_impossible(self) -> None:
        """Refuse impossible values, each problem with its item and row; judge rows together."""
        self._hand_over_rows()
        problems: list[Problem] = []
        for row, place in self._rows_to_judge():
            problems += [replace(problem, place=place) for problem in problems_in(row)]
        problems += self._problems_of_rows_beside()
        if problems:
            raise Refused(*problems)
        self._refuse_foreign_references()

    def store(self, *, by: User) -> None:
        """Store the record, then its rows. Refuse rows that are not unique among all of them."""
        written = {type(edit.row) for edit in self.edits if edit.stores}
        if self.record.pk is None or self.changes:
            self.record.save()
        for group in dict.fromkeys(type(edit.row) for edit in self.edits):
            self._store_rows(group, by)
        self._hand_over_rows()
        check_uniqueness(written)

    def _store_rows(self, group: type[Row], by: User) -> None:
        edits = self._edits_of(group)
        for edit in edits:
            if edit.withdraws:
                edit.row.withdrawn_by, edit.row.withdrawn_at = by, timezone.now()
            if not edit.is_new and edit.stores:
                edit.row.save()
        added = [edit.row for edit in edits if edit.is_new]
        if added:
            _add(group, added)

    @property
    def _changes_something(self) -> bool:
        is_new = self.record.pk is None
        return is_new or bool(self.changes) or any(edit.stores for edit in self.edits)

    def _edits_of(self, group: type[Row]) -> list[RowEdit]:
        return [edit for edit in self.edits if type(edit.row) is group]

    def _hand_over_rows(self) -> None:
        """Give the record the rows that will stand once this is stored."""
        for group in self.record.groups():
            edits = self._edits_of(group)
            withdrawn = {id(edit.row) for edit in edits if edit.withdraws}
            present = {id(row) for row in self.record.rows(group)}
            standing = [row for row in self.record.rows(group) if id(row) not in withdrawn]
            added = [edit.row for edit in edits if id(edit.row) not in present | withdrawn]
            self.record.with_rows({group: [*standing, *added]})

    def _rows_to_judge(self) -> Iterator[tuple[Entered, Place | None]]:
        if self._changes_something:
            yield self.record, None
        for edit in self.edits:
            if edit.stores and not edit.withdraws:
                yield edit.row, edit.place

    def _problems_of_rows_beside(self) -> Iterator[Problem]:
        """Yield what the record's own changes make impossible in the rows that nobody sent.

        A course that is moved may leave its fractions behind.
        """
        if not self.changes.keys() - {"state"}:
            return
        edited = {id(edit.row) for edit in self.edits}
        for group in self.record.groups():
            for number, row in enumerate(self.record.rows(group), 1):
                if id(row) in edited:
                    continue
                hand_over_rows(row)
                for problem in problems_by_clean(row):
                    facts = {"row": group.form_title(), "number": number}
                    yield Problem(Code.IMPOSSIBLE_ROW, "", facts | {"sentence": problem.sentence})

    def _refuse_foreign_references(self) -> None:
        """Refuse a lesion, volume or consent version that the form does not offer."""
        is_new = self.record.pk is None
        items = self.record.item_names() if is_new else list(self.changes)
        refuse_foreign_references(self.record, [(self.record, items)])
        for group in self.record.groups():
            rows: list[tuple[Entered, list[str]]] = []
            for edit in self._edits_of(group):
                if not edit.withdraws:
                    items = edit.row.item_names() if edit.is_new else list(edit.changes)
                    rows.append((edit.row, items))
            refuse_foreign_references(self.record, rows)


def _edits(record: Record, rows: SentRows) -> Iterator[RowEdit]:
    """Yield the effect of each sent row; its changes are assigned to the row at once.

    Groups whose rows refer to other rows of the record come last: these rows may be new.
    """
    names = RowNames(record)
    for group in sorted(rows, key=lambda group: bool(refers_to_named_rows(group))):
        standing = {row.pk: row for row in record.rows(group)} if record.pk else {}
        new_rows: list[tuple[Row, str, Place]] = []
        for position, sent in enumerate(rows[group]):
            place, values = Place(group, position), dict(sent)
            name = values.pop(NAME_ITEM, "") if group.name_letter else ""
            values = {item: value for item, value in values.items() if item not in KEYS}
            values = names.with_rows(group, values, place)
            if "id" in sent:
                yield _edit_of_stored(standing, sent, values, place)
                continue
            row = group(**{group.parent: record}, **values)
            new_rows.append((row, name, place))
            yield RowEdit(row, place)
        if group.name_letter and new_rows:
            names.give(group, new_rows)


def _edit_of_stored(
    standing: Mapping[int, Row], sent: Mapping[str, Any], values: Mapping[str, Any], place: Place
) -> RowEdit:
    """Return the effect of a sent row that is stored already."""
    row = standing.get(sent["id"])
    if row is None:
        raise Refused(Code.ROW_UNKNOWN, row=place.group._meta.verbose_name, key=sent["id"])
    edit = RowEdit(row, place, withdraws=bool(sent.get("withdraw")))
    if row.version != sent.get("version"):
        edit.conflict = both_values(row, values)
    if not edit.withdraws:
        edit.changes = assign(row, values)
    return edit


def _add(group: type[Row], rows: list[Row]) -> None:
    """Store new rows in one statement, unless a row names itself when it is stored (V1, V2 …)."""
    if group.save is Row.save:
        group.objects.bulk_create(rows)
        return
    for row in rows:
        row.save()


def check_uniqueness(groups: set[type[Row]]) -> None:
    """Have PostgreSQL check that rows are unique, now that all of them are stored."""
    names = [
        connection.ops.quote_name(constraint.name)
        for group in groups
        for constraint in group._meta.constraints
        if isinstance(constraint, OnceAmongRows)
    ]
    if names:
        listed = ", ".join(names)
        with connection.cursor() as cursor:
            cursor.execute(f"set constraints {listed} immediate; set constraints {listed} deferred")
