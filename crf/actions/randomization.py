"""Randomization: one allocation for each subject, for ever (crf_spec 2.13).

It is derived from a key that no table holds.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser, User
from django.utils import timezone
from django.utils.translation import gettext as _

from crf.casebook import Casebook
from crf.derived import eligibility, progression
from crf.derived.consent import consent_is_current, is_withdrawn
from crf.derived.evidence import visit_of_gate
from crf.derived.since_confirmed import SinceConfirmed, changes_in_words, since_confirmed
from crf.derived.strata import feasible, levels_of
from crf.models import AllocationOutside, Eligibility, Randomization
from trial.access import Act
from trial.accounts.second_factor import Proof, Unproven
from trial.actions.parameters import lock_study
from trial.actions.review import refuse_unless_proven
from trial.actions.saving.writing import checked_text, lock_row, writing
from trial.actions.signals import stored
from trial.actions.verification import anchors
from trial.audit.acting import acting
from trial.models import (
    ParameterDecision,
    SiteStatus,
    Study,
    Subject,
    Visit,
    may,
    parameters_on,
)
from trial.models.locks import block_writers
from trial.protocol import study
from trial.protocol.parameters import Parameters, RandMethod, Stratum
from trial.protocol.randomization import blocks, minimization, preconditions
from trial.protocol.schedule.visits import RANDOMIZATION_VISIT
from trial.refusals import Code, Problem, Refused

from .allocations import earlier_allocations, hold_visit
from .confirmation import address_of_gate

FIXED_PARAMETERS = ("RAND_METHOD", "STRATA")


def publish_commitment(*, by: AbstractUser) -> str:
    """Publish the key's SHA-256, once, before the first subject is randomized."""
    commitment = blocks.commitment(_key())
    with writing(by=by, reason="OTHER: publication of the commitment"):
        row, _is_new = Study.objects.get_or_create(registration=study.REGISTRATION)
        row = lock_row(Study, row.pk)
        if row.randomization_commitment and row.randomization_commitment != commitment:
            raise Refused(Code.COMMITMENT_OF_ANOTHER_KEY)
        row.randomization_commitment = commitment
        row.committed_at = row.committed_at or timezone.now()
        row.save()
    return commitment


def refusals(
    casebook: Casebook, *, on: date, late_reason: str = ""
) -> tuple[preconditions.Refusal, ...]:
    """Return the reasons why the subject cannot be randomized on a day; empty if there are none."""
    parameters = casebook.parameters_on(on)
    facts = facts_of(casebook, on=on, parameters=parameters, late_reason=late_reason)
    return preconditions.preconditions(facts, parameters)


def facts_of(
    casebook: Casebook, *, on: date, parameters: Parameters, late_reason: str = ""
) -> preconditions.Facts:
    """Return the facts that decide whether the subject may be randomized on a day."""
    subject = casebook.subject
    check = progression.check(casebook, on=on)
    scan = check.assessment
    levels = levels_of(casebook, parameters, on)
    all_known = all(levels.values())
    facts = preconditions.Facts(
        on=on,
        x07_refusal=check.refusal,
        pc2_scan_on=scan.scanned_on if scan else None,
        late_reason=late_reason,
        rt_feasible=feasible(casebook, at=visit_of_gate(2, parameters)),
        consent_current=consent_is_current(casebook, on=on),
        randomized=bool(casebook.records(Randomization)),
        outside_waits=AllocationOutside.waiting(subject) is not None,
        withdrawn=is_withdrawn(casebook),
        site_active=subject.site.status_on(on) == SiteStatus.Status.ACTIVE,
        allocations=Randomization.objects.count(),
        sysclass=levels[Stratum.SYSCLASS] if all_known else None,
        metpat=levels[Stratum.METPAT] if all_known else None,
    )
    return _with_gates(facts, casebook, on=on)


def _with_gates(facts: preconditions.Facts, casebook: Casebook, *, on: date) -> preconditions.Facts:
    """Return the facts with those of both gates, judged for a randomization on a day."""
    entry, confirmed = eligibility.latest(casebook, 1), eligibility.latest(casebook, 2)
    since_entry, since_second = (
        since_confirmed(record, casebook, on=on) if record else SinceConfirmed()
        for record in (entry, confirmed)
    )
    evidence = [
        eligibility.assess(casebook, gate=gate, on=record.assessed_on)
        for gate, record in ((1, entry), (2, confirmed))
        if record
    ]
    return replace(
        facts,
        g1_passed=entry is not None and eligibility.is_passed(entry, casebook),
        g1_stale=since_entry.is_stale,
        g1_changes=_changes(entry, casebook, since_entry),
        g2_verdict=confirmed.result if confirmed else None,
        g2_signed=confirmed is not None and eligibility.is_signed(confirmed, casebook),
        g2_stale=since_second.is_stale,
        g2_changes=_changes(confirmed, casebook, since_second),
        lapsed=since_second.lapsed,
        evidence_queried=evidence_is_queried(casebook, *evidence),
    )


def _changes(record: Eligibility | None, casebook: Casebook, since: SinceConfirmed) -> str:
    """Return what made a confirmation stale, when and by whom; empty where nothing did."""
    return " ".join(changes_in_words(record, casebook, since)) if record else ""


def evidence_is_queried(casebook: Casebook, *assessed: eligibility.Assessed) -> bool:
    """Return whether an open query is about a record that the evidence stands in."""
    records = eligibility.behind(*assessed)
    return any(row.is_open_query and (row.form, row.record) in records for row in casebook.standing)


def randomize(
    subject: Subject, *, by: User, proof: Proof, late_reason: str = "", at: date | None = None
) -> tuple[Randomization, bool]:
    """Allocate the subject for who proves to be `by`. Return the allocation, and whether it is new.

    The same request again has the same answer (docs/decisions/0043). `at` is the day: only the demo
    and the tests pass it.
    """
    if not may(by, Act.RANDOMIZE, subject.site_id):
        raise Refused(Code.RANDOMIZED_BY_INVESTIGATOR)
    late_reason = checked_text(late_reason, item="late_reason", if_blank=None, longest=200)
    if earlier := allocation_of(subject):  # what stands for ever needs no proof, lock or key
        return _same(earlier, late_reason), False
    if earlier := _proven_or_allocated(subject, by=by, proof=proof):
        return _same(earlier, late_reason), False
    on = at or subject.site.today()
    key = _key()
    with writing(by=by):
        _lock_committed_study(key)
        if earlier := allocation_of(subject):  # made by who held the lock before
            return _same(earlier, late_reason), False
        block_writers()  # what is read now stands until the allocation does
        # Read under the study's lock, too: no method changes in it.
        parameters = parameters_on(on, afresh=True)
        casebook = Casebook(subject)
        _refuse_unless_randomizable(casebook, on=on, late_reason=late_reason)
        record = _allocate(casebook, key=key, on=on, parameters=parameters, late_reason=late_reason)
        with acting(by=by, reason=f"OTHER: {record.number}"):
            stored.send(Randomization, row=record, by=by, casebook=casebook.with_record(record))
        anchors.at_commit()
    return record, True


def _proven_or_allocated(subject: Subject, *, by: User, proof: Proof) -> Randomization | None:
    """Refuse a person who does not prove to be `by`, unless the subject is allocated meanwhile.

    Pressed twice, the second request brings the code that the first has used up: the allocation
    that the first was making is returned once it is stored.
    """
    try:
        refuse_unless_proven(by, proof, undone=_("Nobody was randomized."))
    except Unproven:
        with writing(by=by):
            lock_study()
            earlier = allocation_of(subject)
        if earlier is None:
            raise
        return earlier
    return None


def _lock_committed_study(key: bytes) -> None:
    """Lock the study. Refuse a key whose commitment was not published."""
    locked_rows = Study.objects.select_for_update(no_key=True)
    published = locked_rows.filter(registration=study.REGISTRATION).first()
    if published is None or published.randomization_commitment != blocks.commitment(key):
        raise Refused(Code.KEY_NOT_COMMITTED, codes=["KEY_NOT_COMMITTED"])


def _refuse_unless_randomizable(casebook: Casebook, *, on: date, late_reason: str) -> None:
    """Refuse the subject for each precondition that does not hold."""
    against = refusals(casebook, on=on, late_reason=late_reason)
    if not against:
        return
    problems = []
    for refusal in against:
        facts = {"sentence": refusal.sentence}
        if refusal.gate:
            facts["address"] = address_of_gate(casebook.subject, refusal.gate)
        problems.append(Problem(Code.NOT_RANDOMIZABLE, facts=facts))
    raise Refused(*problems, codes=[refusal.code for refusal in against])


def allocation_of(subject: Subject) -> Randomization | None:
    """Return the subject's allocation as it is stored now."""
    allocations = Randomization.objects.filter(subject_once=subject)
    return allocations.select_related("visit__subject__site").first()


def _same(earlier: Randomization, late_reason: str) -> Randomization:
    """Return the allocation if this request is the one that made it.

    Refuse any other request, and name the allocation.
    """
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


def _allocate(
    casebook: Casebook, *, key: bytes, on: date, parameters: Parameters, late_reason: str
) -> Randomization:
    """Store the next number with the arm that blocks or minimization give it.

    The study's row is locked meanwhile.
    """
    subject = casebook.subject
    levels_or_none = levels_of(casebook, parameters, on)
    levels = {factor: level for factor, level in levels_or_none.items() if level}
    confirmed = eligibility.latest(casebook, 2)
    visit = Visit.objects.filter(subject=subject, code=RANDOMIZATION_VISIT).first()
    if confirmed is None or visit is None or len(levels) < len(levels_or_none):
        raise Refused(Code.STRATUM_UNKNOWN)
    visit.subject = subject
    hold_visit(visit, on=on)
    return Randomization.objects.create(
        visit=visit,
        subject_once=subject,
        eligibility=confirmed,
        state=Randomization.State.COMPLETE,
        randomized_on=on,
        number=blocks.allocation_number(Randomization.objects.by_key().count() + 1),
        arm=_arm(key, levels, parameters).value,
        sysclass=levels[Stratum.SYSCLASS],
        metpat=levels[Stratum.METPAT],
        method=parameters.rand_method,
        levels=levels,
        late_reason=late_reason,
    )


def _arm(key: bytes, levels: Mapping[str, str], parameters: Parameters) -> blocks.Arm:
    """Return the arm of the next allocation, by the method in force."""
    if parameters.rand_method == RandMethod.MINIMIZATION:
        design = minimization.design_of(parameters.strata)
        return minimization.allocation(key, levels, earlier_allocations(), design=design)
    sysclass, metpat = levels[Stratum.SYSCLASS], levels[Stratum.METPAT]
    stratum = blocks.stratum_name(sysclass, metpat)
    earlier = Randomization.objects.by_key().filter(sysclass=sysclass, metpat=metpat)
    return blocks.allocation(key, str(stratum), earlier.count() + 1)


def keep_method_and_strata(decision: ParameterDecision, **kwargs: Any) -> None:
    """Refuse another method or other strata once the key has allocated a subject.

    So each allocation can be checked. It receives `decided` (trial/actions/signals.py).
    """
    if decision.name in FIXED_PARAMETERS and Randomization.objects.by_key().exists():
        raise Refused(Code.METHOD_FIXED)


def _key() -> bytes:
    """Return the key, read anew. No setting, log or error text holds it."""
    try:
        return Path(settings.RANDOMIZATION_KEY_FILE).read_bytes()
    except OSError as error:
        raise Refused(Code.KEY_UNREADABLE, codes=["KEY_MISSING"]) from error
