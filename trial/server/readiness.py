"""The demo starts on a free port, alone in its folder, and is ready when its first page comes."""

import errno
import fcntl
import http.client
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trial.server.data_folder import Unusable

HOST = "127.0.0.1"
PATIENCE_S = 60
SERVER_ERROR = 500
TAKEN = gettext_lazy(
    'Port {port} of {host} is taken by a program: choose another, as in make demo ARGS="--port N".'
)
NOT_USABLE = gettext_lazy(
    'Port {port} of {host} cannot be used: choose another, as in make demo ARGS="--port N".'
)
ALREADY = gettext_lazy(
    "A demo is running in {folder} already (process {process}): stop it first, or use --data."
)


def claim_port(port: int) -> None:
    """Refuse a port that another program listens at, before anything slow is done."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            is_taken = getattr(error, "errno", None) == errno.EADDRINUSE
            sentence = TAKEN if is_taken else NOT_USABLE
            raise Unusable(sentence.format(port=port, host=HOST)) from error


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Refuse a second demo in the same data folder."""
    with open(folder / "demo.lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            process = lock.read().strip() or _("unknown")
            raise Unusable(ALREADY.format(folder=folder, process=process)) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def await_first_page(port: int, *, meanwhile: Callable[[], None]) -> None:
    """Wait until the site answers; `meanwhile` may find out why it never will."""
    give_up_at = time.monotonic() + PATIENCE_S
    while (status := _status(port)) is None or status >= SERVER_ERROR:
        meanwhile()
        if status or time.monotonic() > give_up_at:
            sentence = _(
                "The first page cannot be loaded ({status}): see web.log in the data folder's logs."
            )
            raise Unusable(sentence.format(status=status or _("no answer")))
        time.sleep(0.05)


def _status(port: int) -> int | None:
    """Return the status of the first page, otherwise None while nobody answers."""
    site = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_S)
    try:
        site.request("GET", "/")
        return site.getresponse().status
    except (ConnectionError, http.client.HTTPException):
        return None
    finally:
        site.close()
