"""Laboratory grades, as the tables of CTCAE 5.0 and 6.0 give them, on both sides of each limit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.laboratory.ctcae import Grade, Specimen, grades, worst
from trial.protocol.laboratory.ctcae_ladders import TERMS, Version
from trial.protocol.laboratory.reported import parse

V5, V6 = Version
D = Decimal


def specimen(reported, low=None, high=None):
    return Specimen(result=parse(reported), low=low and D(low), high=high and D(high))


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
    ("9",     False,   None),
    ("9",     None,    None),
    ("6.1",   None,    0),
    ("13.9",  True,    2),
    ("14",    None,    3),
    ("28",    False,   4),
]  # fmt: skip


@pytest.mark.parametrize(("reported", "fasting", "expected"), SUGAR)
def test_lower_grades_of_hyperglycemia_need_a_fasting_specimen(reported, fasting, expected):
    assert graded("GLUC", reported, V6, "Hyper", low="3.9", high="6.1", fasting=fasting) == expected


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
