"""Usual values, all invented, for what a complete form needs and the stories do not mention."""

from collections.abc import Mapping
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
from crf.models.laboratory import standard_unit
from trial.models import ConsentVersion, Record
from trial.protocol.laboratory import analytes
from trial.protocol.therapy import dosing, in_force, regimens

from .telling import Story
from .usual_items import (
    EXTENT,
    LESION,
    PERSON,
    RESULTS,
    SCAN,
    SIGNS,
    STEADY,
    TUMOR,
    Items,
    Response,
    Results,
    Screening,
)


def screen(story: Story, screening: Screening) -> None:
    """Enter the lesions, and all forms of the screening visit but eligibility."""
    imaged_on, measured_on = screening.imaged_on, screening.measured_on
    consent(story, screening.consent_on)
    story.enter(
        Demographics, "SCR", PERSON | {"birth_month": screening.birth_month, **screening.person}
    )
    story.enter(
        PrimaryTumor, "SCR", TUMOR | {"metastatic_on": f"{imaged_on:%Y-%m}", **screening.tumor}
    )
    for lesion in screening.lesions:
        story.enter(Lesion, "COMMON", LESION | {"imaged_on": imaged_on, **lesion})
    extent(story, "SCR", screening.consent_on, **screening.extent)
    signs(
        story,
        "SCR",
        measured_on,
        **({"weight_kg": "66", "height_cm": "168"} | dict(screening.signs)),
    )
    panel(story, "SCR", measured_on, screening.results)
    story.hold("SCR", measured_on)


def consent(story: Story, on: date, *, kind: str = "INITIAL", **more: Any) -> None:
    """Enter a consent on the version in force on that day: at screening, or for the whole trial."""
    values = {
        "type": kind, "signed_on": on, "form_version": version_on(story, on),
        "signed_by": "SUBJECT", "investigator_signed_on": on,
        "copy_given": "Y", "future_research": "Y", "genetic_research": "N", "data_sharing": "Y",
    }  # fmt: skip
    story.enter(Consent, "SCR" if kind == "INITIAL" else "COMMON", values | more)


def consent_again(story: Story, on: date) -> None:
    """Enter the consent to a new version."""
    consent(
        story,
        on,
        kind="RECONSENT",
        reconsent_reason="NEW_VERSION",
        unscheduled="N",
        declined="N",
    )


def version_on(story: Story, on: date) -> ConsentVersion | None:
    """Return the site's latest consent version that is in force on the day."""
    versions = ConsentVersion.objects.effective(site_id=story.subject.site_id, on=on)
    return versions.order_by("-effective_from").first()


def extent(story: Story, at: str, on: date, **items: Any) -> None:
    """Enter the extent of disease: usual values, but for the items given."""
    days = {"brain_imaged_on": on - timedelta(2), "feasibility_on": on + timedelta(1)}
    story.enter(DiseaseExtent, at, EXTENT | days | items)


def signs(story: Story, at: str, on: date, **items: Any) -> None:
    """Enter the vital signs: usual values, but for the items given."""
    story.enter(VitalSigns, at, SIGNS | {"measured_on": on, "ecog_on": on} | items)


def panel(
    story: Story, at: str, on: date, results: Results | None = None, *, complete: bool = True
) -> Record:
    """Enter the tests that the visit asks for, at its site's laboratory.

    Results are the usual ones, except `results`.
    """
    site = story.team.site
    due = LaboratoryPanel(visit=story.visit(at), sampled_on=on).tests_missing
    usual = {code: (_varied(code, on), standard_unit(code)) for code in due}
    all_results = usual | dict(results or {})
    rows = [
        {"test": code, "result": result, "unit": unit}
        for code, (result, unit) in all_results.items()
    ]
    name = site.reference_ranges.values_list("laboratory", flat=True).first()
    header = {"performed": "Y", "sampled_on": on, "laboratory": name, "fasting": "Y"}
    return story.enter(LaboratoryPanel, at, header, {LaboratoryResult: rows}, complete=complete)


def _varied(code: str, on: date) -> str:
    """Return the usual result, up to 5 % more or less by day and test.

    No two panels look alike, and each load gives the same.
    """
    percent = (on.toordinal() * 7 + sum(map(ord, code)) * 13) % 11 - 5
    if code not in analytes.TESTS or code in STEADY or RESULTS[code].startswith("<"):
        return RESULTS[code]
    usual = Decimal(RESULTS[code])
    places = Decimal(1) if usual >= 50 else Decimal("0.1")
    return str((usual * (100 + percent) / 100).quantize(places))


def regimen(
    story: Story,
    code: str,
    *,
    max_cycles: int | None = 4,
    at: str = "C1D1",
    from_on: date | None = None,
    **items: Any,
) -> None:
    """Enter a regimen as the protocol defines it, each option as usual; by itself an induction."""
    definition = regimens.REGIMENS[code]
    choices = {item: definition.choices(part) for part, item in Regimen.OPTIONS.items()}
    story.enter(Regimen, at, {
        "code": code, "regimen_class": definition.regimen_class.value,
        "role": in_force.Role.INDUCTION.value,
        "from_on": from_on or story.visit(at).target_on or story.subject.screened_on,
        "cycle_length_days": definition.cycle_length_days,
        "max_cycles": max_cycles, "preconsent_cycles": 0, "cisplatin_eligible": "Y",
        **{item: options[0].value for item, options in choices.items() if options},
        **items,
    })  # fmt: skip


def cycle(
    story: Story,
    number: int,
    on: date,
    *,
    doses: Mapping[tuple[str, int], Items] | None = None,
    results: Results | None = None,
) -> None:
    """Enter signs, blood and doses of a cycle, its day 8 included.

    `doses` names, by agent and day, items in which a dose differs from the plan; `results` those of
    the blood on day 8.
    """
    code = f"C{number}D1"
    weight = (
        VitalSigns.objects.of(story.subject)
        .exclude(height_cm=None)
        .values_list("weight_kg", flat=True)
        .first()
    )
    signs(story, code, on, weight_kg=weight)
    if number > 1:
        panel(story, code, on)
    give(story, code, number, on, doses or {})
    story.hold(code, on)
    if Administration.objects.of(story.subject).filter(cycle__number=number, day=8).exists():
        panel(story, f"C{number}D8", on + timedelta(7), results)
        story.hold(f"C{number}D8", on + timedelta(7))


def give(
    story: Story, at: str, number: int, on: date, doses: Mapping[tuple[str, int], Items]
) -> None:
    """Enter a cycle: the form as the page prefills it, the planned doses in whole mg.

    `doses` names, by agent and day, items in which a dose differs from the plan.
    """
    visit = story.visit(at)
    values = Cycle.prefilled(visit) | {"number": number}
    regimen = Regimen.in_force(list(Regimen.objects.of(story.subject).order_by("pk")), on=on)
    surface = dosing.bsa_m2(weight_kg=values["weight_kg"], height_cm=values["height_cm"])
    rows = []
    for row in Cycle.prefilled_rows(visit)[Administration]:
        plan = regimen.planned_agent(row["agent"]) if regimen else None
        planned = plan and dosing.dose_mg(plan, weight_kg=values["weight_kg"], bsa_m2=surface)
        given_on = on + timedelta(row["day"] - 1)
        as_planned = {
            "given": "Y",
            "given_on": given_on,
            "dose_mg": round(planned or 0),
            "adjustment": "NONE",
        }
        rows.append(row | as_planned | dict(doses.get((row["agent"], row["day"]), {})))
    story.enter(Cycle, visit.code, values, {Administration: rows})


def assessment(
    story: Story, at: str, on: date, *, sizes: Mapping[str, str], response: Response, **items: Any
) -> Record:
    """Enter a tumor assessment. `sizes` are in mm, or states, by lesion.

    `items` are those of the form in which it differs from the usual one.
    """
    lesions = {lesion.code: lesion for lesion in Lesion.objects.of(story.subject)}
    measurements, findings = [], []
    for code, size in sizes.items():
        if lesions[code].role == "TARGET":
            measurements.append(_measurement(lesions[code], size))
        else:
            findings.append({"lesion": lesions[code], "state": size})
    target, non_target, overall = response
    header = {
        "evaluator": "INVESTIGATOR", "reader": "R1", "investigator_on": on + timedelta(1),
        "investigator_target": target, "investigator_non_target": non_target,
        "investigator_overall": overall,
    }  # fmt: skip
    rows = {
        Scan: [SCAN | {"scanned_on": on}],
        TargetMeasurement: measurements,
        NonTargetFinding: findings,
    }
    return story.enter(ResponseAssessment, at, header | items, rows)


def _measurement(lesion: Lesion, size: str) -> dict[str, Any]:
    """Return the row of a target lesion: its size in mm, or a state in capitals."""
    if size.isupper():
        return {"lesion": lesion, "state": size}
    return {"lesion": lesion, "state": "MEASURED", "size_mm": size}


def assessed(
    story: Story,
    at: str,
    on: date,
    *,
    sizes: Mapping[str, str],
    response: Response,
    held_on: date | None = None,
    **items: Any,
) -> Record:
    """Hold a visit with a tumor assessment and signs. `items` are those of the assessment."""
    record = assessment(story, at, on, sizes=sizes, response=response, **items)
    signs(story, at, on, weight_kg=last_weight_kg(story))
    story.hold(at, held_on or on)
    return record


def last_weight_kg(story: Story) -> Decimal | None:
    """Return the subject's last weight, in kg."""
    measured = VitalSigns.objects.of(story.subject).order_by("measured_on", "pk")
    return measured.values_list("weight_kg", flat=True).last()
