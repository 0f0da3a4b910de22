"""The tests that are due at each kind of visit (crf_spec 2.10, "A panel is complete when …")."""

from datetime import date, timedelta

import pytest
from trial.protocol.laboratory.analytes import NAMES
from trial.protocol.laboratory.panels import Circumstances, due_tests, missing_tests

DAY = date(2025, 3, 4)
R = "HGB WBC NEUT LYM PLAT BILI AST ALT ALP ALB LDH CREAT UREA SODIUM K CA GLUC"
G1 = "INR APTT HBDNA HBSAG HCAB HIV UPROT URBC UCULT"
BLOOD = "HGB WBC NEUT LYM PLAT"
THYROID, CARDIAC = "TSH T4FR T3FR", "CK TROPONI"
PERSON = {"W": "can_bear_children", "I": "has_ici", "E": "has_enfortumab", "T": "is_treated"}
VISITS = [
    # visit    W: childbearing, I: ICI, E: enfortumab vedotin, T: treated    due
    ("SCR",    "",     f"{R} {G1}"),
    ("SCR",    "W",    f"{R} {G1} HCG"),
    ("SCR",    "I",    f"{R} {G1} {THYROID} {CARDIAC}"),
    ("SCR",    "E",    f"{R} {G1} HBA1C"),
    ("SCR",    "WIE",  f"{R} {G1} HCG {THYROID} {CARDIAC} HBA1C"),
    ("SCR",    "WIET", f"{R} {G1} HCG"),             # from the first dose on, cycle 1 has asked for the rest
    ("C1D1",   "WIET", f"{R} HCG {THYROID} {CARDIAC} HBA1C"),
    ("C1D1",   "",     R),
    ("C1D1",   "WIE",  f"{R} HCG {THYROID} {CARDIAC} HBA1C"),
    ("C2D1",   "",     R),
    ("C2D1",   "WIE",  f"{R} HCG {THYROID}"),
    ("C12D1",  "WE",   f"{R} HCG"),
    ("PC2",    "WIE",  f"{R} {THYROID}"),
    ("RTS",    "WIE",  f"{R} HCG {THYROID}"),
    ("RTFU1",  "WIE",  f"{R} {THYROID}"),
    ("RTFU2",  "WE",   R),
    ("EOTS",   "WIE",  f"{R} {THYROID}"),
    ("C1D8",   "WIE",  BLOOD),
    ("C3D8",   "",     BLOOD),
    ("C3D15",  "",     BLOOD),
    ("RTW1",   "WIE",  BLOOD),
    ("RTW12",  "",     BLOOD),
    ("UNS1",   "WIE",  ""),
    ("UNS",    "",     ""),
    ("TA3",    "WIE",  ""),
]  # fmt: skip


def circumstances(letters="", **last):
    """The facts of a person, with the age in days of the last result of some tests."""
    facts = dict.fromkeys((PERSON[letter] for letter in letters), True)
    days = {test: DAY - timedelta(age) for test, age in last.items()}
    return Circumstances(on=DAY, last_on=days, **facts)


@pytest.mark.parametrize(("visit", "person", "due"), VISITS)
def test_visit_asks_for_its_tests(visit, person, due):
    assert set(due_tests(visit, circumstances(person))) == set(due.split())


@pytest.mark.parametrize("visit", ["SCR", "C2D1"])
def test_tests_stand_in_the_order_of_the_table(visit):
    due = due_tests(visit, circumstances("WIE"))
    assert list(due) == [code for code in NAMES if code in due]


AGES = [
    # visit   person  test      age   due
    ("C1D1",  "",     "CREAT",  7,    False),
    ("C1D1",  "",     "CREAT",  8,    True),
    ("C1D1",  "",     "CREAT",  0,    False),
    ("C1D1",  "",     "UREA",   8,    True),
    ("C1D1",  "I",    "TSH",    21,   False),   # done
    ("C1D1",  "I",    "CK",     21,   False),
    ("C1D1",  "E",    "HBA1C",  21,   False),
    ("C1D1",  "W",    "HCG",    21,   False),
    ("SCR",   "",     "CREAT",  3,    True),    # screening asks for all
    ("C2D1",  "",     "CREAT",  3,    True),
    ("C2D1",  "I",    "TSH",    41,   False),
    ("C2D1",  "I",    "TSH",    42,   True),
    ("PC2",   "I",    "T4FR",   41,   False),
    ("EOTS",  "I",    "T3FR",   42,   True),
    ("C2D1",  "",     "TSH",    99,   False),   # no ICI
    ("C2D1",  "W",    "HCG",    1,    True),    # at each cycle
    ("C2D1",  "I",    "CK",     99,   False),   # at baseline only
    ("C2D1",  "E",    "HBA1C",  99,   False),
]  # fmt: skip


@pytest.mark.parametrize(("visit", "person", "test", "age", "is_due"), AGES)
def test_last_result_decides_by_its_age(visit, person, test, age, is_due):
    assert (test in due_tests(visit, circumstances(person, **{test: age}))) == is_due


def test_urea_nitrogen_and_the_other_troponin_count_as_last_results():
    due = due_tests("C1D1", circumstances("I", UREAN=3, TROPONT=3))
    assert "UREA" not in due
    assert "TROPONI" not in due


MISSING = [
    # due           entered        missing
    ("CREAT UREA",  "",            "CREAT UREA"),
    ("CREAT UREA",  "UREAN",       "CREAT"),
    ("CREAT UREA",  "UREA CREAT",  ""),
    ("CK TROPONI",  "TROPONT CK",  ""),
    ("CREAT",       "TSH",         "CREAT"),   # more than is due does not stand for it
    ("",            "CREAT",       ""),
]  # fmt: skip


@pytest.mark.parametrize(("due", "entered", "missing"), MISSING)
def test_test_that_is_due_is_missing_until_it_is_entered(due, entered, missing):
    assert missing_tests(due.split(), entered.split()) == tuple(missing.split())
