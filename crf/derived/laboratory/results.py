"""Laboratory results in standard units, with limits of the normal (crf_spec 2.10)."""

from decimal import Decimal

from crf.casebook import Casebook, once
from crf.derived.demographics import person
from crf.models import Demographics, LaboratoryPanel, LaboratoryResult
from trial.models import ReferenceRange
from trial.protocol.laboratory import analytes, reference_ranges, reported
from trial.protocol.laboratory import quantities as lab


def as_reported(row: LaboratoryResult) -> reported.Reported | None:
    """Return the result as a number with its comparator; None where it is no number."""
    if row.test not in analytes.TESTS:
        return None
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
    """Return the name of the test's standard unit; empty text for a test answered by a word."""
    return lab.unit_name(analytes.TESTS[row.test].unit) if row.test in analytes.TESTS else ""


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
