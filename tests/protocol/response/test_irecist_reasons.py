"""The record, day, start, categories and reason of a reading by iRECIST."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.protocol.response.test_irecist import (
    ICPD,
    IPR,
    ISD,
    IUPD,
    NE,
    PRESENT,
    SOME,
    START,
    UNEQUIVOCAL,
    UNSEEN,
    new,
    scan,
    series,
    target,
)
from trial.protocol.parameters import DEFAULT
from trial.protocol.response.irecist import Reading, assess_all
from trial.protocol.response.lesions import Baseline, NonTargetFinding, TimePoint

FIRST, ANEW = (
    "Progression, not confirmed.",
    "The progression of 2025-09-01 is not confirmed: the bar is set anew.",
)
BY_5, SAME, WAITS = (
    "Confirmed: the sum grew by a further 5 mm.",
    "Neither worse nor better.",
    "Not evaluable: the progression waits.",
)
ANOTHER = "Confirmed: another new lesion."
NON_TARGET, AS_WELL = (
    "Confirmed: non-target disease grew further.",
    "Confirmed: {} disease progressed as well.",
)
GROWN = scan(60, PRESENT)
READ = [
    # scans                                                           the last reading: response, since, by, why
    ([GROWN],                                                         IUPD, 0,    "TARGET",                FIRST),
    ([scan(60, UNEQUIVOCAL, new("N01"))],                             IUPD, 0,    "NEW NON_TARGET TARGET", FIRST),
    ([scan(50, PRESENT)],                                             ISD,  None, "",                      ""),
    ([GROWN, scan(65, PRESENT)],                                      ICPD, 0,    "TARGET",                BY_5),
    ([GROWN, scan(65, PRESENT), scan(40, PRESENT)],                   ICPD, 0,    "TARGET",                "Progression is confirmed."),
    ([scan(50, UNEQUIVOCAL), scan(50, PRESENT, growth=SOME)],         ICPD, 0,    "NON_TARGET",            NON_TARGET),
    ([GROWN, scan(60, PRESENT, new("N01"))],                          ICPD, 0,    "NEW TARGET",            ANOTHER),
    ([scan(50, PRESENT, new("N01", 12)), scan(50, PRESENT, new("N01", 17))], ICPD, 0, "NEW",               "Confirmed: new lesions grew."),
    ([scan(50, PRESENT, new("N01")), scan(60, PRESENT, new("N01"))],  ICPD, 0,    "NEW TARGET",            AS_WELL.format("target")),
    ([GROWN, scan(60, UNEQUIVOCAL)],                                  ICPD, 0,    "NON_TARGET TARGET",     AS_WELL.format("non-target")),
    ([GROWN, scan(35, PRESENT)],                                      IPR,  None, "",                      ANEW),
    ([GROWN, scan(58, UNSEEN)],                                       ISD,  None, "",                      ANEW),
    ([GROWN, scan(58, UNSEEN), scan(64, PRESENT)],                    IUPD, 72,   "TARGET",                FIRST),
    ([GROWN, GROWN],                                                  IUPD, 0,    "TARGET",                SAME),
    ([GROWN, scan(None, PRESENT)],                                    NE,   0,    "TARGET",                WAITS),
    ([GROWN, scan(None, PRESENT), scan(64.9, PRESENT)],               IUPD, 0,    "TARGET",                SAME),
    ([GROWN, scan(None, PRESENT), scan(65, PRESENT)],                 ICPD, 0,    "TARGET",                BY_5),
    ([scan(66, PRESENT), scan(62, PRESENT), scan(66.9, PRESENT)],     IUPD, 0,    "TARGET",                SAME),
    ([scan(66, PRESENT), scan(62, PRESENT), scan(67, PRESENT)],       ICPD, 0,    "TARGET",                BY_5),
]  # fmt: skip


@pytest.mark.parametrize(("scans", "response", "since", "by", "why"), READ)
def test_reading_gives_the_start_the_categories_and_the_reason_of_a_progression(
    scans, response, since, by, why
):
    number = len(scans)
    since_on = None if since is None else START + timedelta(since)
    expected = Reading(
        f"TA{number}",
        START + timedelta(36 * (number - 1)),
        response,
        since_on,
        tuple(by.split()),
        why,
    )
    assert series(*scans)[-1] == expected


def test_scan_too_early_says_so_and_changes_nothing():
    early = "Less than 28 days after 2025-09-01: neither confirms nor clears the progression."
    assert series(GROWN, scan(70, PRESENT), days=[0, 25])[-1] == Reading(
        "TA2", START + timedelta(25), IUPD, START, ("TARGET",), early
    )
    assert series(GROWN, scan(65, PRESENT), scan(65, PRESENT), days=[0, 20, 36])[-1].reason == BY_5


def test_scan_for_a_new_symptom_confirms_early_by_another_new_lesion():
    readings = series(GROWN, scan(60, PRESENT, new("N01")), days=[0, 20], symptom=["TA2"])[-1]
    assert readings == Reading(
        "TA2",
        START + timedelta(20),
        ICPD,
        START,
        ("NEW", "TARGET"),
        "Confirmed: another new lesion.",
    )
    assert series(GROWN, scan(70, PRESENT), days=[0, 20], symptom=["TA2"])[-1].response == IUPD


def test_time_point_without_a_scan_comes_last_and_says_so():
    undated = TimePoint("UNS1", None, None)
    dated = replace(scan(50, PRESENT), label="TA1", first_scan_on=START)
    readings = assess_all(Baseline((target(50),), ("L03",)), [undated, dated])
    assert readings == (
        Reading("TA1", START, ISD),
        Reading("UNS1", None, NE, reason="There is no scan."),
    )


def test_two_time_points_of_a_day_keep_their_order():
    dated = [
        replace(scan(mm, PRESENT), label=label, first_scan_on=START)
        for mm, label in ((50, "UNS1"), (60, "TA1"))
    ]
    assert [reading.record for reading in assess_all(Baseline((target(50),), ("L03",)), dated)] == [
        "UNS1",
        "TA1",
    ]


@pytest.mark.parametrize(
    ("reading", "response"), [("STRICT", "NE"), ("LENIENT", "NON-iCR/NON-iUPD")]
)
def test_non_targets_partly_assessed_follow_the_reading_of_recist(reading, response):
    findings = (NonTargetFinding("L03", PRESENT), NonTargetFinding("L04", UNSEEN))
    point = TimePoint("TA1", START, None, (), findings)
    assert (
        assess_all(
            Baseline((), ("L03", "L04")),
            [point],
            parameters=replace(DEFAULT, recist_nontarget_ne=reading),
        )[0].response
        == response
    )


def test_size_of_a_new_lesion_that_is_not_followed_by_size_is_not_compared():
    unmeasured = [replace(new("N01", mm), measured=False) for mm in (12, 30)]
    assert (
        series(scan(50, PRESENT, unmeasured[0]), scan(50, PRESENT, unmeasured[1]))[-1].response
        == IUPD
    )


def test_new_lesions_keep_their_smallest_size_while_the_progression_waits():
    sizes = [scan(50, PRESENT, new("N01", mm)) for mm in (20, 14, 18, 19)]
    assert [reading.response for reading in series(*sizes)] == [IUPD, IUPD, IUPD, ICPD]
