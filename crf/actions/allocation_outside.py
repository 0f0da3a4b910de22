"""Back-entry of an allocation made outside the system (crf_spec 2.13, RANDMAN).

Two people enter it from one source document (docs/decisions/0042).
"""

from collections.abc import Iterator, Mapping
from datetime import date

from django.contrib.auth.models import User

from crf.models import AllocationOutside, Randomization
from trial.access import Act
from trial.actions.parameters import lock_study
from trial.actions.saving.writing import (
    checked_text,
    lock_row,
    refuse_withdrawn_subject,
    writing,
)
from trial.actions.signals import stored
from trial.actions.verification import anchors
from trial.audit.acting import acting
from trial.models import Subject, Visit, may
from trial.protocol.parameters import Stratum
from trial.protocol.randomization.blocks import outside_number
from trial.protocol.schedule.visits import RANDOMIZATION_VISIT
from trial.refusals import Code, Problem, Refused
from trial.states import OutsideState

from .allocations import hold_visit
from .randomization import allocation_of, was_randomized

LONGEST = 200


def enter(
    subject: Subject,
    *,
    by: User,
    allocated_on: date | None,
    arm: str,
    sysclass: str,
    metpat: str,
    source: str,
    reason: str,
) -> AllocationOutside:
    """Store the allocation as the source document states it.

    It counts once a data manager has confirmed it.
    """
    if not may(by, Act.RANDOMIZE, subject.site_id):
        raise Refused(Code.OUTSIDE_BY_INVESTIGATOR)
    source = checked_text(source, item="source", if_blank=Code.SOURCE_MISSING, longest=LONGEST)
    reason = checked_text(reason, longest=LONGEST)
    choices = {"arm": arm, "sysclass": sysclass, "metpat": metpat}
    problems = [*_unknown_choices(choices), *_problems_of_day(subject, allocated_on)]
    if problems or allocated_on is None:
        raise Refused(*problems)
    with writing(by=by):
        refuse_withdrawn_subject(lock_row(Subject, subject.pk))
        _refuse_second(subject)
        if AllocationOutside.waiting(subject):
            raise Refused(Code.OUTSIDE_WAITS, codes=["OUTSIDE_WAITS"], subject=subject)
        return AllocationOutside.objects.create(
            subject=subject,
            state=OutsideState.ENTERED,
            by=by,
            allocated_on=allocated_on,
            source=source,
            reason=reason,
            **choices,
        )


def confirm(subject: Subject, *, by: User, entered: int, reason: str) -> Randomization:
    """Make the entry the subject's allocation, for ever.

    `by` is a second person, who has compared it with the source document; `entered` is the key of
    the entry that this person has read. The allocation takes no place and no number in the sequence
    of the randomization key.
    """
    with writing(by=by):
        decision = _decided(subject, OutsideState.CONFIRMED, by=by, entered=entered, reason=reason)
        why = AllocationOutside.objects.get(pk=entered).reason
        visit, _ = Visit.objects.get_or_create(
            subject=subject,
            code=RANDOMIZATION_VISIT,
            defaults={"target_on": decision.allocated_on},
        )
        hold_visit(visit, on=decision.allocated_on)
        record = Randomization.objects.create(
            visit=visit,
            subject_once=subject,
            state=Randomization.State.COMPLETE,
            randomized_on=decision.allocated_on,
            number=outside_number(Randomization.objects.outside().count() + 1),
            arm=decision.arm,
            sysclass=decision.sysclass,
            metpat=decision.metpat,
            levels={Stratum.SYSCLASS: decision.sysclass, Stratum.METPAT: decision.metpat},
            outside="Y",
            outside_source=decision.source,
            outside_reason=why,
        )
        with acting(by=by, reason=f"OTHER: {record.number}"):
            stored.send(Randomization, row=record, by=by)
        anchors.at_commit()
    return record


def decline(subject: Subject, *, by: User, entered: int, reason: str) -> AllocationOutside:
    """Decline an entry that does not agree with the source document. Another may follow it."""
    with writing(by=by):
        return _decided(subject, OutsideState.DECLINED, by=by, entered=entered, reason=reason)


def _decided(
    subject: Subject, state: OutsideState, *, by: User, entered: int, reason: str
) -> AllocationOutside:
    """Store the second person's decision, under the study's lock.

    It repeats the entry's values, so that it can be read alone.
    """
    if not may(by, Act.CONFIRM_ALLOCATION, subject.site_id):
        raise Refused(Code.OUTSIDE_BY_DATA_MANAGER)
    reason = checked_text(reason, longest=LONGEST)
    _refuse_second(subject)
    entry = AllocationOutside.waiting(subject)
    if entry is None or entry.pk != entered:
        raise Refused(Code.OUTSIDE_DECIDED, codes=["STALE"])
    if entry.by_id == by.pk:
        raise Refused(Code.OUTSIDE_SECOND_PERSON)
    return AllocationOutside.objects.create(
        subject=subject,
        state=state,
        by=by,
        entered_by=entry.by,
        allocated_on=entry.allocated_on,
        arm=entry.arm,
        sysclass=entry.sysclass,
        metpat=entry.metpat,
        source=entry.source,
        reason=reason,
    )


def _refuse_second(subject: Subject) -> None:
    """Refuse a second allocation of a subject, under the lock that allocations are made under."""
    lock_study()
    if earlier := allocation_of(subject):
        raise was_randomized(earlier)


def _unknown_choices(choices: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each item whose value is no code of its list."""
    for item, value in choices.items():
        if value not in Randomization.codes_of(item):
            yield Problem(Code.OUTSIDE_UNCHOSEN, item)


def _problems_of_day(subject: Subject, allocated_on: date | None) -> Iterator[Problem]:
    """Yield a problem for a day that is missing, in the future, or before the screening."""
    if allocated_on is None or allocated_on > subject.site.today():
        yield Problem(Code.OUTSIDE_DAY_UNFIT, "allocated_on")
    elif allocated_on < subject.screened_on:
        yield Problem(Code.OUTSIDE_BEFORE_SCREENING, "allocated_on", {"day": subject.screened_on})


def refuse_withdrawal_of_allocated(row: object, **signal: object) -> None:
    """Refuse to withdraw a subject of whom an allocation is entered, whoever decides it.

    It receives `stored` (trial/actions/signals.py).
    """
    if not isinstance(row, Subject) or not row.withdrawn_at:
        return
    entered = AllocationOutside.objects.filter(subject=row).exists()
    if entered or Randomization.objects.filter(subject_once=row).exists():
        raise Refused(Code.SUBJECT_ALLOCATED, subject=row)
