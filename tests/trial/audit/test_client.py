"""Each entry of the ledger names the program that sent it (D11)."""

import pytest
from crf.models import VitalSigns
from django.db import connection
from django.test import Client
from knox.models import AuthToken
from rest_framework.test import APIClient
from tests.api.conftest import caller
from tests.conftest import SCREENED
from tests.examples import EXAMPLES
from tests.pages import filled_in
from trial.actions.verification import verify_ledger
from trial.audit.acting import acting
from trial.audit.client import client, sent_by
from trial.models import Ledger, SystemEvent

from trial.actions import enrolment

pytestmark = pytest.mark.proves("D11")
SUBJECT = {"site": "01", "screened_on": str(SCREENED)}


@pytest.fixture
def sender(commit):
    """The program that the last entry names; what is written next names nothing of it."""

    def of_last_entry():
        commit()
        assert client.get() == ""
        return Ledger.objects.last().client

    return of_last_entry


def test_a_page_is_named(visit, data_manager, sender):
    with acting(by=data_manager):
        row = VitalSigns.objects.create(visit=visit, **EXAMPLES["crf.vitalsigns"].values)
    assert sender() is None  # neither page nor API nor job: nothing is claimed
    browser = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64)"})
    browser.force_login(data_manager)
    url = f"/admin/crf/vitalsigns/{row.pk}/change/"
    assert browser.post(url, filled_in(browser.get(url), weight_kg="71.5", reason="TRANSCRIPTION")).status_code == 302
    assert sender() == "page"
    assert verify_ledger.findings() == []  # entries that name a program and those that name none are of one chain


def test_a_program_is_named_with_its_version_and_its_token(site, data_manager, sender):
    program = caller(data_manager)
    answer = program.post("subjects/", SUBJECT)
    assert answer.status_code == 201
    digest = AuthToken.objects.get(user=data_manager).digest[:16]
    assert sender() == f"api token {digest}"
    assert SystemEvent.objects.get(kind="token issued").key == digest  # the token's own event, by which its holder is found
    program.credentials(HTTP_AUTHORIZATION=program._credentials["HTTP_AUTHORIZATION"], HTTP_USER_AGENT="site-export/2.1 (+nightly)")
    assert program.post("subjects/", SUBJECT | {"screened_on": "2025-01-07"}).status_code == 201
    assert sender() == f"api site-export/2.1 token {digest}"
    told = program.results("history/", form="subject")
    assert [change["client"] for change in told] == [f"api token {digest}"] * 3 + [f"api site-export/2.1 token {digest}"] * 3


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("python-requests/2.32.3", "python-requests/2.32.3"),
        ("curl", "curl"),
        ("", ""),
        ("<script>alert(1)</script>", ""),
        ("a b/1 token 0123456789abcdef", "a"),
        ("=HYPERLINK(1)", ""),
        ("x" * 400, "x" * 60),
        ("名/1", ""),
        ("tool/1\tother/2", "tool/1"),
    ],
)
def test_an_agent_is_a_name_and_a_version_whatever_it_says(site, data_manager, sender, said, named):
    program = APIClient(headers={"user-agent": said})
    program.force_login(data_manager)
    answer = program.post("/api/v1/subjects/", SUBJECT, format="json")
    assert answer.status_code == 201, answer.content
    assert sender() == f"api {named}".strip()


def test_a_failed_login_names_the_page(data_manager, commit):
    Client().post("/admin/login/", {"username": "dan", "password": "wrong"})
    commit()
    assert [entry.client for entry in Ledger.objects.filter(form="trial.systemevent").order_by("-seq")[:1]] == ["page"]


def test_a_program_is_named_for_what_it_sends_and_no_longer(site, data_manager, sender):
    with sent_by("job followup.tasks.nightly"), acting(by=data_manager):
        enrolment.enrol(site=site, by=data_manager, screened_on=SCREENED)
    assert sender() == "job followup.tasks.nightly"
    with acting(by=data_manager, reason="MISREAD"), connection.cursor() as cursor:
        cursor.execute("update trial_subject set screened_on = screened_on + 1")
    assert sender() is None
