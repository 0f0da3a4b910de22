"""The flags that are due on a day, by the data (crf_spec 3.2, 4.5)."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from crf.casebook import Casebook
from crf.derived import progression as check
from followup.models import Flag
from trial.models import Record, Standing, Subject, Visit, begun_visits
from trial.protocol.parameters import Parameters
from trial.protocol.progression_check import progression
from trial.protocol.schedule import timetable
from trial.protocol.schedule.visits import CHECK_AFTER_CYCLE_2

OPEN_STATES = {
    progression.State.OVERDUE: Flag.Severity.NOTICE,
    progression.State.NE_REPEAT: Flag.Severity.NOTICE,
    progression.State.DISCORDANT: Flag.Severity.URGENT,
    progression.State.PENDING_IUPD: Flag.Severity.NOTICE,
    progression.State.ESCALATED: Flag.Severity.URGENT,
    progression.State.MISSED: Flag.Severity.URGENT,
    progression.State.PD: Flag.Severity.URGENT,
}
"""The states of the check after cycle 2 that a person must look at."""


class Due(NamedTuple):
    """A flag that should be open, by the data. `visit` is the key of its visit."""

    kind: str
    anchor: str
    due_on: date
    state: str
    severity: str
    visit: int | None
    evidence: dict[str, Any]


def due_of(casebook: Casebook, *, on: date) -> list[Due]:
    """Return the flags that should be open on a day: a function of the data and the day."""
    visits = [visit for visit in casebook.visits if not visit.is_common]
    parameters = casebook.parameters_on(on)
    return [
        *_late_visits(visits, casebook.standing, on),
        *_late_entries(visits, casebook.standing, on, parameters),
        *_progression(casebook, visits, on, parameters),
    ]


def states_of(
    visits: Iterable[Visit], rows: Iterable[Standing], *, on: date
) -> dict[int, timetable.VisitState]:
    """Return each visit's state on a day, by its id. `rows` are those that stand of the subject.

    A visit of a series is missed once a later one is held.
    """
    visits, begun = list(visits), begun_visits(rows)
    held_codes = [visit.code for visit in visits if visit.held_on]
    states = {}
    for visit in visits:
        later_held = any(timetable.follows(code, visit.code) for code in held_codes)
        is_begun = visit.pk in begun
        states[visit.pk] = visit.state_on(on, later_held=later_held, begun=is_begun)
    return states


def _late_visits(visits: list[Visit], rows: list[Standing], on: date) -> Iterator[Due]:
    """Yield a flag for each visit that is overdue or missed.

    There is none where a person has entered the visit's status. The check after cycle 2 has a flag
    of its own kind.
    """
    kinds = {
        timetable.VisitState.OVERDUE: (Flag.Kind.VISIT_OVERDUE, Flag.Severity.NOTICE),
        timetable.VisitState.MISSED: (Flag.Kind.VISIT_MISSED, Flag.Severity.URGENT),
    }
    states = states_of(visits, rows, on=on)
    for visit in visits:
        state = states[visit.pk]
        has_own_kind = visit.code == CHECK_AFTER_CYCLE_2
        if state not in kinds or visit.status or has_own_kind or not visit.closes_on:
            continue
        kind, severity = kinds[state]
        evidence = {"closes_on": visit.closes_on.isoformat()}
        yield Due(kind, visit.code, visit.closes_on, state.value, severity, visit.pk, evidence)


def _late_entries(
    visits: list[Visit], rows: list[Standing], on: date, parameters: Parameters
) -> Iterator[Due]:
    """Yield a flag for each visit whose forms, or whose date beside them, are not entered in time.

    A form not entered is never read as not done. The time runs from the date of the visit; where
    that is missing, from the end of its window.
    """
    begun = begun_visits(rows)
    complete = {
        (row.visit, row.form)
        for row in rows
        if row.is_record and row.state == Record.State.COMPLETE
    }
    for visit in visits:
        late = []
        for form in timetable.visit_type(visit.code).forms:
            days = timetable.entry_due_days(form, parameters)
            is_overdue = timetable.entry_overdue(visit.held_on, on=on, due_days=days)
            if is_overdue and (visit.pk, form) not in complete:
                late.append(form)
        if late and visit.held_on:
            yield _late_entry(visit, visit.held_on, late)
        lacks_date = visit.pk in begun and not visit.held_on and not visit.status
        if lacks_date and visit.closes_on and not visit.stopped:
            days = parameters.entry_due_days.visit_days
            if timetable.entry_overdue(visit.closes_on, on=on, due_days=days):
                yield _late_entry(visit, visit.closes_on, [visit._meta.label_lower])


def _late_entry(visit: Visit, since: date, forms: list[str]) -> Due:
    """Return the flag of forms, or of the visit's own date, that are entered late."""
    held_on = visit.held_on and visit.held_on.isoformat()
    return Due(
        kind=Flag.Kind.ENTRY_OVERDUE,
        anchor=visit.code,
        due_on=since,
        state=timetable.VisitState.OVERDUE.value,
        severity=Flag.Severity.NOTICE,
        visit=visit.pk,
        evidence={"held_on": held_on, "forms": forms},
    )


def _progression(
    casebook: Casebook, visits: list[Visit], on: date, parameters: Parameters
) -> Iterator[Due]:
    """Yield the flag of the check after cycle 2, while a person must look at its state.

    A randomized subject is flagged for progression only, unless randomization comes before the
    cycles: there, the check is still to be passed. A progression is flagged until a person has seen
    it.
    """
    facts = check.facts_of(casebook)
    verdict = check.checked(facts, on=on, parameters=parameters)
    progressed = verdict.state == progression.State.PD
    randomized = facts.randomized_on is not None and facts.randomized_on <= on
    decided = randomized and not parameters.before_cycles
    if verdict.state not in OPEN_STATES or (decided and not progressed):
        return
    if progressed and _is_acknowledged(casebook.subject, verdict.state):
        return
    yield Due(
        kind=Flag.Kind.PROGRESSION_CHECK,
        anchor=CHECK_AFTER_CYCLE_2,
        due_on=verdict.window.closes_on if verdict.window else on,
        state=verdict.state.value,
        severity=OPEN_STATES[verdict.state],
        visit=next((visit.pk for visit in visits if visit.code == CHECK_AFTER_CYCLE_2), None),
        evidence={"reason": verdict.reason, "x07": verdict.x07.value},
    )


def _is_acknowledged(subject: Subject, state: str) -> bool:
    """Return whether a person has seen that the check after cycle 2 came to this state."""
    flags = Flag.objects.filter(subject=subject, kind=Flag.Kind.PROGRESSION_CHECK, state=state)
    return flags.exclude(acknowledged_at=None).exists()
