"""End an embedded server when nobody uses it any more, also when its last user was killed.

Each user of a server holds a shared lock on one file (trial/server/embedded.py); the system gives
it back however the user ends. `python keeper.py USERS SOCKET SIGNAL` detaches, waits for the
exclusive lock, which it gets when the last user is gone, and ends the server that listens at the
socket. It uses the standard library alone, because it runs isolated from the project.
"""

import fcntl
import os
import select
import socket
import struct
import sys
from contextlib import suppress

PATIENCE_MS = 60_000


def listener(address: str) -> int | None:
    """Return the process that listens at a socket, otherwise None.

    The system knows it; a file with its number in it could be stale. None is returned, too, where
    that process is gone and its children, which end in a moment, keep its socket open until then.
    """
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(address)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        process: int = struct.unpack(
            "3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        )[0]
    return None if ends_within(process, 0) else process


def ends_within(process: int, patience_ms: int) -> bool:
    """Return whether the process is gone, or goes in this time. A zombie is gone, too."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        gone = select.poll()
        gone.register(handle, select.POLLIN)
        return bool(gone.poll(patience_ms))
    finally:
        os.close(handle)


def end(address: str, how: int) -> None:
    """End the server that listens at the socket, and wait until it is gone."""
    if process := listener(address):
        with suppress(ProcessLookupError):
            os.kill(process, how)
        ends_within(process, PATIENCE_MS)


def main(users: str, address: str, how: str) -> None:
    """Wait in the background for the last user to go, then end the server."""
    if os.fork():
        return
    os.setsid()
    with open(users, "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        end(address, int(how))


if __name__ == "__main__":
    main(*sys.argv[1:])
