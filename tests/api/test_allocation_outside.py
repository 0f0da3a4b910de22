"""An allocation made outside the system, entered and confirmed through the API (crf_spec 2.13, RANDMAN)."""

from datetime import timedelta

import pytest
from crf.actions import allocation_outside
from crf.models import AllocationOutside, Randomization
from tests.crf.test_allocation_outside import COMPARED, TOLD

pytestmark = pytest.mark.proves("D08")


@pytest.fixture
def told(subject):
    return TOLD | {"allocated_on": subject.site.today() - timedelta(100)}


@pytest.fixture
def entered(subject, investigator, told):
    return allocation_outside.enter(subject, by=investigator, **told)


class TestApi:
    ADDRESS = "subjects/01-001/randomization/outside/"

    def test_two_people_go_through_it(self, subject, told, as_investigator, as_data_manager, as_sponsor):
        sent = TOLD | {"allocated_on": str(told["allocated_on"])}
        answer = as_investigator.post(self.ADDRESS, sent)
        assert answer.status_code == 201, answer.json()
        made = answer.json()
        assert {name: made[name] for name in sent} == sent
        assert (made["state"], made["by"]) == ("ENTERED", "ida")
        decided = {"entered": made["id"], "state": "CONFIRMED", "reason": COMPARED}
        answer = as_data_manager.post(self.ADDRESS + "decision/", decided)
        assert answer.status_code == 201, answer.json()
        (allocated,) = as_sponsor.results("allocations/")
        assert (allocated["number"], allocated["outside"], allocated["outside_source"]) == ("X-001", "Y", TOLD["source"])
        assert [one["state"] for one in as_sponsor.get(self.ADDRESS).json()] == ["ENTERED", "CONFIRMED"]

    @pytest.mark.parametrize(("changed", "status"), [({"source": ""}, 400), ({"arm": "BOTH"}, 400), ({"allocated_on": "2999-01-01"}, 422)])
    def test_entry_is_refused(self, subject, as_investigator, changed, status):
        assert as_investigator.post(self.ADDRESS, TOLD | changed).status_code == status
        assert not AllocationOutside.objects.exists()

    def test_decision_on_another_entry_is_refused(self, subject, entered, as_data_manager):
        sent = {"entered": entered.pk + 1, "state": "CONFIRMED", "reason": COMPARED}
        assert as_data_manager.post(self.ADDRESS + "decision/", sent).status_code == 409
        assert not Randomization.objects.exists()
