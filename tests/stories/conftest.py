"""The demo trial, loaded once, into a database of its own. A test reads it, or tells a story anew to a subject of its own."""

import secrets
from datetime import date
from functools import partial

import pytest
from crf.models import Eligibility
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import override_settings
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from followup.stories import demo, setup, straightforward, telling
from tests.conftest import CODE as SECOND_FACTOR
from tests.prepared import prepared, take_back
from tests.servers import _administrate as administrate
from tests.servers import copied
from tests.stories.ways import WAYS, Clock
from trial.models import Site, Subject
from trial.protocol.randomization.blocks import Arm, allocation

PASSWORDS = {username: f"correct horse of {username}" for username, _, _ in demo.PEOPLE}
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # here nothing is kept secret
CODE = "01-801"
NEXT = (
    ("NO_ICI/ANY_VISCERAL_OR_BONE", 2, Arm.SYSRT),
    ("NO_ICI/NODE_ONLY", 1, Arm.SYS),
    ("ICI_CONTAINING/ANY_VISCERAL_OR_BONE", 2, Arm.SYSRT),
    ("ICI_CONTAINING/NODE_ONLY", 1, Arm.SYS),
)
"""Stratum, number in it, and arm of stories that are told after the demo is loaded."""


@pytest.fixture(scope="session")
def demo_settings(tmp_path_factory):
    file = tmp_path_factory.mktemp("demo") / "randomization_key"
    key = secrets.token_hex(48)
    while not (setup.suits_the_stories(key.encode()) and all(allocation(key.encode(), *place) == arm for *place, arm in NEXT)):
        key = secrets.token_hex(48)
    file.write_text(key)
    file.chmod(0o600)
    return {"PASSWORD_HASHERS": QUICK, "RANDOMIZATION_KEY_FILE": file}


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
        take_back()
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
        take_back()
        connection.close()
        connection.settings_dict["NAME"] = shared


@pytest.fixture(autouse=True)
def rolled_back(demo_trial, db):
    """Each test begins with the demo as it was loaded."""


@pytest.fixture
def team():
    return team_of_the_demo()


def team_of_the_demo():
    people = {user.username: user for user in User.objects.all()}
    site = Site.objects.get(code="01")
    return telling.team(site, data_manager=people["dan"], investigator=people["ida"], password=PASSWORDS["ida"])


@pytest.fixture
def subject():
    return lambda code: Subject.objects.select_related("site").get(code=code)


@pytest.fixture
def tell(team):
    """Begin a story anew and tell it up to, and with, a chapter."""

    return partial(told_anew, team)


def told_anew(team, story, *, until):
    chapters = story.CHAPTERS[: story.CHAPTERS.index(until) + 1]
    telling.tell(team, CODE, screened_on=story.CONSENTED, chapters=chapters)
    return telling.Story(Subject.objects.select_related("site").get(code=CODE), team)


@prepared
def ready_for_gate_2():
    """A subject with everything for gate 2, which is not confirmed yet. For modules that tell no story of their own."""
    return told_anew(team_of_the_demo(), straightforward, until=straightforward.check)


@prepared
def gate_2_confirmed(ready_for_gate_2):
    ready_for_gate_2.confirm(2, date(2025, 4, 24))
    return ready_for_gate_2


@pytest.fixture
def criterion(subject):
    """What was confirmed of a criterion at a gate, the last time or before."""

    def row(code, name, *, gate=1, confirmation=-1):
        confirmed = list(Eligibility.objects.of(subject(code)).filter(gate=f"G{gate}").order_by("pk"))[confirmation]
        return confirmed.criteria.get(code=name)

    return row


@pytest.fixture(scope="module")
def story(request):
    """The function that tells the module's story; a module with several has a fixture of its own."""
    return request.module.tell


@pytest.fixture(scope="module", params=WAYS)
def told(request, story, demo_trial, django_db_blocker):
    """The subject of a story, told up to what its tests share: by a program, or by people at the pages."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        people = {user.username: user for user in User.objects.all()}
        device = StaticDevice.objects.get(user=people["ida"])
        StaticToken.objects.bulk_create(StaticToken(device=device, token=SECOND_FACTOR) for _ in range(30))
        password = PASSWORDS["ida"]
        team = telling.team(Site.objects.get(code="01"), data_manager=people["dan"], investigator=people["ida"], password=password)
        way = WAYS[request.param](team, password, Clock(patch))
        story(way)
        yield way
        transaction.set_rollback(True)


@pytest.fixture
def way(told, rolled_back):
    """The same, for one test to go on from."""
    before = told.clock.day, told.clock.began
    yield told.copied()
    told.clock.day, told.clock.began = before
