"""Story 2 told otherwise: a switch of the regimen around the check after cycle 2 (crf_spec 2.12, X06; 2.14)."""

from datetime import date

import pytest
from crf.casebook import Casebook
from crf.derived import eligibility
from crf.derived.strata import strata_of
from crf.models import Regimen
from django.contrib.auth.models import User
from followup.stories import straightforward as story
from followup.stories.telling import day
from tests.api.conftest import caller
from tests.pages import errors, filled_in
from trial.models import Visit

SWITCH = {
    "code": "GC_CARBO", "role": "SWITCH", "from_on": "2025-03-31", "switch_reason": "AE", "regimen_class": "CHEMO",
    "platinum": "CARBO_AUC_5", "cycle_length_days": 21, "max_cycles": 4, "cisplatin_eligible": "N",
    "cisplatin_reasons": ["CRCL_BELOW_60"],
}  # fmt: skip


@pytest.fixture
def dan(demo_trial, db):
    return User.objects.get(username="dan")


@pytest.fixture
def told(tell):
    return tell(story, until=story.check)


def common(subject):
    return Visit.objects.get(subject=subject, code="COMMON").pk


def tolerance(subject, on="2025-04-23"):
    verdicts = eligibility.assess(Casebook(subject), gate=2, on=day(on)).verdicts
    return next(verdict for verdict in verdicts if verdict.criterion == "X06")


SWITCHES = [
    # from on       reason          X06 on 23 April; the scan of the check is of 21 April
    ("2025-03-31",  "AE",           "MET"),
    ("2025-03-31",  "RENAL",        "UNKNOWN"),
    ("2025-04-21",  "AE",           "MET"),
    ("2025-04-21",  "INVESTIGATOR", "UNKNOWN"),
    ("2025-04-22",  "AE",           "UNKNOWN"),
    ("2025-04-22",  "PATIENT",      "UNKNOWN"),
    ("2025-04-24",  "AE",           "NOT_MET"),
]  # fmt: skip


def test_switch_before_randomization_is_judged_by_its_day_and_reason(told, dan):
    program, subject = caller(dan), told.subject
    assert tolerance(subject).truth == "NOT_MET"
    sent = {"visit": common(subject), "complete": True, "items": SWITCH}
    stored = program.post("forms/regimen/", sent)
    assert stored.status_code == 201, stored.json()
    version = stored.json()["version"]
    for from_on, reason, expected in SWITCHES:
        items = {"from_on": from_on, "switch_reason": reason}
        change = {"version": version, "reason": "SOURCE_UPDATED", "items": items}
        answer = program.patch(f"forms/regimen/{stored.json()['id']}/", change)
        assert answer.status_code == 200, answer.json()
        version = answer.json()["version"]
        verdict = tolerance(subject)
        assert (from_on, reason, verdict.truth) == (from_on, reason, expected), verdict.reason


def test_switch_after_randomization_is_not_read_and_changes_no_stratum(tell, dan):
    subject = tell(story, until=story.allocation).subject
    before = tolerance(subject, "2025-05-20"), strata_of(Casebook(subject), on=day("2025-04-25"))
    items = SWITCH | {"code": "EV_PEMBRO", "regimen_class": "ADC_ICI", "platinum": "", "from_on": "2025-05-12"}
    stored = caller(dan).post("forms/regimen/", {"visit": common(subject), "complete": True, "items": items})
    assert stored.status_code == 201, stored.json()
    assert (tolerance(subject, "2025-05-20"), strata_of(Casebook(subject), on=day("2025-04-25"))) == before
    assert strata_of(Casebook(subject), on=day("2025-05-12"))[0] == "ICI_CONTAINING"


class TestPage:
    def test_takes_a_switch_for_the_whole_trial(self, told, dan, client):
        client.force_login(dan)
        page = client.get("/admin/crf/regimen/add/", {"visit": common(told.subject)})
        answer = client.post("/admin/crf/regimen/add/", filled_in(page, **SWITCH))
        assert (answer.status_code, errors(answer)) == (302, "")
        stored = Regimen.objects.of(told.subject).get(role="SWITCH")
        assert (stored.from_on, stored.state) == (date(2025, 3, 31), "COMPLETE")
        assert tolerance(told.subject).truth == "MET"

    def test_says_that_an_option_is_fixed(self, told, dan, client):
        client.force_login(dan)
        first = Regimen.objects.of(told.subject).get()
        url = f"/admin/crf/regimen/{first.pk}/change/"
        sent = filled_in(client.get(url), platinum="CIS_35_D1_D8", reason="ENTRY_ERROR", reason_words="misread")
        answer = client.post(url, sent)
        assert "was fixed when the regimen's first dose was given, on 2025-03-10" in errors(answer)

    def test_says_that_an_option_is_fixed_to_a_program_too(self, told, dan):
        first = Regimen.objects.of(told.subject).get()
        change = {"version": first.version, "reason": "ENTRY_ERROR", "items": {"platinum": "CIS_35_D1_D8"}}
        answer = caller(dan).patch(f"forms/regimen/{first.pk}/", change)
        assert (answer.status_code, answer.json()["code"]) == (422, "option_fixed")
