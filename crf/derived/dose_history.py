"""All doses of a subject, as their intensity is computed from them (crf_spec 2.14); no form."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from crf.models.systemic_therapy import Administration, Cycle, Regimen
from trial.protocol.therapy import dose_intensity, regimens


class DoseHistory(NamedTuple):
    """All cycles of a subject with their doses, as dose intensity is computed from them."""

    day_1_of: Mapping[int, date]
    doses: Mapping[str, list[dose_intensity.Dose]]
    max_cycles: Mapping[str, int | None]
    cycle_length_days: int | None

    @classmethod
    def of(cls, cycle: Cycle) -> "DoseHistory":
        """Three queries. This cycle counts as it stands, the others as they are stored."""
        cycles = [cycle, *Cycle.objects.of(cycle.subject).exclude(pk=cycle.pk)]
        regimen = Regimen.objects.of(cycle.subject).exclude(code="").order_by("-pk").first()
        by_pk = {other.pk: other for other in cycles[1:]}
        for other in by_pk.values():
            other.visit.subject, other._regimen = cycle.subject, regimen.code if regimen else None
            other.hold_rows(Administration, [])
        for row in Administration.objects.standing().filter(cycle__in=by_pk).order_by("pk"):
            row.cycle = by_pk[row.cycle_id]
            row.cycle.rows(Administration).append(row)
        doses: dict[str, list[dose_intensity.Dose]] = defaultdict(list)
        for row in (row for one in cycles for row in one.rows(Administration) if row.agent and one.number):
            doses[row.agent].append(row.as_dose())
        agents = regimens.REGIMENS[regimen.code].agents if regimen else ()
        return cls(
            day_1_of={one.number: one.day_1 for one in cycles if one.number and one.day_1},
            doses=doses,
            max_cycles={str(planned.agent): planned.max_cycles for planned in agents},
            cycle_length_days=regimen.cycle_length_days if regimen else None,
        )

    def percents(self, *, until: int) -> dict[str, Decimal | None]:
        """Of each agent, up to a cycle."""
        days = {number: day for number, day in self.day_1_of.items() if number <= until}
        if not self.cycle_length_days:
            return dict.fromkeys(self.doses)
        return {
            agent: dose_intensity.agent_intensity_percent(
                [dose for dose in doses if dose.cycle <= until],
                day_1_of=days,
                cycle_length_days=self.cycle_length_days,
                max_cycles=self.max_cycles.get(agent),
            )
            for agent, doses in self.doses.items()
        }

    def told(self, *, until: int) -> list[str]:
        found, names = self.percents(until=until), dict(Administration.Agent.choices)
        said = []
        for agent, percent in found.items():
            total = dose_intensity.cumulative_dose(dose for dose in self.doses[agent] if dose.cycle <= until).mg
            in_all = f", {total:f} mg in all" if total is not None else ""
            said.append(f"{names[agent]} {'not known' if percent is None else f'{percent:.1f} %'}{in_all}")
        mean = dose_intensity.regimen_intensity_percent(found.values())
        return [*said, f"regimen {mean:.1f} %"] if mean is not None and len(found) > 1 else said
