"""Story 1: who is screened and does not enter, 01-901 to 01-919.

Two of them, 904 and 908, do pass: the control cases.

Each case is complete but for what the story tells, so that the criterion of the story alone
decides.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from crf.models import Consent, Demographics, DiseaseExtent, Lesion

from . import usual
from .telling import Chapter, Story, Team, day, tell
from .usual_items import Screening, bone, node, organ

LUNG = organ("LUNG", "16", organ_detail="Right lower lobe", laterality="RIGHT", role="TARGET")
PARA_AORTIC = node("PAO_INF", "17", role="TARGET")
FRONTAL = {
    "lesion_class": "BRAIN",
    "organ": "BRAIN",
    "organ_detail": "Right frontal",
    "longest_mm": "6",
    "method": "MRI",
    "basis": ["MRI"],
}
CYTOLOGY = {
    "histology_confirmed": "U",
    "material": "CYTOLOGY_ONLY",
    "histology_on": None,
    "histology": "UNKNOWN",
    "grade": "GX",
}
UNTREATED = {
    "setting": "INOPERABLE_AT_DIAGNOSIS",
    "in_situ": "Y",
    "solitary_kidney": "N",
    "prefix": "c",
    "oligometastasis": "SYNCHRONOUS",
}


@dataclass(frozen=True)
class Case:
    """A screened subject.

    `verdicts` holds, by criterion, the investigator's verdict and its reason.
    """

    code: str
    screening: Screening
    verdicts: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def gate_on(self) -> date:
        """The day of the first gate: 4 days after the consent."""
        return self.screening.consent_on + timedelta(4)


def case(
    code: str,
    consented: str,
    born: str,
    *lesions: dict[str, Any],
    verdicts: Any = None,
    **more: Any,
) -> Case:
    """Return a case. `more` holds what its screening has besides the usual values."""
    return Case(code, Screening(day(consented), born, lesions or (LUNG,), **more), verdicts or {})


LIVER = [
    organ("LIVER", mm, organ_detail=f"Segment {segment}")
    for segment, mm in zip(("II", "IVa", "V", "VI", "VIII"), "98798", strict=True)
]
THORACIC = bone("T9", "22", vertebra="Y", compression="2", basis=["CT", "MRI"])

RESECTABLE = "Bladder tumor after transurethral resection only, and resectable."

CASES = (
    case(
        "901", "2025-01-06", "1958-02",
        tumor=UNTREATED | CYTOLOGY,
        verdicts={"I01": ("NOT_MET", "Urine cytology only; the subject refused a biopsy.")},
    ),
    case(
        "902", "2025-01-13", "1961-09",
        tumor={
            "location": "BLADDER", "laterality": "NA", "setting": "OTHER", "in_situ": "Y",
            "solitary_kidney": "N", "t": "T2a",
            "m": "M1a", "oligometastasis": "SYNCHRONOUS",
        },
        verdicts={"I02": ("NOT_MET", RESECTABLE)},
    ),
    case(
        "903", "2025-01-20", "1955-05",
        LUNG, organ("LUNG", "9", organ_detail="Left upper lobe", laterality="LEFT"),
        organ("ADRENAL_GLAND", "21", laterality="LEFT"),
        bone("L4", "18", vertebra="Y", compression="0"), PARA_AORTIC,
        extent={"cord_risk": "NO"},
    ),
    case(
        "904", "2025-02-10", "1963-03",
        LUNG, bone("Right ilium", "20"), PARA_AORTIC,
        organ("LIVER", "6", organ_detail="Segment VII", certainty="EQUIVOCAL"),
        extent={"liver_metastases": "U"},
    ),
    case(
        "905", "2025-02-17", "1959-11",
        {"lesion_class": "LOCAL_RECURRENCE", "organ": "OTHER",
            "organ_detail": "Presacral, within a bowel loop", "longest_mm": "31"},
        extent={"radiotherapy_feasible": "NO"},
    ),
    case("906", "2025-02-24", "1966-08"),
    case("907", "2025-06-02", "1943-11"),
    case("908", "2025-06-15", "1944-06", person={"missing": {"age_confirmed": "UNK"}}),
    case("909", "2025-03-10", "1957-01", extent={"survival_6_months": "N"}),
    case("910", "2025-03-17", "1952-10", signs={"ecog": "2"}),
    case("911", "2025-03-24", "1960-04", results={"HGB": ("8.8", "g/dL")}),
    case("912", "2025-04-07", "1956-12", results={"BILI": ("2.6", "mg/dL")}),
    case("913", "2025-04-14", "1954-07", bone("Left femur", "24"), PARA_AORTIC,
        results={"ALP": ("375", "U/L")}),
    case(
        "914", "2025-04-21", "1953-09",
        person={"sex": "F", "childbearing": "N", "smoking": "NEVER"},
        signs={"weight_kg": "52", "height_cm": "156"}, results={"CREAT": ("132", "umol/L")},
    ),
    case("915", "2025-04-28", "1962-06", tumor={"histology": "NON_UC_SQUAMOUS"}),
    case(
        "916", "2025-05-06", "1965-03",
        LUNG, FRONTAL,
        extent={"brain_result": "METS"},
    ),
    case("917", "2025-05-12", "1958-08", *LIVER, extent={"liver_metastases": "Y"}),
    case("918", "2025-05-19", "1950-04", THORACIC, extent={"cord_risk": "NO"}),
    case("919", "2025-05-26", "1964-01",
        extent={"pleural": "PRESENT", "pericardial": "TRACE_PHYSIOLOGICAL"}),
)  # fmt: skip


def load(team: Team) -> int:
    """Tell the cases. Return how many were still to be told."""
    number = 0
    for case in CASES:
        number += tell(
            team, f"01-{case.code}", screened_on=case.screening.consent_on, chapters=chapters(case)
        )
    return number


def chapters(case: Case) -> tuple[Chapter, ...]:
    """Return the chapters of a case: screening, assessment, and its own chapters before and after
    the assessment.
    """

    def screening(story: Story) -> None:
        usual.screen(story, case.screening)

    def assessment(story: Story) -> None:
        assess(story, case)

    return (screening, *BEFOREHAND.get(case.code, ()), assessment, *AFTERWARDS.get(case.code, ()))


def assess(story: Story, case: Case) -> None:
    """Confirm the first gate with the verdicts of the case, and sign the visit."""
    story.confirm(1, case.gate_on, **case.verdicts)
    story.sign("SCR")


def withdrawal(story: Story) -> None:
    """Withdraw the consent of 906 before anything is assessed."""
    on = day("2025-02-27")
    not_asked = ("form_version", "future_research", "genetic_research", "data_sharing")
    values = {
        "type": "WITHDRAWAL",
        "signed_on": on,
        "signed_by": "SUBJECT",
        "investigator_signed_on": on,
        "copy_given": "Y",
        "missing": dict.fromkeys(not_asked, "NA"),
    }
    story.enter(Consent, "COMMON", values)


def hemangioma(story: Story) -> None:
    """Withdraw the liver lesion of 904, which MRI shows to be none.

    The first assessment had left I03 open.
    """
    liver = Lesion.objects.of(story.subject).get(organ="LIVER")
    story.withdraw(liver, reason="SOURCE_UPDATED: liver MRI of 2025-02-18 shows a hemangioma")
    extent = DiseaseExtent.objects.of(story.subject).get()
    story.change(
        extent, {"liver_metastases": "N"}, reason="SOURCE_UPDATED: liver MRI of 2025-02-18"
    )
    story.confirm(1, day("2025-02-20"))
    story.sign("SCR")
    story.miss("C1D1", "Treatment began at another hospital; the subject did not return.")


def age_asked(story: Story) -> None:
    """Take the age of 908, who was born in the month of the consent, from the source."""
    person = Demographics.objects.of(story.subject).get()
    story.change(
        person,
        {"age_confirmed": 80, "missing": {}},
        reason="LATE_INFORMATION: age taken from the medical record",
    )
    story.confirm(1, day("2025-06-20"))
    story.sign("SCR")
    story.miss("C1D1", "The subject decided against treatment in the trial.")


BEFOREHAND = {"906": (withdrawal,)}
AFTERWARDS = {"904": (hemangioma,), "908": (age_asked,)}
