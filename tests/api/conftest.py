"""People who ask the API, each with a token of their own; and two subjects to ask about."""

import json

import pytest
from crf.models import Demographics, VitalSigns
from django.db import connection
from followup.models import Flag
from knox.models import AuthToken
from rest_framework.test import APIClient
from tests.conftest import CODE, PASSWORD, PROOF, SCREENED
from tests.examples import EXAMPLES, complete
from tests.prepared import prepared
from trial.access import Role
from trial.audit.acting import acting
from trial.models import Record, Visit

from trial.actions import entry, review


def written(sent):
    """As JSON; text is sent as it is, well-formed or not."""
    return sent if isinstance(sent, str) else json.dumps({} if sent is None else sent, default=str)


class Caller(APIClient):
    """Asks as a program does: JSON, and a token in the header."""

    def __init__(self, token=None):
        super().__init__()
        if token:
            self.credentials(HTTP_AUTHORIZATION=f"Token {token}")

    def get(self, path, **query):
        return super().get(f"/api/v1/{path}", query)

    def post(self, path, sent=None):
        return super().post(f"/api/v1/{path}", written(sent), content_type="application/json")

    def patch(self, path, sent):
        return super().patch(f"/api/v1/{path}", written(sent), content_type="application/json")

    def results(self, path, **query):
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.json()
        return answer.json()["results"]


def signed(program, visit, **sent):
    """Read what a signature under the visit covers, and sign it."""
    shown = program.get(f"visits/{visit.pk}/content/").json()["content_sha256"]
    return program.post(f"visits/{visit.pk}/sign/", {"password": PASSWORD, "code": CODE, "shown_sha256": shown} | sent)


def confirmed(program, gate, **sent):
    """Read the evidence of a gate, and confirm it."""
    shown = program.get("subjects/01-001/eligibility/", gate=gate).json()["shown_sha256"]
    return program.post(f"subjects/01-001/eligibility/?gate={gate}", {"password": PASSWORD, "code": CODE, "shown_sha256": shown} | sent)


def caller(user):
    return Caller(AuthToken.objects.create(user)[1])


@pytest.fixture
def people(data_manager, investigator, monitor, sponsor, administrator, auditor, stranger):
    """A caller for each role, by its name; the stranger holds one, too, but at another site."""
    held = [data_manager, investigator, monitor, sponsor, administrator, auditor]
    return {role.value: caller(user) for role, user in zip(Role, held, strict=True)} | {"stranger": caller(stranger), "nobody": Caller()}


@pytest.fixture
def as_data_manager(data_manager):
    return caller(data_manager)


@pytest.fixture
def as_investigator(investigator):
    return caller(investigator)


@pytest.fixture
def as_sponsor(sponsor):
    return caller(sponsor)


@pytest.fixture
def as_stranger(stranger):
    return caller(stranger)


@pytest.fixture
def signs(visit, data_manager):
    """Vital signs of 01-001 at screening."""
    values = EXAMPLES["crf.vitalsigns"].values
    return entry.enter(VitalSigns, visit=visit, by=data_manager, values=values)


@prepared
def everything(subject, data_manager, investigator):
    """A subject with a record of every form, a signature, a change since, and a flag."""
    visit = Visit.objects.select_related("subject__site").get(subject=subject, code="SCR")
    with acting(by=data_manager, reason="TRANSCRIPTION"):
        for form in Record.forms():
            complete(form, subject)
    entry.change_visit(visit, by=data_manager, version=visit.version, values={"held_on": SCREENED, "status": "DONE", "mode": "ON_SITE"})
    Flag.objects.create(
        subject=subject, visit=visit, kind="VISIT_OVERDUE", anchor="SCR", due_on=SCREENED, state="OVERDUE", severity="NOTICE",
        opened_on=SCREENED, last_seen_on=SCREENED,
    )  # fmt: skip
    review.sign_visit(Visit.objects.get(pk=visit.pk), by=investigator, proof=PROOF)
    person = Demographics.objects.get()
    change = {"birth_month": "1957-04", "age_confirmed": None}
    entry.change(person, by=data_manager, version=person.version, values=change, reason="OTHER: it was 1957-04, not 1957-05")
    connection.check_constraints()
    return subject


@pytest.fixture
def flag_of(subject, visit):
    """An open flag of 01-001."""
    return Flag.objects.create(
        subject=subject, visit=visit, kind="VISIT_OVERDUE", anchor="SCR", due_on=SCREENED, state="OVERDUE", severity="NOTICE",
        opened_on=SCREENED, last_seen_on=SCREENED,
    )  # fmt: skip
