"""A user name is one person's for good: never used again, never another's in other letters (S07)."""

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from tests.conftest import PASSWORD, give_codes, log_in_with_code
from trial.audit.names import skeleton
from trial.models import SystemEvent

pytestmark = pytest.mark.proves("S07")

REFUSED = [
    # name       why
    ("li.0",     "the same"),
    ("LI.0",     "in capitals"),
    ("Li.O",     "O for 0"),
    ("1i.0",     "1 for l"),
    ("Ii.o",     "I for l"),
    ("ｌｉ.０",   "NFKC-equal: full width"),
    ("lі.0",     "confusable: Cyrillic і"),
    ("li․0",     "confusable: one dot leader"),
    ("li.0\u200b", "a blank that nobody sees"),
    (" li.0",    "a blank"),
    ("li.0\n",   "a line's end"),
]  # fmt: skip
FREE = ["li.1x", "li0", "li", "li.0.b", "zhang.3@site-01", "lin_0+a"]


@pytest.fixture
def gone(db):
    """Somebody who has left; the name stays taken."""
    return User.objects.create(username="li.0", is_active=False)


@pytest.fixture
def root(db):
    person = User.objects.create_superuser("root", password=PASSWORD)
    give_codes(person)
    client = Client()
    log_in_with_code(client, person)
    return client


@pytest.mark.parametrize("name", [name for name, _ in REFUSED], ids=[why for _, why in REFUSED])
class TestTaken:
    def test_by_the_database(self, gone, name):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create(username=name)
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "insert into auth_user (username, password, first_name, last_name, email, is_staff, is_superuser, is_active, date_joined)"
                " values (%s, '', '', '', '', false, false, true, now())",
                [name],
            )

    def test_on_the_admins_page_in_a_sentence(self, gone, root, name):
        sent = {"username": name, "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
        answer = root.post("/admin/auth/user/add/", sent)
        if name.strip() != name:  # a page's field takes blanks away: what is left is taken
            assert User.objects.count() == 2
        assert answer.status_code == 200
        assert "errorlist" in answer.content.decode()
        assert User.objects.count() == 2

    def test_on_the_command_line_in_a_sentence(self, gone, name):
        with pytest.raises(CommandError, match=r"user name|username|already taken"):
            call_command("createsuperuser", interactive=False, username=name, email="a@example.org")
        assert User.objects.count() == 1


@pytest.mark.parametrize("name", FREE)
def test_other_names_are_free(gone, name):
    assert User.objects.create(username=name).pk
    with connection.cursor() as cursor:
        cursor.execute("select trial_systemevent_name_skeleton(%s)", [name])
        assert cursor.fetchone() == (skeleton(name),)


def test_a_name_as_of_the_jobs_is_no_persons(root):
    sent = {"username": "system:nightly", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    assert "errorlist" in root.post("/admin/auth/user/add/", sent).content.decode()
    with pytest.raises(CommandError, match="valid username"):
        call_command("createsuperuser", interactive=False, username="system:nightly", email="a@example.org")
    for name in ("other:nightly", "system:", "system:a:b"):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create(username=name)
    assert User.objects.create(username="system:nightly").pk


def test_nobody_is_renamed(gone, root):
    with pytest.raises(IntegrityError, match="can never change"), transaction.atomic():
        User.objects.update(username="other")
    page = root.get(f"/admin/auth/user/{gone.pk}/change/").content.decode()
    assert 'name="username"' not in page


def test_the_author_of_a_change_on_the_admins_page_is_noted(gone, root):
    sent = {"password1": "another horse", "password2": "another horse", "usable_password": "true"}
    assert root.post(f"/admin/auth/user/{gone.pk}/password/", sent).status_code == 302
    assert SystemEvent.objects.filter(about_id=gone.pk).last().by_id == User.objects.get(username="root").pk
