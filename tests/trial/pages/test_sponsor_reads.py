"""What the sponsor reads is an event of the ledger (crf_spec §7); what others read, and what everybody may know, is not."""

import pytest
from tests.api.conftest import as_sponsor, everything  # noqa: F401  (fixtures, found by their names)
from trial.models import Ledger, SystemEvent

pytestmark = pytest.mark.proves("R06")


def read():
    return [event.detail["address"][1] for event in SystemEvent.objects.filter(kind="read").order_by("pk")]


def test_each_page_and_answer_is_logged(everything, client, sponsor, as_sponsor, commit):  # noqa: F811
    client.force_login(sponsor)
    for address in ("/subjects/01-001/", "/admin/crf/vitalsigns/?q=01-001"):
        assert client.get(address).status_code == 200
    assert as_sponsor.get("forms/vitalsigns/", subject="01-001").status_code == 200
    commit()
    assert read() == ["/subjects/01-001/", "/admin/crf/vitalsigns/?q=01-001", "/api/v1/forms/vitalsigns/?subject=01-001"]
    told = Ledger.objects.filter(form="trial.systemevent", items__kind=[None, "read"])
    assert {entry.by for entry in told} == {sponsor}
    assert len(told) == len(read())


@pytest.mark.parametrize("address", ["/study/", "/account/", "/subjects/99-999/"])
def test_what_everybody_may_know_is_not(everything, client, sponsor, address):  # noqa: F811
    client.force_login(sponsor)
    client.get(address)
    assert read() == []


@pytest.mark.parametrize("who", ["data_manager", "investigator", "monitor", "auditor"])
def test_nor_what_others_read(everything, client, request, who):  # noqa: F811
    client.force_login(request.getfixturevalue(who))
    assert client.get("/subjects/01-001/").status_code == 200
    assert read() == []
