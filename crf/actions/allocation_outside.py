"""Back-entry of an allocation made outside the system: two people, one source document (crf_spec
2.13, RANDMAN; docs/decisions/0042).
"""

from collections.abc import Iterator, Mapping
from datetime import date

from django.contrib.auth.models import AbstractUser

from crf.models import AllocationOutside, Randomization
from trial.access import Act
from trial.actions.entry import words, writing
from trial.actions.parameters import lock_study
from trial.actions.signals import stored
from trial.actions.verification import anchors
from trial.audit.acting import acting
from trial.models import Subject, Visit, may
from trial.protocol.parameters import Stratum
from trial.protocol.randomization.blocks import outside_number
from trial.refusals import Conflict, NotAllowed, Refused
from trial.states import OutsideState

from .randomization import allocation_of, was_randomized

LONGEST = 200


def enter(
    subject: Subject,
    *,
    by: AbstractUser,
    allocated_on: date | None,
    arm: str,
    sysclass: str,
    metpat: str,
    source: str,
    reason: str,
) -> AllocationOutside:
    """Store what the source document says.

    It is the subject's allocation once a data manager has confirmed it.
    """
    if not may(by, Act.RANDOMIZE, subject.site_id):
        raise NotAllowed("Only an investigator of this site enters an allocation that was made outside the system.")
    source = words(source, item="source", asks="Name the source document.", longest=LONGEST)
    reason = words(reason, longest=LONGEST)
    choices = {"arm": arm, "sysclass": sysclass, "metpat": metpat}
    if problems := [*_unknown_choices(choices), *_problems_of_day(subject, allocated_on)]:
        raise Refused(*problems)
    with writing(by=by):
        _refuse_second(subject)
        if AllocationOutside.waiting(subject):
            raise Conflict(
                f"An allocation of {subject} waits for a data manager already.",
                codes=["OUTSIDE_WAITS"],
            )
        return AllocationOutside.objects.create(
            subject=subject,
            state=OutsideState.ENTERED,
            by=by,
            allocated_on=allocated_on,
            source=source,
            reason=reason,
            **choices,
        )


def confirm(subject: Subject, *, by: AbstractUser, entered: int, reason: str) -> Randomization:
    """Make the entry the subject's allocation, for ever: a second person has compared it with the
    source document.

    `entered` is the key of the entry that was read. The allocation takes no place in the key's
    sequence and no number of it.
    """
    with writing(by=by):
        decision = _decided(subject, OutsideState.CONFIRMED, by=by, entered=entered, reason=reason)
        why = AllocationOutside.objects.get(pk=entered).reason
        visit, _ = Visit.objects.get_or_create(subject=subject, code="RAND", defaults={"target_on": decision.allocated_on})
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


def decline(subject: Subject, *, by: AbstractUser, entered: int, reason: str) -> AllocationOutside:
    """Decline the entry: it does not agree with the source document. Another may be entered."""
    with writing(by=by):
        return _decided(subject, OutsideState.DECLINED, by=by, entered=entered, reason=reason)


def _decided(subject: Subject, state: OutsideState, *, by: AbstractUser, entered: int, reason: str) -> AllocationOutside:
    """Store the second person's decision, under the study's lock.

    It repeats the entry's values, so that it can be read alone.
    """
    if not may(by, Act.CONFIRM_ALLOCATION, subject.site_id):
        raise NotAllowed("Only a data manager of this site confirms an allocation that was made outside the system.")
    reason = words(reason, longest=LONGEST)
    _refuse_second(subject)
    entry = AllocationOutside.waiting(subject)
    if entry is None or entry.pk != entered:
        raise Conflict(
            "This entry was confirmed, declined or replaced in the meantime. Open the page again.",
            codes=["STALE"],
        )
    if entry.by_id == by.pk:
        raise NotAllowed("Who entered the allocation does not confirm or decline it. Another person does.")
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


def _unknown_choices(choices: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for item, value in choices.items():
        if value not in _codes(item):
            yield item, "Choose one of the list."


def _problems_of_day(subject: Subject, allocated_on: date | None) -> Iterator[tuple[str, str]]:
    if allocated_on is None or allocated_on > subject.site.today():
        yield "allocated_on", "Enter the day of the allocation; it does not lie in the future."
    elif allocated_on < subject.screened_on:
        screened_on = subject.screened_on
        yield "allocated_on", f"The subject was screened on {screened_on}; an allocation cannot be earlier."


def _codes(item: str) -> list[str]:
    return [code for code, _ in Randomization._meta.get_field(item).choices or ()]
