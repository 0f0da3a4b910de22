"""Two people save the same form: the second sees both values and chooses; nothing is overwritten silently, on page and API."""

import re
from decimal import Decimal
from typing import ClassVar

import pytest
from crf.models import Demographics, LaboratoryPanel, LaboratoryResult, VitalSigns
from django.db import transaction
from django.test import Client
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from rest_framework.test import APIClient
from tests.examples import complete
from tests.pages import errors, filled_in, forms_of
from trial.audit.acting import acting
from trial.models import Verification

from trial.actions import entry

REASON = {"reason": "TRANSCRIPTION", "reason_words": "misread"}
ITEMS = ("weight_kg", "height_cm")
WHO = st.sampled_from(["dan", "ida"])
ITEM, VALUE = st.sampled_from(ITEMS), st.integers(120, 140)


@pytest.fixture
def record(subject, data_manager):
    with acting(by=data_manager):
        return complete(VitalSigns, subject)


@pytest.fixture
def url(record):
    return f"/admin/crf/vitalsigns/{record.pk}/change/"


@pytest.fixture
def stale(browser, url, data_manager):
    """The page as it answers the second person, who typed a weight of 71 where 72 is stored by then."""
    page = browser.get(url)
    with acting(by=data_manager, reason="Weighed again"):
        VitalSigns.objects.update(weight_kg=72)
    return browser.post(url, filled_in(page, weight_kg=71, **REASON))


def chosen(page, **choices):
    """The page sent back, with the choices made on it."""
    form = page.context["adminform"].form
    sent = filled_in(page, **REASON)
    markers = {"differs": [one.item for one in form.differences]}
    return sent | markers | {f"choice__{item}": choice for item, choice in choices.items()}


def test_page_shows_both_values_side_by_side(stale):
    (one,) = stale.context["adminform"].form.differences
    assert (one.label, one.mine, one.stored) == ("Weight", "71.0", "72.0")
    assert 'name="choice__weight_kg" value="stored" required' in stale.content.decode()


@pytest.mark.parametrize(("choice", "weight"), [("mine", 71), ("stored", 72)])
def test_what_is_chosen_stands(stale, browser, url, choice, weight):
    assert browser.post(url, chosen(stale, weight_kg=choice)).status_code == 302
    assert VitalSigns.objects.get().weight_kg == weight


def test_without_a_choice_nothing_is_stored_and_the_page_asks_again(stale, browser, url):
    answer = browser.post(url, chosen(stale))
    assert "choose which value to keep" in errors(answer)
    assert VitalSigns.objects.get().weight_kg == 72
    assert [one.item for one in answer.context["adminform"].form.differences] == ["weight_kg"]


def test_what_only_the_other_changed_is_asked_for_too(browser, url, data_manager):
    page = browser.get(url)
    with acting(by=data_manager, reason="Weighed again"):
        VitalSigns.objects.update(weight_kg=72, height_cm=181)
    answer = browser.post(url, filled_in(page, weight_kg=71, **REASON))
    assert {one.item for one in answer.context["adminform"].form.differences} == {"weight_kg", "height_cm"}
    assert browser.post(url, chosen(answer, weight_kg="mine", height_cm="stored")).status_code == 302
    assert (VitalSigns.objects.get().weight_kg, VitalSigns.objects.get().height_cm) == (71, 181)


def test_a_stored_zero_is_shown_as_a_value(browser, subject, data_manager):
    with acting(by=data_manager):
        url = f"/admin/crf/demographics/{complete(Demographics, subject).pk}/change/"
    page = browser.get(url)
    with acting(by=data_manager, reason="Typed without looking"):
        Demographics.objects.update(age_confirmed=0)
    answer = browser.post(url, filled_in(page, age_confirmed=50, **REASON))
    (one,) = answer.context["adminform"].form.differences
    assert (one.mine, one.stored) == ("50", "0")


def test_third_change_between_the_pages_asks_again(stale, browser, url, data_manager):
    with acting(by=data_manager, reason="Weighed again"):
        VitalSigns.objects.update(weight_kg=73)
    answer = browser.post(url, chosen(stale, weight_kg="mine"))
    (one,) = answer.context["adminform"].form.differences
    assert (one.mine, one.stored) == ("71.0", "73.0")
    assert VitalSigns.objects.get().weight_kg == 73


def test_api_answers_with_both_values(record, data_manager, investigator):
    with acting(by=data_manager, reason="Weighed again"):
        VitalSigns.objects.update(weight_kg=72)
    api = APIClient()
    api.force_authenticate(investigator)
    sent = {"version": record.version, "items": {"weight_kg": "71", "height_cm": str(record.height_cm)}, "reason": "TRANSCRIPTION"}
    answer = api.patch(f"/api/v1/forms/vitalsigns/{record.pk}/", sent, format="json")
    now = VitalSigns.objects.get()
    assert answer.status_code == 409
    assert answer.data["both"] == {"id": now.pk, "version": now.version, "items": {"weight_kg": {"yours": "71.0", "stored": "72.0"}}}
    assert now.weight_kg == 72
    assert api.patch(f"/api/v1/forms/vitalsigns/{record.pk}/", sent | {"version": now.version}, format="json").status_code == 200
    assert VitalSigns.objects.get().weight_kg == 71


def test_api_tells_who_comes_second_to_an_empty_form_both_values_and_where_they_stand(record, investigator):
    api = APIClient()
    api.force_authenticate(investigator)
    sent = {"visit": record.visit_id, "items": {"weight_kg": "71", "height_cm": str(record.height_cm)}, "complete": False}
    answer = api.post("/api/v1/forms/vitalsigns/", sent, format="json")
    assert (answer.status_code, answer.data["detail"]) == (409, "This visit already has its vital signs and ECOG. Open the existing form.")
    assert answer.data["both"] == {"id": record.pk, "version": record.version, "items": {"weight_kg": {"yours": "71.0", "stored": "70.0"}}}
    assert VitalSigns.objects.count() == 1


def machine_of(record, people):
    """Reads and saves of two people, by page and by API, in any order; a model in Python knows what must stand."""
    url, address = f"/admin/crf/vitalsigns/{record.pk}/change/", f"/api/v1/forms/vitalsigns/{record.pk}/"

    class TwoPeople(RuleBasedStateMachine):
        met: ClassVar = set()

        def __init__(self):
            super().__init__()
            self.savepoint = transaction.savepoint()
            self.stands = {item: getattr(record, item) for item in ITEMS}
            self.pages, self.versions = {}, {}
            self.version = record.version

        def teardown(self):
            transaction.savepoint_rollback(self.savepoint)

        @initialize()
        def both_begin_with_the_same(self):
            for who in people:
                self.open_page(who)
                self.read_api(who)

        @rule(who=WHO)
        def open_page(self, who):
            browser = Client()
            browser.force_login(people[who])
            self.pages[who] = (self.version, browser, browser.get(url))

        @rule(who=WHO)
        def read_api(self, who):
            self.versions[who] = self.version

        @rule(who=WHO, item=ITEM, value=VALUE, choice=st.sampled_from(["mine", "stored"]))
        def save_page(self, who, item, value, choice):
            if who not in self.pages:
                self.open_page(who)
            seen, browser, page = self.pages.pop(who)
            answer = browser.post(url, filled_in(page, **{item: value}, **REASON))
            self.met.add(("page", seen == self.version))
            if seen == self.version:
                assert answer.status_code == 302
                self.stored(item, value)
                return
            assert answer.status_code == 200
            self.nothing_is_overwritten()
            differ = {one.item for one in answer.context["adminform"].form.differences}
            assert (item in differ) == (self.stands[item] != value)
            assert browser.post(url, chosen(answer, **dict.fromkeys(differ, choice))).status_code == 302
            kept = {one: Decimal(page.context["adminform"].form[one].value()) for one in differ} | {item: Decimal(value)}
            for one in differ if choice == "mine" else ():
                self.stands[one] = kept[one]
            self.version = VitalSigns.objects.get(pk=record.pk).version

        @rule(who=WHO, item=ITEM, value=VALUE)
        def save_api(self, who, item, value):
            if who not in self.versions:
                self.read_api(who)
            api, seen = APIClient(), self.versions.pop(who)
            api.force_authenticate(people[who])
            sent = {"version": seen, "items": {item: str(value)}, "reason": "TRANSCRIPTION"}
            answer = api.patch(address, sent, format="json")
            self.met.add(("API", seen == self.version))
            if seen == self.version:
                assert answer.status_code == 200
                self.stored(item, value)
            else:
                assert answer.status_code == 409
                assert (item in answer.data["both"]["items"]) == (self.stands[item] != value)

        def stored(self, item, value):
            self.version += self.stands[item] != value
            self.stands[item] = Decimal(value)

        @invariant()
        def nothing_is_overwritten(self):
            now = VitalSigns.objects.get(pk=record.pk)
            assert {item: getattr(now, item) for item in ITEMS} == self.stands
            assert now.version == self.version

    return TwoPeople


@pytest.mark.parametrize("part", [1, 2])  # of the interleavings that are tried, so that each is short
def test_no_interleaving_of_two_people_overwrites_silently(part, record, data_manager, investigator):
    machine = machine_of(record, {"dan": data_manager, "ida": investigator})
    run_state_machine_as_test(machine, settings=settings(max_examples=8, stateful_step_count=12, deadline=None))
    ways = {("page", True), ("page", False), ("API", True), ("API", False)}
    assert machine.met == ways  # each save asserts for itself, above; here, that some were in time and some too late, both ways


class TestRows:
    """Two people at the rows of one record: a laboratory panel with its results."""

    NEW: ClassVar = {"test": "UREAN", "result": "5.1", "unit": "mmol/L", "significant": ""}

    @pytest.fixture
    def panel(self, subject, data_manager):
        with acting(by=data_manager):
            complete(LaboratoryPanel, subject)
        return LaboratoryPanel.objects.get()

    @pytest.fixture
    def panel_url(self, panel):
        return f"/admin/crf/laboratorypanel/{panel.pk}/change/"

    @staticmethod
    def empty_row(page):
        rows = [form for form in forms_of(page) if isinstance(getattr(form, "instance", None), LaboratoryResult)]
        return next(form.prefix for form in rows if not form.instance.pk)

    def test_a_row_that_the_other_added_meanwhile_counts_when_the_form_is_completed(self, panel, panel_url, browser, data_manager):
        page = browser.get(panel_url)
        entry.change(
            panel, by=data_manager, version=panel.version, values={}, rows={LaboratoryResult: [self.NEW]}, reason="LATE_INFORMATION"
        )
        typed = {f"{self.empty_row(page)}-{item}": value for item, value in (self.NEW | {"result": "6.9"}).items()}
        answer = browser.post(panel_url, filled_in(page, **typed, **REASON))
        assert "Entered twice: UREAN" in str(errors(answer))
        assert LaboratoryResult.objects.get(test="UREAN").result == "5.1"
        assert LaboratoryPanel.objects.get().obstacles() == []

    def test_a_draft_row_that_the_other_added_meanwhile_keeps_the_form_from_being_complete(self, panel, panel_url, browser, data_manager):
        entry.change(panel, by=data_manager, version=panel.version, values={}, complete=False, reason="LATE_INFORMATION")
        draft = LaboratoryPanel.objects.get()
        page = browser.get(panel_url)
        entry.change(
            draft, by=data_manager, version=draft.version, values={}, rows={LaboratoryResult: [self.NEW | {"result": "", "unit": ""}]}
        )
        answer = browser.post(panel_url, filled_in(page, **REASON))
        assert "“Result” is not answered" in str(errors(answer))
        assert LaboratoryPanel.objects.get().state == "DRAFT"

    def changed_by_another(self, panel, data_manager, what):
        row = panel.rows(LaboratoryResult)[0]
        if what == "a row withdrawn":
            entry.withdraw_row(row, by=data_manager, version=row.version, reason="ENTRY_ERROR", complete=False)
            return
        rows = {
            "the record": [],
            "a row": [{"id": row.pk, "version": row.version, "significant": "Y" if row.significant != "Y" else "N"}],
            "a row added": [self.NEW],
        }[what]
        values = {"specimen": "S-2"} if what == "the record" else {}
        entry.change(panel, by=data_manager, version=panel.version, values=values, rows={LaboratoryResult: rows}, reason="LATE_INFORMATION")

    @pytest.mark.parametrize("what", ["the record", "a row", "a row added", "a row withdrawn"])
    def test_what_the_other_changed_meanwhile_is_not_taken_back(self, panel, panel_url, browser, data_manager, what):
        """The page of withdrawal sends what it was about, rows included."""
        address = panel_url.replace("change", "withdraw")
        shown = read_in(browser.get(address))
        self.changed_by_another(panel, data_manager, what)
        answer = browser.post(address, REASON | shown)
        assert (answer.status_code, LaboratoryPanel.objects.get().withdrawn_at) == (409, None)
        assert "changed this entry in the meantime" in answer.content.decode()
        assert shown_in(answer) == shown_in(browser.get(address)), "as it stands now"
        assert browser.post(address, REASON | read_in(answer)).status_code == 302
        assert LaboratoryPanel.objects.get().withdrawn_at

    @pytest.mark.parametrize("what", ["the record", "a row", "a row added"])
    def test_what_the_other_changed_meanwhile_is_not_verified(self, panel, client, data_manager, monitor, what):
        """The monitor has compared what the page showed with the source, not what stands by now."""
        client.force_login(monitor)
        address = f"/review/crf.laboratorypanel/{panel.pk}/"
        shown = read_in(client.get(address))
        self.changed_by_another(panel, data_manager, what)
        answer = client.post(address, {"act": "verify"} | shown)
        assert (answer.status_code, Verification.objects.count()) == (409, 0)
        assert client.post(address, {"act": "verify"} | read_in(answer)).status_code == 302


def shown_in(page):
    part = page.context["part"]
    return part.items, part.tables


def read_in(page):
    """What a page sends back of what it showed."""
    return dict([re.search(r'name="(versions_sha256)" value="(\w+)"', page.content.decode()).groups()])
