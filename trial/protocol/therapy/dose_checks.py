"""Doubts about a dose of systemic therapy (crf_spec 2.14, checks). A dose is never refused: an overdose must be recordable."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from trial.protocol.doubts import Doubt, Level
from trial.protocol.therapy.dosing import calvert_mg, percent_of_planned
from trial.protocol.therapy.regimens import REGIMENS, Agent, Basis, PlannedAgent, planned_agent

LOW_PERCENT, HIGH_PERCENT, OVERDOSE_PERCENT, CALVERT_PERCENT = 95, 105, 110, 10
DELAY_DAYS, EARLY_DAYS = 3, 3
CISPLATIN_CLEARANCE, CISPLATIN_CLEARANCE_NOTICE = Decimal(50), Decimal(60)  # mL/min
CHEMOTHERAPY = frozenset({Agent.GEMCITABINE, Agent.CISPLATIN, Agent.CARBOPLATIN})
NEUTROPHILS_DAY_1, NEUTROPHILS = Decimal("1.5"), Decimal("1.0")  # 10^9/L
PLATELETS_DAY_1, PLATELETS = Decimal(100), Decimal(75)


class DoseCode(StrEnum):
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
class Given:
    """One agent on one day of a cycle, with what is known of that day. Doses in mg, counts in 10^9/L, clearance in mL/min."""

    regimen: str
    agent: str
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


def dose_doubts(given: Given) -> tuple[Doubt, ...]:
    """All doubts about one dose, in the order of the specification; what is missing raises none (crf_spec 2.14).

    >>> [doubt.code.value for doubt in dose_doubts(Given(regimen="DV_MONO", agent="DISITAMAB_VEDOTIN", actual_mg=Decimal(210)))]
    ['CAP_EXCEEDED']
    """
    checks = (_share, _adjustment, _timing, _cap, _renal, _calvert, _counts, _regimen)
    return tuple(doubt for check in checks for doubt in check(given))


def _share(given: Given) -> list[Doubt]:
    percent = percent_of_planned(given.actual_mg, given.planned_mg)
    if percent is None or not given.actual_mg:
        return []
    said = f"{given.agent} was given at {percent:.1f} % of the planned dose"
    unexplained = given.adjustment == "NONE"
    if percent > OVERDOSE_PERCENT:
        return [Doubt(DoseCode.OVERDOSE, Level.COMPLETE, f"{said}, more than {OVERDOSE_PERCENT} %: give reason, event and deviation.")]
    if percent > HIGH_PERCENT and unexplained:
        return [Doubt(DoseCode.ABOVE_PLAN, Level.SOFT, f"{said}, and no adjustment is entered.")]
    if percent < LOW_PERCENT and unexplained:
        return [Doubt(DoseCode.BELOW_PLAN, Level.SOFT, f"{said}, and no adjustment is entered.")]
    return []


def _adjustment(given: Given) -> list[Doubt]:
    found = []
    if given.adjustment == "REDUCED" and not given.reason:
        found.append(Doubt(DoseCode.REDUCED_WITHOUT_REASON, Level.SOFT, f"{given.agent} was reduced; the reason is missing."))
    before, now = given.previous_dose_level, given.dose_level
    if before is not None and now is not None and before < 0 and now > before:
        found.append(Doubt(DoseCode.RE_ESCALATED, Level.SOFT, f"{given.agent} went up from dose level {before} to {now}."))
    return found


def _timing(given: Given) -> list[Doubt]:
    days = given.delay_days or 0
    if days > DELAY_DAYS and given.adjustment != "DELAYED":
        return [Doubt(DoseCode.DELAY_NOT_SAID, Level.SOFT, f"Cycle {given.cycle} began {days} days late; no delay is entered.")]
    if days < -EARLY_DAYS:
        return [Doubt(DoseCode.TOO_EARLY, Level.SOFT, f"Cycle {given.cycle} began {-days} days early.")]
    return []


def _cap(given: Given) -> list[Doubt]:
    planned = planned_agent(given.regimen, given.agent)
    if planned is None or planned.cap_mg is None or given.actual_mg is None or given.actual_mg <= planned.cap_mg:
        return []
    sentence = f"{given.agent}: {given.actual_mg:f} mg is above the cap of {planned.cap_mg} mg."
    return [Doubt(DoseCode.CAP_EXCEEDED, Level.SOFT, sentence)]


def _renal(given: Given) -> list[Doubt]:
    clearance = given.clearance_ml_min
    if given.agent != Agent.CISPLATIN or not given.actual_mg or clearance is None or clearance >= CISPLATIN_CLEARANCE_NOTICE:
        return []
    level = Level.SOFT if clearance < CISPLATIN_CLEARANCE else Level.NOTICE
    return [Doubt(DoseCode.CISPLATIN_CLEARANCE, level, f"Cisplatin at a clearance of {clearance:.1f} mL/min.")]


def _calvert(given: Given) -> list[Doubt]:
    planned = planned_agent(given.regimen, given.agent)
    auc = given.auc if given.auc is not None else planned.dose if planned and planned.basis == Basis.AUC else None
    clearance = given.clearance_ml_min
    if given.agent != Agent.CARBOPLATIN or not given.actual_mg or auc is None or auc <= 0 or clearance is None or clearance <= 0:
        return []
    calvert = calvert_mg(auc=auc, clearance_ml_min=clearance)
    if 100 * abs(given.actual_mg - calvert) <= CALVERT_PERCENT * calvert:
        return []
    sentence = f"Carboplatin: {given.actual_mg:f} mg is more than {CALVERT_PERCENT} % off Calvert's {calvert:.1f} mg (AUC {auc})."
    return [Doubt(DoseCode.OFF_CALVERT, Level.SOFT, sentence)]


def _counts(given: Given) -> list[Doubt]:
    if given.agent not in CHEMOTHERAPY or not given.actual_mg:
        return []
    first = given.day == 1
    limits = {
        "neutrophils": (given.neutrophils, NEUTROPHILS_DAY_1 if first else NEUTROPHILS),
        "platelets": (given.platelets, PLATELETS_DAY_1 if first else PLATELETS),
    }
    low = [f"{name} {count:f}, below {limit}" for name, (count, limit) in limits.items() if count is not None and count < limit]
    sentence = f"{given.agent} on day {given.day} at {' and '.join(low)} (10⁹/L)."
    return [Doubt(DoseCode.COUNTS_TOO_LOW, Level.SOFT, sentence)] if low else []


def _regimen(given: Given) -> list[Doubt]:
    """A regimen that is not in the library plans nothing that could be contradicted."""
    regimen, planned = REGIMENS.get(given.regimen), planned_agent(given.regimen, given.agent)
    if regimen is None or not regimen.agents:
        return []
    if planned is None:
        return [Doubt(DoseCode.NOT_IN_REGIMEN, Level.SOFT, f"{given.agent} is not part of {regimen.title}.")]
    most = _most_cycles(planned, regimen.max_cycles)
    if most is None or given.cycle <= most:
        return []
    return [Doubt(DoseCode.TOO_MANY_CYCLES, Level.SOFT, f"{given.agent} in cycle {given.cycle}; {most} are planned.")]


def _most_cycles(planned: PlannedAgent, of_regimen: int | None) -> int | None:
    return planned.max_cycles if planned.max_cycles is not None else of_regimen
