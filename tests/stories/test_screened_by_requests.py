"""Story 1 (crf_spec 8): subjects who are screened and do not enter, told by a program and by people at the pages."""

import pytest
from crf.models import Eligibility
from followup.stories import screen_failures, usual

CASES = {case.code: case for case in screen_failures.CASES}
FAILED = [
    # subject  gate 1 fails by
    ("901",    "I01"),  # the data leave it unknown; the investigator decides
    ("903",    "I03"),
    ("907",    "I06"),
    ("911",    "I09"),
    ("914",    "I12"),
    ("916",    "X02"),
    ("919",    "X05"),
]  # fmt: skip


def tell(way):
    """Each subject is a story of its own."""


@pytest.mark.parametrize(("code", "criterion"), FAILED)
def test_is_entered_as_it_is_and_fails_by_its_criterion(way, code, criterion):
    case = CASES[code]
    way.begin(case.screening.consent_on).on(case.screening.measured_on)
    usual.screen(way, case.screening)
    screen_failures.assess(way, case)
    confirmed = Eligibility.objects.of(way.subject).get()
    assert (confirmed.result, confirmed.failed, confirmed.assessed_on) == ("INELIGIBLE", criterion, case.gate_on)
    states = way.states()
    assert states["SCR"] == "DONE_IN"
    assert "C1D1" not in states
    assert way.course().status == "SCREEN_FAILED"
