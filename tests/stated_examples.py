"""Examples that are stated, because a test quotes their values or a rule across items decides them;
all others are derived.

A value that depends on its place is a function of it: of the visit for a form, of the record for a
row. What is kept beside the forms, such as sites and roles, is all stated here. A new form needs no
line (tests/derived_examples.py).
"""

from collections.abc import Callable, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any, NamedTuple

from crf.models import Eligibility, Lesion, TargetVolume
from crf.models.laboratory import standard_unit
from django.contrib.auth.models import User
from trial.models import Visit
from trial.protocol.laboratory.panels import Circumstances, due_tests
from trial.protocol.schedule.timetable import COMMON


class Example(NamedTuple):
    values: dict[str, Any]
    change: dict[str, Any]
    """Replaces values that are entered."""
    rows: Callable[[Any], Sequence[dict[str, Any]]] | None = None
    """Of a group: the rows of a complete record, where one like `values` is not enough."""


def newcomer():
    """Return a person who holds no role yet: nobody gives themselves one."""
    return User.objects.get_or_create(username="newcomer", defaults={"first_name": "Newcomer", "last_name": "Li"})[0]


def placed(values, place):
    """Return the values, with those that depend on the place."""
    return {name: value(place) if callable(value) else value for name, value in values.items()}


def lesion_of(subject, role):
    """Return the subject's first baseline lesion of the role; enter one where there is none."""
    lesion = Lesion.objects.of(subject).filter(role=role).first()
    if lesion:
        return lesion
    return Lesion.objects.create(visit=Visit.objects.get(subject=subject, code=COMMON), **STATED["crf.lesion"].values | {"role": role})


def volume_of(course):
    """Return the course's first volume; enter one where there is none. Of a course that is not stored, its name."""
    if course.pk is None:
        return "V1"
    volume = TargetVolume.objects.filter(course=course).first()
    return volume or TargetVolume.objects.create(course=course, **placed(STATED["crf.targetvolume"].values, course))


def eligibility_of(visit):
    """Return the visit's first confirmation of eligibility; enter one where there is none."""
    confirmation = Eligibility.objects.filter(visit=visit).first()
    return confirmation or Eligibility.objects.create(visit=visit, **STATED["crf.eligibility"].values)


def results_of(panel):
    """Return a row for each test that is due at the panel's visit, as values."""
    return [result_of(test) for test in due_tests(panel.visit.code, Circumstances(on=SAMPLED))]


def result_of(test):
    """Return the row of a test with its usual result, as values."""
    return {"test": test, "result": RESULTS[test], "unit": standard_unit(test)}


RESULTS = {
    "HGB": "128", "WBC": "6.2", "NEUT": "3.9", "LYM": "1.5", "PLAT": "231", "BILI": "11.4", "AST": "22", "ALT": "25", "ALP": "78",
    "ALB": "42", "LDH": "188", "CREAT": "97", "UREA": "5.1", "SODIUM": "140", "K": "4.2", "CA": "2.31", "GLUC": "5.2",
    "INR": "1.0", "APTT": "29", "HBDNA": "<20", "HBSAG": "NEGATIVE", "HCAB": "NEGATIVE", "HIV": "NEGATIVE",
    "UPROT": "NEGATIVE", "URBC": "TRACE", "UCULT": "No growth",
}  # fmt: skip
"""The tests that are due at screening."""
SAMPLED = date(2025, 1, 8)

STATED = {
    "trial.site": Example(
        {"code": "77", "name": "Third Hospital", "ec_approved_on": date(2022, 2, 1), "activated_on": date(2022, 3, 1)},
        {"name": "Third Hospital, North"},
    ),
    "trial.sitestatus": Example(
        {"site": lambda subject: subject.site, "status": "ON_HOLD", "since": date(2025, 2, 1)}, {"status": "CLOSED_ENROL"}
    ),
    "trial.consentversion": Example(
        {
            "site": lambda subject: subject.site, "number": "v1.0", "language": "en", "ec_approved_on": date(2022, 5, 1),
            "effective_from": date(2022, 5, 10),
        },
        {"reconsent": "ALL_ACTIVE"},
    ),
    "trial.referencerange": Example(
        {
            "site": lambda subject: subject.site, "laboratory": "PUFH-2", "test": "CREAT", "sex": "F", "low": Decimal("45.0000"),
            "high": Decimal("84.0000"), "unit": "umol/L", "effective_from": date(2022, 1, 1),
        },
        {"high": Decimal("88.0000")},
    ),
    "trial.parameterdecision": Example(
        {"name": "LIVER_MAX", "value": "4", "effective_from": date(2025, 3, 1), "basis": "Principal investigator, letter of 2025-02-20"},
        {"value": "5"},
    ),
    "trial.study": Example(
        {"registration": "NCT06652022", "randomization_commitment": "0" * 64}, {"randomization_commitment": "1" * 64}
    ),
    "trial.membership": Example(
        {
            "user": lambda subject: newcomer(), "role": "monitor", "site": lambda subject: subject.site,
            "ends_on": date(2029, 12, 30),
        },
        {"ends_on": date(2028, 12, 30)},
    ),
    "trial.subject": Example(
        {"site": lambda subject: subject.site, "code": "01-777", "screened_on": date(2025, 1, 7)}, {"screened_on": date(2025, 1, 8)}
    ),
    "trial.visit": Example(
        {"subject": lambda subject: subject, "code": "UNS7", "held_on": date(2025, 1, 9), "status": "DONE", "mode": "ON_SITE"},
        {"mode": "PHONE", "held_on": date(2025, 1, 10)},
    ),
    "crf.consent": Example(
        {
            "type": "INITIAL", "signed_on": date(2025, 1, 6), "signed_at_time": time(9, 30), "signed_by": "SUBJECT",
            "form_version": lambda visit: visit.subject.site.consent_versions.first(), "investigator_signed_on": date(2025, 1, 6),
            "copy_given": "Y", "future_research": "Y", "genetic_research": "N", "data_sharing": "Y",
        },
        {"signed_on": date(2025, 1, 7), "genetic_research": "Y"},
    ),
    "crf.demographics": Example(
        {"birth_month": "1957-05", "sex": "M", "race": "ASIAN", "ethnic": "NOT HISPANIC OR LATINO", "smoking": "FORMER"},
        {"birth_month": "1958-05"},
    ),
    "crf.primarytumor": Example(
        {
            "location": "RENAL_PELVIS", "laterality": "LEFT", "is_index": "Y", "diagnosed_on": "2023-11", "setting": "AFTER_RNU",
            "in_situ": "N", "solitary_kidney": "Y", "histology_confirmed": "Y", "material": "PRIMARY", "histology_on": date(2023, 11, 20),
            "histology": "UC_WITH_VARIANT", "variants": ["SQUAMOUS"], "variant_percent": 10, "grade": "HIGH", "edition": "AJCC8",
            "prefix": "p", "t": "T3", "n": "N1", "m": "M0", "oligometastasis": "METACHRONOUS", "metastatic_on": "2024-12-01",
        },
        {"variants": ["GLANDULAR", "SQUAMOUS"], "variant_percent": 20},
    ),
    "crf.lesion": Example(
        {
            "first_seen": "BL0", "lesion_class": "VISCERAL", "organ": "LUNG", "organ_detail": "right upper lobe", "laterality": "RIGHT",
            "certainty": "DEFINITE", "basis": ["CT"], "imaged_on": date(2025, 1, 8), "method": "CT SCAN", "slice_mm": Decimal("1.5"),
            "longest_mm": Decimal("21.0"), "role": "TARGET", "irradiated_before": "N",
        },
        {"longest_mm": Decimal("22.0"), "basis": ["CT", "FDG_PET"]},
    ),
    "crf.laboratorypanel": Example(
        {"performed": "Y", "sampled_on": SAMPLED, "laboratory": "PUFH-1", "specimen": "A-1", "fasting": "Y"},
        {"sampled_on": date(2025, 1, 9)},
    ),
    "crf.laboratoryresult": Example(
        {"test": "CREAT", "result": "97", "unit": "umol/L", "significant": "N"}, {"result": "1.1", "unit": "mg/dL"}, rows=results_of
    ),
    "crf.vitalsigns": Example(
        {
            "measured_on": date(2025, 1, 8), "weight_kg": Decimal("70.0"), "height_cm": Decimal("175.0"), "systolic": 128, "diastolic": 79,
            "pulse": 71, "temperature": Decimal("36.6"), "oxygen_saturation": 98, "ecog": "1", "ecog_on": date(2025, 1, 8),
        },
        {"weight_kg": Decimal("71.5")},
    ),
    "crf.eligibility": Example(
        {"gate": "G1", "assessed_on": date(2025, 1, 10), "result": "UNDETERMINED", "failed": "I12", "evidence_sha256": "0" * 64},
        {"result": "INELIGIBLE"},
    ),
    "crf.randomization": Example(
        {
            "subject_once": lambda visit: visit.subject, "eligibility": eligibility_of, "randomized_on": date(2025, 3, 20),
            "number": lambda visit: f"R-{visit.subject.code}", "arm": "SYSRT", "sysclass": "NO_ICI", "metpat": "NODE_ONLY",
            "late_reason": "Scanner out of order",
        },
        {"late_reason": "Scanner under repair"},
    ),
    "crf.cycle": Example(
        {"number": 1, "weight_kg": Decimal("70.0"), "height_cm": Decimal("175.0"), "beyond_progression": "N"},
        {"weight_kg": Decimal("71.5")},
    ),
    "crf.administration": Example(
        {
            "day": 1, "agent": "CISPLATIN", "given": "Y", "given_on": date(2025, 1, 14), "dose_mg": Decimal("130.0"),
            "route": "INTRAVENOUS", "adjustment": "NONE", "dose_level": "0",
        },
        {"dose_mg": Decimal("120.0")},
    ),
    "crf.radiotherapycourse": Example(
        {
            "study": "Y", "intent": "CURATIVE", "simulated_on": date(2025, 4, 1), "modality": "1156506007", "guidance": "DAILY_CBCT",
            "planned_start_on": date(2025, 4, 14), "systemic": "HELD", "held_days": "7 and 7", "uniform": "Y",
            "status": "COMPLETED", "started_on": date(2025, 4, 14), "ended_on": date(2025, 4, 25), "replanned": "N",
        },
        {"held_days": "5 and 7"},
    ),
    "crf.interruption": Example(
        {"from_on": date(2025, 4, 17), "to_on": date(2025, 4, 18), "reason": "309846006", "missed": 2, "compensated": "Y"},
        {"missed": 1},
    ),
    "crf.targetvolume": Example(
        {
            "lesions": lambda course: [lesion_of(course.subject, "TARGET").code], "location": "LUNG", "technique": "1156530009",
            "stereotactic": "Y", "gtv_cm3": Decimal("4.10"), "ptv_cm3": Decimal("12.30"), "ptv_margin_mm": Decimal("5.0"),
            "prescribed_gy": Decimal("50.00"), "prescribed_fractions": 5, "isodose_percent": 80, "ptv_d95_gy": Decimal("50.10"),
        },
        {"ptv_d95_gy": Decimal("49.80")},
    ),
    "crf.fraction": Example(
        {"volume": volume_of, "number": 1, "given_on": date(2025, 4, 14), "delivered": "Y", "dose_gy": Decimal("10.00")},
        {"given_on": date(2025, 4, 15)},
    ),
    "crf.responseassessment": Example(
        {
            "evaluator": "INVESTIGATOR", "reader": "R1", "investigator_target": "SD", "investigator_non_target": "NON-CR/NON-PD",
            "investigator_overall": "SD", "investigator_on": date(2025, 2, 26),
        },
        {"reader": "R2"},
    ),
    "crf.targetmeasurement": Example(
        {"lesion": lambda assessment: lesion_of(assessment.subject, "TARGET"), "state": "MEASURED", "size_mm": Decimal("20.0")},
        {"size_mm": Decimal("19.0")},
    ),
    "crf.nontargetfinding": Example(
        {
            "lesion": lambda assessment: lesion_of(assessment.subject, "NON-TARGET"), "state": "NE",
            "narrative": "Covered by an effusion",
        },
        {"narrative": "Covered by a pleural effusion"},
    ),
}  # fmt: skip
