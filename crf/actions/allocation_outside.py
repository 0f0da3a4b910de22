"""Back-entry of an allocation made outside the system: two people, one source document (crf_spec 2.13, RANDMAN; docs/decisions/0042)."""

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
from trial.protocol.randomization.blocks import outside_number
from trial.refusals import Conflict, NotAllowed, Refused
from trial.states import OutsideState

from .randomization import allocation_of, was_randomized

LONGEST = 200


def enter(
    subject: Subject, *, by: AbstractUser, allocated_on: date | None, arm: str, sysclass: str, metpat: str, source: str, reason: str
) -> AllocationOutside:
    """What the source document says. It is the subject's allocation once a data manager has confirmed it."""
    if not may(by, Act.RANDOMIZE, subject.site_id):
        raise NotAllowed("Only an investigator of this site enters an allocation that was made outside the system.")
    source = words(source, item="source", asks="Name the source document.", longest=LONGEST)
    reason = words(reason, longest=LONGEST)
    told = {"arm": arm, "sysclass": sysclass, "metpat": metpat}
    problems = [(item, "Choose one of the list.") for item, value in told.items() if value not in _codes(item)]
    if allocated_on is None or allocated_on > subject.site.today():
        problems.append(("allocated_on", "Enter the day of the allocation; it does not lie in the future."))
    elif allocated_on < subject.screened_on:
        problems.append(("allocated_on", f"The subject was screened on {subject.screened_on}; an allocation cannot be earlier."))
    if problems:
        raise Refused(*problems)
    with writing(by=by):
        _refuse_second(subject)
        if AllocationOutside.waiting(subject):
            raise Conflict(f"An allocation of {subject} waits for a data manager already.", codes=["OUTSIDE_WAITS"])
        return AllocationOutside.objects.create(
            subject=subject, state=OutsideState.ENTERED, by=by, allocated_on=allocated_on, source=source, reason=reason, **told
        )


def confirm(subject: Subject, *, by: AbstractUser, entered: int, reason: str) -> Randomization:
    """A second person has compared it with the source document: from now on it is the subject's allocation, for ever.

    `entered` is the entry that was read. It takes no place in the key's sequence and no number of it.
    """
    with writing(by=by):
        read = _decided(subject, OutsideState.CONFIRMED, by=by, entered=entered, reason=reason)
        why = AllocationOutside.objects.get(pk=entered).reason
        visit, _ = Visit.objects.get_or_create(subject=subject, code="RAND", defaults={"target_on": read.allocated_on})
        record = Randomization.objects.create(
            visit=visit,
            subject_once=subject,
            state=Randomization.State.COMPLETE,
            randomized_on=read.allocated_on,
            number=outside_number(Randomization.objects.outside().count() + 1),
            arm=read.arm,
            sysclass=read.sysclass,
            metpat=read.metpat,
            levels={"SYSCLASS": read.sysclass, "METPAT": read.metpat},
            outside="Y",
            outside_source=read.source,
            outside_reason=why,
        )
        with acting(by=by, reason=f"OTHER: {record.number}"):
            stored.send(Randomization, row=record, by=by)
        anchors.at_commit()
    return record


def decline(subject: Subject, *, by: AbstractUser, entered: int, reason: str) -> AllocationOutside:
    """It does not agree with the source document: an investigator enters it anew, or nobody does."""
    with writing(by=by):
        return _decided(subject, OutsideState.DECLINED, by=by, entered=entered, reason=reason)


def _decided(subject: Subject, state: OutsideState, *, by: AbstractUser, entered: int, reason: str) -> AllocationOutside:
    """The second person's word, under the study's lock; it repeats what was read, so that it can be read alone."""
    if not may(by, Act.CONFIRM_ALLOCATION, subject.site_id):
        raise NotAllowed("Only a data manager of this site confirms an allocation that was made outside the system.")
    reason = words(reason, longest=LONGEST)
    _refuse_second(subject)
    read = AllocationOutside.waiting(subject)
    if read is None or read.pk != entered:
        raise Conflict("This entry was confirmed, declined or replaced in the meantime. Open the page again.", codes=["STALE"])
    if read.by_id == by.pk:
        raise NotAllowed("Who entered the allocation does not confirm or decline it. Another person does.")
    return AllocationOutside.objects.create(
        subject=subject, state=state, by=by, entered_by=read.by, allocated_on=read.allocated_on, arm=read.arm, sysclass=read.sysclass,
        metpat=read.metpat, source=read.source, reason=reason,
    )  # fmt: skip


def _refuse_second(subject: Subject) -> None:
    """Under the lock that allocations are made under: no two are made of one subject, by whatever way."""
    lock_study()
    if earlier := allocation_of(subject):
        raise was_randomized(earlier)


def _codes(item: str) -> list[str]:
    return [code for code, _ in Randomization._meta.get_field(item).choices or ()]
