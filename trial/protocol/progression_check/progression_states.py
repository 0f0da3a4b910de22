"""The progression check after cycle 2, PC2: its facts, states and window (crf_spec 4.1, 4.3)."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from trial.protocol.kleene import Truth
from trial.protocol.parameters import DEFAULT, Parameters, RandomizationTiming
from trial.protocol.response.irecist import IResponse
from trial.protocol.response.recist import Response

ESCALATE_AFTER_DAYS = 14  # from the target
MISSED_AFTER_DAYS = 28  # from the target


class State(StrEnum):
    """The state of the check (crf_spec 4.3)."""

    NOT_STARTED, WAITING, SCHEDULED = "NOT_STARTED", "WAITING", "SCHEDULED"
    DUE, OVERDUE, ESCALATED, MISSED = "DUE", "OVERDUE", "ESCALATED", "MISSED"
    NE_REPEAT, DISCORDANT = "NE_REPEAT", "DISCORDANT"
    PENDING_IUPD = "PENDING_IUPD"  # under IRECIST_FOR_ICI
    PASSED, PD, CANCELLED = "PASSED", "PD", "CANCELLED"

    @property
    def label(self) -> str:
        """The state in words.

        >>> State.NOT_STARTED.label, State.PD.label
        ('not started', 'PD')
        """
        return "PD" if self is State.PD else self.value.replace("_", " ").lower()


_READ = {
    State.NE_REPEAT,
    State.DISCORDANT,
    State.PENDING_IUPD,
    State.PASSED,
    State.PD,
    State.CANCELLED,
}
_LATE = {State.OVERDUE, State.ESCALATED, State.MISSED}

# What a day that passes, or an act entered on its day, may change. Corrected data are computed
# anew, from any state to any. DUE may become ESCALATED or MISSED at once where repeats kept the
# window open so long. PASSED changes only by a later scan before randomization.
NEXT = {
    State.NOT_STARTED:  {State.WAITING, State.SCHEDULED, State.CANCELLED},
    State.WAITING:      {
        State.SCHEDULED, State.DUE, State.PD, State.DISCORDANT, State.PENDING_IUPD, State.CANCELLED,
    },
    State.SCHEDULED:    {State.DUE, State.ESCALATED} | _READ,
    State.DUE:          _LATE | _READ,
    State.OVERDUE:      {State.ESCALATED} | _READ,
    State.ESCALATED:    {State.MISSED} | _READ,
    State.MISSED:       _READ,
    State.NE_REPEAT:    {State.DUE} | _LATE | _READ - {State.NE_REPEAT},
    State.DISCORDANT:   {State.DUE} | _LATE | _READ - {State.DISCORDANT},
    State.PENDING_IUPD: {State.SCHEDULED, State.DUE} | _LATE | _READ - {State.PENDING_IUPD},
    State.PASSED:       {State.DISCORDANT, State.PENDING_IUPD, State.PD},
    State.PD:           set(),
    State.CANCELLED:    set(),
}  # fmt: skip


class RefusalCode(StrEnum):
    """The reason of the check for which nobody is randomized."""

    X07_PD, X07_UNKNOWN = "X07_PD", "X07_UNKNOWN"


class Remark(StrEnum):
    """A remark that does not change the state, yet is flagged."""

    CYCLE_2_NOT_STARTED = "CYCLE_2_NOT_STARTED"  # at day 1 + 2 cycles
    LATE = "LATE"  # read from a scan after the window
    AFTER_CYCLE_4 = "AFTER_CYCLE_4"  # read from a scan on or after day 1 of cycle 4
    EQUIVOCAL_NEW_LESION = "EQUIVOCAL_NEW_LESION"  # watch: the PD date may come back to this scan
    CONFIRMATION_LATE = "CONFIRMATION_LATE"  # 56 days after an iUPD nothing confirms or clears it


class Consequence(StrEnum):
    """A consequence for the patient (crf_spec 4.3 and 4.6)."""

    INDUCTION_FAILED = "INDUCTION_FAILED"
    PFS_EVENT = "PFS_EVENT"
    END_SYSTEMIC_THERAPY = "END_SYSTEMIC_THERAPY"
    HOLD_RADIOTHERAPY = "HOLD_RADIOTHERAPY"  # until the check is passed
    NO_RADIOTHERAPY = "NO_RADIOTHERAPY"


CONSEQUENCES: dict[RandomizationTiming, dict[State, tuple[Consequence, ...]]] = {
    RandomizationTiming.AFTER_PC2: {
        State.PD: (Consequence.INDUCTION_FAILED, Consequence.END_SYSTEMIC_THERAPY),
    },
    RandomizationTiming.BEFORE_CYCLES: dict.fromkeys(State, (Consequence.HOLD_RADIOTHERAPY,))
    | {
        State.PD: (
            Consequence.PFS_EVENT,
            Consequence.END_SYSTEMIC_THERAPY,
            Consequence.NO_RADIOTHERAPY,
        ),
        State.PASSED: (),
        State.CANCELLED: (),
    },
}


@dataclass(frozen=True)
class TumorAssessment:
    """A tumor assessment as the check sees it."""

    label: str
    first_scan_on: date | None
    last_scan_on: date | None
    derived: Response | None
    investigator: Response | None
    complete: bool = True
    signed: bool = True  # and the signature holds
    covers_chest_abdomen_pelvis: bool = True
    same_method: bool = True  # as at baseline, for each target
    all_lesions_assessed: bool = True
    equivocal_new_lesion_only: bool = False
    irecist: IResponse | None = None  # derived; only IRECIST_FOR_ICI needs it
    stable: bool | None = None  # clinically, as the investigator states

    @property
    def scanned_on(self) -> date | None:
        return self.first_scan_on or self.last_scan_on


@dataclass(frozen=True)
class Facts:
    """The facts that the check rests on."""

    cycle_1_day_1: date | None = None
    cycle_2_day_1: date | None = None
    cycle_4_day_1: date | None = None
    cycle_length_days: int | None = None
    last_dose_on: date | None = None
    stopped_before_cycle_2: bool = False
    baseline_scan_on: date | None = None
    pretreated: bool = False
    assessments: tuple[TumorAssessment, ...] = ()
    died_on: date | None = None
    withdrawn_on: date | None = None
    randomized_on: date | None = None
    immunotherapy: bool = False  # in the regimen


@dataclass(frozen=True)
class Window:
    """The window of the check.

    `opens_on` and `closes_on` are the first and the last day inside. The check is escalated or
    missed from those days on.
    """

    opens_on: date
    target_on: date
    closes_on: date
    escalates_on: date
    missed_on: date


@dataclass(frozen=True)
class Check:
    """The check on a day: its state, the truth of X07, and what follows.

    `late_days` are days after the window: of the scan first accepted, or of the day itself while
    there is none. Without X07 as a criterion of randomization (BEFORE_CYCLES) nothing is refused.
    """

    state: State
    window: Window | None
    x07: Truth
    refusal: RefusalCode | None
    reason: str
    assessment: TumorAssessment | None = None
    late_days: int = 0
    remarks: tuple[Remark, ...] = ()
    consequences: tuple[Consequence, ...] = ()


def facts_by(facts: Facts, on: date) -> Facts:
    """Return the facts that had happened by a day (crf_spec 4).

    >>> facts_by(Facts(date(2025, 3, 10), date(2025, 3, 31)), date(2025, 3, 30)).cycle_2_day_1
    """

    def by_then(day: date | None) -> date | None:
        return day if day and day <= on else None

    return replace(
        facts,
        cycle_1_day_1=by_then(facts.cycle_1_day_1),
        cycle_2_day_1=by_then(facts.cycle_2_day_1),
        cycle_4_day_1=by_then(facts.cycle_4_day_1),
        last_dose_on=by_then(facts.last_dose_on),
        assessments=tuple(scan for scan in facts.assessments if by_then(scan.scanned_on)),
        died_on=by_then(facts.died_on),
        withdrawn_on=by_then(facts.withdrawn_on),
        randomized_on=by_then(facts.randomized_on),
    )


def window(facts: Facts, parameters: Parameters = DEFAULT) -> Window | None:
    """Return the window of the check (crf_spec 4.1), in calendar days.

    None while neither cycle 2 nor a stop before it is known.

    >>> window(Facts(date(2025, 3, 10), date(2025, 3, 31), cycle_length_days=21)).target_on
    datetime.date(2025, 4, 21)
    """
    from_on = facts.cycle_2_day_1
    if from_on is None and facts.stopped_before_cycle_2:
        from_on = facts.last_dose_on
    if from_on is None or facts.cycle_length_days is None:
        return None
    target_on = from_on + timedelta(facts.cycle_length_days)
    if facts.cycle_2_day_1 and facts.cycle_1_day_1:
        earliest_on = facts.cycle_1_day_1 + timedelta(parameters.pc2_min_days_from_c1d1)
        target_on = max(target_on, earliest_on)
    half = timedelta(parameters.pc2_half_window)
    return Window(
        opens_on=target_on - half,
        target_on=target_on,
        closes_on=target_on + half,
        escalates_on=target_on + timedelta(ESCALATE_AFTER_DAYS),
        missed_on=target_on + timedelta(MISSED_AFTER_DAYS),
    )
