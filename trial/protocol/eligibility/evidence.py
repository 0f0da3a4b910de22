"""What eligibility is judged by (crf_spec 2.12, evidence fields): plain values, as entered. None or empty is not yet entered.

Values with a date count in a window that ends on the day of the gate; of those in it, the latest counts. Answers are the
codes of the forms: Y, N, U, and so on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar

from trial.protocol.eligibility.age import AgeContradicted, ages, possible_ages
from trial.protocol.eligibility.organ_units import Lesion
from trial.protocol.kleene import Truth
from trial.protocol.laboratory.reported import Reported


@dataclass(frozen=True, kw_only=True)
class Ecog:
    grade: int
    on: date


@dataclass(frozen=True, kw_only=True)
class LabValue:
    """A result in the test's standard unit, and the upper limit of normal in it where one range holds."""

    test: str
    result: Reported
    on: date
    uln: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Weight:
    kg: Decimal
    on: date


@dataclass(frozen=True, kw_only=True)
class Clearance:
    """Measured, in mL/min; source is MEASURED_GFR or URINE_24H."""

    source: str
    result: Reported
    on: date


@dataclass(frozen=True, kw_only=True)
class Administration:
    """One agent in one cycle (or on one of its days), as crf_spec 2.14 codes adjustment and reason."""

    cycle: int
    agent: str
    adjustment: str | None = None
    reason: str | None = None
    percent: Decimal | None = None
    dose_level: int | None = None
    delay_days: int | None = None
    complete: bool = False


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The gate's day is that of the first dose (gate 1) or of randomization (gate 2), as planned or done."""

    gate_on: date | None = None

    # primary tumor, the index primary's (crf_spec 2.5)
    histology_confirmed: str | None = None
    histology_source: str | None = None
    histology_type: str | None = None
    variant_components: frozenset[str] = frozenset()
    variant_percent: Decimal | int | None = None
    clinical_setting: str | None = None

    # lesions (2.8) and extent of disease (2.9)
    lesions: tuple[Lesion, ...] = ()
    brain_imaged: str | None = None
    brain_imaged_on: date | None = None
    brain_result: str | None = None
    liver_metastases: str | None = None
    pericardial: str | None = None
    pleural: str | None = None
    abdominopelvic: str | None = None
    cord_risk: str | None = None
    radiotherapy_feasible: str | None = None
    survival_6_months: str | None = None

    # consent (2.4); the version: valid at the site on the day of signature
    consent_signed_on: date | None = None
    consent_version_valid: bool | None = None
    consent_declined: bool = False
    consent_withdrawn_on: date | None = None
    first_study_procedure_on: date | None = None

    # demographics (2.3)
    birth_month: str | None = None
    age_confirmed: int | None = None
    sex: str | None = None

    # measurements (2.10, 2.11)
    ecog: tuple[Ecog, ...] = ()
    laboratory: tuple[LabValue, ...] = ()
    weights: tuple[Weight, ...] = ()
    clearances: tuple[Clearance, ...] = ()

    # cycles 1 and 2 (2.14), and whether progression was assessed after them (4)
    induction: tuple[Administration, ...] = ()
    progression: Truth = Truth.UNKNOWN

    def ages_on(self, on: date | None) -> frozenset[int]:
        """Ages in completed years that are possible on a day (2.3); none where nothing is known. Never raises.

        >>> sorted(Evidence(birth_month="1944-06").ages_on(date(2025, 6, 15)))
        [80, 81]
        """
        if not on or not self.birth_month:
            return frozenset()
        try:
            return ages(self.birth_month, on=on, confirmed=self.age_confirmed, consent_on=self.consent_signed_on)
        except AgeContradicted:
            return possible_ages(self.birth_month, on=on)


class Dated(Protocol):
    @property
    def on(self) -> date: ...


D = TypeVar("D", bound=Dated)


def latest(values: Iterable[D], *, until: date | None, days: int) -> list[D]:
    """The latest values in the window of so many days that ends on a day, both ends included (crf_spec 1).

    Several only if they are of the same day; none without that day.

    >>> latest([Ecog(grade=1, on=date(2025, 3, 1))], until=date(2025, 3, 15), days=14)[0].grade
    1
    """
    within = [value for value in values if until and 0 <= (until - value.on).days <= days]
    return [value for value in within if value.on == max(other.on for other in within)]


def agreed(truths: Iterable[Truth]) -> Truth:
    """What all say (crf_spec 2.12); UNKNOWN where they contradict one another, or none says anything.

    >>> agreed([Truth.MET, Truth.NOT_MET])
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    said = set(truths)
    return said.pop() if len(said) == 1 else Truth.UNKNOWN
