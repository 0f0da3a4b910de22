"""Administrations as criterion X06 judges them (crf_spec 2.12)."""

from crf.casebook import Casebook
from crf.models import Administration
from trial.models import Record
from trial.protocol.eligibility import gates

from .doses import delay_days, name_of, percent_of_planned


def by_cycle_and_day(row: Administration) -> tuple[int, bool, int, int]:
    """Return the key by which doses are sorted. Without a day, one is the last in its cycle."""
    return row.cycle.number, row.day is None, row.day or 0, row.pk


def administration_of(row: Administration, casebook: Casebook) -> gates.Administration:
    """Return an administration as criterion X06 judges it."""
    return gates.Administration(
        cycle=row.cycle.number,
        agent=name_of(row, casebook),
        adjustment=row.adjustment or None,
        reason=row.adjustment_reason or None,
        percent=percent_of_planned(row, casebook),
        dose_level=int(row.dose_level) if row.dose_level else None,
        delay_days=delay_days(row.cycle, casebook),
        complete=row.cycle.state == Record.State.COMPLETE,
    )
