"""Laboratory grades, as the tables of CTCAE 5.0 and 6.0 give them, on both sides of each limit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.laboratory.ctcae import Grade, Specimen, grades, worst
from trial.protocol.laboratory.ctcae_ladders import TERMS, Version
from trial.protocol.laboratory.quantities import corrected_calcium, standardized, to_standard
from trial.protocol.laboratory.reported import parse

V5, V6 = Version
D = Decimal


def specimen(reported, low=None, high=None):
    return Specimen(result=parse(reported), low=low and D(low), high=high and D(high))


def in_unit(test, reported, unit, low=None, high=None):
    """A specimen as a laboratory reports it: result and limits in its own unit."""
    limits = [limit and to_standard(test, D(limit), unit) for limit in (low, high)]
    result = parse(reported)
    return Specimen(
        result=standardized(test, result, unit),
        low=limits[0],
        high=limits[1],
        reported=result,
        unit=unit,
    )


def graded(test, reported, version, term="", low=None, high=None, **circumstances):
    """Return the grade of the test's term whose name contains the word, or of its only one."""
    now = specimen(reported, low, high)
    of_test = grades(test, now, version=version, **circumstances)
    (of_term,) = [grade for grade in of_test if term in grade.term]
    return of_term.grade


BLOOD = [
    # test    term           LLN    result    5.0   6.0
    ("NEUT",  "decreased",   "1.8", "1.8",    0,    0),
    ("NEUT",  "decreased",   "1.8", "1.79",   1,    0),
    ("NEUT",  "decreased",   "1.8", "1.5",    1,    0),
    ("NEUT",  "decreased",   "1.8", "1.49",   2,    1),
    ("NEUT",  "decreased",   "1.8", "1.0",    2,    1),
    ("NEUT",  "decreased",   "1.8", "0.99",   3,    2),
    ("NEUT",  "decreased",   "1.8", "0.8",    3,    2),
    ("NEUT",  "decreased",   "1.8", "0.5",    3,    2),
    ("NEUT",  "decreased",   "1.8", "0.49",   4,    3),
    ("NEUT",  "decreased",   "1.8", "0.1",    4,    3),
    ("NEUT",  "decreased",   "1.8", "0.09",   4,    4),
    ("WBC",   "decreased",   "3.5", "3.5",    0,    0),
    ("WBC",   "decreased",   "3.5", "3.0",    1,    1),
    ("WBC",   "decreased",   "3.5", "2.99",   2,    2),
    ("WBC",   "decreased",   "3.5", "1.99",   3,    3),
    ("WBC",   "decreased",   "3.5", "0.99",   4,    4),
    ("WBC",   "osis",        "3.5", "100",    0,    0),
    ("WBC",   "osis",        "3.5", "101",    3,    3),
    ("HGB",   "Anemia",      "115", "115",    0,    0),
    ("HGB",   "Anemia",      "115", "114",    1,    1),
    ("HGB",   "Anemia",      "115", "100",    1,    1),
    ("HGB",   "Anemia",      "115", "99.9",   2,    2),
    ("HGB",   "Anemia",      "115", "80",     2,    2),
    ("HGB",   "Anemia",      "115", "79.9",   3,    3),   # 4 is clinical
    ("HGB",   "Anemia",      "115", "30",     3,    3),
    ("LYM",   "increased",   "1.1", "4",      0,    0),
    ("LYM",   "increased",   "1.1", "4.01",   2,    2),
    ("LYM",   "increased",   "1.1", "20.1",   3,    3),
    ("ALB",   "",            "40",  "39.9",   1,    1),
    ("ALB",   "",            "40",  "29.9",   2,    2),
    ("ALB",   "",            "40",  "19.9",   3,    3),
]  # fmt: skip


@pytest.mark.parametrize(("test", "term", "low", "reported", "v5", "v6"), BLOOD)
def test_decrease_is_graded_by_the_table(test, term, low, reported, v5, v6):
    assert [graded(test, reported, version, term, low=low) for version in Version] == [v5, v6]


RENAMED = [
    # test    result  version  terms and grades
    ("PLAT",  "124",  V5,      {"Platelet count decreased": 1}),
    ("PLAT",  "75",   V5,      {"Platelet count decreased": 1}),
    ("PLAT",  "74",   V5,      {"Platelet count decreased": 2}),
    ("PLAT",  "49",   V5,      {"Platelet count decreased": 3}),
    ("PLAT",  "25",   V5,      {"Platelet count decreased": 3}),
    ("PLAT",  "24",   V5,      {"Platelet count decreased": 4}),
    ("PLAT",  "24",   V6,      {"Thrombocytopenia": 3, "Thrombocytosis": 0}),
    ("PLAT",  "10",   V6,      {"Thrombocytopenia": 3, "Thrombocytosis": 0}),
    ("PLAT",  "9",    V6,      {"Thrombocytopenia": 4, "Thrombocytosis": 0}),
    ("PLAT",  "351",  V6,      {"Thrombocytopenia": 0, "Thrombocytosis": 1}),
    ("LYM",   "0.19", V5,      {"Lymphocyte count decreased": 4, "Lymphocyte count increased": 0}),
    ("LYM",   "0.19", V6,      {"Lymphopenia": 1, "Lymphocyte count increased": 0}),
    ("NEUT",  "400",  V5,      {"Neutrophil count decreased": 0}),
    ("NEUT",  "400",  V6,      {"Neutrophil count decreased": 0, "Neutrophil count increased": 1}),
    ("CK",    "2000", V5,      {"CPK increased": 3}),
    ("CK",    "2000", V6,      {}),
    ("GLUC",  "14",   V5,      {"Hypoglycemia": 0}),
    ("GLUC",  "14",   V6,      {"Hypoglycemia": 0, "Hyperglycemia": 3}),
    ("TROPONI", "1",  V6,      {}),
    ("UREA",  "40",   V5,      {}),
    ("PHOS",  "0.1",  V6,      {}),
    ("CA",    "1",    V5,      {}),     # only corrected calcium has terms
    ("PSA",   "1",    V5,      {}),
]  # fmt: skip


@pytest.mark.parametrize(("test", "reported", "version", "expected"), RENAMED)
def test_version_has_its_own_terms(test, reported, version, expected):
    limits = {
        "PLAT": ("125", "350"),
        "LYM": ("1.1", "3.2"),
        "NEUT": ("1.8", "6.3"),
        "GLUC": ("3.9", "6.1"),
    }.get(test, ("1", "200"))
    of_test = grades(test, specimen(reported, *limits), version=version)
    assert {grade.term: grade.grade for grade in of_test} == expected


CHEMISTRY = [
    # test      term     LLN     ULN     result   both versions
    ("SODIUM",  "Hypo",  "137",  "147",  "136",   1),
    ("SODIUM",  "Hypo",  "137",  "147",  "130",   1),
    ("SODIUM",  "Hypo",  "137",  "147",  "129.5", 2),   # 6.0 says "<130"; 5.0 "129"
    ("SODIUM",  "Hypo",  "137",  "147",  "125",   2),
    ("SODIUM",  "Hypo",  "137",  "147",  "124",   3),
    ("SODIUM",  "Hypo",  "137",  "147",  "119",   4),
    ("SODIUM",  "Hyper", "137",  "147",  "147",   0),
    ("SODIUM",  "Hyper", "137",  "147",  "150",   1),
    ("SODIUM",  "Hyper", "137",  "147",  "151",   2),
    ("SODIUM",  "Hyper", "137",  "147",  "156",   3),
    ("SODIUM",  "Hyper", "137",  "147",  "161",   4),
    ("K",       "Hypo",  "3.5",  "5.3",  "3.0",   1),   # 2 is clinical
    ("K",       "Hypo",  "3.5",  "5.3",  "2.9",   3),
    ("K",       "Hypo",  "3.5",  "5.3",  "2.4",   4),
    ("K",       "Hyper", "3.5",  "5.3",  "5.5",   1),
    ("K",       "Hyper", "3.5",  "5.3",  "5.6",   2),
    ("K",       "Hyper", "3.5",  "5.3",  "6.1",   3),
    ("K",       "Hyper", "3.5",  "5.3",  "7.1",   4),
    ("CACOR",   "Hypo",  "2.11", "2.52", "2.0",   1),
    ("CACOR",   "Hypo",  "2.11", "2.52", "1.99",  2),
    ("CACOR",   "Hypo",  "2.11", "2.52", "1.74",  3),
    ("CACOR",   "Hypo",  "2.11", "2.52", "1.49",  4),
    ("CACOR",   "Hyper", "2.11", "2.52", "2.9",   1),
    ("CACOR",   "Hyper", "2.11", "2.52", "2.91",  2),
    ("CACOR",   "Hyper", "2.11", "2.52", "3.11",  3),
    ("CACOR",   "Hyper", "2.11", "2.52", "3.41",  4),
    ("MG",      "Hypo",  "0.75", "1.02", "0.5",   1),
    ("MG",      "Hypo",  "0.75", "1.02", "0.49",  2),
    ("MG",      "Hypo",  "0.75", "1.02", "0.39",  3),
    ("MG",      "Hypo",  "0.75", "1.02", "0.29",  4),
    ("MG",      "Hyper", "0.75", "1.02", "1.23",  1),
    ("MG",      "Hyper", "0.75", "1.02", "1.24",  3),
    ("MG",      "Hyper", "0.75", "1.02", "3.31",  4),
    ("GLUC",    "Hypo",  "3.9",  "6.1",  "3.0",   1),
    ("GLUC",    "Hypo",  "3.9",  "6.1",  "2.9",   2),
    ("GLUC",    "Hypo",  "3.9",  "6.1",  "2.1",   3),
    ("GLUC",    "Hypo",  "3.9",  "6.1",  "1.6",   4),
    ("APTT",    "",      None,   "40",   "40",    0),
    ("APTT",    "",      None,   "40",   "60",    1),
    ("APTT",    "",      None,   "40",   "61",    2),
    ("APTT",    "",      None,   "40",   "101",   3),
    ("TSH",     "",      "0.3",  "4.5",  "4.6",   1),
    ("LDH",     "",      "120",  "250",  "250",   0),
    ("LDH",     "",      "120",  "250",  "2500",  1),
]  # fmt: skip


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(("test", "term", "low", "high", "reported", "expected"), CHEMISTRY)
def test_chemistry_is_graded_alike_in_both_versions(
    test, term, low, high, reported, expected, version
):
    assert graded(test, reported, version, term, low=low, high=high) == expected


SUGAR = [
    # result  fasting  grade of 6.0
    ("6.1",   True,    0),
    ("8.9",   True,    1),
    ("9",     True,    2),
    ("9",     False,   0),       # 1 and 2 are of fasting specimens only
    ("9",     None,    None),
    ("13.9",  False,   0),
    ("14",    False,   3),
    (">13",   False,   None),    # 0 to 4
    ("6.1",   None,    0),
    ("13.9",  True,    2),
    ("14",    None,    3),
    ("28",    False,   4),
]  # fmt: skip


@pytest.mark.parametrize(("reported", "fasting", "expected"), SUGAR)
def test_lower_grades_of_hyperglycemia_need_a_fasting_specimen(reported, fasting, expected):
    assert graded("GLUC", reported, V6, "Hyper", low="3.9", high="6.1", fasting=fasting) == expected


PRINTED = [
    # test   unit       LLN    ULN     result    term        5.0    6.0
    ("HGB",  "mmol/L",  "8.1", "10.9", "8.1",    "Anemia",   0,     0),
    ("HGB",  "mmol/L",  "8.1", "10.9", "8.0",    "Anemia",   1,     1),
    ("HGB",  "mmol/L",  "8.1", "10.9", "6.2",    "Anemia",   1,     1),    # 99.9 g/L
    ("HGB",  "mmol/L",  "8.1", "10.9", "6.1",    "Anemia",   2,     2),
    ("HGB",  "mmol/L",  "8.1", "10.9", "4.9",    "Anemia",   2,     2),    # 78.96 g/L
    ("HGB",  "mmol/L",  "8.1", "10.9", "4.8",    "Anemia",   3,     3),
    ("HGB",  "g/dL",    "13",  "17.5", "10.0",   "Anemia",   1,     1),
    ("HGB",  "g/dL",    "13",  "17.5", "9.9",    "Anemia",   2,     2),
    ("HGB",  "g/dL",    "13",  "17.5", "8.0",    "Anemia",   2,     2),
    ("HGB",  "g/dL",    "13",  "17.5", "7.9",    "Anemia",   3,     3),
    ("MG",   "mg/dL",   "1.8", "2.5",  "1.2",    "Hypo",     1,     1),    # 0.494 mmol/L
    ("MG",   "mg/dL",   "1.8", "2.5",  "1.19",   "Hypo",     2,     2),
    ("MG",   "mg/dL",   "1.8", "2.5",  "0.9",    "Hypo",     2,     2),
    ("MG",   "mg/dL",   "1.8", "2.5",  "0.89",   "Hypo",     3,     3),
    ("MG",   "mg/dL",   "1.8", "2.5",  "0.7",    "Hypo",     3,     3),
    ("MG",   "mg/dL",   "1.8", "2.5",  "0.69",   "Hypo",     4,     4),
    ("MG",   "mg/dL",   "1.8", "2.5",  "2.5",    "Hyper",    0,     0),
    ("MG",   "mg/dL",   "1.8", "2.5",  "3.0",    "Hyper",    1,     1),    # 1.234 mmol/L
    ("MG",   "mg/dL",   "1.8", "2.5",  "3.1",    "Hyper",    3,     3),
    ("MG",   "mg/dL",   "1.8", "2.5",  "8.0",    "Hyper",    3,     3),
    ("MG",   "mg/dL",   "1.8", "2.5",  "8.1",    "Hyper",    4,     4),
    ("GLUC", "mg/dL",   "70",  "110",  "55",     "Hypo",     1,     1),
    ("GLUC", "mg/dL",   "70",  "110",  "54",     "Hypo",     2,     2),    # 2.997 mmol/L
    ("GLUC", "mg/dL",   "70",  "110",  "40",     "Hypo",     2,     2),
    ("GLUC", "mg/dL",   "70",  "110",  "39",     "Hypo",     3,     3),    # 2.16 mmol/L
    ("GLUC", "mg/dL",   "70",  "110",  "30",     "Hypo",     3,     3),    # 1.665 mmol/L
    ("GLUC", "mg/dL",   "70",  "110",  "29",     "Hypo",     4,     4),
    ("GLUC", "mg/dL",   "70",  "110",  "110",    "Hyper",    None,  0),
    ("GLUC", "mg/dL",   "70",  "110",  "160",    "Hyper",    None,  1),
    ("GLUC", "mg/dL",   "70",  "110",  "161",    "Hyper",    None,  2),
    ("GLUC", "mg/dL",   "70",  "110",  "250",    "Hyper",    None,  2),
    ("GLUC", "mg/dL",   "70",  "110",  "251",    "Hyper",    None,  3),
    ("GLUC", "mg/dL",   "70",  "110",  "500",    "Hyper",    None,  3),
    ("GLUC", "mg/dL",   "70",  "110",  "501",    "Hyper",    None,  4),    # 27.81 mmol/L
    ("ALB",  "g/dL",    "4",   "5.5",  "3",      "Hypo",     1,     1),
    ("ALB",  "g/dL",    "4",   "5.5",  "2.9",    "Hypo",     2,     2),
    ("ALB",  "g/dL",    "4",   "5.5",  "1.9",    "Hypo",     3,     3),
    ("NEUT", "/mm3",    "1800", None,  "1500",   "decreas",  1,     0),
    ("NEUT", "/mm3",    "1800", None,  "1499",   "decreas",  2,     1),
    ("NEUT", "/mm3",    "1800", None,  "499",    "decreas",  4,     3),
    ("NEUT", "/mm3",    "1800", None,  "99",     "decreas",  4,     4),
    ("PLAT", "10^3/uL", "125", "350",  "75",     "",         1,     None),
]  # fmt: skip


@pytest.mark.parametrize(("test", "unit", "low", "high", "reported", "term", "v5", "v6"), PRINTED)
def test_limits_are_those_that_the_source_prints_for_the_unit(
    test, unit, low, high, reported, term, v5, v6
):
    now = in_unit(test, reported, unit, low, high)
    for version, expected in ((V5, v5), (V6, v6)):
        if expected is not None:
            of_test = grades(test, now, version=version, fasting=True)
            (grade,) = [grade for grade in of_test if term in grade.term]
            assert (grade.least, grade.most) == (expected, expected)


CALCIUM = [
    # calcium  unit      albumin  term     both
    ("8.0",    "mg/dL",  "40",    "Hypo",  1),     # 1.996 mmol/L
    ("7.9",    "mg/dL",  "40",    "Hypo",  2),
    ("7.0",    "mg/dL",  "40",    "Hypo",  2),     # 1.7465 mmol/L
    ("6.9",    "mg/dL",  "40",    "Hypo",  3),
    ("6.0",    "mg/dL",  "40",    "Hypo",  3),
    ("5.9",    "mg/dL",  "40",    "Hypo",  4),
    ("7.2",    "mg/dL",  "30",    "Hypo",  1),     # 8.0 corrected
    ("7.1",    "mg/dL",  "30",    "Hypo",  2),
    ("11.5",   "mg/dL",  "40",    "Hyper", 1),
    ("11.6",   "mg/dL",  "40",    "Hyper", 2),
    ("12.5",   "mg/dL",  "40",    "Hyper", 2),     # 3.119 mmol/L
    ("13.5",   "mg/dL",  "40",    "Hyper", 3),
    ("13.6",   "mg/dL",  "40",    "Hyper", 4),
    ("1.80",   "mmol/L", "30",    "Hypo",  1),     # 2.00 corrected
    ("1.79",   "mmol/L", "30",    "Hypo",  2),
    ("1.80",   "mmol/L", "40",    "Hypo",  2),
    ("2.80",   "mmol/L", "30",    "Hyper", 2),     # 3.00 corrected
    ("2.10",   "mmol/L", ">40",   "Hypo",  None),  # less than 2.10: 0 to 4
]  # fmt: skip


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(("calcium", "unit", "albumin", "term", "expected"), CALCIUM)
def test_calcium_is_graded_as_corrected_in_its_own_unit(
    calcium, unit, albumin, term, expected, version
):
    corrected = corrected_calcium(parse(calcium), unit, parse(albumin))
    limits = ("8.5", "10.2") if unit == "mg/dL" else ("2.11", "2.52")
    now = in_unit("CA", str(corrected), unit, *limits)
    (grade,) = [g for g in grades("CACOR", now, version=version) if term in g.term]
    assert grade.grade == expected


BLOOD_TOO_MUCH = [
    # unit      ULN     result   grade of 6.0
    ("g/L",     "175",  "175",   0),
    ("g/L",     "175",  "175.1", 1),
    ("g/L",     "175",  "195",   1),
    ("g/L",     "175",  "195.1", 2),
    ("g/L",     "175",  "215",   2),
    ("g/L",     "175",  "215.1", 3),
    ("g/dL",    "17.5", "19.5",  1),
    ("g/dL",    "17.5", "19.6",  2),
    ("g/dL",    "17.5", "21.6",  3),
    ("g/L",     None,   "200",   None),
]  # fmt: skip


@pytest.mark.parametrize(("unit", "high", "reported", "expected"), BLOOD_TOO_MUCH)
def test_hemoglobin_increased_counts_from_the_upper_limit_in_version_6(
    unit, high, reported, expected
):
    now = in_unit("HGB", reported, unit, None, high)
    terms = {grade.term: grade.grade for grade in grades("HGB", now, version=V6)}
    assert terms["Hemoglobin increased"] == expected
    assert [grade.term for grade in grades("HGB", now, version=V5)] == ["Anemia"]


CLEARANCE = [("50", 0), ("49.9", 2), ("26", 2), ("25.9", 3), ("10", 3), ("9.9", 3)]


@pytest.mark.parametrize(("reported", "expected"), CLEARANCE)
def test_measured_clearance_is_graded_in_version_6_only(reported, expected):
    assert graded("CREATCLR", reported, V6) == expected
    assert grades("CREATCLR", specimen(reported), version=V5) == ()


CPK = [("200", 0), ("201", 1), ("500", 1), ("501", 2), ("1000", 2), ("1001", 3), ("2001", 4)]


@pytest.mark.parametrize(("reported", "expected"), CPK)
def test_creatine_kinase_is_graded_in_version_5(reported, expected):
    assert graded("CK", reported, V5, high="200") == expected


@pytest.mark.parametrize(("reported", "expected"), [("14", 0), ("15", None)])
def test_troponin_above_its_limit_is_for_the_manufacturers_table(reported, expected):
    assert (
        graded("TROPONI", reported, V5, high="14")
        == graded("TROPONT", reported, V5, high="14")
        == expected
    )


OPEN = [
    # test    result   low     high   least  most
    ("NEUT",  "0.8",   None,   None,  3,     3),     # no limit needed
    ("NEUT",  "2.0",   None,   None,  0,     1),
    ("NEUT",  "<0.5",  "1.8",  None,  4,     4),
    ("NEUT",  "<1.0",  "1.8",  None,  3,     4),
    ("NEUT",  ">2",    "1.8",  None,  0,     0),
    ("CK",    "201",   None,   None,  0,     4),
    ("CK",    "201",   None,   "0",   0,     4),
    ("CK",    "<5",    None,   "200", 0,     0),
    ("CK",    ">1500", None,   "200", 3,     4),
    ("CK",    ">=2000", None,  "200", 3,     4),
]  # fmt: skip


@pytest.mark.parametrize(("test", "reported", "low", "high", "least", "most"), OPEN)
def test_unknown_limit_leaves_the_grade_open_as_far_as_it_must(
    test, reported, low, high, least, most
):
    of_test = grades(test, specimen(reported, low, high), version=V5)
    (grade,) = [grade for grade in of_test if "decreased" in grade.term or test == "CK"]
    assert (grade.least, grade.most) == (least, most)


WORST = [
    # least, most of each term  worst
    ([],                        None),
    ([(0, 0)],                  0),
    ([(0, 0), (3, 3)],          3),
    ([(0, 1), (3, 3)],          3),
    ([(0, 4), (3, 3)],          None),
]  # fmt: skip


@pytest.mark.parametrize(("spans", "expected"), WORST)
def test_worst_grade_is_known_when_no_further_term_can_be_worse(spans, expected):
    assert worst(tuple(Grade("a term", *span) for span in spans)) == expected


REPORTED = st.builds(
    "{}{}".format, st.sampled_from(["", "<", "<=", ">", ">="]), st.decimals(0, 1000, places=2)
)
LIMIT = st.none() | st.decimals(0, 500, places=1)


@given(
    st.sampled_from(TERMS),
    REPORTED,
    LIMIT,
    LIMIT,
    st.none() | REPORTED,
    st.none() | st.booleans(),
    st.booleans(),
)
def test_grade_never_raises_and_least_is_at_most_most(
    term, reported, low, high, baseline, answer, is_baseline
):
    before = baseline and Specimen(result=parse(baseline), low=low, high=high)
    now = Specimen(result=parse(reported), low=low, high=high)
    answers = {"anticoagulated": answer, "fasting": answer, "is_baseline": is_baseline}
    for grade in grades(term.test, now, version=term.version, baseline=before, **answers):
        assert 0 <= grade.least <= grade.most <= 4


@given(st.sampled_from(TERMS), st.decimals(0, 500, places=2), st.decimals(0, 500, places=2))
def test_grade_rises_with_the_distance_from_the_normal(term, first, second):
    near, far = sorted((first, second), reverse=term.side == "BELOW")

    def grade(value):
        abnormal = Specimen(result=parse(str(value)), low=D(600), high=D("0.1"))
        of_test = grades(term.test, abnormal, version=term.version, is_baseline=True)
        return next(grade for grade in of_test if grade.term == term.name)

    assert grade(near).least <= grade(far).least
