"""Randomization: one allocation for each subject, for ever, derived from a key that no table holds (crf_spec 2.13)."""

from datetime import date
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.utils import timezone

from crf.models import Consent, DiseaseExtent, Lesion, NonTargetFinding, Randomization, Regimen, TargetMeasurement
from trial.access import Act
from trial.acting import acting
from trial.actions.entry import locked, refuse_identifiers, writing
from trial.models import ConsentVersion, Record, Study, Subject, Visit, may
from trial.protocol import randomization, study
from trial.refusal import Conflict, NotAllowed
from trial.signals import stored

from . import eligibility, progression


def publish_commitment(*, by: AbstractUser) -> str:
    """Publish the key's SHA-256, once, before the first subject is randomized."""
    commitment = randomization.commitment(_key())
    with writing(by=by, reason="OTHER: publication of the commitment"):
        row, _ = Study.objects.get_or_create(registration=study.REGISTRATION)
        row = locked(Study, row.pk)
        if row.randomization_commitment and row.randomization_commitment != commitment:
            raise Conflict("Another commitment has been published. The key that it belongs to is the only one that allocates.")
        row.randomization_commitment = commitment
        row.committed_at = row.committed_at or timezone.now()
        row.save()
    return commitment


def refusals(subject: Subject, *, on: date, late_reason: str = "") -> tuple[randomization.Refusal, ...]:
    """Why the subject cannot be randomized on this day; empty where nothing stands against it."""
    return randomization.preconditions(facts_of(subject, on=on, late_reason=late_reason))


def facts_of(subject: Subject, *, on: date, late_reason: str = "") -> randomization.Facts:
    confirmed = eligibility.latest(subject, 2)
    check = progression.check(subject, on=on)
    scan = check.assessment
    extent = DiseaseExtent.objects.of(subject).filter(visit__code="PC2", state=Record.State.COMPLETE).order_by("pk").last()
    strata = strata_of(subject)
    return randomization.Facts(
        on=on,
        g2_verdict=confirmed.result if confirmed else None,
        g2_signed=confirmed is not None and eligibility.is_signed(confirmed),
        g2_stale=confirmed is not None and eligibility.is_stale(confirmed, on=on),
        x07_refusal=check.refusal,
        pc2_scan_on=scan.scanned_on if scan else None,
        late_reason=late_reason,
        rt_feasible=extent.radiotherapy_feasible if extent else None,
        consent_current=consent_is_current(subject, on=on),
        randomized=Randomization.objects.filter(subject_once=subject).exists(),
        withdrawn=Consent.objects.of(subject).filter(type="WITHDRAWAL").exists(),
        site_active=subject.site.status_on(on) == "ACTIVE",
        allocations=Randomization.objects.count(),
        sysclass=strata[0],
        metpat=strata[1],
    )


def consent_is_current(subject: Subject, *, on: date) -> bool:
    """Whether the version last signed is in force, or no later one asks those already in the trial to consent again."""
    signed = Consent.objects.of(subject).filter(type__in=["INITIAL", "RECONSENT"]).exclude(form_version=None)
    last = signed.exclude(declined="Y").select_related("form_version").order_by("signed_on", "pk").last()
    if last is None:
        return False
    version = last.form_version
    newer = ConsentVersion.objects.effective(site_id=subject.site_id, on=on).filter(effective_from__gt=version.effective_from)
    return not newer.exclude(reconsent=ConsentVersion.Reconsent.NEW_ONLY).exists()


def strata_of(subject: Subject) -> tuple[str | None, str | None]:
    """SYSCLASS and METPAT, as far as the casebook tells."""
    regimen = Regimen.objects.of(subject).filter(state=Record.State.COMPLETE).order_by("pk").last()
    rows = [*_findings(TargetMeasurement, subject), *_findings(NonTargetFinding, subject)]
    resolved = {lesion for lesion, state in rows if state == "ABSENT"}
    lesions = Lesion.objects.of(subject).filter(first_seen__in=["BL0", "BL1"])
    pattern = randomization.metpat(
        randomization.StratumLesion(lesion.lesion_class, lesion.certainty == "DEFINITE", lesion.pk in resolved) for lesion in lesions
    )
    return (regimen.sysclass or None) if regimen else None, pattern.value if pattern else None


def _findings(group: type[TargetMeasurement] | type[NonTargetFinding], subject: Subject) -> list[tuple[int, str]]:
    """Lesion and state at BL1, the check after cycle 2."""
    at_bl1 = group.objects.of(subject).filter(assessment__visit__code="PC2", assessment__withdrawn_at=None)
    return list(at_bl1.values_list("lesion_id", "state"))


def randomize(subject: Subject, *, by: AbstractUser, late_reason: str = "", at: date | None = None) -> Randomization:
    """Allocate the subject, once. Asked again, by a retry or by two at once, the answer is a refusal that names the allocation.

    `at` is the day: only demo and tests pass it.
    """
    if not may(by, Act.RANDOMIZE, subject.site_id):
        raise NotAllowed("Only an investigator of this site randomizes its subjects.")
    refuse_identifiers(late_reason, item="late_reason", longest=200)
    on = at or subject.site.today()
    key = _key()
    with writing(by=by):
        published = Study.objects.select_for_update(no_key=True).filter(registration=study.REGISTRATION).first()
        if published is None or published.randomization_commitment != randomization.commitment(key):
            raise Conflict(
                "The randomization key does not belong to the published commitment. Nobody is randomized until it does.",
                codes=["KEY_NOT_COMMITTED"],
            )
        if earlier := Randomization.objects.filter(subject_once=subject).first():
            raise Conflict(
                f"{subject} was randomized on {earlier.randomized_on} ({earlier.number}, {earlier.get_arm_display()}).",
                codes=["ALREADY_RANDOMIZED"],
            )
        against = refusals(subject, on=on, late_reason=late_reason)
        if against:
            raise Conflict(*(refusal.sentence for refusal in against), codes=[refusal.code for refusal in against])
        record = _allocate(subject, key=key, on=on, late_reason=late_reason)
        with acting(by=by, reason=f"OTHER: {record.number}"):
            stored.send(Randomization, row=record, by=by)
    return record


def _allocate(subject: Subject, *, key: bytes, on: date, late_reason: str) -> Randomization:
    """Under the lock of the study's row: the next number, and the arm of the stratum's next place."""
    sysclass, pattern = strata_of(subject)
    in_stratum = Randomization.objects.filter(sysclass=sysclass, metpat=pattern).count()
    stratum = randomization.stratum_name(sysclass, pattern)
    confirmed = eligibility.latest(subject, 2)
    visit = Visit.objects.filter(subject=subject, code="RAND").first()
    if stratum is None or confirmed is None or visit is None:
        raise Conflict("The stratum cannot be computed, or the visit RAND is not planned.")
    return Randomization.objects.create(
        visit=visit,
        subject_once=subject,
        eligibility=confirmed,
        state=Randomization.State.COMPLETE,
        randomized_on=on,
        number=randomization.allocation_number(Randomization.objects.count() + 1),
        arm=randomization.allocation(key, stratum, in_stratum + 1).value,
        sysclass=sysclass,
        metpat=pattern,
        late_reason=late_reason,
    )


def _key() -> bytes:
    """Read for each allocation and kept nowhere: no setting, log or error text holds it."""
    try:
        return Path(settings.RANDOMIZATION_KEY_FILE).read_bytes()
    except OSError as error:
        raise Conflict("The randomization key cannot be read. Tell the study administrator.", codes=["KEY_MISSING"]) from error
