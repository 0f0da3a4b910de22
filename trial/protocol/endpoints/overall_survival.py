"""Overall survival, and the time to the next systemic therapy (crf_spec 5)."""

from datetime import date

from .facts import Facts, TherapyKind, death_on, death_records, facts_known_by, last_alive
from .results import Reason, Result, outcome, undecided


def overall_survival(facts: Facts, *, on: date) -> Result:
    """Return the time from randomization to death of any cause (crf_spec 5, OS).

    A subject who is alive is censored on the last day known to be.

    >>> from trial.protocol.endpoints.facts import Death
    >>> facts = Facts(date(2025, 4, 25), death=Death("DTH", 2025, 5, 4))
    >>> overall_survival(facts, on=date(2026, 1, 1)).value_days
    10
    """
    facts = facts_known_by(facts, on=on)
    if facts.randomized_on is None:
        return undecided(Reason.NOT_RANDOMIZED)
    died_on = death_on(facts)
    if isinstance(died_on, Reason):
        return undecided(died_on, *death_records(facts))
    if died_on:
        records = death_records(facts)
        return outcome(facts.randomized_on, died_on, Reason.DEATH, *records, event=True)
    alive_on, records = last_alive(facts)
    return outcome(facts.randomized_on, alive_on or facts.randomized_on, Reason.ALIVE, *records)


def time_to_next_systemic(facts: Facts, *, on: date) -> Result:
    """Return the time from randomization to the next line of systemic therapy or death.

    crf_spec 5.

    >>> from trial.protocol.endpoints.facts import Therapy
    >>> facts = Facts(date(2025, 4, 25), therapies=(Therapy("SUBTX", date(2025, 5, 4)),))
    >>> time_to_next_systemic(facts, on=date(2026, 1, 1)).value_days
    10
    """
    facts = facts_known_by(facts, on=on)
    survival = overall_survival(facts, on=on)
    if not survival.determined or facts.randomized_on is None:
        return survival
    systemic = [therapy for therapy in facts.therapies if therapy.kind == TherapyKind.SYSTEMIC]
    lines = [therapy for therapy in systemic if not therapy.per_protocol]
    undated = [line.record for line in lines if line.on is None]
    if undated:
        return undecided(Reason.THERAPY_UNDATED, *undated)
    first = min(((line.on, line.record) for line in lines if line.on), default=None)
    if first is None or survival.on is None or first[0] > survival.on:
        return survival
    day, record = first
    return outcome(facts.randomized_on, day, Reason.NEXT_THERAPY, record, event=True)
