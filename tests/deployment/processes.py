"""Processes as a test sees them: those of one data folder, and commands run as a person runs them."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

HOUSE = Path(__file__).parents[2]
PATIENCE_S = 60
OURS = ("DATABASE_URL", "REDIS_URL", "CASEBOOK_")


def environment(data, **more):
    """Ours without what a caller has set for Casebook, and with a data folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return kept | {"CASEBOOK_DATA": str(data), "PYTHONWARNINGS": "default"} | more


def manage(*arguments, data, **more):
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=HOUSE, env=environment(data, **more), capture_output=True, text=True, timeout=110, check=False)


def refusal(done):
    """The one sentence with which a command refused, and nothing else."""
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("Casebook: ")
    assert lines[0].endswith(".")
    return lines[0]


def of(folder):
    """The live processes that name the folder in their command or their environment."""
    found = {}
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            command, said = (process / "cmdline").read_bytes(), (process / "environ").read_bytes()
            if str(folder).encode() in command + said and (process / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z":
                found[int(process.name)] = command.replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return found


def none_left(folder):
    """Whether, in a moment, no process of the folder is left."""
    return eventually(lambda: not of(folder))


def eventually(holds):
    give_up_at = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > give_up_at:
            return False
        time.sleep(0.05)
    return True


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
