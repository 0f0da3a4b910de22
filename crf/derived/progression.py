"""The facts of the check after cycle 2, gathered from the casebook (crf_spec 4)."""

from dataclasses import replace
from datetime import date

from crf.casebook import Casebook
from crf.models import Consent, Lesion, NonTargetFinding, Randomization, Scan, TargetMeasurement
from crf.models.response import ResponseAssessment, baseline_of
from trial.models import Signature, Standing, Subject, Visit, parameters_on, versions_of
from trial.protocol.parameters import Parameters
from trial.protocol.progression_check import progression
from trial.protocol.response import irecist, recist


def check(subject: Subject, *, on: date, read: Casebook | None = None) -> progression.Check:
    """Its state on a day, by the parameters in force on that day."""
    parameters = parameters_on(on)
    return checked(facts_of(subject, parameters, read), on=on, parameters=parameters)


def checked(facts: progression.Facts, *, on: date, parameters: Parameters) -> progression.Check:
    return progression.check(facts, on=on, parameters=parameters)


def facts_of(subject: Subject, parameters: Parameters, read: Casebook | None = None) -> progression.Facts:
    """What the check's state is a function of."""
    read = read or Casebook(subject)
    doses, lesions = read.doses, sorted(read.records(Lesion), key=lambda lesion: lesion.code)
    scans = [lesion.imaged_on for lesion in lesions if lesion.first_seen == "BL0" and lesion.imaged_on]
    withdrawn = next((consent.signed_on for consent in read.records(Consent) if consent.type == "WITHDRAWAL"), None)
    randomized = next((one.randomized_on for one in read.records(Randomization)), None)
    facts = progression.Facts(
        cycle_1_day_1=doses.day_1(1),
        cycle_2_day_1=doses.day_1(2),
        cycle_4_day_1=doses.day_1(4),
        cycle_length_days=doses.cycle_length_days,
        last_dose_on=doses.last_on,
        baseline_scan_on=min(scans, default=None),
        pretreated=doses.preconsent_cycles > 0,
        withdrawn_on=withdrawn,
        randomized_on=randomized,
        immunotherapy=doses.immunotherapy,
    )
    return replace(facts, assessments=_assessments(read, lesions, parameters))


def _assessments(read: Casebook, lesions: list[Lesion], parameters: Parameters) -> tuple[progression.TumorAssessment, ...]:
    """Each scanned assessment, with what RECIST and iRECIST derive from it and all before it."""
    found = [one for one in read.assessments if one.first_scan_on]
    if not found:
        return ()
    baseline, now, signatures = baseline_of(lesions), read.standing, read.signatures
    points = [one.time_point() for one in found]
    immune = {reading.record: reading.response for reading in irecist.assess_all(baseline, points, parameters=parameters)}
    read = recist.assess_all(baseline, points, parameters=parameters)
    return tuple(
        replace(_assessment(one, derived, lesions, _signed(one.visit, signatures, now)), irecist=immune.get(one.visit.code))
        for one, derived in zip(found, read, strict=True)
    )


def _assessment(one: ResponseAssessment, derived: recist.Assessment, lesions: list[Lesion], signed: bool) -> progression.TumorAssessment:
    baseline = {lesion.code for lesion in lesions if lesion.first_seen == "BL0"}
    seen = {row.lesion.code for group in (TargetMeasurement, NonTargetFinding) for row in one.rows(group) if row.lesion and row.state}
    methods = {scan.method for scan in one.rows(Scan)}
    return progression.TumorAssessment(
        label=one.visit.code,
        first_scan_on=one.first_scan_on,
        last_scan_on=one.last_scan_on,
        derived=derived.overall,
        investigator=recist.Response(one.investigator_overall) if one.investigator_overall else None,
        complete=one.state == "COMPLETE",
        signed=signed,
        covers_chest_abdomen_pelvis=one.covers_trunk,
        same_method=all(lesion.method in methods for lesion in lesions if lesion.role == "TARGET" and lesion.first_seen == "BL0"),
        all_lesions_assessed=baseline <= seen,
        equivocal_new_lesion_only=derived.new_lesion == recist.NewLesionCertainty.EQUIVOCAL,
        stable={"Y": True, "N": False}.get(one.clinically_stable),
    )


def _signed(visit: Visit, signatures: dict[int, Signature], now: list[Standing]) -> bool:
    """Whether the visit's last signature holds (crf_spec 4.2 e)."""
    last = signatures.get(visit.pk)
    return last is not None and last.holds(versions_of(now, visit=visit))
