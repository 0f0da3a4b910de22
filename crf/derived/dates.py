"""The dates that the schedule and the check after cycle 2 are counted from, read off the casebook in few queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from crf.models import Administration, Regimen
from trial.models import Subject
from trial.protocol.therapy import regimens


@dataclass(frozen=True)
class Doses:
    """What was given, by cycle: the first and the last day, and the regimen it was given under."""

    first: Mapping[int, date]
    last_on: date | None
    cycle_length_days: int | None
    max_cycles: int | None
    preconsent_cycles: int
    day_8: bool
    immunotherapy: bool

    def day_1(self, cycle: int) -> date | None:
        return self.first.get(cycle)


def doses_of(subject: Subject) -> Doses:
    """Two queries."""
    given = Administration.objects.of(subject).filter(given="Y", cycle__withdrawn_at=None).exclude(given_on=None)
    return doses_from(given.values_list("cycle__number", "given_on"), Regimen.objects.of(subject).order_by("-pk").first())


def doses_from(given: Iterable[tuple[int, date]], regimen: Regimen | None) -> Doses:
    """Of cycle and day of each dose given, and the regimen entered last."""
    first: dict[int, date] = {}
    last = None
    for cycle, day in given:
        first[cycle] = min(day, first.get(cycle, day))
        last = max(day, last or day)
    planned = regimens.REGIMENS[regimen.code].agents if regimen and regimen.code else ()
    return Doses(
        first=first,
        last_on=last,
        cycle_length_days=regimen.cycle_length_days if regimen else None,
        max_cycles=regimen.max_cycles if regimen else None,
        preconsent_cycles=(regimen.preconsent_cycles or 0) if regimen else 0,
        immunotherapy=regimen is not None and regimen.sysclass == regimens.SystemicClass.ICI_CONTAINING,
        day_8=any(8 in agent.days for agent in planned),
    )
