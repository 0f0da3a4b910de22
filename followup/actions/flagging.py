"""Flags for what is late: computed from the data and a day, safe to compute again at any time
(crf_spec 3.2, 4.5).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractUser, User
from django.db import transaction
from django.utils import timezone

from crf.actions.planning import plan_visits
from crf.casebook import Casebook
from crf.derived import progression as check
from followup.models import Flag, NightlyRun
from trial.access import Act
from trial.actions import events
from trial.audit.acting import acting
from trial.models import Record, Site, Standing, Subject, SystemEvent, Visit, may
from trial.protocol.parameters import Parameters
from trial.protocol.progression_check import progression
from trial.protocol.schedule import timetable
from trial.refusals import Code, Refused

SYSTEM = "system:celery"
NIGHT = time(2)
"""From this hour on, by a site's own clock, its nightly job is due."""
CHECK_AFTER_CYCLE_2 = "PC2"
"""The visit of the progression check. It has a flag of its own kind."""
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

_hints = ContextVar("hints", default=True)


class Due(NamedTuple):
    """A flag that should be open, as the data say; `visit` is the id of the visit that it is about."""

    kind: str
    anchor: str
    due_on: date
    state: str
    severity: str
    visit: int | None
    evidence: dict[str, Any]


class Swept(NamedTuple):
    """The number of flags that a run opened, changed and closed."""

    raised: int
    changed: int
    closed: int


def nightly(site: Site, *, on: date) -> Swept:
    """Compute the flags of all subjects of a site for a day of its calendar, and remember that this
    night was done.
    """
    runs = [
        run_for(subject, on=on)
        for subject in Subject.objects.filter(site=site).select_related("site")
    ]
    NightlyRun.objects.get_or_create(site=site, day=on)
    return Swept(
        raised=sum(run.raised for run in runs),
        changed=sum(run.changed for run in runs),
        closed=sum(run.closed for run in runs),
    )


def run_due_sites(*, now: datetime) -> dict[str, Swept]:
    """Run the nightly job of each site where it is past 02:00 and today's was not run yet; return
    the counts by site code.

    Each site has its own calendar. A site whose night was missed is caught up at the next run.
    """
    done = {}
    for site in Site.objects.all():
        local = timezone.localtime(now, ZoneInfo(site.time_zone))
        if (
            local.time() >= NIGHT
            and not NightlyRun.objects.filter(site=site, day=local.date()).exists()
        ):
            done[site.code] = nightly(site, on=local.date())
    return done


@transaction.atomic
def run_for(subject: Subject, *, on: date) -> Swept:
    """Plan the subject's visits as of a day, and keep one open flag for each visit, form or check
    that is late.
    """
    subject = (
        Subject.objects.select_for_update(no_key=True, of=["self"])
        .select_related("site")
        .get(pk=subject.pk)
    )
    casebook = Casebook(subject)
    with acting(by=system_user()):
        planned = plan_visits(casebook, on=on)
    if planned:
        casebook = Casebook(subject)  # the visits that it had read are others now
    return _keep(subject, {(due.kind, due.anchor): due for due in due_of(casebook, on=on)}, on=on)


def due_of(casebook: Casebook, *, on: date) -> list[Due]:
    """Return the flags that should be open on a day: a function of the data and the day."""
    visits = [visit for visit in casebook.visits if not visit.is_common]
    parameters = casebook.parameters_on(on)
    return [
        *_late_visits(visits, on),
        *_late_entries(visits, casebook.standing, on, parameters),
        *_progression(casebook, visits, on, parameters),
    ]


def states_of(visits: Iterable[Visit], *, on: date) -> dict[int, timetable.VisitState]:
    """Return each visit's state on a day, by its id.

    A visit of a series is missed once a later one is held.
    """
    visits = list(visits)
    held = [visit.code for visit in visits if visit.held_on]
    states = {}
    for visit in visits:
        later_held = any(timetable.follows(code, visit.code) for code in held)
        states[visit.pk] = visit.state_on(on, later_held=later_held)
    return states


def _late_visits(visits: list[Visit], on: date) -> Iterator[Due]:
    """Yield a flag for each visit that is overdue or missed, unless somebody has stated what became
    of it.
    """
    kinds = {
        timetable.VisitState.OVERDUE: (Flag.Kind.VISIT_OVERDUE, Flag.Severity.NOTICE),
        timetable.VisitState.MISSED: (Flag.Kind.VISIT_MISSED, Flag.Severity.URGENT),
    }
    states = states_of(visits, on=on)
    for visit in visits:
        state = states[visit.pk]
        if (
            state in kinds
            and not visit.status
            and visit.code != CHECK_AFTER_CYCLE_2
            and visit.closes_on
        ):
            kind, severity = kinds[state]
            evidence = {"closes_on": visit.closes_on.isoformat()}
            yield Due(kind, visit.code, visit.closes_on, state.value, severity, visit.pk, evidence)


def _late_entries(
    visits: list[Visit], rows: list[Standing], on: date, parameters: Parameters
) -> Iterator[Due]:
    """Yield a flag for each held visit whose forms are not complete in time.

    A form not entered is never read as not done.
    """
    complete = {
        (row.visit, row.form)
        for row in rows
        if row.is_record and row.state == Record.State.COMPLETE
    }
    for visit in visits:
        late = []
        for form in timetable.visit_type(visit.code).forms:
            due_days = timetable.entry_due_days(form, parameters)
            if (visit.pk, form) not in complete and timetable.entry_overdue(
                visit.held_on, on=on, due_days=due_days
            ):
                late.append(form)
        if late and visit.held_on:
            evidence = {"held_on": visit.held_on.isoformat(), "forms": late}
            yield Due(
                Flag.Kind.ENTRY_OVERDUE,
                visit.code,
                visit.held_on,
                "OVERDUE",
                Flag.Severity.NOTICE,
                visit.pk,
                evidence,
            )


def _progression(
    casebook: Casebook, visits: list[Visit], on: date, parameters: Parameters
) -> Iterator[Due]:
    """Yield the flag of the check after cycle 2, while a person must look at its state.

    A randomized subject is flagged for progression only, unless randomization comes before the
    cycles: there, the check is still to be passed. Nothing follows from a progression any more once
    a person has seen it.
    """
    facts = check.facts_of(casebook, parameters)
    verdict = check.checked(facts, on=on, parameters=parameters)
    progressed = verdict.state == progression.State.PD
    randomized = facts.randomized_on is not None and facts.randomized_on <= on
    decided = randomized and not parameters.before_cycles
    if verdict.state not in OPEN_STATES or (decided and not progressed):
        return
    if progressed and _is_acknowledged(casebook.subject, verdict.state):
        return
    visit = next((visit.pk for visit in visits if visit.code == CHECK_AFTER_CYCLE_2), None)
    due_on = verdict.window.closes_on if verdict.window else on
    evidence = {"reason": verdict.reason, "x07": verdict.x07.value}
    severity = OPEN_STATES[verdict.state]
    yield Due(
        Flag.Kind.PROGRESSION_CHECK,
        CHECK_AFTER_CYCLE_2,
        due_on,
        verdict.state.value,
        severity,
        visit,
        evidence,
    )


def _is_acknowledged(subject: Subject, state: str) -> bool:
    """Say whether a person has seen that the check after cycle 2 came to this state."""
    flags = Flag.objects.filter(subject=subject, kind=Flag.Kind.PROGRESSION_CHECK, state=state)
    return flags.exclude(acknowledged_at=None).exists()


def _keep(subject: Subject, due: dict[tuple[str, str], Due], *, on: date) -> Swept:
    """Open the flags that should be open, once; bring open ones up to date; close those that the
    data have satisfied.
    """
    open_flags = {
        (flag.kind, flag.anchor): flag for flag in Flag.objects.open().filter(subject=subject)
    }
    new, kept, changed, closed = [], [], 0, []
    for key, should in due.items():
        flag = open_flags.get(key)
        if flag is None:
            flag = Flag(
                subject=subject,
                visit_id=should.visit,
                kind=should.kind,
                anchor=should.anchor,
                opened_on=on,
            )
            new.append(flag)
        else:
            kept.append(flag)
            changed += (flag.state, flag.due_on) != (should.state, should.due_on)
        flag.state, flag.severity, flag.due_on = should.state, should.severity, should.due_on
        flag.evidence, flag.last_seen_on = should.evidence, on
    for key, flag in open_flags.items():
        if key not in due:
            flag.closed_on = on
            closed.append(flag)
    Flag.objects.bulk_create(new)
    columns = ["state", "severity", "due_on", "evidence", "last_seen_on", "closed_on"]
    Flag.objects.bulk_update([*kept, *closed], columns)
    return Swept(len(new), changed, len(closed))


def acknowledge(flag: Flag, *, by: AbstractUser, at: datetime | None = None) -> Flag:
    """Record that a person of the site has seen a flag.

    It stays open until the data say otherwise.
    """
    if not may(by, Act.ACKNOWLEDGE, flag.subject.site_id):
        raise Refused(Code.FLAGS_OF_ANOTHER_ROLE)
    with transaction.atomic():
        flag = Flag.objects.select_for_update(no_key=True).get(pk=flag.pk)
        if flag.closed_on:
            raise Refused(Code.FLAG_CLOSED)
        if flag.acknowledged_by_id is None:
            flag.acknowledged_by, flag.acknowledged_at = by, at or timezone.now()
            flag.save(update_fields=["acknowledged_by", "acknowledged_at"])
            events.note(
                SystemEvent.Kind.ACKNOWLEDGED,
                by=by,
                site=flag.subject.site,
                flag=flag.pk,
                what=flag.kind,
            )
    return flag


def system_user() -> User:
    """Return the account in whose name the jobs write; nobody can log in with it."""
    user, new = User.objects.get_or_create(
        username=SYSTEM, defaults={"is_active": False, "first_name": "System"}
    )
    if new:
        user.set_unusable_password()
        user.save()
    return user


def hints_are_wanted() -> bool:
    """Say whether a write asks a worker to look at its subject soon."""
    return _hints.get()


@contextmanager
def without_hints() -> Iterator[None]:
    """Ask no worker to look at subjects: for a load of many records, after which the nightly job is
    run anyway.
    """
    token = _hints.set(False)
    try:
        yield
    finally:
        _hints.reset(token)
