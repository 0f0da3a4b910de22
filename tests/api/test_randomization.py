"""Randomization through the API and from its page: who randomizes proves it, once, and is answered the same again."""

from typing import ClassVar
from unittest import mock

import pytest
from crf.actions import randomization
from crf.derived import eligibility
from crf.models import Eligibility, Randomization
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from tests.api.conftest import caller
from tests.conftest import CODE, PASSWORD, PROOF, founder, member
from tests.examples import complete
from trial.access import Role
from trial.accounts.second_factor import Proof
from trial.audit.acting import acting
from trial.models import Visit


class TestRandomization:
    ADDRESS = "subjects/01-001/randomization/"
    PAGE = "/subjects/01-001/randomization/"
    PROVEN: ClassVar = {"password": PASSWORD, "code": CODE}

    @pytest.fixture
    def key(self, settings, tmp_path, administrator):
        path = tmp_path / "key"
        path.write_bytes(bytes(range(32)))
        settings.RANDOMIZATION_KEY_FILE = path
        with acting(by=founder()):
            randomization.publish_commitment(by=administrator)

    def test_tells_what_stands_against_it(self, subject, as_data_manager):
        told = as_data_manager.get("subjects/01-001/randomization/").json()
        assert told["allocation"] is None
        assert {"G2_NOT_ELIGIBLE", "X07_UNKNOWN"} <= {one["code"] for one in told["refusals"]}
        assert all(one["sentence"].endswith(".") for one in told["refusals"])

    def test_is_refused_with_each_reason(self, subject, key, as_investigator):
        answer = as_investigator.post(self.ADDRESS, self.PROVEN)
        assert answer.status_code == 409
        assert "G2_NOT_ELIGIBLE" in answer.json()["codes"]
        assert not Randomization.objects.exists()

    @pytest.fixture
    def nothing_against(self, subject, key, data_manager, monkeypatch):
        """The preconditions have tests of their own."""
        with acting(by=data_manager):
            Visit.objects.get_or_create(subject=subject, code="RAND")
            confirmed = complete(Eligibility, subject)
        monkeypatch.setattr(randomization, "refusals", lambda *args, **kwargs: ())
        levels = {"SYSCLASS": "NO_ICI", "METPAT": "NODE_ONLY"}
        monkeypatch.setattr(randomization, "levels_of", lambda *args: levels)
        monkeypatch.setattr(eligibility, "latest", lambda subject, gate: confirmed)

    def test_happens_once(self, nothing_against, as_investigator, as_sponsor):
        answer = as_investigator.post(self.ADDRESS, self.PROVEN)
        assert answer.status_code == 201, answer.json()
        assert answer.json()["number"] == "R-001"
        assert as_sponsor.results("allocations/") == [answer.json()]
        assert as_sponsor.get(self.ADDRESS).json()["allocation"] == answer.json()

    @pytest.mark.parametrize("sent", [{}, {"late_reason": "Snow closed the roads"}])
    def test_asked_for_again_is_answered_the_same(self, nothing_against, as_investigator, site, settings, sent):
        """Byte for byte, to whoever may ask; also where the key is out of reach by now, since none is needed."""
        first = as_investigator.post(self.ADDRESS, self.PROVEN | sent)
        assert first.status_code == 201
        settings.RANDOMIZATION_KEY_FILE.unlink()
        colleague = caller(member("ivo", Role.INVESTIGATOR, site))
        for who in (as_investigator, colleague):
            again = who.post(self.ADDRESS, self.PROVEN | sent)
            assert (again.status_code, again.content) == (200, first.content)
        assert Randomization.objects.count() == 1

    def test_a_reason_that_nobody_sees_is_none(self, nothing_against, as_investigator):
        assert as_investigator.post(self.ADDRESS, self.PROVEN | {"late_reason": "\u200b \u2800"}).status_code == 201
        assert Randomization.objects.get().late_reason == ""

    @pytest.mark.parametrize(
        ("sent", "status", "codes"),
        [
            ({"late_reason": "Another reason"}, 409, ["ALREADY_RANDOMIZED"]),
            ({"late_reason": ""}, 409, ["ALREADY_RANDOMIZED"]),
            ({"late_reason": "Snow closed the roads", "arm": "SYS"}, 400, []),
            ({"late_reason": "ask ida@example.org"}, 422, []),
            ({"late_reason": "x" * 201}, 422, []),
        ],
    )
    def test_asked_for_otherwise_is_refused(self, nothing_against, as_investigator, sent, status, codes):
        assert as_investigator.post(self.ADDRESS, self.PROVEN | {"late_reason": "Snow closed the roads"}).status_code == 201
        again = as_investigator.post(self.ADDRESS, self.PROVEN | sent)
        assert (again.status_code, again.json()["codes"]) == (status, codes)
        assert ("R-001" in again.json()["detail"]) == (status == 409)
        assert Randomization.objects.get().late_reason == "Snow closed the roads"

    def test_asked_for_again_by_who_may_not_randomize_tells_nothing(self, nothing_against, people):
        before = {name: who.post(self.ADDRESS, self.PROVEN) for name, who in people.items() if name != "investigator"}
        assert people["investigator"].post(self.ADDRESS, self.PROVEN).status_code == 201
        for name, first in before.items():
            again = people[name].post(self.ADDRESS, self.PROVEN)
            assert (name, again.status_code, again.content) == (name, first.status_code, first.content)
            assert first.status_code in (401, 403, 404)

    def test_found_correct_later_is_said_by_the_answer_too(self, nothing_against, as_investigator, as_data_manager):
        """The allocation is the same for ever; what stands beside it is as it is now."""
        first = as_investigator.post(self.ADDRESS, self.PROVEN).json()
        sent = {"version": 1, "metpat": "ANY_VISCERAL_OR_BONE", "reason": "SOURCE_UPDATED: read again"}
        assert as_data_manager.post(f"{self.ADDRESS}strata/", sent).status_code == 200
        again = as_investigator.post(self.ADDRESS, self.PROVEN)
        assert again.status_code == 200
        assert again.json() == first | {"version": 2, "metpat_corrected": "ANY_VISCERAL_OR_BONE"}

    def test_from_the_page_again_leads_where_the_first_did(self, nothing_against, investigator, client):
        client.force_login(investigator)
        first, second = (client.post(self.PAGE, self.PROVEN, follow=True) for _ in range(2))
        assert first.redirect_chain == second.redirect_chain == [("/subjects/01-001/", 302)]
        (told,) = first.context["messages"]
        assert [str(one) for one in second.context["messages"]] == [str(told)]
        assert "R-001" in str(told)
        assert told.message in second.content.decode()

    def test_from_the_page_with_another_reason_shows_what_stands(self, nothing_against, investigator, client):
        client.force_login(investigator)
        client.post(self.PAGE, self.PROVEN)
        answer = client.post(self.PAGE, self.PROVEN | {"late_reason": "Another reason"})
        assert answer.status_code == 409
        assert "01-001 was randomized on" in answer.content.decode()

    @pytest.mark.parametrize("reason", ["x" * 201, "ask ida@example.org"])
    def test_refuses_a_reason_that_is_none(self, subject, key, as_investigator, reason):
        assert as_investigator.post(self.ADDRESS, self.PROVEN | {"late_reason": reason}).status_code == 422

    UNPROVEN = (
        ({"password": "wrong"}, "wrong_password"),
        ({"password": ""}, "wrong_password"),
        ({"code": "123456"}, "wrong_code"),
        ({"code": ""}, "wrong_code"),
    )

    @pytest.mark.parametrize(("sent", "code"), UNPROVEN)
    def test_asks_who_randomizes_as_a_signature_does(self, nothing_against, as_investigator, investigator, client, sent, code):
        answer = as_investigator.post(self.ADDRESS, self.PROVEN | sent)
        assert (answer.status_code, answer.json()["type"]) == (422, f"/api/v1/problems/{code}/"), answer.json()
        assert answer.json()["detail"].endswith("Nobody was randomized.")
        client.force_login(investigator)
        page = client.post(self.PAGE, self.PROVEN | sent)
        assert (page.status_code, "Nobody was randomized." in page.content.decode()) == (422, True)
        assert not Randomization.objects.exists()

    @pytest.mark.parametrize("left_out", ["password", "code"])
    def test_names_what_the_request_lacks(self, nothing_against, as_investigator, left_out):
        answer = as_investigator.post(self.ADDRESS, {name: value for name, value in self.PROVEN.items() if name != left_out})
        assert (answer.status_code, left_out in answer.json()["detail"]) == (400, True), answer.json()
        assert not Randomization.objects.exists()

    def test_who_fails_too_often_is_locked_out(self, nothing_against, as_investigator):
        statuses = [as_investigator.post(self.ADDRESS, self.PROVEN | {"password": "wrong"}).status_code for _ in range(6)]
        assert (statuses[0], statuses[-1]) == (422, 429)
        assert as_investigator.post(self.ADDRESS, self.PROVEN).status_code == 429
        assert not Randomization.objects.exists()

    def test_who_is_not_ready_to_sign_does_not_randomize(self, nothing_against, as_investigator, investigator, client):
        """A password that another person knows proves nobody."""
        reset = {"password": make_password("of the administrator")}
        with acting(by=founder(), reason="OTHER: reset"):
            User.objects.filter(pk=investigator.pk).update(**reset)
        answer = as_investigator.post(self.ADDRESS, self.PROVEN | {"password": "of the administrator"})
        assert (answer.status_code, Randomization.objects.exists()) == (409, False), answer.json()
        client.force_login(User.objects.get(pk=investigator.pk))
        page = client.get(self.PAGE).content.decode()
        assert "You cannot randomize yet:" in page
        assert "Randomize 01-001</button>" not in page

    def test_the_second_of_two_clicks_whose_code_the_first_has_used_is_answered_as_the_first(self, nothing_against, investigator, subject):
        """The first is still allocating when the code of the second is refused."""
        first, _is_new = randomization.randomize(subject, by=investigator, proof=PROOF)
        unseen = randomization.allocation_of
        with mock.patch.object(randomization, "allocation_of", side_effect=[None, unseen(subject)]):
            second, is_new = randomization.randomize(subject, by=investigator, proof=Proof(PASSWORD, "used up"))
        assert (second, is_new) == (first, False)
