"""/api/v1/subjects/CODE/course/: what the protocol derives, for those who read records."""

import pytest
from crf.models import LaboratoryPanel, LaboratoryResult
from tests.conftest import LABORATORY, SCREENED

from trial.actions import entry

PATH = "subjects/01-001/course/"


@pytest.mark.parametrize("role", ["data manager", "investigator", "monitor", "sponsor", "auditor"])
def test_is_for_those_who_read_records(people, subject, role):
    found = people[role].get(PATH)
    assert found.status_code == 200
    assert (found.json()["subject"], found.json()["status"]) == ("01-001", "SCREENING")


def test_tells_where_the_first_progression_lay(people, subject):
    """Nowhere yet; the rule itself stands in tests/protocol/endpoints/test_course.py."""
    assert people["sponsor"].get(PATH).json()["first_failure"] == {"site": None, "on": None, "sites": [], "records": []}


@pytest.mark.parametrize(("who", "status"), [("administrator", 404), ("stranger", 404), ("nobody", 401)])
def test_is_not_there_for_others(people, subject, who, status):
    assert people[who].get(PATH).status_code == status


@pytest.mark.parametrize(("asked", "status"), [("nonsense", 400), ("2025-13-01", 400), ("2999-01-01", 422), ("2025-01-06", 200)])
def test_day_is_one_that_has_come(people, subject, asked, status):
    found = people["sponsor"].get(PATH, on=asked)
    assert found.status_code == status, found.json()


def test_sponsor_does_not_see_the_clearance_that_tells_the_month_of_birth(people, entered_panel):
    path = f"forms/laboratorypanel/{entered_panel.pk}/"
    assert people["data manager"].get(path).json()["derived"]["clearance_inputs"].startswith("sex not known, age not known")
    assert "clearance" not in people["sponsor"].get(path).content.decode()


@pytest.fixture
def entered_panel(visit, data_manager):
    header = {"performed": "Y", "sampled_on": SCREENED, "laboratory": LABORATORY}
    rows = {LaboratoryResult: [{"test": "CREAT", "result": "97", "unit": "umol/L"}]}
    return entry.enter(LaboratoryPanel, visit=visit, by=data_manager, values=header, rows=rows, complete=False)
