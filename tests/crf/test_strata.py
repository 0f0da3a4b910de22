"""Strata found correct later (crf_spec 2.13): beside those used; the allocation never changes."""

import pytest
from crf.actions.strata import correct_strata
from crf.models import Randomization
from django.urls import reverse
from tests.conftest import founder
from tests.examples import complete
from trial.audit.acting import acting
from trial.refusals import Conflict, NotAllowed, Refused

WHY = "SOURCE_UPDATED: read again"


@pytest.fixture
def allocated(visit, subject):
    with acting(by=founder(), reason="OTHER: set up"):
        return complete(Randomization, subject)


def test_stands_beside_the_one_used(allocated, data_manager):
    record = correct_strata(allocated, by=data_manager, version=allocated.version, reason=WHY, metpat="ANY_VISCERAL_OR_BONE")
    record.refresh_from_db()
    assert (record.metpat, record.metpat_corrected, record.arm) == ("NODE_ONLY", "ANY_VISCERAL_OR_BONE", "SYSRT")


@pytest.mark.parametrize(
    ("sent", "refusal", "sentence"),
    [
        ({"reason": ""}, Refused, "Say why"),
        ({"reason": "because"}, Refused, "Begin the reason with one of"),
        ({"metpat": "NODE_ONLY"}, Refused, "the one that was used"),
        ({"metpat": ""}, Refused, "the same as those stored"),
        ({"version": 7}, Conflict, "in the meantime"),
        ({"metpat": "NODES"}, Refused, "one of the codes of the list"),
    ],
)
def test_is_refused(allocated, data_manager, sent, refusal, sentence):
    values = {"version": allocated.version, "reason": WHY, "metpat": "ANY_VISCERAL_OR_BONE"} | sent
    with pytest.raises(refusal, match=sentence):
        correct_strata(allocated, by=data_manager, **values)
    allocated.refresh_from_db()
    assert allocated.metpat_corrected == ""


@pytest.mark.parametrize("who", ["monitor", "sponsor", "auditor", "administrator", "stranger"])
def test_is_not_for_everybody(allocated, who, request):
    with pytest.raises(NotAllowed):
        correct_strata(allocated, by=request.getfixturevalue(who), version=1, reason=WHY, metpat="ANY_VISCERAL_OR_BONE")


def test_is_stored_from_the_page(allocated, client, data_manager):
    client.force_login(data_manager)
    address = reverse("randomization", args=["01-001"])
    assert "Strata found correct later" in client.get(address).content.decode()
    sent = {"seen": allocated.version, "metpat_corrected": "ANY_VISCERAL_OR_BONE", "reason": "SOURCE_UPDATED", "reason_words": "read again"}
    assert client.post(reverse("strata", args=["01-001"]), sent).status_code == 302
    allocated.refresh_from_db()
    assert allocated.metpat_corrected == "ANY_VISCERAL_OR_BONE"
    assert allocated.history.latest().history_change_reason == WHY


def test_page_says_what_is_missing(allocated, client, data_manager):
    client.force_login(data_manager)
    told = client.post(
        reverse("strata", args=["01-001"]), {"seen": allocated.version, "metpat_corrected": "ANY_VISCERAL_OR_BONE"}, follow=True
    )
    assert "Say why an entered value changes." in told.content.decode()
