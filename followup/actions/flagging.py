"""Flags for late visits and forms, computed from the data and a day (crf_spec 3.2, 4.5).

They can be computed again at any time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from crf.actions.planning import plan_visits
from crf.casebook import Casebook
from crf.derived import progression as check
from followup.models import Flag, NightlyRun
from trial.access import Act
from trial.actions import events
from trial.actions.checking.system_account import system_user
from trial.audit.acting import acting
from trial.models import Record, Site, Subject, SystemEvent, may
from trial.protocol.schedule import timetable
from trial.refusals import Code, Refused

from .due import Due, due_of

NIGHT = time(2)
"""The hour of a site's own clock from which its nightly job is due."""
_hints = ContextVar("hints", default=True)

WATCHED = """
    select v.held_on, v.closes_on,
           exists (select from followup_flag f where f.visit_id = v.id and f.closed_on is null)
        or exists (select from trial_signature s where s.visit_id = v.id)
      from trial_visit v where v.id = %s"""
"""The days from which a visit's forms can be late, and whether a flag or signature follows them."""


class Swept(NamedTuple):
    """The number of flags that a run opened, changed and closed."""

    raised: int
    changed: int
    closed: int


def nightly(site: Site, *, on: date) -> Swept:
    """Compute the flags of all subjects of a site for a day of its calendar.

    Store that the night was run.
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
    """Run the nightly job of each site where it is past 02:00 and today's was not run yet.

    Return the counts by the site's code.

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
    """Plan the subject's visits as of a day, and bring its flags up to date.

    One flag is open for each visit, form or check that is late.
    """
    subject = _locked(subject.pk)
    casebook = Casebook(subject)
    with acting(by=system_user()):
        planned = plan_visits(casebook, on=on)
    if planned:
        casebook = Casebook(subject)  # the visits that it had read have changed
    return _keep_due(casebook, on=on)


def _locked(pk: int) -> Subject:
    """Return the subject with its site; whoever computes its flags at the same time waits."""
    locked_rows = Subject.objects.select_for_update(no_key=True, of=["self"])
    return locked_rows.select_related("site").get(pk=pk)


def _keep_due(casebook: Casebook, *, on: date) -> Swept:
    """Bring a subject's flags up to date with what is due by the casebook on a day."""
    due = {(item.kind, item.anchor): item for item in due_of(casebook, on=on)}
    return _keep(casebook.subject, due, on=on)


def keep_current(subject: Subject) -> None:
    """Compute a subject's flags as soon as the running act is committed, before it is answered.

    So the next page is true, and no lock is held meanwhile. If it fails, what was entered stays
    stored, and the next night computes the flags.
    """
    if hints_are_wanted():
        transaction.on_commit(lambda: _run_committed(subject.pk), robust=True)


def keep_current_after(record: Record) -> None:
    """Compute a subject's flags after the save of one form, where that form can move one."""
    if hints_are_wanted():
        transaction.on_commit(lambda: _run_if_moved(record), robust=True)


def _run_if_moved(record: Record) -> None:
    if may_move_a_flag(record):
        _run_committed(record.subject.pk)


def may_move_a_flag(record: Record) -> bool:
    """Return whether a stored form can open, change or close a flag today.

    The forms that dates or the check after cycle 2 are read from always can. Any other shows only
    that it is entered: this tells where it is late, where its visit is, where a flag is open about
    the visit, or where it breaks a signature, which the check after cycle 2 asks for.
    """
    if record.moves_the_schedule or isinstance(record, check.READS):
        return True
    with connection.cursor() as cursor:
        cursor.execute(WATCHED, [record.visit_id])
        held_on, closes_on, is_followed = cursor.fetchone()
    today = record.subject.site.today()
    if is_followed or (closes_on and closes_on < today):
        return True
    if held_on is None or held_on >= today:
        return False
    parameters = Casebook(record.subject).parameters_on(today)
    due_days = timetable.entry_due_days(type(record)._meta.label_lower, parameters)
    return timetable.entry_overdue(held_on, on=today, due_days=due_days)


@transaction.atomic
def _run_committed(pk: int) -> None:
    """Compute a subject's flags; the act itself has planned the visits where it moved a date."""
    subject = _locked(pk)
    _keep_due(Casebook(subject), on=subject.site.today())


def _keep(subject: Subject, due: dict[tuple[str, str], Due], *, on: date) -> Swept:
    """Open the flags that should be open, update open ones, close those that are satisfied."""
    open_flags = {
        (flag.kind, flag.anchor): flag for flag in Flag.objects.open().filter(subject=subject)
    }
    new, changed, closed, moved = [], [], [], 0
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
        elif _differs(flag, should, on):
            changed.append(flag)
            moved += (flag.state, flag.due_on) != (should.state, should.due_on)
        flag.state, flag.severity, flag.due_on = should.state, should.severity, should.due_on
        flag.evidence, flag.last_seen_on = should.evidence, on
    for key, flag in open_flags.items():
        if key not in due:
            flag.closed_on = on
            closed.append(flag)
    Flag.objects.bulk_create(new)
    columns = ["state", "severity", "due_on", "evidence", "last_seen_on", "closed_on"]
    Flag.objects.bulk_update([*changed, *closed], columns)
    return Swept(len(new), moved, len(closed))


def _differs(flag: Flag, should: Due, on: date) -> bool:
    """Return whether an open flag says anything else than the data do on a day."""
    stored = (flag.state, flag.severity, flag.due_on, flag.evidence, flag.last_seen_on)
    return stored != (should.state, should.severity, should.due_on, should.evidence, on)


def acknowledge(flag: Flag, *, by: User, at: datetime | None = None) -> Flag:
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
        keep_current(flag.subject)
    return flag


def hints_are_wanted() -> bool:
    """Return whether an act has the flags of its subject computed at once."""
    return _hints.get()


@contextmanager
def without_hints() -> Iterator[None]:
    """Compute no flags while the block lasts.

    It is meant for a load of many records, after which the nightly job is run anyway.
    """
    token = _hints.set(False)
    try:
        yield
    finally:
        _hints.reset(token)
