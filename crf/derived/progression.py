"""The check after cycle 2, from the facts of the casebook (crf_spec 4)."""

from datetime import date

from crf.casebook import Casebook
from crf.derived.therapy.doses import doses_of
from crf.models import (
    Consent,
    Cycle,
    Lesion,
    NonTargetFinding,
    Randomization,
    Regimen,
    ResponseAssessment,
    Scan,
    TargetMeasurement,
)
from trial.models import versions_of
from trial.protocol.parameters import Parameters
from trial.protocol.progression_check import progression
from trial.protocol.response import recist

from .allocation import allocation_of
from .demographics import signed_on
from .response.responses import (
    AssessedResponse,
    assessed_lesions,
    covers_trunk,
    investigator_response,
    responses,
)

STABLE = {"Y": True, "N": False}

READS = (
    Consent,
    Cycle,
    Lesion,
    Randomization,
    Regimen,
    ResponseAssessment,
)
"""The forms that the facts of the check are read from."""


def check(casebook: Casebook, *, on: date) -> progression.Check:
    """Return the state of the check on a day, by the parameters in force on that day."""
    parameters = casebook.parameters_on(on)
    return checked(facts_of(casebook), on=on, parameters=parameters)


def decided_on(casebook: Casebook, *, on: date) -> date | None:
    """Return the first scan day of the assessment that decides the check; None while none does."""
    result = check(casebook, on=on)
    is_decided = result.state in (progression.State.PASSED, progression.State.PD)
    return result.assessment.first_scan_on if is_decided and result.assessment else None


def checked(facts: progression.Facts, *, on: date, parameters: Parameters) -> progression.Check:
    """Return the state of the check on a day, from its facts."""
    return progression.check(facts, on=on, parameters=parameters)


def facts_of(casebook: Casebook) -> progression.Facts:
    """Return the facts that the state of the check is a function of."""
    doses = doses_of(casebook)
    allocation = allocation_of(casebook)
    scans = [lesion.imaged_on for lesion in baseline_lesions(casebook) if lesion.imaged_on]
    return progression.Facts(
        cycle_1_day_1=doses.day_1(1),
        cycle_2_day_1=doses.day_1(2),
        cycle_4_day_1=doses.day_1(4),
        cycle_length_days=doses.check_length_days,
        last_dose_on=doses.last_on,
        baseline_scan_on=min(scans, default=None),
        pretreated=doses.preconsent_cycles > 0,
        withdrawn_on=signed_on(casebook, Consent.Type.WITHDRAWAL),
        randomized_on=allocation.randomized_on if allocation else None,
        immunotherapy=doses.immunotherapy,
        assessments=assessments_of(casebook),
    )


def baseline_lesions(casebook: Casebook) -> list[Lesion]:
    """Return the lesions of the first baseline, BL0."""
    return [
        lesion for lesion in casebook.records(Lesion) if lesion.first_seen == Lesion.FirstSeen.BL0
    ]


def assessments_of(casebook: Casebook) -> tuple[progression.TumorAssessment, ...]:
    """Return each scanned assessment, with its response by RECIST and by iRECIST."""
    return tuple(assessment_of(response, casebook) for response in responses(casebook))


def assessment_of(response: AssessedResponse, casebook: Casebook) -> progression.TumorAssessment:
    """Return one assessment as the check judges it: derived, read, covered and signed."""
    assessment, point, derived = response.assessment, response.point, response.derived
    first = baseline_lesions(casebook)
    assessed = [
        *assessed_lesions(assessment, TargetMeasurement, casebook),
        *assessed_lesions(assessment, NonTargetFinding, casebook),
    ]
    codes = {lesion.code for lesion, _ in assessed}
    targets = [lesion for lesion in first if lesion.role == Lesion.Role.TARGET]
    methods = {scan.method for scan in assessment.rows(Scan)}
    return progression.TumorAssessment(
        label=point.label,
        first_scan_on=point.first_scan_on,
        last_scan_on=point.last_scan_on,
        derived=derived.overall,
        investigator=investigator_response(assessment),
        complete=assessment.state == assessment.State.COMPLETE,
        signed=is_signed(response, casebook),
        covers_chest_abdomen_pelvis=covers_trunk(assessment),
        same_method=all(lesion.method in methods for lesion in targets),
        all_lesions_assessed={lesion.code for lesion in first} <= codes,
        equivocal_new_lesion_only=derived.new_lesion == recist.NewLesionCertainty.EQUIVOCAL,
        stable=STABLE.get(assessment.clinically_stable),
        irecist=response.readings.immune.response,
    )


def is_signed(response: AssessedResponse, casebook: Casebook) -> bool:
    """Return whether the last signature of the assessment's visit holds (crf_spec 4.2 e)."""
    visit = response.assessment.visit
    visits = [scanned.assessment.visit_id for scanned in responses(casebook)]
    last = casebook.signatures_under("trial.visit", visits).get(visit.pk)
    return last is not None and last.holds(versions_of(casebook.standing, visit=visit))
