"""The entry screen: what it asks, what it keeps of what was typed, and what it says when it refuses."""

from datetime import date
from decimal import Decimal

import pytest
from crf.models import Administration, Cycle, Demographics, LaboratoryPanel, LaboratoryResult, ResponseAssessment, VitalSigns
from crf.models.response import NonTargetFinding, TargetMeasurement
from tests.conftest import SCREENED
from tests.examples import EXAMPLES, RESULTS, complete, lesion_of, visit_for
from tests.pages import errors, filled_in
from trial.audit.acting import acting
from trial.models import Ledger, Visit

from trial.actions import enrolment

SIGNS = EXAMPLES["crf.vitalsigns"].values
REASON = {"reason": "TRANSCRIPTION", "reason_words": "misread"}


@pytest.fixture
def add(browser, visit):
    """The empty page of a form for a visit, and a way to send it."""

    def add(form, at=visit, **changes):
        url = f"/admin/crf/{form._meta.model_name}/add/"
        page = browser.get(url, {"visit": at.pk})
        return browser.post(url, filled_in(page, **changes)) if changes else page

    return add


@pytest.fixture
def cycle(subject, data_manager):
    with acting(by=data_manager):
        return complete(Cycle, subject)


@pytest.fixture
def url(cycle):
    return f"/admin/crf/cycle/{cycle.pk}/change/"


def prefix_of(page, group):
    return next(found.formset.prefix for found in page.context["inline_admin_formsets"] if found.formset.model is group)


class TestEmptyPage:
    def test_shows_the_forms_sections(self, add):
        page = add(VitalSigns)
        assert [title for title, _ in page.context["adminform"].fieldsets] == [None, "Body", "Vital signs", "Performance status"]
        assert "kg" in page.content.decode()

    def test_asks_for_no_reason(self, add):
        names = {name for _, section in add(VitalSigns).context["adminform"].fieldsets for name in section["fields"]}
        assert "reason" not in names

    def test_offers_no_visit_of_another_site(self, browser, other_site, visit, stranger):
        theirs = visit_of_another_site(other_site, stranger)
        assert browser.get("/admin/crf/vitalsigns/add/", {"visit": theirs.pk}).context["page_visit"] is None
        page = browser.get("/admin/crf/vitalsigns/add/", {"visit": visit.pk})
        answer = browser.post("/admin/crf/vitalsigns/add/", filled_in(page, **SIGNS, visit=theirs.pk))
        assert "Select a valid choice" in errors(answer)
        assert not VitalSigns.objects.exists()

    def test_of_a_form_with_rows_offers_none_either(self, browser, other_site, visit, stranger):
        page = browser.get("/admin/crf/laboratorypanel/add/", {"visit": visit.pk})
        sent = filled_in(page, visit=visit_of_another_site(other_site, stranger).pk, **{"results-0-result": "128"})
        assert "Select a valid choice" in errors(browser.post("/admin/crf/laboratorypanel/add/", sent))


def visit_of_another_site(site, by):
    return Visit.objects.get(subject=enrolment.enrol(site=site, by=by, screened_on=SCREENED), code="SCR")


class TestButtons:
    def test_complete_and_leads_back_to_the_casebook(self, add, visit):
        answer = add(VitalSigns, **SIGNS)
        assert answer.status_code == 302
        assert answer.url.endswith(f"/{visit.subject.code}/#visit-SCR")
        assert VitalSigns.objects.get().state == "COMPLETE"

    def test_next_form_opens_the_one_that_is_due(self, add, visit):
        answer = add(VitalSigns, **SIGNS, _next="on")
        assert answer.url.startswith("/admin/crf/")
        assert answer.url.endswith(f"/add/?visit={visit.pk}")

    def test_draft_is_stored_with_what_there_is(self, add):
        assert add(VitalSigns, measured_on="2025-01-08", _draft="on").status_code == 302
        stored = VitalSigns.objects.get()
        assert (stored.state, stored.measured_on, stored.weight_kg) == ("DRAFT", date(2025, 1, 8), None)

    def test_draft_is_completed_later_without_a_reason(self, add, browser):
        add(VitalSigns, measured_on="2025-01-08", _draft="on")
        url = f"/admin/crf/vitalsigns/{VitalSigns.objects.get().pk}/change/"
        assert browser.post(url, filled_in(browser.get(url), **SIGNS)).status_code == 302
        assert VitalSigns.objects.get().state == "COMPLETE"

    def test_complete_form_goes_back_to_draft_with_a_reason_only(self, browser, url):
        page = browser.get(url)
        assert "Say why" in errors(browser.post(url, filled_in(page, _draft="on")))
        assert browser.post(url, filled_in(page, _draft="on", **REASON)).status_code == 302
        assert Cycle.objects.get().state == "DRAFT"


class TestRefusal:
    def test_of_an_unanswered_item_names_it_and_stores_nothing(self, add):
        answer = add(VitalSigns, **SIGNS | {"pulse": ""})
        assert "“Pulse” is not answered. Enter it, or say why it is missing." in errors(answer)
        assert not VitalSigns.objects.exists()

    def test_keeps_what_was_typed(self, add):
        answer = add(VitalSigns, **SIGNS | {"pulse": "", "weight_kg": "68.4"})
        assert answer.context["adminform"].form["weight_kg"].value() == "68.4"
        assert 'value="68.4"' in answer.content.decode()

    def test_item_with_the_reason_for_its_absence_is_answered(self, add):
        assert add(VitalSigns, **SIGNS | {"pulse": "", "missing__pulse": "ND"}).status_code == 302
        assert VitalSigns.objects.get().missing == {"pulse": "ND"}

    def test_of_a_constraint_is_a_sentence(self, add):
        answer = add(VitalSigns, **SIGNS | {"systolic": "79", "diastolic": "128"})
        assert "Diastolic 128 is above systolic 79: have they been exchanged?" in errors(answer)

    def test_of_a_limit_stands_at_its_item(self, add):
        answer = add(VitalSigns, **SIGNS | {"weight_kg": "700"})
        assert "“Weight” must lie between 25 and 250 kg." in " ".join(answer.context["adminform"].form.errors["weight_kg"])

    def test_of_text_that_names_a_person_says_so(self, browser, cycle, subject, data_manager):
        with acting(by=data_manager):
            record = complete(ResponseAssessment, subject)
        url = f"/admin/crf/responseassessment/{record.pk}/change/"
        answer = browser.post(url, filled_in(browser.get(url), reader="13812345678", **REASON))
        assert "looks like a mobile telephone number" in errors(answer)

    def test_of_a_row_stands_with_the_page_and_keeps_its_rows(self, browser, url, cycle):
        page = browser.get(url)
        prefix = prefix_of(page, Administration)
        sent = filled_in(page, **REASON, **{f"{prefix}-0-given": "N"})
        answer = browser.post(url, sent)
        assert "A dose that was not given cannot have an amount or a date" in errors(answer)
        assert Administration.objects.get().given == "Y"
        assert f'name="{prefix}-0-dose_mg" value="130.0"' in answer.content.decode()


class TestChange:
    def test_shows_derived_values(self, browser, url):
        assert "1.84" in browser.get(url).content.decode()

    @pytest.mark.parametrize("item", ["weight_kg", "administrations-0-dose_mg"])
    def test_asks_for_a_reason(self, browser, url, item):
        page = browser.get(url)
        assert "Say why" in errors(browser.post(url, filled_in(page, **{item: 60})))
        assert browser.post(url, filled_in(page, **REASON, **{item: 60})).status_code == 302

    def test_with_another_reason_says_which(self, browser, url):
        answer = browser.post(url, filled_in(browser.get(url), weight_kg=60, reason="OTHER"))
        assert "in your own words" in errors(answer)

    @pytest.mark.parametrize("given", [{}, {"reason": "OTHER"}])
    def test_of_a_complete_forms_row_that_fills_what_was_empty_asks_too(self, browser, subject, data_manager, given):
        with acting(by=data_manager):
            panel = complete(LaboratoryPanel, subject)
        url = f"/admin/crf/laboratorypanel/{panel.pk}/change/"
        sent = filled_in(browser.get(url), **given, **{"results-0-significant": "N"})
        assert "ay why" in errors(browser.post(url, sent)).replace("say in your own words why", "say why")
        assert browser.post(url, sent | REASON).status_code == 302

    def test_that_adds_a_row_to_a_complete_form_asks_too(self, browser, url):
        page = browser.get(url)
        new = {f"administrations-1-{item}": value for item, value in EXAMPLES["crf.administration"].values.items()} | {
            "administrations-1-day": 8, "administrations-1-given_on": "2025-01-21",
        }  # fmt: skip
        assert "Say why" in errors(browser.post(url, filled_in(page, **new)))
        assert browser.post(url, filled_in(page, **new, **REASON)).status_code == 302
        assert Administration.objects.count() == 2

    def test_of_a_stale_page_shows_both_values_and_stores_nothing(self, browser, url, cycle, data_manager):
        page = browser.get(url)
        with acting(by=data_manager, reason="Weighed again"):
            Cycle.objects.filter(pk=cycle.pk).update(weight_kg=72)
        answer = errors(browser.post(url, filled_in(page, weight_kg=71, **REASON)))
        assert "you entered 71.0, but 72.0 has been stored" in answer
        assert Cycle.objects.get().weight_kg == 72

    def test_of_a_stale_row_is_refused_too(self, browser, url, cycle, data_manager):
        page = browser.get(url)
        with acting(by=data_manager, reason="Misread"):
            cycle.administrations.update(dose_mg=100)
        answer = errors(browser.post(url, filled_in(page, **REASON, **{"administrations-0-dose_mg": 110})))
        assert "you entered 110.0, but 100.0 has been stored" in answer
        assert Administration.objects.get().dose_mg == 100

    def test_names_no_row_of_another_record(self, browser, url, cycle, data_manager, subject):
        """A row's key that was forged in the page leads nowhere."""
        with acting(by=data_manager):
            other = Visit.objects.create(subject=subject, code="C2D1")
            theirs = Cycle.objects.create(visit=other, number=2)
            row = Administration.objects.create(cycle=theirs, **EXAMPLES["crf.administration"].values)
        sent = filled_in(browser.get(url), **REASON, **{"administrations-0-id": row.pk, "administrations-0-dose_mg": 1})
        assert errors(browser.post(url, sent))
        assert Administration.objects.get(pk=row.pk).dose_mg == Decimal("130.0")

    def test_withdraws_a_row_and_deletes_none(self, browser, url, investigator):
        page = browser.get(url)
        new = {f"administrations-1-{item}": value for item, value in EXAMPLES["crf.administration"].values.items()}
        gone = {"administrations-0-withdraw": "on"}
        assert "Say why" in errors(browser.post(url, filled_in(page, **gone, **new)))
        assert browser.post(url, filled_in(page, **gone, **new | {"administrations-1-day": 2}, **REASON)).status_code == 302
        first, second = Administration.objects.order_by("pk")
        assert (first.withdrawn_by, second.withdrawn_by) == (investigator, None)
        assert len(Cycle.objects.get().rows(Administration)) == 1

    def test_keeps_a_complete_form_from_losing_its_last_row(self, browser, url):
        sent = filled_in(browser.get(url), **REASON, **{"administrations-0-withdraw": "on"})
        assert "No administration is entered" in errors(browser.post(url, sent))
        assert Administration.objects.get().withdrawn_at is None


class TestWithdrawal:
    def test_shows_what_is_withdrawn_rows_included(self, browser, url, cycle):
        page = browser.get(url.replace("change", "withdraw"))
        assert ("Weight used for dosing", f"{cycle.weight_kg} kg") in page.context["part"].items
        assert f"{Administration.objects.get().dose_mg} mg" in page.content.decode()

    def test_asks_why_and_leads_back(self, browser, url, cycle):
        page = url.replace("change", "withdraw")
        assert "Nothing is deleted" in browser.get(page).content.decode()
        read = {"versions_sha256": cycle.versions_sha256()}
        assert browser.post(page, {"reason": ""} | read).status_code == 422
        assert browser.post(page, REASON | read).status_code == 302
        assert Cycle.objects.get().withdrawn_at

    def test_leaves_a_page_that_is_read_only(self, browser, url, cycle):
        browser.post(url.replace("change", "withdraw"), REASON | {"versions_sha256": cycle.versions_sha256()})
        assert browser.get(url).status_code == 200
        answer = browser.post(url, {"weight_kg": 60, **REASON})
        assert (answer.status_code, "was withdrawn by Ida Li in the meantime. Nothing" in answer.content.decode()) == (403, True)


class TestHistoryPage:
    def test_tells_each_items_changes_with_labels_author_and_reason(self, browser, url, cycle, data_manager, commit):
        with acting(by=data_manager, reason="Weighed again"):
            Cycle.objects.filter(pk=cycle.pk).update(weight_kg=72)
            cycle.administrations.update(dose_mg=100, adjustment="REDUCED")
        commit()
        page = browser.get(url.replace("change", "history"))
        told = page.content.decode()
        for said in ("Weight used for dosing", "70.0", "72.0", "Dose given", "100.0", "Reduced", "Weighed again", "Dan Li"):
            assert said in told
        assert Ledger.objects.about(cycle).filter(reason="Weighed again").count() == 2

    def test_is_read_by_the_monitor(self, client, url, monitor):
        client.force_login(monitor)
        assert client.get(url.replace("change", "history")).status_code == 200


class TestPrefilledPage:
    def test_laboratory_panel_asks_for_the_tests_that_are_due_each_in_its_unit(self, add):
        page = add(LaboratoryPanel)
        (formset,) = [found.formset for found in page.context["inline_admin_formsets"]]
        assert {form["test"].value() for form in formset.forms} == set(RESULTS)
        assert next(form["unit"].value() for form in formset.forms if form["test"].value() == "CREAT") == "umol/L"
        assert page.context["adminform"].form["laboratory"].value() == "PUFH-1"

    def test_laboratory_panel_is_complete_with_a_number_or_a_reason_in_each_row(self, add):
        page = add(LaboratoryPanel)
        (formset,) = [found.formset for found in page.context["inline_admin_formsets"]]
        asked = {form["test"].value(): form.prefix for form in formset.forms}
        typed = {f"{asked[test]}-result": result for test, result in RESULTS.items()}
        missing = {f"{asked['LDH']}-result": "", f"{asked['LDH']}-unit": "", f"{asked['LDH']}-missing__result": "ND"}
        assert errors(add(LaboratoryPanel, sampled_on="2025-01-08", **typed | missing)) == ""
        panel = LaboratoryPanel.objects.get()
        assert (panel.state, len(panel.rows(LaboratoryResult))) == ("COMPLETE", len(RESULTS))
        assert LaboratoryResult.objects.get(test="LDH").missing == {"result": "ND"}

    def test_laboratory_row_left_as_it_was_asked_is_not_stored_and_keeps_the_panel_a_draft(self, add):
        assert "Not entered" in errors(add(LaboratoryPanel, sampled_on="2025-01-08"))
        assert add(LaboratoryPanel, sampled_on="2025-01-08", _draft="on").status_code == 302
        assert not LaboratoryResult.objects.exists()

    def test_response_assessment_has_a_row_for_each_baseline_lesion(self, add, subject, data_manager):
        with acting(by=data_manager):
            target, other = lesion_of(subject, "TARGET"), lesion_of(subject, "NON-TARGET")
            at = visit_for(ResponseAssessment, subject)
        page = add(ResponseAssessment, at)
        asked = {
            found.formset.model: [form["lesion"].value() for form in found.formset.forms if form["lesion"].value()]
            for found in page.context["inline_admin_formsets"]
            if "lesion" in found.formset.forms[0].fields
        }
        assert asked == {TargetMeasurement: [str(target.pk)], NonTargetFinding: [str(other.pk)]}

    def test_response_assessment_is_filled_in(self, add, subject, data_manager):
        with acting(by=data_manager):
            lesion_of(subject, "TARGET")
            at = visit_for(ResponseAssessment, subject)
        scan = {f"scans-0-{item}": value for item, value in EXAMPLES["crf.scan"].values.items()}
        measured = {"targets-0-state": "MEASURED", "targets-0-size_mm": "14.7"}
        own = EXAMPLES["crf.responseassessment"].values | {"investigator_overall": "PR"}
        assert errors(add(ResponseAssessment, at, **own, **scan, **measured)) == ""
        assert str(ResponseAssessment.objects.get().overall) == "PR"


class TestOthers:
    def test_stranger_sees_nothing(self, client, url, stranger):
        client.force_login(stranger)
        assert client.get("/admin/crf/cycle/").context["cl"].result_count == 0
        assert client.get(url).status_code == 302
        assert client.post(url, {"weight_kg": 60, **REASON}).status_code == 302
        assert client.get(url.replace("change", "history")).status_code == 403

    def test_superuser_without_a_role_sees_and_writes_nothing(self, client, url, cycle, django_user_model):
        client.force_login(django_user_model.objects.create_superuser("root"))
        assert client.get(url).status_code in (302, 403)
        assert client.post(url, {"weight_kg": 60, **REASON}).status_code in (302, 403)
        assert Cycle.objects.get().version == cycle.version

    @pytest.mark.parametrize("who", ["sponsor", "monitor", "auditor"])
    def test_who_only_reads_cannot_write(self, request, client, url, who):
        client.force_login(request.getfixturevalue(who))
        assert client.get(url).status_code == 200
        assert client.post(url, {"weight_kg": 60, **REASON}).status_code == 403
        assert client.get(url.replace("change", "withdraw")).status_code == 403

    def test_administrator_has_no_page_of_a_form(self, client, url, administrator):
        client.force_login(administrator)
        assert client.get(url).status_code in (302, 403)
        assert client.get("/admin/crf/cycle/").status_code == 403

    def test_sponsor_does_not_read_the_month_of_birth(self, client, subject, data_manager, sponsor, commit):
        with acting(by=data_manager):
            record = complete(Demographics, subject)
        commit()
        client.force_login(sponsor)
        url = f"/admin/crf/demographics/{record.pk}/change/"
        assert "1957-05" not in client.get(url).content.decode()
        assert "1957-05" not in client.get(url.replace("change", "history")).content.decode()
        assert "1957-05" not in client.get("/admin/crf/demographics/").content.decode()


def test_request_that_fails_stores_nothing(browser, url, monkeypatch):
    browser.raise_request_exception = False
    sent = filled_in(browser.get(url), weight_kg=60, **REASON)
    monkeypatch.setattr("trial.admin.records.RecordAdmin.response_change", lambda *args: 1 / 0)
    assert browser.post(url, sent).status_code == 500
    assert Cycle.objects.get().weight_kg == 70
