"""Back-entry of an allocation made outside the system: two people, one source document (crf_spec 2.13, RANDMAN; docs/decisions/0042)."""

from datetime import date

from django.contrib.auth.models import AbstractUser

from crf.models import AllocationOutside, Randomization
from trial.access import Act
from trial.actions.parameters import lock_study
from trial.actions.signals import stored
from trial.actions.verification import anchors
from trial.actions.writing import words, writing
from trial.audit.acting import acting
from trial.models import Subject, Visit, may
from trial.protocol.randomization.blocks import outside_number
from trial.refusals import Code, Problem, Refused
from trial.states import OutsideState

from .randomization import allocation_of, was_randomized

LONGEST = 200


def enter(
    subject: Subject, *, by: AbstractUser, allocated_on: date | None, arm: str, sysclass: str, metpat: str, source: str, reason: str
) -> AllocationOutside:
    """What the source document says. It is the subject's allocation once a data manager has confirmed it."""
    if not may(by, Act.RANDOMIZE, subject.site_id):
        raise Refused(Code.OUTSIDE_BY_INVESTIGATOR)
    source = words(source, item="source", asks=Code.SOURCE_MISSING, longest=LONGEST)
    reason = words(reason, longest=LONGEST)
    told = {"arm": arm, "sysclass": sysclass, "metpat": metpat}
    problems = [Problem(Code.OUTSIDE_UNCHOSEN, item) for item, value in told.items() if value not in _codes(item)]
    if allocated_on is None or allocated_on > subject.site.today():
        problems.append(Problem(Code.OUTSIDE_DAY_UNFIT, "allocated_on"))
    elif allocated_on < subject.screened_on:
        problems.append(Problem(Code.OUTSIDE_BEFORE_SCREENING, "allocated_on", {"day": subject.screened_on}))
    if problems:
        raise Refused(*problems)
    with writing(by=by):
        _refuse_second(subject)
        if AllocationOutside.waiting(subject):
            raise Refused(Code.OUTSIDE_WAITS, codes=["OUTSIDE_WAITS"], subject=subject)
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
        raise Refused(Code.OUTSIDE_BY_DATA_MANAGER)
    reason = words(reason, longest=LONGEST)
    _refuse_second(subject)
    read = AllocationOutside.waiting(subject)
    if read is None or read.pk != entered:
        raise Refused(Code.OUTSIDE_DECIDED, codes=["STALE"])
    if read.by_id == by.pk:
        raise Refused(Code.OUTSIDE_SECOND_PERSON)
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
