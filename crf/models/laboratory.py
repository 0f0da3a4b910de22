from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Q

from trial import fields
from trial.models import Problem, Record, ReferenceRange, Row, Section, Visit, parameters_on
from trial.protocol.eligibility import estimated_clearance
from trial.protocol.eligibility.evidence import Evidence, LabValue, Weight
from trial.protocol.laboratory import analytes, ctcae, reference_ranges, reported
from trial.protocol.laboratory import quantities as lab
from trial.protocol.laboratory.clearance import clearance_shown
from trial.refusals import Code, impossible

from .consent import Consent
from .demographics import Demographics
from .vital_signs import VitalSigns

INDICATOR = {"LOW": "below", "NORMAL": "within", "HIGH": "above", "UNKNOWN": "not known: no range"}


def was_performed(panel: "LaboratoryPanel") -> bool:
    return panel.performed != "N"


class LaboratoryPanel(Record):
    """One specimen's results: hematology, liver, renal (crf_spec 2.10; CDASH LB)."""

    several = True
    derived = ("clearance_ml_min", "clearance_inputs")
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
        return {LaboratoryResult: [{"test": code, "unit": test.unit} for code, test in analytes.TESTS.items() if code in due]}

    def sex_and_birth_month(self) -> tuple[str, str]:
        if "_person" not in self.__dict__:
            known = Demographics.objects.of(self.subject).values_list("sex", "birth_month").first()
            self._person = known or ("", "")
        return self._person

    @fields.derived("Creatinine clearance (Cockcroft–Gault)", unit="mL/min")
    def clearance_ml_min(self) -> str:
        """Unrounded where it is compared, rounded here (crf_spec 2.10); two, where two ages are possible."""
        found = self.inputs()
        return " or ".join(dict.fromkeys(f"{one.comparator}{clearance_shown(one.value)}" for one in found.clearances))

    @fields.derived("Computed from")
    def clearance_inputs(self) -> str:
        """Sex, age on the day of the specimen, the nearest weight, creatinine; what is missing is named."""
        return str(self.inputs()) if self.creatinine() else ""

    def creatinine(self) -> "LaboratoryResult | None":
        return next((row for row in self.rows(LaboratoryResult) if row.test == "CREAT" and row.as_reported()), None)

    def inputs(self) -> "ClearanceInputs":
        """Read once for the page: three queries."""
        if "_inputs" not in self.__dict__:
            self._inputs = ClearanceInputs.of(self)
        return self._inputs

    def ranges(self) -> list[reference_ranges.Range]:
        """The reference ranges of this panel's laboratory."""
        if "_ranges" not in self.__dict__:
            rows = ReferenceRange.objects.filter(site=self.subject.site_id, laboratory=self.laboratory)
            self._ranges = [range_of(row) for row in rows]
        return self._ranges

    def baseline_results(self) -> dict[str, "LaboratoryResult"]:
        """The last result of each test up to the first dose: what later grades are compared with. Two queries, once."""
        if "_baseline" not in self.__dict__:
            self._baseline = _before_first_dose(self) if self.sampled_on else {}
        return self._baseline

    def limits(self, test: str) -> reference_ranges.RangeChoice:
        """The test's limits of the normal on the day of the specimen; MISSING where person, day or range is not known."""
        sex, birth_month = self.sex_and_birth_month()
        return reference_ranges.choose_range(
            self.ranges(), laboratory=self.laboratory, test=test, sex=sex or None, birth_month=birth_month, on=self.sampled_on
        )

    def clean(self) -> None:
        super().clean()
        site = self.subject.site_id
        if self.laboratory and not ReferenceRange.objects.filter(site=site, laboratory=self.laboratory).exists():
            known = ReferenceRange.objects.filter(site=site).values_list("laboratory", flat=True).distinct().order_by("laboratory")
            sentence = f"This site has no laboratory {self.laboratory}. Known: {', '.join(known) or 'none'}."
            raise impossible(Code.IMPOSSIBLE, item="laboratory", sentence=sentence)

    def inconsistencies(self) -> Iterator[Problem]:
        if not was_performed(self):
            if self.rows(LaboratoryResult):
                yield "performed", "Results are entered, so the tests were performed. Correct this answer."
            return
        entered = [row.test for row in self.rows(LaboratoryResult)]
        missing = lab.due_tests(self.visit.code, entered) - set(entered)
        if missing:
            names = ", ".join(analytes.TESTS[code].name for code in analytes.TESTS if code in missing)
            yield "", f"Not entered: {names}. Add them, with “Not done” where there is no result."
        if twice := sorted({code for code in entered if entered.count(code) > 1}):
            yield "", f"Entered twice: {', '.join(twice)}. Withdraw one of them."


class LaboratoryResult(Row):
    """One test of a panel, as reported."""

    parent = "panel"
    may_be_missing = ("result",)
    path_to_site = "panel__visit__subject__site"
    path_to_subject = "panel__visit__subject"
    derived = ("standard_value", "standard_unit", "times_uln", "indicator", "ctcae_5", "ctcae_6")

    Test = models.TextChoices("Test", {code: (code, test.name) for code, test in analytes.TESTS.items()})
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
                condition=reduce(or_, (Q(test=code, unit__in=[*t.factors]) for code, t in analytes.TESTS.items())) | Q(unit=""),
                violation_error_message="This test is not reported in this unit.",
            ),
        ]

    def as_reported(self) -> reported.Reported | None:
        """The result, read; None where there is none or it cannot be read."""
        try:
            return reported.parse(self.result) if self.result and self.unit else None
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.get_test_display() or 'Result'} {self.result} {self.get_unit_display()}".strip()

    @fields.derived("In standard units", places=2)
    def standard_value(self) -> Decimal | None:
        """In the test's standard unit, unrounded, without its comparator; derived, never stored."""
        said = self.as_reported()
        return lab.to_standard(self.test, said.value, self.unit) if said else None

    @fields.derived("Standard unit")
    def standard_unit(self) -> str:
        return lab.unit_name(analytes.TESTS[self.test].unit) if self.test else ""

    @fields.derived("Multiple of the upper limit", unit="× ULN", places=2)
    def times_uln(self) -> Decimal | None:
        """Multiples of the upper limit of normal; unknown where the range is."""
        value = self.standard_value
        return reference_ranges.times_uln(value, self.panel.limits(self.test)) if value is not None else None

    @fields.derived("Against the normal range", words=INDICATOR)
    def indicator(self) -> str:
        said = self.as_reported()
        if said is None:
            return ""
        return str(reference_ranges.reference_indicator(lab.standardized(self.test, said, self.unit), self.panel.limits(self.test)))

    @fields.derived("Grade, CTCAE 5.0")
    def ctcae_5(self) -> str:
        return self._graded(ctcae.Version.V5)

    @fields.derived("Grade, CTCAE 6.0")
    def ctcae_6(self) -> str:
        return self._graded(ctcae.Version.V6)

    def _graded(self, version: ctcae.Version) -> str:
        """By the number alone (crf_spec 2.10), with the term; empty for a test without a term."""
        now = self.specimen()
        if now is None:
            return ""
        first = self.panel.baseline_results().get(self.test)
        is_baseline = first is None or first.pk == self.pk
        found = ctcae.grades(
            self.test, now, version=version, baseline=first.specimen() if first and not is_baseline else None,
            is_baseline=is_baseline, fasting={"Y": True, "N": False}.get(self.panel.fasting),
        )  # fmt: skip
        above = [one for one in found if one.most > 0]
        said = [f"{one.term}: grade {one.least if one.grade is not None else f'{one.least} to {one.most}'}" for one in above]
        return "; ".join(said) if said else "0" if found else ""

    def specimen(self) -> ctcae.Specimen | None:
        """In the standard unit, with the limits of its laboratory."""
        said = self.as_reported()
        if said is None or not self.test:
            return None
        limits = self.panel.limits(self.test)
        return ctcae.Specimen(result=lab.standardized(self.test, said, self.unit), low=limits.low, high=limits.high)

    def clean(self) -> None:
        super().clean()
        if not self.test or not self.result:
            return
        try:
            said = reported.parse(self.result)
        except ValueError as error:
            raise impossible(Code.NOT_A_VALUE, item="result", sentence=error) from error
        if self.unit and self.unit in analytes.TESTS[self.test].factors and (refused := lab.refusal(self.test, said, self.unit)):
            raise impossible(Code.IMPOSSIBLE, item="result", sentence=refused)


def range_of(row: ReferenceRange) -> reference_ranges.Range:
    return reference_ranges.Range(
        laboratory=row.laboratory, test=row.test, sex=row.sex, age_from=row.age_from, age_to=row.age_to,
        low=row.low, high=row.high, unit=row.unit, effective_from=row.effective_from, effective_to=row.effective_to,
    )  # fmt: skip


def hold_limits(panels: Sequence[LaboratoryPanel], persons: Sequence[Demographics]) -> None:
    """What the limits of one subject's panels depend on: the person, at hand, and the ranges of their laboratories, by one query."""
    person = next(((one.sex, one.birth_month) for one in persons), ("", ""))
    ranges: dict[str, list[reference_ranges.Range]] = {panel.laboratory: [] for panel in panels}
    sites = {panel.subject.site_id for panel in panels}
    for row in ReferenceRange.objects.filter(site__in=sites, laboratory__in=ranges):
        ranges[row.laboratory].append(range_of(row))
    for panel in panels:
        panel._person, panel._ranges = person, ranges[panel.laboratory]


class ClearanceInputs(NamedTuple):
    """What the clearance of a panel is computed from."""

    sex: str
    ages: frozenset[int]
    weights: list[Weight]
    creatinine: LabValue | None
    clearances: list[reported.Reported]

    @classmethod
    def of(cls, panel: LaboratoryPanel) -> "ClearanceInputs":
        row = panel.creatinine()
        if row is None or panel.sampled_on is None:
            return cls("", frozenset(), [], None, [])
        said = row.as_reported()
        value = LabValue(test="CREAT", result=lab.standardized("CREAT", said, row.unit), on=panel.sampled_on)
        person = Demographics.objects.of(panel.subject).values_list("sex", "birth_month", "age_confirmed").first() or ("", "", None)
        initial = Consent.objects.of(panel.subject).filter(type="INITIAL").values_list("signed_on", flat=True).first()
        signs = VitalSigns.objects.of(panel.subject).exclude(weight_kg=None).exclude(measured_on=None)
        evidence = Evidence(
            sex=person[0] or None, birth_month=person[1] or None, age_confirmed=person[2], consent_signed_on=initial,
            weights=tuple(Weight(kg=kg, on=on) for kg, on in signs.values_list("weight_kg", "measured_on")),
        )  # fmt: skip
        parameters = parameters_on(panel.sampled_on)
        return cls(
            person[0],
            evidence.ages_on(panel.sampled_on),
            estimated_clearance.nearest_weights(value, evidence, parameters),
            value,
            estimated_clearance.cockcroft_gault(value, evidence, parameters),
        )

    def __str__(self) -> str:
        sex = {"M": "male", "F": "female"}.get(self.sex, "sex not known")
        age = f"{' or '.join(map(str, sorted(self.ages)))} years" if self.ages else "age not known"
        weight = " or ".join(f"{one.kg:f} kg on {one.on}" for one in self.weights) or "no weight near that day"
        creatinine = f"creatinine {self.creatinine.result} µmol/L" if self.creatinine else "no creatinine"
        return ", ".join((sex, age, weight, creatinine))


def _before_first_dose(panel: LaboratoryPanel) -> dict[str, LaboratoryResult]:
    """Before any dose, the panel itself is the baseline."""
    from .systemic_therapy import Administration

    given = Administration.objects.of(panel.subject).filter(given="Y", cycle__withdrawn_at=None)
    first_dose_on = given.aggregate(first=models.Min("given_on"))["first"]
    if first_dose_on is None or panel.sampled_on <= first_dose_on:
        return {}
    before = LaboratoryResult.objects.of(panel.subject).filter(panel__withdrawn_at=None, panel__sampled_on__lte=first_dose_on)
    found = {}
    for row in before.select_related("panel").order_by("panel__sampled_on", "pk"):
        row.panel.visit, row.panel._person = panel.visit, panel.sex_and_birth_month()
        if row.panel.laboratory == panel.laboratory:
            row.panel._ranges = panel.ranges()
        if row.as_reported():
            found[row.test] = row
    return found
