"""The tests of crf_spec 2.10 beyond blood count, liver and kidney; the same rules hold for them."""

from datetime import date
from decimal import Decimal

import pytest
from trial.protocol.laboratory.analytes import NAMES, QUALITATIVE, TESTS
from trial.protocol.laboratory.quantities import (
    corrected_calcium,
    is_possible,
    is_usual,
    neutrophil_lymphocyte_ratio,
    refusal,
    to_standard,
    unit_name,
    units,
)
from trial.protocol.laboratory.reference_ranges import (
    Range,
    RangeChoice,
    RangeStatus,
    choose_range,
    within_usual_multiple,
)
from trial.protocol.laboratory.reported import parse

D = Decimal
NEVER = "Infinity"
TABLE = [
    # test       standard   other       possible         usual
    ("CREATCLR", "mL/min",  "",         "0",   NEVER,    "0",   NEVER),
    ("SODIUM",   "mmol/L",  "",         "95",  "190",    "125", "155"),
    ("K",        "mmol/L",  "",         "1",   "10",     "2.8", "6"),
    ("CA",       "mmol/L",  "mg/dL",    "0.5", "6",      "1.8", "3"),
    ("MG",       "mmol/L",  "mg/dL",    "0",   NEVER,    "0",   NEVER),
    ("PHOS",     "mmol/L",  "",         "0",   NEVER,    "0",   NEVER),
    ("GLUC",     "mmol/L",  "mg/dL",    "0.5", "80",     "3",   "20"),
    ("HBA1C",    "%",       "mmol/mol", "2",   "25",     "4",   "12"),
    ("INR",      "ratio",   "",         "0.5", "20",     "0.8", "4"),
    ("APTT",     "s",       "",         "10",  "300",    "20",  "80"),
    ("TSH",      "mIU/L",   "",         "0",   "500",    "0.1", "10"),
    ("T4FR",     "pmol/L",  "ng/dL",    "0",   "200",    "5",   "30"),
    ("T3FR",     "pmol/L",  "",         "0",   "200",    "0",   "200"),
    ("CK",       "U/L",     "ukat/L",   "0",   NEVER,    "0",   NEVER),
    ("TROPONI",  "ng/L",    "ug/L",     "0",   NEVER,    "0",   NEVER),
    ("TROPONT",  "ng/L",    "ug/L",     "0",   NEVER,    "0",   NEVER),
    ("HBDNA",    "IU/mL",   "",         "0",   NEVER,    "0",   NEVER),
]  # fmt: skip
STEP = D("0.001")


@pytest.mark.parametrize(("code", "unit", "others", "lowest", "highest", "low", "high"), TABLE)
def test_analyte_has_the_units_and_limits_of_the_table(
    code, unit, others, lowest, highest, low, high
):
    assert [*TESTS[code].factors] == [unit, *others.split()]
    assert [is_possible(code, D(lowest) - STEP, unit), is_possible(code, D(lowest), unit)] == [
        False,
        True,
    ]
    assert [is_usual(code, D(low) - STEP, unit), is_usual(code, D(low), unit)] == [False, True]
    assert is_possible(code, D(highest), unit)
    assert is_usual(code, D(high), unit)
    assert is_possible(code, D(highest) + STEP, unit) == (highest == NEVER)
    assert is_usual(code, D(high) + STEP, unit) == (high == NEVER)


def test_every_further_analyte_stands_in_the_table():
    assert [*TESTS][-len(TABLE) :] == [row[0] for row in TABLE]


def test_every_test_has_a_name_of_its_own():
    assert [*NAMES] == [*TESTS, *QUALITATIVE]
    assert len(set(NAMES.values())) == len(NAMES)
    assert "mmol/mol" in units()


CONVERTED = [
    # test      reported  in          standard
    ("CA",      "10",     "mg/dL",    "2.495"),
    ("MG",      "2",      "mg/dL",    "0.8228"),
    ("GLUC",    "100",    "mg/dL",    "5.55"),
    ("T4FR",    "1.2",    "ng/dL",    "15.444"),
    ("TROPONI", "0.04",   "ug/L",     "40"),
    ("CK",      "3",      "ukat/L",   "180"),
    ("HBA1C",   "42",     "mmol/mol", "5.993"),   # 0.0915 × 42 + 2.15
    ("HBA1C",   "53",     "mmol/mol", "6.9995"),
    ("HBA1C",   "6.5",    "%",        "6.5"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "value", "unit", "expected"), CONVERTED)
def test_value_is_converted_to_the_standard_unit_without_rounding(code, value, unit, expected):
    assert to_standard(code, D(value), unit) == D(expected)


TRAPS = [
    # test    typed   unit        sentence
    ("HBA1C", "42",   "%",        "42 % is impossible for hemoglobin a1c (2–25 %); was mmol/mol meant?"),
    ("GLUC",  "100",  "mmol/L",   "100 mmol/L is impossible for glucose (0.5–80 mmol/L); was mg/dL meant?"),
    ("GLUC",  "5.5",  "mg/dL",    "5.5 mg/dL (0.30525 mmol/L) is impossible for glucose (0.5–80 mmol/L); was mmol/L meant?"),
    ("CA",    "9.5",  "mmol/L",   "9.5 mmol/L is impossible for calcium (0.5–6 mmol/L); was mg/dL meant?"),
    ("K",     "4.1",  "mg/dL",    "Potassium is reported in mmol/L, not in mg/dL."),
    ("TROPONI", "4",  "umol/L",   "Troponin I is reported in ng/L or µg/L, not in µmol/L."),
    ("CK",    "100000", "U/L",    None),
]  # fmt: skip


@pytest.mark.parametrize(("code", "typed", "unit", "sentence"), TRAPS)
def test_wrong_unit_is_refused_with_the_unit_that_was_meant(code, typed, unit, sentence):
    assert refusal(code, parse(typed), unit) == sentence


def test_units_are_kept_as_plain_text():
    assert all(unit.isascii() for test in TESTS.values() for unit in test.factors)
    assert unit_name("ug/L") == "µg/L"


def test_range_of_any_analyte_is_chosen_in_its_standard_unit():
    row = Range(
        laboratory="PUFH-1",
        test="CA",
        unit="mg/dL",
        effective_from=date(2025, 1, 1),
        low=D(8),
        high=D(10),
    )
    choice = choose_range(
        [row], laboratory="PUFH-1", test="CA", sex="F", birth_month="1960-07", on=date(2025, 3, 4)
    )
    assert choice == RangeChoice(RangeStatus.FOUND, D("1.996"), D("2.495"))


MULTIPLES = [
    # test  result   uln    usual
    ("CK",  "1000",  "200", "MET"),
    ("CK",  "1001",  "200", "NOT_MET"),
    ("CK",  ">500",  "200", "UNKNOWN"),
    ("CK",  "1001",  None,  "UNKNOWN"),
    ("ALT", "1001",  None,  "MET"),      # has no such limit
]  # fmt: skip


@pytest.mark.parametrize(("code", "result", "uln", "expected"), MULTIPLES)
def test_creatine_kinase_is_usual_up_to_five_times_its_limit(code, result, uln, expected):
    choice = (
        RangeChoice(RangeStatus.FOUND, None, D(uln)) if uln else RangeChoice(RangeStatus.MISSING)
    )
    assert within_usual_multiple(code, parse(result), choice) == expected


CALCIUM = [
    # calcium  unit      albumin  corrected
    ("2.10",   "mmol/L", "30",    "2.30"),
    ("2.30",   "mmol/L", "40",    "2.30"),
    ("2.30",   "mmol/L", "45",    "2.20"),
    ("8.0",    "mg/dL",  "30",    "8.80"),     # 0.8 for each g/dL below 4
    ("8.0",    "mg/dL",  "45",    "7.60"),
    ("<2.10",  "mmol/L", "30",    "<2.30"),
    ("2.10",   "mmol/L", "<30",   ">2.30"),    # the less albumin, the more is added
    ("2.10",   "mmol/L", ">=30",  "<=2.30"),
    ("<2.10",  "mmol/L", ">=30",  "<2.30"),
    ("<=2.10", "mmol/L", ">=30",  "<=2.30"),
    ("<2.10",  "mmol/L", "<30",   None),
]  # fmt: skip


@pytest.mark.parametrize(("calcium", "unit", "albumin", "expected"), CALCIUM)
def test_calcium_is_corrected_for_albumin_in_its_own_unit(calcium, unit, albumin, expected):
    corrected = corrected_calcium(parse(calcium), unit, parse(albumin))
    assert corrected == (expected and parse(expected))


@pytest.mark.parametrize(
    ("neutrophils", "lymphocytes", "expected"),
    [("6", "1.5", "4"), ("6", "0", None), ("0", "1.5", "0")],
)
def test_ratio_of_neutrophils_to_lymphocytes_needs_lymphocytes(neutrophils, lymphocytes, expected):
    assert neutrophil_lymphocyte_ratio(D(neutrophils), D(lymphocytes)) == (expected and D(expected))


def test_qualitative_tests_are_answered_by_a_word():
    assert {*QUALITATIVE} == {"HBSAG", "HCAB", "HIV", "HCG", "UPROT", "URBC", "UCULT"}
    assert not QUALITATIVE.keys() & TESTS.keys()
    assert [code for code, test in QUALITATIVE.items() if not test.answers] == ["UCULT"]
