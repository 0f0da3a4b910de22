"""The events from which visits are counted, and a visit planned from them (crf_spec 3.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Anchors:
    """The events from which visits are counted, as far as they have happened."""

    consent_on: date | None = None
    pretreated: bool = False
    gate_1_on: date | None = None
    cycle_day_1: Mapping[int, date] = field(default_factory=dict)
    later_days: Mapping[int, tuple[int, ...]] = field(default_factory=dict)  # by cycle
    cycle_length_days: int | None = None  # of the last regimen
    max_cycles: int | None = None  # the number of the last cycle that is planned
    pc2_scan_on: date | None = None
    randomized_on: date | None = None
    arm: str | None = None
    rt_first_fraction_on: date | None = None
    rt_last_fraction_on: date | None = None
    last_dose_on: date | None = None
    treatment_ended: bool = False
    pd_on: date | None = None
    new_therapy_on: date | None = None
    died_on: date | None = None
    withdrawn_on: date | None = None
    ended_on: date | None = None
    randomization_open_on: date | None = None  # before the cycles: when both gates are passed
    rt_not_started_on: date | None = None  # the decision against the radiotherapy of the study
    last_regimen_on: date | None = None  # the day from which the last regimen is in force
    rt_ended_on: date | None = None  # its last fraction, or the decision not to begin it
    entry_failed: bool = False  # the last confirmation of gate 1 came out INELIGIBLE
    cycle_targets: Mapping[int, date] = field(default_factory=dict)  # by the regimens in force
    unconfirmed_on: tuple[date, ...] = ()  # the scan of each iUPD that asks for a confirmation
    confirmed_on: date | None = None  # the scan of the iCPD that confirms one
    check_length_days: int | None = None  # of the regimen in force in cycle 2, where it differs


@dataclass(frozen=True)
class PlannedVisit:
    """A visit of a subject's plan: its window, the forms due and the forms offered."""

    code: str
    type: str
    title: str
    target_on: date | None
    opens_on: date | None
    closes_on: date | None
    forms: tuple[str, ...]
    offered: tuple[str, ...]
