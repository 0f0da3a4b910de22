"""The regimens of systemic therapy, each in force from its own day (crf_spec 2.14, SYSREG)."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from trial import fields
from trial.models import OnceAmongRows, Problem, Record, Row, Section, Visit, parameters_on, readable
from trial.protocol.therapy import agents as library
from trial.protocol.therapy import in_force, regimens
from trial.protocol.therapy.cycle_days import LAST_DAY, days_of
from trial.refusals import Code, impossible

from .codes.lists import codelist, worded
from .codes.regimen import ANTIBODY, BASES, PLATINUM, ROLES, SWITCH_REASONS

OTHER = regimens.OTHER
FIRST = ("", in_force.Role.INDUCTION)
"""The roles of a regimen that is not entered as a later one."""
INDUCTION_ENTERED = gettext_lazy(
    "An induction is entered already. A later regimen is a switch or a maintenance; "
    "the next line of treatment after progression is no regimen of the study."
)
AGENTS = {str(code): (str(code), code.replace("_", " ").capitalize()) for code in library.AGENTS}


def offers(part: library.Part) -> Any:  # Any: a condition of an item, see trial/fields/kinds.py
    """Return the condition that the part of the regimen is given in several ways, of which one is chosen."""
    return lambda r: r.code in regimens.REGIMENS and bool(regimens.REGIMENS[r.code].choices(part))


class Regimen(Record):
    """A regimen of systemic therapy on study, in force from its own day (crf_spec 2.14, SYSREG)."""

    Role = codelist("Role", worded(ROLES))
    SwitchReason = codelist("SwitchReason", worded(SWITCH_REASONS))
    Platinum = codelist("Platinum", worded(PLATINUM))
    Antibody = codelist("Antibody", worded(ANTIBODY))

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

    OPTIONS = {library.Part.PLATINUM: "platinum", library.Part.ICI: "antibody"}
    """The items in which a way of giving a part of the regimen is chosen."""

    several = True
    moves_the_schedule = True

    code = fields.choice("Regimen", Code, sdtm="EC.ECTRT")
    role = fields.choice("Role", Role, sdtm="SUPPEC.REGROLE")
    from_on = fields.day("In force from", planned=True, sdtm="SUPPEC.REGSTDTC")
    switch_reason = fields.choice(
        "Reason of the switch", SwitchReason, sdtm="SUPPEC.REGSWRSN", when=lambda r: r.role == in_force.Role.SWITCH
    )
    regimen_class = fields.choice("Class", RegimenClass, sdtm="EC.ECSCAT")
    platinum = fields.choice("Platinum, dose and days", Platinum, sdtm="SUPPEC.PLATOPT", when=offers(library.Part.PLATINUM))
    antibody = fields.choice("Antibody, dose", Antibody, sdtm="SUPPEC.ICIOPT", when=offers(library.Part.ICI))
    other_agents = fields.text("Other regimen: remarks", sdtm="SUPPEC.REGOTH", optional=True)
    other_approved = fields.yes_no("Other regimen: approved by the investigator", sdtm="SUPPEC.REGAPPR", when=lambda r: r.code == OTHER)
    cycle_length_days = fields.count("Cycle length", between=(7, 42), unit="days", sdtm="SUPPEC.CYCLEN")
    max_cycles = fields.count("Planned number of cycles at most", between=(1, 60), sdtm="SUPPEC.MAXCYC", optional=True)
    preconsent_cycles = fields.count(
        "Cycles completed before consent", between=(0, 6), sdtm="SUPPEC.PRECNS", when=lambda r: r.role in FIRST
    )
    cisplatin_eligible = fields.yes_no("Eligible for cisplatin", sdtm="SUPPEC.CISELIG", when=lambda r: r.role != in_force.Role.MAINTENANCE)
    cisplatin_reasons = fields.codes(
        "Not eligible for cisplatin because of", CisplatinReason, sdtm="SUPPEC.CISRSN", when=lambda r: r.cisplatin_eligible == "N"
    )

    sections = (
        Section("Regimen", ("code", "role", "from_on", "switch_reason", "regimen_class")),
        Section("Plan", ("platinum", "antibody", "cycle_length_days", "max_cycles", "preconsent_cycles")),
        Section("Other regimen", ("other_agents", "other_approved")),
        Section("Cisplatin", ("cisplatin_eligible", "cisplatin_reasons")),
    )

    class Meta(Record.Meta):
        verbose_name = "systemic regimen"

    @classmethod
    def prefilled(cls, visit: Visit) -> dict[str, Any]:
        """Return the role of the first regimen."""
        return {} if cls.objects.of(visit.subject).exists() else {"role": in_force.Role.INDUCTION.value}

    @classmethod
    def in_force(cls, entered: Sequence["Regimen"], *, on: date) -> "Regimen | None":
        """Return the regimen in force on a day, of a subject's regimens in the order of their entry."""
        return in_force.in_force(cls.named(entered), on=on)

    @staticmethod
    def named(entered: Sequence["Regimen"]) -> list["Regimen"]:
        """Return the regimens that name their code; where none does, the one entered last."""
        return [regimen for regimen in entered if regimen.code] or list(entered[-1:])

    @property
    def most_cycles(self) -> int | None:
        """The maximum that is entered, else the library's; None where it goes on until progression or toxicity."""
        return self.max_cycles or (regimens.REGIMENS[self.code].max_cycles if self.code else None)

    @property
    def belongs_to_common(self) -> bool:
        """Return whether the record belongs to the common visit: a later regimen may be entered there (crf_spec 3.1)."""
        return self.visit.is_common and self.role != in_force.Role.INDUCTION

    @property
    def sysclass(self) -> str:
        """The stratum ICI_CONTAINING or NO_ICI; empty where class and agents leave it open (crf_spec 2.13)."""
        planned = [agent.agent for agent in self.planned_agents()]
        return str(regimens.sysclass(self.regimen_class, planned) or "") if self.regimen_class else ""

    @property
    def options(self) -> list[str]:
        """The ways that were chosen."""
        return [option for item in self.OPTIONS.values() if (option := getattr(self, item))]

    def planned_agents(self) -> tuple[library.PlannedAgent, ...]:
        """Return the agents as they are planned: by the library and the options, or by the rows."""
        if self.code == OTHER:
            return tuple(row.planned() for row in self.rows(RegimenAgent) if row.is_dosed)
        return regimens.REGIMENS[self.code].planned(self.options) if self.code else ()

    def planned_agent(self, agent: str, name: str = "") -> library.PlannedAgent | None:
        """Return an agent as it is planned; of those that the protocol does not list, the one of that name.

        None where the regimen does not plan it.
        """
        if self.code != OTHER:
            return regimens.planned_agent(self.code, agent, self.options) if self.code else None
        named = (planned for planned in self.planned_agents() if planned.agent == agent)
        return next((planned for planned in named if planned.name.casefold() == name.strip().casefold()), None)

    def clean(self) -> None:
        """Refuse another option once the regimen's first dose was given (crf_spec 2.14)."""
        super().clean()
        stored = type(self).objects.standing().filter(pk=self.pk).first() if self.pk else None
        if stored is None or stored.code != self.code:
            return
        for item in (*self.OPTIONS.values(), "cycle_length_days"):
            before = getattr(stored, item)
            if before not in ("", None) and before != getattr(self, item) and (on := stored.first_dose_on()):
                raise impossible(Code.OPTION_FIXED, item=item, label=self.shown()[item].label, on=on)

    def first_dose_on(self) -> date | None:
        """Return the day of the first dose in the cycles in which the regimen is in force."""
        from .systemic_therapy import Cycle  # its rows name this form

        entered = list(type(self).objects.of(self.subject).order_by("pk"))
        days = (min(cycle.days_given(), default=None) for cycle in Cycle.objects.of(self.subject))
        return min((day for day in days if day and type(self).in_force(entered, on=day) == self), default=None)

    def inconsistencies(self) -> Iterator[Problem]:
        """Yield what keeps the form from being complete: class, option, role, agents, cycles before consent."""
        regimen = regimens.REGIMENS.get(self.code)
        if regimen and self.code != OTHER and self.regimen_class and self.regimen_class != regimen.regimen_class:
            sentence = _("Choose the class {regimen_class}: {regimen} belongs to it.")
            name = readable(self._meta.get_field("regimen_class"), regimen.regimen_class)
            yield "regimen_class", sentence.format(regimen=_(regimen.title), regimen_class=name)
        for part, item in self.OPTIONS.items():
            option = getattr(self, item)
            if regimen and option and option not in regimen.choices(part):
                sentence = _("“{option}” is no way of giving {regimen}. Choose another, or delete it.")
                yield item, sentence.format(option=self.shown()[item].value, regimen=_(regimen.title))
        if self.code == OTHER and not self.rows(RegimenAgent):
            yield "", _("No agent is entered. Add a row for each agent, with its name, dose and days.")
        yield from self._place_among_regimens()
        yield from self._cycles_before_consent()

    def _place_among_regimens(self) -> Iterator[Problem]:
        """Yield what contradicts the regimens entered before: a second induction, or a later regimen that follows none."""
        entered = type(self).objects.of(self.subject).exclude(pk=self.pk).exclude(code="")
        if self.role == in_force.Role.INDUCTION and entered.filter(role=self.role).exists():
            yield "role", str(INDUCTION_ENTERED)
        if self.from_on is None:
            return
        if self.role in FIRST:
            if entered.filter(from_on__lte=self.from_on).exists():
                yield (
                    "from_on",
                    _("A later regimen is in force from {day} or earlier. Correct one of the two days.").format(day=self.from_on),
                )
            return
        if not entered.filter(Q(from_on=None) | Q(from_on__lt=self.from_on)).exists():
            yield "from_on", _("No regimen is in force before {day}. Enter it, or correct the day.").format(day=self.from_on)
        if entered.filter(from_on=self.from_on).exists():
            yield "from_on", _("Another regimen is in force from {day}, too. Correct one of the two days.").format(day=self.from_on)

    def _cycles_before_consent(self) -> Iterator[Problem]:
        """Yield what ALLOW_PRECONSENT_CYCLES and MAX_PRECONSENT_CYCLES forbid (crf_spec 1), as in force at the visit."""
        parameters = parameters_on(self.visit.held_on or self.subject.site.today())
        if self.preconsent_cycles and not parameters.allow_preconsent_cycles:
            yield "preconsent_cycles", _("Cycles before consent are not allowed (ALLOW_PRECONSENT_CYCLES). Enter 0.")
        elif (self.preconsent_cycles or 0) > parameters.max_preconsent_cycles:
            sentence = _("At most {number} cycles before consent are allowed (MAX_PRECONSENT_CYCLES). Correct the number.")
            yield "preconsent_cycles", sentence.format(number=parameters.max_preconsent_cycles)


class RegimenAgent(Row):
    """An agent of a regimen that the protocol does not list, with its dose and days (crf_spec 2.14, OTHER)."""

    Basis = codelist("Basis", worded(BASES))
    Agent = codelist("Agent", AGENTS)

    parent = "regimen"
    path_to_site = "regimen__visit__subject__site"
    path_to_subject = "regimen__visit__subject"

    regimen = models.ForeignKey(Regimen, models.PROTECT, related_name="agents")

    agent = fields.choice("Agent", Agent, sdtm="EC.ECTRT")
    name = fields.text(
        "Name, where it is not listed", sdtm="SUPPEC.ECTRTOTH", longest=80, when=lambda row: row.agent == library.Agent.OTHER
    )
    dose = fields.amount("Dose", digits=7, places=2, between=("0.01", 10_000), sdtm="SUPPEC.ECDOSPLL")
    basis = fields.choice("Dose in", Basis, sdtm="SUPPEC.ECDOSBAS")
    days = fields.text("Days of the cycle, as 1, 8", sdtm="SUPPEC.REGDAYS", longest=80)

    sections = (Section("Agent", ("agent", "name", "dose", "basis", "days")),)

    class Meta(Row.Meta):
        verbose_name = "agent of an unlisted regimen"
        verbose_name_plural = "agents of an unlisted regimen"
        constraints = [
            *Row.Meta.constraints,
            OnceAmongRows(
                fields=["regimen", "agent", "name"],
                condition=Q(withdrawn_at=None) & ~Q(agent=""),
                name="agent_once_in_a_regimen",
                violation_error_message=gettext_lazy("This agent is entered twice for the same regimen."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.get_agent_display() or "agent")

    @property
    def is_dosed(self) -> bool:
        """Return whether agent, dose, basis and days are entered."""
        return bool(self.agent and self.dose and self.basis and self.days)

    def planned(self) -> library.PlannedAgent:
        """Return the agent as it is planned."""
        return library.PlannedAgent(
            library.Agent(self.agent),
            library.Part.UNLISTED,
            Decimal(self.dose or 0),
            library.Basis(self.basis),
            days_of(self.days),
            name=self.name.strip(),
        )

    def clean(self) -> None:
        """Refuse days that are none of a cycle."""
        super().clean()
        if self.days and not days_of(self.days):
            sentence = _("Write the days of the cycle as numbers from 1 to {last}, with a comma between them: 1, 8.")
            raise impossible(Code.IMPOSSIBLE, item="days", sentence=sentence.format(last=LAST_DAY))
