"""A server of the project's own, shared by the processes that use it: the first starts it, the last one out ends it.

Use is a shared lock on `<name>.users` in the data folder. Whoever stops the server holds that lock exclusively, so that
a newcomer waits and then starts it anew. The lock is the system's: a killed process gives it back, and the keeper that
waits for it (trial/server/keeper.py) ends the server.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, ClassVar, Protocol

from trial.server import keeper
from trial.server.data_folder import Unusable, prepare

LONGEST_SOCKET_PATH = 85


class Server(Protocol):
    """What the embedded PostgreSQL and the embedded Redis tell about themselves."""

    name: ClassVar[str]
    ends_on: ClassVar[int]

    @property
    def folder(self) -> Path: ...

    @property
    def socket(self) -> Path: ...

    def start(self) -> None: ...


@contextmanager
def used(server: Server) -> Iterator[None]:
    """Have the server running for as long as the block lasts."""
    folder = prepare(server.folder)
    with open(folder / f"{server.name}.users", "a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        with open(folder / f"{server.name}.start", "a") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            if not running(server):
                _appoint_keeper(server, users)
                server.start()
        try:
            yield
        finally:
            _leave(server, users)


@contextmanager
def unused(server: Server) -> Iterator[None]:
    """Have the server ended, and nobody start it, for as long as the block lasts; refuse while somebody uses it."""
    with open(prepare(server.folder) / f"{server.name}.users", "a") as users:
        if not _locked(users, fcntl.LOCK_EX):
            raise Unusable(f"Another process uses the {server.name} in {server.folder}: end it first, then try again.")
        keeper.end(str(server.socket), server.ends_on)
        yield


def running(server: Server) -> bool:
    return keeper.listener(str(server.socket)) is not None


def socket_folder(folder: Path) -> Path:
    """In the data folder, unless its path is longer than a socket's name may be."""
    socket = folder.resolve() / "socket"
    if len(str(socket)) <= LONGEST_SOCKET_PATH:
        return socket
    digest = hashlib.sha256(str(socket).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"casebook-{os.geteuid()}-{digest}"


def make_socket_folder(folder: Path) -> Path:
    """Make it for its owner alone. In the temporary folder, another user may have made it before us: refuse that one."""
    socket = socket_folder(folder)
    socket.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() and socket.stat().st_uid != os.geteuid():
        raise Unusable(f"{socket} belongs to another user: set CASEBOOK_DATA to a folder with a shorter path.")
    return socket


def _appoint_keeper(server: Server, users: IO[str]) -> None:
    command = [sys.executable, "-I", "-S", keeper.__file__, users.name, str(server.socket), str(int(server.ends_on))]
    nothing = subprocess.DEVNULL
    subprocess.run(command, stdin=nothing, stdout=nothing, stderr=nothing, check=True)


def _leave(server: Server, users: IO[str]) -> None:
    """Give up our use. The last one out ends the server, or waits for the keeper, who may have been quicker."""
    fcntl.flock(users, fcntl.LOCK_UN)
    if _locked(users, fcntl.LOCK_EX):
        keeper.end(str(server.socket), server.ends_on)
    else:
        fcntl.flock(users, fcntl.LOCK_SH)  # at once where others use it; else when the keeper is done


def _locked(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
