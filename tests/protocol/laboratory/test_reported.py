"""Results as a laboratory reports them, and what "<5" decides (crf_spec 2.10)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.kleene import Truth
from trial.protocol.laboratory.reported import (
    Comparator,
    NotAResult,
    Reported,
    at_least,
    at_most,
    parse,
)

MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN

PARSED = [
    # typed       comparator  number
    ("1.10",      "",         "1.10"),
    ("0",         "",         "0"),
    (" 97 ",      "",         "97"),
    ("<5",        "<",        "5"),
    ("< 5",       "<",        "5"),
    ("<=5",       "<=",       "5"),
    ("≤5",        "<=",       "5"),
    (">1000",     ">",        "1000"),
    (">=10",      ">=",       "10"),
    ("≥10",       ">=",       "10"),
    ("＜５",       "<",        "5"),  # full-width, as a Chinese keyboard writes it
    ("９７．５",    "",         "97.5"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "comparator", "number"), PARSED)
def test_result_is_parsed_into_comparator_and_number(typed, comparator, number):
    assert parse(typed) == (comparator, Decimal(number))
    assert str(parse(typed)) == comparator + number


REFUSED = [
    # typed         sentence
    ("1,10",        "decimal sign as a point"),
    ("5,600",       "no sign between thousands"),
    ("-3",          "0 or more"),
    ("<-3",         "0 or more"),
    ("",            "Enter a number such as 1.10"),
    ("positive",    "Enter a number such as 1.10"),
    ("5-10",        "Enter a number such as 1.10"),
    ("97¹",         "Enter a number such as 1.10"),
    ("１，１０",       "decimal sign as a point"),
    ("1 200",       "Enter a number such as 1.10"),
    ("~80",         "Enter a number such as 1.10"),
    ("1.",          "Enter a number such as 1.10"),
    (".5",          "Enter a number such as 1.10"),
    ("1e3",         "Enter a number such as 1.10"),
    ("NaN",         "Enter a number such as 1.10"),
    ("Infinity",    "Enter a number such as 1.10"),
    ("<>5",         "Enter a number such as 1.10"),
    ("97 mg/dL",    "Enter a number such as 1.10"),
    ("1234567890",  "Enter a number such as 1.10"),
    ("٩٧",          "Enter a number such as 1.10"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "sentence"), REFUSED)
def test_anything_else_is_refused_with_a_sentence(typed, sentence):
    with pytest.raises(NotAResult, match=sentence):
        parse(typed)


AGAINST_A_LIMIT_OF_5 = [
    # reported  at most 5  at least 5
    ("4.9",     MET,       NOT_MET),
    ("5",       MET,       MET),
    ("5.1",     NOT_MET,   MET),
    ("<4",      MET,       NOT_MET),
    ("<5",      MET,       NOT_MET),
    ("<5.1",    UNKNOWN,   UNKNOWN),
    ("<=4",     MET,       NOT_MET),
    ("<=5",     MET,       UNKNOWN),
    ("<=5.1",   UNKNOWN,   UNKNOWN),
    (">4.9",    UNKNOWN,   UNKNOWN),
    (">5",      NOT_MET,   MET),
    (">5.1",    NOT_MET,   MET),
    (">=4.9",   UNKNOWN,   UNKNOWN),
    (">=5",     UNKNOWN,   MET),
    (">=5.1",   NOT_MET,   MET),
]  # fmt: skip


@pytest.mark.parametrize(("reported", "most", "least"), AGAINST_A_LIMIT_OF_5)
def test_comparator_decides_what_it_can_on_both_sides_of_a_limit(reported, most, least):
    assert at_most(parse(reported), Decimal(5)) == most
    assert at_least(parse(reported), Decimal(5)) == least


AMOUNTS = st.decimals(0, 1000, places=1)
HOLDS = {
    "": Decimal.__eq__,
    "<": Decimal.__lt__,
    "<=": Decimal.__le__,
    ">": Decimal.__gt__,
    ">=": Decimal.__ge__,
}


@given(st.sampled_from(Comparator), AMOUNTS, AMOUNTS, AMOUNTS)
def test_decision_is_true_of_every_value_the_report_allows(comparator, number, limit, true_value):
    reported = Reported(comparator, number)
    if HOLDS[comparator](true_value, number):
        assert at_most(reported, limit) in (UNKNOWN, MET if true_value <= limit else NOT_MET)
        assert at_least(reported, limit) in (UNKNOWN, MET if true_value >= limit else NOT_MET)


@given(st.sampled_from(Comparator), AMOUNTS)
def test_printed_result_can_be_parsed_again(comparator, number):
    assert parse(str(Reported(comparator, number))) == (comparator, number)
