"""Tokens: stored hashed, ending by themselves, revoked by their holder; the login tells nobody who exists."""

from datetime import timedelta

import pytest
from axes.models import AccessFailureLog
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from knox.models import AuthToken
from tests.conftest import CODE, PASSWORD, log_in_with_code
from trial.models import SystemEvent

from trial.actions import accounts

from .conftest import Caller


@pytest.fixture
def anyone(db):
    return Caller()


def test_a_password_buys_a_token_that_ends(data_manager, subject, anyone):
    answer = anyone.post("token/", {"username": "dan", "password": PASSWORD})
    assert answer.status_code == 201
    assert Caller(answer.json()["token"]).results("subjects/")
    (kept,) = AuthToken.objects.all()
    assert answer.json()["expires_at"]
    assert timedelta(days=1) < kept.expiry - timezone.now() <= timedelta(days=90)


def test_only_the_hash_of_a_token_is_stored(data_manager, anyone):
    token = anyone.post("token/", {"username": "dan", "password": PASSWORD}).json()["token"]
    with connection.cursor() as cursor:
        cursor.execute("select knox_authtoken::text from knox_authtoken")
        assert token not in str(cursor.fetchall())


@pytest.mark.parametrize(
    "sent",
    [
        {"username": "dan", "password": "wrong"},
        {"username": "nobody-of-that-name", "password": "wrong"},
        {"username": "nobody-of-that-name", "password": PASSWORD},
        {"username": "DAN", "password": PASSWORD},
    ],
)
def test_a_wrong_login_does_not_tell_who_exists(data_manager, anyone, sent):
    answer = anyone.post("token/", sent)
    assert answer.status_code == 401
    assert answer.json() == {
        "type": "/api/v1/problems/login_wrong/",
        "title": "Login wrong",
        "status": 401,
        "detail": "Username or password is wrong.",
        "code": "login_wrong",
        "problems": [{"item": "", "code": "login_wrong", "message": "Username or password is wrong."}],
        "codes": [],
    }
    assert answer["WWW-Authenticate"] == "Token"
    assert not AuthToken.objects.exists()


@pytest.mark.proves("A06")
@pytest.mark.parametrize("who", ["investigator", "administrator"])
def test_who_signs_or_administers_shows_a_code_for_a_token(request, anyone, who):
    person = request.getfixturevalue(who)
    login = {"username": person.username, "password": PASSWORD}
    for shown in ({}, {"code": ""}, {"code": "wrong-code"}):
        answer = anyone.post("token/", login | shown)
        assert (answer.status_code, answer.json()["problems"][0]["item"]) == (422, "code")
        StaticDevice.objects.update(throttling_failure_count=0)
    assert AccessFailureLog.objects.filter(username=person.username).count() == 3
    assert not AuthToken.objects.exists()
    assert anyone.post("token/", login | {"code": CODE}).status_code == 201
    StaticDevice.objects.all().delete()
    assert "Set it up" in anyone.post("token/", login | {"code": CODE}).json()["detail"]


@pytest.mark.proves("A03")
def test_a_person_who_has_left_gets_no_token_and_loses_those_there_are(data_manager, as_data_manager, anyone):
    data_manager.is_active = False
    data_manager.save()
    assert anyone.post("token/", {"username": "dan", "password": PASSWORD}).status_code == 401
    assert as_data_manager.get("subjects/").status_code == 401


@pytest.mark.parametrize(
    "sent", [{}, {"username": "dan"}, {"username": ["dan"], "password": PASSWORD}, "{", {"username": "\x00", "password": "x"}]
)
def test_a_malformed_login_is_400(data_manager, anyone, sent):
    assert anyone.post("token/", sent).status_code == 400


@pytest.mark.parametrize("header", ["Token 0123456789abcdef", "Token", "Token a b", "Token \u00e9", "Bearer abc", ""])
def test_an_unknown_token_is_401_with_a_sentence(data_manager, header):
    answer = Caller().generic("GET", "/api/v1/subjects/", HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401
    assert "no valid token" in answer.json()["detail"]


@pytest.mark.proves("A03")
def test_a_token_that_has_ended_is_401(data_manager, as_data_manager):
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert as_data_manager.get("subjects/").status_code == 401


@pytest.mark.proves("A03")
def test_a_revoked_token_is_401(data_manager, as_data_manager):
    other = Caller(AuthToken.objects.create(data_manager)[1])
    assert as_data_manager.generic("DELETE", "/api/v1/token/").status_code == 204
    assert as_data_manager.get("subjects/").status_code == 401
    assert other.get("subjects/").status_code == 200


def test_nobody_revokes_without_a_token(data_manager, client):
    client.force_login(data_manager)
    assert client.delete("/api/v1/token/").status_code == 401


def test_a_session_of_the_pages_reads_the_api_and_writes_only_with_its_csrf_token(data_manager, subject):
    browser = Caller()
    browser.handler.enforce_csrf_checks = True
    browser.force_login(data_manager)
    assert browser.results("subjects/")
    assert browser.post("subjects/", {"site": "01", "screened_on": "2025-01-07"}).status_code == 403


@pytest.mark.proves("A03", "S14")
@pytest.mark.parametrize("how", ["by oneself", "by another", "taken away", "by command"])
def test_tokens_end_with_the_password_they_were_made_with(data_manager, as_data_manager, administrator, client, how):
    new = {"password1": "another horse", "password2": "another horse", "usable_password": "true"}
    page = f"/admin/auth/user/{data_manager.pk}/password/"
    if how == "by oneself":
        client.force_login(data_manager)
        sent = {"old_password": PASSWORD, "new_password1": "another horse", "new_password2": "another horse"}
        assert client.post("/admin/password_change/", sent).status_code == 302
    elif how == "by command":
        data_manager.set_password("another horse")
        data_manager.save()
    else:
        log_in_with_code(client, administrator)
        sent = new if how == "by another" else {"usable_password": "false", "unset-password": "x"}
        assert client.post(page, sent).status_code == 302
    assert as_data_manager.get("subjects/").status_code == 401
    assert not AuthToken.objects.filter(user=data_manager).exists()


@pytest.mark.proves("A03")
def test_tokens_outlive_a_login_and_a_password_that_is_hashed_anew(data_manager, as_data_manager, client):
    User.objects.filter(pk=data_manager.pk).update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))
    assert client.post("/admin/login/", {"username": "dan", "password": PASSWORD}).status_code == 302
    data_manager.refresh_from_db()
    assert data_manager.password.startswith("argon2")
    assert as_data_manager.get("subjects/").status_code == 200


@pytest.mark.proves("S14")
def test_tokens_end_with_a_reported_loss(investigator, data_manager, as_data_manager):
    mine = Caller(AuthToken.objects.create(investigator)[1])
    accounts.report_loss(investigator, by=investigator)
    assert mine.get("subjects/").status_code == 401
    assert as_data_manager.get("subjects/").status_code == 200


@pytest.mark.proves("S14")
def test_nobody_holds_more_than_ten(data_manager, anyone):
    login = {"username": "dan", "password": PASSWORD}
    assert [anyone.post("token/", login).status_code for _ in range(11)] == [201] * 10 + [409]
    assert "You have 10 tokens" in anyone.post("token/", login).json()["detail"]
    assert AuthToken.objects.count() == 10
    AuthToken.objects.filter(pk=AuthToken.objects.first().pk).update(expiry=timezone.now() - timedelta(seconds=1))
    assert anyone.post("token/", login).status_code == 201


@pytest.mark.proves("A03")
def test_an_administrator_sees_the_tokens_and_ends_one(data_manager, as_data_manager, administrator, client):
    kept = AuthToken.objects.get(user=data_manager)
    other = Caller(AuthToken.objects.create(data_manager)[1])
    log_in_with_code(client, administrator)
    listed = client.get("/admin/knox/authtoken/").content.decode()
    address = f"/admin/knox/authtoken/{kept.digest[:16]}/delete/"
    for shown in (listed, client.get(address).content.decode()):
        assert ("dan" in shown, kept.digest[:20] in shown, kept.token_key in shown) == (True, False, False)
    assert address in listed
    assert client.get("/admin/knox/authtoken/", {"digest__startswith": kept.digest[:2]}).status_code == 400
    assert client.post(address).status_code == 302
    assert as_data_manager.get("subjects/").status_code == 401
    assert other.get("subjects/").status_code == 200
    event = SystemEvent.objects.filter(kind="token revoked").last()
    assert (event.by_id, event.about_id) == (administrator.pk, data_manager.pk)
