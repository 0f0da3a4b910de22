"""Start processes, watch them, and leave none behind.

Each child leads a session of its own, so that Ctrl-C in the terminal reaches only us, and we end
them in order. Should we be killed, Linux tells each child to end (PR_SET_PDEATHSIG). None is
started again: a demo whose worker has died says so.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from django.utils.translation import gettext as _

from trial.server.data_folder import Unusable

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE_S = 10
PR_SET_PDEATHSIG = 1


class Stopped(BaseException):
    """Somebody asked us to end, by Ctrl-C or a signal."""


@contextmanager
def stopping_on_signals() -> Iterator[None]:
    """Raise Stopped in the block at the first signal, and hear no second one while the block cleans
    up.
    """
    handlers_before = {number: signal.signal(number, _stop) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in handlers_before.items():
            signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> None:
    for later in SIGNALS:
        signal.signal(later, signal.SIG_IGN)
    raise Stopped(number)


class Supervisor:
    """The children of one demo. Leaving the `with` block ends them all, the last started first."""

    def __init__(self, logs: Path, cwd: Path) -> None:
        self.logs, self.cwd = logs, cwd
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Supervisor":
        self.logs.mkdir(mode=0o700, exist_ok=True)
        return self

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a child. Its output goes to a file of its name."""
        parent = os.getpid()
        with self.log(name).open("ab") as log:
            self.children[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.cwd,
                env=dict(environment),
                start_new_session=True,
                preexec_fn=lambda: _end_with(parent),
            )

    def process_ids(self) -> dict[str, int]:
        """Return the children's process numbers by name."""
        return {name: child.pid for name, child in self.children.items()}

    def log(self, name: str) -> Path:
        """Return the file of the child's output."""
        return self.logs / f"{name}.log"

    def check(self) -> None:
        """Refuse to go on when a child has ended."""
        for name, child in self.children.items():
            if child.poll() is not None:
                sentence = _(
                    "The {name} has ended (code {code}), and all else was stopped: see {log}."
                )
                raise Unusable(
                    sentence.format(name=name, code=child.returncode, log=self.log(name))
                )

    def watch(self) -> None:
        """Stay until a signal comes or a child ends."""
        while True:
            self.check()
            time.sleep(0.25)

    def __exit__(self, *_: object) -> None:
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        give_up_at = time.monotonic() + GRACE_S
        for child in reversed(self.children.values()):
            try:
                child.wait(max(0, give_up_at - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


def _end_with(parent: int) -> None:
    """Make this child end when its parent does; called before it becomes its program."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)
