"""The casebook: one file one form, in clinical order."""

from .allocation_outside import AllocationOutside
from .consent import Consent
from .demographics import Demographics
from .disease_extent import DiseaseExtent
from .eligibility import Criterion, Eligibility
from .laboratory import LaboratoryPanel, LaboratoryResult
from .lesion import Lesion
from .radiotherapy import Fraction, Interruption, RadiotherapyCourse, TargetVolume
from .randomization import Randomization
from .response import NewLesion, NonTargetFinding, ResponseAssessment, Scan, TargetMeasurement
from .systemic_therapy import Administration, Cycle, Regimen
from .tumor import PrimaryTumor
from .vital_signs import VitalSigns

__all__ = [
    "Administration",
    "AllocationOutside",
    "Consent",
    "Criterion",
    "Cycle",
    "Demographics",
    "DiseaseExtent",
    "Eligibility",
    "Fraction",
    "Interruption",
    "LaboratoryPanel",
    "LaboratoryResult",
    "Lesion",
    "NewLesion",
    "NonTargetFinding",
    "PrimaryTumor",
    "RadiotherapyCourse",
    "Randomization",
    "Regimen",
    "ResponseAssessment",
    "Scan",
    "TargetMeasurement",
    "TargetVolume",
    "VitalSigns",
]
