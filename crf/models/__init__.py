"""The casebook: one file one form, in clinical order.

Each file of this folder is imported, so that Django knows a new form as soon as its file exists.
The names below are those that other modules use; a new form needs none.
"""

from importlib import import_module
from pkgutil import iter_modules

from .allocation_outside import AllocationOutside
from .consent import Consent
from .demographics import Demographics
from .disease_extent import DiseaseExtent
from .eligibility import Criterion, Eligibility
from .laboratory import LaboratoryPanel, LaboratoryResult
from .lesion import Lesion
from .radiotherapy import RadiotherapyCourse
from .radiotherapy_rows import Fraction, Interruption, TargetVolume
from .randomization import Randomization
from .regimen import Regimen, RegimenAgent
from .response import NewLesion, NonTargetFinding, ResponseAssessment, Scan, TargetMeasurement
from .systemic_therapy import Administration, Cycle
from .tumor import PrimaryTumor
from .vital_signs import VitalSigns

for module in iter_modules(__path__):
    import_module(f"{__name__}.{module.name}")

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
    "RegimenAgent",
    "ResponseAssessment",
    "Scan",
    "TargetMeasurement",
    "TargetVolume",
    "VitalSigns",
]
