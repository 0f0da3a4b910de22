"""Laboratory (crf_spec 2.10): units, numbers typed with the wrong one, and what a panel must contain."""

from datetime import date
from decimal import Decimal

import pytest
from crf.models import Demographics, LaboratoryPanel, LaboratoryResult
from django.core.exceptions import ValidationError
from tests.examples import RESULTS
from tests.stated_examples import result_of
from trial.actions.parameters import decide
from trial.audit.acting import acting
from trial.models import ReferenceRange
from trial.refusals import Refused


@pytest.fixture
def panel_rows():
    """Each test of a complete panel, by its code."""
    return {test: result_of(test) for test in RESULTS}


def panel(enter, *results, complete=False, **answers):
    """A panel with these results: (test, result, unit)."""
    rows = [dict(zip(("test", "result", "unit"), one, strict=True)) for one in results]
    return enter(LaboratoryPanel, rows={LaboratoryResult: rows}, complete=complete, **answers)


@pytest.mark.parametrize(
    ("test", "result", "unit", "meant"),
    [
        ("CREAT", "1.10", "umol/L", "mg/dL"),
        ("CREAT", "97", "mg/dL", "µmol/L"),
        ("HGB", "11.2", "g/L", "g/dL"),
        ("HGB", "112", "g/dL", "g/L"),
        ("WBC", "5600", "10^9/L", "/mm³"),
    ],
)
def test_number_typed_with_the_wrong_unit_is_refused_and_the_right_one_suggested(enter, test, result, unit, meant):
    with pytest.raises(Refused, match=f"is impossible for .*was .*{meant}.* meant"):
        panel(enter, (test, result, unit))


@pytest.mark.parametrize(
    ("test", "below", "lowest", "highest", "above", "unit"),
    [
        ("HGB",   "19.9", "20",   "250",  "250.1",  "g/L"),
        ("HGB",   "1.9",  "2.0",  "25.0", "25.1",   "g/dL"),
        ("NEUT",  None,   "0",    "400",  "400.1",  "10^9/L"),
        ("PLAT",  "0.9",  "1",    "3000", "3001",   "10^9/L"),
        ("BILI",  "0.4",  "0.5",  "1000", "1000.1", "umol/L"),
        ("AST",   "0.9",  "1",    "20000", "20001", "U/L"),
        ("ALP",   "4.9",  "5",    "10000", "10001", "U/L"),
        ("ALB",   "4.9",  "5",    "80",   "80.1",   "g/L"),
        ("LDH",   "19",   "20",   "30000", "30001", "U/L"),
        ("CREAT", "9.9",  "10",   "2500", "2501",   "umol/L"),
        ("UREA",  "0.2",  "0.3",  "120",  "120.1",  "mmol/L"),
    ],
)  # fmt: skip
def test_impossible_number_is_refused_on_both_sides(enter, test, below, lowest, highest, above, unit):
    for result in filter(None, (below, above)):
        with pytest.raises(Refused, match="is impossible for"):
            panel(enter, (test, result, unit))
    for result in (lowest, highest):
        assert panel(enter, (test, result, unit)).rows(LaboratoryResult)[0].result == result


def test_improbable_number_is_recorded(enter):
    assert panel(enter, ("BILI", "0.8", "umol/L"), ("HGB", "71", "g/L")).pk


@pytest.mark.parametrize(("result", "value"), [("<50", 50), ("> 100", 100), ("97", 97), ("97.5", Decimal("97.5"))])
def test_result_is_a_number_with_or_without_a_comparator(enter, result, value):
    assert panel(enter, ("CREAT", result, "umol/L")).rows(LaboratoryResult)[0].standard_value == value


@pytest.mark.parametrize("result", ["high", "1,1", "97 µmol/L", "1.2.3", "<", "-4", "NaN", "1e3"])
def test_result_that_is_no_number_is_refused(enter, result):
    with pytest.raises(Refused):
        panel(enter, ("CREAT", result, "umol/L"))


def test_unit_of_another_test_is_refused(enter):
    with pytest.raises(Refused, match="This test is not reported in this unit"):
        panel(enter, ("CREAT", "97", "U/L"))


def test_result_is_stored_as_reported_and_its_standard_value_derived(enter):
    stored = panel(enter, ("CREAT", "1.10", "mg/dL")).rows(LaboratoryResult)[0]
    assert (stored.result, stored.standard_value, stored.standard_unit) == ("1.10", Decimal("97.240"), "µmol/L")


def test_multiples_of_the_upper_limit_are_those_of_the_sites_laboratory(enter):
    enter(Demographics)
    stored = panel(enter, ("AST", "100", "U/L")).rows(LaboratoryResult)[0]
    assert (stored.times_uln, stored.indicator) == (Decimal("2.5"), "HIGH")


def test_multiples_are_unknown_without_the_person(enter):
    stored = panel(enter, ("AST", "100", "U/L"), sampled_on=None).rows(LaboratoryResult)[0]
    assert (stored.times_uln, stored.indicator) == (None, "UNKNOWN")


def test_laboratory_is_one_of_the_site(enter):
    with pytest.raises(Refused, match=r"This site has no laboratory ELSEWHERE\. Known: PUFH-1"):
        enter(LaboratoryPanel, laboratory="ELSEWHERE")


def test_panel_is_complete_with_every_test_that_the_visit_asks_for(enter):
    with pytest.raises(Refused, match=r"Not entered: .*Creatinine.*“Not done”"):
        panel(enter, ("HGB", "128", "g/L"), complete=True)


def test_test_not_done_completes_the_panel_without_a_result(enter, panel_rows):
    panel_rows["CREAT"] = {"test": "CREAT", "missing": {"result": "ND"}}
    stored = enter(LaboratoryPanel, rows={LaboratoryResult: [*panel_rows.values()]})
    assert stored.state == "COMPLETE"


def test_result_without_number_and_without_reason_keeps_the_panel_a_draft(enter, panel_rows):
    panel_rows["CREAT"] = {"test": "CREAT", "unit": "umol/L"}
    with pytest.raises(Refused, match="“Result” is not answered"):
        enter(LaboratoryPanel, rows={LaboratoryResult: [*panel_rows.values()]})


def test_test_entered_twice_is_named(enter, panel_rows):
    with pytest.raises(Refused, match="Entered twice: CREAT"):
        enter(LaboratoryPanel, rows={LaboratoryResult: [*panel_rows.values(), panel_rows["CREAT"]]})


def test_urea_nitrogen_stands_for_urea(enter, panel_rows):
    panel_rows["UREA"] = {"test": "UREAN", "result": "14", "unit": "mg/dL"}
    assert enter(LaboratoryPanel, rows={LaboratoryResult: [*panel_rows.values()]}).state == "COMPLETE"


def test_panel_that_was_not_performed_has_no_results(enter, panel_rows):
    nothing = {"performed": "N", "sampled_on": None, "laboratory": ""}
    assert enter(LaboratoryPanel, **nothing, rows={LaboratoryResult: []}).state == "COMPLETE"
    with pytest.raises(Refused, match="so the tests were performed: Hemoglobin"):
        enter(LaboratoryPanel, **nothing, rows={LaboratoryResult: [panel_rows["HGB"]]})


QUALITATIVE = [("HBSAG", "POSITIVE"), ("HCG", "NEGATIVE"), ("UPROT", "2+"), ("URBC", "TRACE"), ("UCULT", "Klebsiella pneumoniae 10^5/mL")]


@pytest.mark.parametrize(("test", "result"), QUALITATIVE)
def test_word_is_a_result_without_unit_and_without_number(enter, test, result):
    stored = panel(enter, (test, result, "")).rows(LaboratoryResult)[0]
    assert stored.result == result
    assert (stored.standard_value, stored.standard_unit, stored.times_uln, stored.indicator, stored.ctcae_5) == (None, "", None, "", "")


@pytest.mark.parametrize(("test", "result"), [("HBSAG", "maybe"), ("HCG", "5"), ("UPROT", "5+")])
def test_word_that_is_none_of_the_test_is_refused_with_those_that_are(enter, test, result):
    with pytest.raises(Refused, match=r"is no result of .*Enter .*NEGATIVE"):
        panel(enter, (test, result, ""))


def test_word_has_no_unit(enter):
    with pytest.raises(Refused, match="This test is not reported in this unit"):
        panel(enter, ("HBSAG", "POSITIVE", "g/L"))


GRADED = [
    # test    result  unit      fasting  study's (5.0)                            6.0
    ("HGB",   "6.2",  "mmol/L", "Y",     "Anemia: grade 1 (CTCAE 5.0)",           "Anemia: grade 1"),
    ("HGB",   "160",  "g/L",    "Y",     "0 (CTCAE 5.0)",                         "Hemoglobin increased: grade 1"),
    ("GLUC",  "161",  "mg/dL",  "Y",     "0 (CTCAE 5.0)",                         "Hyperglycemia: grade 2"),
    ("GLUC",  "161",  "mg/dL",  "N",     "0 (CTCAE 5.0)",                         "0"),
    ("GLUC",  "161",  "mg/dL",  "U",     "0 (CTCAE 5.0)",                         "Hyperglycemia: grade 0 to 2"),
    ("MG",    "3.0",  "mg/dL",  "Y",     "Hypermagnesemia: grade 1 (CTCAE 5.0)",  "Hypermagnesemia: grade 1"),
    ("ALP",   "130",  "U/L",    "Y",     "Alkaline phosphatase increased: grade 1 (CTCAE 5.0)", "0"),   # the baseline
    ("CREATCLR", "40", "mL/min", "Y",    "",                                      "Creatinine clearance decreased: grade 2"),
]  # fmt: skip


@pytest.fixture
def graded(enter, site, data_manager):
    """A panel of a person whose laboratory has the ranges of all tests."""
    enter(Demographics)
    with acting(by=data_manager):
        for test, low, high in (("GLUC", "3.9", "6.1"), ("MG", "0.75", "1.02"), ("CA", "2.11", "2.52")):
            common = {"site": site, "laboratory": "PUFH-1", "effective_from": date(2022, 1, 1), "unit": "mmol/L"}
            ReferenceRange.objects.create(test=test, low=Decimal(low), high=Decimal(high), **common)
    return lambda *results, **answers: panel(enter, *results, **answers).rows(LaboratoryResult)[0]


@pytest.mark.parametrize(("test", "result", "unit", "fasting", "study", "sixth"), GRADED)
def test_result_is_graded_by_the_studys_version_with_the_other_beside(graded, test, result, unit, fasting, study, sixth):
    row = graded((test, result, unit), fasting=fasting)
    assert (row.ctcae, row.ctcae_6) == (study, sixth)


def test_studys_version_is_a_parameter(graded, administrator):
    decide("CTCAE_VERSION", "6.0", by=administrator, effective_from=date(2022, 1, 1), basis="The committee's letter")
    assert graded(("NEUT", "0.8", "10^9/L")).ctcae == "Neutrophil count decreased: grade 2 (CTCAE 6.0)"


CALCIUM = [
    # calcium              albumin               both versions
    (("8.0", "mg/dL"),     ("40", "g/L"),        "Hypocalcemia: grade 1"),
    (("8.0", "mg/dL"),     ("3.0", "g/dL"),      "0"),                        # 8.8
    (("2.10", "mmol/L"),   ("30", "g/L"),        "0"),                        # 2.30
    (("1.90", "mmol/L"),   ("45", "g/L"),        "Hypocalcemia: grade 2"),    # 1.80
    (("2.10", "mmol/L"),   None,                 "not known without albumin of the same day"),
]  # fmt: skip


@pytest.mark.parametrize(("calcium", "albumin", "grade"), CALCIUM)
def test_calcium_is_graded_corrected_for_albumin(graded, calcium, albumin, grade):
    results = [("CA", *calcium), *([("ALB", *albumin)] if albumin else [])]
    row = graded(*results)
    assert (row.ctcae_5, row.ctcae_6) == (grade, grade)


def test_albumin_of_another_specimen_of_the_day_corrects_calcium_and_that_of_another_day_does_not(graded):
    graded(("ALB", "30", "g/L"))
    assert graded(("CA", "2.10", "mmol/L")).ctcae_5 == "0"
    assert "not known" in graded(("CA", "2.10", "mmol/L"), sampled_on=date(2025, 1, 9)).ctcae_5


def test_range_of_a_test_that_is_not_known_is_refused(site):
    common = {"site": site, "laboratory": "PUFH-1", "effective_from": date(2022, 1, 1), "low": Decimal(1)}
    with pytest.raises(ValidationError, match="not a valid choice"):
        ReferenceRange(test="SODIUMX", unit="mmol/L", **common).full_clean()
    with pytest.raises(ValidationError, match="This test is not reported in this unit"):
        ReferenceRange(test="TSH", unit="mmol/L", **common).full_clean()
    ReferenceRange(test="TSH", unit="mIU/L", **common).full_clean()
