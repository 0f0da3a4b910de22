"""The demo trial, loaded once, into a database of its own. A test reads it, or tells a story anew to a subject of its own."""

import pytest
from crf.models import Eligibility
from django.contrib.auth.models import User
from django.db import connection
from django.test import override_settings
from followup.stories import demo, telling
from tests.prepared import take_back
from tests.servers import _administrate as administrate
from tests.servers import copied
from trial.models import Site, Subject

PASSWORDS = {username: f"correct horse of {username}" for username, _, _ in demo.PEOPLE}
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # here nothing is kept secret
CODE = "01-801"


@pytest.fixture(scope="session")
def demo_settings(tmp_path_factory):
    return {"PASSWORD_HASHERS": QUICK, "RANDOMIZATION_KEY_FILE": tmp_path_factory.mktemp("demo") / "randomization_key"}


@pytest.fixture(scope="session")
def demo_database(demo_settings, django_db_setup, django_db_blocker):
    """Its name. The load really commits, and what is entered cannot be deleted: so a copy, thrown away in the end."""
    shared = connection.settings_dict["NAME"]
    own = f"{shared}_demo"
    with django_db_blocker.unblock():
        take_back()
        administrate(shared, *copied(shared, own))
        connection.settings_dict["NAME"] = own
        try:
            with override_settings(**demo_settings):
                demo.load(PASSWORDS)
        finally:  # else the tests after a load that fails find its sites in their database
            connection.close()
            connection.settings_dict["NAME"] = shared
        yield own
        administrate(shared, f'drop database "{own}"')


@pytest.fixture(scope="module")
def demo_trial(demo_database, demo_settings, django_db_blocker):
    shared = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        take_back()
        connection.close()
        connection.settings_dict["NAME"] = demo_database
    with override_settings(**demo_settings):
        yield
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = shared


@pytest.fixture(autouse=True)
def rolled_back(demo_trial, db):
    """Each test begins with the demo as it was loaded."""


@pytest.fixture
def team():
    people = {user.username: user for user in User.objects.all()}
    site = Site.objects.get(code="01")
    return telling.team(site, data_manager=people["dan"], investigator=people["ida"], password=PASSWORDS["ida"])


@pytest.fixture
def subject():
    return lambda code: Subject.objects.select_related("site").get(code=code)


@pytest.fixture
def tell(team):
    """Begin a story anew and tell it up to, and with, a chapter."""

    def begun(story, *, until):
        chapters = story.CHAPTERS[: story.CHAPTERS.index(until) + 1]
        telling.tell(team, CODE, screened_on=story.CONSENTED, chapters=chapters)
        return telling.Story(Subject.objects.select_related("site").get(code=CODE), team)

    return begun


@pytest.fixture
def criterion(subject):
    """What was confirmed of a criterion at a gate, the last time or before."""

    def row(code, name, *, gate=1, confirmation=-1):
        confirmed = list(Eligibility.objects.of(subject(code)).filter(gate=f"G{gate}").order_by("pk"))[confirmation]
        return confirmed.criteria.get(code=name)

    return row
