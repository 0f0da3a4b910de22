"""Parameters of the protocol, decided in one place: who may, from when they hold, and what is refused."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.conftest import founder, log_in_with_code, member
from tests.pages import filled_in
from trial.access import Role
from trial.actions.parameters import correct, decide
from trial.audit.acting import acting
from trial.models import ParameterDecision, parameters_on
from trial.models.parameter import read_once
from trial.protocol.parameters import DEFAULT, CgConstant
from trial.refusals import NotAllowed, Refused

FROM = date(2025, 3, 1)
BASIS = "Principal investigator, letter of 2025-02-20"


@pytest.fixture
def deciding(administrator):
    return lambda name, value, on=FROM: decide(name, value, effective_from=on, basis=BASIS, by=administrator)


class TestInForce:
    def test_is_the_default_where_nothing_is_decided(self, db):
        assert parameters_on(FROM) == DEFAULT

    @pytest.mark.parametrize(("days", "value"), [(-1, CgConstant.EXACT), (0, CgConstant.CN_0818), (400, CgConstant.CN_0818)])
    def test_holds_from_its_day_on(self, deciding, days, value):
        deciding("CG_CONSTANT", "CN_0818")
        assert parameters_on(FROM + timedelta(days)).cg_constant == value

    @pytest.mark.parametrize(("days", "liver_max"), [(-1, 3), (0, 4), (30, 4), (31, 5)])
    def test_later_decision_follows_the_earlier(self, deciding, days, liver_max):
        deciding("LIVER_MAX", "5", FROM + timedelta(31))
        deciding("LIVER_MAX", "4")
        assert parameters_on(FROM + timedelta(days)).liver_max == liver_max

    def test_is_read_once_for_an_act(self, deciding):
        deciding("LIVER_MAX", "4")
        with CaptureQueriesContext(connection) as asked, read_once():
            for days in range(5):
                parameters_on(FROM + timedelta(days))
        assert len(asked) == 1

    def test_is_read_again_after_a_decision_of_the_same_act(self, deciding):
        with read_once():
            assert parameters_on(FROM).liver_max == 3
            deciding("LIVER_MAX", "4")
            assert parameters_on(FROM).liver_max == 4

    def test_outside_an_act_nothing_is_held(self, deciding):
        assert parameters_on(FROM).liver_max == 3
        deciding("LIVER_MAX", "4")
        assert parameters_on(FROM).liver_max == 4


class TestDecision:
    def test_is_kept_as_it_is_written_everywhere(self, deciding):
        assert deciding("LAB_WINDOW_DAYS", "21/10").value == "21 / 10"

    @pytest.mark.parametrize(("name", "value"), [("LN_UNIT_RULE", "ORGAN"), ("LIVER_MAX", "many"), ("LAB_WINDOW_DAYS", "14")])
    def test_that_is_no_value_of_the_parameter_is_refused(self, deciding, name, value):
        with pytest.raises(Refused, match=f"{name} takes .* is none"):
            deciding(name, value)
        assert not ParameterDecision.objects.exists()

    def test_without_its_basis_is_refused(self, administrator):
        with pytest.raises(Refused):
            decide("LIVER_MAX", "4", effective_from=FROM, basis="", by=administrator)

    def test_that_names_a_person_is_refused(self, administrator):
        with pytest.raises(Refused, match="mobile telephone number"):
            decide("LIVER_MAX", "4", effective_from=FROM, basis="PI, 13812345678", by=administrator)

    def test_stands_once_for_a_day(self, deciding):
        deciding("LIVER_MAX", "4")
        with pytest.raises(Refused, match="for that day exists already"):
            deciding("LIVER_MAX", "5")

    def test_that_contradicts_another_is_refused(self, deciding):
        with pytest.raises(Refused, match="decide on RAND_METHOD"):
            deciding("STRATA", "SYSCLASS × METPAT × SITE")
        deciding("RAND_METHOD", "MINIMIZATION", FROM + timedelta(1))
        with pytest.raises(Refused, match="decide on RAND_METHOD"):
            deciding("STRATA", "SYSCLASS × METPAT × SITE")
        assert deciding("STRATA", "SYSCLASS × METPAT × SITE", FROM + timedelta(1))

    def test_is_corrected_with_a_reason_and_keeps_its_history(self, deciding, administrator):
        decision = deciding("LIVER_MAX", "4")
        correct(decision, by=administrator, version=1, reason="TRANSCRIPTION", values={"value": "5"})
        assert [(row.value, row.history_user.username, row.history_change_reason) for row in decision.history.order_by("history_id")] == [
            ("4", "ada", None),
            ("5", "ada", "TRANSCRIPTION"),
        ]

    def test_is_not_corrected_without_a_reason(self, deciding, administrator):
        decision = deciding("LIVER_MAX", "4")
        with pytest.raises(Refused, match="Say why"):
            correct(decision, by=administrator, version=1, reason="", values={"value": "5"})

    @pytest.mark.parametrize(
        "values", ["('LN_UNIT_RULE', 'ORGAN')", "('LIVER_MAX', 'many')", "('BLOCK_SIZES', '4')", "('TA_SCHEDULE', '0 / 7 / 1 / 1 / 1')"]
    )
    def test_of_another_type_is_refused_by_the_database_too(self, db, values):
        columns = "name, value, effective_from, basis, version"
        name, value = values.strip("()").split(", ", 1)
        with acting(by=founder()), pytest.raises(IntegrityError, match="parameter_has_a_value_of_its_type"), transaction.atomic():
            connection.cursor().execute(f"insert into trial_parameterdecision ({columns}) values ({name}, {value}, now(), 'x', 1)")


class TestWho:
    @pytest.mark.parametrize("role", ["data_manager", "investigator", "monitor", "sponsor", "auditor"])
    def test_nobody_but_the_administrator_decides(self, request, role):
        person = request.getfixturevalue(role)
        with pytest.raises(NotAllowed):
            decide("LIVER_MAX", "4", effective_from=FROM, basis=BASIS, by=person)

    def test_administrator_of_one_site_does_not_decide_for_the_study(self, site, client):
        person = member("lin", Role.ADMINISTRATOR, site)
        with pytest.raises(NotAllowed):
            decide("LIVER_MAX", "4", effective_from=FROM, basis=BASIS, by=person)
        client.force_login(person)
        assert client.get("/admin/trial/parameterdecision/add/").status_code == 403

    def test_stranger_without_a_role_sees_none(self, deciding):
        deciding("LIVER_MAX", "4")
        assert not ParameterDecision.objects.visible_to(founder()).exists()

    @pytest.mark.parametrize("role", ["data_manager", "stranger", "sponsor", "administrator"])
    def test_all_who_read_the_setup_see_it(self, request, deciding, role):
        deciding("LIVER_MAX", "4")
        assert ParameterDecision.objects.visible_to(request.getfixturevalue(role)).count() == 1


class TestPage:
    ADD = "/admin/trial/parameterdecision/add/"

    def test_administrator_decides_on_it(self, client, administrator):
        log_in_with_code(client, administrator)
        said = {"name": "LIVER_MAX", "value": "4", "effective_from": "2025-03-01", "basis": BASIS}
        assert client.post(self.ADD, filled_in(client.get(self.ADD), **said)).status_code == 302
        assert parameters_on(FROM).liver_max == 4

    def test_refuses_with_the_sentence_and_keeps_what_was_typed(self, client, administrator):
        log_in_with_code(client, administrator)
        said = {"name": "LIVER_MAX", "value": "many", "effective_from": "2025-03-01", "basis": BASIS}
        page = client.post(self.ADD, filled_in(client.get(self.ADD), **said)).content.decode()
        assert "LIVER_MAX takes a whole number; “many” is none." in page
        assert 'value="many"' in page

    def test_asks_why_a_decision_changes(self, client, administrator, deciding):
        log_in_with_code(client, administrator)
        url = f"/admin/trial/parameterdecision/{deciding('LIVER_MAX', '4').pk}/change/"
        page = client.get(url)
        assert client.post(url, filled_in(page, value="5")).status_code == 200
        assert parameters_on(FROM).liver_max == 4
        assert client.post(url, filled_in(page, value="5", reason="OTHER", reason_words="n/a")).status_code == 200
        assert client.post(url, filled_in(page, value="5", reason="TRANSCRIPTION")).status_code == 302
        assert parameters_on(FROM).liver_max == 5

    def test_data_manager_reads_and_does_not_write(self, client, data_manager, deciding):
        deciding("LIVER_MAX", "4")
        client.force_login(data_manager)
        assert client.get("/admin/trial/parameterdecision/").status_code == 200
        assert client.get(self.ADD).status_code == 403


class TestShown:
    def test_study_page_shows_value_default_and_day(self, client, data_manager, deciding):
        deciding("LN_UNIT_RULE", "ALL_NONREGIONAL_AS_ONE")
        client.force_login(data_manager)
        page = client.get("/study/").content.decode()
        assert "default: SUBREGION" in page
        assert "ALL_NONREGIONAL_AS_ONE from 2025-03-01" in page
        assert "Decide a parameter" not in page

    def test_study_page_leads_the_administrator_to_the_decision(self, client, administrator, deciding):
        decision = deciding("LN_UNIT_RULE", "ALL_NONREGIONAL_AS_ONE")
        client.force_login(administrator)
        page = client.get("/study/").content.decode()
        assert f"/admin/trial/parameterdecision/{decision.pk}/change/" in page
        assert "Decide a parameter" in page

    def test_decision_of_a_later_day_is_announced_and_not_in_force(self, client, administrator, deciding):
        deciding("LIVER_MAX", "4", date(2099, 1, 1))
        client.force_login(administrator)
        page = client.get("/study/").content.decode()
        assert "4 from 2099-01-01" in page
        assert "default: 3" not in page
