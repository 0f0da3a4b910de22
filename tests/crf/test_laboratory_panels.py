"""Which tests a visit's panels need, tests that are not known, and panels not performed: through page and API alike."""

from datetime import date

import pytest
from crf.models import Cycle, Demographics, LaboratoryPanel, LaboratoryResult, Regimen
from crf.models.laboratory import standard_unit
from tests.api.conftest import caller
from tests.crf.conftest import row
from tests.examples import RESULTS
from tests.pages import errors, filled_in
from tests.stated_examples import result_of
from trial.audit.acting import acting
from trial.models import Visit
from trial.protocol.laboratory.analytes import NAMES
from trial.refusals import Refused

from trial.actions import entry

HEADER = {"performed": "Y", "sampled_on": "2025-01-08", "laboratory": "PUFH-1"}
BLOOD = ["HGB", "WBC", "NEUT", "LYM", "PLAT"]
ROUTINE = [*BLOOD, "BILI", "AST", "ALT", "ALP", "ALB", "LDH", "CREAT", "UREA", "SODIUM", "K", "CA", "GLUC"]
REASON = {"reason": "TRANSCRIPTION", "reason_words": "misread"}


@pytest.fixture
def api(data_manager):
    return caller(data_manager)


@pytest.fixture
def at(subject, data_manager):
    """A visit of the subject by its code."""

    def at(code):
        with acting(by=data_manager):
            return Visit.objects.select_related("subject__site").get_or_create(subject=subject, code=code)[0]

    return at


@pytest.fixture
def post(api, at):
    """Send a panel to the API."""

    def post(code, *results, complete=False, **items):
        rows = [result if isinstance(result, dict) else dict(zip(("test", "result", "unit"), result, strict=True)) for result in results]
        sent = {"visit": at(code).pk, "items": HEADER | items, "rows": {"results": rows}, "complete": complete}
        return api.post("forms/laboratorypanel/", sent)

    return post


@pytest.fixture
def add(browser, at):
    """Send a panel from its page: each result by its place among the rows."""

    def add(code, **typed):
        url = "/admin/crf/laboratorypanel/add/"
        page = browser.get(url, {"visit": at(code).pk})
        return browser.post(url, filled_in(page, **typed))

    return add


class TestUnknownTest:
    NONSENSE = ["NA", "SODIUMX", "sodium", "PSA", "钠", "Na⁺", "'; drop table", "X" * 41, "X" * 5000, "NaN", "0"]

    def test_is_refused_by_name_through_the_api(self, post):
        for test in self.NONSENSE:
            answer = post("SCR", (test, "140", "mmol/L"))
            assert answer.status_code == 422, answer.json()
            assert f"“{test[:40]}” is no laboratory test of this study." in answer.json()["detail"]
        assert not LaboratoryPanel.objects.exists()

    def test_is_refused_when_a_row_is_changed_to_it(self, api, post):
        panel = post("SCR", ("SODIUM", "140", "mmol/L")).json()
        (first,) = panel["rows"]["results"]
        for test in self.NONSENSE:
            change = {"id": first["id"], "version": first["version"], "test": test}
            sent = {"version": 1, "reason": "ENTRY_ERROR", "rows": {"results": [change]}}
            answer = api.patch(f"forms/laboratorypanel/{panel['id']}/", sent)
            assert (answer.status_code, "is no laboratory test" in answer.json()["detail"]) == (422, True)

    @pytest.mark.parametrize("test", ["SODIUMX", "X" * 5000, "钠"])
    def test_is_refused_on_the_page(self, add, test):
        answer = add("SCR", _draft="on", **{"results-0-test": test, "results-0-result": "140"}, sampled_on="2025-01-08")
        assert "Select a valid choice" in errors(answer)
        assert not LaboratoryPanel.objects.exists()

    @pytest.mark.parametrize("test", ["SODIUM", "HBSAG", "TSH"])
    def test_nor_is_any_unit_taken_that_is_not_the_tests(self, post, test):
        for unit in ("mEq/L", "X" * 5000, "毫摩尔", "g", "mmol", "' or 1=1"):
            answer = post("SCR", (test, "NEGATIVE" if test == "HBSAG" else "1", unit))
            assert answer.status_code == 422, answer.json()

    def test_nor_a_result_that_is_none(self, post):
        for result in ("X" * 5000, "一百四十", "140 mmol/L", "²", "-"):
            assert post("SCR", ("SODIUM", result, "mmol/L")).status_code == 422, result

    def test_row_without_a_test_is_a_draft(self, post):
        assert post("SCR", ("", "140", "")).status_code == 201
        assert post("SCR", ("", "140", ""), complete=True).status_code == 422

    def test_every_test_of_the_table_can_be_entered(self, post):
        extra = {"HCG": "NEGATIVE", "HBA1C": "5.6", "TSH": "2.1", "T4FR": "15", "T3FR": "4.7", "CK": "96", "TROPONI": "4", "TROPONT": "9"}
        usual = RESULTS | extra | {"MG": "0.85", "PHOS": "1.1", "UREAN": "5", "CREATCLR": "88"}
        answer = post("UNS1", *((test, usual[test], standard_unit(test)) for test in NAMES), complete=True)
        assert (answer.status_code, answer.json().get("state")) == (201, "COMPLETE"), answer.json()
        assert [row["test"] for row in answer.json()["rows"]["results"]] == [*NAMES]


class TestUnscheduledVisit:
    @pytest.mark.parametrize("test", ["CREAT", "HGB", "SODIUM", "UCULT"])
    def test_single_test_is_complete(self, post, test):
        answer = post("UNS1", result_of(test), complete=True)
        assert (answer.status_code, answer.json()["derived"]["tests_missing"]) == (201, "")

    def test_page_asks_for_no_test_and_takes_one(self, add):
        answer = add("UNS1", **{"results-0-test": "CREAT", "results-0-result": "97", "results-0-unit": "umol/L"}, sampled_on="2025-01-08")
        assert errors(answer) == ""
        assert LaboratoryPanel.objects.get().state == "COMPLETE"

    def test_panel_without_any_test_is_not_complete(self, post):
        answer = post("UNS1", complete=True)
        assert answer.status_code == 422
        assert "No test is entered" in answer.json()["detail"]


class TestDueTests:
    def due(self, at, code):
        return [asked["test"] for asked in LaboratoryPanel.prefilled_rows(at(code)).get(LaboratoryResult, [])]

    def test_screening_asks_for_every_panel(self, at):
        assert set(self.due(at, "SCR")) == set(RESULTS)

    def test_woman_who_can_bear_children_is_tested_for_pregnancy(self, at, enter):
        enter(Demographics, sex="F", childbearing="Y")
        assert "HCG" in self.due(at, "SCR")
        assert "HCG" in self.due(at, "C2D1")
        assert "HCG" in self.due(at, "RTS")
        assert "HCG" not in self.due(at, "PC2")

    def test_man_is_not(self, at, enter):
        enter(Demographics)
        assert "HCG" not in self.due(at, "SCR")

    @pytest.mark.parametrize(
        ("regimen", "regimen_class", "due"),
        [
            ("GC_CIS", "CHEMO", ""),
            ("TISLE", "ICI", "TSH T4FR T3FR CK TROPONI"),
            ("EV_PEMBRO", "ADC_ICI", "TSH T4FR T3FR CK TROPONI HBA1C"),
        ],
    )
    def test_regimen_decides_what_the_baseline_needs_once_it_is_entered(self, at, enter, regimen, regimen_class, due):
        assert not {"TSH", "CK", "HBA1C"} & set(self.due(at, "SCR"))
        platinum = "CIS_70_D1" if regimen == "GC_CIS" else ""
        enter(Regimen, code=regimen, regimen_class=regimen_class, platinum=platinum)
        assert set(self.due(at, "SCR")) - set(RESULTS) == set(due.split())
        assert set(self.due(at, "C1D1")) == {*ROUTINE, *due.split()}
        assert set(self.due(at, "C2D1")) - set(ROUTINE) == {"TSH", "T4FR", "T3FR"} & set(due.split())

    def test_first_cycle_needs_only_what_is_more_than_7_days_old(self, enter, post):
        enter(LaboratoryPanel)
        week = post("C1D1", ("CREAT", "97", "umol/L"), sampled_on="2025-01-15", complete=True)
        assert (week.status_code, week.json()["derived"]["tests_missing"]) == (201, "")
        later = post("C1D1", ("CREAT", "97", "umol/L"), sampled_on="2025-01-16")
        assert later.json()["derived"]["tests_missing"].split("; ") == [test for test in ROUTINE if test != "CREAT"]

    def test_thyroid_under_an_ici_is_due_every_six_weeks(self, enter, post):
        enter(Regimen, code="TISLE", regimen_class="ICI", platinum="")
        post("SCR", ("TSH", "2.1", "mIU/L"), ("T4FR", "15", "pmol/L"), ("T3FR", "4.7", "pmol/L"), sampled_on="2025-01-08")
        fresh = post("C2D1", ("CREAT", "97", "umol/L"), sampled_on="2025-02-18").json()["derived"]["tests_missing"]
        old = post("C3D1", ("CREAT", "97", "umol/L"), sampled_on="2025-02-19").json()["derived"]["tests_missing"]
        assert ("TSH" in fresh, "TSH" in old) == (False, True)

    @pytest.mark.parametrize("code", ["C1D8", "C3D8"])
    def test_later_days_of_a_cycle_need_hematology(self, at, post, code):
        assert self.due(at, code) == BLOOD
        assert post(code, *map(result_of, BLOOD), complete=True).status_code == 201

    @pytest.mark.parametrize("code", ["C2D1", "PC2", "RTS", "RTFU1", "RTFU2", "EOTS"])
    def test_review_needs_the_routine_tests(self, at, post, code):
        assert set(self.due(at, code)) == set(ROUTINE)
        assert post(code, *map(result_of, ROUTINE[1:]), complete=True).status_code == 422
        assert post(code, *map(result_of, ROUTINE), complete=True).status_code == 201

    def test_test_that_the_visit_does_not_ask_for_may_be_added(self, post):
        answer = post("C1D8", *map(result_of, [*BLOOD, "CREAT", "HBSAG"]), ("TSH", "2.1", "mIU/L"), complete=True)
        assert answer.status_code == 201

    def test_panels_of_a_visit_answer_its_tests_together(self, post):
        assert post("C2D1", *map(result_of, BLOOD)).status_code == 201
        rest = post("C2D1", *map(result_of, [test for test in ROUTINE if test not in BLOOD]), complete=True)
        assert (rest.status_code, rest.json()["state"]) == (201, "COMPLETE")
        unanswered = post("PC2", *({"test": test, "unit": standard_unit(test)} for test in ROUTINE))
        assert unanswered.status_code == 201
        assert post("PC2", result_of("CREAT"), complete=True).status_code == 422
        repeated = post("C2D1", result_of("CREAT"), complete=True)
        assert (repeated.status_code, repeated.json()["state"]) == (201, "COMPLETE")


class TestNotPerformed:
    NOTHING = {"performed": "N", "sampled_on": None, "laboratory": ""}
    SPECIMEN = [{"sampled_on": "2025-01-08"}, {"sampled_at_time": "08:30"}]
    CREATININE = ("CREAT", "97", "umol/L")

    def refused(self, answer, *entered):
        problem = answer.json()
        assert answer.status_code == 422, problem
        assert "so the tests were performed" in problem["detail"]
        assert all(label in problem["detail"] for label in entered)
        return True

    @pytest.mark.parametrize("complete", [True, False])
    def test_without_anything_is_complete(self, post, complete):
        assert post("SCR", complete=complete, **self.NOTHING).status_code == 201

    @pytest.mark.parametrize("complete", [True, False])
    @pytest.mark.parametrize("item", SPECIMEN, ids=str)
    def test_with_an_item_of_a_specimen_is_refused(self, post, complete, item):
        label = LaboratoryPanel.label_of(next(iter(item)))
        assert self.refused(post("SCR", complete=complete, **self.NOTHING | item), label)
        assert not LaboratoryPanel.objects.exists()

    @pytest.mark.parametrize("complete", [True, False])
    def test_with_a_result_is_refused(self, post, complete):
        assert self.refused(post("SCR", self.CREATININE, complete=complete, **self.NOTHING), "Creatinine")
        assert self.refused(post("SCR", self.CREATININE, performed="N"), "Specimen taken on", "Creatinine")

    def test_each_test_not_done_contradicts_nothing(self, post):
        assert post("SCR", {"test": "CREAT", "missing": {"result": "ND"}}, complete=True, **self.NOTHING).status_code == 201

    def test_is_refused_when_the_header_alone_is_changed_later(self, api, post):
        panel = post("SCR", self.CREATININE).json()
        sent = {"version": 1, "reason": "ENTRY_ERROR", "items": {"performed": "N"}}
        assert self.refused(api.patch(f"forms/laboratorypanel/{panel['id']}/", sent), "Specimen taken on", "Creatinine")
        sent["items"] = self.NOTHING
        assert self.refused(api.patch(f"forms/laboratorypanel/{panel['id']}/", sent), "Creatinine")

    def test_is_refused_when_a_row_is_added_later(self, api, post):
        panel = post("SCR", **self.NOTHING).json()
        added = {"version": 1, "rows": {"results": [{"test": "CREAT", "result": "97", "unit": "umol/L"}]}}
        assert self.refused(api.patch(f"forms/laboratorypanel/{panel['id']}/", added), "Creatinine")

    def test_is_refused_when_a_row_gets_its_result_later(self, api, post):
        panel = post("SCR", {"test": "CREAT", "missing": {"result": "ND"}}, **self.NOTHING).json()
        first = panel["rows"]["results"][0]
        change = {"id": first["id"], "version": first["version"], "result": "97", "unit": "umol/L", "missing": {}}
        sent = {"version": 1, "reason": "ENTRY_ERROR", "rows": {"results": [change]}}
        assert self.refused(api.patch(f"forms/laboratorypanel/{panel['id']}/", sent), "Creatinine")

    def test_is_stored_when_the_results_are_withdrawn_with_it(self, api, post):
        panel = post("SCR", self.CREATININE).json()
        first = panel["rows"]["results"][0]
        withdrawn = {"id": first["id"], "version": first["version"], "withdraw": True}
        sent = {"version": 1, "reason": "ENTRY_ERROR", "items": self.NOTHING, "rows": {"results": [withdrawn]}, "complete": True}
        answer = api.patch(f"forms/laboratorypanel/{panel['id']}/", sent)
        assert (answer.status_code, answer.json()["state"]) == (200, "COMPLETE")

    def test_is_refused_on_the_page(self, add):
        typed = {"performed": "N", "results-0-result": "128"}
        assert "so the tests were performed: Hemoglobin" in errors(add("SCR", **typed))
        assert "so the tests were performed: Specimen taken on" in errors(add("SCR", performed="N", sampled_on="2025-01-08", _draft="on"))
        assert not LaboratoryPanel.objects.exists()
        assert add("SCR", performed="N").status_code == 302
        assert LaboratoryPanel.objects.get().state == "COMPLETE"

    def test_page_of_a_stored_panel_refuses_the_header_and_takes_it_with_the_results_withdrawn(self, browser, post):
        pk = post("UNS1", self.CREATININE).json()["id"]
        url = f"/admin/crf/laboratorypanel/{pk}/change/"
        nothing = {"performed": "N", "sampled_on": "", "laboratory": ""}
        assert "so the tests were performed: Creatinine" in errors(browser.post(url, filled_in(browser.get(url), **nothing, **REASON)))
        answer = browser.post(url, filled_in(browser.get(url), **nothing, **REASON, **{"results-0-withdraw": "on"}))
        assert errors(answer) == ""
        assert LaboratoryPanel.objects.get(pk=pk).performed == "N"


def test_cycle_given_before_moves_no_test(enter, post):
    """A panel is judged by its own visit, whatever else was entered."""
    enter(Regimen)
    enter(Cycle, at="C1D1")
    assert post("C1D8", *map(result_of, BLOOD), complete=True).status_code == 201


def test_actions_refuse_alike(at, data_manager):
    visit, rows = at("SCR"), {LaboratoryResult: [row(LaboratoryResult, test="SODIUMX")]}
    header = HEADER | {"sampled_on": date(2025, 1, 8)}
    with pytest.raises(Refused, match="“SODIUMX” is no laboratory test"):
        entry.enter(LaboratoryPanel, visit=visit, by=data_manager, values=header, rows=rows, complete=False)
