"""What is sent twice is stored once, and the second is answered with the first one's result (decision 58)."""

import re
from datetime import timedelta
from threading import Event, Thread

import pytest
from crf.models import LaboratoryPanel, Lesion, VitalSigns
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.api.conftest import Caller, caller, signed
from tests.api.test_forms import as_json
from tests.closing import held_and_complete
from tests.conftest import CODE, PASSWORD, SCREENED
from tests.examples import EXAMPLES, complete, name_of, placed, visit_for
from tests.kept import FORMS
from tests.pages import filled_in
from trial.actions.saving import once
from trial.audit.acting import acting
from trial.models import AnsweredAct, Membership, Query, Signature, Subject
from trial.pages.sent_once import INPUT

from trial.actions import entry

SENT = ("k-1", "POST /somewhere", "0" * 64)
BY_HAND = [form for form in FORMS if form.entered_by_hand]


def key_of(page):
    """The key that a drawn page carries."""
    keys = set(re.findall(rf'name="{INPUT}" value="([^"]+)"', page.content.decode()))
    assert keys
    return {INPUT: sorted(keys)[0]}


def with_key(api, key):
    api.defaults["HTTP_IDEMPOTENCY_KEY"] = key
    return api


def address(form):
    return "/".join(["/admin", *name_of(form).split("."), "add", ""])


@pytest.fixture
def signs(visit, data_manager):
    return entry.enter(VitalSigns, visit=visit, by=data_manager, values=EXAMPLES["crf.vitalsigns"].values)


@pytest.fixture
def held(visit, data_manager):
    return held_and_complete(visit, data_manager, VitalSigns)


class TestEveryForm:
    @pytest.mark.parametrize("form", BY_HAND, ids=name_of)
    def test_pressed_twice_on_its_page_is_stored_once(self, form, browser, subject, data_manager, commit):
        with acting(by=data_manager):
            visit = visit_for(form, subject)
            values = placed(EXAMPLES[name_of(form)].values, visit)
        commit()
        page = browser.get(address(form), {"visit": visit.pk})
        sent = filled_in(page, **values) | key_of(page) | {"_draft": "on"}
        answers = [browser.post(f"{address(form)}?visit={visit.pk}", sent) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert answers[0].url == answers[1].url
        assert form.objects.filter(visit=visit).count() == 1

    @pytest.mark.parametrize("form", BY_HAND, ids=name_of)
    def test_sent_twice_to_the_api_is_stored_once(self, form, subject, data_manager, commit):
        with acting(by=data_manager):
            visit = visit_for(form, subject)
            values = placed(EXAMPLES[name_of(form)].values, visit)
        sent = {"visit": visit.pk, "complete": False, "items": as_json(values)}
        api = with_key(caller(data_manager), f"{name_of(form)}-1")
        answers = [api.post(f"forms/{form._meta.model_name}/", sent) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
        assert answers[1]["Content-Type"] == answers[0]["Content-Type"]
        assert form.objects.filter(visit=visit).count() == 1


class TestOnPages:
    def test_two_clicks_make_one_subject(self, browser, site):
        page = browser.get("/")
        sent = {"site": "01", "screened_on": "2025-01-07"} | key_of(page)
        answers = [browser.post(reverse("enrol"), sent, follow=True) for _ in range(2)]
        assert [subject.code for subject in Subject.objects.all()] == ["01-001"]
        for answer in answers:
            assert answer.redirect_chain == [("/subjects/01-001/", 302)]
            assert "Subject 01-001 is created" in answer.content.decode()

    def test_a_page_drawn_anew_makes_another(self, browser, site):
        for _ in range(2):
            sent = {"site": "01", "screened_on": "2025-01-07"} | key_of(browser.get("/"))
            browser.post(reverse("enrol"), sent)
        assert Subject.objects.count() == 2

    def test_two_clicks_make_one_visit(self, browser, subject):
        page = browser.get(reverse("casebook", args=[subject.code]))
        for _ in range(2):
            assert browser.post(reverse("unscheduled", args=[subject.code]), key_of(page)).status_code == 302
        assert subject.visits.filter(code__startswith="UNS").count() == 1

    def test_two_clicks_make_one_query(self, client, monitor, subject, data_manager, commit):
        with acting(by=data_manager):
            signs = complete(VitalSigns, subject)
        commit()
        client.force_login(monitor)
        url = reverse("record-review", args=["crf.vitalsigns", signs.pk])
        sent = {"act": "raise", "text": "Please check the pulse.", "item": "pulse"} | key_of(client.get(url))
        assert [client.post(url, sent).status_code for _ in range(2)] == [302, 302]
        assert Query.objects.count() == 1

    def test_two_clicks_make_one_signature_though_the_code_is_used(self, client, investigator, held):
        client.force_login(investigator)
        url = reverse("sign", args=[held.pk])
        page = client.get(url)
        shown = re.search(r'name="shown" value="([^"]+)"', page.content.decode())[1]
        sent = {"password": PASSWORD, "code": CODE, "shown": shown} | key_of(page)
        answers = [client.post(url, sent), client.post(url, sent | {"code": "used already"})]
        assert [(answer.status_code, answer.url) for answer in answers] == [(302, answers[0].url)] * 2
        assert Signature.objects.count() == 1

    def test_back_changed_and_saved_is_refused_again_and_again(self, browser, visit):
        """The page says so, and keeps its key: whatever is typed there is no second record."""
        url = f"/admin/crf/laboratorypanel/add/?visit={visit.pk}"
        page = browser.get(url)
        sent = filled_in(page) | key_of(page) | {"_draft": "on"}
        assert browser.post(url, sent).status_code == 302
        again = browser.post(url, sent | {"specimen": "S-2"})
        assert "Open the stored entry to change it" in again.content.decode()
        assert key_of(again) == key_of(page)
        assert browser.post(url, filled_in(again, specimen="S-2") | key_of(again) | {"_draft": "on"}).status_code == 200
        assert LaboratoryPanel.objects.count() == AnsweredAct.objects.count() == 1

    def test_what_was_refused_can_be_sent_again(self, browser, visit):
        url = f"/admin/crf/vitalsigns/add/?visit={visit.pk}"
        page = browser.get(url)
        sent = filled_in(page, pulse=900) | key_of(page) | {"_draft": "on"}
        assert browser.post(url, sent).status_code == 200
        assert not AnsweredAct.objects.exists()
        assert browser.post(url, sent | {"pulse": "90"}).status_code == 302
        assert VitalSigns.objects.get().pulse == 90

    @pytest.mark.parametrize("way", ["/", "/account/", "/history/", "/admin/crf/lesion/add/", "/admin/password_change/"])
    def test_every_form_that_posts_has_a_key(self, browser, subject, way):
        drawn = browser.get(way).content.decode()
        forms = re.findall(r'<form[^>]*method="post".*?</form>', drawn, re.DOTALL)
        assert forms
        assert all(f'name="{INPUT}"' in form for form in forms)

    def test_a_file_can_be_taken_twice(self, client, data_manager, subject):
        client.force_login(data_manager)
        url = reverse("history")
        sent = key_of(client.get(url))
        answers = [client.post(url, sent) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert not AnsweredAct.objects.exists()


class TestOfPrograms:
    def test_the_same_key_with_another_content_is_refused(self, data_manager, visit):
        api = with_key(caller(data_manager), "a-1")
        sent = {"visit": visit.pk, "complete": False, "items": {"pulse": 71}}
        assert api.post("forms/vitalsigns/", sent).status_code == 201
        for path, body in (("forms/vitalsigns/", sent | {"items": {"pulse": 72}}), ("forms/laboratorypanel/", sent | {"items": {}})):
            answer = api.post(path, body)
            assert (answer.status_code, answer.json()["code"]) == (422, "key_of_another_act")

    def test_each_person_has_keys_of_their_own(self, data_manager, investigator, site):
        for person in (data_manager, investigator):
            assert with_key(caller(person), "a-1").post("subjects/", {"site": "01", "screened_on": "2025-01-07"}).status_code == 201
        assert Subject.objects.count() == 2

    def test_without_a_key_each_request_is_an_act(self, data_manager, site):
        api = caller(data_manager)
        codes = [api.post("subjects/", {"site": "01", "screened_on": "2025-01-07"}).json()["code"] for _ in range(2)]
        assert codes == ["01-001", "01-002"]

    @pytest.mark.parametrize("key", ["a b", "x" * 65, "ключ"])
    def test_a_key_that_is_none_is_refused(self, data_manager, site, key):
        api = with_key(caller(data_manager), key.encode().decode("latin-1"))
        answer = api.post("subjects/", {"site": "01", "screened_on": "2025-01-07"})
        assert (answer.status_code, answer.json()["code"]) == (400, "act_key_unreadable")

    def test_what_was_refused_can_be_sent_again_with_its_key(self, data_manager, visit):
        api = with_key(caller(data_manager), "a-1")
        sent = {"visit": visit.pk, "complete": False, "items": {"pulse": 900}}
        assert api.post("forms/vitalsigns/", sent).status_code == 422
        assert api.post("forms/vitalsigns/", sent | {"items": {"pulse": 90}}).status_code == 201

    def test_a_change_sent_twice_is_no_stale_one(self, data_manager, signs):
        api = with_key(caller(data_manager), "a-1")
        sent = {"version": signs.version, "reason": "ENTRY_ERROR", "items": {"pulse": 72}}
        answers = [api.patch(f"forms/vitalsigns/{signs.pk}/", sent) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].json() == answers[1].json()

    def test_a_signature_is_answered_again_though_its_code_is_used(self, investigator, held):
        api = with_key(caller(investigator), "a-1")
        answers = [signed(api, held), signed(api, held, code="used already")]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
        assert Signature.objects.count() == 1

    def test_no_answer_holds_a_token(self, data_manager):
        api = with_key(Caller(), "a-1")
        sent = {"username": "dan", "password": PASSWORD}
        tokens = {api.post("token/", sent).json()["token"] for _ in range(2)}
        assert len(tokens) == 2
        assert not AnsweredAct.objects.exists()

    def test_a_person_who_lost_the_role_is_answered_nothing(self, data_manager, administrator, site):
        api = with_key(caller(data_manager), "a-1")
        sent = {"site": "01", "screened_on": "2025-01-07"}
        assert api.post("subjects/", sent).status_code == 201
        with acting(by=administrator, reason="OTHER: the role has ended"):
            Membership.objects.filter(user=data_manager).update(ends_on=SCREENED)
        assert api.post("subjects/", sent).status_code == 403


def test_keys_end_after_a_week(data_manager, site):
    api = with_key(caller(data_manager), "a-1")
    api.post("subjects/", {"site": "01", "screened_on": "2025-01-07"})
    AnsweredAct.objects.update(at=timezone.now() - once.KEPT_FOR + timedelta(hours=1))
    once.forget_old_keys()
    assert AnsweredAct.objects.exists()
    AnsweredAct.objects.update(at=timezone.now() - once.KEPT_FOR - timedelta(hours=1))
    once.forget_old_keys()
    assert not AnsweredAct.objects.exists()


def test_an_answer_that_a_redaction_erased_is_told_as_stored(data_manager, visit):
    api = with_key(caller(data_manager), "a-1")
    sent = {"visit": visit.pk, "complete": False, "items": {"pulse": 71}}
    api.post("forms/vitalsigns/", sent)
    once.forget_answers()
    answer = api.post("forms/vitalsigns/", sent)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_stored")
    assert VitalSigns.objects.count() == 1


class TestAtTheSameTime:
    """Two connections: the second waits until the first has committed, or has come to nothing."""

    def together(self, *calls):
        answers = {}

        def run(number, call):
            try:
                answers[number] = call()
            finally:
                connection.close()

        threads = [Thread(target=run, args=each) for each in enumerate(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [answers[number] for number in sorted(answers)]

    def test_two_clicks_on_a_page(self, transactional_db, browser, visit):
        url = f"/admin/crf/lesion/add/?visit={visit.subject.visits.get(code='COMMON').pk}"
        page = browser.get(url)
        sent = filled_in(page) | key_of(page) | {"_draft": "on"}

        def press():
            client = Client()
            client.cookies = browser.cookies
            return client.post(url, sent)

        answers = self.together(*[press] * 4)
        assert {(answer.status_code, answer.url) for answer in answers} == {(302, answers[0].url)}
        assert len(answers) == 4
        assert Lesion.objects.count() == 1

    def test_two_requests_of_a_program(self, transactional_db, data_manager, site):
        api = caller(data_manager)

        def send():
            program = Caller()
            program._credentials = dict(api._credentials)
            return with_key(program, "a-1").post("subjects/", {"site": "01", "screened_on": "2025-01-07"})

        answers = self.together(*[send] * 4)
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(201, "01-001")] * 4
        assert Subject.objects.count() == 1

    @pytest.mark.parametrize("commits", [True, False])
    def test_the_second_waits_for_a_first_that_is_held_open(self, transactional_db, data_manager, visit, commits):
        """It is answered with the first one's result; a first that came to nothing leaves it the act."""
        begun, ends = Event(), Event()

        def first():
            with transaction.atomic(), once.sent(once.Sending(*SENT)):
                entry.enter(VitalSigns, visit=visit, by=data_manager, values={"pulse": 71}, complete=False)
                once.note_answer(once.current(), 302, {"to": "/", "messages": []})
                begun.set()
                ends.wait(10)
                if not commits:
                    transaction.set_rollback(True)

        def second():
            begun.wait(10)
            with once.sent(once.Sending(*SENT)):
                try:
                    return entry.enter(VitalSigns, visit=visit, by=data_manager, values={"pulse": 71}, complete=False)
                except once.AnsweredBefore as error:
                    return error.earlier.answer

        def ending():
            begun.wait(10)
            with connection.cursor() as cursor:
                while True:
                    cursor.execute("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()")
                    if cursor.fetchone()[0]:
                        break
            ends.set()

        _first, answer, _end = self.together(first, second, ending)
        assert (answer == {"to": "/", "messages": []}) is commits
        assert VitalSigns.objects.count() == 1
