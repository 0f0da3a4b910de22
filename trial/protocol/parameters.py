"""Parameters of the protocol (crf_spec 1): each choice that the public record leaves open.

One line is one parameter: default, status, meaning. Status R (registry): the public record says so.
Status A (assumption): the principal investigator may decide otherwise. Block sizes are not among
the parameters, since nobody may see them. The defaults stand here and nowhere else.
"""

# ruff: noqa: RUF009 - defaults that are calls (GateDays(…)) make values that cannot change

from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, NamedTuple, get_type_hints

from trial.protocol.laboratory.ctcae_ladders import Version
from trial.protocol.study import PLANNED_ENROLLMENT


class Status(StrEnum):
    """The origin of a parameter's default: the public registry, or an assumption."""

    REGISTRY = "R"
    ASSUMPTION = "A"


class RandomizationTiming(StrEnum):
    """Randomization after the progression check of cycle 2 (PC2), or before the cycles."""

    AFTER_PC2 = "AFTER_PC2"
    BEFORE_CYCLES = "BEFORE_CYCLES"


class BirthdatePrecision(StrEnum):
    """The part of the date of birth that is collected."""

    YEAR_MONTH = "YEAR_MONTH"


class LnUnitRule(StrEnum):
    """The rule by which non-regional lymph nodes are counted as organ units."""

    SUBREGION = "SUBREGION"
    ALL_NONREGIONAL_AS_ONE = "ALL_NONREGIONAL_AS_ONE"


class BrainLiverLogic(StrEnum):
    """The logic by which brain and liver metastases exclude: each alone, or only together."""

    OR = "OR"
    AND = "AND"


class CgConstant(StrEnum):
    """The constants of the Cockcroft–Gault formula."""

    EXACT = "EXACT"
    SI_ROUNDED = "SI_ROUNDED"
    CN_0818 = "CN_0818"


class CgSource(StrEnum):
    """The creatinine clearance that eligibility uses."""

    COCKCROFT_GAULT = "COCKCROFT_GAULT"
    MEASURED_GFR = "MEASURED_GFR"
    URINE_24H = "URINE_24H"


class BsaFormula(StrEnum):
    """The formula of the body surface area."""

    MOSTELLER = "MOSTELLER"
    DUBOIS = "DUBOIS"


class Pc2Criteria(StrEnum):
    """The criteria of the progression check after cycle 2."""

    RECIST11 = "RECIST11"
    IRECIST_FOR_ICI = "IRECIST_FOR_ICI"


class PfsReference(StrEnum):
    """The sum from which progression is measured."""

    NADIR_SINCE_BL0 = "NADIR_SINCE_BL0"


class RandMethod(StrEnum):
    """The method of randomization."""

    PERMUTED_BLOCK = "PERMUTED_BLOCK"
    MINIMIZATION = "MINIMIZATION"


class Stratum(StrEnum):
    """A factor by which randomization is stratified."""

    SYSCLASS = "SYSCLASS"
    METPAT = "METPAT"
    OMDTYPE = "OMDTYPE"
    ORGANUNITS = "ORGANUNITS"
    SITE = "SITE"


class NontargetNe(StrEnum):
    """The reading of non-target lesions that were assessed in part: NE, or no PD."""

    STRICT = "STRICT"
    LENIENT = "LENIENT"


class GateDays(NamedTuple):
    """Days before gate 1's day and before randomization, which gate 2 is counted back from."""

    gate_1: int
    gate_2: int

    def __str__(self) -> str:
        return f"{self.gate_1} / {self.gate_2}"

    def at(self, gate: int) -> int:
        """Return the days before gate 1 or 2."""
        return self.gate_2 if gate == 2 else self.gate_1


class WeightDays(NamedTuple):
    """Days before and after the specimen in which a weight may have been measured."""

    before: int
    after: int

    def __str__(self) -> str:
        return f"actual weight, -{self.before} to +{self.after}"


class CycleDays(NamedTuple):
    """Days a dose may be given earlier or later than planned."""

    day_1: int
    day_8: int

    def __str__(self) -> str:
        return f"±{self.day_1} (day 8: ±{self.day_8})"


class PresumedEnd(NamedTuple):
    """Days after the last dose from which treatment is presumed to have ended."""

    cycles: int
    days: int
    at_least: int

    def __str__(self) -> str:
        return f"max({self.cycles}·L + {self.days}, {self.at_least})"

    def after(self, cycle_length_days: int | None) -> int:
        """Return the days for a cycle of that length; of an unknown one, the least.

        >>> [DEFAULT.presumed_end_days.after(length) for length in (None, 21, 42)]
        [84, 84, 98]
        """
        return max(self.cycles * (cycle_length_days or 0) + self.days, self.at_least)


class Interval(NamedTuple):
    """A distance of visits in days, and half of the window around each."""

    days: int
    half_window: int

    def __str__(self) -> str:
        return f"every {self.days} ±{self.half_window}"


class AssessmentSchedule(NamedTuple):
    """Tumor assessments, counted in days from randomization."""

    early: Interval
    early_until: int
    late: Interval

    def __str__(self) -> str:
        return f"{self.early} to day {self.early_until}, then {self.late}"

    def assessment(self, number: int) -> tuple[int, Interval]:
        """Return the day of an assessment since randomization, which is number 0, and its interval.

        >>> DEFAULT.ta_schedule.assessment(7)
        (462, Interval(days=84, half_window=14))
        """
        early = self.early_until // self.early.days
        if number <= early:
            return self.early.days * number, self.early
        return self.early_until + self.late.days * (number - early), self.late


class EntryDue(NamedTuple):
    """Days (hours for a serious adverse event) in which data are to be entered."""

    visit_days: int
    urgent_days: int
    sae_hours: int

    def __str__(self) -> str:
        return f"{self.visit_days} / {self.urgent_days} days, {self.sae_hours} h"


# The strata of permuted blocks: both stand in each allocation, whatever the method.
BLOCK_STRATA = (Stratum.SYSCLASS, Stratum.METPAT)

D = Decimal
R, A = Status.REGISTRY, Status.ASSUMPTION
ASSESSMENTS = AssessmentSchedule(Interval(63, 7), 378, Interval(84, 14))


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """The parameters of the protocol, in the order of crf_spec 1."""

    # fmt: off
    randomization_timing: Annotated[RandomizationTiming, A, "Before or after the first 2 cycles"] = RandomizationTiming.AFTER_PC2
    allow_preconsent_cycles: Annotated[bool, A, "Cycles of the current line given before consent may be entered"] = True
    max_preconsent_cycles: Annotated[int, A, "Most cycles before consent that may be entered, all completed"] = 2
    age_max_rule: Annotated[int, A, "Oldest age at consent, completed years: up to the day before the 81st birthday"] = 80
    birthdate_precision: Annotated[BirthdatePrecision, A, "No full date of birth is collected"] = BirthdatePrecision.YEAR_MONTH
    max_organ_units: Annotated[int, R, "Organ units an oligometastatic patient has at most"] = 3
    ln_unit_rule: Annotated[LnUnitRule, A, "Each non-regional node subregion is a unit, or all are one"] = LnUnitRule.SUBREGION
    ln_lateralize: Annotated[bool, A, "Left and right of a paired lymph node subregion are two units"] = True
    local_recurrence_counts: Annotated[bool, A, "Recurrence in renal fossa, ureteral bed or bladder cuff is one unit"] = True
    primary_counts: Annotated[bool, A, "A primary tumor in situ is a unit"] = False
    bone_as_one_organ: Annotated[bool, A, "All bone metastases are one unit"] = True
    liver_max: Annotated[int, R, "Liver metastases that do not yet exclude"] = 3
    brain_liver_logic: Annotated[BrainLiverLogic, A, "Brain or many liver metastases exclude, or only both"] = BrainLiverLogic.OR
    lab_window_days: Annotated[GateDays, A, "Days a laboratory result holds before gate 1 / 2"] = GateDays(14, 7)
    img_window_days: Annotated[GateDays, A, "Days imaging holds before gate 1 / 2"] = GateDays(28, 28)
    brain_img_window_days: Annotated[int, A, "Days brain imaging holds; without it, brain metastases are unknown"] = 42
    ecog_window_days: Annotated[GateDays, A, "Days an ECOG status holds before gate 1 / 2"] = GateDays(14, 7)
    cg_constant: Annotated[CgConstant, A, "Cockcroft–Gault: 72 and 88.4; or 1.23 and 1.04; or 0.818"] = CgConstant.EXACT
    cg_weight: Annotated[WeightDays, A, "Body weight used: the nearest measured, in days around the specimen"] = WeightDays(14, 7)
    bsa_formula: Annotated[BsaFormula, A, "Formula of the body surface area"] = BsaFormula.MOSTELLER
    cycle_window_days: Annotated[CycleDays, A, "Days a dose may be early or late"] = CycleDays(3, 1)
    pc2_half_window: Annotated[int, A, "Days around the target of the check after cycle 2"] = 7
    pc2_min_days_from_c1d1: Annotated[int, A, "Days from first dose to that check, at least; consider 42 for 14-day cycles"] = 0
    pc2_criteria: Annotated[Pc2Criteria, A, "Criteria of that check"] = Pc2Criteria.RECIST11
    rand_after_pc2_max_days: Annotated[int, A, "Days from that check's scan to randomization at most"] = 14
    rt_start_max_days: Annotated[int, A, "Days from randomization to the first fraction at most"] = 28
    presumed_end_days: Annotated[PresumedEnd, A, "Days from the last dose to a presumed end; L: cycle"] = PresumedEnd(2, 14, 84)
    ta_schedule: Annotated[AssessmentSchedule, A, "Days of tumor assessments, from randomization, in both arms"] = ASSESSMENTS
    sfu_interval: Annotated[Interval, A, "Days between contacts in survival follow-up"] = Interval(91, 14)
    sae_clock_h: Annotated[int, A, "Hours from awareness to the report of a serious adverse event"] = 24
    entry_due_days: Annotated[EntryDue, A, "Entry due: visit / eligibility, progression, death / SAE"] = EntryDue(7, 3, 24)
    pfs_reference: Annotated[PfsReference, A, "The sum from which growth is counted"] = PfsReference.NADIR_SINCE_BL0
    rand_method: Annotated[RandMethod, A, "Method of randomization"] = RandMethod.PERMUTED_BLOCK
    strata: Annotated[tuple[Stratum, ...], A, "Systemic therapy, pattern of metastases"] = BLOCK_STRATA
    ab_tumor: Annotated[Decimal, A, "α/β of tumor, Gy"] = D(10)
    ab_late: Annotated[Decimal, A, "α/β of late-responding tissue, Gy"] = D(3)
    coverage_min_pct: Annotated[Decimal, A, "Percent of the prescribed dose that covers a lesion, all fractions given"] = D(95)
    primary_rt_required: Annotated[bool, A, "A primary tumor in situ belongs to the lesions to be irradiated"] = True
    treat_resolved: Annotated[bool, A, "Lesions resolved at randomization are irradiated too"] = False
    cg_source: Annotated[CgSource, A, "Which clearance eligibility uses"] = CgSource.COCKCROFT_GAULT
    ctcae_version: Annotated[Version, A, "CTCAE version of the study's grades; the other stands beside"] = Version.V5
    enrollment_cap: Annotated[int, R, "Subjects to be randomized"] = PLANNED_ENROLLMENT
    overrun: Annotated[int, A, "Allocations beyond that number"] = 0
    recist_continuing_pr: Annotated[bool, A, "A confirmed partial response goes on, instead of stable disease"] = False
    recist_nontarget_ne: Annotated[NontargetNe, A, "Non-targets partly assessed: not evaluable, or no PD"] = NontargetNe.STRICT
    recist_floor_after_cr: Annotated[bool, A, "Reappearance after complete response must reach 5 mm to be progression"] = False
    # fmt: on

    @property
    def before_cycles(self) -> bool:
        """True where subjects are randomized before the two cycles (crf_spec 4.6)."""
        return self.randomization_timing == RandomizationTiming.BEFORE_CYCLES


DEFAULT = Parameters()


class ListedParameter(NamedTuple):
    """A parameter as a page prints it."""

    name: str
    value: str
    status: Status
    meaning: str


def listed(parameters: Parameters = DEFAULT) -> list[ListedParameter]:
    """Return all parameters with their values as a page prints them, in the order of crf_spec 1.

    >>> listed()[5][:3]
    ('MAX_ORGAN_UNITS', '3', <Status.REGISTRY: 'R'>)
    """
    annotated = get_type_hints(Parameters, include_extras=True)
    rows = []
    for field in fields(parameters):
        status, meaning = annotated[field.name].__metadata__
        value = _printed(getattr(parameters, field.name))
        rows.append(ListedParameter(field.name.upper(), value, status, meaning))
    return rows


def _printed(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if type(value) is tuple:
        return " × ".join(map(str, value))
    return str(value)
