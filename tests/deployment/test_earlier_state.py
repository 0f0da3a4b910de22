"""A database of an earlier state: one sentence says to begin anew, exit code 1, and nothing in it
is changed.
"""

import subprocess
import sys
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection
from tests.deployment import processes
from tests.deployment.processes import manage, refusal
from trial.server.earlier_state import is_earlier, migrations_of_the_code
from trial.server.embedded import used
from trial.server.embedded_postgres import OWNER, Postgres

BEGIN_ANEW = "begin anew by `make demo ARGS=--reset`, name another CASEBOOK_DATA or DATABASE_URL"
EARLIER = """
    create table django_migrations (id bigserial primary key, app text, name text, applied timestamptz default now());
    insert into django_migrations (app, name) values
        ('auth', '0012_alter_user_first_name_max_length'),
        ('trial', '0001_initial'), ('trial', '0015_acts_as_the_states_say'), ('crf', '0001_initial');
    create table trial_subject (id bigserial primary key, code text);
    insert into trial_subject (code) values ('01-001'), ('01-002')"""
FIRST_OF_ALL = """
    create table django_migrations (id bigserial primary key, app text, name text, applied timestamptz default now());
    insert into django_migrations (app, name) values ('trial', '0001_initial'), ('crf', '0001_initial');
    create table trial_ledger (seq bigint, hash text)"""
"""The state before commitments: its migrations bore the names of the present ones."""
DUMP = """
    select database_to_xml(true, true, '')::text,
           (select json_agg(r order by r.rolname)::text from pg_roles r),
           (select json_agg(m order by m::text)::text from pg_auth_members m),
           (select json_agg(c order by c.oid)::text from (select oid, relname, relacl, relowner, relfilenode from pg_class) c),
           (select json_agg(d order by d.datname)::text from (select datname, datacl from pg_database) d),
           (select count(*) from pg_proc)"""


def connected(folder):
    return psycopg.connect(host=str(Postgres(folder).socket.parent), user=OWNER, dbname="postgres", autocommit=True)


def dump(folder):
    """Every row of every table; roles and who is a member of which; tables with their grants,
    owners and files.
    """
    with connected(folder) as owner:
        return owner.execute(DUMP).fetchone()


@contextmanager
def filled(folder, sql):
    """A data folder whose database an earlier state filled; its server runs as long as the block."""
    with used(Postgres(folder)):
        with connected(folder) as owner:
            owner.execute(sql)
        yield folder


def by_address(folder, user=OWNER):
    """The variables that name the folder's PostgreSQL as a server of one's own."""
    address = f"postgresql://{user}@/postgres?host={Postgres(folder).socket.parent}"
    return {"DATABASE_URL": address, "CASEBOOK_SECRET_KEY": "x1y2" * 15}


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    with filled(tmp_path_factory.mktemp("earlier") / "data", EARLIER) as folder:
        yield folder


COMMANDS = [("migrate",), ("demo", "--no-serve"), ("runserver", "--noreload", "127.0.0.1:0"), ("nightly",)]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_data_folder_of_an_earlier_state_is_refused_and_left_as_it_is(earlier, command):
    before = dump(earlier)
    sentence = refusal(done := manage(*command, data=earlier))
    assert done.returncode == 1
    assert f"The database in {earlier} was made by another version of Casebook" in sentence
    assert BEGIN_ANEW in sentence
    assert dump(earlier) == before


@pytest.mark.parametrize("command", COMMANDS[:3], ids=lambda command: command[0])
def test_a_server_with_tables_of_an_earlier_state_is_refused_and_left_as_it_is(earlier, tmp_path, command):
    before = dump(earlier)
    sentence = refusal(done := manage(*command, data=tmp_path, **by_address(earlier)))
    assert done.returncode == 1
    assert "The database that DATABASE_URL names was made by another version of Casebook" in sentence
    assert BEGIN_ANEW in sentence
    assert dump(earlier) == before


def test_the_owner_of_the_tables_is_asked_where_the_site_may_not_read_the_migrations(earlier, tmp_path):
    """The site's role, named by DATABASE_URL, is not even there yet: only `migrate` would make it."""
    before = dump(earlier)
    addresses = by_address(earlier, user="casebook_app") | {"CASEBOOK_OWNER_URL": by_address(earlier)["DATABASE_URL"]}
    assert BEGIN_ANEW in refusal(manage("migrate", data=tmp_path, **addresses))
    assert dump(earlier) == before


@pytest.fixture
def site_role(earlier):
    """The role that the site connects as in the data folder, which an earlier state had made."""
    with connected(earlier) as owner:
        owner.execute("create role casebook_app login; grant select on django_migrations to casebook_app")
        yield
        owner.execute("drop owned by casebook_app; drop role casebook_app")


@pytest.mark.parametrize("named_by", ["data folder", "address"])
def test_a_web_server_ends_with_the_sentence(earlier, site_role, tmp_path, named_by):
    before = dump(earlier)
    variables = {} if named_by == "data folder" else by_address(earlier)
    environment = processes.environment(earlier if named_by == "data folder" else tmp_path, **variables)
    command = [sys.executable, "-m", "gunicorn", "trial.server.wsgi", "--preload", "--no-control-socket"]
    command.append(f"--bind=127.0.0.1:{processes.free_port()}")
    done = subprocess.run(command, cwd=processes.HOUSE, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("Error: The database")
    assert BEGIN_ANEW in line
    assert dump(earlier) == before


def test_the_very_first_state_is_recognized_by_its_ledger(tmp_path):
    with filled(tmp_path / "data", FIRST_OF_ALL) as folder:
        assert BEGIN_ANEW in refusal(manage("migrate", data=folder))


def test_an_empty_database_and_one_of_the_present_state_are_not_earlier(transactional_db):
    assert not is_earlier(connection)
    assert {"trial.0001_initial", "crf.0001_initial", "followup.0001_initial"} <= set(migrations_of_the_code())
    with connection.cursor() as cursor:
        cursor.execute("alter table django_migrations rename to elsewhere")
    assert not is_earlier(connection)


def test_the_health_check_says_it(client, transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("insert into django_migrations (app, name, applied) values ('crf', '0008_kinds_of_lesion', now())")
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert BEGIN_ANEW in answer.content.decode()
    assert answer.content.decode().count("\n") == 0
