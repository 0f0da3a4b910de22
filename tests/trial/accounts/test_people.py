"""The page of people: who may what there, and that an older page takes nothing back (A01, A03, A04,
A06).
"""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from tests.conftest import PASSWORD, give_codes, log_in_with_code, member
from tests.pages import errors
from trial.access import Role
from trial.models import SystemEvent
from trial.pages.account import OwnPasswordForm

PEOPLE = "/admin/auth/user/"
NEW = "another horse"
SET = {"password1": NEW, "password2": NEW, "usable_password": "true"}


def browser_of(person):
    client = Client()
    log_in_with_code(client, person)
    return client


def superuser(name):
    person = User.objects.create_superuser(name, password=PASSWORD)
    give_codes(person)
    return person


def page_of(person):
    return reverse("admin:auth_user_change", args=[person.pk])


def as_shown(page):
    """What a browser sends back of the page, with what it had shown."""
    form = page.context["adminform"].form
    open_fields = [name for name, field in form.fields.items() if not field.disabled]
    shown = {name: form[name].value() for name in open_fields}
    sent = {name: value for name, value in shown.items() if value is not False}
    return sent | {f"initial-{name}": value for name, value in shown.items()}


@pytest.fixture
def root(db):
    return superuser("root")


class TestWhoMay:
    @pytest.mark.proves("A01", "A04")
    def test_djangos_own_permissions_open_nothing(self, data_manager, root):
        """As somebody who may write the tables might give them; the pages give none."""
        group = Group.objects.create(name="all")
        group.permissions.set(Permission.objects.all())
        data_manager.groups.add(group)
        data_manager.user_permissions.set(Permission.objects.all())
        client = Client()
        client.force_login(data_manager)
        for address in (PEOPLE, f"{PEOPLE}add/", page_of(root), f"{PEOPLE}{root.pk}/password/", page_of(data_manager)):
            assert client.get(address).status_code == 403, address
            assert client.post(address, SET | {"username": "mine", "is_superuser": "on"}).status_code == 403, address
        root.refresh_from_db()
        assert root.check_password(PASSWORD)
        assert not User.objects.filter(username="mine").exists()

    @pytest.mark.proves("A04")
    def test_the_page_asks_for_neither_groups_nor_permissions_nor_staff(self, root, data_manager):
        fields = browser_of(root).get(page_of(data_manager)).context["adminform"].form.fields
        assert set(fields) == {"password", "first_name", "last_name", "email", "is_active", "is_superuser"}

    @pytest.mark.proves("A02", "A06")
    def test_an_administrator_of_the_study_makes_and_deactivates_accounts_with_the_second_factor(self, administrator):
        client = Client()
        client.force_login(administrator)
        assert client.get(PEOPLE)["Location"].startswith("/account/code/")
        client = browser_of(administrator)
        assert client.post(f"{PEOPLE}add/", {"username": "nell"} | SET).status_code == 302
        nell = User.objects.get(username="nell")
        assert (nell.is_staff, nell.is_superuser) == (True, False)
        sent = as_shown(client.get(page_of(nell)))
        assert client.post(page_of(nell), {name: value for name, value in sent.items() if name != "is_active"}).status_code == 302
        nell.refresh_from_db()
        assert not nell.is_active
        assert SystemEvent.objects.filter(about_id=nell.pk).last().by_id == administrator.pk

    @pytest.mark.proves("A04")
    def test_an_administrator_makes_no_superuser_and_changes_none(self, administrator, data_manager, root):
        client = browser_of(administrator)
        assert "is_superuser" not in (page := client.get(page_of(data_manager))).context["adminform"].form.fields
        assert client.post(page_of(data_manager), as_shown(page) | {"is_superuser": "on"}).status_code == 302
        data_manager.refresh_from_db()
        assert not data_manager.is_superuser
        for address in (page_of(root), f"{PEOPLE}{root.pk}/password/"):
            assert client.post(address, SET | {"email": "x@example.org"}).status_code == 403
        root.refresh_from_db()
        assert (root.check_password(PASSWORD), root.email) == (True, "")

    @pytest.mark.proves("A04")
    def test_of_one_elsewhere_and_one_of_a_single_site_only_the_studys_may(self, site):
        assert browser_of(member("abe", Role.ADMINISTRATOR, site)).get(PEOPLE).status_code == 403

    @pytest.mark.proves("A04", "S06")
    @pytest.mark.parametrize("who", ["root", "administrator"])
    def test_nobody_changes_their_own_account_there(self, request, who):
        person = request.getfixturevalue(who)
        client = browser_of(person)
        for address in (page_of(person), f"{PEOPLE}{person.pk}/password/"):
            assert client.post(address, SET | {"email": "x@example.org"}).status_code == 403
        assert client.get(page_of(person)).status_code == 200
        person.refresh_from_db()
        assert (person.check_password(PASSWORD), person.email) == (True, "")

    @pytest.mark.parametrize("who", ["root", "administrator"])
    def test_nobody_is_deleted(self, request, who, data_manager):
        client = browser_of(request.getfixturevalue(who))
        assert client.post(f"{PEOPLE}{data_manager.pk}/delete/", {"post": "yes"}).status_code == 403
        client.post(PEOPLE, {"action": "delete_selected", "_selected_action": data_manager.pk, "post": "yes"})
        assert User.objects.filter(pk=data_manager.pk).exists()


@pytest.mark.proves("A03")
class TestOlderPage:
    def test_it_reactivates_nobody_and_tells_what_has_changed(self, root, data_manager):
        older, client = browser_of(root), browser_of(superuser("root2"))
        shown = as_shown(older.get(page_of(data_manager)))
        sent = as_shown(client.get(page_of(data_manager)))
        del sent["is_active"]
        assert client.post(page_of(data_manager), sent).status_code == 302
        answer = older.post(page_of(data_manager), shown | {"email": "dan@example.org"})
        assert "“Active” was “yes” when this page was opened, and is “no” now" in errors(answer)
        data_manager.refresh_from_db()
        assert (data_manager.is_active, data_manager.email) == (False, "")
        again = older.post(page_of(data_manager), as_shown(older.get(page_of(data_manager))) | {"email": "dan@example.org"})
        assert again.status_code == 302
        data_manager.refresh_from_db()
        assert (data_manager.is_active, data_manager.email) == (False, "dan@example.org")

    def test_the_page_shown_again_is_older_still(self, root, data_manager):
        older = browser_of(root)
        shown = as_shown(older.get(page_of(data_manager)))
        User.objects.filter(pk=data_manager.pk).update(is_active=False)
        for _ in range(2):
            assert "is “no” now" in errors(older.post(page_of(data_manager), shown))

    def test_what_a_browser_is_given_is_what_the_test_sends(self, root, data_manager):
        written = browser_of(root).get(page_of(data_manager)).content.decode()
        for name, value in (("is_active", "True"), ("is_superuser", "False"), ("first_name", "Dan")):
            assert f'<input type="hidden" name="initial-{name}" value="{value}"' in written

    def test_a_page_that_says_nothing_of_what_it_showed_stores_nothing(self, root, data_manager):
        answer = browser_of(root).post(page_of(data_manager), {"first_name": "Dan", "last_name": "Li"})
        assert "“Active” was" in errors(answer)
        data_manager.refresh_from_db()
        assert data_manager.is_active

    def test_ones_own_password_brings_nothing_else_back(self, data_manager):
        """Somebody deactivates the person while the page's request is under way."""
        during = User.objects.get(pk=data_manager.pk)
        User.objects.filter(pk=data_manager.pk).update(is_active=False)
        form = OwnPasswordForm(during, {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW})
        assert form.is_valid()
        form.save()
        data_manager.refresh_from_db()
        assert (data_manager.check_password(NEW), data_manager.is_active) == (True, False)
