"""Who gets in: how passwords are kept, who is locked out, what dies with an account."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from knox.models import AuthToken
from tests.conftest import CODE, PASSWORD, log_in_with_code
from trial.models import Ledger, Mail, SystemEvent

from trial import settings as product
from trial import tasks

LOGIN = "/admin/login/"
WEAK = ["1", "short-one-1", "dan-dan-dora", "password1234", "738201946572"]
"""Too short; like the person's name; common; digits alone."""


def log_in(client, password=PASSWORD, username="dan", **more):
    return client.post(LOGIN, {"username": username, "password": password, "next": "/"}, **more)


def fail(client, times=5, **more):
    return [log_in(client, "wrong", **more).status_code for _ in range(times)]


class TestPasswords:
    def test_argon2id_at_owasps_smallest_setting(self, settings):
        settings.PASSWORD_HASHERS = product.PASSWORD_HASHERS
        assert make_password(PASSWORD).startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")

    def test_an_older_hash_holds_and_is_replaced_at_login(self, client, data_manager):
        data_manager.password = make_password(PASSWORD, hasher="pbkdf2_sha256")
        data_manager.save()
        assert log_in(client).status_code == 302
        data_manager.refresh_from_db()
        assert data_manager.password.startswith("argon2$argon2id$")
        assert check_password(PASSWORD, data_manager.password)

    @pytest.mark.proves("S14")
    @pytest.mark.parametrize("weak", WEAK)
    def test_a_weak_one_is_refused_on_the_page_of_ones_own(self, client, data_manager, weak):
        User.objects.filter(pk=data_manager.pk).update(first_name="Dan-Dan Dora")
        client.force_login(data_manager)
        answer = client.post("/admin/password_change/", {"old_password": PASSWORD, "new_password1": weak, "new_password2": weak})
        assert (answer.status_code, "errorlist" in answer.content.decode()) == (200, True)
        data_manager.refresh_from_db()
        assert data_manager.check_password(PASSWORD)

    @pytest.mark.proves("S14")
    @pytest.mark.parametrize("weak", WEAK)
    def test_so_it_is_on_the_page_of_users_for_a_new_person_and_for_one_there_is(self, client, administrator, data_manager, weak):
        User.objects.filter(pk=data_manager.pk).update(first_name="Dan-Dan Dora")
        administrator.is_superuser = True
        administrator.save()
        log_in_with_code(client, administrator)
        sent = {"password1": weak, "password2": weak, "usable_password": "true"}
        for address, more in (
            (f"/admin/auth/user/{data_manager.pk}/password/", {}),
            ("/admin/auth/user/add/", {"username": "dora-dan-dora"}),
        ):
            answer = client.post(address, sent | more)
            assert (answer.status_code, "errorlist" in answer.content.decode()) == (200, True)
        data_manager.refresh_from_db()
        assert data_manager.check_password(PASSWORD)
        assert not User.objects.filter(username="dora-dan-dora").exists()

    @pytest.mark.proves("S14")
    @pytest.mark.parametrize("weak", WEAK)
    def test_so_it_is_by_command_where_nobody_is_asked(self, db, monkeypatch, weak):
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", weak)
        with pytest.raises(CommandError, match="password"):
            call_command("createsuperuser", interactive=False, username="dora-dan-dora", email="a@example.org")
        assert not User.objects.exists()


def guess_codes(client, times, code="wrong"):
    return [client.post("/account/code/", {"code": code}).status_code for _ in range(times)]


@pytest.mark.proves("S13")
class TestLockout:
    def test_the_fifth_failure_locks_out_and_the_right_password_waits_too(self, client, data_manager):
        assert fail(client) == [200, 200, 200, 200, 429]
        answer = log_in(client)
        assert (answer.status_code, "Wait 15 minutes" in answer.content.decode()) == (429, True)
        assert "_auth_user_id" not in client.session

    def test_no_password_is_hashed_for_who_is_locked_out(self, client, data_manager, monkeypatch):
        fail(client)
        monkeypatch.setattr("django.contrib.auth.hashers.verify_password", lambda *args, **more: pytest.fail("hashed"))
        monkeypatch.setattr("django.contrib.auth.hashers.make_password", lambda *args, **more: pytest.fail("hashed"))
        assert log_in(client).status_code == 429

    @pytest.mark.parametrize(("minutes", "status"), [(14, 429), (16, 302)])
    def test_it_ends_after_15_minutes(self, client, data_manager, minutes, status):
        fail(client)
        AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=minutes))
        assert log_in(client).status_code == status

    def test_trying_meanwhile_does_not_make_it_longer(self, client, data_manager):
        fail(client)
        AccessAttempt.objects.update(attempt_time=(since := timezone.now() - timedelta(minutes=14)))
        fail(client, 2)
        assert AccessAttempt.objects.get().attempt_time == since

    def test_neither_another_person_nor_another_place_is_locked(self, client, data_manager, investigator):
        fail(client)
        assert log_in(Client(), username="ida").status_code == 302
        assert log_in(Client(REMOTE_ADDR="10.0.0.9")).status_code == 302

    def test_a_success_begins_the_count_anew(self, client, data_manager):
        for _ in range(2):
            assert fail(client, 4) == [200] * 4
            assert log_in(client).status_code == 302
            client.logout()

    @pytest.mark.parametrize("who", ["investigator", "administrator"])
    def test_of_who_needs_a_code_a_good_password_alone_does_not(self, request, client, settings, who):
        """Four wrong codes, a login, four more: the first of these locks out, and somebody hears of
        it.
        """
        settings.ALERT_MAIL = ["safety@example.org"]
        person = request.getfixturevalue(who)
        assert log_in(client, username=person.username).status_code == 302
        assert guess_codes(client, 4) == [422] * 4
        client.logout()
        assert log_in(client, username=person.username).status_code == 302
        assert guess_codes(client, 1) == [429]
        assert guess_codes(client, 1, code=CODE) == [429]
        assert log_in(Client(), username=person.username).status_code == 429
        assert Mail.objects.count() == 1
        assert SystemEvent.objects.filter(kind="login locked", about=person).exists()

    @pytest.mark.parametrize("by", ["page", "api"])
    def test_a_good_code_does(self, client, investigator, by):
        assert log_in(client, username="ida").status_code == 302
        for _ in range(2):
            assert guess_codes(client, 4) == [422] * 4
            StaticDevice.objects.update(throttling_failure_count=0)
            if by == "page":
                assert guess_codes(client, 1, code=CODE) == [302]
            else:
                sent = {"username": "ida", "password": PASSWORD, "code": CODE}
                assert client.post("/api/v1/token/", sent, content_type="application/json").status_code == 201

    def test_neither_tokens_nor_other_acts_of_the_password_begin_it_anew(self, client, investigator):
        """The password is good each time, the code is not."""
        sent = {"username": "ida", "password": PASSWORD, "code": "wrong"}
        client.force_login(investigator)
        for number in range(4):
            assert client.post("/api/v1/token/", sent, content_type="application/json").status_code == 422
            assert client.post("/account/", {"act": "accept", "password": PASSWORD}).status_code == 409, number
        assert guess_codes(client, 1) == [429]

    def test_an_administrator_who_ends_a_lockout_is_in_the_ledger(self, client, data_manager, administrator, commit):
        fail(client)
        attempt = AccessAttempt.objects.get()
        log_in_with_code(client, administrator)
        assert client.post(reverse("admin:axes_accessattempt_delete", args=[attempt.pk]), {"post": "yes"}).status_code == 302
        event = SystemEvent.objects.filter(kind="lockout ended").get()
        assert (event.by, event.about) == (administrator, data_manager)
        assert event.detail == {"address": [None, "127.0.0.1"], "failures": [None, 5]}
        commit()
        assert Ledger.objects.filter(form="trial.systemevent", row=event.pk, by=administrator).exists()
        assert log_in(Client()).status_code == 302

    def test_the_api_counts_too_and_says_so(self, client, data_manager):
        def ask(password):
            return client.post("/api/v1/token/", {"username": "dan", "password": password}, content_type="application/json")

        assert [ask("wrong").status_code for _ in range(5)] == [401] * 4 + [429]
        answer = ask(PASSWORD)
        assert (answer.status_code, answer.json()["code"]) == (429, "locked_out")
        assert log_in(client).status_code == 429

    def test_behind_a_proxy_the_proxys_own_entry_counts(self, client, data_manager, settings):
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        for number in range(5):
            fail(client, 1, headers={"x-forwarded-for": f"10.0.0.{number}, 192.0.2.7"})
        assert log_in(client, headers={"x-forwarded-for": "192.0.2.7"}).status_code == 429
        assert log_in(client, headers={"x-forwarded-for": "192.0.2.7, 192.0.2.8"}).status_code == 302

    def test_without_a_proxy_the_header_is_not_believed(self, client, data_manager):
        for number in range(5):
            fail(client, 1, headers={"x-forwarded-for": f"10.0.0.{number}"})
        assert log_in(client, headers={"x-forwarded-for": "10.0.0.77"}).status_code == 429

    def test_failures_are_kept_without_the_password_and_shown_to_the_administrator(self, client, data_manager, administrator):
        log_in(client, "secret of mine")
        assert [(failure.username, failure.ip_address) for failure in AccessFailureLog.objects.all()] == [("dan", "127.0.0.1")]
        assert "secret of mine" not in str(AccessAttempt.objects.values())
        log_in_with_code(client, administrator)
        assert "dan" in client.get(reverse("admin:axes_accessfailurelog_changelist")).content.decode()
        client.force_login(data_manager)
        assert client.get(reverse("admin:axes_accessfailurelog_changelist")).status_code == 403

    @pytest.mark.parametrize("by", ["page", "api"])
    def test_an_alert_stands_in_the_outbox_with_the_event_and_the_worker_sends_it(self, client, data_manager, settings, mailoutbox, by):
        settings.ALERT_MAIL = ["safety@example.org", "monitor@example.org"]
        if by == "page":
            fail(client, 4)
        else:
            for _ in range(4):
                client.post("/api/v1/token/", {"username": "dan", "password": "wrong"}, content_type="application/json")
        assert not Mail.objects.exists()
        fail(client, 1)
        (event,) = SystemEvent.objects.filter(kind="login locked")
        assert event.about == data_manager
        waiting = list(Mail.objects.all())
        assert [mail.to for mail in waiting] == settings.ALERT_MAIL
        assert all(abs(mail.created_at - event.at) < timedelta(seconds=60) for mail in waiting)
        fail(client, 3)
        assert Mail.objects.count() == 2, "who goes on trying sends no more"
        assert tasks.send_mail() == 2
        assert [sent.to for sent in mailoutbox] == [["safety@example.org"], ["monitor@example.org"]]
        assert "Dan Li (dan) was locked out after 5 failed attempts, from 127.0.0.1" in mailoutbox[0].body
        assert tasks.send_mail() == 0

    def test_the_alert_goes_with_the_event_or_not_at_all(self, client, data_manager, settings):
        settings.ALERT_MAIL = ["safety@example.org"]
        with transaction.atomic():
            fail(client)
            assert Mail.objects.exists()
            transaction.set_rollback(True)
        assert not Mail.objects.exists()
        assert not SystemEvent.objects.filter(kind="login locked").exists()

    def test_names_that_are_nobodys_send_one(self, client, db, settings):
        settings.ALERT_MAIL = ["safety@example.org"]
        for name in ("nobody", "noone"):
            fail(client, username=name)
        (mail,) = Mail.objects.all()
        assert "nobody's" in mail.body
        assert "noone" not in mail.body

    def test_the_worker_looks_each_minute(self, settings):
        plan = settings.CELERY_BEAT_SCHEDULE["mail"]
        assert (plan["task"], plan["schedule"]._orig_minute) == (tasks.send_mail.name, "*")

    def test_the_count_is_kept_in_the_database(self):
        assert settings.AXES_HANDLER == "axes.handlers.database.AxesDatabaseHandler"


@pytest.mark.proves("A03")
class TestDeactivated:
    def test_the_session_is_dead_at_the_next_request(self, client, data_manager):
        client.force_login(data_manager)
        assert client.get("/study/").status_code == 200
        data_manager.is_active = False
        data_manager.save()
        assert client.get("/study/")["Location"].startswith(LOGIN)
        assert log_in(client).status_code == 200

    def test_so_is_the_token(self, client, data_manager):
        headers = {"authorization": f"Token {AuthToken.objects.create(data_manager)[1]}"}
        assert client.get("/api/v1/study/", headers=headers).status_code == 200
        data_manager.is_active = False
        data_manager.save()
        assert client.get("/api/v1/study/", headers=headers).status_code == 401


def test_the_sessions_key_changes_at_login(client, data_manager):
    session = client.session
    session["kept"] = "from before"
    session.save()
    before = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = before
    log_in(client)
    assert client.session.session_key != before
