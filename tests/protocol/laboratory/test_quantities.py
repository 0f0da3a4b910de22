"""Laboratory: the table of crf_spec 2.10, and its unit traps."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.laboratory.analytes import TESTS
from trial.protocol.laboratory.quantities import (
    is_possible,
    is_usual,
    other_units,
    refusal,
    refusal_of_word,
    standardized,
    to_standard,
    unit_name,
    units,
)
from trial.protocol.laboratory.reported import parse

TABLE = [
    # test     standard   other units             possible           usual
    ("HGB",    "g/L",     "g/dL mmol/L",          "20",   "250",     "60",  "200"),
    ("WBC",    "10^9/L",  "10^3/uL /mm3",         "0.01", "500",     "1",   "50"),
    ("NEUT",   "10^9/L",  "10^3/uL /mm3",         "0",    "400",     "0.5", "30"),
    ("LYM",    "10^9/L",  "10^3/uL /mm3",         "0",    "300",     "0.2", "10"),
    ("PLAT",   "10^9/L",  "10^3/uL /mm3",         "1",    "3000",    "25",  "1000"),
    ("BILI",   "umol/L",  "mg/dL",                "0.5",  "1000",    "3",   "100"),
    ("AST",    "U/L",     "ukat/L",               "1",    "20000",   "5",   "500"),
    ("ALT",    "U/L",     "ukat/L",               "1",    "20000",   "5",   "500"),
    ("ALP",    "U/L",     "ukat/L",               "5",    "10000",   "20",  "800"),
    ("ALB",    "g/L",     "g/dL",                 "5",    "80",      "20",  "60"),
    ("LDH",    "U/L",     "ukat/L",               "20",   "30000",   "80",  "2000"),
    ("CREAT",  "umol/L",  "mg/dL",                "10",   "2500",    "30",  "500"),
    ("UREA",   "mmol/L",  "",                     "0.3",  "120",     "1.5", "40"),
    ("UREAN",  "mmol/L",  "mg/dL",                "0.3",  "120",     "1.5", "40"),
    # the further tests: test_analytes
]  # fmt: skip


def beside(number, step):
    """Return a number so many thousandths above a limit."""
    return Decimal(number) + Decimal("0.001") * step


@pytest.mark.parametrize(("code", "unit", "others", "lowest", "highest", "low", "high"), TABLE)
def test_test_has_the_units_and_limits_of_the_table(code, unit, others, lowest, highest, low, high):
    assert [*TESTS[code].factors] == [unit, *others.split()]
    assert [is_possible(code, beside(lowest, step), unit) for step in (-1, 0, 1)] == [
        False,
        True,
        True,
    ]
    assert [is_possible(code, beside(highest, step), unit) for step in (-1, 0, 1)] == [
        True,
        True,
        False,
    ]
    assert [is_usual(code, beside(low, step), unit) for step in (-1, 0, 1)] == [False, True, True]
    assert [is_usual(code, beside(high, step), unit) for step in (-1, 0, 1)] == [True, True, False]


def test_tests_stand_in_the_order_of_the_table():
    assert [*TESTS][: len(TABLE)] == [row[0] for row in TABLE]


CONVERTED = [
    # test     reported  in         standard
    ("HGB",    "11.2",   "g/dL",    "112"),
    ("HGB",    "7",      "mmol/L",  "112.798"),
    ("WBC",    "5.6",    "10^3/uL", "5.6"),
    ("NEUT",   "5600",   "/mm3",    "5.6"),
    ("BILI",   "0.8",    "mg/dL",   "13.6832"),
    ("BILI",   "2.6",    "mg/dL",   "44.4704"),
    ("ALT",    "1.5",    "ukat/L",  "90"),
    ("ALB",    "3.9",    "g/dL",    "39"),
    ("CREAT",  "1.10",   "mg/dL",   "97.24"),
    ("UREAN",  "14",     "mg/dL",   "4.998"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "value", "unit", "expected"), CONVERTED)
def test_value_is_converted_to_the_standard_unit_without_rounding(code, value, unit, expected):
    assert to_standard(code, Decimal(value), unit) == Decimal(expected)


@given(
    st.sampled_from([(code, unit) for code, test in TESTS.items() for unit in test.factors]),
    st.decimals(0, 10**6, places=3),
)
def test_conversion_there_and_back_gives_the_value_again(case, value):
    code, unit = case
    test = TESTS[code]
    assert (to_standard(code, value, unit) - test.offset.get(unit, 0)) / test.factors[unit] == value


def test_comparator_survives_conversion():
    assert str(standardized("ALT", parse(">=1.5"), "ukat/L")) == ">=90.0"


TRAPS = [
    # test     typed   unit      sentence
    ("CREAT",  "1.10", "umol/L", "1.10 µmol/L is impossible for creatinine (10–2500 µmol/L); was mg/dL meant?"),
    ("CREAT",  "97",   "mg/dL",  "97 mg/dL (8574.8 µmol/L) is impossible for creatinine (10–2500 µmol/L); was µmol/L meant?"),
    ("HGB",    "11.2", "g/L",    "11.2 g/L is impossible for hemoglobin (20–250 g/L); was g/dL or mmol/L meant?"),
    ("HGB",    "112",  "g/dL",   "112 g/dL (1120 g/L) is impossible for hemoglobin (20–250 g/L); was g/L meant?"),
    ("WBC",    "5600", "10^9/L", "5600 10⁹/L is impossible for leukocytes (0.01–500 10⁹/L); was /mm³ meant?"),
    ("CREAT",  "<1.1", "umol/L", "<1.1 µmol/L is impossible for creatinine (10–2500 µmol/L); was mg/dL meant?"),
    ("AST",    "50000", "U/L",   "50000 U/L is impossible for aspartate aminotransferase (1–20000 U/L); check number and test."),
    ("CREAT",  "1.10", "g/dL",   "Creatinine is reported in µmol/L or mg/dL, not in g/dL."),
    ("CREAT",  "1.10", "",       "Creatinine is reported in µmol/L or mg/dL; the unit is missing."),
    ("PSA",    "4",    "ug/L",   "“PSA” is no test of this study."),
]  # fmt: skip


@pytest.mark.parametrize(("code", "typed", "unit", "sentence"), TRAPS)
def test_wrong_unit_is_refused_with_the_unit_that_was_meant(code, typed, unit, sentence):
    assert refusal(code, parse(typed), unit) == sentence


ACCEPTED = [
    # test     typed     unit
    ("CREAT",  "1.10",   "mg/dL"),
    ("BILI",   "0.8",    "umol/L"),  # unusual, so a query, but possible
    ("HGB",    "20",     "g/L"),
    ("NEUT",   "0",      "10^9/L"),
    ("WBC",    "<0.01",  "10^9/L"),  # the end of what is measured
    ("AST",    ">20000", "U/L"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "typed", "unit"), ACCEPTED)
def test_possible_value_is_not_refused(code, typed, unit):
    assert refusal(code, parse(typed), unit) is None


def test_bilirubin_of_story_2_is_unusual_in_one_unit_and_usual_in_the_other():
    assert not is_usual("BILI", Decimal("0.8"), "umol/L")
    assert is_usual("BILI", Decimal("0.8"), "mg/dL")


def test_other_units_of_a_value_that_fits_nowhere_are_none():
    assert other_units("CREAT", Decimal(100000), "umol/L") == []


def test_units_are_kept_as_plain_text_and_shown_with_their_signs():
    assert all(unit.isascii() for unit in units())
    codes = ("umol/L", "ukat/L", "10^9/L", "10^3/uL", "/mm3", "mg/dL")
    signs = ["µmol/L", "µkat/L", "10⁹/L", "10³/µL", "/mm³", "mg/dL"]
    assert [unit_name(code) for code in codes] == signs


WORDS = [
    # test    typed        sentence
    ("HCG",   "NEGATIVE",  None),
    ("HBSAG", "POSITIVE",  None),
    ("UPROT", "TRACE",     None),
    ("UPROT", "4+",        None),
    ("UCULT", "E. coli",   None),       # free text
    ("HCG",   "negative",  "“negative” is no result of choriogonadotropin. Enter POSITIVE, NEGATIVE or INDETERMINATE."),
    ("HIV",   "0.1",       "“0.1” is no result of HIV antibody. Enter POSITIVE, NEGATIVE or INDETERMINATE."),
    ("URBC",  "5+",        "“5+” is no result of erythrocytes, urine. Enter NEGATIVE, TRACE, 1+, 2+, 3+ or 4+."),
]  # fmt: skip


@pytest.mark.parametrize(("code", "typed", "sentence"), WORDS)
def test_word_is_one_of_its_test(code, typed, sentence):
    assert refusal_of_word(code, typed) == sentence
