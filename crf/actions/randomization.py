"""Randomization: one allocation for each subject, for ever, derived from a key that no table holds (crf_spec 2.13)."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.utils import timezone

from crf.casebook import Casebook
from crf.derived import progression
from crf.derived.evidence import visit_of_gate
from crf.models import AllocationOutside, Consent, Criterion, Randomization
from trial.access import Act
from trial.actions.signals import stored
from trial.actions.verification import anchors
from trial.actions.writing import locked, words, writing
from trial.audit.acting import acting
from trial.models import ConsentVersion, ParameterDecision, Study, Subject, Visit, may, parameters_on
from trial.models.locks import hold_writers
from trial.models.parameter import read_once
from trial.protocol import study
from trial.protocol.parameters import Parameters, RandMethod
from trial.protocol.randomization import blocks, minimization, preconditions
from trial.refusals import Code, Problem, Refused

from . import eligibility
from .strata import earlier_allocations, feasible, levels_of


def publish_commitment(*, by: AbstractUser) -> str:
    """Publish the key's SHA-256, once, before the first subject is randomized."""
    commitment = blocks.commitment(_key())
    with writing(by=by, reason="OTHER: publication of the commitment"):
        row, _ = Study.objects.get_or_create(registration=study.REGISTRATION)
        row = locked(Study, row.pk)
        if row.randomization_commitment and row.randomization_commitment != commitment:
            raise Refused(Code.COMMITMENT_OF_ANOTHER_KEY)
        row.randomization_commitment = commitment
        row.committed_at = row.committed_at or timezone.now()
        row.save()
    return commitment


def refusals(subject: Subject, *, on: date, late_reason: str = "", read: Casebook | None = None) -> tuple[preconditions.Refusal, ...]:
    """Why the subject cannot be randomized on this day; empty where nothing stands against it."""
    with read_once():
        parameters = parameters_on(on)
        facts = facts_of(subject, on=on, parameters=parameters, late_reason=late_reason, read=read)
    return preconditions.preconditions(facts, parameters)


def facts_of(
    subject: Subject, *, on: date, parameters: Parameters, late_reason: str = "", read: Casebook | None = None
) -> preconditions.Facts:
    read = read or Casebook(subject)
    entry, confirmed = (eligibility.latest(subject, gate, read) for gate in (1, 2))
    read.rows(Criterion)
    anew = {record: eligibility.assess_anew(record, read) for record in (entry, confirmed) if record}
    questioned = eligibility.behind(*anew.values())
    check = progression.check(subject, on=on, read=read)
    scan = check.assessment
    levels = levels_of(subject, parameters, read)
    known = all(levels.values())
    return preconditions.Facts(
        on=on,
        g1_passed=entry is not None and eligibility.is_passed(entry, read),
        g1_stale=entry is not None and eligibility.is_stale(entry, on=entry.assessed_on, read=read, then=anew[entry]),
        g2_verdict=confirmed.result if confirmed else None,
        g2_signed=confirmed is not None and eligibility.is_signed(confirmed, read),
        g2_stale=confirmed is not None and eligibility.is_stale(confirmed, on=on, read=read, then=anew[confirmed]),
        evidence_queried=any(one.is_open_query and (one.form, one.record) in questioned for one in read.standing),
        x07_refusal=check.refusal,
        pc2_scan_on=scan.scanned_on if scan else None,
        late_reason=late_reason,
        rt_feasible=feasible(read, at=visit_of_gate(2, parameters)),
        consent_current=consent_is_current(subject, on=on, read=read),
        randomized=bool(read.records(Randomization)),
        outside_waits=AllocationOutside.waiting(subject) is not None,
        withdrawn=any(consent.type == Consent.Type.WITHDRAWAL for consent in read.records(Consent)),
        site_active=subject.site.status_on(on) == "ACTIVE",
        allocations=Randomization.objects.count(),
        sysclass=levels["SYSCLASS"] if known else None,
        metpat=levels["METPAT"] if known else None,
    )


def consent_is_current(subject: Subject, *, on: date, read: Casebook | None = None) -> bool:
    """Whether the version last signed is in force, or no later one asks those already in the trial to consent again."""
    given = [one for one in (read or Casebook(subject)).records(Consent) if one.type in ("INITIAL", "RECONSENT") and one.declined != "Y"]
    signed = [one for one in given if one.form_version is not None]
    if not signed:
        return False
    version = max(signed, key=lambda one: (one.signed_on or date.max, one.pk)).form_version  # one without its day counts as the last
    newer = ConsentVersion.objects.effective(site_id=subject.site_id, on=on).filter(effective_from__gt=version.effective_from)
    return not newer.exclude(reconsent=ConsentVersion.Reconsent.NEW_ONLY).exists()


def randomize(subject: Subject, *, by: AbstractUser, late_reason: str = "", at: date | None = None) -> tuple[Randomization, bool]:
    """The subject's allocation, and whether it was made now. Asked again in the same words, the answer is the same (docs/decisions/0043).

    `at` is the day: only demo and tests pass it.
    """
    if not may(by, Act.RANDOMIZE, subject.site_id):
        raise Refused(Code.RANDOMIZED_BY_INVESTIGATOR)
    late_reason = words(late_reason, item="late_reason", asks=None, longest=200)
    if earlier := allocation_of(subject):  # what stands for ever needs neither lock nor key
        return _same(earlier, late_reason), False
    on = at or subject.site.today()
    key = _key()
    with writing(by=by):
        published = Study.objects.select_for_update(no_key=True).filter(registration=study.REGISTRATION).first()
        if published is None or published.randomization_commitment != blocks.commitment(key):
            raise Refused(Code.KEY_NOT_COMMITTED, codes=["KEY_NOT_COMMITTED"])
        if earlier := allocation_of(subject):  # made by who held the lock before
            return _same(earlier, late_reason), False
        hold_writers()  # what is read now stands until the allocation does
        parameters, read = parameters_on(on, afresh=True), Casebook(subject)  # under the study's lock, too, in which no method changes
        against = refusals(subject, on=on, late_reason=late_reason, read=read)
        if against:
            problems = [Problem(Code.NOT_RANDOMIZABLE, facts={"sentence": refusal.sentence}) for refusal in against]
            raise Refused(*problems, codes=[refusal.code for refusal in against])
        record = _allocate(read, key=key, on=on, parameters=parameters, late_reason=late_reason)
        with acting(by=by, reason=f"OTHER: {record.number}"):
            stored.send(Randomization, row=record, by=by)
        anchors.at_commit()
    return record, True


def allocation_of(subject: Subject) -> Randomization | None:
    return Randomization.objects.filter(subject_once=subject).select_related("visit__subject__site").first()


def _same(earlier: Randomization, late_reason: str) -> Randomization:
    """What was asked for before, in the same words; anything else is refused, and names what stands."""
    if earlier.outside == "Y" or earlier.late_reason != late_reason:
        raise was_randomized(earlier)
    return earlier


def was_randomized(earlier: Randomization) -> Refused:
    """Return the refusal that names the allocation which stands."""
    return Refused(
        Code.ALREADY_RANDOMIZED,
        codes=["ALREADY_RANDOMIZED"],
        subject=earlier.subject,
        day=earlier.randomized_on,
        number=earlier.number,
        arm=earlier.get_arm_display(),
    )


def _allocate(read: Casebook, *, key: bytes, on: date, parameters: Parameters, late_reason: str) -> Randomization:
    """Under the lock of the study's row: the next number, and the arm that blocks or minimization give it."""
    subject = read.subject
    levels = levels_of(subject, parameters, read)
    confirmed = eligibility.latest(subject, 2)
    visit = Visit.objects.filter(subject=subject, code="RAND").first()
    if confirmed is None or visit is None or not all(levels.values()):
        raise Refused(Code.STRATUM_UNKNOWN)
    visit.subject = subject
    return Randomization.objects.create(
        visit=visit,
        subject_once=subject,
        eligibility=confirmed,
        state=Randomization.State.COMPLETE,
        randomized_on=on,
        number=blocks.allocation_number(Randomization.objects.by_key().count() + 1),
        arm=_arm(key, levels, parameters).value,
        sysclass=levels["SYSCLASS"],
        metpat=levels["METPAT"],
        method=parameters.rand_method,
        levels=levels,
        late_reason=late_reason,
    )


def _arm(key: bytes, levels: Mapping[str, str], parameters: Parameters) -> blocks.Arm:
    if parameters.rand_method == RandMethod.MINIMIZATION:
        return minimization.allocation(key, levels, earlier_allocations(), design=minimization.design_of(parameters.strata))
    stratum = blocks.stratum_name(levels["SYSCLASS"], levels["METPAT"])
    in_stratum = Randomization.objects.by_key().filter(sysclass=levels["SYSCLASS"], metpat=levels["METPAT"]).count()
    return blocks.allocation(key, str(stratum), in_stratum + 1)


def keep_method_and_strata(decision: ParameterDecision, **kwargs: Any) -> None:
    """Receives `decided`: once the key has allocated a subject, what allocations are made by stays, so that each can be checked."""
    if decision.name in ("RAND_METHOD", "STRATA") and Randomization.objects.by_key().exists():
        raise Refused(Code.METHOD_FIXED)


def _key() -> bytes:
    """Read for each allocation and kept nowhere: no setting, log or error text holds it."""
    try:
        return Path(settings.RANDOMIZATION_KEY_FILE).read_bytes()
    except OSError as error:
        raise Refused(Code.KEY_UNREADABLE, codes=["KEY_MISSING"]) from error
