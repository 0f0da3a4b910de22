"""What the stories do not tell and a complete form needs: a usual value for each item, invented."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from crf.models import (
    Administration,
    Consent,
    Cycle,
    Demographics,
    DiseaseExtent,
    LaboratoryPanel,
    LaboratoryResult,
    Lesion,
    NonTargetFinding,
    PrimaryTumor,
    Regimen,
    ResponseAssessment,
    Scan,
    TargetMeasurement,
    VitalSigns,
)
from trial.models import ConsentVersion, Record
from trial.protocol.laboratory import analytes
from trial.protocol.laboratory import quantities as lab
from trial.protocol.therapy import dosing, regimens

from .telling import Story

Items = Mapping[str, Any]

PERSON = {"sex": "M", "race": "ASIAN", "ethnic": "NOT HISPANIC OR LATINO", "smoking": "FORMER"}
TUMOR = {
    "location": "RENAL_PELVIS", "laterality": "LEFT", "is_index": "Y", "diagnosed_on": "2024-01", "setting": "AFTER_RNU",
    "in_situ": "N", "solitary_kidney": "Y", "histology_confirmed": "Y", "material": "PRIMARY", "histology_on": date(2024, 2, 16),
    "histology": "UC_PURE", "grade": "HIGH", "edition": "AJCC8", "prefix": "p", "t": "T3", "n": "N0", "m": "M0",
    "oligometastasis": "METACHRONOUS",
}  # fmt: skip
EXTENT = {
    "brain_imaged": "Y", "brain_method": "MRI", "brain_result": "NO_METS", "liver_metastases": "N", "pericardial": "ABSENT",
    "pleural": "ABSENT", "abdominopelvic": "ABSENT", "cord_risk": "NOT_APPLICABLE", "radiotherapy_feasible": "YES",
    "feasibility_by": "Radiation oncologist", "survival_6_months": "Y",
}  # fmt: skip
SIGNS = {"systolic": 128, "diastolic": 78, "pulse": 74, "temperature": "36.5", "oxygen_saturation": 97, "ecog": "1"}
LESION = {
    "first_seen": "BL0", "certainty": "DEFINITE", "basis": ["CT"], "method": "CT SCAN", "slice_mm": "5", "role": "NON-TARGET",
    "irradiated_before": "N", "radiotherapy": "YES",
}  # fmt: skip
SCAN = {"method": "CT SCAN", "regions": ["CHEST", "ABDOMEN", "PELVIS"], "contrast": "Y", "slice_mm": "5", "quality": "GOOD"}
RESULTS = {
    "HGB": "126", "WBC": "6.4", "NEUT": "3.9", "LYM": "1.6", "PLAT": "218", "BILI": "11.5", "AST": "24", "ALT": "22", "ALP": "82",
    "ALB": "43", "LDH": "188", "CREAT": "78", "UREA": "5.6",
}  # fmt: skip
"""In the tests' standard units."""


@dataclass(frozen=True)
class Screening:
    """What is told of a screening. Days count from the consent: imaging 7 before it, measurements 1 after it."""

    consent_on: date
    birth_month: str
    lesions: tuple[Items, ...]
    person: Items = field(default_factory=dict)
    tumor: Items = field(default_factory=dict)
    extent: Items = field(default_factory=dict)
    signs: Items = field(default_factory=dict)
    results: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # test: result, unit

    @property
    def imaged_on(self) -> date:
        return self.consent_on - timedelta(7)

    @property
    def measured_on(self) -> date:
        return self.consent_on + timedelta(1)


def screen(story: Story, told: Screening) -> None:
    """All forms of the screening visit but eligibility, and the lesions."""
    consent(story, told.consent_on)
    story.enter(Demographics, "SCR", PERSON | {"birth_month": told.birth_month, **told.person})
    story.enter(PrimaryTumor, "SCR", TUMOR | {"metastatic_on": f"{told.imaged_on:%Y-%m}", **told.tumor})
    for lesion in told.lesions:
        story.enter(Lesion, "COMMON", LESION | {"imaged_on": told.imaged_on, **lesion})
    extent(story, "SCR", told.consent_on, **told.extent)
    signs(story, "SCR", told.measured_on, **({"weight_kg": "66", "height_cm": "168"} | dict(told.signs)))
    panel(story, "SCR", told.measured_on, **told.results)
    story.hold("SCR", told.measured_on)


def consent(story: Story, on: date, *, at: str = "SCR", kind: str = "INITIAL", **more: Any) -> None:
    """On the version in force on that day."""
    values = {
        "type": kind, "signed_on": on, "form_version": version_on(story, on), "signed_by": "SUBJECT", "investigator_signed_on": on,
        "copy_given": "Y", "future_research": "Y", "genetic_research": "N", "data_sharing": "Y",
    }  # fmt: skip
    story.enter(Consent, at, values | more)


def consent_again(story: Story, on: date, *, at: str) -> None:
    consent(story, on, at=at, kind="RECONSENT", reconsent_reason="NEW_VERSION", unscheduled="N", declined="N")


def version_on(story: Story, on: date) -> ConsentVersion | None:
    return ConsentVersion.objects.effective(site_id=story.subject.site_id, on=on).order_by("-effective_from").first()


def organ(organ: str, mm: str, **more: Any) -> dict[str, Any]:
    return {"lesion_class": "VISCERAL", "organ": organ, "longest_mm": mm} | more


def node(subregion: str, mm: str, **more: Any) -> dict[str, Any]:
    """A regional lymph node, by its short axis."""
    return {"lesion_class": "REGIONAL_LN", "organ": "LYMPH_NODE", "subregion": subregion, "short_axis_mm": mm, "regional": "Y"} | more


def bone(detail: str, mm: str, **more: Any) -> dict[str, Any]:
    return {"lesion_class": "BONE", "organ": "BONE", "organ_detail": detail, "longest_mm": mm, "vertebra": "N", "soft_tissue": "N"} | more


def extent(story: Story, at: str, on: date, **told: Any) -> None:
    days = {"brain_imaged_on": on - timedelta(2), "feasibility_on": on + timedelta(1)}
    story.enter(DiseaseExtent, at, EXTENT | days | told)


def signs(story: Story, at: str, on: date, **told: Any) -> None:
    story.enter(VitalSigns, at, SIGNS | {"measured_on": on, "ecog_on": on} | told)


def panel(story: Story, at: str, on: date, *, complete: bool = True, **told: tuple[str, str]) -> Record:
    """The tests that the visit asks for, at its laboratory."""
    site = story.team.site
    due = lab.due_tests(at)
    results = {code: (_varied(code, on), analytes.TESTS[code].unit) for code in RESULTS if code in due} | told
    rows = [{"test": code, "result": result, "unit": unit} for code, (result, unit) in results.items()]
    name = site.reference_ranges.values_list("laboratory", flat=True).first()
    header = {"performed": "Y", "sampled_on": on, "laboratory": name, "fasting": "Y"}
    return story.enter(LaboratoryPanel, at, header, {LaboratoryResult: rows}, complete=complete)


def _varied(code: str, on: date) -> str:
    """The usual result, up to 5 % more or less by day and test: no two panels look alike, and each load gives the same."""
    percent = (on.toordinal() * 7 + sum(map(ord, code)) * 13) % 11 - 5
    usual = Decimal(RESULTS[code])
    return f"{(usual * (100 + percent) / 100).quantize(Decimal(1) if usual >= 50 else Decimal('0.1'))}"


def regimen(story: Story, code: str, *, max_cycles: int | None = 4, at: str = "C1D1") -> None:
    known = regimens.REGIMENS[code]
    story.enter(Regimen, at, {
        "code": code, "regimen_class": known.regimen_class.value, "cycle_length_days": known.cycle_length_days, "max_cycles": max_cycles,
        "preconsent_cycles": 0, "cisplatin_eligible": "Y",
    })  # fmt: skip


def cycle(story: Story, number: int, on: date, *, told: Mapping[tuple[str, int], Items] | None = None, **blood: tuple[str, str]) -> None:
    """Signs, blood and doses of a cycle, its day 8 included: each agent as planned, except for what is `told` of it."""
    code = f"C{number}D1"
    weight = VitalSigns.objects.of(story.subject).exclude(height_cm=None).values_list("weight_kg", flat=True).first()
    signs(story, code, on, weight_kg=weight)
    if number > 1:
        panel(story, code, on)
    give(story, code, number, on, told or {})
    story.hold(code, on)
    if Administration.objects.of(story.subject).filter(cycle__number=number, day=8).exists():
        panel(story, f"C{number}D8", on + timedelta(7), **blood)
        story.hold(f"C{number}D8", on + timedelta(7))


def give(story: Story, at: str, number: int, on: date, told: Mapping[tuple[str, int], Items]) -> None:
    """The form as the page prefills it, and the doses as the regimen plans them, in whole mg."""
    visit = story.visit(at)
    values = Cycle.prefilled(visit) | {"number": number}
    code = Regimen.objects.of(story.subject).values_list("code", flat=True).get()
    surface = dosing.bsa_m2(weight_kg=values["weight_kg"], height_cm=values["height_cm"])
    rows = []
    for row in Cycle.prefilled_rows(visit)[Administration]:
        planned = dosing.planned_dose_mg(code, row["agent"], weight_kg=values["weight_kg"], bsa_m2=surface)
        given = {"given": "Y", "given_on": on + timedelta(row["day"] - 1), "dose_mg": round(planned or 0), "adjustment": "NONE"}
        rows.append(row | given | dict(told.get((row["agent"], row["day"]), {})))
    story.enter(Cycle, visit.code, values, {Administration: rows})


def assessment(story: Story, at: str, on: date, *, sizes: Mapping[str, str], read: tuple[str, str, str]) -> Record:
    """`sizes` by lesion: mm, or a state. `read` is the investigator's target, non-target and overall response."""
    lesions = {lesion.code: lesion for lesion in Lesion.objects.of(story.subject)}
    targets = [_target(lesions[code], said) for code, said in sizes.items() if lesions[code].role == "TARGET"]
    others = [{"lesion": lesions[code], "state": said} for code, said in sizes.items() if lesions[code].role != "TARGET"]
    header = dict(zip(("investigator_target", "investigator_non_target", "investigator_overall"), read, strict=True))
    header |= {"evaluator": "INVESTIGATOR", "reader": "R1", "investigator_on": on + timedelta(1)}
    rows = {Scan: [SCAN | {"scanned_on": on}], TargetMeasurement: targets, NonTargetFinding: others}
    return story.enter(ResponseAssessment, at, header, rows)


def _target(lesion: Lesion, said: str) -> dict[str, Any]:
    return {"lesion": lesion, "state": said} if said.isupper() else {"lesion": lesion, "state": "MEASURED", "size_mm": said}


def assessed(
    story: Story, at: str, on: date, *, sizes: Mapping[str, str], read: tuple[str, str, str], held_on: date | None = None
) -> Record:
    """A visit with a tumor assessment and signs."""
    record = assessment(story, at, on, sizes=sizes, read=read)
    signs(story, at, on, weight_kg=_weight(story))
    story.hold(at, held_on or on)
    return record


def _weight(story: Story) -> Decimal:
    return VitalSigns.objects.of(story.subject).order_by("measured_on", "pk").values_list("weight_kg", flat=True).last()


def checked(story: Story, on: date, *, sizes: Mapping[str, str], read: tuple[str, str, str], **told: Any) -> Record:
    """The visit of the check after cycle 2, with all its forms but eligibility."""
    record = assessed(story, "PC2", on, sizes=sizes, read=read)
    extent(story, "PC2", on, **told)
    panel(story, "PC2", on)
    return record


def assessments_since(story: Story, codes: Iterable[str], *, sizes: Mapping[str, str], read: tuple[str, str, str]) -> None:
    """The visits of a series whose window has closed by today, each held on its target: what the story tells goes on."""
    today = story.subject.site.today()
    for code in codes:
        visit = story.subject.visits.filter(code=code, closes_on__lt=today).first()
        if visit:
            assessed(story, code, visit.target_on, sizes=sizes, read=read)
