"""Story 1 (crf_spec 8): subjects who are screened and do not enter, told by a program and by people at the pages."""

import pytest
from crf.models import Eligibility
from followup.stories import screen_failures

CASES = {case.code: case for case in screen_failures.CASES}
SCREENED = [
    # subject  gate 1            fails by  the subject's status
    ("901",    "INELIGIBLE",     "I01",    "SCREEN_FAILED"),  # the data leave it unknown; the investigator decides
    ("902",    "INELIGIBLE",     "I02",    "SCREEN_FAILED"),
    ("903",    "INELIGIBLE",     "I03",    "SCREEN_FAILED"),
    ("904",    "ELIGIBLE",       "",       "SCREENING"),      # the equivocal lesion is withdrawn
    ("905",    "INELIGIBLE",     "I04",    "SCREEN_FAILED"),
    ("906",    "INELIGIBLE",     "I05",    "WITHDRAWN"),
    ("907",    "INELIGIBLE",     "I06",    "SCREEN_FAILED"),
    ("908",    "ELIGIBLE",       "",       "SCREENING"),      # 80 years old by the source, which was asked
    ("909",    "INELIGIBLE",     "I07",    "SCREEN_FAILED"),
    ("910",    "INELIGIBLE",     "I08",    "SCREEN_FAILED"),
    ("911",    "INELIGIBLE",     "I09",    "SCREEN_FAILED"),
    ("912",    "INELIGIBLE",     "I10",    "SCREEN_FAILED"),
    ("913",    "INELIGIBLE",     "I11",    "SCREEN_FAILED"),
    ("914",    "INELIGIBLE",     "I12",    "SCREEN_FAILED"),
    ("915",    "INELIGIBLE",     "I01 X01",   "SCREEN_FAILED"),
    ("916",    "INELIGIBLE",     "X02",    "SCREEN_FAILED"),
    ("917",    "INELIGIBLE",     "X03",    "SCREEN_FAILED"),
    ("918",    "INELIGIBLE",     "X04",    "SCREEN_FAILED"),
    ("919",    "INELIGIBLE",     "X05",    "SCREEN_FAILED"),
]  # fmt: skip


def tell(way):
    """Each subject is a story of its own."""


@pytest.mark.parametrize(("code", "result", "criterion", "status"), SCREENED)
def test_is_entered_as_it_is_and_judged_by_its_criterion(way, code, result, criterion, status):
    case = CASES[code]
    way.begin(case.screening.consent_on).on(case.screening.measured_on)
    screening, *acts = screen_failures.chapters(case)
    screening(way)
    way.on(case.gate_on)
    for act in acts:
        act(way)
    confirmed = Eligibility.objects.of(way.subject).latest("pk")
    assert (confirmed.result, confirmed.failed) == (result, criterion)
    states = way.states()
    assert states["SCR"] == "DONE_IN"
    assert ("C1D1" in states) is (result == "ELIGIBLE")
    assert way.course().status == status


def test_every_subject_of_the_story_is_told():
    assert [code for code, *_ in SCREENED] == sorted(CASES)
