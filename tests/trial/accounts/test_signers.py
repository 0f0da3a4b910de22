"""Who may sign at all: one's own password, what an administrator records first, and what becomes of
a lost second factor.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import date, timedelta
from io import BytesIO

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import get_resolver
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from pypdf import PdfReader
from tests.conftest import CODE, PASSWORD, PROOF, SCREENED, founder, give_codes, give_role, log_in_with_code, member, user
from tests.trial.accounts.test_access_matrix import routes_of
from trial.access import Role
from trial.accounts.passwords import matches
from trial.accounts.second_factor import Proof, ShownDevice
from trial.audit.acting import acting
from trial.models import AccountAct, Ledger, Membership, Signature, Visit
from trial.refusals import Conflict, NotAllowed, Refused

from trial.accounts import proving, second_factor
from trial.actions import accounts, entry, review

K = AccountAct.Kind
NEW = "another horse"
SET = "/admin/auth/user/{}/password/"
OWN = "/admin/password_change/"
RECORD = "/admin/trial/accountact/add/"


@pytest.fixture
def held_visit(visit, data_manager, commit):
    """A visit that can be signed."""
    entry.change_visit(
        visit, by=data_manager, version=visit.version, values={"held_on": SCREENED, "status": "DONE", "mode": "ON_SITE"}
    )  # fmt: skip
    commit()
    visit.refresh_from_db()
    return visit


@pytest.fixture
def root(db):
    person = User.objects.create_superuser("root", password=PASSWORD)
    give_codes(person)
    return person


@pytest.fixture
def reset(root, investigator):
    """The superuser sets the investigator's password, on the admin's page."""
    client = Client()
    log_in_with_code(client, root)
    sent = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    assert client.post(SET.format(investigator.pk), sent).status_code == 302
    investigator.refresh_from_db()
    return investigator


def change(person, old, new):
    client = Client()
    client.force_login(person)
    answer = client.post(OWN, {"old_password": old, "new_password1": new, "new_password2": new})
    person.refresh_from_db()
    return answer


@pytest.mark.proves("S06", "C04")
class TestAnothersPassword:
    def test_after_a_reset_in_the_admin_nobody_signs_until_the_owner_changes_it(self, held_visit, reset):
        with pytest.raises(Conflict, match="Another person set your password"):
            review.sign_visit(held_visit, by=reset, proof=Proof(NEW, CODE))
        assert change(reset, NEW, PASSWORD)["Location"] == "/account/"
        assert review.sign_visit(held_visit, by=reset, proof=PROOF).pk

    def test_the_same_password_again_is_no_change(self, reset):
        assert "Choose another password" in change(reset, NEW, NEW).content.decode()
        assert accounts.has_anothers_password(reset)

    def test_nor_after_one_by_a_command(self, held_visit, investigator):
        investigator.set_password(NEW)
        investigator.save()
        with pytest.raises(Conflict, match="Another person set your password"):
            review.sign_visit(held_visit, by=investigator, proof=Proof(NEW, CODE))

    def test_nor_with_the_first_password_of_a_new_account(self, db):
        assert accounts.has_anothers_password(User.objects.create_user("new", password=PASSWORD))

    def test_one_that_is_only_hashed_anew_stays_the_owners(self, investigator, settings):
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]
        assert matches(investigator, PASSWORD)
        assert Client().post("/admin/login/", {"username": "ida", "password": PASSWORD}).status_code == 302
        investigator.refresh_from_db()
        assert investigator.password.startswith("pbkdf2")
        assert not accounts.has_anothers_password(investigator)

    def test_the_owner_is_led_to_the_page_that_changes_it(self, client, held_visit, reset):
        client.force_login(reset)
        shown = client.get(f"/visits/{held_visit.pk}/sign/").content.decode()
        assert "Another person set your password" in shown
        assert 'href="/account/"' in shown
        assert 'name="password"' not in shown
        assert f'href="{OWN}"' in client.get("/account/").content.decode()
        assert client.get(OWN).status_code == 200

    def test_wrong_old_passwords_are_counted_as_failed_logins_are(self, investigator):
        answers = [change(investigator, "wrong", NEW).status_code for _ in range(6)]
        assert answers[-1] == 429

    def test_the_reset_is_in_the_ledger(self, reset, commit):
        commit()
        last = Ledger.objects.filter(form="trial.systemevent", items__about_id__1=reset.pk, items__kind__1="account changed").last()
        assert "password" in last.items["detail"][1]
        assert NEW not in str(last.items)

    @pytest.mark.parametrize(("hours", "seconds", "shown"), [(24, -1, True), (24, 1, False), (0, 1, True)])
    def test_it_is_shown_on_signatures_made_within_24_hours(self, client, held_visit, investigator, hours, seconds, shown):
        before = timedelta(hours=hours, seconds=seconds)
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into trial_systemevent (at, kind, about_id, detail) values (now() - %s, 'account changed', %s, %s)",
                [before, investigator.pk, '{"password": ["a", "b"]}'],
            )
        with acting(by=investigator):
            investigator.set_password(NEW)
            investigator.save()
        signature = review.sign_visit(held_visit, by=investigator, proof=Proof(NEW, CODE))
        signature.refresh_from_db()
        client.force_login(investigator)
        text = "Another person had set the signer"
        page = client.get(f"/visits/{held_visit.pk}/sign/").content.decode()
        pdf = PdfReader(BytesIO(client.get(f"/signatures/{signature.pk}.pdf").content)).pages[0].extract_text()
        api = client.get(f"/api/v1/signatures/{signature.pk}/").json()["password_reset_at"]
        assert [text in page, text in pdf, api is not None] == [shown] * 3

    def test_ones_own_change_is_not_shown(self, held_visit, investigator):
        assert change(investigator, PASSWORD, NEW).status_code == 302
        assert review.sign_visit(held_visit, by=investigator, proof=Proof(NEW, CODE)).password_reset_at is None

    def test_no_page_makes_one_person_another(self, root, investigator):
        client = Client(raise_request_exception=False)
        for route in routes_of(get_resolver().url_patterns):
            if ("<" in route.pattern and "auth/user" not in route.pattern) or "logout" in route.pattern:
                continue
            address = "/" + route.pattern.replace("<path:object_id>", str(investigator.pk)).replace("<id>", str(investigator.pk))
            for ask in (client.get, client.post):
                log_in_with_code(client, root)
                ask(address, {"user": investigator.pk, "username": "ida", "next": "/"})
                assert client.session.get("_auth_user_id") in (str(root.pk), None), address


@pytest.mark.proves("S08")
class TestBeforeTheFirstSignature:
    @pytest.fixture
    def newcomer(self, site):
        person = user("nell", is_staff=True)
        with acting(by=person):
            User.objects.filter(pk=person.pk).update(password="!")
            person.set_password(PASSWORD)
            person.save()
        return person

    @pytest.mark.parametrize("missing", [K.IDENTITY, K.TRAINING, K.ACCOUNTABILITY])
    def test_any_one_that_is_missing_is_named_and_nothing_is_signed(self, held_visit, site, administrator, newcomer, missing):
        investigator_at(site, newcomer)
        give_codes(newcomer)
        for kind in {K.IDENTITY, K.TRAINING} - {missing}:
            accounts.attest(kind, newcomer, by=administrator, on=SCREENED, how="Identity card seen.")
        if missing != K.ACCOUNTABILITY:
            accounts.accept_accountability(newcomer, password=PASSWORD)
        assert [problem.code for problem in accounts.missing_before_signing(newcomer)] == [accounts.MISSING[missing]]
        with pytest.raises(Conflict, match=accounts.MISSING[missing].wrong):
            review.sign_visit(held_visit, by=newcomer, proof=PROOF)
        assert not Signature.objects.exists()

    @pytest.mark.parametrize("missing", [K.IDENTITY, K.TRAINING, K.ACCOUNTABILITY, "own password", "author", "role", None])
    def test_nor_is_it_by_a_row_that_is_written_past_the_act(self, held_visit, site, investigator, administrator, newcomer, missing):
        """PostgreSQL asks for the same, and that the signer is who acts, and an investigator of the
        site.
        """
        signed = review.sign_visit(held_visit, by=investigator, proof=PROOF)
        copied = {f.attname: getattr(signed, f.attname) for f in Signature._meta.concrete_fields if f.name != "id"}
        for kind in {K.IDENTITY, K.TRAINING} - {missing}:
            accounts.attest(kind, newcomer, by=administrator, on=SCREENED, how="Identity card seen.")
        if missing != K.ACCOUNTABILITY:
            accounts.accept_accountability(newcomer, password=PASSWORD)
        if missing == "own password":
            with acting(by=administrator):
                User.objects.filter(pk=newcomer.pk).update(password="!")
        if missing == "role":
            give_role(newcomer, Role.DATA_MANAGER, site)
        else:
            investigator_at(site, newcomer)
        roles = {"author": "must bear the name of the person who signs", "role": "role does not allow this act"}
        sentence = roles.get(missing, "on record, and a password of their own")
        refused = pytest.raises(IntegrityError, match=sentence) if missing else nullcontext()
        with refused, acting(by=investigator if missing == "author" else newcomer):
            Signature.objects.create(**copied | {"signed_by_id": newcomer.pk, "printed_name": newcomer.get_full_name()})
        assert Signature.objects.filter(signed_by=newcomer).exists() is (missing is None)

    def test_with_all_on_record_by_the_pages_the_person_signs(self, client, held_visit, site, administrator, newcomer, commit):
        investigator_at(site, newcomer)
        give_codes(newcomer)
        log_in_with_code(client, administrator)
        for kind in (K.IDENTITY, K.TRAINING):
            sent = {"person": newcomer.pk, "kind": kind.value, "on": "2025-01-02", "how": "Passport seen in person."}
            assert client.post(RECORD, sent).status_code == 302
        client.force_login(newcomer)
        assert "accountable for everything signed" in client.get("/account/").content.decode()
        assert client.post("/account/", {"act": "accept", "password": "wrong"}).status_code == 422
        assert client.post("/account/", {"act": "accept", "password": PASSWORD}).status_code == 302
        assert review.sign_visit(held_visit, by=newcomer, proof=PROOF).pk
        commit()
        entered = Ledger.objects.filter(form="trial.accountact", items__person_id__1=newcomer.pk).order_by("seq")
        assert [(entry.by_id, entry.items["kind"][1]) for entry in entered] == [
            (administrator.pk, "identity"), (administrator.pk, "training"), (newcomer.pk, "accountability"),
        ]  # fmt: skip

    def test_the_account_page_asks_for_one_thing_after_the_other(self, client, administrator, site, newcomer):
        investigator_at(site, newcomer)
        User.objects.filter(pk=newcomer.pk).update(password="!")  # nobody's doing that is known
        client.force_login(User.objects.get(pk=newcomer.pk))
        shown = client.get("/account/").content.decode()
        assert shown.count("Another person set your password") == 1
        assert 'value="accept"' not in shown, "not with a password that another knows"
        with acting(by=newcomer):
            newcomer.save()
        client.force_login(newcomer)
        shown = client.get("/account/").content.decode()
        assert "Another person set your password" not in shown
        assert 'value="accept"' in shown
        assert [shown.count(accounts.MISSING[kind].sentence()) for kind in (K.IDENTITY, K.TRAINING, K.ACCOUNTABILITY)] == [1, 1, 0]

    def test_nobody_records_it_of_themselves(self, client, administrator):
        with pytest.raises(NotAllowed, match="Another administrator"):
            accounts.attest(K.IDENTITY, administrator, by=administrator, on=SCREENED, how="Myself.")
        log_in_with_code(client, administrator)
        sent = {"person": administrator.pk, "kind": "identity", "on": "2025-01-02", "how": "Myself."}
        assert "Another administrator must record this" in client.post(RECORD, sent).content.decode()
        for kind, by in (("identity", administrator), ("accountability", user("other"))):
            with pytest.raises(IntegrityError, match="account_act_by_whom_it_may"), transaction.atomic():
                AccountAct.objects.create(person=administrator, kind=kind, on=SCREENED, how="So.", by=by)
        assert not AccountAct.objects.exists()

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"on": None}, "Enter the day"),
            ({"on": date(2999, 1, 1)}, "Enter the day"),
            ({"how": " \u200b"}, "Say in a few words how"),
        ],
    )
    def test_it_says_when_and_how(self, administrator, newcomer, changed, sentence):
        with pytest.raises(Refused, match=sentence):
            accounts.attest(K.IDENTITY, newcomer, by=administrator, **{"on": SCREENED, "how": "Passport seen."} | changed)

    @pytest.mark.parametrize("who", ["data_manager", "investigator", "monitor", "sponsor", "auditor"])
    def test_only_an_administrator_of_the_study(self, request, newcomer, who):
        with pytest.raises(NotAllowed):
            accounts.attest(K.IDENTITY, newcomer, by=request.getfixturevalue(who), on=SCREENED, how="Passport seen.")

    def test_who_knows_anothers_password_does_not_accept_in_their_name(self, db):
        person = User.objects.create_user("new", password=PASSWORD)
        with pytest.raises(Conflict, match="Another person set your password"):
            accounts.accept_accountability(person, password=PASSWORD)

    def test_it_stays_as_it_was_recorded(self, investigator):
        for act in (AccountAct.objects.all().delete, lambda: AccountAct.objects.update(how="Otherwise")):
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                act()


def investigator_at(site, person):
    with acting(by=founder()):
        Membership.objects.create(user=person, role=Role.INVESTIGATOR, site=site)


def sign(client, visit, **sent):
    shown = re.search('name="shown" value="([0-9a-f]+)"', client.get(f"/visits/{visit.pk}/sign/").content.decode())
    return client.post(f"/visits/{visit.pk}/sign/", {"shown": shown[1], "password": PASSWORD} | sent)


def asks_code(client):
    return proving.asks_code(client.get("/study/").wsgi_request)


def change_mode(visit):
    """So that there is something to sign again."""
    with acting(by=founder(), reason="TRANSCRIPTION"):
        now = Visit.objects.get(pk=visit.pk)
        Visit.objects.filter(pk=visit.pk).update(mode="PHONE" if now.mode == "ON_SITE" else "ON_SITE")


def in_a_connection_of_its_own(act, *about):
    try:
        return act(*about)
    finally:
        connection.close()


@pytest.mark.proves("S14")
class TestLoss:
    @pytest.fixture
    def device(self, investigator):
        return TOTPDevice.objects.create(user=investigator, name="authenticator")

    def code(self, device, steps=0):
        return f"{totp(device.bin_key, drift=steps):06}"

    def test_secret_and_recovery_codes_are_refused_at_once(self, client, investigator, device):
        client.force_login(investigator)
        assert client.post("/account/", {"act": "lose", "password": "wrong"}).status_code == 422
        assert client.post("/account/", {"act": "lose", "password": PASSWORD}).status_code == 302
        assert second_factor.device_that_accepts(investigator, self.code(device)) is None
        assert second_factor.device_that_accepts(investigator, CODE) is None

    def test_no_session_that_had_shown_a_code_signs_with_the_password_alone(self, held_visit, investigator, device, administrator, commit):
        at_work, at_home = Client(), Client()
        for place, code in ((at_work, self.code(device)), (at_home, CODE)):
            place.force_login(investigator)
            assert sign(place, held_visit, code=code).status_code == 302
            assert not asks_code(place)
            change_mode(held_visit)
            commit()
        accounts.report_loss(investigator, by=investigator)
        signed = Signature.objects.count()

        def all_refused():
            AccessAttempt.objects.all().delete()
            return [(asks_code(place), sign(place, held_visit).status_code) for place in (at_work, at_home)] == [(True, 422)] * 2

        assert all_refused(), "while the loss stands"
        accounts.attest(K.AFTER_LOSS, investigator, by=administrator, on=SCREENED, how="Seen by video, with the identity card.")
        assert all_refused(), "after the check"
        new = second_factor.begin(investigator)
        assert second_factor.confirm(new, self.code(new, -1))
        second_factor.new_recovery_codes(investigator)
        assert all_refused(), "with another device bound"
        assert Signature.objects.count() == signed
        assert sign(at_work, held_visit, code=self.code(new)).status_code == 302
        assert not asks_code(at_work)
        assert asks_code(at_home), "its own first signature takes a code, too"

    def test_nor_one_whose_device_was_replaced(self, held_visit, investigator, device):
        place = Client()
        place.force_login(investigator)
        assert sign(place, held_visit, code=self.code(device, -1)).status_code == 302
        new = second_factor.begin(investigator)
        assert not asks_code(place), "until the new one is bound"
        assert second_factor.confirm(new, self.code(new))
        assert asks_code(place)

    @pytest.mark.parametrize("whose", ["another's", "not confirmed", "taken away"])
    def test_what_a_session_names_is_the_signers_confirmed_device(self, held_visit, investigator, device, administrator, whose):
        if whose == "another's":
            device = StaticDevice.objects.get(user=administrator)
        elif whose == "not confirmed":
            device = second_factor.begin(investigator)
        named = ShownDevice(device.persistent_id)
        if whose == "taken away":
            device.delete()
        with pytest.raises(Refused, match="code does not match"):
            review.sign_visit(held_visit, by=investigator, proof=Proof(PASSWORD, session=named))
        named = ShownDevice(StaticDevice.objects.get(user=investigator).persistent_id)
        assert review.sign_visit(held_visit, by=investigator, proof=Proof(PASSWORD, session=named)).pk

    def test_a_loss_and_a_binding_at_once_follow_each_other(self, transactional_db, investigator):
        """A device that waits for its first code is not bound by a confirmation that a loss
        overtakes.
        """
        waiting = second_factor.begin(investigator)
        code = self.code(waiting)
        with ThreadPoolExecutor(1) as thread, acting(by=investigator):
            accounts.report_loss(investigator, by=investigator)
            confirming = thread.submit(in_a_connection_of_its_own, second_factor.confirm, waiting, code)
            with pytest.raises(TimeoutError):
                confirming.result(timeout=1)
        with pytest.raises(Refused, match="must first check who you are"):
            confirming.result(timeout=20)
        assert not TOTPDevice.objects.exists()

    def test_a_new_one_is_bound_only_after_another_persons_check(self, client, investigator, device, administrator):
        accounts.report_loss(investigator, by=investigator)
        client.force_login(investigator)
        assert "An administrator checks who you are" in client.get("/account/").content.decode()
        begin = {"act": "begin", "password": PASSWORD}
        assert "must first check who you are" in client.post("/account/", begin).content.decode()
        assert not TOTPDevice.objects.filter(user=investigator).exists()
        accounts.attest(K.AFTER_LOSS, investigator, by=administrator, on=SCREENED, how="Seen by video, with the identity card.")
        client.post("/account/", begin)
        new = TOTPDevice.objects.get(user=investigator)
        assert client.post("/account/", {"act": "confirm", "code": self.code(new)}).status_code == 200
        assert second_factor.is_enrolled(investigator)

    def test_one_that_was_begun_before_is_not_bound_either(self, investigator, device):
        waiting = second_factor.begin(investigator)
        accounts.report_loss(investigator, by=investigator)
        with pytest.raises(Refused, match="must first check who you are"):
            second_factor.confirm(waiting, self.code(waiting))
        assert not TOTPDevice.objects.exists()

    def test_the_check_before_a_loss_does_not_count_after_it(self, investigator, device, administrator):
        with pytest.raises(Conflict, match="has not reported"):
            accounts.attest(K.AFTER_LOSS, investigator, by=administrator, on=SCREENED, how="Seen.")
        for _ in range(2):
            accounts.report_loss(investigator, by=administrator)
            with pytest.raises(Refused, match="must first check"):
                second_factor.begin(investigator)
            accounts.attest(K.AFTER_LOSS, investigator, by=administrator, on=SCREENED, how="Seen.")
            assert second_factor.begin(investigator)

    def test_nobody_reports_anothers_but_an_administrator_and_nobody_checks_themselves(self, investigator, data_manager, administrator):
        with pytest.raises(NotAllowed):
            accounts.report_loss(investigator, by=data_manager)
        accounts.report_loss(administrator, by=administrator)
        with pytest.raises(NotAllowed, match="Another administrator"):
            accounts.attest(K.AFTER_LOSS, administrator, by=administrator, on=SCREENED, how="Myself.")


def test_what_the_tests_give_a_member_is_what_the_actions_ask(site):
    person = member("nora", Role.INVESTIGATOR, site)
    assert accounts.missing_before_signing(person) == []
