"""Story 2, 01-001: systemic therapy and radiotherapy as planned.

Wrong units are entered and corrected.
"""

from datetime import date, timedelta
from typing import Any

from crf.models import Fraction, LaboratoryPanel, LaboratoryResult, RadiotherapyCourse, TargetVolume

from . import usual, usual_series
from .telling import Story, Team, day, tell
from .usual_items import Screening, node, organ

CODE, CONSENTED = "01-001", day("2025-03-03")
SCREENING = Screening(
    CONSENTED, "1960-07",
    (
        organ("LUNG", "18", organ_detail="Right lower lobe", laterality="RIGHT", role="TARGET"),
        node("PAO_INF", "22", role="TARGET"),
        node("INTERAC", "12"),
    ),
    tumor={"diagnosed_on": "2024-02", "histology_on": day("2024-02-26")},
    signs={"weight_kg": "70", "height_cm": "170"},
    results={"CREAT": ("1.10", "mg/dL"), "BILI": ("0.8", "umol/L")},
)  # fmt: skip
"""Creatinine stands as it was entered in the end: with µmol/L it was refused.

Bilirubin still has the wrong unit.
"""

DELAYED = {"adjustment": "DELAYED", "adjustment_reason": "RT_SCHEDULING"}
LYMPH_NODES = {
    "lesions": ["L02", "L03"], "location": "LYMPH_NODE", "laterality": "MIDLINE",
    "technique": "1156530009", "stereotactic": "N",
    "gtv_cm3": "14.20", "ctv_cm3": "118.50", "ptv_cm3": "226.40", "ctv_margin_mm": "7",
    "ptv_margin_mm": "5",
    "prescribed_gy": "62.5", "prescribed_fractions": 25, "ptv_d95_gy": "61.9",
}  # fmt: skip
LUNG = {
    "lesions": ["L01"], "location": "LUNG", "laterality": "RIGHT", "technique": "1156530009",
    "stereotactic": "Y",
    "gtv_cm3": "1.10", "ptv_cm3": "9.80", "ptv_margin_mm": "5", "prescribed_gy": "50",
    "prescribed_fractions": 5,
    "isodose_percent": 80, "ptv_d95_gy": "50.2",
}  # fmt: skip
COURSE = {
    "study": "Y", "intent": "CURATIVE", "simulated_on": day("2025-04-30"), "four_dimensional": "Y",
    "immobilization": "Vacuum cushion",
    "modality": "1156506007", "guidance": "DAILY_CBCT", "planned_start_on": day("2025-05-12"),
    "systemic": "HELD",
    "held_days": "14 before, 10 after", "uniform": "Y", "plan_review": "PER_PROTOCOL",
    "status": "PLANNED", "replanned": "N",
}  # fmt: skip


def load(team: Team) -> int:
    """Tell the story of 01-001. Return whether it was still to be told."""
    return tell(team, CODE, screened_on=CONSENTED, chapters=CHAPTERS)


def screening(story: Story) -> None:
    """Pass the first gate with a bilirubin of 0.8 µmol/L, which nobody has."""
    usual.screen(story, SCREENING)
    story.confirm(1, day("2025-03-05"))


def correction(story: Story) -> None:
    """Correct the unit. The assessment of the first gate no longer stands, and is signed again.

    It keeps its day.
    """
    panel = LaboratoryPanel.objects.of(story.subject).get(visit__code="SCR")
    bilirubin = panel.results.get(test="BILI")
    row = {"id": bilirubin.pk, "version": bilirubin.version, "unit": "mg/dL"}
    story.change(
        panel, {}, reason="UNIT_ERROR: the report says mg/dL", rows={LaboratoryResult: [row]}
    )
    story.confirm(1, day("2025-03-05"))
    story.sign("SCR")


def induction(story: Story) -> None:
    """Give three cycles."""
    usual.regimen(story, "GC_CIS")
    for number, on in ((1, "2025-03-10"), (2, "2025-03-31"), (3, "2025-04-21")):
        usual.cycle(story, number, day(on))


def check(story: Story) -> None:
    """Check after cycle 2: 26 mm of 40 are a partial response."""
    sizes = {"L01": "12", "L02": "14", "L03": "ABSENT"}  # 9 mm: no longer pathological
    usual_series.checked(
        story,
        day("2025-04-21"),
        sizes=sizes,
        response=("PR", "CR", "PR"),
        feasibility_on=day("2025-04-23"),
    )
    story.sign("PC2")


def allocation(story: Story) -> None:
    """Pass the second gate, and randomize."""
    story.confirm(2, day("2025-04-24"))
    story.randomize(day("2025-04-25"))
    story.hold("RAND", day("2025-04-25"))


def radiotherapy(story: Story) -> None:
    """Give nodes 62.5 Gy in 25 fractions and lung 50 Gy in 5, in one course."""
    story.hold("RTPLAN", day("2025-04-30"))
    course = story.enter(
        RadiotherapyCourse, "COMMON", COURSE, {TargetVolume: [LYMPH_NODES, LUNG]}, complete=False
    )
    usual.signs(story, "RTS", day("2025-05-12"), weight_kg="69")
    story.hold("RTS", day("2025-05-12"))
    nodes, lung = course.rows(TargetVolume)
    fractions = [
        *daily(nodes, day("2025-05-12"), 25, "2.5"),
        *daily(lung, day("2025-05-19"), 5, "10"),
    ]
    done = {"status": "COMPLETED", "started_on": day("2025-05-12"), "ended_on": day("2025-06-13")}
    story.change(
        course,
        done,
        reason="SOURCE_UPDATED: the course is completed",
        rows={Fraction: fractions},
        complete=True,
    )
    story.hold("RTE", day("2025-06-13"))


def daily(volume: TargetVolume, begins: date, number: int, gy: str) -> list[dict[str, Any]]:
    """Return a delivered fraction for each working day."""
    days = (begins + timedelta(n) for n in range(2 * number))
    working = [on for on in days if on.weekday() < 5][:number]
    delivered = {"volume": volume, "delivered": "Y", "dose_gy": gy}
    return [delivered | {"number": n, "given_on": on} for n, on in enumerate(working, 1)]


def cycle_after_radiotherapy(story: Story) -> None:
    """Give cycle 4 42 days late, as planned around the radiotherapy.

    The consent to the new version is given that day.
    """
    usual.cycle(
        story, 4, day("2025-06-23"), doses={("GEMCITABINE", 1): DELAYED, ("CISPLATIN", 1): DELAYED}
    )
    usual.consent_again(story, day("2025-06-23"))


def response(story: Story) -> None:
    """Assess a partial, then a complete response, which goes on."""
    sizes = {"L01": "TOO_SMALL", "L02": "9", "L03": "ABSENT"}
    usual.assessed(story, "TA1", day("2025-06-26"), sizes=sizes, response=("PR", "CR", "PR"))
    usual.assessed(story, "TA2", day("2025-08-29"), sizes=RESOLVED, response=COMPLETE)
    for code, on in (("RTFU1", "2025-07-11"), ("RTFU2", "2025-09-11")):
        usual.signs(story, code, day(on), weight_kg="69")
        usual.panel(story, code, day(on))
        story.hold(code, day(on))
    usual_series.assessments_since(story, LATER, sizes=RESOLVED, response=COMPLETE)


def follow_up(story: Story) -> None:
    """End the systemic therapy after four cycles, and contact the subject since."""
    usual_series.followed_up(story)


def signatures(story: Story) -> None:
    """Sign what is held, but for one visit."""
    story.sign_rest(but=("TA2",))


RESOLVED, COMPLETE = {"L01": "ABSENT", "L02": "8", "L03": "ABSENT"}, ("CR", "CR", "CR")
LATER = [f"TA{number}" for number in range(3, 30)]
CHAPTERS = (
    screening,
    correction,
    induction,
    check,
    allocation,
    radiotherapy,
    cycle_after_radiotherapy,
    response,
    follow_up,
    signatures,
)
