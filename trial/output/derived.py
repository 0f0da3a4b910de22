"""The values that the protocol derives from a record and its rows, as a page shows them.

They are never stored, but computed from what is stored now.
"""

from typing import NamedTuple

from django.contrib.auth.models import AbstractUser

from trial.access import Act
from trial.models import Entered, Record, Row, Shown, may
from trial.protocol.sentence import leaves_open


class DerivedRow(NamedTuple):
    """A row of a repeating group: its title, and its values in the order of the columns."""

    title: str
    values: list[str]


class DerivedTable(NamedTuple):
    """A repeating group: a column for each value that at least one row has."""

    title: str
    heads: list[str]
    rows: list[DerivedRow]


class DerivedPart(NamedTuple):
    """The derived values of a record, and those of its rows."""

    lines: list[Shown]
    tables: list[DerivedTable]


def derived_part(record: Record, *, by: AbstractUser) -> DerivedPart | None:
    """Return the derived values of a record; None where its form derives nothing.

    What tells the month of birth, as two possible ages do, is for those who may see it.
    """
    hides = not may(by, Act.READ_BIRTH_MONTH, record.subject.site_id)
    lines = list(_shown(record, hides).values())
    of_groups = [_table(group, record, hides) for group in record.groups() if group.derived]
    tables = [table for table in of_groups if table]
    return DerivedPart(lines, tables) if lines or tables else None


def _shown(row: Entered, hides: bool) -> dict[str, Shown]:
    """Return the derived values. Where several are possible, they tell the month of birth."""
    values = row.shown_derived()
    if not hides:
        return values
    left = {name: v for name, v in values.items() if name not in row.tells_birth_month}
    guesses = {name for name in left if leaves_open(getattr(row, name))}
    return {name: v._replace(value="") if name in guesses else v for name, v in left.items()}


def _table(group: type[Row], record: Record, hides: bool) -> DerivedTable | None:
    rows = [(str(row), _shown(row, hides)) for row in record.rows(group)]
    names = [name for name in group.derived if any(values[name].value for _, values in rows)]
    if not names:
        return None
    _, first = rows[0]
    heads = [f"{v.label} ({v.unit})" if v.unit else v.label for v in (first[n] for n in names)]
    lines = [DerivedRow(title, [values[name].value for name in names]) for title, values in rows]
    return DerivedTable(str(group._meta.verbose_name_plural), heads, lines)
