"""Reference ranges and what depends on them (crf_spec 2.2 and 2.10)."""

from datetime import date
from decimal import Decimal

import pytest
from trial.protocol.laboratory.reference_ranges import (
    Range,
    RangeChoice,
    RangeStatus,
    choose_range,
    reference_indicator,
    times_uln,
)
from trial.protocol.laboratory.reported import parse

PERIOD = {
    "laboratory": "PUFH-1",
    "unit": "U/L",
    "effective_from": date(2025, 1, 1),
    "effective_to": date(2025, 6, 30),
}
RANGES = [
    Range(test="ALT", sex="M", high=Decimal(50), **PERIOD),
    Range(test="ALT", sex="F", high=Decimal(40), **PERIOD),
    Range(test="ALP", age_to=80, high=Decimal(125), **PERIOD),
    Range(test="ALP", age_from=81, high=Decimal(140), **PERIOD),
    Range(test="LDH", high=Decimal(250), **PERIOD),
    Range(test="LDH", age_from=60, high=Decimal(260), **PERIOD),
    Range(test="AST", high=Decimal("0.67"), **PERIOD | {"unit": "ukat/L"}),
    Range(test="CREAT", high=Decimal(104), **PERIOD),  # in a unit that is none of creatinine's
]
CHOICE = [
    # laboratory  test     sex   born        on            status       upper limit
    ("PUFH-1",    "ALT",   "M",  "1960-07",  "2025-03-04", "FOUND",     "50"),
    ("PUFH-1",    "ALT",   "F",  "1960-07",  "2025-03-04", "FOUND",     "40"),
    ("PUFH-1",    "ALT",   None, "1960-07",  "2025-03-04", "MISSING",   None),
    ("PUFH-1",    "ALT",   "M",  "1960-07",  "2024-12-31", "MISSING",   None),
    ("PUFH-1",    "ALT",   "M",  "1960-07",  "2025-01-01", "FOUND",     "50"),
    ("PUFH-1",    "ALT",   "M",  "1960-07",  "2025-06-30", "FOUND",     "50"),
    ("PUFH-1",    "ALT",   "M",  "1960-07",  "2025-07-01", "MISSING",   None),
    ("PUFH-2",    "ALT",   "M",  "1960-07",  "2025-03-04", "MISSING",   None),
    ("PUFH-1",    "ALP",   "F",  "1944-06",  "2025-05-04", "FOUND",     "125"),
    ("PUFH-1",    "ALP",   "F",  "1944-02",  "2025-05-04", "FOUND",     "140"),
    ("PUFH-1",    "ALP",   "F",  "1944-05",  "2025-05-04", "AMBIGUOUS", None),   # 80 or 81
    ("PUFH-1",    "ALP",   "F",  "",         "2025-05-04", "MISSING",   None),
    ("PUFH-1",    "LDH",   "F",  "1960-07",  "2025-05-04", "AMBIGUOUS", None),   # two hold
    ("PUFH-1",    "LDH",   "F",  "1970-07",  "2025-05-04", "FOUND",     "250"),
    ("PUFH-1",    "AST",   "F",  "1960-07",  "2025-05-04", "FOUND",     "40.2"),  # in the standard unit
    ("PUFH-1",    "CREAT", "F",  "1960-07",  "2025-05-04", "MISSING",   None),
    ("PUFH-1",    "ALT",   "M",  "1960-07",  None,         "MISSING",   None),
]  # fmt: skip


@pytest.mark.parametrize(("laboratory", "test", "sex", "born", "on", "status", "high"), CHOICE)
def test_one_range_is_chosen_or_none(laboratory, test, sex, born, on, status, high):
    day = date.fromisoformat(on) if on else None
    choice = choose_range(
        RANGES, laboratory=laboratory, test=test, sex=sex, birth_month=born, on=day
    )
    assert choice == RangeChoice(RangeStatus(status), None, Decimal(high) if high else None)


@pytest.mark.parametrize(
    ("value", "uln", "expected"),
    [("375", "125", "3"), ("26.25", "21", "1.25"), ("375", None, None)],
)
def test_multiple_of_the_upper_limit_needs_the_limit(value, uln, expected):
    choice = (
        RangeChoice(RangeStatus.FOUND, None, Decimal(uln))
        if uln
        else RangeChoice(RangeStatus.AMBIGUOUS)
    )
    assert times_uln(Decimal(value), choice) == (Decimal(expected) if expected else None)


INDICATORS = [
    # reported  low   high  indicator
    ("3.9",     "4",  "10", "LOW"),
    ("4",       "4",  "10", "NORMAL"),
    ("10",      "4",  "10", "NORMAL"),
    ("10.1",    "4",  "10", "HIGH"),
    ("<4",      "4",  "10", "LOW"),
    ("<5",      "4",  "10", "UNKNOWN"),
    (">10",     "4",  "10", "HIGH"),
    ("<5",      None, "10", "NORMAL"),
    ("1000",    "4",  None, "NORMAL"),
    ("5",       None, None, "UNKNOWN"),
]  # fmt: skip


@pytest.mark.parametrize(("reported", "low", "high", "expected"), INDICATORS)
def test_indicator_on_both_sides_of_the_limits(reported, low, high, expected):
    limits = [Decimal(limit) if limit else None for limit in (low, high)]
    assert reference_indicator(parse(reported), RangeChoice(RangeStatus.FOUND, *limits)) == expected


@pytest.mark.parametrize("status", [RangeStatus.MISSING, RangeStatus.AMBIGUOUS])
def test_without_a_range_nothing_is_called_normal(status):
    assert reference_indicator(parse("5"), RangeChoice(status)) == "UNKNOWN"
