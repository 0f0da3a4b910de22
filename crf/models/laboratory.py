"""Laboratory panels and their results (crf_spec 2.10)."""

from collections.abc import Collection, Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from trial import fields
from trial.models import Problem, Record, ReferenceRange, Row, Section, Visit
from trial.protocol.laboratory import analytes, reported
from trial.protocol.laboratory import quantities as lab
from trial.protocol.laboratory.reference_ranges import Indicator
from trial.protocol.typed.characters import unfit
from trial.refusals import Code, impossible

from crf.models.codes.lists import codelist

LONGEST_NAMED = 40
"""The most characters that a refusal repeats of a code that is none."""
INDICATOR: dict[str, str] = {
    Indicator.LOW: "below",
    Indicator.NORMAL: "within",
    Indicator.HIGH: "above",
    Indicator.UNKNOWN: "not known: no range",
}


def was_performed(panel: "LaboratoryPanel") -> bool:
    """Return whether tests were performed. A panel without an answer counts as performed."""
    return panel.performed != "N"


class LaboratoryPanel(Record):
    """One specimen's results (crf_spec 2.10; CDASH LB). The panels of a visit answer its tests together."""

    several = True
    # The age that the clearance is computed with changes in the month of birth.
    tells_birth_month = frozenset({"clearance_ml_min", "clearance_inputs"})

    performed = fields.yes_no("Laboratory tests performed", sdtm="LB.LBPERF")
    sampled_on = fields.day("Specimen taken on", sdtm="LB.LBDTC", when=was_performed)
    sampled_at_time = fields.clock_time("Time", sdtm="LB.LBTIM", optional=True)
    laboratory = fields.text("Laboratory", longest=40, sdtm="LB.LBNAM", when=was_performed)
    specimen = fields.text("Specimen number", longest=40, sdtm="LB.LBREFID", optional=True)
    fasting = fields.yes_no_unknown("Fasting", sdtm="LB.LBFAST", optional=True)
    standard_of_care = fields.yes_no("Before consent: standard of care", sdtm="SUPPLB.SOC", optional=True)

    clearance_ml_min = fields.derived("Creatinine clearance (Cockcroft–Gault)", unit="mL/min")
    clearance_inputs = fields.derived("Computed from")
    tests_missing = fields.derived("Due at this visit, not yet entered", words=analytes.NAMES)

    sections = (
        Section("Specimen", ("performed", "sampled_on", "sampled_at_time", "laboratory", "specimen", "fasting", "standard_of_care")),
    )

    class Meta(Record.Meta):
        verbose_name = "laboratory panel"

    @classmethod
    def prefilled(cls, visit: Visit) -> dict[str, Any]:
        """Return the laboratory of the site where it has only one."""
        laboratories = laboratories_of(visit.subject.site_id)
        return {"performed": "Y", "laboratory": laboratories[0] if len(laboratories) == 1 else ""}

    @classmethod
    def prefilled_rows(cls, visit: Visit) -> dict[type[Row], list[dict[str, Any]]]:
        """Return a row for each test that is due at the visit, in its standard unit."""
        return {LaboratoryResult: [{"test": code, "unit": standard_unit(code)} for code in cls(visit=visit).tests_missing]}

    def clean(self) -> None:
        """Refuse results of a panel that was not performed, and a laboratory that the site does not have."""
        super().clean()
        if not was_performed(self) and (entered := self._of_a_specimen()):
            sentence = _("These are entered, so the tests were performed: {items}. Correct this answer, or delete them.")
            raise impossible(Code.IMPOSSIBLE, item="performed", sentence=sentence.format(items=", ".join(entered)))
        if not self.laboratory:
            return
        laboratories = laboratories_of(self.subject.site_id)
        if self.laboratory not in laboratories:
            sentence = _("This site has no laboratory {laboratory}. Known: {laboratories}.")
            names = ", ".join(laboratories) or _("none")
            sentence = sentence.format(laboratory=self.laboratory, laboratories=names)
            raise impossible(Code.IMPOSSIBLE, item="laboratory", sentence=sentence)

    def _of_a_specimen(self) -> list[str]:
        """Return the labels of what is entered and only a test that was performed has: its day, its time, results."""
        labels = [self.label_of(item) for item in ("sampled_on", "sampled_at_time") if not self.is_empty(item)]
        return labels + [analytes.NAMES.get(row.test, row.test) for row in self.rows(LaboratoryResult) if row.result]

    def inconsistencies(self) -> Iterator[Problem]:
        """Yield what keeps the panel from being complete: tests that are missing, or entered twice."""
        if not was_performed(self):
            return
        entered = [row.test for row in self.rows(LaboratoryResult)]
        if missing := self.tests_missing:
            names = ", ".join(analytes.NAMES[code] for code in missing)
            sentence = _("Not entered: {tests}. Add them, with “Not done” where there is no result.")
            yield "", sentence.format(tests=names)
        elif not entered:
            yield "", _("No test is entered. Add one, or answer that no tests were performed.")
        if twice := sorted({code for code in entered if entered.count(code) > 1}):
            yield "", _("Entered twice: {tests}. Withdraw one of them.").format(tests=", ".join(twice))


def laboratories_of(site_id: int) -> list[str]:
    """Return the laboratories of a site: those that it has reference ranges of, by name."""
    names = ReferenceRange.objects.filter(site=site_id).values_list("laboratory", flat=True)
    return list(names.distinct().order_by("laboratory"))


def standard_unit(test: str) -> str:
    """Return the standard unit of a test; empty text for one whose result is a word."""
    return analytes.TESTS[test].unit if test in analytes.TESTS else ""


def has_unit(result: "LaboratoryResult") -> bool:
    """Return whether the row needs a unit: it has a result, which is a number."""
    return "result" not in result.missing and result.test not in analytes.QUALITATIVE


class LaboratoryResult(Row):
    """One test of a panel, as reported."""

    parent = "panel"
    may_be_missing = ("result",)
    path_to_site = "panel__visit__subject__site"
    path_to_subject = "panel__visit__subject"

    Test = codelist("Test", {code: (code, name) for code, name in analytes.NAMES.items()})
    Unit = codelist("Unit", {unit: (unit, lab.unit_name(unit)) for unit in lab.units()})

    panel = models.ForeignKey(LaboratoryPanel, models.PROTECT, related_name="results")

    test = fields.choice("Test", Test, sdtm="LB.LBTESTCD")
    result = fields.result("Result", longest=60, sdtm="LB.LBORRES")
    unit = fields.choice("Unit", Unit, sdtm="LB.LBORRESU", when=has_unit)
    significant = fields.yes_no("If abnormal: clinically significant", sdtm="LB.LBCLSIG", optional=True)

    standard_value = fields.derived("In standard units", places=2)
    standard_unit = fields.derived("Standard unit")
    times_uln = fields.derived("Multiple of the upper limit", unit="× ULN", places=2)
    indicator = fields.derived("Against the normal range", words=INDICATOR)
    ctcae = fields.derived("Grade, CTCAE of the study")
    ctcae_5 = fields.derived("Grade, CTCAE 5.0")
    ctcae_6 = fields.derived("Grade, CTCAE 6.0")

    sections = (Section("Result", ("test", "result", "unit", "significant")),)

    class Meta(Row.Meta):
        verbose_name = "result"
        constraints = [
            *Row.Meta.constraints,
            models.CheckConstraint(
                name="unit_belongs_to_test",
                condition=reduce(or_, (Q(test=code, unit__in=[*t.factors]) for code, t in analytes.TESTS.items())) | Q(unit=""),
                violation_error_message=gettext_lazy("This test is not reported in this unit. Choose another unit."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_test_display() or 'Result'} {self.result} {self.get_unit_display()}".strip()

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Refuse a test that the study does not have by its name, whatever else is wrong with the row."""
        if self.test and self.test not in analytes.NAMES and not unfit(self.test):
            raise impossible(Code.TEST_UNKNOWN, item="test", test=self.test[:LONGEST_NAMED])
        super().clean_fields(exclude)

    def clean(self) -> None:
        """Refuse a unit that is none of its test's, and a result that nobody can have in it."""
        super().clean()
        if self.unit and not self.test:
            without = _("A unit is entered without a test. Choose the test, or delete the unit.")
            raise impossible(Code.IMPOSSIBLE, item="test", sentence=without)
        test = analytes.TESTS.get(self.test)
        if test and self.unit and self.unit not in test.factors:
            raise impossible(Code.UNIT_OF_ANOTHER_TEST, item="unit")
        if not self.result:
            return
        if self.test in analytes.QUALITATIVE:
            if sentence := lab.refusal_of_word(self.test, self.result):
                raise impossible(Code.IMPOSSIBLE, item="result", sentence=sentence)
        elif self.test in analytes.TESTS:
            self._refuse_impossible_number(analytes.TESTS[self.test])

    def _refuse_impossible_number(self, test: analytes.LabTest) -> None:
        try:
            result = reported.parse(self.result)
        except ValueError as error:
            raise impossible(Code.NOT_A_VALUE, item="result", sentence=error) from error
        if self.unit not in test.factors:
            return
        if sentence := lab.refusal(self.test, result, self.unit):
            raise impossible(Code.IMPOSSIBLE, item="result", sentence=sentence)
