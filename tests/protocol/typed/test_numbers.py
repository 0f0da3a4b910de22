"""Numbers as typed (crf_spec 0.3): the table of what is taken and what is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.typed.numbers import Fault, NotANumber, parse

TAKEN = [
    # typed     number
    ("12",      "12"),
    ("12.5",    "12.5"),
    ("012",     "12"),
    ("-7.20",   "-7.20"),
    (" 97 ",    "97"),
    ("２０２４",  "2024"),    # full-width, as a Chinese keyboard writes it
    ("１２．５",  "12.5"),
    ("－３",     "-3"),
    ("−3",      "-3"),      # U+2212
    ("　97",     "97"),      # U+3000
]  # fmt: skip


@pytest.mark.parametrize(("typed", "number"), TAKEN)
def test_a_number_is_taken_digit_by_digit(typed, number):
    assert str(parse(typed)) == str(Decimal(number))


REFUSED = [
    # typed        fault
    ("12,5",       Fault.COMMA),
    ("1,200",      Fault.COMMA),
    ("１２，５",     Fault.COMMA),
    ("12、5",       Fault.COMMA),
    ("12٫5",       Fault.COMMA),
    ("<80",        Fault.COMPARATOR),
    ("＞80",        Fault.COMPARATOR),
    ("≤80",        Fault.COMPARATOR),
    (".5",         Fault.BARE_POINT),
    ("5.",         Fault.BARE_POINT),
    ("7-2",        Fault.UNREADABLE),
    ("97¹",        Fault.UNREADABLE),
    ("3·10²",      Fault.UNREADABLE),
    ("1 200",      Fault.UNREADABLE),
    ("1\u00a0200", Fault.UNREADABLE),
    ("1'200",      Fault.UNREADABLE),
    ("1_200",      Fault.UNREADABLE),
    ("1.2.3",      Fault.UNREADABLE),
    ("1.0E+2",     Fault.UNREADABLE),
    ("1e3",        Fault.UNREADABLE),
    ("O2",         Fault.UNREADABLE),
    ("½",          Fault.UNREADABLE),
    ("①",          Fault.UNREADABLE),
    ("Ⅳ",          Fault.UNREADABLE),
    ("٩٧",         Fault.UNREADABLE),   # digits of another script
    ("𝟗𝟕",         Fault.UNREADABLE),   # mathematical digits
    ("NaN",        Fault.UNREADABLE),
    ("Infinity",   Fault.UNREADABLE),
    ("--3",        Fault.UNREADABLE),
    ("+3",         Fault.UNREADABLE),
    ("12%",        Fault.UNREADABLE),
    ("",           Fault.UNREADABLE),
    ("9" * 41,     Fault.UNREADABLE),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "fault"), REFUSED)
def test_anything_else_is_refused_by_its_fault(typed, fault):
    with pytest.raises(NotANumber) as refusal:
        parse(typed)
    assert refusal.value.fault == fault


SIGNS = "0123456789０１２３４５６７８９.．-−－"


@given(st.text(alphabet=SIGNS + " ,，<¹²eE_'o", max_size=6))
def test_nothing_is_left_out_of_what_was_typed(typed):
    """A text that is taken holds digits, one sign and one point, and blanks around it alone."""
    try:
        number = parse(typed)
    except NotANumber:
        return
    assert set(typed.strip()) <= set(SIGNS)
    assert (
        sum(sign.isdigit() for sign in typed) == len(f"{abs(number):f}".replace(".", ""))
        or typed.strip().lstrip("-−－")[0] in "0０"
    )
