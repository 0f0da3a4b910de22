"""Accounts, tokens, logins and signatures enter the ledger (R06, R07); nothing secret does."""

import pytest
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from knox.models import AuthToken
from tests.conftest import PASSWORD, PROOF
from trial.actions.verification.verify_ledger import findings
from trial.audit.acting import acting
from trial.models import Ledger, Signature, SystemEvent, Visit

from trial.accounts import second_factor
from trial.actions import events, review


@pytest.fixture
def last_event(commit):
    def last():
        commit()
        entry = Ledger.objects.filter(form="trial.systemevent").last()
        assert entry.row == SystemEvent.objects.last().pk
        return SystemEvent.objects.last()

    return last


def make(user):
    User.objects.create_user("new", password=PASSWORD)


def deactivate(user):
    User.objects.filter(pk=user.pk).update(is_active=False)


def promote(user):
    user.is_superuser = True
    user.save()


def set_password(user):
    user.set_password("another horse")
    user.save()


def rename(user):
    with connection.cursor() as cursor:
        cursor.execute("update auth_user set email = 'x@example.org' where id = %s", [user.pk])


def join(user):
    user.groups.add(Group.objects.create(name="readers"))


def leave(user):
    join(user)
    user.groups.clear()


def issue(user):
    AuthToken.objects.create(user)


def revoke(user):
    issue(user)
    AuthToken.objects.all().delete()


def set_second_factor(user):
    second_factor.begin(user)


def lose_second_factor(user):
    TOTPDevice.objects.create(user=user, name="authenticator")
    TOTPDevice.objects.filter(user=user).delete()


def get_recovery_codes(user):
    StaticDevice.objects.create(user=user, name="recovery")


@pytest.mark.proves("R06")
@pytest.mark.parametrize(
    ("act", "kind", "what"),
    [
        (make, "account made", "username"),
        (deactivate, "account changed", "is_active"),
        (promote, "account changed", "is_superuser"),
        (set_password, "account changed", "password"),
        (rename, "account changed", "email"),
        (join, "group of account given", "group_id"),
        (leave, "group of account taken", "group_id"),
        (issue, "token issued", "user_id"),
        (revoke, "token revoked", "user_id"),
        (lose_second_factor, "second factor removed", "user_id"),
        (get_recovery_codes, "recovery codes made", "user_id"),
    ],
)
def test_event_of(data_manager, administrator, last_event, act, kind, what):
    with acting(by=administrator):
        act(data_manager)
    event = last_event()
    assert (event.kind, event.by, what in event.detail) == (kind, administrator, True)
    assert event.about == (User.objects.get(username="new") if act is make else data_manager)
    assert findings() == []


@pytest.mark.proves("R06", "S13")
def test_second_factor_and_lockout_are_events(client, data_manager, last_event):
    set_second_factor(data_manager)
    assert (last_event().kind, last_event().by, last_event().about) == ("second factor made", data_manager, data_manager)
    for _ in range(5):
        client.post("/admin/login/", {"username": "dan", "password": "wrong"})
    last_event()
    assert [(one.kind, one.about) for one in SystemEvent.objects.order_by("-pk")[:2]] == [
        ("login failed", data_manager),
        ("login locked", data_manager),
    ]
    assert findings() == []


def test_a_code_that_is_tried_is_no_event(data_manager, last_event):
    device = TOTPDevice.objects.create(user=data_manager, name="authenticator")
    before = last_event()
    assert not device.verify_token("000000")
    assert last_event() == before
    assert findings() == []


@pytest.mark.proves("R06")
def test_each_recovery_code_is_an_event_when_it_is_made_and_when_it_is_used(data_manager, last_event):
    """One that somebody plants by SQL is told as well, of whom it is; what it is, nobody reads there."""
    code, *_ = second_factor.new_recovery_codes(data_manager)
    made = SystemEvent.objects.filter(kind="recovery code made", about=data_manager)
    assert (made.count(), {event.by for event in made}) == (10, {data_manager})
    assert second_factor.device_that_accepts(data_manager, code)
    assert (last_event().kind, last_event().about) == ("recovery code used or void", data_manager)
    with connection.cursor() as cursor:
        cursor.execute("insert into otp_static_statictoken (device_id, token) select id, 'planted' from otp_static_staticdevice limit 1")
    assert (last_event().kind, last_event().about, last_event().by) == ("recovery code made", data_manager, None)
    assert "planted" not in str(last_event().detail)
    assert findings() == []


def test_no_secret_enters_the_ledger(data_manager, last_event):
    set_password(data_manager)
    _, token = AuthToken.objects.create(data_manager)
    last_event()
    device = second_factor.begin(data_manager)
    codes = second_factor.new_recovery_codes(data_manager)
    last_event()
    told = " ".join(str(entry.items) for entry in Ledger.objects.all())
    data_manager.refresh_from_db()
    digest = AuthToken.objects.get().digest
    assert [secret for secret in (token, token[:15], digest, data_manager.password, PASSWORD, device.key, *codes) if secret in told] == []


@pytest.mark.proves("S07")
def test_account_is_never_deleted(db):
    person = User.objects.create(username="gone")
    with pytest.raises(ProtectedError), transaction.atomic():
        person.delete()
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from auth_user where id = %s", [person.pk])


def test_login_leaves_its_event_and_nothing_else(client, data_manager, last_event):
    before = SystemEvent.objects.count()
    assert client.post("/admin/login/", {"username": "dan", "password": PASSWORD}).status_code == 302
    assert (last_event().kind, last_event().by) == ("login", data_manager)
    client.logout()
    assert last_event().kind == "logout"
    assert SystemEvent.objects.count() == before + 2


@pytest.mark.proves("R06")
@pytest.mark.parametrize("name", ["dan", "hunter2"])
def test_failed_login_is_noted_and_a_strange_name_is_not_kept(client, data_manager, last_event, name):
    client.post("/admin/login/", {"username": name, "password": "wrong"})
    event = last_event()
    assert (event.kind, event.by, event.about) == ("login failed", None, data_manager if name == "dan" else None)
    assert "hunter2" not in str([entry.items for entry in Ledger.objects.all()])


def test_what_code_notes_enters_too(data_manager, site, last_event):
    events.note(SystemEvent.Kind.EXPORT, by=data_manager, site=site, recipient="sponsor", rows=12)
    last_event()
    entry = Ledger.objects.last()
    assert (entry.by, entry.site, entry.items["detail"]) == (
        data_manager,
        site,
        [None, {"recipient": [None, "sponsor"], "rows": [None, 12]}],
    )


def test_event_stays_as_it_was_noted(data_manager, db):
    event = events.note(SystemEvent.Kind.EXPORT, by=data_manager)
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        SystemEvent.objects.update(kind="login")


@pytest.mark.proves("R07")
def test_signature_enters_the_ledger_once(cycle, investigator, commit):
    with acting(by=investigator, reason="Held"):
        Visit.objects.filter(pk=cycle.visit_id).update(held_on="2025-01-20", status="DONE", mode="ON_SITE")
    review.sign_visit(cycle.visit, by=investigator, proof=PROOF)
    commit()
    entry = Ledger.objects.get(form="trial.signature")
    assert (entry.by, entry.visit, entry.row) == (investigator, cycle.visit, Signature.objects.get().pk)
    assert entry.items["content"][1].startswith("sha256:")
    assert findings() == []
