"""The acts through the API: signature, eligibility, the check after cycle 2, flags; and the study itself."""

import pytest
from crf.models import Eligibility, Randomization
from followup.models import Flag
from tests.api.conftest import confirmed, signed
from tests.conftest import CODE, PASSWORD, SCREENED, founder
from tests.examples import complete
from trial.audit.acting import acting
from trial.models import Signature, Study
from trial.protocol import study

from trial.actions import entry


@pytest.fixture
def held(visit, data_manager):
    values = {"held_on": SCREENED, "status": "DONE", "mode": "ON_SITE"}
    return entry.change_visit(visit, by=data_manager, version=visit.version, values=values)


class TestVisit:
    def test_is_changed_with_its_version(self, visit, as_data_manager):
        sent = {"version": visit.version, "items": {"held_on": "2025-01-08", "status": "DONE", "mode": "PHONE"}}
        answer = as_data_manager.patch(f"visits/{visit.pk}/", sent)
        assert answer.status_code == 200, answer.json()
        assert answer.json()["items"]["mode"] == "PHONE"
        assert answer.json()["visit_state"].startswith("DONE")
        assert [one["id"] for one in as_data_manager.results("visits/", held="true")] == [visit.pk]

    def test_outside_the_schedule_is_added_and_numbered(self, subject, as_data_manager):
        made = [as_data_manager.post("visits/", {"subject": "01-001"}).json() for _ in range(2)]
        assert [(one["code"], one["target_on"], one["closes_on"]) for one in made] == [("UNS1", None, None), ("UNS2", None, None)]
        assert {one["code"] for one in as_data_manager.results("visits/", subject="01-001")} >= {"UNS1", "UNS2"}

    def test_outside_the_schedule_asks_for_the_subject(self, subject, as_data_manager):
        assert as_data_manager.post("visits/", {}).status_code == 400
        assert as_data_manager.post("visits/", {"subject": "01-999"}).status_code == 404

    def test_enrolment_plans_the_first_visits(self, site, as_data_manager):
        code = as_data_manager.post("subjects/", {"site": "01", "screened_on": "2025-01-07"}).json()["code"]
        assert code == "01-001"
        assert {one["code"] for one in as_data_manager.results("visits/", subject=code)} >= {"COMMON", "SCR"}


class TestSignature:
    def test_keeps_what_was_signed(self, held, signs, as_investigator):
        shown = as_investigator.get(f"visits/{held.pk}/content/").json()
        assert shown["drafts"] == []
        answer = as_investigator.post(
            f"visits/{held.pk}/sign/", {"password": PASSWORD, "code": CODE, "shown_sha256": shown["content_sha256"]}
        )
        assert answer.status_code == 201, answer.json()
        made = answer.json()
        assert (made["printed_name"], made["holds"], made["changes"]) == ("Ida Li", True, [])
        assert made["content"] == shown["content"]
        assert made["content_sha256"] == shown["content_sha256"]
        assert made["meaning_text"].startswith("I have reviewed")
        assert as_investigator.get(f"signatures/{made['id']}/").json() == made

    def test_breaks_when_an_item_changes_and_names_it(self, held, signs, as_investigator, as_data_manager):
        pk = signed(as_investigator, held).json()["id"]
        as_data_manager.patch(f"forms/vitalsigns/{signs.pk}/", {"version": 1, "reason": "ENTRY_ERROR", "items": {"pulse": 72}})
        (listed,) = as_data_manager.results("signatures/", subject="01-001")
        assert listed["holds"] is False
        (change,) = as_data_manager.get(f"signatures/{pk}/").json()["changes"]
        assert (change["item"], change["was"], change["now"]) == ("Pulse", "71", "72")

    @pytest.mark.parametrize(
        ("sent", "status", "sentence"),
        [
            ({"password": "wrong", "code": CODE}, 422, "password does not match"),
            ({"password": "", "code": CODE}, 422, "password does not match"),
            ({"shown_sha256": "0" * 64}, 409, "has changed since"),
            ({"shown_sha256": ""}, 400, "may not be blank"),
            ({"signed_by": 1}, 400, "no such field"),
        ],
    )
    def test_is_refused(self, held, as_investigator, sent, status, sentence):
        answer = signed(as_investigator, held, **sent)
        assert (answer.status_code, sentence in answer.json()["detail"]) == (status, True), answer.json()
        assert not Signature.objects.exists()

    @pytest.mark.proves("S11")
    @pytest.mark.parametrize("sent", [{}, {"password": PASSWORD, "code": CODE}])
    def test_of_what_was_not_read_is_none(self, held, as_investigator, sent):
        """Content shown is content signed: who signs says by its digest what they read."""
        answer = as_investigator.post(f"visits/{held.pk}/sign/", sent)
        assert (answer.status_code, "shown_sha256: This field is required" in answer.json()["detail"]) == (400, True)
        assert as_investigator.post("subjects/01-001/eligibility/?gate=1", sent).status_code == 400
        assert not Signature.objects.exists()

    def test_waits_for_drafts(self, held, data_manager, as_investigator):
        sent = {"visit": held.pk, "complete": False, "items": {}}
        assert as_investigator.post("forms/vitalsigns/", sent).status_code == 201
        assert signed(as_investigator, held).status_code == 409

    def test_is_not_put_twice(self, held, as_investigator):
        assert signed(as_investigator, held).status_code == 201
        assert signed(as_investigator, held).status_code == 409


class TestEligibility:
    def test_tells_each_criterion_with_its_evidence(self, subject, visit, signs, as_data_manager):
        told = as_data_manager.get("subjects/01-001/eligibility/", gate=1).json()
        assert [one["criterion"] for one in told["verdicts"]] == [one.code for one in study.CRITERIA if 1 in one.gates]
        assert told["overall"] == "UNDETERMINED"
        assert told["confirmed"] is None
        assert told["verdicts"][0]["text"].startswith("Urothelial cancer")

    def test_is_confirmed_and_signed(self, subject, as_investigator):
        answer = confirmed(as_investigator, 1)
        assert answer.status_code == 201, answer.json()
        assert (answer.json()["result"], answer.json()["signed"], answer.json()["stale"]) == ("UNDETERMINED", True, False)
        assert as_investigator.results("signatures/", meaning="eligibility")[0]["holds"] is True
        assert as_investigator.get("subjects/01-001/eligibility/", gate=1).json()["confirmed"] == answer.json()

    @pytest.mark.parametrize(
        ("sent", "status", "sentence"),
        [
            ({"password": "wrong", "code": CODE}, 422, "password does not match"),
            ({"password": PASSWORD, "code": CODE, "verdicts": {"X99": "MET"}}, 422, "has no criterion"),
            ({"password": PASSWORD, "code": CODE, "verdicts": {"I07": "PERHAPS"}}, 422, "met, not met or unknown"),
            ({"password": PASSWORD, "code": CODE, "verdicts": {"I07": "MET"}}, 422, "Give the reason"),
            (
                {"password": PASSWORD, "code": CODE, "verdicts": {"I07": "MET"}, "comments": {"I07": "\u200b \u2800"}},
                422,
                "Give the reason",
            ),
            (
                {"password": PASSWORD, "code": CODE, "verdicts": {"I07": "MET"}, "comments": {"I07": "Told by 13812345678"}},
                422,
                "telephone",
            ),
            ({"password": PASSWORD, "code": CODE, "verdicts": {"I07": "MET"}, "comments": {"I07": "x" * 1001}}, 422, "1000"),
            ({"password": PASSWORD, "code": CODE, "shown_sha256": "0" * 64}, 409, "have changed since"),
            ({"password": PASSWORD, "code": CODE, "verdicts": ["I07"]}, 400, "verdicts"),
        ],
    )
    def test_is_refused(self, subject, as_investigator, sent, status, sentence):
        answer = confirmed(as_investigator, 1, **sent)
        assert (answer.status_code, sentence in answer.json()["detail"]) == (status, True), answer.json()
        assert not Eligibility.objects.exists()

    def test_of_a_gate_that_is_not_planned_waits(self, subject, as_investigator):
        answer = confirmed(as_investigator, 2)
        assert (answer.status_code, "no visit PC2 yet" in answer.json()["detail"]) == (409, True)


def test_the_check_after_cycle_2_is_told(subject, as_sponsor):
    told = as_sponsor.get("subjects/01-001/progression-check/").json()
    assert (told["state"], told["window"], told["x07"]) == ("NOT_STARTED", None, "UNKNOWN")


class TestFlag:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"open": "true"}, 1), ({"open": "false"}, 0), ({"kind": "VISIT_OVERDUE"}, 1), ({"kind": "VISIT_MISSED"}, 0),
            ({"subject": "01-001"}, 1), ({"subject": "01-002"}, 0), ({"acknowledged": "true"}, 0), ({"severity": "NOTICE"}, 1),
        ],
    )  # fmt: skip
    def test_is_found(self, flag_of, as_sponsor, query, found):
        assert len(as_sponsor.results("flags/", **query)) == found

    def test_is_acknowledged_and_stays_open(self, flag_of, as_data_manager):
        told = as_data_manager.post(f"flags/{flag_of.pk}/acknowledge/", {}).json()
        assert (told["acknowledged_by"], told["closed_on"]) == ("dan", None)
        assert as_data_manager.results("flags/", acknowledged="true") == [told]

    def test_that_is_closed_is_not_acknowledged(self, flag_of, as_data_manager):
        Flag.objects.update(closed_on=SCREENED)
        assert as_data_manager.post(f"flags/{flag_of.pk}/acknowledge/", {}).status_code == 409


class TestStudy:
    def test_stands_there_with_its_criteria_and_parameters(self, as_sponsor):
        told = as_sponsor.get("study/").json()
        assert (told["registration"], told["sponsor"]) == ("NCT06652022", "Peking University First Hospital")
        assert told["arms"].keys() == {"SYS", "SYSRT"}
        assert len(told["criteria"]) == len(study.CRITERIA)
        assert {one["status"] for one in told["parameters"]} == {"R", "A"}
        assert told["randomization_commitment"] is None

    def test_shows_the_published_commitment_and_nothing_else_of_the_key(self, as_sponsor):
        with acting(by=founder()):
            Study.objects.create(registration=study.REGISTRATION, randomization_commitment="a" * 64, committed_at="2025-01-01T00:00Z")
        told = as_sponsor.get("study/").json()
        assert told["randomization_commitment"] == "a" * 64
        assert not [one["name"] for one in told["parameters"] if "BLOCK" in one["name"]]


def test_a_site_tells_what_an_entry_refers_to(site, consent_version, as_data_manager):
    told = as_data_manager.get("sites/01/").json()
    assert [one["id"] for one in told["consent_versions"]] == [consent_version.pk]
    assert told["laboratories"] == ["PUFH-1"]
    assert told["statuses"] == [{"status": "ACTIVE", "since": "2022-01-01"}]


class TestStrata:
    ADDRESS = "subjects/01-001/randomization/strata/"
    SENT = {"version": 2, "metpat": "ANY_VISCERAL_OR_BONE", "reason": "SOURCE_UPDATED: read again"}

    @pytest.fixture
    def allocated(self, visit, subject):
        with acting(by=founder(), reason="OTHER: set up"):
            return complete(Randomization, subject)

    def test_found_correct_later_stand_beside_those_used(self, allocated, as_data_manager):
        answer = as_data_manager.post(self.ADDRESS, self.SENT)
        assert answer.status_code == 200, answer.json()
        assert (answer.json()["metpat"], answer.json()["metpat_corrected"]) == ("NODE_ONLY", "ANY_VISCERAL_OR_BONE")

    @pytest.mark.parametrize(
        ("changed", "status"),
        [({"version": 9}, 409), ({"reason": "because"}, 422), ({"reason": ""}, 400), ({"metpat": "NODES"}, 400), ({"arm": "SYS"}, 400)],
    )
    def test_are_refused(self, allocated, as_data_manager, changed, status):
        assert as_data_manager.post(self.ADDRESS, self.SENT | changed).status_code == status
        allocated.refresh_from_db()
        assert (allocated.metpat_corrected, allocated.arm) == ("", "SYSRT")
