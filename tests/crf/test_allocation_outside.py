"""Allocations made outside the system: entered late from a source document, confirmed by another person (crf_spec 2.13, RANDMAN; D08)."""

from datetime import date, timedelta

import pytest
from crf.actions import allocation_outside, allocations, randomization
from crf.casebook import Casebook
from crf.models import AllocationOutside, Eligibility, Randomization
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from tests.conftest import PROOF, founder, member
from tests.examples import complete
from trial.access import Role
from trial.actions.parameters import decide
from trial.actions.verification import verify_ledger
from trial.audit.acting import acting
from trial.models import Ledger, Membership, Visit, parameters_on
from trial.protocol.randomization import minimization
from trial.protocol.randomization.blocks import allocation
from trial.refusals import Conflict, NotAllowed, Refused

from trial.actions import enrolment

pytestmark = pytest.mark.proves("D08")
KEY = bytes(range(32))
TOLD = {
    "allocated_on": "2025-03-20", "arm": "SYSRT", "sysclass": "NO_ICI", "metpat": "NODE_ONLY",
    "source": "Randomization log, page 4, line 2", "reason": "Randomized before go-live",
}  # fmt: skip
COMPARED = "Compared with page 4 of the log"


@pytest.fixture
def told(subject):
    return TOLD | {"allocated_on": subject.site.today() - timedelta(100)}


@pytest.fixture
def entered(subject, investigator, told):
    return allocation_outside.enter(subject, by=investigator, **told)


@pytest.fixture
def key(settings, tmp_path, administrator):
    settings.RANDOMIZATION_KEY_FILE = tmp_path / "key"
    settings.RANDOMIZATION_KEY_FILE.write_bytes(KEY)
    randomization.publish_commitment(by=administrator)


@pytest.fixture
def nothing_against(monkeypatch):
    """The preconditions have tests of their own."""
    monkeypatch.setattr(randomization, "levels_of", lambda *args: {"SYSCLASS": "NO_ICI", "METPAT": "NODE_ONLY"})

    def randomize(subject, by):
        with acting(by=founder(), reason="OTHER: set up"):
            Visit.objects.get_or_create(subject=subject, code="RAND")
            confirmed = complete(Eligibility, subject)
        monkeypatch.setattr(randomization, "refusals", lambda *args, **kwargs: ())
        monkeypatch.setattr(randomization.eligibility, "latest", lambda subject, gate: confirmed)
        return randomization.randomize(subject, by=by, proof=PROOF)[0]

    return randomize


def test_is_no_allocation_before_it_is_confirmed(subject, entered):
    assert not Randomization.objects.exists()
    assert "OUTSIDE_WAITS" in {one.code for one in randomization.refusals(Casebook(subject), on=subject.site.today())}


def test_confirmed_it_is_the_allocation_and_says_what_it_is(subject, entered, data_manager, told):
    made = allocation_outside.confirm(subject, by=data_manager, entered=entered.pk, reason=COMPARED)
    made.refresh_from_db()
    assert (made.number, made.arm, made.sysclass, made.metpat) == ("X-001", "SYSRT", "NO_ICI", "NODE_ONLY")
    assert (made.randomized_on, made.outside, made.outside_source, made.outside_reason) == (
        told["allocated_on"], "Y", TOLD["source"], TOLD["reason"],
    )  # fmt: skip
    assert (made.eligibility, made.method) == (None, "")
    assert {visit.code for visit in Visit.objects.filter(subject=subject, stopped=False)} >= {"RAND", "RTPLAN", "RTS", "TA1"}


def test_each_step_enters_the_ledger_with_its_person(subject, entered, investigator, data_manager, commit):
    allocation_outside.confirm(subject, by=data_manager, entered=entered.pk, reason=COMPARED)
    commit()
    steps = Ledger.objects.filter(form="crf.allocationoutside").order_by("seq")
    assert [(one.by_id, one.items["state"][1], one.reason) for one in steps] == [
        (investigator.pk, "ENTERED", TOLD["reason"]),
        (data_manager.pk, "CONFIRMED", COMPARED),
    ]
    (made,) = Ledger.objects.filter(form="crf.randomization")
    assert (made.by_id, made.items["outside"][1]) == (data_manager.pk, "Y")
    assert verify_ledger.findings() == []


@pytest.mark.parametrize("who", ["data_manager", "monitor", "sponsor", "auditor", "administrator", "stranger"])
def test_only_an_investigator_of_the_site_enters_it(subject, told, who, request):
    with pytest.raises(NotAllowed):
        allocation_outside.enter(subject, by=request.getfixturevalue(who), **told)


@pytest.mark.parametrize("act", [allocation_outside.confirm, allocation_outside.decline])
@pytest.mark.parametrize("who", ["investigator", "monitor", "sponsor", "auditor", "administrator", "stranger"])
def test_only_a_data_manager_of_the_site_decides(subject, entered, act, who, request):
    with pytest.raises(NotAllowed):
        act(subject, by=request.getfixturevalue(who), entered=entered.pk, reason=COMPARED)


@pytest.fixture
def both_roles(investigator, site):
    with acting(by=founder()):
        Membership.objects.create(user=investigator, role=Role.DATA_MANAGER, site=site)
    return User.objects.get(pk=investigator.pk)


@pytest.mark.parametrize("act", [allocation_outside.confirm, allocation_outside.decline])
def test_who_entered_it_does_not_decide(subject, entered, act, both_roles):
    with pytest.raises(NotAllowed, match="Another person"):
        act(subject, by=both_roles, entered=entered.pk, reason=COMPARED)


def test_postgresql_refuses_the_same_person_too(subject, entered, investigator, told):
    with acting(by=investigator), pytest.raises(IntegrityError, match="has_two_people"), transaction.atomic():
        AllocationOutside.objects.create(subject=subject, state="CONFIRMED", by=investigator, entered_by=investigator, **told)


@pytest.mark.parametrize("state", ["CONFIRMED", "DECLINED"])
def test_postgresql_refuses_a_decision_without_an_entry(subject, investigator, data_manager, told, state):
    with (
        acting(by=data_manager),
        pytest.raises(IntegrityError, match=f"The allocation of 01-001: “{state}” cannot follow “BEGIN”"),
        transaction.atomic(),
    ):
        AllocationOutside.objects.create(subject=subject, state=state, by=data_manager, entered_by=investigator, **told)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"source": " "}, "Name the source document"),
        ({"source": "\u200b"}, "Name the source document"),
        ({"reason": ""}, "Say why"),
        ({"reason": "\u2800 ."}, "Say why"),
        ({"allocated_on": None}, "Enter the day"),
        ({"allocated_on": date(1900, 1, 1)}, "cannot be earlier"),
        ({"arm": "BOTH"}, "Choose one"),
        ({"metpat": ""}, "Choose one"),
        ({"sysclass": "ICI"}, "Choose one"),
        ({"source": "x" * 201}, "longer than 200"),
        ({"reason": "telephone 13812345678"}, "telephone"),
    ],
)
def test_entry_is_refused(subject, investigator, told, changed, sentence):
    with pytest.raises(Refused, match=sentence):
        allocation_outside.enter(subject, by=investigator, **told | changed)
    assert not AllocationOutside.objects.exists()


@pytest.mark.parametrize(("days", "refused"), [(0, False), (1, True)])
def test_day_of_the_allocation_lies_not_in_the_future(subject, investigator, told, days, refused):
    told["allocated_on"] = subject.site.today() + timedelta(days)
    if refused:
        with pytest.raises(Refused, match="today or earlier"):
            allocation_outside.enter(subject, by=investigator, **told)
    else:
        assert allocation_outside.enter(subject, by=investigator, **told).pk


def test_one_waits_at_a_time_and_a_declined_one_is_entered_anew(subject, entered, investigator, data_manager, told):
    with pytest.raises(Conflict, match="is already waiting"):
        allocation_outside.enter(subject, by=investigator, **told)
    allocation_outside.decline(subject, by=data_manager, entered=entered.pk, reason="The log says SYS")
    with pytest.raises(Conflict, match="in the meantime"):
        allocation_outside.confirm(subject, by=data_manager, entered=entered.pk, reason=COMPARED)
    anew = allocation_outside.enter(subject, by=investigator, **told | {"arm": "SYS"})
    with pytest.raises(Conflict, match="in the meantime"):  # what was read is what is decided on
        allocation_outside.confirm(subject, by=data_manager, entered=entered.pk, reason=COMPARED)
    assert allocation_outside.confirm(subject, by=data_manager, entered=anew.pk, reason=COMPARED).arm == "SYS"


def test_subject_randomized_by_the_system_has_none(subject, key, nothing_against, investigator, told):
    made = nothing_against(subject, investigator)
    with pytest.raises(Conflict, match=made.number):
        allocation_outside.enter(subject, by=investigator, **told)


def test_subject_with_one_is_not_randomized_by_the_system(subject, entered, key, nothing_against, investigator, data_manager):
    allocation_outside.confirm(subject, by=data_manager, entered=entered.pk, reason=COMPARED)
    with pytest.raises(Conflict, match="X-001") as refused:
        nothing_against(subject, investigator)
    assert refused.value.codes == ["ALREADY_RANDOMIZED"]


def test_subject_with_one_that_waits_is_not_randomized_by_the_system(subject, entered, key, investigator):
    with pytest.raises(Conflict) as refused:
        randomization.randomize(subject, by=investigator, proof=PROOF)
    assert "OUTSIDE_WAITS" in refused.value.codes


@pytest.fixture
def second(site, data_manager):
    return enrolment.enrol(site=site, by=data_manager, screened_on=site.today() - timedelta(60))


@pytest.mark.parametrize("method", ["PERMUTED_BLOCK", "MINIMIZATION"])
def test_sequence_of_the_key_goes_on_as_if_it_were_not_there(
    subject, second, entered, key, nothing_against, investigator, data_manager, monkeypatch, method, capsys, settings
):
    allocation_outside.confirm(subject, by=data_manager, entered=entered.pk, reason=COMPARED)
    if method == "MINIMIZATION":
        decide("RAND_METHOD", method, effective_from=second.site.today(), basis="PI", by=User.objects.get(username="ada"))
    made = nothing_against(second, investigator)
    levels = {"SYSCLASS": "NO_ICI", "METPAT": "NODE_ONLY"}
    first = allocation(KEY, "NO_ICI/NODE_ONLY", 1) if method == "PERMUTED_BLOCK" else minimization.allocation(KEY, levels, [])
    assert (made.number, made.arm, made.method) == ("R-001", first, method)
    assert allocations.verify(KEY) == (1, ())
    call_command("verify_allocations", str(settings.RANDOMIZATION_KEY_FILE))
    assert capsys.readouterr().out.splitlines() == [
        "1 allocations, each the one that the key makes.",
        "1 more were made outside: compare them with their source documents.",
    ]


def test_counts_among_the_subjects_of_the_study(subject, second, entered, data_manager):
    """The cap is on subjects randomized, wherever."""
    allocation_outside.confirm(subject, by=data_manager, entered=entered.pk, reason=COMPARED)
    on = second.site.today()
    assert randomization.facts_of(Casebook(second), on=on, parameters=parameters_on(on)).allocations == 1


class TestPage:
    ADDRESS = "/subjects/01-001/randomization/outside/"

    def test_two_people_go_through_it(self, subject, client, investigator, data_manager, told):
        client.force_login(investigator)
        assert self.ADDRESS in client.get(reverse("randomization", args=["01-001"])).content.decode()
        assert client.post(self.ADDRESS, told).status_code == 302
        shown = client.get(self.ADDRESS).content.decode()
        assert "Waiting for a data manager" in shown
        assert 'value="confirm"' not in shown
        client.force_login(data_manager)
        shown = client.get(self.ADDRESS).content.decode()
        assert TOLD["source"] in shown
        assert 'value="confirm"' in shown
        sent = {"entered": AllocationOutside.objects.get().pk, "act": "confirm", "reason": COMPARED}
        assert client.post(self.ADDRESS + "decision/", sent).status_code == 302
        shown = client.get(reverse("randomization", args=["01-001"])).content.decode()
        assert "Late entry" in shown
        assert TOLD["source"] in shown
        assert COMPARED in client.get(self.ADDRESS).content.decode()

    def test_refusal_keeps_what_was_typed(self, subject, client, investigator, told):
        client.force_login(investigator)
        answer = client.post(self.ADDRESS, told | {"arm": ""})
        assert answer.status_code == 422
        assert TOLD["source"] in answer.content.decode()
        assert not AllocationOutside.objects.exists()

    def test_is_declined(self, subject, entered, client, data_manager):
        client.force_login(data_manager)
        client.post(self.ADDRESS + "decision/", {"entered": entered.pk, "act": "decline", "reason": "The log says SYS"})
        assert AllocationOutside.last_of(subject).state == "DECLINED"
        assert not Randomization.objects.exists()


def test_people_of_another_site_see_nothing_of_it(subject, entered, client, other_site):
    client.force_login(member("xu", Role.DATA_MANAGER, other_site))
    assert client.get(TestPage.ADDRESS).status_code == 404
