"""Cycles of systemic therapy among each other (crf_spec 2.14)."""

from collections.abc import Iterator
from itertools import pairwise

from django.utils.translation import gettext as _

from crf.casebook import Casebook
from crf.derived.therapy.regimens import planned_agent
from crf.models import Administration, Cycle, Regimen
from trial.actions.checking.check import Finding, Level, check
from trial.protocol.therapy.agents import Basis

BY_WEIGHT = (Basis.MG_KG, Basis.MG_M2)
"""The bases of a dose that cannot be planned without the weight."""


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
    """Find the cycle that begins before the last dose of the one before it.

    A cycle of which nothing was given stands between two others without a day.
    """
    given = [cycle for cycle in numbered(casebook) if cycle.days_given()]
    for before, cycle in pairwise(given):
        last, day_1 = max(before.days_given()), min(cycle.days_given())
        if day_1 <= last:
            sentence = _(
                "Day 1 of cycle {number} ({day_1}) must come after the last dose of the cycle "
                "before ({last_on}, cycle {before})."
            )
            facts = {"number": cycle.number, "day_1": day_1, "last_on": last}
            yield Finding(cycle, sentence.format(before=before.number, **facts), "", before)


@check("SYSADM-WEIGHT", level=Level.HARD_COMPLETE, reads=[Cycle, Regimen])
def weight_of_a_dose_by_weight(casebook: Casebook) -> Iterator[Finding]:
    """Find the cycle with a dose by weight or surface and without a weight (crf_spec 2.11)."""
    for cycle in casebook.records(Cycle):
        if cycle.weight_kg is not None:
            continue
        for row in cycle.rows(Administration):
            planned = planned_agent(row, casebook) if row.given == "Y" else None
            if planned is not None and planned.basis in BY_WEIGHT:
                sentence = _(
                    "{agent} is dosed by weight or body surface. Enter the weight used for dosing."
                )
                yield Finding(cycle, sentence.format(agent=row.agent_in_words), "weight_kg")
                break
