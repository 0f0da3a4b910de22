"""The date of a visit: asked with its first form; without it a visit is neither overdue nor missed (crf_spec 3.1, 3.2)."""

from datetime import date, timedelta

import pytest
from crf.models import Consent, Cycle, Regimen, VitalSigns
from django.urls import reverse
from followup.actions import flagging
from followup.actions.due import states_of
from followup.models import Flag
from tests.examples import EXAMPLES, placed, rows_of
from tests.pages import filled_in
from trial.audit.acting import acting
from trial.models import Visit, standing
from trial.refusals import Refused

from trial.actions import enrolment, entry

CONSENTED = date(2025, 1, 6)
LONG_AFTER = date(2025, 6, 1)
SIGNS = {"weight_kg": "70", "ecog": "1", "ecog_on": CONSENTED, "measured_on": CONSENTED}
ADD_SIGNS = "/admin/crf/vitalsigns/add/"


@pytest.fixture
def screened(visit, data_manager):
    """The screening visit of a subject who has consented."""
    enter(Consent, visit, data_manager)
    return Visit.objects.select_related("subject__site").get(pk=visit.pk)


def enter(form, visit, by, **more):
    values = placed(EXAMPLES[form._meta.label_lower].values, visit)
    record = form(visit=visit, **values)
    return entry.enter(form, visit=visit, by=by, values=values, rows=rows_of(record, stored=False), **more)


def state_of(visit, on=LONG_AFTER):
    subject = visit.subject
    return states_of(subject.visits.all(), standing(subject), on=on)[visit.pk].value


def flags(subject):
    return list(Flag.objects.open().filter(subject=subject).values_list("kind", "anchor"))


def test_visit_with_forms_and_without_a_date_is_due_and_its_date_is_what_is_late(screened, data_manager):
    assert state_of(screened) == "MISSED"  # nothing but the consent, which has a day of its own
    enter(VitalSigns, screened, data_manager, complete=False)
    assert state_of(screened) == "DUE"
    flagging.run_for(screened.subject, on=screened.closes_on + timedelta(7))
    assert flags(screened.subject) == []
    flagging.run_for(screened.subject, on=screened.closes_on + timedelta(8))
    assert flags(screened.subject) == [("ENTRY_OVERDUE", "SCR")]
    assert Flag.objects.get().evidence == {"held_on": None, "forms": ["trial.visit"]}


def test_date_comes_with_the_first_form_and_stays(screened, data_manager):
    enter(VitalSigns, screened, data_manager, complete=False, held_on=date(2025, 1, 8))
    stored = Visit.objects.get(pk=screened.pk)
    assert (stored.held_on, state_of(screened)) == (date(2025, 1, 8), "DONE_IN")
    assert stored.history.latest("history_id").history_user == data_manager
    record = VitalSigns.objects.of(screened.subject).get()
    values = {"pulse": 71}
    entry.change(record, by=data_manager, version=record.version, values=values, held_on=date(2025, 1, 9))
    assert Visit.objects.get(pk=screened.pk).held_on == date(2025, 1, 8)


def test_impossible_date_refuses_form_and_date(screened, data_manager):
    with pytest.raises(Refused, match="lies in the future") as refused:
        enter(VitalSigns, screened, data_manager, held_on=date(2999, 1, 1))
    assert refused.value.problems[0].item == "visit_held_on"
    assert not VitalSigns.objects.of(screened.subject).exists()


def test_page_of_the_first_form_asks_for_the_date_of_the_visit(client, screened, data_manager):
    client.force_login(data_manager)
    page = client.get(f"{ADD_SIGNS}?visit={screened.pk}")
    assert 'name="visit_held_on"' in page.text
    sent = filled_in(page, **{name: str(value) for name, value in SIGNS.items()}, visit_held_on="2025-01-08", _draft="1")
    assert client.post(f"{ADD_SIGNS}?visit={screened.pk}", sent).status_code == 302
    assert Visit.objects.get(pk=screened.pk).held_on == date(2025, 1, 8)
    record = VitalSigns.objects.of(screened.subject).get()
    assert 'name="visit_held_on"' not in client.get(f"/admin/crf/vitalsigns/{record.pk}/change/").text


def test_page_shows_what_is_wrong_with_that_date(client, screened, data_manager):
    client.force_login(data_manager)
    address = f"{ADD_SIGNS}?visit={screened.pk}"
    page = client.post(address, filled_in(client.get(address), visit_held_on="2999-01-01", _draft="1"))
    assert "2999-01-01 lies in the future" in page.text
    assert not VitalSigns.objects.of(screened.subject).exists()


def test_common_visit_is_not_asked_for_a_date(client, subject, data_manager):
    client.force_login(data_manager)
    common = Visit.objects.get(subject=subject, code="COMMON")
    assert 'name="visit_held_on"' not in client.get(f"/admin/crf/lesion/add/?visit={common.pk}").text


def test_api_takes_the_date_with_the_form(client, screened, data_manager):
    client.force_login(data_manager)
    body = {"visit": screened.pk, "complete": False, "items": {"pulse": 70}, "visit_held_on": "2025-01-08"}
    answer = client.post("/api/v1/forms/vitalsigns/", body, content_type="application/json")
    assert answer.status_code == 201, answer.text
    visit = client.get(f"/api/v1/visits/{screened.pk}/").json()
    assert (visit["items"]["held_on"], visit["visit_state"]) == ("2025-01-08", "DONE_IN")


def test_unscheduled_visit_is_never_overdue_or_missed(client, subject, data_manager):
    visits = [enrolment.unscheduled_visit(subject=subject, by=data_manager) for _ in range(3)]
    with acting(by=data_manager):
        Visit.objects.filter(pk=visits[0].pk).update(opens_on=CONSENTED, closes_on=CONSENTED)
        Visit.objects.filter(pk=visits[2].pk).update(held_on=date(2025, 2, 1))
    assert [state_of(Visit.objects.get(pk=visit.pk)) for visit in visits] == ["PLANNED", "PLANNED", "DONE_IN"]
    flagging.run_for(subject, on=LONG_AFTER)
    assert flags(subject) == []
    client.force_login(data_manager)
    states = {visit["code"]: visit["visit_state"] for visit in client.get("/api/v1/visits/").json()["results"]}
    assert (states["UNS1"], states["UNS2"]) == ("PLANNED", "PLANNED")


def test_cycle_1_before_gate_1_is_entered_at_its_own_visit(client, screened, data_manager):
    """What happened before the gate was signed is stored, and judged by its own day (crf_spec 0.4)."""
    first = Visit.objects.select_related("subject__site").get(subject=screened.subject, code="C1D1")
    assert (first.opens_on, first.target_on, state_of(first)) == (None, None, "PLANNED")
    client.force_login(data_manager)
    casebook = client.get(f"/subjects/{screened.subject.code}/").text
    assert f"{reverse('admin:crf_cycle_add')}?visit={first.pk}" in casebook
    enter(Regimen, first, data_manager)
    record = enter(Cycle, first, data_manager, complete=False, held_on=date(2025, 1, 10))
    assert record.visit.code == "C1D1"
    assert state_of(Visit.objects.get(pk=first.pk)) == "DONE_IN"
