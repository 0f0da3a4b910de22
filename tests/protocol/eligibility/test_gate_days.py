"""The gate's day, and the changes by which a confirmation loses its force (crf_spec 2.12)."""

from datetime import date

import pytest
from trial.protocol.eligibility.gate_days import (
    Confirmation,
    day_of_entry,
    day_to_confirm,
    is_back_entered,
    turned,
    widened,
)
from trial.protocol.eligibility.gates import Evidence, evaluate
from trial.protocol.parameters import DEFAULT, GateDays


def confirmations(*told):
    return [Confirmation(result, date.fromisoformat(f"2025-{on}")) for result, on in told]


PASSED = ("ELIGIBLE", "03-05")
OPEN = ("UNDETERMINED", "03-04")
FAILED = ("INELIGIBLE", "03-04")
TODAY = "03-12"

DAYS = [
    # gate  confirmed before        stated    entered afterwards  day
    (1,     (),                     None,     False,              TODAY),
    (1,     (OPEN,),                None,     False,              TODAY),    # it binds nothing
    (1,     (FAILED, OPEN),         None,     False,              TODAY),
    (1,     (PASSED,),              None,     False,              "03-05"),  # it keeps its day
    (1,     (FAILED, PASSED),       None,     False,              "03-05"),
    (1,     (PASSED,),              "03-07",  False,              "03-05"),
    (1,     (PASSED,),              "03-07",  True,               "03-07"),  # the source states it
    (1,     (PASSED,),              None,     True,               "03-05"),
    (1,     (),                     "03-04",  True,               "03-04"),
    (1,     (),                     "03-04",  False,              TODAY),
    (2,     (PASSED,),              None,     False,              TODAY),    # of its latest confirmation
    (2,     (PASSED,),              "03-07",  True,               "03-07"),
]  # fmt: skip


@pytest.mark.parametrize(("gate", "earlier", "stated", "back_entered", "day"), DAYS)
def test_day_of_a_gate_follows_from_its_confirmations(gate, earlier, stated, back_entered, day):
    stated_on = stated and date.fromisoformat(f"2025-{stated}")
    today = date.fromisoformat(f"2025-{TODAY}")
    confirmed_for = day_to_confirm(
        gate, confirmations(*earlier), today=today, stated_on=stated_on, back_entered=back_entered
    )
    assert confirmed_for == date.fromisoformat(f"2025-{day}")


ENTRY = [
    ((), None),
    ((OPEN, FAILED), None),
    ((OPEN, PASSED), "03-05"),
    ((PASSED, ("INELIGIBLE", "03-05")), "03-05"),  # signed again after a correction
    ((PASSED, ("ELIGIBLE", "03-06")), "03-06"),  # the source of a back-entered subject states it
]


@pytest.mark.parametrize(("earlier", "day"), ENTRY)
def test_cycle_1_is_counted_from_the_day_on_which_gate_1_was_passed(earlier, day):
    expected = day and date.fromisoformat(f"2025-{day}")
    assert day_of_entry(confirmations(*earlier)) == expected


@pytest.mark.parametrize(
    ("consent", "created", "expected"),
    [("03-03", "03-10", False), ("03-03", "03-11", True), (None, "03-11", False)],
)
def test_subject_is_back_entered_more_than_7_days_after_its_consent(consent, created, expected):
    consented_on = consent and date.fromisoformat(f"2025-{consent}")
    assert is_back_entered(consented_on, date.fromisoformat(f"2025-{created}")) is expected


def test_windows_of_gate_2_alone_are_longer():
    longer = widened(DEFAULT, 4)
    assert longer.lab_window_days == GateDays(14, 11)
    assert longer.ecog_window_days == GateDays(14, 11)
    assert longer.brain_img_window_days == 46
    assert longer.img_window_days == DEFAULT.img_window_days  # of the scan: see randomization
    assert widened(DEFAULT, 0) == DEFAULT


def test_verdict_that_differs_from_the_signed_one_has_turned():
    verdicts = evaluate(Evidence(survival_6_months="N"), gate=1)
    signed = {verdict.criterion: verdict.truth.value for verdict in verdicts}
    assert turned(signed, verdicts) == ()
    (verdict,) = turned(signed | {"I07": "MET"}, verdicts)
    assert (verdict.criterion, verdict.truth) == ("I07", "NOT_MET")
