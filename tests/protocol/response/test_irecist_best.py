"""The best response by iRECIST: rows of its Table 3, and the patient of crf_spec 8, story 10."""

from datetime import date, timedelta

import pytest
from tests.protocol.response.test_irecist import ICPD, ICR, IPR, ISD, IUPD, NE, NN, START, target
from trial.protocol.response.irecist import (
    IResponse,
    Reading,
    assess_all,
    best,
    confirmation_window,
    progression,
)
from trial.protocol.response.lesions import Baseline, TimePoint

STORY_10 = [
    TimePoint("PC2", date(2025, 6, 24), None, (target(46),)),
    TimePoint("TA1", date(2025, 9, 1), None, (target(60),)),
    TimePoint("UNS", date(2025, 9, 15), None, (target(60),)),
    TimePoint("CONF", date(2025, 10, 7), None, (target(30),)),
]


def test_story_10_is_pseudoprogression():
    readings = assess_all(Baseline((target(50),)), STORY_10)
    assert [reading.response for reading in readings] == [ISD, IUPD, IUPD, IPR]
    assert (
        readings[2].reason
        == "Less than 28 days after 2025-09-01: neither confirms nor clears the progression."
    )
    assert (progression(readings), best(readings)) == (None, IPR)
    assert confirmation_window(date(2025, 9, 1)) == (date(2025, 9, 29), date(2025, 10, 27))
    before = progression(readings[:3])
    assert (before.on, before.confirmed, before.records) == (
        date(2025, 9, 1),
        False,
        ("TA1", "UNS"),
    )


def readings(text):
    """Return time points by their names, each iUPD standing since the first of its row."""
    readings, since = [], None
    for n, name in enumerate(text.split(), 1):
        response, day = IResponse(name), START + timedelta(56 * n)
        if response in (IUPD, ICPD):
            since = since or day
        elif response != NE:
            since = None
        readings.append(Reading(f"TA{n}", day, response, since))
    return readings


TABLE_3 = [
    # time points                       iBOR   progression
    ("iCR iCR iPR iUPD iCPD",           ICR,   4),
    ("iCR iUPD NE iUPD iCPD",           ICR,   2),
    ("iUPD iPR iCR iCR iCPD",           ICR,   None),  # an iCPD needs an iUPD before it
    ("iUPD NE iCR iUPD NE",             ICR,   4),
    ("iUPD iPR iPR iPR iPR",            IPR,   None),
    ("iUPD iPR iUPD iSD iUPD",          IPR,   5),
    ("iUPD iSD iPR iSD iUPD",           IPR,   5),
    ("iUPD NE iPR iPR NE",              IPR,   None),
    ("iUPD iSD iSD iUPD iCPD",          ISD,   4),
    ("iUPD iSD iUPD NE iCPD",           ISD,   3),
    ("iUPD iCPD iPR iCR NE",            ICPD,  1),
    ("iUPD iUPD iCPD iPR NE",           ICPD,  1),
    ("iUPD NE NE NE NE",                IUPD,  1),
    ("NE NE",                           NE,    None),
    ("NON-iCR/NON-iUPD iUPD",           NN,    2),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "progressed"), TABLE_3)
def test_best_response_follows_table_3(text, expected, progressed):
    series = readings(text)
    assert best(series) == expected
    if not (text.endswith("iCPD") and progressed is None):
        standing = progression(series)
        assert (standing and standing.on) == (progressed and START + timedelta(56 * progressed))


@pytest.mark.parametrize(("days", "expected"), [(41, NE), (42, ISD)])
def test_stable_disease_needs_its_time(days, expected):
    assert best([Reading("TA1", START + timedelta(days), ISD)], start_on=START) == expected
    assert best([], start_on=START) == NE
