"""`manage.py demo`: the whole of Casebook on one machine, from nothing, with a trial to look at."""

import json
import os
import shutil
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from followup.stories import demo
from followup.stories.logins import Logins
from trial.actions.verification import anchors, noted_schema
from trial.audit import roles
from trial.models import Subject
from trial.server import embedded_redis, environment, readiness, servers
from trial.server.data_folder import Unusable, prepare
from trial.server.embedded import unused, used
from trial.server.embedded_postgres import Postgres
from trial.server.supervision import Stopped, Supervisor, stopping_on_signals

PAGES = {"Casebook": "/", "Data entry": "/admin/", "REST API": "/api/v1/"}
WEB = (
    "gunicorn",
    "trial.server.wsgi",
    "--preload",
    "--workers=2",
    "--threads=4",
    "--graceful-timeout=5",
    "--no-control-socket",
)
CELERY = ("celery", "-A", "trial.server")
WORKER = (
    *CELERY,
    "worker",
    "--pool=solo",
    "--without-gossip",
    "--without-mingle",
    "--loglevel=INFO",
)
BEAT = (*CELERY, "beat", "--pidfile=", "--loglevel=INFO")


class Command(BaseCommand):
    """Starts the embedded servers, loads the demo trial once, and serves it until a signal."""

    help = "Load the demo trial into a data folder of its own and serve it here, until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--data",
            metavar="DIR",
            help="the data folder (otherwise CASEBOOK_DATA, otherwise .data)",
        )
        parser.add_argument(
            "--port", type=int, default=8000, metavar="N", help="on 127.0.0.1 (8000)"
        )
        parser.add_argument(
            "--reset", action="store_true", help="throw this data folder's database away first"
        )
        parser.add_argument("--no-serve", action="store_true", help="load the trial and end")
        parser.add_argument(
            "--json", action="store_true", help="print addresses, logins and API tokens for scripts"
        )

    def handle(
        self,
        *,
        data: str | None,
        port: int,
        reset: bool,
        no_serve: bool,
        json: bool,
        **options: Any,
    ) -> None:
        if data and Path(data).expanduser().absolute() != settings.DATA:
            raise CommandError(
                _("The data folder must be known before settings: set CASEBOOK_DATA here.")
            )
        self.json, self.ready, self.began = json, False, monotonic()
        try:
            with stopping_on_signals(), ExitStack() as stack:
                if not no_serve:
                    readiness.claim_port(port)
                stack.enter_context(readiness.alone(prepare(settings.DATA)))
                if reset or unfinished().exists():
                    throw_away()
                self.step(_("PostgreSQL starts."))
                stack.enter_context(servers.database())
                logins = load(self.step)
                if no_serve:
                    self.print_summary(self.summary(logins, port))
                else:
                    self.serve(logins, port)
        except Stopped:
            if not self.ready:
                raise SystemExit(130) from None
            self.say(_("Stopped. The data stay in {folder}.").format(folder=settings.DATA))

    def serve(self, logins: Logins, port: int) -> None:
        """Start the site, then the jobs: the first page is what a person waits for."""
        environment_of_children = child_environment()
        with (
            redis() as has_redis,
            Supervisor(settings.DATA / "logs", cwd=settings.BASE_DIR) as children,
        ):
            self.step(_("The web server starts."))
            environment_of_children["CASEBOOK_JOBS_BY_COMMAND"] = "0" if has_redis else "1"
            children.start(
                "web", _python(*WEB, f"--bind=127.0.0.1:{port}"), environment_of_children
            )
            readiness.await_first_page(port, meanwhile=children.check)
            if has_redis:
                schedule = f"--schedule={settings.DATA / 'beat-schedule'}"
                children.start("worker", _python(*WORKER), environment_of_children)
                children.start("beat", _python(*BEAT, schedule), environment_of_children)
            else:
                self.say(
                    _("No Redis server was found: run the jobs by command (`manage.py help`).")
                )
            self.print_summary(self.summary(logins, port) | {"processes": children.process_ids()})
            self.ready = True
            children.watch()

    def summary(self, logins: Logins, port: int) -> dict[str, Any]:  # Any: it becomes JSON
        """Return addresses, logins and the data folder, for scripts and people."""
        usernames = [username for username, role, name in demo.PEOPLE]
        passwords = logins.passwords(usernames)
        tokens = logins.tokens(usernames) if self.json else {}
        secrets = logins.second_factors(demo.SHOW_CODES)
        people = [
            {
                "role": role,
                "username": username,
                "name": name,
                "password": passwords[username],
                "token": tokens.get(username),
                "second_factor": secrets.get(username),
            }
            for username, role, name in demo.PEOPLE
        ]
        url = f"http://{readiness.HOST}:{port}"
        return {
            "url": f"{url}/",
            "addresses": {name: url + path for name, path in PAGES.items()},
            "logins": people,
            "data": str(settings.DATA),
        }

    def print_summary(self, summary: dict[str, Any]) -> None:
        """Print the summary, as JSON for scripts or in words for a person."""
        if self.json:
            self.stdout.write(json.dumps(summary, indent=2))
        else:
            self.stdout.write(in_words(summary, serves="processes" in summary))
        self.stdout.flush()

    def say(self, sentence: str) -> None:
        """Print a sentence for a person. Scripts find nothing but JSON on standard output."""
        (self.stderr if self.json else self.stdout).write(sentence)

    def step(self, sentence: str) -> None:
        """Print what begins now, after the seconds since the start: a first start takes a while."""
        self.say(f"{monotonic() - self.began:6.1f} s  {sentence}")
        self.stdout.flush()


def in_words(summary: dict[str, Any], *, serves: bool) -> str:  # Any: it becomes JSON, too
    """Return the summary as a person reads it in the terminal."""
    if serves:
        lines = [_("Casebook is ready at {url}").format(url=summary["url"]), ""]
        lines += [f"  {name:<14} {address}" for name, address in summary["addresses"].items()]
    else:
        lines = [_("The demo trial is loaded."), ""]
    lines += ["", f"  {_('Role'):<14} {_('Login'):<10} {_('Password'):<14} {_('Name')}"]
    for login in summary["logins"]:
        lines.append(
            f"  {login['role']:<14} {login['username']:<10} {login['password']:<14} {login['name']}"
        )
    command = f".venv/bin/python manage.py code {demo.SHOW_CODES[0]}"
    lines += [
        "",
        _("Signing and administration take a code, too: {command} prints it.").format(
            command=command
        ),
    ]
    ending = _("The data are in {folder}.").format(folder=summary["data"])
    if serves:
        ending += " " + _("Ctrl-C stops everything.")
    return "\n".join([*lines, "", ending])


def load(step: Callable[[str], None]) -> Logins:
    """Bring the database to the present schema, and load the demo trial into it.

    Whatever is there already stays. `step` is told what begins.
    """
    with roles.as_owner():
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        is_unnoted = (
            not noted_schema.noted_digests()
        )  # a `migrate` was cut off before it noted the schema
    if pending or is_unnoted:
        step(_("The tables are made, with their history and guards."))
        call_command("migrate", verbosity=0, interactive=False)
    logins = Logins(settings.DATA)
    is_first = not Subject.objects.exists()
    if is_first:
        unfinished().touch()
    passwords = logins.passwords(username for username, role, name in demo.PEOPLE)
    demo.load(passwords, side_by_side=True, step=step if is_first else str)
    unfinished().unlink(missing_ok=True)
    return logins


def unfinished() -> Path:
    """Return the file that exists while the first load lasts, before anybody can enter anything.

    Where it exists at a start, that load was interrupted.
    """
    return settings.DATA / "demo-unfinished"


def throw_away() -> None:
    """Delete the embedded database. Refuse to touch one that DATABASE_URL names."""
    if not environment.is_embedded() and unfinished().exists():
        sentence = _(
            "The load of the demo was cut off: empty the database of DATABASE_URL, delete {file}."
        )
        raise Unusable(sentence.format(file=unfinished()))
    if not environment.is_embedded():
        sentence = _(
            "--reset deletes only the embedded database: unset DATABASE_URL, or leave --reset out."
        )
        raise Unusable(sentence)
    with unused(Postgres(settings.DATA)):
        shutil.rmtree(settings.DATA / "pg", ignore_errors=True)
    anchors.set_aside()
    unfinished().unlink(missing_ok=True)


@contextmanager
def redis() -> Iterator[bool]:
    """Keep a Redis running for as long as the block lasts.

    Give False where there is no server to be had.
    """
    if os.environ.get("REDIS_URL"):
        yield True
    elif embedded_redis.find_binary() is None:
        yield False
    else:
        with used(embedded_redis.Redis(settings.DATA)):
            yield True


def child_environment() -> dict[str, str]:
    """Return our environment with plain HTTP added: the demo is seen from this machine only."""
    own = {
        "CASEBOOK_DATA": str(settings.DATA),
        "CASEBOOK_INSECURE_HTTP": "1",
        "PYTHONUNBUFFERED": "1",
    }
    return os.environ | {"DJANGO_SETTINGS_MODULE": "trial.settings"} | own


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]
