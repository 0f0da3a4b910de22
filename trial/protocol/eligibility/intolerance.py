"""Criterion X06, intolerance or a reduced dose in the first two cycles (crf_spec 2.12)."""

from decimal import Decimal

from trial.protocol.eligibility.dose_words import dose_in_words, switch_in_words
from trial.protocol.eligibility.evidence import Administration, Evidence, Switch
from trial.protocol.eligibility.finding import Finding, finding
from trial.protocol.kleene import Truth, any_of
from trial.protocol.parameters import DEFAULT, Parameters
from trial.protocol.sentence import Sentence, in_turn
from trial.protocol.therapy.adjustments import Adjustment, AdjustmentReason
from trial.protocol.therapy.in_force import SwitchReason

MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN
INTOLERANCE = (AdjustmentReason.AE, AdjustmentReason.HEMATOL_NADIR)
UNRELATED = (AdjustmentReason.RT_SCHEDULING, AdjustmentReason.LOGISTICS)
RECALCULATED = (AdjustmentReason.RENAL_RECALC, AdjustmentReason.WEIGHT_CHANGE)
STOPPED = (Adjustment.OMITTED, Adjustment.DISCONTINUED)
REDUCED_PERCENT, FULL_PERCENT = Decimal(90), Decimal(95)
DELAY_DAYS = 14
INDUCTION_CYCLES = {1, 2}


def intolerance(evidence: Evidence, gate: int = 2, parameters: Parameters = DEFAULT) -> Finding:
    """Judge X06, intolerance or a reduced dose, over every agent of cycles 1 and 2 (crf_spec 2.12).

    Delay alone, a cap, and rounding by 5 % or less are no reduction. A switch of the regimen up to
    the check after cycle 2 is intolerance where it was for an adverse event; any other switch
    before randomization is for the investigator to judge.

    >>> intolerance(Evidence()).reason
    'Cycle 1 is not entered. Cycle 2 is not entered.'
    """
    doses = [dose for dose in evidence.induction if dose.cycle in INDUCTION_CYCLES]
    missing = sorted(INDUCTION_CYCLES - {dose.cycle for dose in doses})
    judgments = {dose: _not_tolerated(dose) for dose in doses}
    switches = {switch: _switched(switch) for switch in evidence.switches}
    judgment = any_of([*judgments.values(), *switches.values(), *(UNKNOWN for _ in missing)])
    if judgment == NOT_MET:
        return finding(judgment, "Cycles 1 and 2 were given without a reduction for toxicity.")
    clauses = [dose_in_words(dose) for dose, own in judgments.items() if own == judgment]
    clauses += [switch_in_words(switch) for switch, own in switches.items() if own == judgment]
    if judgment == UNKNOWN:
        clauses += [Sentence("Cycle {cycle} is not entered.", cycle=cycle) for cycle in missing]
    return Finding(judgment, in_turn(clauses))


def _switched(switch: Switch) -> Truth:
    """Judge a switch to another regimen."""
    return MET if switch.reason == SwitchReason.AE and not switch.after_check else UNKNOWN


def _not_tolerated(dose: Administration) -> Truth:
    """Judge one dose.

    A reason that is missing may have been toxicity. Only reasons of the calendar explain a lower
    dose away.
    """
    lower, is_toxic = _given_less(dose), dose.reason in INTOLERANCE
    if is_toxic and lower == MET:
        return MET
    is_late = (dose.delay_days or 0) > DELAY_DAYS and (is_toxic or not dose.reason)
    is_unclear = dose.percent is None and lower == UNKNOWN
    is_incomplete = not dose.complete or dose.adjustment not in set(Adjustment)
    if is_incomplete or is_late or is_unclear or dose.reason in RECALCULATED:
        return UNKNOWN
    if is_toxic or lower == NOT_MET:
        return lower
    return NOT_MET if dose.reason in UNRELATED else UNKNOWN


def _given_less(dose: Administration) -> Truth:
    """Return whether a dose was reduced, omitted or stopped.

    A dose marked as reduced, yet given in full, contradicts itself.
    """
    is_lower_level = dose.dose_level is not None and dose.dose_level < 0
    if dose.adjustment in STOPPED or is_lower_level:
        return MET
    if dose.percent is None:
        return UNKNOWN
    if dose.percent < REDUCED_PERCENT:
        return MET
    is_capped = dose.reason == AdjustmentReason.CAP_ROUNDING
    is_marked = dose.adjustment == Adjustment.REDUCED and not is_capped
    return UNKNOWN if is_marked or dose.percent < FULL_PERCENT else NOT_MET
