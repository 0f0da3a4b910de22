"""Lists: pages that stay in place, and as many queries for twenty records as for two."""

from urllib.parse import parse_qs, urlsplit

import pytest
from crf.models import Lesion, ResponseAssessment
from django.db import connection
from django.test.utils import CaptureQueriesContext
from followup.models import Flag
from tests.conftest import PROOF, SCREENED
from tests.examples import complete
from trial.audit.acting import acting
from trial.models import Record

from trial.actions import enrolment, entry, review

from .test_history import walked

HELD = {"held_on": SCREENED, "status": "DONE", "mode": "PHONE", "unscheduled_reason": "Fever"}
PATHS = ("sites/", "subjects/", "visits/", "signatures/", "allocations/", "responses/", "flags/", "history/")


def fill(site, by, signer, number):
    """So many subjects, each with a record of every form, a flag and a signature."""
    for _ in range(number):
        subject = enrolment.enrol(site=site, by=by, screened_on=SCREENED)
        with acting(by=by, reason="TRANSCRIPTION"):
            for form in Record.forms():
                complete(form, subject)
        visit = enrolment.unscheduled_visit(subject=subject, by=by)
        visit = entry.change_visit(visit, by=by, version=1, values=HELD)
        review.sign_visit(visit, by=signer, proof=PROOF)
        Flag.objects.create(
            subject=subject, visit=visit, kind="VISIT_OVERDUE", anchor="SCR", due_on=SCREENED, state="OVERDUE", severity="NOTICE",
            opened_on=SCREENED, last_seen_on=SCREENED,
        )  # fmt: skip


def queries(person, path):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        rows = person.results(path, page_size=1000)
    return len(seen), len(rows)


def test_a_list_asks_as_few_questions_for_many_as_for_two(site, data_manager, investigator, as_sponsor, commit):
    paths = [*PATHS, *(f"forms/{form._meta.model_name}/" for form in Record.forms())]
    fill(site, data_manager, investigator, 2)
    commit()
    few = {path: queries(as_sponsor, path) for path in paths}
    fill(site, data_manager, investigator, 8)
    commit()
    many = {path: queries(as_sponsor, path) for path in paths}
    assert {path: number for path, (number, _) in many.items()} == {path: number for path, (number, _) in few.items()}
    grown = [path for path in paths if many[path][1] > few[path][1]]
    assert set(paths) - set(grown) == {"sites/"}
    assert max(number for number, _ in many.values()) < 20


def cursor_of(link):
    return parse_qs(urlsplit(link).query)["cursor"][0]


@pytest.fixture
def five(site, data_manager):
    return [enrolment.enrol(site=site, by=data_manager, screened_on=SCREENED).code for _ in range(5)]


@pytest.mark.proves("D02")
@pytest.mark.parametrize("page_size", [1, 2, 5, 6])
def test_pages_together_hold_everything_once(five, as_sponsor, page_size):
    assert [one["code"] for one in walked(as_sponsor, "subjects/", page_size=page_size)] == five


@pytest.mark.proves("D02")
def test_what_is_entered_meanwhile_moves_nothing_to_another_page(five, site, data_manager, as_sponsor):
    first = as_sponsor.get("subjects/", page_size=2).json()
    enrolment.enrol(site=site, by=data_manager, screened_on=SCREENED)
    rest = list(walked(as_sponsor, "subjects/", page_size=2, cursor=cursor_of(first["next"])))
    assert [one["code"] for one in first["results"] + rest] == [*five, "01-006"]


def test_the_link_to_the_next_page_keeps_the_filters(five, as_sponsor):
    assert "site=01" in as_sponsor.get("subjects/", page_size=2, site="01").json()["next"]


def test_a_response_in_a_list_reads_as_it_does_on_its_own(subject, data_manager, as_sponsor):
    """The list derives all responses together; one by one they derive themselves."""
    with acting(by=data_manager):
        complete(Lesion, subject)
        record = complete(ResponseAssessment, subject)
    (listed,) = as_sponsor.results("responses/")
    assert listed == as_sponsor.get(f"responses/{record.pk}/").json()
    derived = as_sponsor.get(f"forms/responseassessment/{record.pk}/").json()["derived"]
    assert {name: listed[name] for name in derived} == derived
    assert listed["investigator_overall"] == "SD"
    assert listed["sum_mm"] == "20.0"


LISTS = [
    *(path for path in PATHS if path != "history/"),
    "queries/",
    "verifications/",
    *(f"forms/{f._meta.model_name}/" for f in Record.forms()),
]


@pytest.mark.proves("D02")
@pytest.mark.parametrize("path", LISTS)
def test_no_list_offers_to_tell_what_is_new(subject, as_sponsor, path):
    """Keys are given before commit (design decision 12): a list has no `after`, and names no key to go on from."""
    assert set(as_sponsor.get(path).json()) == {"next", "results"}
    answer = as_sponsor.get(path, after=1)
    assert (answer.status_code, answer.json()["code"]) == (400, "filter_unknown")


@pytest.mark.parametrize("cursor", ["1", "a2V5Og==", "a2V5OngK", "é", "", "-"])
def test_a_cursor_that_is_none_is_refused(subject, as_sponsor, cursor):
    answer = as_sponsor.get("subjects/", cursor=cursor)
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_unreadable")
