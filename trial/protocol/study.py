"""The study's public facts (registry entry NCT06652022) and its criteria (crf_spec 0.1, 2.12).

The criteria stand in the protocol's order, and keep the wording of the public record wherever that
is clear. Gate 1 is entry, gate 2 randomization.
"""

from enum import StrEnum
from typing import NamedTuple

REGISTRATION = "NCT06652022"
TITLE = (
    "Radiotherapy Combined with Systemic Therapy Versus Systemic Therapy for Oligometastatic UTUCs"
)
SPONSOR = "Peking University First Hospital"
CONDITIONS = ("Oligometastatic disease", "Ureter cancer", "Renal pelvic carcinoma")
PLANNED_ENROLLMENT = 102


class Arm(StrEnum):
    """The arm of a subject: systemic therapy alone, or with radiotherapy."""

    SYS = "SYS"
    SYSRT = "SYSRT"


ARMS = {
    Arm.SYS:   "Systemic therapy",
    Arm.SYSRT: "Systemic therapy and radiotherapy to all lesions",
}  # fmt: skip


class Kind(StrEnum):
    """The kind of a criterion."""

    INCLUSION = "INCLUSION"
    EXCLUSION = "EXCLUSION"


class Criterion(NamedTuple):
    """A criterion of eligibility, and the gates (1, 2) at which it is assessed."""

    code: str
    kind: Kind
    text: str
    gates: frozenset[int]


ENTRY, RANDOMIZATION, BOTH = frozenset({1}), frozenset({2}), frozenset({1, 2})
I, X = Kind.INCLUSION, Kind.EXCLUSION  # noqa: E741 - the letters of the criteria's codes

CRITERIA = (
    Criterion("I01", I, "Urothelial cancer, histologically confirmed in the primary tumor or in one of the metastases", ENTRY),
    Criterion(
        "I02", I,
        "Metastatic disease: after total cystectomy, after full-length nephroureteral resection, or inoperable and metastatic "
        "at the first diagnosis of cancer of renal pelvis, ureter or bladder",
        ENTRY,
    ),
    Criterion(
        "I03", I,
        "Oligometastases in 3 organs or fewer. All positive regional lymph nodes together are one lesion; "
        "non-regional lymph node metastases are counted by lymph node subregion",
        BOTH,
    ),
    Criterion("I04", I, "Number and size of the lesions allow full coverage by radiotherapy", BOTH),
    Criterion("I05", I, "Willing and able to give written informed consent to the trial", BOTH),
    Criterion("I06", I, "Age 18 years or more and 80 years or less on the day of signing the informed consent form", ENTRY),
    Criterion("I07", I, "Expected survival of 6 months or more", BOTH),
    Criterion("I08", I, "ECOG performance status 0 or 1", BOTH),
    Criterion("I09", I, "Hemoglobin 90 g/L or more", BOTH),
    Criterion("I10", I, "Total bilirubin 2 times the upper limit of normal (ULN) or less", BOTH),
    Criterion(
        "I11", I,
        "(a) Aspartate aminotransferase (AST), (b) alanine aminotransferase (ALT) and (c) alkaline phosphatase (ALP): "
        "each 2.5 × ULN or less without liver metastases, 5 × ULN or less with liver metastases",
        BOTH,
    ),
    Criterion("I12", I, "Creatinine clearance 30 mL/min or more", BOTH),
    Criterion("X01", X, "Pathological type other than urothelial carcinoma", ENTRY),
    Criterion("X02", X, "Brain metastases", BOTH),
    Criterion("X03", X, "More than 3 liver metastases", BOTH),
    Criterion("X04", X, "Spinal bone metastases at risk of spinal cord compression", BOTH),
    Criterion("X05", X, "Pericardial, pleural or abdominopelvic fluid", BOTH),
    Criterion("X06", X, "Intolerance to systemic therapy, or a reduction of its dose", RANDOMIZATION),
    Criterion("X07", X, "Tumor progression assessed after 2 cycles of systemic therapy", RANDOMIZATION),
)  # fmt: skip
CRITERION = {criterion.code: criterion for criterion in CRITERIA}
