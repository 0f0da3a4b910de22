"""Laboratory grades that count from the baseline, by the tables of CTCAE 5.0 and 6.0."""

import pytest
from tests.protocol.laboratory.test_ctcae import V5, graded, specimen
from trial.protocol.laboratory.ctcae_ladders import Version

ENZYMES = [
    # test   baseline  result  5.0   6.0      (ULN 40)
    ("ALT",  "40",     "40",   0,    0),
    ("ALT",  "40",     "41",   1,    1),
    ("ALT",  "40",     "120",  1,    1),
    ("ALT",  "40",     "121",  2,    2),
    ("ALT",  "40",     "200",  2,    2),
    ("ALT",  "40",     "201",  3,    3),
    ("ALT",  "40",     "800",  3,    3),
    ("ALT",  "40",     "801",  4,    4),
    ("ALT",  "<40",    "121",  2,    2),
    ("ALT",  "60",     "59",   0,    0),     # above its limit, yet below the baseline
    ("ALT",  "60",     "60",   0,    1),
    ("ALT",  "60",     "89.9", 0,    1),
    ("ALT",  "60",     "90",   1,    1),
    ("ALT",  "60",     "91",   1,    2),
    ("ALT",  "60",     "120",  1,    2),
    ("ALT",  "60",     "121",  1,    3),
    ("ALT",  "60",     "180",  1,    3),
    ("ALT",  "60",     "181",  2,    3),
    ("ALT",  "60",     "240",  2,    3),
    ("ALT",  "60",     "241",  2,    4),
    ("ALT",  "60",     "301",  3,    4),
    ("ALT",  "60",     "1201", 4,    4),
    ("AST",  "60",     "121",  1,    3),
    ("ALT",  "201",    "500",  1,    None),  # 6.0 grades 3 only up to a baseline of 5 × ULN
    ("ALT",  "200",    "500",  1,    3),
    ("ALT",  "201",    "805",  2,    4),
    ("ALT",  None,     "40",   0,    0),
    ("ALT",  None,     "121",  None, None),
    ("ALT",  ">60",    "121",  None, None),  # multiples of what?
    ("ALT",  "<60",    "121",  None, None),  # normal or not?
    ("ALP",  "40",     "101",  2,    1),
    ("ALP",  "40",     "201",  3,    1),
    ("ALP",  "60",     "119",  0,    1),
    ("ALP",  "60",     "120",  1,    1),
    ("ALP",  "60",     "60",   0,    0),
    ("ALP",  "60",     "61",   0,    1),
    ("ALP",  "60",     "50",   0,    0),     # above its limit, yet below the baseline
    ("ALP",  None,     "41",   None, None),  # above which baseline?
    ("ALP",  None,     "40",   0,    0),
    ("ALP",  ">30",    "41",   None, None),
    ("ALP",  "60",     "151",  2,    1),
    ("ALP",  "60",     "301",  3,    1),
    ("ALP",  "60",     "1201", 4,    1),
    ("BILI", "40",     "60",   1,    1),
    ("BILI", "40",     "61",   2,    2),
    ("BILI", "40",     "121",  3,    3),
    ("BILI", "40",     "401",  4,    4),
    ("BILI", "60",     "60",   0,    1),
    ("BILI", "60",     "61",   1,    1),
    ("BILI", "60",     "91",   2,    2),
    ("BILI", "60",     "151",  2,    3),
    ("BILI", "60",     "181",  3,    3),
    ("BILI", "60",     "601",  4,    4),
]  # fmt: skip


@pytest.mark.parametrize(("test", "baseline", "reported", "v5", "v6"), ENZYMES)
def test_liver_value_is_graded_by_its_baseline_where_that_was_abnormal(
    test, baseline, reported, v5, v6
):
    before = baseline and specimen(baseline, high="40")
    assert [graded(test, reported, version, high="40", baseline=before) for version in Version] == [
        v5,
        v6,
    ]


CREATININE = [
    # baseline  result  5.0   6.0      (45–100)
    ("50",      "75",   0,    0),
    ("50",      "76",   2,    0),     # within the normal, and more than 1.5 × baseline
    ("50",      "150",  2,    1),
    ("50",      "151",  3,    2),
    ("50",      "301",  3,    3),
    ("50",      "601",  4,    4),
    ("40",      "61",   2,    2),     # below its lower limit at baseline
    ("40",      "121",  3,    3),
    ("120",     "150",  1,    1),
    ("120",     "190",  2,    2),
    (None,      "90",   None, None),
    (None,      "301",  3,    3),
    (None,      "601",  4,    4),
    ("0",       "90",   None, None),
]  # fmt: skip


@pytest.mark.parametrize(("baseline", "reported", "v5", "v6"), CREATININE)
def test_creatinine_takes_the_worse_of_limit_and_baseline(baseline, reported, v5, v6):
    before = baseline and specimen(baseline, "45", "100")
    circumstances = {"low": "45", "high": "100", "baseline": before}
    assert [graded("CREAT", reported, version, **circumstances) for version in Version] == [v5, v6]


INR = [
    # baseline  anticoagulated  result  grade
    (None,      False,          "1.2",  0),
    (None,      False,          "1.3",  1),
    (None,      False,          "1.6",  2),
    (None,      False,          "2.6",  3),
    ("2.0",     True,           "2.0",  0),
    ("2.0",     True,           "2.6",  1),
    ("2.0",     True,           "3.1",  2),
    ("2.0",     True,           "5.1",  3),
    ("1.0",     None,           "2.6",  3),     # either way
    ("2.0",     None,           "2.6",  None),
    (None,      True,           "2.6",  None),
]  # fmt: skip


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(("baseline", "anticoagulated", "reported", "expected"), INR)
def test_inr_counts_from_its_baseline_under_anticoagulants(
    baseline, anticoagulated, reported, expected, version
):
    before = baseline and specimen(baseline)
    assert (
        graded("INR", reported, version, baseline=before, anticoagulated=anticoagulated) == expected
    )


@pytest.mark.parametrize(
    ("test", "reported", "expected"),
    [("ALT", "121", 2), ("CREAT", "99", 0), ("CREAT", "160", 2), ("INR", "1.6", 2)],
)
def test_baseline_itself_is_graded_by_its_limits(test, reported, expected):
    high = {"ALT": "40", "CREAT": "100"}.get(test)
    assert graded(test, reported, V5, high=high, is_baseline=True) == expected


OTHER_LIMITS = [
    # test    baseline, its ULN   result, its ULN    5.0   6.0
    ("ALP",   "110",    "120",    "110",  "100",     1,    0),     # equal to its baseline
    ("ALP",   "110",    "120",    "111",  "100",     1,    1),
    ("ALP",   "110",    "100",    "110",  "120",     0,    0),
    ("ALP",   "110",    "120",    "110",  None,      None, 0),     # whatever the limit
    ("ALP",   "110",    "120",    "111",  None,      None, None),
    ("ALT",   "45",     "50",     "45",   "40",      1,    1),     # ALT counts from ULN alone
    ("BILI",  "20",     "21",     "20",   "17",      1,    1),
]  # fmt: skip


@pytest.mark.parametrize(
    ("test", "baseline", "uln_then", "reported", "uln", "v5", "v6"), OTHER_LIMITS
)
def test_limits_of_two_laboratories_are_each_their_own(
    test, baseline, uln_then, reported, uln, v5, v6
):
    before = specimen(baseline, high=uln_then)
    assert [graded(test, reported, version, high=uln, baseline=before) for version in Version] == [
        v5,
        v6,
    ]


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(
    ("test", "expected"), [("ALP", (1, 0)), ("ALT", (1, 1)), ("AST", (1, 1)), ("BILI", (1, 1))]
)
def test_baseline_has_not_risen_above_itself(test, expected, version):
    grade = graded(test, "41", version, high="40", is_baseline=True)
    assert grade == expected[[*Version].index(version)]
