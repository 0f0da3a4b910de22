"""Systemic therapy: the cycles, and each dose (crf_spec 2.14, SYSADM)."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from trial import fields
from trial.models import OnceAmongRows, OnceOfASubject, Problem, Record, Row, Section, Visit
from trial.protocol.therapy import agents
from trial.refusals import Code, impossible

from crf.models.codes.lists import codelist

from .regimen import AGENTS, Regimen
from .vital_signs import VitalSigns


class Cycle(Record):
    """Systemic therapy, one cycle (crf_spec 2.14, SYSADM; CDASH EC)."""

    moves_the_schedule = True

    number = fields.count("Cycle", between=(1, 60), sdtm="EC.ECSPID")
    weight_kg = fields.amount("Weight used for dosing", digits=4, places=1, between=(25, 250), unit="kg", sdtm="VS.WEIGHT")
    height_cm = fields.amount("Height used for dosing", digits=4, places=1, between=(120, 220), unit="cm", sdtm="VS.HEIGHT")
    clearance_ml_min = fields.amount(
        "Creatinine clearance used for dosing", digits=5, places=2, between=(1, 300), unit="mL/min", sdtm="SUPPEC.CRCLDOSE",
        when=lambda c: any(row.agent == agents.Agent.CARBOPLATIN for row in c.rows(Administration)),
    )  # fmt: skip
    beyond_progression = fields.yes_no("Given beyond progression", sdtm="SUPPEC.TBP", optional=True)

    day_1 = fields.derived("Day 1")
    regimen = fields.derived("Regimen in force")
    delay_days = fields.derived("Delay (days)")
    bsa_m2 = fields.derived("Body surface area used", unit="m²", places=3)
    intensity = fields.derived("Relative dose intensity since cycle 1")

    sections = (
        Section("Cycle", ("number", "beyond_progression")),
        Section("Dosing", ("weight_kg", "height_cm", "clearance_ml_min")),
    )

    class Meta(Record.Meta):
        verbose_name = "systemic therapy cycle"
        constraints = [
            *Record.Meta.constraints,
            OnceOfASubject(
                name="cycle_once_of_a_subject",
                item="number",
                sentence="This cycle is recorded already, at another visit. Nothing was stored.",
            ),
        ]

    @classmethod
    def prefilled(cls, visit: Visit) -> dict[str, Any]:
        """Return the number that the visit's code names, with the height measured first and the weight measured last."""
        number = visit.code.removeprefix("C").removesuffix("D1")
        signs = VitalSigns.objects.of(visit.subject)
        last = signs.exclude(weight_kg=None).order_by("-measured_on").values_list("weight_kg", flat=True).first()
        height = signs.exclude(height_cm=None).values_list("height_cm", flat=True).first()
        return {"number": number if number.isdecimal() else None, "weight_kg": last, "height_cm": height}

    @classmethod
    def prefilled_rows(cls, visit: Visit) -> dict[type[Row], list[dict[str, Any]]]:
        """Return a row for each agent of the regimen, on each of its days."""
        on = visit.held_on or visit.closes_on or visit.target_on or visit.subject.site.today()
        regimen = Regimen.in_force(list(Regimen.objects.of(visit.subject).order_by("pk")), on=on)
        planned_agents = regimen.planned_agents() if regimen else ()
        doses = sorted((day, planned.agent.value, planned.name) for planned in planned_agents for day in planned.days)
        return {Administration: [Administration.prefilled(day, agent, name) for day, agent, name in doses]}

    def days_given(self) -> list[date]:
        """Return the days on which an agent was given."""
        return [row.given_on for row in self.rows(Administration) if row.given == "Y" and row.given_on]

    def clean(self) -> None:
        """Refuse a cycle at the visit of another, or recorded twice.

        A cycle given before its visit was planned, as before gate 1 is signed, is recorded at an unscheduled visit: it happened.
        """
        super().clean()
        if self.number and not self.visit.is_unscheduled and self.visit.code != f"C{self.number}D1":
            sentence = _("Cycle {number} belongs to the visit C{number}D1, not to {visit}.")
            sentence = sentence.format(number=self.number, visit=self.visit.code)
            raise impossible(Code.IMPOSSIBLE, item="number", sentence=sentence)
        if self.number and Cycle.objects.of(self.visit.subject).filter(number=self.number).exclude(visit=self.visit).exists():
            sentence = _("Cycle {number} is recorded already, at another visit.").format(number=self.number)
            raise impossible(Code.ENTERED_AT_ANOTHER_VISIT, item="number", sentence=sentence)

    def inconsistencies(self) -> Iterator[Problem]:
        """Yield what keeps the form from being complete: doses, days out of order."""
        if not self.rows(Administration):
            yield "", _("No administration is entered. Add a row for each agent and day, also for those not given.")
        yield from self._agents_twice()
        yield from self._days_in_order()

    def _agents_twice(self) -> Iterator[Problem]:
        """Yield each unlisted agent that is entered twice for a day, whatever its capitals."""
        named = Counter((row.day, row.agent_name.strip().casefold()) for row in self.rows(Administration) if row.agent_name)
        for (day, name), times in named.items():
            if times > 1:
                yield "", _("“{name}” is entered twice for day {day}. Withdraw one of the two rows.").format(name=name, day=day)

    def _days_in_order(self) -> Iterator[Problem]:
        days = sorted((row.day, row.given_on) for row in self.rows(Administration) if row.day and row.given_on)
        for (early, first_on), (late, second_on) in pairwise(days):
            if early < late and first_on >= second_on:
                sentence = _("Day {late} ({late_on}) must come after day {early} ({early_on}). Correct one of the two dates.")
                yield "", sentence.format(late=late, late_on=second_on, early=early, early_on=first_on)


def has_dose(administration: "Administration") -> bool:
    """Return whether the agent was given, so that it has a dose and a day."""
    return administration.given == "Y"


def was_adjusted(administration: "Administration") -> bool:
    """Return whether the dose differs from what was planned."""
    return administration.adjustment not in ("", Administration.Adjustment.NONE)


class Administration(Row):
    """One agent on one day of a cycle."""

    class Route(models.TextChoices):
        INTRAVENOUS = "INTRAVENOUS", "Intravenous"
        ORAL = "ORAL", "Oral"
        SUBCUTANEOUS = "SUBCUTANEOUS", "Subcutaneous"
        INTRAVESICAL = "INTRAVESICAL", "Intravesical"

    class Adjustment(models.TextChoices):
        NONE = "NONE", "None"
        DELAYED = "DELAYED", "Delayed"
        REDUCED = "REDUCED", "Reduced"
        OMITTED = "OMITTED", "Omitted"
        INTERRUPTED = "INTERRUPTED", "Interrupted"
        DISCONTINUED = "DISCONTINUED", "Discontinued"
        INCREASED = "INCREASED", "Increased"

    class Reason(models.TextChoices):
        AE = "AE", "Adverse event"
        HEMATOL_NADIR = "HEMATOL_NADIR", "Hematological nadir"
        RENAL_RECALC = "RENAL_RECALC", "Renal function calculated again"
        WEIGHT_CHANGE = "WEIGHT_CHANGE", "Change of weight"
        CAP_ROUNDING = "CAP_ROUNDING", "Cap or rounding"
        RT_SCHEDULING = "RT_SCHEDULING", "Scheduling of radiotherapy"
        PATIENT = "PATIENT", "Patient's wish"
        LOGISTICS = "LOGISTICS", "Logistics"
        INVESTIGATOR = "INVESTIGATOR", "Investigator's decision"
        OTHER = "OTHER", "Other"

    class DoseLevel(models.TextChoices):
        ZERO = "0", "0"
        MINUS_1 = "-1", "−1"
        MINUS_2 = "-2", "−2"
        MINUS_3 = "-3", "−3"

    Agent = codelist("Agent", AGENTS)

    parent = "cycle"
    path_to_site = "cycle__visit__subject__site"
    path_to_subject = "cycle__visit__subject"

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="administrations")

    day = fields.count("Day", between=(1, 42), sdtm="EC.VISITDY")
    agent = fields.choice("Agent", Agent, sdtm="EC.ECTRT")
    agent_name = fields.text(
        "Name, where it is not listed", sdtm="SUPPEC.ECTRTOTH", longest=80, when=lambda a: a.agent == agents.Agent.OTHER
    )
    given = fields.yes_no("Given", sdtm="EC.ECOCCUR")
    given_on = fields.day("Date", sdtm="EC.ECSTDTC", when=has_dose)
    dose_mg = fields.amount("Dose given", digits=7, places=1, between=(0, 10_000), unit="mg", sdtm="EC.ECDOSE", when=has_dose)
    days_taken = fields.count(
        "By mouth: days taken, the dose a day", between=(0, 42), unit="days", sdtm="SUPPEC.ECDAYS",
        when=lambda a: has_dose(a) and a.agent == agents.Agent.ERDAFITINIB,
    )  # fmt: skip
    route = fields.choice("Route", Route, sdtm="EC.ECROUTE")
    adjustment = fields.choice("Adjustment", Adjustment, sdtm="EC.ECADJ")
    adjustment_reason = fields.choice("Reason", Reason, sdtm="SUPPEC.ECRSADJ", when=was_adjusted)
    dose_level = fields.choice("Dose level", DoseLevel, sdtm="SUPPEC.ECDLVL")

    planned_level = fields.derived("Planned level")
    planned_mg = fields.derived("Planned dose", unit="mg", places=1)
    percent_of_planned = fields.derived("Dose given, percent of planned", places=1)

    sections = (
        Section(
            "Administration",
            (
                "day",
                "agent",
                "agent_name",
                "given",
                "given_on",
                "dose_mg",
                "days_taken",
                "route",
                "adjustment",
                "adjustment_reason",
                "dose_level",
            ),
        ),
    )

    class Meta(Row.Meta):
        constraints = [
            *Row.Meta.constraints,
            models.CheckConstraint(
                name="no_dose_unless_given",
                condition=~Q(given="N") | Q(dose_mg=None, given_on=None),
                violation_error_message=gettext_lazy(
                    "A dose that was not given cannot have an amount or a date. Delete both, or answer that it was given."
                ),
            ),
            OnceAmongRows(
                fields=["cycle", "agent", "agent_name", "day"],
                condition=Q(withdrawn_at=None) & ~Q(agent="") & Q(day__isnull=False),
                name="agent_once_a_day",
                violation_error_message=gettext_lazy("This agent is entered twice for the same day. Withdraw one of the two rows."),
            ),
        ]

    def __str__(self) -> str:
        return f"Day {self.day or '?'}, {self.agent_in_words or 'agent'}"

    @classmethod
    def prefilled(cls, day: int, agent: str, name: str) -> dict[str, Any]:
        """Return the row of a planned dose, as far as the plan says."""
        by_mouth = agent == agents.Agent.ERDAFITINIB
        route = cls.Route.ORAL if by_mouth else cls.Route.INTRAVENOUS
        row = {"day": day, "agent": agent, "route": route.value, "dose_level": cls.DoseLevel.ZERO.value}
        return row | ({"agent_name": name} if name else {})

    @property
    def agent_in_words(self) -> str:
        """The agent by its name, also where the protocol does not list it."""
        return self.agent_name.strip() or str(self.get_agent_display())

    @property
    def given_mg(self) -> Decimal | None:
        """The dose given in mg: of an agent by mouth, of all days on which it was taken; 0 where it was not given."""
        if self.given == "N":
            return Decimal(0)
        return None if self.dose_mg is None else self.dose_mg * (1 if self.days_taken is None else self.days_taken)
