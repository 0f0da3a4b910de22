"""A subject that was made in error is withdrawn, with a reason, as long as nothing of it is signed or allocated."""

import pytest
from crf.models import AllocationOutside, Consent, Eligibility, VitalSigns
from followup.actions import flagging
from followup.models import Flag
from tests.api.conftest import caller
from tests.closing import sign_as_it_stands
from tests.conftest import SCREENED, founder
from tests.examples import complete
from trial.actions.subject_withdrawal import withdraw_subject
from trial.audit.acting import acting
from trial.models import Ledger, Subject, Visit, standing
from trial.refusals import Code, Conflict, NotAllowed, Refused

from trial.actions import enrolment, entry, queries

REASON = "ENTRY_ERROR: the same person twice"


@pytest.fixture
def mistaken(subject, data_manager):
    """With records, and a visit that was held."""
    with acting(by=data_manager):
        complete(Consent, subject)
        complete(VitalSigns, subject)
    visit = Visit.objects.get(subject=subject, code="SCR")
    entry.change_visit(visit, by=data_manager, version=visit.version, values={"held_on": SCREENED, "status": "DONE", "mode": "ON_SITE"})
    return Subject.objects.get(pk=subject.pk)


def withdrawn(subject, by, **changed):
    return withdraw_subject(subject, **({"by": by, "version": subject.version, "reason": REASON} | changed))


def test_takes_back_its_records_and_visits_and_stays_readable(mistaken, data_manager, commit):
    subject = withdrawn(mistaken, data_manager)
    commit()
    assert (subject.withdrawn_by, subject.withdrawn_at is not None) == (data_manager, True)
    assert [row for row in standing(subject) if row.is_record] == []
    assert VitalSigns.objects.get(visit__subject=subject).withdrawn_by == data_manager
    assert not Visit.objects.filter(subject=subject).exclude(held_on=None).exists()
    assert set(Visit.objects.filter(subject=subject).values_list("stopped", flat=True)) == {True}
    noted = Ledger.objects.filter(form="trial.subject", subject=subject.pk).latest("seq")
    assert (noted.by, noted.reason) == (data_manager, REASON)
    assert "withdrawn_at" in noted.items


def test_its_code_is_never_given_again(mistaken, data_manager, site):
    withdrawn(mistaken, data_manager)
    assert enrolment.enrol(site=site, by=data_manager, screened_on=SCREENED).code == "01-002"


def test_nothing_of_it_is_due_any_more(mistaken, data_manager):
    today = mistaken.site.today()
    flagging.run_for(mistaken, on=today)
    assert Flag.objects.open().filter(subject=mistaken).exists()
    withdrawn(mistaken, data_manager)
    for _night in range(2):
        flagging.run_for(mistaken, on=today)
        assert not Flag.objects.open().filter(subject=mistaken).exists()
        assert set(Visit.objects.filter(subject=mistaken).values_list("stopped", flat=True)) == {True}


def test_nothing_more_is_entered_for_it(mistaken, data_manager, investigator):
    subject = withdrawn(mistaken, data_manager)
    visit = Visit.objects.select_related("subject__site").get(subject=subject, code="SCR")
    attempts = [
        lambda: entry.enter(VitalSigns, visit=visit, by=data_manager, values={"pulse": 70}, complete=False),
        lambda: entry.change_visit(visit, by=data_manager, version=visit.version, values={"held_on": SCREENED}),
        lambda: enrolment.unscheduled_visit(subject=subject, by=data_manager),
        lambda: queries.raise_query(visit, by=data_manager, text="Why?"),
        lambda: withdrawn(subject, data_manager),
    ]
    for attempt in attempts:
        with pytest.raises(Conflict, match="01-001 was withdrawn as made in error") as refused:
            attempt()
        assert refused.value.problems[0].code == Code.SUBJECT_WITHDRAWN


def test_is_refused_once_something_is_signed(mistaken, data_manager, investigator):
    sign_as_it_stands(Visit.objects.select_related("subject__site").get(subject=mistaken, code="SCR"), investigator)
    with pytest.raises(Conflict, match="Something of 01-001 is signed"):
        withdrawn(mistaken, data_manager)
    assert Subject.objects.get(pk=mistaken.pk).withdrawn_at is None
    assert [row for row in standing(mistaken) if row.is_record] != []


def test_is_refused_once_eligibility_is_confirmed(mistaken, data_manager):
    with acting(by=data_manager):
        complete(Eligibility, mistaken)
    with pytest.raises(Conflict, match="Something of 01-001 is signed"):
        withdrawn(mistaken, data_manager)


def test_is_refused_while_an_allocation_is_entered(mistaken, data_manager, investigator):
    with acting(by=investigator):
        AllocationOutside.objects.create(
            subject=mistaken, state="ENTERED", by=investigator, allocated_on=SCREENED, arm="SYS", sysclass="NO_ICI",
            metpat="NODE_ONLY", source="Fax 12", reason="Before go-live",
        )  # fmt: skip
    with pytest.raises(Conflict, match="An allocation of 01-001 is entered"):
        withdrawn(mistaken, data_manager)
    assert Subject.objects.get(pk=mistaken.pk).withdrawn_at is None


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"reason": ""}, Code.WITHDRAWAL_REASON_MISSING),
        ({"reason": "because"}, Code.REASON_CODE_UNKNOWN),
        ({"reason": "OTHER"}, Code.REASON_UNSAID),
        ({"version": 99}, Code.STALE_VERSION),
    ],
)
def test_is_refused_without_a_reason_or_unread(mistaken, data_manager, changed, code):
    with pytest.raises(Refused) as refused:
        withdrawn(mistaken, data_manager, **changed)
    assert refused.value.problems[0].code == code


@pytest.mark.parametrize("role", ["monitor", "sponsor", "administrator", "auditor", "stranger"])
def test_is_an_act_of_who_enters_data(role, request, mistaken):
    with pytest.raises(NotAllowed):
        withdrawn(mistaken, request.getfixturevalue(role))


def test_page_and_api_do_the_same(mistaken, data_manager, site, client):
    client.force_login(data_manager)
    page = client.get("/subjects/01-001/withdraw/").content.decode()
    assert "The code is never given again." in page
    refused = client.post("/subjects/01-001/withdraw/", {"seen": mistaken.version})
    assert (refused.status_code, "Say why this is withdrawn." in refused.content.decode()) == (422, True)
    sent = {"seen": mistaken.version, "reason": "ENTRY_ERROR", "reason_words": "the same person twice"}
    assert client.post("/subjects/01-001/withdraw/", sent).status_code == 302
    casebook = client.get("/subjects/01-001/").content.decode()
    assert "Withdrawn as made in error</strong> by Dan Li on" in casebook
    assert "enter date" not in casebook
    assert "add/?visit=" not in casebook

    api, second = caller(data_manager), enrolment.enrol(site=site, by=data_manager, screened_on=SCREENED)
    address = f"subjects/{second.code}/withdraw/"
    assert api.post(address, {"version": second.version}).status_code == 422
    answer = api.post(address, {"version": second.version, "reason": REASON})
    assert (answer.status_code, answer.json()["withdrawn_by"]) == (200, "dan"), answer.json()
    again = api.post(address, {"version": answer.json()["version"], "reason": REASON})
    assert (again.status_code, again.json()["type"]) == (409, "/api/v1/problems/subject_withdrawn/")


def test_half_of_it_is_never_stored(mistaken, data_manager, investigator):
    """A record that cannot be withdrawn keeps all of them: one transaction."""
    with acting(by=founder(), reason="OTHER: set up"):
        before = {row.row for row in standing(mistaken)}
    with pytest.raises(Conflict):
        withdrawn(mistaken, data_manager, version=mistaken.version + 1)
    assert {row.row for row in standing(mistaken)} == before
