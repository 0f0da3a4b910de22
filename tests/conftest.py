"""A PostgreSQL of the tests' own, and the people and the subject that most tests start from."""

from datetime import date
from functools import cache

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import connection

from crf.models import Administration, Cycle
from tests.servers import (  # noqa: F401  (pytest finds fixtures and hooks by their names here)
    django_db_modify_db_settings,
    pytest_configure,
    redis_url,
    servers_folder,
    transactional_db,
)
from trial.access import Role
from trial.acting import acting
from trial.models import Membership, Site, Subject, Visit

PASSWORD = "correct horse"


@cache
def password_hash():
    return make_password(PASSWORD)


def member(name, role, site):
    user = User.objects.create(username=name, password=password_hash(), is_staff=True, first_name=name.title(), last_name="Li")
    Membership.objects.create(user=user, role=role, site=site)
    return user


@pytest.fixture
def site(db):
    return Site.objects.create(code="01")


@pytest.fixture
def investigator(site):
    return member("ida", Role.INVESTIGATOR, site)


@pytest.fixture
def data_manager(site):
    return member("dan", Role.DATA_MANAGER, site)


@pytest.fixture
def sponsor(site):
    return member("sam", Role.SPONSOR, site)


@pytest.fixture
def stranger(db):
    """An investigator, but of another site: must see nothing here."""
    return member("xi", Role.INVESTIGATOR, Site.objects.create(code="02"))


@pytest.fixture
def visit(site):
    subject = Subject.objects.create(site=site, code="01-001")
    return Visit.objects.create(subject=subject, code="C2", closes_on=date(2025, 3, 6))


@pytest.fixture
def cycle(visit, data_manager):
    with acting(by=data_manager):
        cycle = Cycle.objects.create(visit=visit, number=2, started_on=date(2025, 3, 4), weight_kg="70.0", height_cm="175.0")
        Administration.objects.create(cycle=cycle, day=1, agent="CISPLATIN", dose_mg="130.0", adjustment="NONE")
    return cycle


@pytest.fixture
def commit():
    """What a commit would do now: run the deferred triggers, which enter the ledger."""
    return connection.check_constraints
