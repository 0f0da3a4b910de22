"""The servers of the tests' own, and the settings that tests need. tests/conftest.py takes everything from here.

Processes of pytest-xdist share one PostgreSQL and one Redis: `used` counts them (trial/server/embedded.py). Each process has
databases of its own on it.
"""

import itertools
import os
import tempfile

import pytest
from django.conf import settings
from django.db import connection
from tests import duration
from tests.prepared import take_back
from trial.server import embedded_redis
from trial.server.embedded import used
from trial.server.embedded_postgres import OWNER, Postgres

FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")  # faster; nothing here outlives the run

ANCHORS = tempfile.TemporaryDirectory(prefix="casebook-anchors-")
NUMBERS = itertools.count(1)


def pytest_configure(config):
    """Limit each test's duration; speak plain HTTP; hash quickly; scan no static files.

    The limit is a plugin of the whole run: a conftest.py below the root is told nothing of what is
    built for the session. A test that is about hashing asks for the product's own setting
    (`trial.settings.PASSWORD_HASHERS`).
    """
    config.pluginmanager.register(duration)
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["tests.quick_hashing.QuickArgon2id", *settings.PASSWORD_HASHERS[1:]]
    settings.ANCHOR_FOLDER = ANCHORS.name


@pytest.fixture(scope="session")
def servers_folder(tmp_path_factory):
    """One folder for all processes of the run."""
    own = tmp_path_factory.getbasetemp()
    return (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "servers"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(servers_folder, django_db_modify_db_settings_parallel_suffix):
    """Tests run on the embedded PostgreSQL, unless DATABASE_URL names another."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    server = Postgres(servers_folder, settings=FORGETFUL)
    with used(server):
        connection.settings_dict |= {
            "HOST": str(server.socket.parent),
            "USER": OWNER,
        }  # makes databases; tests/trial/audit/test_app_role.py is the app
        yield
        connection.close()


@pytest.fixture(scope="session")
def redis_url(servers_folder):
    """A Redis for tests that send jobs: the address for Celery."""
    if given := os.environ.get("REDIS_URL"):
        yield given
        return
    with used(embedded_redis.Redis(servers_folder)):
        yield embedded_redis.url(servers_folder)


@pytest.fixture(autouse=True)
def anchor_folder():
    """One for each test: what it anchored is rolled back, or thrown away with its database. Made only when something is anchored."""
    settings.ANCHOR_FOLDER = f"{ANCHORS.name}/{next(NUMBERS)}"


@pytest.fixture
def transactional_db(django_db_setup, django_db_blocker):
    """For tests that really commit: a copy of the test database, thrown away afterwards.

    It takes the place of pytest-django's fixture, which empties all tables, as append-only tables refuse.
    """
    shared = connection.settings_dict["NAME"]
    own = f"{shared}_own"
    with django_db_blocker.unblock():
        take_back()
        _administrate(shared, *copied(shared, own))
        connection.settings_dict["NAME"] = own
        yield
        connection.close()
        connection.settings_dict["NAME"] = shared
        _administrate(shared, f'drop database "{own}" with (force)')  # a live server's threads may still be connected


def copied(template, own):
    """SQL that copies a database. A copy has none of its template's grants on it, so that is said anew, as `migrate` does."""
    return (
        f'drop database if exists "{own}" with (force)',
        f'create database "{own}" template "{template}"',
        f'revoke temporary on database "{own}" from public',
    )


def _administrate(shared, *statements):
    connection.close()
    connection.settings_dict["NAME"] = "postgres"
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()
    connection.settings_dict["NAME"] = shared
