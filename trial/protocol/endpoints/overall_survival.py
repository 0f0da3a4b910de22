"""Endpoints of the trial: what they are made of, and overall survival (crf_spec 5).

Time runs from randomization, in days, the first day being 1. Each endpoint is a function of facts and of the day it is
asked: what happened, or was entered, after that day is not read. What the facts do not decide is said to be undetermined.
"""

from datetime import date

from .facts import Facts, TherapyKind, as_known, death_on, last_alive
from .results import Reason, Result, outcome, undecided


def overall_survival(facts: Facts, *, on: date) -> Result:
    """From randomization to death of any cause; alive, censored when last known to be (crf_spec 5, OS).

    >>> from trial.protocol.endpoints.facts import Death
    >>> overall_survival(Facts(date(2025, 4, 25), death=Death("DTH", 2025, 5, 4)), on=date(2026, 1, 1)).value_days
    10
    """
    facts = as_known(facts, on=on)
    if facts.randomized_on is None:
        return undecided(Reason.NOT_RANDOMIZED)
    died_on = death_on(facts)
    if isinstance(died_on, Reason):
        return undecided(died_on, *((facts.death.record,) if facts.death else ()))
    if died_on and facts.death:
        return outcome(facts.randomized_on, died_on, Reason.DEATH, facts.death.record, event=True)
    alive_on, records = last_alive(facts)
    return outcome(facts.randomized_on, alive_on or facts.randomized_on, Reason.ALIVE, *records)


def time_to_next_systemic(facts: Facts, *, on: date) -> Result:
    """From randomization to the next line of systemic therapy or death (crf_spec 5).

    >>> from trial.protocol.endpoints.facts import Therapy
    >>> facts = Facts(date(2025, 4, 25), therapies=(Therapy("SUBTX", date(2025, 5, 4)),))
    >>> time_to_next_systemic(facts, on=date(2026, 1, 1)).value_days
    10
    """
    facts = as_known(facts, on=on)
    survival = overall_survival(facts, on=on)
    lines = [one for one in facts.therapies if one.kind == TherapyKind.SYSTEMIC and not one.per_protocol]
    undated = [one.record for one in lines if one.on is None]
    if not survival.determined or facts.randomized_on is None:
        return survival
    if undated:
        return undecided(Reason.THERAPY_UNDATED, *undated)
    first = min(((one.on, one.record) for one in lines if one.on), default=None)
    if first and survival.on and first[0] <= survival.on:
        return outcome(facts.randomized_on, first[0], Reason.NEXT_THERAPY, first[1], event=True)
    return survival
