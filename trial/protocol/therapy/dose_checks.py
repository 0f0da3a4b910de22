"""Checks of a dose of systemic therapy (crf_spec 2.14, checks).

A dose is never refused: an overdose must be recordable.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from trial.protocol.code_words import agent_name
from trial.protocol.doubts import Doubt, Level
from trial.protocol.rounding import beside
from trial.protocol.sentence import Sentence, both
from trial.protocol.therapy.adjustments import Adjustment
from trial.protocol.therapy.agents import CHEMOTHERAPY, Agent, Basis, PlannedAgent
from trial.protocol.therapy.dosing import calvert_mg, percent_of_planned
from trial.protocol.therapy.regimens import REGIMENS, planned_agent

LOW_PERCENT, HIGH_PERCENT, OVERDOSE_PERCENT, CALVERT_PERCENT = 95, 105, 110, 10
DELAY_DAYS, EARLY_DAYS = 3, 3
CISPLATIN_CLEARANCE, CISPLATIN_CLEARANCE_NOTICE = Decimal(50), Decimal(60)  # mL/min
NEUTROPHILS_DAY_1, NEUTROPHILS = Decimal("1.5"), Decimal("1.0")  # 10^9/L
PLATELETS_DAY_1, PLATELETS = Decimal(100), Decimal(75)  # 10^9/L


class DoseCode(StrEnum):
    """The codes of these doubts."""

    BELOW_PLAN = "BELOW_PLAN"
    ABOVE_PLAN = "ABOVE_PLAN"
    OVERDOSE = "OVERDOSE"
    CAP_EXCEEDED = "CAP_EXCEEDED"
    OFF_CALVERT = "OFF_CALVERT"
    DELAY_NOT_SAID = "DELAY_NOT_SAID"
    TOO_EARLY = "TOO_EARLY"
    REDUCED_WITHOUT_REASON = "REDUCED_WITHOUT_REASON"
    RE_ESCALATED = "RE_ESCALATED"
    NOT_IN_REGIMEN = "NOT_IN_REGIMEN"
    TOO_MANY_CYCLES = "TOO_MANY_CYCLES"
    CISPLATIN_CLEARANCE = "CISPLATIN_CLEARANCE"
    COUNTS_TOO_LOW = "COUNTS_TOO_LOW"


@dataclass(frozen=True, kw_only=True)
class AgentDose:
    """One agent on one day of a cycle, with what is entered about that day.

    `cycle` is its number in its regimen, `options` are those chosen for the regimen. Doses are in
    mg, counts in 10^9/L, clearance in mL/min; an item not entered is None.
    """

    regimen: str
    agent: str
    options: tuple[str, ...] = ()
    cycle: int = 1
    day: int = 1
    actual_mg: Decimal | None = None
    planned_mg: Decimal | None = None
    adjustment: str | None = None
    reason: str | None = None
    dose_level: int | None = None
    previous_dose_level: int | None = None
    delay_days: int | None = None
    clearance_ml_min: Decimal | None = None
    auc: Decimal | None = None
    neutrophils: Decimal | None = None
    platelets: Decimal | None = None

    @property
    def planned(self) -> PlannedAgent | None:
        """The agent as its regimen plans it; None where it is not part of it."""
        return planned_agent(self.regimen, self.agent, self.options)


def dose_doubts(dose: AgentDose) -> tuple[Doubt, ...]:
    """Return all doubts about one dose, in the order of the specification (crf_spec 2.14).

    A missing item raises no doubt.

    >>> dose = AgentDose(regimen="DV_MONO", agent="DISITAMAB_VEDOTIN", actual_mg=Decimal(210))
    >>> [doubt.code.value for doubt in dose_doubts(dose)]
    ['CAP_EXCEEDED']
    """
    checks = (_share, _adjustment, _timing, _cap, _renal, _calvert, _counts, _regimen)
    return tuple(doubt for check in checks for doubt in check(dose))


def _share(dose: AgentDose) -> list[Doubt]:
    percent = percent_of_planned(dose.actual_mg, dose.planned_mg)
    if percent is None or not dose.actual_mg:
        return []
    share = Sentence(
        "{agent} was given at {percent} % of the planned dose",
        agent=agent_name(dose.agent),
        percent=beside(percent, OVERDOSE_PERCENT, HIGH_PERCENT, LOW_PERCENT, places=1),
    )
    if percent > OVERDOSE_PERCENT:
        sentence = Sentence(
            "{share}, more than {overdose_percent} %: give reason, event and deviation.",
            share=share,
            overdose_percent=OVERDOSE_PERCENT,
        )
        return [Doubt(DoseCode.OVERDOSE, Level.COMPLETE, sentence)]
    is_unexplained = dose.adjustment == Adjustment.NONE
    sentence = Sentence("{share}, and no adjustment is entered.", share=share)
    if percent > HIGH_PERCENT and is_unexplained:
        return [Doubt(DoseCode.ABOVE_PLAN, Level.SOFT, sentence)]
    if percent < LOW_PERCENT and is_unexplained:
        return [Doubt(DoseCode.BELOW_PLAN, Level.SOFT, sentence)]
    return []


def _adjustment(dose: AgentDose) -> list[Doubt]:
    doubts = []
    if dose.adjustment == Adjustment.REDUCED and not dose.reason:
        sentence = Sentence(
            "{agent} was reduced; the reason is missing.", agent=agent_name(dose.agent)
        )
        doubts.append(Doubt(DoseCode.REDUCED_WITHOUT_REASON, Level.SOFT, sentence))
    before, now = dose.previous_dose_level, dose.dose_level
    if before is not None and now is not None and before < 0 and now > before:
        sentence = Sentence(
            "{agent} went up from dose level {before} to {now}.",
            agent=agent_name(dose.agent),
            before=before,
            now=now,
        )
        doubts.append(Doubt(DoseCode.RE_ESCALATED, Level.SOFT, sentence))
    return doubts


def _timing(dose: AgentDose) -> list[Doubt]:
    days = dose.delay_days or 0
    if days > DELAY_DAYS and dose.adjustment != Adjustment.DELAYED:
        sentence = Sentence(
            "Cycle {cycle} began {days} days late; no delay is entered.",
            cycle=dose.cycle,
            days=days,
        )
        return [Doubt(DoseCode.DELAY_NOT_SAID, Level.SOFT, sentence)]
    if days < -EARLY_DAYS:
        sentence = Sentence("Cycle {cycle} began {days} days early.", cycle=dose.cycle, days=-days)
        return [Doubt(DoseCode.TOO_EARLY, Level.SOFT, sentence)]
    return []


def _cap(dose: AgentDose) -> list[Doubt]:
    cap_mg = dose.planned.cap_at(dose.dose_level) if dose.planned else None
    if cap_mg is None or dose.actual_mg is None or dose.actual_mg <= cap_mg:
        return []
    sentence = Sentence(
        "{agent}: {actual_mg:f} mg is above the cap of {cap_mg} mg.",
        agent=agent_name(dose.agent),
        actual_mg=dose.actual_mg,
        cap_mg=cap_mg,
    )
    return [Doubt(DoseCode.CAP_EXCEEDED, Level.SOFT, sentence)]


def _renal(dose: AgentDose) -> list[Doubt]:
    clearance = dose.clearance_ml_min
    if dose.agent != Agent.CISPLATIN or not dose.actual_mg:
        return []
    if clearance is None or clearance >= CISPLATIN_CLEARANCE_NOTICE:
        return []
    level = Level.SOFT if clearance < CISPLATIN_CLEARANCE else Level.NOTICE
    sentence = Sentence("Cisplatin at a clearance of {clearance:.1f} mL/min.", clearance=clearance)
    return [Doubt(DoseCode.CISPLATIN_CLEARANCE, level, sentence)]


def _calvert(dose: AgentDose) -> list[Doubt]:
    if dose.agent != Agent.CARBOPLATIN or not dose.actual_mg:
        return []
    auc, clearance = _auc(dose), dose.clearance_ml_min
    if auc is None or auc <= 0 or clearance is None or clearance <= 0:
        return []
    calvert = calvert_mg(auc=auc, clearance_ml_min=clearance)
    if 100 * abs(dose.actual_mg - calvert) <= CALVERT_PERCENT * calvert:
        return []
    sentence = Sentence(
        "Carboplatin: {actual_mg:f} mg is more than {calvert_percent} % off "
        "Calvert's {calvert:.1f} mg (AUC {auc}).",
        actual_mg=dose.actual_mg,
        calvert_percent=CALVERT_PERCENT,
        calvert=calvert,
        auc=auc,
    )
    return [Doubt(DoseCode.OFF_CALVERT, Level.SOFT, sentence)]


def _auc(dose: AgentDose) -> Decimal | None:
    """Return the AUC entered, else that of the regimen."""
    if dose.auc is not None:
        return dose.auc
    planned = dose.planned
    return planned.dose if planned and planned.basis == Basis.AUC else None


def _counts(dose: AgentDose) -> list[Doubt]:
    if dose.agent not in CHEMOTHERAPY or not dose.actual_mg:
        return []
    is_first = dose.day == 1
    limits = {
        "neutrophils": (dose.neutrophils, NEUTROPHILS_DAY_1 if is_first else NEUTROPHILS),
        "platelets": (dose.platelets, PLATELETS_DAY_1 if is_first else PLATELETS),
    }
    low = []
    for cell, (count, limit) in limits.items():
        if count is not None and count < limit:
            low.append(
                Sentence("{cell} {count:f}, below {limit}", cell=cell, count=count, limit=limit)
            )
    if not low:
        return []
    sentence = Sentence(
        "{agent} on day {day} at {counts} (10⁹/L).",
        agent=agent_name(dose.agent),
        day=dose.day,
        counts=both(low),
    )
    return [Doubt(DoseCode.COUNTS_TOO_LOW, Level.SOFT, sentence)]


def _regimen(dose: AgentDose) -> list[Doubt]:
    """Return doubts about agent and cycle.

    A regimen that is not in the library plans nothing that could be contradicted.
    """
    regimen = REGIMENS.get(dose.regimen)
    planned = dose.planned
    if regimen is None or not regimen.agents:
        return []
    if planned is None:
        sentence = Sentence(
            "{agent} is not part of {title}.", agent=agent_name(dose.agent), title=regimen.title
        )
        return [Doubt(DoseCode.NOT_IN_REGIMEN, Level.SOFT, sentence)]
    of_agent, of_regimen = planned.max_cycles, regimen.max_cycles
    max_cycles = of_agent if of_agent is not None else of_regimen
    if max_cycles is None or dose.cycle <= max_cycles:
        return []
    sentence = Sentence(
        "{agent} in cycle {cycle}; {max_cycles} are planned.",
        agent=agent_name(dose.agent),
        cycle=dose.cycle,
        max_cycles=max_cycles,
    )
    return [Doubt(DoseCode.TOO_MANY_CYCLES, Level.SOFT, sentence)]
