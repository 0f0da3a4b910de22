"""Systemic therapy: the regimen, its cycles and each dose (crf_spec 2.14)."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from trial import fields
from trial.models import OnceAmongRows, OnceOfASubject, Problem, Record, Row, Section, Visit, parameters_on
from trial.protocol.therapy import regimens
from trial.refusals import Code, impossible

from .codelists import codelist
from .vital_signs import VitalSigns

OTHER = "OTHER"
"""The code of a regimen that the protocol does not list."""


class Regimen(Record):
    """The systemic therapy chosen for the subject (crf_spec 2.14, SYSREG)."""

    class RegimenClass(models.TextChoices):
        CHEMO = "CHEMO", "Chemotherapy"
        ICI = "ICI", "Immune checkpoint inhibitor"
        CHEMO_ICI = "CHEMO_ICI", "Chemotherapy and checkpoint inhibitor"
        ADC_ICI = "ADC_ICI", "Antibody-drug conjugate and checkpoint inhibitor"
        ADC = "ADC", "Antibody-drug conjugate"
        OTHER = "OTHER", "Other"

    class CisplatinReason(models.TextChoices):
        CRCL_BELOW_60 = "CRCL_BELOW_60", "Creatinine clearance below 60 mL/min"
        ECOG_2 = "ECOG_2", "ECOG 2 or worse"
        NEUROPATHY_2 = "NEUROPATHY_2", "Neuropathy grade 2 or worse"
        HEARING_2 = "HEARING_2", "Hearing loss grade 2 or worse"
        NYHA_3 = "NYHA_3", "Heart failure NYHA III or worse"

    Code = codelist("Code", {code: (code, regimen.title) for code, regimen in regimens.REGIMENS.items()})

    several = True
    moves_the_schedule = True

    code = fields.choice("Regimen", Code, sdtm="EC.ECTRT")
    regimen_class = fields.choice("Class", RegimenClass, sdtm="EC.ECSCAT")
    other_agents = fields.text("Other regimen: agents, doses, days", sdtm="SUPPEC.REGOTH", when=lambda r: r.code == OTHER)
    cycle_length_days = fields.count("Cycle length", between=(7, 42), unit="days", sdtm="SUPPEC.CYCLEN")
    max_cycles = fields.count("Planned number of cycles at most", between=(1, 60), sdtm="SUPPEC.MAXCYC", optional=True)
    preconsent_cycles = fields.count("Cycles completed before consent", between=(0, 6), sdtm="SUPPEC.PRECNS")
    cisplatin_eligible = fields.yes_no("Eligible for cisplatin", sdtm="SUPPEC.CISELIG")
    cisplatin_reasons = fields.codes(
        "Not eligible for cisplatin because of", CisplatinReason, sdtm="SUPPEC.CISRSN", when=lambda r: r.cisplatin_eligible == "N"
    )

    sections = (
        Section("Regimen", ("code", "regimen_class", "other_agents", "cycle_length_days", "max_cycles", "preconsent_cycles")),
        Section("Cisplatin", ("cisplatin_eligible", "cisplatin_reasons")),
    )

    class Meta(Record.Meta):
        verbose_name = "systemic regimen"

    @property
    def sysclass(self) -> str:
        """The stratum ICI_CONTAINING or NO_ICI; empty where the class leaves it open (crf_spec 2.13)."""
        return str(regimens.sysclass(self.regimen_class) or "") if self.regimen_class else ""

    def inconsistencies(self) -> Iterator[Problem]:
        """Yield what keeps the form from being complete: another class than the regimen's, too many cycles before."""
        regimen = regimens.REGIMENS.get(self.code)
        if regimen and self.code != OTHER and self.regimen_class and self.regimen_class != regimen.regimen_class:
            sentence = _("{regimen} is of the class {regimen_class}.")
            yield "regimen_class", sentence.format(regimen=regimen.title, regimen_class=regimen.regimen_class)
        yield from self._cycles_before_consent()

    def _cycles_before_consent(self) -> Iterator[Problem]:
        """Yield what ALLOW_PRECONSENT_CYCLES and MAX_PRECONSENT_CYCLES forbid (crf_spec 1), as in force at the visit."""
        parameters = parameters_on(self.visit.held_on or self.subject.site.today())
        if self.preconsent_cycles and not parameters.allow_preconsent_cycles:
            yield "preconsent_cycles", _("No cycle may be given before consent: the parameter ALLOW_PRECONSENT_CYCLES says so.")
        elif (self.preconsent_cycles or 0) > parameters.max_preconsent_cycles:
            sentence = _("{number} cycles before consent are allowed (MAX_PRECONSENT_CYCLES).")
            yield "preconsent_cycles", sentence.format(number=parameters.max_preconsent_cycles)


class Cycle(Record):
    """Systemic therapy, one cycle (crf_spec 2.14, SYSADM; CDASH EC)."""

    moves_the_schedule = True

    number = fields.count("Cycle", between=(1, 60), sdtm="EC.ECSPID")
    weight_kg = fields.amount("Weight used for dosing", digits=4, places=1, between=(25, 250), unit="kg", sdtm="VS.WEIGHT")
    height_cm = fields.amount("Height used for dosing", digits=4, places=1, between=(120, 220), unit="cm", sdtm="VS.HEIGHT")
    clearance_ml_min = fields.amount(
        "Creatinine clearance used for dosing", digits=5, places=2, between=(1, 300), unit="mL/min", sdtm="SUPPEC.CRCLDOSE",
        when=lambda c: any(row.agent == regimens.Agent.CARBOPLATIN for row in c.rows(Administration)),
    )  # fmt: skip
    beyond_progression = fields.yes_no("Given beyond progression", sdtm="SUPPEC.TBP", optional=True)

    day_1 = fields.derived("Day 1")
    delay_days = fields.derived("Later than planned", unit="days")
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
        code = Regimen.objects.of(visit.subject).exclude(code="").order_by("-pk").values_list("code", flat=True).first()
        agents = regimens.REGIMENS[code].agents if code else ()
        doses = sorted((day, planned.agent.value) for planned in agents for day in planned.days)
        usual = {"route": Administration.Route.INTRAVENOUS.value, "dose_level": Administration.DoseLevel.ZERO.value}
        return {Administration: [{"day": day, "agent": agent, **usual} for day, agent in doses]}

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
        yield from self._days_in_order()

    def _days_in_order(self) -> Iterator[Problem]:
        days = sorted((row.day, row.given_on) for row in self.rows(Administration) if row.day and row.given_on)
        for (early, first_on), (late, second_on) in pairwise(days):
            if early < late and first_on >= second_on:
                sentence = _("Day {late} ({late_on}) does not come after day {early} ({early_on}).")
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

    Agent = codelist("Agent", {str(code): (str(code), code.replace("_", " ").capitalize()) for code in regimens.AGENTS})

    parent = "cycle"
    path_to_site = "cycle__visit__subject__site"
    path_to_subject = "cycle__visit__subject"

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="administrations")

    day = fields.count("Day", between=(1, 42), sdtm="EC.VISITDY")
    agent = fields.choice("Agent", Agent, sdtm="EC.ECTRT")
    given = fields.yes_no("Given", sdtm="EC.ECOCCUR")
    given_on = fields.day("Date", sdtm="EC.ECSTDTC", when=has_dose)
    dose_mg = fields.amount("Dose given", digits=7, places=1, between=(0, 10_000), unit="mg", sdtm="EC.ECDOSE", when=has_dose)
    route = fields.choice("Route", Route, sdtm="EC.ECROUTE")
    adjustment = fields.choice("Adjustment", Adjustment, sdtm="EC.ECADJ")
    adjustment_reason = fields.choice("Reason", Reason, sdtm="SUPPEC.ECRSADJ", when=was_adjusted)
    dose_level = fields.choice("Dose level", DoseLevel, sdtm="SUPPEC.ECDLVL")

    planned_level = fields.derived("Planned level")
    planned_mg = fields.derived("Planned dose", unit="mg", places=1)
    percent_of_planned = fields.derived("Given, of planned", unit="%", places=1)

    sections = (
        Section(
            "Administration", ("day", "agent", "given", "given_on", "dose_mg", "route", "adjustment", "adjustment_reason", "dose_level")
        ),
    )

    class Meta(Row.Meta):
        constraints = [
            *Row.Meta.constraints,
            models.CheckConstraint(
                name="no_dose_unless_given",
                condition=~Q(given="N") | Q(dose_mg=None, given_on=None),
                violation_error_message=gettext_lazy(
                    "What was not given has no dose and no date. Delete them, or answer “Given” with yes."
                ),
            ),
            OnceAmongRows(
                fields=["cycle", "agent", "day"],
                condition=Q(withdrawn_at=None) & ~Q(agent="") & Q(day__isnull=False),
                name="agent_once_a_day",
                violation_error_message=gettext_lazy("This agent is entered twice for the same day."),
            ),
        ]

    def __str__(self) -> str:
        return f"Day {self.day or '?'}, {self.get_agent_display() or 'agent'}"
