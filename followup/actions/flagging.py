"""What becomes due: recomputations from the data and a day, safe to run again at any time (crf_spec 3.2, 4.5)."""

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
from crf.derived import progression as check
from followup.models import Flag, NightlyRun
from trial.access import Act
from trial.actions import events
from trial.audit.acting import acting
from trial.models import Record, Site, Standing, Subject, SystemEvent, Visit, may, parameters_on, standing
from trial.models.parameter import read_once
from trial.protocol.parameters import Parameters
from trial.protocol.progression_check import progression
from trial.protocol.schedule import timetable
from trial.refusals import Code, Refused

SYSTEM = "system:celery"
NIGHT = time(2)
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
    """A flag that should be open, as the data say."""

    kind: str
    anchor: str
    due_on: date
    state: str
    severity: str
    visit: int | None
    evidence: dict[str, Any]


class Swept(NamedTuple):
    raised: int
    changed: int
    closed: int


def nightly(site: Site, *, on: date) -> Swept:
    """Recompute all subjects of a site for a day of its calendar, and remember that this night was done."""
    swept = [run_for(subject, on=on) for subject in Subject.objects.filter(site=site).select_related("site")]
    NightlyRun.objects.get_or_create(site=site, day=on)
    return Swept(*(sum(counts) for counts in zip(*swept, strict=True))) if swept else Swept(0, 0, 0)


def run_due_sites(*, now: datetime) -> dict[str, Swept]:
    """The sites whose 02:00 has passed and whose night was not done yet: each by its own calendar, missed nights included."""
    done = {}
    for site in Site.objects.all():
        local = timezone.localtime(now, ZoneInfo(site.time_zone))
        if local.time() >= NIGHT and not NightlyRun.objects.filter(site=site, day=local.date()).exists():
            done[site.code] = nightly(site, on=local.date())
    return done


@transaction.atomic
def run_for(subject: Subject, *, on: date) -> Swept:
    """Plan the subject's visits as for this day, and keep one open flag for each thing that is late."""
    subject = Subject.objects.select_for_update(no_key=True, of=["self"]).select_related("site").get(pk=subject.pk)
    with acting(by=system_user()):
        plan_visits(subject, on=on)
    return _keep(subject, {(due.kind, due.anchor): due for due in due_of(subject, on=on)}, on=on)


def due_of(subject: Subject, *, on: date) -> list[Due]:
    """All that should be flagged on a day: a function of the data and the day."""
    visits = [visit for visit in Visit.objects.filter(subject=subject) if not visit.is_common]
    for visit in visits:
        visit.subject = subject
    with read_once():
        parameters = parameters_on(on)
        late = [*_late_visits(visits, on), *_late_entries(visits, standing(subject), on, parameters)]
        return [*late, *_progression(subject, visits, on, parameters)]


def states_of(visits: Iterable[Visit], *, on: date) -> dict[int, timetable.VisitState]:
    """Each visit's state; a visit whose successor in its series is held can only be missed."""
    visits = list(visits)
    held = [visit.code for visit in visits if visit.held_on]
    return {visit.pk: visit.state_on(on, later_held=any(timetable.follows(later, visit.code) for later in held)) for visit in visits}


def _late_visits(visits: list[Visit], on: date) -> Iterator[Due]:
    kinds = {
        timetable.VisitState.OVERDUE: (Flag.Kind.VISIT_OVERDUE, Flag.Severity.NOTICE),
        timetable.VisitState.MISSED: (Flag.Kind.VISIT_MISSED, Flag.Severity.URGENT),
    }
    states = states_of(visits, on=on)
    for visit in visits:
        state = states[visit.pk]
        if state in kinds and not visit.status and visit.code != "PC2" and visit.closes_on:  # PC2 has a flag of its own
            kind, severity = kinds[state]
            yield Due(kind, visit.code, visit.closes_on, state.value, severity, visit.pk, {"closes_on": visit.closes_on.isoformat()})


def _late_entries(visits: list[Visit], entered: list[Standing], on: date, parameters: Parameters) -> Iterator[Due]:
    """Forms of a visit that was held, not complete in time: not entered is never read as not done."""
    complete = {(one.visit, one.form) for one in entered if one.is_record and one.state == Record.State.COMPLETE}
    for visit in visits:
        late = [
            form
            for form in timetable.visit_type(visit.code).forms
            if (visit.pk, form) not in complete
            and timetable.entry_overdue(visit.held_on, on=on, due_days=timetable.entry_due_days(form, parameters))
        ]
        if late and visit.held_on:
            evidence = {"held_on": visit.held_on.isoformat(), "forms": late}
            yield Due(Flag.Kind.ENTRY_OVERDUE, visit.code, visit.held_on, "OVERDUE", Flag.Severity.NOTICE, visit.pk, evidence)


def _progression(subject: Subject, visits: list[Visit], on: date, parameters: Parameters) -> Iterator[Due]:
    facts = check.facts_of(subject, parameters)
    found = check.checked(facts, on=on, parameters=parameters)
    randomized = facts.randomized_on is not None and facts.randomized_on <= on
    decided = randomized and not parameters.before_cycles  # there, the check is still to be passed
    if found.state not in OPEN_STATES or (decided and found.state != progression.State.PD):
        return
    if found.state == progression.State.PD and _seen(subject, found.state):
        return  # nothing follows from it any more, once a person has seen it
    visit = next((visit.pk for visit in visits if visit.code == "PC2"), None)
    due_on = found.window.closes_on if found.window else on
    evidence = {"reason": found.reason, "x07": found.x07.value}
    yield Due(Flag.Kind.PROGRESSION_CHECK, "PC2", due_on, found.state.value, OPEN_STATES[found.state], visit, evidence)


def _seen(subject: Subject, state: str) -> bool:
    seen = Flag.objects.filter(subject=subject, kind=Flag.Kind.PROGRESSION_CHECK, state=state)
    return seen.exclude(acknowledged_at=None).exists()


def _keep(subject: Subject, due: dict[tuple[str, str], Due], *, on: date) -> Swept:
    """Open what should be open, once; take over what has changed; close what the data have satisfied."""
    there = {(flag.kind, flag.anchor): flag for flag in Flag.objects.open().filter(subject=subject)}
    new = [
        Flag(
            subject=subject, visit_id=one.visit, kind=one.kind, anchor=one.anchor, due_on=one.due_on, state=one.state,
            severity=one.severity, evidence=one.evidence, opened_on=on, last_seen_on=on,
        )
        for key, one in due.items()
        if key not in there
    ]  # fmt: skip
    closed = [flag for key, flag in there.items() if key not in due]
    kept = [(flag, due[key]) for key, flag in there.items() if key in due]
    changed = [flag for flag, one in kept if (flag.state, flag.due_on) != (one.state, one.due_on)]
    for flag, one in kept:
        flag.state, flag.severity, flag.due_on, flag.evidence, flag.last_seen_on = one.state, one.severity, one.due_on, one.evidence, on
    for flag in closed:
        flag.closed_on = on
    Flag.objects.bulk_create(new)
    Flag.objects.bulk_update([flag for flag, _ in kept] + closed, ["state", "severity", "due_on", "evidence", "last_seen_on", "closed_on"])
    return Swept(len(new), len(changed), len(closed))


def acknowledge(flag: Flag, *, by: AbstractUser, at: datetime | None = None) -> Flag:
    """That a person of the site has seen it. It stays open until the data say otherwise."""
    if not may(by, Act.ACKNOWLEDGE, flag.subject.site_id):
        raise Refused(Code.FLAGS_OF_ANOTHER_ROLE)
    with transaction.atomic():
        flag = Flag.objects.select_for_update(no_key=True).get(pk=flag.pk)
        if flag.closed_on:
            raise Refused(Code.FLAG_CLOSED)
        if flag.acknowledged_by_id is None:
            flag.acknowledged_by, flag.acknowledged_at = by, at or timezone.now()
            flag.save(update_fields=["acknowledged_by", "acknowledged_at"])
            events.note(SystemEvent.Kind.ACKNOWLEDGED, by=by, site=flag.subject.site, flag=flag.pk, what=flag.kind)
    return flag


def system_user() -> User:
    """In whose name the jobs write; nobody can log in as it."""
    user, new = User.objects.get_or_create(username=SYSTEM, defaults={"is_active": False, "first_name": "System"})
    if new:
        user.set_unusable_password()
        user.save()
    return user


def hints_are_wanted() -> bool:
    return _hints.get()


@contextmanager
def without_hints() -> Iterator[None]:
    """For a load of many records, after which the nightly job is run anyway."""
    token = _hints.set(False)
    try:
        yield
    finally:
        _hints.reset(token)
