"""Laboratory results in standard units, with limits of the normal and grades (crf_spec 2.10)."""

from decimal import Decimal

from django.utils.translation import gettext as _

from crf.casebook import Casebook, once
from crf.models import Demographics, LaboratoryPanel, LaboratoryResult
from trial.models import ReferenceRange
from trial.protocol.laboratory import analytes, ctcae, ctcae_ladders, reference_ranges, reported
from trial.protocol.laboratory import quantities as lab

from .demographics import person
from .doses import first_dose_on

FASTING = {"Y": True, "N": False}


def as_reported(row: LaboratoryResult) -> reported.Reported | None:
    """Return the result as a number with its comparator; None where it is no number."""
    try:
        return reported.parse(row.result) if row.result and row.unit else None
    except ValueError:
        return None


def standardized(row: LaboratoryResult) -> reported.Reported | None:
    """Return the result in the test's standard unit, with its comparator."""
    result = as_reported(row)
    return lab.standardized(row.test, result, row.unit) if result else None


@LaboratoryResult.standard_value.computed_by
def standard_value(row: LaboratoryResult, casebook: Casebook) -> Decimal | None:
    """Return the result in the test's standard unit, unrounded, without its comparator."""
    result = as_reported(row)
    return lab.to_standard(row.test, result.value, row.unit) if result else None


@LaboratoryResult.standard_unit.computed_by
def standard_unit(row: LaboratoryResult, casebook: Casebook) -> str:
    """Return the name of the test's standard unit."""
    return lab.unit_name(analytes.TESTS[row.test].unit) if row.test else ""


@LaboratoryResult.times_uln.computed_by
def times_uln(row: LaboratoryResult, casebook: Casebook) -> Decimal | None:
    """Return the result as a multiple of the upper limit of the normal.

    None stands for a range that is not known.
    """
    value = standard_value(row, casebook)
    if value is None:
        return None
    return reference_ranges.times_uln(value, limits(row.panel, row.test, casebook))


@LaboratoryResult.indicator.computed_by
def indicator(row: LaboratoryResult, casebook: Casebook) -> str:
    """Return whether the result lies below, within or above the normal range."""
    result = standardized(row)
    if result is None:
        return ""
    normal = limits(row.panel, row.test, casebook)
    return str(reference_ranges.reference_indicator(result, normal))


@LaboratoryResult.ctcae_5.computed_by
def ctcae_5(row: LaboratoryResult, casebook: Casebook) -> str:
    """Return the grades by CTCAE 5.0."""
    return grades(row, casebook, ctcae_ladders.Version.V5)


@LaboratoryResult.ctcae_6.computed_by
def ctcae_6(row: LaboratoryResult, casebook: Casebook) -> str:
    """Return the grades by CTCAE 6.0."""
    return grades(row, casebook, ctcae_ladders.Version.V6)


def grades(row: LaboratoryResult, casebook: Casebook, version: ctcae_ladders.Version) -> str:
    """Return the grades by the number alone, each with its term (crf_spec 2.10).

    The text is empty for a test without a term.
    """
    result = specimen(row, casebook)
    if result is None:
        return ""
    first = baseline_result(row, casebook)
    graded = ctcae.grades(
        row.test,
        result,
        version=version,
        baseline=specimen(first, casebook) if first else None,
        is_baseline=first is None,
        fasting=FASTING.get(row.panel.fasting),
    )
    above = [term for term in graded if term.most > 0]
    if not above:
        return "0" if graded else ""
    sentence = _("{term}: grade {grade}")
    return "; ".join(sentence.format(term=t.term, grade=grade_in_words(t)) for t in above)


def grade_in_words(term: ctcae.Grade) -> str:
    """Return the grade of a term; the least and the most, where the number leaves it open."""
    if term.grade is not None:
        return str(term.grade)
    return _("{least} to {most}").format(least=term.least, most=term.most)


def specimen(row: LaboratoryResult, casebook: Casebook) -> ctcae.Specimen | None:
    """Return the result in the standard unit, with the limits of its laboratory."""
    result = standardized(row) if row.test else None
    if result is None:
        return None
    normal = limits(row.panel, row.test, casebook)
    return ctcae.Specimen(result=result, low=normal.low, high=normal.high)


def baseline_result(row: LaboratoryResult, casebook: Casebook) -> LaboratoryResult | None:
    """Return the result that this one's grade is compared with.

    None stands for a result that is the baseline itself, as all are before any dose.
    """
    first_on, sampled_on = first_dose_on(casebook), row.panel.sampled_on
    if first_on is None or sampled_on is None or sampled_on <= first_on:
        return None
    return baseline_results(casebook).get(row.test)


@once
def baseline_results(casebook: Casebook) -> dict[str, LaboratoryResult]:
    """Return the last readable result of each test up to the first dose."""
    first_on = first_dose_on(casebook)
    if first_on is None:
        return {}
    sampled = [panel for panel in casebook.records(LaboratoryPanel) if panel.sampled_on]
    before = [panel for panel in sampled if panel.sampled_on <= first_on]
    before.sort(key=lambda panel: panel.sampled_on)
    rows = [row for panel in before for row in panel.rows(LaboratoryResult)]
    return {row.test: row for row in rows if as_reported(row)}


def limits(panel: LaboratoryPanel, test: str, casebook: Casebook) -> reference_ranges.RangeChoice:
    """Return the test's limits of the normal on the day of the specimen.

    They are MISSING where person, day or range is not known.
    """
    demographics = person(casebook) or Demographics()
    return reference_ranges.choose_range(
        ranges(casebook, panel.laboratory),
        laboratory=panel.laboratory,
        test=test,
        sex=demographics.sex or None,
        birth_month=demographics.birth_month,
        on=panel.sampled_on,
    )


@once
def ranges(casebook: Casebook, laboratory: str) -> list[reference_ranges.Range]:
    """Return the reference ranges of one of the site's laboratories."""
    return [range_of(row) for row in casebook.ranges if row.laboratory == laboratory]


def range_of(row: ReferenceRange) -> reference_ranges.Range:
    """Return a stored range as the protocol chooses among them."""
    return reference_ranges.Range(
        laboratory=row.laboratory,
        test=row.test,
        sex=row.sex,
        age_from=row.age_from,
        age_to=row.age_to,
        low=row.low,
        high=row.high,
        unit=row.unit,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
    )
