"""The embedded PostgreSQL and Redis: shared, ended by the last one out, and started whatever was
left behind.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest
from redis import Redis as Client
from tests.deployment import processes
from trial.server import embedded_postgres, embedded_redis, keeper
from trial.server.data_folder import Unusable, own_secret, write_private
from trial.server.embedded import LONGEST_SOCKET_PATH, running, socket_folder, unused, used
from trial.server.embedded_postgres import OWNER, Postgres
from trial.server.embedded_redis import Redis

USES_IT = """
import sys
from pathlib import Path
from trial.server.embedded import used
from trial.server.embedded_postgres import Postgres
with used(Postgres(Path(sys.argv[1]))):
    print("in use", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path):
    yield tmp_path / "data"
    assert processes.none_left(tmp_path)


@pytest.fixture
def another_user(folder):
    """Another process that uses the server until its standard input ends."""
    command = [sys.executable, "-c", USES_IT, str(folder)]
    with subprocess.Popen(command, cwd=processes.HOUSE, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"in use\n"
        yield process
        process.kill()


def ask(server, question):
    where = {"host": str(server.socket.parent), "user": OWNER, "dbname": "postgres", "autocommit": True}
    with psycopg.connect(**where) as connection:
        answer = connection.execute(question)
        return answer.fetchone()[0] if answer.description else None


def kill(server):
    keeper.end(str(server.socket), signal.SIGKILL)


def test_runs_while_it_is_used_and_keeps_its_data(folder):
    server = Postgres(folder)
    with used(server):
        ask(server, "create table kept as select 42 as answer")
    assert not running(server)
    with used(server):
        assert ask(server, "select answer from kept") == 42


def test_listens_to_no_network(folder):
    with used(Postgres(folder)) as _:
        assert ask(Postgres(folder), "show listen_addresses") == ""


def test_is_ended_by_the_last_one_out(folder, another_user):
    server = Postgres(folder)
    with used(server):
        pass
    assert running(server)
    another_user.communicate()
    assert not running(server)


def test_of_a_killed_user_is_ended_by_the_keeper(folder, another_user):
    another_user.kill()
    another_user.wait()
    assert processes.eventually(lambda: not running(Postgres(folder)))


def test_starts_right_after_it_was_killed(folder):
    server = Postgres(folder)
    with used(server):
        ask(server, "create table kept as select 42 as answer")
        kill(server)
        with used(server):
            assert ask(server, "select answer from kept") == 42


def test_starts_although_its_lock_names_a_process_of_somebody_else(folder):
    server = Postgres(folder)
    with used(server):
        lock = (server.cluster / "postmaster.pid").read_text().splitlines(keepends=True)
        kill(server)
        (server.cluster / "postmaster.pid").write_text("".join([f"{os.getppid()}\n", *lock[1:]]))
        with used(server):
            assert ask(server, "select 42") == 42


def test_begins_anew_where_making_the_cluster_was_interrupted(folder):
    server = Postgres(folder)
    (folder / "pg.new").mkdir(parents=True)
    (folder / "pg.new" / "PG_VERSION").write_text("15")
    with used(server):
        assert ask(server, "select 42") == 42


def test_is_not_reset_while_somebody_uses_it(folder, another_user):
    with pytest.raises(Unusable, match=r"Another process uses the postgres in .*: end it first"), unused(Postgres(folder)):
        pass


def test_has_its_socket_elsewhere_when_the_path_is_too_long(tmp_path):
    short, long = tmp_path / "d", tmp_path / ("d" * LONGEST_SOCKET_PATH)
    assert socket_folder(short) == short / "socket"
    assert socket_folder(long).parent == Path(tempfile.gettempdir())


@pytest.mark.skipif(os.geteuid() != 0, reason="steps down from root only")
def test_steps_down_to_another_user_where_namespaces_are_forbidden(monkeypatch):
    nobody = pwd.getpwnam("nobody")
    somebody = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    monkeypatch.setattr(embedded_postgres, "_step_down", lambda: ((), somebody))
    folder = Path(tempfile.mkdtemp())  # not below the tests' own folder, which others cannot reach
    folder.chmod(0o711)
    try:
        server = Postgres(folder / "data")
        with used(server):
            assert Path("/proc", str(keeper.listener(str(server.socket)))).stat().st_uid == nobody.pw_uid
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def binaries(tmp_path, monkeypatch):
    """A folder of server binaries that tell the version they are told to."""
    folder = tmp_path / "binaries"
    folder.mkdir()

    def of_version(version):
        for name in ("postgres", "initdb"):
            (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
            (folder / name).chmod(0o755)
        return folder

    monkeypatch.setenv("CASEBOOK_PG_BIN", str(folder))
    return of_version


@pytest.mark.parametrize(("version", "accepted"), [("13.22", False), ("14.19", False), ("15.0", True), ("18.4 (Debian 18.4-1)", True)])
def test_postgres_must_be_new_enough(binaries, version, accepted):
    folder = binaries(version)
    if accepted:
        assert embedded_postgres.find_binaries().folder == folder
    else:
        with pytest.raises(Unusable, match=r"too old .*install PostgreSQL 15 or newer, name its binaries by CASEBOOK_PG_BIN"):
            embedded_postgres.find_binaries()


def test_a_named_folder_without_binaries_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("CASEBOOK_PG_BIN", str(tmp_path))
    with pytest.raises(Unusable, match=r"CASEBOOK_PG_BIN names .* no PostgreSQL server binaries: correct it or unset it"):
        embedded_postgres.find_binaries()


def test_a_machine_without_binaries_is_told_what_to_do(monkeypatch):
    monkeypatch.delenv("CASEBOOK_PG_BIN", raising=False)
    monkeypatch.setattr(embedded_postgres, "_candidates", lambda: iter([]))
    with pytest.raises(Unusable, match="No PostgreSQL server was found on this machine: install"):
        embedded_postgres.find_binaries()


def test_data_of_another_version_are_refused(binaries):
    binaries("17.2")
    with pytest.raises(Unusable, match="made by PostgreSQL 15, and only 17 was found"):
        embedded_postgres.find_binaries(made_by=15)


def test_the_wheel_brings_binaries_that_are_new_enough(monkeypatch):
    monkeypatch.delenv("CASEBOOK_PG_BIN", raising=False)
    monkeypatch.setattr(embedded_postgres.glob, "glob", lambda pattern: [])
    monkeypatch.setattr(embedded_postgres.shutil, "which", lambda name: None)
    assert embedded_postgres.find_binaries().version >= embedded_postgres.OLDEST


def test_redis_answers_at_its_socket_and_nowhere_else(folder):
    server = Redis(folder)
    with used(server), Client(unix_socket_path=str(server.socket)) as client:
        assert client.ping()
        assert client.config_get("port") == {"port": "0"}
    assert not running(server)


def test_redis_starts_again_after_it_was_killed(folder):
    server = Redis(folder)
    with used(server):
        kill(server)
        assert not running(server)
        with used(server):
            assert running(server)


def test_a_named_redis_that_is_no_program_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("CASEBOOK_REDIS_BIN", str(tmp_path))
    with pytest.raises(Unusable, match=r"CASEBOOK_REDIS_BIN names .* no program: correct it or unset it"):
        embedded_redis.find_binary()


def test_a_secret_is_made_once_and_read_by_its_owner_alone(tmp_path):
    secret = own_secret(tmp_path, "key")
    assert own_secret(tmp_path, "key") == secret
    assert len(secret) >= 50
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_what_is_written_privately_replaces_what_others_could_read(tmp_path):
    file = tmp_path / "logins.json"
    file.write_text("old")
    file.chmod(0o644)
    write_private(file, "new")
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == 0o600
