"""What no person types is refused in words, and is no error of the program: found by trying, each kept here."""

import time
from contextlib import suppress

import pytest
from crf.models import Demographics, LaboratoryPanel, PrimaryTumor, VitalSigns
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import get_resolver, reverse
from django.utils import timezone
from rest_framework import serializers
from tests.api.conftest import caller
from tests.conftest import PASSWORD, SCREENED, give_role, member
from tests.examples import EXAMPLES, complete
from tests.pages import filled_in
from trial.access import Role
from trial.api.base import Strict
from trial.audit.acting import acting
from trial.fields import without_identifiers
from trial.refusals import Refused

from trial.actions import enrolment, papers, queries, redaction

NUL, DIGITS, LONG = "a\0b", "9" * 5000, "x" * 80_000


def every(kind):
    return {one for direct in kind.__subclasses__() for one in (direct, *every(direct))}


@pytest.fixture
def signs(subject, data_manager, commit):
    with acting(by=data_manager):
        made = complete(VitalSigns, subject)
    commit()
    return made


@pytest.fixture
def browser(client, monitor):
    client.force_login(monitor)
    client.raise_request_exception = True
    return client


@pytest.fixture
def pages(signs, visit):
    code = signs.visit.subject.code
    return {
        "review": f"/review/crf.vitalsigns/{signs.pk}/",
        "subject": reverse("casebook", args=[code]),
        "history": reverse("history"),
        "lock": reverse("lock"),
        "change": f"/admin/crf/vitalsigns/{signs.pk}/change/",
        "visits": "/admin/trial/visit/",
    }


@pytest.mark.parametrize(
    "way",
    [
        "/subjects/%00/",
        "/subjects/01-001/?a=%00",
        "/admin/trial/visit/?code=%00",
        "/history/?subject=%00",
        "/api/v1/history/?by=%00",
    ],
)
def test_an_address_with_a_nul_is_not_readable(browser, signs, way):
    answer = browser.get(way)
    assert answer.status_code == 400
    assert (answer["Content-Type"] == "application/problem+json") is way.startswith("/api/")


@pytest.mark.parametrize(
    ("page", "sent"),
    [
        ("review", {"act": "raise", "text": NUL}),
        ("review", {"act": "raise", "text": "Why?", "item": NUL}),
        ("history", {"recipient": NUL, "country": "CN", "legal_basis": "Consent"}),
        ("lock", {"reason": NUL}),
        ("change", {"reason": NUL}),
    ],
)
def test_a_form_with_a_nul_is_not_readable(browser, pages, page, sent):
    assert browser.post(pages[page], sent).status_code == 400


@pytest.mark.parametrize("version", [DIGITS, "٣", "1_0", "-1", ""])
def test_a_version_that_is_no_number_is_a_refusal(browser, pages, version):
    assert browser.post(pages["review"], {"act": "verify", "version": version}).status_code in (200, 302, 409, 422)
    assert browser.get(f"/admin/crf/vitalsigns/add/?visit={version}").status_code in (200, 302, 403)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "10000-01-01", "2025-02-30"])
@pytest.mark.parametrize("end", ["first_day", "last_day"])
def test_a_day_at_the_edge_of_the_calendar_is_a_refusal(browser, pages, end, day):
    assert browser.get(pages["history"], {end: day}).status_code == 422


@pytest.mark.parametrize(
    "lookup", ["held_on__year=-1", "held_on__year=" + "9" * 30, "subject__site__name__regex=(", "status__in=1", "version__gt=x"]
)
def test_a_list_takes_its_own_filters_only(browser, pages, lookup):
    assert browser.get(f"{pages['visits']}?{lookup}").status_code in (302, 400)


def test_its_own_filters_work(browser, pages, site):
    assert browser.get(pages["visits"], {"status__exact": "DONE"}).status_code == 200
    assert browser.get(pages["visits"], {"subject__site__id__exact": site.pk}).status_code == 200


@pytest.mark.proves("A02")
@pytest.mark.parametrize("page", ["trial/visit", "trial/subject", "crf/vitalsigns"])
def test_a_list_names_no_site_that_the_person_does_not_see(client, visit, data_manager, other_site, page):
    there = enrolment.enrol(site=other_site, by=member("dora", Role.DATA_MANAGER, other_site), screened_on=SCREENED)
    with acting(by=data_manager):
        for subject in (visit.subject, there):
            complete(VitalSigns, subject)
    client.force_login(data_manager)
    listed = client.get(f"/admin/{page}/")
    assert listed.status_code == 200
    assert str(other_site) not in listed.content.decode()
    give_role(data_manager, Role.DATA_MANAGER, other_site)
    both = client.get(f"/admin/{page}/").content.decode()
    assert str(visit.subject.site) in both
    assert str(other_site) in both


def test_a_long_text_is_refused_at_once(browser, pages):
    began = time.process_time()
    answer = browser.post(pages["review"], {"act": "raise", "text": LONG})
    assert "longer than" in answer.content.decode()
    assert time.process_time() - began < 2


@pytest.mark.parametrize("text", ["x" * 200_000, "a." * 100_000, "a@" * 100_000, "1" * 200_000, "a-@b." * 40_000])
def test_looking_for_identifiers_takes_no_longer_than_the_text_is_long(text):
    began = time.process_time()
    with suppress(ValidationError):  # one of them is an address, up to a point
        without_identifiers(text)
    assert time.process_time() - began < 2


@pytest.mark.parametrize("length", [150, 151, 255, 256, 5000])
def test_a_name_that_no_account_can_have_does_not_log_in(client, db, length):
    answer = client.post("/admin/login/", {"username": "x" * length, "password": PASSWORD})
    assert answer.status_code == 200
    assert ("150 characters at most" in answer.content.decode()) is (length > 150)


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "hex", "idna", "latin-1", "x" * 50])
@pytest.mark.parametrize("way", ["/admin/login/", "/history/", "/api/v1/token/"])
def test_another_character_set_is_not_readable(client, db, way, charset):
    sent = f"application/x-www-form-urlencoded; charset={charset}"
    assert client.generic("POST", way, b"username=a", content_type=sent).status_code == 400


def test_a_hundred_thousand_rows_are_refused_at_once(client, subject, data_manager, commit):
    with acting(by=data_manager):
        panel = complete(LaboratoryPanel, subject)
    commit()
    client.force_login(data_manager)
    url = f"/admin/crf/laboratorypanel/{panel.pk}/change/"
    sent = filled_in(client.get(url), reason="TRANSCRIPTION") | {"results-TOTAL_FORMS": "100000"}
    began = time.process_time()
    answer = client.post(url, sent)
    assert "at most" in answer.content.decode()
    assert time.process_time() - began < 10


@pytest.mark.proves("A02", "C02")
@pytest.mark.parametrize(
    "lookup", ["birth_month__startswith=19", "birth_month=1960-07", "birth_month__gt=1900", "id__exact=1&birth_month__contains=1"]
)
def test_the_sponsor_guesses_no_birth_month_by_the_filters_of_a_list(client, subject, data_manager, sponsor, commit, lookup):
    with acting(by=data_manager):
        complete(Demographics, subject)
    commit()
    client.force_login(sponsor)
    assert client.get("/admin/crf/demographics/").status_code == 200
    assert client.get(f"/admin/crf/demographics/?{lookup}").status_code in (302, 400)


@pytest.mark.proves("R08")
@pytest.mark.parametrize("sign", ["\u2800", "\u3164", "\u034f", "\U000e0020", "\u115f", "\uffa0", "\ufe0f", "\u17b5", "\u200b"])
def test_a_reason_that_nobody_sees_is_none(signs, data_manager, commit, sign):
    """In the API and in PostgreSQL alike."""
    answer = caller(data_manager).patch(
        f"forms/vitalsigns/{signs.pk}/", {"version": signs.version, "reason": f"OTHER: {sign}{sign}", "items": {"pulse": 72}}
    )
    assert answer.status_code == 422
    refused = pytest.raises(IntegrityError, match="Say why")
    with acting(by=data_manager, reason=f"OTHER: {sign}"), refused, transaction.atomic():
        VitalSigns.objects.filter(pk=signs.pk).update(pulse=72)


@pytest.mark.parametrize("sign", ["\u2800", "\u3164", "\u034f", "\u200b", " "])
def test_an_act_is_not_explained_by_what_nobody_sees(signs, monitor, data_manager, sign):
    with pytest.raises(Refused, match=r"Say .*why"):
        queries.raise_query(signs, by=monitor, text=sign * 3)
    with pytest.raises(Refused, match=r"Say .*why"):
        papers.mark([signs], by=data_manager, written_at=timezone.now(), reason=sign * 3)
    with pytest.raises(Refused, match="Say in 20 characters"):
        redaction.ask(signs, item="pulse", by=data_manager, justification=sign * 30)


@pytest.mark.proves("D03")
class TestTheApiTakesWhatItSays:
    @pytest.fixture
    def program(self, data_manager):
        return caller(data_manager)

    @pytest.mark.parametrize(
        ("form", "item", "value", "status"),
        [
            ("vitalsigns", "pulse", "7_1", 422), ("vitalsigns", "pulse", "٧١", 422), ("vitalsigns", "pulse", " 71 ", 400),
            ("vitalsigns", "pulse", "71.0", 422), ("vitalsigns", "pulse", 71.5, 400), ("vitalsigns", "weight_kg", "7_0", 422),
            ("vitalsigns", "weight_kg", "٧٠", 422), ("vitalsigns", "weight_kg", "NaN", 422), ("vitalsigns", "weight_kg", "1" * 400, 422),
            ("vitalsigns", "measured_on", "2025-W02-3", 422), ("vitalsigns", "measured_on", "٢٠٢٥-٠١-٠٨", 422),
            ("laboratorypanel", "sampled_at_time", "1" * 400, 400), ("laboratorypanel", "sampled_at_time", "0830", 400),
        ],
    )  # fmt: skip
    def test_and_nothing_that_only_resembles_it(self, visit, program, form, item, value, status):
        answer = program.post(f"forms/{form}/", {"visit": visit.pk, "complete": False, "items": {item: value}})
        assert answer.status_code == status, answer.json()
        assert [problem["item"] for problem in answer.json()["problems"]] == [item]

    def test_nor_does_any_address_take_such_a_key(self):
        """Whatever is added: what the API reads has whole numbers of this kind only."""
        assert get_resolver().url_patterns  # which loads them all
        reads = [one for one in every(Strict) for field in one._declared_fields.values() if type(field) is serializers.IntegerField]
        assert (reads, len(every(Strict)) > 10) == ([], True)

    @pytest.mark.parametrize("key", ["1_0", "٣", " 1", True, 1.0, "9" * 50])
    def test_nor_a_key_that_is_none(self, signs, monitor, key):
        sent = {"form": "crf.vitalsigns", "record": key, "versions_sha256": "0"}
        assert caller(monitor).post("verifications/", sent).status_code == 400

    @pytest.mark.parametrize("day", ["2023-02-30", "2025-04-31", "2025-02-29"])
    def test_nor_a_day_that_no_calendar_has(self, visit, program, day):
        values = {name: value for name, value in EXAMPLES["crf.primarytumor"].values.items() if isinstance(value, str)}
        answer = program.post("forms/primarytumor/", {"visit": visit.pk, "complete": False, "items": values | {"diagnosed_on": day}})
        assert (answer.status_code, PrimaryTumor.objects.exists()) == (422, False)
        assert "no such date" in answer.json()["detail"]

    @pytest.mark.parametrize(
        ("form", "item", "value"),
        [
            ("laboratorypanel", "sampled_at_time", "08:30:45"), ("laboratorypanel", "specimen", " S-1"),
            ("laboratorypanel", "specimen", "S\n1"),
            ("radiotherapycourse", "immobilization", "mask\nand cushion"), ("radiotherapycourse", "immobilization", "mask "),
        ],
    )  # fmt: skip
    def test_nor_what_a_page_would_change_when_it_is_saved(self, visit, program, form, item, value):
        answer = program.post(f"forms/{form}/", {"visit": visit.pk, "complete": False, "items": {item: value}})
        assert (answer.status_code, [problem["item"] for problem in answer.json()["problems"]]) == (400, [item]), answer.json()

    @pytest.mark.parametrize(
        "sent",
        [
            '{"visit": %d, "visit": 1, "items": {}}', '{"visit": %d, "complete": false, "items": {"pulse": 71, "pulse": 72}}',
            '{"visit": %d, "complete": false, "items": {"weight_kg": 70.10000000000000001}}',
            '{"visit": %d, "complete": false, "items": {"weight_kg": 1e400}}',
            '{"visit": %d, "items": {"weight_kg": 1e99999999999999999999}}',
        ],
    )  # fmt: skip
    def test_nor_json_that_can_be_read_in_two_ways(self, visit, program, sent):
        answer = program.post("forms/vitalsigns/", sent % visit.pk)
        assert (answer.status_code, VitalSigns.objects.exists()) == (400, False), answer.json()

    def test_history_of_a_visit(self, signs, program):
        told = program.results("history/", visit=signs.visit_id)
        assert {change["visit"] for change in told} == {signs.visit.code}
        assert program.results("history/", visit=999_999) == []
