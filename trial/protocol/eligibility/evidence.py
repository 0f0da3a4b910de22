"""The evidence that eligibility is judged by (crf_spec 2.12, evidence fields).

The values are plain, as entered. An item that is None or empty has not been entered yet. Answers
are the codes of the forms: Y, N, U, and so on. Values with a date count in a window that ends on
the day of the gate; of the values in the window, the latest counts.
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
    """An ECOG performance status, 0 to 5 (crf_spec 2.11)."""

    grade: int
    on: date


@dataclass(frozen=True, kw_only=True)
class LabValue:
    """A result in the test's standard unit (crf_spec 2.10).

    `uln` is the upper limit of normal in that unit, where exactly one reference range holds.
    """

    test: str
    result: Reported
    on: date
    uln: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Weight:
    """A measured body weight."""

    kg: Decimal
    on: date


@dataclass(frozen=True, kw_only=True)
class Clearance:
    """A measured clearance in mL/min; `source` is one of CG_SOURCE: MEASURED_GFR or URINE_24H."""

    source: str
    result: Reported
    on: date


@dataclass(frozen=True, kw_only=True)
class Administration:
    """One agent in one cycle, or on one of its days (crf_spec 2.14).

    `adjustment` and `reason` are codes of therapy.adjustments; `percent` is the share of the
    planned dose. `complete` says that nothing is left to be entered.
    """

    cycle: int
    agent: str
    adjustment: str | None = None
    reason: str | None = None
    percent: Decimal | None = None
    dose_level: int | None = None
    delay_days: int | None = None
    complete: bool = False


@dataclass(frozen=True, kw_only=True)
class Switch:
    """A switch to another regimen between cycle 1 and randomization, by its own day (2.14).

    `reason` is a code of therapy.in_force; `after_check` says that it came after the first scan day
    of the assessment that decides the check after cycle 2.
    """

    on: date
    reason: str | None = None
    after_check: bool = False


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The values that one subject's eligibility at one gate is judged by.

    `gate_on` is the day of the first dose (gate 1) or of randomization (gate 2), planned or done.
    """

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
    switches: tuple[Switch, ...] = ()
    progression: Truth = Truth.UNKNOWN

    def ages_on(self, on: date | None) -> frozenset[int]:
        """Return the ages in completed years that are possible on a day (crf_spec 2.3).

        Never raises. There are none where the day or the month of birth is not known. A confirmed
        age that contradicts the month of birth is left out of account.

        >>> sorted(Evidence(birth_month="1944-06").ages_on(date(2025, 6, 15)))
        [80, 81]
        """
        if not on or not self.birth_month:
            return frozenset()
        try:
            return ages(
                self.birth_month,
                on=on,
                confirmed=self.age_confirmed,
                consent_on=self.consent_signed_on,
            )
        except AgeContradicted:
            return possible_ages(self.birth_month, on=on)


class Dated(Protocol):
    """A value that bears the day of its measurement."""

    @property
    def on(self) -> date: ...


D = TypeVar("D", bound=Dated)


def latest(values: Iterable[D], *, until: date | None, days: int) -> list[D]:
    """Return the latest values in the window of so many days that ends on `until` (crf_spec 1).

    Both ends are in the window. There are several values only if they are of the same day, and none
    while the day is not known.

    >>> latest([Ecog(grade=1, on=date(2025, 3, 1))], until=date(2025, 3, 15), days=14)[0].grade
    1
    """
    if until is None:
        return []
    within = [value for value in values if 0 <= (until - value.on).days <= days]
    latest_on = max((value.on for value in within), default=None)
    return [value for value in within if value.on == latest_on]


def agreed(truths: Iterable[Truth]) -> Truth:
    """Return the truth on which all agree (crf_spec 2.12).

    UNKNOWN where they contradict one another, and where there is none.

    >>> agreed([Truth.MET, Truth.NOT_MET])
    <Truth.UNKNOWN: 'UNKNOWN'>
    """
    distinct = set(truths)
    return distinct.pop() if len(distinct) == 1 else Truth.UNKNOWN
