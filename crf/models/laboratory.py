from collections.abc import Iterator
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from trial import fields
from trial.models import Problem, Record, ReferenceRange, Row, Section, Visit
from trial.protocol import ctcae, eligibility, inclusion, reported
from trial.protocol import laboratory as lab

from .demographics import Demographics
from .vital_signs import VitalSigns

FIRST = "SCR"


def was_performed(panel: "LaboratoryPanel") -> bool:
    return panel.performed != "N"


class LaboratoryPanel(Record):
    """One specimen's results: hematology, liver, renal (crf_spec 2.10; CDASH LB)."""

    several = True
    derived = ("creatinine_clearance_ml_min", "clearance_from")
    tells_birth_month = frozenset(derived)  # the age it is computed with moves on in that month

    performed = fields.yes_no("Laboratory tests performed", sdtm="LB.LBPERF")
    sampled_on = fields.day("Specimen taken on", sdtm="LB.LBDTC", when=was_performed)
    sampled_at_time = fields.clock_time("Time", sdtm="LB.LBTIM", optional=True)
    laboratory = fields.text("Laboratory", longest=40, sdtm="LB.LBNAM", when=was_performed)
    specimen = fields.text("Specimen number", longest=40, sdtm="LB.LBREFID", optional=True)
    fasting = fields.yes_no_unknown("Fasting", sdtm="LB.LBFAST", optional=True)
    standard_of_care = fields.yes_no("Before consent: standard of care", sdtm="SUPPLB.SOC", optional=True)

    sections = (
        Section("Specimen", ("performed", "sampled_on", "sampled_at_time", "laboratory", "specimen", "fasting", "standard_of_care")),
    )

    class Meta(Record.Meta):
        verbose_name = "laboratory panel"

    @classmethod
    def prefilled(cls, visit: Visit) -> dict[str, Any]:
        known = ReferenceRange.objects.filter(site=visit.subject.site_id).values_list("laboratory", flat=True).distinct()[:2]
        return {"performed": "Y", "laboratory": known[0] if len(known) == 1 else ""}

    @classmethod
    def prefilled_rows(cls, visit: Visit) -> dict[type[Row], list[dict[str, Any]]]:
        due = lab.due_tests(visit.code)
        return {LaboratoryResult: [{"test": code, "unit": test.unit} for code, test in lab.TESTS.items() if code in due]}

    def sex_and_birth_month(self) -> tuple[str, str]:
        if "_person" not in self.__dict__:
            known = Demographics.objects.of(self.subject).values_list("sex", "birth_month").first()
            self._person = known or ("", "")
        return self._person

    def ranges(self) -> list[lab.Range]:
        """The reference ranges of this panel's laboratory."""
        if "_ranges" not in self.__dict__:
            rows = ReferenceRange.objects.filter(site=self.subject.site_id, laboratory=self.laboratory)
            self._ranges = [range_of(row) for row in rows]
        return self._ranges

    def limits(self, test: str) -> lab.RangeChoice:
        """The test's limits of the normal on the day of the specimen; MISSING where person, day or range is not known."""
        sex, birth_month = self.sex_and_birth_month()
        return lab.choose_range(
            self.ranges(), laboratory=self.laboratory, test=test, sex=sex or None, birth_month=birth_month, on=self.sampled_on
        )

    @property
    def creatinine_clearance_ml_min(self) -> str:
        """By Cockcroft and Gault on the day of the specimen, as it is displayed; two where age or weight leave it open."""
        value, evidence = self._creatinine()
        found = inclusion.cockcroft_gault(value, evidence) if value else []
        return " or ".join(f"{one.comparator}{lab.clearance_shown(one.value)}" for one in found)

    @property
    def clearance_from(self) -> str:
        """What the clearance is computed with, or what is missing for it."""
        value, evidence = self._creatinine()
        if value is None:
            return ""
        ages = sorted(evidence.ages_on(value.on))
        weights = [f"{one.kg} kg ({one.on})" for one in inclusion.nearest_weights(value, evidence)]
        years = f"{' or '.join(map(str, ages))} years" if ages else "age not known"
        sex = {"M": "male", "F": "female"}.get(evidence.sex or "", "sex not known")
        weight = " or ".join(weights) or "no weight from 14 days before to 7 after"
        return f"{years}, {sex}, {weight}, creatinine {value.result.comparator}{value.result.value:.2f} µmol/L"

    def _creatinine(self) -> "tuple[eligibility.LabValue | None, eligibility.Evidence]":
        """The panel's creatinine, in µmol/L, and what else a clearance needs; read once."""
        if "_clearance" not in self.__dict__:
            row = next((row for row in self.rows(LaboratoryResult) if row.test == "CREAT"), None)
            said = row.as_reported() if row and self.sampled_on else None
            value, evidence = None, eligibility.Evidence()
            if row and said and row.unit in lab.TESTS["CREAT"].factors:
                value = eligibility.LabValue(test="CREAT", result=lab.standardized("CREAT", said, row.unit), on=self.sampled_on)
                evidence = self._person_and_weights()
            self._clearance = value, evidence
        return self._clearance

    def _person_and_weights(self) -> "eligibility.Evidence":
        person = Demographics.objects.of(self.subject).first()
        weights = VitalSigns.objects.of(self.subject).exclude(weight_kg=None).exclude(measured_on=None)
        return eligibility.Evidence(
            birth_month=person.birth_month if person else None,
            age_confirmed=person.age_confirmed if person else None,
            sex=person.sex if person else None,
            consent_signed_on=person.consented_on() if person else None,
            weights=tuple(eligibility.Weight(kg=kg, on=on) for kg, on in weights.values_list("weight_kg", "measured_on")),
        )

    def baseline(self, test: str) -> ctcae.Specimen | None:
        """The test at screening, which abnormal later values are graded by (CTCAE 5.0); read once."""
        if "_baseline" not in self.__dict__:
            first = LaboratoryResult.objects.of(self.subject).filter(panel__visit__code=FIRST, panel__withdrawn_at=None)
            rows = list(first.select_related("panel__visit__subject__site").order_by("panel__sampled_on", "-pk"))
            self._baseline = {row.test: row.specimen() for row in rows}
        return self._baseline.get(test)

    def clean(self) -> None:
        super().clean()
        site = self.subject.site_id
        if self.laboratory and not ReferenceRange.objects.filter(site=site, laboratory=self.laboratory).exists():
            known = ReferenceRange.objects.filter(site=site).values_list("laboratory", flat=True).distinct().order_by("laboratory")
            raise ValidationError({"laboratory": f"This site has no laboratory {self.laboratory}. Known: {', '.join(known) or 'none'}."})

    def inconsistencies(self) -> Iterator[Problem]:
        if not was_performed(self):
            if self.rows(LaboratoryResult):
                yield "performed", "Results are entered, so the tests were performed. Correct this answer."
            return
        entered = [row.test for row in self.rows(LaboratoryResult)]
        missing = lab.due_tests(self.visit.code, entered) - set(entered)
        if missing:
            names = ", ".join(lab.TESTS[code].name for code in lab.TESTS if code in missing)
            yield "", f"Not entered: {names}. Add them, with “Not done” where there is no result."
        if twice := sorted({code for code in entered if entered.count(code) > 1}):
            yield "", f"Entered twice: {', '.join(twice)}. Withdraw one of them."


class LaboratoryResult(Row):
    """One test of a panel, as reported."""

    parent = "panel"
    may_be_missing = ("result",)
    path_to_site = "panel__visit__subject__site"
    path_to_subject = "panel__visit__subject"
    derived = ("standard_value", "standard_unit", "times_uln", "indicator", "ctcae_grade")

    Test = models.TextChoices("Test", {code: (code, test.name) for code, test in lab.TESTS.items()})
    Unit = models.TextChoices("Unit", {unit: (unit, lab.unit_name(unit)) for unit in lab.units()})

    panel = models.ForeignKey(LaboratoryPanel, models.PROTECT, related_name="results")

    test = fields.choice("Test", Test, sdtm="LB.LBTESTCD")
    result = fields.text("Result", longest=20, sdtm="LB.LBORRES")
    unit = fields.choice("Unit", Unit, sdtm="LB.LBORRESU", when=lambda r: "result" not in r.missing)
    significant = fields.yes_no("If abnormal: clinically significant", sdtm="LB.LBCLSIG", optional=True)

    sections = (Section("Result", ("test", "result", "unit", "significant")),)

    class Meta(Row.Meta):
        verbose_name = "result"
        constraints = [
            *Row.Meta.constraints,
            models.CheckConstraint(
                name="unit_belongs_to_test",
                condition=reduce(or_, (Q(test=code, unit__in=[*t.factors]) for code, t in lab.TESTS.items())) | Q(unit=""),
                violation_error_message="This test is not reported in this unit.",
            ),
        ]

    def as_reported(self) -> reported.Reported | None:
        """The result, read; None where there is none or it cannot be read."""
        try:
            return reported.parse(self.result) if self.result and self.unit else None
        except ValueError:
            return None

    @property
    def standard_value(self) -> Decimal | None:
        """In the test's standard unit, unrounded, without its comparator; derived, never stored."""
        said = self.as_reported()
        return lab.to_standard(self.test, said.value, self.unit) if said else None

    @property
    def standard_unit(self) -> str:
        return lab.unit_name(lab.TESTS[self.test].unit) if self.test else ""

    @property
    def times_uln(self) -> Decimal | None:
        """Multiples of the upper limit of normal; unknown where the range is."""
        value = self.standard_value
        return lab.times_uln(value, self.panel.limits(self.test)) if value is not None else None

    @property
    def indicator(self) -> str:
        said = self.as_reported()
        if said is None:
            return ""
        return str(lab.reference_indicator(lab.standardized(self.test, said, self.unit), self.panel.limits(self.test)))

    def specimen(self) -> ctcae.Specimen | None:
        """In the standard unit, with its laboratory's limits; None where there is no readable result."""
        said = self.as_reported()
        if said is None:
            return None
        limits = self.panel.limits(self.test)
        return ctcae.Specimen(result=lab.standardized(self.test, said, self.unit), low=limits.low, high=limits.high)

    @property
    def ctcae_grade(self) -> int | None:
        """By CTCAE 5.0, from the value alone; None where it is not known, or the test has no term."""
        now, first = self.specimen(), self.panel.visit.code == FIRST
        if now is None:
            return None
        baseline = None if first else self.panel.baseline(self.test)
        return ctcae.worst(ctcae.grades(self.test, now, version=ctcae.Version.V5, baseline=baseline, is_baseline=first))

    def clean(self) -> None:
        super().clean()
        if not self.test or not self.result:
            return
        try:
            said = reported.parse(self.result)
        except ValueError as error:
            raise ValidationError({"result": str(error)}) from error
        if self.unit and self.unit in lab.TESTS[self.test].factors and (refused := lab.refusal(self.test, said, self.unit)):
            raise ValidationError({"result": refused})


def range_of(row: ReferenceRange) -> lab.Range:
    return lab.Range(
        laboratory=row.laboratory, test=row.test, sex=row.sex, age_from=row.age_from, age_to=row.age_to,
        low=row.low, high=row.high, unit=row.unit, effective_from=row.effective_from, effective_to=row.effective_to,
    )  # fmt: skip
