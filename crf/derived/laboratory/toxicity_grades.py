"""Grades of laboratory results by the CTCAE (crf_spec 2.10)."""

from django.utils.translation import gettext as _

from crf.casebook import Casebook, once
from crf.derived.laboratory.results import as_reported, limits, standardized
from crf.derived.therapy.doses import first_dose_on
from crf.models import LaboratoryPanel, LaboratoryResult
from trial.protocol.laboratory import ctcae, reported
from trial.protocol.laboratory import quantities as lab
from trial.protocol.laboratory.ctcae_ladders import CORRECTED_CALCIUM, Version

FASTING = {"Y": True, "N": False}
CALCIUM, ALBUMIN = "CA", "ALB"


@LaboratoryResult.ctcae.computed_by
def ctcae_of_study(row: LaboratoryResult, casebook: Casebook) -> str:
    """Return the grades by the study's version: CTCAE_VERSION, on the day of the specimen."""
    if row.panel.sampled_on is None:
        return ""
    version = casebook.parameters_on(row.panel.sampled_on).ctcae_version
    graded = grades(row, casebook, version)
    return _("{grades} (CTCAE {version})").format(grades=graded, version=version) if graded else ""


@LaboratoryResult.ctcae_5.computed_by
def ctcae_5(row: LaboratoryResult, casebook: Casebook) -> str:
    """Return the grades by CTCAE 5.0."""
    return grades(row, casebook, Version.V5)


@LaboratoryResult.ctcae_6.computed_by
def ctcae_6(row: LaboratoryResult, casebook: Casebook) -> str:
    """Return the grades by CTCAE 6.0."""
    return grades(row, casebook, Version.V6)


def grades(row: LaboratoryResult, casebook: Casebook, version: Version) -> str:
    """Return the grades by the number alone, each with its term (crf_spec 2.10).

    The text is empty for a test without a term.
    """
    if as_reported(row) is None:
        return ""
    result = specimen(row, casebook)
    if result is None:
        return _("not known without albumin of the same day")
    first = baseline_result(row, casebook)
    graded = ctcae.grades(
        CORRECTED_CALCIUM if row.test == CALCIUM else row.test,
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
    """Return the result as reported and in the standard unit, with the limits of its laboratory.

    Calcium is corrected for albumin. None where the result, or albumin for it, is no number.
    """
    result = as_reported(row)
    if result is not None and row.test == CALCIUM:
        albumin = albumin_g_l(row.panel, casebook)
        result = lab.corrected_calcium(result, row.unit, albumin) if albumin else None
    if result is None:
        return None
    normal = limits(row.panel, row.test, casebook)
    return ctcae.Specimen(
        result=lab.standardized(row.test, result, row.unit),
        low=normal.low,
        high=normal.high,
        reported=result,
        unit=row.unit,
    )


def albumin_g_l(panel: LaboratoryPanel, casebook: Casebook) -> reported.Reported | None:
    """Return albumin of the same specimen, else of another one of the same day, in g/L."""
    sampled = [entry for entry in casebook.records(LaboratoryPanel) if entry.sampled_on]
    same_day = [entry for entry in sampled if entry.sampled_on == panel.sampled_on]
    rows = [row for entry in (panel, *same_day) for row in entry.rows(LaboratoryResult)]
    readable = [albumin for row in rows if row.test == ALBUMIN and (albumin := standardized(row))]
    return readable[0] if readable else None


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
