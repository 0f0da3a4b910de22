"""What no person types is refused in words, and is no error of the program: found by trying, each kept here."""

import time
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from crf.models import PrimaryTumor, VitalSigns
from tests.api.conftest import caller
from tests.examples import EXAMPLES, complete
from trial.acting import acting
from trial.fields import without_identifiers

NUL, DIGITS, LONG = "a\0b", "9" * 5000, "x" * 80_000


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
    assert ("application/json" in answer["Content-Type"]) is way.startswith("/api/")


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


@pytest.mark.proves("D03")
class TestTheApiTakesWhatItSays:
    @pytest.fixture
    def program(self, data_manager):
        return caller(data_manager)

    @pytest.mark.parametrize(
        ("form", "item", "value"),
        [
            ("vitalsigns", "pulse", "7_1"), ("vitalsigns", "pulse", "٧١"), ("vitalsigns", "pulse", " 71 "), ("vitalsigns", "pulse", "71.0"),
            ("vitalsigns", "pulse", 71.5), ("vitalsigns", "weight_kg", "7_0"), ("vitalsigns", "weight_kg", "٧٠"),
            ("vitalsigns", "weight_kg", "NaN"), ("vitalsigns", "weight_kg", "1" * 400), ("vitalsigns", "measured_on", "20250108"),
            ("vitalsigns", "measured_on", "2025-W02-3"), ("vitalsigns", "measured_on", "٢٠٢٥-٠١-٠٨"),
            ("laboratorypanel", "sampled_at_time", "1" * 400), ("laboratorypanel", "sampled_at_time", "0830"),
        ],
    )  # fmt: skip
    def test_and_nothing_that_only_resembles_it(self, visit, program, form, item, value):
        answer = program.post(f"forms/{form}/", {"visit": visit.pk, "complete": False, "items": {item: value}})
        assert answer.status_code == 400, answer.json()
        assert item in answer.json()["detail"]

    @pytest.mark.parametrize("key", ["1_0", "٣", " 1", True, 1.0, "9" * 50])
    def test_nor_a_key_that_is_none(self, signs, monitor, key):
        sent = {"form": "crf.vitalsigns", "record": key, "version": 1}
        assert caller(monitor).post("verifications/", sent).status_code == 400

    @pytest.mark.parametrize("day", ["2023-02-30", "2025-04-31", "2025-02-29"])
    def test_nor_a_day_that_no_calendar_has(self, visit, program, day):
        values = {name: value for name, value in EXAMPLES["crf.primarytumor"].values.items() if isinstance(value, str)}
        answer = program.post("forms/primarytumor/", {"visit": visit.pk, "complete": False, "items": values | {"diagnosed_on": day}})
        assert (answer.status_code, PrimaryTumor.objects.exists()) == (422, False)
        assert "no such day" in answer.json()["detail"]

    def test_history_of_a_visit(self, signs, program):
        told = program.results("history/", visit=signs.visit_id)
        assert {change["visit"] for change in told} == {signs.visit.code}
        assert program.results("history/", visit=999_999) == []
