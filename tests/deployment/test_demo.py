"""`manage.py demo`, as a person starts it: from nothing to the first page, again with its data, and
gone at Ctrl-C.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from followup.stories.demo import PEOPLE
from tests.deployment import processes
from tests.deployment.processes import manage, refusal
from trial.server import keeper
from trial.server.embedded import used
from trial.server.embedded_postgres import OWNER, Postgres
from trial.server.embedded_redis import Redis

pytestmark = pytest.mark.timeout(240)
SUBJECTS = [
    *(f"01-{number:03}" for number in (1, 2, 3, 10, 11, 12, 13)),
    *(f"01-{number}" for number in range(901, 920)),
    "02-001",
]
"""Of whom the stories tell (crf_spec 8)."""


@contextmanager
def begun(data, *arguments, **more):
    """A demo that is still starting; it is ended afterwards, whatever happened."""
    command = [sys.executable, "manage.py", "demo", "--json", "--port", str(processes.free_port()), *arguments]
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=processes.HOUSE, env=processes.environment(data, **more), **piped) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)


@contextmanager
def demo(data, *arguments, **more):
    """A running demo, and what it told."""
    with begun(data, *arguments, **more) as process:
        yield process, told(process)


def interrupt_load(data, *arguments):
    """Begin a demo whose load is killed."""
    with begun(data, *arguments) as process:
        assert processes.eventually((data / "demo-unfinished").exists)
        process.kill()
    assert processes.none_left(data)


def leave_something(data):
    """A table that a database begun anew does not have."""
    with (
        used(Postgres(data)),
        psycopg.connect(host=str(Postgres(data).socket.parent), user=OWNER, dbname="postgres") as connection,
    ):
        connection.execute("create table left_over ()")


def told(process):
    """The one JSON document on its standard output; what it is still to say stays unread."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line == "}\n":
            return json.loads("".join(lines))
    raise AssertionError(process.stderr.read())


def status(url):
    address = urlsplit(url)
    asked = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    asked.request("GET", address.path)
    found = asked.getresponse().status
    asked.close()
    return found


def passwords(data):
    return json.loads((data / "logins.json").read_text())["passwords"]


def ask(data, question):
    with psycopg.connect(host=str(Postgres(data).socket.parent), user=OWNER, dbname="postgres") as connection:
        return connection.execute(question).fetchone()[0]


def ended(process, number):
    process.send_signal(number)
    return process.wait(60)


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    """A data folder whose first load was killed, with something left over in its database; and its passwords."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    interrupt_load(folder)
    leave_something(folder)
    return folder, passwords(folder)


@pytest.fixture(scope="module")
def started(interrupted):
    """A demo that begins anew, in a data folder that its argument names, not the environment."""
    folder, _ = interrupted
    with begun(folder.parent / "not-this-one", "--data", str(folder)) as process:
        yield process
    assert processes.none_left(folder)
    assert not (folder.parent / "not-this-one").exists()


@pytest.fixture(scope="module")
def running(started):
    """The demo once it serves, and what it told; the first tests only look at it."""
    return started, told(started)


@pytest.fixture(scope="module")
def data(running):
    """Its data folder, once it has ended; each test continues with what the one before left."""
    process, said = running
    process.terminate()
    assert process.wait(60) == 0
    assert processes.none_left(said["data"])
    return Path(said["data"])


def test_a_load_that_was_interrupted_begins_anew_with_an_empty_database(interrupted, started):
    folder, _ = interrupted
    lock, mark = folder / "demo.lock", folder / "demo-unfinished"
    assert processes.eventually(lambda: lock.read_text() == str(started.pid))
    assert processes.eventually(lambda: not mark.exists())
    assert processes.eventually(mark.exists)
    assert ask(folder, "select to_regclass('left_over')") is None


def test_it_ends_with_the_same_passwords_and_all_subjects(interrupted, running):
    folder, kept = interrupted
    _, said = running
    assert {one["username"]: one["password"] for one in said["logins"]} == kept
    assert not (folder / "demo-unfinished").exists()
    assert ask(folder, "select array_agg(code order by code) from trial_subject") == SUBJECTS


def test_serves_the_first_page_with_its_style(running):
    _, said = running
    assert status(said["url"]) in (200, 302)
    assert status(said["addresses"]["Data entry"]) == 302
    assert status(f"{said['url']}static/admin/css/base.css") == 200


def test_gives_a_login_and_a_token_for_each_role(running):
    _, said = running
    assert [(one["username"], one["role"], one["name"]) for one in said["logins"]] == list(PEOPLE)
    assert all(one["password"] and one["token"] for one in said["logins"])


@pytest.mark.proves("D11")
def test_what_a_command_enters_names_the_command(running):
    """The stories of the demo; what the installation itself makes, such as accounts by migration,
    has no author either.
    """
    _, said = running
    assert ask(Path(said["data"]), "select array_agg(distinct client) from trial_ledger where subject_id is not null") == ["command demo"]


def test_second_demo_in_the_same_folder_is_refused(running):
    process, said = running
    sentence = refusal(manage("demo", "--port", str(processes.free_port()), data=said["data"]))
    assert f"A demo is running in {said['data']} already (process {process.pid}): stop it first" in sentence


def test_other_commands_use_its_server_and_leave_it_running(running):
    _, said = running
    assert manage("showmigrations", data=said["data"]).returncode == 0
    assert status(said["addresses"]["Data entry"]) == 302


def test_entry_goes_on_when_redis_is_gone(running):
    """And the worker waits for it."""
    process, said = running
    keeper.end(str(Redis(Path(said["data"])).socket), signal.SIGKILL)
    assert status(said["addresses"]["Data entry"]) == 302
    assert set(said["processes"].values()) <= set(processes.of(said["data"]))
    assert process.poll() is None


def test_continues_with_its_data_and_logins_and_leaves_no_process_behind(running, data):
    _, before = running
    with used(Postgres(data)):
        people = ask(data, "select count(*) from auth_user")
    with demo(data) as (process, said):
        assert said["logins"] == before["logins"]
        assert ask(data, "select count(*) from auth_user") == people
        assert set(said["processes"]) == {"web", "worker", "beat"}
        assert {process.pid, *said["processes"].values()} <= set(processes.of(data))
        assert ended(process, signal.SIGINT) == 0
        assert processes.none_left(data)


def test_leaves_no_process_behind_when_it_is_killed(data):
    with demo(data) as (process, _):
        assert ended(process, signal.SIGKILL) == -signal.SIGKILL
        assert processes.none_left(data)


def test_ends_with_all_of_it_when_one_process_ends(data):
    with demo(data) as (process, said):
        os.kill(said["processes"]["worker"], signal.SIGKILL)
        assert process.wait(60) == 1
        assert "The worker has ended" in process.stderr.read()
    assert processes.none_left(data)


def test_renews_a_token_that_has_ended(data):
    with (
        used(Postgres(data)),
        psycopg.connect(host=str(Postgres(data).socket.parent), user=OWNER, dbname="postgres") as connection,
    ):
        connection.execute("update knox_authtoken set expiry = now()")
    before = json.loads((data / "logins.json").read_text())["tokens"]
    done = manage("demo", "--no-serve", "--json", data=data)
    after = {one["username"]: one["token"] for one in json.loads(done.stdout)["logins"]}
    assert set(before) == set(after)
    assert not set(before.values()) & set(after.values())


def test_secrets_are_read_by_their_owner_alone(data):
    assert data.stat().st_mode & 0o777 == 0o700
    secrets = [data / name for name in ("secret_key", "randomization_key", "logins.json")]
    assert [path.stat().st_mode & 0o777 for path in secrets] == [0o600] * len(secrets)


def test_reset_begins_anew_with_the_same_passwords(data):
    """The database has a migration that the code does not: without --reset, the demo would refuse
    it. It is known as begun anew as soon as it loads; what becomes of a load, the first tests ask.
    """
    kept = passwords(data)
    leave_something(data)
    with (
        used(Postgres(data)),
        psycopg.connect(host=str(Postgres(data).socket.parent), user=OWNER, dbname="postgres") as connection,
    ):
        connection.execute("insert into django_migrations (app, name, applied) values ('trial', '0015_acts_as_the_states_say', now())")
    assert "begin anew by `make demo ARGS=--reset`" in refusal(manage("demo", "--no-serve", data=data))
    interrupt_load(data, "--reset")
    assert passwords(data) == kept
    with used(Postgres(data)):
        assert ask(data, "select to_regclass('left_over')") is None
        assert ask(data, "select count(*) from trial_subject") < len(SUBJECTS)
