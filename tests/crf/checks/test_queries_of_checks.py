"""Automatic queries, signatures, freeze and lock; two saves of the two sides at the same time (crf_spec 0.4, 7)."""

import json
import re
from threading import Thread

import pytest
from crf.models import Consent, Demographics
from django.db import IntegrityError, transaction
from django.urls import reverse
from followup.actions import flagging
from rest_framework.test import APIClient
from tests.at_once import in_parallel
from tests.conftest import PROOF
from tests.crf.checks.conftest import COMPLETE, DRAFT, REASON, consented_again, cycle, date, two_cycles, two_primaries
from trial.access import Act, Role, roles_that_may
from trial.models import Query, Signature, Visit
from trial.refusals import Code, Conflict, NotAllowed, Refused
from trial.states import QueryState

from trial.actions import entry, locks, queries, review


@pytest.fixture
def cycles(world, subject, data_manager):
    """Two cycles at two visits, each held and signed."""
    two_cycles(world)
    world.visits = {}
    for name, day in (("C1", date(2025, 1, 14)), ("C2", date(2025, 2, 4))):
        visit = Visit.objects.select_related("subject__site").get(subject=subject, code=f"{name}D1")
        values = {"held_on": day, "status": "DONE", "mode": "ON_SITE"}
        world.visits[name] = entry.change_visit(visit, by=data_manager, version=visit.version, values=values)
    return world


def sign(world, name, investigator):
    return review.sign_visit(world.visits[name], by=investigator, proof=PROOF)


def test_the_signature_over_the_carrier_breaks_and_is_kept(cycles, investigator):
    signature = sign(cycles, "C2", investigator)
    cycles.withdraw("C1")
    assert cycles.state("C2") == DRAFT
    assert review.valid_signature(cycles.visits["C2"]) is None
    assert Signature.objects.get(pk=signature.pk).is_unaltered()
    with pytest.raises(Conflict, match="is a draft"):
        sign(cycles, "C2", investigator)


def test_the_flags_of_a_carrier_are_computed(world, monkeypatch, django_capture_on_commit_callbacks):
    """A draft can be late where the complete form was not; neither form moves a date."""
    two_primaries(world)
    subjects = []
    monkeypatch.setattr(flagging, "_run_committed", subjects.append)
    with django_capture_on_commit_callbacks(execute=True):
        world.withdraw("index")
    assert world.state("second") == DRAFT
    assert subjects == [world.made["second"].subject.pk]


def test_a_frozen_carrier_stays_and_gets_the_query_and_the_lock_waits_for_it(cycles, investigator, data_manager):
    signature = sign(cycles, "C2", investigator)
    locks.freeze(cycles.visits["C2"], by=data_manager, reason="Cleaned")
    cycles.withdraw("C1")
    assert cycles.state("C2") == COMPLETE
    assert review.valid_signature(cycles.visits["C2"]) == signature
    assert Query.objects.open().get().check_code == "SYSADM-GAP"
    assert Code.QUERIES_LEFT in {problem.code for problem in locks.obstacles_to_lock()}


def test_a_frozen_carrier_holds_its_signature_when_the_query_has_closed(cycles, investigator, data_manager):
    signature = sign(cycles, "C2", investigator)
    locks.freeze(cycles.visits["C2"], by=data_manager, reason="Cleaned")
    cycles.withdraw("C1")
    cycle(cycles, 1, date(2025, 1, 14))
    assert not Query.objects.open().exists()
    assert review.valid_signature(cycles.visits["C2"]) == signature
    locks.unfreeze(cycles.visits["C2"], by=data_manager, reason="Again")
    locks.freeze(cycles.visits["C2"], by=data_manager, reason="Cleaned")  # PostgreSQL says the same
    assert cycles.state("C2") == COMPLETE


def test_what_stayed_complete_while_frozen_is_set_back_once_it_is_open(cycles, investigator, data_manager):
    sign(cycles, "C2", investigator)
    locks.freeze(cycles.visits["C2"], by=data_manager, reason="Cleaned")
    cycles.withdraw("C1")
    locks.unfreeze(cycles.visits["C2"], by=data_manager, reason="To correct it")
    assert cycles.state("C2") == DRAFT
    assert Query.objects.open().count() == 1


def test_a_visit_with_an_open_automatic_query_is_not_signed(world, subject, investigator):
    consented_again(world)
    world.change("initial", signed_on=date(2025, 4, 1))
    visit = world.fresh("again").visit
    with pytest.raises(Refused, match="Close the query first"):
        review.sign_visit(visit, by=investigator, proof=PROOF)


@pytest.fixture
def asked(world):
    consented_again(world)
    world.change("initial", signed_on=date(2025, 4, 1))
    return Query.objects.select_related("visit__subject").get()


def test_a_monitor_closes_an_automatic_query_and_it_stays_closed_for_the_same_values(asked, world, monitor, data_manager):
    queries.act_on(asked, QueryState.ANSWERED, by=data_manager, text="The source says so")
    with pytest.raises(NotAllowed, match="closes by itself once the data are right"):
        queries.act_on(asked, QueryState.CLOSED, by=data_manager, text="It is so")
    queries.act_on(asked, QueryState.CLOSED, by=monitor, text="It is so")
    world.change("initial", future_research="N")
    assert asked.acts.last().state == QueryState.CLOSED
    world.change("initial", signed_on=date(2025, 4, 2))  # other values
    assert asked.acts.last().state == QueryState.REOPENED


def test_what_a_person_reopened_stays_open(asked, world, data_manager):
    world.change("initial", signed_on=date(2025, 1, 6))
    assert asked.acts.last().state == QueryState.CLOSED
    queries.act_on(asked, QueryState.REOPENED, by=data_manager, text="Which of both days?")
    world.change("initial", future_research="N")
    assert asked.acts.last().state == QueryState.REOPENED


def test_there_is_one_query_of_a_check_a_record_and_an_item(asked):
    with pytest.raises(IntegrityError, match="one_query_of_a_check"), transaction.atomic():
        Query.objects.create(visit=asked.visit, form=asked.form, record=asked.record, item=asked.item, check_code=asked.check_code)


def test_page_and_api_name_the_check(asked, browser, investigator):
    page = browser.get(reverse("record-review", args=[asked.form, asked.record]))
    assert "check ICF-ORDER" in page.content.decode()
    api = APIClient()
    api.force_authenticate(investigator)
    (listed,) = api.get("/api/v1/queries/").json()["results"]
    assert (listed["check"], listed["messages"][0]["by"]) == ("ICF-ORDER", "system:celery")


def test_a_sponsor_is_not_told_what_a_check_asks_about_the_birth(world, site, sponsor):
    """XC06 tells that consent was in the month of birth (crf_spec 7)."""
    world.enter("initial", Consent, signed_on=date(2025, 1, 6))
    world.enter("person", Demographics, birth_month="1957-05")
    world.change("initial", signed_on=date(2025, 5, 6))
    api = APIClient()
    api.force_authenticate(sponsor)
    (listed,) = api.get("/api/v1/queries/").json()["results"]
    assert (listed["form"], listed["item"], listed["check"]) == ("crf.demographics", "", None)
    assert not re.search(r"\b6[78]\b", json.dumps(listed["messages"]))


def test_only_a_monitor_closes_what_a_check_asks():
    assert roles_that_may(Act.CLOSE_AUTOMATIC_QUERY) == {Role.MONITOR}


# ── Two connections


@pytest.mark.parametrize("first", ["withdraw", "complete"])
def test_two_saves_of_the_two_sides_do_not_slip_through(transactional_db, world, first):
    """Cycle 1 is withdrawn while cycle 2, a draft, is completed: whoever comes second sees the first."""
    two_cycles(world)
    second = world.fresh("C2")
    entry.change(second, by=world.by, version=second.version, values={}, reason=REASON, complete=False)
    acts = {"withdraw": lambda: world.withdraw("C1"), "complete": lambda: world.complete("C2")}
    order = [acts.pop(first), *acts.values()]
    waiting = []
    with transaction.atomic():
        order[0]()
        thread = Thread(target=lambda: waiting.extend(in_parallel(order[1])))
        thread.start()
        thread.join(1)
        assert thread.is_alive()  # under the subject's lock
    thread.join()
    assert world.state("C2") == DRAFT
    assert [str(refusal) for refusal in waiting] == (["Cycle 1 is not entered yet."] if first == "withdraw" else [])
