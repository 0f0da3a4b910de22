"""What an allocation is balanced by: the levels of a subject's factors, as far as the casebook tells (crf_spec 2.13)."""

from django.contrib.auth.models import AbstractUser

from crf.casebook import Casebook
from crf.models import DiseaseExtent, Lesion, NonTargetFinding, PrimaryTumor, Randomization, Regimen, TargetMeasurement
from crf.models.lesion import counted
from trial.access import Act
from trial.actions.signals import stored
from trial.actions.writing import checked_reason, locked, writing
from trial.models import Record, Subject, may
from trial.protocol.eligibility import organ_units
from trial.protocol.parameters import Parameters, Stratum
from trial.protocol.randomization import blocks, minimization
from trial.refusals import Code, Problem, Refused

FEW_UNITS, MORE_UNITS = "1", "2-3"


def strata_of(subject: Subject, read: Casebook | None = None) -> tuple[str | None, str | None]:
    """SYSCLASS and METPAT."""
    read = read or Casebook(subject)
    regimen = next((one for one in reversed(read.records(Regimen)) if one.state == Record.State.COMPLETE), None)
    at_bl1 = [one for one in read.assessments if one.visit.code == "PC2"]  # the check after cycle 2
    rows = [row for one in at_bl1 for group in (TargetMeasurement, NonTargetFinding) for row in one.rows(group)]
    resolved = {row.lesion_id for row in rows if row.state == "ABSENT"}
    pattern = blocks.metpat(
        blocks.StratumLesion(lesion.lesion_class, lesion.certainty == "DEFINITE", lesion.pk in resolved) for lesion in _of_bl1(read)
    )
    return (regimen.sysclass or None) if regimen else None, pattern.value if pattern else None


def _of_bl1(read: Casebook) -> list[Lesion]:
    return [lesion for lesion in read.records(Lesion) if lesion.first_seen in ("BL0", "BL1")]


def levels_of(subject: Subject, parameters: Parameters, read: Casebook | None = None) -> dict[str, str | None]:
    """The level of every factor that STRATA names; None where the casebook does not tell."""
    read = read or Casebook(subject)
    sysclass, pattern = strata_of(subject, read)
    known = {
        Stratum.SYSCLASS: lambda: sysclass,
        Stratum.METPAT: lambda: pattern,
        Stratum.OMDTYPE: lambda: _oligometastasis(read),
        Stratum.ORGANUNITS: lambda: _units(read, parameters),
        Stratum.SITE: lambda: subject.site.code,
    }
    return {factor.value: known[factor]() for factor in parameters.strata}


def _oligometastasis(read: Casebook) -> str | None:
    found = next((tumor.oligometastasis for tumor in read.records(PrimaryTumor) if tumor.is_index == "Y"), None)
    return found if found in ("SYNCHRONOUS", "METACHRONOUS", "REPEAT") else None


def _units(read: Casebook, parameters: Parameters) -> str | None:
    """One unit, or more; None where equivocal lesions leave it open."""
    span = organ_units.organ_units([counted(lesion) for lesion in _of_bl1(read)], parameters)
    levels = {FEW_UNITS if number == 1 else MORE_UNITS for number in (span.least, span.most)}
    return levels.pop() if len(levels) == 1 and span.least else None


def earlier_allocations() -> list[minimization.Allocated]:
    """All allocations that the key made, in their order, with the levels as they were used (docs/decisions/0042)."""
    rows = Randomization.objects.by_key().order_by("pk")
    return [minimization.Allocated(blocks.Arm(row.arm), row.levels_used) for row in rows]


def feasible(read: Casebook, *, at: str) -> str | None:
    """Whether radiotherapy can cover all lesions, as judged before the allocation (crf_spec 2.9, RTFEAS)."""
    found = [one for one in read.records(DiseaseExtent) if one.visit.code == at and one.state == Record.State.COMPLETE]
    return found[-1].radiotherapy_feasible if found else None


def correct_strata(
    record: Randomization, *, by: AbstractUser, version: int, reason: str, sysclass: str = "", metpat: str = ""
) -> Randomization:
    """Stratum values found correct later stand beside those used, for the analysis; the allocation is never changed (crf_spec 2.13).

    An empty value says that the one used was right.
    """
    if not may(by, Act.ENTER, record.subject.site_id):
        raise Refused(Code.NOT_ALLOWED_HERE)
    reason = checked_reason(reason)
    if not reason:
        raise Refused(Code.REASON_MISSING, item="reason")
    told = {"sysclass": sysclass, "metpat": metpat}
    known = {item: [code for code, _ in Randomization._meta.get_field(f"{item}_corrected").flatchoices] for item in told}
    if unknown := [item for item, value in told.items() if value and value not in known[item]]:
        raise Refused(*(Problem(Code.STRATUM_NOT_A_CODE, f"{item}_corrected") for item in unknown))
    with writing(by=by, reason=reason):
        record = locked(Randomization, record.pk, version=version)
        same = [item for item, value in (("sysclass", sysclass), ("metpat", metpat)) if value and value == getattr(record, item)]
        if same:
            raise Refused(*(Problem(Code.STRATUM_AS_USED, f"{item}_corrected") for item in same))
        if (record.sysclass_corrected, record.metpat_corrected) == (sysclass, metpat):
            raise Refused(Code.STRATUM_UNCHANGED)
        record.sysclass_corrected, record.metpat_corrected = sysclass, metpat
        record.save()
        stored.send(Randomization, row=record, by=by)
    return record
