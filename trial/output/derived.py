"""What the protocol derives from a record and its rows, as a page shows it: never stored, computed from what is stored now."""

from typing import NamedTuple

from django.contrib.auth.models import AbstractUser

from trial.access import Act
from trial.models import Entered, Record, Row, Shown, may

TWO = " or "


class DerivedTable(NamedTuple):
    """A repeating group: a line for each row, a column for each value that at least one row has."""

    title: str
    heads: list[str]
    rows: list[tuple[str, list[str]]]


class DerivedPart(NamedTuple):
    lines: list[Shown]
    tables: list[DerivedTable]


def derived_part(record: Record, *, by: AbstractUser) -> DerivedPart | None:
    """None where the form derives nothing. What tells the month of birth, as two possible ages do, is for those who may see it."""
    hides = not may(by, Act.READ_BIRTH_MONTH, record.subject.site_id)
    lines = list(_shown(record, hides).values())
    tables = [table for group in record.groups() if group.derived and (table := _table(group, record, hides))]
    return DerivedPart(lines, tables) if lines or tables else None


def _shown(row: Entered, hides: bool) -> dict[str, Shown]:
    shown = {name: one for name, one in row.shown_derived().items() if not (hides and name in row.tells_birth_month)}
    return {name: one._replace(value="") if hides and TWO in one.value else one for name, one in shown.items()}


def _table(group: type[Row], record: Record, hides: bool) -> DerivedTable | None:
    shown = [(str(row), _shown(row, hides)) for row in record.rows(group)]
    names = [name for name in group.derived if any(values[name].value for _, values in shown)]
    if not names:
        return None
    heads = [f"{one.label} ({one.unit})" if one.unit else one.label for one in (shown[0][1][name] for name in names)]
    return DerivedTable(
        str(group._meta.verbose_name_plural), heads, [(title, [values[name].value for name in names]) for title, values in shown]
    )
