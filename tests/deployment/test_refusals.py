"""What is missing or in the way is said in one sentence that says what to do: exit code 1, no
traceback.
"""

import socket

import pytest
from django.db import NotSupportedError, connection
from tests.deployment import processes
from tests.deployment.processes import manage, refusal
from trial.server import environment, servers
from trial.server.data_folder import Unusable

ELSEWHERE = {"DATABASE_URL": "postgresql://casebook@127.0.0.1:9/casebook", "CASEBOOK_SECRET_KEY": "x1y2" * 15}


def test_port_taken(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = refusal(manage("demo", "--port", str(port), data=tmp_path))
    assert f"Port {port} of 127.0.0.1 is taken by a program: choose another" in said
    assert not (tmp_path / "pg").exists()


def test_port_that_is_none(tmp_path):
    assert "cannot be used: choose another" in refusal(manage("demo", "--port", "70000", data=tmp_path))


@pytest.mark.parametrize("command", [("demo",), ("migrate",), ("check",)])
def test_data_folder_not_writable(tmp_path, command):
    (tmp_path / "file").touch()
    said = refusal(manage(*command, data=tmp_path / "file" / "data"))
    assert "cannot be written" in said
    assert "set CASEBOOK_DATA to a folder of yours" in said


@pytest.mark.parametrize("command", [("demo", "--no-serve"), ("migrate",)])
def test_server_binaries_missing(tmp_path, command):
    said = refusal(manage(*command, data=tmp_path, CASEBOOK_PG_BIN=str(tmp_path)))
    assert "CASEBOOK_PG_BIN" in said
    assert "correct it or unset it" in said


def test_embedded_postgres_too_old(tmp_path):
    for name in ("postgres", "initdb"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 13.22'\n")
        (tmp_path / name).chmod(0o755)
    said = refusal(manage("demo", "--no-serve", data=tmp_path, CASEBOOK_PG_BIN=str(tmp_path)))
    assert "too old (13, needed 15): install PostgreSQL 15 or newer" in said


def test_server_of_yours_does_not_answer(tmp_path):
    assert "refuses the connection" in refusal(manage("migrate", data=tmp_path, **ELSEWHERE))


@pytest.mark.parametrize("version", [130022, 140019])
def test_server_of_yours_too_old(db, monkeypatch, version):
    monkeypatch.setattr(connection, "ensure_connection", lambda: None)
    monkeypatch.setattr(connection, "close", lambda: None)
    monkeypatch.setitem(vars(connection), "pg_version", version)
    with pytest.raises(Unusable, match=r"too old .*: Casebook needs 15 or newer, so name another server\.$"):
        servers.examine()


def test_server_of_yours_too_old_for_django(monkeypatch):
    def refuse():
        raise NotSupportedError("PostgreSQL 14 or later is required (found 12).")

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    monkeypatch.setattr(connection, "close", lambda: None)
    with pytest.raises(Unusable, match=r"too old \(PostgreSQL 14 or later is required.*: Casebook needs 15 or newer"):
        servers.examine()


@pytest.mark.parametrize("address", ["mysql://a@b/c", "postgresql://casebook@host", "casebook"])
def test_address_of_another_kind(address):
    with pytest.raises(Unusable, match="not of the form postgresql://"):
        environment.parts(address)


def test_secret_key_missing_with_a_server_of_yours(tmp_path):
    said = refusal(manage("migrate", data=tmp_path, DATABASE_URL=ELSEWHERE["DATABASE_URL"]))
    assert "CASEBOOK_SECRET_KEY is not set" in said


def test_reset_of_a_server_of_yours(tmp_path):
    said = refusal(manage("demo", "--reset", "--no-serve", data=tmp_path, **ELSEWHERE))
    assert "--reset deletes only the embedded database" in said


def test_unfinished_load_into_a_server_of_yours(tmp_path):
    (tmp_path / "demo-unfinished").touch()
    said = refusal(manage("demo", "--no-serve", data=tmp_path, **ELSEWHERE))
    assert "The load of the demo was cut off: empty the database of DATABASE_URL" in said


def test_nothing_is_left_running(tmp_path):
    """All refusals above come before a server is started; this one comes after."""
    done = manage("no_such_command", data=tmp_path / "data")
    assert done.returncode == 1
    assert processes.none_left(tmp_path)
