"""The second factor: set up with a first code, shown with the first signature of a session, and
before administration.
"""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from tests.conftest import CODE, PASSWORD, PROOF, SCREENED, log_in_with_code
from trial.accounts.second_factor import Proof, ShownDevice
from trial.models import Signature
from trial.refusals import Refused

from trial.accounts import proving, second_factor
from trial.actions import entry, review

ACCOUNT, ASKED, SETUP = "/account/", "/account/code/", "/admin/trial/site/"


def code_now(device, steps=0):
    return f"{totp(device.bin_key, drift=steps):06}"


@pytest.fixture
def device(investigator):
    """The investigator's, confirmed, beside the codes for recovery."""
    return TOTPDevice.objects.create(user=investigator, name="authenticator")


@pytest.fixture
def held_visit(visit, data_manager, commit):
    """A visit that can be signed."""
    done = {"held_on": SCREENED, "status": "DONE", "mode": "ON_SITE"}
    entry.change_visit(visit, by=data_manager, version=visit.version, values=done)
    commit()
    visit.refresh_from_db()
    return visit


@pytest.fixture
def clock(monkeypatch):
    """Python's, which ends sessions (django.contrib.sessions, trial/accounts/idle.py): it stands
    still, and goes on when told.
    """

    class Clock:
        now = timezone.now()

        def pass_by(self, seconds):
            self.now += timedelta(seconds=seconds)

    stands = Clock()
    monkeypatch.setattr("django.utils.timezone.now", lambda: stands.now)
    monkeypatch.setattr("trial.accounts.idle.time.time", lambda: stands.now.timestamp())
    return stands


@pytest.fixture
def at_home(client, investigator):
    client.force_login(investigator)
    return client


def sign(client, visit, **sent):
    shown = re.search('name="shown" value="([0-9a-f]+)"', client.get(f"/visits/{visit.pk}/sign/").content.decode())
    return client.post(f"/visits/{visit.pk}/sign/", {"shown": shown[1] if shown else "", "password": PASSWORD} | sent)


def asks_code(client, visit):
    return 'name="code"' in client.get(f"/visits/{visit.pk}/sign/").content.decode()


class TestSetUp:
    def begin(self, client, person):
        client.force_login(person)
        client.post(ACCOUNT, {"act": "begin", "password": PASSWORD})
        return TOTPDevice.objects.get(user=person)

    @pytest.mark.proves("A06")
    def test_secret_picture_first_code_recovery_codes_shown_once(self, client, data_manager):
        device = self.begin(client, data_manager)
        shown = client.get(ACCOUNT).content.decode()
        assert second_factor.secret_of(device) in shown
        assert "data:image/svg+xml" in shown
        assert not second_factor.is_enrolled(data_manager)
        before = client.session.session_key
        page = client.post(ACCOUNT, {"act": "confirm", "code": code_now(device)}).content.decode()
        codes = set(StaticToken.objects.values_list("token", flat=True))
        assert (len(codes), all(f"<code>{code}</code>" in page for code in codes)) == (10, True)
        assert client.session.session_key != before
        again = client.get(ACCOUNT).content.decode()
        assert not any(secret in again for secret in {*codes, second_factor.secret_of(device)})
        assert "Recovery codes left: 10." in again

    @pytest.mark.parametrize("code", ["000000", "", "abc", "\x00", "123456789012345678"])
    def test_a_wrong_first_code_confirms_nothing(self, client, data_manager, code):
        self.begin(client, data_manager)
        assert client.post(ACCOUNT, {"act": "confirm", "code": code}).status_code == (400 if code == "\x00" else 422)
        assert not second_factor.is_enrolled(data_manager)

    def test_it_takes_the_password(self, client, data_manager):
        client.force_login(data_manager)
        assert client.post(ACCOUNT, {"act": "begin", "password": "wrong"}).status_code == 422
        assert not TOTPDevice.objects.exists()

    @pytest.mark.proves("S14")
    def test_who_has_one_shows_it_before_it_is_replaced_and_the_old_is_refused_at_once(self, at_home, investigator, device):
        old = code_now(device, 1)
        assert "If it is lost" in at_home.post(ACCOUNT, {"act": "begin", "password": PASSWORD}).content.decode()
        assert at_home.post(ASKED, {"code": code_now(device)}).status_code == 302
        at_home.post(ACCOUNT, {"act": "begin", "password": PASSWORD})
        new = TOTPDevice.objects.get(user=investigator, confirmed=False)
        at_home.post(ACCOUNT, {"act": "confirm", "code": code_now(new)})
        assert TOTPDevice.objects.get(user=investigator) == new
        assert second_factor.device_that_accepts(investigator, old) is None
        assert second_factor.device_that_accepts(investigator, CODE) is None

    @pytest.mark.proves("S14")
    def test_a_lost_one_is_taken_away_by_a_second_person(self, client, investigator, device, administrator):
        log_in_with_code(client, administrator)
        address = reverse("admin:otp_totp_totpdevice_delete", args=[device.pk])
        assert device.key not in client.get(reverse("admin:otp_totp_totpdevice_change", args=[device.pk])).content.decode()
        assert client.post(address, {"post": "yes"}).status_code == 302
        assert second_factor.device_that_accepts(investigator, code_now(device)) is None
        own = StaticDevice.objects.get(user=administrator)
        assert client.post(reverse("admin:otp_static_staticdevice_delete", args=[own.pk]), {"post": "yes"}).status_code == 403

    def test_recovery_codes_are_made_anew_only_with_a_code_shown(self, at_home, investigator):
        assert at_home.post(ACCOUNT, {"act": "renew"}).status_code == 422
        at_home.post(ASKED, {"code": CODE})
        assert at_home.post(ACCOUNT, {"act": "renew"}).content.decode().count("<li><code>") == 10
        assert second_factor.recovery_codes_left(investigator) == 10


class TestCodes:
    @pytest.mark.proves("S14")
    def test_each_is_good_once(self, investigator, device):
        code = code_now(device)
        assert second_factor.device_that_accepts(investigator, f" {code[:3]} {code[3:]}") == device
        assert second_factor.device_that_accepts(investigator, code) is None
        (recovery,) = second_factor.new_recovery_codes(investigator)[:1]
        assert second_factor.device_that_accepts(investigator, recovery.upper())
        assert second_factor.device_that_accepts(investigator, recovery) is None

    def test_nobody_elses(self, investigator, data_manager, device):
        assert second_factor.device_that_accepts(data_manager, code_now(device)) is None

    @pytest.mark.proves("S13")
    def test_after_a_wrong_one_the_next_waits(self, investigator, device):
        assert second_factor.device_that_accepts(investigator, "000000") is None
        assert second_factor.device_that_accepts(investigator, code_now(device)) is None


@pytest.mark.proves("S05", "C04")
class TestSigning:
    def test_password_and_code_first_then_the_password_alone(self, at_home, held_visit, device, data_manager, commit):
        assert asks_code(at_home, held_visit)
        assert sign(at_home, held_visit).status_code == 422
        before = at_home.session.session_key
        assert sign(at_home, held_visit, code=code_now(device)).status_code == 302
        assert at_home.session.session_key != before
        entry.change_visit(held_visit, by=data_manager, version=held_visit.version, values={"mode": "PHONE"}, reason="TRANSCRIPTION")
        commit()
        assert not asks_code(at_home, held_visit)
        assert sign(at_home, held_visit, password="wrong").status_code == 422
        assert sign(at_home, held_visit).status_code == 302
        assert Signature.objects.count() == 2

    def test_the_password_is_needed_all_the_same(self, at_home, held_visit):
        assert "password does not match" in sign(at_home, held_visit, code=CODE, password="").content.decode()
        assert not Signature.objects.exists()

    @pytest.mark.parametrize("how", ["logout", "address", "browser", "session_ended"])
    def test_both_again(self, at_home, held_visit, investigator, how):
        assert sign(at_home, held_visit, code=CODE).status_code == 302
        if how == "logout":
            at_home.logout()
            at_home.force_login(investigator)
        elif how == "session_ended":
            at_home.cookies.clear()
            at_home.force_login(investigator)
        else:
            at_home.defaults |= {"REMOTE_ADDR": "10.0.0.9"} if how == "address" else {"HTTP_USER_AGENT": "another"}
        assert proving.asks_code(at_home.get("/study/").wsgi_request)

    @pytest.mark.parametrize(
        ("after", "signed_in", "asked_again"),
        [
            # seconds  session     password and code again
            (899,      True,       False),
            (900,      False,      True),
            (901,      False,      True),
        ],
    )  # fmt: skip
    def test_both_again_after_the_limit_of_15_minutes(self, at_home, held_visit, investigator, clock, after, signed_in, asked_again):
        assert sign(at_home, held_visit, code=CODE).status_code == 302
        clock.pass_by(after)
        answer = at_home.get(f"/visits/{held_visit.pk}/sign/")
        assert (answer.status_code == 200) is signed_in
        if not signed_in:
            assert answer["Location"].startswith("/admin/login/"), "the password"
            at_home.force_login(investigator)
        assert proving.asks_code(at_home.get("/study/").wsgi_request) is asked_again, "the code"

    def test_who_has_no_second_factor_is_led_to_set_it_up(self, at_home, held_visit, investigator):
        StaticDevice.objects.all().delete()
        assert "Set it up on the page Account first" in sign(at_home, held_visit, code="123456").content.decode()
        assert not Signature.objects.exists()

    def test_the_action_takes_no_code_for_granted(self, held_visit, investigator):
        shown = StaticDevice.objects.get(user=investigator).persistent_id
        for proof in (
            Proof(PASSWORD),
            Proof(PASSWORD, session=ShownDevice("otp_static.staticdevice/0")),
            Proof(PASSWORD, "000000"),
            Proof("wrong", CODE),
            Proof("wrong", session=ShownDevice(shown)),
        ):
            with pytest.raises(Refused):
                review.sign_visit(held_visit, by=investigator, proof=proof)
        assert review.sign_visit(held_visit, by=investigator, proof=PROOF).pk

    @pytest.mark.proves("S13")
    def test_failures_count_as_failed_logins(self, at_home, held_visit):
        assert [sign(at_home, held_visit, password="wrong").status_code for _ in range(5)] == [422] * 4 + [429]
        assert sign(at_home, held_visit, code=CODE).status_code == 429
        assert AccessFailureLog.objects.filter(username="ida").count() == 5
        assert AccessAttempt.objects.get().post_data.strip("-\n") == "", "of what was posted, nothing is kept"
        assert Client().post("/admin/login/", {"username": "ida", "password": PASSWORD}).status_code == 429


@pytest.mark.proves("A06")
class TestAdministration:
    def test_a_code_is_asked_for_once_and_leads_on(self, client, administrator):
        client.force_login(administrator)
        answer = client.get(SETUP)
        assert answer["Location"] == f"{ASKED}?next=%2Fadmin%2Ftrial%2Fsite%2F"
        assert client.post(ASKED, {"code": "wrong", "next": SETUP}).status_code == 422
        StaticDevice.objects.update(throttling_failure_count=0)
        before = client.session.session_key
        assert client.post(ASKED, {"code": CODE, "next": SETUP})["Location"] == SETUP
        assert client.session.session_key != before
        assert client.get(SETUP).status_code == 200

    def test_without_a_second_factor_it_is_set_up_first(self, client, administrator):
        StaticDevice.objects.all().delete()
        client.force_login(administrator)
        assert client.get(SETUP)["Location"] == ACCOUNT
        assert client.post(f"{SETUP}add/", {})["Location"] == ACCOUNT

    def test_a_superuser_has_no_way_round(self, client, administrator):
        administrator.is_superuser = True
        administrator.save()
        client.force_login(administrator)
        assert client.get("/admin/auth/user/")["Location"].startswith(ASKED)

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_no_address_of_people_is_open_to_a_superuser_without_a_code(self, client, administrator, investigator, method):
        """Whatever Django adds to its pages of users and groups."""
        administrator.is_superuser = True
        administrator.save()
        client.force_login(administrator)
        pages = [page for model, page in admin.site._registry.items() if model._meta.app_label == "auth"]
        people = [pattern.name for page in pages for pattern in page.get_urls() if pattern.name]
        assert "auth_user_password_change" in people
        for name in people:
            address = reverse(f"admin:{name}", args=[] if name.endswith(("_changelist", "_add")) else [investigator.pk])
            answer = getattr(client, method)(address, {"password1": "another horse", "password2": "another horse"})
            assert (answer.status_code, answer.get("Location", "").startswith(ASKED)) == (302, True), address
        investigator.refresh_from_db()
        assert investigator.check_password(PASSWORD)

    def test_others_read_the_setup_without(self, client, data_manager):
        client.force_login(data_manager)
        assert client.get(SETUP).status_code == 200

    @pytest.mark.parametrize("onward", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
    def test_leads_nowhere_else(self, client, administrator, onward):
        client.force_login(administrator)
        assert client.post(ASKED, {"code": CODE, "next": onward})["Location"] == ACCOUNT
