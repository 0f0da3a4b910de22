"""The usual items of the stories' forms, all invented."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

Items = Mapping[str, Any]
"""Values by item, as the entry action takes them: texts, numbers, days, lists. Hence `Any`."""
Results = Mapping[str, tuple[str, str]]
"""Result and unit by laboratory test."""
Response = tuple[str, str, str]
"""The investigator's target, non-target and overall response."""

PERSON = {"sex": "M", "race": "ASIAN", "ethnic": "NOT HISPANIC OR LATINO", "smoking": "FORMER"}
TUMOR = {
    "location": "RENAL_PELVIS", "laterality": "LEFT", "is_index": "Y", "diagnosed_on": "2024-01",
    "setting": "AFTER_RNU",
    "in_situ": "N", "solitary_kidney": "Y", "histology_confirmed": "Y", "material": "PRIMARY",
    "histology_on": date(2024, 2, 16),
    "histology": "UC_PURE", "grade": "HIGH", "edition": "AJCC8", "prefix": "p", "t": "T3",
    "n": "N0", "m": "M0",
    "oligometastasis": "METACHRONOUS",
}  # fmt: skip
EXTENT = {
    "brain_imaged": "Y", "brain_method": "MRI", "brain_result": "NO_METS", "liver_metastases": "N",
    "pericardial": "ABSENT",
    "pleural": "ABSENT", "abdominopelvic": "ABSENT", "cord_risk": "NOT_APPLICABLE",
    "radiotherapy_feasible": "YES",
    "feasibility_by": "Radiation oncologist", "survival_6_months": "Y",
}  # fmt: skip
SIGNS = {
    "systolic": 128,
    "diastolic": 78,
    "pulse": 74,
    "temperature": "36.5",
    "oxygen_saturation": 97,
    "ecog": "1",
}
LESION = {
    "first_seen": "BL0", "certainty": "DEFINITE", "basis": ["CT"], "method": "CT SCAN",
    "slice_mm": "5", "role": "NON-TARGET",
    "irradiated_before": "N", "radiotherapy": "YES",
}  # fmt: skip
SCAN = {
    "method": "CT SCAN",
    "regions": ["CHEST", "ABDOMEN", "PELVIS"],
    "contrast": "Y",
    "slice_mm": "5",
    "quality": "GOOD",
}
RESULTS = {
    "HGB": "126", "WBC": "6.4", "NEUT": "3.9", "LYM": "1.6", "PLAT": "218", "BILI": "11.5",
    "AST": "24", "ALT": "22", "ALP": "82",
    "ALB": "43", "LDH": "188", "CREAT": "78", "UREA": "5.6",
    "SODIUM": "140", "K": "4.2", "CA": "2.31", "GLUC": "5.2", "HBA1C": "5.6",
    "INR": "1.0", "APTT": "29",
    "TSH": "2.1", "T4FR": "15.2", "T3FR": "4.7", "CK": "96", "TROPONI": "4.1",
    "HBDNA": "<20", "HBSAG": "NEGATIVE", "HCAB": "NEGATIVE", "HIV": "NEGATIVE", "HCG": "NEGATIVE",
    "UPROT": "NEGATIVE", "URBC": "TRACE", "UCULT": "No growth",
}  # fmt: skip
"""The usual results, in the tests' standard units."""
STEADY = frozenset({"SODIUM", "K", "CA", "INR"})
"""Tests whose normal range is so narrow that 5 % more or less would leave it."""


@dataclass(frozen=True)
class Screening:
    """The screening of a story's subject.

    Imaging is 7 days before the consent, measurements are 1 day after it.
    """

    consent_on: date
    birth_month: str
    lesions: tuple[Items, ...]
    person: Items = field(default_factory=dict)
    tumor: Items = field(default_factory=dict)
    extent: Items = field(default_factory=dict)
    signs: Items = field(default_factory=dict)
    results: Results = field(default_factory=dict)

    @property
    def imaged_on(self) -> date:
        """The day of the imaging."""
        return self.consent_on - timedelta(7)

    @property
    def measured_on(self) -> date:
        """The day of the measurements."""
        return self.consent_on + timedelta(1)


def organ(organ: str, mm: str, **more: Any) -> dict[str, Any]:
    """Return the items of a visceral lesion, by its longest diameter."""
    return {"lesion_class": "VISCERAL", "organ": organ, "longest_mm": mm} | more


def node(subregion: str, mm: str, **more: Any) -> dict[str, Any]:
    """Return the items of a regional lymph node, by its short axis."""
    place = {
        "lesion_class": "REGIONAL_LN",
        "organ": "LYMPH_NODE",
        "subregion": subregion,
        "regional": "Y",
    }
    return place | {"short_axis_mm": mm} | more


def bone(detail: str, mm: str, **more: Any) -> dict[str, Any]:
    """Return the items of a bone lesion, by its longest diameter."""
    place = {
        "lesion_class": "BONE",
        "organ": "BONE",
        "organ_detail": detail,
        "vertebra": "N",
        "soft_tissue": "N",
    }
    return place | {"longest_mm": mm} | more
