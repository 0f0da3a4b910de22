"""*Add* without a visit asks for the subject, then for the visit; it never lists all visits of the study."""

import pytest
from tests.kept import FORMS
from trial.models import Visit
from trial.protocol.schedule import timetable

from trial.actions import enrolment

BY_HAND = [form for form in FORMS if form.entered_by_hand]


@pytest.fixture
def add(client, data_manager, subject):
    client.force_login(data_manager)

    def add(form, query=""):
        answer = client.get(f"/admin/{form._meta.app_label}/{form._meta.model_name}/add/{query}")
        assert answer.status_code == 200
        return answer.content.decode()

    return add


@pytest.mark.parametrize("form", BY_HAND, ids=lambda form: form._meta.model_name)
def test_asks_for_the_subject_then_shows_its_visits_with_this_form(form, add, subject, data_manager, site):
    other = enrolment.enrol(site=site, by=data_manager, screened_on=subject.screened_on)
    empty = add(form)
    assert 'name="subject"' in empty
    assert "<option" not in empty.partition('id="content"')[2]
    chosen = add(form, "?subject=01-001")
    label = form._meta.label_lower
    for visit in Visit.objects.filter(subject__in=(subject, other)):
        kind = timetable.visit_type(visit.code)
        belongs = visit.subject_id == subject.pk and label in (*kind.forms, *kind.offered)
        assert (f'?visit={visit.pk}"' in chosen) is belongs
    assert 'href="/subjects/01-001/"' in chosen


@pytest.mark.parametrize("code", ["01-999", "02-001", "x", "<b>"])
def test_a_subject_that_the_person_enters_nothing_for_is_refused(code, add, other_site, stranger):
    from crf.models import VitalSigns

    text = add(VitalSigns, f"?subject={code}")
    assert "You enter data for no subject" in text
    assert "<b>" not in text.partition('id="content"')[2].partition("errornote")[2]


@pytest.mark.parametrize("query", ["?visit=999999", "?visit=x", "?visit="])
def test_a_visit_that_is_none_asks_again(query, add):
    from crf.models import VitalSigns

    assert 'name="subject"' in add(VitalSigns, query)


def test_who_enters_nothing_is_not_asked(client, monitor, subject):
    client.force_login(monitor)
    assert client.get("/admin/crf/vitalsigns/add/").status_code == 403


def test_a_form_sent_without_its_visit_is_refused(client, data_manager, subject):
    client.force_login(data_manager)
    answer = client.post("/admin/crf/vitalsigns/add/", {"weight_kg": "70", "_draft": "on"})
    assert answer.status_code == 200
    assert "visit" in answer.context["adminform"].form.errors
