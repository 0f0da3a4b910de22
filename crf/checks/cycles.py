"""Cycles of systemic therapy among each other (crf_spec 2.14)."""

from collections.abc import Iterator
from itertools import pairwise

from django.utils.translation import gettext as _

from crf.casebook import Casebook
from crf.models import Cycle
from trial.actions.checking.check import Finding, Level, check


def numbered(casebook: Casebook) -> list[Cycle]:
    """Return the cycles that have a number, in its order."""
    cycles = [cycle for cycle in casebook.records(Cycle) if cycle.number]
    return sorted(cycles, key=lambda cycle: cycle.number)


@check("SYSADM-GAP", level=Level.HARD_COMPLETE, reads=[Cycle])
def sequence_without_gaps(casebook: Casebook) -> Iterator[Finding]:
    """Find the cycle that comes after a gap: the next later one carries it."""
    cycles = numbered(casebook)
    numbers = {cycle.number for cycle in cycles}
    for cycle in cycles:
        if cycle.number > 1 and cycle.number - 1 not in numbers:
            sentence = _("Cycle {number} is not entered yet.").format(number=cycle.number - 1)
            yield Finding(cycle, sentence, "number")


@check("SYSADM-ORDER", level=Level.HARD_COMPLETE, reads=[Cycle])
def cycles_in_order(casebook: Casebook) -> Iterator[Finding]:
    """Find the cycle that begins before the last dose of the one before it."""
    for before, cycle in pairwise(numbered(casebook)):
        last, day_1 = max(before.days_given(), default=None), min(cycle.days_given(), default=None)
        if last and day_1 and day_1 <= last:
            sentence = _(
                "Day 1 of cycle {number} ({day_1}) must come after the last dose of the cycle "
                "before ({last_on}, cycle {before})."
            )
            facts = {"number": cycle.number, "day_1": day_1, "last_on": last}
            yield Finding(cycle, sentence.format(before=before.number, **facts), "", before)
