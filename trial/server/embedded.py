"""A server of the project's own, shared by the processes that use it: the first starts it, the last
one out ends it.

A process that uses the server holds a shared lock on `<name>.users` in the data folder. Whoever
stops the server holds that lock exclusively, so that a newcomer waits and then starts it anew. The
lock is the system's: a killed process gives it back, and the keeper that waits for it
(trial/server/keeper.py) ends the server.
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
    """An embedded server: its name, the signal that ends it, its data folder and its socket."""

    name: ClassVar[str]
    ends_on: ClassVar[int]

    @property
    def folder(self) -> Path:
        """The data folder."""

    @property
    def socket(self) -> Path:
        """The socket that the server listens at."""

    def start(self) -> None:
        """Start the server, and wait until it listens."""


@contextmanager
def used(server: Server) -> Iterator[None]:
    """Keep the server running for as long as the block lasts."""
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
    """Keep the server ended for as long as the block lasts. Refuse while somebody uses it."""
    with open(prepare(server.folder) / f"{server.name}.users", "a") as users:
        if not _lock(users, fcntl.LOCK_EX):
            place = f"the {server.name} in {server.folder}"
            raise Unusable(f"Another process uses {place}: end it first, then try again.")
        keeper.end(str(server.socket), server.ends_on)
        yield


def running(server: Server) -> bool:
    """Return whether some process listens at the server's socket."""
    return keeper.listener(str(server.socket)) is not None


def socket_folder(folder: Path) -> Path:
    """Return the folder of the sockets: in the data folder, unless that path is longer than a
    socket's name may be.
    """
    socket = folder.resolve() / "socket"
    if len(str(socket)) <= LONGEST_SOCKET_PATH:
        return socket
    digest = hashlib.sha256(str(socket).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"casebook-{os.geteuid()}-{digest}"


def make_socket_folder(folder: Path) -> Path:
    """Make the folder of the sockets for its owner alone.

    Refuse one that another user has made there before us.
    """
    socket = socket_folder(folder)
    socket.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() and socket.stat().st_uid != os.geteuid():
        sentence = (
            f"{socket} belongs to another user: set CASEBOOK_DATA to a folder with a shorter path."
        )
        raise Unusable(sentence)
    return socket


def _appoint_keeper(server: Server, users: IO[str]) -> None:
    """Start the keeper, which ends the server when its last user is gone."""
    isolated_python = [sys.executable, "-I", "-S"]
    command = [
        *isolated_python,
        keeper.__file__,
        users.name,
        str(server.socket),
        str(int(server.ends_on)),
    ]
    nothing = subprocess.DEVNULL
    subprocess.run(command, stdin=nothing, stdout=nothing, stderr=nothing, check=True)


def _leave(server: Server, users: IO[str]) -> None:
    """Give our lock back.

    The last one out ends the server, or waits for the keeper, which may have been quicker.
    """
    fcntl.flock(users, fcntl.LOCK_UN)
    if _lock(users, fcntl.LOCK_EX):
        keeper.end(str(server.socket), server.ends_on)
    else:
        fcntl.flock(
            users, fcntl.LOCK_SH
        )  # at once where others use the server, otherwise when the keeper is done


def _lock(file: IO[str], kind: int) -> bool:
    """Lock the file if that is possible at once. Return whether it was."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
